"""Rows of `estimates`, looked up by key and printed as numbers that carry their key.

Every number of a page comes through here: `Evidence.value(...)` gives the row, `Evidence.shown(...)` the HTML with
the row's key in a `<data>` element, so that a reader (and a checker) finds where it comes from.
"""

from __future__ import annotations

from collections import defaultdict
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
        columns = list(self.estimates)
        for cells in zip(*(self.estimates[name].tolist() for name in columns), strict=True):
            values = dict(zip(columns, cells, strict=True))
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

    def number(name: str) -> float | None:
        return None if pd.isna(values[name]) else float(values[name])

    return Row(
        key="/".join(str(values[part]) for part in ("round", "question", "segment", "item", "statistic")),
        item=values["item"],
        statistic=values["statistic"],
        unit=values["unit"],
        estimate=number("estimate"),
        low=number("low"),
        high=number("high"),
        n=None if pd.isna(values["n"]) else int(values["n"]),
        method=values["method"],
        status=values["status"],
        provenance=values["provenance"],
    )


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


def in_number(row: Row, one: str, many: str) -> Markup:
    """A count with its words in the singular (the number as `eine`) or the plural; both have {} for the number."""
    if row.estimate == 1:
        return Markup(one).format(shown(row, "Eine" if one.startswith("{}") else "eine"))
    return Markup(many).format(shown(row))


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


def shown_interval(row: Row) -> Markup:
    """The interval as `15,2–31,0`, tied to its row; a dash where there is none."""
    if row.low is None or row.high is None:
        return Markup("{}").format(german.NONE)
    return Markup('<data value="{}" data-key="{}" data-part="interval">{}</data>').format(
        f"{row.low:.10g} {row.high:.10g}", row.key, plain_interval(row)
    )


def shown_end(row: Row, part: str) -> Markup:
    """One end of the interval, `low` or `high`, printed as the estimate is."""
    value = getattr(row, part)
    return Markup('<data value="{}" data-key="{}" data-part="{}">{}</data>').format(
        f"{value:.10g}", row.key, part, plain(replace(row, estimate=value))
    )


def shown_n(row: Row) -> Markup:
    return Markup('<data value="{}" data-key="{}" data-part="n">{}</data>').format(row.n, row.key, german.number(row.n))


_NOUNS = {
    "people": ("Person", "Personen"),
    "statements": ("Aussage", "Aussagen"),
    "groups": ("Gruppe", "Gruppen"),
    "dots": ("Klebepunkt", "Klebepunkte"),
    "points": ("Punkte", "Punkte"),
}


def shown_counted(row: Row) -> Markup:
    """The number with what it counts: `1 Aussage`, `28 Aussagen`; other units stand for themselves."""
    if row.unit not in _NOUNS or row.estimate is None:
        return shown(row)
    return Markup("{}\u00a0{}").format(shown(row), _NOUNS[row.unit][row.estimate != 1])


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
