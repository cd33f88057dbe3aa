"""The gate: every number of a round passes it, all at once, on its way into `estimates`.

Numbers of segments that tell about single people are withheld, and as many others as it takes that a reader who does
his sums (`attack`) cannot find them again. Results of all together stay: they are what the poll showed on the screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..round_file import Disclosure, Question
from ..rounds import Round
from .attack import left_open, ranges
from .attack_facts import WEIGHTED, Facts, Goal, group_sizes, read_facts, rounding_step
from .disclosure_across import across_questions
from .disclosure_cells import Cell, Truth, read_truth
from .disclosure_least import Why, told_by
from .disclosure_patterns import Pattern, patterns
from .releases import PublicRow, marks
from .segments import REST, UNSTATED, Segmentation, compared_questions, compares_segments
from .versions import earlier_rows, known_versions, told_apart
from .withholding import withheld_rows

CELL_OF = {
    "count": "counts",
    "share": "counts",
    "top_box_count": "top",
    "top_box_share": "top",
    "mean": "sums",
    "mean_points": "sums",
    "givers": "givers",
    "share_giving_points": "givers",
}
"""Statistics of a segment whose rows stay when withheld, and the part of a pattern that decides."""
TWINS = {"share": "count", "top_box_share": "top_box_count", "share_giving_points": "givers"}
"""Shares of people and the counts they come from."""
OF_SUMS = ("mean_points_percentile", "mean_points_given", "rank", "tier", "could_be_top3")
"""Statistics of a points question that go with the sums of their segment."""
ALWAYS = ("respondents", "effective_n")
NO_DETAIL = 10
"""Medians, intervals and other rules of counting show single ballots where a segment, or all others, are fewer."""
WITHHELD = "suppressed_small_base"
"""Status of every withheld number of a shown segment. To say which of them are small and which go for the sake of
others would tell them: a small cell holds one person or two."""
EARLIER = "suppressed_earlier_version"
"""Status of the groups of a question whose segments would tell apart few people beside a released version."""
WITHOUT_INTERVAL = "mean; interval withheld with the distribution"


def apply_gate(frame: pd.DataFrame, round_: Round, answers: pd.DataFrame, segments: Segmentation) -> pd.DataFrame:
    """The rows of `estimates` with everything emptied or left out that would give people away.

    Parameters: `frame`, all rows of the round; `answers`, one row per voter × question × item with the column `shown`;
    `segments`, who is shown where. Results of the segment "all" are kept but for comparisons of segments. A question
    whose segments differ from a released version by fewer people than the minimum base keeps no segment numbers.
    """
    sizes = group_sizes(frame)
    compared = {question.id: question for question in compared_questions(round_)}
    versions = known_versions(round_, answers) if segments.shown else []
    parts = []
    for name, table in frame.groupby("question", sort=False):
        if segments.shown and name in compared:
            own = answers[answers["question"] == name]
            released = [version.questions[str(name)] for version in versions if name in version.questions]
            now = marks(own) if released else {}
            if told_apart(now, released, round_.file.disclosure.minimum_base):
                table = _without_segments(table, compared[str(name)], segments)
            else:
                rule, known = round_.file.disclosure, earlier_rows(now, released)
                table = gated(table, compared[str(name)], own, segments.shown, rule, sizes, known)
        parts.append(table)
    return across_questions(pd.concat(parts).reset_index(drop=True), round_, answers) if parts else frame


def gated(
    table: pd.DataFrame,
    question: Question,
    answers: pd.DataFrame,
    segments: tuple[str, ...],
    rule: Disclosure,
    sizes: Mapping[str, float],
    known: Sequence[PublicRow] = (),
) -> pd.DataFrame:
    """The rows of one question under the first pattern that the attacker cannot narrow; all others lose more. `known`:
    rows about the same people in released versions, which the attacker has as well."""
    truth = read_truth(answers, question, segments)
    top_box = question.scale.top_box if question.scale else None
    result = table

    def told(pattern: Pattern) -> Why | None:
        released = frozenset(row[:2] for row in known)
        return why(beside(withhold(table, pattern, truth), known), rule, sizes, released)

    suspects: list[Goal] = []
    for pattern in patterns(truth, question, rule.minimum_cell, told):
        result = withhold(table, pattern, truth)
        facts = replace(read_facts(beside(result, known), sizes), rank_sums=_rank_sums(result, truth), top_box=top_box)
        if (found := _narrowed(facts, rule, suspects)) is None:
            break
        suspects.insert(0, found[0])
    return result[~_implied(result)]


def beside(table: pd.DataFrame, known: Sequence[PublicRow]) -> pd.DataFrame:
    """The table as a reader sees it who has earlier versions, too: of each number the most exact one."""
    if not known:
        return table
    names = ["segment", "item", "statistic"]
    steps = [
        rounding_step(method) if status == "published" else np.inf
        for status, method in zip(table["status"], table["method"], strict=True)
    ]
    now = dict(zip(table[names].itertuples(index=False, name=None), steps, strict=True))
    better = [row for row in known if rounding_step(row[4]) < now.get(row[:3], np.inf)]
    gone = {row[:3] for row in better}
    kept = [key not in gone for key in now]
    added = pd.DataFrame(better, columns=[*names, "estimate", "method"]).assign(status="published")
    return pd.concat([table[kept], added], ignore_index=True)


def _rank_sums(table: pd.DataFrame, truth: Truth) -> dict[str, float]:
    """Rank sums of three segments or more where a test that is made of them is published (of two, Cliff's delta tells
    them): no p value tells more than they do."""
    if len(truth.segments) < 3 or not table["statistic"].str.startswith("kruskal_wallis").any():
        return {}
    totals = truth.counts.sum(axis=0)
    ranks = np.cumsum(totals) - (totals - 1) / 2
    return dict(zip(truth.segments, (truth.counts @ ranks).tolist(), strict=True))


def public_anyway(table: pd.DataFrame) -> set[tuple[str, str]]:
    """Items and statistics that are the same for any group, because all together did so, or nobody: an answer that
    everybody gave, an area without points."""
    own = table[table["segment"] == "all"]
    rows = list(zip(own["item"].astype(str), own["statistic"], own["estimate"], strict=True))
    total = sum(value for _, name, value in rows if name == "mean_points")
    found = set()
    for item, name, value in rows:
        if name in TWINS and value in (0, 1):
            found |= {(item, name), (item, TWINS[name])} | ({("", "mean")} if name == "share" and value == 1 else set())
        elif name == "mean_points" and (value == 0 or abs(value - total) < 1e-9):
            found.add((item, name))
    return found


def _implied(table: pd.DataFrame) -> pd.Series:
    """Emptied rows of merged groups for what is public anyway, or what, as published, none of the merged ones did."""
    zero = table[
        (table["segment"] == REST) & (table["estimate"] == 0) & table["statistic"].isin([*TWINS, "mean_points"])
    ]
    known = public_anyway(table) | set(zip(zero["item"], zero["statistic"], strict=True))
    shown = set(table.loc[table["statistic"] == "respondents", "segment"])
    is_known = [pair in known for pair in zip(table["item"], table["statistic"], strict=True)]
    return pd.Series(is_known, index=table.index) & ~table["segment"].isin(shown) & (table["status"] != "published")


def holds(
    table: pd.DataFrame, rule: Disclosure, sizes: Mapping[str, float], rank_sums: Mapping[str, float] | None = None
) -> bool:
    """Whether every withheld number of a question keeps a range as wide as the rule demands, or as wide as the results
    of all together leave it at most. `rank_sums` are granted to the reader.

    Groups merged into a segment need no look of their own: what is known of them is what is known of the segment.
    """
    return _narrowed(replace(read_facts(table, sizes), rank_sums=rank_sums or {}), rule) is None


def _narrowed(facts: Facts, rule: Disclosure, suspects: Sequence[Goal] = ()) -> tuple[Goal, float] | None:
    """The first withheld number with too narrow a range, and how wide it would have to be. `suspects` are looked at
    first: what one pattern gave away, the next mostly does, too."""
    goals = sorted(_looked_at(facts), key=lambda goal: goal not in suspects)
    demanded = {goal: demanded_width(facts, goal, rule) for goal in goals}
    for goal, (low, high) in ranges(facts, demanded, enough=demanded.__getitem__):
        if not high - low >= demanded[goal] and not high - low >= (open_ := left_open(facts, goal)):
            return goal, min(demanded[goal], open_)
    return None


def why(
    table: pd.DataFrame, rule: Disclosure, sizes: Mapping[str, float], released: frozenset[Cell] = frozenset()
) -> Why | None:
    """Where a table of people per answer does not hold: a withheld cell that is told, and the cells that tell it, but
    for those `released` before."""
    facts = read_facts(table, sizes)
    if (found := _narrowed(facts, rule)) is None:
        return None
    goal, width = found

    def is_told(cells: frozenset[Cell]) -> bool:
        rows = {
            key: value for key, value in facts.rows.items() if key[0] not in segments or key[:2] in cells | released
        }
        [(_, (low, high))] = ranges(replace(facts, rows=rows), [goal], enough=lambda _: width)
        return not high - low >= width

    segments = {segment for segment in facts.base if segment not in ("all", *WEIGHTED)}
    shown = dict.fromkeys(key[:2] for key in facts.rows if key[0] in segments and key[2] == "count")
    return Why(goal[:2], told_by([cell for cell in shown if cell not in released], is_told))


def _looked_at(facts: Facts) -> list[Goal]:
    """Withheld cells of the segments; of two segments only one, as the other has what is missing to the total."""
    goals = sorted((goal for goal in facts.goals if goal[0] in facts.base), key=lambda goal: goal not in facts.small)
    shown = [segment for segment in facts.base if segment not in ("all", *WEIGHTED)]
    if len(shown) == 2 and sum(facts.base[segment] for segment in shown) == facts.base["all"]:
        goals = list({goal[1:]: goal for goal in reversed(goals)}.values())
    return goals


def demanded_width(facts: Facts, goal: Goal, rule: Disclosure) -> float:
    """What must stay open of a withheld number of a segment: as much as of a small cell (its people, or a part of a
    ballot where they gave points), since no reader knows which are. A group merged for the sake of others must not be
    known exactly."""
    if goal not in facts.small:
        return 1.0
    if goal[2] == "sum" and goal[1] != "":
        means = [value for (segment, _, name), value in facts.rows.items() if (segment, name) == ("all", "mean_points")]
        return rule.minimum_sum_range * round(sum(means))
    return rule.minimum_cell - 1


def withhold(table: pd.DataFrame, pattern: Pattern, truth: Truth) -> pd.DataFrame:
    """The rows of one question under a pattern."""
    status, drop, blank = [], [], []
    public = public_anyway(table)
    for row in table[["segment", "item", "statistic"]].itertuples(index=False):
        cell, statistic = (str(row.segment), str(row.item)), str(row.statistic)
        known = cell[0] in truth.segments
        hidden = known and statistic in CELL_OF and cell in getattr(pattern, CELL_OF[statistic])
        hidden = hidden and (cell[1], statistic) not in public
        status.append(WITHHELD if hidden else "")
        drop.append(not hidden and _goes(cell, statistic, pattern, truth))
        blank.append(known and statistic in ("mean", "mean_points") and not _has_detail(cell[0], pattern, truth))
    result = emptied(table, pd.Series(status, index=table.index))
    bare = pd.Series(blank, index=table.index) & (result["status"] == "published")
    result.loc[bare, ["low", "high"]] = float("nan")
    result.loc[bare, "method"] = WITHOUT_INTERVAL
    if pattern.step:
        means = (result["statistic"] == "mean") & bare
        result.loc[means, "estimate"] = (result.loc[means, "estimate"] / pattern.step).round() * pattern.step
        result.loc[means, "estimate"] = result.loc[means, "estimate"].round(6)
        result.loc[means, "method"] = f"mean rounded to {pattern.step}, so that no single answer can be worked out"
    return result[~pd.Series(drop, index=table.index)]


def _goes(cell: tuple[str, str], statistic: str, pattern: Pattern, truth: Truth) -> bool:
    """Whether a row is left out altogether: it would tell more about withheld cells than their totals do."""
    segment, item = cell
    if segment == "all":
        return _compares(statistic, item, pattern, truth)
    if segment in WEIGHTED:
        return statistic not in ALWAYS and _weighs_withheld(cell, statistic, pattern, truth)
    if segment not in truth.segments or statistic in ALWAYS or statistic in CELL_OF:
        return False
    own_sums = any(held == segment for held, _ in pattern.sums)
    if statistic in OF_SUMS:
        return own_sums or (statistic == "mean_points_given" and cell in pattern.givers)
    return not _has_detail(segment, pattern, truth)


def _weighs_withheld(cell: Cell, statistic: str, pattern: Pattern, truth: Truth) -> bool:
    """Whether a weighted result is made of something withheld. An area's weighted mean is made of nothing but the
    groups' means of this area (what weighs single people is left to `across_questions`), so that it says nothing new
    where these are shown."""
    if statistic == "top_box_share":
        return bool(pattern.top)
    if statistic == "mean_points":
        return _lacks_sums(cell[1], pattern, truth)
    return bool(pattern.sums or pattern.step)


def _lacks_sums(item: str, pattern: Pattern, truth: Truth) -> bool:
    return any((segment, item) in pattern.sums for segment in truth.segments)


def _compares(statistic: str, item: str, pattern: Pattern, truth: Truth) -> bool:
    """Rows of all together that compare segments of which something needed for the comparison is withheld. Of more than
    two segments the attacker follows no pairs; of people who named no group, who are not tested, no ranks. The p of
    an area compares nothing but the segments' means of this area with what chance would make of all ballots, the exact
    test of a scale nothing but their top boxes."""
    if not compares_segments(statistic, item):
        return False
    if statistic == "cliffs_delta":
        return not pattern.compared or (len(truth.segments) > 2 and bool(pattern.counts))
    if statistic.startswith("rank_by") or statistic == "rule_tau_b":
        return bool(pattern.sums)
    if statistic.startswith("kruskal_wallis"):
        return not pattern.compared or (UNSTATED in truth.segments and bool(pattern.counts))
    if statistic.startswith("fisher_freeman_halton") and truth.is_scale:
        return bool(pattern.top)
    if statistic == "points_permutation_p" and item:
        return _lacks_sums(item, pattern, truth)
    return bool(pattern.sums or pattern.top or (pattern.counts and not pattern.compared))


def _has_detail(segment: str, pattern: Pattern, truth: Truth) -> bool:
    """Whether numbers that depend on single answers (medians, intervals, consensus) can be shown for a segment."""
    held = pattern.counts | pattern.sums | pattern.givers
    if any(other == segment for other, _ in held):
        return False
    n, everyone = truth.size_of(segment), int(truth.sizes.sum())
    return not truth.is_points or (n >= NO_DETAIL and everyone - n >= NO_DETAIL)


def emptied(frame: pd.DataFrame, status: pd.Series) -> pd.DataFrame:
    """The frame with numbers and method taken out of the rows that have a `status` other than ""."""
    frame, hidden = frame.copy(), status != ""
    frame.loc[hidden, ["estimate", "low", "high", "n"]] = float("nan")
    frame.loc[hidden, "method"] = ""
    frame.loc[hidden, "status"] = status[hidden]
    return frame


def _without_segments(table: pd.DataFrame, question: Question, segments: Segmentation) -> pd.DataFrame:
    """Only the results of all together, without comparisons of segments; the segments' rows are emptied."""
    compares = [compares_segments(*pair) for pair in zip(table["statistic"], table["item"], strict=True)]
    kept = table[(table["segment"] == "all") & ~pd.Series(compares, index=table.index)]
    rows = [
        row | {name: table[name].iloc[0] for name in ("round", "provenance")}
        for segment in (*segments.groups, *segments.withheld)
        if segment != REST
        for row in withheld_rows(question.id, question.type, list(question.options.values()), segment, EARLIER)
    ]
    return pd.concat([kept, pd.DataFrame(rows, columns=kept.columns)], ignore_index=True)
