"""Two versions of a round: the reader who has both wins without the ledger, and learns nothing with it."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from random_rounds import GROUPS, make_round, random_people, tables
from two_rounds import write_rounds

from analysis_utils.errors import DataError
from analysis_utils.gate.estimates import estimate_round, write_estimates
from analysis_utils.gate.ledger import Ledger, Version, ledger_path, read_ledger, withdrawal, write_ledger
from analysis_utils.gate.releases import People, no_rules, read_people, record_draft, record_release
from analysis_utils.gate.versions import as_released, is_copy, told_apart
from analysis_utils.tables import read_table, write_table
from analysis_utils.wording.question_card import errata

BASE = [person | {"voter": number} for number, person in enumerate(random_people(3), start=1)]
SOMEBODY = next(place for place, person in enumerate(BASE) if len(person) == 7 and person["group"])
"""Answered everything and belongs to a group."""
OTHER = next(name for name in GROUPS if name != BASE[SOMEBODY]["group"])


def round_at(place, name="r", **settings):
    round_ = make_round(place / "data" / "raw" / name, **settings)
    return replace(round_, name=name, processed=round_.processed.with_name(name))


def put(place, people, estimates, name="r", **settings):
    """The round with these people in its tables, beside `estimates`; nothing is computed."""
    round_ = round_at(place, name, **settings)
    round_.raw.mkdir(parents=True, exist_ok=True)
    for table, frame in (("voters", people.voters), ("answers", people.answers), ("estimates", estimates)):
        write_table(frame, table, round_.table(table))
    if len(people.rule_answers):
        write_table(people.rule_answers, "rule_answers", round_.table("rule_answers"))
    return round_


def of(people, rules=None):
    return People(*tables(people), no_rules() if rules is None else rules)


def now(place, people, name="r", rules=None, **settings):
    """What numbers would be made of, and the questions of the table `errata`."""
    in_force, table = as_released(round_at(place, name, **settings), of(people, rules))
    return in_force, table


def is_as(people, other, *questions):
    """Whether everybody's answers to the questions (default: all) are the same, and so are the people."""
    if not questions and not people.voters.equals(other.voters):
        return False
    key = ["session", "voter", "question", "item", "value"]
    frames = []
    for one in (people, other):
        own = one.answers[one.answers["question"].isin(questions)] if questions else one.answers
        frames.append(own[key].sort_values(key).reset_index(drop=True))
    return frames[0].equals(frames[1])


def release(round_, date="2026-11-30", basis="b"):
    record_release(round_, basis=basis, date=date)
    return round_


@pytest.fixture(scope="module")
def estimates(tmp_path_factory):
    """Those of `BASE`, computed once."""
    return estimate_round(make_round(tmp_path_factory.mktemp("e") / "data" / "raw" / "r"), *tables(BASE))


@pytest.fixture
def place(estimates, tmp_path):
    """A folder in which `BASE` is released."""
    release(put(tmp_path, of(BASE), estimates))
    return tmp_path


def stamp_in(place):
    return read_ledger(ledger_path(round_at(place))).out[-1].stamps[0]


def without(*places):
    return [person for place, person in enumerate(BASE) if place not in places]


def changed(question, value):
    return [person | {question: value} if place == SOMEBODY else person for place, person in enumerate(BASE)]


def latecomers(*people):
    return [*BASE, *(person | {"voter": 900 + place} for place, person in enumerate(people))]


CLOSE = {
    "one person fewer": lambda: without(SOMEBODY),
    "four people fewer": lambda: without(1, 2, 3, 4),
    "one answer changed": lambda: changed("scale1", 1 if BASE[SOMEBODY]["scale1"] != 1 else 2),
    "one group changed": lambda: changed("group", OTHER),
    "a latecomer": lambda: latecomers(random_people(5)[0]),
    "four people more and one fewer": lambda: [
        *without(SOMEBODY),
        *(one | {"voter": 90 + i} for i, one in enumerate(random_people(5)[:4])),
    ],
    "one person fewer and the others numbered anew": lambda: [
        person | {"voter": 500 + (7 * place) % 97} for place, person in enumerate(without(SOMEBODY))
    ],
}


