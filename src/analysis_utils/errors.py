"""The one kind of error an analyst is meant to see: what was expected, what was seen, where, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class DataError(ValueError):
    """Input that does not follow a rule. Shown as one readable block, without a traceback.

    Parameters: `where` is the file or table (a `round.yml` is named with its folder, since every round has one),
    `expected` the rule, `saw` the offending value (never a person's own words), `at` the row, column or key, `remedy`
    the likely cause or the next step.
    """

    def __init__(self, where: str | Path, expected: str, saw: object, at: str = "", remedy: str = "") -> None:
        name = where.name if isinstance(where, Path) else where
        name = f"{where.parent.name}/{name}" if isinstance(where, Path) and name == "round.yml" else name
        place = f" at {at}" if at else ""
        advice = f"; {remedy}" if remedy else ""
        super().__init__(f"{name}: expected {expected}, saw {saw}{place}{advice}.")
        self.where, self.expected, self.saw, self.at, self.remedy = str(where), expected, str(saw), at, remedy

    @classmethod
    def told(cls, message: str) -> DataError:
        """One that was raised in another process: its message is complete already."""
        fault = cls("", "", "")
        fault.args = (message,)
        return fault


def nearest(word: str, known: Iterable[str]) -> str:
    """The known wording closest to `word`, as a hint for a message; empty when none is close."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"the closest known wording is “{found[0]}”{_difference(word, found[0])}" if found else ""


def _difference(word: str, known: str) -> str:
    """Where two wordings that may look alike differ first, as code points; nothing where that is plain to see."""
    pairs = [(one, other) for one, other in zip(word, known, strict=False) if one != other]
    if len(word) != len(known) or len(pairs) > 3 or all(one.isascii() and other.isascii() for one, other in pairs):
        return ""
    one, other = pairs[0]
    return f" (“{one}” is U+{ord(one):04X}, “{other}” there is U+{ord(other):04X})"
