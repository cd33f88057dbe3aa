"""Concordance, coding reliability and consensus against R and published values (cases g05, g06, g09)."""

import math
from itertools import combinations

import numpy as np
import pytest
from measure_tables import golden, golden_data
from scipy.stats import multinomial

from analysis_utils.estimators.judges import bootstrap_alpha, kendall_w, kendall_w_p, tau_b, tau_b_p
from analysis_utils.estimators.scales import (
    agreement_a,
    agreement_of,
    bootstrap_interval,
    consensus,
    consensus_of,
)

SCALES = golden("g09")["cases"]
RANKS = golden_data("g05")


def codes(name: str) -> list[list[object]]:
    frame = golden_data("g06", name).iloc[:, 1:].astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


def alpha(coders: list[list[object]]) -> float:
    """Of coders × units, None where a coder left a unit out."""
    named = sorted({code for own in coders for code in own if code is not None}, key=str)
    tallies = [[unit.count(name) for name in named] for unit in zip(*coders, strict=True)]
    return bootstrap_alpha([np.array(tallies, dtype=float)])[0]


def test_kendall_w_equals_r_and_its_published_value():
    judges = golden_data("g05", "public_anxiety.csv").to_numpy(float).T
    assert kendall_w(judges) == pytest.approx(golden("g05")["anxiety"]["formula"]["W"], abs=1e-9)


def test_three_rankings_have_the_exact_permutation_p():
    expected = golden("g05")["own_three_groups"]
    judges = RANKS[["group1", "group2", "group3"]].to_numpy(float).T
    assert kendall_w(judges) == pytest.approx(expected["formula"]["W"], abs=1e-9)
    assert kendall_w_p(judges) == pytest.approx(expected["p_exact_permutation"], abs=1e-9)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_tau_b_of_a_group_against_the_survey_equals_r(place):
    expected = golden("g05")["own_three_groups"]["tau_b_vs_survey"][place]
    group, survey = RANKS[f"group{place + 1}"].to_numpy(float), RANKS["survey"].to_numpy(float)
    assert tau_b(group, survey) == pytest.approx(expected["tau_b"], abs=1e-9)
    assert tau_b_p(group, survey) == pytest.approx(expected["p_exact_two_sided"], abs=1e-9)


def test_tau_without_ties_equals_cor_test():
    case = golden("g05")["tau_tuna"]
    x, y = np.array(case["x"]), np.array(case["y"])
    assert tau_b(x, y) == pytest.approx(case["tau"], abs=1e-9)
    assert tau_b_p(x, y) == pytest.approx(case["p"], abs=1e-9)


def test_agreement_of_judges_who_tie_everything_is_undefined():
    flat = np.ones((3, 5))
    assert math.isnan(kendall_w(flat)) and math.isnan(kendall_w_p(flat))
    assert math.isnan(tau_b(np.ones(4), np.arange(4.0)))
    assert math.isnan(tau_b_p(np.ones(4), np.arange(4.0)))


def test_agreement_of_too_many_options_has_no_exact_p():
    assert math.isnan(tau_b_p(np.arange(10.0), np.arange(10.0)))
    assert math.isnan(kendall_w_p(np.tile(np.arange(11.0), (3, 1))))


@pytest.mark.parametrize(("name", "case"), [("public_krippendorff_C.csv", "krippendorff_C"), ("data.csv", "own")])
def test_alpha_equals_its_exact_fraction(name, case):
    assert alpha(codes(name)) == pytest.approx(golden("g06")[case]["nominal_exact"], abs=1e-9)


def test_alpha_edges():
    assert math.isnan(alpha([["a", "a"], ["a", "a"]]))
    assert math.isnan(alpha([["a", None], [None, "b"]]))
    assert alpha([["a", "b"], ["a", "b"]]) == 1
    assert alpha([["a", "b"], ["b", "a"]]) == -0.5


