"""German phrases that give a share, read back whole or not at all."""

from fractions import Fraction

import pytest
from printed import table_of

from printed_figures import Published, Span, read_phrase

UP_TO = {"[": (True, True), "(": (False, True), ")": (True, False)}


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("knapp drei Viertel", ") 70 75"),
        ("Fast die Hälfte der Befragten", ") 45 50"),
        ("gut 40 %", "( 40 45"),
        ("ein gutes Viertel", "( 25 30"),
        ("jede fünfte Person", "[ 17.5 22.5"),
        ("mehr als die Hälfte", "( 50 100"),
        ("über 60 Prozent", "( 60 100"),
        ("weniger als ein Zehntel", ") 0 10"),
        ("etwa 33,5 %", "[ 31 36"),
        ("die Hälfte", "[ 47.5 52.5"),
        ("von den unter 30-Jährigen knapp 40 %", ") 35 40"),
        ("40 bis 50 %", "[ 40 50"),
        ("zwischen 40 und 50 Prozent", "[ 40 50"),
        ("40–50 %", "[ 40 50"),
        ("zwischen einem Viertel und der Hälfte", "[ 25 50"),
        ("nicht einmal die Hälfte", ") 0 50"),
        ("keine 50 %", ") 0 50"),
        ("kaum 40 %", "[ 35 40"),
        ("kaum mehr als 40 %", "( 40 45"),
        ("nicht mehr als 30 %", "[ 0 30"),
        ("nicht weniger als drei Viertel", "[ 75 100"),
        ("nicht ganz die Hälfte", ") 45 50"),
        ("bis zu 40 %", "[ 0 40"),
        ("nahezu drei Viertel", ") 70 75"),
        ("etwas mehr als die Hälfte", "( 50 55"),
        ("40 % oder mehr", "[ 40 100"),
        ("zwei von fünf", "[ 37.5 42.5"),
        ("fünfundzwanzig Prozent", "[ 22.5 27.5"),
        ("Dreißig Prozent", "[ 27.5 32.5"),
        ("17 von 25 Personen", "[ 68 68"),
        ("jeder Zweite", "[ 47.5 52.5"),
        ("Dreiviertel", "[ 72.5 77.5"),
        ("alle", "[ 100 100"),
        ("fast alle", ") 95 100"),
        ("niemand", "[ 0 0"),
        ("kaum jemand", "( 0 5"),
        ("nicht alle", ") 0 100"),
        ("die Mehrheit der Befragten", "( 50 100"),
        ("> 50 %", "( 50 100"),
        ("≥50 %", "[ 50 100"),
        ("<= 10 %", "[ 0 10"),
        ("< 10 %", ") 0 10"),
        ("~45 %", "[ 42.5 47.5"),
        ("von mindestens 30 Befragten über 40 %", "( 40 100"),
    ],
)
def test_values_a_phrase_allows(text, span):
    ends, low, high = span.split()
    assert read_phrase(text) == Span(Fraction(low) / 100, Fraction(high) / 100, *UP_TO[ends])


@pytest.mark.parametrize(
    "text",
    [
        "120 %",
        "viele",
        "",
        "mehr als doppelt so viele",
        "doppelt so viele wie 20 %",
        "40 % stimmten nicht zu",
        "deutlich mehr als die Hälfte",
        "eine große Mehrheit",
        "um 10 Prozent gestiegen",
        "10 Prozentpunkte mehr",
        "40 % ja, 60 % nein",
        "von 20 auf 40 %",
        "40 bis unter 50 %",
        "mindestens 40 bis 50 %",
        "alle außer zweien",
        "halb so viele",
        "mindestens 30, höchstens 40 %",
        "40 % und 50 %",
        "mehr als 40, aber weniger als 50 %",
        "mehr als drei, weniger als fünf von zehn",
    ],
)
def test_what_a_skipped_word_could_turn_is_not_understood(text):
    assert read_phrase(text) is None


def test_one_claim_that_is_not_understood_leaves_the_others_read():
    claims = [{"text": text, "item": "a"} for text in ("doppelt so viele", "nicht einmal die Hälfte", "über 60 %")]
    question = {"id": "q", "printed": "count", "n": 10, "bars": {"a": 7, "b": 3}, "claims": claims}
    table = table_of(Published.model_validate({"source": "s", "questions": [question]}))
    assert table.loc[table["quantity"] == "claim", "verdict"].tolist() == ["not understood", "impossible", "certain"]


def test_a_stated_share_speaks_where_the_text_is_not_understood():
    claim = {"text": "doppelt so viele wie sonst", "item": "a", "share": "3/4", "word": "höchstens"}
    question = {"id": "q", "printed": "count", "n": 10, "bars": {"a": 7, "b": 3}, "claims": [claim]}
    table = table_of(Published.model_validate({"source": "s", "questions": [question]}))
    assert table.loc[table["quantity"] == "claim", "verdict"].tolist() == ["certain"]
