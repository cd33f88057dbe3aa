"""The whole report as PDF: tagged, with title, language, bookmarks and page numbers; a clear word without Chromium."""

import re
import shutil
import subprocess

import pytest

from analysis_utils.errors import DataError
from analysis_utils.pages.pdf import NAMES, page_numbers, write_pdf

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def target(built_report, tmp_path_factory):
    if not any(map(shutil.which, NAMES)):
        pytest.skip("no Chromium on this machine")
    target = tmp_path_factory.mktemp("pdf") / "bericht.pdf"
    write_pdf(built_report / "bericht.html", target)
    return target


def test_pdf_is_tagged_and_has_title_language_and_bookmarks(target):
    content = target.read_bytes()
    assert re.search(rb"/Marked true", content) and re.search(rb"/Lang \(de\)", content)
    assert b"/Outlines" in content and re.search(rb"/Title \(", content)
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", target, "-"], capture_output=True, text=True, check=True, timeout=60).stdout
        pages = text.count("\f")
        assert f"Seite 1 von {pages}" in text and f"Seite {pages} von {pages}" in text
        for words in ("Gesamtbericht", "Inhalt", "Abbildung 3.1", "Tabelle 3.1", "Fundstellen", "Begriffe"):
            assert words in text, words
        for sheet in text.split("\f"):
            last = [line for line in sheet.splitlines() if line.strip()][-2:-1]
            assert last != ["Punkte"], "the head of table 7.1 stands alone at the foot of a page"


def test_without_chromium_the_message_says_what_to_do_and_the_page_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    page = tmp_path / "bericht.html"
    page.write_text("<p>Bericht</p>", encoding="utf-8")
    with pytest.raises(DataError, match=r"apt install chromium.*the HTML report is complete"):
        write_pdf(page, tmp_path / "bericht.pdf")
    assert page.read_text(encoding="utf-8") == "<p>Bericht</p>"
    assert not (tmp_path / "bericht.pdf").exists()


def test_contents_say_on_which_page_a_chapter_begins(target):
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext on this machine")
    text = subprocess.run(["pdftotext", "-layout", target, "-"], capture_output=True, text=True, timeout=60).stdout
    sheets, numbers = text.split("\f"), page_numbers(target.read_bytes())
    for name, title in (("03_priority_ranking", "Welche Fokusbereiche haben Vorrang?"), ("anhang", "Anhang: Listen")):
        assert re.search(rf"{re.escape(title)} +{numbers[name]}$", text, flags=re.MULTILINE)
        assert title in sheets[numbers[name] - 1]
