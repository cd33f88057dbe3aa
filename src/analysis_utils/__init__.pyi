__version__: str

from .estimators import (
    agreement as agreement,
    compare_groups as compare_groups,
    counting_rules as counting_rules,
    estimate as estimate,
    if_alike as if_alike,
    pair_tests as pair_tests,
    rank_sets as rank_sets,
)
from .gate import changes as changes, open_round as open_round, publish as publish
from .pages import (
    bars as bars,
    claim as claim,
    dots as dots,
    grid as grid,
    say as say,
    slope as slope,
    stacked as stacked,
    table as table,
)
from .wording import open_published as open_published, show as show
