"""Poll and groups in one picture: left mean points with intervals, right a circle per group, then the class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..rounds import Question
from . import german
from .evidence import Evidence, Row, plain, plain_interval
from .figure import (
    ACCENT,
    BAND,
    INK,
    MUTED,
    PAPER,
    RULE,
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
from .findings.checks import has_real_chance
from .grid_figure import LIGHT, radius_of
from .html import Html, absent
from .joint_display import NOTHING_SAID, Joint, equal_share, joint_headline, joint_rows
from .labels import depth, short_label, wrapped
from .themes import NOTES_QUESTION, groups_of, has_themes

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

LEFT, POLL, GROUP, STEP = 2.05, 2.35, 0.55, 0.46  # inches: labels, poll, one group, height of a row
GAP, WIDTH = 0.3, 8.6
SIGNS = {"konvergent": "=", "ergänzend": "+", "divergent": "≠", "nur Umfrage": "–", "nur Gruppen": "–"}


def joint_chart(evidence: Evidence) -> Figure | Html:
    """Focus areas by mean points; circles grow with the statements of a group. A dashed line marks the equal share."""
    rows = [row for row in joint_rows(evidence) if row.mean is not None or (row.covered and row.covered.value)]
    if not rows:
        return absent(NOTHING_SAID)
    question = next(iter(evidence.round.with_role("priority")), None)
    share = equal_share(question) if question and question.options else 0
    labels = [short_label(evidence.round, row.area) for row in rows]
    heads = [group.label for group in groups_of(evidence)] if has_themes(evidence) else []
    made_up = question is not None and not has_real_chance(evidence, question)
    caption = (
        "Links mittlere Punkte der Umfrage mit 95-%-Unsicherheitsbereich"
        f"{' (nachgebildet)' if made_up else ''}; gestrichelt: gleicher Anteil für alle Bereiche. "
        f"{_groups_words(evidence)}{source_line(evidence.round)}"
    )
    title = joint_headline(evidence)
    return Figure(
        name="nebeneinander",
        title=title,
        caption=caption,
        alt=_alt(rows, labels, heads),
        rows=_frame(evidence, question, [row.area for row in rows]),
        draw=lambda standalone: _draw(rows, labels, heads, share, (title, caption) if standalone else None),
        interactive=_interactive(rows, labels, heads, share),
    )


def _groups_words(evidence: Evidence) -> str:
    if not has_themes(evidence):
        return "Notizen von Gruppen liegen nicht vor. "
    notes = evidence.round.file.notes
    invented = "" if notes is None or notes.provenance == "original" else " (erfundene Beispielnotizen)"
    return f"Rechts Aussagen und Karten je Gruppe{invented}; ein Strich: nicht angesprochen. "


def _frame(evidence: Evidence, question: Question | None, areas: list[str]) -> pd.DataFrame:
    frames = [evidence.frame(question, ["mean_points"])] if question else []
    if has_themes(evidence):
        frames.append(evidence.frame(NOTES_QUESTION, ["groups_covered"]))
        groups = groups_of(evidence)
        frames += [evidence.frame(NOTES_QUESTION, ["statement_count"], segment=group.id) for group in groups]
    whole = pd.concat(frames) if frames else evidence.estimates.head(0)
    return whole[whole["item"].isin(areas)].reset_index(drop=True)


def _alt(rows: list[Joint], labels: list[str], heads: list[str]) -> str:
    words = []
    for label, row in zip(labels, rows, strict=True):
        poll = f"Umfrage {plain(row.mean)} Punkte{_span(row.mean)}" if row.mean else "nicht gefragt"
        counts = [f"{head} {plain(cell)}" for head, cell in zip(heads, row.by_group, strict=False)]
        groups = f"; Aussagen: {', '.join(counts)}" if counts else ""
        words.append(f"{label}: {poll}{groups}; {row.integration}")
    return f"Punktdiagramm der Umfrage, daneben Kreise für die Gruppen. {'. '.join(words)}."


def _span(mean: Row) -> str:
    return f" (Bereich {plain_interval(mean)})" if mean.low is not None else ""


def _end(rows: list[Joint], share: float) -> float:
    tops = [row.mean.high if row.mean.high is not None else row.mean.value for row in rows if row.mean]
    return 5 * (max([*tops, share, 1]) // 5 + 1)


def _largest(rows: list[Joint]) -> float:
    return max([cell.value for row in rows for cell in row.by_group] + [1.0])


def _draw(
    rows: list[Joint], labels: list[str], heads: list[str], share: float, frame: tuple[str, str] | None
) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    heads = wrapped(heads, 8)
    above, below = (0.85 if frame else 0.3) + 0.18 * depth(heads), (1.35 if frame else 0.6)
    labels = wrapped(labels, 25)
    height = row_inches(labels, STEP) * max(1, len(rows))
    row = height / max(1, len(rows))
    with drawing_style():
        drawing = Drawing(figsize=(WIDTH, above + below + height))
        back = plot_area(drawing, 0, below, WIDTH, height)
        back.set(xlim=(0, WIDTH), ylim=(len(rows) - 0.5, -0.5), xticks=[], yticks=[])
        for place in range(0, len(rows), 2):
            back.axhspan(place - 0.5, place + 0.5, color=BAND, lw=0)
        axes = plot_area(drawing, LEFT, below, POLL, height)
        axes.set(xlim=(0, _end(rows, share)), ylim=(len(rows) - 0.5, -0.5), yticks=[], facecolor="none")
        axes.set_xlabel("mittlere Punkte der Umfrage")
        axes.grid(axis="x", color=RULE, lw=0.8)
        axes.axvline(share, color=MUTED, lw=1, ls=(0, (4, 3)))
        for place, (label, joint) in enumerate(zip(labels, rows, strict=True)):
            back.text(0.12, place, label, va="center", linespacing=0.95)
            _draw_poll(axes, place, joint.mean)
            _draw_groups(back, place, joint, _largest(rows), row)
        start = LEFT + POLL + GAP
        for number, head in enumerate(heads):
            x = start + GROUP * (number + 0.5)
            back.text(x, -0.6, head, ha="center", va="bottom", fontsize=9.5, color=MUTED, linespacing=0.95)
        end = start + GROUP * len(heads) + 0.2
        back.text(end, -0.6, "Einordnung", va="bottom", fontsize=9.5, color=MUTED)
        for place, joint in enumerate(rows):
            weight = "bold" if joint.integration == "divergent" else "normal"
            sign = f"{SIGNS[joint.integration]}  {joint.integration}"
            back.text(end, place - 0.12, sign, va="center", weight=weight)
            back.text(end + 0.17, place + 0.26, _side(joint), va="center", color=MUTED, fontsize=9)
        if frame:
            frame_drawing(drawing, *frame)
    return drawing


def _side(row: Joint) -> str:
    return f"Gruppen: {row.groups}" if row.covered else ""


def _draw_poll(axes: Axes, place: int, mean: Row | None) -> None:
    if mean is None:
        return
    if mean.low is not None and mean.high is not None:
        axes.plot([mean.low, mean.high], [place, place], color=ACCENT, lw=3.5, alpha=0.4, solid_capstyle="butt")
    axes.plot(mean.value, place, "o", color=ACCENT, ms=7.5, clip_on=False)
    ground = {"facecolor": PAPER if place % 2 else BAND, "edgecolor": "none", "pad": 0.4}
    axes.text(mean.value, place - 0.18, plain(mean), ha="center", va="bottom", fontsize=9, bbox=ground)


def _draw_groups(back: Axes, place: int, joint: Joint, largest: float, height: float) -> None:
    from matplotlib.patches import Ellipse

    for number, cell in enumerate(joint.by_group):
        x = LEFT + POLL + GAP + GROUP * (number + 0.5)
        if not cell.value:
            back.text(x, place, german.NONE, ha="center", va="center", color=MUTED)
            continue
        radius = radius_of(cell.value, largest)
        is_strong = cell.value >= 0.4 * largest
        colour = ACCENT if is_strong else LIGHT
        back.add_patch(Ellipse((x, place), 2 * radius, 2 * radius / height, color=colour, lw=0, zorder=2))
        ink = PAPER if is_strong else INK
        back.text(x, place, plain(cell), ha="center", va="center", color=ink, fontsize=9.5, zorder=3)


def _interactive(rows: list[Joint], labels: list[str], heads: list[str], share: float) -> go.Figure:
    import plotly.graph_objects as go

    names = plotly_labels(labels, 24)
    chart = go.Figure()
    chart.add_trace(_poll_trace(rows, names))
    if heads:
        chart.add_trace(_group_trace(rows, names, heads))
    end = 0.5 if heads else 0.72
    axis = {"gridcolor": RULE, "zeroline": False, "fixedrange": True}
    chart.add_shape(
        type="line",
        xref="x",
        yref="paper",
        x0=share,
        x1=share,
        y0=0,
        y1=1,
        line={"color": MUTED, "dash": "dash", "width": 1},
    )
    for name, row in zip(names, rows, strict=True):
        chart.add_annotation(
            text=f"{SIGNS[row.integration]} {row.integration}",
            x=0.85,
            xref="paper",
            xanchor="left",
            y=name,
            showarrow=False,
        )
    layout = plotly_layout(
        least=620 + 60 * max(0, len(heads) - 3),
        height=130 + row_pixels(names, 52) * len(rows),
        margin={"l": 10, "r": 10, "t": 24 + 18 * depth(wrapped(heads, 7)), "b": 50},
        xaxis={
            **axis,
            "domain": [0, end],
            "range": [0, _end(rows, share)],
            "title": {"text": "mittlere Punkte der Umfrage"},
        },
        yaxis={
            "autorange": "reversed",
            "automargin": True,
            "fixedrange": True,
            "tickfont": {"color": INK},
            "categoryorder": "array",
            "categoryarray": names,
        },
    )
    if heads:
        layout["xaxis2"] = {
            "domain": [0.55, 0.82],
            "range": [-0.5, len(heads) - 0.5],
            "side": "top",
            "tickmode": "array",
            "tickvals": list(range(len(heads))),
            "ticktext": plotly_labels(heads, 7),
            "tickangle": 0,
            "ticklabeloverflow": "allow",
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        }
    chart.update_layout(layout)
    return chart


def _poll_trace(rows: list[Joint], names: list[str]) -> go.Scatter:
    import plotly.graph_objects as go

    shown = [(name, row.mean, row) for name, row in zip(names, rows, strict=True) if row.mean]
    return go.Scatter(
        x=[mean.value for _, mean, _ in shown],
        y=[name for name, *_ in shown],
        mode="markers+text",
        marker={"size": 12, "color": ACCENT},
        text=[plain(mean) for _, mean, _ in shown],
        textposition="top center",
        cliponaxis=False,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [(mean.high if mean.high is not None else mean.value) - mean.value for _, mean, _ in shown],
            "arrayminus": [mean.value - (mean.low if mean.low is not None else mean.value) for _, mean, _ in shown],
            "color": "rgba(11,92,140,0.4)",
            "thickness": 5,
            "width": 0,
        },
        hovertext=[
            f"<b>{name}</b><br>{plain(mean)} Punkte{_span(mean)}<br>{row.integration}" for name, mean, row in shown
        ],
        hoverinfo="text",
    )


def _group_trace(rows: list[Joint], names: list[str], heads: list[str]) -> go.Scatter:
    import plotly.graph_objects as go

    largest = _largest(rows)
    cells = [
        (number, name, heads[number], cell)
        for name, row in zip(names, rows, strict=True)
        for number, cell in enumerate(row.by_group)
    ]
    strong = [cell.value >= 0.4 * largest for *_, cell in cells]
    return go.Scatter(
        x=[number for number, *_ in cells],
        y=[name for _, name, *_ in cells],
        xaxis="x2",
        mode="markers+text",
        marker={
            "size": [176 * radius_of(cell.value, largest) if cell.value else 1 for *_, cell in cells],
            "color": [
                PAPER if not cell.value else ACCENT if is_strong else LIGHT
                for (*_, cell), is_strong in zip(cells, strong, strict=True)
            ],
            "opacity": 1,
            "line": {"width": 0},
        },
        text=[plain(cell) if cell.value else german.NONE for *_, cell in cells],
        textfont={
            "color": [
                PAPER if is_strong and cell.value else INK for (*_, cell), is_strong in zip(cells, strong, strict=True)
            ]
        },
        hovertext=[f"<b>{name}</b><br>{plotly_text(head)}: {plain(cell)} Aussagen" for _, name, head, cell in cells],
        hoverinfo="text",
        cliponaxis=False,
    )
