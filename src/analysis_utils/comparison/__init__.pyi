from .rounds import compared_in as compared_in, lines_of as lines_of, rounds_table as rounds_table
from .rounds_compared import Comparison as Comparison, headed as headed, read_comparisons as read_comparisons
from .tables import points_change_table as points_change_table, priority_change_tables as priority_change_tables
from .words import (
    OTHER_CHOICE as OTHER_CHOICE,
    comparison_sentences as comparison_sentences,
    signed as signed,
    verdict_of as verdict_of,
)
