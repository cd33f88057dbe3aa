"""Read `findings.yml` of a round, add what the package brings for known roles, and check every name it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ..contracts import STANCES
from ..errors import DataError, nearest
from ..rounds import NOTES, Identifier, Question, Role, Round, Strict, read_yaml
from ..wording import NOTES_QUESTION
from .expressions import parse
from .model import LEADING, REST, Expression, Finding, FindingsFile, Key, Verdict

FILE, RELEASED = "findings.yml", "findings_released.yml"
DEFAULTS = Path(__file__).parent / "defaults.yml"
ROLES = ("participant_group", "priority", "agreement", "other")


@dataclass(frozen=True)
class Findings:
    """All findings of a round in order; `places` names the file each came from."""

    all: list[Finding]
    file: FindingsFile


def read_findings(round_: Round) -> Findings:
    """The round's findings and those of the package for roles that a question has, in their order.

    A finding of the round replaces the default of the same id. Raises: DataError for a broken file and for names of
    questions, items, segments or codes that the round does not know.
    """
    path = round_.raw / FILE
    file = read_yaml(path, FindingsFile) if path.is_file() else FindingsFile()
    for finding in file.findings:
        check_names(finding, round_, path)
    areas = [code.id for code in round_.codebook.focus_areas]
    for area in file.areas:
        if area not in areas:
            raise DataError(path, "a focus area of the codebook", f"“{area}”", at="areas", remedy=nearest(area, areas))
    own = {finding.id for finding in file.findings}
    brought = [finding for finding in _defaults(round_) if finding.id not in own] if file.defaults else []
    return Findings(sorted([*file.findings, *brought], key=lambda finding: finding.order), file)


def _defaults(round_: Round) -> Iterator[Finding]:
    """The package's findings, once per question of their role; the question's id follows where there are several."""
    for finding in read_yaml(DEFAULTS, FindingsFile).findings:
        questions = round_.with_role(finding.role) if finding.role else []
        for place, question in enumerate(questions, start=1):
            data = finding.model_dump(by_alias=True)
            told = {"question": question.id}
            data["conditions"] = [_bound(condition, told) for condition in data["conditions"]]
            data["numbers"] = {name: _bound(number, told) for name, number in data["numbers"].items()}
            if len(questions) > 1:
                name = f"{finding.id}_{question.id}"
                data["id"] = name if len(name) <= 40 else f"{finding.id}_{place}"
            yield Finding.model_validate(data)


def _bound(part: dict, told: dict) -> dict:
    return {**part, **told} if part.get("question") in ROLES else part


def question_named(round_: Round, name: str) -> Question | None:
    """The question of this id or role; None where the round asked none of the role. Raises: DataError for an unknown
    name, and for a role that several questions have."""
    if name == NOTES:
        return NOTES_QUESTION
    ids = {question.id: question for question in round_.file.questions}
    if name in ids:
        return ids[name]
    if name not in ROLES:
        known = [*ids, NOTES, *ROLES]
        raise DataError(FILE, "a question of the round or a role", f"“{name}”", remedy=nearest(name, known))
    found = round_.with_role(cast(Role, name))
    if len(found) > 1:
        listed = ", ".join(question.id for question in found)
        raise DataError(FILE, "a role that one question has", f"“{name}” of {listed}", remedy="name the question")
    return found[0] if found else None


def check_names(finding: Finding, round_: Round, path: Path | str) -> None:
    """Every name a finding uses is one the round or its codebook has."""
    known = {*round_.codebook.by_id(), *STANCES}
    for name, question in names_in(finding):
        if question:
            question_named(round_, name)
        elif name not in known and not name.lstrip("-").isdigit():
            at = f"finding {finding.id}"
            raise DataError(path, "an id of the codebook", f"“{name}”", at=at, remedy=nearest(name, known))
    segments = {"all", "uebrige", "ohne_angabe", "equal_groups", "raked"}
    segments |= {code.id for code in round_.codebook.participant_groups}
    segments |= {group.id for group in round_.file.notes.groups} if round_.file.notes else set()
    for key in (*finding.numbers.values(), *finding.conditions):
        if isinstance(key, Key) and key.segment not in segments:
            hint = nearest(key.segment, segments)
            raise DataError(path, "a segment of the round", f"“{key.segment}”", at=f"finding {finding.id}", remedy=hint)


_IDS = ("item", "than", "items", "codes", "themes", "areas", "steps")
"""Fields of conditions and numbers that hold ids of the codebook, or lists of them."""


def names_in(finding: Finding) -> Iterator[tuple[str, bool]]:
    """Each name with whether it is a question's."""
    for part in (*finding.numbers.values(), *finding.conditions):
        yield from ((name, True) for name in (getattr(part, "question", ""),) if name)
        given = [getattr(part, name, None) for name in _IDS]
        if isinstance(part, Expression):
            terms = list(parse(part.expression).terms())
            yield from ((term.of, True) for term in terms if term.of)
            given = [term.item for term in terms]
        ids = [one for held in given for one in (held if isinstance(held, list) else [held])]
        ids = [one for held in ids for one in (held if isinstance(held, list) else [held])]
        texts = [one for one in ids if isinstance(one, str) and one not in (LEADING, REST)]
        yield from ((name, False) for one in texts for name in one.split("|") if name)


class ReleasedFile(Strict):
    """The verdicts of a report that was sent; every report holds its own as `findings_released.yml`, ready to keep."""

    verdicts: dict[Identifier, Verdict]


def released_verdicts(round_: Round) -> dict[str, Verdict]:
    """Finding → verdict of the last release, from the file that an analyst keeps beside `round.yml`; empty without."""
    path = round_.raw / RELEASED
    return dict(read_yaml(path, ReleasedFile).verdicts) if path.is_file() else {}
