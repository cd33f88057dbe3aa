"""A page is text plus references: what may leave a notebook that reads private tables.

The protocol. An object that may be shown emits, beside what JupyterLab displays, one output of the type `REFERENCE`:

    {"show": name, "arguments": [argument, …], "options": {name: argument, …}, "text": hash of the words it showed}

`show` is a public name of `pages`. An argument is one of

    true, false, null                      as they are
    {"literal": text or number}            a constant that stands in a code cell of the notebook, or a table's file name
    {"round": name}, {"question": id}, {"named": id}   as `round.yml` describes them
    {"evidence": round}                    the published rows of a round: what went through the gate
    {"published": [[question, segment, item, statistic], …], "numbers": hash, "first": statistic}
                                           rows that `publish` gave, and what was asked first
    {"table": name}, {"kept": name}        a public table as written, what ingest kept (`kept.py`)
    {"show": …, …}                         what another name gives; {"of": that, "at": place} one element of a list
    {"says": name}                         one of our own sentences
    [argument, …]

The exporter looks all of it up in files and calls the names anew, in its own process (`Source.render`). Nothing else of
such a notebook reaches a page: no value, no label and no text from its memory. What a cell changed before showing it is
not shown: the words would differ from those of the files, and the page is refused.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from ..contracts import TABLES
from ..errors import DataError
from ..kept import read_kept, source_of
from ..rounds import Held, Named, Question, Round
from ..tables import breakdowns, read_public_table
from .html import SAYINGS, Html, Made, Picture, absent, saved

REFERENCE = "application/vnd.fachdialog.reference+json"
KEY = ("question", "segment", "item", "statistic")
Reference = Any
NOT_SHOWN = frozenset(
    {"each", "explorer", "Evidence", "PrintAudit", "read_evidence", "write_findings", "draft_next_round"}
)
"""Public names that show nothing by themselves."""


class Told(list):
    """A list that says what it is made of, and so do its elements."""

    reference: Reference = None


class Said(Markup):
    reference: Reference = None


def recorded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function; what it returns knows how it was made, if all its arguments can be looked up."""

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        made = function(*arguments, **options)
        try:
            found = [_encoded(one) for one in arguments], {key: _encoded(one) for key, one in options.items()}
        except LookupError:
            return made
        return _with(made, {"show": name, "arguments": found[0], "options": found[1]})

    return call


def _with(made: Any, reference: Reference) -> Any:
    if isinstance(made, Html | Picture):
        return made if made.reference else replace(made, reference=reference)  # type: ignore[type-var]
    if isinstance(made, list):
        told = Told(_element(one, {"of": reference, "at": at}) for at, one in enumerate(made))
        told.reference = reference
        return told
    return _element(made, reference)


def _element(one: Any, reference: Reference) -> Any:
    if not isinstance(one, Markup):
        return one
    said = Said(one)
    said.reference = reference
    return said


def _encoded(value: Any) -> Reference:
    """Raises: LookupError for what is in memory only."""
    from .evidence import Evidence

    if value is None or isinstance(value, bool):
        return value
    if reference := getattr(value, "reference", None) or source_of(value):
        return reference
    if isinstance(value, Named):
        return {"named": str(value)}
    if isinstance(getattr(value, "attrs", None), dict) and value.attrs.get("published"):
        keys = value[list(KEY)].astype(str).to_numpy().tolist()
        return {"published": keys, "numbers": numbers_hash(value), "first": str(value.attrs.get("first", ""))}
    if isinstance(value, Round):
        return {"round": value.name}
    if isinstance(value, Evidence):
        return {"evidence": value.round.name}
    if isinstance(value, Question):
        return {"question": value.id}
    if type(value) in (str, int, float):
        return {"literal": value}
    if isinstance(value, list | tuple):
        return [_encoded(one) for one in value]
    raise LookupError


def numbers_hash(rows: Any) -> str:
    """Stands for the numbers of published rows. Breakdowns of one's own are left out: what is shown of them is decided
    when all notebooks have asked."""
    whole = rows[~breakdowns(rows)]
    cells = sorted([*map(str, row), f"{number:.9g}"] for *row, number in whole[[*KEY, "estimate"]].to_numpy().tolist())
    return hashlib.sha256(repr(cells).encode()).hexdigest()[:16]


