"""Published rows as values of a chart, and the words every chart needs about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ..rounds import Question, Round
from ..wording import Evidence, Row, draft_mark, german, is_invented, plain, plain_interval, short_label, terms, wanted
from .chart import Bars, Chart, Column, Dots, Line, Mark, Value

SPAN = "95-%-Unsicherheitsbereich"
INTERVAL = f"Linie: {SPAN}"


def picture(
    evidence: Evidence,
    name: str,
    mark: Mark,
    title: str,
    about: Sequence[str],
    caption: str,
    alt: str,
    lines: Sequence[str | Line],
    columns: Sequence[Column],
    rows: pd.DataFrame,
    **more: Any,
) -> Chart:
    """A chart of a round. `about` is measure and n, which the date follows; the source follows the caption. Words for
    stacked bars, which name every part that is not empty, are made where `alt` is empty."""
    round_, bars = evidence.round, columns[0] if columns else None
    if not alt and isinstance(bars, Bars):
        told = []
        for line, row, series in zip(lines, bars.cells, bars.series, strict=True):
            parts = [f"{one.name}: {cell.text}" for one, cell in zip(series, row, strict=True) if cell.value]
            label = line if isinstance(line, str) else line.label
            told.append(f"{' '.join(label.splitlines())}: {', '.join(parts)}")
        alt = f"Gestapelte Balken. {'; '.join(told)}."
    subtitle = " · ".join([*filter(None, about), german.date(round_.file.date)])
    caption = f"{caption} {more.pop('source', '') or source_line(round_)}"
    named = [Line(line) if isinstance(line, str) else line for line in lines]
    return Chart(name, mark, title, subtitle, caption, alt, named, columns, rows, **more)


def rows_behind(
    evidence: Evidence, questions: Iterable[Question], statistics: list[str], segments: Iterable[str] = ("all",)
) -> pd.DataFrame:
    """The published rows a picture shows."""
    segments = list(segments)
    frames = [evidence.frame(question, statistics, segment=one) for question in questions for one in segments]
    return pd.concat(frames, ignore_index=True)


def labels_of(evidence: Evidence, rows: Iterable[Row]) -> list[str]:
    return [short_label(evidence.round, row.item) for row in rows]


def by_item(rows: Iterable[Row]) -> dict[str, Row]:
    return {row.item: row for row in rows}


def value_of(row: Row | None, *about: str, unit: str = "", more: Iterable[str] = ()) -> Value:
    """A row as a value; `about` says what it is of (label, group), `unit` follows the number where it is told, and
    `more` lines stand below it, as far as they say something."""
    head = ", ".join(" ".join(words.splitlines()) for words in about if words)
    if row is None or not row.is_published or row.estimate is None:
        is_held = row is not None and not row.is_published
        sign, told = (german.WITHHELD, "zurückgehalten") if is_held else (german.NONE, "keine Angabe")
        return Value(None, sign, f"{head}\n{told}")
    span = "" if row.is_rank else interval_text(row, f"{SPAN}: ")
    told = "\n".join(filter(None, [f"{head}\n{plain(row)}{unit}", span, *more]))
    return Value(row.estimate, plain(row), told, row.low, row.high)


def interval_text(row: Row | None, before: str = "") -> str:
    """The interval behind some words; nothing where there is none."""
    return "" if row is None or row.low is None or row.high is None else f"{before}{plain_interval(row)}"


def measured(question: Question, cells: Sequence[Sequence[Value | None]], head: str = "", **how: Any) -> Dots:
    """The column of what a question of priority measures, on the axis of its measure."""
    axis = terms(question).axis
    if question.type == "ranking":
        return Dots(head, cells, max(2, len(question.options)), axis, start=1, **how)
    if question.type != "points":
        return Dots(head, cells, 1, axis, is_share=True, **how)
    marked_at = Value(how.get("mark_at", (0,))[0], "")
    return Dots(head, cells, round_end([*cells, [marked_at]], question.total), axis, **how)


def round_end(cells: Iterable[Iterable[Value | None]], most: float | None = None) -> float:
    """Where an axis of points ends: the next five above everything drawn, at most a little above `most`."""
    top = max((max(one.high or 0, one.value or 0) for row in cells for one in row if one is not None), default=0)
    end = 5 * (top // 5 + 1)
    return min(end, most * 1.02) if most else end


def in_words(values: Sequence[Value | None], labels: Sequence[str]) -> str:
    """Values behind their labels, for those who cannot see them."""
    told = []
    for label, one in zip(labels, values, strict=True):
        words = "keine Angabe" if one is None else one.told.split("\n")[-1] if one.value is None else one.text
        told.append(f"{label} {words}{german_span(one)}")
    return ", ".join(told)


def german_span(value: Value | None) -> str:
    """The interval of a value as it is told, in brackets; nothing where there is none."""
    lines = value.told.split("\n") if value else []
    return next((f" (Bereich {line.partition(': ')[2]})" for line in lines if line.startswith(SPAN)), "")


def ballots(evidence: Evidence, question: Question, what: str = "Stimmzettel") -> str:
    return f"n = {german.number(evidence.row(question, 'respondents').n)} {what}"


WARNINGS = {
    "original": "",
    "reconstructed": " Rekonstruierte Daten – Verteilungen und Unsicherheiten nicht zitieren.",
    "illustrative": " Erfundene Daten zur Illustration – nicht zitieren.",
}


def source_line(round_: Round) -> str:
    """Where the numbers come from, for the foot of a picture that may travel alone."""
    mark = draft_mark(round_)
    source = f"Quelle: Umfrage, {german.date(round_.file.date)}.{WARNINGS[round_.file.provenance]}"
    return f"{source} {mark}." if mark else source


def marked(title: str, evidence: Evidence, question: Question, statistic: str) -> str:
    return f"{title} (nachgebildet)" if is_invented(evidence, question, statistic) else title


def best(rows: Sequence[Row]) -> list[Row]:
    """The rows with the largest published number (of ranks, the smallest); several where they tie."""
    known = [row for row in rows if row.is_published and row.estimate is not None]
    return [row for row in known if wanted(row) == max(map(wanted, known))]
