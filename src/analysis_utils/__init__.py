"""From a live poll and workshop notes to findings: ingest, measure, publish."""

__version__ = "0.1.0"
