"""A number tells what it is by mouse and by keyboard, in text and in tables; a table is one stop of the Tab key."""

import pytest
from test_report_pages import page_file

pytestmark = pytest.mark.browser
PAGE = "html/03_priority_ranking.html"


def test_by_keyboard_a_table_is_one_stop_and_arrow_keys_lead_through_it(built_report, visit):
    page = visit(page_file(built_report, PAGE)).page
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
    assert "Rang nach Mittelwert" in told.inner_text()
    assert page.locator("data[aria-expanded]").count() == 1
    page.keyboard.press("Escape")
    assert told.is_hidden() and page.locator("data[aria-expanded]").count() == 0


def test_by_mouse_in_the_combined_document_and_a_click_elsewhere_closes(built_report, visit):
    page = visit(page_file(built_report, "bericht.html")).page
    page.locator("table data[role=button]:visible").first.click()
    assert "n = " in page.locator(".told").inner_text()
    page.locator("h1").click()
    assert page.locator(".told").is_hidden()


def test_without_javascript_the_interval_is_a_tooltip_and_definitions_stand_below(built_report, visit):
    page = visit(page_file(built_report, PAGE), java_script_enabled=False).page
    assert "n = 29" in page.locator("table data[title]").first.get_attribute("title")
    page.locator("summary", has_text="Kennzahlen auf dieser Seite").click()
    assert page.locator("#k-mean_points + dd").is_visible()


def test_in_print_nothing_of_it_shows(built_report, visit):
    page = visit(page_file(built_report, PAGE)).page
    page.locator("table data[role=button]:visible").first.click()
    page.emulate_media(media="print")
    assert page.locator(".told").is_hidden()
    line = "getComputedStyle(document.querySelector('data[role=button]')).textDecorationLine"
    assert page.evaluate(line) == "none"
