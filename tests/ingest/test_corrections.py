"""`corrections.csv` changes single answers; `old` guards against a changed export; no message shows a ballot."""

import pytest
from rounds_on_disk import make_round, poll
from test_survey import values

from analysis_utils.errors import DataError
from analysis_utils.ingest.survey import ingest_survey

HEAD = "voter,question,item,old,new,reason,who,date\n"
WHY = "Tippfehler,jw,2025-11-13\n"


def ingest(tmp_path, *rows, head=HEAD):
    round_ = make_round(tmp_path, poll())
    (round_.raw / "corrections.csv").write_text(head + "".join(rows), encoding="utf-8")
    return ingest_survey(round_)


def test_answers_of_every_correctable_type_change(tmp_path):
    survey = ingest(
        tmp_path,
        f"1,focus,,8,9,{WHY}",
        f"1,areas,sites,70,60,{WHY}",
        f"1,areas,Andere,0,10,{WHY}",
        f"1,group,,Wirtschaft,politics,{WHY}",
        f"5,focus,,3,,{WHY}",
        f"4,focus,,,4,{WHY}",
    )
    assert values(survey, "focus") == {1: 9, 2: 7, 3: 10, 4: 4}
    assert [values(survey, "areas", item)[1] for item in ("sites", "transfer", "other")] == [60, 30, 10]
    assert survey.voters["segment"][0] == "politics"
    rows = survey.problems[survey.problems["rule"] == "correction"]
    assert list(rows["place"]) == ["row 5", "row 2, 6, 7", "row 3, 4"]
    assert rows["message"].iloc[0] == "1 answers to group were corrected as corrections.csv says"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"1,focus,,7,9,{WHY}", "in `old` the answer that the export holds, saw another one at row 2"),
        (f"9,focus,,8,9,{WHY}", "expected a voter of the export, saw another number at row 2, column voter"),
        (f"x,focus,,8,9,{WHY}", "expected a voter number, saw something else at row 2"),
        (f"1,fokus,,8,9,{WHY}", "the closest known wording is “focus”"),
        (f"1,areas,Flache,8,9,{WHY}", "expected an option of areas, saw another word .*“Flächen”"),
        (f"1,focus,sites,8,9,{WHY}", "expected no item for a question of type scale"),
        (f"1,focus,,8,viel,{WHY}", "expected a number, saw something else at row 2, column new"),
        ("1,focus,,8,9,,jw,2025-11-13\n", "expected reason for every correction, saw an empty cell at row 2"),
        ("1,focus,,8,9,x,jw,gestern\n", "expected a date like 2025-11-13"),
        ("1,focus,,8\n", "expected 8 cells, saw 4 at row 2"),
    ],
)
def test_wrong_correction_is_refused_with_its_row(tmp_path, row, message):
    with pytest.raises(DataError, match=f"corrections.csv: .*{message}|{message}"):
        ingest(tmp_path, row)


def test_wrong_head_is_refused(tmp_path):
    with pytest.raises(DataError, match="expected the head voter,question,item,old,new,reason,who,date"):
        ingest(tmp_path, head="voter;question\n")
