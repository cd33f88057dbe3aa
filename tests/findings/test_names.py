"""Numbers beside names: those of one area beside the name of another, also where names hold digits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis_utils.rounds import Round
from analysis_utils.verify.named import Names, keyed_faults, told_faults, values_of
from proofread import numerals

FIRST, SECOND, THIRD = "industrieparks", "wissenstransfer", "tourismus"


@pytest.fixture
def named(built_round: Round):
    """Names of a round in which three areas have these labels."""

    def of(*labels: str) -> Names:
        book = built_round.codebook
        new = dict(zip((FIRST, SECOND, THIRD), labels, strict=True))
        codes = [
            code.model_copy(update={"label_de": new[code.id], "label_short": new[code.id]}) if code.id in new else code
            for code in book.focus_areas
        ]
        return Names(replace(built_round, codebook=book.model_copy(update={"focus_areas": codes})))

    return of


def key(area: str) -> str:
    return f"fachdialog-1/fokusbereiche/all/{area}/mean_points"


ROWS = {
    key(area): {"estimate": value, "low": None, "high": None, "n": 29}
    for area, value in ((FIRST, 23.1), (SECOND, 15.2), (THIRD, 9.9))
}


def keyed(names: Names, text: str, *areas: str) -> list[str]:
    """Faults of a text in which each `#` is a number with the key of an area."""
    places = [place for place, letter in enumerate(text) if letter == "#"]
    return list(keyed_faults(names, text, [(at, key(one), "1,0") for at, one in zip(places, areas, strict=True)]))


def told(names: Names, text: str) -> list[str]:
    return list(told_faults(names, text, numerals(text), values_of(names, ROWS)))


@pytest.mark.parametrize("labels", [("Netze", "Wege", "Bahn"), ("Flächen ab 50 ha", "Agenda 2030", "Punkt 7: 1,5 km")])
def test_number_of_another_name_is_found_whether_or_not_names_hold_digits(named, labels):
    names, (one, two, three) = named(*labels), labels
    text = f"{one} # Punkte, {two} # Punkte, {three} # Punkte."
    assert keyed(names, text, FIRST, SECOND, THIRD) == []
    assert len(keyed(names, text, THIRD, SECOND, FIRST)) == 2
    assert told(names, f"{one} 23,1; {two} 15,2; {three} 9,9.") == []
    assert told(names, f"{one} 23,1; {two} 9,9; {three} 9,9.") == []  # a neighbour's: it could be meant
    assert told(names, f"{one} 9,9; {two} 15,2; {three} 23,1.") == [
        "9,9 stands beside a name whose rows do not have it",
        "23,1 stands beside a name whose rows do not have it",
    ]


def test_numbers_next_to_a_name_that_may_be_something_else_are_left_alone_and_the_others_are_not(named):
    names = named("Rang 2", "17", "Agenda 2030")
    assert keyed(names, "Rang 2 hat # und 17 hat #.", SECOND, FIRST) == []
    assert told(names, "Rang 2: 15,2; 17: 23,1") == []
    assert len(keyed(names, "Agenda 2030 (#).", FIRST)) == 1
    assert len(told(names, "Agenda 2030: 23,1")) == 1


def test_number_in_brackets_belongs_to_the_words_before_them_and_one_behind_a_sentence_to_no_name_in_it(named):
    names = named("Flächen & Parks", "Transfer", "Tourismus")
    text = "Dass Parks (#), Vorhaben und Transfer (#) vorn liegen, zeigen sie nicht (am häufigsten: Flächen & Parks)."
    assert keyed(names, text, FIRST, SECOND) == []
    assert len(keyed(names, text, FIRST, THIRD)) == 1
    assert (
        keyed(names, "Tourismus (#): ob Transfer vor Tourismus liegt, ist offen; Transfer auch. n = #", *[THIRD] * 2)
        == []
    )
