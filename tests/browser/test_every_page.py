"""Every page of the finished reports in Chromium with the network off: opened once, looked at from all sides, used."""

import csv
import re
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from german_text import faults
from in_page import CUT_IN_PRINT, DRAWN, OVERLAPS, SCREEN, WORDS, open_page
from test_use import use

from analysis_utils.rounds import project_root

pytestmark = pytest.mark.browser
PAGES = [
    "index.html",
    *(
        f"html/{path.stem}.html"
        for path in sorted((project_root() / "notebooks").glob("*.ipynb"))
        if path.stem[:2] not in ("00", "11")
    ),
]
COMPARED = "../fachdialog-2/html/11_compare_rounds.html"
ALL = [*PAGES, "bericht.html", COMPARED, "../index.html"]
JOINT = "html/08_integrated_findings.html"
HEIGHT = 979  # pixels of an A4 page within the margins of page.css
POLICY = (
    "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe that the dark scheme could break."""
# Rows of a table look alike: the first ones stand for all. What is inside a drawing is presented by its description.
ONE_OF_A_KIND = """() => { document.querySelectorAll("details").forEach((part) => { part.open = true; });
  document.querySelectorAll("tbody tr:nth-child(n+5)").forEach((row) => row.remove());
  document.querySelectorAll("svg").forEach((drawing) => drawing.replaceChildren()); }"""
# What axe.run answers is large; only this much of it is wanted.
AXE = """options => axe.run(document, {resultTypes: ["violations"], preload: false, ...options}).then(found =>
  found.violations.flatMap(rule => rule.nodes.map(node => [rule.id, node.html.slice(0, 120)])))"""


@pytest.fixture(scope="module", params=ALL)
def name(request):
    """All tests look at one page before any looks at the next."""
    return request.param


@pytest.fixture(scope="module")
def path(built_report, name):
    assert (built_report / name).is_file(), f"{name} is missing"
    return built_report / name


@pytest.fixture(scope="module")
def seen(browser, path):
    """Opened once, on a screen; a test leaves the page as it was, but for the last two."""
    seen = open_page(browser, path, viewport=SCREEN)
    seen.page.wait_for_function(DRAWN)
    yield seen
    seen.page.context.close()


@pytest.fixture(scope="module")
def rows(built_report):
    """Those of the published table by their key."""
    with (built_report / "estimates.csv").open(encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    return {"/".join(row[part] for part in ("round", "question", "segment", "item", "statistic")): row for row in read}


def test_page_is_whole_offline_and_silent(seen, path, name):
    page = seen.page
    assert seen.messages == []
    assert [url for url in seen.requests if not url.startswith(("data:", "blob:", "file:"))] == []
    assert len([url for url in seen.requests if url.startswith("file:")]) == 1
    assert page.evaluate("document.documentElement.lang") == "de"
    assert page.locator("h1").count() == 1
    policy = page.locator("meta[http-equiv='Content-Security-Policy']")
    assert policy.get_attribute("content") == POLICY
    if name != "../index.html":
        kind = "Erfundene Daten" if name == COMPARED else "Rekonstruierte Daten."
        assert kind in page.locator("header .notice").inner_text()
    assert page.locator(".chart").count() == len(re.findall('<div class="chart"', path.read_text("utf-8")))
    words = page.locator("img, [role=img]").evaluate_all("all => all.map(i => i.alt || i.getAttribute('aria-label'))")
    assert all(len(alt) > 30 and "No description" not in alt for alt in words)


def test_ids_are_unique_and_every_inner_link_leads_somewhere(path):
    text = re.sub(r"<script.*?</script>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
    for address in re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', text):
        assert (path.parent / address).is_file(), address


def test_pages_keep_their_size(path):
    has_charts = 'id="charts"' in path.read_text(encoding="utf-8")
    assert path.stat().st_size < (3_000_000 if has_charts else 1_000_000)


def test_every_chart_shows_every_point_it_was_given(seen, name):
    page = seen.page
    if name == "bericht.html" or not page.locator("#charts").count():
        pytest.skip("no interactive figure that no other page has")
    charts = page.evaluate("JSON.parse(document.getElementById('charts').textContent)")
    for identifier, spec in charts.items():
        chart = page.locator(f"#{identifier}")
        chart.scroll_into_view_if_needed()
        page.wait_for_function(f"document.querySelector('#{identifier} .main-svg') !== null")
        for trace in spec["data"]:
            assert trace.get("type", "scatter") in ("scatter", "bar")
        points = sum(len(trace["y"]) for trace in spec["data"] if trace.get("type", "scatter") == "scatter")
        bars = sum(len(trace["y"]) for trace in spec["data"] if trace.get("type") == "bar")
        assert chart.locator(".scatterlayer .point").count() == points
        assert chart.locator(".barlayer .point").count() == bars
        box = chart.bounding_box()
        assert box and box["width"] > 300 and box["height"] > 100
    assert page.evaluate(OVERLAPS, ".chart") == []


def test_numbers_on_the_pages_are_those_of_estimates(seen, rows, name):
    if name in (COMPARED, "../index.html"):
        pytest.skip("of another round, or without numbers")
    found = seen.page.locator("data[data-key]:not([data-source])").evaluate_all(
        "all => all.map(d => [d.dataset.key, d.dataset.part, d.value])"
    )
    for key, part, value in found:
        if part == "stated":  # a reading a finding names, not the estimate; `fachdialog verify` checks it
            continue
        row = rows[key]
        if part is None:
            assert float(value) == pytest.approx(float(row["estimate"]))
        elif part == "size":
            assert float(value) == pytest.approx(abs(float(row["estimate"])))
        elif part == "n":
            assert int(value) == int(row["n"])
        else:
            assert [float(end) for end in value.split()] == pytest.approx([float(row["low"]), float(row["high"])])
    assert name != "bericht.html" or len(found) > 100


def test_a_screen_reader_hears_every_page_in_order(seen):
    page = seen.page
    tree = page.locator("body").aria_snapshot()
    title = page.locator("h1").inner_text()
    places = [tree.index("Zum Inhalt springen"), tree.index(f'heading "{title}" [level=1]')]
    heard = tree[places[-1] :]
    sections = page.locator("nav .contents a").all_inner_texts()
    marks = ["Hinweis zur Datengrundlage"] * page.locator("header .notice").count()
    marks += ["Das Wichtigste"] * (page.locator("main > .summary").count() > 0)
    marks += [f'heading "{words}"' for words in sections]
    found = [heard.index(words) for words in marks]
    assert places == sorted(places) and found == sorted(found)
    numbers = [[int(part) for part in at.split(".")] for at in re.findall(r'figure "Abbildung ([\d.]+):', tree)]
    assert len(numbers) == page.locator("main figure:has(.chart, .static)").count()
    assert all(one < other for one, other in pairwise(numbers) if one[0] == other[0])  # pages stand in reading order


def test_every_word_of_a_page_is_german_and_every_number_printed_the_german_way(seen):
    assert {fault for words in seen.page.evaluate(WORDS) for fault in faults(words)} == set()


def test_without_javascript_the_drawings_show_and_the_text_reads(path, visit):
    page = visit(path, java_script_enabled=False).page
    assert page.locator(".static:visible").count() == page.locator(".static").count()
    assert page.locator(".chart:visible").count() == 0
    assert len(page.locator("#inhalt").inner_text()) > 100


def test_in_print_the_drawings_show_and_no_table_is_cut(seen, name):
    page = seen.page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": HEIGHT})  # A4 less its margins
    assert page.locator(".static:visible").count() == page.locator(".static").count()
    assert page.locator(".chart:visible").count() == 0
    assert page.evaluate(CUT_IN_PRINT) == []
    assert page.evaluate(OVERLAPS, ".static") == []
    if name == "index.html":
        box = page.locator("section.first").bounding_box()
        assert box and box["y"] + box["height"] < HEIGHT, "the summary ends on the first page"
    if name in (JOINT, "bericht.html"):
        table = page.locator(".scroll:has(#t-nebeneinander)")
        assert table.bounding_box()["height"] < 0.9 * HEIGHT
        assert table.evaluate("e => getComputedStyle(e).breakInside") == "avoid", "the joint display is kept together"
    page.emulate_media(media="screen")
    page.set_viewport_size(SCREEN)


def test_keyboard_alone_reaches_every_control_and_shows_where_it_is(seen):
    page = seen.page
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


@pytest.mark.parametrize("width", [640, 320])  # 640: a screen of 1280 at 200 %
def test_zoomed_or_narrow_nothing_needs_sideways_scrolling(seen, width):
    seen.page.set_viewport_size({"width": width, "height": 900})
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    seen.page.set_viewport_size(SCREEN)


def test_a_page_that_is_used_stays_silent(seen):
    use(seen.page)
    assert seen.messages == []


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
def test_each_fault_of_a_text_would_be_found(text, rule):
    assert rule in {name for name, _ in faults(text)}
    good = "„Wasser“ 19,4 (7–10; 74\u00a0%), um −3 Punkte, 12\u202f345 Zeilen, Abbildung 3.1, boards.csv"
    assert faults(good) == []


def test_axe_finds_no_violation(seen, name):
    """In both colour schemes."""
    if name == "bericht.html":
        pytest.skip("the parts of the other pages once more; their order is heard above")
    page = seen.page
    page.emulate_media(media="screen", color_scheme="light")
    page.set_viewport_size(SCREEN)
    page.evaluate(ONE_OF_A_KIND)
    page.evaluate(Axe().axe_script)
    assert page.evaluate(AXE, {"rules": {"target-size": {"enabled": True}}}) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(AXE, {"runOnly": COLOURS}) == []
