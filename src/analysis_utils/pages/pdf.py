"""A page as PDF, printed by the Chromium of the system: tagged, with bookmarks, title and language."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from ..errors import DataError
from ..scratch import scratch_folder

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

    Raises: DataError where no Chromium is installed or it fails; the page itself is not touched.
    """
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        remedy = "install it (Debian: apt install chromium) and repeat; the HTML report is complete"
        raise DataError("report --pdf", "Chromium on this machine to print the PDF", "none", remedy=remedy)
    with scratch_folder() as scratch:
        part = scratch / "part.pdf"
        command = [program, *FLAGS, f"--user-data-dir={scratch}/profile", f"--print-to-pdf={part}", page.as_uri()]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise DataError("report --pdf", f"Chromium to finish within {SECONDS} s", "no answer") from None
        if not part.is_file():
            raise DataError("report --pdf", "Chromium to write a PDF", "none", at=str(page), remedy="HTML is complete")
        beside = target.with_name(f".{target.name}.part")
        shutil.move(part, beside)
        beside.replace(target)
