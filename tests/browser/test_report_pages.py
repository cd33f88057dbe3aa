"""What a page of the finished report does when it is used: figures, code, downloads, numbers."""

import base64
import csv
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from in_page import DRAWN, SCREEN, open_page

from analysis_utils.rounds import open_round, project_root
from analysis_utils.wording import german

pytestmark = pytest.mark.browser
PAGE = "html/03_priority_ranking.html"


@pytest.fixture(scope="module")
def page(browser, built_report):
    """The page of the priorities, opened once; a test leaves it as it was."""
    seen = open_page(browser, built_report / PAGE, viewport=SCREEN)
    seen.page.wait_for_function(DRAWN)
    yield seen.page
    seen.page.context.close()


def test_hovering_speaks_german(page):
    chart = page.locator(".chart").first
    chart.scroll_into_view_if_needed()
    box = chart.locator(".scatterlayer .point").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".hoverlayer text")
    text = page.locator(".hoverlayer").first.text_content()
    assert "Punkte im Mittel" in text and "95-%-Unsicherheitsbereich" in text


def test_a_screen_reader_hears_title_notice_summary_and_figures_in_order(page):
    tree = page.locator("body").aria_snapshot()
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


def test_code_is_folded_away_and_one_button_shows_all_of_it(page):
    assert page.locator("details.code pre").first.is_hidden()
    page.get_by_role("button", name="Code zeigen").click()
    assert page.locator("details.code pre").first.is_visible()
    page.get_by_role("button", name="Code verbergen").click()
    assert page.locator("details.code pre").first.is_hidden()


def test_by_keyboard_a_table_is_one_stop_and_arrow_keys_lead_through_it(page):
    cells = page.locator("table[aria-labelledby], .scroll:visible table").last.locator("data[role=button]")
    assert [cells.nth(n).get_attribute("tabindex") for n in range(3)] == ["0", "-1", "-1"]
    assert page.locator("data[role=button][tabindex='0']:visible").count() < 12
    cells.first.focus()
    page.keyboard.press("Enter")
    told = page.locator(".told")
    first = told.inner_text()
    assert "mittlere Punkte" in first and "geteilt durch" in first
    assert "95-%-Unsicherheitsbereich" in first and "n = 29" in first
    page.keyboard.press("ArrowDown")
    assert told.inner_text() != first and "mittlere Punkte" in told.inner_text()
    page.keyboard.press("ArrowRight")
    assert "Rang in der Umfrage" in told.inner_text()
    assert page.locator("data[aria-expanded]").count() == 1
    page.keyboard.press("Escape")
    assert told.is_hidden() and page.locator("data[aria-expanded]").count() == 0


def test_by_mouse_a_number_tells_what_it_is_and_a_click_elsewhere_closes(page):
    page.locator("table data[role=button]:visible").first.click()
    assert "n = " in page.locator(".told").inner_text()
    page.locator("h1").click()
    assert page.locator(".told").is_hidden()


def test_in_print_nothing_of_it_shows(page):
    page.locator("table data[role=button]:visible").first.click()
    page.emulate_media(media="print")
    assert page.locator(".told").is_hidden()
    line = "getComputedStyle(document.querySelector('data[role=button]')).textDecorationLine"
    assert page.evaluate(line) == "none"
    page.emulate_media(media="screen")
    page.keyboard.press("Escape")


def test_in_the_dark_figures_follow_and_on_paper_they_do_not(page):
    page.emulate_media(color_scheme="dark")
    looks = "selector => getComputedStyle(document.querySelector(selector)).filter"
    assert "invert" in page.evaluate(looks, ".chart > div")
    page.emulate_media(media="print")
    assert page.evaluate(looks, ".static > svg") == "none"
    page.emulate_media(media="screen", color_scheme="light")


def test_downloads_hold_the_files_of_the_figures_folder(built_report, page):
    links = page.locator(".files a").evaluate_all("all => all.map(a => [a.download, a.href])")
    assert {name.rsplit(".", 1)[1] for name, _ in links} == {"svg", "png", "csv"}
    for name, address in links:
        assert base64.b64decode(address.split("base64,")[1]) == (built_report / "figures" / name).read_bytes()


def test_without_javascript_the_interval_is_a_tooltip_and_definitions_stand_below(built_report, visit):
    page = visit(built_report / PAGE, java_script_enabled=False).page
    assert "n = 29" in page.locator("table data[title]").first.get_attribute("title")
    page.locator("summary", has_text="Kennzahlen auf dieser Seite").click()
    assert page.locator("#k-mean_points + dd").is_visible()


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


def test_example_report_shows_the_numbers_of_the_shipped_round(built_report):
    example, built = project_root() / "docs" / "example-report.html", built_report / "bericht.html"
    assert numbers_of(example) == numbers_of(built), "copy it: make picture"


def numbers_of(page: Path) -> set[tuple[str, ...]]:
    """What each number of a page is about (question, segment, item, statistic) and how it is printed."""
    found = re.findall(r"<data ([^>]*)>([^<]*)<", page.read_text(encoding="utf-8"))
    assert len(found) > 1000
    return {(*re.findall(r' ?(?:data-key|data-audit|value)="([^"]*)"', about), text) for about, text in found}


def test_reconstruction_script_writes_the_committed_workbook(tmp_path):
    raw = open_round("fachdialog-1").raw
    script = shutil.copy(raw / "reconstruct.py", tmp_path)
    subprocess.run([sys.executable, script], check=True, timeout=60)
    assert (tmp_path / "mentimeter.xlsx").read_bytes() == (raw / "mentimeter.xlsx").read_bytes()
    assert io.BytesIO((raw / "mentimeter.xlsx").read_bytes()).read(2) == b"PK"
