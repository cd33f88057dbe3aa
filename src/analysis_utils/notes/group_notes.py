"""A round's notes, boards, codings and released photos → the tables that come of them (`TABLES_WRITTEN`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from poll_exports import column_letters

from ..clean import Problem, clean, files_in, is_of_survey, personal_data, public_problems, subfolder, told
from ..kept import keep
from ..rounds import Round
from ..tables import make_table, read_table, write_table
from .boards import read_boards
from .coding import (
    ALL_CODERS,
    FINAL,
    NO_CODE,
    RECONCILED,
    Coding,
    coding_files,
    decisions,
    final_codings,
    fitting,
    read_codings,
)
from .photos import Picture, read_photos, write_pictures
from .reading import Found, read_notes
from .releases import read_paraphrases, read_releases, valid_releases
from .statement_ids import group_of, name_statements

TABLES_WRITTEN = ("statements", "codings", "coded_statements", "paraphrases", "photos")
DECIDED = "Abstimmung"
"""Who decided where coders differed, in public."""


@dataclass(frozen=True)
class GroupNotes:
    """What the groups left, read. The tables follow `contracts.py`; `problems` lists what was odd, `found` the same
    with what only an analyst may see of it. `names`: what coders and files are called in public.

    `review`: statements whose words changed since they were coded → the words then. `disputed`: statements on which
    coders differ and nobody decided. `coders`: those who coded, without the reconciled file. `pictures`: released
    photos.
    """

    round: Round
    statements: pd.DataFrame
    codings: pd.DataFrame
    coded_statements: pd.DataFrame
    paraphrases: pd.DataFrame
    problems: pd.DataFrame
    review: dict[str, str]
    disputed: list[str]
    coders: list[str]
    pictures: list[Picture]
    found: list[Problem]
    names: PublicNames

    @property
    def read(self) -> pd.DataFrame:
        """Where each passage comes from, as it may be called in public: file, group, dots. No words."""
        return keep(
            "read", self.statements[["group", "dots"]].assign(file=self.statements["file"].map(self.names.file))
        )

    @property
    def photos(self) -> pd.DataFrame:
        return make_table("photos", [picture.row for picture in self.pictures])

    @property
    def is_empty(self) -> bool:
        return self.statements.empty

    def uncoded(self, coder: str) -> list[str]:
        """Names of the statements a coder has not coded, in the order of the files."""
        done = set(self.codings.loc[self.codings["coder"] == coder, "statement"])
        return [name for name in self.statements["statement"] if name not in done]

    def summary(self) -> str:
        """What was read, in lines for a terminal. Shows no statement."""
        if self.is_empty:
            return f"{self.round.name}: no group notes"
        lines = []
        for group, own in self.statements.groupby("group", sort=False):
            kinds = own["kind"].value_counts()
            dots = int(own["dots"].fillna(0).sum())
            lines.append(f"{group}: {kinds.get('note', 0)} statements, {kinds.get('card', 0)} cards, {dots} dots")
        lines += [f"coder {coder}: {len(self.uncoded(coder))} not coded" for coder in self.coders]
        final = self.codings[self.codings["coder"] == FINAL]
        lines += [f"  {count:>4}  {code}" for code, count in final["code"].value_counts().sort_index().items()]
        counts = {"changed since coded": len(self.review), "in dispute": len(self.disputed)}
        lines += [f"{what}: {count}" for what, count in counts.items() if count]
        return "\n".join([*lines, *told(self.found)])


class PublicNames:
    """What coders and files of notes are called in public: neutrally, unless round.yml lists them under `named`."""

    def __init__(self, round_: Round, statements: pd.DataFrame) -> None:
        notes = round_.file.notes
        self.named = set(notes.named if notes else ())
        labels = {group.id: group.label for group in notes.groups} if notes else {}
        groups = statements.groupby("file", sort=False)["group"].unique().to_dict()
        by_label: dict[str, list[str]] = {}
        for path in files_in(subfolder(round_.raw, "notes")):
            file = path.relative_to(round_.raw).as_posix()
            own = groups.get(file, ())
            label = labels[own[0]] if len(own) == 1 else "mehrerer Gruppen"
            by_label.setdefault(f"Notizen {label}", []).append(file)
        self.files = {
            file: label if len(own) == 1 else f"{label} ({number})"
            for label, own in by_label.items()
            for number, file in enumerate(own, start=1)
        }
        coders = sorted(set(coding_files(round_)) - {RECONCILED})
        self.coders = {coder: f"Kodierung {column_letters(place)}" for place, coder in enumerate(coders)}

    def coder(self, name: str) -> str:
        return name if name in self.named else self.coders.get(name, DECIDED)

    def file(self, name: str) -> str:
        """A file by its path in the round's folder; tables made by hand are called by what they are."""
        below = name.partition("/")[2]
        if not below or {name, below, Path(name).stem} & self.named:
            return name
        return self.files.get(name) or self.coder(Path(name).stem)


