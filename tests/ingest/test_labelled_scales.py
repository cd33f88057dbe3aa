"""Scales polled as multiple choice: every form of labels is read as values and proposed by new-round."""

import re

import pytest
from exports import Deck, Slide, sheets, write_xlsx
from rounds_on_disk import CODEBOOK, make_round

from analysis_utils.clean.survey import ingest_survey, write_survey
from analysis_utils.errors import DataError
from analysis_utils.gate.estimates import write_estimates
from analysis_utils.proposals.files import make_round as new_round
from analysis_utils.proposals.guesses import is_opinion, labels_of
from analysis_utils.proposals.inspection import describe, inspect
from analysis_utils.rounds import open_round, project_root
from analysis_utils.rounds.round_file import NO_ANSWER, Question, value_in

ROUND = """title: Probe
date: 12.11.2025
provenance: original
export: poll.xlsx
questions:
  - id: sicht
    wording: Wie sehen Sie es?
    label: Sicht
    type: scale
    role: agreement
    options: {options}
"""
FORMS = {
    "equals": [f"{v}={w}" if w else v for v, w in ((5, "sehr stark"), (4, ""), (3, ""), (2, ""), (1, "gar nicht"))],
    "brackets, upwards": ["1 (gar nicht)", "2", "3", "4", "5 (sehr stark)"],
    "dash": ["1 – gar nicht", "2 – kaum", "3 – teils", "4 – eher", "5 – voll"],
    "colon": ["5: sehr stark", "4", "3", "2", "1: gar nicht"],
    "numbers only at the ends": ["1 = gar nicht", "kaum", "teils", "eher", "5 = voll"],
    "words": ["stimme gar nicht zu", "stimme eher nicht zu", "teils/teils", "stimme eher zu", "stimme voll zu"],
    "negative": ["-2 = dagegen", "-1", "0", "1", "2 = dafür"],
}


def poll(labels, more=()):
    """One vote for the first label, two for the second, and so on; then one for each of `more`."""
    votes = [label for number, label in enumerate(labels, start=1) for _ in range(number)] + list(more)
    answers = dict(enumerate(votes, start=1))
    return Deck((Slide("choices", "Wie sehen Sie es?", (*labels, *more), answers),), voters=len(votes) + 1)


def yaml_of(labels):
    return "{" + ", ".join(f'"{label}": {value}' for label, value in labels.items()) + "}"


@pytest.mark.parametrize("form", FORMS)
def test_labelled_scale_is_read_with_its_values_and_no_answer_is_outside_the_base(tmp_path, form):
    labels = FORMS[form]
    values = labels_of([*labels, "weiß nicht"])
    numbers = [value for value in values.values() if value != NO_ANSWER]
    assert values["weiß nicht"] == NO_ANSWER and len(set(numbers)) == 5
    round_ = make_round(tmp_path, poll(labels, ["weiß nicht"]), text=ROUND.replace("{options}", yaml_of(values)))
    survey = ingest_survey(round_)
    assert survey.totals["consumed"] == 16 and set(survey.problems["rule"]) == {"reactions_only"}
    write_survey(round_, survey)
    table = write_estimates(round_).set_index(["statistic", "item"])["estimate"]
    assert [table["count", str(number)] for number in numbers] == [1, 2, 3, 4, 5]
    assert table["respondents", ""] == 15 and table["no_answer", ""] == 1 and table["nonrespondents", ""] == 1
    assert table["mean", ""] == pytest.approx(sum(n * v for n, v in enumerate(numbers, start=1)) / 15)
    scale = round_.question("sicht").scale
    assert scale.polled() == numbers and scale.is_verbal == (form == "words")


def test_statistics_of_a_verbal_scale_say_that_steps_are_taken_as_equal(tmp_path):
    labels = labels_of(FORMS["words"])
    round_ = make_round(tmp_path, poll(FORMS["words"]), text=ROUND.replace("{options}", yaml_of(labels)))
    write_survey(round_, ingest_survey(round_))
    table = write_estimates(round_).set_index("statistic")
    assert table.loc["mean", "method"].endswith("steps of a verbal scale taken as equal")


