"""What a project holds, and the error for a file that is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


class RefiError(ValueError):
    """A file that is not read: what was expected, what was seen, what to do."""

    def __init__(self, where: Path, expected: str, saw: str, remedy: str = "") -> None:
        super().__init__(f"{where.name}: expected {expected}, saw {saw}{f'; {remedy}' if remedy else ''}.")
        self.where, self.expected, self.saw, self.remedy = where, expected, saw, remedy


@dataclass(frozen=True)
class Code:
    """A code; `path` holds the names from the outermost code down to this one, `parent` the id of the one above."""

    guid: str
    path: tuple[str, ...]
    description: str = ""
    is_codable: bool = True
    parent: str = ""

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True)
class Coding:
    """A code (its id) that a coder gave; `notes` are memos on it."""

    code: str
    coder: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    """A stretch of a source's text, `start` to `end` (exclusive) in its characters."""

    name: str
    start: int
    end: int
    codings: tuple[Coding, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Source:
    guid: str
    name: str
    text: str
    passages: list[Passage] = field(default_factory=list)

    @property
    def called(self) -> str:
        """The name; of a nameless source one that its id makes its own."""
        return self.name or f"source {self.guid[:8]}".strip()


@dataclass(frozen=True)
class Unread:
    """Codings that were not read: of what (`regions of a picture`, …), or of the source whose text is missing."""

    what: str
    codings: int
    source: str = ""


@dataclass(frozen=True)
class Project:
    """`codes` by id, in the order of the file, outer before inner."""

    name: str
    codes: dict[str, Code]
    sources: list[Source] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
