"""What a `round.yml` may say: the questions of a poll, the groups' notes, and what an analyst decides about a round."""

from __future__ import annotations

import datetime
import re
from collections.abc import Hashable, Iterator, Sequence
from itertools import chain
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from .codebook import Identifier, Label, Paragraph, normalise
from .yamlfile import Strict

QuestionType = Literal[
    "slide",
    "single_choice",
    "multiple_choice",
    "scale",
    "points",
    "ranking",
    "open",
    "wordcloud",
    "quiz",
    "other",
]
Role = Literal["participant_group", "priority", "agreement", "other"]
Provenance = Literal["original", "reconstructed", "illustrative"]


_MONTHS = ("jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez")
_ALSO = {"mar": "mär", "maer": "mär", "mrz": "mär", "may": "mai", "oct": "okt", "dec": "dez"}


def day_of(written: object) -> datetime.date | None:
    """The day in any unambiguous form: 2025-11-12, 12.11.2025, 12.11.25, 12. November 2025, 2025/11/12, 11/13/2025; a
    time behind it does not matter. None where it is no date, or could be two (1/2/2025)."""
    if isinstance(written, datetime.datetime):
        return written.date()
    if isinstance(written, datetime.date):
        return written
    text = " ".join(str(written).split()).casefold()
    text = re.sub(r"[t ,]+\d{1,2}:\d{2}.*$", "", text)
    if parts := re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", text):
        return _day(parts[1], parts[3], parts[4])
    if parts := re.fullmatch(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d{2})", text):
        return _day(parts[3], parts[2], parts[1])
    if parts := re.fullmatch(r"(\d{1,2})[. -]+([a-zä]+)[. -]+(\d{4}|\d{2})", text):
        month = parts[2][:4] if parts[2][:4] in _ALSO else parts[2][:3]
        month = _ALSO.get(month, month)
        return _day(parts[3], str(_MONTHS.index(month) + 1), parts[1]) if month in _MONTHS else None
    if parts := re.fullmatch(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4}|\d{2})", text):
        ways = {_day(parts[4], parts[1], parts[3]), _day(parts[4], parts[3], parts[1])} - {None}
        return ways.pop() if len(ways) == 1 else None
    return None


def _day(year: str, month: str, day: str) -> datetime.date | None:
    try:
        return datetime.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


NO_ANSWER = "no_answer"
"""In place of a value: the label of a scale that is no answer (weiß nicht, keine Angabe)."""
_VALUE_FIRST = re.compile(
    r"\(?\s*([+\-−–]?\d{1,4})\s*(?:\)|[=:.–—-](?!\s*\d)|(?=\()|\s(?!\s*(?:[-–—]|bis\b|to\b)\s*\d)|$)\s*(.*)"
)
_VALUE_LAST = re.compile(r"(.*?\D)\s*(?:\(\s*|=\s*|:\s*)([+\-−]?\d{1,4})\s*\)?")


def value_in(label: str) -> tuple[int, str] | None:
    """Value and words of a label that names its value: `10 = sehr stark`, `1 – gar nicht`, `10 (sehr stark)`, `sehr
    stark (10)`, `7`. None where it names none, or a range (`18–29`)."""
    text = normalise(label)
    if found := _VALUE_FIRST.fullmatch(text):
        sign, words = found[1], found[2].strip()
        words = words[1:-1] if words.startswith("(") and words.endswith(")") else words
    elif found := _VALUE_LAST.fullmatch(text):
        sign, words = found[2], found[1]
    else:
        return None
    return int(re.sub("[−–]", "-", sign)), words.strip(" =:–—-")


