"""Names of statements survive moves and typos, and never go to other words."""

from __future__ import annotations

from hypothesis import given, strategies as st

from analysis_utils.notes.statement_ids import name_statements, new_name

LONG = "Ohne erschlossene Flächen kommt kein größerer Betrieb in die Region."
OTHER = "Wohnungen müssen fertig sein, wenn die Arbeitsplätze entstehen."


def test_name_does_not_depend_on_place_or_white_space():
    first = name_statements([("a", LONG), ("a", OTHER)], {}).names
    second = name_statements([("a", OTHER), ("a", "  " + LONG.replace(" ", "  "))], {}).names
    assert first == second[::-1]


def test_same_words_twice_get_two_names():
    names = name_statements([("a", LONG), ("a", LONG), ("b", LONG)], {}).names
    assert len(set(names)) == 3


def test_mended_typo_keeps_the_name_and_is_listed():
    old = LONG.replace("größerer", "grösserrer")
    named = name_statements([("a", LONG)], {"a.bcd": [old]})
    assert named.names == ["a.bcd"]
    assert named.changed == {"a.bcd": old}
    assert named.gone == []


def test_other_words_do_not_inherit_a_name():
    named = name_statements([("a", OTHER)], {"a.bcd": [LONG]})
    assert named.names == [new_name("a", OTHER)]
    assert named.gone == ["a.bcd"]


def test_name_stays_in_its_group():
    named = name_statements([("b", LONG)], {"a.bcd": [LONG]})
    assert named.names[0].startswith("b.")
    assert named.gone == ["a.bcd"]


def test_two_similar_statements_keep_their_own_names():
    first, second = LONG, LONG.replace("Flächen", "Hallen")
    known = {"a.bcd": [first], "a.fgh": [second]}
    named = name_statements([("a", second + "!"), ("a", first)], known)
    assert named.names == ["a.fgh", "a.bcd"]


@given(st.lists(st.text(alphabet="abc äß", min_size=1).filter(str.strip), min_size=1, max_size=8), st.randoms())
def test_names_are_distinct_and_follow_their_words_in_any_order(texts, random):
    rows = [("g", text) for text in dict.fromkeys(" ".join(text.split()).casefold() for text in texts)]
    shuffled = random.sample(rows, len(rows))
    first = dict(zip(rows, name_statements(rows, {}).names, strict=True))
    second = dict(zip(shuffled, name_statements(shuffled, {}).names, strict=True))
    assert first == second
    assert len(set(first.values())) == len(rows)
    known = {name: [text] for (_, text), name in first.items()}
    assert name_statements(shuffled, known).names == list(second.values())
