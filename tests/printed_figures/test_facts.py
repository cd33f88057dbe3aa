"""The audit against brute force, and on prints of other kinds: tables, means, several answers, contradictions."""

import re
from fractions import Fraction
from itertools import combinations, permutations
from pathlib import Path

import pytest
from hypothesis import assume, given, settings, strategies as st
from printed import audited, brute_force, question, rounded, row

from printed_figures import Published, audit
from printed_figures.bars import bars_at, box, extremes, largest_remainder_fits, mean_of, median_of, top_box_counts

ALONE = ["half_up", "half_even", "truncate"]
COUNTS = st.lists(st.integers(0, 6), min_size=2, max_size=5).filter(sum)


@pytest.mark.parametrize("rule", ALONE)
@pytest.mark.parametrize("n", [1, 8, 40, 200, 201])
def test_box_holds_exactly_the_counts_that_print_as_the_label(rule, n):
    for label in range(101):
        low, high = box(label, 100, n, rule)
        expected = [k for k in range(2 * n) if rounded(Fraction(100 * k, n), rule) == label]
        assert list(range(low, high + 1)) == expected


@settings(max_examples=60, deadline=None, derandomize=True)
@given(COUNTS, st.sampled_from(ALONE), st.integers(0, 2))
def test_ranges_and_vectors_equal_brute_force(counts, rule, unread):
    n = sum(counts)
    labels = [rounded(Fraction(100 * k, n), rule) for k in counts]
    labels[: min(unread, len(labels))] = [None] * min(unread, len(labels))
    truth = brute_force(labels, n, rule)
    bars = bars_at(question({f"i{place}": label for place, label in enumerate(labels)}), n, rule)
    assert bars.number() == len(truth)
    for place in range(len(labels)):
        assert bars.span([place]) == (min(v[place] for v in truth), max(v[place] for v in truth))
    for first, second in combinations(range(len(labels)), 2):
        gaps = [v[first] - v[second] for v in truth]
        assert bars.difference(first, second) == (min(gaps), max(gaps))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(COUNTS, st.sampled_from(ALONE), st.integers(0, 2))
def test_unplaced_bars_equal_all_arrangements(counts, rule, unread):
    n, size = sum(counts), len(counts)
    labels = [rounded(Fraction(100 * k, n), rule) for k in counts]
    labels[: min(unread, size)] = [None] * min(unread, size)
    truth = {order for vector in brute_force(labels, n, rule) for order in permutations(vector)}
    bars = bars_at(question(labels), n, rule)
    values = list(range(1, size + 1))
    ends = extremes(bars, is_placed=False)
    for of in (mean_of, median_of):
        found = [of(vector, values) for vector in truth]
        mine = [of(vector, values) for vector in ends]
        assert (min(mine), max(mine)) == (min(found), max(found))
    for top in range(1, size):
        ranges = top_box_counts(bars, top, None)
        assert {k for low, high in ranges for k in range(low, high + 1)} == {sum(v[-top:]) for v in truth}
    found, cut = bars.multisets(limit=10_000)
    assert not cut and {tuple(sorted(v)) for v in found} == {tuple(sorted(v)) for v in truth}


