"""Two versions of a round: the reader who has both wins without the ledger, and does not get the second one with it."""

import json
import shutil

import pandas as pd
import pytest
from random_rounds import AREAS, GROUPS, make_round, random_people, tables
from two_rounds import write_rounds

from analysis_utils.errors import DataError
from analysis_utils.measure.estimates import estimate_round
from analysis_utils.measure.releases import ledger_path, read_ledger, record_release, withdraw
from analysis_utils.measure.versions import refuse_close, told_apart
from analysis_utils.measure.withdrawal import withdrawal
from analysis_utils.tables import write_table

BASE = [person | {"voter": number} for number, person in enumerate(random_people(3), start=1)]
SOMEBODY = next(place for place, person in enumerate(BASE) if len(person) == 7 and person["group"])
"""Answered everything and belongs to a group."""


def built(folder, people, name="r", **settings):
    round_ = make_round(folder / "data" / "raw" / name, **settings)
    round_.raw.mkdir(parents=True, exist_ok=True)
    voters, answers = tables(people)
    estimates = estimate_round(round_, voters, answers)
    for name, table in (("voters", voters), ("answers", answers), ("estimates", estimates)):
        write_table(table, name, round_.table(name))
    return round_, estimates


def released(folder, people, **settings):
    round_, estimates = built(folder, people, **settings)
    record_release(round_)
    return round_, estimates


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """`BASE` released, computed once; and its estimates."""
    folder = tmp_path_factory.mktemp("first")
    return folder, released(folder, BASE)[1]


@pytest.fixture
def place(first, tmp_path):
    """A folder of the test's own in which `BASE` is released."""
    shutil.copytree(first[0], tmp_path / "p")
    return tmp_path / "p"


def round_in(place):
    return make_round(place / "data" / "raw" / "r")


def without(*places):
    return [person for place, person in enumerate(BASE) if place not in places]


def changed(question, value):
    return [person | {question: value} if place == SOMEBODY else person for place, person in enumerate(BASE)]


CLOSE = {
    "one person fewer": lambda: without(SOMEBODY),
    "seven people fewer": lambda: without(*range(1, 8)),
    "one answer changed": lambda: changed("scale1", 1 if BASE[SOMEBODY]["scale1"] != 1 else 2),
    "one group changed": lambda: changed("group", ""),
    "nine people more and one fewer": lambda: [
        *without(SOMEBODY),
        *(one | {"voter": 90 + i} for i, one in enumerate(random_people(5)[:9])),
    ],
    "one person fewer and the others numbered anew": lambda: [
        person | {"voter": 500 + place} for place, person in enumerate(without(SOMEBODY))
    ],
}


@pytest.mark.parametrize("what", CLOSE)
def test_version_that_few_people_tell_from_a_released_one_is_refused(place, what):
    round_ = round_in(place)
    before = ledger_path(round_).read_bytes(), round_.table("estimates").read_bytes()
    with pytest.raises(DataError) as fault:
        built(place, CLOSE[what]())
    message = str(fault.value)
    assert "by nobody or by 8 people or more, saw fewer: " in message and "fachdialog withdraw r" in message
    assert f"version {round_.data_stamp} of r" in message
    assert (ledger_path(round_).read_bytes(), round_.table("estimates").read_bytes()) == before


def test_message_names_the_questions_and_how_many_people_differ(place):
    with pytest.raises(DataError, match=r"fewer: scale1 \(by 1 person\) at comparison"):
        built(place, CLOSE["one answer changed"]())


def test_third_version_is_compared_with_the_first_though_another_lies_between(place):
    round_ = round_in(place)
    ledger = json.loads(ledger_path(round_).read_text())
    ledger["versions"].append({"stamps": ["later"], "questions": {}})
    ledger_path(round_).write_text(json.dumps(ledger))
    with pytest.raises(DataError, match="saw fewer"):
        built(place, without(1))


def test_question_under_a_new_name_is_recognised_by_its_answers(place):
    round_ = round_in(place)
    ledger = json.loads(ledger_path(round_).read_text())
    questions = ledger["versions"][0]["questions"]
    ledger["versions"][0]["questions"] = {"formerly": questions["scale1"], "choice": questions["choice"]}
    ledger_path(round_).write_text(json.dumps(ledger))
    with pytest.raises(DataError, match=r"fewer: scale1 \(by 1 person\)"):
        built(place, CLOSE["one answer changed"]())


def test_copy_of_the_round_under_another_name_is_a_version_of_it(place):
    with pytest.raises(DataError, match=r"of r; .*fachdialog withdraw r"):
        built(place, without(SOMEBODY), name="copy")
    refuse_close(make_round(place / "data" / "raw" / "other"), tables(random_people(13))[1])


