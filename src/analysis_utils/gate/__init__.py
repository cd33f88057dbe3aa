"""The one way out: which numbers of groups a round publishes, decided by how many people are behind them."""

from .allowed import OF_A_SEGMENT, PUBLISHED, apply_gate
from .cut import (
    EARLIER,
    REST,
    STATUS_OF,
    UNSTATED,
    Segments,
    compared_questions,
    compares_segments,
    rule_of,
    segmentation,
    shown_in,
    with_groups,
)
from .record import NAME as RECORD
from .record import write_record

__all__ = [
    "EARLIER",
    "OF_A_SEGMENT",
    "PUBLISHED",
    "RECORD",
    "REST",
    "STATUS_OF",
    "UNSTATED",
    "Segments",
    "apply_gate",
    "compared_questions",
    "compares_segments",
    "rule_of",
    "segmentation",
    "shown_in",
    "with_groups",
    "write_record",
]
