"""What reading brought, for notebooks 01 and 02: questions with their n, the cells accounted for, rules, problems,
files of group notes; and how pages behave where a round has no notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from ..rounds import Round
from ..wording import (
    NO_NOTES,
    ONLY_ORDERS,
    Evidence,
    Html,
    absent,
    counted,
    coverage_sentences,
    german,
    has_codings,
    has_orders,
    has_themes,
    listed,
    note,
    segment_label,
    stance_sentences,
    summary,
    table,
)

_TYPES = {
    "single_choice": "eine Antwort",
    "multiple_choice": "mehrere Antworten",
    "scale": "Skala",
    "points": "Punkte verteilen",
    "ranking": "Rangfolge",
    "open": "freie Antwort",
    "wordcloud": "Stichworte",
    "quiz": "Quiz",
}
WORDS = Path(__file__).with_name("reading_words.txt")
"""What rules are about, places and what is counted, in German."""
_ACTIONS = {"kept": "behalten", "set aside": "beiseitegelegt", "refused": "abgelehnt"}
_ACTIONS |= {"keep": "behalten", "set_aside": "beiseitelegen", "refuse": "ablehnen"}


def conservation_summary(totals: dict[str, int]) -> Html:
    """The box of page 01: every cell with content was read or set aside; `totals` as ingest counts them."""
    told: dict[str, object] = {name: counted(count, "reading") for name, count in totals.items()}
    told |= {
        "people": "Person" if totals["voters"] == 1 else "Personen",
        "cells": "ausgefüllten Zelle" if totals["non_empty"] == 1 else "ausgefüllten Zellen",
        "read": "wurde" if totals["consumed"] == 1 else "wurden",
        "moved": "wurde" if totals["set_aside"] == 1 else "wurden",
    }
    words = (
        "Die Datei enthält Angaben von {voters} {people} in {non_empty} {cells}. {consumed} davon {read} übernommen, "
    )
    words += "{set_aside} {moved} beiseitegelegt." if totals["set_aside"] else "keine wurde beiseitegelegt."
    return summary([Markup(words).format_map(told)])


def written_note(estimates: pd.DataFrame, file: str) -> Html:
    """How many estimates were written, and where."""
    return note(Markup("Geschrieben: {} Schätzwerte in {}.").format(counted(len(estimates), "reading"), file))


def reading_table(reading: pd.DataFrame) -> Html:
    """One line per question: type, persons who answered, answers read, cells set aside."""
    lines = [
        [row["wording"], _TYPES.get(row["type"], row["type"]), *_counts(row, "respondents", "answers", "set_aside")]
        for row in reading.to_dict("records")
    ]
    head = ["Frage im Wortlaut", "Art", "Personen", "Angaben", "beiseitegelegt"]
    return table("Was je Frage gelesen wurde", head, lines, name="gelesen", numeric_from=2)


def rule_table(effects: pd.DataFrame) -> Html:
    """What each rule for valid ballots did to the number of ballots."""
    if effects.empty:
        return note("Keine Regel für gültige Antworten musste angewendet werden.")
    lines = [
        [
            rule_words(row["rule"]),
            row["question"] or german.NONE,
            _action(row),
            *_counts(row, "ballots", "n_before", "n_after"),
            _switched(str(row["ranking_if_switched"])),
        ]
        for row in effects.to_dict("records")
    ]
    head = ["Regel", "Frage", "Folge", "betroffen", "n vorher", "n nachher", "Rangfolge bei anderer Folge"]
    return table("Wirkung der Regeln für gültige Antworten", head, lines, name="regeln", numeric_from=3)


def _switched(moves: str) -> str | Markup:
    """What the opposite action would do to the order, as ingest words it: nothing, or the areas that would move."""
    if moves in ("", "unchanged"):
        return "unverändert" if moves else german.NONE
    return Markup('<span class="place">{}</span>').format(moves)


def problems_table(problems: pd.DataFrame, name: str = "beanstandungen") -> Html:
    """What was found wrong while reading: file, rule, place and how many, what was done. Only `fachdialog check` says
    which rows and values are meant."""
    if problems.empty:
        return note("Beim Einlesen wurde nichts beanstandet.")
    place = Markup('<span class="place">{}</span>')  # names lines and cells of files, no results
    lines = [
        [place.format(row["file"]), rule_words(row["rule"]), place.format(_where(row)), _action(row)]
        for row in problems.to_dict("records")
    ]
    head = ["Datei", "Was auffiel", "Stelle", "Folge"]
    return table("Beanstandungen beim Einlesen", head, lines, name=name, numeric_from=len(head))


def _where(row: dict) -> str:
    """The place and, where the reading counted something, how many."""
    counted_ = re.fullmatch("([0-9]+) ([a-z]+)", row["seen"])
    nouns = listed(WORDS).get(f"counted {counted_[2]}") if counted_ else None
    many = f"{counted_[1]} {nouns[counted_[1] != '1']}" if counted_ and nouns else ""
    return "; ".join(part for part in (place_words(row["place"]), many) if part)


def rule_words(rule: str) -> str:
    """A rule of the reading in words; never its English name."""
    return listed(WORDS).get(rule, ["sonstige Auffälligkeit"])[0]


def place_words(place: str) -> str:
    """Where something was found, with the few English words of a place in German: `table 1, row 3` -> `Tabelle 1,
    Zeile 3`."""
    for pattern, words in listed(WORDS).items():
        if pattern.startswith("place "):
            place = re.sub(rf"\b(?:{pattern.removeprefix('place ')})\b", words[0], place)
    return place


def _action(row: dict) -> str:
    return _ACTIONS.get(row["action"], row["action"])


def _counts(row: dict, *names: str) -> list[Markup]:
    return [counted(row[name], "reading") for name in names]


# --- the group notes --------------------------------------------------------------------------------------------------


def when_themes(evidence: Evidence, make: Callable[[Evidence], object], folder: Path | None = None) -> object:
    """What `make` returns, figures saved in `folder`; for a round without notes one sentence that says so."""
    made = make(evidence) if has_themes(evidence) else absent(ONLY_ORDERS if has_orders(evidence) else NO_NOTES)
    return made if folder is None else made.save(folder)  # type: ignore[attr-defined]


def of_themes(make: Callable[[Evidence], Html]) -> Callable[[Evidence], Html]:
    """The table or text, which says so itself where a round has no notes."""

    @wraps(make)
    def call(evidence: Evidence) -> Html:
        return when_themes(evidence, make)  # type: ignore[return-value]

    return call


def themes_summary(evidence: Evidence) -> Html:
    """The box of the page on the groups: what they spoke about, and with which stance."""
    if not has_themes(evidence):
        return summary([Markup(ONLY_ORDERS)]) if has_orders(evidence) else absent(NO_NOTES)
    stances = stance_sentences(evidence) if has_codings(evidence) else []
    return summary([*coverage_sentences(evidence), *stances])


def when_orders(evidence: Evidence, make: Callable[[Evidence], object]) -> object:
    """The same for what rests on the groups' own orders: they need no notes."""
    return make(evidence) if has_orders(evidence) else when_themes(evidence, make)


