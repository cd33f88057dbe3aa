"""What must fit on a printed page does: the executive summary and the joint display."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
WIDTH, HEIGHT = 673, 979  # pixels of an A4 page within the margins of page.css


def on_paper(page: Page) -> Page:
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.emulate_media(media="print")
    return page


def test_summary_of_the_first_round_ends_on_the_first_page(built_report, visit):
    page = on_paper(visit(built_report / "index.html").page)
    box = page.locator("section.first").bounding_box()
    assert box and box["y"] + box["height"] < HEIGHT


@pytest.mark.parametrize("name", ["html/08_integrated_findings.html", "bericht.html"])
def test_joint_display_fits_on_a_page_and_is_kept_together(built_report, visit, name):
    page = on_paper(visit(built_report / name).page)
    table = page.locator(".scroll:has(#t-nebeneinander)")
    assert table.bounding_box()["height"] < 0.9 * HEIGHT
    assert table.evaluate("e => getComputedStyle(e).breakInside") == "avoid"
