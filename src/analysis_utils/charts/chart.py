"""What a picture shows, said once. Screen, paper and slides each draw it from this description and from nothing else.

A chart is a table of pictures: `lines` from the top (areas, groups, scale values) and `columns` from the left. Columns
are of six kinds: `Dots` (numbers with intervals), `Bars` (lengths, also stacked), `Circles` (counts in a grid), `Ranks`
(a strip of possible places), `Brackets` (lines that belong together) and `Words` (numbers as text). Two charts use
the same table in another way: `upright` bars stand on their lines instead of beside them (the distribution of a scale),
and `Slope` joins the values of a line over several heads.

Everything is ready to be drawn: numbers come as `Value`s with the text that is printed, so that no renderer formats or
computes anything. A renderer that lacks a kind of column (a slide) prints its `texts` as a column of a table instead:
every kind has them, one per line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from .. import wall
from ..tables import to_csv
from ..wording import BESIDE, PLOTLY_MIME, REFERENCE, Picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Drawing

Mark = Literal["dots", "bars", "stacked", "grid", "slope"]
INK, MUTED, RULE, PAPER, BAND = "#1b2733", "#52616f", "#d5dbe1", "#ffffff", "#f2f5f8"
ACCENT, SOFT, LIGHT, ORANGE, GREEN = "#0b5c8c", "#a9b7c4", "#9dc3dc", "#b5541c", "#2e7d5b"
"""Blue and greys are distinct in grey print and for colour-blind readers; orange and green stand beside blue only, and
never as the only sign."""


@dataclass(frozen=True)
class Value:
    """One published number. `value` is None where none may be shown or none was given; `text` then is the sign for it
    (`•`, `–`). `told` is what a reader is told on demand, in lines; it says the number itself, too."""

    value: float | None
    text: str
    told: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Line:
    """`label` may end in `\\n(n = 12)`, which keeps a line of its own. Neighbours with the same `block` stand under it
    as their heading."""

    label: str
    block: str = ""


@dataclass(frozen=True)
class Series:
    """What one colour stands for; `hollow` is the earlier of two rounds."""

    name: str
    colour: str = ACCENT
    hollow: bool = False


@dataclass(frozen=True)
class Dots:
    """`cells[line][series]`, drawn between `start` and `end` of an axis called `axis`. `mark_at` is a value with a
    dashed line and its words (the equal share)."""

    head: str
    cells: Sequence[Sequence[Value | None]]
    end: float
    axis: str = ""
    start: float = 0.0
    series: Sequence[Series] = (Series(""),)
    mark_at: tuple[float, str] | None = None
    is_share: bool = False
    prints: bool = True
    """Whether the number stands beside its dot (not where a column of words has it)."""

    @property
    def texts(self) -> list[str]:
        return [" / ".join(cell.text if cell else "–" for cell in row) for row in self.cells]


@dataclass(frozen=True)
class Bars:
    """`cells[line][part]`; the parts of a line may be others than those of its neighbour (`series[line][part]`)."""

    head: str
    cells: Sequence[Sequence[Value]]
    series: Sequence[Sequence[Series]]
    axis: str = ""
    is_share: bool = False

    @property
    def end(self) -> float:
        """Where the longest line ends, with its interval."""
        return max((max(total(row), *(cell.high or 0 for cell in row), 0) for row in self.cells), default=0) or 1.0

    @property
    def texts(self) -> list[str]:
        return [", ".join(f"{s.name}: {c.text}" if s.name else c.text for s, c in zip(series, row, strict=True))
                for series, row in zip(self.series, self.cells, strict=True)]  # fmt: skip


@dataclass(frozen=True)
class Circles:
    """`cells[line][head]`: a circle whose area grows with the count, the number inside, a dash for none."""

    heads: Sequence[str]
    cells: Sequence[Sequence[Value]]
    head: str = ""

    @property
    def largest(self) -> float:
        return max([cell.value or 0 for row in self.cells for cell in row] + [1.0])

    @property
    def texts(self) -> list[str]:
        return [", ".join(f"{h}: {c.text}" for h, c in zip(self.heads, row, strict=True)) for row in self.cells]


@dataclass(frozen=True)
class Ranks:
    """`cells[line]` has the rank as `value` and the possible ranks as `low` and `high`."""

    head: str
    cells: Sequence[Value]

    @property
    def texts(self) -> list[str]:
        return [cell.text for cell in self.cells]


@dataclass(frozen=True)
class Brackets:
    """(first line, last line) of the runs that belong together; runs may overlap. `words` say what they mean. `names`
    has for every line the runs it is in."""

    head: str
    spans: Sequence[tuple[int, int]]
    names: Sequence[str]

    @property
    def texts(self) -> list[str]:
        return list(self.names)

    @cached_property
    def columns(self) -> list[int]:
        """The column each bracket stands in: the first one in which it meets no other."""
        columns, ends = [], list[int]()
        for first, last in self.spans:
            column = next((place for place, end in enumerate(ends) if end < first), len(ends))
            ends[column : column + 1] = [last]
            columns.append(column)
        return columns


@dataclass(frozen=True)
class Words:
    """Text beside the line; `strong` in bold. On a phone, where there is no head, `below` stands under each line."""

    head: str
    texts: Sequence[str]
    strong: bool = False
    below: Sequence[str] = ()


@dataclass(frozen=True)
class Slope:
    """`cells[line][head]` are ranks; line `n` has `series[n]`'s colour."""

    heads: Sequence[str]
    cells: Sequence[Sequence[Value]]
    series: Sequence[Series]
    axis: str = "Rang"
    head: str = ""

    @property
    def texts(self) -> list[str]:
        return [", ".join(cell.text for cell in row) for row in self.cells]


