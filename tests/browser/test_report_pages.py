"""The finished report of the real round, opened in Chromium with the network off."""

import base64
import csv
import io
import re
from pathlib import Path

import pytest
from in_page import CUT_IN_PRINT, DRAWN, OVERLAPS

from analysis_utils.rounds import open_round, project_root
from analysis_utils.wording import german

pytestmark = pytest.mark.browser
PAGES = [
    "index.html",
    *(
        f"html/{path.stem}.html"
        for path in sorted((project_root() / "notebooks").glob("*.ipynb"))
        if path.stem[:2] not in ("00", "11")
    ),
]
COMPARED = ["../fachdialog-2/html/11_compare_rounds.html", "../fachdialog-2/bericht.html"]
ALL = [*PAGES, "bericht.html", *COMPARED, "../index.html"]
POLICY = (
    "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
CHARTS = "document.querySelectorAll('.chart').length"


def page_file(report: Path, name: str) -> Path:
    assert (report / name).is_file(), f"{name} is missing"
    return report / name


@pytest.mark.parametrize("name", ALL)
def test_page_is_whole_offline_and_silent(built_report, opened, name):
    seen = opened(name)
    page = seen.page
    page.wait_for_function(DRAWN)
    assert seen.messages == []
    assert [url for url in seen.requests if not url.startswith(("data:", "blob:", "file:"))] == []
    assert len([url for url in seen.requests if url.startswith("file:")]) == 1
    assert page.evaluate("document.documentElement.lang") == "de"
    assert page.locator("h1").count() == 1
    policy = page.locator("meta[http-equiv='Content-Security-Policy']")
    assert policy.get_attribute("content") == POLICY
    if name != "../index.html":
        kind = "Erfundene Daten" if name in COMPARED else "Rekonstruierte Daten."
        assert kind in page.locator("header .notice").inner_text()
    assert page.evaluate(CHARTS) == len(re.findall('<div class="chart"', (built_report / name).read_text("utf-8")))
    for link in page.locator("nav a[href^='#']").evaluate_all("links => links.map(a => a.getAttribute('href'))"):
        assert page.evaluate("id => document.getElementById(id) !== null", link[1:]), link
    words = page.locator("img, [role=img]").evaluate_all("all => all.map(i => i.alt || i.getAttribute('aria-label'))")
    assert all(len(alt) > 30 and "No description" not in alt for alt in words)


def charts_of(page) -> dict:
    return page.evaluate("JSON.parse(document.getElementById('charts').textContent)")


@pytest.mark.parametrize("name", [name for name in [*PAGES, COMPARED[0]] if "01_" not in name])
def test_every_chart_shows_every_point_it_was_given(opened, name):
    page = opened(name).page
    page.wait_for_function(DRAWN)
    if not page.locator("#charts").count():
        pytest.skip("a page without interactive figure")
    for identifier, spec in charts_of(page).items():
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


def test_hovering_speaks_german(opened):
    page = opened("html/03_priority_ranking.html").page
    page.wait_for_function(DRAWN)
    chart = page.locator(".chart").first
    chart.scroll_into_view_if_needed()
    box = chart.locator(".scatterlayer .point").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".hoverlayer text")
    text = page.locator(".hoverlayer").first.text_content()
    assert "Punkte im Mittel" in text and "95-%-Unsicherheitsbereich" in text


