"""German names of what an `item` or `segment` stands for, and how charts break them into lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..rounds import Question, Round
from . import german

_SEGMENTS = {
    "all": "Alle",
    "uebrige": "Übrige",
    "ohne_angabe": "ohne Angabe",
    "equal_groups": "Gruppen gleich gewichtet",
}


_YES_NO = {"True": "ja", "False": "nein"}


def short_label(round_: Round, item: str) -> str:
    """The codebook's short label; an item that is no code (a scale value, a class of points) stands for itself."""
    code = round_.codebook.by_id().get(item)
    return code.label_short if code else class_label(item)


def class_label(item: str) -> str:
    """A class of points or of a scale: "1–3", "−2 bis −1"; anything else stands for itself."""
    found = re.fullmatch(r"(-?\d+)(?:-(-?\d+))?", item)
    if not found:
        return item
    low, high = found.groups()
    return german.number(int(low)) if high is None else german.span(int(low), int(high))


def segment_label(round_: Round, segment: str) -> str:
    """The name of a segment; of a breakdown of one's own `name: class`, crossed classes with ×."""
    name, _, label = segment.partition(":")
    if label:
        parts = [_YES_NO.get(part) or segment_label(round_, part) for part in label.split(" × ")]
        return f"{name.replace('_', ' ')}: {' × '.join(parts)}"
    groups = {group.id: group.label for group in round_.file.notes.groups} if round_.file.notes else {}
    return _SEGMENTS.get(segment) or groups.get(segment) or short_label(round_, segment)


def polled_wording(question: Question, item: str) -> str:
    """The option as it was polled."""
    return next((wording for wording, identifier in question.options.items() if identifier == item), item)


MOST_NAMED = 3
"""Names in a title; of more it gives the number."""


def named(labels: Sequence[str], many: str = "Bereiche", last: str = "und") -> str:
    """`„A“ und „B“`; of more than a title can hold only how many: `fünf Bereiche`."""
    if len(labels) > MOST_NAMED:
        return f"{german.spelled(len(labels))} {many}"
    return german.listing([f"„{label}“" for label in labels], last)


MOST_LINES = 3
_SYLLABLE = re.compile(
    r"(?=(sch[lmnrw]?|(?<!s)ch|ph|th|qu|(?<!s)[bdfgkpt]r|[bcfkp]l|(?<=r)gl|(?<![cpst])h|(?<!c)k|(?<![bdfgkpt])(?<!sch)r"
    r"|(?<![bcfkp])(?<!sch)(?<!rg)l|(?<!sch)[mnw]|(?<!s)[pt]|[bcdfgjsvxzß])[aeiouyäöü])(?!r?einander|nei?nander|nander|nüber)"
)
"""Where German words may be broken: before the consonants that begin a syllable. Never between s and t or p, where only
the parts of the word decide (Fens-ter, Bei-spiel)."""


def wrapped(labels: Sequence[str], width: int, most: int = MOST_LINES) -> list[str]:
    """Labels of a chart in lines of about `width` letters, broken after a space, a hyphen or a slash. Words longer than
    a line get a hyphen. What needs more than `most` lines ends in `…`, unless two labels would then be the same. What
    stands behind a line break (`\\n(n = 12)`) keeps its own line."""
    named = [label.partition("\n")[::2] for label in labels]
    whole = [_lines(name, width) for name, _ in named]
    short = [_shortened(lines, width, most) for lines in whole]
    is_clear = len(set(map(tuple, short))) == len({name for name, _ in named})
    tails = [[tail] if tail else [] for _, tail in named]
    return ["\n".join([*lines, *tail]) for lines, tail in zip(short if is_clear else whole, tails, strict=True)]


def clipped(labels: Sequence[str], width: int = 26) -> list[str]:
    """Labels on one line, cut at `width` letters where they still differ then."""
    short = [label if len(label) <= width else f"{label[: width - 1].rstrip(' -/,')}…" for label in labels]
    return short if len(set(short)) == len(set(labels)) else list(labels)


def breakable(words: str) -> str:
    """Text whose long words may be broken at a syllable: soft hyphens, at least four letters from either end."""

    def with_hyphens(match: re.Match[str]) -> str:
        word = match[0]
        places = [found.start() for found in _SYLLABLE.finditer(word) if 4 <= found.start() <= len(word) - 4]
        return "\u00ad".join(word[start:end] for start, end in zip([0, *places], [*places, None], strict=True))

    return re.sub(r"[^\W\d_]{13,}", with_hyphens, words)


def depth(labels: Sequence[str]) -> int:
    """The most lines a label has."""
    return max((label.count("\n") + 1 for label in labels), default=1)


def room(labels: Sequence[str], least: float, line: float) -> float:
    """Height of a row that such labels fit into, at least `least`; `line` is the height of a line, in the same unit."""
    return max(least, line * (depth(labels) + 0.2))


def _lines(label: str, width: int) -> list[str]:
    lines = [""]
    for part in re.findall(r"[^\s/-]*[/-]+\s*|[^\s/-]+\s*", label):
        while len(part.strip()) > width:
            syllables = [found.start() for found in _SYLLABLE.finditer(part) if 4 <= found.start() < width]
            end = min(max(syllables, default=width - 1), len(part.strip()) - 3)
            lines.append(part[:end] + "-")
            part = part[end:]
        if len(lines[-1] + part.strip()) > width:
            lines.append("")
        lines[-1] += part
    return [line.strip() for line in lines if line.strip()] or [""]


def _shortened(lines: list[str], width: int, most: int) -> list[str]:
    if len(lines) <= most:
        return lines
    last = lines[most - 1][: width - 1].rstrip(" -/,")
    return [*lines[: most - 1], f"{last}…"]
