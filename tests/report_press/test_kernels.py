"""A notebook behaves here as in JupyterLab: same outputs, a process of its own, nothing carried over."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
import zmq
import zmq.asyncio
from jupyter_client.session import Session
from nbclient import NotebookClient
from processes import runs, wait_for

from report_press import Kernels, NotebookFailedError
from report_press.kernels import WarmServer, can_fork, surroundings
from report_press.provisioner import ShellChannel

LIBRARIES = ("numpy", "pandas")
LATER = ("matplotlib.pyplot", "seaborn")

# Each cell tries one way in which an output can reach a notebook, or one piece of state that could be carried over.
CELLS = [
    "import sys, warnings\nprint('out')\nprint('err', file=sys.stderr)",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "%matplotlib inline\nfigure, axes = plt.subplots(figsize=(2, 1))\naxes.bar([1, 2], [3, 4])\nfigure",
    "plt.rcParams['figure.dpi'], plt.rcParams['figure.figsize'], plt.rcParams['backend']",
    "import seaborn as sns\n_ = sns.histplot([1, 2, 2, 3])",
    "import pandas as pd\npd.DataFrame({'a': [1, None], 'b': ['x', 'y']})",
    "import plotly.graph_objects as go\nimport plotly.io as pio\npio.renderers.default",
    "go.Figure(go.Bar(x=[1], y=[2])).show()",
    "from IPython.display import HTML, Markdown, display\ndisplay(HTML('<b>x</b>'), Markdown('*y*'))",
    "h = display('first', display_id='d')\nh.update('second')",
    "get_ipython().run_line_magic('pinfo2', 'os') if False else type(get_ipython()).__name__",
    "warnings.warn('seen in the notebook')",
    "import subprocess\nsubprocess.run([sys.executable, '-c', 'print(7)'], capture_output=True, text=True).stdout",
    "import os\nos.system('echo from below')",
    "%%bash\necho shell",
    "import asyncio\nawait asyncio.sleep(0)\nasyncio.get_running_loop().is_running()",
    "import threading, signal\nthreading.active_count() > 1, signal.getsignal(signal.SIGCHLD).name",
    "hash('x') == hash('x'), __name__, sys.argv[0].split('/')[-1], sys.path[0]",
    "sorted(name for name in dir() if not name.startswith('_'))",
    "import multiprocessing\nmultiprocessing.current_process().name, multiprocessing.parent_process()",
    "import numpy as np\nnp.random.default_rng(1).random(), np.get_printoptions()['precision']",
    "_, In[1][:10], len(Out)",
    "%timeit -n 1 -r 1 -q 1\nplt.get_fignums()",
    "class Own:\n    __repr__ = lambda self: 'own'\n    def _repr_html_(self):\n        return '<i>ok</i>'\nOwn()",
]


def _notebook(cells: list[str]) -> Any:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(cells)]
    return notebook


def _run(kernels: Kernels, folder: Path, cells: list[str]) -> Any:
    return kernels.run(_notebook(cells), folder / "n.ipynb", {}).notebook


def _text(notebook: Any) -> list[str]:
    return [cell.outputs[-1].get("text") or cell.outputs[-1]["data"]["text/plain"] for cell in notebook.cells]


@pytest.fixture(scope="module")
def in_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The cells run as `jupyter nbconvert --execute` would: nbclient alone, nothing of ours."""
    notebook = _notebook(CELLS)
    folder = tmp_path_factory.mktemp("plain")
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


@pytest.fixture(scope="module")
def kernels() -> Any:
    with Kernels(LIBRARIES, LATER) as warm:
        yield warm


@pytest.fixture(scope="module")
def fresh() -> Any:
    with Kernels(warm=False) as fresh:
        yield fresh


@pytest.mark.parametrize("warm", [True, False])
def test_every_cell_has_the_output_it_has_in_jupyter(
    in_jupyter: Any, kernels: Kernels, fresh: Kernels, tmp_path: Path, warm: bool
) -> None:
    ours = _run(kernels if warm else fresh, tmp_path, CELLS)
    for plain, cell in zip(in_jupyter.cells, ours.cells, strict=True):
        assert _comparable(cell.outputs) == _comparable(plain.outputs), cell.source
        assert cell.execution_count == plain.execution_count


