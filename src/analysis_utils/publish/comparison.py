"""Two rounds side by side on a page: the rows of `changes`, the verdict each allows, and tables of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from markupsafe import Markup

from ..crosswalk import Apart, ComparedQuestion, ComparedRounds, compared_rounds
from ..rounds import Round, open_round
from ..tables import read_table
from . import german
from .evidence import Evidence, Row, plain, row_of, shown, shown_interval, shown_n
from .html import Html, join, note, table

Verdict = Literal["changed", "unchanged", "open"]
LEVEL = 0.05
_CHANGES = {
    "same": "gleich",
    "renamed": "neu benannt",
    "split": "aufgeteilt, zusammen verglichen",
    "merged": "zusammengelegt, zusammen verglichen",
    "new": "neu",
    "dropped": "entfallen",
}
_KINDS = {"question": "Frage", "option": "Antwort", "group": "Teilnehmergruppe"}


@dataclass(frozen=True)
class Comparison:
    """Two rounds, what they have in common, and the published numbers that compare them."""

    rounds: ComparedRounds
    changes: pd.DataFrame
    earlier: Evidence
    later: Evidence

    def rows(self, compared: ComparedQuestion, statistic: str) -> list[Row]:
        table_ = self.changes
        mine = (table_["question"] == compared.after.id) & (table_["statistic"] == statistic)
        return [row_of(record) for record in table_[mine].to_dict("records")]

    def row(self, compared: ComparedQuestion, statistic: str, item: str = "") -> Row | None:
        return next((row for row in self.rows(compared, statistic) if row.item == item), None)

    def questions(self, *kinds: str) -> list[ComparedQuestion]:
        """Compared questions of these types that both rounds answered."""
        return [
            q for q in self.rounds.questions if q.after.type in kinds and (self.changes["question"] == q.after.id).any()
        ]


def read_comparisons(round_: Round) -> list[Comparison]:
    """The comparisons that `round.yml` asks for, oldest round first. Raises: DataError before they were computed."""
    if round_.file.compare is None:
        return []
    everything = read_table("changes", round_.table("changes"))
    later = Evidence(round_, read_table("estimates", round_.table("estimates")))
    found = []
    for name in round_.file.compare.with_:
        before = open_round(name, data=round_.raw.parents[1])
        rounds = compared_rounds(round_.codebook, before, round_)
        own = everything[everything["round"] == f"{name}..{round_.name}"].reset_index(drop=True)
        earlier = Evidence(before, read_table("estimates", before.table("estimates")))
        found.append(Comparison(rounds, own, earlier, later))
    return found


def verdict(change: Row | None, p: Row | None, same: Row | None) -> Verdict:
    """What may be said: changed where test and interval agree, unchanged where the equivalence test says so."""
    ends = (change.low, change.high) if change else (None, None)
    excludes_zero = ends[0] is not None and ends[1] is not None and (ends[0] > 0 or ends[1] < 0)
    if excludes_zero and p is not None and p.value <= LEVEL:
        return "changed"
    return "unchanged" if same is not None and same.value <= LEVEL else "open"


def verdict_of(comparison: Comparison, compared: ComparedQuestion, item: str = "") -> Verdict:
    names = ("change_mean_points", "change_p_max_t", "equivalence_p_holm")
    if compared.after.type == "scale":
        names = ("change_mean", "change_p", "equivalence_p")
    return verdict(*(comparison.row(compared, name, item) for name in names))


def change_words(comparison: Comparison, compared: ComparedQuestion, item: str = "") -> Markup:
    """The verdict in words: a change, the proof of none, or what remains possible."""
    change = comparison.row(compared, "change_mean" if compared.after.type == "scale" else "change_mean_points", item)
    if change is None:
        return Markup(
            "Eine Veränderung lässt sich nicht mehr berechnen, weil die Antworten der früheren Runde gelöscht sind"
        )
    told = verdict_of(comparison, compared, item)
    unit = "Punkten" if compared.after.type == "points" else "Skalenstufen"
    if told == "changed":
        way = "gestiegen" if change.value > 0 else "gesunken"
        unit = "Punkte" if compared.after.type == "points" else "Skalenstufen"
        return Markup("um {} {} {} (95-%-Bereich {})").format(_size(change), unit, way, shown_interval(change))
    if told == "unchanged":
        return Markup("unverändert im Rahmen der vorab festgelegten Spanne (Unterschied {})").format(shown(change))
    if change.low is None:
        return Markup("kein Beleg für eine Veränderung; zu wenige Antworten für einen Unsicherheitsbereich")
    return Markup("kein Beleg für eine Veränderung; vereinbar mit {} bis {} {}").format(*_ends(change), unit)


_SHORT: dict[Verdict, str] = {
    "changed": "verändert",
    "unchanged": "unverändert im Rahmen der Spanne",
    "open": "kein Beleg für eine Veränderung",
}


def earlier_notice(comparison: Comparison) -> Html:
    """When the earlier round took place, and where its numbers come from."""
    from .pages import provenance_notice

    when = german.date(comparison.rounds.earlier.file.date)
    told = provenance_notice(comparison.rounds.earlier)
    return Html(Markup("<p>Die frühere Runde fand am {} statt.</p>{}").format(when, told))


def _size(change: Row) -> Markup:
    """The size of a change without its sign; the direction stands in the words."""
    return shown(change, german.number(abs(change.value), 1))


def _ends(change: Row) -> tuple[Markup, Markup]:
    """Both ends of the interval, signed, as one number each."""
    return tuple(
        Markup('<data value="{}" data-key="{}" data-part="{}">{}</data>').format(
            f"{end:.10g}", change.key, part, signed(end)
        )
        for part, end in (("low", change.low), ("high", change.high))
    )  # type: ignore[return-value]


def signed(value: float | None) -> str:
    """`+4,0`, `−1,5`, `0,0`"""
    text = german.number(value, 1)
    return f"+{text}" if value is not None and value > 0 and any(digit in text for digit in "123456789") else text


def each_comparison(comparisons: list[Comparison], make: Callable[[Comparison], object]) -> None:
    """Show what `make` returns for every comparison."""
    from IPython.display import display

    for one in comparisons:
        if (made := make(one)) is not None:
            display(made)
    if not comparisons:
        display(note("Für diese Runde ist kein Vergleich vorgesehen."))


def comparison_sentences(comparison: Comparison) -> list[Markup]:
    """The main results of a comparison, one sentence per question."""
    dates = [german.date(side.file.date) for side in (comparison.rounds.earlier, comparison.rounds.later)]
    sentences = [Markup("Verglichen wird die Runde vom {} mit der vom {}.").format(dates[1], dates[0])]
    for compared in comparison.questions("points"):
        told = {item: verdict_of(comparison, compared, item.id) for item in compared.items}
        parts = []
        for item in compared.items:
            if told[item] == "changed":
                parts.append(Markup("„{}“ ist {}").format(item.label, change_words(comparison, compared, item.id)))
        same = [f"„{item.label}“" for item in compared.items if told[item] == "unchanged"]
        open_ = [item for item in compared.items if told[item] == "open"]
        words = Markup("{}: ").format(compared.after.label)
        words += join(parts, "; ") if parts else Markup("Für keinen Bereich ist eine Veränderung belegt")
        if same:
            words += Markup("; unverändert im Rahmen der Spanne: {}").format(german.listing(same))
        if open_ and (parts or same):
            words += Markup("; bei den übrigen ist keine Veränderung belegt und keine ausgeschlossen")
        sentences.append(words + ".")
    for compared in comparison.questions("scale"):
        sentences.append(Markup("{}: {}.").format(compared.after.label, change_words(comparison, compared)))
    if len(sentences) == 1:
        sentences.append(Markup("Keine Frage wurde in beiden Runden vergleichbar gestellt."))
    return sentences


def points_change_table(comparison: Comparison, compared: ComparedQuestion) -> Html:
    """Mean points of either round, difference, ranks and tiers side by side, and what may be said."""
    lines = []
    for item in compared.items:
        before, after = (comparison.row(compared, f"mean_points_{side}", item.id) for side in ("before", "after"))
        change = comparison.row(compared, "change_mean_points", item.id)
        cells = [_maybe(before), _interval(before), _maybe(after), _interval(after), _signed(change), _interval(change)]
        cells += [
            _ranks(comparison.earlier, compared.before, item.before),
            _ranks(comparison.later, compared.after, item.after),
        ]
        lines.append([item.label, *cells, _SHORT[verdict_of(comparison, compared, item.id)]])
    head = ["Bereich", "vorher", "95-%-Bereich", "nachher", "95-%-Bereich", "Unterschied", "95-%-Bereich",
            "mögliche Ränge vorher", "mögliche Ränge nachher", "Urteil"]  # fmt: skip
    caveat = "Der Bereich des Unterschieds gilt für alle Bereiche zugleich. "
    if any(apart.question in (compared.before.id, compared.after.id) for apart in comparison.rounds.apart):
        caveat += (
            "Die Auswahl war nicht dieselbe: Punkte für neue oder entfallene Bereiche fehlen anderswo oder kommen dort "
            "hinzu, ohne dass jemand anders urteilt. "
        )
    return table(f"Mittlere Punkte in beiden Runden: {compared.after.label}", head, lines,
                 name=f"vergleich_{_key(comparison)}_{compared.after.id}", caveat=caveat)  # fmt: skip


def _ranks(evidence: Evidence, question, ids: tuple[str, ...]) -> Markup | str:  # type: ignore[no-untyped-def]
    """Possible ranks and tier of one area in its own round; sums of areas have none."""
    if len(ids) > 1:
        return german.NONE
    ranks = {row.item: row for row in evidence.rows(question, "rank")}
    tiers = {row.item: row for row in evidence.rows(question, "tier")}
    rank, tier = ranks.get(ids[0]), tiers.get(ids[0])
    if rank is None or rank.low is None:
        return german.NONE
    return Markup("{} (Stufe {})").format(shown_interval(rank), shown(tier)) if tier else shown_interval(rank)


def scale_change_table(comparison: Comparison) -> Html:
    """Means and top boxes of the scale questions in both rounds; how far people agree stands in columns of its own."""
    questions = comparison.questions("scale")
    if not questions:
        return note("Keine Skalenfrage wurde in beiden Runden vergleichbar gestellt.")
    means, tops = [], []
    for compared in questions:
        rows = {name: comparison.row(compared, name) for name in _SCALE_ROWS}
        label, told = compared.after.label, _SHORT[verdict_of(comparison, compared)]
        n = [_n(rows["mean_before"]), _n(rows["mean_after"])]
        means.append([label, *n, *_three(rows, "mean"), told])
        tops.append(
            [label, *_three(rows, "top_box_share"), *(_maybe(rows[f"consensus_{s}"]) for s in ("before", "after"))]
        )
    name = f"vergleich_{_key(comparison)}"
    turned = "Eine umgedrehte Skala ist auf die Richtung der früheren Runde gespiegelt."
    caveat = turned if any(compared.reversed for compared in questions) else ""
    head = ["Frage", "n vorher", "n nachher", "vorher", "nachher", "Unterschied", "95-%-Bereich", "Urteil"]
    first = table(
        "Mittelwerte der Skalenfragen in beiden Runden", head, means, name=f"{name}_mittelwerte", caveat=caveat
    )
    caveat = "Einigkeit sagt, wie nah die Antworten einer Runde beieinanderliegen; über Veränderung sagt sie nichts."
    head = ["Frage", "vorher", "nachher", "Unterschied", "95-%-Bereich", "Einigkeit vorher", "Einigkeit nachher"]
    title = "Anteil der obersten Stufen und Einigkeit in beiden Runden"
    return Html(join([first, table(title, head, tops, name=f"{name}_oberste", caveat=caveat)]))


_SCALE_ROWS = [
    *(f"{prefix}{name}{suffix}" for name in ("mean", "top_box_share")
      for prefix, suffix in (("", "_before"), ("", "_after"), ("change_", ""))),
    "consensus_before", "consensus_after",
]  # fmt: skip


def _three(rows: dict[str, Row | None], name: str) -> list[Markup | str]:
    """Before, after, the change and its interval."""
    change = rows[f"change_{name}"]
    return [_maybe(rows[f"{name}_before"]), _maybe(rows[f"{name}_after"]), _signed(change), _interval(change)]


def shares_change_table(comparison: Comparison) -> Html:
    """Shares of the options of choice questions in both rounds, the participant groups among them."""
    lines = []
    for compared in comparison.questions("single_choice", "multiple_choice"):
        for item in compared.items:
            before, after, change = (
                comparison.row(compared, name, item.id) for name in ("share_before", "share_after", "change_share")
            )
            label = f"{compared.after.label}: {item.label}"
            lines.append([label, _maybe(before), _maybe(after), _signed(change), _interval(change)])
    if not lines:
        return note("Keine Auswahlfrage wurde in beiden Runden vergleichbar gestellt.")
    head = ["Frage und Antwort", "vorher", "nachher", "Unterschied", "95-%-Bereich"]
    return table(
        "Wer hat geantwortet, und was wurde gewählt?", head, lines, name=f"vergleich_{_key(comparison)}_anteile"
    )


def mix_table(comparison: Comparison) -> Html:
    """The change as counted and with both rounds weighted to the same mix of groups."""
    lines = []
    for compared in comparison.questions("points", "scale"):
        points = compared.after.type == "points"
        counted, mixed = (
            ("change_mean_points", "same_mix_change_mean_points") if points else ("change_mean", "same_mix_change_mean")
        )
        labels = {item.id: f"{compared.after.label}: {item.label}" for item in compared.items}
        for row in comparison.rows(compared, mixed):
            cells = [_signed(comparison.row(compared, counted, row.item)), _signed(row)]
            lines.append([labels.get(row.item, compared.after.label), *cells])
    if not lines:
        return note("Keine Teilnehmergruppe ist in beiden Runden groß genug, um die Zusammensetzung herauszurechnen.")
    head = ["Frage und Bereich", "Unterschied wie gezählt", "bei gleicher Zusammensetzung"]
    caveat = (
        "Nur zur Prüfung: Unterscheiden sich beide Spalten, liegt ein Teil der Veränderung daran, wer geantwortet hat."
    )
    return table("Veränderung bei gleicher Zusammensetzung der Gruppen", head, lines,
                 name=f"vergleich_{_key(comparison)}_mischung", caveat=caveat)  # fmt: skip


def linked_table(comparison: Comparison) -> Html:
    """Change of the people whose self-made code stands in both rounds."""
    lines = []
    for compared in comparison.questions("points", "scale"):
        points = compared.after.type == "points"
        labels = {item.id: f"{compared.after.label}: {item.label}" for item in compared.items}
        for row in comparison.rows(compared, "linked_change_mean_points" if points else "linked_change_mean"):
            label = labels.get(row.item, compared.after.label)
            lines.append(
                [label, shown_n(row), _signed(row), _interval(row), _p(comparison.row(compared, "linked_p", row.item))]
            )
    if not lines:
        return note(
            "Antworten derselben Personen lassen sich nicht verbinden: Es gibt keinen selbst gebildeten Code, oder zu "
            "wenige haben ihn in beiden Runden angegeben."
        )
    head = ["Frage und Bereich", "verbundene Personen", "mittlere eigene Veränderung", "95-%-Bereich", "p-Wert"]
    return table("Veränderung derselben Personen", head, lines, name=f"vergleich_{_key(comparison)}_verbunden")


def overlap_table(comparison: Comparison) -> Html:
    """What the interval of a difference would be if people had taken part twice, under stated assumptions."""
    lines = []
    for compared in comparison.questions("points", "scale"):
        points = compared.after.type == "points"
        labels = {item.id: f"{compared.after.label}: {item.label}" for item in compared.items}
        for row in comparison.rows(compared, "overlap_change_mean_points" if points else "overlap_change_mean"):
            item, people, correlation = row.item.split("|")
            label = labels.get(item, compared.after.label)
            assumed = [_assumed(float(people), 0), _assumed(float(correlation), 1)]
            lines.append([label, *assumed, _interval(row)])
    if not lines:
        return note("Für Annahmen über doppelte Teilnahme fehlen die Antworten der früheren Runde.")
    head = [
        "Frage und Bereich",
        "angenommen: zweimal dabei",
        "angenommen: Zusammenhang",
        "95-%-Bereich des Unterschieds",
    ]
    caveat = (
        "Wie viele zweimal dabei waren und wie ähnlich sie antworteten, weiß niemand. Die Tabelle zeigt nur, was "
        "Annahmen bewirken würden; die letzte Annahme je Bereich ist die ungünstigste."
    )
    return table("Wenn Personen zweimal teilgenommen hätten", head, lines,
                 name=f"vergleich_{_key(comparison)}_doppelt", caveat=caveat)  # fmt: skip


def _assumed(value: float, digits: int) -> Markup:
    return Markup('<data value="{}" data-source="assumed">{}</data>').format(f"{value:g}", german.number(value, digits))


def detectable_sentences(comparison: Comparison) -> list[Markup]:
    """What differences these numbers of answers could have found."""
    sentences = []
    for compared in comparison.questions("points", "scale"):
        name = "detectable_mean_points" if compared.after.type == "points" else "detectable_mean"
        rows = [row for row in comparison.rows(compared, name) if row.estimate is not None]
        if not rows:
            continue
        least, most = min(rows, key=lambda row: row.value), max(rows, key=lambda row: row.value)
        size = shown(least) if least is most else Markup("{} bis {}").format(shown(least), shown(most))
        unit = "Punkten" if compared.after.type == "points" else "Skalenstufen"
        sentences.append(
            Markup(
                "{}: Mit so vielen Antworten wird ein wahrer Unterschied von {} {} in vier von fünf Fällen gefunden."
            ).format(compared.after.label, size, unit)
        )
    return sentences or [Markup("Dazu lässt sich hier nichts sagen.")]


def apart_table(comparison: Comparison) -> Html:
    """What one round has alone, or in another form, and why it is not compared."""

    def line(apart: Apart) -> list[str | Markup]:
        rounds = (comparison.rounds.earlier, comparison.rounds.later)
        when = next(german.date(r.file.date) for r in rounds if r.name == apart.round)
        return [f"{_KINDS[apart.kind]}: {apart.label}", when, _CHANGES[apart.change], apart.reason]

    changed = [
        [f"Antwort: {item.label}", "beide", _CHANGES[item.change], item.reason]
        for compared in comparison.rounds.questions
        for item in compared.items
        if item.change != "same"
    ]
    lines = [*changed, *(line(apart) for apart in comparison.rounds.apart)]
    if not lines:
        return note("Beide Runden fragten dasselbe in denselben Worten.")
    head = ["Was", "Runde", "Zuordnung", "Grund"]
    return table("Was neu, anders oder entfallen ist", head, lines, name=f"vergleich_{_key(comparison)}_zuordnung",
                 numeric_from=len(head))  # fmt: skip


def coverage_change_table(comparison: Comparison) -> Html:
    """In how many groups of each round a theme came up; groups are others each time, so themes are compared."""
    from .themes import NOTES_QUESTION

    sides = [
        {row.item: row for row in evidence.rows(NOTES_QUESTION, "groups_covered") if row.item}
        for evidence in (comparison.earlier, comparison.later)
    ]
    codes = [code for code in comparison.later.round.codebook.codes() if code.id in sides[0] or code.id in sides[1]]
    if not sides[0] or not sides[1]:
        return note("Nur eine der Runden hat Notizen von Arbeitsgruppen; Themen lassen sich nicht vergleichen.")
    lines = [[code.label_short, *(_maybe(side.get(code.id)) for side in sides)] for code in codes]
    head = ["Thema", "Gruppen vorher", "Gruppen nachher"]
    caveat = "Die Gruppen sind nicht dieselben. Verglichen wird, ob ein Thema vorkam, nicht, wie viele es vertraten."
    return table("Themen der Arbeitsgruppen in beiden Runden", head, lines,
                 name=f"vergleich_{_key(comparison)}_themen", caveat=caveat)  # fmt: skip


def rounds_table(comparisons: list[Comparison]) -> Html:
    """Mean points of every round side by side, oldest first, for any number of rounds."""
    if not comparisons:
        return note("Für diese Runde ist kein Vergleich vorgesehen.")
    lines: dict[str, list[Markup | str]] = {}
    size = len(comparisons) + 1
    for place, comparison in enumerate(comparisons):
        for compared in comparison.questions("points", "scale"):
            points = compared.after.type == "points"
            names = ("mean_points_before", "mean_points_after") if points else ("mean_before", "mean_after")
            for item in compared.items if points else [None]:
                label = f"{compared.after.label}: {item.label}" if item else compared.after.label
                cells = lines.setdefault(label, [german.NONE] * size)
                cells[place] = _maybe(comparison.row(compared, names[0], item.id if item else ""))
                cells[-1] = _maybe(comparison.row(compared, names[1], item.id if item else ""))
    rounds = [*(c.rounds.earlier for c in comparisons), comparisons[0].rounds.later]
    head = ["Frage und Bereich", *(german.date(round_.file.date) for round_ in rounds)]
    return table(
        "Mittelwerte aller Runden", head, [[label, *cells] for label, cells in lines.items()], name="alle_runden"
    )


def _key(comparison: Comparison) -> str:
    return comparison.rounds.earlier.name.replace("-", "_")


def _maybe(row: Row | None) -> Markup | str:
    return german.NONE if row is None else shown(row)


def _interval(row: Row | None) -> Markup | str:
    return german.NONE if row is None else shown_interval(row)


def _n(row: Row | None) -> Markup | str:
    return german.NONE if row is None else shown_n(row)


def _signed(row: Row | None) -> Markup | str:
    if row is None or row.estimate is None:
        return german.NONE
    if row.unit == "share":
        return shown(row, f"+{plain(row)}" if row.estimate > 0 else plain(row))
    return shown(row, signed(row.estimate))


def _p(row: Row | None) -> Markup | str:
    return german.NONE if row is None or row.estimate is None else shown(row, german.p_value(row.estimate))
