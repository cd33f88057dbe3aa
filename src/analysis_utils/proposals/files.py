"""Write the proposal for a new round: its folder, `round.yml`, and what the codebook lacks. Never over an edit."""

from __future__ import annotations

import io
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..rounds import (
    LONGEST_NAME,
    Codebook,
    Margins,
    check_name,
    data_folder,
    day_of,
    open_round,
    read_codebook,
    round_names,
    safe_name,
)
from .new_round import propose
from .options import Proposal

_HEAD = """\
# Proposal made from {export}{earlier}. Look at every line; what was only guessed stands under `confirm`:
# correct it where it is wrong, then delete the line. While one is left the round is refused.
"""
_SHARED = """\
# `*skala_1` stands for the scale marked `&skala_1` above it: corrected there, it is corrected for all these statements.
# Where one of them has another scale, write it there in its place.
"""
_SECTIONS = ("focus_areas", "theme_clusters", "cross_cutting_themes", "participant_groups")
_USUAL_STEPS = 9
"""Steps of a scale of ten values, for which the margin of means is meant."""


def make_round(name: str, earlier_name: str | None, *exports: Path, data: Path | None = None) -> str:
    """Make `data/raw/<name>` with the files of the event, a proposed `round.yml` and, in the codebook, new codes and
    the crosswalk.

    Without an earlier round it is the first of a programme; a codebook that is missing is made. Returns what was found
    and the next step. A `round.yml` that exists is left alone, and so is a crosswalk between the two rounds.
    Raises: DataError for an unsafe name and for an export that is refused; nothing is written then.
    """
    title = name
    if re.fullmatch(r"[\w -]+", name) and len(name) <= LONGEST_NAME:
        name = safe_name(name)
    check_name("new-round", name)
    if name == earlier_name:
        raise DataError("new-round", "a name of its own", f"that of the earlier round, {name}")
    earlier = open_round(earlier_name, data=data) if earlier_name else None
    place = earlier.raw.parents[1] if earlier else data_folder(data)
    folder, book = place / "raw" / name, place / "codebook.yml"
    following = _next(name, earlier_name, data or place, is_elsewhere=data is not None)
    if folder.is_symlink():
        raise DataError("new-round", "a real folder", "a symbolic link", at=str(folder))
    if (folder / "round.yml").exists():
        return f"{name} exists already; nothing was changed.\n{following}"
    for export in exports:
        if not export.exists():
            raise DataError("new-round", "the file of the export", "nothing there", at=str(export))
    if len({export.name.casefold() for export in exports}) < len(exports):
        raise DataError("new-round", "files of different names", "two of one name", remedy="rename one of them")
    codebook = read_codebook(book) if book.exists() else Codebook.model_validate({key: [] for key in _SECTIONS})
    found = propose(exports, earlier, codebook)
    folder.mkdir(parents=True, exist_ok=True)
    for export in exports:
        if not (copy := folder / export.name).exists():
            shutil.copytree(export, copy) if export.is_dir() else shutil.copyfile(export, copy)
    _extend_codebook(book, found, earlier_name, name)
    (folder / "round.yml").write_text(_round_yml(found, earlier_name, title), encoding="utf-8", newline="\n")
    beside = [other for other in round_names(place) if other != name]
    if beside and not earlier:
        found.report.append(
            f"beside {', '.join(beside)}, without --from: if it follows one of them or belongs to another programme, "
            f"delete {folder} and its codes in {book}, and call again with --from or with --data OTHER/data"
        )
    told = [f"made {folder}", *(f"  {line}" for line in found.report or ["everything as in the earlier round"])]
    if found.confirm:
        told += [f"to confirm ({len(found.confirm)}):", *(f"  {line}" for line in found.confirm)]
    return "\n".join([*told, following])


