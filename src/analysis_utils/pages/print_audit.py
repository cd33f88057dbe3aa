"""What printed figures fix and what they leave open, for notebook 09: tables and sentences from the table `audit`.

These numbers are about a print, not about the poll: they are no rows of `estimates`. Each is a `<data>` element that
names its row of `audit.csv` (docs/audit.md).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..rounds import Question, Round
from ..tables import write_table
from ..wording import Html, absent, german, join, note, paragraphs, short_label, summary, table

NOTHING_PRINTED = "Zu dieser Runde liegen keine veröffentlichten Zahlen vor, die sich nachrechnen ließen."
_NUMERAL = re.compile(r"\d+(?:\u202f\d{3})*(?:,\d+)?")
_RULES = {
    "half_up": "kaufmännisch, jeder Wert für sich",
    "half_even": "zur geraden Zahl, jeder Wert für sich",
    "truncate": "abgeschnitten",
    "largest_remainder": "gemeinsam auf hundert Prozent gebracht",
}
_VERDICTS = {
    "identified": "steht fest",
    "open": "offen",
    "possible": "möglich",
    "impossible": "unmöglich",
    "certain": "sicher",
    "not understood": "nicht verstanden",
    "ahead": "steht fest",
    "yes": "ja",
    "no": "nein",
    "not compared": "nicht vergleichbar",
}
_COMPARED = {"n": "Zahl der Antworten", "bars": "Balken", "givers": "Personen, die Punkte gaben"}


@dataclass(frozen=True)
class PrintAudit:
    """The audit of one round's print; `table` is the table `audit`."""

    round: Round
    table: pd.DataFrame

    def rows(self, quantity: str, question: str | None = None) -> list[dict]:
        found = self._by_quantity.get(quantity, [])
        return [row for row in found if question is None or row["question"] == question]

    @cached_property
    def _by_quantity(self) -> dict[str, list[dict]]:
        found = defaultdict(list)
        for row in self.table.to_dict("records"):
            found[row["quantity"]].append(row)
        return dict(found)

    def first(self, quantity: str, question: str) -> dict | None:
        """The row of a quantity without item, if n is settled; else None."""
        found = self.rows(quantity, question)
        return found[0] if len(found) == 1 else None

    def questions(self) -> list[Question]:
        """The printed questions that the round knows, in its order."""
        printed = set(self.table["question"])
        return [question for question in self.round.file.questions if question.id in printed]

    def save(self) -> PrintAudit:
        """Write `audit.csv` into the report's folder and return self; nothing where nothing was printed."""
        if len(self.table):
            write_table(self.table, "audit", self.round.reports / "audit.csv")
        return self

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        words = "Geschrieben: audit.csv." if len(self.table) else NOTHING_PRINTED
        return note(words)._repr_mimebundle_()


def audited(row: dict, text: str) -> Markup:
    """A German text in which every numeral names its row of the audit."""
    n = "" if pd.isna(row["n"]) else int(row["n"])
    key = f"{row['question']}/{row['item']}/{row['quantity']}/{n}"

    def element(numeral: str) -> Markup:
        value = numeral.replace("\u202f", "").replace(",", ".")
        return Markup('<data value="{}" data-source="audit" data-audit="{}">{}</data>').format(value, key, numeral)

    # What stands between is a text of others, escaped on its own: the number of a mark (&#34;) is no numeral of it.
    between, inside = _NUMERAL.split(text or ""), _NUMERAL.findall(text or "")
    return join([between[0], *(part for pair in zip(map(element, inside), between[1:], strict=True) for part in pair)])


def _values(row: dict | None, digits: int = 0) -> Markup | str:
    """The possible values or the range of a row."""
    if row is None:
        return german.NONE
    if row["values"]:
        return audited(row, _grouped(row["values"]))
    if pd.isna(row["low"]):
        return _VERDICTS[row["verdict"]]
    low, high = german.number(row["low"], digits), german.number(row["high"], digits)
    return audited(row, low if low == high else f"{low} bis {high}")


def _grouped(values: str) -> str:
    """`2-25 27-28` -> `2–25, 27–28`."""
    return ", ".join(part.replace("-", "–") for part in values.split())


def _percent(row: dict | None) -> Markup | str:
    if row is None or pd.isna(row["low"]):
        return german.NONE
    low, high = (german.number(100 * row[end], 1) for end in ("low", "high"))
    return audited(row, f"{low}\u00a0%" if low == high else f"{low} bis\u00a0{high}\u00a0%")


