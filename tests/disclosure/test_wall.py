"""In a kernel that renders a report, private files do not open, whoever opens them."""

import subprocess
import sys

import nbformat
import pytest

from analysis_utils.errors import DataError
from analysis_utils.run.failures import NotebookFailedError
from analysis_utils.run.kernels import Kernels

WAYS = {
    "open": "open({path!r}, 'rb')",
    "pathlib": "from pathlib import Path; Path({path!r}).read_bytes()",
    "pandas": "import pandas as pd; pd.read_parquet({path!r})",
    "pyarrow": "import pyarrow.parquet as pq; pq.read_table({path!r})",
    "dataset": "import pyarrow.dataset as ds; ds.dataset({path!r}).to_table()",
    "package": "from analysis_utils.tables import read_table; from pathlib import Path; "
    "read_table('voters', Path({path!r}))",
}


@pytest.mark.parametrize("way", WAYS)
def test_private_table_does_not_open_behind_the_wall(built_round, way):
    code = WAYS[way].format(path=str(built_round.table("voters")))
    data = str(built_round.raw.parents[1])
    closed = "import os; from analysis_utils.wall import close_if_told; close_if_told(); " + code
    surroundings = {"FACHDIALOG_PRIVATE": "closed", "FACHDIALOG_DATA": data, "PATH": ""}
    behind = subprocess.run([sys.executable, "-c", closed], env=surroundings, capture_output=True, check=False)
    before = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (behind.returncode, before.returncode) == (1, 0)


def test_export_and_notes_do_not_open_in_a_report_kernel_and_round_yml_does(built_round):
    export = built_round.raw / built_round.file.export
    environment = {"FACHDIALOG_PRIVATE": "closed", "FACHDIALOG_DATA": str(built_round.raw.parents[1])}

    def run(path):
        cell = nbformat.v4.new_code_cell(f"len(open({str(path)!r}, 'rb').read())")
        with Kernels() as kernels:
            kernels.execute(nbformat.v4.new_notebook(cells=[cell]), built_round.raw / "a.ipynb", environment)

    run(built_round.raw / "round.yml")
    with pytest.raises((DataError, NotebookFailedError), match="public tables only"):
        run(export)
