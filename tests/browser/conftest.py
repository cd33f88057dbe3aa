"""A headless Chromium for the tests that look at finished pages. Skips without Chromium; in CI its absence fails."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from in_page import Visit, open_page
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "pages"))  # small_rounds
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def built_report(both_reports: Path) -> Path:
    """The report of the real round; beside it lies that of a second round (`../fachdialog-2`)."""
    return both_reports / "fachdialog-1"


@pytest.fixture(scope="module")  # its event loop must be gone before other modules start kernels
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        reason = "no Chromium on this machine; install the Debian package chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a file in a context of its own, with the network off; options go to the context."""
    visits: list[Visit] = []

    def open_file(path: Path, **options: object) -> Visit:
        visits.append(open_page(browser, path, **options))
        return visits[-1]

    yield open_file
    for seen in visits:
        seen.page.context.close()
