"""Files with one row per person: what the readers of all tools but Mentimeter share."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from .cells import Cell, column_letters, finite, number_of, shown, some, text_of, visible
from .containers import MAX_CELL, Sheet
from .export import Export, Plan, Use, Voters
from .faults import FileError, Problem

MAX_COLUMNS = 4_000
MARKS = (";", "|", "\n", ",")
"""What may stand between several answers in one cell."""
_PERSONAL = re.compile(
    r"(ihre? |your |user |display )*((first|last|full|vor|nach|family|sur|benutzer|user|nutzer|screen)?[- ]?name"
    r"|vor-? ?(und )?(nach|zu)name|vorname,? (und )?(nach|zu)name|(nach)?name,? vorname|participant|teilnehmer(in)?"
    r"|(e?-?mail|ip)([- ]?add?ress?e?)?|ipaddr|token|zugangs(schlüssel|code)|custom report id"
    r"|tele(f|ph)on(nummer| number)?|phone( number)?|handy(nummer)?)",
    re.IGNORECASE,
)
_YES = {"x", "1", "y", "j", "ja", "yes", "true", "wahr", "ok", "✓", "✔", "☑", "☒"}
_NO = {"0", "n", "no", "nein", "false", "falsch", "n/a", "-", "–", "☐", "not selected", "nicht gewählt"}


def is_personal(heading: str) -> bool:
    """Whether a heading names nothing but a name, an address or a number of a person."""
    return bool(_PERSONAL.fullmatch(plain(heading).rstrip(" :*?")))


def plain(heading: object) -> str:
    """A heading on one line, without what cannot be seen."""
    return " ".join(visible(text_of(heading)).split())


def head(sheet: Sheet) -> list[str]:
    """The headings in the first row."""
    return [plain(cell) for cell in sheet.rows[0]] if sheet.rows else []


class Rows:
    """A sheet with headings in its first row and a person in each other row, on its way to an `Export`.

    Whatever column is neither asked about nor left out is kept among `Export.left`."""

    def __init__(self, path: Path, tool: str, sheet: Sheet) -> None:
        self.path, self.tool, self.sheet = path, tool, sheet
        body = [
            (number, row)
            for number, row in zip(sheet.numbers[1:], sheet.rows[1:], strict=True)
            if any(cell != "" for cell in row)
        ]
        if not body:
            raise FileError(path, "a row per person below the headings", "none", sheet.title)
        self.numbers = [number for number, _ in body]
        names = head(sheet)
        own = [row for _, row in body]
        self.columns = transposed(own, width_of(path, names, own, "the sheet"))
        for index, cells in enumerate(self.columns):
            checked(path, sheet, cells, index)
            cells[:] = [cell if not isinstance(cell, str) or cell.strip() else "" for cell in cells]
        self.headings = [*names, *[""] * (len(self.columns) - len(names))]
        self.questions: list[Plan] = []
        self.silent = 0
        self.days = [""] * len(body)
        self.sessions = [1] * len(body)
        self.left_out: list[str] = []
        self.lost = 0
        self.guesses: list[str] = []
        self.problems: list[Problem] = []
        if above := sheet.numbers[0] - 1:
            message = f"{above} rows above the headings were not read"
            self.problems.append(Problem("above_headings", sheet.title, message, f"{above} rows", "set aside"))

    def filled(self, column: int) -> list[Cell]:
        return [cell for cell in self.columns[column] if cell != ""]

    def leave(self, columns: Iterable[int]) -> None:
        """Leave columns out: their cells are gone for good, their headings are told."""
        for column in columns:
            self.left_out.append(self.headings[column] or column_letters(column))
            self.columns[column][:] = ""

    def silence(self, column: int, *words: str) -> None:
        """Empty the cells with a sign for no answer; they are counted."""
        found = np.array([text_of(cell).strip().casefold() in words for cell in self.columns[column]], dtype=bool)
        self.silent += int(found.sum())
        self.columns[column][found] = ""

    def relabel(self, column: int, labels: dict[str, str]) -> None:
        """Other words for some of the cells."""
        self.columns[column][:] = [labels.get(text_of(cell).strip(), cell) for cell in self.columns[column]]

    def ticks(self, columns: Sequence[tuple[int, str]]) -> list[Use]:
        """The columns of one question, an option each; who said of none that it was chosen is counted."""
        cells = [[text_of(cell).strip().casefold() for cell in self.columns[column]] for column, _ in columns]
        said = np.array(cells, dtype=object)
        nothing = int((np.isin(said, [*_NO - {"n/a"}]).any(axis=0) & np.isin(said, [*_NO, ""]).all(axis=0)).sum())
        if nothing:
            named = f"“{shown(columns[0][1], 40)}” and {len(columns) - 1} more"
            message = f"{nothing} people chose none of the options {named}; they are outside the base of this question"
            self.problems.append(Problem("chose_nothing", self.sheet.title, message, f"{nothing} people"))
        return [self.tick(column, label) for column, label in columns]

    def is_one_sum(self, columns: Sequence[int]) -> bool:
        """Whether the columns hold numbers that, for nearly everybody who gave any, add up to the same."""
        if len(columns) < 2 or not all(is_numbers(self.filled(column)) for column in columns if self.filled(column)):
            return False
        sums = np.nan_to_num([[number_of(cell) for cell in self.columns[column]] for column in columns]).sum(axis=0)
        totals, counts = np.unique(sums[sums > 0], return_counts=True)
        return counts.sum() > 1 and counts.max() > 0.8 * counts.sum() and totals[counts.argmax()] >= 3

    def ask(self, title: str, type_: str, uses: Sequence[Use], items: Sequence[str] = ()) -> None:
        self.questions.append(Plan(len(self.questions) + 1, type_, title, items=list(items), uses=list(uses)))

    def use(self, column: int) -> Use:
        """The column as it is, for a question of which the file does not tell the type."""
        return Use(column, "verbatim", mark=mark_in(self.filled(column)))

    def tick(self, column: int, label: str) -> Use:
        """A column in which people ticked one option: its label stands where they did."""
        yes = {text_of(cell).strip() for cell in self.filled(column)}
        self.silence(column, *_NO)
        self.relabel(column, {word: label for word in yes if word.casefold() in _YES})
        return Use(column, "pick", label, order=column + 1)

    def date(self, column: int, *, month_first: bool = False) -> None:
        self.days = days(self.columns[column], month_first=month_first)

    def export(self, version: str = "", signs: str = "") -> Export:
        """What was read. `signs`: by what the tool was recognised."""
        taken = {use.column for plan in self.questions for use in plan.uses}
        left = [c for c in range(len(self.columns)) if c not in taken and self.filled(c)]
        sheet = self.sheet.title
        guessed = f"; guessed: {', '.join(self.guesses)}" if self.guesses else ""
        known = f"read as an export of {self.tool}, recognised by {signs}{guessed}" if signs else guessed[2:]
        notes = [Problem("tool", sheet, known, version)] if known else []
        if self.left_out:
            named = ", ".join(shown(name, 40) for name in self.left_out)
            message = f"columns about people or about the filling in were not read: {named}"
            seen = f"{len(self.left_out)} columns"
            notes.append(Problem("column_left_out", sheet, message, seen, "set aside"))
        for column in left:
            message = f"no question takes the column “{shown(self.headings[column])}”; its cells were set aside"
            seen = f"{len(self.filled(column))} cells"
            place = f"{sheet}, column {column_letters(column)}"
            notes.append(Problem("column_unmatched", place, message, seen, "set aside"))
        numeric = {c: cells.astype(float) for c, cells in enumerate(self.columns) if {*map(type, cells)} == {float}}
        voters = Voters(
            sheet=sheet,
            first=0,
            headers=self.headings,
            columns=self.columns,
            rows=self.numbers,
            dates=self.days,
            sessions=self.sessions,
            numbers=list(range(1, len(self.numbers) + 1)),
            numeric={column: finite(numbers) for column, numbers in numeric.items()},
        )
        problems = [*notes, *self.problems]
        return Export(
            self.path, version, voters, self.questions, [], problems, self.lost, [], left, self.tool, self.silent
        )


def width_of(path: Path, names: list[str], body: Sequence[Sequence[Cell]], where: str) -> int:
    """Columns up to the last one with a header or a cell."""
    named = max((i + 1 for i, name in enumerate(names) if name != ""), default=0)
    width = max({*map(len, body), named})
    while width > named and all(len(row) < width or row[width - 1] == "" for row in body):
        width -= 1
    if width > MAX_COLUMNS:
        raise FileError(path, f"at most {MAX_COLUMNS:,} columns", f"{width:,}", at=where)
    return width


def transposed(body: Sequence[Sequence[Cell]], width: int) -> list[np.ndarray]:
    """The rows as columns of objects; short rows end in empty cells."""
    if {*map(len, body)} - {width}:
        body = [row[:width] if len(row) >= width else (*row, *[""] * (width - len(row))) for row in body]
    table = np.empty((width, len(body)), dtype=object)
    if len(body):
        table.T[:] = body
    return list(table)


def checked(path: Path, sheet: Sheet, cells: np.ndarray, index: int) -> set[type]:
    """Make every cell of a column text or a number, within the length spreadsheets allow. Returns the kinds it had."""
    kinds = {*map(type, cells)}
    if kinds - {str, float}:
        for at, cell in enumerate(cells):
            if not isinstance(cell, str | float):
                cells[at] = text_of(cell)
    has_text = kinds - {float} and sheet.name  # the CSV reader stops at longer cells itself
    if has_text and max((len(cell) for cell in set(cells) if isinstance(cell, str)), default=0) > MAX_CELL:
        at_column = f"{sheet.title}, column {column_letters(index)}"
        raise FileError(path, f"cells of at most {MAX_CELL:,} characters", "a longer one", at=at_column)
    return kinds


def mark_in(cells: Sequence[Cell]) -> str:
    """What seems to part several answers in one cell: a mark in at least two cells; none where nothing does."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    return next((mark for mark in MARKS if sum(mark in text.strip() for text in texts) > 1), "")


