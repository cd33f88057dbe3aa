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
from .chart import Bars, Chart, Circles, Column, Line, Mark, Series, Value, Words
from .values import ballots, by_item, german_span, measured, picture, rows_behind, source_line, value_of

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


def _notes_picture(
    evidence: Evidence,
    name: str,
    mark: Mark,
    title: str,
    about: str,
    caption: str,
    lines: list[Line],
    columns: list[Column],
    statistics: list[str],
    *,
    by_group: bool = True,
) -> Chart:
    """A picture of the notes, whose n is the number of statements; words for its circles are made here."""
    read = next(iter(evidence.rows(NOTES_QUESTION, "statements_read")), None)
    alt, circles = "", columns[0]
    if isinstance(circles, Circles):
        told = []
        for line, row in zip(lines, circles.cells, strict=True):
            cells = [f"{head}: {cell.text}" for head, cell in zip(circles.heads, row, strict=True) if cell.value]
            told.append(f"{line.label}: {german.listing(cells) or 'keine'}")
        alt = f"Tabelle mit Kreisen, Zahl der Aussagen. {'; '.join(told)}."
    return picture(
        evidence,
        name,
        mark,
        title,
        [f"Zahl der {about}", f"n = {_counted(read, 'Aussage')}" if read else ""],
        caption,
        alt,
        lines,
        columns,
        _rows(evidence, [*statistics, "statements_read"], by_group=by_group),
        source=themes_foot(evidence),
    )


def _rows(evidence: Evidence, statistics: list[str], *, by_group: bool) -> pd.DataFrame:
    groups = [group.id for group in groups_of(evidence) if by_group]
    return rows_behind(evidence, [NOTES_QUESTION], statistics, ["all", *groups])


def _counted(row: Row, what: str) -> str:
    return f"{plain(row)}{_noun(row, what)}"


def _noun(row: Row, what: str) -> str:
    plural = {"Aussage": "Aussagen", "Klebepunkt": "Klebepunkte"}
    return f" {what if row.estimate == 1 else plural[what]}"


def _circle(row: Row, *about: str) -> Value:
    value = value_of(row, *about, unit=_noun(row, "Aussage"))
    return value if value.value else Value(value.value, german.NONE, value.told)


def coverage_chart(evidence: Evidence) -> Chart | Html:
    """Statements per code and group; beside them in how many groups the code came up."""
    spoken = [(row, head) for section, head in SECTIONS.items() for row in spoken_of(evidence, section)]
    if not any(row.value for row, _ in spoken):
        return note(why_groups_unknown(evidence) or NOTHING)
    groups = groups_of(evidence)
    counts = [by_item(evidence.rows(NOTES_QUESTION, "statement_count", segment=group.id)) for group in groups]
    covered = by_item(evidence.rows(NOTES_QUESTION, "groups_covered"))
    lines = [Line(code_label(evidence, row.item), head) for row, head in spoken]
    cells = [
        [_circle(own[row.item], line.label, group.label) for own, group in zip(counts, groups, strict=True)]
        for (row, _), line in zip(spoken, lines, strict=True)
    ]
    known = [f"{plain(covered[row.item])} von {len(groups)}" for row, _ in spoken]
    remarks = Words("in Gruppen", known, below=[f"in {words} Gruppen" for words in known])
    return _notes_picture(
        evidence,
        "gruppen_abdeckung",
        "grid",
        coverage_headline(evidence),
        "Aussagen und Karten je Thema und Gruppe",
        "Je größer und dunkler ein Kreis, desto mehr Aussagen; ein Strich: keine. Eine Aussage kann mehrere Themen "
        "tragen. Gezählt werden Aussagen, nicht Personen.",
        lines,
        [Circles([group.label for group in groups], cells), remarks],
        ["statement_count", "groups_covered"],
    )


