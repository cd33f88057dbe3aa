"""A round compared with earlier ones: every number of the table `changes`.

The voters of two rounds cannot be told apart or joined, so the rounds count as independent samples; how far people who
came twice could narrow the intervals is shown beside it. All differences are the later round minus the earlier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..contracts import TABLES
from ..crosswalk import ComparedItem, ComparedQuestion, ComparedRounds, compared_rounds
from ..errors import DataError
from ..round_file import Compare, Question
from ..rounds import Round, open_round
from ..tables import read_table, validate, write_table
from .ballots import VOTER, points_matrix, voter_keys
from .comparison_means import points_rows, scale_rows
from .comparison_shares import Counts, option_rows
from .linked import linked_rows
from .releases import is_answer
from .rows import Row
from .same_mix import released_means, same_mix_rows

JOINED = ".."
"""Stands between the names of the two rounds in the column `round` of the table `changes`."""


@dataclass(frozen=True)
class Sides:
    """The private answers of two rounds that are compared."""

    rounds: ComparedRounds
    before: pd.DataFrame
    after: pd.DataFrame


def write_changes(round_: Round) -> pd.DataFrame:
    """Compare the round with those its `round.yml` names under `compare` and write `changes.csv`; without that
    entry nothing is written. Raises: DataError where an earlier round was never computed, or a crosswalk is wrong."""
    if round_.file.compare is None:
        return pd.DataFrame(columns=[column.name for column in TABLES["changes"].columns])
    tables = [_compared(open_round(name, data=round_.raw.parents[1]), round_) for name in round_.file.compare.with_]
    frame = pd.concat(tables, ignore_index=True)
    write_table(frame, "changes", round_.table("changes"))
    return frame


def _compared(earlier: Round, later: Round) -> pd.DataFrame:
    rounds = compared_rounds(later.codebook, earlier, later)
    if not earlier.table("estimates").is_file():
        remedy = f"run: fachdialog report {earlier.name}"
        raise DataError(earlier.name, "a round that was computed", "no estimates", remedy=remedy)
    after = read_table("answers", later.table("answers"))
    if not earlier.table("answers").is_file():
        from .comparison_forgotten import forgotten_changes

        return forgotten_changes(rounds, after)
    return change_table(Sides(rounds, read_table("answers", earlier.table("answers")), after))


def change_table(sides: Sides) -> pd.DataFrame:
    """All rows that compare two rounds, as the table `changes`.

    Questions come in the order of the later round. What has no counterpart is not compared and has no row.
    """
    settings, released = compare_settings(sides.rounds), released_means(sides.rounds)
    rows: list[Row] = []
    for compared in sides.rounds.questions:
        before = _answered(sides.before, compared.before)
        after = _answered(sides.after, compared.after)
        if compared.after.type in ("single_choice", "multiple_choice"):
            rows += _choice(compared, before, after, settings)
        elif compared.after.type == "scale" or (compared.after.type == "points" and compared.items):
            values = _values(compared, before, after)
            rows += (scale_rows if compared.after.type == "scale" else points_rows)(compared, values, settings)
            rows += same_mix_rows(sides.rounds, compared, released)
            rows += linked_rows(sides.rounds, compared, *values, sides.before, sides.after)
    return as_changes(sides.rounds, rows)


def compare_settings(rounds: ComparedRounds) -> Compare:
    """What the later round says about comparing, or the defaults."""
    return rounds.later.file.compare or Compare.model_validate({"with": [rounds.earlier.name]})


def as_changes(rounds: ComparedRounds, rows: Sequence[Row]) -> pd.DataFrame:
    """The rows as a valid table. Its provenance is that of the less original round."""
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["changes"].columns])
    kinds = (rounds.earlier.file.provenance, rounds.later.file.provenance)
    frame["round"] = f"{rounds.earlier.name}{JOINED}{rounds.later.name}"
    frame["provenance"] = next((kind for kind in ("illustrative", "reconstructed") if kind in kinds), "original")
    return validate(frame, "changes", where="changes")


def _answered(answers: pd.DataFrame, question: Question) -> pd.DataFrame:
    return answers[(answers["question"] == question.id) & is_answer(answers)]


def _values(compared: ComparedQuestion, before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People × compared items (points) or × one column (scale), the later round in the earlier one's direction."""
    if compared.after.type == "points":
        wide = points_matrix(before, compared.before), points_matrix(after, compared.after)
        return tuple(
            pd.DataFrame({item.id: frame[list(ids)].sum(axis=1) for item, ids in _ids(compared, side)})
            for side, frame in enumerate(wide)
        )  # type: ignore[return-value]
    first, second = (
        frame[frame["value"].notna()].drop_duplicates(VOTER).set_index(VOTER)[["value"]] for frame in (before, after)
    )
    if compared.reversed and compared.after.scale:
        second = compared.after.scale.low + compared.after.scale.high - second
    return first, second


def _ids(compared: ComparedQuestion, side: int) -> list[tuple[ComparedItem, tuple[str, ...]]]:
    return [(item, (item.before, item.after)[side]) for item in compared.items]


def _choice(compared: ComparedQuestion, before: pd.DataFrame, after: pd.DataFrame, settings: Compare) -> list[Row]:
    sides = []
    for side, frame in enumerate((before, after)):
        chosen = frame[frame["item"] != ""]
        keys = voter_keys(chosen)
        n = len(np.unique(keys))
        sides.append((n, [len(np.unique(keys[chosen["item"].isin(ids)])) for _, ids in _ids(compared, side)]))
    (n1, first), (n2, second) = sides
    if not n1 or not n2:
        return []
    pairs = zip(compared.items, first, second, strict=True)
    options = [Counts(item.id, x1, n1, x2, n2) for item, x1, x2 in pairs]
    return option_rows(compared.after.id, options, share_margin(compared, settings))


def share_margin(compared: ComparedQuestion, settings: Compare) -> float | None:
    """The margin of a question's shares; none for the participant group, which is who came and no opinion."""
    return None if compared.after.role == "participant_group" else settings.margins.share
