"""Why groups are merged or left out, in words made of the status of published rows and of `round.yml`."""

from __future__ import annotations

from ..rounds import Question
from . import german
from .evidence import Evidence
from .labels import segment_label

EARLIER = "suppressed_earlier_version"


def shown_segments(evidence: Evidence, question: Question, name: str = "") -> list[str]:
    """Segments of participants whose base for this question is published, in the order of the table; those of the
    breakdown `name`, where an analyst made one."""
    return [row for row in _segments(evidence, name) if _base(evidence, question, row) == "published"]


def withheld_segments(evidence: Evidence, question: Question, name: str = "") -> list[str]:
    """Groups that are not shown by themselves because too few of them answered, or to protect those."""
    return [row for row in _segments(evidence, name) if str(_base(evidence, question, row)).startswith("suppressed")]


def _segments(evidence: Evidence, name: str) -> list[str]:
    weighted = ("all", "equal_groups", "raked")
    names = [segment for segment in dict.fromkeys(name for _, name in evidence.first_status) if segment not in weighted]
    return [segment for segment in names if segment.rpartition(":")[0] == name]


def _base(evidence: Evidence, question: Question, segment: str) -> str | None:
    if rows := evidence.rows(question, "respondents", segment=segment):
        return rows[0].status
    return evidence.first_status.get((question.id, segment))


def merging_sentence(evidence: Evidence, question: Question) -> str:
    """Which groups are merged, or not shown at all, and why each; empty where all are shown by themselves."""
    few, joined = (_groups(evidence, question, f"suppressed_{why}") for why in ("small_base", "complementary"))
    if not few and not joined:
        return ""
    is_merged = "uebrige" in shown_segments(evidence, question)
    opening = "Unter „Übrige“ zusammengefasst" if is_merged else "Nicht gezeigt"
    parts = [f"{german.listing(few)}, weil dort für einen eigenen Wert zu wenige antworteten"] if few else []
    if joined:
        whom = "die Antworten der kleineren" if few else "die Antworten anderer"
        parts.append(f"{german.listing(joined)}, weil sich sonst {whom} durch Abziehen errechnen ließen")
    verb = "ist" if len(few) + len(joined) == 1 else "sind"
    return f"{opening} {verb} {'; außerdem '.join(parts)}."


def _groups(evidence: Evidence, question: Question, status: str) -> list[str]:
    table = evidence.estimates
    own = table[(table["question"] == question.id) & (table["status"] == status)]
    merged = [segment for segment in withheld_segments(evidence, question) if segment in set(own["segment"])]
    return [segment_label(evidence.round, segment) for segment in merged]


def exception_sentence(evidence: Evidence, question: Question) -> str:
    """Which groups are shown from fewer people on than the rule asks, who answers for it and why; else empty."""
    shown = shown_segments(evidence, question)
    sentences = [
        f"Ausnahme: {segment_label(evidence.round, one.group)} steht schon ab {german.spelled(one.people)} Personen "
        f"für sich. Verantwortlich: {one.by}. Grund: {one.reason.rstrip('.')}."
        for one in evidence.round.file.disclosure.exceptions
        if one.group in shown
    ]
    return " ".join(sentences)


def is_left_out(evidence: Evidence, question: Question) -> bool:
    """Whether groups are missing because of what a released version of the report shows."""
    table = evidence.estimates
    return bool(((table["question"] == question.id) & (table["status"] == EARLIER)).any())
