"""How often a comparison errs: pairs of invented rounds whose true difference is known, judged as reports judge them.

`python tests/compare/error_rates.py [PAIRS]` (`make rates`: a thousand) prints a line per case and fails where one
misses its level or its power by more than chance; the tests run fewer pairs of the same cases.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from multiprocessing import Pool
from types import SimpleNamespace

import numpy as np

from analysis_utils.comparison.words import MEAN, POINTS, SHARE, verdict
from analysis_utils.estimators import group_tests, two_samples
from analysis_utils.estimators.comparison import Counts, points_rows, scale_change_rows, share_rows
from analysis_utils.rounds.round_file import Compare
from analysis_utils.wording.evidence import row_of

SETTINGS = Compare.model_validate({"with": ["r1"]})
DECK = np.array([23, 19, 19, 15, 11, 10, 3.0])
"""Mean points like those of the first round; the last area has few givers."""
ITEMS = [SimpleNamespace(id=f"a{k}") for k in range(len(DECK))]
DRAWN = 2_000
"""Permutations and redrawn rounds in the simulation, for speed; a report uses 10,000."""
PART = 50
"""Pairs a process judges at a time."""
Verdicts = list[tuple[str, float]]
"""Verdict and detectable difference of each compared number."""


@dataclass(frozen=True)
class Case:
    """Pairs drawn by `draw` and judged by `judge`. `wrong`: the verdict that would be false; else the item that truly
    changed, which should be found."""

    name: str
    draw: Callable[[np.random.Generator], tuple]
    judge: Callable[..., Verdicts]
    wrong: str = ""
    changed: int = 0


def ballots(rng, n, means, alike=6.0):
    """Ballots in tens: each person has own shares around the means; the smaller `alike`, the wider they spread."""
    own = rng.dirichlet(np.maximum(alike * means / means.sum(), 1e-9), n)
    return rng.multinomial(10, own) * 10.0


def ratings(rng, n, mean, spread):
    """Answers 1–10 with this mean and about this standard deviation: a beta shape, rounded at random."""
    m, v = (mean - 1) / 9, (spread / 9) ** 2
    size = m * (1 - m) / v - 1
    return np.minimum(10, np.floor(1 + 9 * rng.beta(m * size, (1 - m) * size, n) + rng.random(n)))


def judged(rows, quantity):
    """Verdict and detectable difference per item."""
    names = (quantity.change, quantity.same, quantity.detectable, *quantity.tests)
    found = {}
    for row in rows:
        if row["statistic"] in names:
            own = found.setdefault(row["item"], {})
            own[row["statistic"]] = row_of({**row, "round": "r1..r2", "provenance": "original"})
    kept = [[own[name] for name in names] for own in found.values()]
    return [(verdict(change, tests, same), size.estimate or np.nan) for change, same, size, *tests in kept]


def judge_points(x, y):
    compared = SimpleNamespace(after=SimpleNamespace(id="q", type="points", total=100), items=ITEMS[: x.shape[1]])
    rows = points_rows(compared, x, y, SETTINGS)
    return judged(rows, POINTS)


def judge_first_of_three(x, y):
    return judge_points(x, y)[:1]


def judge_scale(x, y):
    scale = SimpleNamespace(low=1, high=10, top_box=(7, 10))
    compared = SimpleNamespace(
        after=SimpleNamespace(id="q", type="scale"), before=SimpleNamespace(scale=scale), items=()
    )
    return judged(scale_change_rows(compared, x, y, SETTINGS), MEAN)


def judge_shares(first, second):
    """Options with these counts; a single option is judged as a top box is."""
    n1, n2 = first[-1], second[-1]
    options = [
        Counts(f"o{k}", int(a), n1, int(b), n2) for k, (a, b) in enumerate(zip(first[:-1], second[:-1], strict=True))
    ]
    rows = share_rows("q", "share", options, SETTINGS.margins.share)
    return judged(rows, SHARE)


def points_case(name, sizes, shift=(), wrong="changed", alike=(6.0, 6.0), changed=0):
    after = DECK + np.array([*shift, *[0] * (len(DECK) - len(shift))])

    def draw(rng):
        return ballots(rng, sizes[0], DECK, alike[0]), ballots(rng, sizes[1], after, alike[1])

    return Case(f"points, {sizes[0]} and {sizes[1]} ballots, {name}", draw, judge_points, wrong, changed)


def sparse_case(sizes):
    """The first of three areas gets ten points of everybody in one round, fifty of every fifth in the other."""

    def draw(rng):
        moved = 10.0 * rng.choice([-1, 1], (sizes[0], 1)) * [0, 1, -1]
        few = np.where(rng.random((sizes[1], 1)) < 0.2, [50.0, 30, 20], [0.0, 55, 45])
        return np.array([10.0, 50, 40]) + moved, few

    name = "all gave, then few gave more, first area the same"
    return Case(f"points, {sizes[0]} and {sizes[1]} ballots, {name}", draw, judge_first_of_three, "changed")


def scale_case(name, sizes, means, spreads=(2.0, 2.0), wrong="changed"):
    def draw(rng):
        return tuple(ratings(rng, n, mean, sd) for n, mean, sd in zip(sizes, means, spreads, strict=True))

    return Case(f"scale mean, {sizes[0]} and {sizes[1]} answers, {name}", draw, judge_scale, wrong)


def share_case(name, sizes, before, after, wrong="changed"):
    """Options of a single choice with these shares; what is missing to 1 chose something that is not compared."""

    def draw(rng):
        sides = zip(sizes, (before, after), strict=True)
        return tuple([*rng.multinomial(n, np.maximum(0, [*shares, 1 - sum(shares)]))[:-1], n] for n, shares in sides)

    kind = "top box" if len(before) == 1 else f"{len(before)} options"
    return Case(f"{kind}, {sizes[0]} and {sizes[1]} answers, {name}", draw, judge_shares, wrong)


SIZES = ((34, 30), (29, 30))
MARGINS = SETTINGS.margins
OPTIONS = (0.5, 0.3, 0.2)


def level_cases() -> Iterator[Case]:
    """Cases without a change (none may be called changed), and with one as large as the margin (not unchanged)."""
    for sizes in (*SIZES, (40, 15)):
        yield points_case("nothing changed", sizes)
        yield scale_case("nothing changed", sizes, (7, 7))
        yield share_case("nothing changed", sizes, (0.74,), (0.74,))
        yield share_case("nothing changed", sizes, (0.5, 0.3, 0.2), (0.5, 0.3, 0.2))
    yield points_case("same means, other spread", (34, 30), alike=(2.0, 20.0))
    yield points_case("same means, other spread", (40, 15), alike=(20.0, 2.0))
    yield scale_case("same means, other spread", (29, 30), (7, 7), (1.2, 3.0))
    yield scale_case("same means, other spread", (40, 15), (7, 7), (1.2, 3.0))
    yield scale_case("near the upper end", (34, 30), (9.3, 9.3), (1.0, 1.0))
    for sizes in (*SIZES, (40, 15)):
        yield sparse_case(sizes)
    m = MARGINS.mean_points
    for sizes in (*SIZES, (120, 110)):
        yield points_case("changed by the margin", sizes, (m, -m), "unchanged", (12.0, 12.0))
        yield points_case("few givers, changed by the margin", sizes, (-m, 0, 0, 0, 0, 0, m), "unchanged")
        yield scale_case("changed by the margin", sizes, (7, 8), (1.2, 1.2), "unchanged")
        for spread in (1.5, 2.0, 2.6):
            name = f"changed by the margin, near the end, spread {spread}"
            yield scale_case(name, sizes, (9.7, 8.7), (0.6, spread), "unchanged")
    for sizes in (*SIZES, (150, 140), (280, 290)):
        yield share_case("changed by the margin", sizes, (0.9,), (0.8,), "unchanged")
        yield share_case("changed by the margin", sizes, (0.6, 0.3, 0.1), (0.5, 0.4, 0.1), "unchanged")


def promising(sizes) -> dict[str, Case]:
    """Cases without a change whose promised detectable differences are put to the test."""
    return {
        "points": points_case("", sizes),
        "points, other spread": points_case("", sizes, alike=(2.0, 20.0)),
        "scale": scale_case("", sizes, (7, 7)),
        "scale, wider": scale_case("", sizes, (7, 7), (1.2, 2.8)),
        "scale, narrower": scale_case("", sizes, (7, 7), (2.8, 1.2)),
        "top box": share_case("", sizes, (0.5,), (0.5,)),
        "high top box": share_case("", sizes, (0.74,), (0.74,)),
        "options": share_case("", sizes, OPTIONS, OPTIONS),
    }


def power_cases(promised: dict[str, float]) -> Iterator[Case]:
    """One thing changed by what the comparison promises to find, upwards and downwards."""
    for sizes in (sizes for sizes in SIZES if f"points {sizes}" in promised):
        size = {kind: promised[f"{kind} {sizes}"] for kind in promising(sizes)}
        for way in (1, -1):
            d = max(way * size["points"], -DECK[0])  # at most, all of it is gone
            yield points_case(f"changed by {d:+.1f}", sizes, (d, -d / 3, -d / 3, -d / 3), "")
            d = way * size["scale"]
            yield scale_case(f"changed by {d:+.2f}", sizes, (7, 7 + d), wrong="")
            d = way * size["scale, narrower"]
            yield scale_case(f"then narrower, changed by {d:+.2f}", sizes, (7, 7 + d), (2.8, 1.2), "")
            d = way * size["top box"]
            yield share_case(f"changed by {d:+.2f}", sizes, (0.5,), (0.5 + d,), "")
            d = way * size["options"]
            others = (1 - OPTIONS[0] - d) / (1 - OPTIONS[0])
            after = (OPTIONS[0] + d, *[share * others for share in OPTIONS[1:]])
            yield share_case(f"first changed by {d:+.2f}", sizes, OPTIONS, after, "")
        d = size["points, other spread"]  # more than could be lost
        shift = (d, -d / 3, -d / 3, -d / 3)
        yield points_case(f"other spread, changed by {d:+.1f}", sizes, shift, "", (2.0, 20.0))
        d = -size["scale, wider"]  # so wide an answer has no room above
        yield scale_case(f"then wider, changed by {d:+.2f}", sizes, (7, 7 + d), (1.2, 2.8), "")
        d = -size["high top box"]
        yield share_case(f"changed by {d:+.2f}", sizes, (0.74,), (0.74 + d,), "")


def promises(pairs: int, all_sizes=SIZES) -> dict[str, float]:
    """What the comparison says it could find, on average over pairs without a change."""
    found = {}
    for sizes in all_sizes:
        for kind, case in promising(sizes).items():
            rng = np.random.default_rng(5)
            found[f"{kind} {sizes}"] = float(np.mean([case.judge(*case.draw(rng))[0][1] for _ in range(pairs)]))
    return found


def rate(case: Case, pairs: int, *, seed: int = 7) -> float:
    """Share of pairs in which a verdict is wrong, or in which the item that changed is found."""
    return hits(case, pairs, seed=seed) / pairs


def hits(case: Case, pairs: int, *, seed: int) -> int:
    rng, found = np.random.default_rng(seed), 0
    for _ in range(pairs):
        told = [verdict for verdict, _ in case.judge(*case.draw(rng))]
        found += _is_wrong(case, told) if case.wrong else told[case.changed] == "changed"
    return found


def _is_wrong(case: Case, told: list[str]) -> bool:
    """In a case at the margin only what truly changed can be wrongly called unchanged."""
    if case.wrong == "changed":
        return "changed" in told
    if case.judge is judge_points:
        return any(told[k] == "unchanged" for k in ((0, 6) if "few givers" in case.name else (0, 1)))
    return "unchanged" in told[:2]


def quick() -> None:
    """Draw less, so that thousands of pairs can be judged."""
    two_samples.REDRAWN = group_tests.PERMUTATIONS = DRAWN


@cache
def all_cases(promised: tuple[tuple[str, float], ...]) -> list[Case]:
    return [*level_cases(), *power_cases(dict(promised))]


def _part(task: tuple[int, int, int, tuple[tuple[str, float], ...]]) -> tuple[int, int]:
    """Case number and hits among the pairs of one part, drawn by a seed of its own."""
    number, part, pairs, promised = task
    return number, hits(all_cases(promised)[number], pairs, seed=1_000 * number + part)


def main(pairs: int) -> int:
    quick()
    promised = tuple(promises(200).items())
    cases, parts, missed = all_cases(promised), max(1, pairs // PART), 0
    tasks = [(number, part, pairs // parts, promised) for number in range(len(cases)) for part in range(parts)]
    with Pool(initializer=quick) as pool:
        for number, found in groupby(pool.imap(_part, tasks), key=lambda told: told[0]):
            case, judged = cases[number], parts * (pairs // parts)
            share, wanted = sum(count for _, count in found) / judged, 0.05 if case.wrong else 0.8
            error = (wanted * (1 - wanted) / judged) ** 0.5
            is_missed = share > wanted + 2.5 * error if case.wrong else share < wanted - 2.5 * error
            missed += is_missed
            told = f"falsely {case.wrong}" if case.wrong else "found"
            print(f"| {case.name} | {told} | {share:.3f} |{' MISSED' if is_missed else ''}", flush=True)
    print(f"{len(cases)} cases, {missed} missed (2.5 Monte Carlo errors allowed)")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
