"""The options of a question beside those of the earlier round: known, in other words, split, merged, new or gone."""

from __future__ import annotations

import difflib
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..rounds import Code, Codebook, Question, identifier_for, normalise

NEAR = 0.6
"""Wordings at least so similar (difflib) are proposed as the same thing in other words."""
TYPO = 0.9
"""Wordings at least so similar are first of all typing errors."""
_GROUP = "participant_group"


@dataclass
class Proposal:
    """What the new round would be. `questions` are entries of `round.yml`, `settings` what it takes over from the
    earlier round, `codes` of the codebook by section, `links` of the crosswalk by section; `confirm` says what is only
    guessed; `report` is for the analyst; `columns` say what the columns
    of a table are."""

    files: list[Path]
    title: str
    date: str = ""
    sessions: list[int] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    links: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    confirm: list[str] = field(default_factory=list)
    report: list[str] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)

    def link(self, section: str, change: str, before: list[str], after: list[str], reason: str) -> None:
        """Add a link, unless one of its ids has one: an option of two questions is linked once."""
        links = self.links.setdefault(section, [])
        named = [{i for link in links for i in link.get(side, [])} for side in ("before", "after")]
        if not (set(before) & named[0] or set(after) & named[1]):
            sides = {name: ids for name, ids in (("before", before), ("after", after)) if ids}
            links.append({"change": change, **sides, "reason": reason})

    def ask_whether_one(self, kind: str, gone: list[str], new: list[str]) -> None:
        """Ask whether what is gone and what is new are one thing: `dropped` beside `new` is a guess like any other."""
        self.confirm.append(
            f"{kind}s gone: {', '.join(gone)}; new: {', '.join(new)}. If one is the other in new words, replace both "
            "links by one `renamed` and use the earlier id"
        )


def alike(one: str, other: str) -> float:
    """How similar two wordings are, 0–1; case and runs of white space do not count."""
    return difflib.SequenceMatcher(None, normalise(one).casefold(), normalise(other).casefold()).ratio()


def short(wording: str, width: int) -> str:
    """A wording cut at a word, without the dash some moderators put before it."""
    return textwrap.shorten(wording.lstrip("-–•* ") or wording, width, placeholder=" …")


