"""Figures: the same numbers in the drawing, in the interactive chart and in the file behind them."""

import io
import re
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Rectangle
from PIL import Image
from small_rounds import LABELS, evidence_of, small_round

from analysis_utils import publish
from analysis_utils.publish.figure import ACCENT, BAND, BESIDE, PAPER, TRACE_TYPES, Figure, _png
from analysis_utils.publish.panel_figure import giving_chart, segment_chart
from analysis_utils.publish.ranking_figure import ranking_chart
from analysis_utils.publish.ranking_lines import bracket_columns
from analysis_utils.publish.rules_figure import rules_chart
from analysis_utils.publish.scale_figure import scale_chart
from analysis_utils.publish.stacked_figure import (
    LIGHT_TO_DARK,
    NEUTRAL,
    _greys,
    distribution_chart,
    ink_on,
    scales_chart,
)
from analysis_utils.publish.theme_figures import GROUP_COLOURS, STANCE_COLOURS
from analysis_utils.round_file import Scale

BALLOTS = [[40, 30, 30], [50, 50, 0], [10, 20, 70], [30, 40, 30], [100, 0, 0], [20, 30, 50]] * 4
SCORES = [10, 9, 8, 8, 7, 3] * 4
GROUPS = ["g0"] * 12 + ["g1"] * 9 + ["g2"] * 3


@pytest.fixture(scope="module")
def evidence():
    return evidence_of(small_round(3, groups=3), BALLOTS, SCORES, GROUPS)


def figures(evidence) -> list[Figure]:
    points, scale = evidence.round.question("p"), evidence.round.question("s")
    makers = (ranking_chart, giving_chart, distribution_chart, rules_chart, segment_chart)
    made = [make(evidence, points) for make in makers]
    return [*made, scale_chart(evidence, scale), segment_chart(evidence, scale), scales_chart(evidence, [scale])]


def test_every_figure_has_title_words_and_rows(evidence):
    names = [figure.name for figure in figures(evidence)]
    assert len(set(names)) == len(names)
    for figure in figures(evidence):
        assert figure.title and len(figure.alt) > 40 and "Quelle: Mentimeter-Umfrage, 1. Mai 2026." in figure.caption
        assert len(figure.rows) and set(figure.rows["status"]) <= {
            "published",
            "suppressed_small_base",
            "suppressed_complementary",
        }


def test_in_a_notebook_a_figure_shows_title_chart_source_and_description(evidence, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **how: shown.append((data, how["metadata"])))
    figure = figures(evidence)[0]
    figure._ipython_display_()
    assert [how == BESIDE for _, how in shown] == [True, False, True]
    assert figure.title in shown[0][0]["text/html"] and shown[1][1]["fachdialog"]["name"] == figure.name
    assert figure.caption in shown[2][0]["text/html"] and figure.alt in shown[2][0]["text/html"]


def test_every_figure_draws_only_what_the_page_can_draw(evidence):
    for figure in figures(evidence):
        spec = figure.spec()
        assert {trace.get("type", "scatter") for trace in spec["data"]} <= TRACE_TYPES
        assert spec["layout"]["separators"] == ",\u202f"


def lightness(colour: list[float]) -> float:
    straight = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), straight, strict=True))


def contrast(one: list[float], other: list[float]) -> float:
    low, high = sorted((lightness(one), lightness(other)))
    return (high + 0.05) / (low + 0.05)


def in_the_dark(colour: list[float]) -> list[float]:
    """What page.css makes of a colour: inverted, its hue turned back, laid over the dark page."""
    turn = [[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]]
    turned = [sum(a * (1 - part) for a, part in zip(row, colour, strict=True)) for row in turn]
    page = [0x14 / 255, 0x1B / 255, 0x22 / 255]
    return [1 - (1 - min(1, max(0, part))) * (1 - under) for part, under in zip(turned, page, strict=True)]


FILLS = {*LIGHT_TO_DARK, NEUTRAL, *STANCE_COLOURS.values(), *GROUP_COLOURS, *_greys(3), *_greys(9)}


@pytest.mark.parametrize("fill", sorted(FILLS))
def test_numbers_in_bars_can_be_read_in_both_schemes(fill):
    ink = {"white": "#ffffff"}.get(ink_on(fill), ink_on(fill))
    colours = [[int(name[place : place + 2], 16) / 255 for place in (1, 3, 5)] for name in (ink, fill)]
    assert contrast(*colours) >= 4.5
    assert contrast(*map(in_the_dark, colours)) >= 4.5


