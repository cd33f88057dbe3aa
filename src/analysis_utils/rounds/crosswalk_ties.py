"""Ids of two rounds that belong together: by links of the codebook, along the rounds in between, or by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ..errors import DataError
from .codebook import Codebook, Crosswalk, Link, normalise
from .folders import Round
from .round_file import Question

Section = Literal["questions", "options", "groups"]
Wordings = dict[str, tuple[str, str]]
"""Wording and statement of each id."""
Node = tuple[int, str]
"""An id in the round at this place of a chain."""


@dataclass(frozen=True)
class Tie:
    """Ids of the first and the last round of a chain that belong together; `broken` where a part was lost between, or
    is not among these options."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    reasons: tuple[str, ...]
    changed: bool
    broken: bool


def crosswalk_between(codebook: Codebook, one: Round, other: Round) -> Crosswalk:
    """The crosswalk from one round to another; an empty one where the codebook has none."""
    found = [crosswalk for crosswalk in codebook.crosswalk if crosswalk.between == (one.name, other.name)]
    return found[0] if found else Crosswalk(between=(one.name, other.name))


def question_wordings(round_: Round) -> Wordings:
    """Wording and statement of the round's questions."""
    return {q.id: (q.wording, q.statement or "") for q in round_.file.questions if q.type != "slide"}


def option_wordings(questions: Iterable[Question]) -> Wordings:
    """Wording of each option of some questions."""
    return {i: (wording, "") for question in questions for wording, i in question.options.items()}


def ties_of(codebook: Codebook, chain: list[Round], section: Section, wordings: list[Wordings]) -> list[Tie]:
    """Ids joined along the chain: by links, and where an id stays what it is."""
    joined: list[tuple[list[Node], Link | None]] = []
    for at, (one, other) in enumerate(pairwise(chain)):
        linked: set[Node] = set()
        for link in getattr(crosswalk_between(codebook, one, other), section):
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


def _tie(nodes: list[Node], joined: list[tuple[list[Node], Link | None]], last: int) -> Tie:
    mine = [(own, link) for own, link in joined if link and set(own) & set(nodes)]
    links = [link for _, link in mine]
    whole = all(len(own) == len(link.before) + len(link.after) for own, link in mine)
    before = tuple(identifier for at, identifier in nodes if at == 0)
    after = tuple(identifier for at, identifier in nodes if at == last)
    reaches = {node for own, _ in joined for node in own if node in nodes and len({at for at, _ in own}) == 2}
    ends = [node for node in nodes if 0 < node[0] < last and not _goes_on(node, joined)]
    broken = bool(ends) or not whole or any(link.change in ("new", "dropped") for link in links) or not reaches
    changed = any(link.change != "same" for link in links)
    return Tie(before, after, tuple(dict.fromkeys(link.reason for link in links)), changed, broken)


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
