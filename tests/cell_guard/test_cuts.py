"""Classes of people decided by their sizes: merged, cut anew, and never cut so that few are told apart."""

import random

import numpy as np
import pytest

from cell_guard import CAPPED, JOINED, NOBODY, SMALL, TOLD, Guard, Rule, coarsen, lightest, merge

RULE = Rule(8)


def test_classes_that_reach_the_minimum_are_shown_as_they_are():
    cut = merge({"a": 9, "b": 8}, RULE)
    assert cut.shown == ("a", "b") and cut.why == {}


def test_small_classes_are_merged_where_together_they_reach_the_minimum():
    cut = merge({"a": 19, "b": 4, "c": 3, "": 2}, RULE)
    assert cut.sizes == {"a": 19, "rest": 9} and set(cut.why.values()) == {SMALL}
    assert cut.shown_in == {"a": "a", "b": "rest", "c": "rest", "": "rest"}


def test_the_smallest_other_class_joins_while_the_merged_fall_short():
    cut = merge({"a": 10, "b": 23, "c": 3}, RULE)
    assert cut.sizes == {"b": 23, "rest": 13} and cut.why == {"a": JOINED, "c": SMALL}
    assert merge({"a": 9, "b": 9, "c": 7}, RULE).why == {"b": JOINED, "c": SMALL}, "a tie goes to the last"


def test_nothing_is_shown_where_everybody_is_in_one_class():
    assert merge({"a": 30, "b": 2}, RULE).shown == () and merge({"a": 12}, RULE).shown == ()
    assert merge({}, RULE).shown == ()


def test_class_without_people_is_left_out():
    assert merge({"a": 9, "b": 0, "c": 9}, RULE).shown_in == {"a": "a", "c": "c"}


def test_class_with_a_minimum_of_its_own_is_shown_but_the_rest_still_reaches_the_rule():
    cut = merge({"a": 20, "b": 5, "c": 3}, RULE, minimums={"b": 5})
    assert cut.why == {"b": JOINED, "c": SMALL}, "three people could be found by subtraction"
    assert merge({"a": 20, "b": 5}, RULE, minimums={"b": 5}).shown == ("a", "b")


def test_question_that_fewer_answered_merges_more_and_only_there():
    cut = merge({"a": 12, "b": 9, "c": 10, "d": 3}, RULE)
    assert cut.shown == ("a", "c", "rest")
    assert coarsen(cut, {"a": 11, "b": 9, "c": 9, "d": 0}, RULE).sizes == {"a": 11, "c": 9, "rest": 9}
    fewer = coarsen(cut, {"a": 11, "b": 7, "c": 7, "d": 2}, RULE)
    assert fewer.sizes == {"a": 11, "rest": 16} and fewer.why == {"b": JOINED, "c": SMALL, "d": SMALL}
    assert coarsen(cut, {"a": 7, "b": 7, "c": 9, "d": 2}, RULE).sizes == {"c": 9, "rest": 16}
    assert coarsen(cut, {"a": 11, "b": 1, "d": 1}, RULE).shown == (), "two answers are no class, nor what is left"


@pytest.mark.parametrize("seed", range(30))
def test_every_class_and_every_sum_of_merged_ones_holds_enough_people(seed):
    rng = random.Random(seed)
    sizes = {str(place): rng.randint(0, 16) for place in range(rng.randint(1, 15))}
    cut = merge(sizes, RULE)
    asked = {name: rng.randint(0, people) for name, people in sizes.items()}
    for one, people in ((cut, sizes), (coarsen(cut, asked, RULE), asked)):
        assert sum(one.sizes.values()) == sum(people.values())
        if one.shown:
            assert min(one.sizes.values()) >= 8
        merged = [people[name] for name, at in one.shown_in.items() if at != name]
        assert not merged or sum(merged) == one.sizes["rest"]
    if cut.shown:
        others = [people for name, people in cut.sizes.items() if name != "rest"]
        without = sum(n for n in sizes.values() if n < 8)
        assert not without or cut.sizes["rest"] < 8 + without + min([*others, 99]), "no more joined than it takes"


def light_by_hand(rows, people, below):
    """Fewest people a sum of the rows rests on: atoms without which the rows lose rank."""
    matrix, best = np.array(rows, dtype=float), below
    rank = np.linalg.matrix_rank(matrix)
    for chosen in range(1, 2 ** len(people)):
        atoms = [place for place in range(len(people)) if chosen >> place & 1]
        count = sum(people[place] for place in atoms)
        if count < best and np.linalg.matrix_rank(np.delete(matrix, atoms, axis=1)) < rank:
            best = count
    return best if best < below else None


