"""Rows of `estimates`, looked up by key and printed as numbers that carry their key.

Every number of a page comes through here: a `Row` in a sentence or a table becomes HTML with the row's key in a
`<data>` element, so that a reader (and a checker) finds where it comes from.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..errors import DataError
from ..rounds import Held, Path, Question, QuestionType, Round, open_round
from ..tables import read_table
from . import german

MISSING = Markup(
    '<span class="withheld" title="zurückgehalten">{}<span class="sr"> zurückgehalten</span></span>'
).format(german.WITHHELD)
"""Stands for a withheld number."""
INVENTED = Markup(' <small class="invented">nachgebildet</small>')
INFERRED = Markup(' <small class="invented">errechnet</small>')


@dataclass(frozen=True)
class Row:
    """One row of `estimates`; empty numbers are None. `key` is round/question/segment/item/statistic."""

    key: str
    item: str
    statistic: str
    unit: str
    estimate: float | None
    low: float | None
    high: float | None
    n: int | None
    method: str
    status: str
    provenance: str = "original"

    @property
    def is_published(self) -> bool:
        return self.status == "published"

    @property
    def is_rank(self) -> bool:
        """A whole rank, whose ends are what is possible; the mean of ranks is a number with an interval."""
        return self.unit == "rank" and not self.statistic.startswith("mean_rank")

    def part(self, name: str = "") -> Markup:
        """What a sentence or a table prints of a row: the number, its `interval`, the people behind it (`n`), one end
        (`low`, `high`), the number with what it counts (`counted`), its `size` without a sign, with a plus (`signed`),
        as a p value (`p`); or words for one and for more, with # for the number: `# Person|# Personen`."""
        return _PARTS[name](self) if name in _PARTS else _in_number(self, *name.split("|"))

    __html__, __html_format__ = part, part

    @property
    def value(self) -> float:
        """The estimate, for drawing. Raises: DataError where the row has none."""
        if self.estimate is None:
            raise DataError("estimates", "a number", "an empty estimate", at=self.key)
        return self.estimate


@dataclass(frozen=True)
class Evidence:
    """The public results of one round, as notebooks use them."""

    round: Round
    estimates: pd.DataFrame

    def rows(self, question: Question, statistic: str, *, segment: str = "all") -> list[Row]:
        """All rows of a statistic, in the order of the table (one per item)."""
        return self.rows_at(question.id, segment, statistic)

    def rows_at(self, question: str, segment: str, statistic: str) -> list[Row]:
        """The same by ids."""
        return list(self._by_statistic.get((question, segment, statistic), ()))

    @cached_property
    def _by_statistic(self) -> dict[tuple[str, str, str], list[Row]]:
        """Looked up thousands of times for one page, hence sorted once."""
        found = defaultdict(list)
        for values in self.estimates.to_dict("records"):
            found[values["question"], values["segment"], values["statistic"]].append(row_of(values))
        return dict(found)

    @cached_property
    def first_status(self) -> dict[tuple[str, str], str]:
        """Status of the first row about each question and segment, in the order of the table."""
        found: dict[tuple[str, str], str] = {}
        for (question, segment, _), rows in self._by_statistic.items():
            found.setdefault((question, segment), rows[0].status)
        return found

    def find(self, question: Question, statistic: str, item: str = "", *, segment: str = "all") -> Row | None:
        """The row with this key; None when there is none."""
        return next((row for row in self.rows(question, statistic, segment=segment) if row.item == item), None)

    def row(self, question: Question, statistic: str, item: str = "", *, segment: str = "all") -> Row:
        """The row with this key. Raises: DataError when there is none."""
        if row := self.find(question, statistic, item, segment=segment):
            return row
        key = "/".join((self.round.name, question.id, segment, item, statistic))
        raise DataError("estimates", f"a row with the key {key}", "none", remedy="rerun the ingest notebooks")

    def numbers(self, question: Question, item: str = "", *, segment: str = "all", **said: Any) -> Numbers:
        """What is published about an item of a question, by name, and what else a sentence says of it."""
        return Numbers(self, question, item, segment, said)

    def answered(self, kind: QuestionType) -> list[Question]:
        """The questions of a type that at least one person answered, in polling order."""
        return [question for question in self.asked(kind) if self.row(question, "respondents").estimate]

    def rankings(self) -> list[Question]:
        """The answered points questions in which there is something to rank: more than one area."""
        return [question for question in self.answered("points") if len(question.options) > 1]

    @property
    def priorities(self) -> list[Question]:
        """The answered questions that put areas in an order, however they were polled."""
        return [question for question in self.round.priorities if self.row(question, "respondents").estimate]

    def asked(self, kind: QuestionType) -> list[Question]:
        """The questions of a type in polling order, also those that nobody answered."""
        return [question for question in self.round.file.questions if question.type == kind]

    @cached_property
    def coded(self) -> pd.DataFrame:
        """The public table of where coded passages stand; its quotes are the released ones."""
        return read_table("coded_statements", self.round.table("coded_statements"))

    def frame(self, question: Question, statistics: list[str], *, segment: str = "all") -> pd.DataFrame:
        """The rows behind a figure or table, unchanged, for its CSV."""
        table = self.estimates
        mine = (table["question"] == question.id) & (table["segment"] == segment) & table["statistic"].isin(statistics)
        return table[mine].reset_index(drop=True)


