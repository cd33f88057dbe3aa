"""What reading an export brought, for notebook 01: questions with their n, the cells accounted for, rules, problems."""

from __future__ import annotations

import re

import pandas as pd
from markupsafe import Markup

from ..wording import Html, counted, german, note, summary, table

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
# What each rule of the reading is about, in words for readers; the English messages are for `fachdialog check`.
RULES = {
    "points_too_few": "weniger Punkte verteilt als vorgesehen",
    "points_too_many": "mehr Punkte verteilt als vorgesehen",
    "points_negative": "negative Punkte",
    "points_fractional": "Bruchteile von Punkten",
    "value_off_scale": "Wert außerhalb der Skala",
    "option_not_offered": "Antwort, die nicht zur Wahl stand",
    "no_number": "Text, wo eine Zahl erwartet wird",
    "reactions_only": "keine Antwort, höchstens Reaktionen auf Folien",
    "early_session": "Sitzung vor dem Tag der Veranstaltung",
    "identical_ballots": "gleiche Stimmzettel hintereinander (nur Hinweis)",
    "tool": "Datei eines anderen Umfragewerkzeugs oder Tabelle",
    "column_left_out": "Spalten zur Person oder zum Ausfüllen, nicht gelesen",
    "above_headings": "Zeilen über den Überschriften, nicht gelesen",
    "chose_nothing": "keine der Antworten gewählt; nicht in der Grundlage der Frage",
    "not_submitted": "begonnen und nicht abgeschickt",
    "codes": "Kürzel statt Wortlaut in den Überschriften",
    "votes": "Summen der Datei stimmen nicht mit den Antworten überein",
    "weighted_average": "Mittelwert der Datei stimmt nicht mit den Antworten überein",
    "responses": "freie Antworten stehen nur auf einem der Blätter",
    "respondents": "Zahl der Antwortenden in der Datei weicht ab",
    "correction": "Korrektur aus der Korrekturliste",
    "formula": "Formel in einer Zelle",
    "encoding": "Zeichenkodierung der Datei",
    "personal_data": "Angaben, die eine Person erkennen lassen könnten",
    "photo_missing": "Foto fehlt",
    "photo_not_named": "kein Foto angegeben",
    "photo_name": "Name des Fotos",
    "dots_no_whole_number": "Punktezahl ist keine ganze Zahl",
    "dots_date": "Punktezahl wurde zum Datum",
    "date_for_text": "Text wurde zum Datum",
    "empty_statement": "leere Aussage",
    "statement_changed": "Aussage hat sich seit der Kodierung geändert",
    "statement_gone": "Aussage gibt es nicht mehr",
    "statement_replaced": "Aussage wurde ersetzt",
    "statement_twice": "Aussage kommt doppelt vor",
    "coding_twice": "Kodierung kommt doppelt vor",
    "coders_differ": "Kodierende sind sich nicht einig",
    "tracked_changes": "Änderungen im Dokument wurden angenommen",
    "comment": "Kommentar im Dokument wurde nicht gelesen",
    "taken_for": "Aufbau des Dokuments ist gedeutet; der Anfang der Datei kann es anders bestimmen",
    "not_body": "Kopf- oder Fußzeile wurde nicht gelesen",
    "not_text": "Bild oder Objekt wurde nicht gelesen",
    "sheet_not_read": "Tabellenblatt wurde nicht gelesen",
    "id_twice": "Kennung kommt doppelt vor",
    "publish_unclear": "Freigabe ist nicht eindeutig",
    "release_unsigned": "Freigabe ohne Namen",
    "photo_of_no_board": "Foto gehört zu keiner Karte",
    "photo_with_personal_data": "Foto mit persönlichen Angaben",
    "photo_unusable": "Foto lässt sich nicht zeigen",
    "release_gone": "freigegebene Aussage gibt es nicht mehr",
    "release_of_other_words": "freigegeben wurde ein anderer Wortlaut",
    "release_with_personal_data": "freigegebene Aussage mit persönlichen Angaben",
    "paraphrase_incomplete": "Zusammenfassung ohne Satz oder Namen",
    "paraphrase_without_statement": "Zusammenfassung nennt eine Aussage, die es nicht gibt",
    "paraphrase_with_personal_data": "Zusammenfassung mit persönlichen Angaben",
    "paraphrase_is_quote": "Zusammenfassung gibt eine Aussage wörtlich wieder",
    "no_code_beside_code": "„kein Thema passt“ steht neben einem Thema und zählt nicht",
    "no_stance": "Kodierung ohne Haltung",
    "no_statements": "Datei ohne Aussagen",
    "no_statement_there": "an der kodierten Stelle steht keine Aussage",
    "no_text": "Quelle ohne Text",
    "front_matter": "Angaben am Dateianfang wurden nicht gelesen",
    "column_not_read": "Spalte wurde nicht gelesen",
    "column_unmatched": "Spalte gehört zu keiner Frage",
    "matched_by_header": "Spalten wurden über ihre Überschriften zugeordnet",
    "question_without_column": "Frage ohne Spalte",
    "session_block_missing": "Block der Frage fehlt auf den Sitzungsblättern",
    "no_session_sheet": "Datei ohne Sitzungsblätter",
    "session_top": "Zeilen über dem ersten Block wurden nicht gelesen",
    "session_not_selected": "Sitzung zählt laut Beschreibung der Runde nicht mit",
    "undeclared_question": "Frage steht nicht in der Beschreibung der Runde",
    "unknown_sheet": "unbekanntes Tabellenblatt",
    "guessed_layout": "Aufbau der Spalten ist vermutet",
    "option_not_printed": "gewählte Antwort fehlt in der Zusammenfassung der Datei",
    "value_not_printed": "gewählter Wert fehlt in der Zusammenfassung der Datei",
    "participant_names": "Spalte mit Namen wurde nicht gelesen",
    "file_not_read": "Dateien im Ordner der Runde wurden nicht gelesen",
    "joined_by_code": "Personen mit demselben Code in zwei Dateien zählen als eine",
    "code_twice": "Code, den mehrere Personen einer Datei angaben; er verbindet niemanden",
    "answered_twice": "in zwei Dateien beantwortet; die erste Antwort zählt",
    "link_not_followed": "Verknüpfungen im Ordner der Runde wurden nicht verfolgt",
    "photo_unused": "Fotos, die keine Karte nennt",
    "rows_above_header": "Personen stehen über der Kopfzeile: das Blatt wurde sortiert",
    "voter_number": "Zeile ohne Nummer der Person oder Sitzung",
    "voter_twice": "Nummer einer Person kommt doppelt vor",
}
_ACTIONS = {"kept": "behalten", "set aside": "beiseitegelegt", "refused": "abgelehnt"}
_ACTIONS |= {"keep": "behalten", "set_aside": "beiseitelegen", "refuse": "ablehnen"}