def test_numbers_on_the_pages_are_those_of_estimates(built_report, opened):
    rows = {}
    with (built_report / "estimates.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = "/".join(row[part] for part in ("round", "question", "segment", "item", "statistic"))
            rows[key] = row
    checked = 0
    for name in PAGES:
        found = (
            opened(name)
            .page.locator("data[data-key]:not([data-source])")
            .evaluate_all("all => all.map(d => [d.dataset.key, d.dataset.part, d.value])")
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
            checked += 1
    assert checked > 100


def test_code_is_folded_away_and_one_button_shows_all_of_it(built_report, visit):
    page = visit(page_file(built_report, "html/03_priority_ranking.html")).page
    assert page.locator("details.code pre").first.is_hidden()
    page.get_by_role("button", name="Code zeigen").click()
    assert page.locator("details.code pre").first.is_visible()
    page.get_by_role("button", name="Code verbergen").click()
    assert page.locator("details.code pre").first.is_hidden()


@pytest.mark.parametrize("name", ALL)
def test_without_javascript_the_drawings_show_and_the_text_reads(built_report, visit, name):
    page = visit(page_file(built_report, name), java_script_enabled=False).page
    assert page.locator(".static:visible").count() == page.locator(".static").count()
    assert page.locator(".chart:visible").count() == 0
    assert len(page.locator("#inhalt").inner_text()) > 100


@pytest.mark.parametrize("name", ALL)
def test_in_print_the_drawings_show_and_no_table_is_cut(opened, name):
    page = opened(name).page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": 900})  # A4 less its margins
    assert page.locator(".static:visible").count() == page.locator(".static").count()
    assert page.locator(".chart:visible").count() == 0
    assert page.evaluate(CUT_IN_PRINT) == []
    assert page.evaluate(OVERLAPS, ".static") == []
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_in_the_dark_figures_follow_and_on_paper_they_do_not(built_report, visit):
    page = visit(page_file(built_report, "html/03_priority_ranking.html"), color_scheme="dark").page
    page.wait_for_function(DRAWN)
    looks = "selector => getComputedStyle(document.querySelector(selector)).filter"
    assert "invert" in page.evaluate(looks, ".chart > div")
    page.emulate_media(media="print")
    assert page.evaluate(looks, ".static > svg") == "none"


def test_downloads_hold_the_files_of_the_figures_folder(built_report, visit):
    page = visit(page_file(built_report, "html/03_priority_ranking.html")).page
    links = page.locator(".files a").evaluate_all("all => all.map(a => [a.download, a.href])")
    assert {name.rsplit(".", 1)[1] for name, _ in links} == {"svg", "png", "csv"}
    for name, address in links:
        assert base64.b64decode(address.split("base64,")[1]) == (built_report / "figures" / name).read_bytes()


def test_published_figures_of_the_first_fachdialog_are_in_the_estimates(built_round):
    with built_round.table("estimates").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["segment"] == "all"]

    def values(question: str, statistic: str) -> list[float]:
        return [float(r["estimate"]) for r in rows if (r["question"], r["statistic"]) == (question, statistic)]

    assert [german.number(mean) for mean in values("fokusbereiche", "mean_points")] == [
        "23",
        "19",
        "19",
        "15",
        "11",
        "10",
        "3",
    ]
    assert values("fokusbereiche", "givers")[-1] == 4
    names = ("fokussierung", "fokusbereiche", "identifikation", "voranbringen")
    assert [values(name, "respondents") for name in names] == [[34], [29], [27], [26]]
    heights = [sorted(map(int, values(name, "count")), reverse=True) for name in (names[0], names[2], names[3])]
    assert heights == [[9, 8, 7, 4, 3, 1, 1, 1, 0, 0], [6, 6, 4, 4, 3, 2, 1, 1, 0, 0], [9, 5, 5, 3, 2, 1, 1, 0, 0, 0]]
    assert all(row["provenance"] == "reconstructed" for row in rows if row["question"] in names)


def test_picture_in_the_readme_is_the_one_of_the_report(built_report):
    built = built_report / "figures" / "rangfolge_fokusbereiche.svg"
    assert (project_root() / "docs" / "ranking.svg").read_bytes() == built.read_bytes(), "copy it: make picture"


def test_reconstruction_script_writes_the_committed_workbook(tmp_path):
    import shutil
    import subprocess
    import sys

    raw = open_round("fachdialog-1").raw
    script = shutil.copy(raw / "reconstruct.py", tmp_path)
    subprocess.run([sys.executable, script], check=True, timeout=60)
    assert (tmp_path / "mentimeter.xlsx").read_bytes() == (raw / "mentimeter.xlsx").read_bytes()
    assert io.BytesIO((raw / "mentimeter.xlsx").read_bytes()).read(2) == b"PK"
