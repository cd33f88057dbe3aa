from .chart import (
    ACCENT as ACCENT,
    INK as INK,
    LIGHT as LIGHT,
    ORANGE as ORANGE,
    PAPER as PAPER,
    SOFT as SOFT,
    Bars as Bars,
    Chart as Chart,
    Circles as Circles,
    Dots as Dots,
    Ranks as Ranks,
    Slope as Slope,
    Value as Value,
    Words as Words,
    total as total,
)
from .compared import change_chart as change_chart
from .marks import bars as bars, dots as dots, grid as grid, slope as slope, stacked as stacked, table as table
from .notes import coverage_chart as coverage_chart, inside_chart as inside_chart, stance_chart as stance_chart
from .poll import (
    BALLOT_RULES as BALLOT_RULES,
    RULES as RULES,
    SWITCHED as SWITCHED,
    distribution_chart as distribution_chart,
    giving_chart as giving_chart,
    ranking_chart as ranking_chart,
    rules_chart as rules_chart,
    scale_chart as scale_chart,
    scales_chart as scales_chart,
    segment_chart as segment_chart,
    segment_scales_chart as segment_scales_chart,
)
from .values import best as best, marked as marked, value_of as value_of
