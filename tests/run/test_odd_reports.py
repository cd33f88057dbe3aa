"""Rounds that nobody has sent yet end in a report; `make sweep` tries two hundred of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # sweep

from analysis_utils.run.beside import Beside
from sweep import outcome


@pytest.fixture(scope="module")
def leaks():
    with Beside(ahead=True) as shared:
        yield shared


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(4, id="fourteen groups of notes, and counts that look like ballots of ten points"),
        pytest.param(18, id="three points for one area, labels in scripts that no font of ours has"),
        pytest.param(31, id="nobody answered"),
    ],
)
def test_report_of_an_odd_round_is_made(tmp_path, kernels, leaks, seed):
    assert outcome(seed, tmp_path, kernels, leaks) == "made"