def _next(name: str, earlier: str | None, data: Path, *, is_elsewhere: bool) -> str:
    """The next steps, as they are typed: with the data folder where it was named."""
    places = f"{data / 'raw' / name / 'round.yml'} and " + (
        f"the crosswalk {earlier} → {name} in " if earlier else "the labels in "
    )
    option = f" --data {shlex.quote(str(data))}" if is_elsewhere else ""
    steps = [f"next: edit {places}{data / 'codebook.yml'}, then run"]
    steps += [f"  fachdialog check {name}{option}", f"  fachdialog report {name}{option}"]
    return "\n".join([*steps, *([f"  fachdialog compare {earlier} {name}{option}"] if earlier else [])])


def _round_yml(found: Proposal, earlier: str | None, name: str) -> str:
    content: dict[str, Any] = {
        "title": found.title or name,
        "date": day_of(found.date) or found.date or None,
        "provenance": "original",
    }
    names = [file.name for file in found.files]
    content |= {"export": names[0]} if len(names) == 1 else {"exports": names}
    if found.sessions:
        content["sessions"] = found.sessions
    if found.columns:
        content["columns"] = {
            name: _on_one_line(of) if isinstance(of, dict) else of for name, of in found.columns.items()
        }
    if earlier:
        content["compare"] = {"with": [earlier], "margins": _margins(found.questions)}
    if found.confirm:
        content["confirm"] = found.confirm
    content |= found.settings
    content["questions"] = _entries(found.questions)
    dumped = _dumped(content, 4096)
    head = _HEAD.format(export=" and ".join(names), earlier=f" and {earlier}" if earlier else "")
    return head + (_SHARED if "*skala_" in dumped else "") + dumped


def _margins(questions: list[dict[str, Any]]) -> dict[str, Any]:
    """The usual margins; a scale of other than ten values gets one in proportion."""
    margins: dict[str, Any] = Margins().model_dump(exclude={"questions"})
    steps = {q["id"]: q["scale"]["high"] - q["scale"]["low"] for q in questions if "scale" in q}
    own = {name: round(margins["mean"] * n / _USUAL_STEPS, 1) for name, n in steps.items() if n != _USUAL_STEPS}
    return margins | ({"questions": own} if own else {})


def _entries(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions, scales on a line. Statements of one list that share a scale refer to the first of them, so that
    the meaning of its ends is written once."""
    lines: dict[tuple[Any, ...], Any] = {}
    entries = []
    for question in questions:
        if "scale" in question:
            key = question["wording"], *map(str, question["scale"].values())
            if key not in lines:
                lines[key] = _on_one_line(question["scale"])
                lines[key].yaml_set_anchor(f"skala_{len(lines)}")
            question = question | {"scale": lines[key]}
        entries.append(question)
    return entries


def _on_one_line(content: dict[str, Any]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    line = CommentedMap(content)
    line.fa.set_flow_style()
    return line


def _extend_codebook(file: Path, found: Proposal, earlier: str | None, name: str) -> None:
    """Add codes and the crosswalk; comments and order of the file stay. Raises: DataError, with the file as it was,
    where the result would be no codebook."""
    content = _yaml(120).load(file.read_text(encoding="utf-8")) if file.exists() else {key: [] for key in _SECTIONS}
    for section, codes in found.codes.items():
        if not content.get(section):
            content[section] = []  # an empty list is written as `[]`, into which nothing can be appended in lines
        content[section].extend(codes)
    if earlier:
        crosswalk = content.setdefault("crosswalk", [])
        if any(list(entry["between"]) == [earlier, name] for entry in crosswalk):
            found.report.append(f"the crosswalk {earlier} → {name} is in the codebook already and was left alone")
        else:
            links = {section: [_on_one_line(link) for link in own] for section, own in found.links.items()}
            crosswalk.append({"between": [earlier, name], **links})
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(".codebook.part.yml")
    part.write_text(_dumped(content, 120), encoding="utf-8", newline="\n")
    try:
        read_codebook(part)
    except DataError:
        part.unlink()
        raise
    part.replace(file)


def _dumped(content: Any, width: int) -> str:
    stream = io.StringIO()
    _yaml(width).dump(content, stream)
    return stream.getvalue()


def _yaml(width: int) -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width, yaml.allow_unicode = width, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
