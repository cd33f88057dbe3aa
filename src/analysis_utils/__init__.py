"""From a live poll and workshop notes to findings: the names for analysts. docs/workbench.md shows them at work.

They are loaded when they are first used, so that opening a notebook or asking the command line for help waits for
nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .estimators.workbench import (
        agreement,
        compare_groups,
        counting_rules,
        estimate,
        if_alike,
        pair_tests,
        rank_sets,
    )
    from .measure.opened import changes, open_round
    from .measure.publication import publish
    from .pages import bars, claim, dots, grid, say, slope, stacked, table
    from .pages.evidence import open_published
    from .pages.html import show

__version__ = "0.1.0"
__all__ = [
    "agreement",
    "bars",
    "changes",
    "claim",
    "compare_groups",
    "counting_rules",
    "dots",
    "estimate",
    "grid",
    "if_alike",
    "open_published",
    "open_round",
    "pair_tests",
    "publish",
    "rank_sets",
    "say",
    "show",
    "slope",
    "stacked",
    "table",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ROOMS.get(name, ".estimators.workbench"), __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


_ROOMS = {
    "changes": ".measure.opened",
    "open_round": ".measure.opened",
    "publish": ".measure.publication",
    "open_published": ".pages.evidence",
    "show": ".pages.html",
    **dict.fromkeys(("bars", "claim", "dots", "grid", "say", "slope", "stacked", "table"), ".pages"),
}
