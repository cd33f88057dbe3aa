"""Run the notebooks of one or more rounds and write their reports, all or nothing per round."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import shutil
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from time import perf_counter

import report_press
from report_press import NOTED, BusyError, HelperError, Move, NotebookFailedError, Places, Silent, no_space, run_jobs

from ..errors import DataError
from ..gate import broken, is_released, ledger_path, read_ledger
from ..rounds import Round
from .beside import Beside
from .desk import desks
from .finish import FINISHING, Finishing, released_stamp, write_landing
from .jobs import REPORT, CodeHashes, RoundJobs, code_hashes, release_basis
from .kernels import Kernels
from .notebooks import Step, steps_of


def progress(*, as_json: bool = False) -> Silent:
    """The way of telling that fits where standard output goes."""
    return report_press.progress("fachdialog report: stopped; earlier reports are unchanged.", as_json=as_json)


class OutOfSpaceError(Exception):
    """The disk is full; `file` is what could not be written, where that is known."""

    def __init__(self, file: str | None) -> None:
        super().__init__(f"expected room on the disk, saw none while writing {file or 'a file'}; free some and rerun.")


class ReportFailedError(Exception):
    """The report was not written; the earlier one stays. Its message joins those of all `causes`; `is_data` when every
    cause is input that breaks a rule (DataError)."""

    def __init__(self, causes: list[BaseException], *, is_data: bool) -> None:
        super().__init__("\n".join(str(cause) for cause in causes))
        self.causes, self.is_data = causes, is_data


@dataclass(frozen=True)
class Options:
    """`notebooks`: folder (default: the project's). `force`: rerun what is unchanged, too. `at_once`: notebooks side by
    side (default: two more than there are cores, since a kernel often waits for its next message). `finishing`: what
    makes a report of the executed notebooks. `landing`: what renews the page above all rounds once a report is in
    place."""

    notebooks: Path | None = None
    force: bool = False
    at_once: int = 0
    finishing: tuple[Finishing, ...] = FINISHING
    landing: Callable[[Round], None] = write_landing


def run_rounds(
    rounds: Iterable[Round], tell: Silent, options: Options = Options(), kernels: Kernels | None = None
) -> list[ReportFailedError]:
    """Bring every round's report up to date; rounds share one warm process (`kernels`: one that is there already).
    Returns what failed, told already.

    A round that fails keeps its earlier report and does not stop the others.
    """
    failed: list[ReportFailedError] = []
    gc.set_threshold(100_000, 20, 20)  # a run of seconds leaves little behind: collecting is a tenth of a small one
    with ExitStack() as ends:
        kernels, beside = kernels or ends.enter_context(Kernels()), ends.enter_context(Beside(ahead=True))
        ends.callback(tell.close)  # also when interrupted: a terminal gets its cursor back
        for round_ in _compared_first(rounds):
            try:
                run_round(round_, tell, kernels, options, beside)
            except ReportFailedError as fault:
                tell.tell("failure", message=str(fault), data_error=fault.is_data)
                failed.append(fault)
    return failed


def _compared_first(rounds: Iterable[Round]) -> list[Round]:
    """The rounds, each behind those it is compared with; otherwise as they were named."""
    waiting, found = list(rounds), []
    while waiting:
        names = {one.name for one in waiting}
        free = (one for one in waiting if not (one.file.compare and (names - {one.name}) & set(one.file.compare.with_)))
        found.append(next(free, waiting[0]))  # rounds that are compared with each other are told about elsewhere
        waiting.remove(found[-1])
    return found


def run_round(round_: Round, tell: Silent, kernels: Kernels, options: Options, beside: Beside | None = None) -> Path:
    """Bring one round's report up to date; returns its `index.html`. `beside`: a process to share with other rounds.

    Raises: ReportFailedError; earlier tables and report are then as they were.
    """
    began = perf_counter()
    move = Move(Places(round_.processed), Places(round_.reports))
    index = round_.reports / "index.html"
    try:
        with move.held(), nullcontext(beside) if beside else Beside() as beside:
            todo, code = steps_of(round_, options.notebooks), code_hashes()
            # A released report says so: without its entry the next one would be made as if there were none.
            if (stamp := released_stamp(index)) and not read_ledger(ledger_path(round_)).knows(stamp):
                raise broken(round_.name, f"none that knows the released report {stamp}", index)
            round_ = replace(round_, is_draft=not is_released(round_, release_basis(round_, todo, code)))
            changed = _run(round_, move, todo, code, tell, kernels, options, beside)
            if changed or not (round_.reports.parent / "index.html").is_file():
                options.landing(round_)
    except BusyError as busy:
        remedy = "wait until it has ended"
        at = str(busy.final)
        fault = DataError(round_.name, "no other run of this round", "one in progress", at=at, remedy=remedy)
        raise _failure({round_.name: fault}) from None
    except (DataError, OSError) as fault:
        raise _failure({round_.name: fault}) from None
    state = "draft" if round_.is_draft else "released"
    tell.tell("report", index=str(index), changed=changed, state=state, seconds=perf_counter() - began)
    return index


def _run(
    round_: Round,
    move: Move,
    todo: list[Step],
    code: CodeHashes,
    tell: Silent,
    kernels: Kernels,
    options: Options,
    beside: Beside,
) -> bool:
    """Whether anything had to be written."""
    tell.tell("round", name=round_.name, title=round_.file.title, notebooks=[step.name for step in todo])
    workshop = move.open_workshop()
    notes = workshop / NOTED
    try:
        if options.force or not notes.is_file():
            kernels.start(prepare=True)  # will be needed, whatever is found to be unchanged
        jobs = RoundJobs(
            round=round_,
            desks=desks(round_, todo, workshop / ".run" / "desks"),
            move=move,
            kernels=kernels,
            beside=beside,
            code=code,
            before_first=cache(partial(_get_ready, beside)),
            finishing=options.finishing,
            tell=tell,
            force=options.force,
        )
        result = run_jobs(jobs.all(), notes, tell, at_once=options.at_once or cores() + 2, force=options.force)
        if result.failures:
            raise _failure(result.failures)
        if not result.executed:
            move.clear()
            return False
        values = result.notes[REPORT]  # also where what ran made what there was: that it ran must be known next time
        round_.reports.with_name(f"{round_.name}.pdf").unlink(missing_ok=True)  # where it used to lie
        move.commit(values["tables"], values["pages"])
        return REPORT in result.executed
    except BaseException as fault:
        # After a failure: drop the unfinished pages, and where the disk is full everything unfinished. Where both
        # folders are whole, the next run moves them in.
        if not move.note.exists():
            causes = fault.causes if isinstance(fault, ReportFailedError) else [fault]
            if any(isinstance(cause, OutOfSpaceError) or no_space(cause) for cause in causes):
                move.clear()
            shutil.rmtree(move.pages.workshop, ignore_errors=True)
        raise


def _failure(faults: dict[str, BaseException]) -> ReportFailedError:
    """`faults`: what each job raised."""
    shown = [_readable(fault, job) for job, fault in faults.items()]
    return ReportFailedError(shown, is_data=all(isinstance(fault, DataError) for fault in shown))


_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.EEXIST)


def _readable(fault: BaseException, job: str) -> BaseException:
    """The failure itself where its message is meant for a reader, else one that says where it happened."""
    if isinstance(fault, DataError | NotebookFailedError | HelperError):
        return fault
    if no_space(fault):
        return OutOfSpaceError(getattr(fault, "filename", None))
    if isinstance(fault, OSError) and fault.errno in _CLOSED:
        remedy = "give yourself the right to write there, or name another folder (--data, --reports)"
        saw = f"“{fault.strerror}”"
        return DataError(
            job, "files and folders it may read and write", saw, at=str(fault.filename or ""), remedy=remedy
        )
    place = traceback.extract_tb(fault.__traceback__)
    at = f" ({place[-1].filename}:{place[-1].lineno})" if place else ""
    text = f": {fault}" if isinstance(fault, OSError) else ""  # the words of others may hold what people answered
    return RuntimeError(f"{job}: {type(fault).__name__}{text}{at}")


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _get_ready(beside: Beside) -> None:
    """Import what pages and checks need while the kernels are busy, so that nobody waits for it later."""
    beside.get_ready()

    def load() -> None:
        with contextlib.suppress(Exception):  # it will be raised again where the module is used
            from ..pages import export

            export.get_ready()
            from ..gate import releases  # noqa: F401
            from ..pages import combined, index_page  # noqa: F401
            from ..verify import report  # noqa: F401

    threading.Thread(target=load, daemon=True).start()
