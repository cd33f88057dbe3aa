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
from ..errors import DataError
from ..rounds import (
    CHOSEN,
    Compare,
    ComparedItem,
    ComparedQuestion,
    ComparedRounds,
    Question,
    Round,
    code_of,
    compared_rounds,
    open_round,
)
from ..tables import make_table, read_table, validate, write_table
from .ballots import VOTER, is_answer, points_matrix, voter_keys
from .comparison_rows import Counts, option_rows, points_rows, scale_rows, top_box_rows
from .pairs import paired_rows
from .rows import NO_INTERVAL, Row, estimate_row

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
        from .comparison import forgotten_changes

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
        if compared.after.type in CHOSEN:
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
    """Shares of those who answered that chose an option; of a ranking, that put it first."""
    sides = []
    for side, frame in enumerate((before, after)):
        chosen = frame[frame["item"] != ""]
        keys = voter_keys(chosen)
        n = len(np.unique(keys))
        if compared.after.type == "ranking":
            chosen, keys = chosen[chosen["value"] == 1], keys[(chosen["value"] == 1).to_numpy()]
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


_AFTER = ("mean_points_after", "mean_after", "consensus_after", "top_box_share_after", "share_after")


def forgotten_changes(rounds: ComparedRounds, after: pd.DataFrame) -> pd.DataFrame:
    """The table `changes` from the earlier round's estimates and the later one's answers.

    Every row of the earlier round is copied from its estimates; options that were merged have one only where points
    add up.
    """
    released = read_table("estimates", rounds.earlier.table("estimates"))
    released = released[(released["segment"] == "all") & (released["status"] == "published")]
    key = ["question", "item", "statistic"]
    known = {tuple(record[name] for name in key): record for record in released.to_dict("records")}
    now = _after_rows(rounds, after)
    rows: list[Row] = []
    for compared in rounds.questions:
        own = [row for row in now if row["question"] == compared.after.id]
        if compared.after.type == "scale":
            rows += _forgotten_scale(compared, known, own, compare_settings(rounds))
        else:
            rows += _by_item(compared, known, own, compare_settings(rounds))
    return as_changes(rounds, rows)


def _after_rows(rounds: ComparedRounds, after: pd.DataFrame) -> list[Row]:
    """The later round's side, computed as in any comparison: the later round is put on both sides."""
    mirrored = change_table(Sides(rounds, _as_earlier(rounds, after), after))
    return [
        {str(name): value for name, value in record.items() if name not in ("round", "provenance")}
        for record in mirrored[mirrored["statistic"].isin(_AFTER)].to_dict("records")
    ]


def _as_earlier(rounds: ComparedRounds, after: pd.DataFrame) -> pd.DataFrame:
    """The later answers under the ids of the earlier round, so that both sides are there; only the later is used."""
    questions = {compared.after.id: compared.before.id for compared in rounds.questions}
    items = {new: item.before[0] for compared in rounds.questions for item in compared.items for new in item.after}
    return after.assign(
        question=after["question"].map(questions).fillna(""), item=after["item"].map(items).fillna(after["item"])
    )


def _forgotten_scale(compared: ComparedQuestion, known: dict, own: list[Row], settings: Compare) -> list[Row]:
    rows = [row for row in own if row["statistic"] in ("mean_after", "consensus_after")]
    for name in ("mean", "consensus"):
        if (found := known.get((compared.before.id, "", name))) is not None:
            rows.append(_copied(compared, f"{name}_before", found, ""))
    count = known.get((compared.before.id, "", "top_box_count"))
    top = [row for row in own if row["statistic"] == "top_box_share_after"]
    if count is not None and top:
        rows += top_box_rows(compared.after.id, _forgotten_counts("", count, top[0]), settings.margins.share)
    return rows


def _by_item(compared: ComparedQuestion, known: dict, own: list[Row], settings: Compare) -> list[Row]:
    rows: list[Row] = []
    options: list[Counts] = []
    for item in compared.items:
        mine = {str(row["statistic"]): row for row in own if row["item"] == item.id}
        if "mean_points_after" in mine:
            means = [known.get((compared.before.id, old, "mean_points")) for old in item.before]
            if None not in means:
                rows.append(_copied(compared, "mean_points_before", _summed([m for m in means if m]), item.id))
            rows.append(mine["mean_points_after"])
        counted = "first_count" if compared.before.type == "ranking" else "count"
        count = known.get((compared.before.id, item.before[0], counted))
        if "share_after" in mine and count is not None and len(item.before) == 1:
            options.append(_forgotten_counts(item.id, count, mine["share_after"]))
    return rows + option_rows(compared.after.id, options, share_margin(compared, settings))


