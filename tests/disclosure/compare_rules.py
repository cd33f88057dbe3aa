"""Rules of disclosure side by side on the same random rounds: `python tests/disclosure/compare_rules.py`.

Prints the table of docs/decisions.md: numbers shown, and what a reader of all files who has the program can narrow.
Rounds have 2–4 groups of 6–16 people and one question of three classes; 6 % of the people skip it. The reader knows how
many people of each shown class answered and what all together said.
"""

from __future__ import annotations

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


def as_rounded(count: int, n: int, base: int = 5) -> tuple[int, int]:
    nearest = base * round(count / base)
    return max(0, nearest - 2), min(n, nearest + 2)


def left_open(table: np.ndarray, coarse) -> tuple[int, int, int]:
    """Cells given as a range, those of them that totals of all together and of the segments fix, and those they leave
    two values."""
    sizes, totals = table.sum(axis=1), table.sum(axis=0)
    spans = [[coarse(int(c), int(n)) for c in row] for row, n in zip(table, sizes, strict=True)]
    rows = [
        [cells for cells in product(*(range(low, high + 1) for low, high in row)) if sum(cells) == n]
        for row, n in zip(spans, sizes, strict=True)
    ]
    fits = np.array([one for one in product(*rows) if (np.sum(one, axis=0) == totals).all()])
    values = [[len(set(fits[:, g, c].tolist())) for c in range(table.shape[1])] for g in range(len(table))]
    both = [pair for row, span in zip(values, spans, strict=True) for pair in zip(row, span, strict=True)]
    wide = [count for count, (low, high) in both if low < high]
    return len(wide), sum(v == 1 for v in wide), sum(v == 2 for v in wide)


def main() -> None:
    for base in (5, 8, 10):
        fit = named = held = cells = exact = 0
        ranges = {"extremes as intervals": [0, 0, 0], "rounded to five": [0, 0, 0]}
        for people, asked, counts in rounds(200):
            cut = decided(people, asked, base)
            total = int(asked.sum())
            for group, n in enumerate(asked.tolist()):
                shown = str(group) in cut.shown
                cells, exact = cells + 3, exact + 3 * shown
                if n >= base and total - n >= base:
                    fit, named, held = fit + 1, named + shown, held + bool(cut.shown)
            if len(table := shown_table(cut, counts)):
                for name, coarse in zip(ranges, (as_interval, as_rounded), strict=True):
                    ranges[name] = [a + b for a, b in zip(ranges[name], left_open(table, coarse), strict=True)]
        reached = f"of groups that reach it, by name {named / fit:.0%}, in a class {held / fit:.0%}"
        print(f"base {base}: {reached}")
        print(f"  of all group numbers shown by name {exact / cells:.0%}, merged or not shown {1 - exact / cells:.0%}")
        for name, (wide, fixed, two) in ranges.items():
            print(f"  {name}: {wide} cells as a range, fixed by totals {fixed}, left two values {two}")


if __name__ == "__main__":
    main()
