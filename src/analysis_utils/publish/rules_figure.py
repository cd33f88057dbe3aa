"""Does the order survive other rules of counting? One line per area over the rules, named in advance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rounds import Question
from . import german
from .evidence import Evidence, Row, plain
from .figure import (
    ACCENT,
    BAND,
    GREEN,
    LABEL_LINE,
    ORANGE,
    SOFT,
    Figure,
    drawing_style,
    frame_drawing,
    plot_area,
    plotly_labels,
    plotly_layout,
    plotly_text,
    row_inches,
    row_pixels,
    source_line,
)
from .labels import depth, short_label, wrapped
from .sentences import sorted_means

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure as Drawing

RULES = {
    "rank": "Mittelwert",
    "rank_by_trimmed_mean": "gestutztes\nMittel",
    "rank_by_median": "Median",
    "rank_by_share_giving": "Anteil mit\nPunkten",
    "rank_by_borda": "Borda",
    "rank_by_plurality": "Spitzen-\nplätze",
    "rank_by_copeland": "Paar-\nvergleiche",
    "rank_by_equal_groups": "Gruppen\ngleich",
}
COLOURS = (ACCENT, ORANGE, GREEN)  # the first three by mean; all others grey
Line = tuple[str, str, list[Row]]


def rules_chart(evidence: Evidence, question: Question) -> Figure:
    """Rank of each area under each rule that the round allows (equal groups need groups that can be shown)."""
    from .robustness_text import rules_headline

    rules = [rule for rule in RULES if evidence.rows(question, rule)]
    ranks = {rule: {row.item: row for row in evidence.rows(question, rule)} for rule in rules}
    lines: list[Line] = []
    for place, mean in enumerate(sorted_means(evidence, question)):
        colour = COLOURS[place] if place < len(COLOURS) else SOFT
        lines.append((short_label(evidence.round, mean.item), colour, [ranks[rule][mean.item] for rule in rules]))
    heads = [RULES[rule] for rule in rules]
    title = rules_headline(evidence, question)
    n = german.number(evidence.row(question, "respondents").n)
    caption = f"Rang je Bereich und Zählregel, n = {n} Stimmzettel; gleiche Werte teilen sich den besseren Rang. "
    caption += source_line(evidence.round)
    words = [
        f"{label}: " + ", ".join(f"{_flat(head)} {plain(row)}" for head, row in zip(heads, rows, strict=True))
        for label, _, rows in lines
    ]
    return Figure(
        name=f"zaehlregeln_{question.id}",
        title=title,
        caption=caption,
        alt=f"Liniendiagramm der Ränge je Zählregel. {'; '.join(words)}.",
        rows=evidence.frame(question, rules),
        draw=lambda standalone: _draw(lines, heads, (title, caption) if standalone else None),
        interactive=_interactive(lines, heads),
    )


def _flat(head: str) -> str:
    return head.replace("-\n", "").replace("\n", " ")


def _spread(lines: list[Line], rule: int) -> list[float]:
    """Where each line stands at a rule: its rank, and side by side where several share one."""
    values = [rows[rule].value for *_, rows in lines]
    places = []
    for at, value in enumerate(values):
        sharing = [other for other, same in enumerate(values) if same == value]
        places.append(value + (sharing.index(at) - (len(sharing) - 1) / 2) * 0.16)
    return places


def label_places(places: list[float], gap: float) -> list[float]:
    """Where the labels at the right end stand: at their line, but at least `gap` ranks apart."""
    order = sorted(range(len(places)), key=lambda at: places[at])
    found = [0.0] * len(places)
    lowest = -gap
    for at in order:
        lowest = found[at] = max(places[at], lowest + gap)
    highest = len(places) + gap
    for at in reversed(order):
        highest = found[at] = min(found[at], highest - gap)
    return found


def _draw(lines: list[Line], heads: list[str], frame: tuple[str, str] | None) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    names = wrapped([label for label, *_ in lines], 22)
    above, below, step = (1.15 if frame else 0.5), (0.75 if frame else 0.1), row_inches(names, 0.42)
    with drawing_style():
        drawing = Drawing(figsize=(8.6, above + below + step * len(lines)))
        axes = plot_area(drawing, 0.6, below, 5.9, step * len(lines))
        ys = list(zip(*[_spread(lines, rule) for rule in range(len(heads))], strict=True))
        for rank in range(1, len(lines) + 1, 2):
            axes.axhspan(rank - 0.5, rank + 0.5, color=BAND, lw=0)
        beside = label_places([places[-1] for places in ys], LABEL_LINE * depth(names) / step)
        for (_, colour, _), name, at, places in reversed(list(zip(lines, names, beside, ys, strict=True))):
            axes.plot(range(len(heads)), places, "-o", color=colour, lw=2.5, ms=7, clip_on=False)
            ink = "#52616f" if colour == SOFT else colour
            axes.text(len(heads) - 0.75, at, name, color=ink, va="center", linespacing=0.95)
        axes.set(ylim=(len(lines) + 0.5, 0.5), yticks=range(1, len(lines) + 1), xticks=range(len(heads)))
        axes.set_xlim(-0.3, len(heads) - 0.8)
        axes.set_xticklabels(heads, fontsize=9.5, va="bottom")
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_ylabel("Rang")
        if frame:
            frame_drawing(drawing, *frame)
    return drawing


def _interactive(lines: list[Line], heads: list[str]) -> go.Figure:
    import plotly.graph_objects as go

    chart = go.Figure()
    names = plotly_labels([label for label, *_ in lines], 24)
    row = row_pixels(names, 46)
    ys = list(zip(*[_spread(lines, rule) for rule in range(len(heads))], strict=True))
    beside = label_places([places[-1] for places in ys], 19 * depth(wrapped([one for one, *_ in lines], 24)) / row)
    for (label, colour, rows), name, at, places in reversed(list(zip(lines, names, beside, ys, strict=True))):
        chart.add_scatter(
            x=[head.replace("\n", "<br>") for head in heads],
            y=places,
            mode="lines+markers",
            line={"color": colour, "width": 3},
            marker={"size": 10},
            cliponaxis=False,
            hovertext=[
                f"<b>{plotly_text(label)}</b><br>{_flat(head)}: Rang {plain(row)}"
                for head, row in zip(heads, rows, strict=True)
            ],
            hoverinfo="text",
        )
        chart.add_annotation(
            x=len(heads) - 1,
            y=at,
            text=name,
            align="left",
            xanchor="left",
            xshift=12,
            showarrow=False,
            font={"color": "#52616f" if colour == SOFT else colour},
        )
    chart.update_layout(
        plotly_layout(
            least=260 + 74 * len(heads),
            height=120 + row * len(lines),
            margin={"l": 50, "r": 190, "t": 60, "b": 10},
            xaxis={"side": "top", "fixedrange": True, "showgrid": False, "tickangle": 0, "tickfont": {"size": 12}},
            yaxis={
                "range": [len(lines) + 0.5, 0.5],
                "dtick": 1,
                "fixedrange": True,
                "gridcolor": BAND,
                "title": {"text": "Rang"},
                "zeroline": False,
            },
        )
    )
    return chart
