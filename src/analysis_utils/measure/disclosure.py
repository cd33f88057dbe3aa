"""The gate: every number of a round passes it, all at once, on its way into `estimates`.

Numbers of segments that tell about single people are withheld, and as many others as it takes that a reader who does
his sums (`attack`) cannot find them again. Results of all together stay: they are what the poll showed on the screen.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..rounds import Disclosure, Question, Round
from .attack import WEIGHTED, Facts, Goal, group_sizes, left_open, ranges, read_facts
from .disclosure_cells import Cell, Truth, read_truth
from .disclosure_patterns import Pattern, patterns
from .releases import told_apart
from .segments import REST, Segmentation, compared_questions

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
OF_SUMS = ("mean_points_percentile", "mean_points_given", "rank", "tier", "could_be_top3")
"""Statistics of a points question that go with the sums of their segment."""
ALWAYS = ("respondents", "effective_n")
NO_DETAIL = 10
"""Medians, intervals and other rules of counting show single ballots where a segment, or all others, are fewer."""
TESTS = ("kruskal_wallis", "fisher_freeman_halton", "points_permutation")
WITHOUT_INTERVAL = "mean; interval withheld with the distribution"


def apply_gate(frame: pd.DataFrame, round_: Round, answers: pd.DataFrame, segments: Segmentation) -> pd.DataFrame:
    """The rows of `estimates` with everything emptied or left out that would give people away.

    Parameters: `frame`, all rows of the round; `answers`, one row per voter × question × item with the column `shown`;
    `segments`, who is shown where. Results of the segment "all" are kept but for comparisons of segments. A question
    whose segments differ from a released version by fewer people than the minimum base keeps no segment rows.
    """
    sizes = group_sizes(frame)
    compared = {question.id: question for question in compared_questions(round_)}
    parts = []
    for name, table in frame.groupby("question", sort=False):
        if segments.shown and name in compared:
            own = answers[answers["question"] == name]
            if told_apart(round_, str(name), own):
                table = _without_segments(table)
            else:
                table = gated(table, compared[str(name)], own, segments.shown, round_.file.disclosure, sizes)
        parts.append(table)
    return pd.concat(parts).reset_index(drop=True) if parts else frame


def gated(
    table: pd.DataFrame,
    question: Question,
    answers: pd.DataFrame,
    segments: tuple[str, ...],
    rule: Disclosure,
    sizes: Mapping[str, float],
) -> pd.DataFrame:
    """The rows of one question under the first pattern that the attacker cannot narrow; all others lose more."""
    truth = read_truth(answers, question, segments)
    result = table
    for pattern in patterns(truth, question, rule.minimum_cell):
        result = withhold(table, pattern, truth)
        if holds(result, rule, sizes):
            break
    return result[~_implied(result)]


def _implied(table: pd.DataFrame) -> pd.Series:
    """Emptied rows of merged groups for answers that, as is published, nobody of the merged ones gave."""
    counts = table[(table["segment"] == REST) & (table["statistic"] == "count") & (table["estimate"] == 0)]
    shown = set(table.loc[table["statistic"] == "respondents", "segment"])
    return (table["statistic"] == "share") & table["item"].isin(counts["item"]) & ~table["segment"].isin(shown)


def holds(table: pd.DataFrame, rule: Disclosure, sizes: Mapping[str, float]) -> bool:
    """Whether every withheld number of a question keeps a range as wide as the rule demands, or as wide as the results
    of all together leave it at most.

    Groups merged into a segment need no look of their own: what is known of them is what is known of the segment.
    """
    facts = read_facts(table, sizes)
    demanded = {goal: demanded_width(facts, goal, rule) for goal in _looked_at(facts)}
    for goal, (low, high) in ranges(facts, demanded, enough=demanded.__getitem__):
        if not high - low >= demanded[goal] and not high - low >= left_open(facts, goal):
            return False
    return True


def _looked_at(facts: Facts) -> list[Goal]:
    """Withheld cells of the segments; of two segments only one, as the other has what is missing to the total."""
    goals = sorted((goal for goal in facts.goals if goal[0] in facts.base), key=lambda goal: goal not in facts.small)
    shown = [segment for segment in facts.base if segment not in ("all", *WEIGHTED)]
    if len(shown) == 2 and sum(facts.base[segment] for segment in shown) == facts.base["all"]:
        goals = list({goal[1:]: goal for goal in reversed(goals)}.values())
    return goals


def demanded_width(facts: Facts, goal: Goal, rule: Disclosure) -> float:
    """What must stay open of a withheld number: for a small cell all it can be (its people, or a part of a ballot where
    they gave points); a cell withheld for the sake of others must not be known exactly."""
    if goal not in facts.small:
        return 1.0
    if goal[2] == "sum" and goal[1] != "":
        means = [value for (segment, _, name), value in facts.rows.items() if (segment, name) == ("all", "mean_points")]
        return rule.minimum_sum_range * round(sum(means))
    return rule.minimum_cell - 1


def withhold(table: pd.DataFrame, pattern: Pattern, truth: Truth) -> pd.DataFrame:
    """The rows of one question under a pattern."""
    status, drop, blank = [], [], []
    for row in table[["segment", "item", "statistic"]].itertuples(index=False):
        cell, statistic = (str(row.segment), str(row.item)), str(row.statistic)
        known = cell[0] in truth.segments
        hidden = known and statistic in CELL_OF and cell in getattr(pattern, CELL_OF[statistic])
        why = "suppressed_small_base" if cell in pattern.primary else "suppressed_complementary"
        if truth.is_points and cell[0] in WEIGHTED and _goes(cell, statistic, pattern, truth):
            hidden, why = True, "suppressed_complementary"
        status.append(why if hidden else "")
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
        return _compares(statistic, item, pattern, many=len(truth.segments) > 2)
    if segment in WEIGHTED:
        return statistic not in ALWAYS and _weighs_withheld(cell, statistic, pattern, truth)
    if segment not in truth.segments or statistic in ALWAYS or statistic in CELL_OF:
        return False
    own_sums = any(held == segment for held, _ in pattern.sums)
    if statistic in OF_SUMS:
        return own_sums or (statistic == "mean_points_given" and cell in pattern.givers)
    return not _has_detail(segment, pattern, truth)


def _weighs_withheld(cell: Cell, statistic: str, pattern: Pattern, truth: Truth) -> bool:
    """Whether a weighted result is made of something withheld. Equal weights make an area's mean of nothing but the
    groups' means of this area, so that it says nothing new where these are shown; targets of more than one question
    weigh single people."""
    segment, item = cell
    if statistic == "top_box_share":
        return bool(pattern.top)
    if segment == "equal_groups" and statistic == "mean_points":
        return any((group, item) in pattern.sums for group in truth.segments)
    return bool(pattern.sums or pattern.step)


def _compares(statistic: str, item: str, pattern: Pattern, *, many: bool = False) -> bool:
    """Rows of all together that compare segments of which something needed for the comparison is withheld. `many`:
    more than two segments, whose pairs the attacker does not follow."""
    if statistic == "cliffs_delta":
        return not pattern.compared or (many and bool(pattern.counts))
    if statistic == "rank_by_equal_groups" or (statistic == "rule_tau_b" and "equal_groups" in item.split("|")):
        return bool(pattern.sums)
    if not statistic.startswith(TESTS):
        return False
    if statistic.startswith("kruskal_wallis"):
        return not pattern.compared
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


def _without_segments(table: pd.DataFrame) -> pd.DataFrame:
    """Only the results of all together, without comparisons of segments."""
    compares = [
        _compares(str(statistic), str(item), Pattern(sums=frozenset({("", "")}), compared=False))
        for statistic, item in zip(table["statistic"], table["item"], strict=True)
    ]
    return table[(table["segment"] == "all") & ~pd.Series(compares, index=table.index)]
