"""Finished files -> words and numbers of participants that must not be in them."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
