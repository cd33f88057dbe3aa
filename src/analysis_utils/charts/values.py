"""Published rows as values of a chart, and the words every chart needs about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..rounds import Question, Round
from ..wording import Evidence, Row, draft_mark, german, is_invented, plain, plain_interval, terms, wanted
from .chart import Dots, Value

NOBODY, HELD = Value(None, german.NONE, "keine Angabe"), Value(None, german.WITHHELD, "zurückgehalten")


def value_of(row: Row | None, *about: str, unit: str = "", more: Iterable[str] = ()) -> Value:
    """A row as a value; `about` says what it is of (label, group), `unit` follows the number where it is told."""
    head = ", ".join(" ".join(words.splitlines()) for words in about if words)
    if row is None or not row.is_published or row.estimate is None:
        sign = NOBODY if row is None or row.is_published else HELD
        return Value(None, sign.text, f"{head}\n{sign.told}")
    lines = [head, f"{plain(row)}{unit}"]
    if row.low is not None and row.high is not None and not row.is_rank:
        lines.append(f"95-%-Unsicherheitsbereich: {plain_interval(row)}")
    return Value(row.estimate, plain(row), "\n".join([*lines, *more]), row.low, row.high)


def interval_text(row: Row | None) -> str:
    return "" if row is None or row.low is None else plain_interval(row)


def measured(question: Question, cells: Sequence[Sequence[Value | None]], head: str = "", **how: Any) -> Dots:
    """The column of what a question of priority measures, on the axis of its measure."""
    axis = terms(question).axis
    if question.type == "ranking":
        return Dots(head, cells, max(2, len(question.options)), axis, start=1, **how)
    if question.type != "points":
        return Dots(head, cells, 1, axis, is_share=True, **how)
    drawn = [value for row in cells for value in row]
    return Dots(head, cells, round_end([*drawn, Value(how.get("mark_at", (0,))[0], "")], question.total), axis, **how)


def round_end(values: Iterable[Value | None], most: float | None = None) -> float:
    """Where an axis of points ends: the next five above everything drawn, at most a little above `most`."""
    tops = [max(value.high or 0, value.value or 0) for value in values if value is not None]
    end = 5 * (max(tops, default=0) // 5 + 1)
    return min(end, most * 1.02) if most else end


def in_words(values: Sequence[Value | None], labels: Sequence[str]) -> str:
    """Values behind their labels, for those who cannot see them."""
    told = []
    for label, one in zip(labels, values, strict=True):
        area = f" (Bereich {german_span(one)})" if one is not None and one.low is not None else ""
        words = "keine Angabe" if one is None else one.told.split("\n")[-1] if one.value is None else one.text
        told.append(f"{label} {words}{area}")
    return ", ".join(told)


def german_span(value: Value) -> str:
    """The interval of a value as it is told."""
    line = next((line for line in value.told.split("\n") if line.startswith("95-%-Unsicherheitsbereich")), "")
    return line.partition(": ")[2]


def ballots(evidence: Evidence, question: Question, what: str = "Stimmzettel") -> str:
    return f"n = {german.number(evidence.row(question, 'respondents').n)} {what}".rstrip()


def subtitle(round_: Round, *parts: str) -> str:
    """Measure, n and date."""
    return " · ".join([*(part for part in parts if part), german.date(round_.file.date)])


def source_line(round_: Round) -> str:
    """Where the numbers come from, for the foot of a picture that may travel alone."""
    source = f"Quelle: Umfrage, {german.date(round_.file.date)}."
    warning = {
        "original": "",
        "reconstructed": " Rekonstruierte Daten – Verteilungen und Unsicherheiten nicht zitieren.",
        "illustrative": " Erfundene Daten zur Illustration – nicht zitieren.",
    }
    mark = draft_mark(round_)
    return f"{source}{warning[round_.file.provenance]}{f' {mark}.' if mark else ''}"


def marked(title: str, evidence: Evidence, question: Question, statistic: str) -> str:
    return f"{title} (nachgebildet)" if is_invented(evidence, question, statistic) else title


def best(rows: Sequence[Row]) -> list[Row]:
    """The rows with the largest published number (of ranks, the smallest); several where they tie."""
    known = [row for row in rows if row.is_published and row.estimate is not None]
    return [row for row in known if wanted(row) == max(map(wanted, known))]
