"""Two rounds side by side on a page: the rows of `changes`, the verdict each allows, and tables of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from markupsafe import Markup

from ..crosswalk import ComparedQuestion, ComparedRounds, compared_rounds
from ..rounds import Round, open_round
from ..tables import read_table
from . import german
from .evidence import Evidence, Row, row_of, shown, shown_interval
from .html import Html, absent, join

Verdict = Literal["changed", "unchanged", "open"]
LEVEL = 0.05


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


SHORT: dict[Verdict, str] = {
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
        display(absent("Für diese Runde ist kein Vergleich vorgesehen."))


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
        words = "{}: Mit so vielen Antworten findet ein Test {}einen wahren Unterschied von {} {} "
        words += "in etwa vier von fünf Fällen."
        alone = "für einen Bereich allein " if compared.after.type == "points" else ""
        if alone:
            words += " Weil die Urteile allen Bereichen zugleich gelten, muss er hier noch größer sein."
        sentences.append(Markup(words).format(compared.after.label, alone, size, unit))
    return sentences or [Markup("Dazu lässt sich hier nichts sagen.")]