def printed_sizes_table(found: PrintAudit) -> Html:
    """How many answers fit the printed labels, and how many people stand behind the bars."""
    lines = []
    for question in found.questions():
        size, vector = found.first("n", question.id), found.rows("vector", question.id)
        counts = audited(vector[0], vector[0]["values"].replace(" ", "\u00a0")) if len(vector) == 1 else german.NONE
        lines.append([question.label, _values(size), counts, _rejected(found, question)])
    if not lines:
        return absent(NOTHING_PRINTED)
    head = ["Frage", "mögliche Zahl der Antworten", "Personen je Balken", "ohne Grenze im Saal auch"]
    caveat = "Ein Strich bei den Balken heißt: Die Personenzahlen sind nicht eindeutig oder es wurden Punkte gedruckt."
    return table("Welche Zahl der Antworten passt", head, lines, name="audit_n", caveat=caveat)


def _rejected(found: PrintAudit, question: Question) -> Markup | str:
    row = found.first("n", question.id)
    match = re.search(r"; ([\d \-]+) fit too", row["note"]) if row else None
    return audited(row, _grouped(match[1])) if row and match else german.NONE


def misread_sentences(found: PrintAudit) -> Html:
    """Per question whose n is settled: which single label, if it had been misread, would leave n open."""
    sentences = []
    for question in found.questions():
        size, blind = found.first("n", question.id), found.rows("n_without_label", question.id)
        if size is None or size["verdict"] != "identified" or not blind:
            continue
        weak = [row for row in blind if row["values"] != size["values"]]
        if not weak:
            text = Markup("{}: Die Zahl der Antworten bliebe dieselbe, welcher Wert auch immer falsch gelesen wäre.")
            sentences.append(text.format(question.label))
            continue
        parts = [Markup("ohne den Wert {} passten {}").format(_label_of(found, row), _values(row)) for row in weak]
        text = Markup("{}: Die Zahl der Antworten hängt an einzelnen Werten: {}.")
        sentences.append(text.format(question.label, Markup("; ").join(parts)))
    return paragraphs(sentences) if sentences else note("Keine Zahl der Antworten steht durch den Druck allein fest.")


def _label_of(found: PrintAudit, row: dict) -> Markup:
    return audited(row, short_label(found.round, row["item"]).replace(".", ","))


def rounding_table(found: PrintAudit) -> Html:
    """Which rules of rounding could have made the print."""
    lines = []
    for row in found.rows("rule"):
        labels = [question.label for question in found.questions() if question.id in row["values"].split()]
        lines.append([_RULES[row["item"]], _VERDICTS[row["verdict"]], german.listing(labels) or german.NONE])
    if not lines:
        return absent(NOTHING_PRINTED)
    head = ["gerundet", "möglich?", "ausgeschlossen durch"]
    return table("Wie gerundet worden sein kann", head, lines, name="audit_regeln", numeric_from=len(head))


def left_open_table(found: PrintAudit) -> Html:
    """What the bars of scale questions leave open when their places on the scale are unknown."""
    lines = []
    for question in found.questions():
        if not found.rows("mean", question.id):
            continue
        row = {name: found.first(name, question.id) for name in ("top_box_count", "mean", "median", "arrangements")}
        share, modal = found.first("top_box_share", question.id), found.first("modal_share", question.id)
        cells = [_values(row["top_box_count"]), _percent(share), _values(row["mean"], 1), _values(row["median"], 1)]
        lines.append([question.label, *cells, _percent(modal), _orders(row["arrangements"])])
    if not lines:
        return note("Skalenfragen wurden nicht gedruckt.")
    head = [
        "Frage",
        "Personen auf den zustimmenden Stufen",
        "Anteil",
        "Mittelwert",
        "Median",
        "größter Balken",
        "Anordnungen",
    ]
    caveat = "Wo die Grenzen auseinanderliegen, hängt der Wert daran, welcher Balken auf welcher Stufe steht."
    return table("Was bei den Skalenfragen offenbleibt", head, lines, name="audit_offen", caveat=caveat)


def _orders(row: dict | None) -> Markup | str:
    return german.NONE if row is None else audited(row, german.number(row["low"]))


