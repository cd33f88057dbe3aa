"""Tables of two rounds side by side, from the rows of `changes` and the estimates of either round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from ..rounds import CHOSEN, ComparedQuestion, Question
from ..wording import (
    NOTES_QUESTION,
    Evidence,
    Html,
    Numbers,
    Row,
    absent,
    german,
    join,
    note,
    numbers_table,
    short_label,
    so_far,
    table,
)
from .rounds_compared import Comparison, headed
from .words import MEAN, OTHER_CHOICE, TESTED, TOP_BOX, assumed_number, deciding, main_quantity, verdict_cell

_CHANGES = {
    "same": "gleich",
    "renamed": "neu benannt",
    "split": "aufgeteilt, zusammen verglichen",
    "merged": "zusammengelegt, zusammen verglichen",
    "new": "neu",
    "dropped": "entfallen",
}
_KINDS = {"question": "Frage", "option": "Antwort", "group": "Teilnehmergruppe"}


def _table(
    kind: str, comparison: Comparison, caption: str, lines: list[tuple[str, Numbers]], name: str, **options: Any
) -> Html:
    """A table of `tables.txt` about one comparison, named after its earlier round."""
    return numbers_table(kind, caption, lines, name=_name(comparison, name), **options)


def _name(comparison: Comparison, name: str) -> str:
    return f"vergleich_{comparison.rounds.earlier.name.replace('-', '_')}_{name}"


def _measured(comparison: Comparison, points: str, scale: str) -> Iterator[tuple[str, ComparedQuestion, Row]]:
    """Rows of a statistic of the questions with points and scales, each with what it is about."""
    for compared in comparison.questions("points", "scale"):
        labels = {item.id: f"{headed(compared.after.label)} {item.label}" for item in compared.items}
        for row in comparison.rows(compared, points if compared.after.type == "points" else scale):
            yield labels.get(row.item.split("|")[0], compared.after.label), compared, row


def points_change_table(comparison: Comparison, compared: ComparedQuestion) -> Html:
    """Mean points of either round, difference, ranks and tiers side by side, and what may be said."""
    lines = []
    for item in compared.items:
        line = comparison.numbers(compared, item.id, told=verdict_cell(comparison, compared, item.id))
        line["ranks_before"] = _ranks(comparison.earlier, compared.before, item.before)
        line["ranks_after"] = _ranks(comparison.later, compared.after, item.after)
        lines.append((item.label, line))
    caveat = (
        "Die 95-%-Bereiche der Unterschiede gelten für alle Zeilen zugleich; wo in einer Runde nur wenige Personen "
        "Punkte gaben, sind sie besonders weit. "
    )
    caveat += OTHER_CHOICE if comparison.has_other_choice(compared) else ""
    caption = f"Mittlere Punkte in beiden Runden: {compared.after.label}"
    return _table("points_change", comparison, caption, lines, compared.after.id, caveat=caveat, numeric_from=2)


def _ranks(evidence: Evidence, question: Question, ids: tuple[str, ...]) -> Markup | None:
    """Possible ranks and tiers of one area in its own round; sums of areas have none."""
    rank, tier = (evidence.find(question, statistic, ids[0]) for statistic in ("rank", "tier"))
    if len(ids) > 1 or rank is None or rank.low is None:
        return None
    words = Markup("{:interval}<br>(Stufe\u00a0{:interval})" if tier else "{:interval}")
    return words.format(rank, tier)


def scale_change_table(comparison: Comparison) -> Html:
    """Means and top boxes of the scale questions in both rounds; how far people agree stands in columns of its own."""
    questions = comparison.questions("scale")
    if not questions:
        return note("Keine Skalenfrage wurde in beiden Runden vergleichbar gestellt.")
    means, tops = (
        [
            (one.after.label, comparison.numbers(one, told=verdict_cell(comparison, one, quantity=quantity)))
            for one in questions
        ]
        for quantity in (MEAN, TOP_BOX)
    )
    turned = "Eine umgedrehte Skala ist auf die Richtung der früheren Runde gespiegelt."
    caveat = turned if any(compared.reversed for compared in questions) else ""
    title = "Mittelwerte der Skalenfragen in beiden Runden"
    first = _table("mean_change", comparison, title, means, "mittelwerte", caveat=caveat)
    caveat = "Einigkeit sagt, wie nah die Antworten einer Runde beieinanderliegen; über Veränderung sagt sie nichts."
    title = "Anteil der zustimmenden Stufen und Einigkeit in beiden Runden"
    return Html(join([first, _table("top_box_change", comparison, title, tops, "oberste", caveat=caveat)]))


def equivalence_table(comparison: Comparison) -> Html:
    """Both tests of equivalence of every mean, and which decides; nothing where none was done."""
    lines = []
    for label, compared, welch in _measured(comparison, "equivalence_p_welch", "equivalence_p_welch"):
        quantity = main_quantity(compared)
        test = deciding(comparison, compared, welch.item, quantity)
        if welch.estimate is not None and test is not None:
            adjusted = comparison.row(compared, quantity.same, welch.item)
            name = TESTED[test.statistic].removeprefix("der ")
            lines.append((label, comparison.numbers(compared, welch.item, test=name, adjusted=adjusted)))
    if not lines:
        return note("Ob ein Mittelwert unverändert blieb, war mit so wenigen Antworten nicht zu prüfen.")
    caveat = (
        "Unverändert heißt ein Mittelwert nur, wenn beide Tests es sagen; entscheidend ist deshalb der größere "
        "p-Wert. Bei Bereichen ist er für das Urteil nach Holm dafür berichtigt, dass alle Bereiche geprüft werden."
    )
    caption = "Tests darauf, ob Mittelwerte unverändert blieben"
    return _table("equivalence", comparison, caption, lines, "unveraendert", caveat=caveat)


def shares_change_table(comparison: Comparison) -> Html:
    """Shares of the options of choice questions and first places of rankings in both rounds, the participant groups
    among them; but for the question of priority (`priority_change_tables`)."""
    questions = [one for one in comparison.questions(*CHOSEN) if one.after.role != "priority"]
    return _shares_table(comparison, questions, "Wer hat geantwortet, und was wurde gewählt?", "anteile") or note(
        "Keine Auswahlfrage wurde in beiden Runden vergleichbar gestellt."
    )


def priority_change_tables(comparison: Comparison) -> list[Html]:
    """A question of priority that was a choice or a ranking: who chose each area, or put it first, in both rounds."""
    questions = [one for one in comparison.questions(*CHOSEN) if one.after.role == "priority"]
    made = [_shares_table(comparison, [one], f"{one.after.label} in beiden Runden", one.after.id) for one in questions]
    return [one for one in made if one]


def _shares_table(comparison: Comparison, questions: list[ComparedQuestion], title: str, name: str) -> Html | None:
    lines = []
    for compared in questions:
        first = " an erster Stelle" if compared.after.type == "ranking" else ""
        for item in compared.items:
            told = verdict_cell(comparison, compared, item.id)
            label = f"{headed(compared.after.label)} {item.label}{first}"
            lines.append((label, comparison.numbers(compared, item.id, told=told)))
    return _table("share_change", comparison, title, lines, name) if lines else None


def mix_table(comparison: Comparison) -> Html:
    """The change as counted and with both rounds weighted to the same mix of groups."""
    rows = _measured(comparison, "same_mix_change_mean_points", "same_mix_change_top_box_share")
    lines = []
    for label, compared, row in rows:
        counted = comparison.row(compared, row.statistic.removeprefix("same_mix_"), row.item)
        lines.append((label, comparison.numbers(compared, row.item, counted=counted, change=row)))
    if not lines:
        return note("Keine Teilnehmergruppe ist in beiden Runden groß genug, um die Zusammensetzung herauszurechnen.")
    caveat = (
        "Nur zur Prüfung: Unterscheiden sich beide Spalten, liegt ein Teil der Veränderung daran, wer geantwortet hat."
    )
    caption = "Veränderung bei gleicher Zusammensetzung der Gruppen"
    return _table("mix", comparison, caption, lines, "mischung", caveat=caveat)


_OWN_CHANGE = {"points": "linked_change_mean_points", "scale": "linked_change_mean"}


def linked_table(comparison: Comparison) -> Html:
    """Change of the people whose self-made code stands in both rounds."""
    lines = [
        (label, comparison.numbers(compared, row.item, change=row))
        for label, compared, row in _measured(comparison, **_OWN_CHANGE)
    ]
    if not lines:
        return note(
            "Antworten derselben Personen lassen sich nicht verbinden: Es gibt keinen selbst gebildeten Code, oder zu "
            "wenige haben ihn in beiden Runden angegeben."
        )
    return _table("linked", comparison, "Veränderung derselben Personen", lines, "verbunden")


def polled_twice_table(evidence: Evidence) -> Html:
    """Change of the people who answered a question twice in one event, before and after a discussion say."""
    lines, unsaid = [], []
    file = evidence.round.file
    twice = [question for question in file.questions if question.type in _OWN_CHANGE and file.before(question)]
    for question in twice:
        before = file.before(question)
        label = f"{before.label if before else ''} → {question.label}"
        found = evidence.rows(question, _OWN_CHANGE[question.type])
        for row in found:
            item = f", {short_label(evidence.round, row.item)}" if row.item else ""
            lines.append((label + item, evidence.numbers(question, row.item, change=row)))
        if not found:
            unsaid.append(label)
    if not twice:
        return absent("Keine Frage wurde zweimal gestellt.")
    hidden = note(
        "Die Veränderung derselben Personen wird nicht gezeigt: Es sind zu wenige, die beide Male antworteten oder nur "
        f"einmal, oder alle änderten sich gleich. Das betrifft {', '.join(unsaid)}."
    )
    if not lines:
        return hidden
    caveat = (
        "Gezählt sind nur Personen, die beide Male antworteten. Eine Veränderung sagt nicht, was sie bewirkte; die "
        "p-Werte gelten jeder Zeile für sich."
    )
    caption = "Dieselbe Frage zweimal gestellt"
    made = numbers_table("polled_twice", caption, lines, name="zweimal_gefragt", caveat=caveat)
    return Html(join([made, hidden])) if unsaid else made


def overlap_table(comparison: Comparison) -> Html:
    """What the interval of a difference would be if people had taken part twice, under stated assumptions."""
    cells: dict[tuple[str, str], dict[str, Markup]] = {}
    for label, _, row in _measured(comparison, "overlap_change_mean_points", "overlap_change_mean"):
        _, people, correlation = row.item.split("|")
        cells.setdefault((label, people), {})[correlation] = row.part("interval")
    if not cells:
        return note("Für Annahmen über doppelte Teilnahme fehlen die Antworten der früheren Runde.")
    assumed = list(dict.fromkeys(correlation for line in cells.values() for correlation in line))
    lines = [[label, assumed_number(float(people)), *map(line.get, assumed)] for (label, people), line in cells.items()]
    columns = [Markup("95-%-Bereich bei Zusammenhang {}").format(assumed_number(float(name), 1)) for name in assumed]
    head = ["Frage und Bereich", "angenommen: zweimal dabei", *columns]
    caveat = (
        "Wie viele zweimal dabei waren und wie ähnlich sie antworteten, weiß niemand. Die Tabelle zeigt nur, was "
        "Annahmen bewirken würden; Zusammenhang heißt, wie ähnlich dieselben Personen beide Male antworteten, und die "
        "letzte Annahme ist die ungünstigste. Jeder Bereich gilt für sich; Urteile folgen daraus nicht."
    )
    name = _name(comparison, "doppelt")
    return table("Wenn Personen zweimal teilgenommen hätten", head, lines, name=name, caveat=caveat)


def apart_table(comparison: Comparison) -> Html:
    """What one round has alone, or in another form, and why it is not compared."""

    changed = [
        (f"Frage: {q.after.label}", "beide", "umgedreht, gespiegelt verglichen" if q.reversed else "anders gestellt",
         q.reason) for q in comparison.rounds.questions if q.change != "same"
    ]  # fmt: skip
    changed += [
        (f"Antwort: {item.label}", "beide", _CHANGES[item.change], item.reason)
        for compared in comparison.rounds.questions
        for item in compared.items
        if item.change != "same"
    ]
    rounds = (comparison.rounds.earlier, comparison.rounds.later)
    dates = {one.name: german.date(one.file.date).replace(" ", "\u00a0") for one in rounds}
    lines = changed + [
        (f"{_KINDS[apart.kind]}: {apart.label}", dates[apart.round], _CHANGES[apart.change], apart.reason)
        for apart in comparison.rounds.apart
    ]
    if not lines:
        return note("Beide Runden fragten dasselbe in denselben Worten.")
    head = ["Was", "Runde", "Zuordnung", "Grund"]
    name = _name(comparison, "zuordnung")
    return table("Was neu, anders oder entfallen ist", head, lines, name=name, numeric_from=len(head))


def coverage_change_table(comparison: Comparison) -> Html:
    """In how many groups of each round a theme came up; groups are others each time, so themes are compared."""
    sides = [
        {row.item: row for row in evidence.rows(NOTES_QUESTION, "groups_covered") if row.item}
        for evidence in (comparison.earlier, comparison.later)
    ]
    codes = [code for code in comparison.later.round.codebook.codes() if code.id in sides[0] or code.id in sides[1]]
    if not any(sides):
        return absent("Zu keiner der Runden gibt es Notizen von Arbeitsgruppen.")
    if not all(sides):
        return note("Nur eine der Runden hat Notizen von Arbeitsgruppen; Themen lassen sich nicht vergleichen.")
    lines = [[code.label_short, *(side.get(code.id) for side in sides)] for code in codes]
    head = ["Thema", "Gruppen vorher", "Gruppen nachher"]
    caveat = "Die Gruppen sind nicht dieselben. Verglichen wird, ob ein Thema vorkam, nicht, wie viele es vertraten."
    if any(so_far(evidence) for evidence in (comparison.earlier, comparison.later)):
        caveat += " Noch ist nicht alles kodiert: Was hier fehlt, kann in den Gruppen dennoch vorgekommen sein."
    name = _name(comparison, "themen")
    return table("Themen der Arbeitsgruppen in beiden Runden", head, lines, name=name, caveat=caveat)
