"""The file of a poll tool → people, questions, answers, and an account of every cell."""

from .cells import (
    Cell,
    clean,
    column_letters,
    key_of,
    number_of,
    shown,
    shown_number,
    some,
    text_of,
    visible,
    whole_column,
    whole_of,
)
from .containers import Sheet, encodings, read_container
from .export import Block, Export, Plan, Use, Voters
from .faults import Action, FileError, Problem
from .flat import parts_of, plain
from .mentimeter.checks import check_cells, check_types
from .particify import question_import
from .reading import Recognised, read, recognise
from .redaction import label_without, message_without, titles_without, type_without, written
from .table import NONE_OF_THEM, Named

__all__ = [
    "NONE_OF_THEM",
    "Action",
    "Block",
    "Cell",
    "Export",
    "FileError",
    "Named",
    "Plan",
    "Problem",
    "Recognised",
    "Sheet",
    "Use",
    "Voters",
    "check_cells",
    "check_types",
    "clean",
    "column_letters",
    "encodings",
    "key_of",
    "label_without",
    "message_without",
    "number_of",
    "parts_of",
    "plain",
    "question_import",
    "read",
    "read_container",
    "recognise",
    "shown",
    "shown_number",
    "some",
    "text_of",
    "titles_without",
    "type_without",
    "visible",
    "whole_column",
    "whole_of",
    "written",
]
