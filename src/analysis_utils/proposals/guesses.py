"""What an export alone lets one guess about its questions: type, scale and, without Session sheets, where each begins.

Guesses are for a proposal that an analyst confirms. Cells are looked at only for their kind: whole numbers, parts of a
sum, ranks. What anybody wrote is never kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import numpy as np

from poll_exports import Export, Plan, Use, clean, parts_of, text_of, whole_column, whole_of

from ..rounds import NO_ANSWER, Question, normalise, value_in
from .options import same_words

Cells = Literal["points", "ranking", "numbers", "text"]
_POINTS = re.compile(r"100\s*(points|punkte)|prioriti", re.IGNORECASE)
_ENDS = re.compile(r"(\d+)\s*=\s*([^,;]+?)\s*[,;]\s*(\d+)\s*=\s*([^,;]+?)\s*$")


_NO_ANSWER = re.compile(
    r"(das )?(weiß|weiss) (ich )?nicht|keine (angabe|antwort|meinung|ahnung)|k\. ?a\.?|enthaltung|nicht beurteilbar"
    r"|kann ich nicht (beurteilen|sagen|einschätzen)|möchte ich nicht (sagen|angeben|beantworten)|n/?a|not sure"
    r"|(i )?(don'?t|do not) know|no (answer|opinion)|prefer not to (say|answer)",
    re.IGNORECASE,
)
_FAMILIES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        "stimm|einverstanden", "triff|zutreffend", "zufrieden", "wichtig", "wahrscheinlich", "stark|schwach|gar nicht",
        r"\bgut|schlecht", "hilfreich|nützlich", "sinnvoll", "agree", "likely", "satisf", "important", "good|poor|bad",
        r"\bnie\b|selten|manchmal|\boft|häufig|immer", "never|rarely|sometimes|often|always", "dafür|dagegen",
        "unterstütz|lehne", "hoch|niedrig|gering", "sicher",
    )
]  # fmt: skip
_NEGATIVE = re.compile(
    r"nicht|\bkein|\bun(zufrieden|wichtig|wahrscheinlich|sicher)|\bnie\b|schlecht|schwach|lehne|dagegen|\bdis|\bnot\b|never"
    r"|poor|\bbad|gering|niedrig|unlikely|unimportant|\bno\b|low",
    re.IGNORECASE,
)
_NO_OPINION = re.compile(r"\balter|wie alt|jahre|wie viele|anzahl|how (old|many)|\bage\b|dauer|stunden", re.IGNORECASE)
MOST_STEPS = 101


def labels_of(items: Sequence[str]) -> dict[str, int | str]:
    """The value of each label, or `no_answer`, where options are steps of a scale; empty where they are none.

    Labels name their values (all, or those at the ends), or are words of one kind from a negative to a positive end.
    Values begin at 1 or below and follow each other: ages and years are no scale.
    """
    named = [normalise(clean(item)) for item in items if clean(item).strip()]
    steps = [label for label in named if not _NO_ANSWER.fullmatch(label)]
    found = [value_in(label) for label in steps]
    values = _steps([one[0] if one else None for one in found])
    words = {one[1].casefold()[:4] for one in found if one and one[1]}
    if values and len(steps) > 2 and len(words) == 1 and all(one and one[1] for one in found):
        return {}  # a unit: 1 Tag, 2 Tage
    values = values or _verbal(steps)
    if not 3 <= len(values) <= MOST_STEPS:
        return {}
    by_label: dict[str, int | str] = dict(zip(steps, values, strict=True))
    return {label: by_label.get(label, NO_ANSWER) for label in named}


def _steps(values: list[int | None]) -> list[int]:
    """Values of all labels where they follow each other, those between named ends counted."""
    if len(values) < 3 or values[0] is None or values[-1] is None:
        return []
    first, last = values[0], values[-1]
    if not any(value is not None for value in values[1:-1]) and abs(last - first) == len(values) - 1:
        step = 1 if last > first else -1
        return list(range(first, last + step, step)) if min(first, last) <= 1 else []
    known = [value for value in values if value is not None]
    is_run = len(known) == len(values) and sorted(known) == list(range(min(known), min(known) + len(known)))
    return known if is_run and min(known) <= 1 else []


def _verbal(steps: list[str]) -> list[int]:
    """1 for the negative end, counted up to the other; empty where the words are of no one kind or have no such end."""
    if not 3 <= len(steps) <= 11:
        return []
    ends = [bool(_NEGATIVE.search(steps[0])), bool(_NEGATIVE.search(steps[-1]))]
    family = next((f for f in _FAMILIES if f.search(steps[0]) and f.search(steps[-1])), None)
    if family is None or ends[0] == ends[1] or sum(bool(family.search(step)) for step in steps) < 0.6 * len(steps):
        return []
    upwards = list(range(1, len(steps) + 1))
    return upwards if ends[0] else upwards[::-1]


def is_opinion(wording: str) -> bool:
    """Whether a scale may be one of agreement: not of ages, numbers or lengths of time."""
    return not _NO_OPINION.search(wording)


@dataclass(frozen=True)
class Asked:
    """One question as an export has it: a plan, or one of the statements (`several`) that a plan rates."""

    export: Export
    plan: Plan
    wording: str
    statement: str
    several: bool


def asked_in(export: Export) -> list[Asked]:
    """Every question of the export but content slides, in its order."""
    found = []
    for plan in export.questions if export.blocks else _without_blocks(export):
        if plan.type == "slide":
            continue
        statements = [normalise(clean(item)) for item in plan.items] if plan.type == "scales" else _rated(export, plan)
        for statement in statements or [""]:
            wording = normalise(clean(plan.title)) or f"Frage {plan.number}"
            found.append(Asked(export, plan, wording, statement, len(statements) > 1))
    return found


def _rated(export: Export, plan: Plan) -> list[str]:
    """The statements of a grid that another tool asked, of which each is a question."""
    is_grid = plan.type == "unknown" and export.tool != "Mentimeter"
    is_grid = is_grid and cells_of(export, plan) not in ("points", "ranking")
    return [normalise(clean(use.item)) for use in plan.uses if use.item] if is_grid else []


def _without_blocks(export: Export) -> list[Plan]:
    """Questions of a lone `Voters` sheet: those of the earlier round, and what runs of headers and cells give away. Of
    other tools: what each column tells."""
    if export.tool != "Mentimeter":
        for plan in export.questions:
            if not plan.items:
                plan.items, plan.likely, plan.alone = _offered(export, plan)
                plan.only_chosen = True
        return export.questions
    for plan in export.questions:
        if plan.type == "choices":
            plan.items = _distinct(export, plan)
    return sorted(_runs(export, export.questions), key=lambda plan: min((use.column for use in plan.uses), default=0))


def _distinct(export: Export, plan: Plan) -> list[str]:
    """The options people chose in a question known to offer options."""
    cells = [cell for use in plan.uses for cell in export.voters.filled(use.column)[1]]
    return list(dict.fromkeys(text_of(cell) for cell in cells))


_USUAL = {"ja", "nein", "yes", "no", "unsicher", "uncertain", "sonstiges", "other", "männlich", "weiblich", "divers"}


def _is_nobodys(label: str) -> bool:
    """Whether a label is so usual that it cannot be somebody's own words."""
    return label.casefold() in _USUAL or bool(_NO_ANSWER.fullmatch(label))


