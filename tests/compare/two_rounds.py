"""Two rounds with answers given by the test: the later one renames an area, splits one and turns a scale round."""

from __future__ import annotations

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from analysis_utils.rounds import open_round
from analysis_utils.rounds.crosswalk import ComparedRounds, compared_rounds

LABELS = {"low_label": "nein", "high_label": "ja"}
TURNED = {"low_label": "ja", "high_label": "nein"}


def code(identifier):
    return {"id": identifier, "label_de": f"Bereich {identifier}", "label_en": identifier, "label_short": identifier}


def write_rounds(folder, *, compare=None) -> ComparedRounds:
    """`r1` and `r2` on disk, without exports; returns what they have in common."""
    links = [
        {"change": "renamed", "before": ["b"], "after": ["b2"], "reason": "umbenannt"},
        {"change": "split", "before": ["c"], "after": ["c1", "c2"], "reason": "aufgeteilt"},
    ]
    turned = [{"change": "renamed", "before": ["s"], "after": ["s"], "reason": "umgedreht"}]
    book = {
        "focus_areas": [code(i) for i in ("a", "b", "b2", "c", "c1", "c2")], "theme_clusters": [],
        "cross_cutting_themes": [], "participant_groups": [code("g1"), code("g2")],
        "crosswalk": [{"between": ["r1", "r2"], "questions": turned, "options": links}],
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    YAML().dump(book, folder / "codebook.yml")
    for name, areas, scale in (
        ("r1", ["a", "b", "c"], {**LABELS, "top_box": [7, 10]}),
        ("r2", ["a", "b2", "c1", "c2"], {**TURNED, "positive_end": "low", "top_box": [1, 4]}),
    ):
        questions = [
            {"id": "g", "wording": "Wer?", "label": "G", "type": "single_choice", "role": "participant_group",
             "options": {"Gruppe 1": "g1", "Gruppe 2": "g2"}},
            {"id": "q", "wording": "Was?", "label": "Q", "type": "points", "role": "priority",
             "options": {f"Bereich {area}": area for area in areas}},
            {"id": "s", "wording": "Wie?", "label": "S", "type": "scale", "role": "agreement", "scale": scale},
            {"id": "code", "wording": "Code?", "label": "Code", "type": "open"},
        ]  # fmt: skip
        file = {"title": name, "date": f"2025-0{name[1]}-01", "provenance": "original", "export": "x.xlsx"}
        file |= {"compare": compare} if compare and name == "r2" else {}
        (folder / "raw" / name).mkdir(parents=True, exist_ok=True)
        YAML().dump({**file, "questions": questions}, folder / "raw" / name / "round.yml")
    first, second = (open_round(name, data=folder) for name in ("r1", "r2"))
    return compared_rounds(first.codebook, first, second)


def answers(points, scale, groups=(), codes=(), *, areas) -> pd.DataFrame:
    """The private table of one round; voter numbers follow the order of each list."""
    rows = []
    for voter, ballot in enumerate(points, start=1):
        rows += [(voter, "q", area, float(value), "") for area, value in zip(areas, ballot, strict=True)]
    rows += [(voter, "s", "", float(value), "") for voter, value in enumerate(scale, start=1)]
    rows += [(voter, "g", group, np.nan, "") for voter, group in enumerate(groups, start=1)]
    rows += [(voter, "code", "", np.nan, text) for voter, text in enumerate(codes, start=1)]
    kinds = {"q": "points", "s": "scale", "g": "single_choice", "code": "open"}
    frame = pd.DataFrame(rows, columns=["voter", "question", "item", "value", "text"])
    return frame.assign(round="r", session=1, type=frame["question"].map(kinds), pick_order=pd.NA)
