"""Damage to exports: the things people and programs do to a workbook before it is read."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

Rows = list[list[Any]]
Content = list[tuple[str, Rows]]
OTHER_CELLS = ("", "Thumbs up", "?", 0, -1, 1.5, 110, "1", "12,5", "N/A", "=1+1", "-5", "\u202eabc", "a\nb", True)


def mutate(content: Content, rng: random.Random) -> Content:
    """The sheets after one to three random changes."""
    content = [(name, [list(row) for row in rows]) for name, rows in content]
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        rng.choice(MUTATIONS)(content, rng)
    return content


def _sheet(content: Content, rng: random.Random) -> Rows:
    sheets = [rows for _, rows in content if rows]
    return rng.choice(sheets) if sheets else []


def _row(rows: Rows, rng: random.Random) -> int:
    return rng.randrange(len(rows)) if rows else 0


def _drop_row(content: Content, rng: random.Random) -> None:
    rows = _sheet(content, rng)
    del rows[_row(rows, rng) :][:1]
    if rows:
        rows.pop(_row(rows, rng))


def _repeat_row(content: Content, rng: random.Random) -> None:
    rows = _sheet(content, rng)
    if rows:
        rows.insert(_row(rows, rng), list(rng.choice(rows)))


def _swap_rows(content: Content, rng: random.Random) -> None:
    rows = _sheet(content, rng)
    if rows:
        a, b = _row(rows, rng), _row(rows, rng)
        rows[a], rows[b] = rows[b], rows[a]


def _blank_row(content: Content, rng: random.Random) -> None:
    rows = _sheet(content, rng)
    if rows:
        rows[_row(rows, rng)] = []


def _columns(content: Content, rng: random.Random, change: Callable[[list, int, int], None]) -> None:
    rows = _sheet(content, rng)
    width = max((len(row) for row in rows), default=0)
    if width:
        a, b = rng.randrange(width), rng.randrange(width)
        for row in rows:
            row += [""] * (width - len(row))
            change(row, a, b)


def _drop_column(content: Content, rng: random.Random) -> None:
    _columns(content, rng, lambda row, a, b: row.pop(a))


def _repeat_column(content: Content, rng: random.Random) -> None:
    _columns(content, rng, lambda row, a, b: row.insert(a, row[b]))


def _swap_columns(content: Content, rng: random.Random) -> None:
    def swap(row: list, a: int, b: int) -> None:
        row[a], row[b] = row[b], row[a]

    _columns(content, rng, swap)


def _blank_column(content: Content, rng: random.Random) -> None:
    _columns(content, rng, lambda row, a, b: row.__setitem__(a, ""))


def _cell(content: Content, rng: random.Random, change: Callable[[Any], Any]) -> None:
    rows = [row for row in _sheet(content, rng) if row]
    if rows:
        row = rng.choice(rows)
        at = rng.randrange(len(row))
        row[at] = change(row[at])


def _blank_cell(content: Content, rng: random.Random) -> None:
    _cell(content, rng, lambda cell: "")


def _other_cell(content: Content, rng: random.Random) -> None:
    _cell(content, rng, lambda cell: rng.choice(OTHER_CELLS))


def _retype_cell(content: Content, rng: random.Random) -> None:
    _cell(content, rng, lambda cell: f" {cell}" if isinstance(cell, str) else str(cell))


def _swap_cells(content: Content, rng: random.Random) -> None:
    rows = [row for row in _sheet(content, rng) if row]
    if rows:
        one, other = rng.choice(rows), rng.choice(rows)
        a, b = rng.randrange(len(one)), rng.randrange(len(other))
        one[a], other[b] = other[b], one[a]


def _blocks(rows: Rows) -> list[int]:
    return [i for i, row in enumerate(rows) if row and str(row[0]).startswith(("Question ", "Slide "))]


def _block(content: Content, rng: random.Random) -> tuple[Rows, int, int]:
    sheets = [rows for _, rows in content if _blocks(rows)]
    if not sheets:
        return [], 0, 0
    rows = rng.choice(sheets)
    starts = [*_blocks(rows), len(rows)]
    at = rng.randrange(len(starts) - 1)
    return rows, starts[at], starts[at + 1]


def _drop_block(content: Content, rng: random.Random) -> None:
    rows, start, end = _block(content, rng)
    del rows[start:end]


def _repeat_block(content: Content, rng: random.Random) -> None:
    rows, start, end = _block(content, rng)
    rows[end:end] = [list(row) for row in rows[start:end]]


def _move_block(content: Content, rng: random.Random) -> None:
    rows, start, end = _block(content, rng)
    block = rows[start:end]
    del rows[start:end]
    rows[0:0] = block


def _retype_block(content: Content, rng: random.Random) -> None:
    rows, start, end = _block(content, rng)
    for row in rows[start:end]:
        if row and row[0] == "Type":
            row[1:2] = [rng.choice(("choices", "scales", "open", "quiz", "ranking", "slide", "pin_on_image", ""))]


def _drop_sheet(content: Content, rng: random.Random) -> None:
    content.pop(rng.randrange(len(content)) if content else 0) if len(content) > 1 else None


def _repeat_sheet(content: Content, rng: random.Random) -> None:
    _, rows = rng.choice(content)
    content.append((f"Copy {len(content)}", copy.deepcopy(rows)))


MUTATIONS = (
    _drop_row, _repeat_row, _swap_rows, _blank_row, _drop_column, _repeat_column, _swap_columns, _blank_column,
    _blank_cell, _other_cell, _other_cell, _retype_cell, _swap_cells, _drop_block, _repeat_block, _move_block,
    _retype_block, _drop_sheet, _repeat_sheet,
)  # fmt: skip
