"""The audit of a whole file of printed figures, as the table `audit`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..rounds import Round
from ..tables import read_table, validate
from .facts import facts_at
from .published import PrintedQuestion, Published, read_published
from .quantities import Fact, either
from .reproduction import reproduction
from .rounding import RULES
from .sizes import rules_for, sizes

MOST_SIZES = 6
"""Where more numbers of answers fit, facts are derived for the smallest and the largest only."""
WHOLE_FILE = "all"


def audit(published: Published, *, name: str = "") -> pd.DataFrame:
    """One row per question × item × quantity × n, as the table `audit`; `name` is the round, if there is one."""
    rows: list[dict[str, object]] = []
    fitting: dict[str, list[Fact]] = {}
    for question in published.questions:
        found, facts = sizes(question, published)
        fitting[question.id] = facts
        facts = facts + _derived(question, published, found)
        rows += [_row(name, question.id, fact) for fact in facts]
    rules = [_row(name, WHOLE_FILE, fact) for fact in _rules(published, fitting)]
    return as_table(rules + rows)


def as_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    from ..contracts import TABLES

    columns = [column.name for column in TABLES["audit"].columns]
    return validate(pd.DataFrame(rows, columns=columns), "audit", where="audit")


def _derived(question: PrintedQuestion, published: Published, found: list[int]) -> list[Fact]:
    """Facts for each fitting n, joined over the rules of the file that allow it."""
    chosen = found if len(found) <= MOST_SIZES else [found[0], found[-1]]
    facts: dict[tuple, Fact] = {}
    for n in chosen:
        for rule in rules_for(question, published):
            for fact in facts_at(question, n, rule, in_room=published.in_room):
                facts[fact.key] = either(facts[fact.key], fact) if fact.key in facts else fact
    return list(facts.values())


def _rules(published: Published, fitting: dict[str, list[Fact]]) -> list[Fact]:
    """Per rule of rounding: the questions it cannot have made, within the people present."""
    limits = {one.id: published.people_present or max(published.tried[1], one.n or 0) for one in published.questions}
    result = []
    for rule in RULES:
        excluded, undecided, tells = [], False, False
        for question, facts in fitting.items():
            fact = next((one for one in facts if one.quantity == "n_by_rule" and one.item == rule), None)
            if fact is None:
                continue
            tells = True
            within = [low for low, _ in fact.ranges if low <= limits[question]]
            undecided |= not within and bool(fact.note)
            if not within and not fact.note:
                excluded.append(question)
        verdict = "impossible" if excluded else "open" if undecided or not tells else "possible"
        note = f"excluded by {', '.join(excluded)}" if excluded else "" if tells else "no question tells"
        result.append(Fact("rule", rule, text=" ".join(excluded), verdict=verdict, note=note))
    return result


def _row(name: str, question: str, fact: Fact) -> dict[str, object]:
    return {
        "round": name,
        "question": question,
        "item": fact.item,
        "quantity": fact.quantity,
        "n": fact.n,
        "low": fact.low,
        "high": fact.high,
        "values": fact.values(),
        "unit": fact.unit,
        "verdict": fact.settled,
        "note": fact.note,
    }


def audit_round(round_: Round) -> pd.DataFrame:
    """The audit of a round's `published.yml`, compared with its estimates; empty where the round has no such file.

    Raises: DataError for mistakes in the file or missing estimates.
    """
    path = round_.raw / "published.yml"
    return audit_file(path, round_) if path.is_file() else as_table([])


def audit_file(path: Path, round_: Round | None = None) -> pd.DataFrame:
    """The audit of a file of printed figures, compared with the estimates of a round where one is given."""
    published = read_published(path)
    if round_ is None:
        return audit(published)
    estimates = read_table("estimates", round_.table("estimates"))
    return pd.concat(
        [audit(published, name=round_.name), compared(published, estimates, name=round_.name)], ignore_index=True
    )


def is_sound(table: pd.DataFrame) -> bool:
    """False where the figures of a question fit no number of answers, or the estimates do not reproduce the print."""
    nothing_fits = (table["quantity"] == "n") & (table["verdict"] == "impossible")
    differs = (table["quantity"] == "reproduced") & (table["verdict"] == "no")
    return not (nothing_fits | differs).any()


def compared(published: Published, estimates: pd.DataFrame, *, name: str = "") -> pd.DataFrame:
    """Rows `reproduced`: whether these estimates would print as what was printed."""
    found = [(question.id, reproduction(question, published, estimates)) for question in published.questions]
    return as_table([_row(name, question, fact) for question, facts in found for fact in facts])
