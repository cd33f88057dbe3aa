"""In a kernel that renders a report, private files do not open, whoever opens them, and nothing is started."""

from __future__ import annotations

import re
import shutil

import nbformat
import pytest

from analysis_utils.errors import DataError
from analysis_utils.run.kernels import Kernels
from report_press import NotebookFailedError

# {table}: a private table; {notes}: notes of a group; {raw}: the round's folder; {data}: all data.
READING = {
    "open": "open({table!r}, 'rb').read()",
    "pathlib": "from pathlib import Path\nPath({notes!r}).read_text()",
    "io": "import io\nio.FileIO({notes!r}).read()",
    "os.open": "import os\nos.read(os.open({notes!r}, os.O_RDONLY), 99)",
    "folder": "import os\nos.read(os.open('raw', os.O_RDONLY, dir_fd=os.open({data!r}, os.O_RDONLY)), 9)",
    "linecache": "import linecache\nlinecache.getlines({notes!r})",
    "fileinput": "import fileinput\nlist(fileinput.input({notes!r}))",
    "shutil": "import shutil\nshutil.copy({notes!r}, 'copy.txt')",
    "hard link": "import os\nos.link({notes!r}, 'linked.txt')\nopen('linked.txt').read()",
    "symbolic link": "import os\nos.symlink({notes!r}, 'soft.txt')\nopen('soft.txt').read()",
    "proc": "open('/proc/self/root' + {notes!r}).read()",
    "proc memory": "open('/proc/self/mem', 'rb').read(1)",
    "file address": "import urllib.request\nurllib.request.urlopen('file://' + {notes!r}).read()",
    "zip": "import zipfile\nzipfile.ZipFile({export!r}).namelist()",
    "gzip": "import gzip\ngzip.open({notes!r}).read()",
    "mmap": "import mmap, os\nmmap.mmap(os.open({notes!r}, os.O_RDONLY), 0, prot=mmap.PROT_READ)",
    "memmap": "import numpy as np\nnp.memmap({notes!r}, mode='r')",
    "fromfile": "import numpy as np\nnp.fromfile({table!r}, dtype='u1')",
    "loadtxt": "import numpy as np\nnp.genfromtxt({notes!r}, dtype=str, delimiter='|')",
    "sqlite": "import sqlite3\nsqlite3.connect({table!r}).execute('select 1')",
    "pandas": "import pandas as pd\npd.read_parquet({table!r})",
    "read_csv": "import pandas as pd\npd.read_csv({notes!r}, sep='|')",
    "read_excel": "import pandas as pd\npd.read_excel({export!r})",
    "calamine": "import python_calamine\npython_calamine.load_workbook({export!r}).sheet_names",
    "pyarrow": "import pyarrow.parquet as pq\npq.read_table({table!r})",
    "attribute": "import pyarrow\npyarrow.parquet.read_table({table!r})",
    "dataset": "import pyarrow.dataset as ds\nds.dataset({table!r}).to_table()",
    "acero scan": "from pyarrow import acero\n"
    "acero._dataset_to_decl(__import__('pyarrow.dataset').dataset.dataset({table!r}))",
    "arrow file": "import pyarrow as pa\npa.OSFile({notes!r}).read()",
    "arrow map": "import pyarrow as pa\npa.memory_map({notes!r}).read()",
    "arrow system": "from pyarrow import fs\nfs.LocalFileSystem().open_input_file({notes!r}).read()",
    "lxml": "from lxml import html\nhtml.parse({notes!r})",
    "docx": "import docx\ndocx.Document({export!r})",
    "package": "from analysis_utils.tables import read_table\nfrom pathlib import Path\n"
    "read_table('voters', Path({table!r}))",
    "package by name": "import importlib\nfrom analysis_utils.rounds import open_round\n"
    "importlib.import_module('analysis_utils.' + 'clean.survey').ingest_survey(open_round('fachdialog-1'))",
    "released versions": "open({raw!r} + '/.releases.json').read()",
    "desk of another": "open({data!r} + '/processed/fachdialog-1/.run/desks/01_ingest_survey/notebook.ipynb').read()",
    "caught": "try:\n    open({notes!r})\nexcept Exception:\n    print('weiter')",
    "thread": "import threading\nt = threading.Thread(target=lambda: open({notes!r}).read())\nt.start()\nt.join()",
    "patched": "from analysis_utils import wall\nwall._closed.clear()\nwall._refuse = wall.OPEN_IN_RAW = print\n"
    "open({notes!r}).read()",
    "keys of kernels": "import os, glob\nhome = os.path.dirname(os.environ['IPYTHONDIR'])\n"
    "[open(path).read() for path in glob.glob(home + '/*/c.json')]",
}
STARTING = {
    "subprocess": "import subprocess\nsubprocess.run(['head', {notes!r}])",
    "os.system": "import os\nos.system('head ' + {notes!r})",
    "popen": "import os\nos.popen('head ' + {notes!r}).read()",
    "line": "!head {notes}",
    "captured": "said = !head {notes}\nsaid",
    "cell magic": "%%bash\nhead {notes}",
    "other python": "%%script python\nprint(open({notes!r}).read())",
    "shell": "get_ipython().system('head ' + {notes!r})",
    "getoutput": "get_ipython().getoutput('head ' + {notes!r})",
    "fork": "import os\nos.fork() or os._exit(0)",
    "exec": "import os\nos.execv('/usr/bin/head', ['head', {notes!r}])",
    "spawn": "import os\nos.posix_spawn('/usr/bin/head', ['head', {notes!r}], dict())",
    "pty": "import pty\npty.spawn(['head', {notes!r}])",
    "pexpect": "import pexpect\npexpect.run('head ' + {notes!r})",
    "multiprocessing": "import multiprocessing\nmultiprocessing.get_context('spawn').Process(target=print).start()",
    "pool": "from concurrent.futures import ProcessPoolExecutor as P\nP(1).submit(print, 1).result()",
    "asyncio": "import asyncio\nawait asyncio.create_subprocess_exec('head', {notes!r})",
    "ctypes": "import ctypes\nctypes.CDLL(None).system(b'true')",
    "pythonapi": "import ctypes\nctypes.pythonapi.PyRun_SimpleString(b'1')",
    "cffi": "import cffi\ncffi.FFI().dlopen(None)",
    "socket": "import socket\nsocket.create_connection(('127.0.0.1', 9), timeout=1)",
    "address": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9')",
    "another kernel": "from jupyter_client.manager import start_new_kernel\nstart_new_kernel()",
}


