"""What `make bench` prints: how long an analyst waits, beside other ways to run the same notebooks.

All variants run in turn, round after round, so that a busy moment of the machine meets all of them; the ratios of the
medians count. `BENCH_RUNS` (default 5) says how often. The floor is one plain script with the code of all notebooks
that renders what they show; the same script without rendering draws no picture for a page and does less.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from analysis_utils.run.notebooks import steps

ROOT = Path(__file__).resolve().parents[1]
ROUND = "fachdialog-1"
RUNS = int(os.environ.get("BENCH_RUNS", "5"))

PAPERMILL = (
    "import sys, papermill\nfor p in sys.argv[1:]:\n    papermill.execute_notebook(p, p + '.out', progress_bar=False)"
)
PLAIN = "from IPython.display import display"
# Makes of what cells show what a notebook would make of it: HTML, drawings, charts. That is the notebooks' floor.
SHOW = """\
import IPython.display
from IPython.core.interactiveshell import InteractiveShell
_format = InteractiveShell.instance().display_formatter.format
def display(*shown, **_):
    for one in shown:
        _format(one)
IPython.display.display = display
"""


def main() -> None:
    bench_report()
    for name in ("ingest", "measure", "slides"):
        path = ROOT / "tests" / f"bench_{name}.py"
        if path.is_file():
            print()
            for line in _function(path, f"bench_{name}")() or []:
                print(line)


def _function(path: Path, name: str) -> Callable[[], list[str] | None]:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


def bench_report() -> None:
    """Seconds and ratios of full, unchanged and partly changed runs and of three other ways to run the notebooks."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _project(folder)
        variants = _variants(folder)
        subprocess.run(_report(folder), check=True, capture_output=True)
        seconds: dict[str, list[float]] = {name: [] for name in variants}
        for run in range(RUNS):
            for name, variant in variants.items():
                print(f"\r  round {run + 1} of {RUNS}: {name:<50}", end="", file=sys.stderr, flush=True)
                seconds[name].append(variant())
        print("\r" + " " * 78 + "\r", end="", file=sys.stderr)
    _print(seconds, len(_notebooks(ROOT)))


def _print(seconds: dict[str, list[float]], notebooks: int) -> None:
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    floor, nbconvert = medians["plain script, outputs rendered"], medians["jupyter nbconvert --execute"]
    print(
        f"Report of {notebooks} notebooks; {RUNS} runs in turn, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':<42}{'median s':>9}{'min s':>8}{'x rendered':>12}{'nbconvert is':>15}")
    for name, median in medians.items():
        ratio = f"{nbconvert / median:12.1f} x"
        print(f"{name:<42}{median:9.2f}{min(seconds[name]):8.2f}{median / floor:12.2f}{ratio:>15}")


def _variants(folder: Path) -> dict[str, Callable[[], float]]:
    copies = [str(path) for path in _notebooks(folder)]
    script, shown = folder / "plain.py", folder / "shown.py"
    script.write_text(_script(folder, show=False), encoding="utf-8")
    shown.write_text(_script(folder, show=True), encoding="utf-8")
    jupyter = [sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "html"]
    return {
        "fachdialog report, all": lambda: _time([*_report(folder), "--force"]),
        "fachdialog report, unchanged": lambda: _time(_report(folder)),
        "fachdialog report, one sentence changed": lambda: _one_changed(folder, "markdown", "\n\nNoch ein Satz."),
        "fachdialog report, one cell changed": lambda: _one_changed(folder, "code", "\n# noch eine Zeile"),
        "fachdialog --help": lambda: _time([str(Path(sys.executable).with_name("fachdialog")), "--help"]),
        "plain script": lambda: _time([sys.executable, str(script)], folder),
        "plain script, outputs rendered": lambda: _time([sys.executable, str(shown)], folder),
        "papermill, one process": lambda: _time([sys.executable, "-c", PAPERMILL, *copies], folder),
        "jupyter nbconvert --execute": lambda: _time([*jupyter, "--output-dir", str(folder / "html"), *copies], folder),
    }


def _project(folder: Path) -> None:
    shutil.copytree(ROOT / "data" / "raw" / ROUND, folder / "data" / "raw" / ROUND, ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "data" / "codebook.yml", folder / "data")
    (folder / "notebooks").mkdir()
    for path in _notebooks(ROOT):
        shutil.copy(path, folder / "notebooks")


def _notebooks(folder: Path) -> list[Path]:
    """Those of the round's report: it is compared with no other, so all variants leave out what only compares."""
    return [step.path for step in steps(folder / "notebooks") if not step.only_compares]


def _report(folder: Path) -> list[str]:
    places = ["--data", str(folder / "data"), "--reports", str(folder / "reports")]
    return [
        sys.executable,
        "-m",
        "analysis_utils.cli",
        "report",
        ROUND,
        *places,
        "--notebooks",
        str(folder / "notebooks"),
    ]


def _time(command: list[str], folder: Path | None = None) -> float:
    """Wall time. With a folder: tables and figures go to places of their own below it."""
    environment = dict(os.environ)
    if folder:
        for name in ("data", "processed", "reports"):
            below = folder / ("data" if name == "data" else f"other/{name}")
            environment[f"FACHDIALOG_{name.upper()}"] = str(below)
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{' '.join(command[:6])} … failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return seconds


def _one_changed(folder: Path, kind: str, addition: str) -> float:
    """A sentence or a line of code is added to the last notebook of the report, as after reading it through."""
    path = _notebooks(folder)[-1]
    content = json.loads(path.read_text(encoding="utf-8"))
    cell = [cell for cell in content["cells"] if cell["cell_type"] == kind][-1]
    cell["source"] = ["".join(cell["source"]), addition]
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return _time(_report(folder))


def _script(folder: Path, *, show: bool) -> str:
    """The code of all notebooks, one after the other. `show`: each cell's last value is rendered as in a notebook."""
    import ast

    parts = [SHOW if show else PLAIN]
    for path in _notebooks(folder):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            tree = ast.parse("".join(cell["source"]))
            if show and tree.body and isinstance(last := tree.body[-1], ast.Expr):
                call = ast.Call(ast.Name("_format", ast.Load()), [last.value], [])
                tree.body[-1] = ast.Expr(call)
            parts.append(ast.unparse(ast.fix_missing_locations(tree)))
    return "\n".join(parts)


if __name__ == "__main__":
    main()
