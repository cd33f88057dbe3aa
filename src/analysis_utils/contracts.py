"""The tables that pass between the rooms: their columns, what a cell may hold, and the statistics there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["text", "number", "integer"]

# Every statistic that may appear in `estimates`, with its unit. docs/methodology.md defines each one.
STATISTICS: dict[str, str] = {
    "respondents": "people",
    "nonrespondents": "people",
    "not_asked": "people",
    "no_answer": "people",
    "not_in_poll": "people",
    "count": "people",
    "share": "share",
    "room_share": "share",
    # Rankings; the item of `pair_majority` is "a|b"
    "first_count": "people",
    "share_first": "share",
    "top_three_count": "people",
    "share_top_three": "share",
    "mean_rank": "rank",
    "mean_rank_given": "rank",
    "rank_given": "rank",
    "pair_majority": "share",
    # Points: the ranking
    "mean_points": "points",
    "mean_points_percentile": "points",
    "room_mean_points": "points",
    "givers": "people",
    "share_giving_points": "share",
    "room_share_giving_points": "share",
    "mean_points_given": "points",
    "median_points": "points",
    "lower_quartile_points": "points",
    "upper_quartile_points": "points",
    "points_band_count": "people",
    "rank": "rank",
    "tier": "rank",
    "could_be_top3": "index",
    "p_top3": "share",
    # Points: two areas compared; the item is "a|b"
    "pair_difference": "points",
    "pair_separated": "index",
    "pair_p": "index",
    "pair_p_holm": "index",
    "pair_p_max_t": "index",
    "separation_power": "share",
    "ballots_to_separate": "people",
    # Points: other rules of counting
    "trimmed_mean_points": "points",
    "borda": "index",
    "plurality": "index",
    "copeland": "index",
    "condorcet_winner": "index",
    "rank_by_trimmed_mean": "rank",
    "rank_by_median": "rank",
    "rank_by_share_giving": "rank",
    "rank_by_borda": "rank",
    "rank_by_plurality": "rank",
    "rank_by_copeland": "rank",
    "rank_by_equal_groups": "rank",
    "rank_by_ballot_rule": "rank",
    "rank_leave_one_out": "rank",
    "rank_over_rules": "rank",
    "rule_tau_b": "index",
    # Scales
    "class_count": "people",
    "class_share": "share",
    "top_box_count": "people",
    "top_box_share": "share",
    "room_top_box_share": "share",
    "mean": "scale",
    "room_mean": "scale",
    "median": "scale",
    "lower_quartile": "scale",
    "upper_quartile": "scale",
    "iqr": "scale",
    "consensus": "index",
    "agreement_a": "index",
    # Points and scales: if members of a delegation had answered alike
    "alike_effective_n": "people",
    "alike_mean_points": "points",
    "alike_mean": "scale",
    "alike_top_box_share": "share",
    "alike_rank": "rank",
    "alike_tier": "rank",
    # Segments compared
    "kruskal_wallis_p": "index",
    "kruskal_wallis_p_holm": "index",
    "kruskal_wallis_p_smallest": "index",
    "fisher_freeman_halton_p": "index",
    "fisher_freeman_halton_p_holm": "index",
    "fisher_freeman_halton_p_smallest": "index",
    "points_permutation_p": "index",
    "points_permutation_p_holm": "index",
    "points_permutation_p_smallest": "index",
    "cliffs_delta": "index",
    "effective_n": "people",
    # Two rounds compared (table `changes`; the round is "earlier..later")
    "mean_points_before": "points",
    "mean_points_after": "points",
    "change_mean_points": "points",
    "detectable_mean_points": "points",
    "same_mix_change_mean_points": "points",
    "overlap_change_mean_points": "points",
    "linked_change_mean_points": "points",
    "mean_before": "scale",
    "mean_after": "scale",
    "change_mean": "scale",
    "detectable_mean": "scale",
    "overlap_change_mean": "scale",
    "linked_change_mean": "scale",
    "top_box_share_before": "share",
    "top_box_share_after": "share",
    "change_top_box_share": "share",
    "same_mix_change_top_box_share": "share",
    "detectable_top_box_share": "share",
    "detectable_share": "share",
    "share_before": "share",
    "share_after": "share",
    "change_share": "share",
    "consensus_before": "index",
    "consensus_after": "index",
    "change_p": "index",
    "change_p_bootstrap": "index",
    "change_p_max_t": "index",
    "equivalence_fewest": "people",
    "change_p_top_box_share": "index",
    "change_p_share": "index",
    "equivalence_p": "index",
    "equivalence_p_holm": "index",
    "equivalence_p_welch": "index",
    "equivalence_p_bootstrap": "index",
    "equivalence_p_top_box_share": "index",
    "equivalence_p_share": "index",
    "linked_people": "people",
    "linked_p": "index",
    # Group notes and boards; the question is `gruppennotizen`
    "statements_read": "statements",
    "statements_coded": "statements",
    "statement_count": "statements",
    "groups_covered": "groups",
    "dots": "dots",
    "stance_count": "statements",
    "stance_groups": "groups",
    "cooccurrence": "statements",
    "cooccurrence_groups": "groups",
    "group_rank": "rank",
    "group_tau_b": "index",
    "group_tau_b_p": "index",
    "kendall_w": "index",
    "kendall_w_p": "index",
    "coding_alpha": "index",
    "coding_agreement": "share",
    "stance_alpha": "index",
}
# By which name `estimate` gives a statistic, by the kind of question.
BY_NAME: dict[str, dict[str, str]] = {
    "points": {
        "mean": "mean_points",
        "mean_percentile": "mean_points_percentile",
        "mean_given": "mean_points_given",
        "median": "median_points",
        "lower_quartile": "lower_quartile_points",
        "upper_quartile": "upper_quartile_points",
        "givers": "givers",
        "share_giving": "share_giving_points",
        "bands": "points_band_count",
    },
    "scale": {
        **{name: name for name in ("mean", "median", "lower_quartile", "upper_quartile", "iqr", "count", "share")},
        **{"class_count": "class_count", "class_share": "class_share"},
        **{"top_box_count": "top_box_count", "top_box": "top_box_share"},
    },
    "choice": {"count": "count", "share": "share"},
    "ranking": {
        name: name
        for name in ("share_first", "share_top_three", "mean_rank", "mean_rank_given", "borda", "rank", "tier")
    },
}

STATUSES = (
    "published",
    "suppressed_small_base",
    "suppressed_complementary",
    "suppressed_earlier_version",
    "suppressed_undeclared",
    "suppressed_too_many_cuts",
)
"""Whether a number is there, or why not: too few people, to protect others, what a released version would tell, because
the gate has no rule for such a number of a group, or because a question is broken down in too many ways already."""
STANCES = ("priorität", "unterstützend", "bedingung", "kritisch", "umdeutung", "neutral")
"""What a statement does with the code it bears."""


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """`row` says what one row is; `key` names the columns that no two rows share."""

    row: str
    private: bool
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        return "parquet" if self.private else "csv"


def _columns(kind: Kind, *names: str, required: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, kind, required) for name in names)


TABLES: dict[str, Table] = {
    "voters": Table(
        row="voter",
        private=True,
        columns=(
            Column("round", "text", True),
            *_columns("integer", "session", "voter", required=True),
            Column("segment", "text"),
        ),
        key=("session", "voter"),
    ),
    "answers": Table(
        row="voter × question × item",
        private=True,
        columns=(
            Column("round", "text", True),
            *_columns("integer", "session", "voter", required=True),
            *_columns("text", "question", "type", required=True),
            Column("item", "text"),
            Column("value", "number"),
            Column("text", "text"),
            Column("pick_order", "integer"),
        ),
        key=("session", "voter", "question", "item", "pick_order"),
    ),
    "rule_answers": Table(
        row="voter × question × item as they would be if one rule for ballots did the opposite",
        private=True,
        columns=(
            *_columns("text", "round", "rule", required=True),
            *_columns("integer", "session", "voter", required=True),
            *_columns("text", "question", "item", required=True),
            Column("value", "number"),
        ),
        key=("rule", "session", "voter", "question", "item"),
    ),
    "statements": Table(
        row="statement in the notes or card on a board",
        private=True,
        columns=(
            *_columns("text", "round", "group", "statement", required=True),
            Column("section", "text"),
            Column("text", "text", True),
            Column("kind", "text", True, ("note", "card")),
            *_columns("text", "file", "place", required=True),
            Column("photo", "text"),
            Column("dots", "integer"),
            Column("released_by", "text"),
        ),
        key=("statement",),
    ),
    "codings": Table(
        row="statement × coder × code",
        private=True,
        columns=(
            *_columns("text", "round", "group", "statement", "coder", "code", required=True),
            Column("stance", "text", False, ("", *STANCES)),
            Column("decided_by", "text"),
            Column("note", "text"),
        ),
        key=("statement", "coder", "code"),
    ),
    "coded_statements": Table(
        row="statement × final code; the text only where an analyst released it",
        private=False,
        columns=(
            *_columns("text", "round", "group", "statement", "kind", "file", "place", required=True),
            Column("code", "text"),
            Column("stance", "text", False, ("", *STANCES)),
            *_columns("text", "decided_by", "quote", "released_by"),
        ),
        key=("statement", "code"),
    ),
    "paraphrases": Table(
        row="sentence of an analyst that rests on statements",
        private=False,
        columns=(
            *_columns("text", "round", "sentence", "statements", "author", required=True),
            Column("code", "text"),
        ),
    ),
    "photos": Table(
        row="photograph of a board that an analyst released; the cleaned picture lies beside the table",
        private=False,
        columns=(
            *_columns("text", "round", "file", "group", required=True),
            Column("board", "text"),
            Column("cards", "integer", True),
            *_columns("text", "caption", "alt"),
            Column("released_by", "text", True),
            *_columns("integer", "width", "height", required=True),
        ),
        key=("file",),
    ),
    "problems": Table(
        row="thing found wrong while reading",
        private=False,
        columns=(
            *_columns("text", "round", "file", "place", "rule", "seen", required=False),
            Column("action", "text", True, ("kept", "set aside", "refused")),
            Column("message", "text", True),
        ),
    ),
    "errata": Table(
        row="question whose answers were corrected after a release: it stands as released, or an exception was made",
        private=False,
        columns=(
            *_columns("text", "round", "question", required=True),
            Column("kind", "text", True, ("as_released", "exception")),
            Column("version", "text", True),
            Column("version_kind", "text", True, ("release", "draft")),
            Column("date", "text", True),
            *_columns("text", "allowed_by", "reason"),
        ),
        key=("question",),
    ),
    "audit": Table(
        row="question × item × quantity × possible number of answers: what printed figures fix and leave open",
        private=False,
        columns=(
            Column("round", "text"),
            *_columns("text", "question", required=True),
            Column("item", "text"),
            *_columns("text", "quantity", required=True),
            Column("n", "integer"),
            *_columns("number", "low", "high"),
            Column("values", "text"),
            *_columns("text", "unit", "verdict", required=True),
            Column("note", "text"),
        ),
        key=("question", "item", "quantity", "n"),
    ),
    "estimates": Table(
        row="published number",
        private=False,
        columns=(
            *_columns("text", "round", "question", "segment", required=True),
            Column("item", "text"),
            Column("statistic", "text", True, tuple(STATISTICS)),
            *_columns("number", "estimate", "low", "high"),
            Column("unit", "text", True, tuple(sorted(set(STATISTICS.values())))),
            Column("n", "integer"),
            Column("method", "text"),
            Column("status", "text", True, STATUSES),
            Column("provenance", "text", True, ("original", "reconstructed", "illustrative")),
        ),
        key=("round", "question", "segment", "item", "statistic"),
    ),
}

TABLES["changes"] = replace(TABLES["estimates"], row="number that compares a round with an earlier one")
