"""What stands on a slide, said once: the story makes these, the deck draws them, `verify` reads the drawn ones back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..charts import ACCENT, LIGHT, ORANGE, SOFT, Bars, Chart, Circles, Dots, Ranks, Slope, Value, Words, total
from ..wording import german

SOURCES = "Zeilen in estimates.csv: "
MOST_SERIES, MOST_LINES = 4, 12
PALETTE = (ACCENT, LIGHT, SOFT, ORANGE)


@dataclass(frozen=True)
class Grid:
    """A table: its first row names the columns, its first column what a row is about."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Points:
    """Sentences, one below the other."""

    sentences: Sequence[str]


@dataclass(frozen=True)
class Picture:
    content: bytes
    alt: str


@dataclass(frozen=True)
class Bar:
    """A native chart: `kind` as the deck knows it, `cells[series][category]`, the alt text that tells it."""

    kind: str
    categories: Sequence[str]
    series: Sequence[tuple[str, str]]
    """Name and colour of each."""
    cells: Sequence[Sequence[Value | None]]
    is_share: bool
    alt: str
    end: float = 0.0
    """Where the axis ends, the same on all slides of one chart."""
    point_colours: Sequence[str] = ()


Body = Grid | Points | Picture | Bar


@dataclass(frozen=True)
class Slide:
    """`title` is the claim; `subtitle` measure, n and date. `notes` are for whoever speaks; `page` is the page of the
    report it comes from, `keys` the rows of `estimates` behind it. `about`: poll, notes of groups, or both."""

    title: str
    subtitle: str
    body: Body | None
    notes: Sequence[str] = ()
    page: str = ""
    keys: Sequence[str] = ()
    about: str = "poll"

    @property
    def spoken(self) -> str:
        """The speaker notes: what to say, where it is from."""
        parts = [note for note in self.notes if note]
        parts += [f"Mehr dazu: {self.page}"] if self.page else []
        parts += [f"{SOURCES}{' · '.join(patterns(self.keys))}"] if self.keys else []
        return "\n".join(parts)


def patterns(keys: Iterable[str]) -> list[str]:
    """Keys of rows (round/question/segment/item/statistic), those of one statistic together: the item as `*`."""
    by_rest: dict[tuple[str, str, str, str], set[str]] = {}
    for key in keys:
        round_, question, segment, item, statistic = key.split("/")
        by_rest.setdefault((round_, question, segment, statistic), set()).add(item)
    return [
        "/".join((*rest[:3], next(iter(items)) if len(items) == 1 else "*", rest[3])) for rest, items in by_rest.items()
    ]


def keys_of(chart: Chart) -> list[str]:
    columns = ("round", "question", "segment", "item", "statistic")
    return ["/".join(map(str, row)) for row in chart.rows[list(columns)].itertuples(index=False)]


def slides_of(chart: Chart, page: str, about: str = "poll") -> list[Slide]:
    """A chart on slides, one for each panel that has an axis of its own; as a table where no native chart shows it."""
    notes = [f"{chart.title}.", chart.alt, chart.caption]
    keys = keys_of(chart)
    found = []
    for sub, body in _bodies(chart):
        hides = isinstance(body, Bar) and any(one and one.text == german.WITHHELD for row in body.cells for one in row)
        found.append(Slide(chart.title, f"{sub} · • zurückgehalten" if hides else sub, body, notes, page, keys, about))
    return found


def _bodies(chart: Chart) -> list[tuple[str, Body]]:
    first = chart.columns[0] if chart.columns else None
    dots = [column for column in chart.columns if isinstance(column, Dots)]
    found: list[tuple[str, Body]] = []
    if isinstance(first, Bars):
        found = _of_bars(chart, first)
    elif dots and not any(isinstance(column, Bars | Circles | Slope) for column in chart.columns):
        found = _of_dots(chart, dots)
    elif isinstance(first, Slope) and len(chart.lines) <= MOST_LINES:
        series = [(_flat(line.label), one.colour) for line, one in zip(chart.lines, first.series, strict=True)]
        heads = [_flat(head) for head in first.heads]
        found = [(chart.subtitle, Bar("slope", heads, series, first.cells, False, chart.alt))]
    return found or [(chart.subtitle, table) for table in _tables(chart)]


