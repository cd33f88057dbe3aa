"""One event, several files: rooms with a deck each, votes before and after in files of their own, paper ballots."""

import pytest
from exports import Deck, Slide, csv_bytes, sheets, write_xlsx
from rounds_on_disk import make_round

from analysis_utils.clean.survey import ingest_survey
from analysis_utils.comparison.tables import polled_twice_table
from analysis_utils.errors import DataError
from analysis_utils.gate.estimates import estimate_round
from analysis_utils.rounds import open_round
from analysis_utils.wording.evidence import Evidence

SCALE = "scale: {{low: 1, high: 10, low_label: nein, high_label: ja}}"
SICHER = "  - {{id: {id}, wording: Wie sicher?, label: Sicher, type: scale, " + SCALE + "}}\n"
TEXT = """title: Probe
date: 12.11.2025
provenance: original
exports: [eins.xlsx, zwei.xlsx]
questions:
"""
CODE = "  - {id: code, wording: Ihr Code?, label: Code, type: open}\n"
AREAS = """  - id: bereiche
    wording: Was zählt?
    label: Bereiche
    type: points
    options: {Flächen: sites, Andere: other}
"""


def sure(**answers):
    return Slide("scales", "Wie sicher?", ("x",), {int(name[1:]): {"x": value} for name, value in answers.items()})


def codes(*words):
    return Slide("open", "Ihr Code?", answers={number: [(word, 0)] for number, word in enumerate(words, start=1)})


def several(tmp_path, decks, text):
    round_ = make_round(tmp_path, text=text)
    for name, deck in zip(("eins.xlsx", "zwei.xlsx", "drei.xlsx"), decks, strict=False):
        write_xlsx(round_.raw / name, sheets(deck))
    return open_round(round_.name, data=tmp_path)


def sums(survey):
    return survey.answers.groupby("question", observed=True)["value"].sum().to_dict()


def test_people_of_two_rooms_are_different_people(tmp_path):
    text = TEXT + SICHER.format(id="sicher")
    survey = ingest_survey(several(tmp_path, [Deck((sure(v1=2, v2=3),), 2), Deck((sure(v1=9, v3=1),), 3)], text))
    assert survey.voters[["session", "voter"]].to_numpy().tolist() == [[1, 1], [1, 2], [2, 3], [2, 4], [2, 5]]
    assert sums(survey) == {"sicher": 15}
    assert "file_not_read" not in set(survey.problems["rule"])


def test_votes_before_and_after_in_files_of_their_own_are_told_by_their_order(tmp_path):
    text = TEXT + SICHER.format(id="vorher") + SICHER.format(id="nachher")
    survey = ingest_survey(several(tmp_path, [Deck((sure(v1=2, v2=3),), 2), Deck((sure(v1=9, v2=8),), 2)], text))
    assert sums(survey) == {"vorher": 5, "nachher": 17}


def test_two_rooms_that_voted_twice_are_pooled_by_place(tmp_path):
    text = TEXT + SICHER.format(id="vorher") + SICHER.format(id="nachher")
    decks = [Deck((sure(v1=2), sure(v1=8)), 1), Deck((sure(v1=3), sure(v1=9)), 1)]
    assert sums(ingest_survey(several(tmp_path, decks, text))) == {"vorher": 5, "nachher": 17}


def test_code_of_ones_own_joins_a_person_of_two_files(tmp_path):
    text = TEXT.replace("questions:", "link_code: code\nquestions:")
    text += SICHER.format(id="vorher") + SICHER.format(id="nachher") + CODE
    decks = [
        Deck((sure(v1=2, v2=3, v3=4), codes("AB 12", "cd34", "zz")), 3),
        Deck((sure(v1=9, v2=8, v3=7), codes("cd-34", "ab12", "neu")), 3),
    ]
    survey = ingest_survey(several(tmp_path, decks, text))
    by_voter = survey.answers.pivot_table("value", "voter", "question", observed=True)
    assert by_voter.loc[1, ["vorher", "nachher"]].tolist() == [2, 8]
    assert by_voter.loc[2, ["vorher", "nachher"]].tolist() == [3, 9]
    assert len(survey.voters) == 4
    assert survey.totals["non_empty"] == survey.totals["consumed"] + survey.totals["set_aside"] == 6 + 6 + 6
    assert survey.problems.set_index("rule").at["joined_by_code", "seen"] == "2 people"


def test_what_a_joined_person_answered_twice_counts_once(tmp_path):
    text = TEXT.replace("questions:", "link_code: code\nquestions:") + SICHER.format(id="sicher") + CODE
    decks = [Deck((sure(v1=2), codes("a1")), 1), Deck((sure(v1=9), codes("A1")), 1)]
    survey = ingest_survey(several(tmp_path, decks, text))
    assert sums(survey)["sicher"] == 2 and len(survey.voters) == 1
    assert survey.problems.set_index("rule").at["answered_twice", "action"] == "set aside"


def test_code_that_two_people_of_a_file_gave_joins_nobody(tmp_path):
    text = TEXT.replace("questions:", "link_code: code\nquestions:") + SICHER.format(id="sicher") + CODE
    decks = [Deck((sure(v1=2, v2=2), codes("a1", "a1")), 2), Deck((sure(v1=9), codes("A1")), 1)]
    survey = ingest_survey(several(tmp_path, decks, text))
    assert len(survey.voters) == 3 and "code_twice" in set(survey.problems["rule"])


