"""How far the coders of the group notes agree: per code, overall, and in the stances of codes they share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from ..contracts import STANCES
from ..round_file import NOTES
from .intervals import Floats
from .rows import NO_INTERVAL, SEED, Interval, Row, estimate_row

DRAWS = 2_000
FEWEST_STATEMENTS = 10
"""With fewer statements coded by two coders, no interval is given."""

Decisions = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Statement → coder → code → stance. A coder who found that no code fits has an empty mapping."""


def agreement_rows(decisions: Decisions, codes: list[str]) -> list[Row]:
    """`coding_alpha` and `coding_agreement` overall and per code that somebody gave, and `stance_alpha`.

    A decision is one coder's yes or no to one code on one statement; coders who have not coded a statement are
    missing there. Statements that fewer than two coders coded do not count; without any there are no rows.
    """
    shared = [list(by_coder.values()) for by_coder in decisions.values() if len(by_coder) > 1]
    if not shared:
        return []
    used = [code for code in codes if any(code in own for coders in shared for own in coders)]
    per_code = {
        code: np.array([_tally([code in own for own in coders], [False, True]) for coders in shared]) for code in used
    }
    rows: list[Row] = []
    for item, tallies in {"": list(per_code.values()), **{code: [one] for code, one in per_code.items()}}.items():
        if tallies:
            rows += _rows(item, tallies, len(shared))
    return rows + _stance_rows(shared)


def _tally(values: list, categories: list) -> list[int]:
    return [values.count(category) for category in categories]


def _rows(item: str, tallies: list[Floats], n: int) -> list[Row]:
    alpha, interval, method = bootstrap_alpha(tallies)
    counts = np.concatenate(tallies)
    size = counts.sum(axis=1)
    pairs, equal = size * (size - 1), (counts * (counts - 1)).sum(axis=1)
    return [
        estimate_row(NOTES, "coding_alpha", alpha, item=item, interval=interval, n=n, method=method),
        estimate_row(
            NOTES, "coding_agreement", float(equal.sum() / pairs.sum()), item=item, n=n, method="pairs of coders"
        ),
    ]


def _stance_rows(shared: list[list[Mapping[str, str]]]) -> list[Row]:
    """Units are codes that two or more coders gave the same statement; statements are resampled whole."""
    units = []
    for coders in shared:
        codes = sorted({code for own in coders for code in own})
        tallies = [_tally([own[code] for own in coders if own.get(code)], [*STANCES]) for code in codes]
        kept = [tally for tally in tallies if sum(tally) > 1]
        if kept:
            units.append(np.array(kept))
    if not units:
        return []
    deepest = max(len(unit) for unit in units)
    padded = [np.vstack([unit, np.zeros((deepest - len(unit), len(STANCES)), dtype=int)]) for unit in units]
    alpha, interval, method = bootstrap_alpha([np.array(layer) for layer in zip(*padded, strict=True)])
    n = sum(len(unit) for unit in units)
    return [estimate_row(NOTES, "stance_alpha", alpha, interval=interval, n=n, method=method)]


def bootstrap_alpha(tallies: list[Floats]) -> tuple[float, Interval, str]:
    """Krippendorff's nominal alpha of several decisions per statement, and a percentile interval over statements.

    Parameters: `tallies`, one array per decision, statements × categories: how many coders chose the category. Units
    with fewer than two choices are left out. Only one category chosen: nan, undefined. Source: Krippendorff 2011.
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
    lost = f", {DRAWS - len(defined)} of them undefined" if len(defined) < DRAWS else ""
    return alpha, (low, high), f"bootstrap over statements, {DRAWS} draws, seed {SEED}{lost}"


@lru_cache(maxsize=2)
def _drawn_weights(n: int) -> Floats:
    """How often each of n statements is drawn, draws × statements: the same for every code."""
    weights = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=DRAWS).astype(np.float64)
    weights.setflags(write=False)
    return weights


def _alphas(weights: Floats, disagreement: Floats, totals: Floats) -> Floats:
    """Alpha of each row of weights; nan where only one category is left."""
    chosen = weights @ totals
    n = chosen.sum(axis=1)
    expected = (n**2 - (chosen**2).sum(axis=1)) / np.maximum(n - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (weights @ disagreement) / expected, np.nan)
