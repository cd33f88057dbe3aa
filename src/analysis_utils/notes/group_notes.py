"""A round's notes, boards, codings and released photos → the tables that come of them (`TABLES_WRITTEN`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from poll_exports import column_letters

from ..clean import Problem, files_in, is_of_survey, personal_data, public_problems, subfolder, told
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
    coders_of,
    coding_files,
    decisions,
    final_codings,
    fitting,
    read_codings,
)
from .photos import Picture, read_photos, write_pictures
from .reading import Found, read_notes
from .releases import read_paraphrases, read_releases, valid_releases
from .statement_ids import Names, group_of, name_statements

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


@dataclass(frozen=True)
class PublicNames:
    """What coders and files of notes are called in public: neutrally, unless round.yml lists them under `named`."""

    named: frozenset[str]
    coders: dict[str, str]
    files: dict[str, str]

    def coder(self, name: str) -> str:
        return name if name in self.named else self.coders.get(name, DECIDED)

    def file(self, name: str) -> str:
        """A file by its path in the round's folder; tables made by hand are called by what they are."""
        below = name.partition("/")[2]
        if not below or {name, below, Path(name).stem} & self.named:
            return name
        return self.files.get(name) or self.coder(Path(name).stem)


def public_names(round_: Round, statements: pd.DataFrame, files: Iterable[str], coders: Iterable[str]) -> PublicNames:
    """Names by the alphabet of the coders, and by the groups of the files."""
    notes = round_.file.notes
    labels = {group.id: group.label for group in notes.groups} if notes else {}
    groups = {str(file): list(own["group"].unique()) for file, own in statements.groupby("file", sort=False)}
    by_label: dict[str, list[str]] = {}
    for file in files:
        label = labels[groups[file][0]] if len(groups.get(file, [])) == 1 else "mehrerer Gruppen"
        by_label.setdefault(f"Notizen {label}", []).append(file)
    names = {
        file: label if len(own) == 1 else f"{label} ({number})"
        for label, own in by_label.items()
        for number, file in enumerate(own, start=1)
    }
    letters = {coder: f"Kodierung {column_letters(place)}" for place, coder in enumerate(sorted(coders))}
    return PublicNames(frozenset(notes.named if notes else ()), letters, names)


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
    texts = {name: one.text for name, one in zip(names.names, found, strict=True)}
    kept, review, lost = fitting(codings, texts)
    final, disputed = final_codings(kept)
    released, void = valid_releases(releases, texts)
    paraphrases, unfounded = read_paraphrases(round_, texts)
    pictures, unshown = read_photos(round_, cards)
    problems = [*problems, *odd, *more, *unsigned, *clashes, *lost, *void, *unfounded, *unshown]
    problems += _personal(found) + _to_review(review, texts, found, names) + _in_dispute(disputed)
    released |= {
        name: one.released_by
        for name, one in zip(names.names, found, strict=True)
        if one.released_by and name not in released and not personal_data(one.text)
    }
    statements = _statements(round_, found, names, released)
    files = [path.relative_to(round_.raw).as_posix() for path in files_in(subfolder(round_.raw, "notes"))]
    called = public_names(round_, statements, files, set(coding_files(round_)) - {RECONCILED})
    return GroupNotes(
        round_,
        statements,
        _codings(round_, [*kept, *final]),
        _coded_statements(round_, statements, final, called),
        make_table("paraphrases", paraphrases),
        keep("problems", public_problems(round_.name, problems, called.file)),
        review,
        disputed,
        coders_of(kept),
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


def _names(found: list[Found], referred: Mapping[str, list[str]]) -> tuple[Names, list[Problem]]:
    """Names of all statements: those a table gives, the others by their words."""
    given: dict[int, str] = {}
    problems: list[Problem] = []
    for place, one in enumerate(found):
        name = f"{one.group}.{one.identifier}"
        if one.identifier and name in given.values():
            message = "another statement of the group has the same id; this one is named by its words"
            problems.append(Problem("id_twice", one.place, message, file=one.file, private=one.identifier))
        elif one.identifier:
            given[place] = name
    rest = [place for place in range(len(found)) if place not in given]
    free = {name: texts for name, texts in referred.items() if name not in set(given.values())}
    named = name_statements([(found[place].group, found[place].text) for place in rest], free)
    names = given | dict(zip(rest, named.names, strict=True))
    return replace(named, names=[names[place] for place in range(len(found))]), problems


def _personal(found: list[Found]) -> list[Problem]:
    message = "the statement shows signs of personal data and cannot be quoted; shorten it in the notes if you can"
    return [
        Problem("personal_data", one.place, message, seen=rule, file=one.file)
        for one in found
        for rule in personal_data(one.text)
    ]


def _to_review(review: Mapping[str, str], texts: Mapping[str, str], found: list[Found], names: Names) -> list[Problem]:
    places = dict(zip(names.names, found, strict=True))
    message = "the words changed since it was coded; its codes are kept: look at it, then run fachdialog code"
    return [
        Problem("statement_changed", places[name].place, f"{name}: {message}", file=places[name].file)
        for name in texts
        if name in review
    ]


def _in_dispute(disputed: list[str]) -> list[Problem]:
    if not disputed:
        return []
    message = "coders differ and nobody decided; only what all of them gave is counted: fill coding/reconciled.csv"
    return [Problem("coders_differ", "whole folder", message, f"{len(disputed)} statements", file="Kodierungen")]


def _statements(round_: Round, found: list[Found], names: Names, released: Mapping[str, str]) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for name, one in zip(names.names, found, strict=True):
        cells = {key: value for key, value in vars(one).items() if key not in ("identifier", "released_by")}
        rows.append({"round": round_.name, "statement": name, **cells, "released_by": released.get(name, "")})
    return make_table("statements", rows)


def _codings(round_: Round, codings: list[Coding]) -> pd.DataFrame:
    columns = ("statement", "coder", "code", "stance", "decided_by", "note")
    rows: list[dict[str, object]] = [
        {"round": round_.name, "group": group_of(one.statement), **{key: getattr(one, key) for key in columns}}
        for one in codings
    ]
    return make_table("codings", rows)


def _coded_statements(
    round_: Round, statements: pd.DataFrame, final: list[Coding], called: PublicNames
) -> pd.DataFrame:
    """Where each coded statement stands and what it bears, without its words unless they were released."""
    by_name: dict[str, list[Coding]] = {}
    for coding in final:
        by_name.setdefault(coding.statement, []).append(coding)
    rows: list[dict[str, object]] = []
    for one in statements.to_dict("records"):
        public = {key: one[key] for key in ("group", "statement", "kind", "file", "place", "released_by")}
        public["file"] = called.file(str(one["file"]))
        quote = one["text"] if one["released_by"] else ""
        for coding in by_name.get(str(one["statement"]), []):
            code = "" if coding.code == NO_CODE else coding.code
            decided_by = coding.decided_by if coding.decided_by == ALL_CODERS else called.coder(coding.decided_by)
            cells = {"code": code, "stance": coding.stance, "decided_by": decided_by, "quote": quote}
            rows.append({"round": round_.name, **{str(key): value for key, value in public.items()}, **cells})
    return make_table("coded_statements", rows)


def disagreements(notes: GroupNotes) -> pd.DataFrame:
    """Statements on which coders differ: name, file, place, what each coder gave, and whether it was decided.

    Shows codes and stances, never words; coders and files bear their public names.
    """
    rows = []
    places = notes.statements.set_index("statement")[["file", "place"]]
    coded = [
        Coding(row["statement"], "", row["coder"], row["code"], row["stance"], "", "")
        for row in notes.codings.to_dict("records")
        if row["coder"] != "final"
    ]
    for statement, by_coder in decisions(coded).items():
        own = {coder: codes for coder, codes in by_coder.items() if coder in notes.coders}
        if len(own) > 1 and any(codes != next(iter(own.values())) for codes in own.values()):
            said = {notes.names.coder(coder): as_words(own[coder]) if coder in own else "" for coder in notes.coders}
            decided = as_words(by_coder["reconciled"]) if "reconciled" in by_coder else ""
            place = {
                "statement": statement,
                "file": notes.names.file(str(places.at[statement, "file"])),
                "place": places.at[statement, "place"],
            }
            rows.append({**place, **said, "decided": decided})
    columns = ["statement", "file", "place", *map(notes.names.coder, notes.coders), "decided"]
    return keep("disagreements", pd.DataFrame(rows, columns=columns))


def as_words(codes: Mapping[str, str]) -> str:
    """Codes and stances on one line: `energie (bedingung) · fachkraefte (priorität)`; `ohne_code` where none fits."""
    return " · ".join(f"{code} ({stance})" if stance else code for code, stance in codes.items()) or NO_CODE