def parts_of(cell: object, mark: str, known: Iterable[str] = ()) -> list[str]:
    """The answers in one cell. Words between marks that together are a `known` answer are one."""
    words = text_of(cell).split(mark) if mark else [text_of(cell)]
    wanted, parts, at = set(known), list[str](), 0
    while at < len(words):
        ends = range(len(words), at, -1)
        end = next((end for end in ends if plain(mark.join(words[at:end])) in wanted), at + 1)
        parts.append(plain(mark.join(words[at:end])))
        at = end
    return [part for part in parts if part]


_PARTS_OF_DAY = re.compile(r"\s*(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?!\d)")


def days(cells: Iterable[object], *, month_first: bool = False) -> list[str]:
    """Only the day of each time, as 2025-11-12 where it is clear which number is the month: told by the tool, by the
    point between them, or by a number above 12 in any row."""
    texts = [cell.isoformat() if isinstance(cell, datetime.date) else text_of(cell) for cell in cells]
    found = [_PARTS_OF_DAY.match(text) for text in texts]
    slashed = [(int(one[1]), int(one[3])) for one in found if one and len(one[1]) < 3 and one[2] != "."]
    firsts, seconds = ([pair[side] for pair in slashed] for side in (0, 1))
    month_first = month_first or max(seconds, default=0) > 12
    is_clear = month_first or max(firsts, default=0) > 12
    return [_day(one, month_first, is_clear) if one else "" for one in found]


