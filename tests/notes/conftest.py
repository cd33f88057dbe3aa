"""A small round of two groups in a temporary folder, to put notes into."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis_utils.rounds import Round, open_round

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "refi_qda"))  # project_files
ROUND_FILE = """
title: Kleine Runde
date: 2026-01-01
provenance: original
export: poll.xlsx
notes:
  provenance: original
  groups:
    - {id: nord, label: Gruppe Nord, order: [industrieparks, tourismus, flankierung]}
    - {id: sued, label: Gruppe Süd, order: [tourismus, [industrieparks, wissenstransfer]]}
questions:
  - {id: frei, wording: Was noch?, label: Freies, type: open}
"""

RoundMaker = Callable[..., Round]


@pytest.fixture
def make_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RoundMaker:
    """`make_round({"notes/nord.md": "- Text"})` writes the files (text or bytes) and opens the round."""
    for name in ("FACHDIALOG_DATA", "FACHDIALOG_PROCESSED", "FACHDIALOG_REPORTS"):
        monkeypatch.delenv(name, raising=False)

    def make(files: dict[str, str | bytes] | None = None, round_file: str = ROUND_FILE) -> Round:
        raw = tmp_path / "data" / "raw" / "klein"
        raw.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "data" / "codebook.yml", tmp_path / "data" / "codebook.yml")
        (raw / "round.yml").write_text(round_file, encoding="utf-8")
        for name, content in (files or {}).items():
            path = raw / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return open_round("klein", data=tmp_path / "data", reports=tmp_path / "reports")

    return make