def _summed(records: list[dict]) -> dict:
    """Means that add up; the interval of a sum is not known."""
    if len(records) == 1:
        return records[0]
    total = round(sum(record["estimate"] for record in records), 12)
    return {**records[0], "estimate": total, "low": None, "high": None, "method": "sum of released means"}


def _copied(compared: ComparedQuestion, statistic: str, record: dict, item: str) -> Row:
    """A released row under the name it has in the comparison; a scale that now runs the other way stays as it was."""
    ends = NO_INTERVAL if pd.isna(record["low"]) else (record["low"], record["high"])
    n, method = int(record["n"]), f"released estimate; {record['method']}"
    return estimate_row(compared.after.id, statistic, record["estimate"], item=item, interval=ends, n=n, method=method)


def _forgotten_counts(item: str, count: dict, after: Row) -> Counts:
    n2 = int(str(after["n"]))
    return Counts(item, int(count["estimate"]), int(count["n"]), round(float(str(after["estimate"])) * n2), n2)


_SHOWN = {
    "change_mean_points": "points",
    "change_mean": "scale",
    "change_top_box_share": "top box",
    "change_share": "share",
}


def comparison_text(round_: Round) -> str:
    """One line per compared number: the earlier round, question, item, difference and interval. No verdicts: an
    interval without zero is not enough for one, so the page that has them is named."""
    table = read_table("changes", round_.table("changes"))
    table = table[table["statistic"].isin(_SHOWN)]
    if table.empty:
        return "nothing to compare"
    lines = []
    told = [f"{r['question']} {r['item']}".strip() + f" ({_SHOWN[r['statistic']]})" for r in table.to_dict("records")]
    width = max(map(len, told))
    for name, own in table.assign(told=told).groupby("round", sort=False):
        lines.append(f"{str(name).replace(JOINED, ' → ')} (later minus earlier, 95 % interval)")
        for record in own.to_dict("records"):
            ends = "no interval" if record["low"] != record["low"] else f"{record['low']:+.2f} … {record['high']:+.2f}"
            lines.append(f"  {record['told']:<{width}} {record['estimate']:+7.2f}   {ends}")
    page = round_.reports / "html" / "11_compare_rounds.html"
    return "\n".join([*lines, f"what may be said of these numbers: {page}"])


OTHERS = "(others)"
Means = dict[str, tuple[float, int]]
"""Mean and people of each group."""