Column = Dots | Bars | Circles | Ranks | Brackets | Words | Slope


def total(row: Sequence[Value]) -> float:
    return sum(cell.value or 0 for cell in row)


@dataclass(frozen=True)
class Chart(Picture):
    """A picture. `title` says its result in at most fifteen words; `subtitle` says measure, n and date; `caption` what
    the signs mean and where the numbers come from; `alt` tells the picture to those who cannot see it. `rows` are the
    published rows behind it, as they travel in its CSV. `ends` are the words below the first and last of upright bars.
    """

    name: str
    mark: Mark
    title: str
    subtitle: str
    caption: str
    alt: str
    lines: Sequence[Line]
    columns: Sequence[Column]
    rows: pd.DataFrame = field(repr=False)
    upright: bool = False
    ends: tuple[str, str] = ("", "")
    reference: Any = field(default=None, compare=False, repr=False)

    def save(self, folder: Path) -> Chart:
        """Write `name.svg` (for documents), `name.png` (16:9, for projectors) and `name.csv` (the published rows behind
        the picture) and return self. Where private tables are read, they are written when the page is made."""
        if wall.is_open():
            return self
        from .paper import png, svg_alone

        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.svg").write_bytes(svg_alone(self))
        (folder / f"{self.name}.png").write_bytes(png(self))
        (folder / f"{self.name}.csv").write_text(to_csv(self.rows), encoding="utf-8", newline="\n")
        return self

    @property
    def of_round(self) -> str:
        return str(self.rows["round"].iloc[-1]) if "round" in self.rows and len(self.rows) else ""

    def draw(self) -> Drawing:
        """The static drawing, without title and source."""
        from .paper import drawn
        from .plan import plan_of

        return drawn(plan_of(self))

    def spec(self) -> dict[str, Any]:
        """The interactive chart as plain JSON."""
        from .screen import spec

        return spec(self)

    def made(self) -> tuple[dict[str, str], dict[str, Any]]:
        """What a page makes its unit of: name, title, subtitle, caption and alt text; the drawings by type."""
        data, metadata = self._repr_mimebundle_()
        return metadata["fachdialog"], data

    def _ipython_display_(self) -> None:
        """In a notebook: title, chart, and below it caption and description. A page takes the chart alone and builds
        its unit from it (`export`)."""
        from IPython.display import display

        data, metadata = self._repr_mimebundle_()
        title = Markup("<b>{}</b><br>{}").format(self.title, self.subtitle)
        below = Markup("<p>{}</p><details><summary>Beschreibung</summary>{}</details>").format(self.caption, self.alt)
        display({"text/html": str(title)}, raw=True, metadata=BESIDE)
        display(data, raw=True, metadata=metadata)
        display({"text/html": str(below)}, raw=True, metadata=BESIDE)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        names = ("name", "title", "subtitle", "caption", "alt")
        about = {name: getattr(self, name) for name in names}
        words = f"{self.title}\n{self.alt}"
        bundle: dict[str, Any] = {"text/plain": words} | ({REFERENCE: self.reference} if self.reference else {})
        if not (self.reference and wall.is_open()):  # there, nothing but the reference is taken
            from .paper import svg_inside

            bundle |= {PLOTLY_MIME: self.spec(), "image/svg+xml": svg_inside(self)}
        return bundle, {"fachdialog": about}
