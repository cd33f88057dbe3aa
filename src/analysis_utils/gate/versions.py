"""Versions of a round against each other: whoever has two of them reads off what the people between them said.

So numbers of a question stay as they were released until as many people as a segment needs tell the two apart; and a
copy of a released round under another name is refused.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

import numpy as np
import pandas as pd

from ..errors import DataError
from ..estimators import VOTER, is_answer, voter_keys
from ..rounds import Question, Round
from ..tables import make_table
from .cut import COUNTED, with_groups
from .ledger import Version, ledger_path, ledgers_beside, read_ledger
from .releases import MARK, People, Said, Shown, kept_people, marks, said

MOST_SEGMENTS = 10
"""With more segments only the single ones are compared, not everything that can be added up of them."""
BY_CHANCE = 0.01
"""How probable it may at most be that two rounds of different people are taken for copies, whatever people think."""


@dataclass(frozen=True)
class Known:
    """A version that a reader may have, with the tables it was made of. `name`: of its round; `called`: of a copy, what
    its questions are called here."""

    name: str
    version: Version
    people: People
    called: Mapping[str, str] | None = None

    @cached_property
    def questions(self) -> dict[str, Shown]:
        """Who was shown where, per question ("all" alone where segments were not)."""
        answers, found = with_groups(self.people.answers, self.people.voters), {}
        for name, rows in answers.groupby("question", sort=False):
            placed = self.version.segments.get(str(name), {})
            here = str(name) if self.called is None else self.called.get(str(name), "")
            found[here] = marks(rows.assign(shown=[placed.get(group, "all") for group in rows["group"]]))
        return found

    @cached_property
    def said(self) -> dict[str, dict[str, Said]]:
        return _said(self.people)


def _said(people: People) -> dict[str, dict[str, Said]]:
    """Question → rule for ballots ("" as they count) → what each voter said."""
    counts = is_answer(people.answers) & people.answers["type"].isin(COUNTED)
    answers, rules = people.answers[counts], people.rule_answers
    found = {str(name): {"": said(rows)} for name, rows in answers.groupby("question", sort=False)}
    for (name, rule), rows in rules.groupby(["question", "rule"], sort=False):
        found.setdefault(str(name), {"": {}})[str(rule)] = said(rows)
    return found


def known_versions(round_: Round, answers: pd.DataFrame) -> list[Known]:
    """What a reader may have of this round: versions of it that are out, oldest first, and those of copies of it under
    another name. `answers` hold VOTER, question, item and value."""
    found = _own(round_)
    if ledgers_beside(round_):
        now = {str(name): said(rows) for name, rows in answers.groupby("question", sort=False)}
        found += [copy for copy, _ in _copies(round_, now)]
    return found


def _own(round_: Round) -> list[Known]:
    path = ledger_path(round_)
    return [Known(round_.name, version, kept_people(path, version)) for version in read_ledger(path).out]


# -- numbers as released ------------------------------------------------------------------------------------------


def as_released(round_: Round, now: People) -> tuple[People, pd.DataFrame]:
    """The tables that numbers are to be made of, and the table `errata` of what that means for readers.

    Where what everybody said to a question differs from a version that is out by fewer people than a segment needs,
    the answers released last take the place of the present ones: a corrected ballot, a latecomer or a changed rule
    tells nothing then. `round.yml` can make exceptions. Raises: DataError for a close copy of a round released under
    another name, and where voters were numbered anew while part of the questions has to stay as released.
    """
    present = _said(now)
    _refuse_copies(round_, {name: rules[""] for name, rules in present.items()})
    own = _own(round_)
    comparison = _Comparison(round_, own, present)
    held = {question.id: to for question in comparison.counted if (to := comparison.held_to(question))}
    errata = [comparison.erratum(question, held.get(question.id)) for question in comparison.counted]
    table = make_table("errata", [erratum for erratum in errata if erratum])
    return (_replaced(round_, now, held, comparison) if held else now), table


@dataclass(frozen=True)
class _Comparison:
    """The present answers beside the versions of a round that are out."""

    round: Round
    own: list[Known]
    present: dict[str, dict[str, Said]]

    @property
    def counted(self) -> list[Question]:
        return [question for question in self.round.file.questions if question.type in COUNTED]

    def having(self, question: Question) -> list[Known]:
        return [known for known in self.own if self.name_in(known, question)]

    def is_close(self, known: Known, question: Question) -> bool:
        return 0 < self.apart(known, question) < self.round.file.disclosure.minimum_base

    def held_to(self, question: Question) -> Known | None:
        """The version whose answers stand: the last that has the question, where the present answers are too close to
        any and nobody made an exception."""
        having = self.having(question)
        if not any(self.is_close(known, question) for known in having):
            return None
        if not self.apart(having[-1], question):
            return None  # by an exception that was released since
        exception = self.exception(question)
        return None if exception is not None and _tell_same(exception, having[-1], question) else having[-1]

    def exception(self, question: Question) -> Known | None:
        """The version from which `round.yml` lets the question depart."""
        after = {one.after for one in self.round.file.exceptions if one.question == question.id}
        return next((known for known in self.own if after & set(known.version.stamps)), None)

    def name_in(self, known: Known, question: Question) -> str:
        """What the question is called in a version, empty where it has no such question. One under another name is
        known by the people and what each of them said."""
        if question.id in known.said:
            return question.id
        mine = self.present.get(question.id, {"": {}})[""]
        gone = [name for name in known.said if name not in {one.id for one in self.round.file.questions}]
        same = {name: len(mine.items() & known.said[name][""].items()) for name in gone}
        return next((name for name in gone if same[name] > len(mine) / 2), "")

    def apart(self, known: Known, question: Question) -> int:
        """People by whom the answers differ, under whatever rule for ballots they differ least; 0 where none does."""
        mine = self.present.get(question.id, {"": {}})
        theirs = known.said[self.name_in(known, question)]
        rules = {*mine, *theirs}
        found = (
            people_apart(mine.get(rule, mine[""]).values(), theirs.get(rule, theirs[""]).values()) for rule in rules
        )
        return min(filter(None, found), default=0)

    def erratum(self, question: Question, held: Known | None) -> dict[str, object] | None:
        """The row about a question whose answers were corrected after a release, if they were."""
        since, told = held or self.exception(question), dict[str, object](kind="as_released")
        if held is not None:
            same = takewhile(lambda known: _tell_same(known, held, question), reversed(self.having(question)))
            since = [held, *same][-1]
        elif since is None or not self.name_in(since, question) or not self.is_close(since, question):
            return None
        else:
            made = next(one for one in self.round.file.exceptions if one.question == question.id)
            told = {"kind": "exception", "allowed_by": made.allowed_by, "reason": made.reason}
        version, key = since.version, {"round": self.round.name, "question": question.id}
        kind = "draft" if version.is_draft else "release"
        return key | told | {"version": version.stamps[0], "date": version.date, "version_kind": kind}


def _tell_same(first: Known, second: Known, question: Question) -> bool:
    sides = [
        {rule: Counter(found.values()) for rule, found in known.said.get(question.id, {}).items()}
        for known in (first, second)
    ]
    return bool(sides[0]) and sides[0] == sides[1]


def people_apart(now: Iterable[str], earlier: Iterable[str]) -> int:
    """People in one of two groups only: those who came or those who left, whichever are fewer but not none (a changed
    answer is one of each). 0 where nothing differs."""
    mine, theirs = Counter(now), Counter(earlier)
    sides = ((mine - theirs).total(), (theirs - mine).total())
    return min((side for side in sides if side), default=0)


def _replaced(round_: Round, now: People, held: dict[str, Known], comparison: _Comparison) -> People:
    """The present tables with the released answers to the questions of `held` in place of their own."""
    having = {one.id: known for one in comparison.counted for known in comparison.having(one)}
    still = {one.id for one in comparison.counted if one.id in having and not comparison.apart(having[one.id], one)}
    asked = {one.id for one in comparison.counted if comparison.present.get(one.id)}
    if any(_numbered_anew(comparison.present.get(name), having[name], name) for name in {*held, *still}):
        if asked - {*held, *still}:
            stays, last = next(iter(held.items()))
            raise DataError(
                round_.name,
                "voters to keep the numbers they had in the released version, or no question to differ from it by many"
                " people",
                f"other numbers, and a question that has to stay as released ({stays})",
                at=f"comparison with version {last.version.name}",
                remedy="import the export that was released, and correct it with corrections.csv",
            )
        held = {name: having[name] for name in {*held, *still}}
    is_whole = not asked - {*held, *still}
    answers, rules = (
        [now.answers[~now.answers["question"].isin(held)]],
        [now.rule_answers[~now.rule_answers["question"].isin(held)]],
    )
    for question in comparison.counted:
        if known := held.get(question.id):
            name = comparison.name_in(known, question)
            for into, table in ((answers, known.people.answers), (rules, known.people.rule_answers)):
                into.append(table[table["question"] == name].assign(question=question.id, round=round_.name))
    in_force = pd.concat(answers, ignore_index=True)
    speaking = set(voter_keys(in_force[is_answer(in_force)]))
    released = pd.concat([known.people.voters for known in reversed(held.values())]).drop_duplicates(VOTER)
    released = released.assign(round=round_.name)
    says = pd.Series(voter_keys(now.voters)).isin(speaking).to_numpy()
    groups = {question.id for question in round_.with_role("participant_group")}
    is_cut_as_released = groups <= {*held, *still}
    if is_whole:  # nobody is counted who came later and of whom nothing counts
        first, second = released, now.voters[says]
    else:
        first, second = released[pd.Series(voter_keys(released)).isin(speaking).to_numpy()], now.voters
    if is_cut_as_released:
        new = ~pd.Series(voter_keys(second)).isin(set(voter_keys(first))).to_numpy()
        second = second.assign(segment=second["segment"].where(~new, ""))
    else:
        first, second = second, first
    voters = pd.concat([first, second]).drop_duplicates(VOTER).sort_values(VOTER, ignore_index=True)
    return People(voters, in_force, pd.concat(rules, ignore_index=True))


def _numbered_anew(mine: Mapping[str, Said] | None, known: Known, name: str) -> bool:
    """Whether the people of a question are the same under other numbers: many more said the same than said so under the
    number they had."""
    if not mine or name not in known.said:
        return False
    now, then = mine[""], known.said[name][""]
    same = (Counter(now.values()) & Counter(then.values())).total()
    return same - len(now.items() & then.items()) > same / 2


# -- copies of a round under another name ---------------------------------------------------------------------------


def _copies(round_: Round, now: dict[str, Said]) -> Iterator[tuple[Known, dict[str, int]]]:
    """Versions of other rounds that are out and are this round under another name, with the questions that differ from
    it by few people, and by how many."""
    counted = [question.id for question in round_.file.questions if question.type in COUNTED]
    for path in ledgers_beside(round_):
        for version in read_ledger(path).out:
            known = Known(path.parents[1].name, version, kept_people(path, version))
            theirs = {name: rules[""] for name, rules in known.said.items()}
            pairs = _paired({name: now[name] for name in counted if name in now}, theirs)
            apart = {name: people_apart(now[name].values(), theirs[other].values()) for name, other in pairs.items()}
            close = {name: count for name, count in apart.items() if count < round_.file.disclosure.minimum_base}
            if is_copy(_whole([now[name] for name in close]), _whole([theirs[pairs[name]] for name in close])):
                called = {other: name for name, other in pairs.items()}
                yield replace(known, called=called), {name: count for name, count in close.items() if count}


def _paired(mine: dict[str, Said], theirs: dict[str, Said]) -> dict[str, str]:
    """My questions with theirs, whatever they are called: those first that were answered most alike."""
    counted, others = ({name: Counter(said.values()) for name, said in side.items()} for side in (mine, theirs))
    apart = {
        (name, other): ((one - another).total() + (another - one).total(), name != other)
        for name, one in counted.items()
        for other, another in others.items()
    }
    pairs: dict[str, str] = {}
    for name, other in sorted(apart, key=lambda pair: apart[pair]):
        if name not in pairs and other not in pairs.values():
            pairs[name] = other
    return {name: pairs[name] for name in mine if name in pairs}


def _whole(questions: list[Said]) -> list[str]:
    """What each person said to all of the questions together, whoever it was."""
    voters = dict.fromkeys(voter for question in questions for voter in question)
    return [MARK.join(question.get(voter, "") for question in questions) for voter in voters]


def is_copy(mine: list[str], theirs: list[str]) -> bool:
    """Whether two rounds hold the same people, by what each said as a whole, in whatever order they stand.

    Looked at are people whose answers nobody else of their round gave. Of two rounds of different people at most a
    fifth agree in that, whatever they think (what a share p of people says is single in both rounds with probability
    (n p (1 − p)^(n−1))², which is greatest, per person, at p = 1/(2n − 1)); that more do has the probability of
    Chernoff's bound.
    """
    first, second = Counter(mine), Counter(theirs)
    alike = sum(count == 1 and second[one] == 1 for one, count in first.items())
    if not alike:
        return False
    others = max(1, len(mine) + len(theirs) - 1)
    expected = len(mine) * len(theirs) / others * (1 - 1 / others) ** (others - 1)
    return alike > expected and alike - expected - alike * math.log(alike / expected) < math.log(BY_CHANCE)


def _refuse_copies(round_: Round, now: dict[str, Said]) -> None:
    for known, close in _copies(round_, now):
        if not close:
            continue
        minimum = round_.file.disclosure.minimum_base
        people = ["1 person" if count == 1 else f"{count} people" for count in close.values()]
        listed = ", ".join(f"{question} (by {count})" for question, count in zip(close, people, strict=True))
        raise DataError(
            round_.name,
            f"another round than {known.name}, or no question that differs from it by fewer than {minimum} people",
            f"the same people, and fewer who differ: {listed}",
            at=f"comparison with version {known.version.name} of {known.name}",
            remedy=(
                "whoever has both reports would read off what these people said. Nothing was written. Correct"
                f" {known.name} itself, or, if nobody outside has its report: fachdialog withdraw {known.name}"
            ),
        )


# -- segments -------------------------------------------------------------------------------------------------------


def told_apart(now: Shown, released: Iterable[Shown], minimum: int) -> bool:
    """Whether segments of a question, added up in whatever way, and those of a released version differ by one to
    `minimum` − 1 people, or are the same people cut differently. What counts is what was said, whoever said it: a
    voter's number may change from export to export."""
    mine = {name: [mark.partition(MARK)[2] for mark in found] for name, found in now.items()}
    for one in released:
        theirs = {name: [mark.partition(MARK)[2] for mark in found] for name, found in one.items()}
        if {name: sorted(said) for name, said in mine.items()} == {name: sorted(said) for name, said in theirs.items()}:
            continue
        if any(0 < people_apart(mine[name], theirs[name]) < minimum for name in mine.keys() & theirs.keys()):
            return True
        shared = np.array([[len({*ours} & {*others}) for others in one.values()] for ours in now.values()])
        ours, others = _unions(len(now)), _unions(len(one))
        both = ours @ shared @ others.T
        mine_only = (ours @ np.array([len(found) for found in now.values()]))[:, None] - both
        theirs_only = (others @ np.array([len(found) for found in one.values()]))[None, :] - both
        few = ((mine_only > 0) & (mine_only < minimum)) | ((theirs_only > 0) & (theirs_only < minimum))
        equal = (mine_only == 0) & (theirs_only == 0)
        everybody = (ours.sum(axis=1) == len(now))[:, None] & (others.sum(axis=1) == len(one))[None, :]
        if ((few | equal) & ~everybody).any():
            return True
    return False


def _unions(count: int) -> np.ndarray:
    """All choices of segments but none, one row each."""
    if count > MOST_SEGMENTS:
        return np.eye(count, dtype=np.int64)
    numbers = np.arange(1, 2**count)
    return (numbers[:, None] >> np.arange(count)) & 1
