"""What is rerun, what is not, and what stays when something fails."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from small_project import OPEN, Project, no_landing, plain_pages, write_notebook

from analysis_utils.errors import DataError
from analysis_utils.run import jobs
from analysis_utils.run.finish import Staged
from analysis_utils.run.kernels import Kernels
from analysis_utils.run.notebooks import Step, with_parameters
from analysis_utils.run.report import Options, ReportFailedError, run_round
from report_press import Limits, NotebookFailedError, Silent

ALL = ["01_lesen", "03_eins", "04_zwei"]


def test_first_run_writes_tables_figures_and_pages(project: Project) -> None:
    told = project.run()
    assert told.done == ALL and told.changed
    assert set(project.files()) == {
        "data/processed/probe/answers.parquet",
        "data/processed/probe/estimates.csv",
        *(f"reports/probe/figures/{name}.csv" for name in ALL[1:]),
        *(f"reports/probe/html/{name}.html" for name in ALL),
        "reports/probe/index.html",
    }
    assert project.files()["reports/probe/figures/03_eins.csv"] == b"3"


def test_second_run_does_nothing_and_leaves_nothing_beside(finished: Project) -> None:
    inode = (finished.round.reports / "index.html").stat().st_ino
    told = finished.run()
    assert told.outcomes == dict.fromkeys(ALL, "unchanged") and told.changed is False
    assert (finished.round.reports / "index.html").stat().st_ino == inode
    assert sorted(path.name for path in finished.round.reports.parent.iterdir()) == [".probe.lock", "probe"]
    assert sorted(path.name for path in finished.round.processed.parent.iterdir()) == [".probe.lock", "probe"]


def test_touched_but_equal_files_rerun_nothing(finished: Project) -> None:
    for path in [*finished.notebooks.iterdir(), finished.round.raw / "export.csv"]:
        path.touch()
    assert finished.run().done == []


def test_what_was_read_anew_and_came_out_as_before_is_not_read_again(finished: Project) -> None:
    """The report need not be written then; that the notebook ran has to be remembered all the same."""
    export = finished.round.raw / "export.csv"
    export.write_text(export.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    inode = (finished.round.reports / "index.html").stat().st_ino
    told = finished.run()
    assert told.done == ["01_lesen"] and told.changed is False
    assert (finished.round.reports / "index.html").stat().st_ino == inode
    assert finished.run().done == []
    assert sorted(path.name for path in finished.round.processed.parent.iterdir()) == [".probe.lock", "probe"]


def test_one_sentence_changed_reruns_one_notebook(finished: Project) -> None:
    finished.edit(finished.notebooks / "04_zwei.ipynb", "# Zeigen", "# Zeigen und sagen")
    told = finished.run()
    assert told.done == ["04_zwei"] and told.changed
    assert b"Zeigen und sagen" in finished.files()["reports/probe/index.html"]


def test_sentence_changed_gives_what_a_kernel_gives(finished: Project) -> None:
    finished.edit(finished.notebooks / "04_zwei.ipynb", "# Zeigen", "# Zeigen und sagen")
    finished.run()
    kept = finished.round.processed / ".run" / "desks" / "04_zwei" / "notebook.ipynb"
    taken_over = kept.read_bytes(), finished.files()
    finished.run(force=True)
    assert (kept.read_bytes(), finished.files()) == taken_over


@pytest.mark.parametrize(
    ("old", "new", "is_executed"),
    [
        ("# Zeigen", "# Zeigen und sagen", False),
        ("getpid()", "getpid() + 0", True),
        ('"metadata": {}', '"metadata": {"collapsed": true}', True),
    ],
)
def test_only_changed_code_asks_a_kernel(project: Project, old: str, new: str, is_executed: bool) -> None:
    path = project.notebook("04_zwei", ["# Zeigen", "PARAMETERS", "import os\nos.getpid()"])
    project.run()
    kept = project.round.processed / ".run" / "desks" / "04_zwei" / "notebook.ipynb"
    before = nbformat.read(kept, as_version=4).cells[2].outputs
    project.edit(path, old, new)
    assert project.run().done == ["04_zwei"]
    assert (nbformat.read(kept, as_version=4).cells[2].outputs != before) == is_executed


def test_force_asks_a_kernel_for_every_notebook(project: Project) -> None:
    project.notebook("04_zwei", ["# Zeigen", "PARAMETERS", "import os\nos.getpid()"])
    project.run()
    kept = project.round.processed / ".run" / "desks" / "04_zwei" / "notebook.ipynb"
    before = nbformat.read(kept, as_version=4).cells[2].outputs
    project.run(force=True)
    assert nbformat.read(kept, as_version=4).cells[2].outputs != before


def test_sentence_in_ingest_notebook_reruns_no_report_notebook(finished: Project) -> None:
    finished.edit(finished.notebooks / "01_lesen.ipynb", "# Lesen", "# Einlesen")
    assert finished.run().done == ["01_lesen"]


def test_changed_export_reruns_what_depends_on_it(finished: Project) -> None:
    (finished.round.raw / "export.csv").write_text("a\nb\n", encoding="utf-8")
    assert finished.run().done == ALL
    assert finished.files()["reports/probe/figures/03_eins.csv"] == b"2"


def test_changed_export_with_equal_estimates_reruns_ingest_only(finished: Project) -> None:
    (finished.round.raw / "export.csv").write_text("c\nb\na\n", encoding="utf-8")
    assert finished.run().done == ["01_lesen"]
    assert finished.files()["data/processed/probe/answers.parquet"] == b"c\nb\na"


def test_new_raw_file_reruns_ingest(finished: Project) -> None:
    (finished.round.raw / "notes.md").write_text("neu", encoding="utf-8")
    assert finished.run().done == ["01_lesen"]


@pytest.mark.parametrize("name", ["data/codebook.yml", "data/raw/probe/round.yml"])
def test_codebook_and_round_file_concern_every_notebook(finished: Project, name: str) -> None:
    path = finished.folder / name
    path.write_text(path.read_text(encoding="utf-8") + "# geprüft\n", encoding="utf-8")
    assert finished.run().done == ALL


def test_changed_lock_or_python_reruns_everything(finished: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs.sys, "version", "4.0")
    assert finished.run().done == ALL


def test_force_reruns_everything(finished: Project) -> None:
    assert finished.run(force=True).done == ALL


def test_removed_notebook_takes_its_page_and_figures_with_it(finished: Project) -> None:
    (finished.notebooks / "04_zwei.ipynb").unlink()
    assert finished.run().changed
    assert not [name for name in finished.files() if "04_zwei" in name]


@pytest.mark.parametrize("name", ["index.html", "figures/03_eins.csv", "html/04_zwei.html"])
@pytest.mark.parametrize("how", ["altered", "deleted"])
def test_altered_or_missing_report_file_is_restored(finished: Project, name: str, how: str) -> None:
    before = finished.files()
    path = finished.round.reports / name
    path.write_text("x", encoding="utf-8") if how == "altered" else path.unlink()
    told = finished.run()
    assert told.changed and told.done == []
    assert finished.files() == before


def test_altered_table_is_restored_without_reading_it(finished: Project) -> None:
    before = finished.files()
    finished.round.processed.joinpath("estimates.csv").write_text("n\n99\n", encoding="utf-8")
    assert finished.run().done == []
    assert finished.files() == before


def test_deleted_report_folder_is_put_together_again(finished: Project) -> None:
    before = finished.files()
    shutil.rmtree(finished.round.reports)
    assert finished.run().done == []
    assert finished.files() == before


def test_altered_output_kept_by_the_runner_is_made_again(finished: Project) -> None:
    kept = finished.round.processed / ".run" / "desks" / "03_eins" / "notebook.ipynb"
    kept.write_text(kept.read_text(encoding="utf-8").replace('"3\\n"', '"4\\n"'), encoding="utf-8")
    assert finished.run().done == ["03_eins"]


def test_report_to_another_place_runs_no_notebook(finished: Project) -> None:
    first = finished.files()
    shutil.move(finished.folder / "reports", finished.folder / "elsewhere")
    assert finished.run().done == []
    assert finished.files() == first


def test_tables_of_single_answers_are_closed_to_others(finished: Project) -> None:
    assert finished.round.processed.stat().st_mode & 0o077 == 0


def test_failing_notebook_is_named_with_cell_and_others_finish(finished: Project) -> None:
    before = finished.files()
    (finished.round.raw / "export.csv").write_text("a\n", encoding="utf-8")
    path = finished.notebook("03_eins", ["# Titel", "PARAMETERS", OPEN, "1 / 0"])
    with pytest.raises(ReportFailedError) as caught:
        finished.run()
    (cause,) = caught.value.causes
    assert isinstance(cause, NotebookFailedError)
    assert str(cause) == (
        "03_eins.ipynb, cell 4: ZeroDivisionError: division by zero\n      1 / 0\n"
        f"  Open it: {path} (make lab) and run it up to this cell."
    )
    assert not caught.value.is_data
    assert finished.files() == before


def test_after_a_failure_only_the_corrected_notebook_runs_again(project: Project) -> None:
    project.notebook("03_eins", ["# Titel", "PARAMETERS", "1 / 0"])
    with pytest.raises(ReportFailedError):
        project.run()
    assert not project.round.reports.exists() and not project.round.processed.exists()
    project.notebook("03_eins", ["# Titel", "PARAMETERS", "1 / 1"])
    assert project.run().done == ["03_eins"]


def test_all_failures_of_a_run_are_told(project: Project) -> None:
    project.notebook("03_eins", ["# A", "PARAMETERS", "eins"])
    project.notebook("04_zwei", ["# B", "PARAMETERS", "zwei"])
    with pytest.raises(ReportFailedError, match=r"(?s)03_eins.*'eins'.*04_zwei.*'zwei'"):
        project.run()


def test_failing_ingest_stops_what_needs_it(project: Project) -> None:
    project.notebook("01_lesen", ["# A", "PARAMETERS", "import analysis_utils.gate\n1 / 0"])
    with pytest.raises(ReportFailedError) as caught:
        project.run()
    assert [cause.path.stem for cause in caught.value.causes] == ["01_lesen"]


def test_data_error_in_a_cell_arrives_as_it_was_raised(project: Project) -> None:
    raising = 'from analysis_utils.errors import DataError\nraise DataError("a.csv", "ü", "„x“", at="row 2")'
    project.notebook("01_lesen", ["# A", "PARAMETERS", "import analysis_utils.gate\n" + raising])
    with pytest.raises(ReportFailedError) as caught:
        project.run()
    assert caught.value.is_data
    assert str(caught.value) == "a.csv: expected ü, saw „x“ at row 2."


def test_report_notebook_finds_no_private_table(project: Project) -> None:
    listing = OPEN + "\nprint(sorted(path.name for path in round_.processed.parent.rglob('*') if path.is_file()))"
    project.notebook("03_eins", ["# A", "PARAMETERS", listing])
    project.run()
    page = project.files()["reports/probe/html/03_eins.html"].decode()
    assert "estimates.csv" in page and "parquet" not in page


def test_report_notebook_that_changes_a_table_is_refused(project: Project) -> None:
    project.notebook("03_eins", ["# A", "PARAMETERS", OPEN + '\n(round_.processed / "estimates.csv").write_text("9")'])
    with pytest.raises(ReportFailedError, match="not for ingest to write figures only, saw probe/estim"):
        project.run()


def test_two_different_figures_of_one_name_are_refused(project: Project) -> None:
    for old, new in (("04_zwei.csv", "03_eins.csv"), ("write_text(n)", "write_text('other')")):
        project.edit(project.notebooks / "04_zwei.ipynb", old, new)
    with pytest.raises(ReportFailedError, match="expected one figure of a name, saw one in 03_eins and one in 04_zwei"):
        project.run()


def test_ingest_notebooks_follow_each_other_and_rewrite_nothing_twice(project: Project) -> None:
    appending = OPEN + '\np = round_.processed / "estimates.csv"\n_ = p.write_text(p.read_text() + "7\\n")'
    project.notebook("02_mehr", ["# M", "PARAMETERS", "import analysis_utils.clean\n" + appending])
    project.run()
    assert project.files()["data/processed/probe/estimates.csv"] == b"n\n3\n7\n"
    project.edit(project.notebooks / "02_mehr.ipynb", "# M", "# Mehr")
    assert project.run().done == ["02_mehr"]
    assert project.files()["data/processed/probe/estimates.csv"] == b"n\n3\n7\n"


MORE = "import analysis_utils.gate\n" + OPEN + '\n_ = (round_.processed / "changes.csv").write_text("1")'
LISTING = 'print(sorted(path.name for path in round_.processed.glob("*.csv")))'


def _say_what_is_read(path: Path, *names: str) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["fachdialog"] = {"reads": list(names)}
    path.write_text(json.dumps(content), encoding="utf-8")


def test_notebook_that_names_what_it_reads_starts_there_and_waits_for_nothing_else(project: Project) -> None:
    project.notebook("02_mehr", ["# Mehr", "PARAMETERS", MORE])
    _say_what_is_read(project.notebooks / "03_eins.ipynb", "01_lesen")
    for name in ("03_eins", "04_zwei"):
        project.edit(project.notebooks / f"{name}.ipynb", "print(n)", json.dumps(LISTING)[1:-1])
    project.run()
    page = {name: (project.round.reports / "html" / f"{name}.html").read_text() for name in ("03_eins", "04_zwei")}
    assert "estimates.csv" in page["03_eins"] and "changes.csv" not in page["03_eins"]
    assert "changes.csv" in page["04_zwei"]
    project.edit(project.notebooks / "02_mehr.ipynb", r"write_text(\"1\")", r"write_text(\"2\")")
    assert project.run().done == ["02_mehr", "04_zwei"]


def test_one_name_without_brackets_is_meant_as_one(project: Project) -> None:
    path = project.notebooks / "03_eins.ipynb"
    _say_what_is_read(path, "01_lesen")
    project.edit(path, '["01_lesen"]', '"01_lesen"')
    assert Step(path).reads_only == ["01_lesen"]


def test_notebook_that_names_none_of_the_ingest_notebooks_is_refused(project: Project) -> None:
    _say_what_is_read(project.notebooks / "03_eins.ipynb", "01_lesne")
    with pytest.raises(ReportFailedError, match=r"(?s)03_eins.*to read one of 01_lesen.*01_lesne"):
        project.run()


def test_notebook_that_never_says_round_is_refused(project: Project) -> None:
    project.notebook("03_eins", ["# A", 'print("probe")'])
    with pytest.raises(ReportFailedError, match=r"03_eins.ipynb: expected one code cell with the tag `parameters`"):
        project.run()


def test_round_gets_into_the_tagged_cell_or_the_first_that_sets_it(tmp_path: Path) -> None:
    for cells in (["import math\nROUND = 'andere'\nLIMIT = 8", "ROUND"], ["1", "PARAMETERS", "ROUND"]):
        write_notebook(tmp_path / "12_x.ipynb", ["# A", *cells])
        sources = [cell.source for cell in with_parameters(tmp_path / "12_x.ipynb", "probe").cells]
        assert 'ROUND = "probe"' in "\n".join(sources) and "andere" not in str(sources)
        assert ("LIMIT = 8" in str(sources)) is ("LIMIT = 8" in str(cells))


def test_no_ingest_notebook_is_refused(project: Project) -> None:
    (project.notebooks / "01_lesen.ipynb").unlink()
    with pytest.raises(ReportFailedError, match=r"expected one that imports analysis_utils\.clean"):
        project.run()


def test_notebook_with_merge_conflict_is_refused(project: Project) -> None:
    (project.notebooks / "03_eins.ipynb").write_text("<<<<<<< HEAD\n{}", encoding="utf-8")
    with pytest.raises(ReportFailedError, match=r"03_eins\.ipynb: expected a notebook, saw text that is not JSON"):
        project.run()


def test_failing_finishing_step_leaves_the_earlier_report(finished: Project) -> None:
    before = finished.files()
    finished.edit(finished.notebooks / "04_zwei.ipynb", "# Zeigen", "# Neu")

    def leak(staged: object) -> None:
        raise DataError("index.html", "no ballot", "one")

    with pytest.raises(ReportFailedError, match="expected no ballot") as caught:
        run_round(finished.round, Silent(), finished.kernels, Options(notebooks=finished.notebooks, finishing=(leak,)))
    assert caught.value.is_data
    assert finished.files() == before


def test_time_limit_stops_a_notebook(project: Project) -> None:
    project.notebook("03_eins", ["# A", "PARAMETERS", "import time\ntime.sleep(60)"])
    with (
        Kernels(warm=False, limits=Limits(seconds=3)) as impatient,
        pytest.raises(ReportFailedError, match=r"03_eins.ipynb, cell 3: it ran longer than 3 s and was stopped"),
    ):
        Project(project.folder, impatient).run()


def test_memory_limit_stops_a_notebook(project: Project) -> None:
    project.notebook("03_eins", ["# A", "PARAMETERS", "x = bytearray(3 * 2**30)"])
    with (
        Kernels(warm=False, limits=Limits(gib=1)) as small,
        pytest.raises(ReportFailedError, match=r"03_eins.ipynb, cell 3: MemoryError"),
    ):
        Project(project.folder, small).run()


def test_kernel_that_dies_is_told(project: Project) -> None:
    project.notebook("03_eins", ["# A", "PARAMETERS", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"])
    with pytest.raises(ReportFailedError, match=r"03_eins.ipynb, cell \d: its kernel ended unexpectedly"):
        project.run()


def test_executed_notebooks_keep_no_time_or_place(finished: Project, tmp_path: Path) -> None:
    kept = finished.round.processed / ".run" / "desks" / "03_eins" / "notebook.ipynb"
    notebook = nbformat.read(kept, as_version=4)
    assert all("execution" not in cell.metadata for cell in notebook.cells)
    assert str(tmp_path) not in kept.read_text(encoding="utf-8")


def test_reports_that_may_not_be_written_are_said_with_what_to_do(finished: Project) -> None:
    (finished.folder / "reports").rename(finished.folder / "elsewhere")
    (finished.folder / "reports").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(ReportFailedError, match=r"files and folders it may read and write.*--reports") as raised:
        finished.run()
    assert raised.value.is_data


def _basis(project: Project) -> str:
    """What the finished files of a run are checked against."""
    seen: list[str] = []

    def note(staged: Staged) -> None:
        seen.append(staged.basis)

    options = Options(notebooks=project.notebooks, force=True, finishing=(plain_pages, note), landing=no_landing)
    run_round(project.round, Silent(), project.kernels, options)
    return seen[0]


def test_basis_changes_with_the_tables_and_not_with_the_pages(finished: Project) -> None:
    before = _basis(finished)
    finished.edit(finished.notebooks / "04_zwei.ipynb", "# Zeigen", "# Zeigen und sagen")
    assert _basis(finished) == before
    (finished.round.raw / "export.csv").write_text("a\nb\n", encoding="utf-8")
    assert _basis(finished) != before
