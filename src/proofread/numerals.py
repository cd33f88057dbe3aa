"""German numerals read back: which digits stand in a text, and could they be the rounding of a number."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMERAL = re.compile(r"(?<![\w.,])[−-]?(?:\d{1,3}(?:[\u202f\u2009.]\d{3})+|\d+)(?:,\d+)?(?![\w])|\d+")
_WORDS = ("null", "eine", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf")
_SMALL = 1e-9
_ONES = "ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun"
_TENS = "zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig"
LARGE_WORD = re.compile(
    rf"\b(?:(?:drei|vier|fünf|sech|sieb|acht|neun)zehn|(?:(?:{_ONES})und)?(?:{_TENS})|(?:{_ONES})(?:hundert|tausend)\w*)\b",
    re.I,
)
"""Numbers that no fixed sentence of ours writes as words."""


@dataclass(frozen=True)
class Numeral:
    """A number as printed: its text, value and decimal places; `is_percent` where a percent sign follows."""

    text: str
    value: float
    digits: int
    is_percent: bool
    start: int = 0


def numerals(text: str) -> list[Numeral]:
    """All numerals of a text, thousands separated by narrow blanks or points, decimals by a comma."""
    found = []
    for match in NUMERAL.finditer(text):
        whole, _, decimals = match[0].replace("−", "-").partition(",")
        value = float(re.sub(r"[\u202f\u2009.]", "", whole) + (f".{decimals}" if decimals else ""))
        percent = bool(
            re.match(
                r"[\u00a0\u202f ]?(?:(?:–| bis )[−+]?[\d,]+[\u00a0\u202f ]?)?(?:%|Prozent\b)",
                text[match.end() :],
            )
        )
        found.append(Numeral(match[0], value, len(decimals), percent, match.start()))
    return found


def could_print(numeral: Numeral, value: float) -> bool:
    """True where rounding `value` (or 100 times it, before a percent sign) to the printed places gives the numeral."""
    meant = 100 * value if numeral.is_percent else value
    return abs(meant - numeral.value) <= 0.5 * 10.0**-numeral.digits + _SMALL


def is_print_of(text: str, value: float) -> bool:
    """True where the whole text is this one number: in digits, as a small word, or as `< 0,001`."""
    found = numerals(text)
    if not found:
        return value == int(value) and 0 <= value < len(_WORDS) and text.strip().casefold() == _WORDS[int(value)]
    if text.strip().startswith("<"):
        return value < found[0].value
    return len(found) == 1 and could_print(found[0], value)
