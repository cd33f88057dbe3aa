"""Google Forms: a CSV or the linked sheet, with a localised timestamp in the first column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .containers import Sheet
from .export import Export
from .faults import Problem
from .flat import Rows, head, is_personal, statements

TOOL = "Google Forms"
_TIMESTAMPS = {
    "timestamp", "zeitstempel", "tidstämpel", "tidsstempel", "tijdstempel", "horodateur", "marca temporal",
    "marca de tiempo", "carimbo de data/hora", "informazioni cronologiche", "sygnatura czasowa", "aikaleima",
    "časové razítko", "időbélyeg", "отметка времени", "позначка часу", "zaman damgası",
}  # fmt: skip
_ABOUT = {"score", "punktzahl", "gesamtpunktzahl"}


def signs(sheets: list[Sheet]) -> tuple[Sheet, str] | None:
    """The sheet with the answers and what gave it away."""
    for sheet in sheets:
        names = head(sheet)
        if len(names) > 1 and names[0].casefold() in _TIMESTAMPS:
            return sheet, f"the first heading “{names[0]}”"
    return None


def read(path: Path, sheet: Sheet, problems: list[Problem], found: str) -> Export:
    """Grids are headings `Title [Statement]`; several answers of a person stand in one cell."""
    rows = Rows(path, TOOL, sheet)
    rows.problems += problems
    rows.date(0)
    rows.leave([0, *(c for c, name in enumerate(rows.headings) if is_personal(name) or name.casefold() in _ABOUT)])
    for title, columns in statements(rows.headings):
        if any(rows.filled(column) for column, _ in columns):
            rows.ask(title, "unknown", [replace(rows.use(column), item=statement) for column, statement in columns])
    rows.guesses = ["the types of questions, and where several answers in a cell are parted"]
    return rows.export("grids " + ("seen" if any(plan.uses[0].item for plan in rows.questions) else "none"), found)
