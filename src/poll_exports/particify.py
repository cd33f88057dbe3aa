"""Particify (ARSnova): questions and answers of a room as its programming interface gives them, saved as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .cells import Cell, text_of
from .containers import Sheet
from .export import Export, Part, Use
from .faults import FileError
from .flat import Rows, padded, plain

MAX_BYTES = 50 * 2**20
_TYPES: dict[str, tuple[str, Part]] = {
    "CHOICE": ("choices", "choice"), "BINARY": ("choices", "choice"), "SCALE": ("choices", "choice"),
    "SORT": ("ranking", "place"), "PRIORITIZATION": ("points", "verbatim"), "PRIORIZATION": ("points", "verbatim"),
    "TEXT": ("open", "response"), "WORDCLOUD": ("open", "response"), "SHORT_ANSWER": ("open", "response"),
    "NUMERIC": ("unknown", "verbatim"),
}  # fmt: skip
_SAVED = "save it anew as docs/poll-tools.md says"


def read(path: Path) -> Export:
    """The file of one room: objects of questions (`body`, `format`) and of answers (`contentId`), wherever they stand.

    Raises: FileError for other JSON, for answers of which nobody knows the question, and for answers to several
    questions that do not say (`creatorId`) which are of one person.
    """
    if path.stat().st_size > MAX_BYTES:
        raise FileError(path, f"at most {MAX_BYTES // 2**20} MiB", "more")
    try:
        found = list(_objects(json.loads(path.read_bytes().decode("utf-8-sig"))))
    except (ValueError, RecursionError):
        raise FileError(path, "JSON in UTF-8", "something else", remedy=_SAVED) from None
    asked = {one["id"]: one for one in found if "body" in one and "format" in one and "id" in one}
    given = [one for one in found if "contentId" in one]
    if not asked or not given:
        saw = f"{len(asked)} questions and {len(given)} answers"
        raise FileError(path, "questions and answers of a Particify room", saw, remedy=_SAVED)
    keys = list(dict.fromkeys((one["contentId"], one.get("round", 1)) for one in given))
    keys = [(i, number) for i in asked for number in sorted({n for other, n in keys if other == i})]
    if lost := sum(one["contentId"] not in asked for one in given):
        raise FileError(path, "the question of every answer", f"{lost} answers to others", remedy=_SAVED)
    if len(keys) > 1 and not all(one.get("creatorId") for one in given):
        remedy = "save one question per file and make a round of each, or answers with creatorId"
        raise FileError(path, "answers that say which are of one person", "several questions without it", remedy=remedy)
    return _laid_out(path, asked, keys, given)


def _laid_out(path: Path, asked: dict[str, Any], keys: list[tuple[str, int]], given: list[dict[str, Any]]) -> Export:
    """Rows of one person each, and the columns of each question as many as anybody needs."""
    people: dict[object, dict[tuple[str, int], list[Cell]]] = {}
    for at, one in enumerate(given):
        own = people.setdefault(one.get("creatorId") or at, {})
        own[one["contentId"], one.get("round", 1)] = _cells(asked[one["contentId"]], one)
    columns: dict[tuple[str, int], range] = {}
    end = 1  # behind the column of who it was
    for key in keys:
        content = asked[key[0]]
        width = max(len(own.get(key, [])) for own in people.values()) or 1
        columns[key] = range(end, end := end + (len(_labels(content)) if _type(content)[0] == "points" else width))
    who = "creatorId" if any("creatorId" in one for one in given) else "number"
    head: list[Cell] = [who, *(plain(asked[key[0]]["body"]) for key, own in columns.items() for _ in own)]
    body = [
        [1.0, *(cell for key, places in columns.items() for cell in padded(own.get(key, []), len(places)))]
        for own in people.values()
    ]
    sheet = Sheet(path.name, "", [head, *body], range(1, len(body) + 2))
    rows = Rows(path, "Particify", sheet, [], "objects with contentId and format")
    rows.silent = sum(not any(cell != "" for cell in cells) for own in people.values() for cells in own.values())
    rows.leave([0])  # it kept the rows of people who abstained from everything
    for (name, _), places in columns.items():
        content = asked[name]
        (type_, part), labels = _type(content), _labels(content)
        part = "pick" if part == "choice" and (content.get("multiple") or len(places) > 1) else part
        items = labels if type_ == "points" else [""] * len(places)
        order = [0] * len(places) if part in ("choice", "verbatim") else range(1, len(places) + 1)
        uses = [Use(c, part, item, n) for c, item, n in zip(places, items, order, strict=True)]
        rows.ask(plain(content["body"]), type_, uses, labels)
    return rows.export(f"{len(asked)} questions")


def _objects(node: object) -> Iterator[dict[str, Any]]:
    """Every object that is a question or an answer, in the order of the file."""
    if isinstance(node, dict):
        if "contentId" in node or ("body" in node and "format" in node):
            yield node
            return
        node = [*node.values()]
    for child in node if isinstance(node, list) else ():
        yield from _objects(child)


def _type(content: Mapping[str, Any]) -> tuple[str, Part]:
    return _TYPES.get(str(content["format"]), ("other", "verbatim"))


def _labels(content: Mapping[str, Any]) -> list[str]:
    """What could be chosen. Scales with a template name it and the number of the step."""
    options = [plain(one["label"] if isinstance(one, dict) else one) for one in content.get("options") or []]
    if not options and content.get("optionTemplate"):
        options = [f"{content['optionTemplate']} {step}" for step in range(1, 1 + int(content.get("optionCount", 5)))]
    return options


def _cells(content: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Cell]:
    """One answer as cells; none where somebody abstained."""
    labels = _labels(content)
    if "assignedPoints" in answer:
        return [float(points) for points in answer["assignedPoints"]]
    if "selectedChoiceIndexes" in answer:
        chosen = answer["selectedChoiceIndexes"]
        return [labels[index] if index < len(labels) else f"Option {index + 1}" for index in chosen]
    texts = next((answer[key] for key in ("texts", "body", "text", "selectedNumber") if key in answer), "")
    return [text_of(text) for text in (texts if isinstance(texts, list) else [texts]) if text not in ("", None)]


def question_import(questions: Sequence[Mapping[str, Any]]) -> str:
    """Questions (`type`, `wording`, `options`) as the CSV that Particify imports. How many points there are to give,
    and scales that are no options, are not in that form."""
    formats = {"points": "PRIORITIZATION", "ranking": "SORT", "open": "TEXT", "wordcloud": "WORDCLOUD", "other": "TEXT"}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["format", "body", "additionalText", "options", "correctOptions", "multiple", "abstentionsAllowed"])
    for one in questions:
        options = "3" if one["type"] == "wordcloud" else "\n".join(map(str, one.get("options") or ()))
        several = str(one["type"] == "multiple_choice").lower()
        body = " – ".join(filter(None, (one["wording"], one.get("statement"))))
        writer.writerow([formats.get(one["type"], "CHOICE"), body, "", options, "", several, "true"])
    return stream.getvalue()