def ingest_group_notes(round_: Round) -> GroupNotes:
    """Read notes, boards, codings, releases and paraphrases of a round; all tables are empty where it has none.

    Raises: DataError for a file nobody can read, and for an unknown group, code or stance.
    """
    noted, problems = read_notes(round_)
    cards, odd = read_boards(round_)
    codings, referred, more = read_codings(round_)
    releases, unsigned = read_releases(round_)
    for release in releases:
        referred.setdefault(release.statement, []).append(release.text)
    found = [*noted, *cards]
    names, clashes = _names(found, referred)
    texts = {name: one.text for name, one in zip(names, found, strict=True)}
    kept, review, lost = fitting(codings, texts)
    final, disputed = final_codings(kept)
    released, void = valid_releases(releases, texts)
    paraphrases, unfounded = read_paraphrases(round_, texts)
    pictures, unshown = read_photos(round_, cards)
    problems += [*odd, *more, *unsigned, *clashes, *lost, *void, *unfounded, *unshown]
    message = "the statement shows signs of personal data and cannot be quoted; shorten it in the notes if you can"
    signs = [(one, personal_data(one.text)) for one in found]
    problems += [
        Problem("personal_data", one.place, message, sign, file=one.file) for one, own in signs for sign in own
    ]
    message = "the words changed since it was coded; its codes are kept: look at it, then run fachdialog code"
    problems += [
        Problem("statement_changed", one.place, f"{name}: {message}", file=one.file)
        for name, one in zip(names, found, strict=True)
        if name in review
    ]
    if disputed:
        message = "coders differ and nobody decided; only what all of them gave is counted: fill coding/reconciled.csv"
        seen = f"{len(disputed)} statements"
        problems.append(Problem("coders_differ", "whole folder", message, seen, file="Kodierungen"))
    for name, (one, own) in zip(names, signs, strict=True):
        released.setdefault(name, "" if own else one.released_by)
    about = {"round": round_.name}
    rows = [
        about | vars(one) | {"statement": n, "released_by": released[n]} for n, one in zip(names, found, strict=True)
    ]
    statements = make_table("statements", rows)
    called = PublicNames(round_, statements)
    rows = [about | vars(one) | {"group": group_of(one.statement)} for one in (*kept, *final)]
    return GroupNotes(
        round_,
        statements,
        make_table("codings", rows),
        _coded_statements(statements, final, called),
        make_table("paraphrases", paraphrases),
        keep("problems", public_problems(round_.name, problems, called.file)),
        review,
        disputed,
        sorted({clean(one.coder) for one in kept if one.coder != RECONCILED}),
        pictures,
        problems,
        called,
    )


def write_group_notes(notes: GroupNotes) -> None:
    """Write the tables to the round's places; problems join those of the survey, replacing earlier ones of notes."""
    for name in TABLES_WRITTEN:
        write_table(getattr(notes, name), name, notes.round.table(name))
    write_pictures(notes.pictures, notes.round.processed)
    path = notes.round.table("problems")
    others = read_table("problems", path) if path.is_file() else notes.problems.iloc[:0]
    others = others[others["file"].map(is_of_survey).astype(bool)]
    write_table(pd.concat([others, notes.problems], ignore_index=True), "problems", path)


def _names(found: list[Found], referred: Mapping[str, list[str]]) -> tuple[list[str], list[Problem]]:
    """Names of all statements: those a table gives, the others by their words."""
    names = [""] * len(found)
    problems: list[Problem] = []
    for place, one in enumerate(found):
        name = f"{one.group}.{one.identifier}"
        if one.identifier and name in names:
            message = "another statement of the group has the same id; this one is named by its words"
            problems.append(Problem("id_twice", one.place, message, file=one.file, private=one.identifier))
        elif one.identifier:
            names[place] = name
    rest = [place for place, name in enumerate(names) if not name]
    free = {name: texts for name, texts in referred.items() if name not in names}
    named = name_statements([(found[place].group, found[place].text) for place in rest], free)
    for place, name in zip(rest, named.names, strict=True):
        names[place] = name
    return names, problems


def _coded_statements(statements: pd.DataFrame, final: list[Coding], called: PublicNames) -> pd.DataFrame:
    """Where each coded statement stands and what it bears, without its words unless they were released."""
    by_name: dict[str, list[dict[str, object]]] = {}
    for coding in final:
        decided_by = coding.decided_by if coding.decided_by == ALL_CODERS else called.coder(coding.decided_by)
        code = "" if coding.code == NO_CODE else coding.code
        cells: dict[str, object] = {"code": code, "stance": coding.stance, "decided_by": decided_by}
        by_name.setdefault(coding.statement, []).append(cells)
    public = statements.assign(
        file=statements["file"].map(called.file), quote=statements["text"].where(statements["released_by"] != "", "")
    )
    rows = [one | cells for one in public.to_dict("records") for cells in by_name.get(str(one["statement"]), [])]
    return make_table("coded_statements", [{str(key): value for key, value in row.items()} for row in rows])


def disagreements(notes: GroupNotes) -> pd.DataFrame:
    """Statements on which coders differ: name, file, place, what each coder gave, and whether it was decided.

    Shows codes and stances, never words; coders and files bear their public names.
    """
    rows = []
    places = notes.statements.set_index("statement")
    coded = notes.codings[notes.codings["coder"] != FINAL]
    for statement, given in decisions(coded.itertuples()).items():
        own = {coder: codes for coder, codes in given.items() if coder in notes.coders}
        if any(codes != next(iter(own.values())) for codes in own.values()):
            said = {notes.names.coder(coder): as_words(own[coder]) if coder in own else "" for coder in notes.coders}
            decided = as_words(given[RECONCILED]) if RECONCILED in given else ""
            file, place = places.loc[statement, ["file", "place"]]
            place = {"statement": statement, "file": notes.names.file(str(file)), "place": place}
            rows.append({**place, **said, "decided": decided})
    columns = ["statement", "file", "place", *map(notes.names.coder, notes.coders), "decided"]
    return keep("disagreements", pd.DataFrame(rows, columns=columns))


def as_words(codes: Mapping[str, str]) -> str:
    """Codes and stances on one line: `energie (bedingung) · fachkraefte (priorität)`; `ohne_code` where none fits."""
    return " · ".join(f"{code} ({stance})" if stance else code for code, stance in codes.items()) or NO_CODE
