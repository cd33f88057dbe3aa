"""Numbers about a print: each must stand in the row of `audit.csv` that its element names (docs/audit.md)."""

from __future__ import annotations

import re
from pathlib import Path

from proofread import Datum, could_print, numerals

from ..tables import plain_cell, read_lines

AuditRows = dict[str, tuple[float, ...]]
"""The numbers of a row by its key question/item/quantity/n: bounds, values, and those its item and note name."""


def read_audit(path: Path) -> AuditRows:
    """The rows of `audit.csv`; none where the report has no such file."""
    if not path.is_file():
        return {}
    lines = read_lines(path)
    return {
        f"{line['question']}/{plain_cell(line['item'])}/{line['quantity']}/{line['n']}": _numbers(line)
        for line in lines
    }


def _numbers(line: dict[str, str]) -> tuple[float, ...]:
    bounds = [float(line[end]) for end in ("low", "high") if line[end]]
    words = " ".join(plain_cell(line[name]) for name in ("values", "item", "note"))
    return (*bounds, *(float(number.replace(",", ".")) for number in re.findall(r"\d+(?:[.,]\d+)?", words)))


def audit_fault(datum: Datum, rows: AuditRows) -> str:
    """What is wrong with a printed number of the audit, in one line; empty where nothing is."""
    row = rows.get(datum.key)
    if row is None:
        return f"“{datum.text}” names a row that audit.csv does not have: {datum.key}"
    found = numerals(datum.text)
    shares = [100 * value for value in row if 0 <= value <= 1]
    if len(found) != 1 or not any(could_print(found[0], value) for value in (*row, *shares)):
        return f"“{datum.text}” stands not in the row of audit.csv: {datum.key}"
    return (
        ""
        if re.fullmatch(r"\d+(\.\d+)?", datum.value) and abs(float(datum.value) - found[0].value) < 1e-9
        else (f"“{datum.text}” has the value {datum.value}")
    )
