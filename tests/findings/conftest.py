"""Rounds with a findings file: small ones computed by measure, with rows of group notes added by hand."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "pages"))
