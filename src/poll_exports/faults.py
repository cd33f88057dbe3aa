"""What may be wrong with a file: it is refused with one readable message, or read with a note of what was odd."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Action = Literal["kept", "set aside", "refused"]


class FileError(ValueError):
    """A file that is not read: what was expected, what was seen (never a person's own words), where, what to do."""

    def __init__(self, where: Path, expected: str, saw: object, at: str = "", remedy: str = "") -> None:
        place, advice = f" at {at}" if at else "", f"; {remedy}" if remedy else ""
        super().__init__(f"{where.name}: expected {expected}, saw {saw}{place}{advice}.")
        self.where, self.expected, self.saw, self.at, self.remedy = where, expected, str(saw), at, remedy


@dataclass(frozen=True)
class Problem:
    """`place` is where (sheet, question, or a line of what the team wrote), `seen` a count, a moderator's label or a
    description, never a person's words; `message` says what was expected and what was done. `private` is for the
    terminal alone: rows, values and names by which an analyst finds what is meant."""

    rule: str
    place: str
    message: str
    seen: str = ""
    action: Action = "kept"
    file: str = ""
    private: str = ""
