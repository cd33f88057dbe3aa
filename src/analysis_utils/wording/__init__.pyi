from . import german as german
from .definitions import name_of as name_of, statistics_in as statistics_in
from .evidence import (
    Evidence as Evidence,
    Row as Row,
    evidence_held as evidence_held,
    evidence_of as evidence_of,
    in_number as in_number,
    open_published as open_published,
    plain as plain,
    plain_interval as plain_interval,
    read_evidence as read_evidence,
    row_of as row_of,
    shown as shown,
    shown_counted as shown_counted,
    shown_end as shown_end,
    shown_interval as shown_interval,
    shown_n as shown_n,
)
from .german import NONE as NONE, WITHHELD as WITHHELD
from .glossary import terms_in as terms_in
from .html import (
    BESIDE as BESIDE,
    NO_NOTES as NO_NOTES,
    ONLY_ORDERS as ONLY_ORDERS,
    PLOTLY_MIME as PLOTLY_MIME,
    TRACE_TYPES as TRACE_TYPES,
    Html as Html,
    Made as Made,
    Picture as Picture,
    absent as absent,
    counted as counted,
    in_words as in_words,
    join as join,
    note as note,
    paragraphs as paragraphs,
    saved as saved,
    show as show,
    summary as summary,
    table as table,
)
from .labels import (
    class_label as class_label,
    clipped as clipped,
    depth as depth,
    named as named,
    polled_wording as polled_wording,
    segment_label as segment_label,
    short_label as short_label,
    wrapped as wrapped,
)
from .other_questions import result_of as result_of, without_result as without_result
from .protection import (
    EARLIER as EARLIER,
    merging_sentence as merging_sentence,
    shown_segments as shown_segments,
    withheld_segments as withheld_segments,
)
from .question_card import (
    answers as answers,
    notice as notice,
    provenance_notice as provenance_notice,
    question_card as question_card,
)
from .references import (
    NOT_SHOWN as NOT_SHOWN,
    REFERENCE as REFERENCE,
    Source as Source,
    constants as constants,
    recorded as recorded,
)
from .result_tables import (
    pairs_table as pairs_table,
    ranking_table as ranking_table,
    robustness_table as robustness_table,
    scale_table as scale_table,
)
from .robustness_text import (
    alike_scales_table as alike_scales_table,
    alike_sentences as alike_sentences,
    alike_table as alike_table,
    alike_warning as alike_warning,
    robustness_sentences as robustness_sentences,
    rules_headline as rules_headline,
)
from .segment_text import (
    NO_GROUP as NO_GROUP,
    scale_group_sentences as scale_group_sentences,
    segment_sentences as segment_sentences,
    segment_table as segment_table,
    weighting_table as weighting_table,
)
from .sentences import (
    INVENTED as INVENTED,
    certainty_sentences as certainty_sentences,
    is_invented as is_invented,
    leaders as leaders,
    origin as origin,
    ranking_headline as ranking_headline,
    ranking_name as ranking_name,
    ranking_sentences as ranking_sentences,
    scale_alt as scale_alt,
    scale_headline as scale_headline,
    scale_sentences as scale_sentences,
    scale_summary as scale_summary,
    sorted_means as sorted_means,
    terms as terms,
    top_box_range as top_box_range,
    value_words as value_words,
    wanted as wanted,
)
from .standing import draft_mark as draft_mark, errata as errata
from .theme_sentences import (
    FEWEST as FEWEST,
    MOSTLY as MOSTLY,
    coverage_headline as coverage_headline,
    coverage_sentences as coverage_sentences,
    dots_headline as dots_headline,
    inside_headline as inside_headline,
    stance_headline as stance_headline,
    stance_sentences as stance_sentences,
)
from .themes import (
    NOTES_QUESTION as NOTES_QUESTION,
    REMAINDER as REMAINDER,
    SECTIONS as SECTIONS,
    STANCE_WORDS as STANCE_WORDS,
    code_label as code_label,
    group_label as group_label,
    groups_of as groups_of,
    has_codings as has_codings,
    has_orders as has_orders,
    has_themes as has_themes,
    left_to_code as left_to_code,
    open_groups as open_groups,
    paraphrase_table as paraphrase_table,
    so_far as so_far,
    spoken_of as spoken_of,
    stance_rows as stance_rows,
    stance_word as stance_word,
    themes_foot as themes_foot,
    themes_source as themes_source,
)
