"""What a page says about merged groups and withheld numbers is what the status of the published rows says."""

from dataclasses import replace

import pandas as pd
import pytest
from small_rounds import evidence_of, small_round

from analysis_utils.rounds.round_file import Scale
from analysis_utils.wording.segment_text import EARLIER, merging_sentence, segment_sentences, segment_table

GROUPS = ["g0"] * 12 + ["g1"] * 8 + ["g2"] * 3 + ["g3"]
SCORES = [7, 8, 9, 7, 8, 9, 5, 6, 7, 8, 5, 6, 9, 9, 9, 9, 9, 9, 9, 9, 3, 4, 3, 8]


@pytest.fixture(scope="module")
def evidence():
    return evidence_of(small_round(2, groups=4), [], SCORES, GROUPS)


def with_status(evidence, changes):
    """The same rows with other statuses: (segment, statistic) → status."""
    table = evidence.estimates.copy()
    for (segment, statistic), status in changes.items():
        table.loc[(table["segment"] == segment) & (table["statistic"] == statistic), "status"] = status
    return replace(evidence, estimates=table)


def test_merged_groups_are_named_with_the_reason_of_each(evidence):
    question = evidence.round.question("s")
    assert merging_sentence(evidence, question) == (
        "Unter „Übrige“ zusammengefasst sind Gruppe 2 und Gruppe 3, weil dort für einen eigenen Wert zu wenige "
        "antworteten; außerdem Gruppe 1, weil sich sonst die Antworten der kleineren durch Abziehen errechnen ließen."
    )
    assert merging_sentence(evidence, question) in " ".join(segment_sentences(evidence, question))


def test_group_shown_by_exception_bears_name_and_reason():
    one = {"group": "g1", "people": 6, "by": "M. Muster", "reason": "Alle haben eingewilligt."}
    round_ = small_round(2, groups=2, disclosure={"exceptions": [one]})
    evidence = evidence_of(round_, [], [7, 8, 9] * 6, ["g0"] * 12 + ["g1"] * 6)
    text = str(segment_sentences(evidence, round_.question("s"))[-1])
    assert "Ausnahme: Gruppe 1 steht schon ab sechs Personen für sich. Verantwortlich: M. Muster." in text
    assert text.endswith("Grund: Alle haben eingewilligt.")


def test_scales_with_other_classes_stand_in_tables_of_their_own():
    round_ = small_round(2, groups=2)
    question = round_.file.questions[-1]
    scale = Scale(low=-2, high=2, low_label="nein", high_label="ja", top_box=(1, 2))
    other = question.model_copy(update={"id": "t", "scale": scale})
    round_ = replace(round_, file=round_.file.model_copy(update={"questions": [*round_.file.questions, other]}))
    evidence = evidence_of(round_, [], [1, 2] * 8, ["g0"] * 8 + ["g1"] * 8)
    rows = evidence.estimates[evidence.estimates["question"] == "s"]
    classes = {"1-3": "-2--1", "4-6": "0", "7-10": "1-2"}
    copied = rows.assign(question="t", item=rows["item"].replace(classes))
    both = replace(evidence, estimates=pd.concat([evidence.estimates, copied]))
    html = segment_table(both, [question, other])._repr_html_()
    assert html.count("<table") == 2
    for head in ("1–3", "7–10", "−2 bis −1", "Wert 0", "1–2"):
        assert f">{head}</th>" in html, head


def test_groups_left_out_because_of_an_earlier_version_are_not_said_to_be_too_small(evidence):
    names = [(s, n) for s in ("g0", "uebrige") for n in ("respondents", "class_share", "top_box_share")]
    left_out = with_status(evidence, dict.fromkeys(names, EARLIER))
    [sentence] = segment_sentences(left_out, evidence.round.question("s"))
    assert "eine frühere Fassung" in sentence and "genug Antworten" not in sentence
