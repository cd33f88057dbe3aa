"""Group tests and weighting against R (cases g07, g08)."""

import math
from itertools import permutations

import numpy as np
import pytest
from measure_tables import golden, golden_data

from analysis_utils.errors import DataError
from analysis_utils.estimators import group_tests
from analysis_utils.estimators.group_tests import (
    cliffs_delta,
    contingency,
    effective_n,
    equal_group_weights,
    fisher_freeman_halton,
    kruskal_wallis,
    points_permutation,
    raked_weights,
)

CASE = golden("g07")
SCHOOLS, WEIGHTS = golden_data("g08"), golden("g08")
VALUES = golden_data("g07")["x"].to_numpy(float)
GROUPS = golden_data("g07")["g"].to_numpy(dtype=str)
TABLE = golden_data("g07", "data_table.csv").iloc[:, 1:].to_numpy()


def test_fisher_freeman_halton_equals_r():
    result = fisher_freeman_halton(TABLE)
    assert result.p == pytest.approx(CASE["ffh"]["own_3x4"]["fisher.test"], abs=1e-9)
    assert "exact" in result.method


def test_fisher_of_the_tea_tasting_is_the_textbook_one():
    assert fisher_freeman_halton(np.array([[3, 1], [1, 3]])).p == pytest.approx(CASE["ffh"]["tea"]["p_two_sided"])


def test_fisher_drawn_agrees_with_exact(monkeypatch):
    exact = fisher_freeman_halton(TABLE)
    for bound in ("MOST_UNDECIDED", "MOST_STEPS"):
        monkeypatch.setattr(group_tests, bound, 5)
        result = fisher_freeman_halton(TABLE)
        assert result.p == pytest.approx(CASE["ffh"]["own_3x4"]["fisher.test"], abs=0.007)
        assert "permutations, seed" in result.method
        assert result.smallest == (exact.smallest if bound == "MOST_UNDECIDED" else 1 / 100_001)


def test_fisher_smallest_p_is_the_least_likely_table():
    assert fisher_freeman_halton(np.array([[3, 1], [1, 3]])).smallest == pytest.approx(2 / 70)


def test_kruskal_wallis_equals_exact_enumeration():
    result = kruskal_wallis(VALUES, GROUPS)
    assert result.p == pytest.approx(CASE["kruskal"]["own"]["p_exact_enumeration"], abs=1e-9)
    assert "exact" in result.method


def test_kruskal_wallis_drawn_agrees_with_exact(monkeypatch):
    monkeypatch.setattr(group_tests, "MOST_ARRANGEMENTS", 5)
    result = kruskal_wallis(VALUES, GROUPS)
    assert result.p == pytest.approx(CASE["kruskal"]["own"]["p_exact_enumeration"], abs=0.005)
    order = np.random.default_rng(1).permutation(len(VALUES))
    assert kruskal_wallis(VALUES[order], GROUPS[order]) == result


@pytest.mark.parametrize("place", [0, 1, 2])
def test_two_groups_equal_wilcoxon_and_cliffs_delta(place):
    expected = CASE["cliff"][place]
    a, b = expected["pair"].split(" vs ")
    both = (a == GROUPS) | (b == GROUPS)
    assert cliffs_delta(VALUES[a == GROUPS], VALUES[b == GROUPS]) == pytest.approx(expected["cliffs_delta"], abs=1e-9)
    assert kruskal_wallis(VALUES[both], GROUPS[both]).p == pytest.approx(expected["wilcoxon_exact_two_sided"], abs=1e-9)


@pytest.mark.parametrize("sizes", list(CASE["smallest_attainable_two_sided_p"]))
def test_smallest_attainable_p_equals_enumeration(sizes):
    small, large = map(int, sizes.split("_vs_"))
    result = kruskal_wallis(np.arange(small + large, dtype=float), np.array(["a"] * small + ["b"] * large))
    assert result.smallest == pytest.approx(CASE["smallest_attainable_two_sided_p"][sizes], abs=1e-12)
    assert result.p == pytest.approx(result.smallest)


