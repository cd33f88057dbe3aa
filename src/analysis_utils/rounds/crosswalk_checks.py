"""Links of the codebook that cannot be: each is refused with the ids, rounds and wordings in question."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, Literal

from ..errors import DataError, nearest
from .codebook import Codebook, Link, normalise
from .crosswalk_ties import Section, Tie, Wordings, crosswalk_between, option_wordings, question_wordings, ties_of
from .folders import Round
from .round_file import Question, Scale

GROUP: Final = "participant_group"
Pair = tuple[Question, Question]


def check_crosswalks(codebook: Codebook, chain: list[Round]) -> None:
    """Check the links along a chain of rounds. Raises: DataError for a crosswalk of rounds that do not exist or come in
    the wrong order, for ids a round does not have, for links over several questions, and for ids that are said to have
    become something else while they are still polled."""
    _check_rounds(codebook, chain[0])
    for one, other in pairwise(chain):
        if one.file.date > other.file.date or crosswalk_between(codebook, other, one).is_written:
            saw = f"{one.name} ({one.file.date}) and {other.name} ({other.file.date})"
            at = f"the crosswalk between {one.name} and {other.name}"
            raise DataError("codebook.yml", "the earlier round first", saw, at, "swap the two names under `between`")
        crosswalk = crosswalk_between(codebook, one, other)
        for section in ("questions", "options", "groups"):
            for link in getattr(crosswalk, section):
                _check_ids(one, other, section, link)
        pairs = _pairs(codebook, one, other)
        for link in crosswalk.questions:
            ids = [{question.id for question in r.file.questions} for r in (one, other)]
            _check_left(one, other, "questions", link, ids[0], ids[1])
        for link in crosswalk.options:
            _check_options(one, other, "options", link, [p for p in pairs if p[0].role != GROUP])
        for link in crosswalk.groups:
            _check_options(one, other, "groups", link, [p for p in pairs if p[0].role == GROUP])


def check_ways(codebook: Codebook, short: list[Round], long: list[Round]) -> None:
    """Raises: DataError where two ways of crosswalks from one round to another lead to different counterparts. What a
    round in between did not ask may be linked past it."""
    for section in ("questions", "options", "groups"):
        direct, along = (ties_of(codebook, way, section, _wordings(way, section)) for way in (short, long))
        for tie in (tie for tie in along if tie.before and tie.after):
            other = [t for t in direct if set(t.before) & set(tie.before) or set(t.after) & set(tie.after)]
            if [(set(t.before), set(t.after), t.broken) for t in other] != [
                (set(tie.before), set(tie.after), tie.broken)
            ]:
                names, longer = (" → ".join(round_.name for round_ in way) for way in (short, long))
                saw = f"{_told([tie])} along {longer}, and {_told(other)}"
                remedy = f"correct one of them, or delete {names}: links are followed along the rounds in between"
                expected = f"{names} to say the same as {longer}"
                raise DataError("codebook.yml", expected, saw, f"crosswalk {names}, {section}", remedy)


def _wordings(way: list[Round], section: Section) -> list[Wordings]:
    if section == "questions":
        return [question_wordings(round_) for round_ in way]
    asked = [[q for q in r.file.questions if (q.role == GROUP) == (section == "groups")] for r in way]
    return [option_wordings(questions) for questions in asked]


def _told(ties: list[Tie]) -> str:
    """Which ids became which, for a message."""
    sides = [[", ".join(f"“{i}”" for i in ids) or "nothing" for ids in (tie.before, tie.after)] for tie in ties]
    lost = [" (in part)" if tie.broken and tie.before and tie.after else "" for tie in ties]
    return ", ".join(f"{one} → {other}{part}" for (one, other), part in zip(sides, lost, strict=True))


def _check_rounds(codebook: Codebook, round_: Round) -> None:
    folder = round_.raw.parent
    known = sorted(path.parent.name for path in folder.glob("*/round.yml"))
    for crosswalk in codebook.crosswalk:
        for name in crosswalk.between:
            if name not in known:
                at = f"crosswalk {' → '.join(crosswalk.between)}"
                remedy = nearest(name, known) or "delete the crosswalk if its round was deleted"
                raise DataError("codebook.yml", f"rounds in {folder}", f"“{name}”", at, remedy)


def _place(one: Round, other: Round, section: str) -> str:
    return f"crosswalk {one.name} → {other.name}, {section}"


def _check_ids(one: Round, other: Round, section: Section, link: Link) -> None:
    for round_, ids in ((one, link.before), (other, link.after)):
        known = _ids(round_, section)
        for identifier in ids:
            if identifier not in known:
                remedy = f"ids there: {', '.join(known)}"
                at = _place(one, other, section)
                raise DataError("codebook.yml", f"an id of {round_.name}", f"“{identifier}”", at, remedy)


def _ids(round_: Round, section: Section) -> list[str]:
    if section == "questions":
        return [question.id for question in round_.file.questions]
    asked = [q for q in round_.file.questions if (q.role == GROUP) == (section == "groups")]
    return list(dict.fromkeys(identifier for question in asked for identifier in question.options.values()))


def _pairs(codebook: Codebook, one: Round, other: Round) -> list[Pair]:
    """Questions of two neighbouring rounds that are one to one the same, whatever their type."""
    ties = ties_of(codebook, [one, other], "questions", [question_wordings(one), question_wordings(other)])
    single = [tie for tie in ties if len(tie.before) == len(tie.after) == 1 and not tie.broken]
    return [(one.question(tie.before[0]), other.question(tie.after[0])) for tie in single]


def _check_options(one: Round, other: Round, section: str, link: Link, pairs: list[Pair]) -> None:
    offered = [(set(before.options.values()), set(after.options.values())) for before, after in pairs]
    whole = [pair for pair in offered if pair[0].issuperset(link.before) and pair[1].issuperset(link.after)]
    if link.before and link.after and not whole:
        saw = f"{_where(one, link.before)} and {_where(other, link.after)}"
        remedy = "parts of one thing can only be added up within a question that both rounds asked; link the questions"
        raise DataError(
            "codebook.yml", "all ids of a link in one question of both rounds", saw, _place(one, other, section), remedy
        )
    for ids in offered:
        if ids[0] & set(link.before) or ids[1] & set(link.after):
            _check_left(one, other, section, link, ids[0], ids[1])


def _where(round_: Round, ids: list[str]) -> str:
    found = [f"“{i}” in {', '.join(q.id for q in round_.file.questions if i in q.options.values())}" for i in ids]
    return f"{', '.join(found)} ({round_.name})"


def _check_left(one: Round, other: Round, section: str, link: Link, before: set[str], after: set[str]) -> None:
    """An id means one thing for ever: what the other round polls too belongs to both sides of its link."""
    cases: list[tuple[list[str], set[str], list[str], str]] = [
        (link.before, after, link.after, f"still polled in {other.name}"),
        (link.after, before, link.before, f"polled in {one.name} already"),
    ]
    for named, polled, counterpart, told in cases:
        for identifier in named:
            if identifier in polled and identifier not in counterpart:
                expected = f"an id that is no longer itself after “{link.change}”"
                remedy = (
                    "name it on both sides of the link, delete the link, or give the other thing an id of its own: an "
                    "id means one thing in all rounds"
                )
                saw = f"“{identifier}”, which is {told}"
                raise DataError("codebook.yml", expected, saw, _place(one, other, section), remedy)


def refuse_same(chain: list[Round], before: Question, after: Question) -> DataError:
    """The error for a question that counts as the same in both rounds and is not."""
    at = f"{before.id} ({chain[0].name}) and {after.id} ({chain[-1].name})"
    remedy = "link the two as `renamed` with a reason, or give the later question an id of its own"
    expected = "the same type, scale and direction in a question that is the same in both rounds"
    return DataError("codebook.yml", expected, f"{_kind(before)} and {_kind(after)}", at, remedy)


def _kind(question: Question) -> str:
    scale = question.scale
    if scale is None:
        return f"points of {question.total}" if question.type == "points" else question.type
    top = f"{scale.top_box[0]}–{scale.top_box[1]}"
    ends = f"{scale.low_label} … {scale.high_label}"
    return f"scale {scale.low}–{scale.high} ({ends}), agreement at the {scale.positive_end} end, top box {top}"


def ends_of(one: Scale, other: Scale) -> Literal["same", "swapped", "other"]:
    """Whether the ends of two scales are called the same, the other way round, or otherwise."""
    first, second = ([normalise(label).casefold() for label in (s.low_label, s.high_label)] for s in (one, other))
    return "same" if first == second else "swapped" if first == second[::-1] else "other"


def check_direction(chain: list[Round], before: Question, after: Question, *, changed: bool) -> None:
    """Raises: DataError where the words at the ends of a scale and its declared direction contradict each other, and
    where they changed without a link that says so."""
    if not before.scale or not after.scale:
        return
    words = ends_of(before.scale, after.scale)
    turned = before.scale.positive_end != after.scale.positive_end
    if words == "swapped" and not turned:
        saw = f"“{after.scale.low_label}” at the low end and positive_end {after.scale.positive_end}"
        expected = f"the direction of the scale to turn with its ends, which changed places since {chain[0].name}"
        at = f"{after.id} in round.yml of {chain[-1].name}"
        raise DataError("round.yml", expected, saw, at, "set positive_end and top_box for the scale as it was polled")
    if (words == "other" or turned) and not changed:
        raise refuse_same(chain, before, after)