@pytest.mark.parametrize("what", CLOSE)
def test_after_a_release_answers_that_few_people_would_move_stay_as_released(place, what):
    in_force, table = now(place, CLOSE[what]())
    questions = table["question"].tolist()
    assert questions and set(table["kind"]) == {"as_released"}
    assert is_as(in_force, of(BASE), *questions)
    assert is_as(in_force, of(BASE)) or what.endswith("numbered anew")


@pytest.mark.parametrize("what", CLOSE)
def test_before_a_release_every_correction_is_shown(tmp_path, estimates, what):
    """Drafts are no versions that count."""
    record_draft(put(tmp_path, of(BASE), estimates), {})
    in_force, table = now(tmp_path, CLOSE[what]())
    assert is_as(in_force, of(CLOSE[what]())) and table.empty


def test_pages_say_which_questions_stand_as_released_and_since_when(place):
    round_ = round_at(place)
    write_table(now(place, CLOSE["one answer changed"]())[1], "errata", round_.table("errata"))
    [text] = errata(round_)
    assert text.startswith(f"Nach der Freigabe vom 30. November 2026 (Datenstand {stamp_in(place)})")
    assert "auf die Frage „scale1“ berichtigt" in text and "als Ausnahme" not in text


def test_correction_of_one_question_leaves_the_others_free_to_change(place):
    """Many answers to one question may be new while another stands as released."""
    people = [person | {"scale2": 11 - person.get("scale2", 5)} for person in CLOSE["one answer changed"]()]
    in_force, table = now(place, people)
    assert table["question"].tolist() == ["scale1"]
    assert is_as(in_force, of(BASE), "scale1") and is_as(in_force, of(people), "scale2", "points", "choice")


def test_what_stands_as_released_stands_in_the_private_tables_too(place, estimates):
    """Comparisons with other rounds are computed from them."""
    round_ = put(place, of(CLOSE["one answer changed"]()), estimates)
    write_estimates(round_)
    assert is_as(read_people(round_), of(BASE))
    assert read_table("errata", round_.table("errata"))["question"].tolist() == ["scale1"]


def test_words_of_a_latecomer_stay_in_the_private_tables(place):
    """They are searched for in finished files from there."""
    voters, answers = tables(CLOSE["a latecomer"]())
    late = answers[answers["voter"] == 900].iloc[[0]]
    words = late.assign(question="open", type="open", item="", value=float("nan"), text="words of mine")
    both = pd.concat([answers, words], ignore_index=True)
    in_force, _ = as_released(round_at(place), People(voters, both, no_rules()))
    assert "words of mine" in set(in_force.answers["text"]) and 900 in set(in_force.voters["voter"])


def test_as_many_corrections_as_a_group_needs_are_shown(place):
    minimum = round_at(place).file.disclosure.minimum_base
    people = [one | {"scale1": 1} if one.get("scale1", 1) > 7 else one for one in BASE]
    assert sum(one != other for one, other in zip(people, BASE, strict=True)) >= minimum
    in_force, table = now(place, people)
    assert is_as(in_force, of(people)) and table.empty


def test_release_with_an_erratum_made_again_says_the_same(place, estimates):
    """What is entered may not change what was made beside it."""
    people = CLOSE["a latecomer"]()
    in_force, said = now(place, people)
    release(put(place, in_force, estimates.assign(method="other words")), date="2026-12-24", basis="later")
    again, told = now(place, people)
    assert is_as(again, in_force)
    pd.testing.assert_frame_equal(told, said)
    assert set(told["date"]) == {"2026-11-30"}


def test_third_version_is_compared_with_the_first_though_another_lies_between(place, estimates):
    """Twelve people go, then eleven of them come back: the first version tells the twelfth."""
    fewer = without(*range(12))
    release(put(place, of(fewer), estimates))
    assert len(read_ledger(ledger_path(round_at(place))).out) == 2
    assert is_as(now(place, without(1))[0], of(fewer))


