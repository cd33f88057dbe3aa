"""A comparison does not undo what the gate has rounded."""

import numpy as np
from two_rounds import answers, write_rounds

from analysis_utils.measure.comparison import Sides, change_table
from analysis_utils.measure.estimates import estimate_round
from analysis_utils.tables import write_table

GROUPS = ["g1", "g2"] * 13
SCALE = [3, 4, 5, 6, 7, 8] * 4 + [5, 6]


def same_mix_items(sides):
    table = change_table(sides)
    return table.loc[table["statistic"] == "same_mix_change_mean_points", "item"].tolist()


def test_same_mix_rests_on_no_mean_that_was_rounded(tmp_path):
    rounds, rng = write_rounds(tmp_path / "data"), np.random.default_rng(1)
    sides = Sides(
        rounds,
        answers(rng.multinomial(10, [0.5, 0.3, 0.2], 26) * 10, SCALE, GROUPS, areas=("a", "b", "c")),
        answers(rng.multinomial(10, [0.2, 0.3, 0.3, 0.2], 26) * 10, SCALE, GROUPS, areas=("a", "b2", "c1", "c2")),
    )
    for round_, frame in ((rounds.earlier, sides.before), (rounds.later, sides.after)):
        voters = frame.drop_duplicates("voter")[["round", "session", "voter"]]
        estimates = estimate_round(round_, voters.assign(segment=GROUPS), frame)
        write_table(estimates, "estimates", round_.table("estimates"))
    shown = same_mix_items(sides)
    means = (estimates["statistic"] == "mean_points") & (estimates["item"] == "a")
    rounded = estimates.assign(method=estimates["method"].mask(means, "mean rounded to 0.5"))
    write_table(rounded, "estimates", rounds.later.table("estimates"))
    assert "a" in shown and same_mix_items(sides) == [item for item in shown if item != "a"]