def inside_chart(evidence: Evidence) -> Chart | Html:
    """Which themes came up inside which focus areas: statements that bear both codes."""
    both = by_item(evidence.rows(NOTES_QUESTION, "cooccurrence"))
    if not any(row.value for row in both.values()):
        return note(why_groups_unknown(evidence) or "Keine Aussage trägt ein Thema und einen Fokusbereich zugleich.")
    areas = {row.item: code_label(evidence, row.item) for row in spoken_of(evidence, "focus_areas")}
    themes = [(row.item, head) for section, head in list(SECTIONS.items())[1:] for row in spoken_of(evidence, section)]
    lines = [Line(code_label(evidence, theme), head) for theme, head in themes]
    cells = [
        [_circle(both[f"{theme}|{area}"], line.label, head) for area, head in areas.items()]
        for (theme, _), line in zip(themes, lines, strict=True)
    ]
    return _notes_picture(
        evidence,
        "gruppen_matrix",
        "grid",
        inside_headline(evidence),
        "Aussagen und Karten, die Thema und Bereich tragen",
        "Zeilen: Themen; Spalten: Fokusbereiche. Je größer und dunkler ein Kreis, desto mehr Aussagen; Strich: keine.",
        lines,
        [Circles(list(areas.values()), cells)],
        ["cooccurrence"],
    )


def stance_chart(evidence: Evidence) -> Chart | Html:
    """Stance of the statements on each focus area that came up."""
    stances = {row.item: stance_rows(evidence, row.item) for row in spoken_of(evidence, "focus_areas")}
    rows = [row for row in spoken_of(evidence, "focus_areas")
            if row.value and any(stance.value for stance in stances[row.item].values())]  # fmt: skip
    if not rows:
        return note(why_groups_unknown(evidence) or NOTHING)
    lines = [Line(code_label(evidence, row.item)) for row in rows]
    series = [[Series(name.capitalize(), STANCE_COLOURS[name]) for name in stances[row.item]] for row in rows]
    cells = [
        [_circle(stance, line.label, name.capitalize()) for name, stance in stances[row.item].items()]
        for row, line in zip(rows, lines, strict=True)
    ]
    below = [_counted(row, "Aussage") for row in rows]
    return _notes_picture(
        evidence,
        "gruppen_haltung",
        "stacked",
        stance_headline(evidence),
        "Aussagen und Karten je Fokusbereich und Haltung",
        "Die Zahl am Balken zählt alle Aussagen zum Bereich. Wo die Kodierenden sich über die Haltung nicht "
        "einig sind, zählt die Aussage nur dort mit.",
        lines,
        [Bars("", cells, series, "Aussagen"), Words("Aussagen", [plain(row) for row in rows], below=below)],
        ["stance_count", "statement_count"],
        by_group=False,
    )


def dots_chart(evidence: Evidence) -> Chart | Html:
    """Dots on the cards of each focus area, by group."""
    own = {group.id: by_item(evidence.rows(NOTES_QUESTION, "dots", segment=group.id)) for group in groups_of(evidence)}
    groups = [group for group in groups_of(evidence) if own[group.id]]
    total = by_item(evidence.rows(NOTES_QUESTION, "dots"))
    rows = [total[row.item] for row in spoken_of(evidence, "focus_areas") if row.item in total]
    rows = sorted((row for row in rows if row.value), key=lambda row: -row.value)
    if not rows:
        return note(why_groups_unknown(evidence) or "Auf Karten zu Fokusbereichen ist kein Punkt verzeichnet.")
    lines = [Line(code_label(evidence, row.item)) for row in rows]
    series = [Series(group.label, GROUP_COLOURS[at % len(GROUP_COLOURS)]) for at, group in enumerate(groups)]
    cells = [
        [value_of(one, line.label, group.label, unit=_noun(one, "Klebepunkt"))
         for group in groups if (one := own[group.id][row.item])]
        for row, line in zip(rows, lines, strict=True)
    ]  # fmt: skip
    below = [_counted(row, "Klebepunkt") for row in rows]
    return _notes_picture(
        evidence,
        "gruppen_punkte",
        "stacked",
        dots_headline(evidence),
        "Klebepunkte auf Karten je Fokusbereich und Gruppe",
        "Die Zahl am Balken zählt alle Klebepunkte des Bereichs. Trägt eine Karte mehrere Themen, zählen ihre "
        "Punkte bei jedem.",
        lines,
        [
            Bars("", cells, [series] * len(lines), "Klebepunkte"),
            Words("Punkte", [plain(row) for row in rows], below=below),
        ],
        ["dots"],
    )