def _day(found: re.Match[str], month_first: bool, is_clear: bool) -> str:
    first, sign, second, third = found.groups()
    if len(first) == 4:
        year, month, day = first, second, third
    elif sign == "." or is_clear:
        day, month, year = (second, first, third) if month_first and sign != "." else (first, second, third)
    else:
        return found[0].strip()
    try:
        return datetime.date(int(year) + (2000 if len(year) < 3 else 0), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def statements(headings: Sequence[str]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Headings in the order of the file, neighbours that read `Title [Statement]` with one title together: title, and
    index and statement of each column. A heading that stands alone keeps what is in its brackets."""
    found: list[tuple[str, list[tuple[int, str]]]] = []
    for index, heading in enumerate(headings):
        parts = re.fullmatch(r"(.*?\S)\s*\[(.+)\]", heading)
        title, statement = (parts[1], parts[2]) if parts else (heading, "")
        if statement and found and found[-1][0] == title and found[-1][1][-1][1]:
            found[-1][1].append((index, statement))
        else:
            found.append((title, [(index, statement)]))
    return [
        (title, columns) if len(columns) > 1 else (headings[columns[0][0]], [(columns[0][0], "")])
        for title, columns in found
    ]


def repeated(headings: Sequence[str]) -> str:
    """Headings that stand more than once, for a message."""
    return some(name for name, count in Counter(headings).items() if name and count > 1)


def is_numbers(cells: Sequence[Cell]) -> bool:
    return bool(cells) and all(number_of(cell) == number_of(cell) for cell in cells)
