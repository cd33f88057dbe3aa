"""Figures: one description, and the same numbers of it in the drawing, on screen, on a phone and in the file behind."""

import re
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
from matplotlib.font_manager import findfont, fontManager, get_font
from PIL import Image
from small_rounds import LABELS, evidence_of, small_round

from analysis_utils import pages
from analysis_utils.charts.chart import ACCENT, BAND, PAPER, Bars, Brackets, Chart, Ranks
from analysis_utils.charts.notes import GROUP_COLOURS, STANCE_COLOURS
from analysis_utils.charts.paper import families
from analysis_utils.charts.plan import LARGE, NARROW, flat, ink_on, plan_of
from analysis_utils.charts.poll import (
    LIGHT_TO_DARK,
    NEUTRAL,
    distribution_chart,
    giving_chart,
    greys,
    ranking_chart,
    rules_chart,
    scale_chart,
    scales_chart,
    segment_chart,
    segment_scales_chart,
)
from analysis_utils.rounds.round_file import Scale
from analysis_utils.slides.slide import slides_of
from analysis_utils.wording import german
from analysis_utils.wording.html import BESIDE

TRACE_TYPES = {"scatter", "bar"}  # the vendored plotly.js bundle draws these
BALLOTS = [[40, 30, 30], [50, 50, 0], [10, 20, 70], [30, 40, 30], [100, 0, 0], [20, 30, 50]] * 4
SCORES = [10, 9, 8, 8, 7, 3] * 4
GROUPS = ["g0"] * 12 + ["g1"] * 9 + ["g2"] * 3


@pytest.fixture(scope="module")
def evidence():
    return evidence_of(small_round(3, groups=3), BALLOTS, SCORES, GROUPS)


def figures(evidence) -> list[Chart]:
    points, scale = evidence.round.question("p"), evidence.round.question("s")
    makers = (ranking_chart, giving_chart, distribution_chart, rules_chart, segment_chart)
    made = [make(evidence, points) for make in makers]
    return [
        *made,
        scale_chart(evidence, scale),
        segment_scales_chart(evidence, [scale]),
        scales_chart(evidence, [scale]),
    ]


def specs(figure: Chart) -> list[dict]:
    """On a screen and on a phone."""
    whole = figure.spec()
    return [whole, whole["layout"]["meta"]["narrow"]]


def column(figure: Chart, kind: type):
    return next(one for one in figure.columns if isinstance(one, kind))


def test_every_figure_has_a_short_title_measure_and_date_words_and_rows(evidence):
    made = figures(evidence)
    assert len({figure.name for figure in made}) == len(made)
    for figure in made:
        assert 0 < len(figure.title.split()) <= 15 and figure.subtitle.endswith(" · 1. Mai 2026")
        assert "n " in figure.subtitle and len(figure.alt) > 40
        assert "Quelle: Umfrage, 1. Mai 2026." in figure.caption
        assert len(figure.rows) and set(figure.rows["status"]) <= {
            "published",
            "suppressed_small_base",
            "suppressed_complementary",
        }


def test_every_column_says_a_text_per_line_for_renderers_that_lack_it(evidence):
    for figure in figures(evidence):
        for one in figure.columns:
            assert len(one.texts) == len(figure.lines)


def test_in_a_notebook_a_figure_shows_title_chart_source_and_description(evidence, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **how: shown.append((data, how["metadata"])))
    figure = figures(evidence)[0]
    figure._ipython_display_()
    assert [how == BESIDE for _, how in shown] == [True, False, True]
    assert figure.title in shown[0][0]["text/html"] and shown[1][1]["fachdialog"]["name"] == figure.name
    assert figure.caption in shown[2][0]["text/html"] and figure.alt in shown[2][0]["text/html"]


def test_every_figure_draws_only_what_the_page_can_draw_and_says_it_the_german_way(evidence):
    for figure in figures(evidence):
        for spec in specs(figure):
            assert {trace["type"] for trace in spec["data"]} <= TRACE_TYPES
            assert spec["layout"]["separators"] == ",\u202f"


def test_a_phone_and_a_screen_show_the_same_words_and_numbers(evidence):
    """Nothing that stands in a column of the wide picture is missing in the narrow one."""
    for figure in figures(evidence):
        wide, narrow = (" ".join(said(spec)) for spec in specs(figure))
        for number in re.findall(r"\d+,\d+|\d+\u00a0%|\d+–\d+", wide):
            assert number in narrow, (figure.name, number)


