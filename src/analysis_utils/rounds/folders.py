"""A round is a folder in `data/raw/` with a `round.yml`; this module finds it and knows where its files belong."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import DataError, nearest
from .codebook import LONGEST_NAME, Code, Codebook, read_codebook, safe_name
from .round_file import Question, Role, RoundFile
from .yamlfile import read_yaml


@dataclass(frozen=True)
class Round:
    """A round and its places. Folders other than `raw` may not exist yet. `is_draft`: whatever is made of it bears the
    mark *Entwurf*, since it was not released as it is."""

    name: str
    file: RoundFile
    codebook: Codebook
    raw: Path
    processed: Path
    reports: Path
    is_draft: bool = True

    def __repr__(self) -> str:
        """The name alone: a notebook output must not tell where on a machine it was made."""
        return f"Round({self.name!r})"

    @property
    def figures(self) -> Path:
        return self.reports / "figures"

    def table(self, name: str) -> Path:
        """Path of a generated table; its format follows from what it holds (private: parquet, public: csv)."""
        from ..contracts import TABLES

        return self.processed / f"{name}.{TABLES[name].suffix}"

    @property
    def data_stamp(self) -> str:
        """How pages name the state of their numbers: a short hash of `estimates.csv`."""
        return hashlib.sha256(self.table("estimates").read_bytes()).hexdigest()[:8]

    def question(self, question_id: str) -> Question:
        for question in self.file.questions:
            if question.id == question_id:
                return question
        known = [question.id for question in self.file.questions]
        raise DataError(
            self.raw / "round.yml",
            "a known question id",
            f"“{question_id}”",
            remedy=nearest(question_id, known),
        )

    @property
    def focus_areas(self) -> list[Code]:
        """The areas of the codebook that the round is about: those its questions of priority offer and its groups
        ranked; all where it asks none. Other rounds may have brought further areas into the codebook."""
        offered = {area for question in self.with_role("priority") for area in question.options.values()}
        ranked = {area for group in (self.file.notes.groups if self.file.notes else []) for area in group.ranks()}
        return [code for code in self.codebook.focus_areas if not offered or code.id in offered | ranked]

    @property
    def priorities(self) -> list[Question]:
        """The questions whose result is an order of their options: points, and whatever has the role of priority."""
        return [one for one in self.file.questions if one.type == "points" or (one.role == "priority" and one.measure)]

    def with_role(self, role: Role) -> list[Question]:
        return [question for question in self.file.questions if question.role == role]


RELEASED = "FACHDIALOG_RELEASED"
"""Environment variable by which the runner tells a kernel that what it draws was released."""
ASKED = "FACHDIALOG_ASKED"
"""The same for the folder in which the runner finds what a notebook wants published."""


class Held:
    """What a frame carries in its `attrs`. Pandas copies and compares those; this stays one and the same."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __deepcopy__(self, _: object) -> Held:
        return self


class Named(str):
    """The id of a question that knows its round, so that what is said of it can be looked up."""

    of: Any

    def __new__(cls, name: str, of: Any) -> Named:
        made = super().__new__(cls, name)
        made.of = of
        return made


_CHECKOUT = Path(__file__).resolve().parents[3]


def project_root() -> Path:
    """The nearest folder, from here upwards, that holds `data/codebook.yml`; else the checkout this package lies in."""
    for folder in [Path.cwd(), *Path.cwd().parents]:
        if (folder / "data" / "codebook.yml").is_file():
            return folder
    return _CHECKOUT


def notebook_folder() -> Path:
    """The notebooks of the project; a programme that brings only data uses those of the checkout."""
    own = project_root() / "notebooks"
    return own if own.is_dir() else _CHECKOUT / "notebooks"


def _place(argument: Path | None, variable: str, default: Path) -> Path:
    return Path(argument or os.environ.get(variable) or default).resolve()


def data_folder(data: Path | None = None) -> Path:
    folder = _place(data, "FACHDIALOG_DATA", project_root() / "data")
    if folder.exists() and not folder.is_dir():
        raise DataError("--data", "a folder with raw/ and codebook.yml", "a file", at=str(folder))
    return folder


def round_names(data: Path | None = None) -> list[str]:
    """Names of the rounds that have a `round.yml`, sorted."""
    return sorted(path.parent.name for path in data_folder(data).glob("raw/*/round.yml"))


