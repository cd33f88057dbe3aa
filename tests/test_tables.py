"""Tables are checked when written and when read; private ones are for their owner only; CSV cannot start a formula."""

import stat
import sys

import pandas as pd
import pytest

from analysis_utils.contracts import TABLES
from analysis_utils.errors import DataError
from analysis_utils.tables import make_table, neutralise, read_table, to_csv, validate, write_table

ESTIMATE = {
    "round": "r",
    "question": "q",
    "segment": "all",
    "item": "7",
    "statistic": "count",
    "estimate": 3,
    "unit": "people",
    "n": 10,
    "method": "",
    "status": "published",
    "provenance": "original",
}
ANSWER = {"round": "r", "session": 1, "voter": 1, "question": "q", "type": "scale", "value": 7}


def test_estimates_come_back_from_csv_as_they_went(tmp_path):
    frame = make_table("estimates", [ESTIMATE, {**ESTIMATE, "item": "", "statistic": "respondents", "estimate": 1 / 3}])
    write_table(frame, "estimates", tmp_path / "estimates.csv")
    pd.testing.assert_frame_equal(read_table("estimates", tmp_path / "estimates.csv"), frame)


def test_answers_come_back_from_parquet_as_they_went(tmp_path):
    frame = make_table("answers", [ANSWER, {**ANSWER, "voter": 2, "value": None, "text": "ä"}])
    write_table(frame, "answers", tmp_path / "answers.parquet")
    pd.testing.assert_frame_equal(read_table("answers", tmp_path / "answers.parquet"), frame)


@pytest.mark.skipif(sys.platform == "win32", reason="file modes exist on POSIX systems only")
def test_private_table_is_readable_by_its_owner_only(tmp_path):
    path = tmp_path / "round" / "answers.parquet"
    write_table(make_table("answers", [ANSWER]), "answers", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"statistic": "guess"}, "saw 'guess' at row 1, column statistic"),
        ({"status": "suppressed_small_base"}, "empty numbers in withheld rows"),
        ({"low": 4.0, "high": 5.0}, "low ≤ estimate ≤ high"),
        ({"unit": "share"}, "the unit people for count, saw share"),
        ({"question": ""}, "expected a value, saw an empty cell at row 1, column question"),
        ({"estimate": "viel"}, "a column of kind number"),
    ],
)
def test_estimate_against_the_contract_is_refused(change, message):
    with pytest.raises(DataError) as fault:
        make_table("estimates", [{**ESTIMATE, **change}])
    assert message in str(fault.value)


def test_two_rows_with_the_same_key_are_refused():
    with pytest.raises(DataError, match="one row per published number"):
        make_table("estimates", [ESTIMATE, ESTIMATE])


def test_unknown_and_missing_columns_are_named():
    frame = make_table("answers", [ANSWER]).drop(columns="value").assign(extra=1)
    with pytest.raises(DataError, match="a difference in extra, value"):
        validate(frame, "answers", where="answers")


def test_missing_table_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="run the ingest notebooks first"):
        read_table("estimates", tmp_path / "estimates.csv")


def test_broken_parquet_is_refused_readably(tmp_path):
    (tmp_path / "answers.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(DataError, match="expected a table of type answers"):
        read_table("answers", tmp_path / "answers.parquet")


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-cmd", "@sum", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_neutralised(cell):
    assert neutralise(cell) == f"'{cell}"
    assert f"'{cell}"[:3] in to_csv(pd.DataFrame({"a": [cell], "b": [-1]}))


def test_numbers_and_plain_text_stay():
    assert to_csv(pd.DataFrame({"a": ["x"], "b": [-1.5]})) == "a,b\nx,-1.5\n"


def test_each_table_has_documented_rows_and_unique_columns():
    for table in TABLES.values():
        names = [column.name for column in table.columns]
        assert table.row and len(set(names)) == len(names) and set(table.key) <= set(names)


def many_answers():
    columns = {
        "round": "r",
        "session": 1,
        "question": "q",
        "type": "scale",
        "value": 7.0,
        "text": "",
        "pick_order": None,
    }
    frame = pd.DataFrame({"voter": range(1, 5), "item": ["", "a", None, "a"], **columns})
    return frame[[column.name for column in TABLES["answers"].columns]]


def test_repeated_words_may_be_categorical_and_are_written_as_plain_text(tmp_path):
    plain = many_answers()
    compact = plain.astype(dict.fromkeys(("round", "question", "type", "item", "text"), "category"))
    kept = validate(compact, "answers", where="answers")
    assert kept.dtypes["item"] == "category"
    assert kept["item"].tolist() == ["", "a", "", "a"]
    write_table(plain, "answers", tmp_path / "plain.parquet")
    write_table(compact, "answers", tmp_path / "compact.parquet")
    assert (tmp_path / "plain.parquet").read_bytes() == (tmp_path / "compact.parquet").read_bytes()
    assert read_table("answers", tmp_path / "compact.parquet").dtypes["item"] == "str"


def test_empty_categorical_cell_that_is_required_is_refused():
    frame = many_answers().assign(question=pd.Categorical(["q", "q", None, "q"]))
    with pytest.raises(DataError, match="an empty cell at row 3, column question"):
        validate(frame, "answers", where="answers")


def test_categorical_repeats_of_a_key_are_refused():
    frame = many_answers().assign(voter=[1, 2, 3, 2]).astype({"item": "category"})
    with pytest.raises(DataError, match="the same key twice at row 4"):
        validate(frame, "answers", where="answers")