def _offered(export: Export, plan: Plan) -> tuple[list[str], str, int]:
    """The options people chose, the type they look like, and how many answers one person alone gave: these may be
    words of that person and are not proposed. Steps of a scale, and what the tool itself offered, come whole."""
    cells = [text_of(cell) for use in plan.uses for cell in export.voters.filled(use.column)[1]]
    marks = {use.mark for use in plan.uses} - {""}
    mark = marks.pop() if len(marks) == 1 else ""
    whole = Counter(normalise(clean(cell)) for cell in cells)
    lists = [parts_of(cell, mark) for cell in cells] if mark else []
    parts = Counter(part for own in lists for part in own)
    if plan.type in ("choices", "ranking"):
        return in_order([*(parts or whole)]), plan.type, 0
    if cells_of(export, plan) != "text":
        return [], "", 0
    if len(lists) > 1 and len(parts) > 1 and {tuple(sorted(own)) for own in lists} == {tuple(sorted(parts))}:
        return in_order([*parts]), "ranking", 0
    if labels_of(in_order([*whole])):
        return in_order([*whole]), "scale", 0
    is_list = parts.total() > len(cells) or (mark and all(cell.rstrip().endswith(mark) for cell in cells))
    for kind, counts in (("multiple_choice", parts), ("single_choice", whole)):
        common = [one for one, count in counts.items() if (count > 1 or _is_nobodys(one)) and len(one) <= 120]
        share = sum(counts[label] for label in common)
        is_other = kind == "multiple_choice" and not (is_list and len(common) <= len(whole) + 1)
        if common and not is_other and len(common) <= 20 and share >= 0.6 * counts.total():
            return in_order(common), kind, counts.total() - share
    return [], "open" if cells else "", 0


