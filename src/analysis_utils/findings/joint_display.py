"""Poll and groups side by side: one row per focus area, its class of integration by a stated rule, its meaning.

The rule (docs/findings.md). The poll stresses an area whose mean points lie above the equal share (all points divided
by the number of options), that more people chose than chose an option on average, or whose mean rank lies before the
middle. The groups stress an area that more than half of them spoke of, unless one stance prevails
that re-interprets or criticises it.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ..rounds import Question
from ..wording import (
    FEWEST,
    MOSTLY,
    NOTES_QUESTION,
    REMAINDER,
    Evidence,
    Row,
    groups_of,
    has_codings,
    join,
    named,
    open_groups,
    short_label,
    sorted_means,
    stance_rows,
)
from .checks import has_real_chance
from .model import GroupSide, Integration, PollSide

NOTHING_SAID = "Weder Umfrage noch Gruppen haben in dieser Runde etwas zu Fokusbereichen gesagt."
RULE = (
    "Die Umfrage betont einen Bereich, {}. Die Gruppen betonen einen Bereich, über den mehr als die Hälfte von "
    "ihnen sprach, sofern nicht eine umdeutende oder kritische Haltung überwiegt."
)
MEANING: dict[Integration, str] = {
    "konvergent": "Umfrage und Gruppen sagen dasselbe.",
    "ergänzend": "Die Gruppen fügen dem Ergebnis der Umfrage etwas hinzu oder geben ihm einen anderen Sinn.",
    "divergent": "Umfrage und Gruppen sagen Verschiedenes; das ist zu klären.",
    "nur Umfrage": "Nur die Umfrage sagt etwas dazu.",
    "nur Gruppen": "Nur die Gruppen sagen etwas dazu; die Umfrage fragte nicht danach oder zeigt es nicht.",
}


CALLED: dict[Integration, str] = {
    "konvergent": "einig",
    "ergänzend": "ergänzend",
    "divergent": "auseinander",
    "nur Umfrage": "nur Umfrage",
    "nur Gruppen": "nur Gruppen",
}
"""What readers read for a class; its id stands in `findings.yml`."""


@dataclass(frozen=True)
class Joint:
    """One focus area seen from both sides. `mean`: what its question measures (`Question.measure`); `is_firm`: the
    poll's interval lies on one side of the middle of all options."""

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
    """All focus areas of the round, those of the poll first by what they got, then those only groups can speak of."""
    question = priority_of(evidence)
    means = {row.item: row for row in sorted_means(evidence, question)} if question else {}
    about, every = evidence.round.focus_areas, evidence.round.codebook.focus_areas
    areas = [code.id for code in every if code in about or note_row(evidence, "groups_covered", code.id)]
    return [_joint(evidence, question, area, means.get(area)) for area in dict.fromkeys([*means, *areas])]


def priority_of(evidence: Evidence) -> Question | None:
    """The question of priority, of whatever type, if it puts areas in an order."""
    return next((question for question in evidence.round.with_role("priority") if question.measure), None)


def _joint(evidence: Evidence, question: Question | None, area: str, mean: Row | None) -> Joint:
    mean = mean if mean is not None and mean.estimate is not None else None
    tier, givers = (evidence.find(question, name, area) if question and mean else None for name in ("tier", "givers"))
    covered, statements, dots = (
        note_row(evidence, name, area) for name in ("groups_covered", "statement_count", "dots")
    )
    own = [note_row(evidence, "statement_count", area, segment=group.id) for group in groups_of(evidence)]
    stances = stance_rows(evidence, area) if covered else {}
    poll, is_firm = _poll_side(evidence, question, mean)
    groups = _group_side(covered, stances, bool(open_groups(evidence)))
    by_group = [row for row in own if row is not None]
    integration = integration_of(poll, groups)
    return Joint(
        area, mean, tier, givers, covered, statements, by_group, dots, stances, poll, groups, is_firm, integration
    )


def note_row(evidence: Evidence, statistic: str, item: str, *, segment: str = "all") -> Row | None:
    """A row of the notes; none for the option of everything else, and none before anything was coded."""
    is_known = item != REMAINDER and has_codings(evidence)
    return evidence.find(NOTES_QUESTION, statistic, item, segment=segment) if is_known else None