def _of_bars(chart: Chart, bars: Bars) -> list[tuple[str, Body]]:
    labels = _labels(chart)
    if chart.upright:
        colours = [own[0].colour for own in bars.series]
        cells = [[row[0] for row in bars.cells]]
        body = Bar("columns", labels, [("Antworten", ACCENT)], cells, bars.is_share, chart.alt, 0, colours)
        return [(" · ".join(filter(None, (chart.subtitle, ", ".join(filter(None, chart.ends))))), body)]
    found: list[tuple[str, Body]] = []
    for block, at in _blocks(chart).items():
        own = bars.series[at[0]]
        if len(own) > 1 and any(bars.series[place] != own for place in at):  # parts or colours of their own in a line
            return []
        series = [(one.name or "Wert", one.colour) for one in own]
        cells = [[bars.cells[place][number] for place in at] for number in range(len(series))]
        kind, end = ("stacked", max(map(total, bars.cells))) if len(series) > 1 else ("bars", bars.end)
        body = Bar(kind, [labels[place] for place in at], series, cells, bars.is_share, chart.alt, end)
        found.append((" · ".join(filter(None, (block, chart.subtitle))), body))
    return found


def _blocks(chart: Chart) -> dict[str, list[int]]:
    """The places of the lines that stand under each heading."""
    found: dict[str, list[int]] = {}
    for place, line in enumerate(chart.lines):
        found.setdefault(line.block, []).append(place)
    return found


def _of_dots(chart: Chart, dots: Sequence[Dots]) -> list[tuple[str, Body]]:
    """All panels as series of one chart where they measure the same, else a chart each; and one for every block."""
    is_one = len({(column.is_share, column.axis) for column in dots}) == 1
    panels = [list(dots)] if is_one else [[column] for column in dots]
    labels, found = _labels(chart), list[tuple[str, Body]]()
    for block, at in _blocks(chart).items():
        for columns in panels:
            own = [(column, number, one) for column in columns for number, one in enumerate(column.series)]
            if len(own) > MOST_SERIES:
                return []
            told = {one.colour for *_, one in own}
            colours = [LIGHT if one.hollow else one.colour for *_, one in own] if len(told) == len(own) else PALETTE
            series = [(_flat(one.name or column.head) or "Wert", colour)
                      for (column, _, one), colour in zip(own, colours, strict=False)]  # fmt: skip
            cells = [[column.cells[place][number] for place in at] for column, number, _ in own]
            drawn = [value for row in cells for value in row if value is not None and value.value is not None]
            end = 1.0 if columns[0].is_share else max((value.high or value.value or 0 for value in drawn), default=1.0)
            measure = (
                chart.subtitle if is_one else " · ".join([_flat(columns[0].head), *chart.subtitle.split(" · ")[1:]])
            )
            body = Bar("bars", [labels[place] for place in at], series, cells, columns[0].is_share, chart.alt, end)
            found.append((" · ".join(filter(None, (block, measure))), body))
    return found


def _labels(chart: Chart) -> list[str]:
    """Labels with the possible ranks and the n that stand beside a line."""
    labels = [_flat(line.label) for line in chart.lines]
    for column in chart.columns:
        if isinstance(column, Ranks):
            labels = [f"{label} (Rang {text})" for label, text in zip(labels, column.texts, strict=True)]
        elif isinstance(column, Words) and column.head == "n":
            labels = [f"{label} (n = {text})" for label, text in zip(labels, column.texts, strict=True)]
    return labels


def _tables(chart: Chart, most: int = 9) -> list[Grid]:
    """The texts of all columns; more columns than fit go on in a further table."""
    columns: list[tuple[str, list[str]]] = []
    for column in chart.columns:
        if isinstance(column, Circles | Slope):
            columns += [(_flat(head), [row[at].text for row in column.cells]) for at, head in enumerate(column.heads)]
        else:
            columns.append((_flat(getattr(column, "head", "")) or "Wert", [_flat(text) for text in column.texts]))
    named = [(at, _flat(line.label)) for at, line in enumerate(chart.lines)]
    return [
        Grid(["", *(head for head, _ in part)], [[label, *(texts[at] for _, texts in part)] for at, label in named])
        for part in (columns[start : start + most] for start in range(0, len(columns), most))
    ]


def _flat(text: str) -> str:
    return re.sub(r"[ \t\n\r\v]+", " ", re.sub(r"-\n(?=[a-zäöü])", "", text)).strip()


def printed(value: Value | None, is_share: bool) -> tuple[float | None, float | None, float | None, int]:
    """A value and its interval rounded as printed, with the number of decimals; nothing else of it is in the file."""
    if value is None or value.value is None:
        return None, None, None, 0
    decimals = len(value.text.partition(",")[2].strip("%\u00a0 ")) if "," in value.text else 0
    digits = decimals + 2 if is_share else decimals
    low, high = (None if one is None else german._half_up(one, digits) for one in (value.low, value.high))
    return german._half_up(value.value, digits), low, high, decimals
