"""The estimates of the group notes join those of the poll in one table."""

from __future__ import annotations

import pandas as pd

from ..contracts import TABLES
from ..round_file import NOTES
from ..rounds import Round
from ..tables import read_table, validate, write_table
from .themes import theme_rows


def with_themes(round_: Round, estimates: pd.DataFrame) -> pd.DataFrame:
    """The estimates with the rows of the group notes in place of earlier ones, if the round's notes have been read."""
    poll = estimates[estimates["question"] != NOTES]
    paths = [round_.table(name) for name in ("statements", "codings")]
    if round_.file.notes is None or not all(path.is_file() for path in paths):
        return validate(poll, "estimates", where="estimates")
    statements, codings = (read_table(path.stem, path) for path in paths)
    rows = theme_rows(round_, statements, codings, poll_means(round_, poll))
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    frame["round"], frame["provenance"] = round_.name, round_.file.notes.provenance
    frames = [poll, validate(frame, "estimates", where="estimates")]
    return validate(pd.concat(frames, ignore_index=True), "estimates", where="estimates")


def write_theme_estimates(round_: Round) -> pd.DataFrame:
    """Add the estimates of the group notes to the round's `estimates.csv`, which may hold those of the poll already."""
    path = round_.table("estimates")
    columns = [column.name for column in TABLES["estimates"].columns]
    earlier = read_table("estimates", path) if path.is_file() else pd.DataFrame(columns=columns)
    estimates = with_themes(round_, earlier)
    write_table(estimates, "estimates", path)
    return estimates


def poll_means(round_: Round, estimates: pd.DataFrame) -> dict[str, float]:
    """Mean points per area of the priority question, as published for everybody; empty where none is."""
    questions = [question.id for question in round_.with_role("priority")]
    mine = estimates["question"].isin(questions) & (estimates["segment"] == "all")
    means = estimates[mine & (estimates["statistic"] == "mean_points") & (estimates["status"] == "published")]
    return dict(zip(means["item"], means["estimate"], strict=True))
