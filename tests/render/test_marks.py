"""The five marks and the table on published rows of a small round and on frames an analyst made up."""

import pandas as pd
import pytest
from small_rounds import evidence_of, small_round

from analysis_utils.charts import bars, dots, grid, slope, stacked, table
from analysis_utils.charts.chart import Bars, Circles, Dots, Ranks, Slope, Words
from analysis_utils.errors import DataError
from analysis_utils.wording.html import Html

BALLOTS = [[40, 30, 30], [50, 50, 0], [10, 20, 70], [30, 40, 30], [100, 0, 0], [20, 30, 50]] * 4


@pytest.fixture(scope="module")
def published():
    frame = evidence_of(small_round(3), BALLOTS).estimates
    return lambda *statistics: frame[(frame["segment"] == "all") & frame["statistic"].isin(statistics)]


def test_dots_show_the_first_statistic_largest_on_top_and_beside_it_what_is_asked_for(published):
    chart = dots(published("mean_points", "rank", "tier", "givers"), beside=["rank", "tier", "givers", "interval", "n"])
    assert [type(one) for one in chart.columns] == [Dots, Ranks, Words, Words, Words, Words]
    values = [row[0].value for row in chart.columns[0].cells]
    assert values == sorted(values, reverse=True) and len(values) == 3
    assert chart.title.startswith("Am größten bei „a0“") and "n = 24" in chart.subtitle
    assert all(len(one.texts) == 3 for one in chart.columns)
    assert set(chart.rows["statistic"]) == {"mean_points"}


def test_statistics_stand_in_fields_of_their_own(published):
    chart = dots(published("mean_points", "mean_points_given"), panels="statistic", title="Breite und Menge")
    assert len(chart.columns) == 2 and chart.title == "Breite und Menge"


def test_each_mark_draws_its_own_kind(published):
    assert isinstance(bars(published("share_giving_points")).columns[0], Bars)
    parts = stacked(published("points_band_count")).columns[0]
    assert len(parts.cells) == 3 and len(parts.cells[0]) == len(parts.series[0]) > 1
    assert isinstance(grid(published("points_band_count")).columns[0], Circles)
    lines = slope(published("rank", "rank_by_median", "rank_by_borda")).columns[0]
    assert isinstance(lines, Slope) and len(lines.heads) == 3
    for chart in (bars(published("share_giving_points")), slope(published("rank", "rank_by_median"))):
        assert chart.spec()["data"] and chart.draw().axes
    assert table(published("mean_points"))._repr_html_().count("data-key") >= 3


def test_a_frame_of_one_s_own_needs_item_statistic_and_estimate_only():
    own = pd.DataFrame({"item": ["x", "y", "z"], "statistic": "Zehntel", "estimate": [1.5, None, -2.0]})
    chart = dots(own)
    assert [line.label for line in chart.lines] == ["x", "z", "y"] and chart.columns[0].start == -2.0
    assert [row[0].text for row in chart.columns[0].cells] == ["1,5", "−2,0", "–"]
    assert chart.spec()["data"]


def test_segments_of_a_frame_are_fields_or_columns():
    own = pd.DataFrame(
        {"item": ["a", "b"] * 2, "segment": ["x", "x", "y", "y"], "statistic": "s", "estimate": [1, 2, 3, 4]}
    )
    assert [one.head for one in dots(own).columns] == ["x", "y"]
    assert stacked(own).columns[0].texts == ["x: 1,0, y: 3,0", "x: 2,0, y: 4,0"]


@pytest.mark.parametrize("mark", [dots, bars, stacked, grid, slope, table])
def test_a_fully_masked_table_shows_the_reason(published, mark):
    masked = published("mean_points").assign(estimate=None, low=None, high=None, n=None, status="suppressed_small_base")
    shown = mark(masked)
    assert isinstance(shown, Html) and "Zu wenige Personen" in shown.markup and "Schutz" in shown.markup


@pytest.mark.parametrize("mark", [dots, bars, stacked, grid, slope, table])
def test_what_is_no_long_frame_is_refused_with_what_it_lacks(mark):
    with pytest.raises(DataError, match="no item, statistic"):
        mark(pd.DataFrame({"estimate": [1.0]}))
    with pytest.raises(DataError, match="no row"):
        mark(pd.DataFrame({"item": [], "statistic": [], "estimate": []}))


def test_a_statistic_the_frame_does_not_have_is_named(published):
    with pytest.raises(DataError, match="tier"):
        dots(published("mean_points"), beside=["tier"])


def test_a_frame_of_nothing_but_what_is_to_stand_beside_is_drawn(published):
    chart = dots(published("rank"), beside=["rank"])
    assert [type(one) for one in chart.columns] == [Dots, Ranks]
