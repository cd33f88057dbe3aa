"""The static drawing of poll and groups side by side, and what it shares with the interactive one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import german
from .evidence import Row, plain
from .figure import ACCENT, BAND, INK, MUTED, PAPER, RULE, drawing_style, plot_area, row_inches
from .grid_figure import LIGHT, radius_of
from .joint_display import Joint
from .labels import depth, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

LEFT, GROUP, STEP = 2.05, 0.55, 0.46  # inches: labels, one group, least height of a row
POLL, ALONE = 2.35, 4.0  # inches: the poll beside groups, the poll without them
GAP, CLASS = 0.3, 2.25  # inches: between poll and groups, for the class of integration
SIGNS = {"konvergent": "=", "ergänzend": "+", "divergent": "≠", "nur Umfrage": "–", "nur Gruppen": "–"}


@dataclass(frozen=True)
class Picture:
    """What both drawings show: areas with their labels, the groups' names, points per option if all got the same."""

    rows: list[Joint]
    labels: list[str]
    heads: list[str]
    share: float

    @property
    def has_poll(self) -> bool:
        return any(row.mean for row in self.rows)

    @property
    def end(self) -> float:
        """Where the axis of points ends."""
        means = [row.mean for row in self.rows if row.mean]
        tops = [mean.high if mean.high is not None else mean.value for mean in means]
        return 5 * (max([*tops, self.share, 1]) // 5 + 1)

    @property
    def largest(self) -> float:
        """The most statements of a group on an area."""
        return max([cell.value for row in self.rows for cell in row.by_group] + [1.0])

    def is_strong(self, cell: Row) -> bool:
        """Whether a circle is filled darkly."""
        return cell.value >= 0.4 * self.largest


def draw_joint(picture: Picture) -> Drawing:
    """The static drawing."""
    from matplotlib.figure import Figure as Drawing

    rows, poll = picture.rows, (POLL if picture.heads else ALONE) if picture.has_poll else 0.0
    labels, heads = wrapped(picture.labels, 25), wrapped(picture.heads, 8)
    above, below = 0.3 + 0.18 * depth(heads), 0.6
    row_height = row_inches(labels, STEP)
    height, start = row_height * max(1, len(rows)), LEFT + poll + GAP
    end = start + GROUP * len(picture.heads) + 0.2
    with drawing_style():
        drawing = Drawing(figsize=(end + CLASS, above + below + height))
        back = plot_area(drawing, 0, below, end + CLASS, height)
        back.set(xlim=(0, end + CLASS), ylim=(len(rows) - 0.5, -0.5), xticks=[], yticks=[])
        for place in range(0, len(rows), 2):
            back.axhspan(place - 0.5, place + 0.5, color=BAND, lw=0)
        axes = _poll_axes(drawing, picture, (LEFT, below, poll, height)) if poll else None
        for place, (label, row) in enumerate(zip(labels, rows, strict=True)):
            back.text(0.12, place, label, va="center", linespacing=0.95)
            if axes is not None:
                _draw_poll(axes, place, row.mean)
            _draw_groups(back, place, row, start, picture, row_height)
            _draw_class(back, place, row, end)
        _draw_heads(back, heads, start, end)
    return drawing


def _poll_axes(drawing: Drawing, picture: Picture, area: tuple[float, float, float, float]) -> Axes:
    axes = plot_area(drawing, *area)
    axes.set(xlim=(0, picture.end), ylim=(len(picture.rows) - 0.5, -0.5), yticks=[], facecolor="none")
    axes.set_xlabel("mittlere Punkte der Umfrage")
    axes.grid(axis="x", color=RULE, lw=0.8)
    axes.axvline(picture.share, color=MUTED, lw=1, ls=(0, (4, 3)))
    return axes


def _draw_heads(back: Axes, heads: list[str], start: float, end: float) -> None:
    for number, head in enumerate(heads):
        x = start + GROUP * (number + 0.5)
        back.text(x, -0.6, head, ha="center", va="bottom", fontsize=9.5, color=MUTED, linespacing=0.95)
    back.text(end, -0.6, "Einordnung", va="bottom", fontsize=9.5, color=MUTED)


def _draw_class(back: Axes, place: int, row: Joint, end: float) -> None:
    weight = "bold" if row.integration == "divergent" else "normal"
    shift = 0.12 if row.covered else 0
    back.text(end, place - shift, f"{SIGNS[row.integration]}  {row.integration}", va="center", weight=weight)
    if row.covered:
        back.text(end + 0.17, place + 0.26, f"Gruppen: {row.groups}", va="center", color=MUTED, fontsize=9)


def _draw_poll(axes: Axes, place: int, mean: Row | None) -> None:
    if mean is None:
        return
    if mean.low is not None and mean.high is not None:
        axes.plot([mean.low, mean.high], [place, place], color=ACCENT, lw=3.5, alpha=0.4, solid_capstyle="butt")
    axes.plot(mean.value, place, "o", color=ACCENT, ms=7.5, clip_on=False)
    ground = {"facecolor": PAPER if place % 2 else BAND, "edgecolor": "none", "pad": 0.4}
    axes.text(mean.value, place - 0.18, plain(mean), ha="center", va="bottom", fontsize=9, bbox=ground)


def _draw_groups(back: Axes, place: int, row: Joint, start: float, picture: Picture, height: float) -> None:
    from matplotlib.patches import Ellipse

    for number, cell in enumerate(row.by_group):
        x = start + GROUP * (number + 0.5)
        if not cell.value:
            back.text(x, place, german.NONE, ha="center", va="center", color=MUTED)
            continue
        radius = radius_of(cell.value, picture.largest)
        colour, ink = (ACCENT, PAPER) if picture.is_strong(cell) else (LIGHT, INK)
        back.add_patch(Ellipse((x, place), 2 * radius, 2 * radius / height, color=colour, lw=0, zorder=2))
        back.text(x, place, plain(cell), ha="center", va="center", color=ink, fontsize=9.5, zorder=3)
