"""Words of participants stay out of messages, even where rows of a damaged file changed places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from .cells import Cell, clean, key_of, shown
from .layout import Export
from .question_types import Plan

_PERSONAL = ("response", "entry", "name", "verbatim", "reaction")


def written(export: Export, plans: Iterable[Plan], left: Iterable[int], titles: Iterable[str]) -> Set[str]:
    """What people wrote (texts, and numbers of more than four digits), as it would look in a message. `titles` are
    wordings known from elsewhere than the headers."""
    columns = [use.column for plan in plans for use in plan.uses if use.part in _PERSONAL] + list(left)
    cells: set[Cell] = {cell for column in columns for cell in export.voters.filled(column)[1]}
    lists = [block.table[1:] for block in export.blocks if block.table and block.table[0][0] == "Responses"]
    cells |= {row[0] for rows in lists for row in rows}
    words = {word for cell in cells for word in (clean(cell), shown(cell)) if isinstance(cell, str) or len(word) > 4}
    return (words | _odd_headers(export, titles)) - {"Thumbs up"}


def _odd_headers(export: Export, titles: Iterable[str]) -> Set[str]:
    """Headers that are not written as Mentimeter writes them (with a colon behind the title) and are no known title:
    an answer may have got there, and then it stands nowhere else in the file."""
    known = {"Upvotes", *map(key_of, titles)}
    odd = [header for header in export.voters.headers if ":" not in header and key_of(header) not in known]
    return {word for header in odd for word in (clean(header), key_of(header), shown(header)) if word}


def label_without(label: str, words: Set[str]) -> str:
    """The label, or a description where it equals what somebody wrote."""
    return f"(a text of {len(label)} characters)" if label in words else label


def message_without(message: str, words: Set[str]) -> str:
    """The message with every quoted label treated so."""
    return re.sub("“([^”]*)”", lambda found: f"“{label_without(found[1], words)}”", message) if words else message