def _comparable(outputs: list[Any]) -> list[Any]:
    """Outputs without the one thing that names the process: the number in the path of a compiled cell (warnings)."""
    import re

    return [
        nbformat.from_dict(eval(re.sub(r"ipykernel_\d+/\d+", "ipykernel/cell", repr(output)))) for output in outputs
    ]


def test_pictures_do_not_vanish(kernels: Kernels, tmp_path: Path) -> None:
    """Without the inline backend a forked kernel shows no picture and says nothing."""
    notebook = _run(kernels, tmp_path, ["import matplotlib.pyplot as plt\nplt.plot([1, 2]);"])
    assert "image/png" in notebook.cells[0].outputs[0]["data"]


def test_nothing_is_carried_over_to_the_next_kernel(kernels: Kernels, tmp_path: Path) -> None:
    change = (
        "import os, sys, pandas\npandas.options.display.max_rows = 3\nos.environ['X'] = 'y'\nsys.left = 1\nleft = 1"
    )
    look = "import os, sys, pandas\n(pandas.options.display.max_rows, 'X' in os.environ, hasattr(sys, 'left'))"
    _run(kernels, tmp_path, [change])
    assert _text(_run(kernels, tmp_path, [look])) == ["(60, False, False)"]


def test_unseeded_numbers_differ_between_kernels(kernels: Kernels, tmp_path: Path) -> None:
    cells = ["import random, numpy\nrandom.random(), numpy.random.random()"]
    assert _text(_run(kernels, tmp_path, cells)) != _text(_run(kernels, tmp_path, cells))


def test_every_kernel_is_a_process_of_its_own(kernels: Kernels, tmp_path: Path) -> None:
    cells = ["import os\nos.getpid(), os.getpgid(0) == os.getpid()"]
    first, second = (_text(_run(kernels, tmp_path, cells))[0] for _ in range(2))
    assert first != second and "True" in first


def test_project_code_is_read_by_each_kernel_afresh(kernels: Kernels, tmp_path: Path) -> None:
    """The warm process holds libraries only: code edited between two runs is never an old copy."""
    (tmp_path / "own.py").write_text("value = 1", encoding="utf-8")
    assert _text(_run(kernels, tmp_path, ["import own\nown.value"])) == ["1"]
    (tmp_path / "own.py").write_text("value = 22", encoding="utf-8")
    assert _text(_run(kernels, tmp_path, ["import own\nown.value"])) == ["22"]