class Scale(Strict):
    """A rating scale: its ends, what they mean, which end is agreement, and the top box fixed in advance (where nobody
    fixed one: the two fifths of the values next to the end of agreement). `labels`: what people could choose, in the
    order polled, where that was no bare number, with its value or `no_answer`. `classes`
    (lowest and highest value of each) are what participant groups are shown in; left out, they are the top box and the
    halves of what lies on its one side, or what lies on either side of it."""

    low: int = 1
    high: int = 10
    low_label: Label
    high_label: Label
    positive_end: Literal["high", "low"] = "high"
    top_box: tuple[int, int]
    classes: list[tuple[int, int]] | None = None
    labels: dict[Label, int | Literal["no_answer"]] = {}

    @model_validator(mode="before")
    @classmethod
    def _usual_top_box(cls, written: Any) -> Any:
        if not isinstance(written, dict) or "top_box" in written:
            return written
        low, high = written.get("low", 1), written.get("high", 10)
        if not (isinstance(low, int) and isinstance(high, int)):
            return written
        size = round((high - low + 1) * 0.4)
        is_low = written.get("positive_end") == "low"
        return {**written, "top_box": (low, low + size - 1) if is_low else (high - size + 1, high)}

    @model_validator(mode="after")
    def _ordered(self) -> Scale:
        polled = self._named
        if _twice(polled) is not None or _twice([*map(normalise, self.labels)]):
            raise ValueError("each label and each value of a scale once")
        if any(not self.low <= value <= self.high for value in polled):
            raise ValueError(f"labels with values from {self.low} to {self.high}, or no_answer")
        if not self.low <= self.top_box[0] <= self.top_box[1] <= self.high or self.low == self.high:
            raise ValueError("low ≤ top_box start ≤ top_box end ≤ high, and low < high")
        starts, ends = ([pair[side] for pair in self.shown_classes()] for side in (0, 1))
        joined = bool(ends) and starts == [self.low, *(end + 1 for end in ends[:-1])] and ends[-1] == self.high
        if not joined or any(first > last for first, last in self.shown_classes()):
            raise ValueError(f"classes that hold each value from {self.low} to {self.high} once")
        if self.top_box[0] not in starts or self.top_box[1] not in ends:
            raise ValueError("classes of which some make up the top box")
        return self

    def shown_classes(self) -> list[tuple[int, int]]:
        """Lowest and highest value of each class that groups are shown in, from the low end of the scale on."""
        if self.classes is not None:
            return sorted(self.classes)
        first, last = self.top_box
        below, above = (self.low, first - 1), (last + 1, self.high)
        sides = [side for side in (below, above) if side[0] <= side[1]]
        if len(sides) == 1 and sides[0][0] < sides[0][1]:
            low, high = sides[0]
            # Of an odd number the larger half lies farther from the top box: 1–2, 3, 4–5.
            middle = (low + high) // 2 if sides[0] == below else (low + high - 1) // 2
            sides = [(low, middle), (middle + 1, high)]
        return sorted([*sides, (first, last)])

    def values(self) -> list[int]:
        return list(range(self.low, self.high + 1))

    def class_items(self) -> list[str]:
        """Ids of the classes in `estimates`: "1-3", or "3" where it is one value."""
        return [str(low) if low == high else f"{low}-{high}" for low, high in self.shown_classes()]

    def polled(self) -> list[int]:
        """The values in the order in which people saw them."""
        named = self._named
        left = [value for value in self.values() if value not in named]
        return sorted([*named, *left], reverse=named[:1] > named[-1:]) if left else named

    def label_of(self, value: int) -> str:
        """What people chose for this value, as polled."""
        return next((label for label, one in self.labels.items() if one == value), str(value))

    @property
    def _named(self) -> list[int]:
        return [value for value in self.labels.values() if isinstance(value, int)]

    @property
    def no_answers(self) -> list[str]:
        return [label for label, value in self.labels.items() if value == NO_ANSWER]

    @property
    def is_verbal(self) -> bool:
        """Whether people chose words without a number, so that only the values of round.yml make a scale of them."""
        return bool(self.labels) and not any(
            (found := value_in(label)) and found[0] == value for label, value in self.labels.items()
        )


def scale_of(labels: dict[str, object]) -> dict[str, object]:
    """What labels alone tell of a scale: its ends, with their words."""
    values = {value: label for label, value in labels.items() if isinstance(value, int)}
    if len(values) < 2:
        return {}
    low, high = min(values), max(values)
    words = {value: (found[1] if (found := value_in(label)) and found[1] else label) for value, label in values.items()}
    return {"low": low, "high": high, "low_label": words[low], "high_label": words[high]}


