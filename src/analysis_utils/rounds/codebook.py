"""The codebook: stable ids with German and English labels for areas, clusters, themes and participant groups."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from .yamlfile import IDENTIFIER, Strict, read_yaml

Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER, max_length=40)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]


def normalise(wording: str) -> str:
    """A wording as far as it can be seen: composed letters, no soft hyphens, zero-width or direction marks, white space
    of any kind made one blank, ends trimmed. The only liberty matching takes. (`poll_exports.visible`, said again: the
    reader of exports would have to be loaded to find that nothing has changed.)"""
    composed = unicodedata.normalize("NFC", wording)
    return " ".join("".join(sign for sign in composed if unicodedata.category(sign) != "Cf").split())


def code_of(written: str) -> str:
    """A code of somebody's own making, which joins answers without a name: letters and digits, without case."""
    return re.sub(r"[\W_]", "", written).casefold()


class Code(Strict):
    """One entry: `label_short` is what charts print; `aliases` are other wordings of exactly the same thing."""

    id: Identifier
    label_de: Label
    label_en: Label
    label_short: Label
    aliases: list[Label] = []


class AddedCode(Code):
    """A code an analyst added for coding notes: what it means and a typical statement, so that two coders use it alike.
    `parent` names the code it is a part of."""

    definition: Label
    example: Label
    parent: Identifier | None = None


Change = Literal["same", "renamed", "split", "merged", "new", "dropped"]
_SIDES: dict[Change, str] = {"same": "1:1", "renamed": "1:1", "split": "1:n", "merged": "n:1", "new": "0:n",
                             "dropped": "n:0"}  # fmt: skip
LONGEST_NAME = 80
RoundName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=LONGEST_NAME)]


class Link(Strict):
    """What became of ids from one round to the next, and why somebody says so."""

    change: Change
    before: list[Identifier] = []
    after: list[Identifier] = []
    reason: Label

    @model_validator(mode="after")
    def _sides(self) -> Link:
        found = ":".join("n" if len(side) > 1 else str(len(side)) for side in (self.before, self.after))
        sides = _SIDES[self.change]
        if found != sides and not (self.change in ("new", "dropped") and found == sides.replace("n", "1")):
            raise ValueError(f"“{self.change}” to be {sides} (before:after; this link is {found})")
        return self


class Crosswalk(Strict):
    """The links between two rounds, named earlier first: of questions, of options and of participant groups."""

    between: tuple[RoundName, RoundName]
    questions: list[Link] = []
    options: list[Link] = []
    groups: list[Link] = []

    @property
    def is_written(self) -> bool:
        """Whether it has any link."""
        return bool(self.questions or self.options or self.groups)

    @model_validator(mode="after")
    def _once(self) -> Crosswalk:
        if self.between[0] == self.between[1]:
            raise ValueError("two different rounds")
        for links in (self.questions, self.options, self.groups):
            for side in ("before", "after"):
                counts = Counter(identifier for link in links for identifier in getattr(link, side))
                if twice := min((name for name, count in counts.items() if count > 1), default=""):
                    raise ValueError(f"each id in one link of a section (“{twice}” stands twice under {side})")
        return self


def _in_ascii(text: str) -> str:
    """The text with umlauts spelled out and without other accents."""
    spelled: dict[str, str | int | None] = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
    plain = unicodedata.normalize("NFC", text).translate(str.maketrans(spelled))
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()


def safe_name(name: str) -> str:
    """The name of a round's folder that every system accepts: `Fachdialog Süd` becomes `Fachdialog-Sued`."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", _in_ascii(name)).strip("-_")[:LONGEST_NAME]


def identifier_for(label: str, taken: set[str]) -> str:
    """An id made of the letters and digits of a label that is none of those `taken`."""
    plain = _in_ascii(label.casefold())
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:36].strip("_")
    slug = slug if re.match(r"[a-z]", slug) else f"code_{slug}"[:36].strip("_")
    name, number = slug, 1
    while name in taken:
        number += 1
        name = f"{slug}_{number}"
    return name


class Codebook(Strict):
    """`other_options` are answers that are no theme (yes, no, undecided)."""

    focus_areas: list[Code]
    theme_clusters: list[Code]
    cross_cutting_themes: list[Code]
    participant_groups: list[Code]
    added_codes: list[AddedCode] = []
    other_options: list[Code] = []
    crosswalk: list[Crosswalk] = []

    @model_validator(mode="after")
    def _unique(self) -> Codebook:
        seen_ids: set[str] = set()
        seen_wordings: dict[str, str] = {}
        for code in self.codes():
            if code.id in seen_ids:
                raise ValueError(f"each id once in the whole codebook (“{code.id}” stands twice)")
            seen_ids.add(code.id)
            for wording in {normalise(label).casefold() for label in (code.label_de, *code.aliases)}:
                if wording in seen_wordings:
                    raise ValueError(
                        f"each label or alias once (“{wording}” means both {seen_wordings[wording]} and {code.id})"
                    )
                seen_wordings[wording] = code.id
        pairs = [crosswalk.between for crosswalk in self.crosswalk]
        if len(set(pairs)) < len(pairs):
            raise ValueError("one crosswalk between two rounds")
        order: TopologicalSorter[str] = TopologicalSorter()
        for one, other in pairs:
            order.add(other, one)
        try:
            order.prepare()
        except CycleError as fault:
            circle = " → ".join(fault.args[1])
            raise ValueError(f"crosswalks to lead from earlier to later rounds (these go round: {circle})") from None
        for added in self.added_codes:
            if added.parent is not None and added.parent not in seen_ids - {added.id}:
                raise ValueError(f"the parent of an added code to be another code (“{added.parent}” is none)")
        return self

    def codes(self) -> list[Code]:
        """All entries of all sections, in file order."""
        themes = [*self.focus_areas, *self.theme_clusters, *self.cross_cutting_themes]
        return [*themes, *self.participant_groups, *self.added_codes, *self.other_options]

    def themes(self) -> dict[str, list[Code]]:
        """The codes that statements can bear, by section: all but participant groups and answers that are no theme."""
        return {
            "focus_areas": self.focus_areas,
            "theme_clusters": self.theme_clusters,
            "cross_cutting_themes": self.cross_cutting_themes,
            "added_codes": [*self.added_codes],
        }

    def by_id(self) -> dict[str, Code]:
        return {code.id: code for code in self.codes()}


def read_codebook(path: Path) -> Codebook:
    """Read `data/codebook.yml`. Raises: DataError for unknown keys, duplicate ids or wordings, missing labels."""
    return read_yaml(path, Codebook)