def test_surroundings_are_the_same_on_every_machine(
    kernels: Kernels, fresh: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("PLOTLY_RENDERER", "browser")
    monkeypatch.setenv("PYTHONHASHSEED", "5")
    cells = ["import os, time\nos.environ['PYTHONHASHSEED'], time.strftime('%Z'), 'PLOTLY_RENDERER' in os.environ"]
    for each in (kernels, fresh):
        assert _text(_run(each, tmp_path, cells)) == ["('0', 'UTC', False)"]


def test_what_the_kernel_says_at_the_end_is_told_also_of_a_failing_one(kernels: Kernels, tmp_path: Path) -> None:
    about = {"before": ["setattr(__import__('sys'), 'said', 7)"], "at_end": "str(__import__('sys').said)"}
    done = kernels.run(_notebook(["1", "2"]), tmp_path / "n.ipynb", {}, **about)
    assert done.told == 7
    with pytest.raises(NotebookFailedError, match=r"^n.ipynb, cell 2: ZeroDivisionError: division by zero") as caught:
        kernels.run(_notebook(["1", "1 / 0", "2"]), tmp_path / "n.ipynb", {}, **about)
    assert (caught.value.name, caught.value.told, caught.value.cell) == ("ZeroDivisionError", 7, 2)


def test_an_answer_that_comes_while_a_widget_sends_something_is_not_slept_through(tmp_path: Path) -> None:
    """Nine times of ten it was."""

    async def longest(times: int) -> float:
        session, waited = Session(key=b"k"), []
        with zmq.asyncio.Context() as ours, zmq.Context() as theirs:
            socket, kernel = ours.socket(zmq.DEALER), theirs.socket(zmq.DEALER)
            socket.linger = kernel.linger = 0
            socket.bind(f"ipc://{tmp_path}/s")
            kernel.connect(f"ipc://{tmp_path}/s")
            channel = ShellChannel(socket, session)
            for _ in range(times):
                began, waiting = time.monotonic(), asyncio.ensure_future(channel.get_msg(timeout=9))
                await asyncio.sleep(0.01)
                session.send(kernel, "execute_reply")
                session.send(socket, "comm_msg")
                await waiting
                waited.append(time.monotonic() - began)
            socket.close()
            kernel.close()
        return max(waited)

    assert asyncio.run(longest(4)) < 5


@pytest.mark.skipif(not can_fork(), reason="forked kernels need fork (Linux, macOS)")
def test_kernels_end_when_their_starter_is_killed(tmp_path: Path) -> None:
    waiting = tmp_path / "waiting"
    cell = "import os, time, pathlib\n_ = pathlib.Path('waiting').write_text(str(os.getpid()))\ntime.sleep(99)"
    program = (
        "import sys, nbformat, pathlib\n"
        "from report_press import Kernels\n"
        "notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(sys.argv[1])])\n"
        "Kernels().run(notebook, pathlib.Path.cwd() / 'n.ipynb', {})\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", program, cell], cwd=tmp_path)
    wait_for(lambda: waiting.exists() and waiting.read_text() != "")
    kernel = int(waiting.read_text())
    starter.kill()
    starter.wait()
    wait_for(lambda: not runs(kernel))


@pytest.mark.skipif(not can_fork(), reason="forked kernels need fork (Linux, macOS)")
def test_a_kernel_forked_just_now_ends_with_the_warm_process() -> None:
    """It is not yet the head of a process group that could be ended as a whole."""
    program = (
        "import os, time\n"
        "from report_press.warm_server import _end\n"
        "pid = os.fork()\n"
        "pid or time.sleep(99)\n"
        "print(pid, flush=True)\n"
        "_end({pid: None})\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True, timeout=60)
    wait_for(lambda: not runs(int(done.stdout)))


@pytest.mark.skipif(not can_fork(), reason="forked kernels need fork (Linux, macOS)")
def test_the_warm_process_ends_at_once_whatever_it_imports(tmp_path: Path) -> None:
    """Libraries for drawing are on their way; a thread that waits for its kernel is told."""
    server = WarmServer(surroundings(tmp_path), LIBRARIES, LATER)
    answers: list[BaseException | int] = []

    def ask() -> None:
        try:
            answers.append(
                server.fork(["-f", str(tmp_path / "c")], str(tmp_path), surroundings(tmp_path), all_libraries=True)
            )
        except (RuntimeError, OSError) as fault:
            answers.append(fault)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.2)
    server.close()
    asking.join(timeout=20)
    assert [type(answer).__name__ for answer in answers] == ["RuntimeError"]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="what a process has loaded is read from /proc (Linux)")
def test_a_kernel_that_draws_nothing_does_not_wait_for_what_others_will_need(tmp_path: Path) -> None:
    """Told to prepare and to fork in one breath, the warm process forks first."""
    server = WarmServer(surroundings(tmp_path), LIBRARIES, LATER)
    try:
        server.prepare()
        loaded = []
        for name, draws in (("first", False), ("second", True)):
            pid = server.fork(["-f", str(tmp_path / name)], str(tmp_path), surroundings(tmp_path), all_libraries=draws)
            loaded.append(Path(f"/proc/{pid}/maps").read_text(encoding="utf-8"))
    finally:
        server.close()
    assert ["pandas" in maps for maps in loaded] == [True, True]
    assert ["matplotlib" in maps for maps in loaded] == [False, True]
