"""What lies in the folder of a round: which file is read as what, under whatever spelling, and what nobody reads.

Links are never followed: what they point to may lie outside the round.
"""

from __future__ import annotations

import os
from pathlib import Path

from poll_exports import shown, some

from ..errors import DataError
from ..rounds import Round, normalise
from .problems import EXPORT, FOLDER, Problem

TABLES = {
    "corrections": ("correction", "korrekturen", "korrektur"),
    "boards": ("board", "tafeln", "tafel", "karten"),
    "photos": ("photo", "fotos", "foto"),
    "released": ("release", "releases", "freigaben", "freigabe", "freigegeben"),
    "paraphrases": ("paraphrase", "paraphrasen", "zusammenfassungen"),
}
"""Tables made by hand, by the name of their file, and the other names they may bear."""
FOLDERS = {
    "notes": ("notizen", "gruppennotizen"),
    "coding": ("codings", "kodierung", "kodierungen", "codierung", "codierungen"),
    "photos": ("photo", "fotos", "foto"),
}
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
_DESCRIPTIONS = ("round.yml", "findings.yml", "published.yml")
_ABOUT = ("readme", "provenance", "license", "lizenz")


def hand_table(raw: Path, name: str) -> Path | None:
    """The file of one of `TABLES`, None where there is none. Raises: DataError where there are two."""
    return _only(raw, [path for path in _entries(raw) if _table(path) == name], "file")


def subfolder(raw: Path, name: str) -> Path:
    """One of `FOLDERS`, where it is or would be. Raises: DataError for two, and for a link."""
    found = [path for path in _entries(raw) if path.is_dir() and _called(path.name, FOLDERS) == name]
    path = _only(raw, found, "folder")
    if path and path.is_symlink():
        raise DataError(path, "a real folder", "a link", at=raw.name, remedy="copy the files themselves into the round")
    return path or raw / name


def files_in(folder: Path) -> list[Path]:
    """Every file below a folder in the order of its names, links among them but not what lies behind them."""
    found = []
    for place, folders, files in os.walk(folder):
        linked = [name for name in folders if Path(place, name).is_symlink()]
        found += [Path(place, name) for name in (*files, *linked)]
    return sorted(path for path in found if not _is_left_over(path.name))


def possible_exports(raw: Path) -> list[Path]:
    """Files of a round's folder that may be the export: workbooks and sheets that are no table made by hand."""
    endings = (*ENDINGS, ".json")
    return [p for p in _entries(raw) if p.suffix.lower() in endings and p.is_file() and not _table(p)]


def named(folder: Path, name: str) -> Path:
    """The file of this name, also where the letters of its name are composed otherwise or differ in case alone."""
    wanted = normalise(name).casefold()
    if (folder / name).exists() or not folder.is_dir():
        return folder / name
    alike = [path for path in folder.iterdir() if normalise(path.name).casefold() == wanted]
    return alike[0] if len(alike) == 1 else folder / name


def not_read(round_: Round) -> list[Problem]:
    """One row for what lies in the round's folder and is read by nothing, and one for links; their names are private.

    `notes/` is not among it: what lies there is read or refused.
    """
    lost: list[str] = []
    links: list[str] = []
    exports = [named(round_.raw, name) for name in round_.file.files]
    for path in _entries(round_.raw):
        if path.is_symlink():
            links.append(path.name)
        elif path.is_dir():
            lost += _unread_inside(path, ENDINGS[:3] if path in exports else ())
        elif path not in exports and not _table(path) and not _is_description(path):
            lost.append(path.name)
    found = [
        ("file_not_read", lost, "nothing reads these files of the round's folder; name them as docs/data-formats.md "
         "says"),
        ("link_not_followed", links, "links are not followed; put the files themselves into the round's folder"),
    ]  # fmt: skip
    return [
        Problem(rule, "", message, f"{len(names)} files", "set aside", FOLDER, some((shown(n, 60) for n in names), 12))
        for rule, names, message in found
        if names
    ]


def is_of_survey(file: str) -> bool:
    """Whether the file that a row of `problems` names was read with the poll, not with the groups' notes."""
    return file in (EXPORT, FOLDER) or _table(Path(file)) == "corrections"


def _entries(raw: Path) -> list[Path]:
    return sorted(path for path in raw.iterdir() if not _is_left_over(path.name)) if raw.is_dir() else []


def _is_left_over(name: str) -> bool:
    """Hidden files, locks of programs that have a file open, and the copies our own sheets leave."""
    return name.startswith((".", "~$")) or name.lower().endswith((".bak", "~"))


def _only(raw: Path, found: list[Path], what: str) -> Path | None:
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        remedy = f"keep the one that counts and move the other out of {raw.name}"
        raise DataError(raw / found[0].name, f"one {what} of this kind", names, at=raw.name, remedy=remedy)
    return found[0] if found else None


def _table(path: Path) -> str:
    """Which of `TABLES` a file is; nothing where it is none."""
    return _called(path.stem, TABLES) if path.suffix.lower() in ENDINGS and not path.is_dir() else ""


def _called(written: str, names: dict[str, tuple[str, ...]]) -> str:
    wanted = normalise(written).casefold()
    return next((name for name, others in names.items() if wanted in (name, *others)), "")


def _is_description(path: Path) -> bool:
    return path.name in _DESCRIPTIONS or path.suffix == ".py" or path.stem.casefold().startswith(_ABOUT)


def _unread_inside(folder: Path, sheets: tuple[str, ...]) -> list[str]:
    """Files below a folder that nothing reads. `sheets`: endings of what is read, where it is an export; notes are read
    or refused, a photo without a card is a row of its own, and codings are tables."""
    what = "" if sheets else _called(folder.name, FOLDERS)
    if what in ("notes", "photos"):
        return []
    read = ENDINGS if what == "coding" else sheets
    unread = [path for path in files_in(folder) if path.suffix.lower() not in read or path.parent != folder]
    return [f"{folder.name}/{path.relative_to(folder).as_posix()}" for path in unread]
