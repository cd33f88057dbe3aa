"""Private frames of one row per person -> long frames of numbers: means, shares, rank sets, tests, change."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