@pytest.mark.parametrize("seed", range(25))
def test_lightest_sum_of_classes_is_found_as_an_exhaustive_search_finds_it(seed):
    rng = np.random.default_rng(seed)
    atoms = int(rng.integers(3, 9))
    rows = rng.integers(0, 2, (int(rng.integers(2, 6)), atoms)).tolist()
    people = rng.integers(1, 7, atoms).tolist()
    assert lightest(rows, people, below=12) == light_by_hand(rows, people, 12)


def people_in(**classes):
    """Person → class; each class is given as the numbers of its people."""
    return {person: name for name, people in classes.items() for person in people}


def test_cut_that_differs_by_few_people_from_what_is_out_is_merged():
    guard = Guard(people_in(a=range(20), b=range(20, 40)), RULE)
    cut = guard.decide(people_in(x=range(23), y=range(23, 40)))
    assert cut.shown == () and set(cut.why.values()) == {TOLD}
    assert guard.decide(people_in(x=range(28), y=range(28, 40))).sizes == {"x": 28, "y": 12}


def test_sums_of_classes_of_several_cuts_are_looked_at_not_only_pairs():
    """No two classes are closer than ten people, but c + x + p less everybody are the two people 58 and 59."""
    first, second = people_in(a=range(40), c=range(40, 60)), people_in(x=range(20), y=range(20, 60))
    third = people_in(p=[*range(20, 40), 58, 59], q=[*range(20), *range(40, 58)])
    pairs = [{p for p in cut if cut[p] == name} for cut in (first, second, third) for name in set(cut.values())]
    assert min(len(one ^ other) for one in pairs for other in pairs if one is not other) >= 8
    guard = Guard(first, RULE)
    assert guard.decide(second).shown == ("x", "y")
    assert set(guard.decide(third).why.values()) == {TOLD}


def test_cut_that_says_nothing_new_is_shown_and_does_not_count():
    first = people_in(a=range(10), b=range(10, 20), c=range(20, 40))
    guard = Guard(first, Rule(8, cuts=1))
    for _ in range(3):
        assert guard.decide(people_in(ab=range(20), c=range(20, 40))).shown == ("ab", "c")
    assert guard.decide(people_in(x=range(0, 40, 2), y=range(1, 40, 2))).shown == ("x", "y")
    assert set(guard.decide(people_in(x=range(0, 40, 3), y=range(1, 40, 3))).why.values()) == {CAPPED}
    assert guard.decide(people_in(ab=range(20), c=range(20, 40))).shown == ("ab", "c")


def test_people_without_a_value_are_a_class_and_join_the_smallest_when_they_are_few():
    guard = Guard(people_in(a=range(40)), RULE)
    assert guard.decide(people_in(x=range(10), y=range(10, 30))).sizes == {NOBODY: 10, "x": 10, "y": 20}
    guard = Guard(people_in(a=range(40)), RULE)
    cut = guard.decide(people_in(x=range(12), y=range(12, 37)))
    assert cut.sizes == {"y": 25, "rest": 15} and cut.why == {NOBODY: SMALL, "x": JOINED}


@pytest.mark.parametrize("seed", range(4))
def test_ten_breakdowns_of_sixty_people_leave_no_light_sum(seed):
    rng = random.Random(seed)
    first = {person: rng.choice("aaabbc") for person in range(60)}
    cut = merge({name: list(first.values()).count(name) for name in "abc"}, RULE)
    guard, out = Guard({person: cut.shown_in[name] for person, name in first.items()}, RULE), []
    for number in range(10):
        value = {person: rng.choice("wxyz"[: 2 + number % 3]) for person in range(60) if rng.random() < 0.9}
        own = guard.decide(value)
        out.append([own.shown_in[value.get(person, NOBODY)] for person in range(60)])
    assert sum(len(set(labels)) > 1 for labels in out) == 4, "as many as the rule allows"
    # What the guard let out, looked at from outside, one person after the other.
    cuts = [[cut.shown_in[first[person]] for person in range(60)], *out]
    rows = [[int(label == name) for label in labels] for labels in cuts for name in dict.fromkeys(labels)]
    assert lightest(rows, [1] * 60, below=8) is None


def test_search_that_takes_too_long_counts_as_if_it_had_found_something():
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 2, (30, 60)).tolist()
    assert lightest(rows, [1] * 60, below=40) == 1
