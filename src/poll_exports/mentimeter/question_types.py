"""The question types: which `Voters` columns each one takes, and what the cells in them are.

Headers are never split. A type proposes spans of columns from a position on, the best first; `joining` keeps the first
set of proposals that uses every column. Layouts marked `is_guess` were never seen in a real file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..cells import key_of, text_of, whole_of
from ..export import Block, Part, Plan, Use

QUIZ_PARTS: dict[str, Part] = {"Name": "name", "Emoji": "emoji", "Answer": "choice", "Score": "score"}


class Span(NamedTuple):
    """The first `size` of the columns that a question could take, one after the other."""

    uses: list[Use]
    size: int

    def taken(self) -> list[Use]:
        return self.uses[: self.size]


Spans = Iterator[Span]
NOTHING = Span([], 0)


@dataclass(frozen=True)
class Kind:
    spans: Callable[[Plan, Sequence[str], int], Spans]
    part: Part
    is_guess: bool = False


def kind_of(type_: str) -> Kind:
    """How a type is read; a type never seen before is read as verbatim text in the columns that carry its title."""
    return KINDS.get(type_, KINDS["quiz"] if type_.startswith("quiz") else _UNKNOWN)


def _is_title(plan: Plan, header: str) -> bool:
    """The header of a question with one column; before 2023 without the colon."""
    return header in (plan.key + ":", plan.key)


def _one(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    if start < len(headers) and _is_title(plan, headers[start]):
        yield Span([Use(start, kind_of(plan.type).part)], 1)


def _choices(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    yield from _one(plan, headers, start)
    picks: list[Use] = []
    while _is_numbered(plan, headers, start + len(picks), len(picks) + 1):
        picks.append(Use(start + len(picks), "pick", order=len(picks) + 1))
    yield from _shorter(picks)
    if not plan.has_votes:
        yield NOTHING


def _shorter(uses: list[Use], step: int = 1) -> Spans:
    """All columns, then fewer and fewer."""
    return (Span(uses, size) for size in range(len(uses), 0, -step))


def _is_numbered(plan: Plan, headers: Sequence[str], at: int, number: int) -> bool:
    return at < len(headers) and headers[at] == f"{plan.key}:{number}"


def _scales(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    if not plan.items:
        yield from _prefixed(plan, headers, start)
        return
    uses = []
    for offset, item in enumerate(plan.items):
        if start + offset >= len(headers) or headers[start + offset] != f"{plan.key}:{key_of(item)}":
            break
        uses.append(Use(start + offset, "scale", item))
    if len(uses) == len(plan.items):
        yield Span(uses, len(uses))


def _any_order(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    """One column per option in any order, some missing: rankings leave out what nobody ranked."""
    part = kind_of(plan.type).part
    left = {f"{plan.key}:{key_of(item)}": item for item in plan.items}
    uses: list[Use] = []
    while (at := start + len(uses)) < len(headers) and headers[at] in left:
        uses.append(Use(at, part, left.pop(headers[at])))
    if uses:
        yield Span(uses, len(uses))
    yield from _prefixed(plan, headers, start)


def _prefixed(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    """All following columns that begin with the title, then fewer; none only where nobody answered."""
    part, uses = kind_of(plan.type).part, list[Use]()
    while (at := start + len(uses)) < len(headers) and headers[at].startswith(f"{plan.key}:"):
        uses.append(Use(at, part, headers[at][len(plan.key) + 1 :], len(uses) + 1))
    if not uses and start < len(headers) and headers[start] == plan.key:
        uses.append(Use(start, part))
    yield from _shorter(uses)
    if not plan.has_votes:
        yield NOTHING


def _open(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    if start + 1 < len(headers) and _is_title(plan, headers[start]) and headers[start + 1] == "Upvotes":
        yield Span([Use(start, "response", order=1), Use(start + 1, "upvotes", order=1)], 2)
    pairs: list[Use] = []
    while _is_numbered(plan, headers, at := start + len(pairs), len(pairs) // 2 + 1):
        if headers[at + 1 : at + 2] != ["Upvotes"]:
            break
        order = len(pairs) // 2 + 1
        pairs += [Use(at, "response", order=order), Use(at + 1, "upvotes", order=order)]
    yield from _shorter(pairs, 2)
    if not plan.has_votes:
        yield NOTHING


def _quiz(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    left = {f"{plan.key}:{name}": part for name, part in QUIZ_PARTS.items()}
    uses: list[Use] = []
    while (at := start + len(uses)) < len(headers) and headers[at] in left:
        uses.append(Use(at, left.pop(headers[at])))
    if uses:
        yield Span(uses, len(uses))
    yield from _prefixed(plan, headers, start)


KINDS: dict[str, Kind] = {
    "slide": Kind(_one, "reaction"),
    "choices": Kind(_choices, "choice"),
    "choices_images": Kind(_choices, "choice", is_guess=True),
    "scales": Kind(_scales, "scale"),
    "open": Kind(_open, "response"),
    "wordcloud": Kind(_one, "entry"),
    "ranking": Kind(_any_order, "rank"),
    "quiz": Kind(_quiz, "verbatim"),
}
_UNKNOWN = Kind(_any_order, "verbatim", is_guess=True)


def is_known(type_: str) -> bool:
    """Whether the layout of this type was seen in real files."""
    return type_ in KINDS and not KINDS[type_].is_guess


def items_of(block: Block) -> list[str]:
    """The option labels or statements a block prints. Never what people wrote: tables of responses have none."""
    if block.type in ("slide", "open", "wordcloud") or not block.table or text_of(block.table[0][0]) != "Choices":
        return []
    return [text_of(row[0]) for row in block.table[1:]]


def scale_values(block: Block) -> list[int]:
    """The values in the head of a scales table (`1` … `10`); empty where the block prints none."""
    if block.type != "scales" or not block.table:
        return []
    values = [whole_of(cell) for cell in block.table[0][2:]]
    return [value for value in values if value is not None and abs(value) < 1_000]
