"""Counts, stances, co-occurrence, orders and agreement of coded statements, by hand."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from analysis_utils import estimate, open_round, publish
from analysis_utils.errors import DataError
from analysis_utils.estimators.judges import bootstrap_alpha, coding_rows
from analysis_utils.estimators.themes import group_order_rows, theme_rows, write_theme_estimates
from analysis_utils.tables import make_table, read_table, write_table

# nord: 3 notes and 1 card with 4 dots; sued: 1 note and 1 card with 3 dots
STATEMENTS = [
    ("nord", "n1", None),
    ("nord", "n2", None),
    ("nord", "n3", None),
    ("nord", "n4", 4),
    ("sued", "s1", None),
    ("sued", "s2", 3),
]
FINAL = [
    ("n1", "industrieparks", "priorität"),
    ("n1", "energie", "bedingung"),
    ("n2", "industrieparks", ""),  # coders shared the code and not the stance
    ("n3", "ohne_code", ""),
    ("n4", "industrieparks", "priorität"),
    ("n4", "tourismus", "umdeutung"),
    ("s1", "industrieparks", "kritisch"),
    ("s1", "energie", "priorität"),
]


def statements() -> pd.DataFrame:
    common = {"round": "klein", "text": "x", "file": "notes/x.md", "place": "line 1"}
    return make_table(
        "statements",
        [
            {**common, "group": group, "statement": name, "dots": dots, "kind": "card" if dots else "note"}
            for group, name, dots in STATEMENTS
        ],
    )


def codings(rows=FINAL, coder: str = "final") -> pd.DataFrame:
    groups = {name: group for group, name, _ in STATEMENTS}
    return make_table(
        "codings",
        [
            {"round": "klein", "group": groups[name], "statement": name, "coder": coder, "code": code, "stance": stance}
            for name, code, stance in rows
        ],
    )


def krippendorff_alpha(codes):
    """Nominal alpha of coders × units, None where a coder left a unit out: counted unit by unit, as the book does."""
    totals = Counter()
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


@pytest.fixture
def rows(make_round):
    return theme_rows(
        make_round(), statements(), codings(), {"industrieparks": 30.0, "flankierung": 20.0, "tourismus": 5.0}
    )


OFFERED = """\
  - {id: vorrang, wording: Was hat Vorrang?, label: Vorrang, type: points, role: priority,
     options: {Industrieparks: industrieparks, Großvorhaben: flankierung}}
