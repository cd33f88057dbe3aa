"""What is said about the group notes, built from rows of `estimates`: their codes, groups and stances, headlines of
figures, sentences. Groups are counted, never people."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from markupsafe import Markup

from ..contracts import STANCES
from ..rounds import NOTES, NotesGroup, Question, Round
from ..tables import read_table
from . import german
from .evidence import Evidence, Row
from .html import NO_NOTES, Html, absent, in_words, join, listing, note
from .labels import named, short_label
from .question_card import draft_mark
from .sentences import each_area

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
MOSTLY, FEWEST = 0.5, 3
"""A stance is said to prevail from this share of the statements, and where there are at least so many."""
TENTATIVE = 0.667
"""Alpha below it is not reliable (Krippendorff 2004)."""
_MOSTLY = {
    "priorität": "Überwiegend als Priorität genannt",
    "unterstützend": "Überwiegend unterstützt",
    "bedingung": "Überwiegend an Bedingungen geknüpft",
    "kritisch": "Überwiegend kritisch gesehen",
    "umdeutung": "Überwiegend anders verstanden als vorgestellt",
}
_ORIGINS = {
    "original": ("", ""),
    "reconstructed": ("Rekonstruierte Notizen.", " Rekonstruierte Notizen – nicht zitieren."),
    "illustrative": (
        "Erfundene Notizen zur Illustration.",
        " Erfundene Notizen zur Illustration – nicht zitieren.",
    ),
}
"""What is said of notes that are not the originals, in a box and at the foot of a picture."""


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
    counts = {
        group.id: [
            sum(row.value for row in evidence.rows(NOTES_QUESTION, f"statements_{done}", segment=group.id))
            for done in ("read", "coded")
        ]
        for group in groups_of(evidence)
    }
    return [group for group, (read, coded) in counts.items() if not read or coded < read]


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


def themes_notice(round_: Round) -> Html:
    """Where the notes come from: originals, or the sentence of round.yml that says they are not."""
    notes = round_.file.notes
    if notes is None:
        return absent(NO_NOTES)
    if notes.provenance == "original" or notes.note is None:
        return note("Grundlage ist, was die Gruppen selbst hinterlassen haben: die Originale.")
    box = Markup('<div class="notice"><strong>{}</strong> {}</div>')
    return Html(box.format(_ORIGINS[notes.provenance][0], notes.note))


def themes_source(round_: Round) -> str:
    """Where the numbers come from, for the foot of a picture that may travel alone."""
    notes, mark = round_.file.notes, draft_mark(round_)
    source = f"Quelle: Notizen und Tafeln der Gruppen, {german.date(round_.file.date)}."
    return f"{source}{_ORIGINS[notes.provenance][1] if notes else ''}{f' {mark}.' if mark else ''}"


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


def _mostly(evidence: Evidence, stance: str) -> list[Row]:
    """The areas for which a stance prevails."""
    found = []
    for area in spoken_of(evidence, "focus_areas"):
        row = stance_rows(evidence, area.item).get(stance)
        if row is not None and (row.n or 0) >= FEWEST and row.value > MOSTLY * (row.n or 0):
            found.append(replace(row, item=area.item))
    return found


def _pairs(evidence: Evidence) -> list[Row]:
    rows = [row for row in evidence.rows(NOTES_QUESTION, "cooccurrence") if row.value]
    return sorted(rows, key=lambda row: -row.value)


def _dots(evidence: Evidence) -> list[Row]:
    areas = [row.item for row in spoken_of(evidence, "focus_areas")]
    rows = [row for row in evidence.rows(NOTES_QUESTION, "dots") if row.item in areas]
    return sorted(rows, key=lambda row: -row.value)


# --- headlines of the figures -----------------------------------------------------------------------------------------


def coverage_headline(evidence: Evidence) -> str:
    """The areas most statements speak of."""
    areas = spoken_of(evidence, "focus_areas")
    most = [code_label(evidence, row.item) for row in areas if row.value and row.value == areas[0].value]
    if not most:
        return "Zu keinem Fokusbereich liegt eine kodierte Aussage vor"
    if len(most) == len(areas) > 1:
        return "Die Gruppen sprachen über alle Fokusbereiche gleich oft"
    return f"Am meisten sprachen die Gruppen über {named(most)}"


def stance_headline(evidence: Evidence) -> str:
    """Areas whose statements mostly re-interpret or criticise, in one line."""
    parts = []
    for stance, verb in (("umdeutung", "umgedeutet"), ("kritisch", "kritisch gesehen")):
        if names := [code_label(evidence, row.item) for row in _mostly(evidence, stance)]:
            parts.append(f"{named(names)} überwiegend {verb}")
    words = ", ".join(parts) or "Haltung der Gruppen zu den Fokusbereichen"
    return f"{words[:1].upper()}{words[1:]}"


def inside_headline(evidence: Evidence) -> str:
    """The theme and the area that come together most often; two pairs where they tie, none where more do."""
    pairs = _pairs(evidence)
    if not pairs:
        return "Kein Thema kam innerhalb eines Fokusbereichs vor"
    most = [row for row in pairs if row.value == pairs[0].value]
    if len(most) > 2:
        return "Mehrere Themen kamen gleich oft innerhalb von Fokusbereichen vor"
    codes = [[f"„{code_label(evidence, code)}“" for code in row.item.split("|")] for row in most]
    return f"Am häufigsten zusammen: {' sowie '.join(' und '.join(pair) for pair in codes)}"


def dots_headline(evidence: Evidence) -> str:
    """The area whose cards got most dots."""
    dots = _dots(evidence)
    if not dots or not dots[0].value:
        return "Auf Karten zu Fokusbereichen klebt kein Punkt"
    names = [code_label(evidence, row.item) for row in evidence.rows(NOTES_QUESTION, "dots")
             if row in dots and row.value == dots[0].value]  # fmt: skip
    return f"Die meisten Klebepunkte tragen Karten zu {named(names, 'Bereichen')}"


# --- sentences --------------------------------------------------------------------------------------------------------


def reading_sentences(evidence: Evidence) -> list[Markup]:
    """How much was read and coded, group by group."""
    told = evidence.numbers(NOTES_QUESTION)
    told["groups"] = listing(
        evidence.numbers(NOTES_QUESTION, segment=group.id).say("{label} ({statements_read})", label=group.label)
        for group in groups_of(evidence)
    )
    read = "Gelesen {statements_read:wurde # Aussage|wurden # Aussagen und Karten}: {groups}."
    coded = "Davon {statements_coded:trägt|tragen} {statements_coded} eine gültige Kodierung."
    return [told.say(f"{read} {coded if told['statements_coded'].value else 'Noch ist keine davon kodiert.'}")]


def coverage_sentences(evidence: Evidence) -> list[Markup]:
    """Which focus areas came up in how many groups, from all to none."""
    groups, rows = len(groups_of(evidence)), spoken_of(evidence, "focus_areas")
    told = evidence.numbers(NOTES_QUESTION)
    if not told["statements_coded"].value:
        return [Markup("Noch ist keine Aussage kodiert.")]
    sentences = [Markup(words)] if (words := so_far(evidence)) else []
    if not any(row.value for row in rows):
        return [*sentences, Markup("Zu keinem Fokusbereich liegt eine kodierte Aussage vor.")]
    for count in range(groups, -1, -1):
        mine = [row for row in rows if told.of(row.item)["groups_covered"].value == count]
        if mine and count:
            verb = "spricht" if count == 1 else "sprechen"
            named_ = listing(each_area(evidence, mine, "{area} ({row:counted})"))
            sentences.append(Markup("{} {} über {}.").format(groups_word(count, groups), verb, named_))
        elif mine:
            names = listing(each_area(evidence, mine, "{area}"), "oder")
            silent, unknown = (
                "Keine Gruppe hat {} als eigenen Bereich angesprochen.",
                "Noch bei keiner Gruppe kodiert ist {}.",
            )
            sentences.append(Markup(unknown if words else silent).format(names))
    return sentences


def stance_sentences(evidence: Evidence) -> list[Markup]:
    """Areas for which one stance prevails."""
    sentences = []
    for stance, opening in _MOSTLY.items():
        if parts := each_area(evidence, _mostly(evidence, stance), "{area} ({row} von {row:n} Aussagen)"):
            sentences.append(Markup("{}: {}.").format(opening, listing(parts)))
    spoken = any(row.value for row in spoken_of(evidence, "focus_areas"))
    return sentences or [Markup("Zu keinem Fokusbereich überwiegt eine einzelne Haltung.")] * spoken


def inside_sentences(evidence: Evidence) -> list[Markup]:
    """The three themes that come up inside focus areas most often, and all that come up as often."""
    pairs = _pairs(evidence)
    kept = [row for row in pairs if row.value >= pairs[min(3, len(pairs)) - 1].value]
    parts = [
        Markup("<b>{}</b> in <b>{}</b> ({:counted})").format(
            *(code_label(evidence, code) for code in row.item.split("|")), row
        )
        for row in kept
    ]  # where there is none, the note in place of the picture says why
    words = "Innerhalb der Fokusbereiche kamen am häufigsten vor: {}."
    return [Markup(words).format(listing(parts))] if parts else []


def dots_sentences(evidence: Evidence) -> list[Markup]:
    """Dots in all and on the areas."""
    total = evidence.find(NOTES_QUESTION, "dots")
    if total is None:
        return [Markup("Auf den Tafeln dieser Runde sind keine Klebepunkte verzeichnet.")]
    parts = listing(each_area(evidence, [row for row in _dots(evidence) if row.value], "{area} ({row})"))
    head = "Auf den Karten klebt {} Punkt" if total.value == 1 else "Auf den Karten kleben {} Punkte"
    return [Markup(f"{head}: {{}}." if parts else f"{head}.").format(total, parts)]


def order_sentences(evidence: Evidence) -> list[Markup]:
    """How far the groups' own orders agree with each other and with the poll."""
    sentences, told = [], evidence.numbers(NOTES_QUESTION)
    concordance = evidence.find(NOTES_QUESTION, "kendall_w")
    if concordance and concordance.estimate is not None:
        words = (
            "Auf den {areas} Bereichen, die alle Gruppen geordnet haben, beträgt die Übereinstimmung der Rangfolgen "
            "W = {kendall_w} (Eins wäre völlige Übereinstimmung; exaktes p = {kendall_w_p})."
        )
        sentences.append(told.say(words, areas=in_words(concordance.n or 0)))
    taus = [
        Markup("{}: {} (auf {} Bereichen)").format(group.label, tau, in_words(tau.n or 0))
        for group in groups_of(evidence)
        for tau in evidence.rows(NOTES_QUESTION, "group_tau_b", segment=group.id)
        if tau.estimate is not None
    ]
    if taus:
        words = "Mit der Reihenfolge der Umfrage stimmen die Gruppen so überein (Kendalls τ-b): {}."
        sentences.append(Markup(words).format(join(taus, "; ")))
    if sentences:
        sentences.append(Markup("Bei so wenigen Bereichen und Gruppen ist das nur eine Beschreibung."))
    return sentences  # the table says where nobody ranked anything


