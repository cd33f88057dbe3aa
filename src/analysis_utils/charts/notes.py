"""Pictures of the group notes: who spoke of what, in which stance, which themes inside which areas, the dots, and poll
and groups side by side."""

from __future__ import annotations

import pandas as pd

from ..findings import (
    CALLED,
    NOTHING_SAID,
    Joint,
    has_real_chance,
    joint_headline,
    joint_rows,
    middle,
    priority_of,
    why_groups_unknown,
)
from ..rounds import Question
from ..wording import (
    NOTES_QUESTION,
    SECTIONS,
    Evidence,
    Html,
    Row,
    absent,
    code_label,
    coverage_headline,
    dots_headline,
    german,
    groups_of,
    has_codings,
    inside_headline,
    note,
    plain,
    short_label,
    so_far,
    spoken_of,
    stance_headline,
    stance_rows,
    terms,
    themes_foot,
)
from .chart import Bars, Chart, Circles, Column, Line, Series, Value, Words
from .poll import stacked
from .values import ballots, german_span, measured, source_line, subtitle, value_of

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
SIGNS = {"konvergent": "=", "ergänzend": "+", "divergent": "≠", "nur Umfrage": "–", "nur Gruppen": "–"}


def coverage_chart(evidence: Evidence) -> Chart | Html:
    """Statements per code and group; beside them in how many groups the code came up."""
    groups = groups_of(evidence)
    counts = {g.id: _by_item(evidence.rows(NOTES_QUESTION, "statement_count", segment=g.id)) for g in groups}
    covered = _by_item(evidence.rows(NOTES_QUESTION, "groups_covered"))
    codes = [(row.item, head) for section, head in SECTIONS.items() for row in spoken_of(evidence, section)]
    if not any(row.value for section in SECTIONS for row in spoken_of(evidence, section)):
        return note(why_groups_unknown(evidence) or NOTHING)
    lines = [Line(code_label(evidence, code), head) for code, head in codes]
    cells = [
        [_counted(counts[group.id][code], line.label, group.label) for group in groups]
        for (code, _), line in zip(codes, lines, strict=True)
    ]
    known = [f"{plain(covered[code])} von {len(groups)}" for code, _ in codes]
    remarks = Words("in Gruppen", known, below=[f"in {words} Gruppen" for words in known])
    return _grid(
        evidence,
        "gruppen_abdeckung",
        coverage_headline(evidence),
        "Zahl der Aussagen und Karten je Thema und Gruppe",
        "Je größer und dunkler ein Kreis, desto mehr Aussagen; ein Strich: keine. Eine Aussage kann mehrere Themen "
        "tragen. Gezählt werden Aussagen, nicht Personen.",
        lines,
        [Circles([group.label for group in groups], cells), remarks],
        ["statement_count", "groups_covered"],
    )


def inside_chart(evidence: Evidence) -> Chart | Html:
    """Which themes came up inside which focus areas: statements that bear both codes."""
    if not any(row.value for row in evidence.rows(NOTES_QUESTION, "cooccurrence")):
        return note(why_groups_unknown(evidence) or "Keine Aussage trägt ein Thema und einen Fokusbereich zugleich.")
    areas = [row.item for row in spoken_of(evidence, "focus_areas")]
    heads = [code_label(evidence, area) for area in areas]
    both = _by_item(evidence.rows(NOTES_QUESTION, "cooccurrence"))
    themes = [(row.item, head) for section, head in list(SECTIONS.items())[1:] for row in spoken_of(evidence, section)]
    lines = [Line(code_label(evidence, theme), head) for theme, head in themes]
    cells = [
        [_counted(both[f"{theme}|{area}"], line.label, head) for area, head in zip(areas, heads, strict=True)]
        for (theme, _), line in zip(themes, lines, strict=True)
    ]
    return _grid(
        evidence,
        "gruppen_matrix",
        inside_headline(evidence),
        "Zahl der Aussagen und Karten, die Thema und Bereich tragen",
        "Zeilen: Themen; Spalten: Fokusbereiche. Je größer und dunkler ein Kreis, desto mehr Aussagen; Strich: keine.",
        lines,
        [Circles(heads, cells)],
        ["cooccurrence"],
    )


def _grid(
    evidence: Evidence,
    name: str,
    title: str,
    measure: str,
    caption: str,
    lines: list[Line],
    columns: list[Column],
    statistics: list[str],
) -> Chart:
    grid = next(column for column in columns if isinstance(column, Circles))
    told = []
    for line, row in zip(lines, grid.cells, strict=True):
        cells = [f"{head}: {cell.text}" for head, cell in zip(grid.heads, row, strict=True) if cell.value]
        told.append(f"{line.label}: {german.listing(cells) or 'keine'}")
    return Chart(
        name,
        "grid",
        title,
        subtitle(evidence.round, measure, _read(evidence)),
        f"{caption} {themes_foot(evidence)}",
        f"Tabelle mit Kreisen, Zahl der Aussagen. {'; '.join(told)}.",
        lines,
        columns,
        _rows(evidence, [*statistics, "statements_read"], by_group=True),
    )


