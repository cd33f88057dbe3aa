"""What can be compared between two rounds: questions, options and groups, on the level both rounds have.

The links stand in `data/codebook.yml`. An id that both rounds use in the same wording is the same thing without a
link; whatever has no counterpart is shown in its own round and never compared.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from .codebook import Change, Codebook, Crosswalk, Link, normalise
from .errors import DataError
from .rounds import Question, Round, open_round

Section = Literal["questions", "options", "groups"]
Wordings = dict[str, tuple[str, str]]
"""Wording and statement of each id."""
Node = tuple[int, str]
"""An id in the round at this place of a chain."""
NO_LINK = "keine Zuordnung im Codebuch"
OTHER_KIND = "Fragetyp oder Skala geändert"


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


@dataclass(frozen=True)
class _Tie:
    """Ids of the first and the last round of a chain that belong together; `broken` where a part was lost between."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    reasons: tuple[str, ...]
    changed: bool
    broken: bool


def compared_rounds(codebook: Codebook, earlier: Round, later: Round) -> ComparedRounds:
    """What the two rounds have in common, by the crosswalk between them or along the rounds in between.

    Raises: DataError for a link to something a round does not have, for an id that both use in different wordings
    without a link, and for a link that says `same` of what is not.
    """
    if earlier.name == later.name:
        raise DataError("compare", "two different rounds", f"{earlier.name} twice")
    if earlier.file.date > later.file.date:
        saw = f"{earlier.name} ({earlier.file.date}) before {later.name} ({later.file.date})"
        raise DataError("compare", "the earlier round first", saw, remedy="swap the names, or correct the dates")
    chain = _chain(codebook, earlier, later)
    for one, other in pairwise(chain):
        _check_links(codebook, one, other)
    questions, apart = _questions(codebook, chain)
    groups: tuple[ComparedItem, ...] = ()
    asked = earlier.with_role("participant_group"), later.with_role("participant_group")
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


def _chain(codebook: Codebook, earlier: Round, later: Round) -> list[Round]:
    """The rounds along which links lead from one to the other; the two alone where no others do."""
    steps: dict[str, list[str]] = {}
    for crosswalk in codebook.crosswalk:
        steps.setdefault(crosswalk.between[0], []).append(crosswalk.between[1])
    ways, seen = deque([[earlier.name]]), {earlier.name}
    while ways:
        way = ways.popleft()
        if way[-1] == later.name:
            between = [open_round(name, data=earlier.raw.parents[1]) for name in way[1:-1]]
            return [earlier, *between, later]
        for name in steps.get(way[-1], []):
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return [earlier, later]


def _crosswalk(codebook: Codebook, one: Round, other: Round) -> Crosswalk:
    found = [crosswalk for crosswalk in codebook.crosswalk if crosswalk.between == (one.name, other.name)]
    return found[0] if found else Crosswalk(between=(one.name, other.name))


def _check_links(codebook: Codebook, one: Round, other: Round) -> None:
    crosswalk = _crosswalk(codebook, one, other)
    for section in ("questions", "options", "groups"):
        for link in getattr(crosswalk, section):
            for round_, ids in ((one, link.before), (other, link.after)):
                known = _ids(round_, section)
                for identifier in ids:
                    if identifier not in known:
                        at = f"crosswalk {one.name} → {other.name}, {section}"
                        remedy = f"ids there: {', '.join(known)}"
                        raise DataError("codebook.yml", f"an id of {round_.name}", f"“{identifier}”", at, remedy)


def _ids(round_: Round, section: Section) -> list[str]:
    if section == "questions":
        return [question.id for question in round_.file.questions]
    is_group = section == "groups"
    asked = [q for q in round_.file.questions if (q.role == "participant_group") == is_group]
    return list(dict.fromkeys(identifier for question in asked for identifier in question.options.values()))