"""


def test_an_area_of_another_round_is_one_here_only_if_somebody_spoke_of_it(make_round):
    """The codebook knows more areas than the round offered and its groups ranked: silence about those is none."""
    asked = (make_round().raw / "round.yml").read_text(encoding="utf-8")
    round_ = make_round(round_file=asked.rstrip() + "\n" + OFFERED)
    rows = theme_rows(round_, statements(), codings(), {})
    covered = {row["item"]: row["estimate"] for row in rows if row["statistic"] == "groups_covered"}
    areas = [code.id for code in round_.codebook.focus_areas if code.id in covered]
    assert {area: covered[area] for area in areas} == {
        "industrieparks": 2,
        "flankierung": 0,
        "wissenstransfer": 0,
        "tourismus": 1,
    }
    assert covered["energie"] == 2 and covered["gesundheit"] == 0  # themes belong to no round
    assert {row["item"].split("|")[1] for row in rows if row["statistic"] == "cooccurrence"} == set(areas)


def value(rows, statistic, item="", segment="all", part="estimate"):
    found = [row for row in rows if (row["statistic"], row["item"], row["segment"]) == (statistic, item, segment)]
    assert len(found) == 1, (statistic, item, segment)
    return found[0][part]


def test_statements_read_and_coded(rows):
    assert [value(rows, "statements_read", segment=s) for s in ("all", "nord", "sued")] == [6, 4, 2]
    assert [value(rows, "statements_coded", segment=s) for s in ("all", "nord", "sued")] == [5, 4, 1]


def test_statement_counts_and_coverage(rows):
    assert [value(rows, "statement_count", "industrieparks", s) for s in ("all", "nord", "sued")] == [4, 3, 1]
    assert value(rows, "statement_count", "industrieparks", part="n") == 5
    assert [value(rows, "groups_covered", code) for code in ("industrieparks", "tourismus", "synergien")] == [2, 1, 0]


def test_dots_count_at_every_code_of_their_card(rows):
    assert [value(rows, "dots", segment=s) for s in ("all", "nord", "sued")] == [7, 4, 3]
    assert [value(rows, "dots", code) for code in ("industrieparks", "tourismus", "energie")] == [4, 4, 0]


def test_stances_leave_out_those_in_dispute(rows):
    stances = {s: value(rows, "stance_count", f"industrieparks|{s}") for s in ("priorität", "kritisch", "bedingung")}
    assert stances == {"priorität": 2, "kritisch": 1, "bedingung": 0}
    assert value(rows, "stance_count", "industrieparks|priorität", part="n") == 4
    assert value(rows, "stance_groups", "industrieparks|priorität") == 1


def test_cooccurrence_counts_statements_and_groups(rows):
    assert value(rows, "cooccurrence", "energie|industrieparks") == 2
    assert value(rows, "cooccurrence", "energie|industrieparks", part="n") == 4
    assert value(rows, "cooccurrence_groups", "energie|industrieparks") == 2
    assert value(rows, "cooccurrence", "energie|tourismus") == 0


def test_parts_add_up(rows):
    for code in ("industrieparks", "energie", "tourismus"):
        groups = [value(rows, "statement_count", code, s) for s in ("nord", "sued")]
        assert sum(groups) == value(rows, "statement_count", code)


def test_orders_use_only_areas_both_have(rows):
    # nord: industrieparks, tourismus, flankierung; poll: industrieparks, flankierung, tourismus -> one pair turned
    assert value(rows, "group_tau_b", segment="nord") == pytest.approx(1 / 3)
    assert value(rows, "group_tau_b", segment="nord", part="n") == 3
    # sued: tourismus 1, industrieparks 2.5 (tied with wissenstransfer, which the poll here lacks)
    assert value(rows, "group_rank", "wissenstransfer", "sued") == 2.5
    assert value(rows, "group_tau_b", segment="sued") == -1
    assert value(rows, "kendall_w", part="n") == 2
    assert "industrieparks, tourismus" in value(rows, "kendall_w", part="method")


def test_undiscussed_area_is_missing_not_last():
    ranks = {"a": {"x": 1.0, "y": 2.0}, "b": {"x": 1.0, "y": 2.0, "z": 3.0}}
    found = group_order_rows(ranks, {})
    assert value(found, "kendall_w") == 1
    assert value(found, "kendall_w_p") == 0.5
    assert not [row for row in found if row["segment"] == "a" and row["item"] == "z"]


def test_one_group_with_an_order_has_no_concordance():
    assert [row["statistic"] for row in group_order_rows({"a": {"x": 1.0, "y": 2.0}}, {})] == [
        "group_rank",
        "group_rank",
    ]


def test_ten_common_areas_have_no_exact_p():
    areas = {f"x{place}": float(place) for place in range(10)}
    found = group_order_rows({"a": areas}, {area: -rank for area, rank in areas.items()})
    assert value(found, "group_tau_b", segment="a") == 1
    assert math.isnan(value(found, "group_tau_b_p", segment="a"))
    assert "too many orders" in value(found, "group_tau_b_p", segment="a", part="method")


def test_rows_do_not_depend_on_the_order_of_the_tables(make_round):
    round_ = make_round()
    first = theme_rows(round_, statements(), codings(), {})
    assert theme_rows(round_, statements()[::-1], codings()[::-1], {}) == first


def test_alpha_of_one_code_equals_the_golden_function():
    decisions = {
        f"s{place}": {"a": {"x": "neutral"} if one else {}, "b": {"x": "neutral"} if two else {}}
        for place, (one, two) in enumerate(
            [(1, 1), (1, 0), (0, 0), (0, 0), (1, 1), (0, 1), (0, 0), (1, 1), (0, 0), (0, 0)]
        )
    }
    found = coding_rows(decisions, ["x", "y"])
    expected = krippendorff_alpha([[1, 1, 0, 0, 1, 0, 0, 1, 0, 0], [1, 0, 0, 0, 1, 1, 0, 1, 0, 0]])
    assert value(found, "coding_alpha", "x") == pytest.approx(expected)
    assert value(found, "coding_alpha") == pytest.approx(expected)
    assert value(found, "coding_agreement", "x") == pytest.approx(0.8)
    assert value(found, "coding_alpha", "x", part="low") < expected < value(found, "coding_alpha", "x", part="high")
    assert not [row for row in found if row["item"] == "y"]


def test_alpha_where_one_category_is_chosen_is_undefined():
    alpha, (low, high), method = bootstrap_alpha([np.array([[2, 0]] * 12)])
    assert math.isnan(alpha) and math.isnan(low) and math.isnan(high)
    assert method == "undefined: only one category was chosen"


def test_alpha_where_all_agree_is_one_without_an_interval():
    alpha, (low, _), method = bootstrap_alpha([np.array([[2, 0], [0, 2]] * 6)])
    assert alpha == 1 and math.isnan(low)
    assert method == "no interval: all coders agree"


def test_one_coder_has_no_agreement():
    assert coding_rows({"s": {"a": {"x": "neutral"}}}, ["x"]) == []


CHOICES = st.lists(st.tuples(*[st.sampled_from(["p", "q", "r", None])] * 3), min_size=2, max_size=12)


@given(CHOICES)
def test_alpha_by_tallies_equals_alpha_by_pairs(units):
    tallies = np.array([[unit.count(category) for category in "pqr"] for unit in units])
    expected = krippendorff_alpha([list(coder) for coder in zip(*units, strict=True)])
    alpha = bootstrap_alpha([tallies])[0]
    assert (math.isnan(alpha) and math.isnan(expected)) or alpha == pytest.approx(expected, abs=1e-9)


def test_stances_are_compared_where_coders_share_the_code():
    decisions = {
        "s1": {"a": {"x": "kritisch"}, "b": {"x": "kritisch"}},
        "s2": {"a": {"x": "kritisch", "y": "neutral"}, "b": {"x": "neutral"}},
    }
    found = coding_rows(decisions, ["x", "y"])
    assert value(found, "stance_alpha") == pytest.approx(krippendorff_alpha([["k", "k"], ["k", "n"]]))
    assert value(found, "stance_alpha", part="n") == 2


def test_estimates_of_notes_replace_their_own_and_leave_the_poll(make_round):
    round_ = make_round()
    poll = {
        "round": "klein",
        "question": "frei",
        "segment": "all",
        "statistic": "respondents",
        "estimate": 9,
        "unit": "people",
    }
    poll |= {"n": 9, "status": "published", "provenance": "original"}
    write_table(make_table("estimates", [poll]), "estimates", round_.table("estimates"))
    write_table(statements(), "statements", round_.table("statements"))
    write_table(codings(), "codings", round_.table("codings"))
    first = write_theme_estimates(round_)
    assert first["question"].iloc[0] == "frei"
    before = round_.table("estimates").read_bytes()
    write_theme_estimates(round_)
    assert round_.table("estimates").read_bytes() == before
    assert set(read_table("estimates", round_.table("estimates"))["question"]) == {"frei", "gruppennotizen"}


def test_an_analyst_counts_codings_as_pandas_does(make_round):
    round_ = make_round()
    write_table(statements(), "statements", round_.table("statements"))
    write_table(pd.concat([codings(), codings(coder="anna")]), "codings", round_.table("codings"))
    write_table(make_table("estimates", []), "estimates", round_.table("estimates"))
    write_theme_estimates(round_)
    opened = open_round("klein", data=round_.raw.parents[1])
    private = opened.codings()
    counted = estimate(private, ["statement_count", "groups_covered"])
    found = counted[counted["segment"] == "all"].pivot(index="item", columns="statistic", values="estimate")
    final = private[private["coder"] == "final"].groupby("code")
    expected = final.agg(statement_count=("statement", "nunique"), groups_covered=("group", "nunique"))
    named = expected.index.intersection(found.index)
    assert len(named) == 3 and (found.loc[named, expected.columns] == expected.loc[named]).all(axis=None)
    assert len(publish(counted)) == len(counted)
    with pytest.raises(DataError, match=r"write statement_count, not statement_counts|statement_count"):
        estimate(private, "statement_counts")
    left_out = private[private["statement"] != "n1"]
    left_out.attrs = private.attrs
    with pytest.raises(DataError, match="publish"):
        publish(estimate(left_out, "statement_count"))
