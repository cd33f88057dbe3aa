"""What can be compared between two rounds: questions, options and groups, on the level both rounds have.

The links stand in `data/codebook.yml`. An id that both rounds use in the same wording is the same thing without a
link; whatever has no counterpart is shown in its own round and never compared. Links that cannot be are refused with
the ids, rounds and wordings in question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final, Literal

from ..errors import DataError, nearest
from .codebook import Change, Codebook, Crosswalk, Link, normalise
from .folders import Round, open_round
from .round_file import Question

Section = Literal["questions", "options", "groups"]
SECTIONS: tuple[Section, ...] = ("questions", "options", "groups")
Kind = Literal["question", "option", "group"]
Node = tuple[int, str]
"""An id in the round at this place of a chain."""
Wordings = dict[str, tuple[str, str]]
"""Wording and statement of each id."""
GROUP: Final = "participant_group"
NO_LINK = "keine Zuordnung im Codebuch"
OTHER_KIND = "Fragetyp oder Skala geändert"
OTHER_ENDS = "Richtung der Frage geändert, ohne dass die Enden der Skala vertauscht sind"
CHOSEN = ("single_choice", "multiple_choice", "ranking")
"""Types of questions whose options are compared by the share that chose them, or put them first."""
_refusal = partial(DataError, "codebook.yml")


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

    kind: Kind
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

    Raises: DataError for links that cannot be (`_check_links`), for a crosswalk that contradicts those of the rounds in
    between, for an id that both use in different wordings without a link, and for a link that says `same` of what is
    not.
    """
    if earlier.name == later.name:
        raise DataError("compare", "two different rounds", f"{earlier.name} twice")
    if earlier.file.date > later.file.date:
        saw = f"{earlier.name} ({earlier.file.date}) before {later.name} ({later.file.date})"
        raise DataError("compare", "the earlier round first", saw, remedy="swap the names, or correct the dates")
    ways = sorted(_ways(codebook, earlier.name, later.name), key=lambda way: (len(way), way))
    ways = ways or [[earlier.name, later.name]]
    opened = {earlier.name: earlier, later.name: later}
    for name in (*ways[0], *ways[-1]):
        opened[name] = opened.get(name) or open_round(name, data=earlier.raw.parents[1])
    chain, longest = (_Chain(codebook, [opened[name] for name in way]) for way in (ways[0], ways[-1]))
    _check_links(chain)
    if len(longest.rounds) > len(chain.rounds):
        _check_links(longest)
        _check_ways(chain, longest)
    questions, apart = _questions(chain)
    groups: list[ComparedItem] = []
    if (before := earlier.with_role(GROUP)) and (after := later.with_role(GROUP)):
        groups, alone = _items(chain, "groups", before[0], after[0])
        apart += alone
    return ComparedRounds(earlier, later, tuple(questions), tuple(groups), tuple(dict.fromkeys(apart)))


def comparison_summary(later: Round, earlier: Round) -> str:
    """One line for the terminal: how much of two rounds is compared. Raises: DataError for a wrong crosswalk."""
    found = compared_rounds(later.codebook, earlier, later)
    alone = {kind: sum(apart.kind == kind for apart in found.apart) for kind in ("question", "option", "group")}
    told = ", ".join(f"{count} {kind}{'s' * (count != 1)}" for kind, count in alone.items() if count)
    return f"compared with {earlier.name}: {len(found.questions)} questions; in one round alone: {told or 'nothing'}"


def rounds_between(codebook: Codebook, earlier: str, later: str) -> set[str]:
    """Names of all rounds that crosswalks pass on any way from one round to the other."""
    return {name for way in _ways(codebook, earlier, later) for name in way[1:-1]}


def _ways(codebook: Codebook, earlier: str, later: str) -> Iterator[list[str]]:
    """Every way along crosswalks (they never go round in a circle)."""
    if earlier == later:
        yield [later]
        return
    for crosswalk in codebook.crosswalk:
        if crosswalk.between[0] == earlier:
            yield from ([earlier, *rest] for rest in _ways(codebook, crosswalk.between[1], later))


