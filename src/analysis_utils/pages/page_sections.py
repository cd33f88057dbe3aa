"""What a page of a round leaves out: the sections, and at last the whole page, in which there is nothing to show."""

from __future__ import annotations

import re
from typing import Any

Cells = list[Any]
_SHOWS = re.compile(r"\b(show|display)\(")
_REMARK = re.compile(r'<p class="note(?: absent)?"[^>]*>.*?</p>', re.DOTALL)


def without_empty_sections(cells: Cells) -> tuple[Cells, bool]:
    """The cells of a notebook without the sections (from one `##` to the next) that only say what the round does not
    have, and whether the page as a whole has nothing to show: every section is one of these or shows only remarks."""
    opening, *sections = _sections(cells)
    absent = [section for section in sections if _says(section, only_absent=True) or _shows_nothing(section)]
    if absent and all(_says(section) for section in sections if _shown(section)):
        return opening, True
    kept = [section for section in sections if section not in absent]
    return [cell for section in (opening, *kept) for cell in section], False


def _shows_nothing(section: Cells) -> bool:
    """Whether its code would show something, and there was nothing (a loop over questions that nobody asked)."""
    means_to = any(cell.cell_type == "code" and _SHOWS.search(cell.source) for cell in section)
    return means_to and not any(cell.get("outputs") for cell in section)


def _sections(cells: Cells) -> list[Cells]:
    sections: list[Cells] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    return sections


def _shown(section: Cells) -> list[str]:
    """What the outputs of a section put on the page; what is no HTML counts as it is."""
    outputs = [output for cell in section for output in cell.get("outputs", [])]
    return [str(output.get("data", {}).get("text/html", output)) for output in outputs]


def _says(section: Cells, *, only_absent: bool = False) -> bool:
    """Whether a section has outputs and all of them are remarks (that something is absent)."""
    shown = _shown(section)
    is_remark = all(not _REMARK.sub("", text).strip() for text in shown)
    return bool(shown) and is_remark and (not only_absent or all('class="note absent"' in text for text in shown))
