"""Tables of the pages: pandas' Styler writes them; a template on top of its own adds what readers' aids need."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from .labels import breakable

Cell = str | Markup
_NUMBER = re.compile(r"[−+]?[\d\u202f]+(?:,(\d+))?(\u00a0%)?")
LONG = 12
"""Letters from which words in a column of numbers may be broken into lines."""
LEGEND = Markup('<p class="legend"><span aria-hidden="true">•</span> {}</p>').format(
    "Zum Schutz einzelner Personen zurückgehalten."
)


def page_table(
    caption: Cell, head: Sequence[Cell], rows: Sequence[Sequence[Cell]], *, name: str, numeric_from: int
) -> Markup:
    """Caption, scoped headers, cells; columns from `numeric_from` on are numbers, aligned at the decimal comma."""
    import pandas as pd

    frame = pd.DataFrame([list(row) for row in rows], columns=range(len(head)), dtype=object)
    formats: dict[Any, Any] = {
        place: _aligned(list(frame[place])) if place >= numeric_from else escape for place in range(1, len(head))
    }
    formats[0] = _header
    style = _styler()(frame).hide(axis="index").format(formats)
    style = style.format_index(lambda place: _header(head[place]), axis="columns")
    return Markup(style.to_html(exclude_styles=True, caption=escape(caption), name=name, numeric_from=numeric_from))


@cache
def _styler() -> Any:
    from pandas.io.formats.style import Styler

    return Styler.from_custom_template(str(Path(__file__).parent), html_table="table.html.j2")


def _header(cell: Cell) -> Markup:
    """A header whose long words may be broken, so that numbers keep their room."""
    parts = re.split("(<[^>]*>|&[^;]*;)", escape(cell))
    return Markup("".join(part if place % 2 else breakable(part) for place, part in enumerate(parts)))


def _aligned(column: Sequence[Cell]) -> Callable[[Cell], Markup]:
    """A format that leaves room for missing decimals and unit to the right of a number, so that commas stand in line.

    The room is generated content of the style sheet: it is not read aloud, not copied and not searched.
    """
    parts = [found.groups("") for cell in column if (found := _number(cell))]
    digits = max((len(decimals) for decimals, _ in parts), default=0)
    unit = max((unit for _, unit in parts), default="")

    def shown(cell: Cell) -> Markup:
        found = _number(cell)
        if not found:
            words = escape(cell)
            is_long = len(words) > LONG and not any(letter.isdigit() for letter in words)
            return Markup('<span class="words">{}</span>').format(words) if is_long else words
        decimals, own = found.groups("")
        room = ("," if digits and not decimals else "") + "0" * (digits - len(decimals)) + (unit if not own else "")
        return escape(cell) + (Markup('<i data-room="{}"></i>').format(room) if room else "")

    return shown


def _number(cell: Cell) -> re.Match[str] | None:
    return _NUMBER.fullmatch(re.sub("<[^>]*>", "", cell) if isinstance(cell, Markup) else cell)