@pytest.mark.parametrize("name", list(SCALES))
def test_consensus_and_agreement_equal_the_papers(name):
    case = SCALES[name]
    counts = np.array(case["counts"])
    assert consensus(counts) == pytest.approx(case["consensus_tw"], abs=1e-9)
    assert agreement_a(counts) == pytest.approx(case["agreement_vdE"], abs=1e-9)


def test_evenly_spread_answers_are_no_agreement_but_half_a_consensus():
    assert agreement_a(np.full(10, 3)) == 0
    assert consensus(np.full(10, 3)) == pytest.approx(0.4949, abs=1e-4)


def test_consensus_nobody_answered_is_undefined():
    assert math.isnan(consensus(np.zeros(10, dtype=int))) and math.isnan(agreement_a(np.zeros(10, dtype=int)))
    assert math.isnan(agreement_a(np.array([3, 4])))


@pytest.mark.parametrize("name", ["deck_Q2_assumed25", "deck_Q2_assumed27"])
@pytest.mark.parametrize(("index", "rows"), [(consensus, consensus_of), (agreement_a, agreement_of)])
def test_interval_of_an_index_holds_the_estimate_and_is_the_same_every_time(name, index, rows):
    counts = np.array(SCALES[name]["counts"])
    (low, high), method = bootstrap_interval(counts, rows)
    assert low < index(counts) < high
    assert bootstrap_interval(counts, rows) == ((low, high), method)


@pytest.mark.parametrize("rows", [consensus_of, agreement_of])
def test_no_interval_of_an_index_where_nobody_differs(rows):
    for few in ([0, 5, 0], [0, 1, 0]):
        assert math.isnan(bootstrap_interval(np.array(few), rows)[0][0])
    assert bootstrap_interval(np.array([0, 5, 0]), rows)[1] == "no interval: all answers equal"


@pytest.mark.parametrize(("index", "rows"), [(consensus, consensus_of), (agreement_a, agreement_of)])
def test_interval_of_an_index_has_the_ends_of_the_whole_bootstrap_distribution(index, rows):
    # Every resample of nine answers on a scale of four with its probability, and the index computed one by one.
    counts, n = np.array([1, 4, 1, 3]), 9
    samples = [np.array([a, b, c, n - a - b - c]) for a in range(10) for b in range(10 - a) for c in range(10 - a - b)]
    values = np.array([index(sample) for sample in samples])
    weights = multinomial(n, counts / n).pmf(samples)
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    # With 10,000 draws the share below an end is known to 0.003 (two standard errors).
    lower, upper = (
        [values[order][np.searchsorted(reached, at + off)] for off in (-0.003, 0.003)] for at in (0.025, 0.975)
    )
    (low, high), _ = bootstrap_interval(counts, rows)
    assert lower[0] <= low <= lower[1] + 1e-12 and upper[0] - 1e-12 <= high <= upper[1] + 1e-12


def test_agreement_of_many_distributions_is_that_of_each_by_its_definition():
    rng = np.random.default_rng(5)
    for size in (3, 5, 10, 11, 65):
        counts = rng.multinomial(30, rng.dirichlet(np.ones(size)), size=20 if size < 20 else 2)
        assert agreement_of(counts) == pytest.approx([by_definition(row.tolist()) for row in counts], abs=1e-12)


def by_definition(counts: list[int]) -> float:
    """Van der Eijk 2001, word by word: layer after layer, triple after triple."""
    n, total = sum(counts), 0.0
    while any(counts):
        layer, height = [count > 0 for count in counts], min(count for count in counts if count)
        triples = [tuple(map(layer.__getitem__, places)) for places in combinations(range(len(counts)), 3)]
        unimodal = sum(triple in ((True, True, False), (False, True, True)) for triple in triples)
        bimodal = triples.count((True, False, True))
        k, ones = len(counts), sum(layer)
        u = 1.0 if not unimodal + bimodal else ((k - 2) * unimodal - (k - 1) * bimodal) / (k - 2) / (unimodal + bimodal)
        total += height * ones / n * u * (1 - (ones - 1) / (k - 1))
        counts = [count - height * there for count, there in zip(counts, layer, strict=True)]
    return total