def test_areas_that_share_a_rank_stand_side_by_side_but_never_on_the_next_rank():
    names = tuple(f"Bereich {number}" for number in range(12))
    one_each = [[100 if area == voter % 12 else 0 for area in range(12)] for voter in range(24)]
    tied = evidence_of(small_round(12, labels=names), one_each)
    places = [place for line in rules_chart(tied, tied.round.question("p")).spec()["data"] for place in line["y"]]
    assert len(set(places)) == 12 and all(round(place) == 1 for place in places)


def test_a_trace_type_missing_from_the_bundle_is_refused(evidence):
    import plotly.graph_objects as go

    figure = ranking_chart(evidence, evidence.round.question("p"))
    wrong = Figure(figure.name, "", "", "", figure.rows, figure.draw, go.Figure(go.Violin(y=[1, 2])))
    with pytest.raises(ValueError, match="saw violin"):
        wrong.spec()


def test_ranking_chart_shows_the_means_of_its_csv_highest_first(evidence, tmp_path):
    figure = ranking_chart(evidence, evidence.round.question("p")).save(tmp_path)
    behind = pd.read_csv(tmp_path / f"{figure.name}.csv")
    means = behind[behind["statistic"] == "mean_points"]["estimate"].sort_values(ascending=False)
    assert figure.spec()["data"][0]["x"] == pytest.approx(list(means))
    drawn = [text.get_text() for axes in figure.draw().axes for text in axes.texts]
    for mean in means:
        assert publish.german.number(mean, 1) in drawn


def test_scale_chart_has_a_bar_for_every_value_also_the_empty_ones(evidence):
    spec = scale_chart(evidence, evidence.round.question("s")).spec()
    assert spec["data"][0]["x"] == [str(value) for value in range(1, 11)]
    assert spec["data"][0]["y"] == [0, 0, 4, 0, 0, 0, 4, 8, 4, 4]


def test_static_scale_chart_has_the_same_bars(evidence):
    axes = scale_chart(evidence, evidence.round.question("s")).draw().axes[0]
    assert [bar.get_height() for bar in axes.patches] == [0, 0, 4, 0, 0, 0, 4, 8, 4, 4]


@pytest.mark.parametrize("question", ["p", "s"])
def test_groups_that_are_not_shown_by_themselves_are_named_and_have_no_place(evidence, question):
    figure = segment_chart(evidence, evidence.round.question(question))
    assert "nicht einzeln gezeigt: Gruppe 1 und Gruppe 2." in figure.caption
    assert "•" not in str(figure.spec()["data"]) and "Gruppe 2" not in str(figure.spec()["data"])
    assert set(figure.rows["status"]) == {"published"} and set(figure.rows["segment"]) == {"all", "g0", "uebrige"}


def test_groups_are_shown_in_the_classes_of_the_scale(evidence):
    figure = segment_chart(evidence, evidence.round.question("s"))
    assert [trace["name"] for trace in figure.spec()["data"]] == ["1–3", "4–6", "7–10"]
    assert "Gruppe 0 (n = 12): 1–3: 17 %, 7–10: 83 %" in figure.alt.replace("\u00a0", " ")
    assert len(figure.draw().axes[0].patches) == 3 * 3


def test_same_rows_same_bytes(evidence, tmp_path):
    for folder in ("a", "b"):
        for figure in figures(evidence):
            figure.save(tmp_path / folder)
    first = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}