@pytest.fixture(scope="module")
def kernels():
    with Kernels() as shared:
        yield shared


@pytest.fixture(scope="module")
def places(built_round):
    return {
        "table": str(built_round.table("voters")),
        "notes": str(next(path for path in sorted((built_round.raw / "notes").iterdir()) if path.suffix == ".md")),
        "export": str(built_round.raw / built_round.file.export),
        "raw": str(built_round.raw),
        "data": str(built_round.raw.parents[1]),
    }


@pytest.fixture(scope="module")
def run(kernels, places, tmp_path_factory):
    """Run cells behind the wall, or without one; by default all of them, whatever some raise."""
    folder = tmp_path_factory.mktemp("wall")

    def run(*sources, wall="closed", on=True):
        filled = [re.sub(r"\{(\w+)(!r)?\}", lambda m: (repr if m[2] else str)(places[m[1]]), one) for one in sources]
        tags = {"tags": ["raises-exception"]} if on else {}
        cells = [nbformat.v4.new_code_cell(source, metadata=tags) for source in filled]
        environment = {"FACHDIALOG_PRIVATE": wall, "FACHDIALOG_DATA": places["data"]}
        environment |= {"FACHDIALOG_PROCESSED": str(folder / "desk" / "processed")}
        notebook = nbformat.v4.new_notebook(cells=cells)
        try:
            kernels.execute(notebook, folder / "33_neugierig.ipynb", environment)
        except DataError:
            if not on:
                raise
        return [[one.evalue for one in cell.outputs if one.output_type == "error"] for cell in notebook.cells]

    run.folder = folder
    return run


QUIET = ("caught", "thread", "linecache", "package by name", "docx")
"""What goes on as if nothing had been: told at the end of the notebook."""


@pytest.mark.parametrize("ways", [READING, STARTING], ids=["reading", "starting"])
def test_report_notebook_that_reaches_for_private_things_is_stopped(run, ways):
    loud = [way for way in ways if way not in QUIET]
    faults = dict(zip(loud, run(*(ways[way] for way in loud)), strict=True))
    assert not {way for way, found in faults.items() if not any("public tables only" in one for one in found)}


@pytest.mark.parametrize("way", [*QUIET, "pandas", "line"])
def test_what_is_stopped_is_told_with_notebook_and_cell(run, way):
    with pytest.raises((DataError, NotebookFailedError), match=r"^33_neugierig\.ipynb, cell 2: .*public tables only"):
        run("1 + 1", {**READING, **STARTING}[way], on=False)


HARMLESS = (
    "patched",
    "released versions",
    "proc memory",
    "docx",
    "keys of kernels",
    "folder",
    "lxml",
    "sqlite",
    "caught",
    "gzip",
)


def test_the_same_code_reads_where_there_is_no_wall(run):
    ways = [way for way in READING if way not in HARMLESS]
    assert [way for way, found in zip(ways, run(*(READING[way] for way in ways), wall=""), strict=True) if found] == []


def test_what_an_honest_report_notebook_does_goes_on(run, built_round):
    shutil.copytree(built_round.processed, run.folder / "desk" / "processed" / "fachdialog-1", dirs_exist_ok=True)
    run(
        "import pandas as pd, numpy as np, json, io, tempfile, pathlib, sqlite3, threading\n"
        "from analysis_utils.rounds import open_round\nround_ = open_round('fachdialog-1')",
        "found = pd.read_csv(round_.table('estimates'))\nopen({raw!r} + '/round.yml').read()[:1]",
        "import scipy.stats, seaborn as sns, matplotlib.pyplot as plt, plotly.express as px",
        "import matplotlib.font_manager as f\nf._load_fontmanager(try_read_cache=False)\nplt.plot([1, 2])",
        "px.histogram(found, x='estimate')\nfound.groupby('statistic')['item'].max()\n"
        "px.treemap(found[found['n'] > 0], path=['question', 'statistic'], values='n')",
        "sqlite3.connect(':memory:').execute('select 1')\npd.DataFrame(dict(a=[1])).to_csv('own.csv')\n"
        "pathlib.Path(tempfile.mkdtemp(), 'x').write_text('1')",
        "found.convert_dtypes(dtype_backend='pyarrow').groupby('statistic').size()",
        "import uuid, platform, random\nuuid.uuid1(), platform.platform()\nfound.style.to_html()[:1]",
        on=False,
    )