def test_smallest_p_with_ties_is_what_following_all_arrangements_gives():
    doubled = np.rint(2 * group_tests.midranks(VALUES)).astype(int)
    ranks, ties = np.unique(doubled, return_counts=True)
    sizes = np.array([int((g == GROUPS).sum()) for g in np.unique(GROUPS)])
    ways = group_tests._rank_sum_ways(ranks, ties, sizes)
    spreads = {sums: sum(s * s / size for s, size in zip(sums, sizes, strict=True)) for sums in ways}
    top = max(spreads.values())
    expected = sum(count for sums, count in ways.items() if spreads[sums] >= top * (1 - 1e-12)) / sum(ways.values())
    assert kruskal_wallis(VALUES, GROUPS).smallest == pytest.approx(expected)


def test_one_group_or_equal_values_have_nothing_to_compare():
    assert kruskal_wallis(VALUES, np.full(len(VALUES), "a")).p == 1
    assert kruskal_wallis(np.ones(5), np.array(list("aabbb"))).p == 1
    assert fisher_freeman_halton(np.array([[3, 4]])).p == 1
    assert points_permutation(np.ones((4, 2)), np.array(list("aabb")))[1].p == 1


def test_permutation_of_ballots_finds_a_planted_difference_and_no_other():
    rng = np.random.default_rng(2)
    points = rng.integers(0, 5, (24, 3)) * 10.0
    groups = np.array(["a"] * 12 + ["b"] * 12)
    points[:12, 1] += 60
    areas, result = points_permutation(points, groups)
    assert areas[1] == result.p < 0.001
    assert min(areas[0], areas[2]) > 0.05
    order = rng.permutation(24)
    assert points_permutation(points[order], groups[order])[0].tolist() == areas.tolist()


def test_raked_and_poststratified_means_equal_r():
    types, wide = SCHOOLS["stype"].to_numpy(str), SCHOOLS["sch.wide"].to_numpy(str)
    stype = {row["stype"]: row["Freq"] for row in WEIGHTS["margins"]["stype"]}
    schoolwide = {row["sch.wide"]: row["Freq"] for row in WEIGHTS["margins"]["sch.wide"]}
    outcomes = SCHOOLS[["api00", "enroll"]].to_numpy(float)
    raked = raked_weights([(types, stype), (wide, schoolwide)])
    assert raked @ outcomes == pytest.approx(WEIGHTS["raked_nofpc"]["mean"], rel=1e-9)
    assert 200 / effective_n(raked) == pytest.approx(WEIGHTS["kish_deff_raked"], abs=1e-9)
    stratified = raked_weights([(types, stype)])
    assert stratified @ outcomes == pytest.approx(WEIGHTS["poststratified_nofpc"]["mean"], rel=1e-9)
    cells = {f"{a} {b}": weight for a, b, weight in zip(types, wide, raked * 6194, strict=True)}
    expected = dict(zip(WEIGHTS["raked_weights"]["cells"], WEIGHTS["raked_weights"]["weight"], strict=True))
    assert cells == pytest.approx(expected, rel=1e-6)


def test_equal_group_mean_and_design_effect_equal_r():
    weights = equal_group_weights(SCHOOLS["stype"].to_numpy(str))
    expected = WEIGHTS["equal_segment"]
    assert weights @ SCHOOLS["api00"] == pytest.approx(expected["formula"]["mean"], abs=1e-6)
    assert 200 / effective_n(weights) == pytest.approx(expected["kish_deff"], abs=1e-9)


def test_equal_group_means_of_invented_ballots_equal_r():
    data = golden_data("g08", "own_points_by_segment.csv")
    weights, own = equal_group_weights(data["q1"].to_numpy(str)), WEIGHTS["own"]
    for area, expected in own["equal_segment_mean"].items():
        assert weights @ data[area] == pytest.approx(expected, abs=1e-6)
    assert effective_n(weights) == pytest.approx(own["n_eff"], abs=1e-9)


def test_targets_nobody_can_meet_are_an_error():
    people = np.array(["a", "a", "b"])
    with pytest.raises(DataError, match="a difference in c"):
        raked_weights([(people, {"a": 0.5, "b": 0.3, "c": 0.2})])
    with pytest.raises(DataError, match="met together"):
        raked_weights([(people, {"a": 0.5, "b": 0.5}), (people, {"a": 0.9, "b": 0.1})])


