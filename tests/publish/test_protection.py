"""What a page says about merged groups and withheld numbers is what the status of the published rows says."""

from dataclasses import replace

import pytest
from small_rounds import evidence_of, small_round

from analysis_utils.publish.panel_figure import segment_chart
from analysis_utils.publish.protection import EARLIER, merging_sentence, withholding_sentence
from analysis_utils.publish.segment_text import segment_sentences, segment_table

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
    assert merging_sentence(evidence, question) in str(segment_sentences(evidence, question)[0])


def test_withheld_numbers_are_counted_without_saying_which_are_small(evidence):
    question = evidence.round.question("s")
    all_shown = with_status(
        evidence, {(s, n): "published" for s in ("g0", "uebrige") for n in ("top_box_share", "mean")}
    )
    assert withholding_sentence(all_shown, [question], ["top_box_share", "mean"]) == ""
    marked = with_status(all_shown, {(s, "mean"): "suppressed_small_base" for s in ("g0", "uebrige")})
    assert withholding_sentence(marked, [question], ["top_box_share", "mean"]) == (
        "Ein • steht für einen zurückgehaltenen Wert (hier zwei). Zurückgehalten wird, was auf zu wenigen Personen "
        "oder darauf beruht, dass sich alle einig waren, und woraus sich ein solcher Wert errechnen ließe; was davon "
        "wo gilt, würde selbst etwas verraten. Von den Auswahlen, die das verhindern, gilt die mit dem geringsten "
        "Verlust."
    )


def test_table_and_figure_bear_the_sentence(evidence):
    question = evidence.round.question("s")
    marked = with_status(evidence, {("g0", name): "suppressed_small_base" for name in ("mean", "top_box_share")})
    assert "Wert (hier einer)." in segment_chart(marked, question).caption
    assert "Wert (hier zwei)." in segment_table(marked, [question])._repr_html_()
    assert "•" not in segment_chart(evidence, question).caption.replace("• Zum Schutz", "")


def test_groups_left_out_because_of_an_earlier_version_are_not_said_to_be_too_small(evidence):
    names = [(s, n) for s in ("g0", "uebrige") for n in ("respondents", "mean", "top_box_share")]
    left_out = with_status(evidence, dict.fromkeys(names, EARLIER))
    [sentence] = segment_sentences(left_out, evidence.round.question("s"))
    assert "eine frühere Fassung" in sentence and "genug Antworten" not in sentence
