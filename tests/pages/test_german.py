"""Numbers and dates as German readers expect them."""

import ast
import datetime

import pytest

from analysis_utils.findings.reading_tables import conservation_summary, rule_words
from analysis_utils.rounds import project_root
from analysis_utils.wording import german


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


def rules_of_the_reading() -> set[str]:
    """What the reading of files and of rounds calls the things it finds, wherever it writes the name down."""
    makers = {"Problem": 0, "refused": 0, "_differs": 0}  # which argument it is
    found = set()
    source = project_root() / "src"
    rooms = ("analysis_utils/rounds", "analysis_utils/clean", "analysis_utils/notes", "poll_exports")
    for path in (path for room in rooms for path in sorted((source / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = makers.get(getattr(node.func, "id", "")) if isinstance(node, ast.Call) else None
            if place is not None and node.args[place:] and isinstance(node.args[place], ast.Constant):
                found.add(node.args[place].value)
    return found


def test_everything_the_reading_can_find_has_german_words():
    rules = rules_of_the_reading()
    assert {"session_not_selected", "photo_unusable", "votes", "statement_gone"} <= rules
    assert {rule for rule in rules if rule_words(rule) == rule_words("unknown")} == set()


def test_cells_are_counted_in_the_singular_too():
    one = {"voters": 1, "non_empty": 1, "consumed": 1, "set_aside": 1}
    words = conservation_summary(one).markup.striptags()
    assert "Angaben von 1 Person in 1 ausgefüllten Zelle. 1 davon wurde übernommen, 1 wurde beiseitegelegt." in words
