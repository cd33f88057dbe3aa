"""What the gate must see in several questions at once: families of tests, and weights made of several answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..rounds import Round
from .ballots import VOTER
from .pairwise import holm


def across_questions(frame: pd.DataFrame, round_: Round, answers: pd.DataFrame) -> pd.DataFrame:
    """The gated rows of all questions without what only together gives people away. `answers` as for the gate."""
    return _adjusted_anew(_without_small_weights(frame, round_, answers), round_)


def _without_small_weights(frame: pd.DataFrame, round_: Round, answers: pd.DataFrame) -> pd.DataFrame:
    """Raking to other questions than the group cuts everybody into cells of like weight, whose answers could be solved
    for: its rows go where such a cell has fewer people than a segment needs."""
    if all(round_.question(name).role == "participant_group" for name in round_.file.raking):
        return frame
    telling = {
        str(name)
        for name in frame.loc[frame["segment"] == "raked", "question"].unique()
        if _smallest_cell(answers, round_, str(name)) < round_.file.disclosure.minimum_base
    }
    return frame[~((frame["segment"] == "raked") & frame["question"].isin(telling))].reset_index(drop=True)


def _smallest_cell(answers: pd.DataFrame, round_: Round, question: str) -> int:
    """People who answered the question, in the smallest cell that the margins make of them."""
    people = answers[answers["question"] == question].drop_duplicates(VOTER).set_index(VOTER)
    cells = pd.DataFrame({"shown": people["shown"]})
    for name in round_.file.raking:
        if round_.question(name).role != "participant_group":
            chosen = answers[answers["question"] == name].drop_duplicates(VOTER).set_index(VOTER)["item"]
            cells[name] = chosen.reindex(people.index).fillna("")
    return int(cells.value_counts().min()) if len(cells) else 0


def _adjusted_anew(frame: pd.DataFrame, round_: Round) -> pd.DataFrame:
    """Holm's adjustment where a test of the family is withheld: it counts as p = 1, or its p could be read off the
    adjusted ones. That is never less strict."""
    tests = [(plan.question, f"{plan.test}_p") for plan in round_.file.segment_tests]
    own = frame[(frame["item"] == "") & frame["statistic"].isin({name for _, name in tests})]
    values = zip(own["question"], own["statistic"], own["estimate"].astype(float), strict=True)
    published = {(question, name): value for question, name, value in values}
    known = [published.get(test, 1.0) for test in tests]
    adjusted = dict(zip(tests, holm(np.array(known)).tolist(), strict=True))
    frame = frame.copy()
    for (question, name), value in adjusted.items():
        mine = (frame["question"] == question) & (frame["statistic"] == f"{name}_holm")
        frame.loc[mine, "estimate"] = value
    return frame
