"""All compared rounds side by side, for any number of them: a table of means."""

from __future__ import annotations

from ..rounds import Round
from ..wording import Html, Row, german, note, shown, table
from .rounds_compared import Comparison, headed

Lines = dict[str, list[Row | None]]
"""For each label the row of every round, oldest first."""


def compared_in(comparisons: list[Comparison]) -> list[Round]:
    """All rounds of the comparisons, oldest first."""
    return [*(c.rounds.earlier for c in comparisons), comparisons[0].rounds.later]


def lines_of(comparisons: list[Comparison], *kinds: str) -> Lines:
    """The mean of each area or scale in every round. Where a scale was turned round, the pair has a line of its own in
    the direction of its earlier round."""
    lines: Lines = {}
    for place, comparison in enumerate(comparisons):
        for compared in comparison.questions(*kinds):
            points = compared.after.type == "points"
            names = ("mean_points_before", "mean_points_after") if points else ("mean_before", "mean_after")
            for item in compared.items if points else [None]:
                label = f"{headed(compared.after.label)} {item.label}" if item else compared.after.label
                label += ", gespiegelt auf die Richtung der früheren Runde" if compared.reversed else ""
                cells = lines.setdefault(label, [None] * (len(comparisons) + 1))
                cells[place] = comparison.row(compared, names[0], item.id if item else "")
                cells[-1] = comparison.row(compared, names[1], item.id if item else "")
    return lines


def rounds_table(comparisons: list[Comparison]) -> Html:
    """Means of every round side by side, oldest first, for any number of rounds."""
    if not comparisons:
        return note("Für diese Runde ist kein Vergleich vorgesehen.")
    head = ["Frage und Bereich", *(german.date(round_.file.date) for round_ in compared_in(comparisons))]
    rows = [
        [label, *(german.NONE if row is None else shown(row) for row in cells)]
        for label, cells in lines_of(comparisons, "points", "scale").items()
    ]
    caveat = (
        "Ein Strich heißt, dass eine Runde nicht oder nicht vergleichbar danach fragte. Ob sich etwas verändert hat, "
        "sagen die Urteile weiter oben und nicht diese Zahlen."
    )
    return table("Mittelwerte aller Runden", head, rows, name="alle_runden", caveat=caveat)
