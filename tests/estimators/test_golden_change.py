"""Two rounds compared, against R and published values (case g11)."""

import math

import numpy as np
import pytest
from measure_tables import golden, golden_data

from analysis_utils.estimators.comparison import Counts, share_rows
from analysis_utils.estimators.two_samples import (
    newcombe_interval,
    overlap_error,
    permutation_p,
    share_permutation_p,
    welch,
)

CASE = golden("g11")
DATA = golden_data("g11")
FIRST, SECOND = (DATA[DATA["round"] == number]["score"].to_numpy(float) for number in (1, 2))


@pytest.mark.parametrize("name", list(CASE["newcombe_method10"]))
def test_difference_of_shares_equals_newcombe(name):
    case = CASE["newcombe_method10"][name]
    counts = [case[key] for key in ("x1", "n1", "x2", "n2")]
    assert newcombe_interval(*counts) == pytest.approx(case["ci95"], abs=1e-9)
    assert newcombe_interval(*counts, level=0.9) == pytest.approx(case["ci90"], abs=1e-9)


def test_permutation_p_of_two_rounds_is_exact():
    expected = CASE["own"]["permutation_exact_dp"]
    assert permutation_p(FIRST, SECOND) == pytest.approx(expected, abs=1e-9)
    assert permutation_p(SECOND, FIRST) == pytest.approx(expected, abs=1e-9)


def test_change_and_equivalence_equal_r():
    result, own = welch(FIRST, SECOND), CASE["own"]
    assert result.interval() == pytest.approx(own["welch_ci95"], abs=1e-9)
    for name in ("tost1", "tost2"):
        assert result.interval(level=0.9) == pytest.approx(own[name]["ci90"], abs=1e-9)
        assert result.equivalence_p(own[name]["margin"]) == pytest.approx(own[name]["p_tost"], abs=1e-9)


def test_error_under_overlap_equals_the_formula():
    case = CASE["overlap_se"]
    sample = case["sd1"], case["n1"], case["sd2"], case["n2"]
    for key, both, correlation in [
        ("se_indep", 0, 0.0),
        ("k15_rho_0.5", 15, 0.5),
        ("k15_rho_1", 15, 1.0),
        ("k20_rho_0.7", 20, 0.7),
        ("k20_rho_minus1", 20, -1.0),
    ]:
        assert overlap_error(*sample, both=both, correlation=correlation) == pytest.approx(case[key], abs=1e-9)


def test_rounds_without_answers_or_spread_are_refused():
    assert math.isnan(newcombe_interval(0, 0, 3, 5)[0])
    with pytest.raises(ValueError, match="saw 0"):
        permutation_p(np.array([]), np.array([]))
    assert welch(np.ones(4), np.ones(4)) is None
    assert permutation_p(np.array([7.0, 7.0]), np.array([7.0])) == 1


def test_yes_and_no_are_one_hypothesis_and_their_p_is_not_doubled():
    yes, no = Counts("yes", 10, 30, 20, 32), Counts("no", 20, 30, 12, 32)
    found = {(row["statistic"], row["item"]): row for row in share_rows("q", "share", [yes, no], 0.1)}
    alone = share_permutation_p(10, 30, 20, 32)
    for item in ("yes", "no"):
        assert found["change_p_share", item]["estimate"] == pytest.approx(alone)
        assert "one hypothesis" in found["change_p_share", item]["method"]
    assert found["equivalence_p_share", "yes"]["estimate"] == pytest.approx(
        found["equivalence_p_share", "no"]["estimate"]
    )


def test_two_options_of_three_are_two_hypotheses():
    options = [Counts("a", 10, 30, 20, 32), Counts("b", 15, 30, 8, 32)]
    found = {(row["statistic"], row["item"]): row["estimate"] for row in share_rows("q", "share", options, 0.1)}
    assert found["change_p_share", "a"] == pytest.approx(2 * share_permutation_p(10, 30, 20, 32))
