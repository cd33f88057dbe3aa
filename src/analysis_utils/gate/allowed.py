"""What may be shown of a segment: a list of statistics, each with what it depends on. What is not on it is withheld.

All that a shown segment says follows from a few numbers of it that are published: how many people answered, how many of
them chose an option or a class of a scale, and the sum of their points. Nothing else of a segment is computed with, so
that two rounds which agree in these publish the same, to the last digit.
"""

from __future__ import annotations

import pandas as pd

from ..rounds import Round
from .cut import VOTER, Segments, compares_segments

PUBLISHED = frozenset({"people", "counts", "sums", "everybody"})
"""What is published: people of each shown segment who answered a question, how many of them chose each option or class
of a scale, the sum of points they gave each area; and whatever is published of all together."""
CELLS, CROSSING = "cells", "crossing"
"""What is not: means in the crossing of several questions (shown only where each of its cells is large), and how many
people those cells hold."""

OF_A_SEGMENT = {
    "respondents": {"people"},
    "count": {"counts"},
    "share": {"people", "counts"},
    "class_count": {"counts"},
    "class_share": {"people", "counts"},
    "top_box_count": {"counts"},
    "top_box_share": {"people", "counts"},
    "mean_points": {"people", "sums", "everybody"},
    "rank": {"sums"},
}
EQUAL_GROUPS = {
    "effective_n": {"people"},
    "top_box_share": {"people", "counts"},
    "mean_points": {"people", "sums"},
    "rank": {"people", "sums"},
}
RAKED_BEYOND = {
    "effective_n": {CROSSING},
    "top_box_share": {CELLS},
    "mean_points": {CELLS},
    "rank": {CELLS},
}
"""Raked to other questions than the group; raked to the group alone is as equal groups."""
COMPARED = {
    **{f"kruskal_wallis_p{end}": {"people", "counts"} for end in ("", "_holm", "_smallest")},
    **{f"fisher_freeman_halton_p{end}": {"people", "counts"} for end in ("", "_holm", "_smallest")},
    **{f"points_permutation_p{end}": {"people", "sums", "everybody"} for end in ("", "_holm", "_smallest")},
    "cliffs_delta": {"people", "counts"},
    "rank_by_equal_groups": {"people", "sums"},
    "rule_tau_b": {"people", "sums", "everybody"},
}
"""Rows of all together that are made of segments."""
UNDECLARED = "suppressed_undeclared"
"""Status of a number of a segment of which nobody said on what it depends, or that depends on what is not published."""


def apply_gate(frame: pd.DataFrame, round_: Round, answers: pd.DataFrame, segments: Segments) -> pd.DataFrame:
    """The rows of `estimates` with every number of a segment emptied that is not on the list, or whose segment is not
    shown in its question.

    Parameters: `frame`, all rows of the round; `answers`, with the column `shown`. Results of all together stay: they
    are what the poll showed on the screen.
    """
    beyond = any(round_.question(name).role != "participant_group" for name in round_.file.raking)
    large = {name: not beyond or has_large_cells(answers, round_, name) for name in frame["question"].unique()}
    columns = (frame[name] for name in ("question", "segment", "item", "statistic", "status"))
    hidden = []
    for question, segment, item, statistic, status in zip(*columns, strict=True):
        shown, known = segments.shown(question), PUBLISHED
        if segment == "all":
            listed = COMPARED if compares_segments(statistic, item) else {statistic: set()}
        elif segment == "raked" and beyond:
            listed, known = RAKED_BEYOND, PUBLISHED | ({CELLS} if large[question] else set())
        else:
            listed = EQUAL_GROUPS if segment in ("equal_groups", "raked") else OF_A_SEGMENT
        needs = listed.get(statistic, {"nothing that anybody named"})
        is_there = segment in ("all", "equal_groups", "raked") or segment in shown
        hidden.append(status == "published" and not (is_there and needs <= known and (shown or not needs)))
    frame = frame.copy()
    frame.loc[hidden, ["estimate", "low", "high", "n"]] = float("nan")
    frame.loc[hidden, "method"], frame.loc[hidden, "status"] = "", UNDECLARED
    return frame


def has_large_cells(answers: pd.DataFrame, round_: Round, question: str) -> bool:
    """Whether raking weighs nobody alone: every cell that its margins make of those who answered the question has as
    many people as a segment needs."""
    people = answers[answers["question"] == question].drop_duplicates(VOTER).set_index(VOTER)
    cells = pd.DataFrame({"shown": people["shown"]})
    for name in round_.file.raking:
        if round_.question(name).role != "participant_group":
            chosen = answers[answers["question"] == name].drop_duplicates(VOTER).set_index(VOTER)["item"]
            cells[name] = chosen.reindex(people.index).fillna("")
    return len(cells) == 0 or int(cells.value_counts().min()) >= round_.file.disclosure.minimum_base
