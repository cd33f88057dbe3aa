"""Rounds unlike the one that ships, built end to end (the command checks their pages) and used in a browser."""

import pytest
from in_page import CUT_IN_PRINT
from test_use import use

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["schlicht", "breit"])
def test_a_round_of_another_kind_becomes_a_report_whose_pages_stay_silent(other_report, visit, name):
    report = other_report(name)
    pages = sorted(report.rglob("*.html"))
    # There are no notes and no printed numbers, in one no groups: nothing for pages 02, 07 and 09, and 06 there.
    groups = ["06"] if name == "breit" else []
    assert [path.name[:2] for path in pages] == ["be", "01", "03", "04", "05", *groups, "08", "10", "in"]
    for path in pages:
        seen = visit(path, viewport={"width": 1280, "height": 900})
        use(seen.page)
        assert seen.messages == [], path.name
        assert seen.page.evaluate(CUT_IN_PRINT) == [], path.name
