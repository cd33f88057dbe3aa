"""A poll export -> tidy private tables: wordings matched, ballot rules, corrections, files of one event joined."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
