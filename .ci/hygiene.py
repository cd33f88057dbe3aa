"""Refuse what must not be committed: notebook outputs, rounds not let in by name, generated and private files.

Usage: .ci/hygiene.py [FILE …] (default: every file git knows). Standard library only, so a hook can run it anywhere.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
LET_IN = ("fachdialog-1",)
"""Rounds that hold nobody's answers, because they are reconstructed: as long as their `round.yml` says so."""
OF_GROUPS = ("notes", "coding", "photos", "boards.csv", "boards.xlsx", "released.csv", "paraphrases.csv", "photos.csv")


def fault(name: str) -> str:
    """Why a file must not be committed, or an empty text."""
    parts = PurePosixPath(name).parts
    is_described = parts[-1] == "README.md"
    if parts[:2] == ("data", "raw") and len(parts) > 3 and parts[2] not in LET_IN:
        return "a round that was not let in by name"
    if parts[:2] == ("data", "raw") and len(parts) > 3 and (why := _original(parts)):
        return why
    if parts[:2] == ("data", "processed") and not is_described:
        return "a generated table"
    if parts[0] == "reports" and not is_described:
        return "a generated report"
    if ".releases" in parts or name.endswith(".parquet"):
        return "a private table"
    if parts[0] == "docs" and name.endswith(".html") and not _is_reconstructed(ROOT / name):
        return "a report of original data"
    if name.endswith(".ipynb") and (ROOT / name).is_file() and _has_outputs(ROOT / name):
        return "a notebook with outputs"
    return ""


def _original(parts: tuple[str, ...]) -> str:
    """Why a file of a round that was let in must not be committed after all: it came from the people themselves."""
    described = ROOT.joinpath(*parts[:3], "round.yml")
    text = described.read_text(encoding="utf-8") if described.is_file() else ""
    if re.search(r"(?m)^provenance: *[\"']?original", text):
        return "an original round in the folder of a reconstructed one"
    notes = re.search(r"(?m)^notes:\n(?:[ #].*\n|\n)*? +provenance: *[\"']?original", text)
    return "original group notes in the folder of invented ones" if notes and parts[3] in OF_GROUPS else ""


def _is_reconstructed(report: Path) -> bool:
    """Whether the notice on top of a report says so."""
    return report.is_file() and "<strong>Rekonstruierte Daten." in report.read_text(encoding="utf-8")


def _has_outputs(path: Path) -> bool:
    cells = json.loads(path.read_text(encoding="utf-8")).get("cells", [])
    return any(cell.get("outputs") or cell.get("execution_count") or cell.get("attachments") for cell in cells)


def known_files() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in re.split("\0", done.stdout) if name]


def main(names: list[str]) -> int:
    found = [(name, why) for name in names or known_files() if (why := fault(name))]
    for name, why in found:
        print(f"{name}: {why} must not be committed", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
