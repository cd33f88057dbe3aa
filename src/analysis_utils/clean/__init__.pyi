from .columns import DATE_REMEDY as DATE_REMEDY, Names as Names, Record as Record, read_columns as read_columns
from .export import read_export as read_export
from .files import (
    KINDS as KINDS,
    check_zip as check_zip,
    clean as clean,
    head_of as head_of,
    text_of_file as text_of_file,
)
from .folder import (
    ENDINGS as ENDINGS,
    files_in as files_in,
    hand_table as hand_table,
    is_of_survey as is_of_survey,
    named as named,
    subfolder as subfolder,
)
from .problems import (
    Problem as Problem,
    personal_data as personal_data,
    public_problems as public_problems,
    told as told,
)
from .survey import ingest_survey as ingest_survey, write_survey as write_survey
