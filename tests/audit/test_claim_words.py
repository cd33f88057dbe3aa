"""German phrases that give a share, read back."""

from fractions import Fraction

import pytest

from analysis_utils.audit.words import read_phrase


@pytest.mark.parametrize(
    ("text", "word", "share"),
    [
        ("knapp drei Viertel", "knapp", "3/4"),
        ("Fast die Hälfte der Befragten", "knapp", "1/2"),
        ("gut 40 %", "gut", "2/5"),
        ("jeder Dritte", "rund", "1/3"),
        ("jede fünfte Person", "rund", "1/5"),
        ("mehr als die Hälfte", "mehr als", "1/2"),
        ("über 60 Prozent", "mehr als", "3/5"),
        ("weniger als ein Zehntel", "weniger als", "1/10"),
        ("mindestens zwei Drittel", "mindestens", "2/3"),
        ("etwa 33,5 %", "rund", "67/200"),
        ("die Hälfte", "rund", "1/2"),
        ("von den unter 30-Jährigen knapp 40 %", "knapp", "2/5"),
    ],
)
def test_word_and_share(text, word, share):
    assert read_phrase(text) == (word, Fraction(share))


@pytest.mark.parametrize("text", ["die meisten", "120 %", "viele", ""])
def test_no_share(text):
    assert read_phrase(text) is None
