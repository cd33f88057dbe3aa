"""The deck: the same charts as native PowerPoint ones, in a template of the house."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
