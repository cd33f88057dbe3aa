"""A headless Chromium for the tests that look at finished pages. Skips without Chromium; in CI its absence fails."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "pages"))  # small_rounds
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SCREEN = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def built_report(both_reports: Path) -> Path:
    """The report of the real round; beside it lies that of a second round (`../fachdialog-2`)."""
    return both_reports / "fachdialog-1"


@dataclass
class Visit:
    """An opened page and what it said and asked for while it loaded."""

    page: Page
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


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


def _open(browser: Browser, path: Path, **options: object) -> Visit:
    context = browser.new_context(offline=True, locale="de-DE", **options)
    seen = Visit(context.new_page())
    seen.page.on("console", lambda message: seen.messages.append(message.text))
    seen.page.on("pageerror", lambda fault: seen.messages.append(str(fault)))
    seen.page.on("dialog", lambda dialog: (seen.messages.append(f"dialog {dialog.message}"), dialog.dismiss()))
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.goto(path.as_uri())
    return seen


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a file in a context of its own, with the network off; options go to the context."""
    visits: list[Visit] = []

    def open_file(path: Path, **options: object) -> Visit:
        visits.append(_open(browser, path, **options))
        return visits[-1]

    yield open_file
    for seen in visits:
        seen.page.context.close()


@pytest.fixture(scope="module")
def opened(browser: Browser, built_report: Path) -> Callable[[str], Visit]:
    """A page of the built report, opened once per module on a screen; a test leaves it as it was."""
    seen: dict[str, Visit] = {}

    def page(name: str) -> Visit:
        if name not in seen:
            assert (built_report / name).is_file(), f"{name} is missing"
            seen[name] = _open(browser, built_report / name, viewport=SCREEN)
        return seen[name]

    return page
