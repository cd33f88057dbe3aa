"""A finished folder, its tables and what must not be in it -> faults."""

from .numerals import LARGE_WORD, Numeral, could_print, is_print_of, numerals
from .pages import Datum, Page, Passage, read_page
from .search import Finding, Secrets, search_files
from .unpack import Explained, Piece, Unpacker
from .written import changed_since, note_written

__all__ = [
    "LARGE_WORD", "Datum", "Explained", "Finding", "Numeral", "Page", "Passage", "Piece", "Secrets", "Unpacker",
    "changed_since", "could_print", "is_print_of", "note_written", "numerals", "read_page", "search_files"
]  # fmt: skip
