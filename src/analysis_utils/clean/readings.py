"""The questions of a round as read: tidied, corrected and judged by the rules."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from poll_exports import Export

from ..rounds import Round
from .corrections import correct, read_corrections
from .drafts import Draft
from .matching import Match
from .problems import Problem
from .rules import Effect, Outcome, apply_rules, identical_ballots
from .tidy import draft

Kept = list[tuple[str, str, Draft]]  # question id, type, draft


@dataclass
class Reading:
    """Outcome of each question, the drafts before any rule, how many cells they took, and who `answered` anything."""

    answered: np.ndarray
    outcomes: list[tuple[Match, Outcome]] = field(default_factory=list)
    drafts: dict[str, Draft] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    consumed: int = 0

    @property
    def kept(self) -> Kept:
        return [(match.question.id, match.question.type, outcome.stay) for match, outcome in self.outcomes]

    @property
    def set_aside(self) -> int:
        return sum(outcome.away.cells() for _, outcome in self.outcomes)


def read_questions(round_: Round, export: Export, matches: list[Match], *, only_known: bool = False) -> Reading:
    """Every question tidied, corrected and judged; `only_known`: leave out corrections of voters the export lacks.

    Raises: DataError where a correction does not fit, and where a rule that refuses is broken.
    """
    corrections, odd = read_corrections(round_)
    if only_known:
        known = set(export.voters.numbers)
        corrections = [correction for correction in corrections if correction.voter in known]
    read = Reading(np.zeros(len(export.voters.rows), dtype=bool))
    _, same, effects = identical_ballots(export, matches)
    read.problems += same + odd
    read.effects += effects
    for match in matches:
        raw = draft(match, export.voters)
        table, found = correct(round_, export, match, raw, corrections)
        outcome = apply_rules(round_, export, match, table)
        read.answered[table.voter_at] = True
        read.outcomes.append((match, outcome))
        read.drafts[match.question.id] = table
        read.problems += found + outcome.problems
        read.effects += outcome.effects
        read.consumed += raw.cells() - outcome.away.cells()
    return read
