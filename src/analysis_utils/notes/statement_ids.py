"""Names of statements that survive: the same when a paragraph moves, and kept when a typo in it is mended.

A new statement is named after its group and its words. Files that refer to statements (codings, releases) carry the
words they refer to; where these words are gone but very similar ones are new, the old name goes to the new words and
the statement counts as changed, to be looked at by a person.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SAME_ENOUGH = 0.75
"""Smallest similarity (difflib ratio of the letters) at which changed words are still the same statement."""

# No vowels, no digits: a name spells no word, and no spreadsheet takes it for a number or a date.
_ALPHABET = "bcdfghjkmnpqrstvwxz"
_LENGTH = 6


@dataclass(frozen=True)
class Names:
    """Names of the statements in their order; `changed` maps a name to the words it was coded under; `gone` are names
    that others refer to and no statement bears."""

    names: list[str]
    changed: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)


def words_of(text: str) -> str:
    """A text reduced to what makes it the same statement: case and white space do not count."""
    return " ".join(text.split()).casefold()


def new_name(group: str, text: str, occurrence: int = 0) -> str:
    """Name of a statement nobody referred to before: `gruppe_1.kqzbtd`."""
    digest = hashlib.sha256(f"{group}\0{words_of(text)}\0{occurrence}".encode()).digest()
    number, size = int.from_bytes(digest[:8], "big"), len(_ALPHABET)
    return f"{group}." + "".join(_ALPHABET[number // size**place % size] for place in range(_LENGTH))


def name_statements(statements: Sequence[tuple[str, str]], known: Mapping[str, Sequence[str]]) -> Names:
    """Names for `statements` (group, text), given the texts each known name was referred to with.

    First the known names whose words are there unchanged, then those with the most similar words in the same group
    (at least `SAME_ENOUGH`), then new names. The order of the statements decides nothing but which of two equal ones
    comes first.
    """
    keys = [(group, words_of(text)) for group, text in statements]
    by_words: dict[tuple[str, str], list[str]] = {}
    for name, texts in known.items():
        for text in dict.fromkeys(map(words_of, texts)):
            by_words.setdefault((group_of(name), text), []).append(name)
    names: list[str] = []
    for key in keys:
        names.append(next((name for name in by_words.get(key, []) if name not in names), ""))
    pairs = [
        (-ratio, name, place, old)
        for name in known
        if name not in names
        for place, (group, text) in enumerate(statements)
        if not names[place] and group == group_of(name)
        for old in known[name]
        if (ratio := similarity(old, text)) >= SAME_ENOUGH
    ]
    changed: dict[str, str] = {}
    for _, name, place, old in sorted(pairs):
        if not names[place] and name not in changed:
            names[place], changed[name] = name, old
    counts: Counter[tuple[str, str]] = Counter()
    for place, (group, text) in enumerate(statements):
        while not names[place]:
            name = new_name(group, text, counts[keys[place]])
            counts[keys[place]] += 1
            names[place] = name if name not in names and name not in known else ""
    return Names(names, changed, [name for name in known if name not in names])


def similarity(a: str, b: str) -> float:
    """1 for equal words, 0 for nothing in common; 0 also where even the lengths exclude `SAME_ENOUGH`."""
    matcher = difflib.SequenceMatcher(None, words_of(a), words_of(b), autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < SAME_ENOUGH:
        return 0.0
    return matcher.ratio()


def group_of(name: str) -> str:
    return name.rpartition(".")[0]
