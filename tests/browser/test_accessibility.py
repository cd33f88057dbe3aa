"""Every page in both colour schemes through axe-core, the keyboard, and a look at what a screen reader would hear."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from test_report_pages import PAGES, page_file

pytestmark = pytest.mark.browser
ALL = [*PAGES, "bericht.html", "../index.html"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ALL)
def test_axe_finds_no_violation(built_report, visit, name, scheme):
    page = visit(page_file(built_report, name), color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["html"][:120]) for rule in found for node in rule["nodes"]] == []


@pytest.mark.parametrize("name", ALL)
def test_ids_are_unique_and_every_inner_link_leads_somewhere(built_report, name):
    text = page_file(built_report, name).read_text(encoding="utf-8")
    text = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)


@pytest.mark.parametrize("name", ["index.html", "html/03_priority_ranking.html"])
def test_keyboard_alone_reaches_every_control_and_shows_where_it_is(built_report, visit, name):
    page = visit(page_file(built_report, name)).page
    controls = page.locator("a[href]:visible, button:visible, summary:visible, [tabindex='0']:visible").count()
    page.evaluate("window.reached = new Set()")
    for _ in range(controls + 5):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => { const e = document.activeElement; window.reached.add(e);
            return [e.outerHTML.slice(0, 90), getComputedStyle(e).outlineStyle, e.tagName] }"""
        )
        assert here[2] == "BODY" or here[1] != "none", here[0]
    assert page.evaluate("[...window.reached].filter((e) => e.tagName !== 'BODY').length") >= controls


def test_a_screen_reader_hears_title_notice_summary_and_figures_in_order(built_report, visit):
    page = visit(page_file(built_report, "html/03_priority_ranking.html")).page
    tree = page.locator("body").aria_snapshot()
    order = [
        "Zum Inhalt springen",
        "Welche Fokusbereiche haben Vorrang?",
        "Hinweis zur Datengrundlage",
        "Das Wichtigste",
    ]
    places = [tree.index(words) for words in order]
    assert places == sorted(places)
    assert tree.index("Abbildung 3.1") < tree.index("Abbildung 3.2")


def test_no_english_is_left_on_a_page(built_report, visit):
    for name in ALL:
        text = visit(page_file(built_report, name)).page.locator("body").inner_text()
        assert not re.search(r"\b(the|and|loading|download plot|zoom|figure|table|of)\b", text, re.IGNORECASE), name


@pytest.mark.parametrize("name", ALL)
def test_pages_keep_their_size(built_report, name):
    path = page_file(built_report, name)
    has_charts = 'id="charts"' in path.read_text(encoding="utf-8")
    assert path.stat().st_size < (3_000_000 if has_charts else 1_000_000)


def test_at_double_zoom_nothing_is_cut(built_report, visit):
    page = visit(page_file(built_report, "html/03_priority_ranking.html"), viewport={"width": 640, "height": 900}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
