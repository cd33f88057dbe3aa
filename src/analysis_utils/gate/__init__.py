"""The one way out: which numbers of groups a round publishes, decided by how many people are behind them."""

from .allowed import PUBLISHED, apply_gate
from .cut import (
    EARLIER,
    REST,
    UNSTATED,
    Segments,
    compared_questions,
    compares_segments,
    segmentation,
    shown_in,
    with_groups,
)
from .record import write_record

__all__ = [
    "EARLIER",
    "PUBLISHED",
    "REST",
    "UNSTATED",
    "Segments",
    "apply_gate",
    "compared_questions",
    "compares_segments",
    "segmentation",
    "shown_in",
    "with_groups",
    "write_record",
]
