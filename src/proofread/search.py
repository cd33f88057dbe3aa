"""Finished files against what must not be in them. A finding names file, place and rule, never what was found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from .unpack import Explained, Piece, Unpacker, traces, without_tags

RUN = 5
"""Words in a row that count as a quotation; a shorter text must be found whole."""
FEWEST = 5
"""Answers in a row that make a column of raw data."""
FEWEST_AMONG_OTHERS = 12
"""The same for answers among other numbers, in any order: some ranks or counts in a row equal those of six people in
about every second report."""
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


_TOKEN = re.compile(r"(?<![\w.,])\w+(?!\w|[.,]\d)")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass
class Secrets:
    """`runs`: five words of a text each; `phrases`: shorter texts whole; `codes`: words of a person's own making;
    `ballots`: the numbers one person gave, in a fixed order; `columns`: sorted answers to one item, by how many;
    `means`: withheld means to six decimals, with the names of their groups; `withheld_keys`: names of rows that no
    `<data>` element may show; `published`: what is no secret."""

    runs: set[str] = field(default_factory=set)
    phrases: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    ballots: set[tuple[float, ...]] = field(default_factory=set)
    columns: dict[int, set[tuple[float, ...]]] = field(default_factory=dict)
    means: dict[float, set[str]] = field(default_factory=dict)
    withheld_keys: set[str] = field(default_factory=set)
    published: Explained = field(default_factory=Explained)

    @cached_property
    def _first(self) -> set[str]:
        return {run.partition(" ")[0] for run in self.runs}

    @cached_property
    def _by_size(self) -> dict[int, tuple[set[float], set[tuple[float, ...]]]]:
        """By their length: the sums of ballots, and ballots in order of size."""
        sizes = {len(ballot) for ballot in self.ballots}
        of_size = {size: [one for one in self.ballots if len(one) == size] for size in sizes if size > 2}
        return {size: ({*map(sum, own)}, {tuple(sorted(one)) for one in own}) for size, own in of_size.items()}

    def in_words(self, found: list[str]) -> bool:
        """Whether words in a row are somebody's."""
        starts = (at for at, word in enumerate(found) if word in self._first)
        if any(" ".join(found[at : at + RUN]) in self.runs for at in starts):
            return True
        whole = f" {' '.join(found)} " if self.phrases else ""
        return any(f" {phrase} " in whole for phrase in self.phrases)

    def has_ballot(self, numbers: np.ndarray) -> bool:
        """Whether numbers in a row are somebody's ballot. Two items or fewer make no ballot that could be told
        apart."""
        for size, (totals, in_order) in self._by_size.items():
            for start in range(len(numbers) - size + 1):
                window = numbers[start : start + size]
                if window.sum() not in totals or self.published.explains(window):
                    continue
                is_whole = len(numbers) == size and tuple(sorted(window.tolist())) in in_order
                if is_whole or tuple(window.tolist()) in self.ballots:
                    return True
        return False

    def has_column(self, numbers: np.ndarray) -> bool:
        """Whether numbers in a row are the answers of single people, in any order."""
        for size, columns in self.columns.items():
            if len(numbers) < max(size, FEWEST) or (len(numbers) > size and size < FEWEST_AMONG_OTHERS):
                continue
            sums = {round(sum(column), 6) for column in columns}
            ends = np.concatenate([[0.0], np.cumsum(numbers)])
            for start in np.flatnonzero(np.isin(np.round(ends[size:] - ends[:-size], 6), list(sums))).tolist():
                if tuple(np.sort(numbers[start : start + size]).tolist()) in columns:
                    return True
        return False


def words(text: str) -> list[str]:
    """Words in small letters, numbers left out; soft hyphens and other ways to write the same letter are made one."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold())


def tokens(text: str) -> set[str]:
    """Runs of letters and digits in small letters, and each with the next one; no part of a decimal number."""
    found = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    return {*found, *map("".join, pairwise(found))}


@dataclass(frozen=True, order=True)
class Finding:
    file: str
    place: str
    rule: str

    def __str__(self) -> str:
        return f"{self.file}: {self.rule} ({self.place})"


def search_files(
    paths: Iterable[Path], secrets: Secrets, *, root: Path | None = None, assets: Sequence[str] = ()
) -> list[Finding]:
    """Findings in files and folders (searched through), sorted; no file is changed. `root` shortens the names shown;
    `assets` are large scripts that pages embed unchanged, in which there is nothing to find.

    Raises: FileNotFoundError.
    """
    found: set[Finding] = set()
    known: dict[int, set[str]] = {}
    unpacker = Unpacker(secrets.published, assets)
    for path in _files(paths):
        name = str(path.relative_to(root)) if root and path.is_relative_to(root) else str(path)
        folder = Path(name).parent.as_posix() or "."
        if secrets.in_words(words(path.name)):
            found.add(Finding(folder, "file name", "words of a participant"))
        if secrets.codes & tokens(path.stem):
            found.add(Finding(folder, "file name", "a person's code"))
        for piece in unpacker.pieces(path.read_bytes()):
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
            raise FileNotFoundError(str(path))


def search_piece(piece: Piece, secrets: Secrets) -> set[str]:
    """Rules that one piece breaks."""
    text = piece.text
    seen = [words(text), *([words(without_tags(text))] if "<" in text else [])]
    broken = {
        "words of a participant": any(map(secrets.in_words, seen)),
        "a person's code": bool(secrets.codes) and not secrets.codes.isdisjoint(tokens(text)),
        "a chart made of single answers": bool(OF_ROWS & set(traces(_OWN_CHARTS.sub("", text)))),
        "a withheld value": not secrets.withheld_keys.isdisjoint(_SHOWN.findall(text)) or _has_mean(text, secrets),
        piece.fault: bool(piece.fault),
    }
    for numbers in piece.numbers:
        if len(numbers) > 1 and not is_steady(numbers) and not secrets.published.explains(numbers):
            broken["a ballot"] = broken.get("a ballot") or secrets.has_ballot(numbers)
            rows = "answers of single people in a row"
            broken[rows] = broken.get(rows) or secrets.has_column(numbers)
    return {rule for rule, is_broken in broken.items() if is_broken}


def _has_mean(text: str, secrets: Secrets) -> bool:
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


def is_steady(numbers: np.ndarray) -> bool:
    """Whether an array is a plain scale (1, 2, 3 …): ticks, places, indices."""
    return len(numbers) > 1 and len({round(b - a, 9) for a, b in pairwise(numbers.tolist())}) == 1
