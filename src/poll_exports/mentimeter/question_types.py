"""The question types: which `Voters` columns each one takes, and what the cells in them are.

Headers are never split. A type proposes spans of columns from a position on, the best first; `joining` keeps the first
set of proposals that uses every column. Layouts marked `is_guess` were never seen in a real file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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


class Kind(NamedTuple):
    spans: Callable[[Plan, Sequence[str], int], Spans]
    part: Part
    is_guess: bool = False


def kind_of(type_: str) -> Kind:
    """How a type is read; a type never seen before is read as verbatim text in the columns that carry its title."""
    return KINDS.get(type_, KINDS["quiz"] if type_.startswith("quiz") else _UNKNOWN)


def answer(plan: Plan, column: int, order: int) -> list[Use]:
    """One of several answers of a person: a pick, or a text and beside it its upvotes."""
    if kind_of(plan.type).part != "response":
        return [Use(column, "pick", order=order)]
    return [Use(column, "response", order=order), Use(column + 1, "upvotes", order=order)]


def _one(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    """A question with one column; before 2023 its header had no colon."""
    if start < len(headers) and headers[start] in (plan.key + ":", plan.key):
        yield Span([Use(start, kind_of(plan.type).part)], 1)


def _answers(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    """One answer, or columns with the numbers 1, 2, … behind the title; all of them, then fewer and fewer."""
    step = len(answer(plan, start, 1))
    beside = ["Upvotes"] * (step - 1)
    for span in _one(plan, headers, start):
        if step == 1:
            yield span
        elif [*headers[start + 1 : start + step]] == beside:
            yield Span(answer(plan, start, 1), step)
    uses: list[Use] = []
    while [*headers[(at := start + len(uses)) : at + step]] == [f"{plan.key}:{len(uses) // step + 1}", *beside]:
        uses += answer(plan, at, len(uses) // step + 1)
    yield from (Span(uses, size) for size in range(len(uses), 0, -step))
    if not plan.has_votes:
        yield NOTHING


def _scales(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    """One column per statement, in the order of the block."""
    wanted = [f"{plan.key}:{key_of(item)}" for item in plan.items]
    if not wanted:
        yield from _prefixed(plan, headers, start)
    elif [*headers[start : start + len(wanted)]] == wanted:
        yield Span([Use(start + at, "scale", item) for at, item in enumerate(plan.items)], len(wanted))


def _any_order(plan: Plan, headers: Sequence[str], start: int) -> Spans:
    """One column per option, or part of a quiz, in any order, some missing: rankings leave out what nobody ranked."""
    kind = kind_of(plan.type)
    left = {f"{plan.key}:{key_of(item)}": (kind.part, item) for item in plan.items}
    if kind is KINDS["quiz"]:
        left = {f"{plan.key}:{name}": (part, "") for name, part in QUIZ_PARTS.items()}
    uses: list[Use] = []
    while (at := start + len(uses)) < len(headers) and headers[at] in left:
        uses.append(Use(at, *left.pop(headers[at])))
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
    yield from (Span(uses, size) for size in range(len(uses), 0, -1))
    if not plan.has_votes:
        yield NOTHING


KINDS: dict[str, Kind] = {
    "slide": Kind(_one, "reaction"),
    "choices": Kind(_answers, "choice"),
    "choices_images": Kind(_answers, "choice", is_guess=True),
    "scales": Kind(_scales, "scale"),
    "open": Kind(_answers, "response"),
    "wordcloud": Kind(_one, "entry"),
    "ranking": Kind(_any_order, "rank"),
    "quiz": Kind(_any_order, "verbatim"),
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
    head = block.table[0][2:] if block.type == "scales" and block.table else []
    return [value for cell in head if (value := whole_of(cell)) is not None and abs(value) < 1_000]
