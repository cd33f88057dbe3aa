"""Every page in both colour schemes through axe-core, the keyboard, and a look at what a screen reader would hear."""

import re
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from german_text import faults
from in_page import DRAWN, WORDS
from test_report_pages import ALL, page_file

pytestmark = pytest.mark.browser
COLOURS = ["color-contrast", "link-in-text-block"]
OTHERS = {rule: {"enabled": False} for rule in COLOURS} | {"target-size": {"enabled": True}}
# Rows of a table look alike: the colours of the first ones are those of all.
FEW_ROWS = (
    "document.head.insertAdjacentHTML('beforeend', '<style id=few>tbody tr:nth-child(n+9){display:none}</style>')"
)


# What axe.run answers is large; only this much of it is wanted.
RUN = """options => axe.run(document, {resultTypes: ["violations"], ...options}).then(found =>
  found.violations.flatMap(rule => rule.nodes.map(node => [rule.id, node.html.slice(0, 120)])))"""


def violations(page, **options) -> list[tuple[str, str]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    return [tuple(found) for found in page.evaluate(RUN, options)]


@pytest.mark.parametrize("name", ALL)
def test_axe_finds_no_violation(opened, name):
    page = opened(name).page
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    assert violations(page, rules=OTHERS) == []
    page.evaluate("style => document.head.insertAdjacentHTML('beforeend', style)", FEW_ROWS)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert (scheme, violations(page, runOnly=COLOURS)) == (scheme, [])
    page.evaluate("document.getElementById('few').remove()")


@pytest.mark.parametrize("name", ALL)
def test_ids_are_unique_and_every_inner_link_leads_somewhere(built_report, name):
    text = page_file(built_report, name).read_text(encoding="utf-8")
    text = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
    for address in re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', text):
        assert (page_file(built_report, name).parent / address).is_file(), address


@pytest.mark.parametrize("name", ALL)
def test_keyboard_alone_reaches_every_control_and_shows_where_it_is(built_report, visit, name):
    page = visit(page_file(built_report, name)).page
    page.wait_for_function(DRAWN)
    controls = page.locator("a[href]:visible, button:visible, summary:visible, [tabindex='0']:visible").count()
    page.evaluate(
        """() => { window.reached = new Set(); window.unseen = [];
        document.addEventListener("focusin", (event) => {
          window.reached.add(event.target);
          if (getComputedStyle(event.target).outlineStyle === "none") window.unseen.push(event.target.outerHTML);
        }) }"""
    )
    for _ in range(controls + 5):
        page.keyboard.press("Tab")
    assert page.evaluate("window.unseen.map((html) => html.slice(0, 90))") == []
    assert page.evaluate("window.reached.size") >= controls


@pytest.mark.parametrize("name", ALL)
def test_a_screen_reader_hears_every_page_in_order(opened, name):
    page = opened(name).page
    tree = page.locator("body").aria_snapshot()
    title = page.locator("h1").inner_text()
    places = [tree.index("Zum Inhalt springen"), tree.index(f'heading "{title}" [level=1]')]
    heard = tree[places[-1] :]
    sections = page.locator("nav .contents a").all_inner_texts()
    marks = ["Hinweis zur Datengrundlage"] * page.locator("header .notice").count()
    marks += ["Das Wichtigste"] * (page.locator("main > .summary").count() > 0)
    marks += [f'heading "{words}"' for words in sections]
    found = [heard.index(words) for words in marks]
    assert found == sorted(found)
    numbers = [[int(part) for part in at.split(".")] for at in re.findall(r'figure "Abbildung ([\d.]+):', tree)]
    assert len(numbers) == page.locator("main figure:has(.chart, .static)").count()
    assert all(one < other for one, other in pairwise(numbers) if one[0] == other[0])  # pages stand in reading order


def test_a_screen_reader_hears_title_notice_summary_and_figures_in_order(opened):
    tree = opened("html/03_priority_ranking.html").page.locator("body").aria_snapshot()
    order = [
        "Zum Inhalt springen",
        "Welche Fokusbereiche haben Vorrang?",
        "Hinweis zur Datengrundlage",
        "Das Wichtigste",
        "Auf dieser Seite",
        "Wie wurde gefragt?",
    ]
    places = [tree.index(words) for words in order]
    assert places == sorted(places)
    assert tree.index("Abbildung 3.1") < tree.index("Abbildung 3.2")


@pytest.mark.parametrize("name", ALL)
def test_every_word_of_a_page_is_german_and_every_number_printed_the_german_way(opened, name):
    assert {fault for words in opened(name).page.evaluate(WORDS) for fault in faults(words)} == set()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Zoom", "English"),
        ("n = 29 of 34", "English"),
        ("Mittel 19.4 Punkte", "decimal point"),
        ("74%", "percent without space"),
        ('"Wasser"', "straight quotation mark"),
        ("7-10 wählten", "hyphen as range"),
        ("um -3 Punkte", "hyphen as minus"),
        ("12345 Zeilen", "digits without thin space"),
        ("Kennzahl mean_points", "identifier"),
        ("weiter ...", "three full stops"),
    ],
)
def test_each_fault_would_be_found(text, rule):
    assert rule in {name for name, _ in faults(text)}
    good = "„Wasser“ 19,4 (7–10; 74\u00a0%), um −3 Punkte, 12\u202f345 Zeilen, Abbildung 3.1, boards.csv"
    assert faults(good) == []


@pytest.mark.parametrize("name", ALL)
def test_pages_keep_their_size(built_report, name):
    path = page_file(built_report, name)
    has_charts = 'id="charts"' in path.read_text(encoding="utf-8")
    assert path.stat().st_size < (3_000_000 if has_charts else 1_000_000)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("width", [640, 320])  # 640: a screen of 1280 at 200 %
def test_zoomed_or_narrow_nothing_needs_sideways_scrolling(opened, name, width):
    page = opened(name).page
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
