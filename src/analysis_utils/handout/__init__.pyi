from .package import LANGUAGE as LANGUAGE, repacked as repacked
from .published import (
    HIGH as HIGH,
    KEY as KEY,
    LEAST as LEAST,
    LOW as LOW,
    MADE_UP as MADE_UP,
    MOST as MOST,
    ORIGIN as ORIGIN,
    Labels as Labels,
    N as N,
    PublishedTable as PublishedTable,
    part_of as part_of,
    published_tables as published_tables,
    travelling_csv as travelling_csv,
)
from .workbook import write_workbook as write_workbook
