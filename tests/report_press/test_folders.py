"""Whatever cuts a move short, a whole folder is in place, and the next run finishes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from report_press import NOTED, Move, Places, folder_hashes, folders, hashes_in, scratch_folder
from report_press.folders import ALIVE, PREFIX, put_in_place


def _built(folder: Path) -> tuple[Move, dict[str, str], dict[str, str]]:
    """An earlier pair of folders in place, and a later one built beside it."""
    move = Move(Places(folder / "processed" / "r"), Places(folder / "reports" / "r"))
    for places in (move.tables, move.pages):
        for place, text in ((places.final, "earlier"), (places.built, "later")):
            place.mkdir(parents=True)
            (place / "file").write_text(text, encoding="utf-8")
    return move, folder_hashes(move.tables.built), folder_hashes(move.pages.built)


def _read(move: Move) -> list[str]:
    return [(places.final / "file").read_text(encoding="utf-8") for places in (move.tables, move.pages)]


def _without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system that cannot exchange two folders in one step."""
    monkeypatch.setattr(folders.sys, "platform", "other")


@pytest.mark.parametrize("can_exchange", [True, False])
def test_commit_moves_both_folders_and_clears_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    move, tables, pages = _built(tmp_path)
    if not can_exchange:
        _without_exchange(monkeypatch)
    move.commit(tables, pages)
    assert _read(move) == ["later", "later"]
    assert [path.name for path in sorted(tmp_path.rglob("*"))] == ["processed", "r", "file", "reports", "r", "file"]


@pytest.mark.parametrize("can_exchange", [True, False])
@pytest.mark.parametrize("moved", [0, 1, 2])
def test_recover_finishes_a_move_cut_between_the_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int, can_exchange: bool
) -> None:
    move, tables, pages = _built(tmp_path)
    if not can_exchange:
        _without_exchange(monkeypatch)
    monkeypatch.setattr(Move, "_finish", lambda *_: None)
    move.commit(tables, pages)  # writes the note and is "killed"
    monkeypatch.undo()
    for places in (move.tables, move.pages)[:moved]:
        put_in_place(places.built, places.final)
    move.recover()
    assert _read(move) == ["later", "later"]
    assert not move.note.exists() and not move.tables.workshop.exists() and not move.pages.workshop.exists()


def test_recover_finishes_two_renames_cut_in_the_middle(tmp_path: Path) -> None:
    move, tables, pages = _built(tmp_path)
    move.tables.final.rename(move.tables.workshop / "r.old")
    move.note.write_text(
        f'{{"reports": "{move.pages.final}", "tables": {json.dumps(tables)}, "pages": {json.dumps(pages)}}}',
        encoding="utf-8",
    )
    move.recover()
    assert _read(move) == ["later", "later"]


def test_recover_drops_an_unfinished_report_without_a_note(tmp_path: Path) -> None:
    move, _, _ = _built(tmp_path)
    move.recover()
    assert _read(move) == ["earlier", "earlier"] and not move.pages.workshop.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the one-step exchange is tested on Linux")
def test_folders_are_exchanged_in_one_step(tmp_path: Path) -> None:
    """No reader sees a moment without a whole folder: the two change places."""
    move, _, pages = _built(tmp_path)
    put_in_place(move.pages.built, move.pages.final)
    assert (move.pages.built / "file").read_text(encoding="utf-8") == "earlier"
    assert hashes_in(move.pages.final, [move.pages.final / "file"]) == pages


def test_notes_move_in_even_where_tables_and_pages_stayed_the_same(tmp_path):
    """Else a run whose code alone changed would be repeated for ever."""
    move = Move(Places(tmp_path / "tables"), Places(tmp_path / "pages"))
    for folder, note in ((move.tables.final, "old"), (move.tables.built, "new")):
        (folder / ".run").mkdir(parents=True)
        (folder / "estimates.csv").write_text("same")
        (folder / NOTED).write_text(note)
    for folder in (move.pages.final, move.pages.built):
        folder.mkdir(parents=True)
        (folder / "index.html").write_text("same")
    tables = hashes_in(move.tables.built, [move.tables.built / "estimates.csv"])
    move.commit(tables, hashes_in(move.pages.built, [move.pages.built / "index.html"]))
    assert (move.tables.final / NOTED).read_text() == "new"
    assert not move.tables.workshop.exists()


def test_scratch_of_a_killed_run_is_cleared_and_that_of_a_run_at_work_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead, strange = tmp_path / f"{PREFIX}dead", tmp_path / f"{PREFIX}of-somebody"
    for folder in (dead, strange):
        folder.mkdir()
    (dead / ALIVE).touch()
    (dead / "kernel.json").write_text("{}", encoding="utf-8")
    with scratch_folder() as alive:
        old = time.time() - 3600
        for folder in (dead, strange, alive):
            os.utime(folder, (old, old))
        program = "from report_press import scratch_folder\nwith scratch_folder(): pass"
        subprocess.run([sys.executable, "-c", program], env={"TMPDIR": str(tmp_path)}, check=True)
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([alive.name, strange.name])
    with scratch_folder():
        pass
    assert [path.name for path in tmp_path.iterdir()] == [strange.name]
