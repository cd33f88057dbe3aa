"""Rows that make a whole result of ours (a ranking, the distribution of a scale, other rules of counting) have a
picture, a table and sentences of their own; every other selection is drawn as it is (`marks`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..contracts import WORDS
from ..errors import DataError
from ..findings import coverage_table, order_table, when_orders, when_themes
from ..rounds import Named, Question
from ..tables import breakdowns
from ..wording import (
    Evidence,
    Html,
    absent,
    alike_scales_table,
    alike_sentences,
    alike_table,
    dots_sentences,
    evidence_held,
    evidence_of,
    german,
    inside_sentences,
    order_sentences,
    pairs_table,
    paragraphs,
    question_card,
    ranking_sentences,
    ranking_table,
    reading_sentences,
    result_of,
    robustness_sentences,
    robustness_table,
    scale_group_sentences,
    scale_sentences,
    scale_summary,
    scale_table,
    segment_label,
    segment_sentences,
    segment_table,
    short_label,
    shown,
    summary,
    weighting_table,
)
from . import notes, poll

ALL, SEGMENTS, WEIGHTED, OWN, OF_NOTES = "all", "segments", "weighted", "own", "notes"
_BESIDE = {"respondents", "class_count", "top_box_count"}
NOBODY = "Niemand hat diese Frage beantwortet."


def _summed(sentences: Callable[[Evidence, Question], list[Markup]]) -> Callable[[Evidence, Question], Html]:
    return lambda evidence, question: summary(sentences(evidence, question))


def _about_scale(evidence: Evidence, question: Question) -> Html:
    return paragraphs(scale_sentences(evidence, question), question.label)


def _listed(sentences: Callable[[Evidence], list[Markup]]) -> Callable[[Evidence], Html]:
    return lambda evidence: paragraphs(sentences(evidence))


def _counted(evidence: Evidence, question: Question) -> Html | None:
    return result_of(evidence, question) if question.type.endswith("_choice") else None


def _scales(evidence: Evidence, questions: list[Question]) -> Html | None:
    if any(question.type != "scale" for question in questions):
        return None
    return summary([sentence for question in questions for sentence in scale_summary(evidence, question)])


Make = Callable[..., Any]
READY: tuple[tuple[str, str, str, Make], ...] = (
    ("dots", ALL, "mean_points rank tier", poll.ranking_chart),
    ("dots", ALL, "share rank tier", poll.ranking_chart),
    ("dots", ALL, "mean_rank", poll.ranking_chart),
    ("dots", ALL, "share_giving_points mean_points_given", poll.giving_chart),
    ("dots", SEGMENTS, "mean_points", poll.segment_chart),
    ("dots", OWN, "mean_points", poll.segment_chart),
    ("stacked", ALL, "points_band_count", poll.distribution_chart),
    ("bars", ALL, "count share top_box_share", poll.scale_chart),
    ("slope", ALL, "rank rank_by_borda", poll.rules_chart),
    ("table", ALL, "pair_separated pair_p_max_t", pairs_table),
    ("table", ALL, "alike_mean_points alike_rank", alike_table),
    ("table", ALL, "rank_over_rules rank_leave_one_out", robustness_table),
    ("table", ALL, "mean_points rank share_giving_points", ranking_table),
    ("table", WEIGHTED, "mean_points rank", weighting_table),
    ("table", ALL, "count share", _counted),
    ("table", ALL, "share_first mean_rank", result_of),
    ("say", ALL, "alike_effective_n alike_rank", _summed(alike_sentences)),
    ("say", ALL, "rank_over_rules rank_leave_one_out", _summed(robustness_sentences)),
    ("say", ALL, "mean_points rank", _summed(ranking_sentences)),
    ("say", ALL, "share rank", _summed(ranking_sentences)),
    ("say", ALL, "mean_rank", _summed(ranking_sentences)),
    ("say", ALL, "mean median top_box_share", _about_scale),
    ("say", SEGMENTS, "mean_points", _summed(segment_sentences)),
)
"""What is made, of whom, of rows of which statistics that are whole (none is left out): by what it is made of one
question, and the name of an analyst's own breakdown."""
TOGETHER: tuple[tuple[str, str, str, Make], ...] = (
    ("stacked", ALL, "share top_box_share", poll.scales_chart),
    ("stacked", SEGMENTS, "class_share top_box_share", poll.segment_scales_chart),
    ("stacked", OWN, "class_share top_box_share", poll.segment_scales_chart),
    ("table", ALL, "alike_top_box_share alike_mean", alike_scales_table),
    ("table", ALL, "mean median consensus", scale_table),
    ("table", SEGMENTS, "class_share top_box_share", segment_table),
    ("table", OWN, "class_share top_box_share", segment_table),
    ("say", ALL, "top_box_share", _scales),
    ("say", SEGMENTS, "class_share top_box_share", scale_group_sentences),
)
"""The same of several questions at once."""


FOR_NOTES: tuple[tuple[str, str, Callable[[Evidence], Any]], ...] = (
    ("grid", "groups_covered statement_count", notes.coverage_chart),
    ("stacked", "stance_count", notes.stance_chart),
    ("grid", "cooccurrence", notes.inside_chart),
    ("bars", "dots", notes.dots_chart),
    ("table", "groups_covered statement_count", coverage_table),
    ("table", "group_rank", order_table),
    ("say", "statements_read", _listed(reading_sentences)),
    ("say", "cooccurrence", _listed(inside_sentences)),
    ("say", "dots", _listed(dots_sentences)),
    ("say", "group_rank", _listed(order_sentences)),
)
"""The same of the group notes, of all groups and each."""


