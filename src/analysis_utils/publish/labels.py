"""German names of what an `item` or `segment` stands for."""

from __future__ import annotations

import textwrap

from ..rounds import Question, Round

LINE_SPACING = 0.88
"""Of labels on several lines; the lines of this typeface are tall."""
_SEGMENTS = {
    "all": "Alle",
    "uebrige": "Übrige",
    "ohne_angabe": "ohne Angabe",
    "equal_groups": "Gruppen gleich gewichtet",
}


def short_label(round_: Round, item: str) -> str:
    """The codebook's short label; an item that is no code (a scale value) stands for itself."""
    code = round_.codebook.by_id().get(item)
    return code.label_short if code else item


def segment_label(round_: Round, segment: str) -> str:
    groups = {group.id: group.label for group in round_.file.notes.groups} if round_.file.notes else {}
    return _SEGMENTS.get(segment) or groups.get(segment) or short_label(round_, segment)


def wrapped(label: str, width: int, *, most: int = 3) -> str:
    """A label on at most so many lines of so many letters; what does not fit is left out behind an ellipsis."""
    lines = textwrap.wrap(label, width)
    if len(lines) > most:
        lines = [*lines[: most - 1], textwrap.shorten(" ".join(lines[most - 1 :]), width, placeholder=" …")]
    return "\n".join(lines)


def row_height(labels: list[str], least: float) -> float:
    """Inches that a row needs for the longest of these wrapped labels."""
    return max(least, 0.205 * max((label.count("\n") + 1 for label in labels), default=1) + 0.06)


def title_height(title: str, width: float) -> float:
    """Inches that the title at the head of a standalone drawing of this width takes."""
    return 0.2 + 0.29 * len(textwrap.wrap(title, int(width * 9)))


def caption_height(caption: str, width: float) -> float:
    """Inches that the caption in the foot of a standalone drawing of this width takes."""
    return 0.14 + 0.178 * len(textwrap.wrap(caption, int(width * 15)))


def polled_wording(question: Question, item: str) -> str:
    """The option as it was polled."""
    return next((wording for wording, identifier in question.options.items() if identifier == item), item)
