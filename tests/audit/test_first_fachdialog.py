"""The audit of the first Fachdialog equals what was enumerated independently before the project began."""

import pytest

from analysis_utils.audit import as_table, audit_file, is_sound
from analysis_utils.rounds import project_root, read_yaml
from printed_figures import Published, audit

FILE = project_root() / "data" / "raw" / "fachdialog-1" / "published.yml"
AREAS = {
    "industrieparks": (653, 681, "660 670 680"),
    "synergien": (537, 565, "540 550 560"),
    "flankierung": (537, 565, "540 550 560"),
    "wissenstransfer": (421, 449, "430 440"),
    "tourismus": (305, 333, "310 320 330"),
    "innovationsraeume": (276, 304, "280 290 300"),
    "andere": (73, 101, "80 90 100"),
}


@pytest.fixture(scope="module")
def table():
    return audit_file(FILE)


def row(table, quantity: str, item: str = "", *, question: str) -> dict:
    mine = table[(table["question"] == question) & (table["quantity"] == quantity) & (table["item"] == item)]
    (found,) = mine.to_dict("records")
    return found


@pytest.mark.parametrize(
    ("question", "n", "vector", "orders"),
    [
        ("fokussierung", 34, "9 8 7 4 3 1 1 1 0 0", 302_400),
        ("identifikation", 27, "6 6 4 4 3 2 1 1 0 0", 226_800),
        ("voranbringen", 26, "9 5 5 3 2 1 1 0 0 0", 151_200),
    ],
)
def test_scale_questions_have_one_n_and_one_set_of_counts(table, question, n, vector, orders):
    assert row(table, "n", question=question)["values"] == str(n)
    assert row(table, "count_vectors", question=question)["verdict"] == "identified"
    assert row(table, "vector", "1", question=question)["values"] == vector
    assert row(table, "arrangements", question=question)["low"] == orders


def test_n_within_sixty_by_rule_of_rounding(table):
    def fitting(question, rule):
        return row(table, "n_by_rule", rule, question=question)["values"]

    assert fitting("fokussierung", "half_up") == fitting("fokussierung", "half_even") == "34"
    assert fitting("identifikation", "half_up") == fitting("identifikation", "half_even") == "27 46 54-55"
    assert (fitting("voranbringen", "half_up"), fitting("voranbringen", "half_even")) == ("26 52", "26 48 52")
    for question in ("fokussierung", "identifikation", "voranbringen"):
        assert fitting(question, "truncate") == ""


def test_largest_remainder_is_excluded_by_two_questions(table):
    rule = row(table, "rule", "largest_remainder", question="all")
    assert (rule["verdict"], rule["values"]) == ("impossible", "fokussierung voranbringen")
    assert row(table, "n_by_rule", "largest_remainder", question="fokusbereiche")["values"] == "29"


def test_no_single_misread_label_changes_n_but_one(table):
    for question, n in (("fokussierung", "34"), ("identifikation", "27"), ("voranbringen", "26")):
        mine = table[(table["question"] == question) & (table["quantity"] == "n_without_label")]
        found = dict(zip(mine["item"], mine["values"], strict=True))
        assert found.pop("26", "33-34") == "33-34"
        assert set(found.values()) == {n}


def test_top_box_of_the_support_question(table):
    top = row(table, "top_box_count", question="fokussierung")
    assert (top["values"], top["verdict"]) == ("2-25 27-28", "open")
    share = row(table, "top_box_share", question="fokussierung")
    assert share["high"] == pytest.approx(28 / 34)
    assert row(table, "top_box_count", question="identifikation")["high"] == 20
    assert row(table, "top_box_count", question="voranbringen")["high"] == 22


