"""Rules of disclosure side by side on the same random rounds: `python tests/disclosure/compare_rules.py`.

Prints the table of docs/decisions.md: numbers shown, and what a reader of all files who has the program can narrow.
Rounds have 2–4 groups of 6–16 people and one question of three classes; 6 % of the people skip it. The reader knows how
many people of each shown class answered and what all together said.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import product

import numpy as np

from cell_guard import Cut, Rule, coarsen, merge


def rounds(count: int, seed: int = 20):
    """Per round: people per group, how many of them answered, and groups × classes of what they said."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        people = rng.integers(6, 17, rng.integers(2, 5))
        asked = rng.binomial(people, 0.94)
        shares = rng.dirichlet([1.5, 2.0, 3.0])
        yield people, asked, np.array([rng.multinomial(n, shares) for n in asked])


def decided(people: np.ndarray, asked: np.ndarray, base: int) -> Cut:
    rule = Rule(base)
    sizes, answered = ({str(group): int(n) for group, n in enumerate(of)} for of in (people, asked))
    return coarsen(merge(sizes, rule), answered, rule)


def shown_table(cut: Cut, counts: np.ndarray) -> np.ndarray:
    return np.array([sum(counts[int(g)] for g, at in cut.shown_in.items() if at == name) for name in cut.shown])


def as_interval(count: int, n: int) -> tuple[int, int]:
    return (0, min(2, n)) if count <= 2 else (max(3, n - 2), n) if count >= n - 2 else (count, count)


def rounded(count: int) -> int:
    return 5 * round(count / 5)


def as_rounded(count: int, n: int) -> tuple[int, int]:
    return max(0, rounded(count) - 2), min(n, rounded(count) + 2)


NOISE = (-2, -1, -1, 0, 0, 0, 0, 1, 1, 2)
"""What a cell key chooses from: mean 0, variance 1.2."""


def noise(cell: object, key: str = "key of this round") -> int:
    digest = blake2b(repr(cell).encode(), key=key.encode(), digest_size=8).digest()
    return NOISE[int.from_bytes(digest) % len(NOISE)]


def perturbed(count: int, n: int, by: int) -> int:
    """An answer that nobody gave stays one; no count leaves what is possible."""
    return min(n, max(0, count + by)) if count else 0


def behind_noise(count: int, n: int, own: int, known: tuple[int, ...]) -> tuple[int, int]:
    """Counts behind a shown one for a reader who knows that the noise is one of `known`; `own` is what it is."""
    shown = perturbed(count, n, own)
    able = [one for one in range(n + 1) if any(perturbed(one, n, by) == shown for by in known)]
    return able[0], able[-1]


Spans = list[list[tuple[int, int]]]


def spans_of(table: np.ndarray, coarse) -> Spans:
    """What a reader sees of each cell by itself; `coarse` takes its count, its row's people, and its place."""
    return [[coarse(int(c), int(row.sum()), (g, at)) for at, c in enumerate(row)] for g, row in enumerate(table)]


def values_left(table: np.ndarray, spans: Spans) -> list[int]:
    """How many values each cell could have beside the totals of all together and of the segments."""
    rows = [
        [cells for cells in product(*(range(low, high + 1) for low, high in row)) if sum(cells) == n]
        for row, n in zip(spans, table.sum(axis=1), strict=True)
    ]
    fits = np.array([one for one in product(*rows) if (np.sum(one, axis=0) == table.sum(axis=0)).all()])
    return [len(set(fits[:, g, at].tolist())) for g, at in np.ndindex(table.shape)]


def left_open(table: np.ndarray, seen: Spans, known: Spans) -> np.ndarray:
    """Cells seen as a range; those of them that totals and what is `known` fix, and those left two values."""
    wide = [low < high for row in seen for low, high in row]
    left = [values for values, is_wide in zip(values_left(table, known), wide, strict=True) if is_wide]
    return np.array([len(left), left.count(1), left.count(2)])


def adds_up(table: np.ndarray, shown: np.ndarray) -> bool:
    return all((shown.sum(axis=axis) == table.sum(axis=axis)).all() for axis in (0, 1))


def blurred(table: np.ndarray, own: dict[tuple[int, ...], int]) -> dict[str, np.ndarray]:
    """Per rule that blurs cells: how many, fixed, left two values. `own`: the noise of each cell."""
    interval = spans_of(table, lambda c, n, _: as_interval(c, n))
    five = spans_of(table, lambda c, n, _: as_rounded(c, n))
    noisy = spans_of(table, lambda c, n, at: behind_noise(c, n, own[at], NOISE))
    keyed = spans_of(table, lambda c, n, at: behind_noise(c, n, own[at], (own[at],)))
    return {
        "extremes as intervals": left_open(table, interval, interval),
        "rounded to five": left_open(table, five, five),
        "noise, the key secret": left_open(table, noisy, noisy),
        "noise, the key known": left_open(table, noisy, keyed),
    }


def main() -> None:
    for base in (5, 8, 10):
        fit = named = held = cells = exact = tables = five_add = noisy_add = noisy = moved = 0
        ranges: dict[str, np.ndarray] = {}
        for number, (people, asked, counts) in enumerate(rounds(200)):
            cut = decided(people, asked, base)
            total = int(asked.sum())
            for group, n in enumerate(asked.tolist()):
                shown = str(group) in cut.shown
                cells, exact = cells + 3, exact + 3 * shown
                if n >= base and total - n >= base:
                    fit, named, held = fit + 1, named + shown, held + bool(cut.shown)
            if len(table := shown_table(cut, counts)):
                own = {at: noise((number, cut.shown[at[0]], at[1])) for at in np.ndindex(table.shape)}
                ranges = {name: ranges.get(name, 0) + found for name, found in blurred(table, own).items()}
                values = [perturbed(int(table[at]), int(table[at[0]].sum()), by) for at, by in own.items()]
                after = np.array(values).reshape(table.shape)
                noisy, moved = noisy + table.size, moved + int((after != table).sum())
                tables, noisy_add = tables + 1, noisy_add + adds_up(table, after)
                five_add += adds_up(table, np.vectorize(rounded)(table))
        reached = f"of groups that reach it, by name {named / fit:.0%}, in a class {held / fit:.0%}"
        print(f"base {base}: {reached}")
        print(f"  of all group numbers shown by name {exact / cells:.0%}, merged or not shown {1 - exact / cells:.0%}")
        for name, (wide, fixed, two) in ranges.items():
            print(f"  {name}: {wide} cells as a range, fixed by totals {fixed}, left two values {two}")
        print(f"  of {tables} tables add up: rounded to five {five_add}, noise {noisy_add}")
        print(f"  noise changes {moved} of {noisy} cells")


if __name__ == "__main__":
    main()
