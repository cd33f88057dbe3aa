"""Numbers, dates and lists as German readers expect them. The one place that formats (CLDR rules through Babel)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from functools import cache

from babel.dates import format_date
from babel.numbers import format_decimal

WITHHELD = "•"
NONE = "–"


def number(value: float | None, digits: int = 0) -> str:
    """19.38 -> `19,4` with `digits=1`; missing -> `–`. Halves are rounded away from zero, as in print."""
    return NONE if value is None or value != value else _formatted(float(value), digits)


@cache  # a report prints the same few hundred numbers thousands of times
def _formatted(value: float, digits: int) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(_half_up(value, digits), format=pattern, locale="de")
    return text.replace("-", "−").replace(".", "\u202f")


def _half_up(value: float, digits: int) -> float:
    from decimal import ROUND_HALF_UP, Decimal

    # repr first: 2.675 is meant as printed, not as its binary neighbour; 12 places hide noise of sums.
    rounded = Decimal(repr(round(value, 12))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return float(rounded) + 0.0  # no negative zero


def percent(share: float | None, digits: int = 0) -> str:
    """0.735 -> `74 %` (no-break space)."""
    return NONE if share is None or share != share else f"{number(100 * share, digits)}\u00a0%"


def span(low: float | None, high: float | None, digits: int = 0) -> str:
    """An interval as `15,2–31,0`, or `−1,5 bis 3,0` where a minus sign would stand beside the dash."""
    between = " bis " if low is not None and low < 0 else "–"
    return f"{number(low, digits)}{between}{number(high, digits)}"


def percent_span(low: float, high: float, digits: int = 0) -> str:
    return f"{span(100 * low, 100 * high, digits)}\u00a0%"


def date(day: datetime.date) -> str:
    """12. November 2025"""
    return format_date(day, "d. MMMM y", locale="de")


def listing(words: Sequence[str], last: str = "und") -> str:
    """`A`, `A und B`, `A, B und C`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def quoted(words: str) -> str:
    """In quotation marks; those within become single ones."""
    return f"„{words.replace('„', '‚').replace('“', '‘')}“"


_WORDS = ("null", "eine", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf")


def spelled(count: int) -> str:
    """Small counts as words (`drei`), larger ones as digits; for running text."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else number(count)


def persons(count: int) -> str:
    return f"{number(count)} {'Person' if count == 1 else 'Personen'}"


def p_value(p: float) -> str:
    """`0,75`, `0,012`, `< 0,001`"""
    return "< 0,001" if p < 0.001 else number(p, 3 if p < 0.1 else 2)


_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_AS_IT_IS = re.compile(r"(<(svg|pre|code|script|style)\b.*?</\2>|<[^>]*>)", re.DOTALL)
_BETWEEN = "\0"  # no character of a page
_SETTING = (
    (re.compile(r"\b([np]) (=|&lt;) "), "\\1\u00a0\\2\u00a0"),
    (re.compile(rf"(\d\.) ({_MONTHS})\b"), "\\1\u00a0\\2"),
    (re.compile(r"\b(z|u|d)\. (B|a|h)\."), "\\1.\u00a0\\2."),
    (re.compile(r"(\bp-Wert\w*|τ-b\b)"), r'<span class="whole">\1</span>'),
    (re.compile(r"\b(\d+-%-)(?=\w)"), r'<span class="whole">\1</span>'),
    (re.compile(r"(?<=\w{4}/)(?=\w{4})"), "<wbr>"),
)


def set_lines(page: str) -> str:
    """Markup whose lines break where German readers expect it: after the slash of long words, never within `n = 29`,
    `95-%-`, `p-Wert` or `12. November`. Code, drawings and attributes stay as they are."""
    parts = _AS_IT_IS.split(page.replace(_BETWEEN, "\ufffd"))  # text, what was left out, its tag, text, …
    texts = _BETWEEN.join(parts[::3])
    for pattern, words in _SETTING:
        texts = pattern.sub(words, texts)
    parts[::3] = texts.split(_BETWEEN)
    return "".join(part for place, part in enumerate(parts) if place % 3 != 2)
