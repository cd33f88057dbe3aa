"""The attacker, who plays from outside: what of the rest follows from published sums, by integer programming?

The guard itself asks nothing of this module; tests do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

Known = tuple[Collection[str], str, int]
"""Groups of people, an answer, and how many of all these people are known to have given it."""


def ranges(
    people: Mapping[str, int],
    answers: Sequence[str],
    known: Iterable[Known],
    *,
    one_each: bool = True,
    goals: Iterable[tuple[str, str]] | None = None,
) -> dict[tuple[str, str], tuple[int, int]]:
    """How few and how many people of a group can have given an answer, for each (group, answer) of `goals`.

    Parameters: `people` in each of the groups, which share nobody; `known`, see there; `one_each`, whether everybody
    gave exactly one answer. Raises: ValueError where nothing fits what is known.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    cells = {(group, answer): place for place, (group, answer) in enumerate((g, a) for g in people for a in answers)}
    rows, values = [], []
    for groups, answer, count in known:
        rows.append([float(group in groups and said == answer) for group, said in cells])
        values.append(count)
    for group in people if one_each else ():
        rows.append([float(other == group) for other, _ in cells])
        values.append(people[group])
    bounds = Bounds(0, np.array([people[group] for group, _ in cells], dtype=float))
    conditions = LinearConstraint(np.array(rows).reshape(-1, len(cells)), values, values)
    found = {}
    for goal in cells if goals is None else goals:
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(cells))
            cost[cells[goal]] = sign
            best = milp(cost, integrality=np.ones(len(cells)), bounds=bounds, constraints=conditions)
            if best.x is None:
                raise ValueError(f"attack: expected counts that fit what is known, saw none ({best.message})")
            ends.append(round(float(best.x[cells[goal]])))
        found[goal] = (ends[0], ends[1])
    return found