@settings(max_examples=80, deadline=None, derandomize=True)
@given(COUNTS, st.booleans())
def test_largest_remainder_accepts_its_own_prints(counts, hide_one):
    n = sum(counts)
    labels = [100 * k // n for k in counts]
    rests = [100 * k % n for k in counts]
    for place in sorted(range(len(counts)), key=lambda place: -rests[place])[: 100 - sum(labels)]:
        labels[place] += 1
    assert sum(labels) == 100
    printed = [None, *labels[1:]] if hide_one else labels
    assert largest_remainder_fits(printed, 100, n) is True


def test_largest_remainder_refuses_what_it_would_print_otherwise():
    # 9 of 26 = 34.6, 3 of 26 = 11.5: with four units to hand out the 11 stays.
    assert largest_remainder_fits([35, 19, 19, 12, 8, 4, 4, 0, 0, 0], 100, 26) is False
    assert largest_remainder_fits([33, 33, 33], 100, 3) is False
    assert largest_remainder_fits([34, 33, 33], 100, 3) is True


@settings(max_examples=40, deadline=None, derandomize=True)
@given(COUNTS)
def test_true_n_and_true_counts_are_always_among_the_results(counts):
    n = sum(counts)
    table = audited([rounded(Fraction(100 * k, n), "half_up") for k in counts], file={"search": (1, 40)})
    found = row(table, "n")["values"].split()
    spans = [tuple(map(int, (one.split("-") * 2)[:2])) for one in found]
    assert any(low <= n <= high for low, high in spans)


def test_impossible_percentages_fit_no_n():
    table = audited([50, 30, 10], file={"search": (1, 60)})
    assert row(table, "n")["verdict"] == "impossible"


def test_stated_n_that_does_not_fit_is_told():
    assert row(audited([26, 74], n=10), "n")["verdict"] == "impossible"


def test_mean_that_no_whole_answers_give():
    # The textbook example of granularity: 28 whole answers cannot average 5.19.
    table = audited({"item": 5.19}, "mean", decimals=2, scale=(1, 7), n=28)
    assert row(table, "n")["verdict"] == "impossible"
    assert row(audited({"item": 5.18}, "mean", decimals=2, scale=(1, 7), n=28), "total", "item")["values"] == "145"


def test_mean_that_published_software_rejects():
    # R package scrutiny, vignette "GRIM": a mean of 5.27 is inconsistent with 43 whole answers.
    assert row(audited({"item": 5.27}, "mean", decimals=2, scale=(1, 7), n=43), "n")["verdict"] == "impossible"


def test_several_answers_allowed_need_no_sum():
    table = audited({"a": 60, "b": 60, "c": 20}, several=True, file={"search": (5, 5)})
    assert row(table, "bar_count", "a")["values"] == "3"
    assert row(table, "n")["values"] == "5"


def test_placed_bars_fix_mean_and_median():
    table = audited({"1": 20, "2": 0, "3": 0, "4": 40, "5": 40}, n=5, scale=(1, 5), top_box=(4, 5))
    assert (row(table, "mean")["low"], row(table, "median")["verdict"]) == (pytest.approx(3.8), "identified")
    assert row(table, "top_box_count")["values"] == "4"
    assert row(table, "order", "4|1")["verdict"] == "ahead"


def test_decimals_narrow_what_whole_percentages_leave_open():
    coarse = audited({"a": 33, "b": 67}, file={"search": (1, 99)})
    fine = audited({"a": 33.33, "b": 66.67}, decimals=2, file={"search": (1, 99)})
    assert row(fine, "n")["values"].startswith("3 6 9 12") and len(row(coarse, "n")["values"]) > 20
    assert row(fine, "n")["low"] == 3


@pytest.mark.parametrize(
    ("word", "share", "verdict", "counts"),
    [
        ("knapp", 70, "impossible", ""),
        ("knapp", 75, "certain", "14"),
        ("gut", "2/3", "certain", "14"),
        ("rund", 70, "certain", "14"),
        ("genau", 70, "certain", "14"),
        ("mehr als", 70, "impossible", ""),
        ("mindestens", 70, "certain", "14"),
        ("höchstens", 70, "certain", "14"),
        ("weniger als", 70, "impossible", ""),
    ],
)
def test_words_before_a_share(word, share, verdict, counts):
    claim = {"text": "so", "word": word, "share": share, "item": "a"}
    found = row(audited({"a": 70, "b": 30}, n=20, claims=[claim]), "claim", "so")
    assert (found["verdict"], found["values"]) == (verdict, counts)


def test_many_solutions_are_cut_with_a_word_about_it():
    table = audited([None] * 8, n=60, scale=(1, 8), top_box=(6, 8))
    vectors = row(table, "count_vectors")
    assert vectors["verdict"] == "open" and vectors["note"].startswith("more than 200, at most ")
    assert row(table, "top_box_count")["values"] == "0-60"
    assert (row(table, "mean")["low"], row(table, "mean")["high"]) == (1, 8)


def test_thousands_of_people_take_no_longer(benchmark_seconds=3.0):
    import time

    began = time.perf_counter()
    bars = {str(value): share for value, share in enumerate([5, 7, 9, 10, 12, 14, 15, 11, 9, 8], 1)}
    table = audited(bars, n=12_345, scale=(1, 10), top_box=(7, 10))
    assert row(table, "top_box_count")["high"] > row(table, "top_box_count")["low"]
    audited(list(bars.values()), n=2_000, scale=(1, 10), top_box=(7, 10))
    assert time.perf_counter() - began < benchmark_seconds


def test_percent_of_points_and_mean_points_agree_when_all_is_spent():
    points = audited({"a": 60, "b": 40}, "percent_of_points", n=7, total=10)
    means = audited({"a": 6.0, "b": 4.0}, "mean_points", n=7, total=10, decimals=1)
    assert row(points, "total", "a")["values"] == row(means, "total", "a")["values"] == "42"


def test_rules_joined_where_half_up_and_half_even_differ():
    # One eighth is 12.5 %: 13 half-up, 12 half-even.
    up, even = audited({"a": 13, "b": 88}, n=8), audited({"a": 12, "b": 88}, n=8)
    assert row(up, "n_by_rule", "half_even")["verdict"] == "impossible"
    assert row(even, "n_by_rule", "half_up")["verdict"] == "impossible"
    assert row(up, "bar_count", "a")["values"] == row(even, "bar_count", "a")["values"] == "1"


def test_order_of_the_file_changes_nothing():
    bars = {"a": 26, "b": 24, "c": 21, "d": 29}
    one, other = (audited(dict(order), file={"search": (30, 40)}) for order in (bars.items(), reversed(bars.items())))
    key = ["quantity", "item", "n"]
    drop = ["vector", "order"]
    one, other = (
        table[~table["quantity"].isin(drop)].sort_values(key).reset_index(drop=True) for table in (one, other)
    )
    assert one.equals(other)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=8), st.integers(1, 40))
def test_any_print_gives_a_table_and_never_a_fault(bars, n):
    assume(any(value is not None for value in bars))
    audit(Published(source="x", search=(1, n), questions=[question(bars)]))


README = Path(__file__).parents[2] / "src" / "printed_figures" / "README.md"


def test_the_example_of_the_readme_says_what_it_says(capsys):
    lines = re.search(r"```python\n(.+?)```", README.read_text(encoding="utf-8"), re.DOTALL)[1].split("\n")
    names = {}
    exec("\n".join(lines), names)
    assert "answers that fit: 34 – identified" in capsys.readouterr().out
    for line in lines:
        expression, _, said = line.partition("  # ")
        if said:
            assert repr(eval(expression, names)) == said
