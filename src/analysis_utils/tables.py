"""The one way to write and read the tables of `contracts`, and to see that they keep them.

Private tables (what single people said) are Parquet files that only their owner may open; public ones are CSV.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd

from .contracts import STATISTICS, TABLES, Column
from .errors import DataError
from .kept import written


def make_table(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """A validated frame from plain rows; columns a row leaves out are empty."""
    columns = [column.name for column in TABLES[name].columns]
    return validate(pd.DataFrame(rows, columns=columns), name, where=name)


def validate(frame: pd.DataFrame, name: str, *, where: str | Path) -> pd.DataFrame:
    """The frame with its columns in order and in their types. A text column of a private table may be categorical (each
    word held once) and stays so; `read_table` always gives plain text.

    Raises: DataError for a missing or unknown column, a value of the wrong kind, an empty required cell, a value
    outside a closed list, or two rows with the same key.
    """
    table = TABLES[name]
    names = [column.name for column in table.columns]
    if set(frame.columns) != set(names):
        odd = sorted(set(map(str, frame.columns)) ^ set(names))
        raise DataError(where, f"the columns {', '.join(names)}", f"a difference in {', '.join(odd)}")
    frame = frame[names].reset_index(drop=True)
    for column in table.columns:
        values = frame[column.name]
        if column.kind == "text" and isinstance(values.dtype, pd.CategoricalDtype) and not table.private:
            values = values.astype(object)
        frame[column.name] = _convert(values, column, where)
    if table.key and (twice := _repeats(frame, table.key)).any():
        row = int(twice.nonzero()[0][0])
        raise DataError(where, f"one row per {table.row}", "the same key twice", at=f"row {row + 1}")
    if name in ("estimates", "changes"):
        _check_estimates(frame, where)
    return frame


def _repeats(frame: pd.DataFrame, key: tuple[str, ...]) -> np.ndarray:
    """Whether a row has the key of an earlier one. Like `duplicated`, with a fraction of its memory on large tables."""
    code = np.zeros(len(frame), dtype=np.int64)
    size = 1
    for name in key:
        codes, low, count = _numbered(frame[name])
        if size > 2**62 // (count + 1):
            code, distinct = pd.factorize(code)
            size = len(distinct)
        code *= count
        code += codes
        code -= low
        size *= count
    if (code[1:] > code[:-1]).all():  # sorted by its key, as most tables are
        return np.zeros(len(frame), dtype=bool)
    ordered = np.sort(code)
    if not (ordered[1:] == ordered[:-1]).any():
        return np.zeros(len(frame), dtype=bool)
    return pd.Series(code).duplicated().to_numpy()


def _numbered(values: pd.Series) -> tuple[np.ndarray, int, int]:
    """A whole number for each distinct value, missing ones included: all numbers, the lowest, and how many from there
    on. Labels and whole numbers have theirs already."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy(), -1, len(values.cat.categories) + 1
    if values.dtype == "Int64" and len(values):
        numbers = values.to_numpy(dtype=np.int64, na_value=0)
        low = int(numbers.min()) - 1
        if (count := int(numbers.max()) - low + 1) <= 2**31:
            if (missing := values.isna().to_numpy()).any():
                numbers = np.where(missing, low, numbers)
            return numbers, low, count
    codes, labels = pd.factorize(values)
    return codes, -1, len(labels) + 1


def _convert(values: pd.Series, column: Column, where: str | Path) -> pd.Series:
    try:
        if column.kind == "text":
            if isinstance(values.dtype, pd.CategoricalDtype):
                values = _plain_words(values)
            elif values.dtype != "str" or values.hasnans:
                values = values.astype(object).where(values.notna(), "").astype("str")
        elif column.kind == "integer" and values.dtype != "Int64":
            values = pd.to_numeric(values).astype("Int64")
        elif column.kind == "number" and values.dtype != "float64":
            values = pd.to_numeric(values).astype("float64")
    except (ValueError, TypeError):
        raise DataError(where, f"a column of kind {column.kind}", "other values", at=f"column {column.name}") from None
    if column.required:
        empty = (values == "") if column.kind == "text" else values.isna()
        if empty.any():
            row = int(empty.to_numpy().nonzero()[0][0])
            raise DataError(where, "a value", "an empty cell", at=f"row {row + 1}, column {column.name}")
    if column.allowed and not (known := values.isin(column.allowed)).all():
        row = int((~known).to_numpy().nonzero()[0][0])
        raise DataError(
            where,
            f"one of {', '.join(column.allowed)}",
            repr(values[row]),
            at=f"row {row + 1}, column {column.name}",
        )
    return values


def _plain_words(values: pd.Series) -> pd.Series:
    """A categorical column with words as categories; the empty word for no value."""
    if values.hasnans:
        values = values if "" in values.cat.categories else values.cat.add_categories("")
        values = values.fillna("")
    return values if values.cat.categories.dtype == "str" else values.cat.rename_categories(lambda word: str(word))