def orders_gone_through(ranks, ties, sizes):
    """Chance of the largest Kruskal–Wallis statistic, by going through all orders of the groups."""
    people, found = np.repeat(ranks, ties), {}
    for order in permutations(range(len(sizes))):
        ends = np.cumsum([sizes[g] for g in order])
        parts = {g: people[end - sizes[g] : end] for g, end in zip(order, ends, strict=True)}
        table = tuple(tuple(np.count_nonzero(parts[g] == rank) for rank in ranks) for g in range(len(sizes)))
        found[table] = sum(parts[g].sum() ** 2 / sizes[g] for g in parts)
    best = max(found.values())
    ways = sum(
        math.prod(
            math.factorial(t) // math.prod(map(math.factorial, column))
            for t, column in zip(ties, zip(*table, strict=True), strict=True)
        )
        for table, spread in found.items()
        if spread >= best * (1 - 1e-12)
    )
    return ways * math.prod(map(math.factorial, sizes)) / math.factorial(sum(sizes))


@pytest.mark.parametrize("ties", [[11, 9], [3, 1, 8, 5, 3], [1] * 20, [20 - 7, 7], [2, 2, 16]])
@pytest.mark.parametrize("sizes", [[4, 4, 4, 4, 4], [1, 1, 2, 7, 9], [10, 6, 4], [3, 3, 3, 5, 6]])
def test_smallest_p_equals_going_through_all_orders_of_groups(ties, sizes):
    values = np.repeat(np.arange(len(ties), dtype=float), ties)
    doubled = np.rint(2 * group_tests.midranks(values)).astype(int)
    expected = orders_gone_through(np.unique(doubled), ties, sizes)
    assert kruskal_wallis(values, np.repeat(list("abcde")[: len(sizes)], sizes)).smallest == pytest.approx(expected)


@pytest.mark.parametrize(
    ("groups", "categories", "people"), [(9, 10, 90), (30, 2, 20_000), (5, 2, 320), (4, 4, 96), (12, 12, 60)]
)
def test_tables_of_any_size_are_tested_within_bounded_work(groups, categories, people):
    rng = np.random.default_rng(3)
    place, answers = rng.integers(0, groups, people).astype(str), rng.integers(0, categories, people)
    for result in (
        kruskal_wallis(answers.astype(float), place),
        fisher_freeman_halton(contingency(place, answers.astype(str))),
    ):
        assert 0 < result.smallest <= result.p + 1e-12 <= 1 + 1e-9
        assert "exact" in result.method or "permutations, seed" in result.method


def test_drawn_tables_agree_with_shuffled_people(monkeypatch):
    rng = np.random.default_rng(4)
    groups, answers = rng.choice(list("abc"), 300, p=[0.6, 0.3, 0.1]), rng.integers(1, 6, 300)
    answers = np.where((groups == "c") & (rng.random(300) < 0.3), 5, answers)
    table = contingency(groups, answers.astype(str))
    monkeypatch.setattr(group_tests, "MOST_STEPS", 0)
    shuffled = kruskal_wallis(answers * 1.0, groups), fisher_freeman_halton(table)
    monkeypatch.setattr(group_tests, "MOST_PERMUTED", 100)
    assert kruskal_wallis(answers * 1.0, groups).p == pytest.approx(shuffled[0].p, abs=0.006)
    assert fisher_freeman_halton(table).p == pytest.approx(shuffled[1].p, abs=0.006)


def test_points_of_very_many_people_agree_with_permuting_them(monkeypatch):
    rng = np.random.default_rng(5)
    groups = rng.choice(list("abc"), 800)
    points = rng.multinomial(10, [0.3, 0.3, 0.2, 0.2], 800) * 10.0
    points[groups == "a", 0] += rng.integers(0, 4, (groups == "a").sum())
    permuted = points_permutation(points, groups)[0]
    monkeypatch.setattr(group_tests, "MOST_SHUFFLED", 1_000)
    areas, result = points_permutation(points, groups)
    assert areas == pytest.approx(permuted, abs=0.02)
    assert "normal limit" in result.method


def test_cliffs_delta_of_very_many_people_is_the_share_of_pairs():
    x, y = np.arange(200_000) % 7, np.arange(300_000) % 5
    table = np.array([[np.count_nonzero(x == a) * np.count_nonzero(y == b) for b in range(5)] for a in range(7)])
    wins, losses = np.tril(table, -1).sum(), np.triu(table, 1).sum()
    assert cliffs_delta(x * 1.0, y * 1.0) == pytest.approx((wins - losses) / (200_000 * 300_000), abs=1e-12)
