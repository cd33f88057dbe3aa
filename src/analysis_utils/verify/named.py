"""Whose number stands beside whose name: a number of one area, group or question must not stand beside another's.

A name in running text belongs to the numbers next to it. A number that names its row (`<data>`) must have the name of
that row before or behind it, if there are names of its kind at all; one that does not (descriptions, charts) must be a
print of a row of the name before or behind it. In tables the name is the header of the line or of the column.
Nothing is said of numbers next to a name that reads like a number or like words of ours (`Rang 2`, `sechs`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from proofread import Numeral, could_print

from ..rounds import Round

_TOKEN = re.compile(r"\w+|[^\w\s]")
_TOUCHING = re.compile(r"[\s„“”\"(:–-]{0,4}")
_BREAK = re.compile(r"\w\w[.;] ")
_KINDS = ("code", "group", "question")
_OURS = re.compile(
    r"(?:[\W\d_]|\b(?:n|rang|stufe|wert|gruppe|tabelle|abbildung|seite|prozent|punkte?|personen|aussagen?|von|bis|alle?"
    r"|andere|übrige|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|null|viertel|drittel|hälfte)\b)*",
    re.IGNORECASE,
)
Rows = Mapping[str, Mapping[str, float | None]]
ByName = Mapping[str, list[float]]


@dataclass(frozen=True)
class Name:
    """A name found in a text: what of each kind it may stand for; not clear where it may as well be something else."""

    start: int
    end: int
    ids: frozenset[str]
    is_clear: bool


@dataclass(frozen=True)
class Names:
    round: Round

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[str, frozenset[str]]]]:
        """Labels by their first word, the longest first, each with what it may name."""
        named: dict[str, set[str]] = defaultdict(set)
        file, codes = self.round.file, self.round.codebook
        people = {code.id for code in codes.participant_groups}
        for code in codes.codes():
            kind = "group" if code.id in people else "code"
            for label in (code.label_de, code.label_short):
                named[_even(label)].add(f"{kind}:{code.id}")
        for question in file.questions:
            named[_even(question.label)].add(f"question:{question.id}")
            for wording, item in question.options.items():
                named[_even(wording)].add(f"{'group' if item in people else 'code'}:{item}")
        for group in file.notes.groups if file.notes else []:
            named[_even(group.label)].add(f"group:{group.id}")
        found: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for label, ids in named.items():
            if first := _TOKEN.search(label):
                found[first[0]].append((label, frozenset(ids)))
        return {word: sorted(labels, key=lambda one: -len(one[0])) for word, labels in found.items()}

    @cached_property
    def all_ids(self) -> frozenset[str]:
        return frozenset(one for labels in self._by_first.values() for _, ids in labels for one in ids)

    def find(self, text: str) -> list[Name]:
        """The names in a text, in order; of names within others only the longest."""
        text, found, place = _even(text), [], 0
        for token in _TOKEN.finditer(text):
            if token.start() < place:
                continue
            for label, ids in self._by_first.get(token[0], ()):
                end = token.start() + len(label)
                if text.startswith(label, token.start()) and not re.match(r"\w", text[end : end + 1]):
                    found.append(Name(token.start(), end, ids, not _OURS.fullmatch(label)))
                    place = end
                    break
        return found

    def of_key(self, key: str) -> frozenset[str]:
        """What a row is about; nothing known of a row of another round, where an area may have had another name."""
        round_, question, segment, item, _ = key.split("/")
        if round_ != self.round.name:
            return frozenset()
        ids = {f"question:{question}", f"group:{segment}"}
        ids |= {f"{kind}:{part}" for part in item.split("|") for kind in ("code", "group")}
        return frozenset(ids & self.all_ids)


def stranger(around: list[Name], own: frozenset[str]) -> bool:
    """Whether of some kind there are names next to a number, all of them clear, and none of them is its own."""
    for kind in _KINDS if all(name.is_clear for name in around) else ():
        mine = {one for one in own if one.startswith(kind)}
        there = [ids for name in around if (ids := {one for one in name.ids if one.startswith(kind)})]
        if mine and there and not any(mine & ids for ids in there):
            return True
    return False


def beside(names: list[Name], place: int, kind: str) -> list[Name]:
    """The names of a kind next to a place in a text: the last before and the first behind it."""
    own = [name for name in names if any(one.startswith(kind) for one in name.ids)]
    at = bisect_left([name.start for name in own], place)
    return own[max(0, at - 1) : at + 1]


def keyed_faults(names: Names, text: str, keys: Iterable[tuple[int, str, str]]) -> Iterator[str]:
    """Numbers with a key (place in the text, key, print) that stand beside other names only."""
    found = names.find(text)
    for place, key, printed in keys:
        own = names.of_key(key)
        if any(stranger(_next_to(found, text, place, kind, own), own) for kind in _KINDS):
            yield f"“{printed}” stands beside another name than its row has: {key}"


def _next_to(found: list[Name], text: str, place: int, kind: str, own: frozenset[str]) -> list[Name]:
    """The names next to a number in its sentence, not only behind its bracket (`Flächen (23), Transfer`);
    where its own is not in the text, which may call it otherwise, only one right before it (`Flächen (23,1`)."""
    near = [name for name in beside(found, place, kind) if not _BREAK.search(text, name.end, max(name.end, place))]
    if text.rfind("(", 0, place) > text.rfind(")", 0, place) and not any(name.end <= place for name in near):
        return []
    if any(name.ids & own for name in found if name.is_clear and any(one.startswith(kind) for one in name.ids)):
        return near
    return [name for name in near if name.end <= place and _TOUCHING.fullmatch(text, name.end, place)]


def told_faults(names: Names, text: str, told: list[Numeral], values: ByName) -> Iterator[str]:
    """Numbers without a key beside a name none of whose rows, and no row without a name, has them. `values`: those of
    the figure in which they stand (`values_of`)."""
    found = names.find(text) if told else []
    for one in told if found else ():
        near = beside(found, one.start, "code")
        is_named = any(name.start <= one.start < name.end for name in found)
        if is_named or not all(name.is_clear for name in near):
            continue
        known = [value for name in near for code in name.ids for value in values.get(code, ())]
        if known and not any(could_print(one, value) for value in [*known, *values.get("", ())]):
            yield f"{one.text} stands beside a name whose rows do not have it"


def values_of(names: Names, rows: Rows) -> ByName:
    """The numbers of the rows about each code; under the empty text those about none."""
    found: dict[str, list[float]] = defaultdict(list)
    for key, row in rows.items():
        codes = [one for one in names.of_key(key) if one.startswith("code")]
        numbers = [value for value in row.values() if value is not None]
        numbers += [float(part) for part in re.findall(r"(?<!\d)-?\d+", key.split("/")[3])]
        for code in codes or [""]:
            found[code] += numbers
        found[""].append(row["n"] or 0)
    return found


def _even(text: str) -> str:
    """With every blank alike, so that places stay what they are."""
    return re.sub(r"\s", " ", text)
