"""The attacker against the gate, over rounds made to give people away."""

import pandas as pd
import pytest
from random_rounds import make_round, random_people, tables

from analysis_utils.measure.attack import attack, left_open
from analysis_utils.measure.attack_facts import group_sizes, read_facts
from analysis_utils.measure.disclosure import demanded_width
from analysis_utils.measure.estimates import estimate_round

SEEDS = range(6)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Seed → estimates of that round."""
    folder = tmp_path_factory.mktemp("round")
    done: dict[int, pd.DataFrame] = {}

    def of(seed: int) -> pd.DataFrame:
        if seed not in done:
            done[seed] = estimate_round(make_round(folder), *tables(random_people(seed)))
        return done[seed]

    return of


@pytest.mark.parametrize("seed", SEEDS)
def test_no_withheld_number_is_narrowed_beyond_the_rule(released, seed, tmp_path):
    estimates, rule = released(seed), make_round(tmp_path).file.disclosure
    sizes = group_sizes(estimates)
    for name, table in estimates.groupby("question", sort=False):
        facts = read_facts(table, sizes)
        for row in attack(table).itertuples():
            goal = (row.segment, row.item, row.target)
            width = row.high - row.low
            enough = width >= demanded_width(facts, goal, rule) or width >= left_open(facts, goal)
            assert enough, (seed, name, goal, row.low, row.high)


def test_results_that_name_nobody_remain(released):
    kept = pd.concat([released(seed).assign(seed=seed) for seed in SEEDS])
    assert (kept.loc[kept["segment"] == "all", "status"] == "published").all()
    shown = kept[~kept["segment"].isin(["all", "equal_groups"]) & (kept["statistic"] == "respondents")]
    bases = shown[shown["estimate"] > 0]
    assert len(bases) >= 5 * len(SEEDS) and (bases["estimate"] >= 5).all()
    based = bases.set_index(["seed", "question", "segment"]).index
    for statistic, part in (("mean_points", 0.25), ("mean", 0.4), ("top_box_share", 0.2)):
        rows = kept[kept["statistic"] == statistic].set_index(["seed", "question", "segment"])
        rows = rows[rows.index.isin(based)]
        assert (rows["status"] == "published").mean() >= part, (statistic, (rows["status"] == "published").mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_ranks_over_the_rules_of_counting_tell_of_no_rule_that_is_withheld(released, seed):
    own = released(seed)[lambda table: table["segment"] == "all"]
    ranks = own[own["statistic"].eq("rank") | own["statistic"].str.startswith("rank_by_")].groupby("item")["estimate"]
    over = own[own["statistic"] == "rank_over_rules"].set_index("item")
    assert len(over) == 5
    for area, values in ranks:
        assert (over.at[area, "low"], over.at[area, "high"]) == (values.min(), values.max())
        assert over.at[area, "method"] == f"{len(values)} rules"


@pytest.mark.parametrize("seed", SEEDS)
def test_status_does_not_say_which_withheld_cells_are_small(released, seed):
    """Who knows that a cell holds one person or two, and which others do not, mostly knows all of them."""
    withheld = released(seed)[lambda table: table["status"] != "published"]
    shown = set(released(seed).loc[released(seed)["statistic"] == "respondents", "segment"])
    assert set(withheld.loc[withheld["segment"].isin(shown), "status"]) == {"suppressed_small_base"}
