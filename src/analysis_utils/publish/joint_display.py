"""Poll and groups side by side: one row per focus area, its class of integration by a stated rule, its meaning.

The rule (docs/findings.md). The poll stresses an area whose mean points lie above the equal share (all points divided
by the number of options). The groups stress an area that more than half of them spoke of, unless one stance prevails
that re-interprets or criticises it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from ..rounds import Question
from . import german
from .evidence import Evidence, Row, shown, shown_interval, shown_n
from .findings.checks import has_real_chance
from .findings.model import Integration
from .findings.reading import read_findings
from .html import Html, absent, join, table
from .labels import short_label
from .sentences import INVENTED, sorted_means
from .theme_sentences import FEWEST, MOSTLY
from .themes import NOTES_QUESTION, code_label, groups_of, has_themes, stance_rows, themes_source

PollSide = Literal["betont", "nicht betont", "im Mittel", "nicht gefragt"]
GroupSide = Literal["betont", "erwähnt", "umgedeutet", "kritisch", "nicht angesprochen", "keine Notizen"]

NOTHING_SAID = "Weder Umfrage noch Gruppen haben in dieser Runde etwas zu Fokusbereichen gesagt."
RULE = (
    "Die Umfrage betont einen Bereich, dessen mittlere Punkte über dem gleichen Anteil liegen (alle Punkte geteilt "
    "durch die Zahl der Antwortmöglichkeiten). Die Gruppen betonen einen Bereich, über den mehr als die Hälfte von "
    "ihnen sprach, sofern nicht eine umdeutende oder kritische Haltung überwiegt."
)
MEANING: dict[Integration, str] = {
    "konvergent": "Umfrage und Gruppen sagen dasselbe.",
    "ergänzend": "Die Gruppen fügen dem Ergebnis der Umfrage etwas hinzu oder geben ihm einen anderen Sinn.",
    "divergent": "Umfrage und Gruppen sagen Verschiedenes; das ist zu klären.",
    "nur Umfrage": "Nur die Umfrage sagt etwas dazu; die Gruppen schweigen.",
    "nur Gruppen": "Nur die Gruppen sagen etwas dazu; die Umfrage fragte nicht danach oder zeigt es nicht.",
}


@dataclass(frozen=True)
class Joint:
    """One focus area seen from both sides. `is_firm`: the poll's interval lies on one side of the equal share."""

    area: str
    mean: Row | None
    tier: Row | None
    givers: Row | None
    covered: Row | None
    statements: Row | None
    by_group: list[Row]
    dots: Row | None
    stances: dict[str, Row]
    poll: PollSide
    groups: GroupSide
    is_firm: bool
    integration: Integration


def joint_rows(evidence: Evidence) -> list[Joint]:
    """All focus areas, those of the poll first by mean points, then those only the groups can speak of."""
    questions = evidence.round.with_role("priority")
    question = questions[0] if questions and questions[0].type == "points" else None
    means = {row.item: row for row in sorted_means(evidence, question)} if question else {}
    areas = [code.id for code in evidence.round.codebook.focus_areas]
    return [
        _joint(evidence, question, area, means.get(area)) for area in [*means, *(a for a in areas if a not in means)]
    ]


def _joint(evidence: Evidence, question: Question | None, area: str, mean: Row | None) -> Joint:
    mean = mean if mean is not None and mean.estimate is not None else None
    covered = _note_row(evidence, "groups_covered", area)
    stances = stance_rows(evidence, area) if covered else {}
    poll, is_firm = _poll_side(evidence, question, mean)
    groups = _group_side(covered, stances)
    return Joint(
        area=area,
        mean=mean,
        tier=_poll_row(evidence, question, "tier", area) if mean else None,
        givers=_poll_row(evidence, question, "givers", area) if mean else None,
        covered=covered,
        statements=_note_row(evidence, "statement_count", area),
        by_group=[
            row
            for group in groups_of(evidence)
            if (row := _note_row(evidence, "statement_count", area, segment=group.id)) is not None
        ],
        dots=_note_row(evidence, "dots", area),
        stances=stances,
        poll=poll,
        groups=groups,
        is_firm=is_firm,
        integration=integration_of(poll, groups),
    )


def _poll_row(evidence: Evidence, question: Question | None, statistic: str, item: str) -> Row | None:
    rows = evidence.rows(question, statistic) if question else []
    return next((row for row in rows if row.item == item), None)


def _note_row(evidence: Evidence, statistic: str, item: str, *, segment: str = "all") -> Row | None:
    rows = evidence.rows(NOTES_QUESTION, statistic, segment=segment) if has_themes(evidence) else []
    return next((row for row in rows if row.item == item), None)


