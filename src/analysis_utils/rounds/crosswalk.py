"""What can be compared between two rounds: questions, options and groups, on the level both rounds have.

The links stand in `data/codebook.yml`. An id that both rounds use in the same wording is the same thing without a
link; whatever has no counterpart is shown in its own round and never compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..errors import DataError
from .codebook import Change, Codebook
from .crosswalk_checks import GROUP, check_crosswalks, check_direction, check_ways, ends_of, refuse_same
from .crosswalk_ties import Section, Tie, option_wordings, question_wordings, ties_of
from .folders import Round, open_round
from .round_file import Question

NO_LINK = "keine Zuordnung im Codebuch"
OTHER_KIND = "Fragetyp oder Skala geändert"
OTHER_ENDS = "Richtung der Frage geändert, ohne dass die Enden der Skala vertauscht sind"


CHOSEN = ("single_choice", "multiple_choice", "ranking")
"""Types of questions whose options are compared by the share that chose them, or put them first."""


@dataclass(frozen=True)
class ComparedItem:
    """One line of a comparison: the ids of either round whose answers are summed, and how they are linked.

    `id` and `label` are those of the side that has a single id (the later round's where both do)."""

    id: str
    label: str
    change: Change
    before: tuple[str, ...]
    after: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class ComparedQuestion:
    """A question both rounds asked. `reversed`: the later scale runs the other way and is mirrored for comparing."""

    before: Question
    after: Question
    change: Change
    reversed: bool
    items: tuple[ComparedItem, ...]
    reason: str


@dataclass(frozen=True)
class Apart:
    """Something one round has alone. `label` is German; `question` is the one an option belongs to."""

    kind: Literal["question", "option", "group"]
    round: str
    id: str
    label: str
    question: str | None
    change: Change
    reason: str


@dataclass(frozen=True)
class ComparedRounds:
    earlier: Round
    later: Round
    questions: tuple[ComparedQuestion, ...]
    groups: tuple[ComparedItem, ...]
    apart: tuple[Apart, ...]


def compared_rounds(codebook: Codebook, earlier: Round, later: Round) -> ComparedRounds:
    """What the two rounds have in common, by the crosswalk between them or along the rounds in between.

    Raises: DataError for links that cannot be (`check_crosswalks`), for a crosswalk that contradicts those of the
    rounds in between, for an id that both use in different wordings without a link, and for a link that says `same` of
    what is not.
    """
    if earlier.name == later.name:
        raise DataError("compare", "two different rounds", f"{earlier.name} twice")
    if earlier.file.date > later.file.date:
        saw = f"{earlier.name} ({earlier.file.date}) before {later.name} ({later.file.date})"
        raise DataError("compare", "the earlier round first", saw, remedy="swap the names, or correct the dates")
    chain, longest = _chains(codebook, earlier, later)
    check_crosswalks(codebook, chain)
    if len(longest) > len(chain):
        check_crosswalks(codebook, longest)
        check_ways(codebook, chain, longest)
    questions, apart = _questions(codebook, chain)
    groups: tuple[ComparedItem, ...] = ()
    asked = earlier.with_role(GROUP), later.with_role(GROUP)
    if asked[0] and asked[1]:
        groups, alone = _items(codebook, chain, "groups", asked[0][0], asked[1][0])
        apart += alone
    return ComparedRounds(earlier, later, questions, groups, tuple(dict.fromkeys(apart)))


def comparison_summary(later: Round, earlier: Round) -> str:
    """One line for the terminal: how much of two rounds is compared. Raises: DataError for a wrong crosswalk."""
    found = compared_rounds(later.codebook, earlier, later)
    alone = {kind: sum(apart.kind == kind for apart in found.apart) for kind in ("question", "option", "group")}
    told = ", ".join(f"{count} {kind}{'s' * (count != 1)}" for kind, count in alone.items() if count)
    return f"compared with {earlier.name}: {len(found.questions)} questions; in one round alone: {told or 'nothing'}"


def rounds_between(codebook: Codebook, earlier: str, later: str) -> set[str]:
    """Names of all rounds that crosswalks pass on any way from one round to the other."""
    return {name for way in _ways(codebook, earlier, later) for name in way[1:-1]}


def _chains(codebook: Codebook, earlier: Round, later: Round) -> tuple[list[Round], list[Round]]:
    """The rounds on the shortest and on the longest way on which links lead from one to the other; the two alone where
    none do."""
    ways = sorted(_ways(codebook, earlier.name, later.name), key=lambda way: (len(way), way))
    opened = {earlier.name: earlier, later.name: later}
    chains: list[list[Round]] = []
    for way in (ways[0], ways[-1]) if ways else ([earlier.name, later.name],) * 2:
        for name in way:
            opened[name] = opened.get(name) or open_round(name, data=earlier.raw.parents[1])
        chains.append([opened[name] for name in way])
    return chains[0], chains[1]


def _ways(codebook: Codebook, earlier: str, later: str) -> Iterator[list[str]]:
    """Every way along crosswalks (they never go round in a circle)."""
    if earlier == later:
        yield [later]
        return
    for crosswalk in codebook.crosswalk:
        if crosswalk.between[0] == earlier:
            for rest in _ways(codebook, crosswalk.between[1], later):
                yield [earlier, *rest]


def _questions(codebook: Codebook, chain: list[Round]) -> tuple[tuple[ComparedQuestion, ...], tuple[Apart, ...]]:
    found: list[ComparedQuestion] = []
    apart: list[Apart] = []
    for tie in ties_of(codebook, chain, "questions", [question_wordings(round_) for round_ in chain]):
        sides = [r.question(i) for r, ids in ((chain[0], tie.before), (chain[-1], tie.after)) for i in ids]
        reason = "; ".join(tie.reasons) or NO_LINK
        if len(tie.before) == len(tie.after) == 1 and not tie.broken:
            reason = _why_not(chain, tie, sides[0], sides[1])
            if not reason:
                compared, alone = _question(codebook, chain, tie, sides[0], sides[1])
                found.append(compared)
                apart += alone
                continue
        apart += [_apart_question(chain[0], i, "dropped", reason) for i in tie.before]
        apart += [_apart_question(chain[-1], i, "new", reason) for i in tie.after]
    order = [question.id for question in chain[-1].file.questions]
    return tuple(sorted(found, key=lambda compared: order.index(compared.after.id))), tuple(apart)


def _why_not(chain: list[Round], tie: Tie, before: Question, after: Question) -> str:
    """Why two questions that belong together cannot be compared; empty where they can. Raises: DataError where nobody
    said that they changed."""
    if not is_same_kind(before, after):
        if not tie.changed:
            raise refuse_same(chain, before, after)
        return OTHER_KIND
    check_direction(chain, before, after, changed=tie.changed)
    if before.scale and after.scale and _is_turned(before, after) and ends_of(before.scale, after.scale) != "swapped":
        return OTHER_ENDS
    return ""


def _is_turned(before: Question, after: Question) -> bool:
    return bool(before.scale and after.scale and before.scale.positive_end != after.scale.positive_end)


def _apart_question(round_: Round, identifier: str, change: Change, reason: str) -> Apart:
    return Apart("question", round_.name, identifier, round_.question(identifier).label, None, change, reason)


def _question(
    codebook: Codebook, chain: list[Round], tie: Tie, before: Question, after: Question
) -> tuple[ComparedQuestion, tuple[Apart, ...]]:
    section: Section = "groups" if after.role == GROUP else "options"
    items, apart = _items(codebook, chain, section, before, after) if after.options else ((), ())
    change: Change = "renamed" if tie.changed else "same"
    reason = "; ".join(tie.reasons)
    return ComparedQuestion(before, after, change, _is_turned(before, after), items, reason), apart


def is_same_kind(before: Question, after: Question) -> bool:
    """Whether answers can be compared: one type, one total, one scale; a scale may run the other way. Groups are no
    opinions, so that a question for the group is one in both rounds."""
    if before.type != after.type or (before.type == "points" and before.total != after.total):
        return False
    if (before.role == GROUP) != (after.role == GROUP):
        return False
    one, other = before.scale, after.scale
    if one is None or other is None:
        return one is other
    top = other.top_box
    if one.positive_end != other.positive_end:
        top = (other.low + other.high - top[1], other.low + other.high - top[0])
    return (one.low, one.high, one.top_box) == (other.low, other.high, top)


def _items(
    codebook: Codebook, chain: list[Round], section: Section, before: Question, after: Question
) -> tuple[tuple[ComparedItem, ...], tuple[Apart, ...]]:
    """The options of two questions on the level they share; `groups` are the options of the participant group."""
    ends = [option_wordings([before]), option_wordings([after])]
    role = section == "groups"
    between = [option_wordings(q for q in r.file.questions if (q.role == GROUP) == role) for r in chain[1:-1]]
    kind: Literal["group", "option"] = "group" if role else "option"
    items: list[ComparedItem] = []
    apart: list[Apart] = []
    for tie in ties_of(codebook, chain, section, [ends[0], *between, ends[1]]):
        reason = "; ".join(tie.reasons)
        if tie.before and tie.after and not tie.broken:
            items.append(_item(codebook, tie, reason))
            continue
        labels = {code.id: code.label_de for code in codebook.codes()}
        why = reason or NO_LINK
        apart += [Apart(kind, chain[0].name, i, labels[i], before.id, "dropped", why) for i in tie.before]
        apart += [Apart(kind, chain[-1].name, i, labels[i], after.id, "new", why) for i in tie.after]
    order = list(after.options.values())
    items.sort(key=lambda item: min(order.index(i) for i in item.after))
    return tuple(items), tuple(apart)


def _item(codebook: Codebook, tie: Tie, reason: str) -> ComparedItem:
    single = tie.after if len(tie.after) == 1 else tie.before if len(tie.before) == 1 else tie.after
    label = " + ".join(codebook.by_id()[identifier].label_short for identifier in single)
    change: Change = "renamed" if tie.changed else "same"
    if (len(tie.before), len(tie.after)) != (1, 1):
        change = "split" if len(tie.before) == 1 else "merged"
    return ComparedItem(single[0], label, change, tie.before, tie.after, reason)
