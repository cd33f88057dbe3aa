"""Drafts for the next round: a `round.yml` to complete and a sheet of questions for the poll."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poll_exports import question_import

from ..rounds import Question, Round, full_wording
from ..wording import Evidence, note
from .decisions import never_asked, to_recut

FOLDER = "naechste-runde"
CODE_QUESTION = {
    "id": "selbstgewaehlter_code",
    "wording": (
        "Bitte bilden Sie Ihren Code: letzter Buchstabe Ihres Geburtsorts, zweiter Buchstabe des Vornamens Ihrer "
        "Mutter, dritter Buchstabe der Straße, in der Sie aufgewachsen sind, letzte Ziffer Ihrer ersten Hausnummer."
    ),
    "label": "Selbst gebildeter Code",
    "type": "open",
}
_HEAD = """\
# ENTWURF der nächsten Runde, erzeugt aus {name}. Vor Gebrauch: title, date und export ausfüllen, Fragen prüfen, die
# Datei in einen neuen Ordner unter data/raw/ legen. Solange date und export leer sind, wird sie abgelehnt.
# Fragen ohne Bemerkung sind wortgleich übernommen und sollen es bleiben, damit Runden vergleichbar sind.
"""
_KINDS = {
    "single_choice": "Multiple Choice, eine Antwort",
    "multiple_choice": "Multiple Choice, mehrere Antworten",
    "scale": "Scales",
    "points": "100 Points",
    "ranking": "Ranking",
    "other": "Open Ended",
    "open": "Open Ended",
}


@dataclass(frozen=True)
class Drafts:
    """Texts of the files (`particify`: the questions as that tool imports them, where it was used); `save` writes them
    below the report's folder, never into `data/raw`."""

    round: Round
    round_yml: str
    sheet: str
    particify: str = ""

    def save(self) -> Drafts:
        folder = self.round.reports / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self._files().items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        return self

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        *names, last = self._files()
        return note(f"Entwürfe im Ordner {FOLDER} des Berichts: {', '.join(names)} und {last}.")._repr_mimebundle_()

    def _files(self) -> dict[str, str]:
        files = {"round.yml": self.round_yml, "fragebogen.md": self.sheet, "fragen-particify.csv": self.particify}
        return {name: text for name, text in files.items() if text}


def draft_next_round(evidence: Evidence) -> Drafts:
    """The polled questions word for word, a question on what was not asked, and a self-made code that links rounds."""
    questions = [_as_written(question) for question in evidence.round.file.questions if question.type != "slide"]
    added = _added(evidence, {question["id"] for question in questions})
    comments = _comments(evidence, questions)
    is_particify = any(Path(name).suffix.lower() == ".json" for name in evidence.round.file.files)
    return Drafts(
        evidence.round,
        _round_yml(evidence.round, questions, added, comments),
        _sheet(evidence.round, questions, added, comments),
        question_import([*questions, *added]) if is_particify else "",
    )


def _as_written(question: Question) -> dict[str, Any]:
    """The question with the keys of `round.yml`; what was published of an earlier round does not carry over."""
    written = question.model_dump(mode="json", exclude_defaults=True, exclude={"published", "inferred"})
    if question.scale:
        written["scale"] = question.scale.model_dump(mode="json", exclude={"labels"}, exclude_none=True)
        if question.scale.labels:
            written["options"] = dict(question.scale.labels)
    return written | ({"total": question.total} if question.type == "points" else {})


def _added(evidence: Evidence, taken: set[str]) -> list[dict[str, Any]]:
    """New questions: points over the clusters where nobody was asked, and the code."""
    clusters = [code for section, code in never_asked(evidence) if section == "Themen-Cluster"]
    added: list[dict[str, Any]] = []
    if len(clusters) > 1:
        added.append(
            {
                "id": "themencluster",
                "wording": "Welche Themen-Cluster sollten bei der Fokussierung Vorrang haben?",
                "label": "Priorität der Themen-Cluster",
                "type": "points",
                "total": 100,
                "options": {code.label_de: code.id for code in clusters},
            }
        )
    return [question for question in [*added, dict(CODE_QUESTION)] if question["id"] not in taken]


