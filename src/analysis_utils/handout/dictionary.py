"""The data dictionary: columns of the public tables and all statistics, from `contracts` and two lists of words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from ..contracts import STATISTICS, TABLES, WORDS, Column
from .published import Column as Heading, PublishedTable

LIST = Path(__file__).with_name("columns.txt")
_KINDS = {"text": "Text", "number": "Zahl", "integer": "ganze Zahl"}
_MOST_LISTED = 8


class Meaning(NamedTuple):
    """What a column means, for those who read the repository and those who read the report."""

    english: str
    german: str


@cache
def meanings() -> dict[tuple[str, str], Meaning]:
    """By table and column."""
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    parts = [[part.strip() for part in line.replace("`|`", "`\0`").split("|")] for line in lines]
    return {
        (table, column): Meaning(english.replace("\0", "\\|"), german)
        for table, column, english, german in parts
    }  # fmt: skip


def public_tables() -> list[str]:
    """Those with columns of their own: `changes` has those of `estimates`."""
    return [name for name, table in TABLES.items() if not table.private and name != "changes"]


def dictionary_tables() -> list[PublishedTable]:
    """The dictionary as two tables in German: columns of the CSV files that go with a report, statistics."""
    columns = PublishedTable(
        "Datenwörterbuch",
        "Datenwörterbuch: Spalten der Dateien estimates.csv und changes.csv",
        "Beide sind maschinenlesbar: UTF-8, Komma zwischen den Spalten, Dezimalpunkt",
        [],
        [Heading("Spalte"), Heading("Bedeutung"), Heading("Art"), Heading("mögliche Werte")],
    )
    for column in TABLES["estimates"].columns:
        meaning = meanings()["estimates", column.name].german
        columns.rows.append([column.name, meaning, _KINDS[column.kind], _listed(column, ", ")])
    statistics = PublishedTable(
        "Kennzahlen",
        "Datenwörterbuch: Kennzahlen (Spalte „statistic“)",
        "Kennung, deutscher Name, Einheit und Bedeutung jeder Kennzahl, die es geben kann",
        [],
        [Heading("Kennung der Kennzahl"), Heading("Kennzahl"), Heading("Einheit"), Heading("Bedeutung")],
    )
    words = WORDS
    statistics.rows += [[name, words[name].name, unit, words[name].definition] for name, unit in STATISTICS.items()]
    return [columns, statistics]


def _listed(column: Column, between: str) -> str:
    values = [value for value in column.allowed if value]
    return between.join(values) if len(values) <= _MOST_LISTED else ""


def dictionary_document() -> str:
    """`docs/data-dictionary.md`."""
    rule = "\n|---|---|---|"
    parts = [
        "# Data dictionary\n\nGenerated from `contracts` and `handout/columns.txt`; "
        "`python -m analysis_utils.handout.dictionary` writes it anew. The tables are CSV in UTF-8 with comma and "
        "decimal point. `zahlen.csv` beside them holds the same numbers for people: semicolons, decimal commas, "
        "German words.\n"
    ]
    for name in public_tables():
        table = TABLES[name]
        also = " and `changes.csv`" if name == "estimates" else ""
        parts.append(
            f"\n## `{name}.csv`{also}\nOne row per {table.row}.\n\n| column | kind | meaning | values |{rule}---|"
        )
        for column in table.columns:
            values = _listed(column, "`, `")
            shown = f"`{values}`" if values else ""
            need = "" if column.required else ", may be empty"
            english = meanings()[name, column.name].english
            parts.append(f"| `{column.name}` | {column.kind}{need} | {english} | {shown} |")
    parts.append(
        f"\n## Statistics\n[methodology.md](methodology.md) says how each is computed."
        f"\n\n| statistic | unit | on pages |{rule}"
    )
    parts += [f"| `{name}` | {unit} | {WORDS[name].name} |" for name, unit in STATISTICS.items()]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    (Path(__file__).resolve().parents[3] / "docs" / "data-dictionary.md").write_text(
        dictionary_document(), encoding="utf-8", newline="\n"
    )