def ready(what: str, rows: pd.DataFrame) -> Any:
    """The picture, table or sentences of ours for these rows; None where they are no whole result, or not published."""
    if not rows.attrs.get("published"):
        return None
    first = WORDS.get(rows.attrs.get("first", ""))
    if first and any(asked.startswith("notes.") for asked in first.asked):
        return _of_notes(what, rows)
    if rows.empty:
        return absent(NOBODY)
    evidence = evidence_of(rows)
    known = {question.id: question for question in evidence.round.file.questions}
    questions = list(dict.fromkeys(rows["question"]))
    of = _of_whom(rows)
    own = list(dict.fromkeys(segment.partition(":")[0] for segment in rows["segment"])) if of == OWN else []
    if len(own) > 1 or not set(questions) <= set(known):
        return None
    asked = [known[name] for name in questions]
    entries: list[tuple[Any, Any]] = [(entry, asked[0]) for entry in READY if len(asked) == 1]
    for (kind, whom, names, make), subject in [*entries, *((entry, asked) for entry in TOGETHER)]:
        if (kind, whom) == (what, of) and _is_whole(what, of, set(names.split()), evidence, rows):
            made = make(evidence, subject, *own)
            if made is not None:
                return made
    return None


def _of_notes(what: str, rows: pd.DataFrame) -> Any:
    """Where a round has no notes, the sentence that says so."""
    evidence, asked = evidence_of(rows), set(rows["statistic"]) or {rows.attrs["first"]}
    for statistics, make in ((set(names.split()), make) for mark, names, make in FOR_NOTES if mark == what):
        if statistics & asked if rows.empty else _is_whole(what, OF_NOTES, statistics, evidence, rows):
            return when_orders(evidence, make) if "group_rank" in asked else when_themes(evidence, make)
    return None


def _of_whom(rows: pd.DataFrame) -> str:
    segments = set(rows["segment"])
    if any(":" in segment for segment in segments):
        return OWN
    if segments & {"equal_groups", "raked"}:
        return WEIGHTED
    return ALL if segments == {"all"} else SEGMENTS


def _is_whole(what: str, of: str, statistics: set[str], evidence: Evidence, rows: pd.DataFrame) -> bool:
    table = evidence.estimates
    weighted = table["segment"].isin(["equal_groups", "raked"])
    places = {
        ALL: table["segment"] == "all",
        SEGMENTS: (table["segment"] != "all") & ~weighted & ~breakdowns(table) & (table["status"] == "published"),
        WEIGHTED: table["segment"] == "equal_groups",
        OWN: table["segment"].isin(set(rows["segment"])) & (table["status"] == "published"),
        OF_NOTES: table["segment"].notna(),
    }
    mine = places[of] & table["question"].isin(set(rows["question"])) & table["statistic"].isin(statistics)
    columns = ["question", "segment", "item", "statistic"]
    wanted, found = (set(frame[columns].itertuples(index=False, name=None)) for frame in (table[mine], rows))
    there = set(rows["statistic"])
    if what == "table" and of == OWN and there - statistics - _BESIDE:
        return False  # a table of one's own leaves out nothing that was asked for
    return statistics <= there and wanted <= found


def say(what: Named | str | pd.DataFrame, on: pd.DataFrame | None = None) -> Html:
    """In words: a question as it was asked, and who answered; or what published rows say. The words follow the numbers,
    so that they stay true in the next round. Or a sentence of one's own, filled with numbers of published rows:
    `say("Industrieparks erhielten {mean_points(industrieparks)} Punkte.", on=rows)`."""
    if isinstance(what, str) and not isinstance(what, Named):
        if on is None:
            saw = f"“{what[:60]}”"
            raise DataError("say", "a question of round_.questions(…), published rows, or a sentence with on=rows", saw)
        from ..findings import filled_from_rows

        return filled_from_rows(what, on)
    if isinstance(what, str):
        evidence = evidence_held(what.of)
        return question_card(evidence, evidence.round.question(str(what)))
    if (words := ready("say", what)) is not None:
        return words
    if not what.attrs.get("published"):
        raise DataError("say", "rows that publish gave", "others", remedy="publish(estimate(…)) first")
    return _plainly(what)


def _plainly(rows: pd.DataFrame) -> Html:
    """Every class with its largest items."""
    evidence = evidence_of(rows)
    sentences = []
    for question in dict.fromkeys(rows["question"]):
        own = rows[(rows["question"] == question) & (rows["status"] == "published")]
        for segment in dict.fromkeys(own["segment"]):
            statistic = next((name for name in dict.fromkeys(own["statistic"]) if name != "respondents"), "")
            found = evidence.rows_at(question, segment, statistic)
            first = sorted((row for row in found if row.estimate is not None), key=lambda row: -row.value)[:3]
            parts = [
                Markup("{} {}").format(short_label(evidence.round, row.item) if row.item else "", shown(row))
                for row in first
            ]
            if parts:
                listed = Markup(", ").join(parts)
                sentences.append(Markup("{}: {}.").format(segment_label(evidence.round, segment), listed))
    return paragraphs(sentences or [Markup("{}").format(german.WITHHELD)])
