"""A panel for JupyterLab: choose round, question, statistic, group and weighting, and see the numbers.

Nothing here is exported. With the disclosure rule switched off the panel shows what no report may show; that table is
handed in by the notebook, since this room knows no private one. What is shown lives in the panel's output widget,
which JupyterLab does not save with the notebook.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from ..contracts import BY_NAME, WORDS
from ..errors import DataError
from ..rounds import Round, open_round, round_names
from ..wording import (
    NOTES_QUESTION,
    PLOTLY_MIME,
    Evidence,
    Html,
    Row,
    german,
    name_of,
    note,
    plain,
    plain_interval,
    read_evidence,
    segment_label,
    short_label,
    shown,
    shown_interval,
    shown_n,
    table,
    themes_source,
)
from .chart import LIGHT, Bars, Chart, Line, Series
from .values import source_line, value_of

if TYPE_CHECKING:
    import ipywidgets

REASONS = {
    "suppressed_small_base": "schützt einzelne Antworten",
    "suppressed_complementary": "verriete einen anderen Wert",
    "suppressed_earlier_version": "verriete neben einer früheren Fassung einzelne Antworten",
    "suppressed_undeclared": "keine Kennzahl, die für Gruppen freigegeben ist",
    "suppressed_too_many_cuts": "die Frage ist schon auf mehrere Arten aufgeteilt",
}
WEIGHTINGS = {
    "": "wie gezählt",
    "equal_groups": "jede Gruppe gleich",
    "raked": "nach vorgegebenen Anteilen",
}
"""Segments of `estimates` that are no groups but other ways to weigh all answers."""
BANNER = Markup(
    '<p role="alert" style="margin:.4em 0;padding:.6em 1em;background:#a3122a;color:#fff;font-weight:600">'
    "Vertraulich, nicht weitergeben: Die Schutzregel ist ausgeschaltet. Rot markierte Zahlen können einzelne Personen "
    "verraten. Sie stehen in keinem Bericht und gehören in keine Datei, kein Bildschirmfoto und keine Nachricht.</p>"
)
RED = "#a3122a"
EVERY = "*"
"""Stands for all groups beside each other."""
_KINDS = {"single_choice": "choice", "multiple_choice": "choice"}
_COPY = Markup(
    '<p><b>So rechnen Sie selbst damit weiter:</b> <button type="button" data-code="{0}" '
    "onclick=\"navigator.clipboard.writeText(this.dataset.code);this.textContent='kopiert'\">Code kopieren</button></p>"
    '<pre style="padding:.5em;background:#f4f6f8">{0}</pre>'
)
Ungated = Callable[[Round], pd.DataFrame]


@dataclass(frozen=True)
class Seen:
    """A row as the panel shows it: what is public of it, and all of it where the rule is off."""

    public: Row | None
    row: Row

    @property
    def is_confidential(self) -> bool:
        """Whether the number shown is one that no report shows."""
        return self.row is not self.public and (self.public is None or not self.public.is_published)


@dataclass(frozen=True)
class Tables:
    """The numbers of a round with the rule on (`ungated` is None) or off."""

    public: Evidence
    ungated: Evidence | None = None

    @property
    def all(self) -> pd.DataFrame:
        """Rows to choose from: with the rule off also those that the public table does not have."""
        frames = [self.public.estimates] + ([self.ungated.estimates] if self.ungated else [])
        return pd.concat(frames, ignore_index=True)

    def statistics(self, question: str) -> list[str]:
        """Statistics of a question that have a number per item or one for all, in the order of the table; how many
        answered comes last, since it says least."""
        mine = self.all[(self.all["question"] == question) & ~self.all["item"].str.contains("|", regex=False)]
        return sorted(mine["statistic"].drop_duplicates(), key=lambda name: name == "respondents")

    def segments(self, question: str, statistic: str) -> list[str]:
        mine = self.all[(self.all["question"] == question) & (self.all["statistic"] == statistic)]
        return list(mine["segment"].drop_duplicates())

    def rows(self, question: str, statistic: str, segment: str) -> list[Seen]:
        """The rows chosen, in the order of the table; those of every group the largest first."""
        if segment == EVERY:
            groups = [one for one in self.segments(question, statistic) if one not in WEIGHTINGS and one != "all"]
            every = [seen for group in groups for seen in self.rows(question, statistic, group)]
            return sorted(every, key=lambda one: math.inf if one.row.estimate is None else -one.row.value)
        key = (question, segment, statistic)
        public = {row.item: row for row in self.public.rows_at(*key)}
        whole = {row.item: row for row in self.ungated.rows_at(*key)} if self.ungated else {}
        merged = next((row for row in public.values() if not row.is_published), None)
        found = []
        for item in [*whole, *(item for item, row in public.items() if item not in whole)]:
            known = public.get(item, merged)
            if known is merged and whole and item not in whole:
                continue
            row = known if known and (known.is_published or item not in whole) else whole[item]
            found.append(Seen(known, row))
        return found


class Explorer:
    """The panel's controls and what they do. `box` is what a notebook shows."""

    def __init__(self, start: str | None = None, *, ungated: Ungated | None = None, data: Path | None = None) -> None:
        import ipywidgets as widgets

        self._data, self._ungated = data, ungated
        self._tables: dict[tuple[str, bool], Tables] = {}
        self._is_settling = self._is_off = False
        rounds = _evaluated(data)
        style = {"style": {"description_width": "6.5em"}, "layout": {"width": "24em"}}
        titles = [(f"{round_.file.title} ({round_.name})", round_.name) for round_ in rounds]
        self.round = widgets.Dropdown(description="Runde", options=titles, **style)
        self.question = widgets.Dropdown(description="Frage", **style)
        self.statistic = widgets.Dropdown(description="Kennzahl", **style)
        self.segment = widgets.Dropdown(description="Gruppe", **style)
        self.weighting = widgets.Dropdown(description="Gewichtung", **style)
        self.rule = widgets.ToggleButtons(
            description="Schutzregel",
            options=[("an", True), ("aus", False)],
            style={"description_width": "6.5em", "button_width": "6em"},
            layout={"width": "24em"},
        )
        self.banner, self.out, self.code = widgets.HTML(), widgets.Output(), widgets.HTML()
        self._controls = (self.round, self.question, self.statistic, self.segment, self.weighting, self.rule)
        if start in [round_.name for round_ in rounds]:
            self.round.value = start
        self._follow()
        for control in self._controls:
            control.observe(self._follow, names="value")
        rows = [widgets.HBox([*self._controls[at : at + 2]]) for at in (0, 2, 4)]
        self.box = widgets.VBox([*rows, self.banner, self.out, self.code])

    def _follow(self, change: Any = None) -> None:
        """Offer what the choices before allow, keep what was chosen where it is still there, and show the numbers."""
        if self.round.value is None:
            self.out.outputs = _shown(note("Noch ist keine Runde ausgewertet: Führen Sie zuerst „make report“ aus."))
            return
        if self._is_settling:
            return
        self._is_settling = True
        try:
            self._settle()
        finally:
            self._is_settling = False

    def _settle(self) -> None:
        round_ = self._opened().public.round
        self.rule.disabled = self._ungated is None or not round_.table("answers").is_file()
        if self.rule.disabled:
            self.rule.value = True
        tables = self._opened()
        priority = next((question.id for question in round_.with_role("priority")), None)
        _offer(self.question, [(_question_label(round_, name), name) for name in _questions(tables)], priority)
        statistics = tables.statistics(self.question.value)
        _offer(self.statistic, [(name_of(name), name) for name in statistics])
        segments = tables.segments(self.question.value, self.statistic.value)
        weightings = ["", *(name for name in segments if name in WEIGHTINGS)]
        _offer(self.weighting, [(WEIGHTINGS[name], name) for name in weightings])
        groups = ["all"] if self.weighting.value else [name for name in segments if name not in WEIGHTINGS]
        labels = [(segment_label(round_, name), name) for name in groups]
        labels += [("alle Gruppen nebeneinander", EVERY)] if len(groups) > 2 else []
        was_off, self._is_off = self._is_off, not self.rule.value
        if self._is_off and not was_off and len(groups) > 2 and self.segment.value == "all":
            self.segment.options, self.segment.value = labels, EVERY
        _offer(self.segment, labels)
        self.banner.value = "" if self.rule.value else str(BANNER)
        rows = tables.rows(self.question.value, self.statistic.value, self.weighting.value or self.segment.value)
        words = WORDS[self.statistic.value]
        source = themes_source(round_) if self.question.value == NOTES_QUESTION.id else source_line(round_)
        definition = note(Markup("<b>{}</b>: {} {}").format(words.name, words.definition, source))
        self.code.value = str(_COPY.format(self._reproduced(round_)))
        self.out.outputs = _shown(rows_chart(round_, rows), definition, rows_table(round_, rows))

    def _reproduced(self, round_: Round) -> str:
        """Code that gives the rows shown: computed from private frames where `estimate` has the statistic."""
        name, statistic, segment = self.question.value, self.statistic.value, self.segment.value
        polled = "" if name == NOTES_QUESTION.id else round_.question(name).type
        kind = _KINDS.get(polled, polled)
        how = next((name for name, found in BY_NAME.get(kind, {}).items() if found == statistic), None)
        weights = self.weighting.value
        if how is None or weights == "raked" or (weights and not self.rule.value):
            chosen = f'question == "{name}" and statistic == "{statistic}"'
            chosen += "" if segment == EVERY else f' and segment == "{weights or segment}"'
            return (
                f"from analysis_utils import bars, open_published\n\n"
                f"zeilen = open_published({round_.name!r}).query({chosen!r})\nbars(zeilen)"
            )
        of_whom = f", weights=round_.equal_groups({name!r})" if weights else ""
        if segment != "all":
            of_whom = f", by=round_.segments({name!r})" if self.rule.value else ", by=round_.groups()"
        rows = f"estimate(round_.{kind}({name!r}), {how!r}{of_whom})"
        names = "bars, estimate, open_round" + (", publish" if self.rule.value else "")
        lines = [
            f"from analysis_utils import {names}\n",
            f"round_ = open_round({round_.name!r})",
            f"zeilen = publish({rows})" if self.rule.value else f"zeilen = {rows}  # vertraulich",
            *([f'zeilen = zeilen[zeilen["segment"] == "{segment}"]'] if segment not in ("all", EVERY) else []),
            "bars(zeilen)",
        ]
        return "\n".join(lines)

    def _opened(self) -> Tables:
        """The tables of the chosen round under the chosen rule, read once."""
        key = (self.round.value, self.rule.value)
        if key not in self._tables:
            public = read_evidence(open_round(self.round.value, data=self._data))
            hidden = None if self.rule.value or self._ungated is None else self._ungated(public.round)
            self._tables[key] = Tables(public, None if hidden is None else Evidence(public.round, hidden))
        return self._tables[key]


