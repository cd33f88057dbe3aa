"""Any table with one row per person, of which somebody says what its columns are: paper ballots, unknown tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from .cells import shown
from .containers import Sheet
from .export import Export, Plan, Use
from .faults import FileError, Problem
from .flat import Rows, head, plain

TOOL = "no known tool"
NONE_OF_THEM = "none of them"
"""What `FileError.saw` says where a table has no heading that was named."""


@dataclass(frozen=True)
class Named:
    """What a column is: a question (none: it is left out), and the option, statement or rank its cells are of."""

    title: str = ""
    type: str = "unknown"
    item: str = ""
    order: int = 0


def read(
    path: Path, sheets: list[Sheet], problems: list[Problem], columns: Mapping[str, Named], whole: bool = True
) -> Export:
    """The table with these `columns`, by heading. Raises: FileError where a heading is missing (one of them if the
    table is to hold the `whole` of them, else all), stands twice, or has cells and is not among them."""
    wanted = {plain(heading): named for heading, named in columns.items()}
    rows = Rows(path, TOOL, headed(path, sheets, set(wanted)))
    rows.problems += problems
    known = [heading for heading in rows.headings if heading]
    if not whole and not set(known) & set(wanted):
        raise FileError(path, "columns that are named under columns in round.yml", NONE_OF_THEM, rows.sheet.title)
    for heading in wanted if whole else [one for one in wanted if one in known]:
        if known.count(heading) != 1:
            saw = "no such column" if heading not in known else "two of them"
            remedy = "give each column a heading of its own" if heading in known else _nearest(heading, known)
            raise FileError(path, f"a column “{shown(heading)}”", saw, rows.sheet.title, remedy)
    plans: dict[str, Plan] = {}
    ticked: dict[str, list[tuple[int, str]]] = {}
    for column, heading in enumerate(rows.headings):
        named = wanted.get(heading)
        if named is None:
            if rows.filled(column):
                remedy = f"write “{shown(heading)}: left_out” there, or the question it is; {_nearest(heading, wanted)}"
                raise FileError(path, "every column to be named under columns in round.yml", f"“{shown(heading)}”",
                                f"{rows.sheet.title}, row {rows.sheet.numbers[0]}", remedy.strip("; "))  # fmt: skip
        elif not named.title:
            rows.leave([column])
        else:
            plan = plans.setdefault(named.title, Plan(len(plans) + 1, named.type, named.title))
            if named.type == "choices" and named.item:
                ticked.setdefault(named.title, []).append((column, named.item))
            else:
                place = Use(column, "place", order=named.order)
                plan.uses.append(place if named.order else replace(rows.use(column), item=named.item))
    for title, own in ticked.items():
        plans[title].uses += rows.ticks(own)
    rows.questions = list(plans.values())
    return rows.export()


def headed(path: Path, sheets: list[Sheet], wanted: set[str]) -> Sheet:
    """The sheet from its row of headings on: the one that holds most of those wanted, else the first with two cells."""
    found = [
        (len(wanted & set(names)), -at, -number, replace(sheet, rows=sheet.rows[at:], numbers=sheet.numbers[at:]))
        for number, sheet in enumerate(sheets)
        for at in range(min(len(sheet.rows), 30))
        if len(names := [name for name in head(replace(sheet, rows=sheet.rows[at : at + 1])) if name]) > (not wanted)
    ]
    if not found:
        raise FileError(path, "a table with headings in a row and a row per person", "none")
    return max(found, key=lambda one: one[:3] if wanted else (one[2], one[1]))[3]


def _nearest(heading: str, known: Sequence[str] | Mapping[str, Named]) -> str:
    found = get_close_matches(heading, list(known), n=1, cutoff=0.5)
    return f"the nearest is “{shown(found[0])}”" if found else ""
