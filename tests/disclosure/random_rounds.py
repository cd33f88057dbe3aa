"""Seeded rounds of the kind that gives people away: groups of one to four, unanimous groups, near-empty complements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis_utils.rounds import Round
from analysis_utils.rounds.codebook import read_codebook
from analysis_utils.rounds.round_file import RoundFile
from analysis_utils.tables import make_table

ROOT = Path(__file__).resolve().parents[2]
CODEBOOK = read_codebook(ROOT / "data" / "codebook.yml")
AREAS = [code.id for code in CODEBOOK.focus_areas][:5]
GROUPS = [code.id for code in CODEBOOK.participant_groups][:5]
SIZES = (
    (23, 7, 3, 1),
    (12, 6, 4),
    (9, 8, 7, 2),
    (20, 5, 1),
    (6, 6, 6),
    (15, 5, 5, 4, 1),
    (26, 5),
    (11, 9, 5, 5),
    (8, 3, 3, 2),
    (17, 4, 1, 1),
)


def make_round(raw: Path, *, options: int = 3, **settings: Any) -> Round:
    """Groups, a points question, two scales, a choice and a multiple choice question."""
    scale = {"low": 1, "high": 10, "low_label": "low", "high_label": "high", "top_box": [7, 10]}
    choices = {f"option {name}": name for name in AREAS[:options]}
    questions: list[dict[str, Any]] = [
        _question("groups", "single_choice", role="participant_group", options={f"g {g}": g for g in GROUPS}),
        _question("points", "points", role="priority", options={f"area {area}": area for area in AREAS}),
        _question("scale1", "scale", scale=scale),
        _question("scale2", "scale", scale=scale),
        _question("choice", "single_choice", options=choices),
        _question("several", "multiple_choice", options=choices),
    ]
    tests = [
        {"question": "scale1", "test": "kruskal_wallis"},
        {"question": "scale2", "test": "fisher_freeman_halton"},
        {"question": "choice", "test": "fisher_freeman_halton"},
        {"question": "points", "test": "points_permutation"},
    ]
    content = {"title": "t", "date": "2025-11-12", "provenance": "original", "export": "x.xlsx"}
    file = RoundFile.model_validate(content | {"questions": questions, "segment_tests": tests} | settings)
    return Round("r", file, CODEBOOK, raw, raw.parents[1] / "processed" / "r", raw.parents[1] / "reports" / "r")


def _question(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "wording": name, "label": name, "type": kind, **more}


def random_people(seed: int) -> list[dict[str, Any]]:
    """One dictionary per person: group and what each question got from them. Some groups agree to the last point."""
    rng = np.random.default_rng(seed)
    people = []
    for group, size in zip(rng.permutation(GROUPS), SIZES[seed % len(SIZES)], strict=False):
        unanimous = rng.random() < 0.25
        shared = _answers(rng)
        for _ in range(size):
            own = dict(shared) if unanimous else _answers(rng)
            silent = [name for name in own if rng.random() < 0.06]
            people.append({name: value for name, value in own.items() if name not in silent} | {"group": group})
    people += [_answers(rng) | {"group": ""} for _ in range(int(rng.integers(0, 3)))]
    return people


def _answers(rng: np.random.Generator) -> dict[str, Any]:
    shares = rng.dirichlet([0.7, 0.6, 0.5, 0.3, 0.1])
    cuts = np.floor(np.cumsum(shares) * 10 + 0.5).astype(int)
    ballot = np.diff(np.concatenate([[0], cuts[:-1], [10]])) * 10
    return {
        "points": ballot.tolist(),
        "scale1": int(np.clip(rng.normal(8, 2), 1, 10)),
        "scale2": int(rng.integers(1, 11)),
        "choice": str(rng.choice(AREAS[:3], p=[0.6, 0.3, 0.1])),
        "several": [area for area in AREAS[:3] if rng.random() < 0.4] or [AREAS[0]],
    }


def tables(people: list[dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`voters` and `answers`; the voter's number is the person's place in the list."""
    voters: list[dict[str, object]] = []
    answers: list[dict[str, object]] = []
    for number, person in enumerate(people, start=1):
        key: dict[str, object] = {"round": "r", "session": 1, "voter": person.get("voter", number)}
        voters.append(key | {"segment": person["group"]})
        if person["group"]:
            answers.append(key | {"question": "groups", "type": "single_choice", "item": person["group"]})
        for area, value in zip(AREAS, person.get("points", ()), strict=False):
            answers.append(key | {"question": "points", "type": "points", "item": area, "value": float(value)})
        for name in ("scale1", "scale2"):
            if name in person:
                answers.append(key | {"question": name, "type": "scale", "value": person[name]})
        if "choice" in person:
            answers.append(key | {"question": "choice", "type": "single_choice", "item": person["choice"]})
        for item in person.get("several", ()):
            answers.append(key | {"question": "several", "type": "multiple_choice", "item": item})
    return make_table("voters", voters), make_table("answers", answers)