def notes_table(read: pd.DataFrame, round_: Round) -> Html:
    """Files with the number of passages and dots read from each; `read` has a row for each passage. Shows no words."""
    if read.empty:
        return absent(NO_NOTES)
    lines = []
    for (file, group), own in read.groupby(["file", "group"], sort=False):
        dots = int(own["dots"].fillna(0).sum())
        counts = [counted(len(own), "reading"), counted(dots, "reading") if dots else None]
        lines.append([str(file), segment_label(round_, str(group)), *counts])
    head = ["Datei", "Gruppe", "Aussagen", "Punkte"]
    return table("Was aus welcher Datei gelesen wurde", head, lines, name="dateien", numeric_from=2)


def sheets_table(sheets: Sequence[object]) -> Html:
    """What is left to code, file by file; `sheets` as ingest wrote them."""
    if not sheets:
        return absent("Es ist nichts zu kodieren.")
    names = ("statements", "uncoded", "suggested", "changed")
    lines = [[one.label, *(counted(getattr(one, name), "reading") for name in names)] for one in sheets]  # type: ignore[attr-defined]
    head = ["Blatt", "Aussagen", "noch offen", "davon mit Vorschlag", "seit der Kodierung geändert"]
    return table("Kodierblätter", head, lines, name="blaetter")