def test_question_under_a_new_name_is_recognised_by_its_answers(tmp_path, estimates):
    formerly = of(BASE)
    formerly = replace(formerly, answers=formerly.answers.replace({"question": {"scale1": "formerly"}}))
    asked = make_round(tmp_path / "x" / "r").file.questions
    renamed = [one.model_copy(update={"id": "formerly"}) if one.id == "scale1" else one for one in asked]
    round_ = put(tmp_path, formerly, estimates)
    release(replace(round_, file=round_.file.model_copy(update={"questions": renamed})))
    assert is_as(now(tmp_path, CLOSE["one answer changed"]())[0], of(BASE), "scale1")


def test_ballots_under_another_rule_count_as_answers_do(tmp_path, estimates):
    """A ballot that is set aside is published in the ranking under the other rule alone."""

    def rules(people):
        answers = tables(people)[1]
        points = answers[answers["question"] == "points"].assign(rule="points_too_few")
        return points[["round", "rule", "session", "voter", "question", "item", "value"]]

    release(put(tmp_path, of(BASE, rules(BASE)), estimates))
    in_force, table = now(tmp_path, BASE, rules=rules(changed("points", [0, 0, 0, 0, 100])))
    own = in_force.rule_answers.query("voter == @SOMEBODY + 1")
    assert own["value"].tolist() == BASE[SOMEBODY]["points"] and table["question"].tolist() == ["points"]


def test_voters_numbered_anew_with_a_question_of_many_changes_are_refused(place):
    people = [
        person | {"voter": 500 + (7 * place) % 97, "scale2": 11 - person.get("scale2", 5)}
        for place, person in enumerate(CLOSE["one answer changed"]())
    ]
    with pytest.raises(DataError, match="expected voters to keep the numbers they had in the released version"):
        now(place, people)


# -- exceptions -----------------------------------------------------------------------------------------------------


def exception(stamp):
    return [{"question": "scale1", "after": stamp, "allowed_by": "B. Amt", "reason": "Die Zahl wird zitiert."}]


def test_exception_publishes_the_corrected_answers_and_names_who_allowed_it(place):
    people, settings = CLOSE["one answer changed"](), {"exceptions": exception(stamp_in(place))}
    in_force, table = now(place, people, **settings)
    assert is_as(in_force, of(people))
    round_ = round_at(place, **settings)
    write_table(table, "errata", round_.table("errata"))
    assert "zugelassen von B. Amt. Begründung: Die Zahl wird zitiert." in errata(round_)[0]


def test_exception_is_for_one_correction_and_stays_on_the_page(place, estimates):
    people, settings = CLOSE["one answer changed"](), {"exceptions": exception(stamp_in(place))}
    said = now(place, people, **settings)[1]
    release(put(place, of(people), estimates.assign(method="other words"), **settings))
    pd.testing.assert_frame_equal(now(place, people, **settings)[1], said)
    again = [one | {"scale1": 11 - one["scale1"]} if at == SOMEBODY + 1 else one for at, one in enumerate(people)]
    assert again != people and is_as(now(place, again, **settings)[0], of(people))


def test_exception_for_a_version_that_is_not_out_changes_nothing(place):
    assert is_as(now(place, CLOSE["one answer changed"](), exceptions=exception("00000000"))[0], of(BASE))


# -- copies of a round ----------------------------------------------------------------------------------------------


def shuffled(people, seed):
    """Numbered anew in another order."""
    order = np.random.default_rng(seed).permutation(len(people))
    return [people[place] | {"voter": 40 + number} for number, place in enumerate(order)]


@pytest.mark.parametrize("what", ["one person fewer", "one answer changed", "a latecomer", "four people fewer"])
def test_copy_under_another_name_is_recognised_by_what_was_said(place, what):
    with pytest.raises(DataError, match=r"(?s)another round than r, .*the same people.*fachdialog withdraw r"):
        now(place, shuffled(CLOSE[what](), 1), name="copy")
    now(place, random_people(13), name="other")


