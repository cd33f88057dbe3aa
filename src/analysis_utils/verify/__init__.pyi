from . import leaks as leaks, report as report
from .leaks import check_paths as check_paths, check_report as check_report, secrets_around as secrets_around
from .report import (
    MOST_SHOWN as MOST_SHOWN,
    NOTE as NOTE,
    Fault as Fault,
    deck_alone as deck_alone,
    stopped_message as stopped_message,
    verify_report as verify_report,
)