def agreement_sentences(evidence: Evidence) -> list[Markup]:
    """How far the coders agree, overall and at worst."""
    rows = evidence.rows(NOTES_QUESTION, "coding_alpha")
    if not rows:
        return [Markup("Wie verlässlich die Kodierung ist, lässt sich aus diesen Kodierungen nicht berechnen.")]
    were = "Aussage wurde" if rows[0].n == 1 else "Aussagen wurden"
    words = f"{{:n}} {were} von mehreren Personen kodiert. Krippendorffs α über alle Themen beträgt {{}}{{}}."
    sentences = [Markup(words).format(rows[0], rows[0], _interval(rows[0]))]
    if weak := [row for row in rows[1:] if row.estimate is not None and row.value < TENTATIVE]:
        parts = listing(each_area(evidence, weak, "{area} ({row})"))
        sentences.append(Markup("Nicht verlässlich kodiert (α unter zwei Dritteln): {}.").format(parts))
    for row in evidence.rows(NOTES_QUESTION, "stance_alpha")[:1]:
        if row.estimate is not None:
            sentences.append(Markup("Für die Haltungen beträgt α {}{}.").format(row, _interval(row)))
    return sentences


def _interval(row: Row) -> Markup:
    return Markup(" (95-%-Bereich {:interval})").format(row) if row.low is not None else Markup("")