def _read(evidence: Evidence) -> str:
    """How many statements there are: the n of the notes."""
    row = next(iter(evidence.rows(NOTES_QUESTION, "statements_read")), None)
    return f"n = {plain(row)}{_statements(row)}" if row else ""


def _counted(row: Row, *about: str) -> Value:
    value = value_of(row, *about, unit=_statements(row))
    return value if value.value else Value(value.value, german.NONE, value.told)


def _statements(row: Row) -> str:
    return " Aussage" if row.estimate == 1 else " Aussagen"


def _dots(row: Row) -> str:
    return " Klebepunkt" if row.estimate == 1 else " Klebepunkte"


def stance_chart(evidence: Evidence) -> Chart | Html:
    """Stance of the statements on each focus area that came up."""
    lines, cells, series, remarks = [], [], [], []
    for row in spoken_of(evidence, "focus_areas"):
        stances = stance_rows(evidence, row.item)
        if row.value and any(stance.value for stance in stances.values()):
            lines.append(Line(code_label(evidence, row.item)))
            series.append([Series(name.capitalize(), STANCE_COLOURS[name]) for name in stances])
            cells.append([_counted(stance, lines[-1].label, name.capitalize()) for name, stance in stances.items()])
            remarks.append(row)
    if not lines:
        return note(why_groups_unknown(evidence) or NOTHING)
    return _bars(
        evidence,
        "gruppen_haltung",
        stance_headline(evidence),
        "Zahl der Aussagen und Karten je Fokusbereich und Haltung",
        "Die Zahl am Balken zählt alle Aussagen zum Bereich. Wo die Kodierenden sich über die Haltung nicht "
        "einig sind, zählt die Aussage nur dort mit.",
        lines,
        Bars("", cells, series, "Aussagen"),
        Words(
            "Aussagen", [plain(row) for row in remarks], below=[f"{plain(row)}{_statements(row)}" for row in remarks]
        ),
        _rows(evidence, ["stance_count", "statement_count", "statements_read"]),
    )


def dots_chart(evidence: Evidence) -> Chart | Html:
    """Dots on the cards of each focus area, by group."""
    groups = [g for g in groups_of(evidence) if evidence.rows(NOTES_QUESTION, "dots", segment=g.id)]
    own = {g.id: _by_item(evidence.rows(NOTES_QUESTION, "dots", segment=g.id)) for g in groups}
    total = _by_item(evidence.rows(NOTES_QUESTION, "dots"))
    areas = [row.item for row in spoken_of(evidence, "focus_areas") if row.item in total and total[row.item].value]
    areas.sort(key=lambda item: -total[item].value)
    if not areas:
        return note(why_groups_unknown(evidence) or "Auf Karten zu Fokusbereichen ist kein Punkt verzeichnet.")
    lines = [Line(code_label(evidence, area)) for area in areas]
    names = [Series(group.label, GROUP_COLOURS[at % len(GROUP_COLOURS)]) for at, group in enumerate(groups)]
    cells = [
        [value_of(own[g.id][area], line.label, g.label, unit=_dots(own[g.id][area])) for g in groups]
        for area, line in zip(areas, lines, strict=True)
    ]
    return _bars(
        evidence,
        "gruppen_punkte",
        dots_headline(evidence),
        "Zahl der Klebepunkte auf Karten je Fokusbereich und Gruppe",
        "Die Zahl am Balken zählt alle Klebepunkte des Bereichs. Trägt eine Karte mehrere Themen, zählen ihre "
        "Punkte bei jedem.",
        lines,
        Bars("", cells, [names] * len(lines), "Klebepunkte"),
        Words(
            "Punkte",
            [plain(total[area]) for area in areas],
            below=[f"{plain(total[area])}{_dots(total[area])}" for area in areas],
        ),
        _rows(evidence, ["dots", "statements_read"], by_group=True),
    )


def _bars(
    evidence: Evidence,
    name: str,
    title: str,
    measure: str,
    caption: str,
    lines: list[Line],
    bars: Bars,
    remarks: Words,
    rows: pd.DataFrame,
) -> Chart:
    sub = subtitle(evidence.round, measure, _read(evidence))
    return stacked(name, title, sub, f"{caption} {themes_foot(evidence)}", lines, [bars, remarks], rows)