def test_ballots_on_paper_stand_beside_an_export(tmp_path):
    text = TEXT.replace("zwei.xlsx]", "Papier.csv]") + AREAS + SICHER.format(id="sicher") + CODE
    text = text.replace("questions:", "columns:\n  W: {bereiche: Flächen}\n  S: {bereiche: Andere}\n  sicher: sicher\n"
                        "  laufend: left_out\nquestions:")  # fmt: skip
    points = Slide(
        "100 points", "Was zählt?", ("Flächen", "Andere"), {1: {"Flächen": 100}, 2: {"Flächen": 40, "Andere": 60}}
    )
    round_ = make_round(tmp_path, text=text)
    write_xlsx(round_.raw / "eins.xlsx", sheets(Deck((points, sure(v2=4), codes("nur hier")), 2)))
    paper = [["laufend", "W", "S", "sicher"], ["p1", 10, 90, ""], ["p2", "", 100, 7], ["p3", 50, 40, 1]]
    (round_.raw / "papier.csv").write_bytes(csv_bytes(paper, delimiter=";"))
    survey = ingest_survey(open_round(round_.name, data=tmp_path))
    points = survey.answers[survey.answers["question"] == "bereiche"]
    assert points.groupby("item", observed=True)["value"].sum().to_dict() == {"sites": 150, "other": 250}
    assert sums(survey)["sicher"] == 12
    assert list(survey.answers.loc[survey.answers["question"] == "code", "text"]) == ["nur hier"]
    row = next(one for one in survey.found if one.rule == "points_too_few")
    assert "row 4 of papier.csv" in row.private  # the file is named, and its row


def test_what_does_not_fit_is_said_of_its_file(tmp_path):
    text = TEXT + SICHER.format(id="sicher")
    other = Slide("scales", "Wie sicher sind Sie?", ("x",), {1: {"x": 3}})
    with pytest.raises(DataError, match=r"^zwei\.xlsx: expected a question of round.yml, saw “Wie sicher sind Sie\?”"):
        ingest_survey(several(tmp_path, [Deck((sure(v1=2),), 1), Deck((other,), 1)], text))
    text = TEXT + SICHER.format(id="eins") + SICHER.format(id="zwei") + SICHER.format(id="drei")
    with pytest.raises(DataError, match=r"eins\.xlsx: 1, zwei\.xlsx: 1 .*once for each time it was polled"):
        ingest_survey(several(tmp_path, [Deck((sure(v1=2),), 1), Deck((sure(v1=2),), 1)], text))


def test_folder_with_two_workbooks_asks_which(tmp_path):
    text = TEXT.replace("exports: [eins.xlsx, zwei.xlsx]\n", "") + SICHER.format(id="sicher")
    round_ = several(tmp_path, [Deck((sure(v1=2),), 1), Deck((sure(v1=2),), 1)], text)
    with pytest.raises(DataError, match=r"write “export: eins\.xlsx” or “export: zwei\.xlsx”, or if all of them count "
                                        r"“exports: \[eins\.xlsx, zwei\.xlsx\]”, in round\.yml"):  # fmt: skip
        ingest_survey(round_)


TWICE = TEXT.replace("exports: [eins.xlsx, zwei.xlsx]", "export: poll.xlsx").replace("12.11.2025", "2025-11-12")
TWICE += SICHER.format(id="vorher") + SICHER.format(id="nachher")


def twice(tmp_path, before, after):
    """A round in which people answer the same question twice; None: not at all."""
    votes = [{f"v{n}": value for n, value in enumerate(side, 1) if value is not None} for side in (before, after)]
    round_ = make_round(tmp_path, Deck(tuple(sure(**own) for own in votes), len(before)), text=TWICE)
    survey = ingest_survey(round_)
    return Evidence(round_, estimate_round(round_, survey.voters, survey.answers))


def test_people_who_answered_twice_are_compared_with_themselves(tmp_path):
    before, after = [2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6, 7], [4, 5, 6, 7, 8, 9, 4, 5, 6, 7, 8, 6]
    evidence = twice(tmp_path, before, after)
    question = evidence.round.question("nachher")
    change = evidence.row(question, "linked_change_mean")
    assert (change.estimate, change.n) == (21 / 12, 12)  # eleven people by +2, one by -1
    assert (round(change.low, 4), round(change.high, 4)) == (1.1998, 2.3002)  # t(11) = 2.201, s = 0.8660
    assert evidence.row(question, "linked_p").estimate == 4 / 2**12  # sum 21 of 23: the small one either way
    assert not evidence.rows(evidence.round.question("vorher"), "linked_people")
    shown = str(polled_twice_table(evidence))
    assert "Sicher → Sicher" in shown and "+1,8" in shown


@pytest.mark.parametrize(
    ("before", "after"),
    [([2, 3, 4, 5, 6, 7, 8, 9, 3], [4] * 9), ([1, 2, 3, 4, 5] * 3, [2, 3, 4, 5, 6] * 3),
     ([2, 3, 4, 5, 6, 7, 8, 9, 3, 4, 5, 6], [9, 8, 7, 6, 5, 4, 3, 2, 3, 4, 5, None])],
)  # fmt: skip
def test_change_that_would_tell_on_few_is_not_shown(tmp_path, before, after):
    """Nine people; all by one step; one person who did not vote the second time."""
    evidence = twice(tmp_path, before, after)
    assert not evidence.rows(evidence.round.question("nachher"), "linked_people")
    assert "wird nicht gezeigt" in str(polled_twice_table(evidence))
