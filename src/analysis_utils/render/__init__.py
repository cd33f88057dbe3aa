"""Published rows -> what readers see and take along: charts described once (`chart`) and drawn on screen, on paper and
on slides; tables for spreadsheets (`published`). Knows no private table."""

from .marks import bars, dots, grid, slope, stacked, table

__all__ = ["bars", "dots", "grid", "slope", "stacked", "table"]
