from . import check as check
from .check import check_paths as check_paths, check_report as check_report, secrets_around as secrets_around