def _comments(evidence: Evidence, questions: list[dict[str, Any]]) -> dict[str, str]:
    """Remark per question id on options whose meaning moved."""
    labels = {row.area: row for row in to_recut(evidence)}
    comments = {}
    for question in questions:
        moving = [wording for wording, item in question.get("options", {}).items() if item in labels]
        if moving:
            comments[question["id"]] = (
                f"Frage wortgleich lassen. Nicht mehr so besprochen, wie gefragt wurde: {'; '.join(moving)}. "
                "Neuen Zuschnitt als weitere Option mit eigener id im Codebuch aufnehmen und die Zuordnung festhalten."
            )
    return comments


def _round_yml(
    round_: Round, questions: list[dict[str, Any]], added: list[dict[str, Any]], comments: dict[str, str]
) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    lines = CommentedSeq([CommentedMap(question) for question in [*questions, *added]])
    for place, question in enumerate([*questions, *added]):
        remark = comments.get(question["id"]) or ("" if place < len(questions) else "Neu, mit niemandem abgestimmt.")
        if remark:
            lines.yaml_set_comment_before_after_key(place, before=remark, indent=2)
    content = CommentedMap(title=None, date=None, provenance="original", export=None)
    if round_.file.segment_tests:
        content["segment_tests"] = [plan.model_dump() for plan in round_.file.segment_tests]
    content["questions"] = lines
    yaml, stream = YAML(), io.StringIO()
    yaml.width, yaml.allow_unicode = 4096, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(content, stream)
    return _HEAD.format(name=round_.name) + stream.getvalue()


def _sheet(
    round_: Round, questions: list[dict[str, Any]], added: list[dict[str, Any]], comments: dict[str, str]
) -> str:
    """The questions in polling order, as somebody types them into the poll."""
    parts = [f"# Fragen für die nächste Umfrage (Entwurf nach {round_.file.title})"]
    for number, question in enumerate([*questions, *added], start=1):
        asked = full_wording(question["wording"], question.get("statement"))
        parts.append(f"## {number}. {question['label']}\n\n**{asked}**\n\nArt: {_kind(question)}")
        if question.get("options"):
            parts.append("\n".join(f"- {wording}" for wording in question["options"]))
        if question["id"] in comments:
            parts.append(f"Hinweis: {comments[question['id']]}")
        elif number > len(questions):
            parts.append("Hinweis: neue Frage, vor Gebrauch abstimmen.")
    return "\n\n".join([*parts, _RECORD]) + "\n"


def _kind(question: dict[str, Any]) -> str:
    kind = _KINDS.get(question["type"], question["type"])
    scale = question.get("scale")
    if scale:
        low, high = scale.get("low", 1), scale.get("high", 10)
        return f"{kind}, von {low} ({scale['low_label']}) bis {high} ({scale['high_label']})"
    return f"{kind}, {question.get('total', 100)} Punkte" if question["type"] == "points" else kind


_RECORD = """\
## Was am Tag festzuhalten ist

- Zahl der Anwesenden, als die Umfrage begann und als sie endete
- Zahl der Umfrage-Sitzungen; Probeläufe löschen oder ihre Nummer notieren
- Bildschirmfoto jeder Ergebnisfolie mit Achse und Zahl der Antworten
- der vollständige Export am selben Tag, bevor eine Folie geändert wird
- je Gruppe: wer notiert, wer kodiert, welche Bereiche ausdrücklich nicht besprochen wurden

## Zum Code

Der Code verbindet Antworten derselben Person über Runden, ohne dass jemand ihren Namen kennt. Er ist freiwillig, bleibt
in den vertraulichen Tabellen und darf keine Initialen und kein Geburtsdatum enthalten. In einem kleinen Kreis kann er
dennoch auf eine Person deuten: vorher mit der Datenschutzstelle klären und nach dem letzten Vergleich löschen."""
