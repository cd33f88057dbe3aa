"""Public numbers -> figures, tables, sentences, pages. Reads `estimates` and `problems`; knows no private table.

Notebooks use the names gathered here; the heavy modules behind them load when first used.
"""

from __future__ import annotations

from importlib import import_module

from .. import wall

_HOMES = {
    "each": "html",
    "dots": "render.marks",
    "bars": "render.marks",
    "stacked": "render.marks",
    "grid": "render.marks",
    "slope": "render.marks",
    "table": "render.marks",
    "say": "render.ready",
    "claim": "findings.expression_checks",
    "explorer": "render.explore",
    "note": "html",
    "paragraphs": "html",
    "summary": "html",
    "Evidence": "evidence",
    "read_evidence": "evidence",
    "PrintAudit": "print_audit",
    "claims_table": "print_audit",
    "left_open_table": "print_audit",
    "misread_sentences": "print_audit",
    "printed_order_sentences": "print_audit",
    "printed_points_table": "print_audit",
    "printed_sizes_table": "print_audit",
    "reproduced_summary": "print_audit",
    "reproduced_table": "print_audit",
    "rounding_table": "print_audit",
    "draft_next_round": "next_round_files",
    "next_round_sentences": "next_round_summary",
    "never_asked_table": "next_round",
    "open_pairs_table": "next_round",
    "to_discuss_table": "next_round",
    "wording_table": "next_round",
    "provenance_notice": "pages",
    "question_card": "pages",
    "distribution_chart": "render.poll",
    "giving_chart": "render.poll",
    "segment_chart": "render.poll",
    "ranking_chart": "render.poll",
    "segment_scales_chart": "render.poll",
    "rules_chart": "render.poll",
    "scales_chart": "render.poll",
    "scale_chart": "render.poll",
    "conservation_summary": "reading_tables",
    "problems_table": "reading_tables",
    "reading_table": "reading_tables",
    "rule_table": "reading_tables",
    "written_note": "reading_tables",
    "choice_table": "result_tables",
    "result_of": "other_questions",
    "without_result": "other_questions",
    "pairs_table": "result_tables",
    "ranking_table": "result_tables",
    "robustness_table": "result_tables",
    "scale_table": "result_tables",
    "ranking_sentences": "sentences",
    "segment_sentences": "segment_text",
    "scale_group_sentences": "segment_text",
    "segment_table": "segment_text",
    "planned_tests_table": "segment_text",
    "weighting_table": "segment_text",
    "robustness_sentences": "robustness_text",
    "scale_sentences": "sentences",
    "scale_summary": "sentences",
    "themes_notice": "themes",
    "has_themes": "themes",
    "coverage_chart": "render.notes",
    "dots_chart": "render.notes",
    "inside_chart": "render.notes",
    "stance_chart": "render.notes",
    "agreement_sentences": "theme_sentences",
    "coverage_sentences": "theme_sentences",
    "dots_sentences": "theme_sentences",
    "inside_sentences": "theme_sentences",
    "order_sentences": "theme_sentences",
    "reading_sentences": "theme_sentences",
    "stance_sentences": "theme_sentences",
    "agreement_table": "theme_tables",
    "coverage_table": "theme_tables",
    "disagreement_table": "theme_tables",
    "order_table": "theme_tables",
    "paraphrases": "theme_tables",
    "photos": "board_photos",
    "quotes": "theme_tables",
    "trace_table": "theme_tables",
    "notes_table": "theme_reading",
    "sheets_table": "theme_reading",
    "themes_summary": "theme_reading",
    "when_orders": "theme_reading",
    "when_themes": "theme_reading",
    "findings_list": "findings.page",
    "findings_summary": "findings.page",
    "verdict_key": "findings.page",
    "write_findings": "findings.verdicts",
    "apart_table": "comparison_tables",
    "comparison_sentences": "comparison_words",
    "comparisons_summary": "comparison_words",
    "coverage_change_table": "comparison_tables",
    "detectable_sentences": "comparison_words",
    "each_comparison": "comparison",
    "earlier_notice": "comparison",
    "equivalence_table": "comparison_tables",
    "linked_table": "comparison_tables",
    "margin_sentences": "comparison_words",
    "mix_table": "comparison_tables",
    "overlap_table": "comparison_tables",
    "points_change_table": "comparison_tables",
    "polled_twice_table": "comparison_tables",
    "read_comparisons": "comparison",
    "rounds_overview": "render.compared",
    "rounds_table": "comparison_rounds",
    "scale_change_table": "comparison_tables",
    "shares_change_table": "comparison_tables",
    "change_chart": "render.compared",
    "points_changes": "render.compared",
    "findings_again_table": "findings.again",
    "clusters_table": "joint_tables",
    "joint_sentences": "joint_display",
    "joint_table": "joint_tables",
    "joint_chart": "render.notes",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOMES[name]
    home = f"analysis_utils.{home}" if home.startswith("render.") else f"{__name__}.{home}"
    found = getattr(import_module(home), name)
    if not wall.is_open():
        return found
    from .references import NOT_SHOWN, recorded

    return found if name in NOT_SHOWN else recorded(name, found)


def __dir__() -> list[str]:
    return __all__
