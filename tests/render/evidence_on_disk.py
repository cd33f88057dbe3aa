"""Small rounds whose table lies in a folder, as what is made of it needs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
from small_rounds import evidence_of, small_round

from analysis_utils.tables import write_table
from analysis_utils.wording.evidence import Evidence

BALLOTS = [[50, 30, 20], [20, 60, 20], [40, 40, 20], [100, 0, 0], [10, 80, 10], [30, 30, 40], [0, 50, 50]] * 3
SCORES = [1, 3, 5, 7, 8, 9, 10] * 3
GROUPS = ["g0"] * 11 + ["g1"] * 8 + ["", ""]


def evidence_in(folder: Path, evidence: Evidence) -> Evidence:
    """The evidence with its table in a folder, where the files to be made belong, too."""
    places = {name: folder / name for name in ("raw", "processed", "reports")}
    round_ = replace(evidence.round, **places)
    round_.raw.mkdir(parents=True, exist_ok=True)
    write_table(evidence.estimates, "estimates", round_.table("estimates"))
    return Evidence(round_, evidence.estimates)


@cache
def _small(labels: tuple[str, ...]) -> Evidence:
    return evidence_of(small_round(len(labels), groups=2, labels=labels), BALLOTS, SCORES, GROUPS)


def small_evidence(folder: Path, labels: tuple[str, ...] = ("=1+1 & <b>Alpha</b>", "@Beta; 25 %", "Gamma")) -> Evidence:
    """Three areas, two groups, 21 people."""
    return evidence_in(folder, _small(labels))


def wide_evidence(folder: Path, labels: tuple[str, ...]) -> Evidence:
    """As many areas as there are labels, each with the numbers of the first of three."""
    estimates = _small(("A", "B", "C")).estimates
    first = estimates[(estimates["segment"] == "all") & (estimates["item"] == "a0")]
    rest = estimates[(estimates["segment"] == "all") & (estimates["item"] == "")]
    copies = [first.assign(item=f"a{number}") for number in range(len(labels))]
    return evidence_in(folder, Evidence(small_round(len(labels), labels=labels), pd.concat([rest, *copies])))