@pytest.mark.parametrize("called", ["anew", "each as another was"])
def test_copy_whose_questions_have_other_ids_is_recognised_by_what_was_said(place, called):
    ids = ["points", "scale1", "scale2", "choice", "several"]
    new = dict(zip(ids, ids[1:] + ids[:1] if called != "anew" else [f"{name}_x" for name in ids], strict=True))
    kept = round_at(place, "copy")
    asked = [one.model_copy(update={"id": new.get(one.id, one.id)}) for one in kept.file.questions]
    copy = replace(kept, file=kept.file.model_copy(update={"questions": asked}))
    people = of(shuffled(CLOSE["one answer changed"](), 1))
    renamed = replace(people, answers=people.answers.replace({"question": new}))
    with pytest.raises(DataError, match=rf"(?s)the same people.*{new['scale1']} \(by 1 person\)"):
        as_released(copy, renamed)
    other = of(random_people(13))
    as_released(copy, replace(other, answers=other.answers.replace({"question": new})))


def test_copy_of_a_draft_counts_once_the_draft_has_left(tmp_path, estimates):
    round_ = put(tmp_path, of(BASE), estimates)
    record_draft(round_, {})
    copy = shuffled(without(SOMEBODY), 2)
    now(tmp_path, copy, name="copy")
    write_ledger(round_, read_ledger(ledger_path(round_)).with_left({round_.data_stamp}, "2026-11-30"))
    with pytest.raises(DataError, match="the same people"):
        now(tmp_path, copy, name="copy")


@pytest.mark.parametrize("size", [10, 30, 200, 1000])
def test_two_honest_rounds_are_no_copies_however_alike_people_think(size):
    rng = np.random.default_rng(size)
    for questions in (1, 2, 3, 5, 8):
        for values in (2, 5, 10, size):
            for one_mind in (0.0, 0.6, 0.9, 0.97):
                usual = rng.integers(1, values + 1, questions)
                free = rng.integers(1, values + 1, (2 * size, questions))
                said = np.where(rng.random((2 * size, questions)) < one_mind, usual, free)
                rows = [" ".join(map(str, row)) for row in said.tolist()]
                assert not is_copy(rows[:size], rows[size:]), (questions, values, one_mind)


@pytest.mark.parametrize("size", [10, 30, 200, 1000])
def test_same_people_but_one_are_a_copy_where_each_answered_as_nobody_else(size):
    rows = [str(number) for number in range(size)]
    assert is_copy(rows, ["other", *rows[:0:-1]])


# -- the ledger -----------------------------------------------------------------------------------------------------


def test_unchanged_answers_are_entered_once(place, estimates):
    round_ = round_at(place)
    before = ledger_path(round_).read_bytes()
    assert is_as(now(place, BASE)[0], of(BASE))
    release(put(place, of(BASE), estimates))
    assert ledger_path(round_).read_bytes() == before


def test_new_texts_with_the_same_answers_are_the_same_version_under_two_stamps(place, estimates):
    stamp = stamp_in(place)
    counted = estimates["statistic"] == "nonrespondents"
    worded = estimates.assign(method=estimates["method"].where(~counted, "in other words"))
    round_ = release(put(place, of(BASE), worded), date="2027-01-01", basis="b2")
    [version] = read_ledger(ledger_path(round_)).out
    assert version.stamps == sorted([stamp, round_.data_stamp]) and len(set(version.stamps)) == 2
    assert (version.date, version.basis) == ("2026-11-30", "b2")


@pytest.mark.parametrize("few", [0, 1])
def test_groups_hardly_changed_beside_a_released_version_show_no_numbers(place, few):
    """Enough people come for the results of all together, too few of them into one of the two segments."""
    minimum = round_at(place).file.disclosure.minimum_base
    large, small = "politik_verwaltung", "wissenschaft"
    come = [BASE[SOMEBODY] | {"group": group} for group in [large] * minimum + [small] * (few or minimum)]
    people = of(latecomers(*come))
    second = estimate_round(round_at(place), people.voters, people.answers)
    segments = second[(second["segment"] != "all") & (second["question"] == "scale1")]
    if few:
        assert len(segments) and segments["estimate"].isna().all()
        assert set(segments["status"]) == {"suppressed_earlier_version"}
    else:
        assert {large, "uebrige"} <= set(segments.loc[segments["status"] == "published", "segment"])
    assert (second.loc[second["segment"] == "all", "status"] == "published").all()


