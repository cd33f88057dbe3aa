"""Participant groups: which are shown, in which question, and which are merged so that nobody can be picked out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from cell_guard import JOINED, SMALL, Cut, Rule, coarsen, merge

from ..rounds import Question, Round

REST = "uebrige"
UNSTATED = "ohne_angabe"
EARLIER = "suppressed_earlier_version"
"""Status of the groups of a question whose segments would tell apart few people beside a released version."""
STATUS_OF = {SMALL: "suppressed_small_base", JOINED: "suppressed_complementary"}
COMPARING = ("kruskal_wallis", "fisher_freeman_halton", "points_permutation", "cliffs_delta", "rank_by_equal_groups")
"""How statistics begin whose rows of all together are made of results by segment."""
VOTER = ["session", "voter"]
COUNTED = ("single_choice", "multiple_choice", "scale", "points")
"""Types of questions of which more is published than how many people answered."""


@dataclass(frozen=True)
class Segments:
    """`standard`: the cut of the round, from the people of each group who answered anything that is compared; per
    question what of it is shown there. `left_out`: questions whose segments a released version forbids to show."""

    standard: Cut
    questions: dict[str, Cut]
    left_out: frozenset[str] = frozenset()

    def shown(self, question: str) -> tuple[str, ...]:
        """The segments a question is shown by, in order; none where only one is left."""
        return () if question in self.left_out else self.questions[question].shown if question in self.questions else ()

    def groups(self, question: str) -> tuple[str, ...]:
        """Shown segments that are groups of participants: all but people who named no group."""
        return tuple(segment for segment in self.shown(question) if segment != UNSTATED)

    def withheld(self, question: str) -> Iterator[tuple[str, str]]:
        """Groups not shown by themselves although others are, or would be but for a released version; with the status
        that says why."""
        cut = self.questions.get(question)
        if cut is None or not cut.shown:
            return
        for group, segment in cut.shown_in.items():
            if question in self.left_out:
                yield group, EARLIER
            elif segment != group:
                yield group, STATUS_OF[cut.why[group]]

    def without(self, questions: Collection[str]) -> Segments:
        """The same with these questions shown for all together only."""
        return replace(self, left_out=self.left_out | frozenset(questions))


def compared_questions(round_: Round) -> list[Question]:
    """Questions shown by segment: all that are counted, except the one that makes the groups."""
    return [
        question
        for question in round_.file.questions
        if question.type in COUNTED and question.role != "participant_group"
    ]


def compares_segments(statistic: str, item: str) -> bool:
    """Whether a row of all together is made of results by segment."""
    if statistic == "rule_tau_b":
        return "equal_groups" in item.split("|")
    return statistic.startswith(COMPARING)


def with_groups(answers: pd.DataFrame, voters: pd.DataFrame) -> pd.DataFrame:
    """The answers with a column `group`: the voter's participant group, or "ohne_angabe"."""
    groups = voters.set_index(VOTER)["segment"].replace("", UNSTATED)
    people = pd.MultiIndex.from_frame(answers[VOTER])
    return answers.assign(group=groups.reindex(people).fillna(UNSTATED).to_numpy(dtype=str))


def segmentation(round_: Round, answers: pd.DataFrame) -> Segments:
    """The segments of this round, decided by how many people of each group answered and by nothing else.

    Parameters: `answers`, from `with_groups`. A group below the minimum base is merged into "uebrige", with the next
    smallest where these are too few, people without a group among them; where a question has fewer answers, more groups
    are merged in that question.
    """
    rule, minimums = rule_of(round_)
    chosen = {question.id: question.type.endswith("_choice") for question in compared_questions(round_)}
    own = answers[answers["question"].isin(chosen)]
    counted = own["value"].notna() | (own["question"].map(chosen).astype(bool) & (own["item"] != ""))
    people = own[counted].drop_duplicates([*VOTER, "question"])
    order = [item for question in round_.with_role("participant_group") for item in question.options.values()]

    def sizes(of: pd.DataFrame) -> dict[str, int]:
        found = of["group"].value_counts()
        return {group: int(found[group]) for group in dict.fromkeys([*order, *sorted(found.index)]) if group in found}

    standard = merge(sizes(people.drop_duplicates(VOTER)), rule, rest=REST, minimums=minimums)
    return Segments(
        standard,
        {
            name: coarsen(standard, sizes(people[people["question"] == name]), rule, rest=REST, minimums=minimums)
            for name in chosen
        },
    )


def rule_of(round_: Round) -> tuple[Rule, dict[str, int]]:
    """The rule of the round, and the minimum of groups that somebody answers for (`exceptions` in `round.yml`)."""
    disclosure = round_.file.disclosure
    return Rule(disclosure.minimum_base), {one.group: one.people for one in disclosure.exceptions}


def shown_in(segments: Segments, answers: pd.DataFrame) -> pd.DataFrame:
    """The answers of groups with the segment each is `shown` in: one for all where a question shows none."""
    shown = pd.Series(REST, index=answers.index)
    for name in answers["question"].unique():
        mine = answers["question"] == name
        cut = segments.questions.get(name, segments.standard)
        if name not in segments.left_out:
            shown[mine] = answers.loc[mine, "group"].map(lambda group, to=cut.shown_in: to.get(group, UNSTATED))
    return answers.assign(shown=shown)[[*VOTER, "question", "item", "value", "group", "shown"]]
