"""`make attack`: a reader from outside looks at the published tables of every round, and tells what he works out."""

from __future__ import annotations

import sys

import pandas as pd

from analysis_utils.gate import PUBLISHED, compared_questions
from analysis_utils.gate.allowed import OF_A_SEGMENT
from analysis_utils.rounds import Round, open_round, round_names
from analysis_utils.tables import read_table
from cell_guard.attack import ranges

WEIGHTED = ("equal_groups", "raked")


def faults(round_: Round, estimates: pd.DataFrame) -> list[str]:
    """What the tables of a round give away against the rule: few people, few left over, a statistic on no list."""
    least, found = round_.file.disclosure.minimum_base, []
    excepted = {one.group: one.people for one in round_.file.disclosure.exceptions}
    for question in compared_questions(round_):
        own = estimates[(estimates["question"] == question.id) & (estimates["status"] == "published")]
        bases = own[own["statistic"] == "respondents"].set_index("segment")["estimate"]
        shown = bases.drop("all", errors="ignore")
        found += [
            f"{question.id}/{name}: {n:g} people" for name, n in shown.items() if n < excepted.get(str(name), least)
        ]
        left = bases.get("all", 0) - shown.sum()
        if len(shown) and 0 < left < least:
            found.append(f"{question.id}: {left:g} people are left over")
        of_segments = own[~own["segment"].isin(["all", *WEIGHTED])]
        for name in of_segments["statistic"].unique():
            if not OF_A_SEGMENT.get(name, {"nothing"}) <= PUBLISHED:
                found.append(f"{question.id}: {name} is on no list")
        spread = of_segments[of_segments["statistic"] == "rank"]
        if spread[["low", "high"]].notna().any(axis=None):
            found.append(f"{question.id}: rank sets of segments")
    return found


def worked_out(round_: Round, estimates: pd.DataFrame) -> tuple[int, int]:
    """Counts of merged groups (as large as the question of the groups shows them) and how many of them sums fix."""
    sizes = {
        str(row.item): int(row.estimate)
        for question in round_.with_role("participant_group")
        for row in estimates[(estimates["question"] == question.id) & (estimates["statistic"] == "count")].itertuples()
    }
    cells = fixed = 0
    for question in compared_questions(round_):
        own = estimates[estimates["question"] == question.id]
        hidden = [group for group in own.loc[own["status"] != "published", "segment"].unique() if sizes.get(group)]
        rest = own[(own["segment"] == "uebrige") & own["statistic"].isin(["count", "class_count"])]
        if not hidden or rest.empty:
            continue
        people = {group: sizes[group] for group in hidden} | {"(others)": int(rest["n"].iloc[0])}
        known = [(set(people), str(row.item), int(row.estimate)) for row in rest.itertuples()]
        goals = [(group, answer) for group in hidden for _, answer, _ in known]
        found = ranges(people, [answer for _, answer, _ in known], known, one_each=False, goals=goals)
        cells, fixed = cells + len(found), fixed + sum(low == high for low, high in found.values())
    return cells, fixed


def main() -> int:
    worst = 0
    for name in round_names():
        round_ = open_round(name)
        if not round_.table("estimates").is_file():
            continue
        estimates = read_table("estimates", round_.table("estimates"))
        found = faults(round_, estimates)
        cells, fixed = worked_out(round_, estimates)
        print(f"{name}: {len(found)} faults; of {cells} counts of merged groups {fixed} follow: nobody, or all")
        print(*found, sep="\n")
        worst = max(worst, len(found))
    return int(worst > 0)


if __name__ == "__main__":
    sys.exit(main())