def explorer(start: str | None = None, *, ungated: Ungated | None = None, data: Path | None = None) -> ipywidgets.VBox:
    """The panel over all evaluated rounds, opened at the round `start` (default: the first). `ungated` gives the rows
    by segment that the disclosure rule holds back; without it, or without private tables, the rule stays on."""
    return Explorer(start, ungated=ungated, data=data).box


def _evaluated(data: Path | None) -> list[Round]:
    """Rounds that have estimates; one whose description was broken since is left out."""
    found = []
    for name in round_names(data):
        with suppress(DataError):
            found.append(open_round(name, data=data))
    return [round_ for round_ in found if round_.table("estimates").is_file()]


def _questions(tables: Tables) -> list[str]:
    """Questions with numbers, as polled; then the notes of the groups."""
    having = set(tables.public.estimates["question"])
    asked = [question.id for question in tables.public.round.file.questions if question.id in having]
    return [*asked, *([NOTES_QUESTION.id] if NOTES_QUESTION.id in having else [])]


def _question_label(round_: Round, name: str) -> str:
    return NOTES_QUESTION.label if name == NOTES_QUESTION.id else round_.question(name).label


def _offer(control: Any, options: Sequence[tuple[str, str]], start: str | None = None) -> None:
    """New options for a control, which keeps its value where it can, else takes `start` or the first."""
    values = [entry for _, entry in options]
    value = next((one for one in (control.value, start, *values) if one in values), None)
    control.options = list(options)
    control.value = value
    control.disabled = len(values) < 2