def _questions(codebook: Codebook, chain: list[Round]) -> tuple[tuple[ComparedQuestion, ...], tuple[Apart, ...]]:
    wordings = [{question.id: (question.wording, question.statement or "") for question in r.file.questions
                 if question.type != "slide"} for r in chain]  # fmt: skip
    ties = _ties(codebook, chain, "questions", wordings)
    found: list[ComparedQuestion] = []
    apart: list[Apart] = []
    for tie in ties:
        sides = [r.question(i) for r, ids in ((chain[0], tie.before), (chain[-1], tie.after)) for i in ids]
        fits = len(tie.before) == len(tie.after) == 1 and not tie.broken
        if fits and is_same_kind(sides[0], sides[1]):
            compared, alone = _question(codebook, chain, tie, sides[0], sides[1])
            found.append(compared)
            apart += alone
            continue
        if fits and not tie.changed:
            _refuse_same(chain, sides[0], sides[1])
        apart += [_apart_question(chain[0], i, tie, "dropped", fits) for i in tie.before]
        apart += [_apart_question(chain[-1], i, tie, "new", fits) for i in tie.after]
    order = [question.id for question in chain[-1].file.questions]
    return tuple(sorted(found, key=lambda compared: order.index(compared.after.id))), tuple(apart)


def _apart_question(round_: Round, identifier: str, tie: _Tie, change: Change, fits: bool) -> Apart:
    reason = OTHER_KIND if fits else "; ".join(tie.reasons) or NO_LINK
    return Apart("question", round_.name, identifier, round_.question(identifier).label, None, change, reason)


def _question(
    codebook: Codebook, chain: list[Round], tie: _Tie, before: Question, after: Question
) -> tuple[ComparedQuestion, tuple[Apart, ...]]:
    turned = bool(before.scale and after.scale and before.scale.positive_end != after.scale.positive_end)
    if turned and not tie.changed:
        _refuse_same(chain, before, after)
    section: Section = "groups" if after.role == "participant_group" else "options"
    items, apart = _items(codebook, chain, section, before, after) if after.options else ((), ())
    change: Change = "renamed" if tie.changed else "same"
    return ComparedQuestion(before, after, change, turned, items, "; ".join(tie.reasons)), apart


def _refuse_same(chain: list[Round], before: Question, after: Question) -> None:
    at = f"{before.id} ({chain[0].name}) and {after.id} ({chain[-1].name})"
    remedy = "link the two as `renamed` with a reason, or give the later question an id of its own"
    expected = "the same type, scale and direction in a question that is the same in both rounds"
    raise DataError("codebook.yml", expected, f"{_kind(before)} and {_kind(after)}", at, remedy)


def _kind(question: Question) -> str:
    if question.scale is None:
        return question.type
    scale = question.scale
    top = f"{scale.top_box[0]}–{scale.top_box[1]}"
    return f"{question.type} {scale.low}–{scale.high}, agreement at the {scale.positive_end} end, top box {top}"


def is_same_kind(before: Question, after: Question) -> bool:
    """Whether answers can be compared: one type, one total, one scale; a scale may run the other way."""
    if before.type != after.type or (before.type == "points" and before.total != after.total):
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
    ends = [_wordings([before]), _wordings([after])]
    role = section == "groups"
    between = [_wordings(q for q in r.file.questions if (q.role == "participant_group") == role) for r in chain[1:-1]]
    kind: Literal["group", "option"] = "group" if role else "option"
    items: list[ComparedItem] = []
    apart: list[Apart] = []
    for tie in _ties(codebook, chain, section, [ends[0], *between, ends[1]]):
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


def _item(codebook: Codebook, tie: _Tie, reason: str) -> ComparedItem:
    single = tie.after if len(tie.after) == 1 else tie.before if len(tie.before) == 1 else tie.after
    label = " + ".join(codebook.by_id()[identifier].label_short for identifier in single)
    change: Change = "renamed" if tie.changed else "same"
    if (len(tie.before), len(tie.after)) != (1, 1):
        change = "split" if len(tie.before) == 1 else "merged"
    return ComparedItem(single[0], label, change, tie.before, tie.after, reason)


def _wordings(questions: Iterable[Question]) -> Wordings:
    return {i: (wording, "") for question in questions for wording, i in question.options.items()}


