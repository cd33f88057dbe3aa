"""What was found wrong while reading: one record, used by every step of the reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["kept", "set aside", "refused"]


@dataclass(frozen=True)
class Problem:
    """`place` is where (sheet, column, row), `seen` a number, a moderator's label or a description, never a person's
    words; `message` says what was expected and what was done."""

    rule: str
    place: str
    message: str
    seen: str = ""
    action: Action = "kept"
    file: str = ""
