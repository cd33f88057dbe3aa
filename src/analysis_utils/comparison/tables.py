"""Tables of two rounds side by side, from the rows of `changes` and the estimates of either round."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import CHOSEN, Apart, ComparedQuestion, Question
from ..wording import (
    Evidence,
    Html,
    Row,
    absent,
    german,
    join,
    note,
    short_label,
    shown,
    shown_interval,
    shown_n,
    table,
)
from .rounds_compared import Comparison, headed
from .words import OTHER_CHOICE, TESTED, TOP_BOX, deciding, main_quantity, shown_signed, verdict_cell

_CHANGES = {
    "same": "gleich",
    "renamed": "neu benannt",
    "split": "aufgeteilt, zusammen verglichen",
    "merged": "zusammengelegt, zusammen verglichen",
    "new": "neu",
    "dropped": "entfallen",
}
_KINDS = {"question": "Frage", "option": "Antwort", "group": "Teilnehmergruppe"}


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
        lines.append([item.label, verdict_cell(comparison, compared, item.id), *cells])
    head = ["Bereich", "Urteil", "vorher", "95-%-Bereich", "nachher", "95-%-Bereich", "Unterschied", "95-%-Bereich",
            "mögliche Ränge vorher", "mögliche Ränge nachher"]  # fmt: skip
    caveat = (
        "Die 95-%-Bereiche der Unterschiede gelten für alle Zeilen zugleich; wo in einer Runde nur wenige Personen "
        "Punkte gaben, sind sie besonders weit. "
    )
    caveat += OTHER_CHOICE if comparison.has_other_choice(compared) else ""
    return table(f"Mittlere Punkte in beiden Runden: {compared.after.label}", head, lines,
                 name=f"vergleich_{_key(comparison)}_{compared.after.id}", caveat=caveat, numeric_from=2)  # fmt: skip


def _ranks(evidence: Evidence, question: Question, ids: tuple[str, ...]) -> Markup | str:
    """Possible ranks and tiers of one area in its own round; sums of areas have none."""
    if len(ids) > 1:
        return german.NONE
    rank, tier = (evidence.find(question, statistic, ids[0]) for statistic in ("rank", "tier"))
    if rank is None or rank.low is None:
        return german.NONE
    if tier is None:
        return shown_interval(rank)
    return Markup("{}<br>(Stufe\u00a0{})").format(shown_interval(rank), shown_interval(tier))


def scale_change_table(comparison: Comparison) -> Html:
    """Means and top boxes of the scale questions in both rounds; how far people agree stands in columns of its own."""
    questions = comparison.questions("scale")
    if not questions:
        return note("Keine Skalenfrage wurde in beiden Runden vergleichbar gestellt.")
    means, tops = [], []
    for compared in questions:
        rows = {name: comparison.row(compared, name) for name in _SCALE_ROWS}
        label, told = compared.after.label, verdict_cell(comparison, compared)
        n = [_n(rows["mean_before"]), _n(rows["mean_after"])]
        means.append([label, *n, *_three(rows, "mean"), told])
        top = verdict_cell(comparison, compared, quantity=TOP_BOX)
        agreed = [_maybe(rows[f"consensus_{side}"]) for side in ("before", "after")]
        tops.append([label, *_three(rows, "top_box_share"), top, *agreed])
    name = f"vergleich_{_key(comparison)}"
    turned = "Eine umgedrehte Skala ist auf die Richtung der früheren Runde gespiegelt."
    caveat = turned if any(compared.reversed for compared in questions) else ""
    head = ["Frage", "n vorher", "n nachher", "vorher", "nachher", "Unterschied", "95-%-Bereich", "Urteil"]
    first = table(
        "Mittelwerte der Skalenfragen in beiden Runden", head, means, name=f"{name}_mittelwerte", caveat=caveat
    )
    caveat = "Einigkeit sagt, wie nah die Antworten einer Runde beieinanderliegen; über Veränderung sagt sie nichts."
    head = ["Frage", "vorher", "nachher", "Unterschied", "95-%-Bereich", "Urteil", "Einigkeit vorher",
            "Einigkeit nachher"]  # fmt: skip
    title = "Anteil der zustimmenden Stufen und Einigkeit in beiden Runden"
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


def equivalence_table(comparison: Comparison) -> Html:
    """Both tests of equivalence of every mean, and which decides; nothing where none was done."""
    lines = []
    for compared in comparison.questions("points", "scale"):
        labels = {item.id: f"{headed(compared.after.label)} {item.label}" for item in compared.items}
        for welch in comparison.rows(compared, "equivalence_p_welch"):
            bootstrap = comparison.row(compared, "equivalence_p_bootstrap", welch.item)
            test = deciding(comparison, compared, welch.item, main_quantity(compared))
            if welch.estimate is None or test is None:
                continue
            adjusted = _p(comparison.row(compared, main_quantity(compared).same, welch.item))
            name = TESTED[test.statistic].removeprefix("der ")
            lines.append([labels.get(welch.item, compared.after.label), _p(welch), _p(bootstrap), name, adjusted])
    if not lines:
        return note("Ob ein Mittelwert unverändert blieb, war mit so wenigen Antworten nicht zu prüfen.")
    head = ["Frage und Bereich", "p nach Welch", "p nach Bootstrap", "entscheidend", "p für das Urteil"]
    caveat = (
        "Unverändert heißt ein Mittelwert nur, wenn beide Tests es sagen; entscheidend ist deshalb der größere "
        "p-Wert. Bei Bereichen ist er für das Urteil nach Holm dafür berichtigt, dass alle Bereiche geprüft werden."
    )
    return table("Tests darauf, ob Mittelwerte unverändert blieben", head, lines,
                 name=f"vergleich_{_key(comparison)}_unveraendert", caveat=caveat)  # fmt: skip


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
            before, after, change = (
                comparison.row(compared, name, item.id) for name in ("share_before", "share_after", "change_share")
            )
            label = f"{headed(compared.after.label)} {item.label}{first}"
            told = verdict_cell(comparison, compared, item.id)
            lines.append([label, _maybe(before), _maybe(after), _signed(change), _interval(change), told])
    head = ["Frage und Antwort", "vorher", "nachher", "Unterschied", "95-%-Bereich", "Urteil"]
    return table(title, head, lines, name=f"vergleich_{_key(comparison)}_{name}") if lines else None


def mix_table(comparison: Comparison) -> Html:
    """The change as counted and with both rounds weighted to the same mix of groups."""
    lines = []
    for compared in comparison.questions("points", "scale"):
        points = compared.after.type == "points"
        counted = "change_mean_points" if points else "change_top_box_share"
        labels = {item.id: f"{headed(compared.after.label)} {item.label}" for item in compared.items}
        for row in comparison.rows(compared, f"same_mix_{counted}"):
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
        labels = {item.id: f"{headed(compared.after.label)} {item.label}" for item in compared.items}
        for row in comparison.rows(compared, _OWN_CHANGE[compared.after.type]):
            label = labels.get(row.item, compared.after.label)
            lines.append([label, *_own_change(row, comparison.row(compared, "linked_p", row.item))])
    if not lines:
        return note(
            "Antworten derselben Personen lassen sich nicht verbinden: Es gibt keinen selbst gebildeten Code, oder zu "
            "wenige haben ihn in beiden Runden angegeben."
        )
    head = ["Frage und Bereich", "verbundene Personen", "mittlere eigene Veränderung", "95-%-Bereich", "p-Wert"]
    return table("Veränderung derselben Personen", head, lines, name=f"vergleich_{_key(comparison)}_verbunden")


_OWN_CHANGE = {"points": "linked_change_mean_points", "scale": "linked_change_mean"}


def _own_change(change: Row, p: Row | None) -> list[Markup | str]:
    return [shown_n(change), _signed(change), _interval(change), _p(p)]


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
            lines.append([label + item, *_own_change(row, evidence.find(question, "linked_p", row.item))])
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
    head = ["Frage", "Personen mit beiden Antworten", "mittlere eigene Veränderung", "95-%-Bereich", "p-Wert"]
    caveat = (
        "Gezählt sind nur Personen, die beide Male antworteten. Eine Veränderung sagt nicht, was sie bewirkte; die "
        "p-Werte gelten jeder Zeile für sich."
    )
    made = table("Dieselbe Frage zweimal gestellt", head, lines, name="zweimal_gefragt", caveat=caveat)
    return Html(join([made, hidden])) if unsaid else made


def overlap_table(comparison: Comparison) -> Html:
    """What the interval of a difference would be if people had taken part twice, under stated assumptions."""
    cells: dict[tuple[str, str], dict[str, Markup | str]] = {}
    for compared in comparison.questions("points", "scale"):
        points = compared.after.type == "points"
        labels = {item.id: f"{headed(compared.after.label)} {item.label}" for item in compared.items}
        for row in comparison.rows(compared, "overlap_change_mean_points" if points else "overlap_change_mean"):
            item, people, correlation = row.item.split("|")
            line = cells.setdefault((labels.get(item, compared.after.label), people), {})
            line[correlation] = _interval(row)
    if not cells:
        return note("Für Annahmen über doppelte Teilnahme fehlen die Antworten der früheren Runde.")
    assumed = list(dict.fromkeys(correlation for line in cells.values() for correlation in line))
    lines = [
        [label, _assumed(float(people), 0), *(line.get(name, german.NONE) for name in assumed)]
        for (label, people), line in cells.items()
    ]
    columns = [Markup("95-%-Bereich bei Zusammenhang {}").format(_assumed(float(name), 1)) for name in assumed]
    head = ["Frage und Bereich", "angenommen: zweimal dabei", *columns]
    caveat = (
        "Wie viele zweimal dabei waren und wie ähnlich sie antworteten, weiß niemand. Die Tabelle zeigt nur, was "
        "Annahmen bewirken würden; Zusammenhang heißt, wie ähnlich dieselben Personen beide Male antworteten, und die "
        "letzte Annahme ist die ungünstigste. Jeder Bereich gilt für sich; Urteile folgen daraus nicht."
    )
    return table("Wenn Personen zweimal teilgenommen hätten", head, lines,
                 name=f"vergleich_{_key(comparison)}_doppelt", caveat=caveat)  # fmt: skip


def _assumed(value: float, digits: int) -> Markup:
    return Markup('<data value="{}" data-source="assumed">{}</data>').format(f"{value:g}", german.number(value, digits))


def apart_table(comparison: Comparison) -> Html:
    """What one round has alone, or in another form, and why it is not compared."""

    def line(apart: Apart) -> list[str | Markup]:
        rounds = (comparison.rounds.earlier, comparison.rounds.later)
        when = next(german.date(r.file.date) for r in rounds if r.name == apart.round).replace(" ", "\u00a0")
        return [f"{_KINDS[apart.kind]}: {apart.label}", when, _CHANGES[apart.change], apart.reason]

    changed = [
        [f"Frage: {q.after.label}", "beide", "umgedreht, gespiegelt verglichen" if q.reversed else "anders gestellt",
         q.reason] for q in comparison.rounds.questions if q.change != "same"
    ]  # fmt: skip
    changed += [
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
    from ..wording import NOTES_QUESTION, so_far

    sides = [
        {row.item: row for row in evidence.rows(NOTES_QUESTION, "groups_covered") if row.item}
        for evidence in (comparison.earlier, comparison.later)
    ]
    codes = [code for code in comparison.later.round.codebook.codes() if code.id in sides[0] or code.id in sides[1]]
    if not any(sides):
        return absent("Zu keiner der Runden gibt es Notizen von Arbeitsgruppen.")
    if not all(sides):
        return note("Nur eine der Runden hat Notizen von Arbeitsgruppen; Themen lassen sich nicht vergleichen.")
    lines = [[code.label_short, *(_maybe(side.get(code.id)) for side in sides)] for code in codes]
    head = ["Thema", "Gruppen vorher", "Gruppen nachher"]
    caveat = "Die Gruppen sind nicht dieselben. Verglichen wird, ob ein Thema vorkam, nicht, wie viele es vertraten."
    if any(so_far(evidence) for evidence in (comparison.earlier, comparison.later)):
        caveat += " Noch ist nicht alles kodiert: Was hier fehlt, kann in den Gruppen dennoch vorgekommen sein."
    return table("Themen der Arbeitsgruppen in beiden Runden", head, lines,
                 name=f"vergleich_{_key(comparison)}_themen", caveat=caveat)  # fmt: skip


def _key(comparison: Comparison) -> str:
    return comparison.rounds.earlier.name.replace("-", "_")


def _maybe(row: Row | None) -> Markup | str:
    return german.NONE if row is None else shown(row)


def _interval(row: Row | None) -> Markup | str:
    return german.NONE if row is None else shown_interval(row)


def _n(row: Row | None) -> Markup | str:
    return german.NONE if row is None else shown_n(row)


def _signed(row: Row | None) -> Markup | str:
    return german.NONE if row is None or row.estimate is None else shown_signed(row)


def _p(row: Row | None) -> Markup | str:
    return german.NONE if row is None or row.estimate is None else shown(row, german.p_value(row.estimate))
