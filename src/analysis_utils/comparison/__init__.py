"""Two rounds side by side: tables and sentences about what changed."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