class Question(Strict):
    """One polled question. `options` maps each wording as polled to an id of the codebook (of a scale: to its value or
    `no_answer`; kept in `scale.labels`); `statement` names the row of a scales question that has several; `published`
    lists the statistics a reconstructed round has from print (`statistic/item` where it has that of one item only),
    `inferred` those that follow from print by arithmetic; `unranked` says what it means that somebody left an option of
    a ranking out: it shares the last places, or nobody knows."""

    id: Identifier
    wording: Label
    label: Label
    type: QuestionType
    role: Role = "other"
    statement: Label | None = None
    scale: Scale | None = None
    options: dict[Label, Identifier] = {}
    total: int = Field(default=100, gt=0)
    unranked: Literal["last", "missing"] = "last"
    published: list[str] = []
    inferred: list[str] = []

    @model_validator(mode="before")
    @classmethod
    def _labelled(cls, written: Any) -> Any:
        """Options may be written as numbers; those of a scale are its labels, which tell the scale where it is not."""
        if not isinstance(written, dict) or not isinstance(written.get("options"), dict):
            return written
        options = {
            str(key) if isinstance(key, int | float) else key: value for key, value in written["options"].items()
        }
        if written.get("type") != "scale":
            return {**written, "options": options}
        if not all(
            value == NO_ANSWER or (isinstance(value, int) and not isinstance(value, bool)) for value in options.values()
        ):
            raise ValueError("each option of a scale to have its value (a whole number) or no_answer")
        scale = written.get("scale") or {}
        rest = {key: value for key, value in written.items() if key != "options"}
        return {**rest, "scale": {**scale_of(options), **scale, "labels": options}} if isinstance(scale, dict) else rest

    @model_validator(mode="after")
    def _complete(self) -> Question:
        if self.type == "scale" and self.scale is None:
            raise ValueError("a question of type scale to describe its scale, or to give its options their values")
        if self.type in ("single_choice", "multiple_choice", "points", "ranking") and not self.options:
            raise ValueError(f"a question of type {self.type} to list its options")
        if _twice([*self.options.values()]):
            raise ValueError("each option to have an id of its own")
        if _twice([*map(normalise, self.options)]):
            raise ValueError("each option wording once")
        return self

    @property
    def reading(self) -> tuple[str, str, str]:
        """What tells questions apart; those that share it are told apart by their order."""
        return normalise(self.wording), normalise(self.statement or ""), self.type

    @property
    def full_wording(self) -> str:
        return full_wording(self.wording, self.statement)

    @property
    def measure(self) -> str:
        """The published statistic that says how much its options are wanted; empty where its type puts none in an
        order. Whatever speaks of priorities asks here: of mean ranks the smallest leads, else the largest."""
        return _MEASURES.get(self.type, "")


_MEASURES = {
    "points": "mean_points",
    "ranking": "mean_rank",
    "single_choice": "share",
    "multiple_choice": "share",
}


def full_wording(wording: str, statement: str | None) -> str:
    """What people read: the wording and, in a list of statements, the statement."""
    return f"{wording} – {statement}" if statement else wording


def _twice(names: Sequence[Hashable]) -> Any:
    """The first name that stands twice; nothing where each stands once."""
    return next((name for name in names if names.count(name) > 1), None)


class ProvenanceNote(Strict):
    """German sentences every page of a round that is not original shows: what is published, what follows from that by
    arithmetic, what is invented."""

    published: Paragraph
    inferred: Paragraph | None = None
    invented: Paragraph


class ShownAnyway(Strict):
    """A participant group that is shown by itself from fewer people on, because somebody answers for it: pages name who
    and why."""

    group: Identifier
    people: int = Field(default=5, ge=5)
    by: Label
    reason: Label


class Disclosure(Strict):
    """The fewest people a segment result may rest on (and by which sums of segments may differ). It can only be raised,
    but for single groups that somebody answers for."""

    minimum_base: int = Field(default=8, ge=8)
    exceptions: list[ShownAnyway] = []


