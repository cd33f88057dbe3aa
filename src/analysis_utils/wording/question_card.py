"""What a page shows besides results: the question as polled, where the data come from, whether a version is a draft and
which answers were corrected after a release."""

from __future__ import annotations

import datetime
from itertools import groupby
from operator import attrgetter, itemgetter

from markupsafe import Markup

from ..rounds import Question, Round
from ..tables import read_table
from . import german
from .evidence import Evidence, is_invented
from .html import Html, in_words, note

_HEADINGS = {"reconstructed": "Rekonstruierte Daten.", "illustrative": "Erfundene Daten zur Illustration."}
_SHORT = {
    "reconstructed": "Ein Teil der Zahlen ist nachgebildet und darf nicht zitiert werden.",
    "illustrative": "Keine dieser Zahlen darf zitiert werden.",
}
DRAFT = "Entwurf – nicht freigegeben"


def draft_mark(round_: Round) -> str:
    """The mark that every file made of a round bears, or an empty text where it was released as it is."""
    return DRAFT if round_.is_draft else ""


def notice(round_: Round) -> dict[str, str] | None:
    """Heading and sentences of the notice every page of a round without original ballots shows; None for originals."""
    kind, told = round_.file.provenance, round_.file.provenance_note
    if kind == "original" or told is None:
        return None
    published = f"{told.published} {told.inferred}" if told.inferred else told.published
    return {"heading": _HEADINGS[kind], "short": _SHORT[kind], "published": published, "invented": told.invented}


def provenance_notice(round_: Round) -> Html:
    """The notice as notebook output, for JupyterLab; pages carry it in their head and leave this section out."""
    words = notice(round_)
    if words is None:
        return note("Grundlage ist der Originalexport der Umfrage.")
    absent = '<p class="note absent"><strong>{heading}</strong> {short} {published} {invented}</p>'
    return Html(Markup(absent).format(**words))


def answers(evidence: Evidence) -> Markup:
    """How many persons answered the questions of a round, from the fewest to the most; invented counts are left out."""
    rows = [
        row
        for question in evidence.round.file.questions
        if not is_invented(evidence, question, "respondents")
        for row in evidence.rows(question, "respondents")
        if row.is_published and row.estimate is not None
    ]
    if not rows:
        return Markup("")
    least, most = min(rows, key=attrgetter("value")), max(rows, key=attrgetter("value"))
    words = "n = {}" if least.value == most.value else "n = {}–{}"
    return Markup(words + (" je Frage" if len(rows) > 1 else "")).format(least, most)


_TYPES = {
    "single_choice": "eine Antwort wählbar",
    "multiple_choice": "mehrere Antworten wählbar",
    "ranking": "Rangfolge",
    "open": "freie Antwort",
    "wordcloud": "Stichworte",
}
_SILENCE = {
    "nonrespondents": ", # ließ sie aus|, # ließen sie aus",
    "no_answer": ", # wählte eine Antwort ohne Wertung|, # wählten eine Antwort ohne Wertung",
    "not_asked": ", # Person wurde nicht gefragt|, # wurden nicht gefragt",
    "not_in_poll": ", # weitere Person im Saal nahm nicht teil|, # weitere Personen im Saal nahmen nicht teil",
}


def question_card(evidence: Evidence, question: Question) -> Html:
    """Exact wording, codes and number of answers, to be read before any number of the question: who took part but left
    it out, was not asked it, or was in the room without taking part."""
    told, scale, count = evidence.numbers(question, asked=question.full_wording), question.scale, len(question.options)
    if question.type == "points":
        areas = "einen Bereich" if count == 1 else "{count} Bereiche"
        kind = f"{{total}} Punkte auf {areas} zu verteilen"
        told |= {"total": german.number(question.total), "count": in_words(count)}
    elif scale:
        kind = "Skala von {low} ({scale.low_label}) bis {high} ({scale.high_label})"
        told |= {"scale": scale, "low": german.number(scale.low), "high": german.number(scale.high)}
    else:
        kind = _TYPES.get(question.type, question.type)
    if polled := question.options or (scale.labels if scale else {}):
        told["options"] = Markup("<p>Zur Wahl standen: {}.</p>").format("\u00a0· ".join(polled))
    who = "Es antwortete niemand{mark_respondents}"
    if told["respondents"].estimate:  # of nobody it is not known who was shown it
        silent = [name for name in _SILENCE if any(row.estimate for row in evidence.rows(question, name))]
        who = "{respondents:Es antwortete # Person|Es antworteten # Personen}{mark_respondents}"
        who += "".join(f"{{{name}:{_SILENCE[name]}}}{{mark_{name}}}" for name in silent)
    card = f'<div class="question"><p class="wording">„{{asked}}“</p><p>{kind}. {who}.</p>{{options}}</div>'
    return Html(told.say(card, options=told.get("options", "")))


def errata(round_: Round) -> list[str]:
    """Sentences for every page, one paragraph per release that answers were corrected after; none where there is no
    such. How answers were corrected is not said."""
    path = round_.table("errata")
    rows = read_table("errata", path).to_dict("records") if path.is_file() else []
    alike = itemgetter("kind", "version", "version_kind", "date", "allowed_by", "reason")
    return [_corrected(round_, list(found)) for _, found in groupby(sorted(rows, key=alike), alike)]


def _corrected(round_: Round, rows: list[dict]) -> str:
    row, names = rows[0], [f"„{round_.question(row['question']).label}“" for row in rows]
    event = "Freigabe" if row["version_kind"] == "release" else "Weitergabe des Entwurfs"
    date = german.date(datetime.date.fromisoformat(row["date"]))
    which = f"die Frage {names[0]}" if len(names) == 1 else f"die Fragen {german.listing(names)}"
    opening = f"Nach der {event} vom {date} (Datenstand {row['version']}) wurden Antworten auf {which} berichtigt."
    if row["kind"] == "exception":
        allowed = f"als Ausnahme zugelassen von {row['allowed_by']}. Begründung: {row['reason']}"
        return f"{opening} Gezeigt werden die berichtigten Zahlen, {allowed}"
    least = german.spelled(round_.file.disclosure.minimum_base)
    return (
        f"{opening} Die Zahlen dazu stehen so, wie sie damals veröffentlicht wurden, bis sich mindestens {least} "
        "Antworten unterscheiden: Aus zwei Fassungen ließe sich sonst errechnen, was Einzelne geantwortet haben."
    )
