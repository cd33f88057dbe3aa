"""Words of participants stay out of messages, even where rows of a damaged file changed places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from .cells import Cell, clean, key_of, shown
from .export import Export, Plan, Use

_PERSONAL = ("response", "entry", "name", "verbatim", "reaction")
_TYPE_NAME = re.compile(r"(?=.{0,24}$)[A-Za-z0-9]*([ _-][A-Za-z0-9]+){0,3}")


def written(export: Export, titles: Iterable[str]) -> Set[str]:
    """What people wrote (texts, and numbers of more than four digits), as it would look in a message. `titles` are
    wordings known from elsewhere than the headers."""
    columns = [use.column for plan in export.questions for use in plan.uses if _is_personal(plan, use)]
    cells: set[Cell] = {cell for column in columns + export.left for cell in export.voters.filled(column)[1]}
    lists = [block.table[1:] for block in export.blocks if block.table and block.table[0][0] == "Responses"]
    cells |= {row[0] for rows in lists for row in rows}
    cells |= {cell for block in export.blocks for row in block.board[1:] for cell in row[1:3]}
    words = {word for cell in cells for word in (clean(cell), shown(cell)) if isinstance(cell, str) or len(word) > 4}
    return (words | _odd_headers(export, titles)) - {"Thumbs up", ""}


def _is_personal(plan: Plan, use: Use) -> bool:
    """Whether people typed what stands in the column. Of quizzes only those named `quiz` let them choose."""
    return use.part in _PERSONAL or (use.part == "choice" and plan.type.startswith("quiz") and plan.type != "quiz")


def _odd_headers(export: Export, titles: Iterable[str]) -> Set[str]:
    """Headers that may be an answer, which then stands nowhere else in the file: those that are not written as
    Mentimeter writes them (with a colon behind the title), and where there are Session blocks those that no block
    expects."""
    if export.tool != "Mentimeter":
        return set()
    known = {key for title in titles if (key := key_of(title))}
    odd = [
        header
        for column, header in enumerate(export.voters.headers)
        if (":" not in header or (column in export.left and export.blocks))
        and key_of(header) not in ("Upvotes", ":", *known)
        and not any(key_of(header).startswith(f"{key}:") for key in known)
    ]
    return {word for header in odd for word in (clean(header), key_of(header), shown(header)) if word}


def label_without(label: str, words: Set[str]) -> str:
    """The label, or a description where it equals what somebody wrote."""
    return _described(label) if label in words else label


def titles_without(titles: Iterable[str], headers: Iterable[str], words: Set[str]) -> dict[str, str]:
    """Each title, or a description where somebody wrote it, and where no header of `Voters` begins with it."""
    keys = [key_of(clean(header)) for header in headers]
    found = {title: any(key.startswith(key_of(title)) for key in keys) for title in set(titles)}
    return {title: label_without(title, words) if is_known else _described(title) for title, is_known in found.items()}


def type_without(type_: str) -> str:
    """The name of a type, or a description of what is too long to be one."""
    return clean(type_) if _TYPE_NAME.fullmatch(type_) else _described(type_)


def _described(label: str) -> str:
    return f"(a text of {len(label)} characters)"


def message_without(message: str, words: Set[str]) -> str:
    """The message with every quoted label treated so."""
    return re.sub("“([^”]*)”", lambda found: f"“{label_without(found[1], words)}”", message) if words else message
