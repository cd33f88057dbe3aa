"""Single cells: what a number is, how a cell reads as text, and when two wordings are the same wording."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable

import numpy as np

Cell = str | float

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,17})?(?:[eE][+-]?\d{1,2})?")


_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d{1,17})?")


def number_of(cell: object, *, thousands: bool = False) -> float:
    """The number in a cell, NaN where it holds none. `7,83` and `7.83` are the same number, `1.000,5` is none, but
    where points part `thousands`."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return float(cell) if math.isfinite(cell) else math.nan
    if not isinstance(cell, str):
        return math.nan
    text = cell.strip()
    text = text.replace(".", "") if thousands and _THOUSANDS.fullmatch(text) else text
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else math.nan


def _has_thousands(cells: Iterable[object]) -> bool:
    """Whether points part the thousands of a column's texts, as in German: three digits follow each point, and there
    are numbers without any (a column of fractions with three places has them in every row)."""
    texts = {cell for cell in cells if isinstance(cell, str)}
    pointed = {text for text in texts if "." in text}
    if not pointed or not all(_THOUSANDS.fullmatch(text.strip()) for text in pointed):
        return False
    return any(not math.isnan(number_of(cell)) for cell in {*cells} - pointed)


def whole_of(cell: object) -> int | None:
    """The whole number in a cell, None where it holds none."""
    number = number_of(cell)
    return int(number) if number == number and number.is_integer() and abs(number) < 2**53 else None


def whole_column(cells: np.ndarray) -> np.ndarray:
    """Whole numbers of a column, NaN where a cell holds none."""
    numbers = numbers_of(cells)
    is_whole = (numbers == np.floor(numbers)) & (np.abs(numbers) < 2**53)
    return np.where(is_whole, numbers, np.nan)


def numbers_of(cells: np.ndarray) -> np.ndarray:
    """The number in each cell, NaN for text; each distinct cell is looked at once."""
    if {*map(type, cells)} == {float}:
        return finite(cells.astype(float))
    thousands = _has_thousands(cells)
    known = {cell: number_of(cell, thousands=thousands) for cell in {*cells}}
    return np.array([known[cell] for cell in cells], dtype=float)


def finite(numbers: np.ndarray) -> np.ndarray:
    """The numbers with NaN for infinite ones."""
    return np.where(np.isfinite(numbers), numbers, np.nan)


def text_of(cell: object) -> str:
    """A cell as text: whole numbers without `.0` (re-saved files print 14 as 14.0)."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        return str(int(cell)) if math.isfinite(cell) and float(cell).is_integer() and abs(cell) < 2**63 else repr(cell)
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def visible(text: str) -> str:
    """The text in composed letters, without characters that show nothing; line and paragraph breaks count as blanks."""
    if text.isascii():
        return text
    kept = (sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf")
    return "".join(kept)


def key_of(wording: object) -> str:
    """A wording without any white space or marks that cannot be seen. Decides only which column belongs to which block,
    where position has the last word; some parsers trim the blanks that titles and options carry."""
    return "".join(visible(text_of(wording)).split())


# Control characters, broken surrogates and marks that turn the reading direction: harmless in a sheet, misleading in a
# message or a terminal.
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(wording: object) -> str:
    """A moderator's wording without control characters, direction marks and broken surrogates, else as it is."""
    return _UNSEEN.sub("", text_of(wording))


def shown(wording: object, limit: int = 80) -> str:
    """A moderator's wording fit for a message: clean, on one line, at most `limit` characters."""
    line = " ".join(clean(wording).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def shown_number(number: object) -> str:
    """A number fit for a message. Counts, means and values of scales are small: a long one may be a telephone number
    that somebody wrote and that got there."""
    value = number_of(number)
    if math.isnan(value):
        return "no number"
    return text_of(value) if abs(value) < 1_000_000 else "a larger number"


def column_letters(index: int) -> str:
    """The spreadsheet's name of the column with this index (0 → A, 26 → AA)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def some(places: Iterable[object], limit: int = 3) -> str:
    """The first few of many places: `5, 9, 12 and 7 more`."""
    listed = list(places)
    head = ", ".join(str(place) for place in listed[:limit])
    return f"{head} and {len(listed) - limit} more" if len(listed) > limit else head
