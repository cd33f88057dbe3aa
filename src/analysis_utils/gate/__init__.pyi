from . import releases as releases
from .allowed import OF_A_SEGMENT as OF_A_SEGMENT, PUBLISHED as PUBLISHED, apply_gate as apply_gate
from .cut import compared_questions as compared_questions, segmentation as segmentation, with_groups as with_groups
from .estimates import ungated_segments as ungated_segments, write_estimates as write_estimates
from .ledger import (
    Ledger as Ledger,
    broken as broken,
    is_released as is_released,
    ledger_path as ledger_path,
    read_ledger as read_ledger,
    withdrawal as withdrawal,
    write_ledger as write_ledger,
)
from .opened import changes as changes, open_round as open_round
from .publication import publish as publish, read_told as read_told, write_decisions as write_decisions
from .record import RECORD as RECORD, write_record as write_record
from .releases import drop_drafts as drop_drafts, record_draft as record_draft, record_release as record_release
