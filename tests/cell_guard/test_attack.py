"""The attacker bites where small numbers alone were taken out, and works out nothing where the guard decided."""

import json
import random
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from cell_guard import Guard, Rule, merge
from cell_guard.attack import ranges

GOLDEN = Path(__file__).parent / "golden" / "g12_disclosure"
CASES = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))["cases"]


def reference(name):
    data = pd.read_csv(GOLDEN / "data.csv", keep_default_na=False)
    return data[data["table"] == name].pivot_table("count", "row", "col", sort=False).astype(int)


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith(("T2", "T3"))])
def test_small_cells_taken_out_of_reference_tables_are_found_again(case):
    table, expected = reference(case[:2]), CASES[case]
    hidden = {(table.index[r], table.columns[c]) for r, c in expected["primary"]}
    known = [(set(table.index), answer, int(table[answer].sum())) for answer in table]
    known += [({g}, a, int(table.at[g, a])) for g in table.index for a in table if (g, a) not in hidden]
    found = ranges(dict(table.sum(axis=1)), list(table), known, goals=hidden)
    places = {(g, a): f"{table.index.get_loc(g)},{table.columns.get_loc(a)}" for g, a in found}
    assert {places[cell]: list(span) for cell, span in found.items()} == expected["attack_if_only_primary_suppressed"]


def test_remainder_of_the_reference_table_is_too_small_to_be_left_alone():
    """The case was computed for a base of five: two small rows leave four people, so that a third joins them."""
    sizes = {name: int(people) for name, people in reference("T1").sum(axis=1).items()}
    small, rest = CASES["T1_rows_t5"]["small_rows"], CASES["T1_rows_t5"]["remainder_n"]
    assert sum(sizes[name] for name in small) == rest == 4
    assert merge(sizes, Rule(5)).sizes == {"Politik/Verwaltung": 23, "rest": 11}


def test_what_fits_nothing_is_an_error():
    with pytest.raises(ValueError, match="expected counts that fit"):
        ranges({"a": 3}, ["yes", "no"], [({"a"}, "yes", 4)])


def worked_out(cuts, said):
    """Ranges of everybody's own answer for a reader of all cuts: person → (low, high) of saying yes."""
    people = [str(person) for person in said]
    known = [
        (
            {str(person) for person, label in cut.items() if label == name},
            "yes",
            sum(said[p] for p in cut if cut[p] == name),
        )
        for cut in cuts
        for name in dict.fromkeys(cut.values())
    ]
    found = ranges(dict.fromkeys(people, 1), ["yes", "no"], known, goals=[(person, "yes") for person in people])
    return {person: span for (person, _), span in found.items()}


@pytest.mark.parametrize("seed", range(3))
def test_reader_of_four_breakdowns_fixes_nobody_that_a_careless_cut_gives_away(seed):
    rng = random.Random(seed)
    said = {person: rng.random() < 0.5 for person in range(40)}
    first = {person: "ab"[person >= 22] for person in said}
    guard, careful = Guard(first, Rule(8)), [first]
    for _ in range(3):
        value = {person: rng.choice("xy") for person in said}
        cut = guard.decide(value)
        careful.append({person: cut.shown_in[value[person]] for person in said})
    shifted = {person: "ab"[person >= 23] for person in said}
    assert all(low < high for low, high in worked_out(careful, said).values())
    low, high = worked_out([*careful, shifted], said)["22"]
    assert low == high == said[22]
    assert Counter(guard.decide(shifted).shown_in.values()).keys() == {"rest"}
