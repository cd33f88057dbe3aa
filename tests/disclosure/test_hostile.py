"""A round whose every text attacks is shown as plain text: no dialog, no script run, no request, no broken layout."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from random_rounds import ROOT

HOSTILE = (
    '<img src=x onerror="window.hit=1"><script>window.hit=1;alert(1)</script>'
    '<a href="javascript:alert(2)">x</a> [y](javascript:alert(3)) $\\\\frac{1}{0}$ **fett** '
    "<svg onload=alert(4)> {{7*7}} =1+1 <link rel=stylesheet href=http://198.51.100.1/a.css>"
)
CHROMIUM = shutil.which("chromium")


def attacked(folder: Path) -> Path:
    """The committed round with hostile title, notices, labels and codebook."""
    raw = folder / "data" / "raw" / "fachdialog-1"
    shutil.copytree(ROOT / "data" / "raw" / "fachdialog-1", raw, ignore=shutil.ignore_patterns(".*"))
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    text = (raw / "round.yml").read_text(encoding="utf-8")
    text = re.sub(r"^title: .*$", lambda _: f"title: {quoted}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^    label: .*$", lambda _: f"    label: {quoted}", text, flags=re.MULTILINE)
    text = re.sub(r"low_label: [^,]+", lambda _: f"low_label: {quoted}", text)
    text = re.sub(r"  (published): >-\n", lambda m: f"  {m[1]}: >-\n    {HOSTILE[:40]}\n", text)
    (raw / "round.yml").write_text(text, encoding="utf-8")
    codebook = (ROOT / "data" / "codebook.yml").read_text(encoding="utf-8")
    number = iter(range(1000))
    codebook = re.sub(
        r"(?m)^( +)label_(de|short): .*$",
        lambda m: f"{m[1]}label_{m[2]}: '{next(number)} {HOSTILE[:90]}'",
        codebook,
    )
    (folder / "data" / "codebook.yml").write_text(codebook, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = attacked(tmp_path_factory.mktemp("hostile"))
    command = [sys.executable, "-m", "analysis_utils.cli", "report", "fachdialog-1", "--data", str(folder / "data")]
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
    return folder / "reports" / "fachdialog-1"


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
            page.wait_for_timeout(400)
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
    for path in sorted(report.rglob("*.csv")):
        assert not re.search(r"(?m)(^|,)[=@]", path.read_text(encoding="utf-8")), path.name
