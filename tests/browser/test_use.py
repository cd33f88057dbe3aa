"""A page that is used – scrolled, clicked, walked through by keyboard – stays silent and does what it says."""

import pytest
from in_page import DRAWN
from markupsafe import Markup
from playwright.sync_api import expect

from analysis_utils.pages.export import Body, render_page

pytestmark = pytest.mark.browser
# Everything on a page that can be clicked and does not leave it, and links that stay on it.
CLICKABLE = "summary, nav .contents a, a.skip, button, main data[role=button]"
MOST_NUMBERS = 12
"""Numbers of a page alike in all but their words: the first ones stand for the rest."""
KEYS = ("Tab", "Enter", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "Escape", "Shift+Tab", " ")


def use(page) -> None:
    """Scroll to the end and back, click whatever can be clicked twice, type every key a page listens to; then once more
    narrow, in the dark, and on paper."""
    page.wait_for_function(DRAWN)
    scroll(page)
    for kind in CLICKABLE.split(", "):
        parts = page.locator(f"{kind}:visible").element_handles()
        for part in parts[: MOST_NUMBERS if "data" in kind else None]:
            part.evaluate("part => { part.scrollIntoView({block: 'center'}); part.click(); part.click(); }")
    for key in KEYS * 2:
        page.keyboard.press(key)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    scroll(page)
    page.emulate_media(media="print")
    page.evaluate("new Promise(done => setTimeout(done, 50))")


def scroll(page) -> None:
    page.evaluate(
        """async () => { const end = document.documentElement.scrollHeight;
        for (let at = 0; at <= end + 900; at += 900) {
          window.scrollTo(0, at); await new Promise((done) => requestAnimationFrame(done)); }
        window.scrollTo(0, 0); await new Promise((done) => requestAnimationFrame(done)); }"""
    )


HEADINGS = ("Größe & Maß: 50 % – „ja“?", "Ελλάδα/Україна 100 %25", "#<b>x</b>&amp;", "日本 🙂 é", "?", "")


@pytest.fixture(scope="module")
def odd_headings(tmp_path_factory, built_round):
    """A page with headings in any script, and pieces that have no caption, no figure and no definition around them."""
    body = Body("Überschriften in jeder Schrift", Markup())
    for place, words in enumerate(HEADINGS):
        identifier = f"a{place}-{words.casefold().replace(' ', '-')}"
        body.contents.append((identifier, words))
        body.markup += Markup('<h2 id="{}">{}</h2><p style="height:700px">Text.</p>').format(identifier, words)
    body.contents.append(("a9-fehlt", "führt nirgends hin"))
    wide = '<div class="scroll"><table style="width:4000px"><tr><td>ohne Überschrift</td></tr></table></div>'
    number = '<p>Ohne Kennzahl: <data value="1" title="n = 3" data-key="x/y/z">1</data></p>'
    told = f"<details><summary>Größer <data title='n = 4'>4</data></summary>{number}</details>"
    body.markup += Markup(wide + number + told)
    path = tmp_path_factory.mktemp("headings") / "page.html"
    path.write_text(render_page(built_round, body, pages=[], home="index.html"), encoding="utf-8")
    return path


def test_headings_of_any_script_are_followed_while_scrolling(odd_headings, visit):
    seen = visit(odd_headings, viewport={"width": 1280, "height": 900})
    page = seen.page
    for place in range(len(HEADINGS)):
        page.locator("main h2").nth(place).evaluate("heading => heading.scrollIntoView()")
        expect(page.locator(".contents a").nth(place)).to_have_attribute("aria-current", "location")
    use(page)
    assert seen.messages == []