def equal_share(question: Question) -> float:
    """Points per option if all got the same."""
    return question.total / len(question.options)


def _poll_side(evidence: Evidence, question: Question | None, mean: Row | None) -> tuple[PollSide, bool]:
    if question is None or mean is None:
        return "nicht gefragt", False
    share = equal_share(question)
    ends = [end for end in (mean.low, mean.high) if end is not None and has_real_chance(evidence, question)]
    if abs(mean.value - share) < 1e-6:
        return "im Mittel", False
    if mean.value > share:
        return "betont", len(ends) == 2 and min(ends) > share
    return "nicht betont", len(ends) == 2 and max(ends) < share


def _group_side(covered: Row | None, stances: dict[str, Row]) -> GroupSide:
    if covered is None:
        return "keine Notizen"
    if not covered.value:
        return "nicht angesprochen"
    of = max((row.n or 0 for row in stances.values()), default=0)
    for stance, word in (("umdeutung", "umgedeutet"), ("kritisch", "kritisch")):
        if of >= FEWEST and stance in stances and stances[stance].value > MOSTLY * of:
            return word  # type: ignore[return-value]
    return "betont" if covered.value > (covered.n or 0) / 2 else "erwähnt"


def integration_of(poll: PollSide, groups: GroupSide) -> Integration:
    """The class of integration; every pair of sides has exactly one."""
    if poll == "nicht gefragt":
        return "nur Gruppen"
    if groups == "keine Notizen":
        return "nur Umfrage"
    if groups == "nicht angesprochen":
        return "divergent" if poll == "betont" else "nur Umfrage"
    if groups == "erwähnt" or poll == "im Mittel":
        return "ergänzend"
    if poll == "betont":
        return "konvergent" if groups == "betont" else "divergent"
    return {"betont": "divergent", "kritisch": "konvergent"}.get(groups, "ergänzend")  # type: ignore[return-value]


def joint_table(evidence: Evidence) -> Html:
    """The joint display: poll, groups, class of integration and interpretation for every area."""
    rows = [row for row in joint_rows(evidence) if _is_said(row)]
    if not rows:
        return absent(NOTHING_SAID)
    notes = read_findings(evidence.round).file.areas
    lines = []
    for row in rows:
        own = notes.get(row.area)
        meaning = own.text if own and own.integration == row.integration else MEANING[row.integration]
        lines.append(
            [
                short_label(evidence.round, row.area),
                _poll_cell(evidence, row),
                _group_cell(row),
                Markup('<strong class="integration">{}</strong>').format(row.integration),
                meaning,
            ]
        )
    head = ["Fokusbereich", "Umfrage", "Gruppen", "Einordnung", "Bedeutung"]
    caveat = Markup("{} {} {}").format(RULE, _warning(evidence), _share_words(evidence))
    return table("Umfrage und Gruppen nebeneinander", head, lines, name="nebeneinander", caveat=caveat, numeric_from=99)


def _is_said(row: Joint) -> bool:
    return row.mean is not None or bool(row.covered and row.covered.value)


def _share_words(evidence: Evidence) -> Markup:
    question = next(iter(evidence.round.with_role("priority")), None)
    n = evidence.rows(question, "respondents") if question else []
    return Markup("Umfrage: n = {}.").format(shown_n(n[0])) if n and n[0].n is not None else Markup("")


def _warning(evidence: Evidence) -> Markup:
    question = next(iter(evidence.round.with_role("priority")), None)
    if question is None or has_real_chance(evidence, question):
        return Markup("„Gesichert“ heißt, dass der ganze Unsicherheitsbereich auf einer Seite liegt.")
    return Markup("Unsicherheitsbereiche und Stufen der Umfrage sind{}.").format(INVENTED)


def _poll_cell(evidence: Evidence, row: Joint) -> Markup:
    if row.mean is None:
        return Markup("{}").format(row.poll)
    parts = [Markup("{} Punkte").format(shown(row.mean))]
    if row.mean.low is not None:
        parts[0] += Markup(" ({})").format(shown_interval(row.mean))
    if row.givers is not None and row.givers.estimate is not None:
        parts.append(Markup("{} Personen geben Punkte").format(shown(row.givers)))
    if row.tier is not None and row.tier.low is not None:
        parts.append(Markup("Stufe {}").format(shown_interval(row.tier)))
    firm = ", gesichert" if row.is_firm else ""
    return Markup("<b>{}{}</b><br>{}").format(row.poll, firm, join(parts, "<br>"))