def released_means(rounds: ComparedRounds) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The published means and top boxes of either round, as its `estimates.csv` has them; none where it has none."""
    found = []
    for round_ in (rounds.earlier, rounds.later):
        path = round_.table("estimates")
        table = read_table("estimates", path) if path.is_file() else make_table("estimates", [])
        kept = table["statistic"].isin(["top_box_share", "mean_points"]) & (table["status"] == "published")
        found.append(table[kept & table["estimate"].notna()])
    return found[0], found[1]


def same_mix_rows(rounds: ComparedRounds, compared: ComparedQuestion, released: Sequence[pd.DataFrame]) -> list[Row]:
    """`same_mix_change_mean_points` per area, or `same_mix_change_top_box_share`: what both rounds publish of groups.

    Parameters: `released`, see `released_means`. The mix is that of both rounds together. No rows without a group that
    both rounds show, or where the others are fewer than the minimum base.
    """
    is_points = compared.after.type == "points"
    statistic = "mean_points" if is_points else "top_box_share"
    if not is_points and not _same_top_box(compared):
        return []
    rows: list[Row] = []
    for item in compared.items if is_points else [None]:
        ids = (item.before, item.after) if item else (("",), ("",))
        questions = (compared.before.id, compared.after.id)
        first, second = (_segment_means(*side, statistic) for side in zip(released, questions, ids, strict=True))
        sides = _on_one_level(rounds, first, second)
        if sides is None:
            continue
        shared = [name for name in sides[0] if name in sides[1]]
        people = {name: sides[0][name][1] + sides[1][name][1] for name in shared}
        change = sum(people[name] * (sides[1][name][0] - sides[0][name][0]) for name in shared) / sum(people.values())
        named = ", ".join(name for name in shared if name != OTHERS) + (" and all others" if OTHERS in shared else "")
        rows.append(
            estimate_row(
                compared.after.id,
                f"same_mix_change_{statistic}",
                round(float(change), 12),
                item=item.id if item else "",
                n=sum(people.values()),
                method=f"both rounds with the mix of groups of both together: {named}; sensitivity only",
            )
        )
    return rows


def _same_top_box(compared: ComparedQuestion) -> bool:
    """Whether both rounds fixed the same answers as the top box, on a scale that may have been turned."""
    before, after = compared.before.scale, compared.after.scale
    if before is None or after is None:
        return False
    ends = after.low + after.high
    low, high = after.top_box
    return before.top_box == ((ends - high, ends - low) if compared.reversed else (low, high))


def _segment_means(released: pd.DataFrame, question: str, ids: tuple[str, ...], statistic: str) -> Means:
    """Of every segment for which each id is published: the sum of the means (or the share), and the people."""
    mine = released[(released["question"] == question) & (released["statistic"] == statistic)]
    own = mine[mine["item"].isin(ids)]
    return {
        str(segment): (float(rows["estimate"].sum()), int(rows["n"].iloc[0]))
        for segment, rows in own.groupby("segment", sort=False)
        if len(rows) == len(ids)
    }


def _on_one_level(rounds: ComparedRounds, first: Means, second: Means) -> tuple[Means, Means] | None:
    """Groups that both rounds show, and everybody else as one; None without such a group, or where the others are too
    few to be spoken of."""
    if "all" not in first or "all" not in second:
        return None
    sides: tuple[Means, Means] = ({}, {})
    for group in rounds.groups:
        if set(group.before) <= first.keys() and set(group.after) <= second.keys():
            sides[0][group.id] = _together([first[name] for name in group.before])
            sides[1][group.id] = _together([second[name] for name in group.after])
    if not sides[0]:
        return None
    least = max(side.file.disclosure.minimum_base for side in (rounds.earlier, rounds.later))
    for side, (mean, n) in zip(sides, (first["all"], second["all"]), strict=True):
        left = n - sum(people for _, people in side.values())
        if 0 < left < least:
            return None
        if left:
            side[OTHERS] = (mean * n - sum(own * people for own, people in side.values())) / left, left
    return sides


def _together(parts: Sequence[tuple[float, int]]) -> tuple[float, int]:
    people = sum(n for _, n in parts)
    return sum(mean * n for mean, n in parts) / people, people


def linked_rows(
    rounds: ComparedRounds,
    compared: ComparedQuestion,
    first: pd.DataFrame,
    second: pd.DataFrame,
    before: pd.DataFrame,
    after: pd.DataFrame,
) -> list[Row]:
    """`pairs.paired_rows` of the people who gave the same code in both rounds.

    Parameters: `first`, `second`, people × values of either round (index session, voter); `before`, `after`, all
    answers, in which the codes are found. No rows where `round.yml` names no code.
    """
    settings = rounds.later.file.compare
    if settings is None or settings.link_code is None:
        return []
    codes = [_codes(answers, settings.link_code) for answers in (before, after)]
    pairs = [(codes[0][code], codes[1][code]) for code in sorted(codes[0].keys() & codes[1].keys())]
    minimum = max(side.file.disclosure.minimum_base for side in (rounds.earlier, rounds.later))
    is_points = compared.after.type == "points"
    how = "same self-made code in both rounds"
    return paired_rows(compared.after.id, first, second, pairs, minimum=minimum, is_points=is_points, how=how)


def _codes(answers: pd.DataFrame, question: str) -> dict[str, tuple[int, int]]:
    """Voter (session, voter) by code; a code that several people of a round gave links nobody."""
    own = answers[(answers["question"] == question) & (answers["text"] != "")]
    found: dict[str, set[tuple[int, int]]] = {}
    for session, voter, text in own[[*VOTER, "text"]].itertuples(index=False):
        if code := code_of(str(text)):
            found.setdefault(code, set()).add((int(session), int(voter)))
    return {code: next(iter(voters)) for code, voters in found.items() if len(voters) == 1}