def _runs(export: Export, plans: list[Plan]) -> list[Plan]:
    """Neighbouring columns of unknown type with one title before a colon, as one question."""
    found: list[Plan] = []
    for (is_unknown, title), group in groupby(plans, key=lambda plan: (plan.type == "unknown", _head(export, plan))):
        own = list(group)
        if not is_unknown or not title:
            found += own
            continue
        columns = [use.column for plan in own for use in plan.uses]
        items = [export.voters.headers[column][len(title) + 1 :] for column in columns]
        uses = [Use(column, "verbatim", item) for column, item in zip(columns, items, strict=True)]
        run = Plan(own[0].number, "unknown", title, items=items, uses=uses)
        if all(item.strip().isdigit() for item in items) and cells_of(export, run) == "text":
            uses = [Use(use.column, "pick", order=place) for place, use in enumerate(uses, start=1)]
            run = Plan(run.number, "choices", title, uses=uses)
            run.items = _distinct(export, run)
        elif cells_of(export, run) == "numbers":
            run.type = "scales"
        found.append(run)
    return found


def _head(export: Export, plan: Plan) -> str:
    """What stands before the first colon with a blank behind it; empty where there is none."""
    header = export.voters.headers[plan.uses[0].column] if plan.uses else ""
    head, colon, rest = header.partition(": ")
    return head if colon and rest.strip() else ""


def cells_of(export: Export, plan: Plan) -> Cells:
    """What the cells of a question's columns are: parts of a sum, ranks, other whole numbers, or text."""
    columns = [whole_column(export.voters.columns[use.column]) for use in plan.uses]
    filled = [export.voters.columns[use.column] != "" for use in plan.uses]
    if not columns or not any(f.any() for f in filled):
        return "text"
    if any(np.isnan(c[f]).any() for c, f in zip(columns, filled, strict=True)):
        return "text"
    table, has_cell = np.vstack(columns), np.vstack(filled)
    rows = has_cell.any(axis=0)
    sums = np.nansum(table[:, rows], axis=0)
    if len(columns) > 1 and np.mean(sums == 100) > 0.8:
        return "points"
    several = has_cell[:, rows].sum(axis=0)
    is_ranks = (sums == several * (several + 1) / 2) & (np.nanmax(table[:, rows], axis=0) == several)
    return "ranking" if len(columns) > 1 and np.mean(is_ranks) > 0.8 and several.max() > 1 else "numbers"


def total_of(export: Export, plan: Plan) -> int:
    """The sum that most people gave."""
    table = np.vstack([export.voters.columns[use.column] for use in plan.uses])
    sums = [sum(whole_of(cell) or 0 for cell in person) for person in table.T]
    given = [total for total in sums if total > 0]
    return max(set(given), key=given.count) if given else 100


def fitting_types(export: Export, plan: Plan) -> tuple[str, ...]:
    """Types of `round.yml` that a question of the export can have."""
    if plan.type == "unknown" and export.tool != "Mentimeter":
        return ("other", "scale", "single_choice", "multiple_choice", "points", "ranking", "open", "wordcloud")
    if plan.type in ("choices", "choices_images"):
        return ("scale", "single_choice") if labels_of(plan.items) else ("single_choice", "multiple_choice")
    if plan.type.startswith("quiz"):
        return ("quiz",)
    if plan.type in ("scales", "open", "wordcloud"):
        return ("scale",) if plan.type == "scales" else (plan.type,)
    return {"points": ("points",), "ranking": ("ranking",)}.get(cells_of(export, plan), ("points", "ranking", "other"))


def guessed_type(export: Export, plan: Plan) -> str:
    """The likeliest type of `round.yml`; `other` where nothing speaks for one."""
    if export.tool != "Mentimeter" and plan.type in ("ranking", "points"):
        return plan.type
    if export.tool != "Mentimeter" and plan.type == "unknown":
        kind = cells_of(export, plan)
        if kind != "numbers":
            return kind if kind in ("points", "ranking") else plan.likely or "other"
        numbers = [whole_of(cell) or 0 for use in plan.uses for cell in export.voters.filled(use.column)[1]]
        return "scale" if min(numbers) >= -10 and max(numbers) <= 10 and is_opinion(plan.title) else "other"
    if plan.type in ("choices", "choices_images"):
        several = any(use.part == "pick" for use in plan.uses)
        return "multiple_choice" if several else "scale" if labels_of(plan.items) else "single_choice"
    [only, *more] = fitting_types(export, plan)
    if not more:
        return only
    if _POINTS.search(plan.type) and plan.items:
        return "points"
    return "ranking" if "rank" in plan.type.casefold() and plan.items else "other"


