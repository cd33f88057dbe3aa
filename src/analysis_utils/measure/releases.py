"""The ledger of what a round has released, so that two versions do not give away the few people between them.

`.releases.json` in the round's folder holds, per released version and question, a fingerprint of each person's answer
and the segment it was shown in. It is as private as the answers themselves (mode 0600, not in git).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd

from ..errors import DataError
from ..rounds import Round
from ..tables import read_table
from .ballots import VOTER
from .segments import UNSTATED, segmentation, with_groups

LEDGER = ".releases.json"
Shown = dict[str, list[str]]
"""Segment → fingerprints of the answers shown in it, sorted."""


def ledger_path(round_: Round) -> Path:
    return round_.raw / LEDGER


def read_ledger(round_: Round) -> list[dict[str, Shown]]:
    """Released versions, oldest first: question → segment → fingerprints. Raises: DataError when it is broken."""
    path = ledger_path(round_)
    if not path.is_file():
        return []
    try:
        return json.loads(path.read_text(encoding="utf-8"))["releases"]
    except (ValueError, KeyError, TypeError):
        remedy = "restore it from a backup; deleting it gives up the protection against comparing versions"
        raise DataError(path, "the ledger of releases", "a file that cannot be read", remedy=remedy) from None


def fingerprints(answers: pd.DataFrame) -> Shown:
    """Segment → fingerprints of one question's answers (rows with VOTER, item, value and the column `shown`)."""
    shown: dict[str, list[str]] = {}
    ordered = answers.astype(dict.fromkeys(VOTER, "int64")).sort_values([*VOTER, "item", "value"], kind="stable")
    for voter, rows in ordered.groupby(VOTER, sort=True):
        said = "|".join(f"{item}={value!r}" for item, value in zip(rows["item"], rows["value"], strict=True))
        mark = hashlib.sha256(f"{voter}:{said}".encode()).hexdigest()[:16]
        shown.setdefault(str(rows["shown"].iloc[0]), []).append(mark)
    return {segment: sorted(marks) for segment, marks in sorted(shown.items())}


def told_apart(round_: Round, question: str, answers: pd.DataFrame) -> bool:
    """Whether a segment of this question and one of a released version differ by one to `minimum_base` − 1 people."""
    released = [release[question] for release in read_ledger(round_) if question in release]
    if not released:
        return False
    now = fingerprints(answers).values()
    for shown in released:
        for earlier in shown.values():
            for marks in now:
                if 0 < _changed(set(marks), set(earlier)) < round_.file.disclosure.minimum_base:
                    return True
    return False


def _changed(now: set[str], earlier: set[str]) -> int:
    """People in one of two groups only; a changed answer counts once."""
    return max(len(now - earlier), len(earlier - now))


def released_version(round_: Round) -> dict[str, Shown]:
    """What the tables of a round show by segment: the questions of which `estimates` publishes segments."""
    estimates = read_table("estimates", round_.table("estimates"))
    bases = estimates[(estimates["statistic"] == "respondents") & (estimates["status"] == "published")]
    shown = list(dict.fromkeys(bases.loc[bases["segment"] != "all", "question"]))
    if not shown:
        return {}
    answers = read_table("answers", round_.table("answers"))
    answers = with_groups(answers[is_answer(answers)], read_table("voters", round_.table("voters")))
    groups = segmentation(round_, answers).assigned
    answers = answers.assign(shown=answers["group"].map(groups).fillna(UNSTATED))
    return {name: fingerprints(answers[answers["question"] == name]) for name in shown}


def is_answer(answers: pd.DataFrame) -> pd.Series:
    """Rows that say something: an item chosen, a number or a text (an empty cell is no answer)."""
    chosen = (answers["item"] != "") & ~answers["type"].isin(["points", "scale"])
    return answers["value"].notna() | chosen | (answers["text"] != "")


def record_release(round_: Round) -> None:
    """Add the present version to the ledger, unless it is there already: an unchanged rerun changes nothing."""
    version, known = released_version(round_), read_ledger(round_)
    if version in known or not version:
        return
    path = ledger_path(round_)
    part = path.with_name(f".{path.name}.part")
    part.touch(mode=0o600)
    part.write_text(json.dumps({"releases": [*known, version]}, indent=0, sort_keys=True), encoding="utf-8")
    part.chmod(0o600)
    part.replace(path)