def _group_cell(row: Joint) -> Markup:
    if row.covered is None or row.statements is None:
        return Markup("{}").format(row.groups)
    parts = [Markup("{} von {} Gruppen").format(shown(row.covered), shown_n(row.covered))]
    if row.statements.value:
        parts.append(Markup("{} Aussagen").format(shown(row.statements)))
        most = max(row.stances.values(), key=lambda one: one.value, default=None)
        if most is not None and most.value:
            parts.append(Markup("häufigste Haltung: {} ({})").format(most.item.split("|")[1], shown(most)))
    if row.dots is not None and row.dots.value:
        parts.append(Markup("{} Klebepunkte").format(shown(row.dots)))
    return Markup("<b>{}</b><br>{}").format(row.groups, join(parts, "<br>"))


def clusters_table(evidence: Evidence) -> Html:
    """Theme clusters and cross-cutting themes × focus areas: statements that bear both; above, mean points."""
    if not has_themes(evidence):
        return absent("Zu dieser Runde liegen keine Notizen oder Tafeln von Gruppen vor.")
    rows = [row for row in joint_rows(evidence) if row.poll == "betont" or (row.covered and row.covered.value)]
    areas = [row.area for row in rows]
    both = {row.item: row for row in evidence.rows(NOTES_QUESTION, "cooccurrence")}
    first: list[str | Markup] = [Markup("<b>mittlere Punkte der Umfrage</b>"), german.NONE]
    lines: list[list[str | Markup]] = [[*first, *(shown(row.mean) if row.mean else german.NONE for row in rows)]]
    sections = evidence.round.codebook.themes()
    for code in [*sections["theme_clusters"], *sections["cross_cutting_themes"]]:
        covered = _note_row(evidence, "groups_covered", code.id)
        cells = [both.get(f"{code.id}|{area}") for area in areas]
        numbers = [shown(cell) if cell is not None and cell.value else Markup(german.NONE) for cell in cells]
        lines.append([code_label(evidence, code.id), shown(covered) if covered else german.NONE, *numbers])
    head = ["Thema", "Gruppen", *(code_label(evidence, area) for area in areas)]
    caveat = (
        "Zahl der Aussagen, die Thema und Fokusbereich zugleich betreffen; darüber, was die Umfrage dem Bereich gab. "
        f"{themes_source(evidence.round)}"
    )
    return table("Themen-Cluster und Querschnittsthemen in den Bereichen", head, lines, name="cluster", caveat=caveat)


def joint_sentences(evidence: Evidence, only: tuple[Integration, ...] = ()) -> list[Markup]:
    """Which areas converge, complement and diverge; one sentence per class that occurs (of `only`, where given)."""
    openings: dict[Integration, str] = {
        "konvergent": "Umfrage und Gruppen stimmen überein bei {}.",
        "divergent": "Umfrage und Gruppen gehen auseinander bei {}.",
        "ergänzend": "Die Gruppen ergänzen das Bild der Umfrage bei {}.",
        "nur Umfrage": "Nur aus der Umfrage bekannt ist die Lage bei {}.",
        "nur Gruppen": "Nur aus den Gruppen bekannt ist die Lage bei {}.",
    }
    rows = [row for row in joint_rows(evidence) if _is_said(row)]
    sentences = []
    for integration, words in openings.items():
        parts = [_described(evidence, row) for row in rows if row.integration == integration]
        if parts and (not only or integration in only):
            sentences.append(Markup(words).format(_listed(parts)))
    return (
        sentences if sentences or only else [Markup("Weder Umfrage noch Gruppen haben etwas zu Fokusbereichen gesagt.")]
    )


def _listed(parts: list[Markup]) -> Markup:
    return parts[0] if len(parts) == 1 else Markup("{} und {}").format(join(parts[:-1], ", "), parts[-1])


def _described(evidence: Evidence, row: Joint) -> Markup:
    """`Tourismusregionen (Umfrage: nicht betont; Gruppen: umgedeutet)`, without sides that do not exist."""
    sides = [f"Umfrage: {row.poll}"] if row.mean else []
    sides += [f"Gruppen: {row.groups}"] if row.covered else []
    return Markup("<b>{}</b> ({})").format(short_label(evidence.round, row.area), "; ".join(sides))


def joint_headline(evidence: Evidence) -> str:
    """The divergent areas in one line of plain text, else that there are none."""
    rows = [row for row in joint_rows(evidence) if _is_said(row)]
    apart = [f"„{short_label(evidence.round, row.area)}“" for row in rows if row.integration == "divergent"]
    if apart:
        return f"Umfrage und Gruppen gehen auseinander bei {german.listing(apart)}"
    if has_themes(evidence) and any(row.mean for row in rows):
        return "Umfrage und Gruppen widersprechen einander bei keinem Bereich"
    return "Ergebnisse zu den Fokusbereichen aus nur einer Quelle"
