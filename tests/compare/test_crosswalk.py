"""What is compared between rounds and what is not; wrong links are refused with the ids or wordings in question."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from analysis_utils.errors import DataError
from analysis_utils.rounds import open_round
from analysis_utils.rounds.crosswalk import compared_rounds
from analysis_utils.run.jobs import RoundJobs

AREAS = ["a", "b", "c", "d", "d1", "d2", "e", "x"]
GROUPS = ["g1", "g2", "g3"]


def code(identifier):
    return {"id": identifier, "label_de": f"Bereich {identifier}", "label_en": identifier, "label_short": identifier}


def points(**options):
    """A points question: id → wording."""
    wordings = {wording: identifier for identifier, wording in options.items()}
    return {
        "id": "q",
        "wording": "Was zuerst?",
        "label": "Q",
        "type": "points",
        "role": "priority",
        "options": wordings,
    }


def scale(identifier="s", wording="Wie sehr?", **settings):
    settings = {"low_label": "gar nicht", "high_label": "sehr", **settings}
    return {"id": identifier, "wording": wording, "label": "S", "type": "scale", "scale": settings}


def groups(*ids):
    options = {f"Gruppe {i}": i for i in ids}
    return {"id": "g", "wording": "Wer?", "label": "G", "type": "single_choice", "role": "participant_group",
            "options": options}  # fmt: skip


@pytest.fixture
def compare(tmp_path):
    """Write rounds r1, r2, … and a crosswalk, and compare the first with the last."""

    def run(*rounds, links=()):
        book = {
            "focus_areas": [code(i) for i in AREAS], "theme_clusters": [], "cross_cutting_themes": [],
            "participant_groups": [code(i) for i in GROUPS], "crosswalk": list(links),
        }  # fmt: skip
        (tmp_path / "raw").mkdir()
        YAML().dump(book, tmp_path / "codebook.yml")
        for number, questions in enumerate(rounds, start=1):
            folder = tmp_path / "raw" / f"r{number}"
            folder.mkdir()
            file = {"title": f"R{number}", "date": f"2025-0{number}-01", "provenance": "original", "export": "x.xlsx"}
            YAML().dump({**file, "questions": questions}, folder / "round.yml")
        first, last = (open_round(f"r{n}", data=tmp_path) for n in (1, len(rounds)))
        return compared_rounds(first.codebook, first, last)

    return run


def link(change, before=(), after=(), reason="Grund"):
    return {"change": change, "before": list(before), "after": list(after), "reason": reason}


def between(one, other, **sections):
    return {"between": [one, other], **sections}


def shown(items):
    return {item.id: (item.change, item.before, item.after) for item in items}


AB = points(a="Alpha", b="Beta")
TURNED = {"low_label": "sehr", "high_label": "gar nicht", "positive_end": "low", "top_box": [1, 4]}


def test_same_wording_needs_no_link(compare):
    found = compare([AB], [points(b="Beta", a=" Alpha ")])
    [question] = found.questions
    assert (question.change, question.reversed) == ("same", False)
    assert shown(question.items) == {"b": ("same", ("b",), ("b",)), "a": ("same", ("a",), ("a",))}
    assert found.apart == ()


def test_label_and_alias_of_one_code_are_the_same(compare):
    found = compare([points(a="Bereich a", b="B")], [points(a="Bereich a", b="B")])
    assert len(found.questions[0].items) == 2


def test_renamed_split_merged_new_and_dropped(compare):
    links = [link("renamed", "a", "x"), link("split", ["d"], ["d1", "d2"]), link("merged", ["b", "c"], ["b"]),
             link("new", [], ["e"], "erstmals gefragt")]  # fmt: skip
    found = compare(
        [points(a="Alpha", b="Beta", c="Gamma", d="Delta")],
        [points(x="Alpha neu", b="Beta und Gamma", d1="Delta 1", d2="Delta 2", e="Epsilon")],
        links=[between("r1", "r2", options=links)],
    )
    assert shown(found.questions[0].items) == {
        "x": ("renamed", ("a",), ("x",)),
        "b": ("merged", ("b", "c"), ("b",)),
        "d": ("split", ("d",), ("d1", "d2")),
    }
    assert [(a.kind, a.round, a.id, a.change, a.reason) for a in found.apart] == [
        ("option", "r2", "e", "new", "erstmals gefragt")
    ]


def test_what_has_no_link_stays_apart(compare):
    found = compare([AB], [points(a="Alpha", e="Epsilon")])
    assert shown(found.questions[0].items) == {"a": ("same", ("a",), ("a",))}
    assert [(a.round, a.id, a.change, a.reason) for a in found.apart] == [
        ("r1", "b", "dropped", "keine Zuordnung im Codebuch"),
        ("r2", "e", "new", "keine Zuordnung im Codebuch"),
    ]


def test_links_compose_over_three_rounds(compare):
    links = [
        between("r1", "r2", options=[link("renamed", "a", "x", "erst")]),
        between("r2", "r3", options=[link("split", "x", ["d1", "d2"], "dann")]),
    ]
    found = compare([AB], [points(x="Xi", b="Beta")], [points(d1="Xi 1", d2="Xi 2", b="Beta")], links=links)
    assert shown(found.questions[0].items) == {"a": ("split", ("a",), ("d1", "d2")), "b": ("same", ("b",), ("b",))}
    assert found.questions[0].items[0].reason == "erst; dann"


def test_a_part_lost_on_the_way_is_not_compared(compare):
    links = [
        between("r1", "r2", options=[link("split", "a", ["d1", "d2"])]),
        between("r2", "r3", options=[link("dropped", ["d2"], reason="weggefallen")]),
    ]
    found = compare([AB], [points(d1="D1", d2="D2", b="Beta")], [points(d1="D1", b="Beta")], links=links)
    assert set(shown(found.questions[0].items)) == {"b"}
    assert [(a.round, a.id) for a in found.apart] == [("r1", "a"), ("r3", "d1")]


def test_a_scale_that_runs_the_other_way_is_mirrored(compare):
    turned = scale(wording="Wie wenig?", **TURNED)
    links = [between("r1", "r2", questions=[link("renamed", "s", "s")])]
    [question] = compare([scale()], [turned], links=links).questions
    assert question.reversed and question.change == "renamed"


@pytest.mark.parametrize("ends", [{}, {"low_label": "sehr stark", "high_label": "nicht"}], ids=["same", "other words"])
def test_another_direction_without_swapped_ends_is_never_compared(compare, ends):
    links = [between("r1", "r2", questions=[link("renamed", "s", "s")])]
    found = compare([scale()], [scale(positive_end="low", top_box=[1, 4], **ends)], links=links)
    assert not found.questions
    assert {a.reason for a in found.apart} == {
        "Richtung der Frage geändert, ohne dass die Enden der Skala vertauscht sind"
    }


def test_ends_in_other_words_are_compared_where_a_link_says_so(compare):
    links = [between("r1", "r2", questions=[link("renamed", "s", "s")])]
    [question] = compare([scale()], [scale(low_label="nie", high_label="immer")], links=links).questions
    assert question.change == "renamed" and not question.reversed


CONTRADICTIONS = {
    "ends swapped, direction not": (
        {"low_label": "sehr", "high_label": "gar nicht"}, "renamed",
        "expected the direction of the scale to turn with its ends, which changed places since r1",
    ),
    "ends in other words": ({"low_label": "nie", "high_label": "immer"}, "", r"\(gar nicht … sehr\).*\(nie … immer\)"),
    "same question, other top box": ({"top_box": [8, 10]}, "same", "the same type, scale and direction"),
}  # fmt: skip


@pytest.mark.parametrize(("settings", "change", "message"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_scales_that_contradict_their_link_are_refused(compare, settings, change, message):
    links = [between("r1", "r2", questions=[link(change, "s", "s")])] if change else []
    with pytest.raises(DataError, match=message):
        compare([scale()], [scale(**settings)], links=links)


def test_points_of_another_total_are_refused_as_the_same(compare):
    with pytest.raises(DataError, match="saw points of 100 and points of 10"):
        compare([AB], [{**AB, "total": 10}])


def test_a_group_question_that_no_longer_asks_for_the_group_is_refused_as_the_same(compare):
    with pytest.raises(DataError, match="the same type"):
        compare([groups("g1", "g2")], [{**groups("g1", "g2"), "role": "other"}])


def test_groups_are_compared_by_their_links(compare):
    found = compare(
        [groups("g1", "g2")],
        [groups("g1", "g3")],
        links=[between("r1", "r2", groups=[link("renamed", ["g2"], ["g3"])])],
    )
    assert shown(found.groups) == {"g1": ("same", ("g1",), ("g1",)), "g3": ("renamed", ("g2",), ("g3",))}


@pytest.mark.parametrize("settings", [{"high": 5, "top_box": [4, 5]}, {"top_box": [8, 10]}])
def test_a_question_with_another_scale_is_refused_as_the_same(compare, settings):
    with pytest.raises(DataError, match=r"expected the same type, scale and direction .* saw scale 1–10"):
        compare([scale()], [scale(**settings)])


def test_a_question_with_another_scale_stays_apart_where_a_link_says_so(compare):
    links = [between("r1", "r2", questions=[link("renamed", "s", "s")])]
    found = compare([scale()], [scale(high=5, top_box=[4, 5])], links=links)
    assert not found.questions and {a.reason for a in found.apart} == {"Fragetyp oder Skala geändert"}


SECOND = {**points(x="Xi", d2="Delta 2"), "id": "q2", "wording": "Zweite?", "role": "other"}
LEFT = r"expected an id that is no longer itself after “{}”, saw “{}”, which is {}"
IMPOSSIBLE = {
    "still polled under its old id": (
        [points(a="Alpha", b="Beta", x="Xi")], "options", link("renamed", "a", "x"),
        LEFT.format("renamed", "a", "still polled in r2"),
    ),
    "dropped though polled": ([AB], "options", link("dropped", "a"), LEFT.format("dropped", "a", "still polled")),
    "new though polled before": ([AB], "options", link("new", [], "a"), LEFT.format("new", "a", "polled in r1")),
    "merged into what was there": (
        [points(b="Beta")], "options", link("renamed", "a", "b"), LEFT.format("renamed", "b", "polled in r1 already"),
    ),
    "part that was not polled": (
        [points(d1="Delta 1", b="Beta")], "options", link("split", "a", ["d1", "d2"]), "expected an id of r2, saw “d2”",
    ),
    "parts in two questions": (
        [points(d1="Delta 1", b="Beta"), SECOND], "options", link("split", "a", ["d1", "d2"]),
        r"all ids of a link in one question of both rounds, saw “a” in q \(r1\) and “d1” in q, “d2” in q2 \(r2\)",
    ),
    "moved to another question": (
        [points(b="Beta", c="Gamma"), SECOND], "options", link("renamed", "a", "x"), "all ids of a link in one",
    ),
    "option as a group": ([AB], "groups", link("renamed", "a", "a"), "expected an id of r1, saw “a” at .*, groups"),
    "question as an option": ([AB], "options", link("renamed", "q", "q"), "saw “q” at crosswalk r1 → r2, options"),
    "question dropped though asked": ([AB], "questions", link("dropped", "q"), LEFT.format("dropped", "q", "still")),
}  # fmt: skip


@pytest.mark.parametrize(("later", "section", "wrong", "message"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_links_that_cannot_be_are_refused(compare, later, section, wrong, message):
    with pytest.raises(DataError, match=message):
        compare([AB], later, links=[between("r1", "r2", **{section: [wrong]})])


CROSSWALKS = {
    "in a circle": ([("r1", "r2"), ("r2", "r1")], r"lead from earlier to later rounds .*r2 → r1 → r2"),
    "in a wide circle": ([("r1", "r2"), ("r2", "r3"), ("r3", "r1")], "these go round"),
    "of an unknown round": ([("r1", "r2"), ("r2", "r22")], "saw “r22” at crosswalk r2 → r22; the closest .* “r2”"),
    "twice": ([("r1", "r2"), ("r1", "r2")], "one crosswalk between two rounds"),
    "of one round": ([("r1", "r1")], "two different rounds"),
}


@pytest.mark.parametrize(("pairs", "message"), CROSSWALKS.values(), ids=CROSSWALKS)
def test_crosswalks_between_the_wrong_rounds_are_refused(compare, pairs, message):
    with pytest.raises(DataError, match=message):
        compare([AB], [AB], [AB], links=[between(*pair) for pair in pairs])


def test_a_crosswalk_written_backwards_is_refused(compare):
    links = [between("r2", "r1", options=[link("renamed", "x", "a")])]
    with pytest.raises(DataError, match=r"expected the earlier round first.*swap the two names under `between`"):
        compare([AB], [points(x="Xi", b="Beta")], links=links)


def test_parts_of_parts_are_added_up_over_three_rounds(compare):
    links = [between("r1", "r2", options=[link("split", "a", ["d1", "d2"])]),
             between("r2", "r3", options=[link("merged", ["d2", "b"], "x")])]  # fmt: skip
    found = compare([AB], [points(d1="Eins", d2="Zwei", b="Beta")], [points(d1="Eins", x="Xi")], links=links)
    assert shown(found.questions[0].items) == {"x": ("merged", ("a", "b"), ("x", "d1"))}


ALONG = [
    between("r1", "r2", options=[link("renamed", "a", "x")]),
    between("r2", "r3", options=[link("renamed", "x", "d")]),
]
MIDDLE, LAST = points(x="Xi", b="Beta"), points(d="Delta", e="Epsilon", b="Beta")
NEW = link("new", after="d")
CONTRADICTIONS = {
    "to something else": ([link("renamed", "a", "e"), NEW], r"“a” → “d” along .*, and “a” → “e”"),
    "dropped": ([link("dropped", "a"), NEW], r"along r1 → r2 → r3, and “a” → nothing, nothing → “d”"),
    "not mentioned": ([], r"“a” → “d” along .*correct one of them, or delete r1 → r3"),
    "more parts": ([link("split", "a", ["d", "e"])], r"and “a” → “d”, “e”"),
}  # fmt: skip


@pytest.mark.parametrize(("direct", "message"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_crosswalk_past_a_round_that_says_otherwise_is_refused(compare, direct, message):
    with pytest.raises(DataError, match=message):
        compare([AB], [MIDDLE], [LAST], links=[*ALONG, between("r1", "r3", options=direct)])


def test_a_crosswalk_past_a_round_may_repeat_what_the_others_say(compare):
    direct = between("r1", "r3", options=[link("renamed", "a", "d")])
    found = compare([AB], [MIDDLE], [LAST], links=[*ALONG, direct])
    assert shown(found.questions[0].items)["d"] == ("renamed", ("a",), ("d",))


def test_what_a_round_in_between_did_not_ask_may_be_linked_past_it(compare):
    links = [
        between("r1", "r2", questions=[link("dropped", "s")]),
        between("r2", "r3", questions=[link("new", after="t")]),
        between("r1", "r3", questions=[link("renamed", "s", "t")]),
    ]
    found = compare([AB, scale()], [AB], [AB, scale("t", "Wie stark?")], links=links)
    assert [(q.before.id, q.after.id) for q in found.questions] == [("q", "q"), ("s", "t")]


def test_a_part_lost_on_the_way_cannot_be_the_whole_on_another_way(compare):
    links = [between("r1", "r2", options=[link("split", "a", ["d1", "d2"])]),
             between("r2", "r3", options=[link("dropped", ["d2"])]),
             between("r1", "r3", options=[link("renamed", "a", ["d1"])])]  # fmt: skip
    with pytest.raises(DataError, match=r"“a” → “d1” \(in part\) along r1 → r2 → r3, and “a” → “d1”"):
        compare([AB], [points(d1="D1", d2="D2", b="Beta")], [points(d1="D1", b="Beta")], links=links)


def test_a_contradiction_among_earlier_rounds_is_refused_from_later_ones_too(compare):
    links = [
        *ALONG,
        between("r1", "r3", options=[link("renamed", "a", "e"), link("new", after="d")]),
        between("r3", "r4"),
    ]
    with pytest.raises(DataError, match="along r1 → r2 → r3 → r4"):
        compare([AB], [MIDDLE], [LAST], [LAST], links=links)


def test_a_round_on_the_way_is_among_what_a_comparison_depends_on(compare, tmp_path):
    """Its description decides what is compared, though `compare` does not name it."""
    compare([AB], [MIDDLE], [LAST], links=ALONG)
    last, middle = tmp_path / "raw" / "r3" / "round.yml", tmp_path / "raw" / "r2" / "round.yml"
    last.write_text(last.read_text(encoding="utf-8") + "compare: {with: [r1]}\n", encoding="utf-8")

    def basis():
        nothing = dict.fromkeys(("move", "kernels", "beside", "tell"))
        jobs = RoundJobs(
            round=open_round("r3", data=tmp_path), desks=[], code={}, before_first=print, finishing=(), **nothing
        )
        return jobs._compared

    before = basis()
    middle.write_text(middle.read_text(encoding="utf-8").replace("title: R2", "title: R2b"), encoding="utf-8")
    assert basis() != before and basis().keys() == {"r1/round.yml", "r2/round.yml"}


WRONG = {
    "unknown id": ([link("renamed", "a", "e")], r"expected an id of r2, saw “e” at crosswalk r1 → r2, options"),
    "twice": ([link("renamed", "a", "a"), link("dropped", "a")], "each id in one link .*“a” stands twice"),
    "sides": ([link("split", "a", "b")], "“split” to be 1:n"),
    "same in other words": ([link("same", "a", "a")], "in the same wording in r1 and r2, as its link says `same`"),
    "n:m": ([link("split", ["a", "b"], ["d1", "d2"])], r"“split” to be 1:n \(before:after; this link is n:n\)"),
    "merged and the same": ([link("merged", ["a", "b"], "a"), link("same", "a", "a")], "each id in one link"),
    "no reason": ([{"change": "renamed", "before": ["a"], "after": ["a"]}], "expected the key “reason”"),
    "no such change": ([link("moved", "a", "a")], "'same', 'renamed', 'split', 'merged', 'new' or 'dropped'"),
    "no link": ([], r"expected “a” in the same wording in r1 and r2, saw “Alpha” and “Anders”"),
}  # fmt: skip


@pytest.mark.parametrize(("links", "message"), WRONG.values(), ids=WRONG)
def test_wrong_links_are_refused(compare, links, message):
    with pytest.raises(DataError, match=message):
        compare([AB], [points(a="Anders", b="Beta")], links=[between("r1", "r2", options=links)])


def test_a_reversed_scale_without_a_link_is_refused(compare):
    with pytest.raises(DataError, match="link the two as `renamed`"):
        compare([scale()], [scale(**TURNED)])


def test_rounds_come_in_the_order_of_their_dates(compare, tmp_path):
    compare([AB], [AB])
    later, earlier = open_round("r2", data=tmp_path), open_round("r1", data=tmp_path)
    with pytest.raises(DataError, match="the earlier round first"):
        compared_rounds(later.codebook, later, earlier)