def test_copy_whose_groups_are_cut_differently_shows_no_numbers_of_them(tmp_path):
    """The reader of both would subtract: what two groups said together less what one of them said."""
    chosen = [(12, 9), (9, 4), (8, 3)]
    people = [
        {"group": group, "choice": AREAS[number >= first]}
        for group, (size, first) in zip(GROUPS, chosen, strict=False)
        for number in range(size)
    ]
    first = released(tmp_path / "p", people)[1]
    again = built(tmp_path / "p", people, name="copy")[1]
    pd.testing.assert_frame_equal(first, again)
    second = built(tmp_path / "p", people, name="copy", disclosure={"minimum_base": 9})[1]
    segments = second[(second["segment"] != "all") & (second["question"] == "choice")]
    assert len(segments) and set(segments["status"]) == {"suppressed_earlier_version"}


def test_two_rounds_that_nearly_agree_on_everything_asked_are_no_copies(tmp_path):
    """Of thirty, 28 said yes twice: chance alone makes voters of one number agree."""

    def nearly_all(*others):
        return [{"group": GROUPS[0], "choice": AREAS[place in others]} for place in range(30)]

    released(tmp_path / "p", nearly_all(3, 4))
    _, second = built(tmp_path / "p", nearly_all(9, 10, 11), name="later")
    assert second.loc[second["item"] == AREAS[1], "estimate"].tolist()[0] == 3


def test_unchanged_answers_pass_and_leave_everything_as_it_was(first, place):
    round_ = round_in(place)
    before = ledger_path(round_).read_bytes()
    _, second = released(place, BASE)
    pd.testing.assert_frame_equal(first[1], second)
    assert ledger_path(round_).read_bytes() == before and len(read_ledger(ledger_path(round_))) == 1


def test_new_texts_with_the_same_answers_are_the_same_version_under_two_stamps(first, place):
    round_, counted = round_in(place), first[1]["statistic"] == "nonrespondents"
    stamp = round_.data_stamp
    with_text = first[1].assign(method=first[1]["method"].where(~counted, "in other words"))
    write_table(with_text, "estimates", round_.table("estimates"))
    record_release(round_)
    [version] = read_ledger(ledger_path(round_))
    assert version.stamps == sorted([stamp, round_.data_stamp]) and len(set(version.stamps)) == 2


def test_groups_hardly_changed_beside_a_released_version_show_no_numbers(first, place):
    _, second = built(place, without(*range(6)))
    segments = second[~second["segment"].isin(["all"])]
    assert first[1]["segment"].nunique() > 2 and len(segments)
    assert segments["estimate"].isna().all() and set(segments["status"]) == {"suppressed_earlier_version"}
    assert (second.loc[second["segment"] == "all", "status"] == "published").all()


def test_same_people_cut_differently_are_told_apart():
    def shown(**cut):
        return {name: [f"{voter}.{voter}" for voter in people] for name, people in cut.items()}

    from analysis_utils.measure.releases import Released

    first = [Released(shown(a=range(10), b=range(10, 20), c=range(20, 30)))]
    assert not told_apart(shown(a=range(10), b=range(10, 20), c=range(20, 30)), first, 5)
    assert told_apart(shown(a=range(10), rest=range(10, 30)), first, 5)
    # No two segments are close, but a and b together differ by one person from x and y together.
    assert told_apart(shown(x=range(5), y=range(5, 21), z=range(21, 30)), first, 5)
    assert not told_apart(shown(x=range(5), y=range(5, 15), z=range(15, 30)), first, 5)


def test_withdrawn_version_does_not_count_any_more(place):
    round_, other = round_in(place), tables(without(SOMEBODY))[1]
    withdraw(round_, keep=[round_.data_stamp])
    with pytest.raises(DataError):
        refuse_close(round_, other)
    withdraw(round_, keep=[])
    assert not ledger_path(round_).exists()
    refuse_close(round_, other)


def test_command_lists_versions_and_withdraws_only_when_told_to(place):
    round_ = round_in(place)
    assert "nothing changed; add --yes" in withdrawal(round_, keep=[], really=False) and ledger_path(round_).exists()
    with pytest.raises(DataError, match=f"known: {round_.data_stamp}"):
        withdrawal(round_, keep=["1"], really=True)
    assert f"{round_.data_stamp} (kept)" in withdrawal(round_, keep=[round_.data_stamp], really=True)
    ledger_path(round_).write_text("{")
    assert "withdrawn" in withdrawal(round_, keep=[], really=True) and not ledger_path(round_).exists()


def test_version_that_the_report_of_a_later_round_quotes_cannot_be_withdrawn_alone(tmp_path):
    """The later report prints what everybody answered in the earlier round."""
    rounds = write_rounds(tmp_path / "data", compare={"with": ["r1"]})
    for round_ in (rounds.earlier, rounds.later):
        ledger_path(round_).write_text('{"versions": []}')
    with pytest.raises(DataError, match=r"numbers of r1, saw r2, .*first: fachdialog withdraw r2 --yes"):
        withdrawal(rounds.earlier, keep=[], really=True)
    withdrawal(rounds.later, keep=[], really=True)
    assert "withdrawn" in withdrawal(rounds.earlier, keep=[], really=True)


def test_broken_ledger_is_one_readable_message(place):
    ledger_path(round_in(place)).write_text("{")
    with pytest.raises(DataError, match="the ledger of releases, saw a file that cannot be read"):
        built(place, BASE)