_STRONG = r"\b(sehr|voll|völlig|ganz|gar|überhaupt|strongly|very|completely|extremely|at all|absolut)"
_STRENGTH = ((re.compile(_STRONG, re.IGNORECASE), 3), (re.compile(r"\b(eher|etwas|teilw|some|slight|rath)", re.I), 1))
_MIDDLE = re.compile(r"teils|weder|neutral|mittel|unentschieden|neither|undecided|moderate", re.IGNORECASE)


def in_order(labels: list[str]) -> list[str]:
    """Labels in the order of their values, where they name these or are words of one kind; else by the alphabet, not as
    people came."""
    named = [normalise(label) for label in labels]
    steps = [label for label in named if not _NO_ANSWER.fullmatch(label)]
    values = [value_in(label) for label in steps]
    places = [float(one[0]) if one else _strength(label) for one, label in zip(values, steps, strict=True)]
    if len(set(places)) < len(steps) or any(values) != all(values):
        return sorted(named, key=str.casefold)
    ordered = [label for _, label in sorted(zip(places, steps, strict=True))]
    if not labels_of(ordered):
        return sorted(named, key=str.casefold)
    return [*ordered, *(label for label in named if label not in steps)]


def _strength(label: str) -> float:
    """From −3 for a strong no to 3 for a strong yes."""
    if _MIDDLE.search(label):
        return 0.0
    strength = next((size for pattern, size in _STRENGTH if pattern.search(label)), 2)
    return -float(strength) if _NEGATIVE.search(label) else float(strength)


def proposed_scale(export: Export, asked: Asked, before: Question | None) -> tuple[dict[str, Any], bool]:
    """The scale as the export prints it, in the words of statement or earlier round; whether its ends are known."""
    low, high = _range(export, asked.plan, before)
    top = (high - round((high - low + 1) * 0.4) + 1, high)
    scale = {"low": low, "high": high, "low_label": "niedrigster Wert", "high_label": "höchster Wert",
             "positive_end": "high"}  # fmt: skip
    ends = _stated_ends(asked.statement) or _labelled_ends(asked.plan)
    stated = set(ends) == {low, high}
    old = before.scale if before else None
    if old:
        scale |= {"low_label": old.low_label, "high_label": old.high_label, "positive_end": old.positive_end}
        if (low, high) == (old.low, old.high):
            top = old.top_box
    if stated:
        scale |= {"low_label": ends[low], "high_label": ends[high]}
        if not old and _NEGATIVE.search(ends[high]) and not _NEGATIVE.search(ends[low]):
            scale["positive_end"], top = "low", (low, low + top[1] - top[0])
    if old and stated and same_words(ends[low], old.high_label) and not same_words(ends[low], old.low_label):
        scale["positive_end"] = "low" if old.positive_end == "high" else "high"
        top = (low + high - top[1], low + high - top[0])
    return scale | {"top_box": list(top)}, bool(old) or stated


def _labelled_ends(plan: Plan) -> dict[int, str]:
    """The words at the ends of a scale that was polled as options, where both have some."""
    words = {}
    for label, value in labels_of(plan.items).items() if plan.type != "scales" else ():
        found = value_in(label)
        text = found[1] if found else label
        if isinstance(value, int) and text:
            words[value] = text
    return {value: words[value] for value in (min(words), max(words))} if words else {}


def _range(export: Export, plan: Plan, before: Question | None) -> tuple[int, int]:
    """Ends of a scale: as printed, as its option labels, or those of the earlier round or of a usual scale, if they
    hold what was answered."""
    printed = [cell for block in plan.blocks for cell in (block.table[0][2:] if block.table else [])]
    if plan.type != "scales":
        values = [value for value in labels_of(plan.items).values() if isinstance(value, int)]
    else:
        values = [value for cell in printed if (value := whole_of(text_of(cell).strip())) is not None]
    if len(set(values)) > 1:
        return min(values), max(values)
    columns = [whole_column(export.voters.columns[use.column]) for use in plan.uses]
    answered = np.concatenate(columns) if columns else np.array([])
    given = answered[~np.isnan(answered)]
    least, most = (int(given.min()), int(given.max())) if len(given) else (1, 10)
    if before and before.scale and before.scale.low <= least and most <= before.scale.high:
        return before.scale.low, before.scale.high
    return min(least, 1), next((high for high in (5, 10) if most <= high), most)


def _stated_ends(statement: str) -> dict[int, str]:
    """`10 = sehr stark, 1 = gar nicht` → {10: "sehr stark", 1: "gar nicht"}"""
    found = _ENDS.search(statement)
    return {int(found[1]): found[2], int(found[3]): found[4]} if found else {}
