"""A round whose every text attacks is shown as plain text: no dialog, no script run, no request, no broken layout."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from PIL import Image
from random_rounds import ROOT

from analysis_utils.rounds import Round

HOSTILE = (
    '<img src=x onerror="window.hit=1"><script>window.hit=1;alert(1)</script>'
    '<a href="javascript:alert(2)">x</a> [y](javascript:alert(3)) $\\\\frac{1}{0}$ **fett** '
    "<svg onload=alert(4)> {{7*7}} =1+1 <link rel=stylesheet href=http://198.51.100.1/a.css>"
)
BARE = (
    '<img src=x onerror="window.hit=true"><script>window.hit=true;alert()</script><a href="javascript:alert()">x</a> '
    "[y](javascript:alert()) $\\frac{a}{b}$ <svg onload=alert()> <link rel=stylesheet href=//a.invalid/a.css>"
)
"""The same without digits, which findings may not hold, and without what Python would fill in."""
FILLED = BARE.replace("{", "").replace("}", "")
CHROMIUM = shutil.which("chromium")
ATTACKED = ("index", "bericht", "03", "04", "06", "07", "08", "09", "11")
"""Pages that must show the attack as text, so that its absence is no success."""
NAME = "fachdialog-2"
WORDINGS = (
    "Tourismusregionen",
    "Kammern/Verbände",
    "Werden die besprochenen Cluster und Fokusthemen die Lausitz aus Ihrer Sicht voranbringen?",
)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def attacked(folder: Path, built: Round) -> Path:
    """A copy of the committed round in which every text attacks, compared with the round itself."""
    shutil.copytree(built.processed, folder / "data" / "processed" / built.name, ignore=shutil.ignore_patterns(".run"))
    for name in (built.name, NAME):
        raw = folder / "data" / "raw" / name
        shutil.copytree(ROOT / "data" / "raw" / "fachdialog-1", raw, ignore=shutil.ignore_patterns(".*"))
        _attack_round_file(raw / "round.yml", is_later=name == NAME)
        _attack_export(raw / "mentimeter.xlsx")
    _attack_descriptions(raw)
    _attack_notes(raw)
    codebook = (ROOT / "data" / "codebook.yml").read_text(encoding="utf-8")
    number = iter(range(1000))
    codebook = re.sub(
        r"(?m)^( +)label_(de|short): .*$",
        lambda m: f"{m[1]}label_{m[2]}: '{next(number)} {HOSTILE[:90]}'",
        codebook,
    )
    (folder / "data" / "codebook.yml").write_text(codebook, encoding="utf-8")
    return folder


def _attack_round_file(path: Path, *, is_later: bool) -> None:
    text = re.sub(r">-\n +(.*)\n +(identifizieren\?)", r"\1 \2", path.read_text(encoding="utf-8"))
    text = re.sub(r"^title: .*$", lambda _: f"title: {quoted(HOSTILE)}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^    label: .*$", lambda _: f"    label: {quoted(HOSTILE)}", text, flags=re.MULTILINE)
    text = re.sub(
        r"^      label: (.*)$", lambda m: f"      label: {quoted(f'{m[1]} {BARE}')}", text, flags=re.MULTILINE
    )
    text = re.sub(r"low_label: [^,]+", lambda _: f"low_label: {quoted(HOSTILE)}", text)
    text = re.sub(r"  (published): >-\n", lambda m: f"  {m[1]}: >-\n    {HOSTILE[:40]}\n", text)
    for wording in WORDINGS:
        text = text.replace(f" {wording}", f" {quoted(wording + BARE)}", 1)
    if is_later:
        text += "\ncompare: {with: [fachdialog-1]}\n"
    else:
        text = text.replace("date: 2025-", "date: 2024-", 1)
    path.write_text(text, encoding="utf-8")


def _attack_export(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
        for wording in WORDINGS:
            cell.value = cell.value.replace(wording, wording + BARE)
    book.save(path)


def _attack_descriptions(raw: Path) -> None:
    """Findings and printed figures."""
    text = (raw / "findings.yml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^( +(?:sentence|interpretation): >-\n +)", lambda m: f"{m[1]}{FILLED} ", text)
    text = re.sub(r"(?m)^( +title: )(.*)$", lambda m: f"{m[1]}{quoted(f'{m[2]} {FILLED}')}", text)
    (raw / "findings.yml").write_text(text, encoding="utf-8")
    text = (raw / "published.yml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^source: .*$", lambda _: f"source: {quoted(BARE)}", text)
    text = text.replace("text: knapp drei Viertel", f"text: {quoted(f'knapp drei Viertel {BARE}')}")
    (raw / "published.yml").write_text(text, encoding="utf-8")


def _attack_notes(raw: Path) -> None:
    """A released statement, cards, paraphrases, the name of a file, a photo."""
    with (raw / "released.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(row for row in csv.DictReader(file, delimiter=";") if row["statement"].startswith("gruppe_3"))
    notes = (raw / "notes" / "gruppe-3.txt").read_text(encoding="utf-8")
    said = f"{row['text']} {BARE}"
    assert row["text"] in notes
    (raw / "notes" / "gruppe-3.txt").unlink()
    (raw / "notes" / "gruppe-3 <img src=x onerror=alert()>.txt").write_text(notes.replace(row["text"], said), "utf-8")
    in_a_cell = '"' + said.replace('"', '""') + '"'
    for path in (*sorted((raw / "coding").glob("*.csv")), raw / "released.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f'"{row["text"]}"', row["text"]).replace(row["text"], in_a_cell), encoding="utf-8")
    cell = BARE.replace('"', '""')
    text = (raw / "paraphrases.csv").read_text(encoding="utf-8")
    (raw / "paraphrases.csv").write_text(
        text.replace(" gelten in allen Gruppen", f" {cell} gelten", 1), encoding="utf-8"
    )
    text = (raw / "boards.csv").read_text(encoding="utf-8")
    first = text.splitlines()[1].split(";")
    attack = f'{first[0]};"{cell}";"{first[2]} {cell}";1;tafel.jpg;ja'
    (raw / "boards.csv").write_text(text + attack + "\n", encoding="utf-8")
    (raw / "photos").mkdir()
    Image.new("RGB", (300, 200), "red").save(raw / "photos" / "tafel.jpg")
    (raw / "photos.csv").write_text(f'photo;released_by;caption;alt\ntafel.jpg;"{cell}";"{cell}";"{cell}"\n', "utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory, built_round):
    folder = attacked(tmp_path_factory.mktemp("hostile"), built_round)
    command = [sys.executable, "-m", "analysis_utils.cli", "report", NAME, "--data", str(folder / "data")]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FACHDIALOG_")}
    done = subprocess.run(
        [*command, "--reports", str(folder / "reports")],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "reports"


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium: install the package chromium")
def test_hostile_round_is_plain_text_in_the_browser(report):
    from playwright.sync_api import sync_playwright

    events: list[str] = []
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page()
        page.on("dialog", lambda dialog: (events.append(f"dialog on {page.url}"), dialog.dismiss()))
        page.on("request", lambda sent: sent.url.startswith(("file:", "data:", "blob:")) or events.append(sent.url))
        for path in sorted(report.rglob("*.html")):
            page.goto(path.as_uri())
            page.wait_for_timeout(300)
            if path.name.startswith(ATTACKED):
                assert "<script>window.hit" in page.evaluate("document.body.textContent"), path.name
            assert page.evaluate("window.hit") is None, path.name
            assert page.evaluate("document.querySelectorAll('[onerror],[onload],a[href^=\"javascript:\"]').length") == 0
            assert "198.51.100.1" not in page.evaluate(
                "[...document.querySelectorAll('link,script,img')].map(e => e.src || e.href).join()"
            )
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 1, (path.name, wide)
            assert page.locator("meta[http-equiv='Content-Security-Policy']").count() == 1, path.name
        browser.close()
    assert events == []


def test_hostile_round_is_harmless_in_drawings_and_tables(report):
    for path in sorted(report.rglob("*.svg")):
        for node in ElementTree.parse(path).iter():
            assert not str(node.tag).endswith("script"), path.name
            assert not [name for name in node.attrib if name.casefold().startswith("on")], path.name
            assert not any("javascript:" in value for value in node.attrib.values()), path.name
    assert list(report.rglob("audit.csv")) and list(report.rglob("findings.csv"))
    for path in sorted(report.rglob("*.csv")):
        assert not re.search(r"(?m)(^|,)[=@]", path.read_text(encoding="utf-8")), path.name
