"""What must fit on a printed page does: the executive summary, also at its longest, and the joint display."""

import re
from dataclasses import replace

import pytest
from markupsafe import Markup
from playwright.sync_api import Page

from analysis_utils.pages.evidence import read_evidence
from analysis_utils.pages.export import render_page
from analysis_utils.pages.first_page import MOST_FINDINGS, executive_summary
from analysis_utils.pages.index_page import index_body
from analysis_utils.rounds import Round

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


def test_longest_summary_fits_on_a_page(built_round: Round, tmp_path, visit):
    evidence = read_evidence(built_round)
    words = executive_summary(evidence).markup
    found = re.findall(r"<li>.*?</li>", words, re.DOTALL)
    as_many = "".join((found * MOST_FINDINGS)[:MOST_FINDINGS])  # under one verdict, as long as they usually are
    lists = re.compile(r"(<ul class=\"findings\">).*?(</ul>)", re.DOTALL)
    long = lists.sub("", words).replace("</h2>", f"</h2><ul>{as_many}</ul>", 1)
    assert long.count("<li>") == MOST_FINDINGS
    body = index_body(built_round, evidence, [])
    page_file = tmp_path / "index.html"
    longer = replace(body, lead=body.lead.replace(words, Markup(long)))
    page_file.write_text(render_page(built_round, longer, pages=[], home=""), encoding="utf-8")
    box = on_paper(visit(page_file).page).locator("section.first").bounding_box()
    assert box and box["height"] < HEIGHT and box["y"] + box["height"] < HEIGHT


@pytest.mark.parametrize("name", ["html/08_integrated_findings.html", "bericht.html"])
def test_joint_display_fits_on_a_page_and_is_kept_together(built_report, visit, name):
    page = on_paper(visit(built_report / name).page)
    table = page.locator(".scroll:has(#t-nebeneinander)")
    assert table.bounding_box()["height"] < 0.9 * HEIGHT
    assert table.evaluate("e => getComputedStyle(e).breakInside") == "avoid"
