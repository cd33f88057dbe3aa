"""Exports of Mentimeter: their layout, which columns belong to which question, and whether printed sums agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..containers import Sheet
from ..export import Export, Plan
from ..faults import Problem
from .checks import check_blocks
from .joining import guessed_plans, join, plans_of, slides
from .layout import is_meant, laid_out

__all__ = ["is_meant", "read"]


def read(path: Path, sheets: list[Sheet], problems: list[Problem], declared: Sequence[Plan], guess: bool) -> Export:
    """The export in these sheets; `declared` and `guess` as in `poll_exports.read`. Raises: FileError."""
    export = laid_out(path, sheets, problems)
    plans = plans_of(export.blocks)
    present = {plan.key for plan in plans}
    wanted = [plan for plan in declared if plan.key not in present]
    left, found = join(export, plans, wanted) if plans or wanted else ([*range(len(export.voters.headers))], [])
    plans += [plan for plan in wanted if plan.uses]
    if not export.blocks:
        others = guessed_plans(export, left) if guess else slides(export, left)
        taken = {use.column for plan in others for use in plan.uses}
        places = {export.voters.place(column) for column in taken}
        found = [problem for problem in found if problem.rule != "column_unmatched" or problem.place not in places]
        if guess:
            message = (
                "expected Session sheets beside it, saw none: types were guessed from the headers and answers of "
                "unknown types kept verbatim; with a round, round.yml says the types"
            )
            seen = f"{len(export.voters.headers)} columns"
            found.append(Problem("no_session_sheet", export.voters.sheet, message, seen))
        plans, left = [*plans, *others], [column for column in left if column not in taken]
    problems = [*export.problems, *found, *check_blocks(export, plans)]
    return replace(export, questions=plans, left=left, problems=problems)
