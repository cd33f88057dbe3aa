"""What reading the group notes brought, for notebook 02, and how pages behave where a round has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from ..rounds import Round
from ..wording import (
    NO_NOTES,
    ONLY_ORDERS,
    Evidence,
    Html,
    absent,
    counted,
    coverage_sentences,
    german,
    has_codings,
    has_orders,
    has_themes,
    segment_label,
    stance_sentences,
    summary,
    table,
)


def when_themes(evidence: Evidence, make: Callable[[Evidence], object], folder: Path | None = None) -> object:
    """What `make` returns, figures saved in `folder`; for a round without notes one sentence that says so."""
    made = make(evidence) if has_themes(evidence) else absent(ONLY_ORDERS if has_orders(evidence) else NO_NOTES)
    return made if folder is None else made.save(folder)  # type: ignore[attr-defined]


def themes_summary(evidence: Evidence) -> Html:
    """The box of the page on the groups: what they spoke about, and with which stance."""
    if not has_themes(evidence):
        return summary([Markup(ONLY_ORDERS)]) if has_orders(evidence) else absent(NO_NOTES)
    stances = stance_sentences(evidence) if has_codings(evidence) else []
    return summary([*coverage_sentences(evidence), *stances])


def when_orders(evidence: Evidence, make: Callable[[Evidence], object]) -> object:
    """The same for what rests on the groups' own orders: they need no notes."""
    return make(evidence) if has_orders(evidence) else when_themes(evidence, make)


def notes_table(read: pd.DataFrame, round_: Round) -> Html:
    """Files with the number of passages and dots read from each; `read` has a row for each passage. Shows no words."""
    if read.empty:
        return absent(NO_NOTES)
    lines = []
    for (file, group), own in read.groupby(["file", "group"], sort=False):
        dots = own["dots"].fillna(0).sum()
        stuck = counted(int(dots), "reading") if dots else german.NONE
        lines.append([str(file), segment_label(round_, str(group)), counted(len(own), "reading"), stuck])
    return table(
        "Was aus welcher Datei gelesen wurde",
        ["Datei", "Gruppe", "Aussagen", "Punkte"],
        lines,
        name="dateien",
        numeric_from=2,
    )


def sheets_table(sheets: Sequence[object]) -> Html:
    """What is left to code, file by file; `sheets` as ingest wrote them."""
    if not sheets:
        return absent("Es ist nichts zu kodieren.")
    names = ("statements", "uncoded", "suggested", "changed")
    lines = [[one.label, *(counted(getattr(one, name), "reading") for name in names)] for one in sheets]  # type: ignore[attr-defined]
    head = ["Blatt", "Aussagen", "noch offen", "davon mit Vorschlag", "seit der Kodierung geändert"]
    return table("Kodierblätter", head, lines, name="blaetter")
