from .coding_sheet import write_copies as write_copies, write_sheets as write_sheets
from .group_notes import (
    disagreements as disagreements,
    ingest_group_notes as ingest_group_notes,
    write_group_notes as write_group_notes,
)
from .refi_exchange import exchange as exchange
