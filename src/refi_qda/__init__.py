"""REFI-QDA projects and codebooks ↔ codes, texts and coded passages."""

from .model import Code, Coding, Passage, Project, RefiError, Source, Unread
from .reading import read
from .writing import write

__all__ = ["Code", "Coding", "Passage", "Project", "RefiError", "Source", "Unread", "read", "write"]