def printed_points_table(found: PrintAudit) -> Html:
    """Which totals of points stand behind the printed means, and worst cases for the silent."""
    lines = []
    for question in found.questions():
        steps = {row["item"]: row for row in found.rows("total_in_steps", question.id)}
        errors = {row["item"]: row for row in found.rows("standard_error", question.id)}
        rooms = {row["item"]: row for row in found.rows("room_mean", question.id)}
        for row in found.rows("total", question.id):
            item = row["item"]
            cells = [_values(row), _values(steps.get(item)), _values(errors.get(item), 1), _values(rooms.get(item), 1)]
            lines.append([short_label(found.round, item), *cells])
    if not lines:
        return note("Punkte wurden nicht gedruckt.")
    head = ["Bereich", "Punkte insgesamt", "in ganzen Schritten", "Standardfehler", "Mittel im ganzen Saal"]
    caveat = (
        "Die letzte Spalte nimmt an, dass alle, die nicht geantwortet haben, dem Bereich nichts oder alles gegeben "
        "hätten."
    )
    return table("Was hinter den gedruckten Mittelwerten steht", head, lines, name="audit_punkte", caveat=caveat)


def printed_order_sentences(found: PrintAudit) -> Html:
    """Which order of the printed means is certain for those who answered, and which pairs the print leaves open."""
    sentences = []
    for question in found.questions():
        pairs = found.rows("order", question.id)
        unclear = [row for row in pairs if row["verdict"] == "open"]
        names = [_pair(found, row) for row in unclear]
        if not pairs:
            continue
        if not unclear:
            text = Markup("{}: Die Reihenfolge der gedruckten Werte steht für jedes Paar fest.").format(question.label)
        else:
            text = Markup("{}: Offen ist nur, wer vorn liegt bei {}; alle anderen Paare stehen fest.").format(
                question.label, Markup("; ").join(names)
            )
        sentences.append(text)
    return paragraphs(sentences) if sentences else note("Aus dem Druck folgt keine Reihenfolge.")


def _pair(found: PrintAudit, row: dict) -> Markup:
    first, second = (short_label(found.round, item) for item in row["item"].split("|"))
    widest = max(abs(row["low"]), abs(row["high"]))
    amount = audited(row, german.number(widest))
    return Markup("{} und {} (um bis zu {} Punkte insgesamt)").format(first, second, amount)


def claims_table(found: PrintAudit) -> Html:
    """Readings of shares given in words: does any count of people fit them?"""
    lines = []
    for row in found.rows("claim"):
        question = found.round.question(row["question"])
        counts = _values(row) if row["values"] else german.NONE
        made_of = (
            audited(row, row["note"].replace(" / ", " oder ").replace("+", " + ")) if row["values"] else german.NONE
        )
        lines.append(
            [join([question.label, audited(row, row["item"])], ": "), _VERDICTS[row["verdict"]], counts, made_of]
        )
    if not lines:
        return note("Es sind keine Aussagen in Worten zu prüfen.")
    head = ["Aussage", "nach den Balken", "mögliche Personenzahl", "Balken, die sie ergeben"]
    return table("Welche Aussagen in Worten möglich sind", head, lines, name="audit_worte", numeric_from=len(head))


def reproduced_summary(found: PrintAudit) -> Html:
    """The box of page 09: whether the round's numbers, rounded, are those that were published."""
    compared = [row for row in found.rows("reproduced") if row["verdict"] in ("yes", "no")]
    if not compared:
        return absent(NOTHING_PRINTED)
    labels = [found.round.question(row["question"]).label for row in compared if row["verdict"] == "no"]
    apart = german.listing([f"„{label}“" for label in dict.fromkeys(labels)])
    same = "Gerundet ergibt die Auswertung dieser Runde alle veröffentlichten Zahlen, die sich vergleichen lassen."
    words = f"Gerundet ergibt die Auswertung dieser Runde andere Zahlen, als veröffentlicht wurden, bei {apart}."
    proof = "Das belegt die einzelnen Antworten nicht: Viele andere Stimmzettel ergäben denselben Druck."
    return summary([Markup("{}").format(words)] if labels else [Markup(same), Markup(proof)])


def reproduced_table(found: PrintAudit) -> Html:
    """Whether the estimates of the round would print as what was printed."""
    lines = []
    for row in found.rows("reproduced"):
        what, _, item = row["item"].partition("|")
        label = _COMPARED[what] + (f" ({short_label(found.round, item)})" if item else "")
        lines.append([found.round.question(row["question"]).label, label, _VERDICTS[row["verdict"]]])
    if not lines:
        return absent(NOTHING_PRINTED)
    head = ["Frage", "verglichen", "stimmt überein"]
    return table("Ergibt die Auswertung den Druck?", head, lines, name="audit_druck", numeric_from=len(head))
