"""Printed figures and words -> what they fix and what they leave open."""

from .facts import QUANTITIES, WHOLE_FILE, audit, report, reprint
from .phrases import Span, read_phrase
from .printed import Claim, Published, Question

__all__ = [
    "QUANTITIES", "WHOLE_FILE", "Claim", "Published", "Question", "Span", "audit", "read_phrase", "report", "reprint"
]  # fmt: skip
