"""What was found wrong while reading, one record for every step; signs of personal data are named, never repeated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from poll_exports import Problem, some

from ..tables import make_table

EXPORT = "Export"
FOLDER = "Ordner der Runde"
_PERSONAL = {
    "e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    "phone number": re.compile(r"(?<![\w.,])(?:\+|00?)\d[\d /().-]{6,}\d"),
    "handle": re.compile(r"(?<![\w.])@\w{3,}"),
    "name after Herr or Frau": re.compile(
        r"\b(?:Herrn?|Frau|Hr\.|Fr\.)\s+(?:(?:Dr|Prof|Dipl)\.?(?:-\w+\.?)?\s+)*[A-ZÄÖÜ][\wäöüß-]+"
    ),
}


def public_problems(
    round_name: str, problems: Iterable[Problem], name_of: Callable[[str], str] = lambda file: file
) -> pd.DataFrame:
    """The table `problems`; `name_of` gives the name by which a file may be called in public."""
    rows: list[dict[str, object]] = []
    for problem in problems:
        cells = {key: value for key, value in vars(problem).items() if key != "private"}
        rows.append({"round": round_name, **cells, "file": name_of(problem.file)})
    return make_table("problems", rows)


def told(problems: Sequence[Problem], messages: Iterable[str] = ()) -> list[str]:
    """The problems for an analyst at a terminal, each with what only the analyst may know, under a line with their
    number. `messages`: other words for them, one each."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems) or 'no'} problems"
    words = list(messages) or [problem.message for problem in problems]
    lines = []
    for problem, message in zip(problems, words, strict=True):
        place = ", ".join(part for part in (problem.file, problem.place, problem.private) if part)
        lines.append(f"  {problem.action}: {message} ({place})")
    return [count, *lines]


def personal_data(text: str) -> list[str]:
    """Names of the signs that `text` shows. Finding nothing proves nothing: names without a title are not seen."""
    return [rule for rule, pattern in _PERSONAL.items() if pattern.search(text)]


def personal_problems(answers: pd.DataFrame) -> list[Problem]:
    """One row per question and sign that free texts show: how many; whose they are is private."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in answers[answers["text"].fillna("") != ""].itertuples():
        for rule in personal_data(str(row.text)):
            found.setdefault((str(row.question), rule), []).append(f"session {row.session}, voter {row.voter}")
    message = "answers show signs of personal data and cannot be quoted"
    return [
        Problem("personal_data", f"question {question}", f"{len(own)} {message}", rule, private=some(own, 20))
        for (question, rule), own in found.items()
    ]
