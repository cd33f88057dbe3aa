"""Finished files against what must not be in them. A finding names file, place and rule, never what was found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DataError
from .known import FEWEST, FEWEST_AMONG_OTHERS, Secrets, is_steady, tokens, words
from .unpack import Piece, traces, unpack, without_tags

OF_ROWS = {"box", "violin", "histogram", "histogram2d", "histogram2dcontour", "splom", "parcoords", "parcats"}
"""Plotly traces that embed one value per person."""
NEAR = 200
"""Letters around a number in which the name of a group makes it that group's."""
_DECIMAL = re.compile(r"(?<![\w.])-?\d+[.,]\d{4,}(?![\w])")
_VALUE = re.compile(r'<data\b[^>]*?value="([^"]+)"')
_DRAWN = re.compile(r"<(script|style|svg)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_LISTED = re.compile(r"\[[^\[\]]*\]")
# Charts of notebooks behind the wall: whatever kind they are, nobody's answers are in them.
_OWN_CHARTS = re.compile(r'<script type="application/json" id="own-charts">.*?</script>', re.DOTALL)
_SHOWN = re.compile(r'<data\b[^>]*data-key="([^"]+)"')


@dataclass(frozen=True, order=True)
class Finding:
    file: str
    place: str
    rule: str

    def __str__(self) -> str:
        return f"{self.file}: {self.rule} ({self.place})"


def search_files(paths: Iterable[Path], secrets: Secrets, *, root: Path | None = None) -> list[Finding]:
    """Findings in files and folders (searched through), sorted; no file is changed. `root` shortens the names shown."""
    found: set[Finding] = set()
    known: dict[int, set[str]] = {}
    seen: set[bytes] = set()
    for path in _files(paths):
        name = str(path.relative_to(root)) if root and path.is_relative_to(root) else str(path)
        codes = ["a person's code"] if secrets.codes & tokens(path.stem) else []
        for rule in [*_in_text(words(path.name), secrets), *codes]:
            found.add(Finding(Path(name).parent.as_posix() or ".", "file name", rule))
        for piece in unpack(path.read_bytes(), "", seen=seen, but=secrets.published):
            place = piece.place.lstrip(", ") or "text"
            key = hash((piece.text, piece.fault, *(numbers.tobytes() for numbers in piece.numbers)))
            if key not in known:
                known[key] = search_piece(piece, secrets)
            found |= {Finding(name, place, rule) for rule in known[key]}
    return sorted(found)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (file for file in sorted(path.rglob("*")) if file.is_file())
        elif path.is_file():
            yield path
        else:
            raise DataError("leakcheck", "files or folders that exist", "none", at=str(path))


def search_piece(piece: Piece, secrets: Secrets) -> set[str]:
    """Rules that one piece breaks."""
    found = set(_in_text(words(piece.text), secrets))
    if "<" in piece.text:
        found |= set(_in_text(words(without_tags(piece.text)), secrets))
    if secrets.codes and not secrets.codes.isdisjoint(tokens(piece.text)):
        found.add("a person's code")
    if OF_ROWS & set(traces(_OWN_CHARTS.sub("", piece.text))):
        found.add("a chart made of single answers")
    if any(key in secrets.withheld_keys for key in _SHOWN.findall(piece.text)):
        found.add("a withheld value")
    if _has_decimal(piece.text, secrets):
        found.add("a withheld value")
    for numbers in piece.numbers:
        found |= set(_in_numbers(numbers, secrets))
    return found | ({piece.fault} if piece.fault else set())


def _in_text(found: list[str], secrets: Secrets) -> Iterator[str]:
    if secrets.has_run(found):
        yield "words of a participant"
        return
    if secrets.phrases:
        whole = f" {' '.join(found)} "
        if any(f" {phrase} " in whole for phrase in secrets.phrases):
            yield "words of a participant"


def _has_decimal(text: str, secrets: Secrets) -> bool:
    """Whether a withheld mean stands in the text beside the name of its group; charts and drawings are left out, whose
    lengths and coordinates may be equal to it by chance."""
    if not secrets.means:
        return False
    if "<" in text:
        text = " ".join([*_VALUE.findall(text), without_tags(_DRAWN.sub(" ", text))])
    text = _LISTED.sub(" ", text)
    for found in _DECIMAL.finditer(text):
        names = secrets.means.get(round(float(found[0].replace(",", ".")), 6), set())
        near = text[max(0, found.start() - NEAR) : found.end() + NEAR]
        if any(name in near for name in names):
            return True
    return False


def _in_numbers(numbers: np.ndarray, secrets: Secrets) -> Iterator[str]:
    if len(numbers) < 2 or is_steady(numbers) or secrets.published.explains(numbers):
        return
    for size in {len(ballot) for ballot in secrets.ballots}:
        if _has_ballot(numbers, size, secrets):
            yield "a ballot"
    if len(numbers) >= FEWEST and any(_has_column(numbers, size, secrets) for size in secrets.columns):
        yield "answers of single people in a row"


def _has_ballot(numbers: np.ndarray, size: int, secrets: Secrets) -> bool:
    """Whether numbers in a row are somebody's ballot. Two areas or fewer make no ballot that could be told apart."""
    if size < 3:
        return False
    totals = {sum(ballot) for ballot in secrets.ballots if len(ballot) == size}
    for start in range(len(numbers) - size + 1):
        window = numbers[start : start + size]
        if window.sum() not in totals:
            continue
        if secrets.published.explains(window):
            continue
        if tuple(window.tolist()) in secrets.ballots:
            return True
        if len(numbers) == size and tuple(sorted(window.tolist())) in _sorted_ballots(secrets):
            return True
    return False


def _sorted_ballots(secrets: Secrets) -> set[tuple[float, ...]]:
    return {tuple(sorted(ballot)) for ballot in secrets.ballots}


def _has_column(numbers: np.ndarray, size: int, secrets: Secrets) -> bool:
    if len(numbers) < size or (len(numbers) > size and size < FEWEST_AMONG_OTHERS):
        return False
    sums = {round(sum(column), 6) for column in secrets.columns[size]}
    ends = np.concatenate([[0.0], np.cumsum(numbers)])
    for start in np.flatnonzero(np.isin(np.round(ends[size:] - ends[:-size], 6), list(sums))).tolist():
        if tuple(np.sort(numbers[start : start + size]).tolist()) in secrets.columns[size]:
            return True
    return False
