"""The files people take along, read again: every number, every label and every row of `tabellen.xlsx` and `zahlen.csv`.

The key at the end of a line and the heading of a column say which row of `estimates` a cell must come from.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from proofread import is_print_of, numerals

from ..contracts import WORDS
from ..handout import HIGH, KEY, LEAST, LOW, MADE_UP, MOST, ORIGIN, Labels, N, part_of
from ..rounds import Round
from ..tables import read_lines
from ..wording import NONE, WITHHELD
from .exceptions import Exceptions

WORKBOOK, CSV = "tabellen.xlsx", "zahlen.csv"
Rows = Mapping[str, Mapping[str, float | None]]
Told = tuple[str, int, str]
"""File and sheet, line, what is wrong there."""
_PARTS = {LOW: "low", LEAST: "low", HIGH: "high", MOST: "high"}
_OWN_WORDS = re.compile(r"95 % (von|bis)|Datenstand [0-9a-f]{8}|UTF-8|(?<=_)top3")
_FINDINGS = "Befunde"


def travelling_faults(folder: Path, round_: Round, rows: Rows, excepted: Exceptions) -> Iterator[Told]:
    """What differs from `rows`, the round's `estimates` and `changes`. A file that is not there says nothing."""
    if (path := folder / WORKBOOK).is_file():
        yield from _workbook(path, Labels(round_), rows, excepted)
    if (path := folder / CSV).is_file():
        yield from _csv(path, Labels(round_), rows)


def _workbook(path: Path, labels: Labels, rows: Rows, excepted: Exceptions) -> Iterator[Told]:
    from python_calamine import CalamineWorkbook

    seen: set[str] = set()
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        place = f"{path.name}, {name}"
        lines = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        top = next((at for at, line in enumerate(lines) if KEY in line[1:]), None)
        texts = lines if top is None else lines[:top]
        if name == _FINDINGS:
            known = _stated(path.with_name("findings.csv"))
            texts = [line for line in lines if (str(line[0]), str(line[1]).removesuffix(MADE_UP)) not in known]
        words = " ".join(str(cell) for line in texts for cell in line)  # a date may go on in the next line
        for one in numerals(_OWN_WORDS.sub(" ", excepted.without(words))):
            if not excepted.is_number_label(one.text):
                yield place, 0, f"{one.text} has no source"
        if top is not None:
            for number, line in enumerate(lines[top + 1 :], start=top + 2):
                faults = _line_faults(lines[top], line, labels, rows, seen)
                yield from ((place, number, told) for told in faults)
    yield from ((path.name, 0, f"{key} is missing") for key in rows if key not in seen)


def _stated(path: Path) -> set[tuple[str, str]]:
    if not path.is_file():
        return set()
    return {(line["verdict"], line["sentence"].removeprefix("'")) for line in read_lines(path)}


def _line_faults(heads: list, line: list, labels: Labels, rows: Rows, seen: set[str]) -> Iterator[str]:
    key = line[heads.index(KEY)]
    key = key if ".." in key.split("/")[0] else f"{labels.round.name}/{key}"
    parts, named = 0, _statistics()
    for heading, cell in zip(heads, line, strict=True):
        if heading in (KEY, ORIGIN):
            continue
        name, part = _told_by(heading)
        if heading == N:
            counts = {row["n"] for statistic in WORDS if (row := rows.get(f"{key}/{statistic}"))}
            if cell != WITHHELD and cell != NONE and cell not in counts:
                yield f"n is {cell}, in estimates {_listed(counts)}: {key}"
        elif name in named:
            keys = [f"{key}/{statistic}" for statistic in named[name]]
            yield from _number_faults(cell, keys, part, rows, seen)
        else:
            say = _SUBJECTS.get(heading)
            expected = say(labels, key) if say else part_of(key, parts, labels)
            parts += say is None
            if cell != expected:
                yield f"“{cell}” stands for “{expected}”: {key}"


_SUBJECTS: dict[str, Callable[[Labels, str], str]] = {
    "Runden": lambda labels, key: labels.round_title(key.split("/")[0]),
    "Frage": lambda labels, key: labels.question(key.split("/")[1]),
    "Gruppe": lambda labels, key: labels.segment(key.split("/", 3)[2]),
}


@cache
def _statistics() -> dict[str, list[str]]:
    """The statistics of each German name; three tests share one."""
    found: dict[str, list[str]] = defaultdict(list)
    for statistic, words in WORDS.items():
        found[words.name].append(statistic)
    return found


def _told_by(heading: str) -> tuple[str, str]:
    """Name of the statistic and part of the row that a heading announces."""
    name, _, end = heading.rpartition(": ")
    if end in _PARTS:
        return name, _PARTS[end]
    return (heading.removeprefix(f"{N}: "), "n") if heading.startswith(f"{N}: ") else (heading, "estimate")


def _number_faults(cell: object, keys: list[str], part: str, rows: Rows, seen: set[str]) -> Iterator[str]:
    found = [key for key in keys if key in rows]
    seen |= set(found)
    wanted = [rows[key][part] for key in found]
    if cell in (WITHHELD, NONE):
        if any(value is not None for value in wanted):
            yield f"{part} is left out: {found[0]}"
    elif not any(value is not None and isinstance(cell, float | int) and _same(cell, value) for value in wanted):
        yield f"{part} is {cell}, in estimates {_listed(wanted)}: {(found or keys)[0]}"


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(1.0, abs(other))


def _listed(values: object) -> str:
    return ", ".join("nothing" if value is None else f"{value:.6g}" for value in values) or "nothing"  # type: ignore[attr-defined]


def _csv(path: Path, labels: Labels, rows: Rows) -> Iterator[Told]:
    seen = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, line in enumerate(csv.DictReader(file, delimiter=";"), start=2):
            key = line[KEY]
            row = rows.get(key)
            if row is None:
                yield path.name, number, f"estimates has no row {key}"
                continue
            seen.add(key)
            for heading, part in (("Wert", "estimate"), ("von", "low"), ("bis", "high"), (N, "n")):
                cell, value = line[heading], row[part]
                if (cell == "") != (value is None) or (value is not None and not _same(_number(cell), value)):
                    yield path.name, number, f"{part} is {cell or 'nothing'}, in estimates {value}: {key}"
            value = row["estimate"]
            if value is not None and not is_print_of(line["Angabe"].removesuffix("-Punkte"), value):
                yield path.name, number, f"“{line['Angabe']}” for {value}: {key}"
            of_row, _, statistic = key.rpartition("/")
            words = {heading: say(labels, of_row) for heading, say in _SUBJECTS.items()}
            words |= {"Gegenstand": part_of(of_row, 0, labels), "zweiter Gegenstand": part_of(of_row, 1, labels)}
            words["Kennzahl"] = WORDS[statistic].name
            for heading, expected in words.items():
                if line[heading].removeprefix("'") != expected.removeprefix("'"):
                    yield path.name, number, f"“{line[heading]}” stands for “{expected}”: {key}"
    yield from ((path.name, 0, f"{key} is missing") for key in rows if key not in seen)


def _number(cell: str) -> float:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return float("nan")
