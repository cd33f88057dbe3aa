"""The tables that pass between the rooms: their columns, what a cell may hold, and the statistics there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

Kind = Literal["text", "number", "integer"]


class Statistic(NamedTuple):
    """A kind of number: its unit, what readers call it, and what it is in a sentence for them. `asked`: how `estimate`
    is asked for it, by kind of question (`points.mean`)."""

    asked: tuple[str, ...]
    unit: str
    name: str
    definition: str


def _listed() -> Iterator[tuple[str, Statistic]]:
    for line in Path(__file__).with_name("statistics.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            statistic, asked, *words = (part.strip() for part in line.split("|"))
            yield statistic, Statistic(tuple(re.findall(r"[\w.]+", asked)), *words)


WORDS = dict(_listed())
"""Every statistic that may appear in `estimates` or `changes`: one line each in `statistics.txt`."""
STATISTICS = {statistic: one.unit for statistic, one in WORDS.items()}
BY_NAME: dict[str, dict[str, str]] = {}
"""By which name `estimate` gives a statistic, by the kind of question."""
for _statistic, _one in WORDS.items():
    for _kind, _, _name in (asked.partition(".") for asked in _one.asked):
        BY_NAME.setdefault(_kind, {})[_name] = _statistic

STATUSES = (
    "published",
    "suppressed_small_base",
    "suppressed_complementary",
    "suppressed_earlier_version",
    "suppressed_undeclared",
    "suppressed_too_many_cuts",
)
"""Whether a number is there, or why not: too few people, to protect others, what a released version would tell, because
the gate has no rule for such a number of a group, or because a question is broken down in too many ways already."""
STANCES = ("priorität", "unterstützend", "bedingung", "kritisch", "umdeutung", "neutral")
"""What a statement does with the code it bears."""


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """`row` says what one row is; `key` names the columns that no two rows share."""

    row: str
    private: bool
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        return "parquet" if self.private else "csv"


def _columns(kind: Kind, *names: str, required: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, kind, required) for name in names)


TABLES: dict[str, Table] = {
    "voters": Table(
        row="voter",
        private=True,
        columns=(
            Column("round", "text", True),
            *_columns("integer", "session", "voter", required=True),
            Column("segment", "text"),
        ),
        key=("session", "voter"),
    ),
    "answers": Table(
        row="voter × question × item",
        private=True,
        columns=(
            Column("round", "text", True),
            *_columns("integer", "session", "voter", required=True),
            *_columns("text", "question", "type", required=True),
            Column("item", "text"),
            Column("value", "number"),
            Column("text", "text"),
            Column("pick_order", "integer"),
        ),
        key=("session", "voter", "question", "item", "pick_order"),
    ),
    "rule_answers": Table(
        row="voter × question × item as they would be if one rule for ballots did the opposite",
        private=True,
        columns=(
            *_columns("text", "round", "rule", required=True),
            *_columns("integer", "session", "voter", required=True),
            *_columns("text", "question", "item", required=True),
            Column("value", "number"),
        ),
        key=("rule", "session", "voter", "question", "item"),
    ),
    "statements": Table(
        row="statement in the notes or card on a board",
        private=True,
        columns=(
            *_columns("text", "round", "group", "statement", required=True),
            Column("section", "text"),
            Column("text", "text", True),
            Column("kind", "text", True, ("note", "card")),
            *_columns("text", "file", "place", required=True),
            Column("photo", "text"),
            Column("dots", "integer"),
            Column("released_by", "text"),
        ),
        key=("statement",),
    ),
    "codings": Table(
        row="statement × coder × code",
        private=True,
        columns=(
            *_columns("text", "round", "group", "statement", "coder", "code", required=True),
            Column("stance", "text", False, ("", *STANCES)),
            Column("decided_by", "text"),
            Column("note", "text"),
        ),
        key=("statement", "coder", "code"),
    ),
    "coded_statements": Table(
        row="statement × final code; the text only where an analyst released it",
        private=False,
        columns=(
            *_columns("text", "round", "group", "statement", "kind", "file", "place", required=True),
            Column("code", "text"),
            Column("stance", "text", False, ("", *STANCES)),
            *_columns("text", "decided_by", "quote", "released_by"),
        ),
        key=("statement", "code"),
    ),
    "paraphrases": Table(
        row="sentence of an analyst that rests on statements",
        private=False,
        columns=(
            *_columns("text", "round", "sentence", "statements", "author", required=True),
            Column("code", "text"),
        ),
    ),
    "photos": Table(
        row="photograph of a board that an analyst released; the cleaned picture lies beside the table",
        private=False,
        columns=(
            *_columns("text", "round", "file", "group", required=True),
            Column("board", "text"),
            Column("cards", "integer", True),
            *_columns("text", "caption", "alt"),
            Column("released_by", "text", True),
            *_columns("integer", "width", "height", required=True),
        ),
        key=("file",),
    ),
    "problems": Table(
        row="thing found wrong while reading",
        private=False,
        columns=(
            *_columns("text", "round", "file", "place", "rule", "seen", required=False),
            Column("action", "text", True, ("kept", "set aside", "refused")),
            Column("message", "text", True),
        ),
    ),
    "errata": Table(
        row="question whose answers were corrected after a release: it stands as released, or an exception was made",
        private=False,
        columns=(
            *_columns("text", "round", "question", required=True),
            Column("kind", "text", True, ("as_released", "exception")),
            Column("version", "text", True),
            Column("version_kind", "text", True, ("release", "draft")),
            Column("date", "text", True),
            *_columns("text", "allowed_by", "reason"),
        ),
        key=("question",),
    ),
    "audit": Table(
        row="question × item × quantity × possible number of answers: what printed figures fix and leave open",
        private=False,
        columns=(
            Column("round", "text"),
            *_columns("text", "question", required=True),
            Column("item", "text"),
            *_columns("text", "quantity", required=True),
            Column("n", "integer"),
            *_columns("number", "low", "high"),
            Column("values", "text"),
            *_columns("text", "unit", "verdict", required=True),
            Column("note", "text"),
        ),
        key=("question", "item", "quantity", "n"),
    ),
    "estimates": Table(
        row="published number",
        private=False,
        columns=(
            *_columns("text", "round", "question", "segment", required=True),
            Column("item", "text"),
            Column("statistic", "text", True, tuple(STATISTICS)),
            *_columns("number", "estimate", "low", "high"),
            Column("unit", "text", True, tuple(sorted(set(STATISTICS.values())))),
            Column("n", "integer"),
            Column("method", "text"),
            Column("status", "text", True, STATUSES),
            Column("provenance", "text", True, ("original", "reconstructed", "illustrative")),
        ),
        key=("round", "question", "segment", "item", "statistic"),
    ),
}

TABLES["changes"] = replace(TABLES["estimates"], row="number that compares a round with an earlier one")
