"""German phrases that give a share in words, read as a word and a share: `knapp drei Viertel`, `jeder Dritte`."""

from __future__ import annotations

import re
from fractions import Fraction

WORDS = {
    "knapp": "knapp",
    "fast": "knapp",
    "beinahe": "knapp",
    "gut": "gut",
    "rund": "rund",
    "etwa": "rund",
    "circa": "rund",
    "ca.": "rund",
    "ungefähr": "rund",
    "genau": "genau",
    "mehr als": "mehr als",
    "über": "mehr als",
    "weniger als": "weniger als",
    "unter": "weniger als",
    "mindestens": "mindestens",
    "wenigstens": "mindestens",
    "höchstens": "höchstens",
    "maximal": "höchstens",
}
"""How a phrase may begin, and the word of docs/audit.md it stands for."""
_NUMBERS = {"ein": 1, "eine": 1, "einem": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7,
            "acht": 8, "neun": 9}  # fmt: skip
_PARTS = {"drittel": 3, "viertel": 4, "fünftel": 5, "sechstel": 6, "siebtel": 7, "achtel": 8, "neuntel": 9,
          "zehntel": 10}  # fmt: skip
_EVERY = {"zweite": 2, "dritte": 3, "vierte": 4, "fünfte": 5, "sechste": 6, "siebte": 7, "achte": 8, "neunte": 9,
          "zehnte": 10}  # fmt: skip
_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|prozent)")
_FRACTION = re.compile(rf"(?:({'|'.join(_NUMBERS)})\s+)?({'|'.join(_PARTS)})n?\b")
_EACH = re.compile(rf"jede[rsn]?\s+({'|'.join(_EVERY)})[rsn]?\b")


def read_phrase(text: str) -> tuple[str, Fraction] | None:
    """The word and the share (0–1) of a phrase, None where it holds no share we read. Without a word before it a share
    is taken as `rund`: nobody who writes `ein Drittel` means exactly a third."""
    plain = " ".join(text.casefold().split())
    found = _share(plain)
    if found is None or not 0 <= found[1] <= 1:
        return None
    before = re.sub(r"(\s(die|das|der|dem|den))?\s*$", "", f" {plain[: found[0]]}")
    word = next((WORDS[word] for word in WORDS if before.endswith(f" {word}")), "rund")
    return word, found[1]


def _share(plain: str) -> tuple[int, Fraction] | None:
    """Where the share begins, and the share."""
    if percent := _PERCENT.search(plain):
        return percent.start(), Fraction(percent[1].replace(",", ".")) / 100
    if each := _EACH.search(plain):
        return each.start(), Fraction(1, _EVERY[each[1]])
    if part := _FRACTION.search(plain):
        return part.start(), Fraction(_NUMBERS.get(part[1], 1), _PARTS[part[2]])
    if half := re.search(r"\bhälfte\b", plain):
        return half.start(), Fraction(1, 2)
    return None