class Delegations(Strict):
    """Who may have answered alike: the `sizes` of delegations (who is in none came alone), or the `question` (single
    choice) in which people said whom they came with; `correlation` of the answers within one, 1 where members copied
    each other."""

    sizes: list[Annotated[int, Field(ge=1)]] = []
    question: Identifier | None = None
    correlation: float = Field(default=1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _either(self) -> Delegations:
        if bool(self.sizes) == (self.question is not None):
            raise ValueError("either sizes (people in each delegation) or question")
        return self


class SegmentTest(Strict):
    """One member of the family of segment comparisons that is written down before looking at the data."""

    question: Identifier
    test: Literal["kruskal_wallis", "fisher_freeman_halton", "points_permutation"]


class Margins(Strict):
    """Changes too small to matter, fixed before looking: within them a result may be called unchanged. `share` is for
    shares (top box, options), `mean` for means of scales, `mean_points` for points; `questions` names the margin of the
    mean of single questions."""

    share: float = Field(default=0.1, gt=0, lt=1)
    mean: float = Field(default=1.0, gt=0)
    mean_points: float = Field(default=5.0, gt=0)
    questions: dict[Identifier, Annotated[float, Field(gt=0)]] = {}


class Overlap(Strict):
    """Assumptions on who took part twice, which nobody counted: people, and how alike their answers are."""

    people: list[int] = Field(min_length=1)
    correlation: list[Annotated[float, Field(ge=-1, le=1)]] = Field(min_length=1)


class Compare(Strict):
    """The rounds this one is compared with, oldest first. `link_code`: an open question of both rounds in which people
    gave a code of their own making, which joins their answers without a name."""

    with_: list[str] = Field(alias="with", min_length=1)
    margins: Margins = Margins()
    stated_overlap: Overlap | None = None
    link_code: Identifier | None = None


class Correction(Strict):
    """An exception of the rule that a question stands as released while few answers differ: its corrected numbers are
    published after all. `after` is the Datenstand of the release they depart from; the page names who allowed it, and
    why."""

    question: Identifier
    after: str = Field(pattern="^[0-9a-f]{8}$")
    allowed_by: Label
    reason: Label


RuleAction = Literal["keep", "set_aside", "refuse"]


class Rules(Strict):
    """What happens to answers that break a rule: kept, set aside (listed in `problems`), or the reading stops.
    docs/data-formats.md says why each default is what it is."""

    points_too_few: RuleAction = "set_aside"
    points_too_many: RuleAction = "set_aside"
    points_negative: RuleAction = "set_aside"
    points_fractional: RuleAction = "set_aside"
    value_off_scale: RuleAction = "refuse"
    option_not_offered: RuleAction = "refuse"
    no_number: RuleAction = "set_aside"
    reactions_only: RuleAction = "keep"
    early_session: RuleAction = "refuse"
    identical_ballots: Literal["keep"] = "keep"


NOTES = "gruppennotizen"
"""Question id of the estimates that rest on the groups' notes and boards; no polled question may bear it."""


class NotesGroup(Strict):
    """A workshop group. `files` names its notes where they do not name the group themselves; `order` is its own order
    of priority of focus areas, most important first, a list inside is a tie; what it leaves out was not ranked."""

    id: Identifier
    label: Label
    files: list[str] = []
    order: list[Identifier | list[Identifier]] = []

    def ranks(self) -> dict[str, float]:
        """Rank per area in the group's order; tied areas share the middle of their ranks."""
        ranks: dict[str, float] = {}
        for step in self.order:
            tied = [step] if isinstance(step, str) else step
            ranks |= dict.fromkeys(tied, len(ranks) + (len(tied) + 1) / 2)
        return ranks


class Notes(Strict):
    """What the workshop groups left: their names, where the notes come from, and a German sentence pages show where
    they are no originals. `named`: coders, deciders and files of notes that may be called by their name in public; all
    others are called Kodierung A, Abstimmung, Notizen Gruppe 1."""

    provenance: Provenance
    note: Label | None = None
    named: list[Label] = []
    groups: list[NotesGroup] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Notes:
        ids = [group.id for group in self.groups]
        if _twice(ids) or "all" in ids:
            raise ValueError("each group id once, and none named all")
        if self.provenance != "original" and self.note is None:
            raise ValueError("a note where the notes are not original")
        for group in self.groups:
            if _twice([area for step in group.order for area in ([step] if isinstance(step, str) else step)]):
                raise ValueError(f"each area once in the order of {group.id}")
        return self


LEFT_OUT = "left_out"
"""In place of a question: a column of a table that is not read."""


class RoundFile(Strict):
    """`round.yml` as written by an analyst. `confirm` lists what `new-round` only guessed: while a line is left the
    round is refused. `export`: the file with the answers, or `exports`: several, whose people are others unless they
    gave the same answer to the question `link_code`. `contact`: whom readers of tables and slides may ask. `columns`:
    for a table of no known tool, the question each column is of (its id; with the option or the rank its cells are of
    as `{id: option}`), or `left_out`."""

    EXAMPLES: ClassVar[dict[str, str]] = {
        "title": 'write “title: "Fachdialog am 12. November"”',
        "date": "write “date: 12.11.2025”",
        "provenance": "write “provenance: original”",
        "questions": "write “questions:” and below it each question, beginning with “  - id: …”",
        "wording": "write “wording: …”, the question exactly as polled",
        "label": "write “label: …”, a short name of the question",
        "id": "write small letters, digits and _ alone, e.g. “id: gruppe_1”",
        "notes": "write “notes: {provenance: original, groups: [{id: gruppe_1, label: Gruppe 1}]}”, and where they "
        "are no originals also “note: …”, a sentence for readers that says so",
        "groups": "write “groups: [{id: gruppe_1, label: Gruppe 1}]”",
        "order": "write the ids of focus areas in data/codebook.yml, e.g. “order: [industrieparks, tourismus]”",
        "type": "write “type: scale” for values, single_choice or multiple_choice for answers to choose from, points "
        "for points to give away, ranking for an order, open for words of one's own, other for anything else",
        "options": "write “options: {Ja: ja, Nein: nein}”, the answers as polled with their ids",
        "scale": "write “scale: {low: 1, high: 10, low_label: gar nicht, high_label: sehr}”",
        "top_box": "write “top_box: [7, 10]”",
        "sessions": "write “sessions: [2]”",
        "participants": "write “participants: 40”",
        "exports": "write “exports: [saal.xlsx, papier.csv]”",
        "": "docs/data-formats.md begins with one that works",
    }
    title: Label
    date: datetime.date
    provenance: Provenance
    provenance_note: ProvenanceNote | None = None
    export: str = ""
    exports: list[str] = []
    link_code: Identifier | None = None
    contact: Label | None = None
    participants: int | None = Field(default=None, gt=0)
    sessions: list[int] | None = None
    columns: dict[Label, Identifier | dict[Identifier, Label | int]] = {}
    rules: Rules = Rules()
    disclosure: Disclosure = Disclosure()
    segment_tests: list[SegmentTest] = []
    raking: dict[Identifier, dict[Identifier, float]] = {}
    delegations: Delegations | None = None
    exceptions: list[Correction] = []
    notes: Notes | None = None
    compare: Compare | None = None
    confirm: list[Label] = []
    questions: list[Question] = Field(min_length=1)

    @property
    def files(self) -> list[str]:
        """The files with the answers; none where round.yml does not name them yet."""
        return self.exports or [name for name in [self.export] if name]

    def before(self, question: Question) -> Question | None:
        """The same question as polled earlier in the round, before a discussion say; None where it was not, or was
        with another scale or other options."""
        earlier = self.questions[: self.questions.index(question)]
        found = next((one for one in reversed(earlier) if one.reading == question.reading), None)
        if found and (found.scale, found.options, found.total) == (question.scale, question.options, question.total):
            return found
        return None

    @field_validator("date", mode="before")
    @classmethod
    def _as_day(cls, written: object) -> object:
        return day_of(written) or written

    @field_validator("columns", mode="before")
    @classmethod
    def _headings(cls, written: Any) -> Any:
        """A heading may be a number."""
        return {str(key): of for key, of in written.items()} if isinstance(written, dict) else written

    @field_validator("confirm")
    @classmethod
    def _confirmed(cls, lines: list[str]) -> list[str]:
        if lines:
            more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
            raise ValueError(f"nothing left under confirm: check “{lines[0]}”{more}, then delete the line")
        return lines

    @model_validator(mode="after")
    def _consistent(self) -> RoundFile:
        if fault := next(chain(self._faults(), self._plan_faults()), ""):
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        types = {question.id: question.type for question in self.questions}
        if twice := _twice([question.id for question in self.questions]):
            yield f"each question id once (“{twice}” is there twice)"
        if self.export and self.exports:
            yield "either export (one file) or exports (several)"
        if _twice(self.exports):
            yield "each file once under exports"
        if self.link_code and (len(self.exports) < 2 or self.link_code not in types):
            yield "link_code to name a question in which people of several exports gave their code"
        if NOTES in types:
            yield f"no question with the id {NOTES}, which is reserved for the group notes"
        yield from self._column_faults()
        if self.provenance != "original" and self.provenance_note is None:
            yield "a provenance_note (published, invented) where provenance is not original"
        for role in ("participant_group", "priority"):
            if sum(question.role == role for question in self.questions) > 1:
                yield f"at most one question with the role {role}"
        if self.compare:
            if _twice(self.compare.with_):
                yield "each round once under compare"
            for name in self.compare.margins.questions:
                if types.get(name) not in ("scale", "points"):
                    yield f"margins.questions to name scale or points questions (“{name}” is none)"
        departing = [one.question for one in self.exceptions]
        if strange := [name for name in departing if name not in types]:
            yield f"exceptions to name questions of the round (“{strange[0]}” is none)"
        if _twice(departing):
            yield "one exception per question: that for the latest release"
        if self.compare and (code := self.compare.link_code) and types.get(code) != "open":
            yield f"link_code to name an open question (“{code}” is none)"

    def _column_faults(self) -> Iterator[str]:
        by_id = {question.id: question for question in self.questions}
        named: set[str] = set()
        for heading, one in self.columns.items():
            parts = {one: None} if isinstance(one, str) else one
            if len(parts) != 1:
                yield f"each column to be of one question (“{heading}” is of several)"
            [(name, part)] = parts.items()
            named.add(name)
            if name == LEFT_OUT:
                continue
            if name not in by_id:
                yield f"columns to name questions or left_out (“{heading}”: {name} is none)"
            if isinstance(part, int) and by_id[name].type != "ranking":
                yield f"columns with a rank only of rankings (“{heading}”; an option stands in quotes)"
            if isinstance(part, str) and normalise(part) not in map(normalise, by_id[name].options):
                yield f"columns to name options as they stand there (“{heading}”: “{part}” is none)"
        missing = [name for name in by_id if name not in named]
        if self.columns and missing and len(self.exports) < 2:  # another file may have it
            yield f"a column for every question (“{missing[0]}” has none)"

    def _plan_faults(self) -> Iterator[str]:
        by_id = {question.id: question for question in self.questions}
        choices = {question.id for question in self.questions if question.type == "single_choice"}
        if _twice([(plan.question, plan.test) for plan in self.segment_tests]):
            yield "each segment test once"
        for plan in self.segment_tests:
            if plan.question not in by_id or by_id[plan.question].type not in _TESTABLE[plan.test]:
                yield f"segment test {plan.test} to name a question of type {' or '.join(_TESTABLE[plan.test])}"
        came = self.delegations.question if self.delegations else None
        if came is not None and came not in choices:
            yield f"delegations to name a question of type single_choice (“{came}” is none)"
        for name, targets in self.raking.items():
            if name not in choices:
                yield f"raking to name questions of type single_choice (“{name}” is none)"
            if set(targets) != set(by_id[name].options.values()):
                yield f"raking targets of “{name}” for exactly its options"
            if min(targets.values()) <= 0 or abs(sum(targets.values()) - 1) > 1e-6:
                yield f"raking targets of “{name}” above 0 that sum to 1"


_TESTABLE = {
    "kruskal_wallis": ("scale",),
    "fisher_freeman_halton": ("scale", "single_choice"),
    "points_permutation": ("points",),
}
