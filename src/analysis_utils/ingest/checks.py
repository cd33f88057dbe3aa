"""Checksums: what the Session sheets print, recomputed from the `Voters` sheet."""

from __future__ import annotations

from .layout import Export
from .problems import Problem
from .question_types import Plan


def check_blocks(export: Export, plans: list[Plan]) -> list[Problem]:
    """Differences between printed and recomputed counts, each with both numbers."""
    return []
