"""What was found wrong while reading: one record, used by every step of the reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from poll_exports import Problem

from ..tables import make_table

EXPORT = "Export"
FOLDER = "Ordner der Runde"


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
