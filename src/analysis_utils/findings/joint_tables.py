"""The joint display as a table, and the themes inside the focus areas."""

from __future__ import annotations

from markupsafe import Markup

from ..wording import (
    INVENTED,
    NOTES_QUESTION,
    REMAINDER,
    Cell,
    Evidence,
    Html,
    absent,
    code_label,
    german,
    join,
    short_label,
    stance_word,
    table,
    terms,
    themes_foot,
)
from .checks import has_real_chance, why_groups_unknown
from .joint_display import CALLED, MEANING, NOTHING_SAID, RULE, Joint, is_said, joint_rows, note_row, priority_of
from .model import AreaNote
from .reading import read_findings


def joint_table(evidence: Evidence) -> Html:
    """The joint display: poll, groups, class of integration and interpretation for every area."""
    rows = [row for row in joint_rows(evidence) if is_said(row)]
    if not rows:
        return absent(NOTHING_SAID)
    notes = read_findings(evidence.round).file.areas
    lines = [
        [
            short_label(evidence.round, row.area),
            _poll_cell(row),
            _group_cell(row),
            Markup('<strong class="integration">{}</strong>').format(CALLED[row.integration]),
            _meaning(row, notes.get(row.area)),
        ]
        for row in rows
    ]
    head = ["Fokusbereich", "Umfrage", "Gruppen", "Einordnung", "Bedeutung"]
    question = priority_of(evidence)
    rule = RULE.format(terms(question).stressed) if question else RULE.partition(". ")[2]
    n = evidence.rows(question, "respondents") if question else []
    answered = Markup("Umfrage: n = {:n}.").format(n[0]) if n and n[0].n is not None else ""
    warning = Markup("„Gesichert“ heißt, dass der ganze Unsicherheitsbereich auf einer Seite liegt.")
    if question and not has_real_chance(evidence, question):
        warning = Markup("Unsicherheitsbereiche und Stufen der Umfrage sind{}.").format(INVENTED)
    caveat = Markup("{} {} {}").format(rule, warning, answered)
    return table("Umfrage und Gruppen nebeneinander", head, lines, name="nebeneinander", caveat=caveat, numeric_from=99)


def _meaning(row: Joint, own: AreaNote | None) -> str:
    """What the analysts made of exactly this class and these sides, else what the class means."""
    if own and own.integration == row.integration and own.poll in (None, row.poll) and own.groups in (None, row.groups):
        return own.text
    return MEANING[row.integration]


def _poll_cell(row: Joint) -> Markup:
    if row.mean is None:
        return Markup("{}").format(row.poll)
    rank = "Rang\u00a0" if row.mean.unit == "rank" else ""
    parts = [Markup(f"{rank}{{:counted}}").format(row.mean)]
    if row.mean.low is not None:
        parts[0] += Markup(" ({:interval})").format(row.mean)
    if row.givers is not None and row.givers.estimate is not None:
        verb = "gibt" if row.givers.estimate == 1 else "geben"
        parts.append(Markup(f"{{:counted}} {verb} Punkte").format(row.givers))
    if row.tier is not None and row.tier.low is not None:
        parts.append(Markup("Stufe\u00a0{:interval}").format(row.tier))
    return _side(row.poll + (", gesichert" if row.is_firm else ""), parts)


def _side(word: str, parts: list[Markup]) -> Markup:
    return Markup("<b>{}</b><br>{}").format(word, join(parts, "\u00a0· "))


def _group_cell(row: Joint) -> Markup:
    if row.area == REMAINDER:
        return Markup("kein eigenes Thema")
    if row.covered is None or row.statements is None:
        return Markup("{}").format(row.groups)
    groups = "Gruppen" if row.covered.n != 1 else "Gruppe"
    parts = [Markup(f"{{}} von {{:n}} {groups}").format(row.covered, row.covered)]
    if row.statements.value:
        parts += [row.statements.part("counted"), *_stances(row)]
    if row.dots is not None and row.dots.value:
        parts.append(row.dots.part("counted"))
    return _side(row.groups, parts)


def _stances(row: Joint) -> list[Markup]:
    """The most frequent stance, or all that are equally frequent."""
    most = max((one.value for one in row.stances.values()), default=0)
    rows = [one for one in row.stances.values() if one.value == most]
    if not most:
        return []
    words = german.listing([stance_word(one.item.split("|")[1]) for one in rows])
    head = "häufigste Haltung: {} ({})" if len(rows) == 1 else "häufigste Haltungen: {} (je {})"
    return [Markup(head).format(words, rows[0])]


def clusters_table(evidence: Evidence) -> Html:
    """Theme clusters and cross-cutting themes × focus areas: statements that bear both; above, what the poll gave."""
    if reason := why_groups_unknown(evidence):
        return absent(reason)
    rows = [row for row in joint_rows(evidence) if row.poll == "betont" or (row.covered and row.covered.value)]
    areas = [row.area for row in rows]
    both = {row.item: row for row in evidence.rows(NOTES_QUESTION, "cooccurrence") if row.value}
    got = Markup("<b>{} der Umfrage</b>").format(terms(priority_of(evidence)).name)
    lines: list[list[Cell]] = [[got, None, *(row.mean for row in rows)]]
    sections = evidence.round.codebook.themes()
    for code in [*sections["theme_clusters"], *sections["cross_cutting_themes"]]:
        cells = [both.get(f"{code.id}|{area}") for area in areas]
        lines.append([code_label(evidence, code.id), note_row(evidence, "groups_covered", code.id), *cells])
    head = ["Thema", "Gruppen", *(code_label(evidence, area) for area in areas)]
    caveat = (
        "Zahl der Aussagen, die Thema und Fokusbereich zugleich betreffen; darüber, was die Umfrage dem Bereich gab. "
        f"{themes_foot(evidence)}"
    )
    return table("Themen-Cluster und Querschnittsthemen in den Bereichen", head, lines, name="cluster", caveat=caveat)
