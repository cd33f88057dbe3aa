"""What may be said of a comparison: the verdict each number allows, in words and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from ..rounds import CHOSEN, ComparedQuestion
from ..wording import Html, Row, german, join, plain, shown, stated, summary, with_sign
from .rounds_compared import Comparison, headed

Verdict = Literal["changed", "unchanged", "open"]
LEVEL = 0.05
SHORT: dict[Verdict | None, str] = {
    "changed": "verändert",
    "unchanged": "unverändert im Rahmen der Spanne",
    "open": "kein Beleg für eine Veränderung",
    None: german.NONE,
}
OTHER_CHOICE = (
    "Die Auswahl war nicht dieselbe: Punkte für neue oder entfallene Bereiche fehlen anderswo oder kommen dort hinzu, "
    "ohne dass jemand anders urteilt."
)


@dataclass(frozen=True)
class Quantity:
    """A kind of number that is compared: its statistics in `changes` (all `tests` must agree), and its unit as `um 4 …`
    and as `von 4 …`."""

    change: str
    tests: tuple[str, ...]
    same: str
    detectable: str
    unit: str
    unit_dative: str


POINTS = Quantity("change_mean_points", ("change_p_max_t",), "equivalence_p_holm", "detectable_mean_points",
                  " Punkte", " Punkten")  # fmt: skip
MEAN = Quantity("change_mean", ("change_p", "change_p_bootstrap"), "equivalence_p", "detectable_mean",
                " Skalenstufen", " Skalenstufen")  # fmt: skip
TOP_BOX = Quantity("change_top_box_share", ("change_p_top_box_share",), "equivalence_p_top_box_share",
                   "detectable_top_box_share", "-Punkte", "-Punkten")  # fmt: skip
SHARE = Quantity("change_share", ("change_p_share",), "equivalence_p_share", "detectable_share",
                 "-Punkte", "-Punkten")  # fmt: skip


def main_quantity(compared: ComparedQuestion) -> Quantity:
    """What the headline verdict of a question is about."""
    return {"points": POINTS, "scale": MEAN}.get(compared.after.type, SHARE)


def verdict(change: Row | None, tests: Sequence[Row], same: Row | None) -> Verdict | None:
    """What may be said: changed where tests and interval agree, unchanged where the equivalence test says so. None
    where nothing was tested: who answered is no opinion, and deleted answers cannot be tested."""
    if not tests:
        return None
    if change and _leaves_out_zero(change) and all(test.value <= LEVEL for test in tests):
        return "changed"
    return "unchanged" if same is not None and same.value <= LEVEL else "open"


def _leaves_out_zero(change: Row) -> bool:
    return change.low is not None and change.high is not None and (change.low > 0 or change.high < 0)


def verdict_of(
    comparison: Comparison, compared: ComparedQuestion, item: str = "", quantity: Quantity | None = None
) -> Verdict | None:
    """The verdict on an item, or on the question where it has none; by default on the quantity that leads."""
    quantity = quantity or main_quantity(compared)
    names = (quantity.change, quantity.same, *quantity.tests)
    change, same, *tests = (comparison.row(compared, name, item) for name in names)
    return verdict(change, [test for test in tests if test], same)


TESTED = {
    "change_p": "der exakte Permutationstest",
    "change_p_bootstrap": "der Bootstrap-Test",
    "change_p_max_t": "der Test über alle Bereiche zugleich",
    "change_p_top_box_share": "der exakte Test der Anteile",
    "change_p_share": "der exakte Test der Anteile",
    "equivalence_p_welch": "der Test nach Welch",
    "equivalence_p_bootstrap": "der Bootstrap-Test",
    "equivalence_p_top_box_share": "der Test nach Newcombe",
    "equivalence_p_share": "der Test nach Newcombe",
}
"""What the tests that decide are called."""


def deciding(comparison: Comparison, compared: ComparedQuestion, item: str, quantity: Quantity) -> Row | None:
    """The test that decides whether a number is unchanged: of two, that with the larger p."""
    parts = [comparison.row(compared, f"equivalence_p_{name}", item) for name in ("welch", "bootstrap")]
    tested = [row for row in parts if row is not None and row.estimate is not None and quantity in (POINTS, MEAN)]
    return max(tested, key=lambda row: row.value, default=comparison.row(compared, quantity.same, item))


def _against(
    comparison: Comparison, compared: ComparedQuestion, item: str, quantity: Quantity, change: Row
) -> Markup | None:
    """Why a change is not shown although its interval leaves out zero: the test that says otherwise."""
    tests = [row for name in quantity.tests if (row := comparison.row(compared, name, item)) and row.value > LEVEL]
    if not _leaves_out_zero(change) or not tests:
        return None
    test = max(tests, key=lambda row: row.value)
    words = Markup("aber {} bestätigt das nicht (p = {:p}), und gefordert ist beides")
    return words.format(TESTED[test.statistic], test)


def verdict_cell(
    comparison: Comparison, compared: ComparedQuestion, item: str = "", quantity: Quantity | None = None
) -> Markup | str:
    """The verdict for a table; where an interval beside it seems to say otherwise, with the reason."""
    quantity = quantity or main_quantity(compared)
    told, change = verdict_of(comparison, compared, item, quantity), comparison.row(compared, quantity.change, item)
    against = _against(comparison, compared, item, quantity, change) if told == "open" and change else None
    return Markup("{}; der Bereich schließt die Null aus, {}").format(SHORT[told], against) if against else SHORT[told]


def change_words(
    comparison: Comparison, compared: ComparedQuestion, item: str = "", quantity: Quantity | None = None
) -> Markup:
    """The verdict in words: a change, the proof of none, or what remains possible."""
    quantity = quantity or main_quantity(compared)
    judged, change = verdict_of(comparison, compared, item, quantity), comparison.row(compared, quantity.change, item)
    if change is None:
        words = "Eine Veränderung lässt sich nicht mehr berechnen, weil die Antworten der früheren Runde gelöscht sind"
        return Markup(words)
    told = comparison.numbers(compared, change=change)
    if judged == "changed":
        way = "gestiegen" if change.value > 0 else "gesunken"
        told |= {"size": shown(change, _in_unit(change, abs(change.value)), part="size"), "unit": quantity.unit}
        return told.say(f"um {{size}}{{unit}} {way} (95-%-Bereich {{change:interval}})")
    if judged == "unchanged":
        test = deciding(comparison, compared, item, quantity)
        told["same"] = comparison.row(compared, quantity.same, item)
        words = "unverändert im Rahmen der vorab festgelegten Spanne (Unterschied {change:signed}"
        if test and told["same"] and test.statistic in TESTED:
            words += f"; entscheidend war {TESTED[test.statistic]}, p = {{same:p}}"
        return told.say(f"{words})")
    if change.low is None:
        return Markup("kein Beleg für eine Veränderung; zu wenige Antworten für einen Unsicherheitsbereich")
    for part, end in (("low", change.low), ("high", change.high)):  # signed, as one number each
        told[part] = stated(change, end or 0, part, with_sign(_in_unit(change, end), end))
    told |= {"unit": quantity.unit_dative, "against": _against(comparison, compared, item, quantity, change)}
    if told["against"]:
        return told.say(
            "kein Beleg für eine Veränderung: Der Bereich von {low} bis {high}{unit} schließt zwar die Null aus, "
            "{against}"
        )
    return told.say("kein Beleg für eine Veränderung; vereinbar mit {low} bis {high}{unit}")


def _in_unit(row: Row, value: float | None) -> str:
    return german.percent(value) if row.unit == "share" else german.number(value, 1)


def signed(value: float | None) -> str:
    """`+4,0`, `−1,5`, `0,0`"""
    return with_sign(german.number(value, 1), value)


def comparisons_summary(comparisons: list[Comparison]) -> Html:
    """The main results of all comparisons in one box."""
    sentences = [sentence for one in comparisons for sentence in comparison_sentences(one)]
    return summary(sentences or [Markup("Für diese Runde ist kein Vergleich vorgesehen.")])


def comparison_sentences(comparison: Comparison) -> list[Markup]:
    """The main results of a comparison, one sentence per question."""
    dates = [german.date(side.file.date) for side in (comparison.rounds.earlier, comparison.rounds.later)]
    sentences = [Markup("Verglichen wird die Runde vom {} mit der vom {}.").format(dates[1], dates[0])]
    for compared in comparison.questions("points"):
        words = _items_sentence(comparison, compared, "Für keinen Bereich ist eine Veränderung belegt")
        sentences.append(words + (f" {OTHER_CHOICE}" if comparison.has_other_choice(compared) else ""))
    for compared in comparison.questions("scale"):
        words = Markup("{} (Mittelwert): {}").format(compared.after.label, change_words(comparison, compared))
        if verdict_of(comparison, compared, quantity=TOP_BOX) in ("changed", "unchanged"):
            top = change_words(comparison, compared, quantity=TOP_BOX)
            words += Markup("; Anteil der zustimmenden Stufen {}").format(top)
        sentences.append(words + ".")
    for compared in comparison.questions(*CHOSEN):
        if compared.after.role != "participant_group":
            sentences.append(_items_sentence(comparison, compared, "Für keine Antwort ist eine Veränderung belegt"))
    if len(sentences) == 1:
        sentences.append(Markup("Keine Frage wurde in beiden Runden vergleichbar gestellt."))
    return sentences


def _items_sentence(comparison: Comparison, compared: ComparedQuestion, none: str) -> Markup:
    """What changed among areas or options, what did not within the margin, and whether anything stays open."""
    if all(comparison.row(compared, main_quantity(compared).change, item.id) is None for item in compared.items):
        return Markup("{} {}.").format(
            headed(compared.after.label), change_words(comparison, compared, compared.items[0].id)
        )
    told = {item: verdict_of(comparison, compared, item.id) for item in compared.items}
    first = " an erster Stelle" if compared.after.type == "ranking" else ""
    parts = [
        Markup(f"„{{}}“{first} ist {{}}").format(item.label, change_words(comparison, compared, item.id))
        for item, found in told.items()
        if found == "changed"
    ]
    same = [f"„{item.label}“" for item, found in told.items() if found == "unchanged"]
    words = Markup("{} ").format(headed(compared.after.label)) + (join(parts, "; ") if parts else none)
    if same:
        words += Markup("; unverändert im Rahmen der Spanne: {}").format(german.listing(same))
    if {"open", None} & set(told.values()):
        words += "; bei den übrigen ist keine Veränderung belegt und keine ausgeschlossen" if parts or same else (
            ", und für keine ist sie ausgeschlossen" if compared.after.type != "points" else
            ", und für keinen ist sie ausgeschlossen")  # fmt: skip
    return words + "."


def detectable_sentences(comparison: Comparison) -> list[Markup]:
    """What true differences these numbers of answers could have found, a sentence per question."""
    sentences = []
    for compared in comparison.questions("points", "scale", *CHOSEN):
        quantities = (MEAN, TOP_BOX) if compared.after.type == "scale" else (main_quantity(compared),)
        sizes = [size for quantity in quantities if (size := _detectable(comparison, compared, quantity))]
        if sizes:
            sentences.append(Markup("{} {}.").format(headed(compared.after.label), join(sizes, ", ")))
    if not sentences:
        return [Markup("Dazu lässt sich hier nichts sagen.")]
    lead = "In {} erkennt dieser Vergleich bei so vielen Antworten einen wahren Unterschied von folgender Größe."
    return [Markup(lead).format("vier von fünf Fällen"), *sentences]


def _detectable(comparison: Comparison, compared: ComparedQuestion, quantity: Quantity) -> Markup | None:
    rows = [row for row in comparison.rows(compared, quantity.detectable) if row.estimate is not None]
    if not rows:
        return None
    least, most = min(rows, key=lambda row: row.value), max(rows, key=lambda row: row.value)
    size = shown(least) if plain(least) == plain(most) else Markup("{} bis {}").format(shown(least), shown(most))
    return Markup("{}{} {}").format(size, quantity.unit, _AMONG[quantity])


_AMONG = {
    POINTS: "je nach Bereich",
    MEAN: "im Mittelwert",
    TOP_BOX: "im Anteil der zustimmenden Stufen",
    SHARE: "je nach Antwort",
}


def margin_sentences(comparison: Comparison) -> list[Markup]:
    """Within what limits a result may be called unchanged, and where there are too few answers to say so."""
    settings = comparison.rounds.later.file.compare
    if settings is None:
        return []
    margins = settings.margins
    words = (
        "Unverändert heißt ein Ergebnis nur, wenn die Antworten eine Veränderung über die vorab festgelegte Spanne "
        "hinaus ausschließen: ±{} Punkte bei Bereichen, ±{} auf der Skala bei Mittelwerten, ±{}-Punkte bei Anteilen."
    )
    share = assumed_number(margins.share, text=german.percent(margins.share))
    sentences = [Markup(words).format(_margin(margins.mean_points), _margin(margins.mean), share)]
    for compared in comparison.questions("points", "scale"):
        own = margins.questions.get(compared.after.id)
        if own is not None:
            sentences.append(Markup("{} Hier gilt die Spanne ±{}.").format(headed(compared.after.label), _margin(own)))
        row = comparison.row(compared, "equivalence_fewest")
        if row is not None and any(count < row.value for count in _answers(comparison, compared)):
            words = "{} Dafür bräuchte jede Runde mindestens {} Antworten; so viele gibt es nicht."
            sentences.append(Markup(words).format(headed(compared.after.label), shown(row)))
    return sentences


def _answers(comparison: Comparison, compared: ComparedQuestion) -> list[int]:
    name = "mean_points" if compared.after.type == "points" else "mean"
    rows = [row for side in ("before", "after") for row in comparison.rows(compared, f"{name}_{side}")[:1]]
    return [row.n for row in rows if row.n is not None]


def assumed_number(value: float, digits: int = 0, text: str = "") -> Markup:
    """A number that was assumed or set, not measured."""
    element = Markup('<data value="{}" data-source="assumed">{}</data>')
    return element.format(f"{value:g}", text or german.number(value, digits))


def _margin(margin: float) -> Markup:
    return assumed_number(margin, 0 if margin == int(margin) else 1)
