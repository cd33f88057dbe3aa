"""The audit of printed figures as the table `audit`, compared with the estimates of a round where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from printed_figures import Published, Question, audit, report as told, reprint

from ..rounds import Round, read_yaml
from ..tables import make_table, read_table


def audit_round(round_: Round) -> pd.DataFrame:
    """The audit of a round's `published.yml`, compared with its estimates; empty where the round has no such file.

    Raises: DataError for mistakes in the file or missing estimates.
    """
    path = round_.raw / "published.yml"
    return audit_file(path, round_) if path.is_file() else as_table([])


def audit_file(path: Path, round_: Round | None = None) -> pd.DataFrame:
    """The audit of a file of printed figures, compared with the estimates of a round where one is given."""
    published = read_yaml(path, Published)
    rows, name = audit(published), ""
    if round_:
        name, estimates = round_.name, read_table("estimates", round_.table("estimates"))
        for question in published.questions:
            rows += _reproduced(question, published, estimates)
    return as_table(rows, name)


def as_table(rows: Sequence[dict[str, object]], name: str = "") -> pd.DataFrame:
    return make_table("audit", [{"round": name, **row} for row in rows])


def is_sound(table: pd.DataFrame) -> bool:
    """False where the figures of a question fit no number of answers, or the estimates do not reproduce the print."""
    nothing_fits = (table["quantity"] == "n") & (table["verdict"] == "impossible")
    differs = (table["quantity"] == "reproduced") & (table["verdict"] == "no")
    return not (nothing_fits | differs).any()


def report(table: pd.DataFrame) -> str:
    """The table as text for the terminal."""
    return told(table.astype(object).where(table.notna(), None).to_dict("records"))


def _reproduced(question: Question, published: Published, estimates: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Rows `reproduced` for the number of answers, the bars and the givers: whether the estimates would print as what
    was printed, `yes`, `no`, or `not compared` where they lack the numbers (not asked, or one of them withheld)."""
    rows = estimates[(estimates["question"] == question.id) & (estimates["segment"] == "all")]
    withheld = rows.loc[rows["status"] != "published", "statistic"]
    rows = rows[~rows["statistic"].isin(withheld) & rows["estimate"].notna()]
    found = {name: dict(zip(part["item"], part["estimate"], strict=True)) for name, part in rows.groupby("statistic")}

    def row(item: str, text: str = "", verdict: str = "not compared") -> dict[str, object]:
        return {"question": question.id, "item": item, "quantity": "reproduced", "values": text, "unit": "answer",
                "verdict": verdict, "note": ""}  # fmt: skip

    def compared(item: str, seen: float | None, printed: int) -> dict[str, object]:
        return row(item) if seen is None else row(item, f"{seen:.9g}", "yes" if seen == printed else "no")

    n = found.get("respondents", {}).get("")
    if question.n is not None:
        yield compared("n", n, question.n)
    statistic = {"percent": "count", "count": "count", "mean": "mean"}.get(question.printed, "mean_points")
    values = found.get(statistic, {})
    if not n or not values or (question.is_placed and not set(question.items()) <= set(values)):
        yield row("bars")
    else:
        sums = {item: round(value * (1 if statistic == "count" else n)) for item, value in values.items()}
        is_same, text = reprint(question, sums, int(n), published.rounding)
        yield row("bars", text, "yes" if is_same else "no")
    for item, count in question.givers.items():
        yield compared(f"givers|{item}", found.get("givers", {}).get(item), count)
