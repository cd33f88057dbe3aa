"""The numbers behind a figure as an accessible table, read from the CSV that was saved with it."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from ..rounds import Round
from ..tables import read_table
from .definitions import name_of
from .evidence import row_of, shown, shown_interval, shown_n
from .html import table
from .labels import segment_label, short_label


def numbers_table(path: Path, round_: Round, number: str) -> Markup:
    """Every row of the figure's CSV: what it is about, which statistic, value, interval, n."""
    lines = []
    for values in read_table("estimates", path).to_dict("records"):
        row = row_of(values)
        cells = [name_of(row.statistic), shown(row), shown_interval(row)]
        n = shown_n(row) if row.n is not None else "–"
        lines.append([_subject(values, round_), *cells, n])
    head = ["Gegenstand", "Kennzahl", "Wert", "95-%-Bereich", "n"]
    return Markup(table(f"Zahlen zu Abbildung {number}", head, lines, name=f"zahlen-{path.stem}", numeric_from=2))


def _subject(values: dict, round_: Round) -> str:
    """Area, scale value or pair in words, with the group where it is not all."""
    item, segment = values["item"], values["segment"]
    parts = [short_label(round_, part) for part in item.split("|")] if item else ["gesamt"]
    subject = ", ".join(parts) if not item.isdigit() else f"Wert {item}"
    question = next((q.label for q in round_.file.questions if q.id == values["question"]), "")
    if not item or item.isdigit():
        subject = f"{question}: {subject}"
    return subject if segment == "all" else f"{subject} ({segment_label(round_, segment)})"
