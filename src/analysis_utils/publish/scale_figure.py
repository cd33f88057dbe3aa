"""The distribution of a rating scale: every scale value has its bar, also the empty ones; the top box is marked."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from ..round_file import Question, Scale
from . import german
from .evidence import Evidence, Row, plain, plain_interval
from .figure import (
    ACCENT,
    INK,
    MUTED,
    RULE,
    SOFT,
    Figure,
    drawing_style,
    plotly_layout,
    plotly_text,
    source_line,
)
from .sentences import scale_alt, scale_headline, top_box_range, value_words

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure as Drawing

STATISTICS = ["count", "share", "top_box_count", "top_box_share", "mean", "median"]


def scale_chart(evidence: Evidence, question: Question) -> Figure:
    """Bars of answers per scale value with counts on top; the top box in the accent colour, its share written above."""
    scale = question.scale
    if scale is None:
        raise ValueError(f"{question.id}: expected a question of type scale, saw {question.type}")
    by_value = {row.item: row for row in evidence.rows(question, "count")}
    counts = [by_value[str(value)] for value in scale.polled() if str(value) in by_value]
    top = evidence.row(question, "top_box_share")
    n = evidence.row(question, "respondents").n
    title = scale_headline(evidence, question)
    caption = (
        f"Antworten je Skalenwert, n = {german.number(n)}. {german.number(scale.low)} = {scale.low_label}, "
        f"{german.number(scale.high)} = "
        f"{scale.high_label}. Blau: {top_box_range(scale)}. {source_line(evidence.round)}"
    )
    return Figure(
        name=f"skala_{question.id}",
        title=title,
        caption=caption,
        alt=scale_alt(evidence, question),
        rows=evidence.frame(question, STATISTICS),
        draw=lambda: _draw(counts, top, scale),
        interactive=_interactive(counts, top, scale),
    )


def _is_top(row: Row, scale: Scale) -> bool:
    return scale.top_box[0] <= int(row.item) <= scale.top_box[1]


def _bracket_text(top: Row, scale: Scale) -> str:
    return f"{top_box_range(scale)}: {plain(top)} ({plain_interval(top)})"


def _ends(scale: Scale) -> list[str]:
    """Value and words of both ends, first the one people saw first."""
    values = ((scale.low, scale.low_label), (scale.high, scale.high_label))
    ends = [f"{german.number(value)} = {words}" for value, words in values]
    return ends[::-1] if scale.polled()[0] > scale.polled()[-1] else ends


def _wrapped(scale: Scale, row: Row) -> str:
    return textwrap.fill(scale.label_of(int(row.item)), 14)


def _height(counts: list[Row]) -> float:
    return max([row.estimate or 0 for row in counts] + [1.0])


def _draw(counts: list[Row], top: Row, scale: Scale) -> Drawing:
    import seaborn as sns
    from matplotlib.figure import Figure as Drawing

    above, below = 0.1, 0.7
    width, height = 8.6, above + below + 2.7
    peak = _height(counts)
    with drawing_style():
        drawing = Drawing(figsize=(width, height))
        axes = drawing.add_axes((0.35 / width, below / height, (width - 0.7) / width, 2.7 / height))
        colours = {row.item: ACCENT if _is_top(row, scale) else SOFT for row in counts}
        items, heights = [row.item for row in counts], [row.estimate for row in counts]
        look = {"palette": colours, "legend": False, "saturation": 1, "width": 0.78}
        sns.barplot(x=items, y=heights, hue=items, errorbar=None, ax=axes, **look)
        for place, row in enumerate(counts):
            axes.text(place, (row.estimate or 0) + peak * 0.02, plain(row), ha="center", va="bottom", color=INK)
        marked = [place for place, row in enumerate(counts) if _is_top(row, scale)]
        axes.plot([marked[0] - 0.4, marked[-1] + 0.4], [peak * 1.17] * 2, color=ACCENT, lw=2)
        middle = (marked[0] + marked[-1]) / 2
        axes.text(middle, peak * 1.2, _bracket_text(top, scale), ha="center", va="bottom", color=ACCENT, weight="bold")
        axes.set(ylim=(0, peak * 1.38), ylabel="", xlabel="", yticks=[])
        axes.tick_params(length=0)
        for side in ("top", "left", "right"):
            axes.spines[side].set_visible(False)
        if scale.is_verbal:
            axes.set_xticks(range(len(counts)), [_wrapped(scale, row) for row in counts])
        else:
            for place, words, side in zip((0, len(counts) - 1), _ends(scale), ("left", "right"), strict=True):
                x = place + (-0.4 if side == "left" else 0.4)
                axes.annotate(words, (x, 0), (0, -26), textcoords="offset points", ha=side, va="top", color=MUTED)
    return drawing


def _interactive(counts: list[Row], top: Row, scale: Scale) -> go.Figure:
    import plotly.graph_objects as go

    peak = _height(counts)
    chart = go.Figure(
        go.Bar(
            x=[scale.label_of(int(row.item)) if scale.is_verbal else row.item for row in counts],
            y=[row.estimate for row in counts],
            marker={"color": [ACCENT if _is_top(row, scale) else SOFT for row in counts]},
            text=[plain(row) for row in counts],
            textposition="outside",
            cliponaxis=False,
            hovertext=[f"{value_words(scale, row.item)}: {plain(row)} von {german.number(row.n)}" for row in counts],
            hoverinfo="text",
        )
    )
    marked = [place for place, row in enumerate(counts) if _is_top(row, scale)]
    chart.add_shape(
        type="line",
        x0=marked[0] - 0.4,
        x1=marked[-1] + 0.4,
        y0=peak * 1.2,
        y1=peak * 1.2,
        line={"color": ACCENT, "width": 2},
    )
    chart.add_annotation(
        x=(marked[0] + marked[-1]) / 2,
        y=peak * 1.28,
        showarrow=False,
        text=f"<b>{_bracket_text(top, scale)}</b>",
        font={"color": ACCENT},
    )
    ends = [plotly_text(words) for words in _ends(scale)]
    between = " · " if len("".join(ends)) < 45 else "<br>"
    chart.update_layout(
        plotly_layout(
            height=340,
            bargap=0.22,
            margin={"l": 10, "r": 10, "t": 10, "b": 60 if between == " · " else 80},
            xaxis={"type": "category", "title": {"text": between.join(ends)}, "fixedrange": True, "linecolor": RULE},
            yaxis={"visible": False, "range": [0, peak * 1.42], "fixedrange": True},
        )
    )
    return chart
