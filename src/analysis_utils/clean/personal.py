"""Signs of personal data in what people wrote: rules that report, and never repeat, what they found."""

from __future__ import annotations

import re

import pandas as pd

from poll_exports import some

from .problems import Problem

_RULES = {
    "e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    "phone number": re.compile(r"(?<![\w.,])(?:\+|00?)\d[\d /().-]{6,}\d"),
    "handle": re.compile(r"(?<![\w.])@\w{3,}"),
    "name after Herr or Frau": re.compile(
        r"\b(?:Herrn?|Frau|Hr\.|Fr\.)\s+(?:(?:Dr|Prof|Dipl)\.?(?:-\w+\.?)?\s+)*[A-ZÄÖÜ][\wäöüß-]+"
    ),
}


def personal_data(text: str) -> list[str]:
    """Names of the rules that `text` meets. Finding nothing proves nothing: names without a title are not seen."""
    return [rule for rule, pattern in _RULES.items() if pattern.search(text)]


def personal_problems(answers: pd.DataFrame) -> list[Problem]:
    """One row per question and rule that free texts meet: how many; whose they are is private."""
    written = answers[answers["text"].fillna("") != ""]
    found: dict[tuple[str, str], list[str]] = {}
    for row in written.itertuples():
        for rule in personal_data(str(row.text)):
            found.setdefault((str(row.question), rule), []).append(f"session {row.session}, voter {row.voter}")
    problems = []
    for (question, rule), places in found.items():
        message = f"{len(places)} answers show signs of personal data and cannot be quoted"
        whose = some(places, 20)
        problems.append(Problem("personal_data", f"question {question}", message, rule, private=whose))
    return problems
