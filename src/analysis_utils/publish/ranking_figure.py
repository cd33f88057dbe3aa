"""The picture of the ranking: mean points with intervals, sorted, the ranks the data allow, and who gave points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..round_file import Question
from . import german
from .evidence import Evidence, plain, plain_interval
from .figure import (
    ACCENT,
    BAND,
    MUTED,
    RULE,
    Figure,
    drawing_style,
    plot_area,
    row_inches,
    source_line,
)
from .labels import LINE_SPACING, short_label, wrapped
from .ranking_interactive import interactive_ranking
from .ranking_lines import LEAST_ROW, POSSIBLE, Line, axis_end, bracket_columns, has_ranks, tier_spans
from .sentences import ranking_headline, sorted_means

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

STATISTICS = ["mean_points", "givers", "share_giving_points", "rank", "tier"]
WIDTH, LEFT, PLOT = 8.6, 2.45, 2.3  # inches: picture, labels, plot
POINTS, INTERVAL, RANKS, RANKS_END, GIVERS, TIERS = 5.05, 5.68, 6.18, 7.23, 7.57, 7.98
"""Inches from the left: middle of a column of numbers, ends of the strip of ranks, first bracket."""


def ranking_chart(evidence: Evidence, question: Question) -> Figure:
    """Dot and interval per area, highest mean first; beside it points, possible ranks and givers."""
    tiers = {row.item: row for row in evidence.rows(question, "tier")}
    lines = [
        Line(
            short_label(evidence.round, mean.item),
            mean,
            evidence.row(question, "rank", mean.item),
            evidence.row(question, "givers", mean.item),
            tiers.get(mean.item),
        )
        for mean in sorted_means(evidence, question)
    ]
    n = evidence.row(question, "respondents").n
    caption = (
        f"Mittlere Punkte von {german.number(question.total)}, n = {german.number(n)} Stimmzettel. {_signs(lines)} "
    )
    caption += source_line(evidence.round)
    title = ranking_headline(evidence, question)
    return Figure(
        name=ranking_name(question),
        title=title,
        caption=caption,
        alt=_alt(lines, n),
        rows=evidence.frame(question, STATISTICS),
        draw=lambda: _draw(lines, n, question.total),
        interactive=interactive_ranking(lines, n, question.total),
    )


def ranking_name(question: Question) -> str:
    return f"rangfolge_{question.id}"


def _signs(lines: list[Line]) -> str:
    """What is drawn, in words."""
    words = "Linie: 95-%-Unsicherheitsbereich für einen gedachten größeren Kreis ähnlicher Teilnehmender"
    bare = any(line.mean.low is None for line in lines)
    words += "; ohne Linie: zu wenige oder lauter gleiche Angaben." if bare else "."
    if has_ranks(lines):
        words += " Mögliche Ränge: Plätze, die mit den Daten vereinbar sind; kräftig: Rang nach Mittelwert."
        words += " Klammer: Bereiche, deren Reihenfolge offen ist."
    return words


def _alt(lines: list[Line], n: int | None) -> str:
    parts = []
    for line in lines:
        ranks = f", Rang {plain_interval(line.rank)}" if line.rank.low is not None else ""
        area = f" (Bereich {plain_interval(line.mean)}{ranks})" if line.mean.low is not None else ""
        parts.append(f"{line.label} {plain(line.mean)} Punkte{area}")
    return f"Punktdiagramm der mittleren Punkte, absteigend (n = {german.number(n)} Stimmzettel): {'; '.join(parts)}."


def _draw(lines: list[Line], n: int | None, total: int) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    labels = wrapped([line.label for line in lines], 30)
    row = row_inches(labels, LEAST_ROW)
    top, bottom = 0.5, 0.6
    with drawing_style():
        drawing = Drawing(figsize=(WIDTH, top + bottom + row * len(lines)))
        axes = plot_area(drawing, LEFT, bottom, PLOT, row * len(lines))
        axes.set(xlim=(0, axis_end(lines, total)), ylim=(len(lines) - 0.5, -0.5), yticks=range(len(lines)))
        axes.set_yticklabels(labels, va="center", linespacing=LINE_SPACING)
        axes.set_xlabel(f"mittlere Punkte (von {total})")
        axes.grid(axis="x", color=RULE, lw=0.8)
        for place, line in enumerate(lines):
            _draw_line(axes, place, line)
        _draw_columns(axes, lines, n)
        if has_ranks(lines):
            _draw_ranks(axes, lines)
            _draw_tiers(axes, lines)
    return drawing


def _draw_line(axes: Axes, place: int, line: Line) -> None:
    mean = line.mean
    if mean.low is not None and mean.high is not None:
        axes.plot([mean.low, mean.high], [place, place], color=ACCENT, lw=3.5, alpha=0.4, solid_capstyle="butt")
    axes.plot(mean.value, place, "o", color=ACCENT, ms=8, clip_on=False)


def _at(inches: float) -> float:
    """A place given in inches from the left of the picture, in widths of the plot."""
    return (inches - LEFT) / PLOT


def _head(axes: Axes, inches: float, text: str) -> None:
    """The head of a column, its last line on one level with all others."""
    lines = text.split("\n")
    for above, words in enumerate(reversed(lines)):
        _beside(axes, words, (_at(inches), 1), 5 + 13 * above, "baseline")


def _beside(axes: Axes, words: str, place: tuple[float, float], points: int, va: str) -> None:
    """Small words so many points above a place given in parts of the plot."""
    middle: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "center"}
    axes.annotate(words, place, (0, points), va=va, fontsize=9.5, color=MUTED, **middle)


def _draw_columns(axes: Axes, lines: list[Line], n: int | None) -> None:
    """Bands across the picture and, right of the plot, one column of numbers per statistic."""
    beside = axes.get_yaxis_transform()
    columns = [
        ("Punkte", POINTS, lambda line: plain(line.mean)),
        ("95-%-\nBereich", INTERVAL, lambda line: plain_interval(line.mean)),
        (f"geben\n(von {german.number(n)})", GIVERS, lambda line: plain(line.givers)),
    ]
    left, right = _at(0.15), _at(WIDTH - 0.1)
    for place, line in enumerate(lines):
        if place % 2 == 0:
            band = [(left, place - 0.5), (right, place - 0.5), (right, place + 0.5), (left, place + 0.5)]
            axes.fill(*zip(*band, strict=True), color=BAND, lw=0, transform=beside, clip_on=False, zorder=0)
        for head, inches, text in columns:
            style: dict[str, Any] = {"weight": "bold"} if head == "Punkte" else {"color": MUTED}
            axes.text(_at(inches), place, text(line), transform=beside, ha="center", va="center", **style)
    for head, inches, _ in columns:
        _head(axes, inches, head)


def _draw_ranks(axes: Axes, lines: list[Line]) -> None:
    """A strip of places per area: those the data allow are filled, the rank by the mean is dark."""
    from matplotlib.patches import Rectangle

    beside, size = axes.get_yaxis_transform(), min(0.22, (RANKS_END - RANKS) / len(lines))
    start = (RANKS + RANKS_END - size * len(lines)) / 2
    for place, line in enumerate(lines):
        for rank in range(1, len(lines) + 1):
            possible = (line.rank.low or 1) <= rank <= (line.rank.high or len(lines))
            colour = ACCENT if rank == line.rank.value else POSSIBLE if possible else "none"
            edge = colour if possible else RULE
            corner = (_at(start + size * (rank - 0.9)), place - 0.2)
            box = Rectangle(corner, 0.8 * size / PLOT, 0.4, transform=beside, clip_on=False, fc=colour, ec=edge, lw=0.6)
            axes.add_patch(box)
    for rank in sorted({1, len(lines)}):
        _beside(axes, str(rank), (_at(start + size * (rank - 0.5)), 0), -7, "top")
    _head(axes, (RANKS + RANKS_END) / 2, "mögliche\nRänge")


def _draw_tiers(axes: Axes, lines: list[Line]) -> None:
    """A bracket per tier at the right edge, overlapping tiers side by side."""
    spans = tier_spans(lines)
    columns = bracket_columns(spans)
    step = min(0.16, (WIDTH - 0.2 - TIERS) / (max(columns, default=0) + 1))
    for column, (_, first, last) in zip(columns, spans, strict=True):
        x = _at(TIERS + 0.12 + step * column)
        axes.plot(
            [x, x],
            [first - 0.32, last + 0.32],
            color=ACCENT,
            lw=2.5,
            transform=axes.get_yaxis_transform(),
            clip_on=False,
            solid_capstyle="butt",
        )
    _head(axes, TIERS + 0.12 + step * max(columns, default=0) / 2, "Stufe")
