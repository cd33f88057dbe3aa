"""Words of participants stay out of messages, even where rows of a damaged file changed places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from .cells import clean, shown
from .layout import Export
from .question_types import Plan

_PERSONAL = ("response", "entry", "name", "verbatim", "reaction")


def written(export: Export, plans: Iterable[Plan], left: Iterable[int]) -> Set[str]:
    """What people wrote (texts, and numbers of more than four digits), as it would look in a message."""
    columns = [use.column for plan in plans for use in plan.uses if use.part in _PERSONAL] + list(left)
    cells = {cell for column in columns for cell in export.voters.filled(column)[1]}
    words = {word for cell in cells for word in (clean(cell), shown(cell)) if isinstance(cell, str) or len(word) > 4}
    return words - {"Thumbs up"}


def label_without(label: str, words: Set[str]) -> str:
    """The label, or a description where it equals what somebody wrote."""
    return f"(a text of {len(label)} characters)" if label in words else label


def message_without(message: str, words: Set[str]) -> str:
    """The message with every quoted label treated so."""
    return re.sub("“([^”]*)”", lambda found: f"“{label_without(found[1], words)}”", message) if words else message