def newest_round(data: Path | None = None) -> str:
    """Name of the round with the latest date (the last name, where two share it)."""
    names = round_names(data)
    if not names:
        raise DataError(
            data_folder(data) / "raw", "a folder with a round.yml", "none", at=str(data_folder(data) / "raw")
        )
    raw = data_folder(data) / "raw"
    return max(names, key=lambda name: (read_yaml(raw / name / "round.yml", RoundFile).date, name))


def open_round(name: str | None = None, *, data: Path | None = None, reports: Path | None = None) -> Round:
    """Open a round by name (default: the newest).

    Folders come from the arguments, else from FACHDIALOG_DATA, FACHDIALOG_PROCESSED and FACHDIALOG_REPORTS (set by the
    runner), else from the checkout. Raises: DataError for an unknown or unsafe name and for mistakes in its files.
    """
    folder = data_folder(data)
    name = name or newest_round(folder)
    check_name("round", name)
    raw = folder / "raw" / name
    if not (raw / "round.yml").is_file():
        if raw.is_dir():
            raise _without_description(raw)
        known = round_names(folder)
        hint = nearest(name, known) or f"known rounds: {', '.join(known) or 'none'}"
        raise DataError("round", f"a folder with a round.yml in {folder / 'raw'}", f"“{name}”", remedy=hint)
    if raw.is_symlink():
        raise DataError("round", "a real folder", "a symbolic link", at=str(raw))
    codebook = read_codebook(folder / "codebook.yml")
    file = read_yaml(raw / "round.yml", RoundFile)
    _check_ids(raw / "round.yml", file, codebook)
    processed = _place(None, "FACHDIALOG_PROCESSED", folder / "processed") / name
    output = _place(reports, "FACHDIALOG_REPORTS", folder.parent / "reports") / name
    return Round(name, file, codebook, raw, processed, output, is_draft=os.environ.get(RELEASED) != "yes")


def _without_description(raw: Path) -> DataError:
    """A folder without its round.yml: it bears another name (Windows hides endings), or was never written."""
    alike = sorted(
        path.name for path in raw.iterdir() if re.match(r"round\W?ya?ml|round\.(txt|ya?ml)", path.name.lower())
    )
    if alike:
        return DataError(raw, "the file round.yml", alike[0], remedy=f"rename {alike[0]} to round.yml")
    remedy = f"run: fachdialog new-round {raw.name} --export FILE, which proposes it"
    return DataError(raw, "the file round.yml in this folder", "none", remedy=remedy)


_DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}


def check_name(where: str, name: str) -> None:
    """Raises: DataError for a name of a round that some system would not take for a folder."""
    if name.casefold() in _DEVICES:
        raise DataError(where, "a name that is free on every system", f"“{name}”, a device of Windows")
    if len(name) > LONGEST_NAME or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        hint = safe_name(name)
        saw = repr(name) if len(name) <= LONGEST_NAME else f"a name of {len(name)} letters"
        remedy = f"call the folder “{hint}”" if hint and len(name) <= LONGEST_NAME else ""
        expected = f"a name of letters, digits, - and _ that begins with a letter or digit, at most {LONGEST_NAME} long"
        raise DataError(where, expected, saw, remedy=remedy)


def compared_names(rounds: list[Round]) -> None:
    """Raises: DataError unless the last round's `round.yml` says that it is compared with all the others."""
    last, others = rounds[-1], [round_.name for round_ in rounds[:-1]]
    if not others:
        raise DataError("compare", "two rounds or more", "one", remedy="name the earlier rounds first")
    named = last.file.compare.with_ if last.file.compare else []
    if missing := [name for name in others if name not in named]:
        wanted = ", ".join([*named, *missing])
        remedy = f"write “compare: {{with: [{wanted}]}}” there, and margins if the defaults do not fit"
        raise DataError(
            last.raw / "round.yml", f"compare to name {missing[0]}", f"{', '.join(named) or 'none'}", remedy=remedy
        )


def _check_ids(path: Path, file: RoundFile, codebook: Codebook) -> None:
    known = codebook.by_id()
    for question in file.questions:
        for wording, identifier in question.options.items():
            if identifier not in known:
                at = f"{question.id}.options.{wording}"
                remedy = nearest(identifier, known) or "add it to data/codebook.yml, or take an id that stands there"
                raise DataError(path, "an id of the codebook", f"“{identifier}”", at=at, remedy=remedy)
    areas = [code.id for code in codebook.focus_areas]
    for group in file.notes.groups if file.notes else []:
        for area in group.ranks():
            if area not in areas:
                hint = nearest(area, areas)
                raise DataError(path, "a focus area of the codebook", f"“{area}”", f"notes.{group.id}.order", hint)