def _check_estimates(frame: pd.DataFrame, where: str | Path) -> None:
    hidden = frame["status"] != "published"
    if frame.loc[hidden, ["estimate", "low", "high", "n"]].notna().any(axis=None):
        raise DataError(where, "empty numbers in withheld rows", "a number")
    off = ~hidden & ((frame["low"] > frame["estimate"]) | (frame["high"] < frame["estimate"]))
    if off.any():
        row = int(off.to_numpy().nonzero()[0][0])
        raise DataError(where, "low ≤ estimate ≤ high", "an estimate outside its interval", at=f"row {row + 1}")
    unit = frame["statistic"].map(STATISTICS)
    if (unit != frame["unit"]).any():
        row = int((unit != frame["unit"]).to_numpy().nonzero()[0][0])
        raise DataError(
            where,
            f"the unit {unit[row]} for {frame['statistic'][row]}",
            frame["unit"][row],
            at=f"row {row + 1}",
        )


def write_table(frame: pd.DataFrame, name: str, path: Path) -> None:
    """Validate and write. Private tables get mode 0600 in a folder of mode 0700; cells of public CSV that a
    spreadsheet would run as a formula are preceded by an apostrophe. Same frame, same bytes."""
    if not TABLES[name].private:
        written(name, frame)
    frame = validate(frame, name, where=name)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    if TABLES[name].private:
        path.parent.chmod(0o700)
        part.touch(mode=0o600)
        _write_parquet(frame, part)
    else:
        part.write_text(to_csv(frame), encoding="utf-8", newline="\n")
    part.replace(path)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may open."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def breakdowns(rows: pd.DataFrame) -> pd.Series:
    """Which rows of `estimates` are of an analyst's own breakdown: their segment is `name:class`."""
    return rows["segment"].str.contains(":", regex=False)


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Categorical columns are written as plain text, a million rows at a time, so that they never fill the memory."""
    import pyarrow as pa
    from pyarrow import parquet

    words = {name: "str" for name, dtype in frame.dtypes.items() if isinstance(dtype, pd.CategoricalDtype)}
    schema = pa.Schema.from_pandas(frame.iloc[:0].astype(words), preserve_index=False)
    with parquet.ParquetWriter(path, schema) as writer:
        for start in range(0, max(len(frame), 1), 2**20):
            part = frame.iloc[start : start + 2**20].astype(words)
            writer.write_table(pa.Table.from_pandas(part, schema=schema, preserve_index=False))


def to_csv(frame: pd.DataFrame) -> str:
    """CSV text (UTF-8, LF, decimal point) in which no text cell can start a formula."""
    safe = frame.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(neutralise)
    return safe.to_csv(index=False, lineterminator="\n")


_FORMULA = r"(?='*[=+\-@\t\r])"


def neutralise(cell: object) -> object:
    """A text cell preceded by an apostrophe where a spreadsheet would run it as a formula; `plain_cell` undoes it."""
    return f"'{cell}" if isinstance(cell, str) and re.match(_FORMULA, cell) else cell


def plain_cell(cell: str) -> str:
    """The text that `neutralise` made this cell of: a scale's `-2` stands as `'-2`."""
    return re.sub(rf"\A'{_FORMULA}", "", cell)


def read_table(name: str, path: Path) -> pd.DataFrame:
    """Read and validate. Raises: DataError when the file is missing or broken."""
    if not path.is_file():
        raise DataError(
            path,
            "this table to exist",
            "nothing",
            at=str(path.parent),
            remedy="run the ingest notebooks first",
        )
    try:
        if TABLES[name].private:
            frame = pd.read_parquet(path)
        else:
            text = {column.name: "str" for column in TABLES[name].columns if column.kind == "text"}
            frame = pd.read_csv(path, dtype=text, keep_default_na=False, na_values={n: [""] for n in _numeric(name)})
            for column in text:
                if frame[column].str.startswith("'").any():
                    frame[column] = frame[column].map(plain_cell)
    except (ValueError, OSError) as fault:
        raise DataError(path, f"a table of type {name}", f"“{str(fault)[:80]}”", remedy="delete it and rerun") from None
    return validate(frame, name, where=path)


def read_lines(path: Path) -> list[dict[str, str]]:
    """The lines of a public CSV as text, whatever it holds: for those who check it, or look up a column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_public_table(name: str, folder: Path) -> pd.DataFrame:
    """Like `read_table`, of a folder of tables. Raises: LookupError for a private table, or none of ours."""
    if TABLES[name].private:
        raise LookupError("a private table")
    return read_table(name, folder / f"{name}.csv")


def _numeric(name: str) -> list[str]:
    return [column.name for column in TABLES[name].columns if column.kind != "text"]