def said(spec: dict) -> list[str]:
    words = [one["text"] for one in spec["layout"]["annotations"]]
    return words + [
        str(text) for trace in spec["data"] for text in (*trace.get("text", []), *trace.get("hovertext", []))
    ]


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


FILLS = {*LIGHT_TO_DARK, NEUTRAL, *STANCE_COLOURS.values(), *GROUP_COLOURS, *greys(3), *greys(9)}


@pytest.mark.parametrize("fill", sorted(FILLS))
def test_numbers_in_bars_can_be_read_in_both_schemes(fill):
    colours = [[int(name[place : place + 2], 16) / 255 for place in (1, 3, 5)] for name in (ink_on(fill), fill)]
    assert contrast(*colours) >= 4.5
    assert contrast(*map(in_the_dark, colours)) >= 4.5


def test_areas_that_share_a_rank_stand_side_by_side_but_never_on_the_next_rank():
    names = tuple(f"Bereich {number}" for number in range(12))
    one_each = [[100 if area == voter % 12 else 0 for area in range(12)] for voter in range(24)]
    tied = evidence_of(small_round(12, labels=names), one_each)
    lines = [trace for trace in rules_chart(tied, tied.round.question("p")).spec()["data"] if "lines" in trace["mode"]]
    places = [place for line in lines for place in line["y"]]
    assert len(set(places)) == 12 and all(round(place) == 1 for place in places)


def test_ranking_chart_shows_the_means_of_its_csv_highest_first(evidence, tmp_path):
    figure = ranking_chart(evidence, evidence.round.question("p")).save(tmp_path)
    behind = pd.read_csv(tmp_path / f"{figure.name}.csv")
    means = behind[behind["statistic"] == "mean_points"]["estimate"].sort_values(ascending=False)
    for spec in specs(figure):
        [dots] = [trace for trace in spec["data"] if "error_x" in trace]
        assert dots["x"] == pytest.approx(list(means))
    drawn = [text.get_text() for text in figure.draw().axes[0].texts]
    for mean in means:
        assert german.number(mean, 1) in drawn


def test_scale_chart_has_a_bar_for_every_value_also_the_empty_ones(evidence):
    figure = scale_chart(evidence, evidence.round.question("s"))
    assert [line.label for line in figure.lines] == [str(value) for value in range(1, 11)]
    heights = [0, 0, 4, 0, 0, 0, 4, 8, 4, 4]
    assert all(spec["data"][0]["y"] == heights for spec in specs(figure))
    drawn = [-bar.get_height() for bar in figure.draw().axes[0].patches]
    assert drawn == pytest.approx([height / 8 * max(drawn) for height in heights])
    assert column(figure, Brackets).spans == [(6, 9)]


def by_group(evidence) -> list[Chart]:
    return [
        segment_chart(evidence, evidence.round.question("p")),
        segment_scales_chart(evidence, [evidence.round.question("s")]),
    ]


def test_groups_that_are_not_shown_by_themselves_are_named_and_have_no_place(evidence):
    for figure in by_group(evidence):
        assert "nicht einzeln gezeigt: Gruppe 1 und Gruppe 2." in figure.caption
        assert not any("•" in word or "Gruppe 2" in word for spec in specs(figure) for word in said(spec))
        assert set(figure.rows["status"]) == {"published"} and set(figure.rows["segment"]) == {"all", "g0", "uebrige"}


def test_groups_are_shown_in_the_classes_of_the_scale(evidence):
    figure = by_group(evidence)[1]
    bars = column(figure, Bars)
    assert [one.name for one in bars.series[0]] == ["1–3", "4–6", "7–10"] and len(bars.cells) == len(figure.lines) == 3
    assert "Gruppe 0 (n = 12): 1–3: 17 %, 7–10: 83 %" in figure.alt.replace("\u00a0", " ")
    assert {line.block for line in figure.lines} == {"Zustimmung"}


def test_withheld_value_is_a_mark_that_says_so():
    evidence = evidence_of(small_round(3, groups=2), BALLOTS, SCORES, ["g0"] * 12 + ["g1"] * 12)
    table = evidence.estimates.copy()
    mine = (table["segment"] == "g0") & (table["statistic"] == "mean_points") & (table["item"] == "a0")
    table.loc[mine, ["estimate", "low", "high", "n"]] = None
    table.loc[mine, "status"] = "suppressed_small_base"
    figure = segment_chart(replace(evidence, estimates=table), evidence.round.question("p"))
    for spec in specs(figure):
        assert "•" in spec["data"][1]["text"] and "zurückgehalten" in " ".join(spec["data"][1]["hovertext"])
    assert "zurückgehalten" in figure.alt


