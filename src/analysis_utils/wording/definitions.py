"""What pages call each statistic and how they define it (`contracts.WORDS`), for those that stand on a page."""

from __future__ import annotations

import re

from ..contracts import WORDS, Statistic

_KEY = re.compile(r'<data [^>]*\bdata-key="[^"]*/([a-z0-9_]+)" title=')


def name_of(statistic: str) -> str:
    return WORDS[statistic].name


def statistics_in(markup: str) -> dict[str, Statistic]:
    """The statistics of the numbers on a page that tell about themselves, by name."""
    found = {statistic: WORDS[statistic] for statistic in set(_KEY.findall(markup))}
    return dict(sorted(found.items(), key=lambda entry: (entry[1].name.casefold(), entry[0])))
