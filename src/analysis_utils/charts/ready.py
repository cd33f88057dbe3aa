"""Rows that make a whole result of ours (a ranking, the distribution of a scale, other rules of counting) have a
picture, a table and sentences of their own; every other selection is drawn as it is (`marks`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..errors import DataError
from ..rounds import Named, Question
from ..tables import breakdowns
from ..wording import (
    Evidence,
    Html,
    absent,
    alike_scales_table,
    alike_sentences,
    alike_table,
    evidence_held,
    evidence_of,
    german,
    pairs_table,
    paragraphs,
    question_card,
    ranking_sentences,
    ranking_table,
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
from . import poll

ALL, SEGMENTS, WEIGHTED, OWN = "all", "segments", "weighted", "own"
_BESIDE = {"respondents", "class_count", "top_box_count"}
NOBODY = "Niemand hat diese Frage beantwortet."


@dataclass(frozen=True)
class Ready:
    """What is made of rows of these `statistics`, of everybody or of segments, that are `whole`: none is left out.
    `make` takes one question, or all at once where `several`, and the name of an analyst's own breakdown."""

    what: str
    statistics: frozenset[str]
    of: str
    make: Callable[..., Any]
    several: bool = False


def _of(what: str, names: str, of: str, make: Callable[..., Any], *, several: bool = False) -> Ready:
    return Ready(what, frozenset(names.split()), of, make, several)


def _titled(sentences: Callable[[Evidence, Question], list[Markup]]) -> Callable[[Evidence, Question], Html]:
    return lambda evidence, question: paragraphs(sentences(evidence, question), question.label)


def _summed(sentences: Callable[[Evidence, Question], list[Markup]]) -> Callable[[Evidence, Question], Html]:
    return lambda evidence, question: summary(sentences(evidence, question))


def _counted(evidence: Evidence, question: Question) -> Html | None:
    return result_of(evidence, question) if question.type.endswith("_choice") else None


def _scales(evidence: Evidence, questions: list[Question]) -> Html | None:
    if any(question.type != "scale" for question in questions):
        return None
    return summary([sentence for question in questions for sentence in scale_summary(evidence, question)])


READY = (
    _of("dots", "mean_points rank tier", ALL, poll.ranking_chart),
    _of("dots", "share rank tier", ALL, poll.ranking_chart),
    _of("dots", "mean_rank", ALL, poll.ranking_chart),
    _of("dots", "share_giving_points mean_points_given", ALL, poll.giving_chart),
    _of("dots", "mean_points", SEGMENTS, poll.segment_chart),
    _of("dots", "mean_points", OWN, poll.segment_chart),
    _of("stacked", "points_band_count", ALL, poll.distribution_chart),
    _of("stacked", "share top_box_share", ALL, poll.scales_chart, several=True),
    _of("stacked", "class_share top_box_share", SEGMENTS, poll.segment_scales_chart, several=True),
    _of("stacked", "class_share top_box_share", OWN, poll.segment_scales_chart, several=True),
    _of("bars", "count share top_box_share", ALL, poll.scale_chart),
    _of("slope", "rank rank_by_borda", ALL, poll.rules_chart),
    _of("table", "pair_separated pair_p_max_t", ALL, pairs_table),
    _of("table", "alike_mean_points alike_rank", ALL, alike_table),
    _of("table", "alike_top_box_share alike_mean", ALL, alike_scales_table, several=True),
    _of("table", "rank_over_rules rank_leave_one_out", ALL, robustness_table),
    _of("table", "mean_points rank share_giving_points", ALL, ranking_table),
    _of("table", "mean median consensus", ALL, scale_table, several=True),
    _of("table", "mean_points rank", WEIGHTED, weighting_table),
    _of("table", "class_share top_box_share", SEGMENTS, segment_table, several=True),
    _of("table", "class_share top_box_share", OWN, segment_table, several=True),
    _of("table", "count share", ALL, _counted),
    _of("table", "share_first mean_rank", ALL, result_of),
    _of("say", "alike_effective_n alike_rank", ALL, _summed(alike_sentences)),
    _of("say", "rank_over_rules rank_leave_one_out", ALL, _summed(robustness_sentences)),
    _of("say", "mean_points rank", ALL, _summed(ranking_sentences)),
    _of("say", "share rank", ALL, _summed(ranking_sentences)),
    _of("say", "mean_rank", ALL, _summed(ranking_sentences)),
    _of("say", "mean median top_box_share", ALL, _titled(scale_sentences)),
    _of("say", "mean_points", SEGMENTS, _summed(segment_sentences)),
    _of("say", "top_box_share", ALL, _scales, several=True),
    _of("say", "class_share top_box_share", SEGMENTS, scale_group_sentences, several=True),
)


def ready(what: str, rows: pd.DataFrame) -> Any:
    """The picture, table or sentences of ours for these rows; None where they are no whole result, or not published."""
    if not rows.attrs.get("published"):
        return None
    if rows.empty:
        return absent(NOBODY)
    evidence = evidence_of(rows)
    known = {question.id: question for question in evidence.round.file.questions}
    questions = list(dict.fromkeys(rows["question"]))
    of = _of_whom(rows)
    own = list(dict.fromkeys(segment.partition(":")[0] for segment in rows["segment"])) if of == OWN else []
    if len(own) > 1 or not set(questions) <= set(known):
        return None
    for one in READY:
        if (
            one.what == what
            and one.of == of
            and (one.several or len(questions) == 1)
            and _is_whole(one, evidence, rows)
        ):
            asked = [known[name] for name in questions]
            made = one.make(evidence, asked if one.several else asked[0], *own)
            if made is not None:
                return made
    return None


def _of_whom(rows: pd.DataFrame) -> str:
    segments = set(rows["segment"])
    if any(":" in segment for segment in segments):
        return OWN
    if segments & {"equal_groups", "raked"}:
        return WEIGHTED
    return ALL if segments == {"all"} else SEGMENTS


def _is_whole(one: Ready, evidence: Evidence, rows: pd.DataFrame) -> bool:
    table = evidence.estimates
    mine = table["question"].isin(set(rows["question"])) & table["statistic"].isin(one.statistics)
    weighted = table["segment"].isin(["equal_groups", "raked"])
    places = {
        ALL: table["segment"] == "all",
        SEGMENTS: (table["segment"] != "all") & ~weighted & ~breakdowns(table) & (table["status"] == "published"),
        WEIGHTED: table["segment"] == "equal_groups",
        OWN: table["segment"].isin(set(rows["segment"])) & (table["status"] == "published"),
    }
    columns = ["question", "segment", "item", "statistic"]
    wanted = set(map(tuple, table[mine & places[one.of]][columns].to_numpy().tolist()))
    found = set(map(tuple, rows[columns].to_numpy().tolist()))
    statistics = {statistic for *_, statistic in found}
    if one.what == "table" and one.of == OWN and statistics - one.statistics - _BESIDE:
        return False  # a table of one's own leaves out nothing that was asked for
    return one.statistics <= statistics and wanted <= found


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
