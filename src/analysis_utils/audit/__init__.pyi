from .results import (
    as_table as as_table,
    audit_file as audit_file,
    audit_round as audit_round,
    is_sound as is_sound,
    report as report,
)
