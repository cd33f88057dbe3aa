"""Words in lists: what pages call each statistic and how they define it (`contracts.WORDS`), and beside this file, in
text that people without Python can correct, their technical terms (`glossary.txt`) and the columns of their tables
(`tables.txt`). A line of a list is a name and its parts, with ` | ` between them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ..contracts import WORDS, Statistic

HERE = Path(__file__).parent
_KEY = re.compile(r'<data [^>]*\bdata-key="[^"]*/([a-z0-9_]+)" title=')


@cache
def listed(file: str | Path) -> dict[str, list[str]]:
    """The parts of each line of a list by its name."""
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    parts = (line.split(" | ") for line in lines if line and not line.startswith("#"))
    return {name.strip(): [part.strip() for part in more] for name, *more in parts}


def name_of(statistic: str) -> str:
    return WORDS[statistic].name


def statistics_in(markup: str) -> dict[str, Statistic]:
    """The statistics of the numbers on a page that tell about themselves, by name."""
    found = {statistic: WORDS[statistic] for statistic in set(_KEY.findall(markup))}
    return dict(sorted(found.items(), key=lambda entry: (entry[1].name.casefold(), entry[0])))


def terms_in(text: str) -> list[tuple[str, str]]:
    """The technical terms that occur in the visible text, in alphabetical order, each with its explanation."""
    return [(term, words) for term, (pattern, words) in listed("glossary.txt").items() if re.search(pattern, text)]
