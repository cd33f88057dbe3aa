"""The ledger of what a round has released, so that two versions do not give away the few people between them.

`.releases.json` in the round's folder holds, per released version and question, two fingerprints of each person's
answer (with and without the voter's number), the segment it was shown in, and the rows published about segments. It
is as private as the answers themselves (mode 0600, not in git).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pandas as pd

from ..errors import DataError
from ..gate import compared_questions, compares_segments, segmentation, shown_in, with_groups
from ..rounds import Round
from ..tables import read_table
from .ballots import VOTER

LEDGER = ".releases.json"
COUNTED = ("single_choice", "multiple_choice", "scale", "points")
"""Types of questions of which more is published than how many people answered."""
Shown = dict[str, list[str]]
"""Segment → marks of the answers shown in it, sorted. A mark is "who and what.what", each part a fingerprint."""
PublicRow = tuple[str, str, str, float, str]
"""Segment, item, statistic, estimate, method."""


@dataclass(frozen=True)
class Released:
    """One question in one version: who was shown where ("all" alone where segments were not), and the published rows
    that tell about segments."""

    segments: Shown
    rows: list[PublicRow] = field(default_factory=list)


@dataclass(frozen=True)
class Version:
    """What the private tables held when a report was written. `stamps`: how its pages name their numbers
    (`Round.data_stamp`); several, where only texts changed in between."""

    stamps: list[str]
    questions: dict[str, Released]


def ledger_path(round_: Round) -> Path:
    return round_.raw / LEDGER


def read_ledger(path: Path) -> list[Version]:
    """Released versions, oldest first. Raises: DataError when the ledger is broken."""
    if not path.is_file():
        return []
    try:
        versions = json.loads(path.read_text(encoding="utf-8"))["versions"]
        return [
            Version(
                version["stamps"],
                {
                    name: Released(one["segments"], [tuple(row) for row in one["rows"]])
                    for name, one in version["questions"].items()
                },
            )
            for version in versions
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        name = path.parent.name
        remedy = f"restore it from a backup; where no report has left the house: fachdialog withdraw {name} --yes"
        raise DataError(path, "the ledger of releases", "a file that cannot be read", str(path), remedy) from None


def marks(answers: pd.DataFrame) -> Shown:
    """Segment → marks of one question's answers (rows with VOTER, item, value and the column `shown`)."""
    shown: dict[str, list[str]] = {}
    ordered = answers.astype(dict.fromkeys(VOTER, "int64")).sort_values([*VOTER, "item", "value"], kind="stable")
    for voter, rows in ordered.groupby(VOTER, sort=True):
        said = "|".join(f"{item}={value!r}" for item, value in zip(rows["item"], rows["value"], strict=True))
        mark = f"{_fingerprint(f'{voter}:{said}')}.{_fingerprint(said)}"
        shown.setdefault(str(rows["shown"].iloc[0]), []).append(mark)
    return {segment: sorted(found) for segment, found in sorted(shown.items())}


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def present_version(round_: Round) -> Version:
    """What the tables of a round show now."""
    estimates = read_table("estimates", round_.table("estimates"))
    answers = read_table("answers", round_.table("answers"))
    answers = with_groups(answers[is_answer(answers)], read_table("voters", round_.table("voters")))
    answers = shown_in(segmentation(round_, answers), answers)
    questions = {}
    for question in (one for one in round_.file.questions if one.type in COUNTED):
        rows = segment_rows(estimates[estimates["question"] == question.id])
        own = answers[answers["question"] == question.id]
        own = own if rows and question in compared_questions(round_) else own.assign(shown="all")
        questions[question.id] = Released(marks(own), rows)
    return Version([round_.data_stamp], questions)


def segment_rows(table: pd.DataFrame) -> list[PublicRow]:
    """The published rows of one question that tell about segments."""
    published = table[(table["status"] == "published") & table["estimate"].notna()]
    columns = [published[name] for name in ("segment", "item", "statistic", "estimate", "method")]
    return [
        (str(segment), str(item), str(statistic), float(estimate), str(method))
        for segment, item, statistic, estimate, method in zip(*columns, strict=True)
        if segment != "all" or compares_segments(statistic, item)
    ]


def is_answer(answers: pd.DataFrame) -> pd.Series:
    """Rows that say something: an item chosen, a number or a text (an empty cell is no answer)."""
    chosen = (answers["item"] != "") & ~answers["type"].isin(["points", "scale"])
    return answers["value"].notna() | chosen | (answers["text"] != "")


def record_release(round_: Round) -> None:
    """Add the present version to the ledger, unless it is there already: an unchanged rerun changes nothing."""
    version, known = present_version(round_), read_ledger(ledger_path(round_))
    for place, one in enumerate(known):
        if one.questions == version.questions:
            if set(version.stamps) <= set(one.stamps):
                return
            known[place] = replace(one, stamps=sorted({*one.stamps, *version.stamps}))
            break
    else:
        known.append(version)
    _write(ledger_path(round_), known)


def withdraw(round_: Round, keep: list[str]) -> None:
    """Forget the released versions but those that bear a stamp of `keep`. What the last run noted goes too, so that the
    next one computes afresh what was left out because of them, and enters itself."""
    kept = [version for version in read_ledger(ledger_path(round_)) if set(version.stamps) & set(keep)] if keep else []
    if kept:
        _write(ledger_path(round_), kept)
    else:
        ledger_path(round_).unlink(missing_ok=True)
    for notes in round_.processed.parent.glob(f".{round_.name}.building/{round_.name}/.run/doit.json"):
        notes.unlink()
    (round_.processed / ".run" / "doit.json").unlink(missing_ok=True)


def _write(path: Path, versions: list[Version]) -> None:
    part = path.with_name(f".{path.name}.part")
    part.touch(mode=0o600)
    content = {"versions": [asdict(version) for version in versions]}
    part.write_text(json.dumps(content, indent=0, sort_keys=True), encoding="utf-8")
    part.chmod(0o600)
    part.replace(path)
