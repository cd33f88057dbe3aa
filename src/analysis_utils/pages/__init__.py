"""Public numbers -> figures, tables, sentences, pages. Reads `estimates` and `problems`; knows no private table.

Notebooks use the names gathered here; the heavy modules behind them load when first used.
"""

from __future__ import annotations

from importlib import import_module

from .. import wall

_NAMES = {
    "wording.html": "each note paragraphs summary",
    "charts.marks": "dots bars stacked grid slope table",
    "charts.ready": "say",
    "findings.claims": "claim",
    "charts.explore": "explorer",
    "wording.evidence": "Evidence read_evidence",
    "pages.print_audit": "PrintAudit claims_table left_open_table misread_sentences printed_order_sentences "
    "printed_points_table printed_sizes_table reproduced_summary reproduced_table rounding_table",
    "next_round.files": "draft_next_round",
    "next_round.summary": "next_round_sentences",
    "next_round.decisions": "never_asked_table open_pairs_table to_discuss_table wording_table",
    "wording.question_card": "provenance_notice question_card",
    "charts.poll": "distribution_chart giving_chart segment_chart ranking_chart segment_scales_chart rules_chart "
    "scales_chart scale_chart",
    "findings.reading_tables": "conservation_summary problems_table reading_table rule_table written_note "
    "notes_table sheets_table themes_summary when_orders when_themes",
    "wording.result_tables": "result_of without_result choice_table pairs_table ranking_table robustness_table "
    "scale_table",
    "wording.sentences": "ranking_sentences scale_sentences scale_summary",
    "wording.segment_text": "segment_sentences scale_group_sentences segment_table planned_tests_table weighting_table",
    "wording.robustness_text": "robustness_sentences",
    "wording.themes": "themes_notice has_themes "
    "agreement_sentences coverage_sentences dots_sentences inside_sentences order_sentences "
    "reading_sentences stance_sentences",
    "charts.notes": "coverage_chart dots_chart inside_chart stance_chart joint_chart",
    "findings.theme_tables": "agreement_table coverage_table disagreement_table order_table paraphrases quotes "
    "trace_table",
    "pages.board_photos": "photos",
    "findings.page": "findings_list findings_summary verdict_key",
    "findings.verdicts": "write_findings",
    "comparison.tables": "apart_table coverage_change_table equivalence_table linked_table mix_table overlap_table "
    "points_change_table polled_twice_table scale_change_table shares_change_table",
    "comparison.words": "comparison_sentences comparisons_summary detectable_sentences margin_sentences",
    "comparison.rounds_compared": "each_comparison earlier_notice read_comparisons",
    "charts.compared": "rounds_overview change_chart points_changes",
    "comparison.rounds": "rounds_table",
    "comparison.again": "findings_again_table",
    "findings.joint_tables": "clusters_table joint_table",
    "findings.joint_display": "joint_sentences",
}
"""What notebooks use, by the module that makes it."""
_HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOMES[name]
    found = getattr(import_module(f"analysis_utils.{home}"), name)
    if not wall.is_open():
        return found
    from ..wording import NOT_SHOWN, recorded

    return found if name in NOT_SHOWN else recorded(name, found)


def __dir__() -> list[str]:
    return __all__
