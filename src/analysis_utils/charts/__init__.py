"""Published rows -> charts, described once (`chart`) and drawn on screen and on paper."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