def middle(evidence: Evidence, question: Question) -> float:
    """What an option would get if all got the same: points, people who chose it, its mean rank."""
    if question.type == "points":
        return question.total / len(question.options)
    if question.type == "ranking":
        return (len(question.options) + 1) / 2
    return sum(row.estimate or 0 for row in evidence.rows(question, "share")) / len(question.options)


def _poll_side(evidence: Evidence, question: Question | None, mean: Row | None) -> tuple[PollSide, bool]:
    if question is None or mean is None:
        return "nicht gefragt", False
    share = middle(evidence, question)
    side = -1 if mean.unit == "rank" else 1
    ends = [side * (end - share) for end in (mean.low, mean.high) if end is not None]
    # Of several choices the middle is itself drawn from the answers; what somebody did not rank may lie anywhere.
    is_fixed = question.type != "multiple_choice" and (question.type != "ranking" or question.unranked == "last")
    is_sure = len(ends) == 2 and is_fixed and has_real_chance(evidence, question)
    if abs(mean.value - share) < 1e-6:
        return "im Mittel", False
    if side * (mean.value - share) > 0:
        return "betont", is_sure and min(ends) > 0
    return "nicht betont", is_sure and max(ends) < 0


def _group_side(covered: Row | None, stances: dict[str, Row], is_open: bool) -> GroupSide:
    """`is_open`: not everything is coded, so that nobody is known to have been silent."""
    if covered is None or (is_open and not covered.value):
        return "nicht bekannt"
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
    if groups == "nicht bekannt":
        return "nur Umfrage"
    if groups == "nicht angesprochen":
        return "divergent" if poll == "betont" else "nur Umfrage"
    if groups == "erwähnt" or poll == "im Mittel":
        return "ergänzend"
    if poll == "betont":
        return "konvergent" if groups == "betont" else "divergent"
    return {"betont": "divergent", "kritisch": "konvergent"}.get(groups, "ergänzend")  # type: ignore[return-value]


def is_said(row: Joint) -> bool:
    return row.mean is not None or bool(row.covered and row.covered.value)


def joint_sentences(evidence: Evidence, only: tuple[Integration, ...] = ()) -> list[Markup]:
    """Which areas converge, complement and diverge; one sentence per class that occurs (of `only`, where given)."""
    openings: dict[tuple[Integration, PollSide | None], str] = {
        ("konvergent", "betont"): "Umfrage und Gruppen betonen beide: {}.",
        ("konvergent", "nicht betont"): "Umfrage und Gruppen sind beide zurückhaltend bei: {}.",
        ("divergent", None): "Umfrage und Gruppen gehen auseinander bei: {}.",
        ("ergänzend", None): "Die Gruppen ergänzen das Bild der Umfrage bei: {}.",
        ("nur Umfrage", None): "Nur die Umfrage sagt etwas zu: {}.",
        ("nur Gruppen", None): "Nur die Gruppen sagen etwas zu: {}.",
    }
    rows = [row for row in joint_rows(evidence) if is_said(row)]
    sentences = []
    for (integration, poll), words in openings.items():
        own = [row for row in rows if row.integration == integration and poll in (None, row.poll)]
        parts = [_described(evidence, row, "" if poll else f"Umfrage: {row.poll}") for row in own]
        if parts and (not only or integration in only):
            sentences.append(Markup(words).format(join(parts, "; ")))
    return sentences if sentences or only else [Markup(NOTHING_SAID)]


def _described(evidence: Evidence, row: Joint, poll: str) -> Markup:
    """`Tourismusregionen (Umfrage: nicht betont, Gruppen: umgedeutet)`, without what the sentence says already and
    without sides that do not exist."""
    sides = [poll] if poll and row.mean else []
    sides += [f"Gruppen: {row.groups}"] if row.covered and row.groups != row.poll else []
    said = f" ({', '.join(sides)})" if sides else ""
    return Markup("<b>{}</b>{}").format(short_label(evidence.round, row.area), said)


def joint_headline(evidence: Evidence) -> str:
    """The divergent areas (or their number) in one line of plain text, else that there are none."""
    rows = [row for row in joint_rows(evidence) if is_said(row)]
    apart = [short_label(evidence.round, row.area) for row in rows if row.integration == "divergent"]
    if apart:
        return f"Umfrage und Gruppen gehen auseinander bei {named(apart, 'Bereichen')}"
    if has_codings(evidence) and any(row.mean for row in rows):
        return "Umfrage und Gruppen widersprechen einander bei keinem Bereich"
    return "Ergebnisse zu den Fokusbereichen aus nur einer Quelle"