def joint_chart(evidence: Evidence) -> Chart | Html:
    """Focus areas by what the poll gave them; circles grow with the statements of a group. A dashed line marks what
    each would get if all got the same."""
    rows = [row for row in joint_rows(evidence) if row.mean is not None or (row.covered and row.covered.value)]
    if not rows:
        return absent(NOTHING_SAID)
    question, words = priority_of(evidence), terms(priority_of(evidence))
    labels = [short_label(evidence.round, row.area) for row in rows]
    groups = groups_of(evidence) if has_codings(evidence) else []
    means = [
        value_of(row.mean, label, unit=f"{words.unit} im Mittel", more=[CALLED[row.integration]]) if row.mean else None
        for row, label in zip(rows, labels, strict=True)
    ]
    columns: list[Column] = []
    caption, sub = [], []
    if question is not None and any(means):
        cells: list[list[Value | None]] = [[mean] for mean in means]
        mark = (middle(evidence, question), words.middle)
        columns.append(measured(question, cells, "Umfrage", mark_at=mark))
        sub += [f"{words.name[:1].upper()}{words.name[1:]} der Umfrage", ballots(evidence, question)]
        made_up = "" if has_real_chance(evidence, question) else " (nachgebildet)"
        caption.append(
            f"Umfrage: Punkt mit dem 95-%-Unsicherheitsbereich{made_up} als Linie; gestrichelt: "
            f"{words.middle}{' für alle Bereiche' if question.type == 'points' else ' aller Bereiche'}."
        )
    if groups:
        counts = [
            [_counted(cell, label, group.label) for cell, group in zip(row.by_group, groups, strict=True)]
            if row.by_group
            else [Value(None, "", label)] * len(groups)
            for row, label in zip(rows, labels, strict=True)
        ]
        columns.append(Circles([group.label for group in groups], counts, "Aussagen der Gruppen"))
        sub += ["Zahl der Aussagen je Gruppe"]
        dash = "bisher keine kodierte" if so_far(evidence) else "nicht angesprochen"
        caption.append(f"Kreise: Aussagen und Karten je Gruppe; ein Strich: {dash}.")
    if reason := why_groups_unknown(evidence):
        caption.append(reason)
    notes = evidence.round.file.notes
    if groups and notes is not None and notes.provenance != "original":
        caption.append("Die Notizen sind erfundene Beispiele.")
    columns.append(
        Words("Einordnung", [_placed(row) for row in rows], below=[_placed(row).replace("\n", " · ") for row in rows])
    )
    caption.append(source_line(evidence.round) if any(means) else themes_foot(evidence))
    told = [
        _told(label, mean, row, [g.label for g in groups], words.unit)
        for label, mean, row in zip(labels, means, rows, strict=True)
    ]
    kinds = [*(["Punktdiagramm der Umfrage"] if any(means) else []), *(["Kreise für die Gruppen"] if groups else [])]
    return Chart(
        "nebeneinander",
        "dots",
        joint_headline(evidence),
        subtitle(evidence.round, *sub),
        " ".join(caption),
        f"{', daneben '.join(kinds) or 'Leere Abbildung'}. {'. '.join(told)}.",
        [Line(label) for label in labels],
        columns,
        _joint_rows(evidence, question, [row.area for row in rows]),
    )


def _placed(row: Joint) -> str:
    side = f"\nGruppen: {row.groups}" if row.covered else ""
    return f"{SIGNS[row.integration]} {CALLED[row.integration]}{side}"


def _told(label: str, mean: Value | None, row: Joint, groups: list[str], unit: str) -> str:
    span = f" (Bereich {german_span(mean)})" if mean and mean.low is not None else ""
    poll = f"Umfrage {mean.text}{unit}{span}" if mean else "nicht gefragt"
    counts = [f"{head}: {plain(cell)}" for head, cell in zip(groups, row.by_group, strict=False)]
    return f"{label}: {poll}{f'; Aussagen: {german.listing(counts)}' if counts else ''}; {CALLED[row.integration]}"


def _joint_rows(evidence: Evidence, question: Question | None, areas: list[str]) -> pd.DataFrame:
    frames = [evidence.frame(question, [question.measure, "respondents"])] if question else []
    if has_codings(evidence):
        frames.append(_rows(evidence, ["statement_count"], by_group=True))
        frames.append(evidence.frame(NOTES_QUESTION, ["groups_covered"]))
    whole = pd.concat(frames) if frames else evidence.estimates.head(0)
    return whole[whole["item"].isin([*areas, ""])].reset_index(drop=True)


def _rows(evidence: Evidence, statistics: list[str], *, by_group: bool = False) -> pd.DataFrame:
    segments = ["all", *(group.id for group in groups_of(evidence) if by_group)]
    frames = [evidence.frame(NOTES_QUESTION, statistics, segment=segment) for segment in segments]
    return pd.concat(frames, ignore_index=True)


def _by_item(rows: list[Row]) -> dict[str, Row]:
    return {row.item: row for row in rows}
