"""What an export holds, whatever tool wrote it: a row of cells per person, and the columns of each question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from .cells import Cell, column_letters, key_of, numbers_of
from .faults import Problem

Part = Literal["reaction", "choice", "pick", "scale", "rank", "response", "upvotes", "entry", "name", "emoji", "score",
               "verbatim", "place"]  # fmt: skip


@dataclass(frozen=True)
class Voters:
    """The `Voters` sheet. `columns[i]` holds the cells below `headers[i]`, one per voter (objects: text or number, ""
    for none); `rows` their row numbers (of several files with the file's name); `numeric` the numbers of those columns
    in which every voter has one. `first` is the sheet's index of the first question column."""

    sheet: str
    first: int
    headers: list[str]
    columns: list[np.ndarray]
    rows: list[Any]
    dates: list[str]
    sessions: list[int]
    numbers: list[int]
    numeric: dict[int, np.ndarray] = field(default_factory=dict)

    @cached_property
    def _filled(self) -> list[tuple[np.ndarray, np.ndarray]]:
        everyone = np.arange(len(self.rows), dtype=np.int32)
        found = []
        for index, column in enumerate(self.columns):
            at = everyone if index in self.numeric else np.flatnonzero(column != "").astype(np.int32)
            found.append((at, column if len(at) == len(column) else column[at]))
        return found

    @cached_property
    def _numbers(self) -> dict[int, np.ndarray]:
        return dict(self.numeric)

    def filled(self, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the voters with a cell in this column, and those cells."""
        return self._filled[column]

    def numbers_in(self, column: int) -> np.ndarray:
        """The number in each filled cell of this column, NaN for text."""
        if column not in self._numbers:
            self._numbers[column] = numbers_of(self.filled(column)[1])
        return self._numbers[column]

    def only(self, chosen: np.ndarray) -> Voters:
        """The sheet with only the chosen voters."""
        at = np.flatnonzero(chosen).tolist()
        return replace(
            self,
            columns=[column[chosen] for column in self.columns],
            rows=[self.rows[i] for i in at],
            dates=[self.dates[i] for i in at],
            sessions=[self.sessions[i] for i in at],
            numbers=[self.numbers[i] for i in at],
            numeric={index: numbers[chosen] for index, numbers in self.numeric.items()},
        )

    def cells(self) -> int:
        """How many question cells are filled."""
        return sum(len(at) for at, _ in self._filled)

    def place(self, column: int, voter: int | None = None) -> str:
        letters = column_letters(self.first + column)
        return f"{self.sheet}, column {letters}" + ("" if voter is None else f", row {self.rows[voter]}")


@dataclass(frozen=True)
class Block:
    """One question or slide as a Session sheet prints it. `table` are its rows, `board` those of the leaderboard that
    follows in a quiz, without empty cells at their ends."""

    kind: str
    number: int
    date: str
    session: int
    type: str
    title: str
    respondents: int | None
    table: list[list[Cell]]
    sheet: str
    row: int
    board: list[list[Cell]] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"{self.sheet}, {self.kind} {self.number} (row {self.row})"


@dataclass(frozen=True)
class Use:
    """One `Voters` column of a question: its index, what its cells are, the option or statement it belongs to, and its
    place among several of one voter (1, 2, …; 0 where there is one). `mark`: what stands between several answers in one
    cell. A `place` holds the option that somebody ranked in this `order`."""

    column: int
    part: Part
    item: str = ""
    order: int = 0
    mark: str = ""


@dataclass
class Plan:
    """One question over all sessions: the deck is the same in each, so the blocks of one number are one question.
    `only_chosen`: the items are those somebody chose, since the file does not print what could be chosen; `likely` is
    the type they look like, `alone` counts answers that one person alone gave, which may be words of their own."""

    number: int
    type: str
    title: str
    blocks: list[Block] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    only_chosen: bool = False
    likely: str = ""
    alone: int = 0

    @property
    def key(self) -> str:
        return key_of(self.title)

    @property
    def has_votes(self) -> bool:
        return any(block.respondents != 0 for block in self.blocks)

    @property
    def place(self) -> str:
        return self.blocks[0].place if self.blocks else f"question {self.number}"


@dataclass(frozen=True)
class Export:
    """What an export holds. `generation` is the tool's form of file, `left` the columns that no question takes, `lost`
    the question cells of rows that could not be given to a person; `silent` counts cells with a sign for no answer;
    `audience` are questions that people asked."""

    path: Path
    generation: str
    voters: Voters
    questions: list[Plan]
    audience: list[Sequence[Cell]]
    problems: list[Problem]
    lost: int
    blocks: list[Block]
    left: list[int] = field(default_factory=list)
    tool: str = "Mentimeter"
    silent: int = 0
    sheets: list[str] = field(default_factory=list)

    @property
    def sessions(self) -> list[int]:
        return sorted({*self.voters.sessions, *(block.session for block in self.blocks)})
