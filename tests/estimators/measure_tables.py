"""Rounds and private tables built in a test, and the loader of the reference cases."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis_utils.gate.estimates import computed_estimates, with_segments
from analysis_utils.rounds import Round
from analysis_utils.rounds.codebook import Codebook, read_codebook
from analysis_utils.rounds.round_file import RoundFile
from analysis_utils.tables import make_table, validate

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).resolve().parents[2]
CODEBOOK: Codebook = read_codebook(ROOT / "data" / "codebook.yml")
AREAS = [code.id for code in CODEBOOK.focus_areas][:7]
GROUPS = [code.id for code in CODEBOOK.participant_groups][:5]


def golden(case: str) -> dict[str, Any]:
    """What the reference program says about a case. Raises: FileNotFoundError when there is no such case."""
    found = sorted(GOLDEN.glob(f"{case}_*/expected.json"))
    if len(found) != 1:
        raise FileNotFoundError(f"one reference case {case} in {GOLDEN}, found {len(found)}")
    return json.loads(found[0].read_text(encoding="utf-8"))


def golden_data(case: str, name: str = "data.csv") -> pd.DataFrame:
    found = sorted(GOLDEN.glob(f"{case}_*/{name}"))
    if len(found) != 1:
        raise FileNotFoundError(f"one file {name} of reference case {case}, found {len(found)}")
    return pd.read_csv(found[0])


def documented_statistics(*sections: str) -> set[str]:
    """Statistics with a row in docs/methodology.md, in the sections of this name or, without a name, in all others than
    those on group notes and on two rounds."""
    text = (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8")
    apart = ("Group notes", "Two rounds")
    found = set()
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        name = section.splitlines()[0] if section else ""
        if name in sections or (not sections and name not in apart):
            cells = re.findall(r"^\| (`[a-z0-9_]+`(?:, `[a-z0-9_]+`)*) \|", section, flags=re.MULTILINE)
            found |= {one for cell in cells for one in re.findall(r"[a-z0-9_]+", cell)}
    return found


def make_round(*, areas: list[str] | None = None, scales: int = 1, **settings: Any) -> Round:
    """A round with a group question, a points question "points" and scale questions "scale1", "scale2" …"""
    areas = AREAS if areas is None else areas
    scale = {"low": 1, "high": 10, "low_label": "low", "high_label": "high", "top_box": [7, 10]}
    questions: list[dict[str, Any]] = [
        {
            "id": "groups",
            "wording": "Which group?",
            "label": "Group",
            "type": "single_choice",
            "role": "participant_group",
            "options": {f"group {group}": group for group in GROUPS},
        },
        {
            "id": "points",
            "wording": "Which area?",
            "label": "Areas",
            "type": "points",
            "role": "priority",
            "options": {f"area {area}": area for area in areas},
        },
    ]
    for number in range(1, scales + 1):
        name = f"scale{number}"
        questions.append({"id": name, "wording": name, "label": name, "type": "scale", "scale": scale})
    file = RoundFile.model_validate(
        {"title": "t", "date": "2025-11-12", "provenance": "original", "export": "x.xlsx", "questions": questions}
        | settings
    )
    return Round("r", file, CODEBOOK, Path("raw"), Path("processed"), Path("reports"))


def make_tables(
    ballots: Any = (),
    *,
    areas: list[str] | None = None,
    groups: list[str] | None = None,
    scales: dict[str, list[int]] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`voters` and `answers`: voter k casts the k-th ballot, is in the k-th group and gives the k-th scale values."""
    areas = AREAS if areas is None else areas
    ballots = np.asarray(ballots, dtype=float).reshape(-1, len(areas))
    scales = scales or {}
    size = max([len(ballots), len(groups or []), *map(len, scales.values())])
    groups = groups or [""] * size
    voters: list[dict[str, object]] = []
    answers: list[dict[str, object]] = []
    for voter in range(size):
        key: dict[str, object] = {"round": "r", "session": 1, "voter": voter + 1}
        group = groups[voter] if voter < len(groups) else ""
        voters.append(key | {"segment": group})
        if group:
            answers.append(key | {"question": "groups", "type": "single_choice", "item": group})
        if voter < len(ballots):
            answers += [
                key | {"question": "points", "type": "points", "item": area, "value": float(value)}
                for area, value in zip(areas, ballots[voter], strict=True)
            ]
        for question, values in scales.items():
            if voter < len(values):
                answers.append(key | {"question": question, "type": "scale", "value": values[voter]})
    return make_table("voters", voters), make_table("answers", answers)


def computed(round_: Round, voters: pd.DataFrame, answers: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    """The estimates as computed, before the gate withholds any: what the tests of the computing look at."""
    prepared, segments = with_segments(round_, voters, answers)
    frame = computed_estimates(round_, voters, prepared, segments, **settings)
    return validate(frame, "estimates", where="estimates")


def pick(estimates: pd.DataFrame, statistic: str, *, question: str = "points", segment: str = "all", item: str = ""):
    """The one row with this key."""
    rows = estimates[
        (estimates["statistic"] == statistic)
        & (estimates["question"] == question)
        & (estimates["segment"] == segment)
        & (estimates["item"] == item)
    ]
    if len(rows) != 1:
        raise LookupError(f"one row {question} {segment} {item} {statistic}, found {len(rows)}")
    return rows.iloc[0]
