"""Codes a statement may bear, guessed from the words of the codebook in any inflected form. Never counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from ..rounds import Code, Codebook

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*-?")
_EMPTY = {"und", "mit", "zu", "der", "die", "das", "des", "den", "dem", "in", "von", "für", "auf", "an", "als"}
_EMPTY |= {"oder", "im", "inkl", "bestehende"}
SHORTEST_PART = 5
"""A stem at least this long also counts as the beginning or end of a compound (`energi` in `Windenergieflächen`)."""


def suggester(codebook: Codebook) -> Callable[[str], list[str]]:
    """A function from a text to the ids of the codes whose label, short label or alias it may name, in the order of
    the codebook. A label is taken apart at `/`, `,`, brackets and `und`; a part counts when all its words stand there.
    """
    phrases = {code.id: _phrases(code) for section in codebook.themes().values() for code in section}

    def suggest(text: str) -> list[str]:
        stems = {stem(word) for word in _WORD.findall(text)}
        return [
            code
            for code, parts in phrases.items()
            if any(all(_stands(word, stems) for word in phrase) for phrase in parts)
        ]

    return suggest


def stem(word: str) -> str:
    """Stem of a German word by the Snowball algorithm."""
    return _stemmer()(word.casefold().strip("-"))


@cache
def _stemmer() -> Callable[[str], str]:
    import snowballstemmer

    return cache(snowballstemmer.stemmer("german").stemWord)


def _phrases(code: Code) -> list[list[str]]:
    if code.id == "andere":
        return []
    parts = [
        part
        for label in (code.label_de, code.label_short, *code.aliases)
        for part in re.split(r"[/,()&]|\bund\b", label)
    ]
    phrases = []
    for part in parts:
        words = [word for word in _WORD.findall(part) if word.casefold() not in _EMPTY]
        if words and not any(word.endswith("-") for word in words):
            phrases.append([stem(word) for word in words])
    return phrases


def _stands(part: str, stems: set[str]) -> bool:
    if part in stems:
        return True
    return len(part) >= SHORTEST_PART and any(one.startswith(part) or one.endswith(part) for one in stems)