def _ties(codebook: Codebook, chain: list[Round], section: Section, wordings: list[Wordings]) -> list[_Tie]:
    """Ids joined along the chain: by links, and where an id stays what it is."""
    joined: list[tuple[list[Node], Link | None]] = []
    for at, (one, other) in enumerate(pairwise(chain)):
        linked: set[Node] = set()
        for link in getattr(_crosswalk(codebook, one, other), section):
            nodes = [(at, i) for i in link.before if i in wordings[at]]
            nodes += [(at + 1, i) for i in link.after if i in wordings[at + 1]]
            linked |= set(nodes)
            if link.change == "same" and len(nodes) == 2:
                _check_wording(codebook, chain, section, nodes[0], nodes[1], wordings, by_link=True)
            if nodes:
                joined.append((nodes, link))
        for identifier in wordings[at]:
            before, after = (at, identifier), (at + 1, identifier)
            if identifier in wordings[at + 1] and not {before, after} & linked:
                _check_wording(codebook, chain, section, before, after, wordings, by_link=False)
                joined.append(([before, after], None))
    everything = [(at, identifier) for at, ids in enumerate(wordings) for identifier in ids]
    return [_tie(nodes, joined, len(chain) - 1) for nodes in _connected(everything, [n for n, _ in joined])]


def _connected(nodes: list[Node], sets: list[list[Node]]) -> list[list[Node]]:
    """The nodes in groups that the sets hold together, in the order of their first node."""
    group = {node: [node] for node in nodes}
    for own in sets:
        whole = list(dict.fromkeys(node for one in own for node in group[one]))
        group |= dict.fromkeys(whole, whole)
    return list({id(whole): whole for whole in group.values()}.values())


def _tie(nodes: list[Node], joined: list[tuple[list[Node], Link | None]], last: int) -> _Tie:
    links = [link for own, link in joined if link and set(own) & set(nodes)]
    before = tuple(identifier for at, identifier in nodes if at == 0)
    after = tuple(identifier for at, identifier in nodes if at == last)
    reaches = {node for own, _ in joined for node in own if node in nodes and len({at for at, _ in own}) == 2}
    ends = [node for node in nodes if 0 < node[0] < last and not _goes_on(node, joined)]
    broken = bool(ends) or any(link.change in ("new", "dropped") for link in links) or not reaches
    changed = any(link.change != "same" for link in links)
    return _Tie(before, after, tuple(dict.fromkeys(link.reason for link in links)), changed, broken)


def _goes_on(node: Node, joined: list[tuple[list[Node], Link | None]]) -> bool:
    """Whether an id of a round in between has a counterpart on both sides."""
    steps = {at for own, _ in joined if node in own for at, _ in own if at != node[0]}
    return steps >= {node[0] - 1, node[0] + 1}


def _check_wording(
    codebook: Codebook,
    chain: list[Round],
    section: Section,
    before: Node,
    after: Node,
    wordings: list[Wordings],
    *,
    by_link: bool,
) -> None:
    """What is said to be the same reads the same, or both wordings are known for this one thing."""
    sides = [wordings[at][identifier] for at, identifier in (before, after)]
    one, other = ([normalise(part) for part in side] for side in sides)
    if one == other:
        return
    code = codebook.by_id().get(after[1]) if section != "questions" and before[1] == after[1] else None
    known = {normalise(word) for word in [code.label_de, *code.aliases]} if code else set()
    if {one[0], other[0]} <= known:
        return
    names = f"{chain[before[0]].name} and {chain[after[0]].name}"
    expected = f"“{after[1]}” in the same wording in {names}" + (", as its link says `same`" if by_link else "")
    remedy = "link the two as `renamed` with a reason"
    remedy += " or add the wording to the code's aliases" if section != "questions" else ""
    remedy += "; where a round lies between, a crosswalk to it (it may be empty) lets the links be followed"
    saw = f"“{' / '.join(filter(None, one))}” and “{' / '.join(filter(None, other))}”"
    at = f"crosswalk {chain[before[0]].name} → {chain[after[0]].name}, {section}"
    raise DataError("codebook.yml", expected, saw, at, remedy)
