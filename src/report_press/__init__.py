"""Notebooks -> a finished folder, only what changed, all or nothing."""

from .folders import NOTED, BusyError, Move, Places, no_space, scratch_folder
from .hashes import Passed, file_hash, files_below, folder_hashes, hashes_in, joint_hash
from .helper import Helper, HelperError
from .jobs import FIRST, Job, Values, run_jobs
from .kernels import Executed, Kernels, Limits, NotebookFailedError
from .progress import Silent, progress

__all__ = [
    "FIRST", "NOTED", "BusyError", "Executed", "Helper", "HelperError", "Job", "Kernels", "Limits", "Move",
    "NotebookFailedError", "Passed", "Places", "Silent", "Values", "file_hash", "files_below", "folder_hashes",
    "hashes_in", "joint_hash", "no_space", "progress", "run_jobs", "scratch_folder"
]  # fmt: skip