@dataclass(frozen=True)
class Tie:
    """Ids of the first and the last round of a chain that belong together; `broken` where a part was lost between, or
    is not among these options."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    reason: str
    changed: bool
    broken: bool

    @property
    def is_pair(self) -> bool:
        return len(self.before) == len(self.after) == 1 and not self.broken


def _asked(round_: Round, section: Section) -> list[Question]:
    return [q for q in round_.file.questions if section == "questions" or (q.role == GROUP) == (section == "groups")]


def _wordings(section: Section, questions: Iterable[Question]) -> Wordings:
    if section == "questions":
        return {q.id: (q.wording, q.statement or "") for q in questions if q.type != "slide"}
    return {i: (wording, "") for question in questions for wording, i in question.options.items()}


class _Chain:
    """Rounds one after the other, and what links between neighbours and ids that stay join along them."""

    def __init__(self, codebook: Codebook, rounds: list[Round]) -> None:
        self.codebook, self.rounds = codebook, rounds
        self.first, self.last = rounds[0], rounds[-1]
        self.name = " → ".join(round_.name for round_ in rounds)

    def crosswalk(self, at: int, step: int = 1) -> Crosswalk:
        """The links from a round to its neighbour (`step` −1: from the neighbour); none where the codebook has none."""
        one, other = [round_.name for round_ in self.rounds[at : at + 2]][::step]
        found = [crosswalk for crosswalk in self.codebook.crosswalk if crosswalk.between == (one, other)]
        return found[0] if found else Crosswalk(between=(one, other))

    def ties(self, section: Section, wordings: list[Wordings] | None = None) -> list[Tie]:
        """Ids joined along the chain: by links, and where an id stays what it is. Raises: DataError for two wordings of
        what is said to be the same."""
        wordings = wordings or [_wordings(section, _asked(round_, section)) for round_ in self.rounds]
        joined: list[tuple[list[Node], Link | None]] = []
        for at, (now, then) in enumerate(pairwise(wordings)):
            linked: set[Node] = set()
            for link in getattr(self.crosswalk(at), section):
                nodes = [(at, i) for i in link.before if i in now] + [(at + 1, i) for i in link.after if i in then]
                linked |= set(nodes)
                if link.change == "same" and len(nodes) == 2:
                    self._check_wording(section, at, nodes[0][1], nodes[1][1], wordings, ", as its link says `same`")
                if nodes:
                    joined.append((nodes, link))
            for identifier in now:
                before, after = (at, identifier), (at + 1, identifier)
                if identifier in then and not {before, after} & linked:
                    self._check_wording(section, at, identifier, identifier, wordings, "")
                    joined.append(([before, after], None))
        group = {(at, identifier): [(at, identifier)] for at, ids in enumerate(wordings) for identifier in ids}
        for own, _ in joined:
            whole = list(dict.fromkeys(node for one in own for node in group[one]))
            group |= dict.fromkeys(whole, whole)
        return [self._tie(nodes, joined) for nodes in {id(whole): whole for whole in group.values()}.values()]

    def _tie(self, nodes: list[Node], joined: list[tuple[list[Node], Link | None]]) -> Tie:
        last = len(self.rounds) - 1
        mine = [(own, link) for own, link in joined if own[0] in nodes]
        links = [(own, link) for own, link in mine if link]
        whole = all(len(own) == len(link.before) + len(link.after) for own, link in links)
        steps = {node: {at for own, _ in mine if node in own for at, _ in own} for node in nodes}
        ends = [node for node in nodes if 0 < node[0] < last and not steps[node] >= {node[0] - 1, node[0] + 1}]
        reaches = any(len({at for at, _ in own}) == 2 for own, _ in mine)
        broken = bool(ends) or not whole or not reaches or any(link.change in ("new", "dropped") for _, link in links)
        before, after = (tuple(identifier for at, identifier in nodes if at == end) for end in (0, last))
        reason = "; ".join(dict.fromkeys(link.reason for _, link in links))
        return Tie(before, after, reason, any(link.change != "same" for _, link in links), broken)

    def _check_wording(
        self, section: Section, at: int, before: str, after: str, wordings: list[Wordings], told: str
    ) -> None:
        """What is said to be the same reads the same, or both wordings are known for this one thing."""
        one, other = (list(map(normalise, side)) for side in (wordings[at][before], wordings[at + 1][after]))
        code = self.codebook.by_id().get(after) if section != "questions" and before == after else None
        known = {normalise(word) for word in (code.label_de, *code.aliases)} if code else set()
        if one == other or {one[0], other[0]} <= known:
            return
        names = [round_.name for round_ in self.rounds[at : at + 2]]
        remedy = "link the two as `renamed` with a reason"
        remedy += " or add the wording to the code's aliases" if section != "questions" else ""
        remedy += "; where a round lies between, a crosswalk to it (it may be empty) lets the links be followed"
        saw = f"“{' / '.join(filter(None, one))}” and “{' / '.join(filter(None, other))}”"
        expected = f"“{after}” in the same wording in {' and '.join(names)}{told}"
        raise _refusal(expected, saw, f"crosswalk {' → '.join(names)}, {section}", remedy)


def _questions(chain: _Chain) -> tuple[list[ComparedQuestion], list[Apart]]:
    found: list[ComparedQuestion] = []
    apart: list[Apart] = []
    for tie in chain.ties("questions"):
        reason = tie.reason or NO_LINK
        if tie.is_pair:
            before, after = chain.first.question(tie.before[0]), chain.last.question(tie.after[0])
            reason = _why_not(chain, before, after, changed=tie.changed)
            if not reason:
                items, alone = _items(chain, "groups" if after.role == GROUP else "options", before, after)
                change: Change = "renamed" if tie.changed else "same"
                turned = _is_turned(before, after)
                found.append(ComparedQuestion(before, after, change, turned, tuple(items), tie.reason))
                apart += alone
                continue
        apart += _alone(chain, "question", tie, reason)
    order = [question.id for question in chain.last.file.questions]
    return sorted(found, key=lambda compared: order.index(compared.after.id)), apart


def _why_not(chain: _Chain, before: Question, after: Question, *, changed: bool) -> str:
    """Why two questions that belong together cannot be compared; empty where they can. Raises: DataError where nobody
    said that they changed, and where the words at the ends of a scale contradict its declared direction."""
    if not is_same_kind(before, after):
        if not changed:
            raise _not_the_same(chain, before, after)
        return OTHER_KIND
    if not before.scale or not after.scale:
        return ""
    scales, turned = (before.scale, after.scale), _is_turned(before, after)
    ends = [[normalise(label).casefold() for label in (scale.low_label, scale.high_label)] for scale in scales]
    is_same, is_swapped = ends[0] == ends[1], ends[0] == ends[1][::-1] != ends[1]
    if is_swapped and not turned:
        saw = f"“{after.scale.low_label}” at the low end and positive_end {after.scale.positive_end}"
        expected = f"the direction of the scale to turn with its ends, which changed places since {chain.first.name}"
        at = f"{after.id} in round.yml of {chain.last.name}"
        raise DataError("round.yml", expected, saw, at, "set positive_end and top_box for the scale as it was polled")
    if (turned or not (is_same or is_swapped)) and not changed:
        raise _not_the_same(chain, before, after)
    return OTHER_ENDS if turned and not is_swapped else ""


def _is_turned(before: Question, after: Question) -> bool:
    return bool(before.scale and after.scale and before.scale.positive_end != after.scale.positive_end)


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


def _not_the_same(chain: _Chain, before: Question, after: Question) -> DataError:
    """The error for a question that counts as the same in both rounds and is not."""
    at = f"{before.id} ({chain.first.name}) and {after.id} ({chain.last.name})"
    remedy = "link the two as `renamed` with a reason, or give the later question an id of its own"
    expected = "the same type, scale and direction in a question that is the same in both rounds"
    return _refusal(expected, f"{_told_kind(before)} and {_told_kind(after)}", at, remedy)


def _told_kind(question: Question) -> str:
    scale = question.scale
    if scale is None:
        return f"points of {question.total}" if question.type == "points" else question.type
    top, ends = f"{scale.top_box[0]}–{scale.top_box[1]}", f"{scale.low_label} … {scale.high_label}"
    return f"scale {scale.low}–{scale.high} ({ends}), agreement at the {scale.positive_end} end, top box {top}"


def _items(
    chain: _Chain, section: Section, before: Question, after: Question
) -> tuple[list[ComparedItem], list[Apart]]:
    """The options of two questions on the level they share; `groups` are the options of the participant group."""
    between = [_asked(round_, section) for round_ in chain.rounds[1:-1]]
    items: list[ComparedItem] = []
    apart: list[Apart] = []
    codes = chain.codebook.by_id()
    for tie in chain.ties(section, [_wordings(section, asked) for asked in ([before], *between, [after])]):
        if not (tie.before and tie.after) or tie.broken:
            kind: Kind = "group" if section == "groups" else "option"
            apart += _alone(chain, kind, tie, tie.reason or NO_LINK, before, after)
            continue
        single = tie.before if len(tie.before) == 1 < len(tie.after) else tie.after
        label = " + ".join(codes[identifier].label_short for identifier in single)
        change: Change = "renamed" if tie.changed else "same"
        if not tie.is_pair:
            change = "split" if len(tie.before) == 1 else "merged"
        items.append(ComparedItem(single[0], label, change, tie.before, tie.after, tie.reason))
    order = list(after.options.values())
    return sorted(items, key=lambda item: min(map(order.index, item.after))), apart


def _alone(
    chain: _Chain, kind: Kind, tie: Tie, reason: str, before: Question | None = None, after: Question | None = None
) -> list[Apart]:
    ends: list[tuple[Round, tuple[str, ...], Question | None, Change]] = [
        (chain.first, tie.before, before, "dropped"),
        (chain.last, tie.after, after, "new"),
    ]
    codes = chain.codebook.by_id()
    return [
        Apart(
            kind,
            round_.name,
            i,
            codes[i].label_de if of else round_.question(i).label,
            of.id if of else None,
            change,
            reason,
        )
        for round_, ids, of, change in ends
        for i in ids
    ]


def _check_links(chain: _Chain) -> None:
    """Check the links along a chain of rounds. Raises: DataError for a crosswalk of rounds that do not exist or come in
    the wrong order, for ids a round does not have, for links over several questions, and for ids that are said to have
    become something else while they are still polled."""
    folder = chain.first.raw.parent
    known = sorted(path.parent.name for path in folder.glob("*/round.yml"))
    for crosswalk in chain.codebook.crosswalk:
        for name in (one for one in crosswalk.between if one not in known):
            remedy = nearest(name, known) or "delete the crosswalk if its round was deleted"
            place = f"crosswalk {' → '.join(crosswalk.between)}"
            raise _refusal(f"rounds in {folder}", f"“{name}”", place, remedy)
    for at, (one, other) in enumerate(pairwise(chain.rounds)):
        if one.file.date > other.file.date or chain.crosswalk(at, -1).is_written:
            saw = f"{one.name} ({one.file.date}) and {other.name} ({other.file.date})"
            place = f"the crosswalk between {one.name} and {other.name}"
            raise _refusal("the earlier round first", saw, place, "swap the two names under `between`")
        step, crosswalk = _Chain(chain.codebook, [one, other]), chain.crosswalk(at)
        links = [(section, link) for section in SECTIONS for link in getattr(crosswalk, section)]
        for section, link in links:
            _check_ids(step, section, link)
        ties = [tie for tie in step.ties("questions") if tie.is_pair]
        pairs = [(one.question(tie.before[0]), other.question(tie.after[0])) for tie in ties]
        for section, link in links:
            if section == "questions":
                offered = [({q.id for q in one.file.questions}, {q.id for q in other.file.questions})]
            else:
                own = [pair for pair in pairs if (pair[0].role == GROUP) == (section == "groups")]
                offered = [(set(before.options.values()), set(after.options.values())) for before, after in own]
                _check_whole(step, section, link, offered)
            for before, after in offered:
                if section == "questions" or before & {*link.before} or after & {*link.after}:
                    _check_left(step, section, link, before, after)


def _check_ids(step: _Chain, section: Section, link: Link) -> None:
    for round_, ids in ((step.first, link.before), (step.last, link.after)):
        asked = _asked(round_, section)
        known = [q.id for q in asked] if section == "questions" else [*_wordings(section, asked)]
        for identifier in (one for one in ids if one not in known):
            at, remedy = f"crosswalk {step.name}, {section}", f"ids there: {', '.join(known)}"
            raise _refusal(f"an id of {round_.name}", f"“{identifier}”", at, remedy)


def _check_whole(step: _Chain, section: Section, link: Link, offered: list[tuple[set[str], set[str]]]) -> None:
    if not (link.before and link.after) or any(
        before.issuperset(link.before) and after.issuperset(link.after) for before, after in offered
    ):
        return
    told = []
    for round_, ids in ((step.first, link.before), (step.last, link.after)):
        places = {i: ", ".join(q.id for q in round_.file.questions if i in q.options.values()) for i in ids}
        told.append(", ".join(f"“{i}” in {own}" for i, own in places.items()) + f" ({round_.name})")
    remedy = "parts of one thing can only be added up within a question that both rounds asked; link the questions"
    expected = "all ids of a link in one question of both rounds"
    raise _refusal(expected, " and ".join(told), f"crosswalk {step.name}, {section}", remedy)


def _check_left(step: _Chain, section: Section, link: Link, before: set[str], after: set[str]) -> None:
    """An id means one thing for ever: what the other round polls too belongs to both sides of its link."""
    for named, polled, counterpart, told in (
        (link.before, after, link.after, f"still polled in {step.last.name}"),
        (link.after, before, link.before, f"polled in {step.first.name} already"),
    ):
        for identifier in (one for one in named if one in polled and one not in counterpart):
            remedy = (
                "name it on both sides of the link, delete the link, or give the other thing an id of its own: an id "
                "means one thing in all rounds"
            )
            expected, saw = f"an id that is no longer itself after “{link.change}”", f"“{identifier}”, which is {told}"
            raise _refusal(expected, saw, f"crosswalk {step.name}, {section}", remedy)


def _check_ways(short: _Chain, long: _Chain) -> None:
    """Raises: DataError where two ways of crosswalks from one round to another lead to different counterparts. What a
    round in between did not ask may be linked past it."""
    for section in SECTIONS:
        direct = short.ties(section)
        for tie in (tie for tie in long.ties(section) if tie.before and tie.after):
            other = [t for t in direct if {*t.before} & {*tie.before} or {*t.after} & {*tie.after}]
            if [({*t.before}, {*t.after}, t.broken) for t in other] != [({*tie.before}, {*tie.after}, tie.broken)]:
                saw = f"{_told([tie])} along {long.name}, and {_told(other)}"
                remedy = f"correct one of them, or delete {short.name}: links are followed along the rounds in between"
                at = f"crosswalk {short.name}, {section}"
                raise _refusal(f"{short.name} to say the same as {long.name}", saw, at, remedy)


def _told(ties: list[Tie]) -> str:
    """Which ids became which, for a message."""
    sides = [[", ".join(f"“{i}”" for i in ids) or "nothing" for ids in (tie.before, tie.after)] for tie in ties]
    lost = [" (in part)" if tie.broken and tie.before and tie.after else "" for tie in ties]
    return ", ".join(f"{one} → {other}{part}" for (one, other), part in zip(sides, lost, strict=True))
