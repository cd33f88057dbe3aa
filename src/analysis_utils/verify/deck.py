"""The slides, read again: every number in titles, texts, tables, notes, alternative texts and charts.

The notes of a slide name the rows of `estimates` behind it. A number of a chart or a table must be the print of a row
that its label names; one in a sentence, of any row of its slide.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from proofread import could_print, numerals

from ..charts import BALLOT_RULES, RULES, SWITCHED
from ..handout import Labels
from ..slides import SOURCES
from ..wording import name_of
from .exceptions import Exceptions, is_shortened

DECK = "folien.pptx"
Rows = Mapping[str, Mapping[str, float | None]]
_OURS = re.compile(r"95 % (von|bis|Sicherheit)|Datenstand [0-9a-f]{8}|html/\w+\.html|\(Fortsetzung\)")
_BESIDE = re.compile(r" \((Rang [^)]*|n = [^)]*)\)$")
_NUMBERS = ("estimate", "low", "high", "n")


def deck_faults(
    path: Path, labels: Labels, rows: Rows, stated: frozenset[str], excepted: Exceptions
) -> Iterator[tuple[str, int, str]]:
    """What of a deck no row has printed: file, number of the slide, the fault. Nothing where there is no deck."""
    if not path.is_file():
        return
    from pptx import Presentation

    said = {value for one in stated for value in _meant(one)}
    for number, slide in enumerate(Presentation(str(path)).slides, start=1):
        for fault in _Slide(slide, labels, rows, said, excepted).faults():
            yield path.name, number, fault


def _meant(stated: str) -> list[float]:
    """`25/34` is printed as count, base and share."""
    parts = [float(part) for part in stated.split("/") if re.fullmatch(r"[\d.]+", part)]
    return [*parts, parts[0] / parts[1]] if len(parts) == 2 and parts[1] else parts


class _Slide:
    """One slide with the rows it may print."""

    def __init__(self, slide: Any, labels: Labels, rows: Rows, said: set[float], excepted: Exceptions) -> None:
        notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
        before, _, named = notes.partition(SOURCES)
        self.shapes, self.notes, self.excepted = list(slide.shapes), before, excepted
        asked = {one: re.compile(re.escape(one).replace(r"\*", "[^/]*")) for one in named.split(" · ") if one}
        found = {one: [key for key in rows if pattern.fullmatch(key)] for one, pattern in asked.items()}
        self.rows = {key: rows[key] for keys in found.values() for key in keys}
        self.unknown = [one for one, keys in found.items() if not keys]
        self.pool = said | {value for row in self.rows.values() for value in _values(row)}
        self.pool |= {float(part) for key in self.rows for part in re.findall(r"\d+", key.split("/")[3])}
        self.by_label: dict[str, set[str]] = defaultdict(set)
        for key in self.rows:
            for label in _labels_of(key, labels):
                self.by_label[_flat(label)].add(key)

    def faults(self) -> Iterator[str]:
        for one in self.unknown:
            yield f"estimates has no row {one}"
        yield from self._of_text(self.notes)
        for shape in self.shapes:
            alt = shape._element.xpath(".//p:cNvPr/@descr")
            is_cut = alt and shape.has_text_frame and is_shortened(shape.text_frame.text, alt[0])
            yield from (fault for text in alt for fault in self._of_text(text))
            if getattr(shape, "has_chart", False) and shape.has_chart:
                yield from self._of_chart(shape.chart)
            elif getattr(shape, "has_table", False) and shape.has_table:
                for row in list(shape.table.rows)[1:]:
                    yield from self._of_row([cell.text for cell in row.cells])
                yield from self._of_text(" ".join(cell.text for cell in shape.table.rows[0].cells))
            elif shape.has_text_frame and not is_cut and not shape._element.xpath(".//a:fld[@type='slidenum']"):
                yield from self._of_text(shape.text_frame.text)

    def _of_text(self, text: str, keys: set[str] | None = None) -> Iterator[str]:
        pool = self.pool if keys is None else {value for key in keys for value in _values(self.rows[key])}
        for one in numerals(_OURS.sub(" ", self.excepted.without(text))):
            if not (self.excepted.is_number_label(one.text) or any(could_print(one, value) for value in pool)):
                yield f"{one.text} has no source in “{' '.join(text.split())[:60]}”"

    def _of_row(self, cells: list[str]) -> Iterator[str]:
        keys = self.by_label.get(_flat(_BESIDE.sub("", cells[0])))
        for text in cells if keys is None else cells[1:]:
            yield from self._of_text(text, keys)

    def _of_chart(self, chart: Any) -> Iterator[str]:
        categories = [str(one) for one in chart.plots[0].categories]
        cells: dict[tuple[int, int], float | str] = {}
        for at, label in enumerate(categories, start=1):
            cells[at, 0] = label
        for place, series in enumerate(chart.plots[0].series):
            cells[0, 1 + place] = series.name
            own = self.by_label.get(_flat(_BESIDE.sub("", series.name)))
            code = "".join(series._element.xpath(".//c:val//c:formatCode/text()"))
            step = 0.5 * 10.0 ** -(2 if "%" in code else len(code.partition(".")[2]))
            plus, minus = _lengths(series, "plus"), _lengths(series, "minus")
            for at, (label, value) in enumerate(zip(categories, series.values, strict=True)):
                base = re.sub(r" [•–]$", "", label)
                keys = self.by_label.get(_flat(_BESIDE.sub("", base)), set())
                if not keys:
                    yield f"“{label}” is the label of no row of the slide"
                    continue
                if beside := _BESIDE.search(base):
                    yield from self._of_text(beside[1], keys)
                if value is None:
                    continue
                cells[at + 1, 1 + place] = value
                found = [self.rows[key] for key in (keys & own or keys if own else keys)]
                ends = (value - minus[at], value + plus[at]) if at in plus and at in minus else None
                if not any(_is_print(row, value, ends, step) for row in found):
                    yield f"{value:g} stands for “{label}”, whose rows say otherwise"
        yield from self._of_workbook(chart, cells)

    @staticmethod
    def _of_workbook(chart: Any, cells: dict[tuple[int, int], float | str]) -> Iterator[str]:
        """The data one may edit are those that are drawn."""
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_filelike(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        if len(book.sheet_names) != 1:
            yield "the data of a chart have more than one sheet"
        lines = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        for (row, column), value in cells.items():
            found = lines[row][column] if row < len(lines) and column < len(lines[row]) else ""
            if (isinstance(value, str) and found != value) or (not isinstance(value, str) and not _same(found, value)):
                yield f"the data of a chart say {found} where {value} is drawn"


def _values(row: Mapping[str, float | None]) -> list[float]:
    return [value for name in _NUMBERS if (value := row[name]) is not None]


def _same(one: object, other: float) -> bool:
    return isinstance(one, int | float) and abs(one - other) < 1e-6


def _is_print(row: Mapping[str, float | None], value: float, ends: tuple[float, float] | None, step: float) -> bool:
    pairs = [(row["estimate"], value)]
    if ends is not None:
        pairs += [(row["low"], ends[0]), (row["high"], ends[1])]
    return all(known is not None and abs(known - drawn) <= step + 1e-9 for known, drawn in pairs)


def _lengths(series: Any, name: str) -> dict[int, float]:
    points = series._element.xpath(f".//c:errBars/c:{name}//c:pt")
    return {int(point.get("idx")): float(point.findtext("{*}v")) for point in points}


def _labels_of(key: str, labels: Labels) -> set[str]:
    """Everything a chart or table may call a row."""
    round_, question, segment, item, statistic = key.split("/")
    parts = item.split("|") if item else []
    found = {labels.segment(segment), labels.question(question), labels.round_title(round_), name_of(statistic)}
    found |= {word for part in parts for word in (labels.part(question, part), labels.short(part))}
    found |= {", ".join(labels.short(part) for part in parts), RULES.get(statistic, "")}
    if statistic == "rank_by_ballot_rule":
        found.add(f"{SWITCHED} {BALLOT_RULES.get(parts[1], parts[1])}")
    if ".." in round_:
        earlier, later = round_.split("..")
        found.add(labels.round_title(earlier if statistic.endswith("_before") else later))
    return {label for label in found if label}


def _flat(text: str) -> str:
    return re.sub(r"[\s-]+", "", text).casefold()
