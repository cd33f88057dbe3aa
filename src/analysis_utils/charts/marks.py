"""Charts of any long frame: published rows as `publish` gives them, or, while exploring, whatever has their columns.

A frame has at least `item`, `statistic` and `estimate`; `round`, `question`, `segment`, `low`, `high`, `unit`, `n` and
`status` are used where they are there. Lines are items, panels or series the segments or statistics beside each other.
Labels come from the codebook where the round is known. A frame in which everything is withheld shows the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..contracts import WORDS
from ..errors import DataError
from ..rounds import Round, open_round
from ..wording import (
    Evidence,
    Html,
    Row,
    class_label,
    german,
    named,
    note,
    plain_interval,
    row_of,
    segment_label,
    short_label,
    shown,
    shown_interval,
    shown_n,
    table as html_table,
)
from .chart import ACCENT, Bars, Chart, Circles, Column, Dots, Line, Mark, Ranks, Series, Slope, Value, Words
from .poll import LIGHT_TO_DARK, NEUTRAL, line_series
from .ready import ready
from .values import best, interval_text, round_end, source_line, value_of

DEFAULTS = {
    "round": "",
    "question": "",
    "segment": "all",
    "low": None,
    "high": None,
    "unit": "",
    "n": None,
    "method": "",
    "status": "published",
    "provenance": "original",
}
PEOPLE = "respondents"
REASONS = {
    "suppressed_small_base": "Zu wenige Personen haben geantwortet.",
    "suppressed_complementary": "Die Zahlen verrieten andere, die geschützt sind.",
    "suppressed_earlier_version": "Neben einer früheren Fassung verrieten die Zahlen einzelne Antworten.",
    "suppressed_undeclared": "Diese Kennzahl ist für Gruppen nicht freigegeben.",
    "suppressed_too_many_cuts": "Die Frage ist schon auf mehrere Arten aufgeteilt; eine weitere verriete zu viel.",
}


def dots(rows: pd.DataFrame, beside: Sequence[str] = (), *, panels: str = "segment", title: str = "") -> Chart | Html:
    """A dot with its interval per item, the largest on top. `beside` names what stands next to it: `interval`, `n`,
    `rank` (a strip of possible ranks) or any other statistic of the frame. `panels` is the column whose values stand in
    fields of their own (`segment`, `statistic`, `question` or `round`)."""
    if (made := ready("dots", rows)) is not None:
        return _titled(made, title)
    frame = _Frame.of(rows, beside, several=panels == "statistic")
    if frame.reason:
        return frame.withheld()
    fields, items = frame.values_of(panels), frame.items
    cells = {field: frame.values(panels, field) for field in fields}
    is_share = frame.unit == "share"
    end = 1.0 if is_share else round_end(cells.values())
    columns: list[Column] = [
        Dots(
            frame.label(panels, field) if len(fields) > 1 else "",
            [[one] for one in cells[field]],
            end,
            frame.measure,
            start=min(0.0, frame.lowest),
            is_share=is_share,
        )
        for field in fields
    ]
    first = {row.item: row for row in frame.rows_at(panels, fields[0])}
    for name in beside:
        columns.append(frame.beside(name, [first.get(item) for item in items]))
    return frame.chart("dots", title, columns)


def bars(rows: pd.DataFrame, *, title: str = "") -> Chart | Html:
    """A bar per item with its interval."""
    if (made := ready("bars", rows)) is not None:
        return _titled(made, title)
    frame = _Frame.of(rows)
    if frame.reason:
        return frame.withheld()
    values = frame.values("segment", frame.values_of("segment")[0])
    cells = [[one or Value(None, german.NONE)] for one in values]
    drawn = Bars("", cells, [[Series("", ACCENT)]] * len(cells), frame.measure, is_share=frame.unit == "share")
    return frame.chart("bars", title, [drawn, Words("", [row[0].text for row in cells])])


def stacked(rows: pd.DataFrame, *, title: str = "") -> Chart | Html:
    """A bar per item; items `a|b` are part `b` of the bar `a`, else the segments are its parts."""
    if (made := ready("stacked", rows)) is not None:
        return _titled(made, title)
    frame = _Frame.of(rows)
    return frame.withheld() if frame.reason else frame.crossed("stacked", title)


def grid(rows: pd.DataFrame, *, title: str = "") -> Chart | Html:
    """A circle per item and column; items `a|b` stand in line `a` and column `b`, else the segments are columns."""
    if (made := ready("grid", rows)) is not None:
        return _titled(made, title)
    frame = _Frame.of(rows)
    return frame.withheld() if frame.reason else frame.crossed("grid", title)


def slope(rows: pd.DataFrame, *, title: str = "") -> Chart | Html:
    """A line per item over the statistics of the frame, which are ranks."""
    if (made := ready("slope", rows)) is not None:
        return _titled(made, title)
    frame = _Frame.of(rows, several=True)
    return frame.withheld() if frame.reason else frame.crossed("slope", title)


def table(rows: pd.DataFrame, *, title: str = "", plain: bool = False) -> Html:
    """The frame as an accessible table, every number with its key; `plain`: every row as it is, also where the report
    has a table of its own for them."""
    if not plain and (made := ready("table", rows)) is not None:
        return made
    frame = _Frame.of(rows, several=True)
    if frame.reason:
        return frame.withheld()
    lines = []
    for row in frame.rows:
        about = [frame.item_label(row.item), frame.label("segment", row.key.split("/")[2]), frame.name(row.statistic)]
        n = shown_n(row) if row.n is not None else Markup(german.NONE)
        lines.append([*about, shown(row), shown_interval(row), n])
    head = ["Gegenstand", "Gruppe", "Kennzahl", "Wert", "95-%-Bereich", "n"]
    return html_table(title or frame.measure, head, lines, name=frame.id, numeric_from=3)


def _titled(made: Chart | Html, title: str) -> Chart | Html:
    return replace(made, title=title) if title and isinstance(made, Chart) else made


@dataclass(frozen=True)
class _Frame:
    """A long frame, read: `main` are the rows that are drawn, `table` all of them."""

    table: pd.DataFrame
    main: pd.DataFrame

    @classmethod
    def of(cls, rows: pd.DataFrame, beside: Sequence[str] = (), *, several: bool = False) -> _Frame:
        """Draws the statistic asked first of those that do not stand beside, or `several`.

        Raises: DataError for no frame.
        """
        missing = sorted({"item", "statistic", "estimate"} - set(rows))
        if missing or rows.empty:
            saw = f"no {', '.join(missing)}" if missing else "no row"
            raise DataError("chart", "a long frame with the columns item, statistic and estimate", saw)
        whole = rows.assign(**{name: value for name, value in DEFAULTS.items() if name not in rows})
        kept = whole[~whole["statistic"].isin(beside)]
        kept = whole if kept.empty else kept  # what is to stand beside is all there is
        if not (kept["statistic"] == PEOPLE).all():  # the people in each class stand beside every number
            kept = kept[kept["statistic"] != PEOPLE]
        shown = kept.groupby(["question", "segment"])["status"].transform(lambda status: (status == "published").any())
        kept = kept[shown] if shown.any() else kept
        found, first = list(kept["statistic"]), rows.attrs.get("first")
        return cls(whole, kept if several else kept[kept["statistic"] == (first if first in found else found[0])])

    @property
    def reason(self) -> str:
        """Why nothing of it can be shown; empty where something can."""
        if (self.main["status"] == "published").any():
            return ""
        found = list(self.main["status"])
        status = "suppressed_undeclared" if "suppressed_undeclared" in found else found[0]
        return REASONS.get(status, "Die Zahlen sind zurückgehalten.")

    def withheld(self) -> Html:
        return note(f"{self.measure}: Zum Schutz einzelner Personen nicht gezeigt. {self.reason}")

    @cached_property
    def rows(self) -> list[Row]:
        return [self._row(record) for record in self.main.to_dict("records")]

    def _row(self, record: dict[Any, Any]) -> Row:
        return row_of({**record, "unit": record["unit"] or "scale"})  # own statistics are printed with one decimal

    @cached_property
    def round(self) -> Round | None:
        if "of" in self.table.attrs:
            held = self.table.attrs["of"].value
            return held.round if isinstance(held, Evidence) else held
        try:
            return open_round(str(self.table["round"].iloc[0])) if self.table["round"].iloc[0] else None
        except DataError:
            return None

    @property
    def id(self) -> str:
        question = str(self.main["question"].iloc[0]) or "auswahl"
        return f"{question}_{self.main['statistic'].iloc[0]}".casefold().replace("/", "_")

    @property
    def unit(self) -> str:
        return str(self.main["unit"].iloc[0])

    @property
    def lowest(self) -> float:
        return min([row.low if row.low is not None else row.value for row in self.rows if row.estimate is not None])

    @property
    def measure(self) -> str:
        return ", ".join(map(self.name, dict.fromkeys(self.main["statistic"].astype(str))))

    def name(self, statistic: str) -> str:
        return WORDS[statistic].name if statistic in WORDS else statistic

    def item_label(self, item: str) -> str:
        if item.lstrip("-").isdecimal():
            return f"Wert {class_label(item)}"
        if self.round is None or not item:
            return item or "gesamt"
        return short_label(self.round, item)

    def label(self, column: str, value: str) -> str:
        if column == "statistic":
            return self.name(value)
        if column == "segment" and self.round is not None:
            return segment_label(self.round, value)
        return "Alle" if (column, value) == ("segment", "all") else value

    def values_of(self, column: str) -> list[str]:
        return [str(value) for value in dict.fromkeys(self.main[column])]

    def rows_at(self, column: str, value: str) -> list[Row]:
        return [row for row, one in zip(self.rows, self.main[column], strict=True) if str(one) == value]

    @cached_property
    def items(self) -> list[str]:
        """The largest first where all are measured alike; scale values and names of classes in their order."""
        found = list(dict.fromkeys(self.main["item"]))
        if self.unit not in ("", "points", "scale", "share") or all(item.lstrip("-").isdigit() for item in found):
            return found
        first = {row.item: row.value for row in reversed(self.rows) if row.estimate is not None}
        return sorted(found, key=lambda item: -first.get(item, float("-inf")))

    def values(self, column: str, value: str) -> list[Value | None]:
        own = {row.item: row for row in self.rows_at(column, value)}
        where = self.label(column, value)
        return [value_of(own[item], self.item_label(item), where) if item in own else None for item in self.items]

    def beside(self, name: str, rows: list[Row | None]) -> Column:
        if name == "interval":
            return Words("95-%-\nBereich", [interval_text(row) for row in rows])
        if name == "n":
            return Words("n", [german.number(row.n) if row else "" for row in rows])
        mine = self.table[(self.table["statistic"] == name) & (self.table["segment"] == self.table["segment"].iloc[0])]
        if mine.empty:
            raise DataError(
                "chart", f"rows of the statistic {name} in the frame", "none", remedy="leave it out of beside"
            )
        own = {row.item: row for row in (self._row(record) for record in mine.to_dict("records"))}
        found = [own.get(item) for item in self.items]
        if name == "rank":
            labels = [self.item_label(item) for item in self.items]
            return Ranks("mögliche\nRänge", [_rank(*one) for one in zip(found, labels, strict=True)])
        spans = ("rank", "tier")
        return Words(self.name(name), [interval_text(row) if name in spans else value_of(row).text for row in found])

    def crossed(self, mark: Mark, title: str) -> Chart:
        """Lines by columns: the two halves of `a|b` items, or items by segments (for a slope, by statistics)."""
        is_pair = mark != "slope" and all("|" in str(item) for item in self.main["item"])
        across = "statistic" if mark == "slope" else "segment"
        keys = [
            (row.item.split("|", 1) if is_pair else (row.item, str(one)))
            for row, one in zip(self.rows, self.main[across], strict=True)
        ]
        lines, heads = (list(dict.fromkeys(part)) for part in zip(*keys, strict=True))
        names = [self.item_label(head) if is_pair else self.label(across, head) for head in heads]
        found = {tuple(key): row for key, row in zip(keys, self.rows, strict=True)}
        cells = [
            [
                value_of(found.get((line, head)), self.item_label(line), name)
                for head, name in zip(heads, names, strict=True)
            ]
            for line in lines
        ]
        colours = [NEUTRAL, *LIGHT_TO_DARK][-len(heads) :] if len(heads) <= 7 else [ACCENT] * len(heads)
        series = [Series(name, colour) for name, colour in zip(names, colours, strict=True)]
        columns: dict[str, Column] = {
            "stacked": Bars("", cells, [series] * len(lines), self.measure, is_share=self.unit == "share"),
            "grid": Circles(names, cells),
            "slope": Slope(names, cells, line_series(lines)),
        }
        return self.chart(mark, title, [columns[mark]], lines)

    def chart(self, mark: Mark, title: str, columns: list[Column], lines: list[str] | None = None) -> Chart:
        labels = [self.item_label(line) for line in (self.items if lines is None else lines)]
        n = sorted({int(value) for value in self.main["n"].dropna()})
        bases = f"n = {german.number(n[0])}{f'–{german.number(n[-1])}' if len(n) > 1 else ''}" if n else ""
        date = german.date(self.round.file.date) if self.round else ""
        texts = zip(labels, *(column.texts for column in columns), strict=True)
        told = "; ".join(f"{label}: {', '.join(filter(None, each))}" for label, *each in texts)
        return Chart(
            f"{mark}_{self.id}",
            mark,
            title or self._title(),
            " · ".join(filter(None, (self.measure, bases, date))),
            f"Linie: 95-%-Unsicherheitsbereich. {source_line(self.round)}" if self.round else "",
            f"{self.measure}. {told}.",
            [Line(label) for label in labels],
            columns,
            self.main.reset_index(drop=True),
        )

    def _title(self) -> str:
        """The result in a line: which item is largest, as far as one is."""
        rows = [
            row
            for row in self.rows_at("segment", self.values_of("segment")[0])
            if row.statistic == self.main["statistic"].iloc[0]
        ]
        first = best(rows)
        if len(rows) < 2 or not 1 <= len(first) <= 2 or self.unit == "rank":
            return self.measure[:1].upper() + self.measure[1:]
        return f"Am größten bei {named([self.item_label(row.item) for row in first])}: {self.measure}"


def _rank(row: Row | None, label: str) -> Value:
    if row is None or row.estimate is None:
        return Value(None, german.WITHHELD, f"{label}\nzurückgehalten")
    text = plain_interval(row)
    return Value(row.estimate, text, f"{label}\nmögliche Ränge: {text}", row.low, row.high)
