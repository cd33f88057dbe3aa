"""What is compared between rounds and what is not; wrong links are refused with the ids or wordings in question."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from analysis_utils.crosswalk import compared_rounds
from analysis_utils.errors import DataError
from analysis_utils.rounds import open_round

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
    turned = scale(wording="Wie wenig?", positive_end="low", top_box=[1, 4])
    links = [between("r1", "r2", questions=[link("renamed", "s", "s")])]
    [question] = compare([scale()], [turned], links=links).questions
    assert question.reversed and question.change == "renamed"


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


WRONG = {
    "unknown id": ([link("renamed", "a", "e")], r"expected an id of r2, saw “e” at crosswalk r1 → r2, options"),
    "twice": ([link("renamed", "a", "a"), link("dropped", "a")], "each id in one link .*“a” stands twice"),
    "sides": ([link("split", "a", "b")], "“split” to be 1:n"),
    "same in other words": ([link("same", "a", "a")], "in the same wording in r1 and r2, as its link says `same`"),
    "no link": ([], r"expected “a” in the same wording in r1 and r2, saw “Alpha” and “Anders”"),
}  # fmt: skip


@pytest.mark.parametrize(("links", "message"), WRONG.values(), ids=WRONG)
def test_wrong_links_are_refused(compare, links, message):
    with pytest.raises(DataError, match=message):
        compare([AB], [points(a="Anders", b="Beta")], links=[between("r1", "r2", options=links)])


def test_a_reversed_scale_without_a_link_is_refused(compare):
    with pytest.raises(DataError, match="link the two as `renamed`"):
        compare([scale()], [scale(positive_end="low", top_box=[1, 4])])


def test_rounds_come_in_the_order_of_their_dates(compare, tmp_path):
    compare([AB], [AB])
    later, earlier = open_round("r2", data=tmp_path), open_round("r1", data=tmp_path)
    with pytest.raises(DataError, match="the earlier round first"):
        compared_rounds(later.codebook, later, earlier)
