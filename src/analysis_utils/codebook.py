"""The codebook: stable ids with German and English labels for areas, clusters, themes and participant groups."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, model_validator

from .yamlfile import Strict, read_yaml

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


def normalise(wording: str) -> str:
    """A wording with runs of white space made one blank and its ends trimmed: the only liberty matching takes."""
    return " ".join(wording.split())


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


class Codebook(Strict):
    focus_areas: list[Code]
    theme_clusters: list[Code]
    cross_cutting_themes: list[Code]
    participant_groups: list[Code]
    added_codes: list[AddedCode] = []

    @model_validator(mode="after")
    def _unique(self) -> Codebook:
        seen_ids: set[str] = set()
        seen_wordings: dict[str, str] = {}
        for code in self.codes():
            if code.id in seen_ids:
                raise ValueError(f"each id once in the whole codebook (“{code.id}” stands twice)")
            seen_ids.add(code.id)
            for wording in {
                normalise(code.label_de).casefold(),
                *(normalise(a).casefold() for a in code.aliases),
            }:
                if wording in seen_wordings:
                    raise ValueError(
                        f"each label or alias once (“{wording}” means both {seen_wordings[wording]} and {code.id})"
                    )
                seen_wordings[wording] = code.id
        for added in self.added_codes:
            if added.parent is not None and added.parent not in seen_ids - {added.id}:
                raise ValueError(f"the parent of an added code to be another code (“{added.parent}” is none)")
        return self

    def codes(self) -> list[Code]:
        """All entries of all sections, in file order."""
        themes = [*self.focus_areas, *self.theme_clusters, *self.cross_cutting_themes]
        return [*themes, *self.participant_groups, *self.added_codes]

    def themes(self) -> dict[str, list[Code]]:
        """The codes that statements can bear, by section: everything but the participant groups."""
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
