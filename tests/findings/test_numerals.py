"""Printed German numbers are read back, and known as roundings or not."""

import pytest

from analysis_utils.verify.exceptions import without_level
from analysis_utils.wording import german
from proofread import is_print_of, numerals


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("23,1", 23.103, True),
        ("23,2", 23.103, False),
        ("23", 23.103, True),
        ("74\u00a0%", 0.7353, True),
        ("73\u00a0%", 0.7353, False),
        ("−0,3", -0.26, True),
        ("0,3", -0.26, False),
        ("−0,3", 0.26, False),
        ("1\u202f234", 1234, True),
        ("< 0,001", 0.0004, True),
        ("< 0,001", 0.01, False),
        ("drei", 3, True),
        ("drei", 4, False),
        ("3 von 4", 3, False),
        ("", 0, False),
    ],
)
def test_print_of_a_value(text, value, expected):
    assert is_print_of(text, value) is expected


@pytest.mark.parametrize("value", [0, 0.5, 2.675, 7.05, -3.25, 19.38, 1234567.89, 0.735294, 99.95])
@pytest.mark.parametrize("digits", [0, 1, 2, 3])
def test_whatever_german_prints_is_recognised(value, digits):
    assert is_print_of(german.number(value, digits), value)
    assert is_print_of(german.percent(value, digits), value)


def test_numerals_of_running_text():
    assert [one.text for one in numerals("15,2–31,0 und 4 von 29 (14\u00a0%)")] == ["15,2", "31,0", "4", "29", "14"]
    assert [one.is_percent for one in numerals("5–31\u00a0%")] == [True, True]


def test_only_the_level_of_intervals_is_left_out_not_an_interval_that_ends_at_95_percent():
    told = "95-%-Unsicherheitsbereich 69–95\u00a0%"
    assert [(one.text, one.is_percent) for one in numerals(without_level(told))] == [("69", True), ("95", True)]