def test_place_of_the_bars_leaves_mean_median_and_consensus_open(table):
    mean = row(table, "mean", question="fokussierung")
    assert (round(mean["low"], 2), round(mean["high"], 2)) == (2.88, 8.12)
    consensus = row(table, "consensus", question="fokussierung")
    assert (round(consensus["low"], 2), round(consensus["high"], 2)) == (0.20, 0.79)
    for question, unused, modal in (
        ("fokussierung", 2, 9 / 34),
        ("identifikation", 2, 6 / 27),
        ("voranbringen", 3, 9 / 26),
    ):
        assert row(table, "unused_values", question=question)["values"] == str(unused)
        assert row(table, "modal_share", question=question)["high"] == pytest.approx(modal)


@pytest.mark.parametrize(
    ("reading", "counts", "bars"),
    [
        ("knapp zwei Drittel", "21-22", "22 = 9+8+4+1 / 8+7+4+3"),
        ("knapp 70 %", "23", "23 = 9+7+4+3"),
        ("knapp drei Viertel", "24-25", "25 = 9+8+7+1"),
        ("knapp 80 %", "27", "27 = 9+8+7+3"),
    ],
)
def test_readings_of_the_lost_share_that_the_bars_allow(table, reading, counts, bars):
    claim = row(table, "claim", reading, question="fokussierung")
    assert (claim["verdict"], claim["values"]) == ("possible", counts)
    assert bars in claim["note"]


def test_just_under_ninety_percent_is_impossible(table):
    assert row(table, "claim", "knapp 90 %", question="fokussierung")["verdict"] == "impossible"


@pytest.mark.parametrize("area", AREAS)
def test_totals_of_the_ranking(table, area):
    low, high, in_tens = AREAS[area]
    total = row(table, "total", area, question="fokusbereiche")
    assert (total["low"], total["high"]) == (low, high)
    assert row(table, "total_in_steps", area, question="fokusbereiche")["values"] == in_tens


def test_number_of_vectors_of_the_ranking(table):
    assert row(table, "count_vectors", question="fokusbereiche")["values"] == "304134769"
    assert row(table, "vectors_in_steps", question="fokusbereiche")["values"] == "267"
    assert row(table, "points_spent", question="fokusbereiche")["values"] == "2802-2900"


def test_order_of_the_ranking_is_known_but_for_the_two_equal_labels(table):
    mine = table[(table["question"] == "fokusbereiche") & (table["quantity"] == "order")]
    open_pairs = mine[mine["verdict"] == "open"]
    assert list(open_pairs["item"]) == ["synergien|flankierung"]
    assert (open_pairs["low"].item(), open_pairs["high"].item()) == (-28, 28)
    assert row(table, "order", "tourismus|innovationsraeume", question="fokusbereiche")["low"] == 1


def test_worst_cases_of_the_ranking(table):
    givers = row(table, "mean_of_givers", "andere", question="fokusbereiche")
    assert (givers["low"], givers["high"]) == (18.25, 25.25)
    error = row(table, "standard_error", "industrieparks", question="fokusbereiche")
    assert (error["low"], round(error["high"], 2)) == (0, 7.95)
    room = row(table, "room_mean_of_print", "industrieparks", question="fokusbereiche")
    assert (round(room["low"], 1), round(room["high"], 1)) == (19.1, 36.2)


def test_participant_groups_stay_open(table):
    n = row(table, "n", question="teilnehmergruppe")
    assert (n["values"], n["verdict"]) == ("26-40", "open")


def test_a_literal_one_percent_needs_sixty_seven_people():
    file = read_yaml(FILE, Published)
    (found,) = [one for one in file.questions if one.id == "identifikation"]
    bars = [1 if value == 11 else value for value in found.values()]
    blind = Published(source="x", search=(15, 66), questions=[found.model_copy(update={"bars": bars})])
    assert row(as_table(audit(blind)), "n", question="identifikation")["verdict"] == "impossible"


def test_the_estimates_of_the_round_reproduce_the_print(built_round):
    table = audit_file(FILE, built_round)
    verdicts = table[table["quantity"] == "reproduced"]["verdict"]
    assert len(verdicts) == 7 and set(verdicts) == {"yes"}
    assert is_sound(table)
