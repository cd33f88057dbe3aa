"""Pictures of the group notes: who spoke of what, in which stance, which themes inside which areas, and the dots."""

from __future__ import annotations

import pandas as pd

from . import german
from .evidence import Evidence, Row, plain
from .figure import Figure, plotly_text
from .grid_figure import Grid, Line, grid_chart, grid_drawing
from .html import Html, note
from .stacked_figure import Bar, Part, stacked_bars
from .theme_sentences import coverage_headline, dots_headline, inside_headline, stance_headline
from .themes import NOTES_QUESTION, SECTIONS, code_label, groups_of, spoken_of, stance_rows, themes_source

NOTHING = "Zu keinem Fokusbereich liegt eine kodierte Aussage vor."
STANCE_COLOURS = {
    "priorität": "#062f49",
    "unterstützend": "#3d7ca4",
    "bedingung": "#c3d7e4",
    "kritisch": "#b5482a",
    "umdeutung": "#e8bb62",
    "neutral": "#dfe4e9",
}
GROUP_COLOURS = ("#0b5c8c", "#95bbd3", "#e8bb62", "#52616f", "#c3d7e4", "#b5482a")


def coverage_chart(evidence: Evidence) -> Figure | Html:
    """Statements per code and group; beside them in how many groups the code came up."""
    if not _spoken(evidence):
        return note(NOTHING)
    groups = groups_of(evidence)
    counts = {g.id: _by_item(evidence.rows(NOTES_QUESTION, "statement_count", segment=g.id)) for g in groups}
    covered = _by_item(evidence.rows(NOTES_QUESTION, "groups_covered"))
    blocks = []
    for section, heading in SECTIONS.items():
        lines = [
            Line(
                code_label(evidence, row.item),
                [counts[group.id][row.item] for group in groups],
                f"{plain(covered[row.item])} von {len(groups)}",
            )
            for row in spoken_of(evidence, section)
        ]
        if lines:
            blocks.append((heading, lines))
    grid = Grid([group.label for group in groups], blocks, "Gruppen")
    caption = (
        "Aussagen und Karten je Thema und Gruppe; eine kann mehrere Themen tragen. "
        f"Gezählt werden Aussagen, nicht Personen. {themes_source(evidence.round)}"
    )
    return _grid_figure(evidence, "gruppen_abdeckung", coverage_headline(evidence), caption, grid, ["statement_count"])


def inside_chart(evidence: Evidence) -> Figure | Html:
    """Which themes came up inside which focus areas: statements that bear both codes."""
    if not any(row.value for row in evidence.rows(NOTES_QUESTION, "cooccurrence")):
        return note("Keine Aussage trägt ein Thema und einen Fokusbereich zugleich.")
    areas = [row.item for row in spoken_of(evidence, "focus_areas")]
    both = _by_item(evidence.rows(NOTES_QUESTION, "cooccurrence"))
    blocks = []
    for section, heading in list(SECTIONS.items())[1:]:
        rows = spoken_of(evidence, section)
        lines = [Line(code_label(evidence, r.item), [both[f"{r.item}|{area}"] for area in areas]) for r in rows]
        if lines:
            blocks.append((heading, lines))
    grid = Grid([code_label(evidence, area) for area in areas], blocks)
    caption = f"Aussagen und Karten, die beide Themen tragen. {themes_source(evidence.round)}"
    return _grid_figure(evidence, "gruppen_matrix", inside_headline(evidence), caption, grid, ["cooccurrence"])


def stance_chart(evidence: Evidence) -> Figure | Html:
    """Stance of the statements on each focus area that came up."""
    bars = []
    for row in spoken_of(evidence, "focus_areas"):
        stances = stance_rows(evidence, row.item)
        if row.value and any(stance.value for stance in stances.values()):
            parts = [Part(name.capitalize(), STANCE_COLOURS[name], stance) for name, stance in stances.items()]
            bars.append(
                Bar(
                    code_label(evidence, row.item), parts, f"{plain(row)} {'Aussage' if row.value == 1 else 'Aussagen'}"
                )
            )
    if not bars:
        return note(NOTHING)
    caption = (
        "Haltung der Aussagen und Karten je Fokusbereich. Wo die Kodierenden sich über die Haltung nicht einig sind, "
        f"zählt die Aussage nur rechts mit. {themes_source(evidence.round)}"
    )
    rows = evidence.frame(NOTES_QUESTION, ["stance_count", "statement_count"])
    return stacked_bars("gruppen_haltung", stance_headline(evidence), caption, bars, rows)


def dots_chart(evidence: Evidence) -> Figure | Html:
    """Dots on the cards of each focus area, by group."""
    groups = [g for g in groups_of(evidence) if evidence.rows(NOTES_QUESTION, "dots", segment=g.id)]
    own = {g.id: _by_item(evidence.rows(NOTES_QUESTION, "dots", segment=g.id)) for g in groups}
    total = _by_item(evidence.rows(NOTES_QUESTION, "dots"))
    bars = []
    areas = [row.item for row in spoken_of(evidence, "focus_areas") if row.item in total]
    for item in sorted(areas, key=lambda item: -total[item].value):
        parts = [
            Part(group.label, GROUP_COLOURS[place % len(GROUP_COLOURS)], own[group.id][item])
            for place, group in enumerate(groups)
        ]
        if total[item].value:
            bars.append(
                Bar(
                    code_label(evidence, item),
                    parts,
                    f"{plain(total[item])} {'Punkt' if total[item].value == 1 else 'Punkte'}",
                )
            )
    if not bars:
        return note("Auf Karten zu Fokusbereichen ist kein Punkt verzeichnet.")
    caption = (
        "Klebepunkte auf Karten des Bereichs, nach Gruppen. Trägt eine Karte mehrere Themen, zählen ihre Punkte bei "
        f"jedem. {themes_source(evidence.round)}"
    )
    rows = pd.concat([evidence.frame(NOTES_QUESTION, ["dots"], segment=s) for s in ["all", *(g.id for g in groups)]])
    return stacked_bars("gruppen_punkte", dots_headline(evidence), caption, bars, rows.reset_index(drop=True))


def _spoken(evidence: Evidence) -> bool:
    return any(row.value for section in SECTIONS for row in spoken_of(evidence, section))


def _by_item(rows: list[Row]) -> dict[str, Row]:
    return {row.item: row for row in rows}


def _grid_figure(evidence: Evidence, name: str, title: str, caption: str, grid: Grid, statistics: list[str]) -> Figure:
    segments = ["all", *(group.id for group in groups_of(evidence))]
    frames = [evidence.frame(NOTES_QUESTION, [*statistics, "groups_covered"], segment=s) for s in segments]
    words = []
    for line in grid.lines:
        cells = [f"{label}: {plain(row)}" for label, row in zip(grid.columns, line.cells, strict=True) if row.value]
        words.append(f"{line.label}: {german.listing(cells) or 'keine'}")

    def hover(line: Line, column: str, row: Row) -> str:
        unit = "Aussage" if row.value == 1 else "Aussagen"
        return f"<b>{plotly_text(line.label)}</b><br>{plotly_text(column)}: {plain(row)} {unit}"

    return Figure(
        name=name,
        title=title,
        caption=caption,
        alt=f"Tabelle mit Kreisen, Zahl der Aussagen. {'; '.join(words)}.",
        rows=pd.concat(frames, ignore_index=True),
        draw=lambda: grid_drawing(grid),
        interactive=grid_chart(grid, hover),
    )
