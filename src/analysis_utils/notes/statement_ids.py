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
    number = int.from_bytes(digest[:8], "big")
    letters = ""
    for _ in range(_LENGTH):
        number, rest = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[rest]
    return f"{group}.{letters}"


def name_statements(statements: Sequence[tuple[str, str]], known: Mapping[str, Sequence[str]]) -> Names:
    """Names for `statements` (group, text), given the texts each known name was referred to with.

    First the known names whose words are there unchanged, then those with the most similar words in the same group
    (at least `SAME_ENOUGH`), then new names. The order of the statements decides nothing but which of two equal ones
    comes first.
    """
    names: list[str] = [""] * len(statements)
    by_words: dict[tuple[str, str], list[str]] = {}
    for name, texts in known.items():
        for text in dict.fromkeys(map(words_of, texts)):
            by_words.setdefault((group_of(name), text), []).append(name)
    for place, (group, text) in enumerate(statements):
        candidates = by_words.get((group, words_of(text)), [])
        names[place] = next((name for name in candidates if name not in names), "")
    changed = _changed(statements, known, names)
    counts: Counter[tuple[str, str]] = Counter()
    for place, (group, text) in enumerate(statements):
        key = (group, words_of(text))
        while not names[place]:
            name = new_name(group, text, counts[key])
            counts[key] += 1
            names[place] = name if name not in names and name not in known else ""
    taken = set(names)
    return Names(names, changed, [name for name in known if name not in taken])


def _changed(statements: Sequence[tuple[str, str]], known: Mapping[str, Sequence[str]], names: list[str]) -> dict:
    """Give names left over to nameless statements with very similar words, the most similar pair first."""
    left = [name for name in known if name not in set(names)]
    pairs = []
    for place, (group, text) in enumerate(statements):
        for name in [] if names[place] else [name for name in left if group_of(name) == group]:
            for old in known[name]:
                ratio = similarity(old, text)
                if ratio >= SAME_ENOUGH:
                    pairs.append((-ratio, name, place, old))
    changed: dict[str, str] = {}
    for _, name, place, old in sorted(pairs):
        if not names[place] and name not in changed:
            names[place] = name
            changed[name] = old
    return changed


def similarity(a: str, b: str) -> float:
    """1 for equal words, 0 for nothing in common; 0 also where even the lengths exclude `SAME_ENOUGH`."""
    matcher = difflib.SequenceMatcher(None, words_of(a), words_of(b), autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < SAME_ENOUGH:
        return 0.0
    return matcher.ratio()


def group_of(name: str) -> str:
    return name.rpartition(".")[0]