class Numbers(dict[str, Any]):
    """The published numbers of one item by the names of their statistics, for the fields of a sentence and the columns
    of a table: `mean` is a row, `mark_mean` the mark of one that was not printed."""

    def __init__(self, evidence: Evidence, question: Question, item: str, segment: str, said: dict[str, Any]) -> None:
        super().__init__(said)
        self.evidence, self.question, self.item, self.segment = evidence, question, item, segment

    def __missing__(self, name: str) -> Any:
        if name.startswith("mark_"):
            return origin(self.evidence, self.question, name.removeprefix("mark_"))
        return self.evidence.row(self.question, name, self.item, segment=self.segment)

    def of(self, item: str) -> Numbers:
        """Those of another item of the question."""
        return Numbers(self.evidence, self.question, item, self.segment, self)

    def say(self, words: str, **said: Any) -> Markup:
        """A sentence with its fields filled: `{mean}`, `{mean:interval}`, `{respondents:# Person|# Personen}`."""
        return Markup(words).format_map(ChainMap(said, self))

    def cell(self, field: str) -> Any:
        """What stands under the column of a field; None where there is no such row."""
        name, _, part = field.partition(":")
        row = self[name] if name in self else self.evidence.find(self.question, name, self.item, segment=self.segment)
        return row.part(part) if isinstance(row, Row) else row


def is_invented(evidence: Evidence, question: Question, statistic: str) -> bool:
    """True where a reconstructed round shows a number that was neither published nor follows from what was. (An
    illustrative round is all made up and says so once, on every page.)"""
    known = (*question.published, *question.inferred)
    return evidence.round.file.provenance == "reconstructed" and statistic not in known


def origin(evidence: Evidence, question: Question, statistic: str) -> Markup:
    """The mark of a number that was not printed: invented, or inferred from print by arithmetic."""
    if evidence.round.file.provenance == "reconstructed" and statistic in question.inferred:
        return INFERRED
    return INVENTED if is_invented(evidence, question, statistic) else Markup("")


def read_evidence(round_: Round) -> Evidence:
    """The published estimates of a round. Raises: DataError when they have not been computed yet."""
    return Evidence(round_, read_table("estimates", round_.table("estimates")))


def open_published(name: str | None = None, data: Path | str | None = None) -> pd.DataFrame:
    """All published rows of a round (default: the newest): its table `estimates`. `data`: the data folder.

    Raises: DataError for an unknown round, and where nothing is published yet.
    """
    round_ = open_round(name, **({"data": Path(data)} if data is not None else {}))
    evidence = read_evidence(round_)
    rows = evidence.estimates.copy()
    rows.attrs = {"published": True, "of": Held(evidence)}
    return rows


def evidence_of(rows: pd.DataFrame) -> Evidence:
    """What was published of the round that rows belong to. Raises: DataError for rows without one."""
    if "of" not in rows.attrs:
        raise DataError("show", "rows that publish gave", "others", remedy="publish(estimate(…)) first")
    return evidence_held(rows.attrs["of"].value)


def evidence_held(of: Any) -> Evidence:
    """The published rows of what a frame or the id of a question belongs to: these rows, or a round opened with its
    private frames, whose rows are sorted once for as long as they stay the same."""
    if isinstance(of, Evidence):
        return of
    kept = of.__dict__.get("evidence")
    if kept is None or kept.estimates is not of.published:
        kept = of.__dict__["evidence"] = Evidence(of, of.published)
    return kept


def row_of(values: dict) -> Row:
    """A record of the table `estimates` as a Row."""
    given = {name: values[name] for name in ("item", "statistic", "unit", "method", "status", "provenance")}
    for name, kind in (("estimate", float), ("low", float), ("high", float), ("n", int)):
        given[name] = None if pd.isna(values[name]) else kind(values[name])
    key = "/".join(str(values[part]) for part in ("round", "question", "segment", "item", "statistic"))
    return Row(key=key, **given)


def shown(row: Row, text: str | None = None, *, part: str = "") -> Markup:
    """The estimate as German text in a `<data>` element with value and key; a withheld one as a dot with a reason.
    `part`: what of it the text says, where that is not the estimate (`size`: without its sign)."""
    if not row.is_published:
        return MISSING
    if row.estimate is None:
        return Markup("{}").format(german.NONE)
    what = Markup(' data-part="{}"').format(part) if part else ""
    return Markup('<data value="{}" data-key="{}"{} title="{}">{}</data>').format(
        f"{row.estimate:.10g}", row.key, what, about(row), text if text is not None else plain(row)
    )


