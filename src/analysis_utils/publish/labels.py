"""German names of what an `item` or `segment` stands for."""

from __future__ import annotations

from ..rounds import Question, Round

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


def polled_wording(question: Question, item: str) -> str:
    """The option as it was polled."""
    return next((wording for wording, identifier in question.options.items() if identifier == item), item)
