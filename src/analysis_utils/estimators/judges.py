"""How far several judges agree: rank correlation, concordance of rankings, and reliability of coding."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from itertools import combinations, permutations

import numpy as np

from ..contracts import STANCES
from ..rounds import NOTES
from .intervals import Floats
from .rows import NO_INTERVAL, SEED, Interval, Row, estimate_row

MOST_ORDERS = 3_000_000
"""Up to so many joint orders Kendall's W is compared with all of them."""


def tau_b(x: Floats, y: Floats) -> float:
    """Kendall's tau-b of two score vectors; ties allowed. nan where one of them ties everything, or fewer than two
    pairs of scores are given. Source: Kendall 1945; same value as scipy.stats.kendalltau.

    Statistics (Points: does the order survive?):
    - `rule_tau_b`: Kendall's tau-b between the scores of two rules (item `rule|rule`). Awkward: a rule that ties all
      areas: undefined. Source: [Kendall]. Case: g05, g10.
    Statistics (Group notes):
    - `group_tau_b`: tau-b of a group's order and the poll's mean points, on the areas both have; n: these areas.
      Awkward: all tied: undefined; fewer than two: no row. Source: [Kendall]. Case: g05.
    """
    first, second = np.triu_indices(len(x), 1)
    a, b = np.sign(x[first] - x[second]), np.sign(y[first] - y[second])
    scale = math.sqrt(float((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else math.nan


def tau_b_p(x: Floats, y: Floats) -> float:
    """Exact two-sided permutation p of tau-b: share of the orders of y with |tau-b| ≥ |observed|.

    All n! orders, for up to nine scores; nan for more, and where tau-b is undefined.

    Statistics (Group notes):
    - `group_tau_b_p`: exact permutation p of it (up to nine areas). Awkward: more than nine areas: not computed.
      Source: [Kendall]. Case: g05.
    """
    first, second = np.triu_indices(len(x), 1)
    a, signs = np.sign(x[first] - x[second]), np.sign(y[:, None] - y[None, :])
    if len(x) > 9 or not a.any() or not signs.any():
        return math.nan
    orders = np.array(list(permutations(range(len(y)))))
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

    Statistics (Group notes):
    - `kendall_w`: concordance of the groups' orders, tie-corrected, on the areas all groups ranked; n: these areas.
      Awkward: all tied: undefined. Source: [KendallW]. Case: g05.
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
    vectors. nan where W is undefined, or they become too many; the chi-square approximation is wrong for few judges.

    Statistics (Group notes):
    - `kendall_w_p`: exact permutation p (the chi-square approximation is wrong for three groups: 0.019 for 0.0007).
      Awkward: too many joint orders: not computed. Source: [KendallW]. Case: g05.
    """
    ranks = np.rint(2 * np.array([midranks(row) for row in np.asarray(rankings, dtype=np.float64)])).astype(np.int64)
    if math.isnan(kendall_w(rankings)):
        return math.nan
    sums, weights = ranks[:1], np.ones(1)
    for row in ranks[1:]:
        ties = math.prod(math.factorial(size) for size in Counter(row.tolist()).values())
        if len(sums) * (math.factorial(len(row)) // ties) > MOST_ORDERS:
            return math.nan
        orders = np.empty((1, 0), dtype=np.int64)  # every different order: equal ranks are not told apart
        for value, times in Counter(row.tolist()).items():
            size, wider = orders.shape[1] + times, []
            for places in combinations(range(size), times):
                added = np.full((len(orders), size), value)
                added[:, np.setdiff1d(np.arange(size), places)] = orders
                wider.append(added)
            orders = np.concatenate(wider)
        joint = (sums[:, None, :] + orders[None, :, :]).reshape(-1, ranks.shape[1])
        # Only the multiset of sums matters from here on when the orders that follow are all permutations of a row.
        sums, place = np.unique(np.sort(joint, axis=1), axis=0, return_inverse=True)
        weights = np.bincount(place.ravel(), weights=np.repeat(weights, len(orders))).astype(np.float64)
    spread = ((sums - sums.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    observed = ranks.sum(axis=0)
    reached = spread >= float(((observed - observed.mean()) ** 2).sum()) - 1e-9
    return float(weights[reached].sum() / weights.sum())


ALPHA_DRAWS = 2_000
FEWEST_STATEMENTS = 10
"""With fewer statements coded by two coders, no interval is given."""

Decisions = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Statement → coder → code → stance. A coder who found that no code fits has an empty mapping."""


def coding_rows(decisions: Decisions, codes: list[str]) -> list[Row]:
    """`coding_alpha` and `coding_agreement` overall and per code that somebody gave, and `stance_alpha`.

    A decision is one coder's yes or no to one code on one statement; coders who have not coded a statement are
    missing there. Statements that fewer than two coders coded do not count; without any there are no rows. Of stances
    the units are codes that two or more coders gave the same statement; statements are resampled whole.

    Statistics (Group notes):
    - `coding_agreement`: share of pairs of coders with the same yes or no; high wherever a code is rare, so read it
      beside alpha. Case: hand-counted.
    """
    shared = [list(by_coder.values()) for by_coder in decisions.values() if len(by_coder) > 1]
    used = [code for code in codes if any(code in own for coders in shared for own in coders)]
    yes = {
        code: np.array([_tally([code in own for own in coders], (False, True)) for coders in shared]) for code in used
    }
    rows: list[Row] = []
    for item, tallies in {"": list(yes.values()), **{code: [one] for code, one in yes.items()}}.items():
        if tallies:
            row = partial(estimate_row, NOTES, item=item, n=len(shared))
            alpha, interval, method = bootstrap_alpha(tallies)
            counts = np.concatenate(tallies)
            size = counts.sum(axis=1)
            equal = float((counts * (counts - 1)).sum() / (size * (size - 1)).sum())
            rows.append(row("coding_alpha", alpha, interval=interval, method=method))
            rows.append(row("coding_agreement", equal, method="pairs of coders"))
    units = []
    for coders in shared:
        given = sorted({code for own in coders for code in own})
        chosen = [_tally([own[code] for own in coders if own.get(code)], STANCES) for code in given]
        units.append(np.array([tally for tally in chosen if sum(tally) > 1], dtype=int).reshape(-1, len(STANCES)))
    units = [unit for unit in units if len(unit)]
    if units:
        deepest = max(map(len, units))
        padded = np.array([np.pad(unit, ((0, deepest - len(unit)), (0, 0))) for unit in units])
        alpha, interval, method = bootstrap_alpha(list(padded.transpose(1, 0, 2)))
        n = sum(map(len, units))
        rows.append(estimate_row(NOTES, "stance_alpha", alpha, interval=interval, n=n, method=method))
    return rows


def _tally(values: list, categories: Sequence) -> list[int]:
    return [values.count(category) for category in categories]


def bootstrap_alpha(tallies: list[Floats]) -> tuple[float, Interval, str]:
    """Krippendorff's nominal alpha of several decisions per statement, and a percentile interval over statements.

    Parameters: `tallies`, one array per decision, statements × categories: how many coders chose the category. Units
    with fewer than two choices are left out. Only one category chosen: nan, undefined. Source: Krippendorff 2011.

    Statistics (Group notes):
    - `coding_alpha`: Krippendorff's alpha, nominal: each coder's yes or no to the code on each statement; without item:
      all codes that somebody gave, pooled; n: statements coded by two or more. Interval: percentile bootstrap over
      statements, 2,000 draws. Awkward: one category only: undefined, not perfect; all agree, or fewer than ten
      statements: no interval; a coder who has not coded a statement is missing there. Source: [Krippendorff]. Case:
      g06.
    - `stance_alpha`: Krippendorff's alpha of the stances, over codes that two or more coders gave the same statement;
      n: such codes. Interval: as `coding_alpha`. Awkward: as `coding_alpha`. Source: [Krippendorff]. Case: g06.
    """
    disagreement = np.zeros(len(tallies[0]))
    totals = np.zeros((len(tallies[0]), tallies[0].shape[1]))
    for tally in tallies:
        size = tally.sum(axis=1)
        pairable = np.where((size > 1)[:, None], tally, 0)
        divisor = np.maximum(size - 1, 1)
        disagreement += (pairable.sum(axis=1) ** 2 - (pairable**2).sum(axis=1)) / divisor
        totals += pairable
    alpha = float(_alphas(np.ones((1, len(totals))), disagreement, totals)[0])
    if math.isnan(alpha):
        return alpha, NO_INTERVAL, "undefined: only one category was chosen"
    if len(totals) < FEWEST_STATEMENTS:
        return alpha, NO_INTERVAL, f"no interval: fewer than {FEWEST_STATEMENTS} statements"
    if disagreement.sum() == 0:
        return alpha, NO_INTERVAL, "no interval: all coders agree"
    drawn = _alphas(_drawn_weights(len(totals)), disagreement, totals)
    defined = drawn[~np.isnan(drawn)]
    low, high = np.quantile(defined, [0.025, 0.975]).tolist()
    lost = f", {ALPHA_DRAWS - len(defined)} of them undefined" if len(defined) < ALPHA_DRAWS else ""
    return alpha, (low, high), f"bootstrap over statements, {ALPHA_DRAWS} draws, seed {SEED}{lost}"


@lru_cache(maxsize=2)
def _drawn_weights(n: int) -> Floats:
    """How often each of n statements is drawn, draws × statements: the same for every code."""
    return np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=ALPHA_DRAWS).astype(np.float64)


def _alphas(weights: Floats, disagreement: Floats, totals: Floats) -> Floats:
    """Alpha of each row of weights; nan where only one category is left."""
    chosen = weights @ totals
    n = chosen.sum(axis=1)
    expected = (n**2 - (chosen**2).sum(axis=1)) / np.maximum(n - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (weights @ disagreement) / expected, np.nan)