def _in_number(row: Row, one: str, many: str) -> Markup:
    """A count with its words in the singular (the number as `eine`) or the plural."""
    is_one = row.estimate == 1
    number = shown(row, ("Eine" if one.startswith("#") else "eine") if is_one else None)
    return Markup(one if is_one else many).replace("#", number)


def about(row: Row) -> str:
    """What a page tells about a number on demand besides its statistic (`definitions`): its interval, its n."""
    parts = []
    if row.low is not None and row.high is not None:
        name = "mögliche Werte" if row.is_rank else "95-%-Unsicherheitsbereich"
        made = " (nachgebildet)" if row.provenance == "reconstructed" else ""
        parts.append(f"{name} {plain_interval(row)}{made}")
    if row.n is not None:
        parts.append(f"n = {german.number(row.n)}")
    if row.provenance == "illustrative":
        parts.append("erfundene Beispieldaten")
    return "; ".join(parts)


def _bound(row: Row, value: str, part: str, text: str) -> Markup:
    """Text about another part of a row than its estimate."""
    return Markup('<data value="{}" data-key="{}" data-part="{}">{}</data>').format(value, row.key, part, text)


def shown_interval(row: Row) -> Markup:
    """The interval as `15,2–31,0`, tied to its row; a dash where there is none."""
    if row.low is None or row.high is None:
        return Markup("{}").format(german.NONE)
    return _bound(row, f"{row.low:.10g} {row.high:.10g}", "interval", plain_interval(row))


def stated(row: Row, value: float, part: str = "stated", text: str = "") -> Markup:
    """A number in place of the estimate, printed as that is: one that an analyst's file states, or one end (`low`,
    `high`) of the interval."""
    digits = ".10g" if part in ("low", "high") else "g"
    return _bound(row, format(value, digits), part, text or plain(replace(row, estimate=value)))


def shown_n(row: Row) -> Markup:
    return _bound(row, str(row.n), "n", german.number(row.n)) if row.n is not None else Markup(german.NONE)


_NOUNS = {
    "people": ("Person", "Personen"),
    "statements": ("Aussage", "Aussagen"),
    "groups": ("Gruppe", "Gruppen"),
    "dots": ("Klebepunkt", "Klebepunkte"),
    "points": ("Punkte", "Punkte"),
}


def _counted(row: Row) -> Markup:
    """The number with what it counts: `1 Aussage`, `28 Aussagen`; other units stand for themselves."""
    if row.unit not in _NOUNS or row.estimate is None:
        return shown(row)
    return Markup("{}\u00a0{}").format(row, _NOUNS[row.unit][row.estimate != 1])


def _p(row: Row) -> Markup:
    return Markup(german.NONE) if row.estimate is None else shown(row, german.p_value(row.estimate))


def with_sign(text: str, value: float | None) -> str:
    """`+4,0`, `−1,5`, `0,0`"""
    return f"+{text}" if value is not None and value > 0 and any(digit in text for digit in "123456789") else text


def _signed(row: Row) -> Markup:
    return Markup(german.NONE) if row.estimate is None else shown(row, with_sign(plain(row), row.estimate))


_PARTS: dict[str, Callable[[Row], Markup]] = {
    "": shown,
    "interval": shown_interval,
    "n": shown_n,
    "counted": _counted,
    "low": lambda row: stated(row, row.low or 0, "low"),
    "high": lambda row: stated(row, row.high or 0, "high"),
    "size": lambda row: shown(row, plain(replace(row, estimate=abs(row.value))), part="size"),
    "signed": _signed,
    "p": _p,
}
_DIGITS = {"points": 1, "scale": 1, "index": 2}


def plain(row: Row) -> str:
    """The estimate as plain German text in the form its unit asks for."""
    if row.unit == "share":
        return german.percent(row.estimate) + _points_of_percent(row)
    return german.number(row.estimate, _digits(row))


def plain_interval(row: Row) -> str:
    if row.low is None or row.high is None:
        return german.NONE
    if row.unit == "share":
        return german.percent_span(row.low, row.high) + _points_of_percent(row)
    if row.unit == "rank" and row.low == row.high:
        return german.number(row.low, _digits(row))
    return german.span(row.low, row.high, _digits(row))


def _points_of_percent(row: Row) -> str:
    return "-Punkte" if "change_" in row.statistic else ""


def _digits(row: Row) -> int:
    if row.unit == "rank" and not row.is_rank:
        return 1
    if row.statistic == "median":
        return 0 if row.estimate is None or row.estimate == int(row.estimate) else 1
    return _DIGITS.get(row.unit, 0)
