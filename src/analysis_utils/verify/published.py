"""What everybody may read: the rows of published tables. A number of theirs is nobody's answer, however much it looks
like one."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from proofread import Explained

from ..tables import to_csv

KEY = ["round", "question", "segment", "item", "statistic"]
_NUMBER = re.compile(r"-?\d+(?:[.,](\d+))?")
_SHEET_ROW = re.compile(r"<row\b.*?</row>", re.DOTALL)
_SHEET_CELL = re.compile(r"<c\b([^>]*)><v>([^<]*)</v>")
_DATUM = re.compile(r'<data\b[^>]*?\bvalue="([^"]*)"[^>]*?\bdata-key="([^"]*)"[^>]*>[^<]*</data>')


@dataclass
class Published(Explained):
    """`values`: what a `<data>` element may say of a row; `numbers`: those of a row by its key, and of all rows about
    one thing by the key without round and statistic, as tables to take along have it; `lines`: rows as they stand in a
    table; `sequences`: the numbers of one statistic over all items or segments in any order, as charts draw them."""

    values: dict[str, set[str]] = field(default_factory=dict)
    numbers: dict[str, set[float]] = field(default_factory=lambda: defaultdict(set))
    lines: set[str] = field(default_factory=set)
    sequences: set[tuple[float, ...]] = field(default_factory=set)

    def add(self, table: pd.DataFrame) -> None:
        """Add a table of estimates."""
        self.lines |= set(to_csv(table).splitlines())
        shown = table[table["status"] == "published"]
        keys = ["/".join(cells) for cells in shown[KEY].to_numpy().tolist()]
        numbers = zip(keys, *(shown[name].tolist() for name in ("estimate", "low", "high", "n")), strict=True)
        for key, estimate, low, high, n in numbers:
            cells = [f"{value:.10g}" for value in (estimate, low, high, n) if not pd.isna(value)]
            self.values.setdefault(key, set()).update([*cells, f"{low:.10g} {high:.10g}"])
            about = key.rpartition("/")[0]
            for name in (key, about, about.partition("/")[2]):
                self.numbers[name].update(map(float, cells))
        self._add_sequences(shown)

    def _add_sequences(self, shown: pd.DataFrame) -> None:
        families: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, (question, segment, item, statistic) in enumerate(shown[KEY[1:]].to_numpy().tolist()):
            families[question, segment, "", statistic].append(place)
            families[question, "", item, statistic].append(place)
            families["", segment, item, statistic].append(place)
            for side, part in enumerate(item.split("|") if "|" in item else ()):
                families[question, segment, f"{side}{part}", statistic].append(place)
        estimate, low, high = (shown[name].to_numpy(dtype=float) for name in ("estimate", "low", "high"))
        columns = (estimate, low, high, high - estimate, estimate - low)
        for column, places in product(columns, families.values()):
            values = column[places]
            values = values[~np.isnan(values)]
            if len(values) > 1:
                self.sequences |= {_mark(values), _mark(100 * values)}

    def without(self, text: str) -> str:
        """A page or table without the numbers that published rows account for, in which answers are then looked for."""
        if text.startswith(",".join(KEY)):
            head, *lines = text.splitlines()
            return "\n".join([head, *(line for line in lines if line not in self.lines)])
        if "<" not in (head := text.partition("\n")[0]) and ";" in head:
            rows = csv.reader(io.StringIO(text), delimiter=";")
            return "\n".join(";".join("" if self._has(cell, row) else cell for cell in row) for row in rows)
        return _DATUM.sub(lambda found: "" if found[1] in self.values.get(found[2], ()) else found[0], text)

    def without_rows(self, sheet: str, texts: list[str]) -> str:
        """A sheet of a workbook without such numbers; `texts`: its shared strings."""

        def unexplained(row: re.Match[str]) -> str:
            said = [texts[int(value)] for about, value in _SHEET_CELL.findall(row[0]) if 't="s"' in about]
            return _SHEET_CELL.sub(lambda cell: "" if self._has(cell[2], said) else cell[0], row[0])

        return _SHEET_ROW.sub(unexplained, sheet) if self.numbers else sheet

    def _has(self, cell: str, line: list[str]) -> bool:
        """Whether a line of a table ends with the key of published rows that have the number of a cell."""
        known = self.numbers.get(line[-1], ()) if line else ()
        found = _NUMBER.fullmatch(cell) if known else None
        step = 0.5 * 10.0 ** -len(found[1] or "") + 1e-9 if found else 0
        return bool(found) and any(abs(float(cell.replace(",", ".")) - number) <= step for number in known)

    def explains(self, numbers: np.ndarray) -> bool:
        return _mark(numbers) in self.sequences


def _mark(numbers: np.ndarray) -> tuple[float, ...]:
    return tuple(np.sort(np.round(numbers, 6)).tolist())
