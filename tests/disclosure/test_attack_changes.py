"""Several rounds and what compares them: the reader of all of it wins only where a comparison was made of answers."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pandas as pd
from random_rounds import AREAS, CODEBOOK, GROUPS, make_round, random_people, tables

from analysis_utils.crosswalk import compared_rounds
from analysis_utils.measure.attack_changes import Comparison, attack_together
from analysis_utils.measure.comparison import as_changes
from analysis_utils.measure.estimates import computed_estimates, estimate_round, with_segments
from analysis_utils.measure.same_mix import released_means, same_mix_rows
from analysis_utils.tables import write_table

KEY = ["round", "question", "segment", "item", "target"]


def made(folder, name, people):
    """A round on disk with its estimates; and its estimates as they would be without a gate."""
    round_ = replace(make_round(folder / "raw" / name), name=name, processed=folder / "processed" / name)
    voters, answers = tables(people)
    answers = answers.assign(round=name)
    estimates = estimate_round(round_, voters, answers)
    write_table(estimates, "estimates", round_.table("estimates"))
    return round_, estimates, computed_estimates(round_, voters, *with_segments(round_, voters, answers))


def compared(folder, *people):
    """The rounds made of these people, each compared with the one before it."""
    made_ = [made(folder, f"r{place}", own) for place, own in enumerate(people)]
    return made_, [compared_rounds(CODEBOOK, one[0], other[0]) for one, other in pairwise(made_)]


def mix_alone(rounds, means):
    """The rows of `changes` that are made of groups, from these means."""
    questions = [question for question in rounds.questions if question.after.type in ("points", "scale")]
    return as_changes(rounds, [row for question in questions for row in same_mix_rows(rounds, question, means)])


def ungated(*made_):
    means = [frame[frame["statistic"].isin(["mean", "mean_points"]) & frame["estimate"].notna()] for *_, frame in made_]
    return [own[own["status"] == "published"] for own in means]


def ranges(made_, comparisons, **settings):
    estimates = {round_.name: estimates for round_, estimates, _ in made_}
    return attack_together(estimates, comparisons, **settings).set_index(KEY)


def some(seed):
    """People of a random round with what is compared by means; the groups are the same in all rounds, by size."""
    people = random_people(seed)
    order = [name for name, _ in Counter(own["group"] for own in people if own["group"]).most_common()]
    names = {"": ""} | dict(zip(order, GROUPS, strict=False))
    asked = ("points", "scale1")
    return [{"group": names[own["group"]]} | {name: own[name] for name in asked if name in own} for own in people]


def test_comparisons_of_published_means_add_nothing(tmp_path):
    """Three rounds, each compared with the one before: every withheld cell stays as open as without `changes`."""
    made_, rounds = compared(tmp_path, *map(some, (3, 6, 9)))
    changes = [mix_alone(pair, released_means(pair)) for pair in rounds]
    assert all(map(len, changes))

    def width(rows):
        comparisons = [Comparison(pair, own) for pair, own in zip(rounds, rows, strict=True)]
        found = ranges(made_, comparisons, enough=lambda _, goal: 20.0 if goal[2] == "sum" else 3.0)
        return (found["high"] - found["low"]).clip(upper=found["demanded"])

    alone = width([own.iloc[:0] for own in changes])
    assert len(alone) > 50
    pd.testing.assert_series_equal(alone, width(changes))


def ballots(group, *given):
    """(people, points for the first areas) of one group; what is left of a ballot goes to the last area."""
    return [
        {"group": group, "points": [*points, *([0] * (4 - len(points))), 100 - sum(points)]}
        for count, points in given
        for _ in range(count)
    ]


def test_comparison_made_of_ungated_means_gives_a_person_away(tmp_path):
    """One of a's six gave the first area 70 points. The earlier round withholds it; the later one withholds nothing, so
    that its means and the change at the same mix, had it been made of answers, leave nothing open."""
    first = ballots(GROUPS[0], (1, [70, 10]), (2, [0, 50]), (3, [0, 30])) + ballots(
        GROUPS[1], (4, [30, 30]), (3, [20, 60])
    )
    second = [person for group in GROUPS[:2] for person in ballots(group, (4, [20, 30]), (3, [30, 40]), (3, [50, 20]))]
    made_, [rounds] = compared(tmp_path, first, second)
    cell = ("r0", "points", GROUPS[0], AREAS[0], "sum")
    honest = mix_alone(rounds, released_means(rounds))
    low, high = ranges(made_, [Comparison(rounds, honest)]).loc[cell, ["low", "high"]]
    assert high - low >= 20 and AREAS[0] not in set(honest["item"])
    leaking = mix_alone(rounds, ungated(*made_))
    assert ranges(made_, [Comparison(rounds, leaking)]).loc[cell, ["low", "high"]].tolist() == [70, 70]
