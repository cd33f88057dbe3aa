"""Lets the tests here share the two rounds that those of the comparison use."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "compare"))  # two_rounds
