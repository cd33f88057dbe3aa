"""Published rows -> sentences and tables in German: one place per topic, one spelling per term."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
