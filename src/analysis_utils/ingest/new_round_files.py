"""Write the proposal for a new round: its folder, `round.yml`, and what the codebook lacks. Never over an edit."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import Any

from ..codebook import read_codebook
from ..errors import DataError
from ..rounds import open_round
from .new_round import Proposal, propose

_HEAD = """\
# Proposal made from {export} and {earlier}. Look at every line; what was only guessed stands under `confirm`:
# correct it where it is wrong, then delete the line. While one is left the round is refused.
"""


def make_round(name: str, earlier_name: str, export: Path, *, data: Path | None = None) -> str:
    """Make `data/raw/<name>` with the export, a proposed `round.yml` and, in the codebook, new codes and the crosswalk.

    Returns what was found and the next step. A `round.yml` that exists is left alone, and so is a crosswalk between
    the two rounds. Raises: DataError for an unsafe name and for an export that is refused; nothing is written then.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise DataError("new-round", "a name of letters, digits, - and _", repr(name))
    earlier = open_round(earlier_name, data=data)
    folder = earlier.raw.parent / name
    if folder.is_symlink():
        raise DataError("new-round", "a real folder", "a symbolic link", at=str(folder))
    if (folder / "round.yml").exists():
        return f"{name} exists already; nothing was changed.\n{_next(name, earlier_name)}"
    found = propose(export, earlier)
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / export.name
    if not place.exists():
        shutil.copytree(export, place) if export.is_dir() else shutil.copyfile(export, place)
    _extend_codebook(earlier.raw.parents[1] / "codebook.yml", found, earlier_name, name)
    (folder / "round.yml").write_text(_round_yml(found, earlier_name, name), encoding="utf-8", newline="\n")
    told = [f"made {folder}", *(f"  {line}" for line in found.report or ["everything as in the earlier round"])]
    if found.confirm:
        told += [f"to confirm ({len(found.confirm)}):", *(f"  {line}" for line in found.confirm)]
    return "\n".join([*told, _next(name, earlier_name)])


def _next(name: str, earlier: str) -> str:
    return (
        f"next: edit data/raw/{name}/round.yml and the crosswalk {earlier} → {name} in data/codebook.yml, then run\n"
        f"  fachdialog check {name}\n  fachdialog report {name}\n  fachdialog compare {earlier} {name}"
    )


def _round_yml(found: Proposal, earlier: str, name: str) -> str:
    content: dict[str, Any] = {"title": found.title or name, "date": _date(found.date), "provenance": "original"}
    content["export"] = found.export.name
    if found.sessions:
        content["sessions"] = found.sessions
    content["compare"] = {"with": [earlier], "margins": {"mean": 1.0, "mean_points": 5.0, "share": 0.1}}
    if found.confirm:
        content["confirm"] = found.confirm
    content["questions"] = found.questions
    return _HEAD.format(export=found.export.name, earlier=earlier) + _dumped(content)


def _date(text: str) -> Any:
    """The day of the export as a date; the text as it is where it is none, so that reading says what is wrong."""
    import datetime

    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return text or None


def _extend_codebook(file: Path, found: Proposal, earlier: str, name: str) -> None:
    """Add codes and the crosswalk; comments and order of the file stay. Raises: DataError, with the file as it was,
    where the result would be no codebook."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    content = yaml.load(file.read_text(encoding="utf-8"))
    for section, codes in found.codes.items():
        content.setdefault(section, []).extend(codes)
    crosswalk = content.setdefault("crosswalk", [])
    if any(list(entry["between"]) == [earlier, name] for entry in crosswalk):
        found.report.append(f"the crosswalk {earlier} → {name} is in the codebook already and was left alone")
    else:
        crosswalk.append({"between": [earlier, name], **found.links})
    buffer = io.StringIO()
    yaml.dump(content, buffer)
    part = file.with_name(".codebook.part.yml")
    part.write_text(buffer.getvalue(), encoding="utf-8", newline="\n")
    try:
        read_codebook(part)
    except DataError:
        part.unlink()
        raise
    part.replace(file)


def _dumped(content: dict[str, Any]) -> str:
    from ruamel.yaml import YAML

    yaml, stream = YAML(), io.StringIO()
    yaml.width, yaml.allow_unicode = 4096, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(content, stream)
    return stream.getvalue()
