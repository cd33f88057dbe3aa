"""Classes of people: which of them are shown by themselves, and which are merged so that no few can be picked out.

Decided by how many people there are in a class and in what it shares with other classes, never by what they said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from .span import basis, lightest

SMALL, JOINED = "small", "joined"
"""Why a class is not shown by itself: it has too few people; it joins those, who could be found by subtraction."""
TOLD, CAPPED = "told", "capped"
"""The same for a later cut: beside what is out it would tell few people apart; no more cuts are allowed."""
NOBODY = "(no value)"
"""Class of people without a value: they are people like all others and are never left out in silence."""


@dataclass(frozen=True)
class Rule:
    """`minimum`: people a shown class rests on, and by which what can be added up of shown classes differs from
    nothing. `cuts`: so many independent cuts of the same people besides the first."""

    minimum: int = 8
    cuts: int = 4


@dataclass(frozen=True)
class Cut:
    """`shown_in`: class → the class it is shown in, itself or the merged one; `sizes`: people in each shown class, in
    order; `why`: reason of every class that is not shown by itself."""

    shown_in: dict[str, str]
    sizes: dict[str, int]
    why: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[str, ...]:
        """The classes to show; none where everybody is in one, of which the results of all together tell."""
        return tuple(self.sizes) if len(self.sizes) > 1 else ()


def merge(
    sizes: Mapping[str, int], rule: Rule, *, rest: str = "rest", minimums: Mapping[str, int] | None = None
) -> Cut:
    """Merge classes below the minimum into `rest`, with the smallest others until they reach it.

    Parameters: `sizes`, people per class, in the order to be shown (a tie goes to the last); classes without people
    are left out. `minimums`, where a class has one of its own. A class named `rest` takes the others in.
    """
    there = {name: people for name, people in sizes.items() if people > 0}
    least = {name: (minimums or {}).get(name, rule.minimum) for name in there}
    merged = {name: SMALL for name, people in there.items() if people < least[name]}
    if merged and rest in there:
        merged.setdefault(rest, JOINED)
    others = sorted((name for name in reversed(there) if name not in merged), key=there.__getitem__)
    while merged and others and sum(there[name] for name in merged) < rule.minimum:
        merged[others.pop(0)] = JOINED
    kept = {name: people for name, people in there.items() if name not in merged}
    together = {rest: sum(there[name] for name in merged)} if merged else {}
    merged.pop(rest, None)
    shown_in = {name: name if name in kept else rest for name in there}
    return Cut(shown_in, kept | together, {name: merged[name] for name in there if name in merged})


def coarsen(
    cut: Cut, sizes: Mapping[str, int], rule: Rule, *, rest: str = "rest", minimums: Mapping[str, int] | None = None
) -> Cut:
    """The same cut for fewer people (those who answered one question), whose `sizes` per class are given: classes that
    fall short among them are merged there, and only there."""
    fewer, there = dict.fromkeys(cut.sizes, 0), {name: people for name, people in sizes.items() if people > 0}
    for name, people in there.items():
        fewer[cut.shown_in[name]] += people
    second = merge(fewer, rule, rest=rest, minimums=minimums)
    shown_in = {name: second.shown_in[cut.shown_in[name]] for name in there}
    why = {name: cut.why.get(name) or second.why[cut.shown_in[name]] for name, at in shown_in.items() if at != name}
    return Cut(shown_in, second.sizes, why)


class Guard:
    """The same people (those who answered one question), cut one way after the other. `first` is out already: person →
    class; no later cut changes it. What may come after it depends on what is out, so that the order counts."""

    def __init__(self, first: Mapping[Hashable, str], rule: Rule) -> None:
        self.people, self.rule = list(first), rule
        self._out, self._own = [[first[person] for person in self.people]], 0
        self._least = lightest(*_table(self._out), below=rule.minimum) or rule.minimum

    def decide(self, value: Mapping[Hashable, str], *, rest: str = "rest", order: Iterable[str] = ()) -> Cut:
        """What of one more cut may be shown, and enter it: person → class; people without one are a class of their own.

        Classes below the minimum are merged first. Where sums of classes of all cuts would still tell fewer people
        apart than the rule asks, the two smallest classes are merged, again and again. A cut that adds nothing new to
        what is out is always shown.
        """
        labels = [value.get(person, NOBODY) for person in self.people]
        counted = Counter(labels)
        names = [*dict.fromkeys(name for name in order if name in counted), *sorted(counted.keys() - {*order})]
        cut = merge({name: counted[name] for name in names}, self.rule, rest=rest)
        while cut.shown:
            out = [*self._out, [cut.shown_in[label] for label in labels]]
            rows, people = _table(out)
            if len(basis(rows)) == len(basis(_table(self._out)[0])):
                break
            if self._own >= self.rule.cuts:
                cut = _joined(cut, len(cut.sizes), rest, CAPPED)
            elif lightest(rows, people, below=self._least) is None:
                self._out, self._own = out, self._own + 1
                break
            else:
                cut = _joined(cut, 2, rest, TOLD)
        return cut


def _joined(cut: Cut, count: int, rest: str, why: str) -> Cut:
    """The cut with its `count` smallest classes as one; the merged one is always among them."""
    smallest = sorted(cut.sizes, key=lambda name: (name != rest, cut.sizes[name]))[:count]
    sizes = {name: people for name, people in cut.sizes.items() if name not in smallest}
    sizes[rest] = sum(cut.sizes[name] for name in smallest)
    shown_in = {name: rest if at in smallest else at for name, at in cut.shown_in.items()}
    return Cut(shown_in, sizes, {name: cut.why.get(name, why) for name, at in shown_in.items() if at == rest})


def _table(cuts: list[list[str]]) -> tuple[list[list[int]], list[int]]:
    """Classes × atoms (people who are in the same class of every cut), and the people in each atom."""
    atoms = Counter(zip(*cuts, strict=True))
    rows = [
        [int(atom[place] == name) for atom in atoms]
        for place, labels in enumerate(cuts)
        for name in dict.fromkeys(labels)
    ]
    return rows, list(atoms.values())
