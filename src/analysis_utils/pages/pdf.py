"""A page as PDF, printed by the Chromium of the system: tagged, with bookmarks, title and language."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from report_press import scratch_folder

from ..errors import DataError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)
SECONDS = 120


def write_pdf(page: Path, target: Path) -> None:
    """Print `page` (a finished HTML file) to `target`, all or nothing.

    Printed twice: where its chapters begin is known after the first time. Raises: DataError where no Chromium is
    installed or it fails; the page itself is not touched.
    """
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        remedy = "install it (Debian: apt install chromium) and repeat; the HTML report is complete"
        raise DataError("report --pdf", "Chromium on this machine to print the PDF", "none", remedy=remedy)
    with scratch_folder() as scratch:
        part = _printed(program, page, scratch)
        if numbers := page_numbers(part.read_bytes()):
            numbered = scratch / page.name
            rules = "".join(f'.contents a[href="#{name}"]::after{{content:"{at}"}}' for name, at in numbers.items())
            text = page.read_text(encoding="utf-8").replace(
                "</head>", f"<style>@media print{{{rules}}}</style></head>", 1
            )
            numbered.write_text(text, encoding="utf-8")
            part = _printed(program, numbered, scratch)
        beside = target.with_name(f".{target.name}.part")
        shutil.move(part, beside)
        beside.replace(target)


def _printed(program: str, page: Path, scratch: Path) -> Path:
    part = scratch / "part.pdf"
    part.unlink(missing_ok=True)
    command = [program, *FLAGS, f"--user-data-dir={scratch}/profile", f"--print-to-pdf={part}", page.as_uri()]
    try:
        subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise DataError("report --pdf", f"Chromium to finish within {SECONDS} s", "no answer") from None
    if not part.is_file():
        raise DataError("report --pdf", "Chromium to write a PDF", "none", at=str(page), remedy="HTML is complete")
    return part


def page_numbers(pdf: bytes) -> dict[str, int]:
    """On which page the places are that links of the document lead to (as Chromium writes them: one object a page)."""
    order = re.findall(rb"(\d+) 0 obj\s*<</Type /Page\s", pdf)
    places = re.findall(rb"/([\w-]+) \[(\d+) 0 R /XYZ", pdf)
    return {name.decode(): order.index(number) + 1 for name, number in places if number in order}
