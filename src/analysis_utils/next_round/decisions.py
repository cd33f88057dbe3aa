"""What the results of one round say about how to ask in the next one, for notebook 10."""

from __future__ import annotations

from markupsafe import Markup

from ..findings import Joint, joint_rows, priority_of, why_groups_unknown
from ..rounds import Code, Question
from ..wording import (
    INVENTED,
    NOTES_QUESTION,
    Evidence,
    Html,
    Row,
    certainty_sentences,
    code_label,
    german,
    has_codings,
    has_themes,
    is_invented,
    note,
    numbers_table,
    paragraphs,
    short_label,
    shown,
    table,
    terms,
    themes_foot,
)

TIED = 1e-9
_WHY = {
    "scale": "Skala, Richtung und Beschriftung der Enden müssen gleich bleiben, sonst ist kein Vergleich möglich",
    "ranking": "ein mittlerer Rang hängt davon ab, wie viele Bereiche zu ordnen waren",
    "points": "Punktsumme und Zahl der Optionen bestimmen die Höhe der Mittelwerte",
    "participant_group": "nur gleiche Gruppen erlauben, Unterschiede im Kreis der Antwortenden herauszurechnen",
}
"""Why a question of a type or role should be asked in the same words again."""
_SECTIONS = {"theme_clusters": "Themen-Cluster", "cross_cutting_themes": "Querschnittsthema"}


def open_pairs(evidence: Evidence, question: Question) -> list[tuple[Row, Row]] | None:
    """Pairs whose order the ballots leave open, each with the ballots it needs; None where that was not simulated."""
    needed = {row.item: row for row in evidence.rows(question, "ballots_to_separate")}
    separated = evidence.rows(question, "pair_separated")
    return (
        [(row, needed[row.item]) for row in separated if row.estimate == 0 and row.item in needed] if needed else None
    )


def open_pairs_table(evidence: Evidence, question: Question) -> Html:
    """Pairs whose order the ballots leave open: difference, chance to find it with as many ballots, ballots needed."""
    pairs = open_pairs(evidence, question)
    if pairs is None:
        words = f"{question.label}: Für diese Frage lässt sich nicht abschätzen, wie viele Stimmzettel nötig wären."
        return paragraphs([*certainty_sentences(evidence, question), Markup("{}").format(words)])
    about, lines = evidence.numbers(question), []
    for row, needed in pairs:
        first, second = (short_label(evidence.round, item) for item in row.item.split("|"))
        difference = evidence.find(question, "pair_difference", row.item)  # of rankings there is none
        line = about.of(row.item)
        is_tied = difference is not None and abs(difference.estimate or 0) < TIED
        enough = needed if needed.estimate is not None else "nicht in erreichbarer Größe"
        line["needed"] = "gleichauf" if is_tied else enough
        lines.append((f"{first} und {second}", line))
    if not lines:
        return note("Die Reihenfolge aller Paare ist schon mit diesen Stimmzetteln gesichert.")
    caveat = about.say(
        "Simuliert unter der Annahme, dass die beobachteten Unterschiede die wahren sind und ein ähnlicher Kreis "
        "antwortet. Zahlen zum Planen, keine Ergebnisse{mark}.",
        mark=INVENTED if is_invented(evidence, question, "ballots_to_separate") else "",
    )
    caption = f"{question.label}: Paare ohne gesicherte Reihenfolge"
    return numbers_table("open_pairs", caption, lines, name=f"naechste_{question.id}", caveat=caveat)


def to_discuss(evidence: Evidence) -> list[Joint]:
    """Areas on which poll and groups disagree, or whose meaning the groups changed."""
    return [row for row in joint_rows(evidence) if row.integration == "divergent" or row.groups == "umgedeutet"]


def to_recut(evidence: Evidence) -> list[Joint]:
    """Areas whose option no longer fits what was said: re-interpreted, or stressed in the poll and no topic of any
    group."""
    return [row for row in to_discuss(evidence) if row.groups in ("umgedeutet", "nicht angesprochen")]


def to_discuss_table(evidence: Evidence) -> Html:
    """The areas that deserve a discussion, with both sides and what to ask."""
    lines = []
    for row in to_discuss(evidence):
        got = shown(row.mean) if row.mean else german.NONE
        covered = shown(row.covered) if row.covered else german.NONE
        lines.append([short_label(evidence.round, row.area), got, row.poll, covered, row.groups, _advice(row)])
    if reason := why_groups_unknown(evidence):
        return note(reason)
    if not lines:
        return note("Umfrage und Gruppen widersprechen einander bei keinem Bereich.")
    head = ["Bereich", terms(priority_of(evidence)).name, "Umfrage", "Gruppen", "Haltung der Gruppen", "Vorschlag"]
    return table(
        "Worüber zu sprechen ist", head, lines, name="zu_besprechen", caveat=_source(evidence), numeric_from=len(head)
    )


def _advice(row: Joint) -> str:
    if row.groups == "umgedeutet":
        return "alten Wortlaut einmal mitfragen, neuen Zuschnitt als eigene Option daneben"
    if row.groups == "nicht angesprochen":
        return "in allen Gruppen eigens besprechen und in seine Teile zerlegt abfragen"
    return "beide Seiten gegenüberstellen und die Gründe festhalten"


def never_asked(evidence: Evidence) -> list[tuple[str, Code]]:
    """Clusters and cross-cutting themes of the codebook that no question of the poll offered, with their section."""
    asked = {item for question in evidence.round.file.questions for item in question.options.values()}
    themes = evidence.round.codebook.themes()
    return [(label, code) for section, label in _SECTIONS.items() for code in themes[section] if code.id not in asked]


def never_asked_table(evidence: Evidence) -> Html:
    """What the poll did not ask about, and in how many groups it came up all the same."""
    rows = evidence.rows(NOTES_QUESTION, "groups_covered") if has_codings(evidence) else []
    covered = {row.item: row for row in rows}
    lines = [[code_label(evidence, code.id), section, covered.get(code.id)] for section, code in never_asked(evidence)]
    if not lines:
        return note("Alle Themen des Codebuchs wurden in der Umfrage angeboten.")
    head, caveat = ["Thema", "Art", "Gruppen, die es ansprachen"], _source(evidence)
    return table("Wonach die Umfrage nicht fragte", head, lines, name="nicht_gefragt", caveat=caveat, numeric_from=2)


def _source(evidence: Evidence) -> str:
    """Where the numbers of the groups come from."""
    return themes_foot(evidence) if has_themes(evidence) else ""


def wording_table(evidence: Evidence) -> Html:
    """Per question: keep it word for word, or keep it and add what is new."""
    changed = {row.area for row in to_recut(evidence)}
    lines = []
    for question in evidence.round.file.questions:
        if question.type == "slide":
            continue
        moving = [short_label(evidence.round, item) for item in question.options.values() if item in changed]
        advice = f"Frage wortgleich; neu zuschneiden: {german.listing(moving)}" if moving else "wortgleich lassen"
        why = _WHY.get(question.type) or _WHY.get(question.role, "nur gleiche Fragen sind vergleichbar")
        wording = Markup('<span class="wording">{}</span>').format(question.full_wording)
        lines.append([question.label, wording, advice, why])
    head = ["Frage", "Wortlaut", "Vorschlag", "Grund"]
    return table("Was wortgleich bleiben sollte", head, lines, name="wortlaut", numeric_from=len(head))
