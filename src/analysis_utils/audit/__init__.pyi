from .results import (
    audit_file as audit_file,
    audit_round as audit_round,
    is_sound as is_sound,
)
from .text import report as report
