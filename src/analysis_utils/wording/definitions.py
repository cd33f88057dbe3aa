"""What pages call each statistic and how they define it: one list for tables, for numbers on demand, for a page's end.

The list is `statistics.txt` beside this file: text that people without Python can correct.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).with_name("statistics.txt")
_KEY = re.compile(r'<data [^>]*\bdata-key="[^"]*/([a-z0-9_]+)" title=')


class Words(NamedTuple):
    """A statistic in German: what it is called, and its definition in a sentence."""

    name: str
    definition: str


@cache
def statistic_words() -> dict[str, Words]:
    """Every statistic of `contracts.STATISTICS` with its words."""
    lines = (line for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    parts = ([part.strip() for part in line.split("|")] for line in lines)
    return {statistic: Words(name, definition) for statistic, name, definition in parts}


def name_of(statistic: str) -> str:
    return statistic_words()[statistic].name


def statistics_in(markup: str) -> dict[str, Words]:
    """The statistics of the numbers on a page that tell about themselves, by name."""
    found = {statistic: statistic_words()[statistic] for statistic in set(_KEY.findall(markup))}
    return dict(sorted(found.items(), key=lambda entry: (entry[1].name.casefold(), entry[0])))
