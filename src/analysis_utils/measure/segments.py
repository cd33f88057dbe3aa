"""Participant groups: which of them can be shown, and which are merged so that nobody can be picked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from ..round_file import Question
from ..rounds import Round
from .ballots import voter_keys

REST = "uebrige"
UNSTATED = "ohne_angabe"
Sizes = tuple[int, ...]
TESTS = ("kruskal_wallis", "fisher_freeman_halton", "points_permutation")


@dataclass(frozen=True)
class Segmentation:
    """`assigned` maps each group with voters to the segment it is shown in (itself or "uebrige"); `withheld` gives
    the status of groups not shown by themselves; `shown` lists the segments in order, none where only one is left."""

    assigned: dict[str, str]
    withheld: dict[str, str]
    shown: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Shown segments that are groups of participants: all but people who named no group."""
        return tuple(segment for segment in self.shown if segment != UNSTATED)


def merge_small(sizes: Mapping[str, Sizes], minimum: int) -> Segmentation:
    """Merge groups into "uebrige" so that every segment has, in each question, nobody or at least `minimum` people.

    Parameters: `sizes`, respondents per question for each group, in the order of `round.yml`. Groups that fall short
    in any question are merged. Where the merged ones still fall short, others join them, since otherwise they could be
    found by subtraction: of all choices that suffice the one with the fewest groups, then the fewest answers, then the
    groups that come last.
    """
    kept = [group for group in sizes if _fits(sizes[group], minimum)]
    small = [group for group in sizes if group not in kept]
    withheld = dict.fromkeys(small, "suppressed_small_base")
    for joins in _fewest_first(kept, sizes) if small else []:
        if len(joins) == len(kept) or _fits(_sum([sizes[group] for group in (*small, *joins)]), minimum):
            kept, small = [group for group in kept if group not in joins], [*small, *joins]
            withheld |= dict.fromkeys(joins, "suppressed_complementary")
            break
    assigned = {group: REST if group in small else group for group in sizes}
    named = [group for group in kept if group != UNSTATED]
    shown = [*named, *([REST] if small else []), *([UNSTATED] if UNSTATED in kept else [])]
    return Segmentation(assigned, withheld, tuple(shown) if len(shown) > 1 else ())


def _fewest_first(kept: list[str], sizes: Mapping[str, Sizes]) -> list[tuple[str, ...]]:
    """All choices of groups: fewest groups, then fewest answers, then the last groups first."""
    chosen = [groups for size in range(len(kept) + 1) for groups in combinations(reversed(kept), size)]
    return sorted(chosen, key=lambda groups: (len(groups), sum(sum(sizes[group]) for group in groups)))


def _fits(sizes: Sizes, minimum: int) -> bool:
    return any(sizes) and all(n == 0 or n >= minimum for n in sizes)


def _sum(sizes: Sequence[Sizes]) -> Sizes:
    return tuple(sum(column) for column in zip(*sizes, strict=True))


def compared_questions(round_: Round) -> list[Question]:
    """Questions shown by segment: all that are counted, except the one that makes the groups."""
    return [
        question
        for question in round_.file.questions
        if question.type in ("single_choice", "multiple_choice", "scale", "points")
        and question.role != "participant_group"
    ]


def compares_segments(statistic: str, item: str) -> bool:
    """Whether a row of all together is made of results by segment."""
    if statistic == "rule_tau_b":
        return "equal_groups" in item.split("|")
    return statistic in ("cliffs_delta", "rank_by_equal_groups") or statistic.startswith(TESTS)


def with_groups(answers: pd.DataFrame, voters: pd.DataFrame) -> pd.DataFrame:
    """The answers with a column `group`: the voter's participant group, or "ohne_angabe"."""
    groups = pd.Series(voters["segment"].replace("", UNSTATED).to_numpy(), index=voter_keys(voters))
    return answers.assign(group=groups.reindex(voter_keys(answers)).fillna(UNSTATED).to_numpy())


def segmentation(round_: Round, answers: pd.DataFrame) -> Segmentation:
    """The segments this round can show, one fixed set for all questions. `answers` come from `with_groups`."""
    order = [item for question in round_.with_role("participant_group") for item in question.options.values()]
    people = {question.id: _people_by_group(answers, question) for question in compared_questions(round_)}
    sizes = {
        group: tuple(int(counts.get(group, 0)) for counts in people.values())
        for group in dict.fromkeys([*order, UNSTATED])
    }
    return merge_small(
        {group: counts for group, counts in sizes.items() if any(counts)}, round_.file.disclosure.minimum_base
    )


def _people_by_group(answers: pd.DataFrame, question: Question) -> pd.Series:
    own = answers[answers["question"] == question.id]
    _, first = np.unique(voter_keys(own), return_index=True)
    return own["group"].iloc[first].value_counts()
