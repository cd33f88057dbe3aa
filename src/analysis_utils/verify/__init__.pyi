from . import report as report
from .report import (
    MOST_SHOWN as MOST_SHOWN,
    Fault as Fault,
    deck_alone as deck_alone,
    stopped_message as stopped_message,
    verify_report as verify_report,
)
from .written import NOTE as NOTE, note_written as note_written
