"""What may leave word for word, and what an analyst says in other words: `released.csv` and `paraphrases.csv`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from poll_exports import shown

from ..clean import Names, Problem, Record, hand_table, personal_data, read_columns
from ..errors import DataError, nearest
from ..rounds import Round
from .coding import code_wordings
from .statement_ids import words_of

RELEASED: Names = {
    "statement": ("kennung", "aussage_id", "id"),
    "text": ("wortlaut", "aussage", "zitat"),
    "released_by": ("freigegeben von", "freigegeben durch", "freigabe", "wer"),
}
PARAPHRASES: Names = {
    "sentence": ("satz", "zusammenfassung", "paraphrase"),
    "statements": ("aussagen", "belege", "kennungen", "statement", "kennung"),
    "code": ("kode", "thema"),
    "author": ("verfasst von", "autor", "autorin", "autor/in", "verfasser", "verfasserin", "wer"),
}


@dataclass(frozen=True)
class Release:
    """Words an analyst allowed to be quoted."""

    statement: str
    text: str
    released_by: str
    place: str


def read_releases(round_: Round) -> tuple[list[Release], list[Problem]]:
    """Rows of `released.csv`; one without the name of who allows it releases nothing."""
    path = hand_table(round_.raw, "released")
    if path is None:
        return [], []
    records, problems = read_columns(path, RELEASED, ("statement", "text", "released_by"))
    releases = []
    for record in records:
        row = Release(record.text("statement"), record.text("text"), record.text("released_by"), record.place)
        if row.released_by:
            releases.append(row)
        else:
            message = "a release needs the name of who allows it"
            problems.append(Problem("release_unsigned", record.place, message, action="refused"))
    return releases, [replace(problem, file=path.name) for problem in problems]


def valid_releases(releases: list[Release], texts: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """Statement → who released it, for statements whose words are those released and show no personal data."""
    valid: dict[str, str] = {}
    problems: list[Problem] = []
    for row in releases:
        now = texts.get(row.statement)
        if now is None:
            fault = ("release_gone", "the statement is in no file any more")
        elif words_of(now) != words_of(row.text):
            fault = ("release_of_other_words", "the words released are not those in the notes now; release them again")
        elif personal_data(now):
            fault = (
                "release_with_personal_data",
                f"the statement shows personal data ({', '.join(personal_data(now))})",
            )
        else:
            valid[row.statement] = row.released_by
            continue
        problems.append(Problem(fault[0], row.place, fault[1], action="refused", file="released.csv"))
    return valid, problems


def read_paraphrases(round_: Round, known: Mapping[str, str]) -> tuple[list[dict[str, object]], list[Problem]]:
    """Rows of the table `paraphrases`: sentences all of whose statements exist (`known`: name → words).

    Raises: DataError for an unknown code.
    """
    path = hand_table(round_.raw, "paraphrases")
    if path is None:
        return [], []
    records, problems = read_columns(path, PARAPHRASES, ("sentence", "statements", "author"))
    rows: list[dict[str, object]] = []
    wordings = code_wordings(round_.codebook)
    for record in records:
        names = list(dict.fromkeys(re.split(r"[\s,;]+", record.text("statements").strip(" ,;"))))
        code = record.text("code").casefold()
        if code and code not in wordings:
            hint = nearest(code, wordings)
            raise DataError(path, "a code of the codebook", f"“{shown(code)}”", at=record.place, remedy=hint)
        if fault := _fault(record, names, known):
            problems.append(Problem(fault[0], record.place, fault[1], action="refused"))
            continue
        sentence, author = record.text("sentence"), record.text("author")
        cells = {"sentence": sentence, "statements": " ".join(names), "author": author, "code": wordings.get(code, "")}
        rows.append({"round": round_.name, **cells})
    return rows, [replace(problem, file=path.name) for problem in problems]


def _fault(record: Record, names: list[str], known: Mapping[str, str]) -> tuple[str, str] | None:
    lost = [name for name in names if name not in known]
    if not record.text("sentence") or not record.text("author"):
        return "paraphrase_incomplete", "a paraphrase needs a sentence and its author"
    if lost:
        listed = ", ".join(shown(name, 40) for name in lost) or "none"
        return "paraphrase_without_statement", f"expected ids of statements that exist, saw {listed}"
    if personal_data(record.text("sentence")):
        return "paraphrase_with_personal_data", "the sentence shows signs of personal data"
    copied = next((name for name in names if words_of(known[name]) in words_of(record.text("sentence"))), "")
    if copied and len(known[copied]) > 30:
        return (
            "paraphrase_is_quote",
            f"the sentence repeats {copied} word for word; release it, or say it in other words",
        )
    return None