def joint_chart(evidence: Evidence) -> Chart | Html:
    """Focus areas by what the poll gave them; circles grow with the statements of a group. A dashed line marks what
    each would get if all got the same."""
    rows = [row for row in joint_rows(evidence) if row.mean is not None or (row.covered and row.covered.value)]
    if not rows:
        return absent(NOTHING_SAID)
    question = priority_of(evidence)
    words, has_poll = terms(question), question is not None and any(row.mean for row in rows)
    labels = [short_label(evidence.round, row.area) for row in rows]
    groups = groups_of(evidence) if has_codings(evidence) else []
    means = [
        value_of(row.mean, label, unit=f"{words.unit} im Mittel", more=[CALLED[row.integration]]) if row.mean else None
        for row, label in zip(rows, labels, strict=True)
    ]
    columns: list[Column] = []
    caption, about, kinds = [], [], []
    if question is not None and has_poll:
        columns.append(
            measured(
                question, [[mean] for mean in means], "Umfrage", mark_at=(middle(evidence, question), words.middle)
            )
        )
        about += [f"{words.name[:1].upper()}{words.name[1:]} der Umfrage", ballots(evidence, question)]
        made_up = "" if has_real_chance(evidence, question) else " (nachgebildet)"
        of_all = " für alle Bereiche" if question.type == "points" else " aller Bereiche"
        caption.append(
            f"Umfrage: Punkt mit dem 95-%-Unsicherheitsbereich{made_up} als Linie; gestrichelt: {words.middle}{of_all}."
        )
        kinds.append("Punktdiagramm der Umfrage")
    if groups:
        counts = [
            [_circle(cell, label, group.label) for cell, group in zip(row.by_group, groups, strict=True)]
            if row.by_group
            else [Value(None, "", label)] * len(groups)
            for row, label in zip(rows, labels, strict=True)
        ]
        columns.append(Circles([group.label for group in groups], counts, "Aussagen der Gruppen"))
        about.append("Zahl der Aussagen je Gruppe")
        dash = "bisher keine kodierte" if so_far(evidence) else "nicht angesprochen"
        caption.append(f"Kreise: Aussagen und Karten je Gruppe; ein Strich: {dash}.")
        kinds.append("Kreise für die Gruppen")
    caption.append(why_groups_unknown(evidence))
    notes = evidence.round.file.notes
    if groups and notes is not None and notes.provenance != "original":
        caption.append("Die Notizen sind erfundene Beispiele.")
    placed = [_placed(row) for row in rows]
    columns.append(Words("Einordnung", placed, below=[words.replace("\n", " · ") for words in placed]))
    told = [
        _told(label, mean, row, [group.label for group in groups], words.unit)
        for label, mean, row in zip(labels, means, rows, strict=True)
    ]
    frames = [evidence.frame(question, [question.measure, "respondents"])] if question else []
    if has_codings(evidence):
        frames += [
            _rows(evidence, ["statement_count"], by_group=True),
            _rows(evidence, ["groups_covered"], by_group=False),
        ]
    whole = pd.concat(frames) if frames else evidence.estimates.head(0)
    return picture(
        evidence,
        "nebeneinander",
        "dots",
        joint_headline(evidence),
        about,
        " ".join(filter(None, caption)),
        f"{', daneben '.join(kinds) or 'Leere Abbildung'}. {'. '.join(told)}.",
        labels,
        columns,
        whole[whole["item"].isin([*(row.area for row in rows), ""])].reset_index(drop=True),
        source=source_line(evidence.round) if has_poll else themes_foot(evidence),
    )


def _placed(row: Joint) -> str:
    side = f"\nGruppen: {row.groups}" if row.covered else ""
    return f"{SIGNS[row.integration]} {CALLED[row.integration]}{side}"


def _told(label: str, mean: Value | None, row: Joint, groups: list[str], unit: str) -> str:
    poll = f"Umfrage {mean.text}{unit}{german_span(mean)}" if mean else "nicht gefragt"
    counts = [f"{head}: {plain(cell)}" for head, cell in zip(groups, row.by_group, strict=False)]
    return f"{label}: {poll}{f'; Aussagen: {german.listing(counts)}' if counts else ''}; {CALLED[row.integration]}"
