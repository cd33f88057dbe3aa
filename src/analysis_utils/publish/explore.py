"""A small panel for JupyterLab: choose question, statistic and segment, see the numbers; nothing here is exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import german
from .definitions import name_of
from .evidence import Evidence, Row, plain, plain_interval, shown, shown_interval, shown_n
from .figure import ACCENT, plotly_layout, plotly_text
from .html import Html, note, table
from .labels import segment_label, short_label

if TYPE_CHECKING:
    import ipywidgets
    import plotly.graph_objects as go

REASONS = {
    "suppressed_small_base": "schützt einzelne Antworten",
    "suppressed_complementary": "verriete einen anderen Wert",
    "suppressed_earlier_version": "verriete neben einer früheren Fassung einzelne Antworten",
}


def explorer(evidence: Evidence) -> ipywidgets.VBox:
    """Three choices, a switch for withheld values, a chart and a table that follow them."""
    import ipywidgets as widgets

    asked = [question for question in evidence.round.file.questions if question.type != "slide"]
    question = widgets.Dropdown(description="Frage", options=[(one.label, one.id) for one in asked])
    statistic = widgets.Dropdown(description="Kennzahl")
    segment = widgets.Dropdown(description="Gruppe")
    withheld = widgets.ToggleButton(description="Zurückgehaltenes zeigen")
    out = widgets.Output()

    def offer(_: object = None) -> None:
        names = statistics_of(evidence, question.value)
        statistic.options = [(name_of(name), name) for name in names]
        groups = segments_of(evidence, question.value)
        segment.options = [(segment_label(evidence.round, name), name) for name in groups]

    def draw(_: object = None) -> None:
        from IPython.display import display

        out.clear_output(wait=True)
        with out:
            if statistic.value and segment.value:
                rows = chosen_rows(evidence, question.value, statistic.value, segment.value, withheld.value)
                display(rows_chart(evidence, rows), rows_table(evidence, rows))

    question.observe(offer, names="value")
    for control in (question, statistic, segment, withheld):
        control.observe(draw, names="value")
    offer()
    draw()
    return widgets.VBox([widgets.HBox([question, statistic, segment, withheld]), out])


def statistics_of(evidence: Evidence, question: str) -> list[str]:
    """Statistics of a question that have a number per item or one for all, in the order of the table."""
    table_ = evidence.estimates
    mine = table_[(table_["question"] == question) & ~table_["item"].str.contains("|", regex=False)]
    return list(mine["statistic"].drop_duplicates())


def segments_of(evidence: Evidence, question: str) -> list[str]:
    mine = evidence.estimates[evidence.estimates["question"] == question]
    return list(mine["segment"].drop_duplicates())


def chosen_rows(evidence: Evidence, question: str, statistic: str, segment: str, withheld: bool) -> list[Row]:
    """The rows chosen; withheld ones only where asked for, and then without any number."""
    rows = evidence.rows(evidence.round.question(question), statistic, segment=segment)
    return [row for row in rows if row.is_published or withheld]


def rows_chart(evidence: Evidence, rows: list[Row]) -> go.Figure | Html:
    """Bars of the published rows; a remark where there is nothing to draw."""
    import plotly.graph_objects as go

    drawn = [row for row in rows if row.is_published and row.estimate is not None]
    if not drawn:
        return note("Zu dieser Auswahl gibt es keine veröffentlichte Zahl.")
    bars = go.Bar(
        orientation="h",
        y=[plotly_text(short_label(evidence.round, row.item) or "gesamt") for row in drawn],
        x=[row.value for row in drawn],
        marker={"color": ACCENT},
        text=[plain(row) for row in drawn],
        hovertext=[f"{plain(row)} ({plain_interval(row)})" for row in drawn],
        hoverinfo="text",
    )
    return go.Figure(
        bars, plotly_layout(height=90 + 34 * len(drawn), yaxis={"autorange": "reversed", "type": "category"})
    )


def rows_table(evidence: Evidence, rows: list[Row]) -> Html:
    """Value, interval and n of every chosen row, and why a value is withheld."""
    lines = []
    for row in rows:
        reason = REASONS.get(row.status, "")
        n = shown_n(row) if row.n is not None else german.NONE
        lines.append([short_label(evidence.round, row.item) or "gesamt", shown(row), shown_interval(row), n, reason])
    head = ["Gegenstand", "Wert", "95-%-Bereich", "n", "zurückgehalten, weil"]
    return table("Auswahl", head, lines, name="auswahl")
