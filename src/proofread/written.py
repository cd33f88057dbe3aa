"""Files of a report as they were written, remembered line by line, so that whatever is changed afterwards is found:
words, pictures and tables as well as numbers."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_IN_LINES = (".html", ".csv", ".svg", ".md", ".yml")


def note_written(report: Path, note: Path) -> None:
    """Remember every file of a finished report."""
    files = {path.relative_to(report).as_posix(): _marks(path) for path in _files(report)}
    note.write_text(json.dumps(files, separators=(",", ":")), encoding="utf-8")


def changed_since(report: Path, note: Path) -> Iterator[tuple[str, int, str]]:
    """File, line and description of whatever is not as it was written; nothing where it was not remembered. Files that
    are missing or came later are not looked at."""
    known = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
    for path in _files(report):
        name = path.relative_to(report).as_posix()
        if name in known and (marks := _marks(path)) != known[name]:
            yield from ((name, line, told) for line, told in _changes(path, marks, Counter(known[name])))


def _files(report: Path) -> list[Path]:
    return sorted(path for path in report.rglob("*") if path.is_file() and not path.name.startswith("."))


def _marks(path: Path) -> list[str]:
    content = path.read_bytes()
    lines = content.split(b"\n") if path.suffix in _IN_LINES else [content]
    return [hashlib.blake2b(line, digest_size=5).hexdigest() for line in lines]


def _changes(path: Path, marks: list[str], left: Counter[str]) -> Iterator[tuple[int, str]]:
    if path.suffix not in _IN_LINES:
        yield 0, "the file is not as the report wrote it"
        return
    found = False
    for line, mark in enumerate(marks, start=1):
        if left[mark]:
            left[mark] -= 1
        else:
            found = True
            yield line, "the line is not as the report wrote it"
    if not found:
        yield 0, "lines that the report wrote are missing or stand elsewhere"
