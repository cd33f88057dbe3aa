"""Tables that others printed, put through the audit. Each file names its source; counts are those printed beside."""

from pathlib import Path

import pytest
from printed import row, table_of
from ruamel.yaml import YAML

from printed_figures import Published

FOLDER = Path(__file__).parent / "printed_elsewhere"


@pytest.fixture(scope="module")
def tables():
    return {path.stem: table_of(Published.model_validate(YAML().load(path))) for path in sorted(FOLDER.glob("*.yml"))}


def allowed(table, item: str, question: str) -> range:
    found = row(table, "bar_count", item, question=question)
    return range(int(found["low"]), int(found["high"]) + 1)


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("effect", {"very_negative": 184, "negative": 281, "neither": 105, "positive": 701, "very_positive": 376}),
        ("choice", {"never": 1, "if_they_choose": 116, "always": 1081, "unknown": 2, "refused": 0}),
        ("knowledge", {"incorrect": 814, "correct": 5185, "undecided": 237, "unknown": 12390, "missing": 2891}),
    ],
)
def test_printed_counts_of_official_surveys_are_among_the_results(tables, question, counts):
    table = tables["official"]
    assert row(table, "n", question=question)["verdict"] == "identified"
    assert all(count in allowed(table, item, question) for item, count in counts.items())


def test_a_stated_n_beyond_the_search_excludes_no_rule_of_rounding(tables):
    for rule in ("half_up", "half_even"):
        assert row(tables["official"], "rule", rule, question="all")["verdict"] == "possible"
    assert row(tables["official"], "rule", "truncate", question="all")["verdict"] == "impossible"


def test_rows_of_one_table_were_rounded_by_different_rules_and_one_fits_none(tables):
    table = tables["library"]
    assert row(table, "vector", "1", question="seats")["values"] == "0 3 6 11 27"
    assert row(table, "n_by_rule", "truncate", question="seats")["verdict"] == "impossible"
    assert row(table, "vector", "1", question="item_4")["values"] == "0 7 9 19 12"
    assert row(table, "n_by_rule", "half_up", question="item_4")["verdict"] == "impossible"
    assert row(table, "n", question="item_15")["verdict"] == "impossible"
    assert row(table, "n", question="item_15_counts")["verdict"] == "identified"


def test_means_that_thirty_newborns_cannot_have(tables):
    table = tables["newborns"]
    assert {q: row(table, "n", question=q)["verdict"] for q in ("score_8_96", "score_9_96", "score_9_93")} == {
        "score_8_96": "impossible",
        "score_9_96": "impossible",
        "score_9_93": "identified",
    }
    rules = table[(table["question"] == "all") & (table["item"] == "largest_remainder")]
    assert list(rules["note"]) == ["no question tells"]  # means are no shares of a whole


def test_grades_leave_open_how_many_gave_them(tables):
    assert row(tables["workshop"], "n", question="second_talk")["values"].split()[:3] == ["4", "8", "12"]
    assert row(tables["workshop"], "n", question="programme")["values"] == "9 18 27 36 45 54-55 57"


def test_base_of_a_share_that_was_not_printed(tables):
    assert row(tables["nurse"], "n", question="sought_care")["values"] == "60"
    assert row(tables["nurse"], "bar_count", "yes", question="sought_care")["values"] == "11"


def test_several_answers_and_parts_that_exceed_the_whole(tables):
    table = tables["fair"]
    assert row(table, "n", question="heard_by")["verdict"] == "identified"
    assert row(table, "n", question="times")["verdict"] == "impossible"


@pytest.mark.parametrize(
    ("table", "question", "claim", "verdict"),
    [
        ("official", "effect", "gut 30 % wissen es nicht", "certain"),
        ("official", "effect", "jeder Dritte weiß es nicht", "certain"),
        ("official", "effect", "mehr als die Hälfte sieht es positiv", "impossible"),
        ("fair", "expectations", "fast die Hälfte sehr gut", "certain"),
        ("fair", "expectations", "mehr als die Hälfte sehr gut", "impossible"),
    ],
)
def test_claims_in_words_are_read_from_their_text(tables, table, question, claim, verdict):
    assert row(tables[table], "claim", claim, question=question)["verdict"] == verdict
