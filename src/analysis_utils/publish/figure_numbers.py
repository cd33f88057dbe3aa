"""The numbers behind a figure as an accessible table, read from the CSV that was saved with it."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from ..rounds import Round
from ..tables import read_table
from .evidence import row_of, shown, shown_interval, shown_n
from .html import table
from .labels import segment_label, short_label

STATISTIC_NAMES = {
    "count": "Personen",
    "share": "Anteil",
    "mean_points": "mittlere Punkte",
    "mean_points_given": "mittlere Punkte, wenn gegeben",
    "givers": "Personen, die Punkte geben",
    "share_giving_points": "Anteil, der Punkte gibt",
    "points_band_count": "Personen in der Punktespanne",
    "rank": "Rang nach Mittelwert",
    "rank_by_trimmed_mean": "Rang nach gestutztem Mittel",
    "rank_by_median": "Rang nach Median",
    "rank_by_share_giving": "Rang nach Anteil mit Punkten",
    "rank_by_borda": "Rang nach Borda",
    "rank_by_plurality": "Rang nach Spitzenplätzen",
    "rank_by_copeland": "Rang nach Paarvergleichen",
    "rank_by_equal_groups": "Rang bei gleich gewichteten Gruppen",
    "respondents": "Antworten",
    "top_box_count": "Personen, oberste Stufen",
    "top_box_share": "Anteil, oberste Stufen",
    "mean": "Mittelwert",
    "median": "Median",
    "mean_points_percentile": "mittlere Punkte (Perzentilverfahren)",
    "median_points": "Median der Punkte",
    "lower_quartile_points": "unteres Quartil der Punkte",
    "upper_quartile_points": "oberes Quartil der Punkte",
    "tier": "Stufe",
    "nonrespondents": "Personen ohne Antwort",
    "not_asked": "nicht gefragte Personen",
    "p_top3": "Anteil der Ziehungen unter den ersten drei",
    "pair_difference": "Unterschied in Punkten",
    "pair_p_holm": "p-Wert nach Holm",
    "pair_p_max_t": "p-Wert, alle Paare zugleich",
    "rank_over_rules": "Ränge nach allen Zählregeln",
    "rank_leave_one_out": "Ränge ohne je einen Stimmzettel",
    "consensus": "Einigkeit",
    "cliffs_delta": "Cliffs Delta",
    "effective_n": "wirksame Zahl der Stimmzettel",
    "mean_points_before": "mittlere Punkte vorher",
    "mean_points_after": "mittlere Punkte nachher",
    "change_mean_points": "Unterschied der mittleren Punkte",
    "change_p_max_t": "p-Wert, alle Bereiche zugleich",
    "detectable_mean_points": "nachweisbarer Unterschied in Punkten",
    "same_mix_change_mean_points": "Unterschied bei gleicher Zusammensetzung",
    "linked_change_mean_points": "mittlere eigene Veränderung",
    "mean_before": "Mittelwert vorher",
    "mean_after": "Mittelwert nachher",
    "change_mean": "Unterschied der Mittelwerte",
    "change_p": "p-Wert des Unterschieds",
    "change_p_bootstrap": "p-Wert des Unterschieds bei ungleicher Streuung",
    "change_p_top_box_share": "p-Wert des Unterschieds",
    "change_p_share": "p-Wert, alle Antworten zugleich",
    "equivalence_fewest": "Antworten je Runde, ab denen „unverändert“ belegbar ist",
    "detectable_top_box_share": "nachweisbarer Unterschied der Anteile",
    "detectable_share": "nachweisbarer Unterschied der Anteile",
    "detectable_mean": "nachweisbarer Unterschied",
    "same_mix_change_mean": "Unterschied bei gleicher Zusammensetzung",
    "linked_change_mean": "mittlere eigene Veränderung",
    "linked_p": "p-Wert der eigenen Veränderung",
    "top_box_share_before": "Anteil der obersten Stufen vorher",
    "top_box_share_after": "Anteil der obersten Stufen nachher",
    "change_top_box_share": "Unterschied der Anteile",
    "share_before": "Anteil vorher",
    "share_after": "Anteil nachher",
    "change_share": "Unterschied der Anteile",
    "consensus_before": "Einigkeit vorher",
    "consensus_after": "Einigkeit nachher",
    "statements_read": "gelesene Aussagen",
    "statements_coded": "kodierte Aussagen",
    "statement_count": "Aussagen",
    "groups_covered": "Gruppen",
    "dots": "Klebepunkte",
    "stance_count": "Aussagen mit dieser Haltung",
    "stance_groups": "Gruppen mit dieser Haltung",
    "cooccurrence": "Aussagen zu beiden Themen",
    "cooccurrence_groups": "Gruppen mit beiden Themen",
    "group_rank": "Rang in der Gruppe",
    "group_tau_b": "Kendalls τ-b",
    "kendall_w": "Kendalls W",
    "coding_alpha": "Krippendorffs α",
    "coding_agreement": "gleiche Urteile",
    "stance_alpha": "Krippendorffs α der Haltungen",
}


def numbers_table(path: Path, round_: Round, number: str) -> Markup:
    """Every row of the figure's CSV: what it is about, which statistic, value, interval, n."""
    lines = []
    for values in read_table("estimates", path).to_dict("records"):
        row = row_of(values)
        cells = [STATISTIC_NAMES.get(row.statistic, row.statistic), shown(row), shown_interval(row)]
        n = shown_n(row) if row.n is not None else "–"
        lines.append([_subject(values, round_), *cells, n])
    head = ["Gegenstand", "Kennzahl", "Wert", "95-%-Bereich", "n"]
    return Markup(table(f"Zahlen zu Abbildung {number}", head, lines, name=f"zahlen-{path.stem}", numeric_from=2))


def _subject(values: dict, round_: Round) -> str:
    """Area, scale value or pair in words, with the group where it is not all."""
    item, segment = values["item"], values["segment"]
    parts = [short_label(round_, part) for part in item.split("|")] if item else ["gesamt"]
    subject = ", ".join(parts) if not item.isdigit() else f"Wert {item}"
    question = next((q.label for q in round_.file.questions if q.id == values["question"]), "")
    if not item or item.isdigit():
        subject = f"{question}: {subject}"
    return subject if segment == "all" else f"{subject} ({segment_label(round_, segment)})"
