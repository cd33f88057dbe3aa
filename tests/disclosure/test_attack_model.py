"""Ranges of sums of whole numbers against trying out all of them."""

import math
from itertools import product

import numpy as np
import pytest

from analysis_utils.measure.attack_model import Unknowns


@pytest.fixture(scope="module", params=range(25))
def system(request):
    """A few whole numbers with sums that have been published; and all their values that fit."""
    rng = np.random.default_rng(request.param)
    upper = rng.integers(1, 5, 5)
    factors = rng.choice([0, 0, 1, 1, 2, -1, 0.5], size=(3, 5))
    truth = rng.integers(0, upper + 1)
    unknowns = Unknowns()
    for bound in upper:
        unknowns.add(float(bound))
    for row in factors:
        unknowns.equal(dict(enumerate(row.tolist())), float(row @ truth))
    every = np.array(list(product(*(range(bound + 1) for bound in upper))))
    return unknowns, every[(np.abs(every @ factors.T - factors @ truth) < 1e-9).all(axis=1)]


def test_range_is_that_of_all_values_that_fit(system):
    unknowns, fitting = system
    for place in range(5):
        assert unknowns.range({place: 1.0}) == (fitting[:, place].min(), fitting[:, place].max())
    sums = fitting @ np.array([1, 0, 2, 0, -1])
    assert unknowns.range({0: 1.0, 2: 2.0, 4: -1.0}) == (sums.min(), sums.max())


def test_range_that_is_wide_enough_is_attained_and_a_narrower_one_exact(system):
    unknowns, fitting = system
    for place, enough in product(range(5), (1.0, 2.0)):
        low, high = unknowns.range({place: 1.0}, enough=enough)
        ends = (fitting[:, place].min(), fitting[:, place].max())
        assert {low, high} <= set(fitting[:, place].tolist())
        assert (low, high) == ends or high - low >= enough


def test_contradiction_has_no_range():
    unknowns = Unknowns()
    place = unknowns.add(3)
    unknowns.equal({place: 2.0}, 3.0)
    assert all(math.isnan(end) for end in unknowns.range({place: 1.0}))