@pytest.mark.parametrize("areas", [1, 2, 6])
def test_figures_draw_with_few_and_many_areas(areas):
    ballots = [[100 // areas] * areas for _ in range(12)]
    evidence = evidence_of(small_round(areas, labels=tuple(f"{label} {'x' * 90}" for label in LABELS)), ballots)
    question = evidence.round.question("p")
    for make in (ranking_chart, giving_chart, distribution_chart, rules_chart):
        figure = make(evidence, question)
        for drawing in (figure.draw(), figure._drawings[1]):
            drawing.savefig(io.BytesIO(), format="png", dpi=40)
        figure.spec()


@pytest.fixture(scope="module")
def long_labels():
    """Six areas whose names take several lines."""
    names = tuple(f"{label} und die Entwicklung der Bergbaufolgelandschaften im Revier" for label in LABELS)
    ballots = [[30, 25, 20, 15, 10, 0], [20, 20, 20, 20, 10, 10], [50, 0, 10, 20, 10, 10]] * 5
    return evidence_of(small_round(6, labels=names), ballots)


@pytest.mark.parametrize("make", [ranking_chart, giving_chart, distribution_chart, rules_chart])
def test_long_labels_do_not_run_into_each_other(long_labels, make):
    _, drawing = make(long_labels, long_labels.round.question("p"))._drawings  # with title and source around it
    axes = drawing.axes[0]
    drawing.canvas.draw()
    title, source = (text.get_window_extent() for text in drawing.texts)
    inside = [each.get_tightbbox() for each in drawing.axes]
    assert title.y1 <= drawing.bbox.height and title.y0 >= max(box.y1 for box in inside)
    assert source.y0 >= 0 and source.y1 <= min(box.y0 for box in inside)
    labels = axes.texts if make is rules_chart else axes.get_yticklabels()
    boxes = sorted(label.get_window_extent().extents.tolist() for label in labels if "Entwick" in label.get_text())
    assert len(boxes) == 6
    heights = sorted((low, high) for _, low, _, high in boxes)
    assert all(upper[0] >= lower[1] - 1 for lower, upper in pairwise(heights))
    assert all(left >= 0 and right <= drawing.bbox.width for left, _, right, _ in boxes)


def test_brackets_of_tiers_that_overlap_stand_side_by_side():
    assert bracket_columns([(1, 0, 8), (2, 3, 9), (3, 4, 10), (4, 5, 11)]) == [0, 1, 2, 3]
    assert bracket_columns([(1, 0, 2), (2, 2, 4), (3, 5, 6)]) == [0, 1, 0]
    assert bracket_columns([]) == []


def test_strip_of_ranks_fills_the_places_of_the_rank_set(evidence):
    question = evidence.round.question("p")
    patches = ranking_chart(evidence, question).draw().axes[0].patches
    boxes = [patch for patch in patches if isinstance(patch, Rectangle)]
    filled = sum(box.get_facecolor()[3] > 0 for box in boxes)
    ranks = evidence.rows(question, "rank")
    allowed = sum(row.high - row.low + 1 for row in ranks)
    assert len(boxes) == 9 and filled == allowed
    strip = ranking_chart(evidence, question).spec()["data"][1]
    assert len(strip["base"]) == allowed and strip["marker"]["color"].count(ACCENT) == 3


def test_area_without_givers_is_no_withheld_value():
    evidence = evidence_of(small_round(3), [[60, 40, 0], [40, 60, 0]] * 6)
    figure = giving_chart(evidence, evidence.round.question("p"))
    assert "–" in figure.spec()["data"][-1]["text"] and "•" not in str(figure.spec()["data"])
    assert "keine Angabe" in figure.alt and "zurückgehalten" not in figure.alt


@pytest.mark.parametrize(("low", "high", "top"), [(1, 10, (1, 4)), (0, 100, (70, 100)), (1, 3, (2, 3))])
def test_scales_of_any_length_and_direction_have_colours(low, high, top):
    round_ = small_round(2)
    scale = Scale(low=low, high=high, low_label="nein", high_label="ja", top_box=top)
    question = round_.file.questions[1].model_copy(update={"scale": scale})
    round_ = replace(round_, file=round_.file.model_copy(update={"questions": [round_.file.questions[0], question]}))
    figure = scales_chart(evidence_of(round_, [], [low, high, low + 1, high] * 3), [question])
    figure.draw()
    assert all(
        re.fullmatch("#[0-9a-f]{6}", colour) for trace in figure.spec()["data"] for colour in trace["marker"]["color"]
    )


def test_labels_are_shown_as_they_are_not_as_markup():
    labels = ("<b>A</b>", "$x^2$", "B & C")
    evidence = evidence_of(small_round(3, labels=labels), BALLOTS)
    figure = ranking_chart(evidence, evidence.round.question("p"))
    assert "&lt;b&gt;A&lt;/b&gt;" in str(figure.spec()["data"][0]["y"])
    axes = figure.draw().axes[0]
    assert "$x^2$" in [label.get_text() for label in axes.get_yticklabels()]


def test_names_offered_to_notebooks_exist_and_hide_no_module():
    modules = {path.stem for path in __import__("pathlib").Path(publish.__file__).parent.glob("*.py")}
    assert not modules & set(publish.__all__)
    for name in publish.__all__:
        assert callable(getattr(publish, name)), name


@pytest.mark.parametrize("height", [3.11, 3.108, 3.1099999])  # inches that make no whole number of dots
def test_a_png_of_any_height_has_the_ground_s_own_colours_and_few_more(height):
    drawing = Drawing(figsize=(8.6, height))
    drawing.patches.append(Rectangle((0, 0), 1, 0.5, color=BAND, transform=drawing.transFigure))
    drawing.text(0.1, 0.6, "Größe", color=ACCENT, fontsize=30)
    picture = Image.open(io.BytesIO(_png(drawing)))
    assert picture.size == (1720, int(drawing.bbox.height))
    colours = [(times, f"#{r:02x}{g:02x}{b:02x}") for times, (r, g, b) in picture.convert("RGB").getcolors(128)]
    assert {colour for _, colour in sorted(colours)[-2:]} == {PAPER, BAND}
