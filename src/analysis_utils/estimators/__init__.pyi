from .ballots import (
    VOTER as VOTER,
    competition_ranks as competition_ranks,
    count_voters as count_voters,
    is_answer as is_answer,
    points_matrix as points_matrix,
    room_rows as room_rows,
    silence_rows as silence_rows,
    voter_keys as voter_keys,
)
from .comparison import (
    Sides as Sides,
    change_table as change_table,
    comparison_text as comparison_text,
    write_changes as write_changes,
)
from .group_tests import (
    cliffs_delta as cliffs_delta,
    equal_group_weights as equal_group_weights,
    raked_weights as raked_weights,
)
from .intervals import FEWEST_GIVERS as FEWEST_GIVERS
from .pairs import holm as holm, paired_rows as paired_rows
from .rows import NO_INTERVAL as NO_INTERVAL, Row as Row, as_rows as as_rows, estimate_row as estimate_row
from .themes import with_themes as with_themes, write_theme_estimates as write_theme_estimates
from .workbench import (
    IN_TWOS as IN_TWOS,
    TESTS as TESTS,
    Alike as Alike,
    agreement as agreement,
    compare_groups as compare_groups,
    counting_rules as counting_rules,
    estimate as estimate,
    if_alike as if_alike,
    kish as kish,
    pair_tests as pair_tests,
    people_hash as people_hash,
    rank_sets as rank_sets,
    results_of as results_of,
)