def words_hash(markup: str) -> str:
    """Stands for what a reader sees of a piece of page."""
    return hashlib.sha256(Markup(markup).striptags().encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Source:
    """Where references of one notebook are looked up: its round with the tables as it left them, what it had kept, and
    the sources of its code cells; `draw` saves its pictures."""

    round: Round
    kept: Path
    cells: tuple[str, ...] = field(default=())
    draw: Callable[[Picture, Path], Made] = saved

    def render(self, reference: Reference) -> Any:
        """What a reference shows, made anew. Raises: LookupError for one that refers to nothing."""
        made = self._value({key: value for key, value in reference.items() if key != "text"})
        is_same = reference.get("text", "") == words_hash(getattr(made, "markup", "")) or _is_decided_later(reference)
        if isinstance(made, Html) and not is_same:
            raise LookupError("something that was changed before it was shown")
        return made

    def _value(self, argument: Reference) -> Any:
        if isinstance(argument, list):
            return [self._value(one) for one in argument]
        if not isinstance(argument, dict):
            if argument is None or isinstance(argument, bool):
                return argument
            raise LookupError("a value from memory")
        if "show" in argument:
            return self._called(argument)
        if "of" in argument:
            return self._value(argument["of"])[int(argument["at"])]
        if "published" in argument:
            return self._published(argument)
        (kind, name) = next(iter(argument.items()))
        found: dict[str, Callable[[], Any]] = {
            "literal": lambda: self._literal(name),
            "says": lambda: absent(SAYINGS[name]),
            "round": lambda: self._named(name),
            "question": lambda: self._question(name),
            "named": lambda: Named(self._question(name).id, self._evidence(self.round.name)),
            "evidence": lambda: self._evidence(name),
            "table": lambda: read_public_table(name, self.round.processed),
            "kept": lambda: read_kept(self.kept, name),
        }
        return found[kind]()

    def _called(self, argument: Reference) -> Any:
        pages = import_module("analysis_utils.pages")  # the names of notebooks: looked up, not imported
        name = argument["show"]
        if name not in pages.__all__ or name in NOT_SHOWN:
            raise LookupError(f"{name}, which shows nothing")
        arguments = self._value(argument["arguments"])
        options = {key: self._value(one) for key, one in argument["options"].items()}
        return getattr(pages, name)(*arguments, **options)

    def _named(self, name: str) -> Round:
        if name != self.round.name:
            raise LookupError("another round")
        return self.round

    def _question(self, name: str) -> Question:
        try:
            return self.round.question(name)
        except DataError as fault:
            raise LookupError("a question that was not asked") from fault

    def _evidence(self, name: str) -> Any:
        return self._named(name) and self._read

    @cached_property
    def _read(self) -> Any:
        """The published rows of the round, read once for a page."""
        from .evidence import read_evidence

        return read_evidence(self.round)

    def _published(self, argument: Reference) -> Any:
        evidence = self._evidence(self.round.name)
        wanted = {tuple(map(str, key)) for key in argument["published"]}
        table = evidence.estimates
        is_wanted = [key in wanted for key in zip(*(table[part].astype(str) for part in KEY), strict=True)]
        own = {(question, segment.split(":")[0]) for question, segment, *_ in wanted if ":" in segment}
        names = zip(table["question"], table["segment"].str.split(":"), strict=True)
        is_own = [len(parts) > 1 and (question, parts[0]) in own for question, parts in names]
        rows = table[np.logical_or(is_wanted, is_own)].reset_index(drop=True)
        if (wanted and rows.empty) or numbers_hash(rows) != argument["numbers"]:
            raise LookupError("rows that were changed after publish")
        rows.attrs = {"published": True, "of": Held(evidence), "first": argument["first"]}
        return rows

    def _literal(self, value: str | float) -> str | float:
        """Raises: LookupError for text that stands nowhere in the notebook."""
        if (type(value), value) not in self._constants:
            raise LookupError("a text or number that is not written in the notebook")
        return value

    @cached_property
    def _constants(self) -> set[tuple[type, Any]]:
        files = [f"{name}.{table.suffix}" for name, table in TABLES.items()]
        return {(type(one), one) for one in (*files, *constants(self.cells))}


def _is_decided_later(reference: Reference) -> bool:
    """Whether it shows rows of a breakdown of one's own, which is decided when all notebooks have asked."""
    parts = reference.values() if isinstance(reference, dict) else reference if isinstance(reference, list) else ()
    own = isinstance(reference, dict) and any(":" in key[1] for key in reference.get("published", ()))
    return own or any(map(_is_decided_later, parts))


def constants(cells: Iterable[str]) -> Iterable[Any]:
    """Numbers and texts that stand in code cells."""
    for source in cells:
        try:
            tree = ast.parse("\n".join(line for line in source.splitlines() if not line.startswith(("%", "!"))))
        except SyntaxError:
            continue
        yield from (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
