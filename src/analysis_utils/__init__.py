"""From a live poll and workshop notes to findings: the names for analysts. docs/workbench.md shows them at work.

They are loaded when they are first used (`__init__.pyi` says from where), so that opening a notebook or asking the
command line for help waits for nothing. Every room of the package has a door of the same make.
"""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
__version__ = "0.1.0"
