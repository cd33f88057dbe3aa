"""Does the order survive other rules of counting? One line per area over the rules, named in advance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..round_file import Question
from . import german
from .evidence import Evidence, Row, plain
from .figure import (
    ACCENT,
    BAND,
    GREEN,
    ORANGE,
    SOFT,
    Figure,
    drawing_style,
    plot_area,
    plotly_layout,
    plotly_text,
    source_line,
)
from .labels import LINE_SPACING, short_label, wrapped
from .sentences import sorted_means

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure as Drawing

WIDTH = 8.6  # inches
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
SWITCHED = "umgekehrt:"
BALLOT_RULES = {
    "points_too_few": "zu wenige",
    "points_too_many": "zu viele",
    "points_negative": "negative",
    "points_fractional": "Bruchteile",
    "early_session": "Sitzung",
    "identical_ballots": "gleiche",
}
COLOURS = (ACCENT, ORANGE, GREEN)  # the first three by mean; all others grey
Line = tuple[str, str, list[Row]]


def rules_chart(evidence: Evidence, question: Question) -> Figure:
    """Rank of each area under each rule that the round allows (equal groups need groups that can be shown)."""
    from .robustness_text import rules_headline

    ranks = _ranks_by_rule(evidence, question)
    heads = list(ranks)
    lines: list[Line] = []
    for place, mean in enumerate(sorted_means(evidence, question)):
        colour = COLOURS[place] if place < len(COLOURS) else SOFT
        lines.append((short_label(evidence.round, mean.item), colour, [ranks[head][mean.item] for head in heads]))
    title = rules_headline(evidence, question)
    n = german.number(evidence.row(question, "respondents").n)
    caption = f"Rang je Bereich und Zählregel, n = {n} Stimmzettel; gleiche Werte teilen sich den besseren Rang. "
    if any(head.startswith(SWITCHED) for head in heads):
        caption += "„Umgekehrt“: Mittelwert, wenn beanstandete Stimmzettel umgekehrt behandelt würden. "
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
        rows=evidence.frame(question, [*RULES, "rank_by_ballot_rule"]),
        draw=lambda: _draw(lines, heads),
        interactive=_interactive(lines, heads),
    )


def _ranks_by_rule(evidence: Evidence, question: Question) -> dict[str, dict[str, Row]]:
    """Head of the rule → area → rank, for the rules named in advance and each rule for ballots that was switched."""
    ranks = {}
    for rule, head in RULES.items():
        if rows := evidence.rows(question, rule):
            ranks[head] = {row.item: row for row in rows}
    for row in evidence.rows(question, "rank_by_ballot_rule"):
        area, rule = row.item.split("|")
        ranks.setdefault(f"{SWITCHED}\n{BALLOT_RULES.get(rule, rule)}", {})[area] = row
    return ranks


def _flat(head: str) -> str:
    return head.replace("-\n", "").replace("\n", " ")


def _spread(lines: list[Line], rule: int) -> list[float]:
    """Where each line stands at a rule: its rank, and side by side where several share one, never so far apart that
    one would be read as the next rank."""
    values = [rows[rule].value for *_, rows in lines]
    places = []
    for at, value in enumerate(values):
        sharing = [other for other, same in enumerate(values) if same == value]
        apart = min(0.16, 0.9 / len(sharing))
        places.append(value + (sharing.index(at) - (len(sharing) - 1) / 2) * apart)
    return places


def _label_places(lines: list[Line], ends: list[float], step: float) -> list[tuple[str, float]]:
    """Each area's name on at most two lines and where it stands: beside its last point, moved apart where too close."""
    names = wrapped([label for label, *_ in lines], 30, most=2)
    heights = [0.21 * (name.count("\n") + 1) / step for name in names]
    order = sorted(range(len(lines)), key=lambda at: (ends[at], at))
    places, edge = dict.fromkeys(order, 0.0), -float("inf")
    for at in order:
        places[at] = max(ends[at], edge + heights[at] / 2)
        edge = places[at] + heights[at] / 2
    edge = len(lines) + 0.5
    for at in reversed(order):
        places[at] = min(places[at], edge - heights[at] / 2)
        edge = places[at] - heights[at] / 2
    return [(names[at], places[at]) for at in range(len(lines))]


def _draw(lines: list[Line], heads: list[str]) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    step = 0.46 if any(len(label) > 30 for label, *_ in lines) else 0.42
    above, below = 0.5, 0.15
    with drawing_style():
        drawing = Drawing(figsize=(WIDTH, above + below + step * len(lines)))
        axes = plot_area(drawing, 0.6, below, 5.75, step * len(lines))
        ys = list(zip(*[_spread(lines, rule) for rule in range(len(heads))], strict=True))
        names = _label_places(lines, [places[-1] for places in ys], step)
        for rank in range(1, len(lines) + 1, 2):
            axes.axhspan(rank - 0.5, rank + 0.5, color=BAND, lw=0)
        last = len(heads) - 1
        for (_, colour, _), places, (name, at) in reversed(list(zip(lines, ys, names, strict=True))):
            axes.plot(range(len(heads)), places, "-o", color=colour, lw=2.5, ms=7, clip_on=False)
            if abs(at - places[-1]) > 0.05:
                axes.plot([last + 0.12, last + 0.22], [places[-1], at], color=colour, lw=0.8, clip_on=False)
            ink = "#52616f" if colour == SOFT else colour
            axes.text(last + 0.26, at, name, color=ink, va="center", fontsize=10.5, linespacing=LINE_SPACING)
        axes.set(ylim=(len(lines) + 0.5, 0.5), yticks=range(1, len(lines) + 1), xticks=range(len(heads)))
        axes.set_xlim(-0.3, len(heads) - 0.8)
        axes.set_xticklabels(heads, fontsize=9.5 if len(heads) <= len(RULES) else 8, va="bottom")
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_ylabel("Rang")
    return drawing


def _interactive(lines: list[Line], heads: list[str]) -> go.Figure:
    import plotly.graph_objects as go

    chart = go.Figure()
    beside = []
    right = 90 + 4 * min(30, max(len(label) for label, *_ in lines))
    ys = list(zip(*[_spread(lines, rule) for rule in range(len(heads))], strict=True))
    names = _label_places(lines, [places[-1] for places in ys], 0.42)
    for (label, colour, rows), places, (name, at) in reversed(list(zip(lines, ys, names, strict=True))):
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
        beside.append(
            {
                **{"x": len(heads) - 1, "y": at, "align": "left", "xanchor": "left", "xshift": 12, "showarrow": False},
                "text": plotly_text(name).replace("\n", "<br>"),
                "font": {"color": "#52616f" if colour == SOFT else colour},
            }
        )
    chart.update_layout(
        plotly_layout(
            annotations=beside,
            least=70 + right + 78 * len(heads),
            height=120 + 46 * len(lines),
            margin={"l": 50, "r": right, "t": 60, "b": 10},
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