def test_same_rows_same_bytes(evidence, tmp_path):
    for folder in ("a", "b"):
        for figure in figures(evidence):
            figure.save(tmp_path / folder)
    first = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}


@pytest.mark.parametrize("areas", [1, 2, 6])
def test_figures_draw_with_few_and_many_areas(areas, tmp_path):
    ballots = [[100 // areas] * areas for _ in range(12)]
    evidence = evidence_of(small_round(areas, labels=tuple(f"{label} {'x' * 90}" for label in LABELS)), ballots)
    question = evidence.round.question("p")
    for make in (ranking_chart, giving_chart, distribution_chart, rules_chart):
        figure = make(evidence, question).save(tmp_path)
        assert Image.open(tmp_path / f"{figure.name}.png").size == (1920, 1080)
        assert figure.spec()["data"]


def test_a_drawing_that_travels_says_what_it_is_and_its_words_can_be_selected(evidence, tmp_path):
    for figure in figures(evidence):
        figure.save(tmp_path)
        text = (tmp_path / f"{figure.name}.svg").read_text(encoding="utf-8")
        assert re.search('<svg [^>]*lang="de"', text)
        assert f"<title>{figure.title}</title>" in text.replace("&amp;", "&")
        words = " ".join(re.findall(r"<text[^>]*>([^<]*)", text))
        assert figure.subtitle in words and figure.lines[0].label.split("\n")[0] in words
        assert "@font-face" in text and "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"|<!DOCTYPE[^>]*>', "", text)


@pytest.fixture(scope="module")
def long_labels():
    """Six areas whose names take several lines."""
    names = tuple(f"{label} und die Entwicklung der Bergbaufolgelandschaften im Revier" for label in LABELS)
    ballots = [[30, 25, 20, 15, 10, 0], [20, 20, 20, 20, 10, 10], [50, 0, 10, 20, 10, 10]] * 5
    return evidence_of(small_round(6, labels=names), ballots)


@pytest.mark.parametrize("make", [ranking_chart, giving_chart, distribution_chart, rules_chart])
@pytest.mark.parametrize("width", [NARROW, 8.6, 12.0])
def test_long_labels_do_not_run_into_each_other(long_labels, make, width):
    figure = make(long_labels, long_labels.round.question("p"))
    plan = plan_of(figure, width, framed=True)
    [title] = [text for text in plan.texts if text.size == LARGE]
    source = plan.texts[-1]
    rows = [text for text in plan.texts if "Entwick" in text.words and text not in (title, source)]
    assert len(rows) == 6 and all(title.y < text.y < source.y < plan.height for text in rows)
    lines = [text.words.count("\n") + 1 for text in rows]
    half = [0.19 * count / 2 if text.down == "middle" else 0 for text, count in zip(rows, lines, strict=True)]
    spans = sorted(
        (text.y - part, text.y - part + 0.19 * count) for text, part, count in zip(rows, half, lines, strict=True)
    )
    assert all(upper[1] <= lower[0] + 0.02 for upper, lower in pairwise(spans))


@pytest.mark.parametrize(
    ("spans", "columns"),
    [([(0, 8), (3, 9), (4, 10), (5, 11)], [0, 1, 2, 3]), ([(0, 2), (2, 4), (5, 6)], [0, 1, 0]), ([], [])],
)
def test_brackets_that_overlap_stand_side_by_side(spans, columns):
    assert Brackets("", spans, []).columns == columns


def test_strip_of_ranks_fills_the_places_of_the_rank_set(evidence):
    question = evidence.round.question("p")
    figure = ranking_chart(evidence, question)
    allowed = sum(row.high - row.low + 1 for row in evidence.rows(question, "rank"))
    for width in (NARROW, 8.6):
        boxes = [spot for spot in plan_of(figure, width).spots if spot.shape == "square"]
        assert len(boxes) == 9 and sum(spot.fill != "none" for spot in boxes) == allowed
        assert sum(spot.fill == ACCENT for spot in boxes) == 3
    assert [cell.value for cell in column(figure, Ranks).cells] == [1, 2, 3]


def test_scales_of_other_lengths_have_legends_of_their_own():
    round_ = small_round(2)
    short = round_.file.questions[1].model_copy(
        update={
            "id": "t",
            "label": "Kurz",
            "scale": Scale(low=1, high=5, low_label="nein", high_label="ja", top_box=(4, 5)),
        }
    )
    questions = [*round_.file.questions, short]
    round_ = replace(round_, file=round_.file.model_copy(update={"questions": questions}))
    evidence = evidence_of(round_, [], SCORES)
    more = evidence_of(replace(round_, file=round_.file.model_copy(update={"questions": [
        questions[0], short.model_copy(update={"id": "s"})]})), [], [3, 4, 5, 5, 1] * 4).estimates  # fmt: skip
    more = more[more["question"] == "s"].assign(question="t")
    evidence = replace(evidence, estimates=pd.concat([evidence.estimates[evidence.estimates["question"] != "t"], more]))
    figure = scales_chart(evidence, [questions[1], short])
    bars = column(figure, Bars)
    for width in (NARROW, 8.6):
        plan = plan_of(figure, width)
        entries = [(text.words, spot.fill) for spot in plan.spots for text in plan.texts
                   if abs(text.y - spot.y) < 1e-9 and abs(text.x - spot.x - 0.12) < 1e-9]  # fmt: skip
        own = [(one.name, one.colour) for series in bars.series for one in series]
        assert entries == own and len(own) == 15


def test_scales_of_one_length_with_other_top_boxes_share_no_colours_on_a_slide():
    round_ = small_round(2)
    wide = round_.question("s")
    narrow = wide.model_copy(update={"id": "t", "scale": wide.scale.model_copy(update={"top_box": [9, 10]})})
    file = round_.file.model_copy(update={"questions": [*round_.file.questions, narrow]})
    evidence = evidence_of(replace(round_, file=file), [], [1, 5, 8, 9, 10] * 3)
    rows = evidence.estimates[evidence.estimates["question"] == "s"].assign(question="t")
    both = pages.Evidence(evidence.round, pd.concat([evidence.estimates, rows], ignore_index=True))
    alike, other = (pages.scales_chart(both, found) for found in ([wide, wide], [wide, narrow]))
    assert [type(slide.body).__name__ for slide in slides_of(alike, "x") + slides_of(other, "x")] == ["Bar", "Grid"]


@pytest.mark.parametrize("rules", [8, 10, 14])
def test_a_phone_needs_no_scrolling_for_ranks_under_many_rules(evidence, rules):
    chart = pages.rules_chart(evidence, evidence.round.question("p"))
    slope = chart.columns[0]
    at = [place % len(slope.heads) for place in range(rules)]
    heads = [f"{slope.heads[place]} {number}" for number, place in enumerate(at)]
    many = replace(slope, heads=heads, cells=[[row[place] for place in at] for row in slope.cells])
    plan = plan_of(replace(chart, columns=[many]), NARROW)
    words = " ".join(text.whole or text.words for text in plan.texts).replace("\n", " ")
    assert plan.width <= NARROW
    assert all(flat(head) in words for head in heads)


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
    assert all("&lt;b&gt;A&lt;/b&gt;" in " ".join(said(spec)) for spec in specs(figure))
    assert "$x^2$" in [text.get_text() for text in figure.draw().axes[0].texts]


def test_names_offered_to_notebooks_exist_and_hide_no_module():
    modules = {path.stem for path in __import__("pathlib").Path(pages.__file__).parent.glob("*.py")}
    assert not modules & set(pages.__all__)
    for name in pages.__all__:
        assert callable(getattr(pages, name)), name


def test_a_png_has_the_ground_s_own_colours_and_few_more(evidence, tmp_path):
    figure = ranking_chart(evidence, evidence.round.question("p")).save(tmp_path)
    picture = Image.open(tmp_path / f"{figure.name}.png")
    colours = [(times, f"#{r:02x}{g:02x}{b:02x}") for times, (r, g, b) in picture.convert("RGB").getcolors(128)]
    assert {colour for _, colour in sorted(colours)[-2:]} == {PAPER, BAND}


def test_letters_that_our_fonts_lack_come_from_a_font_of_this_machine(evidence):
    figure = ranking_chart(evidence, evidence.round.question("p"))
    ours = families(plan_of(figure, framed=True))
    assert ours == ["Source Sans 3", "DejaVu Sans"]
    entries = [entry for entry in fontManager.ttflist if entry.name == "STIXNonUnicode"]  # comes with matplotlib
    odd = set(get_font(entries[0].fname).get_charmap()) - set(get_font(findfont("DejaVu Sans")).get_charmap())
    found = families(plan_of(replace(figure, title=f"Bereich {chr(min(odd))}"), framed=True))
    assert found[:2] == ours and len(found) == 3