def _shown(*parts: Html | dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Parts as outputs of an output widget."""
    bundles = [part if isinstance(part, dict) else {"text/html": part._repr_html_()} for part in parts]
    return tuple({"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in bundles)


def rows_chart(round_: Round, rows: Sequence[Seen]) -> dict[str, Any] | Html:
    """Bars with their intervals; confidential ones are red and say so. A remark where there is nothing to draw."""
    drawn = [seen for seen in rows if seen.row.estimate is not None]
    if not drawn:
        return note("Zu dieser Auswahl gibt es keine Zahl, die gezeigt werden darf.")
    several = _are_several(rows)
    names = [
        _name(round_, seen, with_group=several) + (" (vertraulich)" if seen.is_confidential else "") for seen in drawn
    ]
    cells = [[value_of(replace(seen.row, status="published"), name)] for seen, name in zip(drawn, names, strict=True)]
    colours = [[Series("", RED if seen.is_confidential else LIGHT)] for seen in drawn]
    bars = Bars("", cells, colours, is_share=drawn[0].row.unit == "share")
    chart = Chart("auswahl", "bars", "", "", "", "", [Line(name) for name in names], [bars], pd.DataFrame())
    return {PLOTLY_MIME: chart.spec(), "text/plain": "Diagramm zur Auswahl"}


def rows_table(round_: Round, rows: Sequence[Seen]) -> Html:
    """Value, interval and n of every chosen row; why a value is withheld, and whether it is shown all the same."""
    lines, several = [], _are_several(rows)
    for seen in rows:
        row, reason = seen.row, REASONS.get(seen.public.status, "") if seen.public else "steht in keinem Bericht"
        if seen.is_confidential:
            cells = [_red(plain(row)), _red(plain_interval(row)), _red(german.number(row.n))]
            reason = f"vertraulich: {reason}"
        else:
            cells = [shown(row), shown_interval(row), shown_n(row) if row.n is not None else Markup(german.NONE)]
        lines.append([_name(round_, seen, with_group=several), *cells, reason])
    return table("Auswahl", ["Gegenstand", "Wert", "95-%-Bereich", "n", "Schutz"], lines, name="auswahl")


def _red(text: str) -> Markup:
    return Markup('<b style="color:{}">{}</b>').format(RED, text)


def _name(round_: Round, seen: Seen, *, with_group: bool = False) -> str:
    name = short_label(round_, seen.row.item) or "gesamt"
    return f"{segment_label(round_, _group(seen))}: {name}" if with_group else name


def _group(seen: Seen) -> str:
    return seen.row.key.split("/")[2]


def _are_several(rows: Sequence[Seen]) -> bool:
    return len({_group(seen) for seen in rows}) > 1
