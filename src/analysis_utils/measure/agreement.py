"""How far several judges agree: rank correlation, concordance of rankings, and reliability of coding."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import combinations, permutations

import numpy as np

from .intervals import Floats, Integers

MOST_ORDERS = 3_000_000
"""Up to so many joint orders Kendall's W is compared with all of them."""


def tau_b(x: Floats, y: Floats) -> float:
    """Kendall's tau-b of two score vectors; ties allowed. nan where one of them ties everything, or fewer than two
    pairs of scores are given. Source: Kendall 1945; same value as scipy.stats.kendalltau."""
    first, second = np.triu_indices(len(x), 1)
    a, b = np.sign(x[first] - x[second]), np.sign(y[first] - y[second])
    scale = math.sqrt(float((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else math.nan


def tau_b_p(x: Floats, y: Floats) -> float:
    """Exact two-sided permutation p of tau-b: share of the orders of y with |tau-b| ≥ |observed|.

    All n! orders, for up to nine scores. Raises: ValueError for more; nan where tau-b is undefined.
    """
    if len(x) > 9:
        raise ValueError(f"tau_b_p: expected at most nine scores, saw {len(x)}; use scipy.stats.kendalltau.")
    first, second = np.triu_indices(len(x), 1)
    orders = np.array(list(permutations(range(len(y)))))
    a, signs = np.sign(x[first] - x[second]), np.sign(y[:, None] - y[None, :])
    if not a.any() or not signs.any():
        return math.nan
    statistics = np.abs(signs[orders[:, first], orders[:, second]] @ a)
    return float(np.mean(statistics >= abs(statistics[0]) - 1e-9))


def midranks(scores: Floats) -> Floats:
    """Rank 1 for the smallest score; equal scores share the middle of their ranks."""
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def kendall_w(rankings: Floats) -> float:
    """Kendall's coefficient of concordance with correction for ties.

    Parameters: `rankings`, judges × options, ranks or scores (only their order counts). Options some judge did not
    rank are left out beforehand, never put last. 1: all judges agree. nan where every judge ties everything.
    Source: Kendall & Babington Smith 1939; R irr::kendall(correct = TRUE).
    """
    ranks = np.array([midranks(row) for row in np.asarray(rankings, dtype=np.float64)])
    judges, options = ranks.shape
    ties = sum(size**3 - size for row in ranks for size in Counter(row.tolist()).values())
    spread = float(((ranks.sum(axis=0) - judges * (options + 1) / 2) ** 2).sum())
    full = judges**2 * (options**3 - options) - judges * ties
    return 12 * spread / full if full else math.nan


def kendall_w_p(rankings: Floats) -> float:
    """Exact permutation p of Kendall's W: share of the judges' joint orders with W ≥ observed.

    The sums of ranks are followed judge by judge (the first judge's order may be held), as counts of distinct sum
    vectors. Raises: ValueError where they become too many; the chi-square approximation is wrong for few judges.
    """
    ranks = np.rint(2 * np.array([midranks(row) for row in np.asarray(rankings, dtype=np.float64)])).astype(np.int64)
    if math.isnan(kendall_w(rankings)):
        return math.nan
    sums, weights = ranks[:1], np.ones(1)
    for row in ranks[1:]:
        ties = math.prod(math.factorial(size) for size in Counter(row.tolist()).values())
        joint_orders = len(sums) * (math.factorial(len(row)) // ties)
        if joint_orders > MOST_ORDERS:
            raise ValueError(f"kendall_w_p: expected at most {MOST_ORDERS} joint orders, saw {joint_orders}.")
        orders = _distinct_orders(row.tolist())
        joint = (sums[:, None, :] + orders[None, :, :]).reshape(-1, ranks.shape[1])
        # Only the multiset of sums matters from here on when the orders that follow are all permutations of a row.
        sums, place = np.unique(np.sort(joint, axis=1), axis=0, return_inverse=True)
        weights = np.bincount(place.ravel(), weights=np.repeat(weights, len(orders))).astype(np.float64)
    spread = ((sums - sums.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    observed_sums = ranks.sum(axis=0)
    observed = float(((observed_sums - observed_sums.mean()) ** 2).sum())
    return float(weights[spread >= observed - 1e-9].sum() / weights.sum())


def _distinct_orders(values: Sequence[int]) -> Integers:
    """Every different order of the values, one a row: equal values are not told apart."""
    orders = np.empty((1, 0), dtype=np.int64)
    for value, times in Counter(values).items():
        size, wider = orders.shape[1] + times, []
        for places in combinations(range(size), times):
            added = np.full((len(orders), size), value)
            added[:, np.setdiff1d(np.arange(size), places)] = orders
            wider.append(added)
        orders = np.concatenate(wider)
    return orders


def krippendorff_alpha(codes: Sequence[Sequence[Hashable | None]]) -> float:
    """Krippendorff's alpha for nominal codes, missing values allowed.

    Parameters: `codes`, coders × units, None where a coder did not code a unit. Units with fewer than two codes are
    left out. 1: perfect agreement; 0: as by chance. nan where only one category occurs or nothing can be paired: then
    alpha is undefined, not perfect. Source: Krippendorff 2011.
    """
    totals: Counter[Hashable] = Counter()
    disagreeing = 0.0
    for unit in zip(*codes, strict=True):
        seen = Counter(code for code in unit if code is not None)
        size = sum(seen.values())
        if size < 2:
            continue
        totals.update(seen)
        disagreeing += (size * size - sum(count**2 for count in seen.values())) / (size - 1)
    n = sum(totals.values())
    expected = (n * n - sum(count**2 for count in totals.values())) / (n - 1) if n > 1 else 0.0
    return 1 - disagreeing / expected if expected else math.nan
