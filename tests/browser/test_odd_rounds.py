"""Rounds no one has sent yet: twelve areas with long names, six groups, a question of 400 characters; a single area."""

import dataclasses
import random

import pytest
from in_page import CUT_IN_PRINT, DRAWN, OVERLAPS
from markupsafe import Markup
from small_rounds import evidence_of, small_round

from analysis_utils import pages
from analysis_utils.pages.export import Body, add_figure, render_page
from analysis_utils.tables import to_csv

pytestmark = pytest.mark.browser
AREAS = (
    "Nachnutzung ehemaliger Tagebauflächen und Industriestandortentwicklung in der Lausitz",
    "Synergien zwischen Themen-Clustern mit kritischer Masse und überregionaler Ausstrahlung",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Industrieparks/Großflächen/Gewerbegebiete/Verkehrsinfrastruktur",
    *(
        f"{kind} und überregionale Weiterentwicklung"
        for kind in ("Wissenstransfer", "Fachkräftesicherung", "Tourismus")
    ),
    *(f"Bereich {number}" for number in range(5)),
)
PEOPLE = (
    "Wirtschaft und Unternehmensverbände",
    "Industrie- und Handelskammern, Handwerkskammern",
    "Wissenschaft, Forschung und Hochschulen",
    "Zivilgesellschaft, Kirchen und Interessenvertretungen",
    "Kommunalverwaltung und Landkreise",
    "Landespolitik und Ministerialverwaltung",
)
WORDING = ("Welcher Bereich der Strukturförderung sollte in den kommenden Jahren Vorrang haben? " * 5)[:400]


def ballots(areas: int) -> list[list[int]]:
    rng = random.Random(3)
    made = []
    for _ in range(60):
        cuts = sorted(rng.randrange(0, 101, 10) for _ in range(areas - 1))
        made.append([end - start for start, end in zip([0, *cuts], [*cuts, 100], strict=True)])
    return made


def page_of(round_, folder):
    """One page with every figure and table of a round that has answers to all its questions."""
    rng = random.Random(4)
    areas = len(round_.codebook.focus_areas)
    groups = [code.id for code in round_.codebook.participant_groups]
    people = [groups[voter % len(groups)] for voter in range(60)] if groups else None
    made = evidence_of(round_, ballots(areas), [rng.randint(1, 10) for _ in range(60)], people)
    round_ = dataclasses.replace(round_, processed=folder, reports=folder)
    (folder / "estimates.csv").write_text(to_csv(made.estimates), encoding="utf-8")
    evidence = pages.Evidence(round_, made.estimates)
    points, scale = round_.question("p"), round_.question("s")
    charts = [make(evidence, points) for make in (pages.ranking_chart, pages.giving_chart, pages.rules_chart)]
    charts += [pages.distribution_chart(evidence, points), pages.scale_chart(evidence, scale)]
    charts += [pages.joint_chart(evidence), pages.scales_chart(evidence, [scale])]
    if groups:
        charts += [pages.segment_chart(evidence, points), pages.segment_scales_chart(evidence, [scale])]
    body = Body("Alles auf einer Seite", Markup(), lead=pages.summary(pages.ranking_sentences(evidence, points)).markup)
    tables = [pages.ranking_table(evidence, points), pages.robustness_table(evidence, points)]
    tables += [pages.segment_table(evidence, [scale]), pages.weighting_table(evidence, points)]
    tables += [pages.joint_table(evidence), pages.pairs_table(evidence, points)]
    for part in (pages.question_card(evidence, points), *tables):
        body.markup += part.markup
    for chart in charts:
        body.markup += add_figure(body, chart.save(round_.figures).made(), round_)
    path = folder / "page.html"
    path.write_text(render_page(round_, body, pages=[], home=""), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=["long", "single"])
def odd_page(request, tmp_path_factory):
    rounds = {
        "long": lambda: small_round(12, labels=AREAS, people=PEOPLE, wording=WORDING),
        "single": lambda: small_round(1),
    }
    return page_of(rounds[request.param](), tmp_path_factory.mktemp(request.param))


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_label_lies_on_another_and_nothing_needs_sideways_scrolling(odd_page, visit, width):
    seen = visit(odd_page, viewport={"width": width, "height": 900})
    page = seen.page
    page.wait_for_function(DRAWN)
    assert page.evaluate(OVERLAPS, ".chart") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.messages == []


def test_print_cuts_no_table_and_covers_no_label(odd_page, visit):
    page = visit(odd_page, viewport={"width": 673, "height": 900}).page
    page.emulate_media(media="print")
    assert page.evaluate(CUT_IN_PRINT) == []
    assert page.evaluate(OVERLAPS, ".static") == []


def test_a_cut_label_is_whole_where_there_is_room_for_it(odd_page, visit):
    page = visit(odd_page).page
    page.wait_for_function(DRAWN)
    texts = page.locator(".chart text").all_text_contents()
    if any("…" in text for text in texts):
        rows = page.locator("#inhalt").text_content().replace("\u00ad", "")
        assert all(area in rows for area in AREAS)
