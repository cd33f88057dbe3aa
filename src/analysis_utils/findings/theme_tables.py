"""Tables of the group notes: coverage, orders, agreement, what analysts say, released quotes, where it all stands."""

from __future__ import annotations

import re

import pandas as pd
from markupsafe import Markup

from ..wording import (
    NO_NOTES,
    NOTES_QUESTION,
    SECTIONS,
    Evidence,
    Html,
    Row,
    absent,
    code_label,
    counted,
    german,
    group_label,
    groups_of,
    has_codings,
    has_themes,
    join,
    note,
    numbers_table,
    paraphrase_table,
    shown,
    so_far,
    spoken_of,
    stance_word,
    table,
)
from .reading_tables import of_themes, place_words

COUNTED = (
    "Gezählt werden Aussagen, Karten, Punkte und Gruppen, nicht Personen. Eine Aussage kann mehrere Themen tragen."
)


@of_themes
def coverage_table(evidence: Evidence) -> Html:
    """Every code: groups, statements in all and by group, dots; nothing before anything was coded."""
    if has_themes(evidence) and not has_codings(evidence):
        return note("Die Tabelle der Themen entsteht, sobald Aussagen kodiert sind.")
    groups, about = groups_of(evidence), evidence.numbers(NOTES_QUESTION)
    dots = {row.item: row for row in evidence.rows(NOTES_QUESTION, "dots")}
    lines = []
    for row in (row for section in SECTIONS for row in spoken_of(evidence, section)):
        own = [evidence.row(NOTES_QUESTION, "statement_count", row.item, segment=group.id) for group in groups]
        cells = [about.of(row.item)["groups_covered"], row, *own, *([dots[row.item]] if dots else [])]
        lines.append([code_label(evidence, row.item), *cells])
    head = ["Thema", "Gruppen", "Aussagen", *(group.label for group in groups), *(["Punkte"] if dots else [])]
    return table("Themen in den Gruppen", head, lines, name="themen", caveat=f"{COUNTED} {so_far(evidence)}".strip())


def order_table(evidence: Evidence) -> Html:
    """Each group's order of the focus areas; a dash where a group did not rank an area."""
    ranks = [
        {row.item: row for row in evidence.rows(NOTES_QUESTION, "group_rank", segment=group.id)}
        for group in groups_of(evidence)
    ]
    if not any(ranks):
        return note("Keine Gruppe hat die Fokusbereiche in eine Rangfolge gebracht.")
    areas = [code.id for code in evidence.round.focus_areas]
    items = [row.item for row in spoken_of(evidence, "focus_areas")] or areas
    lines = [
        [code_label(evidence, item), *(_rank(own[item]) if item in own else None for own in ranks)]
        for item in items
        if any(item in own for own in ranks)
    ]
    head = ["Fokusbereich", *(group.label for group in groups_of(evidence))]
    caveat = "Nicht geordnete Bereiche stehen nicht hinten, sondern fehlen. Gleichauf liegende teilen sich die Mitte."
    return table("Rangfolgen der Gruppen", head, lines, name="rangfolgen", caveat=caveat)


def _rank(row: Row) -> Markup:
    return shown(row, german.number(row.value, 0 if row.value.is_integer() else 1))


@of_themes
def agreement_table(evidence: Evidence) -> Html:
    """Alpha with interval and raw agreement, code by code."""
    rows = evidence.rows(NOTES_QUESTION, "coding_alpha")
    if not rows:
        return note(
            "Eine Übereinstimmung lässt sich erst angeben, wenn zwei Personen dieselben Aussagen kodiert haben."
        )
    lines = [
        (code_label(evidence, row.item) or "alle Themen zusammen", evidence.numbers(NOTES_QUESTION, row.item))
        for row in rows
    ]
    caveat = (
        "Gleiche Urteile sind bei seltenen Themen immer häufig; maßgeblich ist deshalb α. Ein Strich: nicht bestimmt."
    )
    return numbers_table("agreement", "Übereinstimmung der Kodierenden", lines, name="alpha", caveat=caveat)


def disagreement_table(found: pd.DataFrame, evidence: Evidence) -> Html:
    """Where coders differ: place, what each gave, what was decided. `found` as ingest lays it open; shows no words."""
    if not has_themes(evidence):
        return absent(NO_NOTES)
    if found.empty:
        return note("Die Kodierenden sind sich überall einig, oder es hat nur eine Person kodiert.")
    coders = [name for name in found.columns if name not in ("statement", "file", "place", "decided")]
    lines = []
    for row in found.to_dict("records"):
        given = [_labelled(evidence, row[name]) for name in (*coders, "decided")]
        lines.append([row["statement"], _place(row), *given[:-1], given[-1] or "offen"])
    head = ["Aussage", "Stelle", *map(_decider, coders), "entschieden"]
    wide = table("Unterschiedliche Kodierungen", head, lines, name="uneinig", numeric_from=99)
    return _folded("Aussagen, zu denen sich die Kodierungen unterscheiden", wide)


