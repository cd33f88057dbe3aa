"""Printed figures -> what they fix and what they leave open, against the published tables."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
