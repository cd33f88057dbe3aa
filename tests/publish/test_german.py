"""Numbers and dates as German readers expect them."""

import datetime

import pytest

from analysis_utils.publish import german


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (19.38, 1, "19,4"),
        (2.5, 0, "3"),
        (2.675, 2, "2,68"),
        (0.45, 1, "0,5"),
        (-3.2, 1, "−3,2"),
        (1234567, 0, "1\u202f234\u202f567"),
        (None, 1, "–"),
        (float("nan"), 0, "–"),
        (0.1 + 0.2, 1, "0,3"),
        (-0.04, 1, "0,0"),
    ],
)
def test_number(value, digits, text):
    assert german.number(value, digits) == text


def test_percent_has_a_no_break_space_and_rounds_half_up():
    assert german.percent(0.735) == "74\u00a0%"
    assert german.percent(0.125, 1) == "12,5\u00a0%"
    assert german.percent(None) == "–"


def test_ranges_use_an_en_dash():
    assert german.span(15.2, 31, 1) == "15,2–31,0"
    assert german.percent_span(0.057, 0.854) == "6–85\u00a0%"


def test_date_is_written_out():
    assert german.date(datetime.date(2025, 11, 12)) == "12. November 2025"


def test_lists_and_small_counts():
    assert [german.listing(words) for words in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A und B",
        "A, B und C",
    ]
    assert [german.spelled(count) for count in (1, 4, 13)] == ["eine", "vier", "13"]
    assert [german.persons(count) for count in (1, 2)] == ["1 Person", "2 Personen"]


@pytest.mark.parametrize(("p", "text"), [(0.748, "0,75"), (0.0123, "0,012"), (0.0004, "< 0,001"), (1.0, "1,00")])
def test_p_value(p, text):
    assert german.p_value(p) == text