def conservation_summary(totals: dict[str, int]) -> Html:
    """The box of page 01: every cell with content was read or set aside; `totals` as ingest counts them."""
    aside = totals["set_aside"]
    moved = Markup("{} {} beiseitegelegt").format(counted(aside, "reading"), "wurde" if aside == 1 else "wurden")
    rest = moved if aside else "keine wurde beiseitegelegt"
    found = Markup("Die Datei enthält Angaben von {} {} in {} {}. {} davon {} übernommen, {}.")
    return summary(
        [
            found.format(
                counted(totals["voters"], "reading"),
                "Person" if totals["voters"] == 1 else "Personen",
                counted(totals["non_empty"], "reading"),
                "ausgefüllten Zelle" if totals["non_empty"] == 1 else "ausgefüllten Zellen",
                counted(totals["consumed"], "reading"),
                "wurde" if totals["consumed"] == 1 else "wurden",
                rest,
            )
        ]
    )


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
    nouns = _COUNTED.get(counted_[2]) if counted_ else None
    many = f"{counted_[1]} {nouns[counted_[1] != '1']}" if counted_ and nouns else ""
    return "; ".join(part for part in (place_words(row["place"]), many) if part)


def rule_words(rule: str) -> str:
    """A rule of the reading in words; never its English name."""
    return RULES.get(rule, "sonstige Auffälligkeit")


_COUNTED = {
    "ballot": ("Stimmzettel", "Stimmzettel"),
    "ballots": ("Stimmzettel", "Stimmzettel"),
    "voters": ("Person", "Personen"),
    "people": ("Person", "Personen"),
    "cells": ("Zelle", "Zellen"),
    "rows": ("Zeile", "Zeilen"),
    "answers": ("Angabe", "Angaben"),
    "statements": ("Aussage", "Aussagen"),
    "cards": ("Karte", "Karten"),
    "photos": ("Foto", "Fotos"),
    "files": ("Datei", "Dateien"),
    "columns": ("Spalte", "Spalten"),
    "sheets": ("Blatt", "Blätter"),
}
_PLACES = (
    ("and ([0-9]+) more", r"und \1 weitere"),
    ("whole folder", "ganzer Ordner"),
    ("whole file", "ganze Datei"),
    ("text box line", "Textfeld, Zeile"),
    ("paragraph", "Absatz"),
    ("sheet", "Blatt"),
    ("table", "Tabelle"),
    ("source", "Quelle"),
    ("column", "Spalte"),
    ("columns", "Spalten"),
    ("row|line", "Zeile"),
    ("rows|lines", "Zeilen"),
    ("cell", "Zelle"),
    ("slide", "Folie"),
    ("session", "Sitzung"),
    ("voters", "Personen"),
    ("voter", "Person"),
    ("questions", "Fragen"),
    ("question", "Frage"),
)


def place_words(place: str) -> str:
    """Where something was found, with the few English words of a place in German: `table 1, row 3` -> `Tabelle 1,
    Zeile 3`."""
    for pattern, words in _PLACES:
        place = re.sub(rf"\b(?:{pattern})\b", words, place)
    return place


def _action(row: dict) -> str:
    return _ACTIONS.get(row["action"], row["action"])


def _counts(row: dict, *names: str) -> list[Markup]:
    return [counted(row[name], "reading") for name in names]