class Options:
    """Gives every option of one question an id; what happened to it goes into the proposal."""

    def __init__(self, found: Proposal, codebook: Codebook, before: Question | None, role: str) -> None:
        self.found, self.codebook, self.role = found, codebook, role
        self.known = {normalise(wording): i for wording, i in before.options.items()} if before else {}
        self.section = "groups" if role == _GROUP else "options"
        self.kind = "group" if role == _GROUP else "option"

    def read(self, wordings: list[str]) -> dict[str, str]:
        """Wording → id, in the order of the wordings."""
        options = {wording: self.known[wording] for wording in wordings if wording in self.known}
        left = [wording for wording in wordings if wording not in options]
        gone = {wording: i for wording, i in self.known.items() if i not in options.values()}
        for wording in list(left):  # a label or alias in the codebook
            if (code := _code_with(self.codebook, wording)) and code.id not in options.values():
                options[wording] = code.id
                left.remove(wording)
                gone = {old: identifier for old, identifier in gone.items() if identifier != code.id}
        fresh = [wording for wording in wordings if options.get(wording) not in self.known.values()]
        splits = {old: parts for old in gone if len(parts := self._parts(old, fresh, list(gone))) > 1}
        merges = {new: parts for new in fresh if len(parts := self._parts(new, list(gone), fresh)) > 1}
        apart = {*splits, *merges, *(part for parts in [*splits.values(), *merges.values()] for part in parts)}
        self._near(options, left, gone, apart)
        for wording in left:
            options[wording] = self._new_code(wording, set(options.values()))
        self._tell(options, gone, splits, merges)
        return {wording: options[wording] for wording in wordings}

    def _near(self, options: dict[str, str], left: list[str], gone: dict[str, str], apart: set[str]) -> None:
        """Options that read nearly as one that is gone, the most similar pairs first."""
        pairs = sorted(((alike(new, old), new, old) for new in left for old in gone), key=lambda pair: -pair[0])
        for likeness, new, old in pairs:
            if likeness < NEAR or {new, old} & apart or new not in left or old not in gone:
                continue
            identifier = options[new] = gone.pop(old)
            left.remove(new)
            self.found.report.append(f"reworded: {self.kind} {identifier} (“{old}” → “{new}”)")
            self.found.link(self.section, "renamed", [identifier], [identifier], "Wortlaut geändert")
            asked = f"does “{new}” mean what “{old}” meant?"
            if likeness >= TYPO:
                asked = f"a typing error? {asked}"
            self.found.confirm.append(f"{self.kind} {identifier}: {asked}")

    def _parts(self, whole: str, others: list[str], beside: list[str]) -> list[str]:
        """Options that may be parts of one: clusters of “clusters”, or sharing a word with it that sets them apart."""
        if "cluster" in whole.casefold():
            clusters = {code.id for code in self.codebook.theme_clusters}
            named = [o for o in others if (code := _code_with(self.codebook, o)) and code.id in clusters]
            if len(named) > 1:
                return named
        stems = {other: _stems(other) for other in others}
        elsewhere = {stem for other in beside if other != whole for stem in _stems(other)}
        own = _stems(whole) - elsewhere
        found = []
        for other in others:
            rest = {stem for one, found_ in stems.items() if one != other for stem in found_}
            if own & (stems[other] - rest):
                found.append(other)
        return found

    def _tell(
        self,
        options: dict[str, str],
        gone: dict[str, str],
        splits: dict[str, list[str]],
        merges: dict[str, list[str]],
    ) -> None:
        """Links for what only one round has: perhaps one was split, or several merged."""
        if not self.known:
            return
        fresh = {wording: i for wording, i in options.items() if i not in self.known.values()}
        for wholes, others, found in ((gone, fresh, splits), (fresh, gone, merges)):
            for whole, parts in found.items():
                ids = [others.pop(part) for part in parts if part in others]
                if whole in wholes and len(ids) > 1:
                    one = [wholes.pop(whole)]
                    self._changed(*((one, ids) if found is splits else (ids, one)), is_split=found is splits)
        for wording, identifier in gone.items():
            self.found.report.append(f"gone: {self.kind} {identifier} (“{wording}”)")
            self.found.link(self.section, "dropped", [identifier], [], "nicht erneut zur Wahl gestellt")
        for wording, identifier in fresh.items():
            self.found.report.append(f"new: {self.kind} {identifier} (“{wording}”)")
            self.found.link(self.section, "new", [], [identifier], "neu zur Wahl gestellt")
        if gone and fresh:
            self.found.ask_whether_one(self.kind, [*gone.values()], [*fresh.values()])

    def _changed(self, before: list[str], after: list[str], *, is_split: bool) -> None:
        change, reason = ("split", "aufgeteilt") if is_split else ("merged", "zusammengelegt")
        old, new = ", ".join(before), ", ".join(after)
        self.found.report.append(f"{change}: {self.kind} {old} into {new}")
        self.found.link(self.section, change, before, after, reason)
        asked = "was it split" if is_split else "were they merged"
        self.found.confirm.append(f"{self.kind} {old}: {asked} into {new}?")

    def _new_code(self, wording: str, here: set[str]) -> str:
        """Id of a code for the wording; one of its own where another option of the question differs in case alone."""
        section = {_GROUP: "participant_groups", "priority": "focus_areas"}.get(self.role, "other_options")
        everything = [code for codes in self.found.codes.values() for code in codes]
        same = [code["id"] for code in everything if same_words(code["label_de"], wording)]
        if same and same[0] not in here:
            return same[0]
        taken = {normalise(code["label_de"]).casefold() for code in everything}
        label, number = wording, 1
        while normalise(label).casefold() in taken or _code_with(self.codebook, label):
            number += 1
            label = f"{wording} ({number})"
        identifier = identifier_for(wording, set(self.codebook.by_id()) | {code["id"] for code in everything})
        labels = {"label_de": label, "label_en": label, "label_short": short(label, 80)}
        self.found.codes.setdefault(section, []).append({"id": identifier, **labels})
        if not self.known:
            self.found.report.append(f"new: {self.kind} {identifier} (“{wording}”)")
        return identifier


def same_words(one: str, other: str) -> bool:
    return normalise(one).casefold() == normalise(other).casefold()


def _code_with(codebook: Codebook, wording: str) -> Code | None:
    """The code of which this is a label or alias."""
    codes = codebook.codes()
    return next((c for c in codes if any(same_words(word, wording) for word in (c.label_de, *c.aliases))), None)


def _stems(wording: str) -> set[str]:
    """The beginnings of the longer words of a wording, so that compounds and endings meet."""
    return {word[:6] for word in re.findall(r"[^\W\d_]{5,}", wording.casefold())}
