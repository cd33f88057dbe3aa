"""The codes, groups and places of the group notes, in German, for the figures, tables and sentences about them."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from ..contracts import STANCES
from ..rounds import NOTES, Code, NotesGroup, Question, Round
from ..tables import read_table
from . import german
from .evidence import Evidence, Row
from .html import NO_NOTES, Html, absent, in_words, note
from .labels import short_label
from .standing import draft_mark

NOTES_QUESTION = Question(id=NOTES, wording="Notizen und Tafeln der Gruppen", label="Gruppennotizen", type="other")
"""Stands where the estimates of polled questions have theirs."""
SECTIONS = {
    "focus_areas": "Fokusbereiche",
    "theme_clusters": "Themen-Cluster",
    "cross_cutting_themes": "Querschnittsthemen",
    "added_codes": "Weitere Themen",
}
REMAINDER = "andere"
"""The option for everything else: nobody codes statements for it."""
STANCE_WORDS = {"priorität": "Priorität", "bedingung": "Bedingung", "umdeutung": "Umdeutung"}
"""Stances whose German word is a noun; the others are written as their ids."""


def has_themes(evidence: Evidence) -> bool:
    """True where notes or boards were read."""
    return bool(evidence.rows(NOTES_QUESTION, "statements_read"))


def has_orders(evidence: Evidence) -> bool:
    """True where a group put the areas in an order of its own, with or without notes."""
    return any(evidence.rows(NOTES_QUESTION, "group_rank", segment=group.id) for group in groups_of(evidence))


def has_codings(evidence: Evidence) -> bool:
    """True where at least one statement was coded; before that the groups are not silent but unread."""
    return any(row.estimate for row in evidence.rows(NOTES_QUESTION, "statements_coded"))


def open_groups(evidence: Evidence) -> list[str]:
    """Groups of which something was not read, coded or decided yet: what they did not say is not known."""
    found = []
    for group in groups_of(evidence):
        read, coded = (
            evidence.find(NOTES_QUESTION, name, segment=group.id) for name in ("statements_read", "statements_coded")
        )
        if read is None or coded is None or not read.value or coded.value < read.value:
            found.append(group.id)
    return found


def left_to_code(evidence: Evidence) -> int:
    """Statements without a final coding."""
    read, coded = (evidence.row(NOTES_QUESTION, name) for name in ("statements_read", "statements_coded"))
    return int(read.value - coded.value)


def so_far(evidence: Evidence) -> str:
    """What stands beside everything that counts statements while some are not coded; else nothing."""
    if not has_codings(evidence) or not open_groups(evidence):
        return ""
    if left_to_code(evidence):
        return "Noch sind nicht alle Aussagen kodiert: Gezählt ist der bisherige Stand, was fehlt, kann noch kommen."
    return "Nicht aus allen Gruppen liegen Notizen vor: Was fehlt, kann dort dennoch besprochen worden sein."


def stance_word(stance: str) -> str:
    return STANCE_WORDS.get(stance, stance)


def groups_of(evidence: Evidence) -> list[NotesGroup]:
    notes = evidence.round.file.notes
    return list(notes.groups) if notes else []


def spoken_of(evidence: Evidence, section: str) -> list[Row]:
    """`statement_count` rows of a section's codes, most statements first; codes added or left over only if used."""
    codes = [code.id for code in evidence.round.codebook.themes()[section]]
    counts = [row for row in evidence.rows(NOTES_QUESTION, "statement_count") if row.item in codes]
    shown = [row for row in counts if row.value or (section != "added_codes" and row.item != REMAINDER)]
    return sorted(shown, key=lambda row: -row.value)


def code_of(evidence: Evidence, item: str) -> Code | None:
    return evidence.round.codebook.by_id().get(item)


def themes_notice(round_: Round) -> Html:
    """Where the notes come from: originals, or the sentence of round.yml that says they are not."""
    notes = round_.file.notes
    if notes is None:
        return absent(NO_NOTES)
    if notes.provenance == "original" or notes.note is None:
        return note("Grundlage ist, was die Gruppen selbst hinterlassen haben: die Originale.")
    headings = {"reconstructed": "Rekonstruierte Notizen.", "illustrative": "Erfundene Notizen zur Illustration."}
    return Html(
        Markup('<div class="notice"><strong>{}</strong> {}</div>').format(headings[notes.provenance], notes.note)
    )


def themes_source(round_: Round) -> str:
    """Where the numbers come from, for the foot of a picture that may travel alone."""
    notes = round_.file.notes
    warning = {
        "original": "",
        "reconstructed": " Rekonstruierte Notizen – nicht zitieren.",
        "illustrative": " Erfundene Notizen zur Illustration – nicht zitieren.",
    }
    source = f"Quelle: Notizen und Tafeln der Gruppen, {german.date(round_.file.date)}."
    mark = draft_mark(round_)
    return f"{source}{warning[notes.provenance if notes else 'original']}{f' {mark}.' if mark else ''}"


def themes_foot(evidence: Evidence) -> str:
    """What stands below a table or picture about the groups: how far the coding is, and the source."""
    return f"{so_far(evidence)} {themes_source(evidence.round)}".strip()


def group_label(evidence: Evidence, group: str) -> str:
    return next((one.label for one in groups_of(evidence) if one.id == group), group)


def code_label(evidence: Evidence, item: str) -> str:
    return short_label(evidence.round, item)


def paraphrase_table(round_: Round) -> pd.DataFrame:
    return read_table("paraphrases", round_.table("paraphrases"))


def groups_word(count: float | None, of: int) -> Markup:
    """`Alle drei Gruppen`, `Beide Gruppen`, `Zwei Gruppen`, `Eine Gruppe`, `Keine Gruppe`, to begin a sentence with."""
    number = int(count or 0)
    if number == of == 2:
        return Markup("Beide Gruppen")
    if number == of and of > 1:
        return Markup("Alle {} Gruppen").format(in_words(of))
    if number == 0:
        return Markup("Keine Gruppe")
    return Markup("{} {}").format(in_words(number, capital=True), "Gruppe" if number == 1 else "Gruppen")


def stance_rows(evidence: Evidence, item: str) -> dict[str, Row]:
    """`stance_count` of a code by stance, in the order of the stances; empty where nobody spoke of it."""
    rows = {row.item: row for row in evidence.rows(NOTES_QUESTION, "stance_count")}
    return {stance: rows[f"{item}|{stance}"] for stance in STANCES if f"{item}|{stance}" in rows}
