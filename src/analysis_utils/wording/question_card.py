"""What a page shows besides results: the question as polled, the notice on where the data come from."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question, Round
from . import german
from .evidence import Evidence, Row, in_number, shown
from .html import Html, in_words, note
from .sentences import is_invented, origin

_HEADINGS = {"reconstructed": "Rekonstruierte Daten.", "illustrative": "Erfundene Daten zur Illustration."}
_SHORT = {
    "reconstructed": "Ein Teil der Zahlen ist nachgebildet und darf nicht zitiert werden.",
    "illustrative": "Keine dieser Zahlen darf zitiert werden.",
}


def notice(round_: Round) -> dict[str, str] | None:
    """Heading and sentences of the notice every page of a round without original ballots shows; None for originals."""
    note_ = round_.file.provenance_note
    if round_.file.provenance == "original" or note_ is None:
        return None
    kind = round_.file.provenance
    published = f"{note_.published} {note_.inferred}" if note_.inferred else note_.published
    told = {"published": published, "invented": note_.invented}
    return {"heading": _HEADINGS[kind], "short": _SHORT[kind], **told}


def provenance_notice(round_: Round) -> Html:
    """The notice as notebook output, for JupyterLab; pages carry it in their head and leave this section out."""
    words = notice(round_)
    if words is None:
        return note("Grundlage ist der Originalexport der Umfrage.")
    return Html(
        Markup('<p class="note absent"><strong>{heading}</strong> {short} {published} {invented}</p>').format(**words)
    )


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
    least, most = min(rows, key=_estimate), max(rows, key=_estimate)
    span = shown(least) if least.value == most.value else Markup("{}–{}").format(shown(least), shown(most))
    return Markup("n = {}{}").format(span, " je Frage" if len(rows) > 1 else "")


def _estimate(row: Row) -> float:
    return row.value


_TYPES = {
    "single_choice": "eine Antwort wählbar",
    "multiple_choice": "mehrere Antworten wählbar",
    "ranking": "Rangfolge",
    "open": "freie Antwort",
    "wordcloud": "Stichworte",
}


_SILENCE = {
    "nonrespondents": (", {} ließ sie aus", ", {} ließen sie aus"),
    "no_answer": (", {} wählte eine Antwort ohne Wertung", ", {} wählten eine Antwort ohne Wertung"),
    "not_asked": (", {} Person wurde nicht gefragt", ", {} wurden nicht gefragt"),
    "not_in_poll": (", {} weitere Person im Saal nahm nicht teil", ", {} weitere Personen im Saal nahmen nicht teil"),
}


def question_card(evidence: Evidence, question: Question) -> Html:
    """Exact wording, codes and number of answers, to be read before any number of the question."""
    if question.type == "points":
        count = len(question.options)
        areas = "einen Bereich" if count == 1 else Markup("{} Bereiche").format(in_words(count))
        kind: str | Markup = Markup("{} Punkte auf {} zu verteilen").format(german.number(question.total), areas)
    elif question.scale:
        scale = question.scale
        low, high = german.number(scale.low), german.number(scale.high)
        kind = f"Skala von {low} ({scale.low_label}) bis {high} ({scale.high_label})"
    else:
        kind = _TYPES.get(question.type, question.type)
    options = ""
    polled = question.options or (question.scale.labels if question.scale else {})
    if polled:
        options = Markup("<p>Zur Wahl standen: {}.</p>").format("\u00a0· ".join(polled))
    respondents = evidence.row(question, "respondents")
    who = in_number(respondents, "Es antwortete {} Person", "Es antworteten {} Personen")
    who = (who if respondents.estimate else Markup("Es antwortete niemand")) + origin(evidence, question, "respondents")
    who += _silent(evidence, question) if respondents.estimate else ""  # nobody knows who was shown it
    card = Markup('<div class="question"><p class="wording">{}</p><p>{}. {}.</p>{}</div>')
    return Html(card.format(f"„{question.full_wording}“", kind, who, options))


def _silent(evidence: Evidence, question: Question) -> Markup:
    """Who took part but left this question out, was not asked it, or was in the room without taking part."""
    parts = Markup("")
    for statistic, (one, many) in _SILENCE.items():
        for row in evidence.rows(question, statistic):
            if row.estimate:
                parts += in_number(row, one, many) + origin(evidence, question, statistic)
    return parts
