"""Why groups are merged and numbers withheld, in words made of the status of published rows and of nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from ..round_file import Question
from . import german
from .evidence import Evidence
from .labels import segment_label

MOST_SPELLED = 12
EARLIER = "suppressed_earlier_version"
GATED = ("suppressed_small_base", "suppressed_complementary")


def shown_segments(evidence: Evidence, question: Question) -> list[str]:
    """Segments of participants whose base for this question is published, in the order of the table."""
    return [row for row in _segments(evidence) if _base(evidence, question, row) == "published"]


def withheld_segments(evidence: Evidence, question: Question) -> list[str]:
    """Groups that are not shown by themselves because too few of them answered, or to protect those."""
    return [row for row in _segments(evidence) if str(_base(evidence, question, row)).startswith("suppressed")]


def _segments(evidence: Evidence) -> list[str]:
    weighted = ("all", "equal_groups", "raked")
    return [segment for segment in dict.fromkeys(name for _, name in evidence.first_status) if segment not in weighted]


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


def withholding_sentence(evidence: Evidence, questions: Iterable[Question], statistics: Iterable[str]) -> str:
    """How many of the numbers shown about groups are withheld, and how they were chosen; empty where none is. Which of
    them are small and which go for the sake of others is not said: it would tell them."""
    table, names = evidence.estimates, list(statistics)
    withheld = 0
    for question in questions:
        segments = shown_segments(evidence, question)
        mine = (table["question"] == question.id) & table["segment"].isin(segments) & table["statistic"].isin(names)
        withheld += int(table.loc[mine, "status"].isin(GATED).sum())
    if not withheld:
        return ""
    return (
        f"Ein • steht für einen zurückgehaltenen Wert (hier {_count(withheld)}). Zurückgehalten wird, was auf zu "
        "wenigen Personen oder darauf beruht, dass sich alle einig waren, und woraus sich ein solcher Wert errechnen "
        "ließe; was davon wo gilt, würde selbst etwas verraten. Von den Auswahlen, die das verhindern, gilt die mit "
        "dem geringsten Verlust."
    )


def _count(number: int) -> str:
    """In words; large counts are not said, since a printed number would need a row of its own to come from."""
    if number == 1:
        return "einer"
    return "viele" if number > MOST_SPELLED else german.spelled(number)


def is_left_out(evidence: Evidence, question: Question) -> bool:
    """Whether groups are missing because of what a released version of the report shows."""
    table = evidence.estimates
    return bool(((table["question"] == question.id) & (table["status"] == EARLIER)).any())
