"""The file `findings.yml`: findings as data. docs/findings.md describes every kind of condition."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from ..contracts import STANCES, STATISTICS
from ..errors import nearest
from ..rounds import Identifier, Role, Strict
from ..wording import german

Verdict = Literal["belegt", "vereinbar", "offen", "widersprochen"]
VERDICTS: tuple[Verdict, ...] = ("belegt", "vereinbar", "offen", "widersprochen")
Comparison = Literal["above", "at_least", "below", "at_most"]
PollSide = Literal["betont", "nicht betont", "im Mittel", "nicht gefragt"]
GroupSide = Literal["betont", "erwähnt", "umgedeutet", "kritisch", "nicht angesprochen", "nicht bekannt"]
Integration = Literal["konvergent", "ergänzend", "divergent", "nur Umfrage", "nur Gruppen"]
READINGS, LEADING, REST, QUESTION, FAILED = "readings", "leading", "rest", "question", "failed"
UNDER: dict[Verdict, str] = {
    "belegt": "{}",
    "vereinbar": "Nicht gesichert: {}",
    "offen": "Nicht zu entscheiden: {}",
    "widersprochen": "Trifft nicht zu: {}",
}
"""What is put around a claim where a verdict has no heading of its own."""


def _known_statistic(name: str) -> str:
    if name not in STATISTICS:
        raise ValueError(f"a statistic of docs/methodology.md; {nearest(name, STATISTICS) or 'see the list there'}")
    return name


def _no_digits(text: str) -> str:
    if re.search(r"\d", text.replace("95-%", "")):
        raise ValueError("a sentence without typed digits; name the number under `numbers` and write {its_name}")
    return text


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1200), AfterValidator(_no_digits)
]
Statistic = Annotated[str, AfterValidator(_known_statistic)]
Item = Annotated[str, StringConstraints(max_length=120)]


class Key(Strict):
    """Which row of `estimates`. `question` is a question's id, `gruppennotizen`, or the role of the one question that
    has it; an empty item is the question as a whole."""

    question: Identifier
    statistic: Statistic
    item: Item = ""
    segment: str = "all"


class Number(Key):
    """A number a sentence prints: the row and which part of it. `counted` adds what is counted: `1 Aussage`."""

    part: Literal["estimate", "interval", "n", "counted"] = "estimate"


class Value(Key):
    """The number is above, at least, below or at most `than`. `target` says for whom: those who answered (exact), or
    similar participants (the interval decides)."""

    kind: Literal["value"]
    is_: Comparison = Field(alias="is")
    than: float
    target: Literal["answered", "similar"] = "similar"


class Interval(Key):
    """The number lies between `low` and `high`, both included."""

    kind: Literal["interval"]
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Interval:
        if self.low > self.high:
            raise ValueError("low ≤ high")
        return self


class Compared(Strict):
    """One item is above or below another by the same statistic; left out, by what orders the options of the question
    (mean points, share, mean rank)."""

    kind: Literal["comparison"]
    question: Identifier
    by: Statistic | None = None
    item: Identifier
    is_: Literal["above", "below"] = Field(alias="is")
    than: Identifier


class Order(Strict):
    """Each item of a step is above each item of every later step; within a step nothing is claimed. A step is a list of
    ids, `leading` (the items with the largest number) or `rest` (what no other step names)."""

    kind: Literal["order"]
    question: Identifier
    by: Statistic | None = None
    steps: list[list[Identifier] | Literal["leading", "rest"]] = Field(min_length=2)


class Tier(Strict):
    """The items are in the leading tier, or behind it (no common tier with the leader)."""

    kind: Literal["tier"]
    question: Identifier
    items: list[Identifier] = Field(min_length=1)
    tier: Literal["leading", "behind"]


class Coverage(Strict):
    """In how many groups each of the codes came up."""

    kind: Literal["coverage"]
    codes: list[Identifier] = Field(min_length=1)
    is_: Literal["at_least", "at_most", "exactly"] = Field(alias="is")
    groups: int | Literal["all"]


class Stance(Strict):
    """Statements on each code take one of the stances mostly (over half, of three or more), sometimes, never, or in
    every group at least once."""

    kind: Literal["stance"]
    codes: list[Identifier] = Field(min_length=1)
    stances: list[Literal[STANCES]] = Field(min_length=1)  # type: ignore[valid-type]
    how_often: Literal["mostly", "sometimes", "never", "every_group"]


class Inside(Strict):
    """Each of the themes came up inside focus areas: statements that bear the theme and one of `areas` (default: all).
    With `at_least` it is enough that so many of the themes did."""

    kind: Literal["inside"]
    themes: list[Identifier] = Field(min_length=1)
    areas: list[Identifier] = []
    at_least: int | None = Field(default=None, ge=1)


class Reading(Strict):
    """One possible meaning of a printed number that cannot be read any more: `count` of `of` people."""

    count: int = Field(ge=0)
    of: int = Field(gt=0)

    @model_validator(mode="after")
    def _possible(self) -> Reading:
        if self.count > self.of:
            raise ValueError("count ≤ of")
        return self


class Readings(Strict):
    """A printed number with several possible readings. Decided only by original data: then one of them must hold."""

    kind: Literal["readings"]
    question: Identifier
    statistic: Statistic
    item: Item = ""
    readings: list[Reading] = Field(min_length=2)


class Expression(Strict):
    """One readable expression over published rows (`expressions`); in a file it may stand alone, as text. `question`:
    the one that is meant where a part names none."""

    kind: Literal["expression"] = "expression"
    expression: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
    question: str = ""


def _as_condition(given: Any) -> Any:
    return {"kind": "expression", "expression": given} if isinstance(given, str) else given


Kinds = Value | Interval | Compared | Order | Tier | Coverage | Stance | Inside | Readings | Expression
Condition = Annotated[Annotated[Kinds, Field(discriminator="kind")], BeforeValidator(_as_condition)]


class Finding(Strict):
    """A sentence, what it asserts, what it rests on. `title` is the claim, or a heading for each verdict; `wording`
    replaces the words that a verdict other than *belegt* would put around the sentence (what is *offen* has its reasons
    for words, behind its heading). `interpretation` is shown while the sentence holds (*belegt*, *vereinbar*), or with
    the verdicts it names. The first finding of the audience `lead` that is not *offen* opens the first page, those
    of `summary` follow there."""

    id: Identifier
    order: int
    audience: Literal["lead", "summary", "report"] = "report"
    role: Role | None = None
    title: Text | dict[Verdict, Text]
    sentence: Text
    wording: dict[Literal["vereinbar", "widersprochen"], Text] = {}
    numbers: dict[Identifier, Number] = {}
    conditions: list[Condition] = Field(min_length=1)
    sources: list[str] = []
    interpretation: Text | dict[Verdict, Text] | None = None

    @property
    def claim(self) -> str:
        """What the finding asserts, as a heading."""
        return self.title if isinstance(self.title, str) else self.title["belegt"]

    def heading_for(self, verdict: Verdict) -> str:
        """A heading that is true under the verdict; the claim itself only where it is *belegt*."""
        if isinstance(self.title, dict) and verdict in self.title:
            return self.title[verdict]
        return UNDER[verdict].format(self.claim if verdict == "belegt" else german.quoted(self.claim))

    def interpretation_for(self, verdict: Verdict) -> str:
        """What the analysts make of it when this is the verdict; empty where they wrote nothing for it."""
        if isinstance(self.interpretation, dict):
            return self.interpretation.get(verdict, "")
        return self.interpretation or "" if verdict in ("belegt", "vereinbar") else ""

    @model_validator(mode="after")
    def _placeholders(self) -> Finding:
        if isinstance(self.title, dict) and "belegt" not in self.title:
            raise ValueError("a title for the verdict belegt, where titles are given by verdict")
        known = {*self.numbers, READINGS, LEADING, QUESTION, FAILED}
        titles = self.title.values() if isinstance(self.title, dict) else [self.title]
        for text in (*titles, self.sentence, *self.wording.values()):
            for name in re.findall(r"\{([^}]*)\}", text):
                if name not in known:
                    raise ValueError(f"each {{name}} of a sentence under `numbers` (“{name}” is not there)")
            if text.count("{") != text.count("}"):
                raise ValueError("a closing brace for each opening one")
        return self


class AreaNote(Strict):
    """What the analyst makes of an area in the joint display, as long as its class and the sides named are these."""

    integration: Integration
    poll: PollSide | None = None
    groups: GroupSide | None = None
    text: Text


class FindingsFile(Strict):
    """`defaults: false` leaves out the findings the package brings for questions of known roles."""

    defaults: bool = True
    findings: list[Finding] = []
    areas: dict[Identifier, AreaNote] = {}

    @model_validator(mode="after")
    def _unique(self) -> FindingsFile:
        ids = [finding.id for finding in self.findings]
        if len(set(ids)) < len(ids):
            raise ValueError("each finding id once")
        return self
