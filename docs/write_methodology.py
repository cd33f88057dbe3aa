"""Write the tables of docs/methodology.md from the docstrings of the functions that compute the statistics.

A docstring says under "Statistics (section of the page):" what its function gives, a statistic a line: "- `name`:
definition. Interval: … Awkward: … Source: … Case: …" (what does not apply is left out).
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from analysis_utils.contracts import STATISTICS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "methodology.md"
PARTS = ("Interval", "Awkward", "Source", "Case")
HEAD = """| statistic | definition | interval | awkward cases | function | source | case |
|---|---|---|---|---|---|---|
"""


def tables() -> dict[str, str]:
    """The table of each section, its statistics in the order of `statistics.txt`."""
    found: dict[str, list[tuple[int, str]]] = {}
    order = list(STATISTICS)
    for path in sorted((ROOT / "src" / "analysis_utils").glob("*/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = (ast.get_docstring(node) or "") if isinstance(node, ast.FunctionDef) else ""
            for section, listed in re.findall(r"^Statistics \((.+)\):\n((?:[- ] .+\n?)+)", text, re.MULTILINE):
                for entry in re.split(r"^- ", listed, flags=re.MULTILINE)[1:]:
                    names, _, told = " ".join(entry.split()).removesuffix(".").partition(": ")
                    definition, *others = re.split(rf"\. (?=(?:{'|'.join(PARTS)}): )", told)
                    parts = dict(other.split(": ", 1) for other in others)
                    interval, awkward, source, case = (parts.get(name, "–") for name in PARTS)
                    cells = [
                        names,
                        definition,
                        interval,
                        awkward,
                        f"`{path.stem}.{getattr(node, 'name', '')}`",
                        source,
                        case,
                    ]
                    line = " | ".join(cell.replace("|", "\\|") for cell in cells)
                    found.setdefault(section, []).append((order.index(names.split("`")[1]), f"| {line} |\n"))
    return {section: HEAD + "".join(line for _, line in sorted(lines)) for section, lines in found.items()}


def page() -> str:
    """The page with its tables renewed; everything else on it is written by hand."""
    made = tables()
    return re.sub(
        r"(<!-- statistics: ([^\n]+) -->\n).*?(<!-- /statistics -->)",
        lambda block: block[1] + made[block[2]] + block[3],
        PAGE.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
