"""Small rounds of the tests of pages serve here, too."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "pages"))  # small_rounds

from evidence_on_disk import small_evidence

from analysis_utils.wording.evidence import Evidence


@pytest.fixture
def small(tmp_path: Path) -> Evidence:
    return small_evidence(tmp_path)