def test_same_people_cut_differently_are_told_apart():
    def shown(**cut):
        return {name: [f"{voter}\x1f{voter}" for voter in people] for name, people in cut.items()}

    first = [shown(a=range(10), b=range(10, 20), c=range(20, 30))]
    assert not told_apart(shown(a=range(10), b=range(10, 20), c=range(20, 30)), first, 5)
    assert told_apart(shown(a=range(10), rest=range(10, 30)), first, 5)
    # No two segments are close, but a and b together differ by one person from x and y together.
    assert told_apart(shown(x=range(5), y=range(5, 21), z=range(21, 30)), first, 5)
    assert not told_apart(shown(x=range(5), y=range(5, 15), z=range(15, 30)), first, 5)


def test_draft_is_remembered_with_its_files_and_dropped_once_it_is_released(tmp_path, estimates):
    round_ = put(tmp_path, of(BASE), estimates)
    record_draft(round_, {"index.html": "abc"})
    [draft] = read_ledger(ledger_path(round_)).drafts
    assert draft.files == {"index.html": "abc"} and not read_ledger(ledger_path(round_)).out
    release(round_)
    ledger = read_ledger(ledger_path(round_))
    assert not ledger.drafts and [version.stamps for version in ledger.out] == [[round_.data_stamp]]
    record_draft(round_, {})
    assert not read_ledger(ledger_path(round_)).drafts, "what is out is no draft"


def test_ledger_and_what_it_keeps_can_be_opened_by_their_owner_only(place):
    folder = ledger_path(round_at(place)).parent
    for path in [folder, *folder.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_withdrawn_version_does_not_count_any_more(place):
    round_, people = round_at(place), CLOSE["one person fewer"]()
    stamp = stamp_in(place)
    assert "nothing changed; add --yes" in withdrawal(round_, keep=[], really=False)
    with pytest.raises(DataError, match=f"known: {stamp}"):
        withdrawal(round_, keep=["1"], really=True)
    assert f"{stamp}, released on 2026-11-30 (kept)" in withdrawal(round_, keep=[stamp], really=True)
    assert len(now(place, people)[1])
    withdrawal(round_, keep=[], really=True)
    assert now(place, people)[1].empty
    assert read_ledger(ledger_path(round_)) == Ledger([], [stamp])


def test_version_that_the_report_of_a_later_round_quotes_cannot_be_withdrawn_alone(tmp_path):
    """The later report prints what everybody answered in the earlier round."""
    rounds = write_rounds(tmp_path / "data", compare={"with": ["r1"]})
    for round_ in (rounds.earlier, rounds.later):
        write_ledger(round_, Ledger([Version(["12345678"], "k", is_out=True, is_draft=False)]))
    with pytest.raises(DataError, match=r"numbers of r1, saw r2, .*first: fachdialog withdraw r2 --yes"):
        withdrawal(rounds.earlier, keep=[], really=True)
    withdrawal(rounds.later, keep=[], really=True)
    assert "withdrawn" in withdrawal(rounds.earlier, keep=[], really=True)


@pytest.mark.parametrize("what", ["text", "lacking", "tables gone", "tables altered", "former"])
def test_broken_ledger_is_one_readable_message_and_can_be_withdrawn(place, what):
    ledger = ledger_path(round_at(place))
    kept = ledger.parent / read_ledger(ledger).out[0].kept
    if what == "text":
        ledger.write_text("{")
    elif what == "lacking":
        ledger.write_text(json.dumps({"versions": [{}], "withdrawn": []}))
    elif what == "tables gone":
        shutil.rmtree(kept)
    elif what == "tables altered":
        answers = read_table("answers", kept / "answers.parquet")
        write_table(answers.iloc[1:], "answers", kept / "answers.parquet")
    else:
        shutil.rmtree(ledger.parent)
        (ledger.parents[1] / ".releases.json").write_text("{}")
    with pytest.raises(DataError, match=r"the ledger of what was released, saw .*fachdialog withdraw r --yes"):
        now(place, BASE)
    withdrawal(round_at(place), keep=[], really=True)
    now(place, BASE)