def test_label_without_a_value_in_round_yml_is_refused_with_the_line_to_write(tmp_path):
    text = ROUND.replace("options: {options}", "scale: {low: 1, high: 5, low_label: nein, high_label: ja}")
    round_ = make_round(tmp_path, poll(FORMS["equals"]), text=text)
    line = 'options: {"5=sehr stark": 5, "4": 4, "3": 3, "2": 2, "1=gar nicht": 1}'
    with pytest.raises(DataError) as fault:
        ingest_survey(round_)
    assert "saw “5=sehr stark”" in str(fault.value) and line in str(fault.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("{ja: 2, nein: 2, vielleicht: 1}", "each label and each value of a scale once"),
        ("{ja: viel, nein: 2}", "expected “each option of a scale to have its value .a whole number. or no_answer”"),
        ("{weiß nicht: no_answer}", "low_label|describe its scale"),
    ],
)
def test_labels_that_make_no_scale_are_refused(tmp_path, options, message):
    with pytest.raises(DataError, match=message):
        make_round(tmp_path, text=ROUND.replace("{options}", options))


def test_scale_is_told_by_its_labels_alone():
    asked = {
        "id": "a",
        "wording": "?",
        "label": "A",
        "type": "scale",
        "options": {"1 = ja": 1, 2: 2, 3: 3, "4 = nein": 4},
    }
    scale = Question.model_validate(asked).scale
    assert (scale.low, scale.high, scale.low_label, scale.high_label, scale.top_box) == (1, 4, "ja", "nein", (3, 4))
    turned = Question.model_validate({**asked, "scale": {"positive_end": "low"}}).scale
    assert turned.top_box == (1, 2)


@pytest.mark.parametrize(
    "items",
    [
        ["18–29", "30–39", "40–49"],
        ["18-29 Jahre", "30-39 Jahre", "ab 40"],
        ["1 Person", "2 Personen", "3 Personen und mehr"],
        ["1 Tag", "2 Tag", "3 Tag"],
        ["2021", "2022", "2023"],
        ["16", "17", "18", "19"],
        ["ja", "nein", "weiß nicht"],
        ["Wirtschaft", "Politik", "Wissenschaft"],
        ["Gute Arbeit", "Nicht genug Geld", "Anderes"],
    ],
)
def test_ages_years_numbers_and_plain_options_are_no_scale(items):
    assert labels_of(items) == {}


@pytest.mark.parametrize("label", ["18–29", "über 60", "Agenda 2030", "60+", "50 to 60", "18 bis 29"])
def test_label_that_names_no_value(label):
    assert value_in(label) is None


@pytest.mark.parametrize(
    ("wording", "is_one"), [("Wie alt sind Sie?", False), ("Wie viele Jahre?", False), ("Stimmen Sie zu?", True)]
)
def test_question_of_age_is_no_opinion(wording, is_one):
    assert is_opinion(wording) == is_one


@pytest.mark.parametrize("form", FORMS)
def test_new_round_proposes_labelled_scales_and_check_accepts_them(tmp_path, form):
    (tmp_path / "codebook.yml").write_text(CODEBOOK, encoding="utf-8")
    export = write_xlsx(tmp_path / "poll.xlsx", sheets(poll(FORMS[form], ["keine Angabe"])))
    assert "(value no_answer)" in describe(inspect(export))
    new_round("neu", None, export, data=tmp_path)
    path = tmp_path / "raw" / "neu" / "round.yml"
    lines = path.read_text("utf-8").splitlines()
    start = lines.index("confirm:")
    end = next(number for number in range(start + 1, len(lines)) if not lines[number].startswith(" "))
    path.write_text("\n".join([*lines[:start], *lines[end:]]), encoding="utf-8")
    round_ = open_round("neu", data=tmp_path)
    [question] = round_.file.questions
    assert question.type == "scale" and question.role == "agreement"
    assert question.scale.no_answers == ["keine Angabe"]
    assert len(ingest_survey(round_).answers) == 16


def test_reversed_scale_has_its_agreement_at_the_low_end(tmp_path):
    (tmp_path / "codebook.yml").write_text(CODEBOOK, encoding="utf-8")
    labels = ["1 = sehr gut", "2", "3", "4", "5 = schlecht"]
    new_round("neu", None, write_xlsx(tmp_path / "poll.xlsx", sheets(poll(labels))), data=tmp_path)
    assert "positive_end: low, top_box: [1, 2]" in (tmp_path / "raw" / "neu" / "round.yml").read_text("utf-8")


def test_round_yml_that_the_documentation_begins_with_works(tmp_path):
    document = (project_root() / "docs" / "data-formats.md").read_text(encoding="utf-8")
    round_ = make_round(tmp_path, text=re.findall(r"```yaml\n(.*?)```", document, re.DOTALL)[0])
    labels = list(round_.file.questions[0].scale.labels)
    write_xlsx(round_.raw / "mentimeter.xlsx", sheets(poll(labels)))
    survey = ingest_survey(round_)
    assert survey.answers["value"].tolist().count(5) == 1 and "no_answer" in set(survey.answers["item"])