def _labelled(evidence: Evidence, codes: str) -> str:
    """Codes as ingest lists them (`fachkraefte (bedingung); …`), by their labels."""
    return re.sub(r"\w+", lambda code: code_label(evidence, code[0]), codes)


@of_themes
def paraphrases(evidence: Evidence) -> Html:
    """Sentences of the analysts, each with the places it rests on, as long as all of these bear its theme."""
    said, coded = paraphrase_table(evidence.round), evidence.coded
    if said.empty:
        return note("Zu dieser Runde hat das Auswertungsteam keine eigenen Zusammenfassungen hinterlegt.")
    places = {
        row["statement"]: Markup("{}, {}").format(group_label(evidence, row["group"]), _place(row))
        for row in coded.drop_duplicates("statement").to_dict("records")
    }
    bears = {(row["statement"], code) for row in coded.to_dict("records") if row["code"] for code in ("", row["code"])}
    parts = []
    for row in said.to_dict("records"):
        names = row["statements"].split()
        if all((name, row["code"]) in bears for name in names):
            words = Markup('<p>{}<br><span class="note">{} · Belege: {}</span></p>')
            parts.append(words.format(row["sentence"], row["author"], join([places[name] for name in names], "; ")))
    if lost := len(said) - len(parts):
        words = Markup("{} {} des Auswertungsteams {}: Belegstellen sind in dieser Runde nicht so kodiert.")
        verb = ("Satz", "fehlt") if lost == 1 else ("Sätze", "fehlen")
        parts.append(note(words.format(counted(lost, "findings"), *verb)).markup)
    return Html(join(parts))


@of_themes
def quotes(evidence: Evidence) -> Html:
    """Released words: statements with group, place and who released them, cards by group. Nothing else is quoted."""
    coded = evidence.coded
    released = coded[coded["quote"] != ""].drop_duplicates("statement")
    if released.empty:
        return note("Zur wörtlichen Wiedergabe ist keine Aussage freigegeben.")
    parts = [
        Markup('<blockquote><p>„{}“</p><p class="note">{}, {}; freigegeben: {}</p></blockquote>').format(
            row["quote"], group_label(evidence, row["group"]), _place(row), row["released_by"]
        )
        for row in released[released["kind"] == "note"].to_dict("records")
    ]
    for group, cards in released[released["kind"] == "card"].groupby("group", sort=False):
        words = join([Markup("„{}“").format(quote) for quote in cards["quote"]], "\u00a0· ")
        head = Markup("<b>Karten, {}:</b>").format(group_label(evidence, str(group)))
        parts.append(Markup("<p>{} {}</p>").format(head, words))
    return Html(join(parts))


@of_themes
def trace_table(evidence: Evidence) -> Html:
    """Every coded statement with its place, codes and who decided; without its words."""
    coded = evidence.coded
    if coded.empty:
        return note("Noch ist keine Aussage kodiert.")
    lines = []
    for name, own in coded.groupby("statement", sort=False):
        first = own.iloc[0]
        codes = [
            code_label(evidence, code) + (f" ({stance_word(stance)})" if stance else "")
            for code, stance in zip(own["code"], own["stance"], strict=True)
        ]
        bears = german.listing([code for code in codes if code]) or "kein Thema passt"
        lines.append([str(name), _place(dict(first)), bears, _decider(first["decided_by"])])
    head = ["Aussage", "Stelle", "Themen (Haltung)", "entschieden"]
    wide = table("Fundstellen aller kodierten Aussagen", head, lines, name="fundstellen", numeric_from=99)
    return _folded("Fundstellen aller kodierten Aussagen und Karten", wide)


def _decider(name: str) -> str:
    return "einig" if name == "all coders" else f"{name[:1].upper()}{name[1:]}".replace("_", " ")


def _place(row: dict) -> Markup:
    return Markup('<span class="place">{}, {}</span>').format(row["file"], place_words(row["place"]))


def _folded(summary: str, content: Html) -> Html:
    return Html(Markup("<details><summary>{}</summary>{}</details>").format(summary, content))
