"""The command `fachdialog`. Every subcommand loads only what it needs."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import __version__

if TYPE_CHECKING:
    from .rounds import Round

REPORT = """\
Read a round, compute, and write its report to reports/ROUND as a draft: every page and drawing says Entwurf,
and nothing is entered as released. What is unchanged is not done again.

  fachdialog report fachdialog-1 --pdf

A report that was released and of which nothing has changed is left, or made again, as it was released."""
RELEASE = """\
Release a round: its report is made once more beside everything that is out, entered in the ledger of releases, and
put in place without the mark Entwurf. Asks once whether a draft has left the house.

  fachdialog release fachdialog-1 --no-draft-left

From then on the numbers of a question stay as released until as many answers differ as a group needs to be shown
(minimum_base in round.yml); pages say so. See docs/privacy.md."""


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; returns the exit code. Anticipated errors are one readable block and exit code 2."""
    arguments = _parser().parse_args(argv)
    from .errors import DataError

    try:
        return arguments.run(arguments)
    except DataError as fault:
        print(f"fachdialog {arguments.command}: stopped.\n{fault}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"fachdialog {arguments.command}: interrupted; earlier results are unchanged.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0
    except OSError as fault:
        print(f"fachdialog {arguments.command}: stopped.\n{_told(fault)}", file=sys.stderr)
        return 2


def command() -> None:
    """What is run as `fachdialog`. Ends the process itself: a thread may still import what will not be needed any more,
    or wait for a kernel that has gone; the interpreter's own end now and then crashes or hangs over such threads."""
    code = 1
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console of another encoding shows a mark for what it lacks
            stream.reconfigure(errors="replace")
    try:
        code = main()
    except Exception as fault:  # a mistake of ours; its words may hold what people answered
        print("".join(traceback.format_tb(fault.__traceback__)), end="", file=sys.stderr)
        print(
            f"fachdialog: {type(fault).__name__}: a mistake of the program; please report these lines", file=sys.stderr
        )
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as fault:
        code = code or 2
        with suppress(OSError):
            print(f"fachdialog: stopped.\nstandard output: {_told(fault)}", file=sys.stderr)
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


def _told(fault: OSError) -> str:
    """What the file system refused, as one readable line."""
    what = f"{fault.filename}: " if fault.filename else ""
    reason = fault.strerror or type(fault).__name__
    return f"{what}expected a place that can be read and written, saw “{reason}”; check its name and who may use it."


Argument = tuple[tuple[str, ...], dict[str, Any]]


def _argument(*flags: str, **options: Any) -> Argument:
    return flags, options


def _folder(name: str, about: str) -> Argument:
    return _argument(f"--{name}", type=Path, metavar="DIR", help=about)


ROUND = _argument("round", help="folder name in data/raw")
RAW = _folder("data", "folder with raw/ and codebook.yml")
DATA = _folder("data", "folder with raw/, processed/ and codebook.yml")
REPORTS = _folder("reports", "folder for the finished reports")
NOTEBOOKS = _folder("notebooks", "folder with the numbered notebooks")
_EITHER = ("--draft-left", "--no-draft-left")
"""Options of which one is given at most."""
_COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], str, str, tuple[Argument, ...]]] = {}


def _command(about: str, told: str, *arguments: Argument) -> Callable:
    """A subcommand: what it does in a line, an example (or, of several lines, its whole description), its arguments."""

    def add(run: Callable[[argparse.Namespace], int]) -> Callable:
        _COMMANDS[run.__name__.strip("_").replace("_", "-")] = (run, about, told, arguments)
        return run

    return add


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fachdialog",
        description="From the export of a live poll to a German report. Start with: fachdialog report",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (run, about, told, arguments) in _COMMANDS.items():
        is_whole = "\n" in told
        one = commands.add_parser(
            name,
            help=about,
            description=told if is_whole else f"{about[0].upper()}{about[1:]}.\n\nExample: fachdialog {name} {told}",
            epilog="Without --data the folder data/ of the project is used, without --reports reports/.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.set_defaults(run=run)
        either = one.add_mutually_exclusive_group() if name == "release" else one
        for flags, options in arguments:
            (either if flags[0] in _EITHER else one).add_argument(*flags, **options)
    return parser


@_command(
    "read a round, compute, write its report as a draft",
    REPORT,
    _argument("round", nargs="*", help="folder names in data/raw (default: the newest round)"),
    _argument("--all", action="store_true", help="every round in data/raw"),
    DATA,
    REPORTS,
    NOTEBOOKS,
    _argument("--force", action="store_true", help="rerun what is unchanged, too"),
    _argument("--jobs", type=int, default=0, metavar="N", help="notebooks side by side (default: cores + 2)"),
    _argument("--fresh-kernels", action="store_true", help="start each kernel afresh (slower, same results)"),
    _argument("--json", action="store_true", help="tell progress as one JSON object per line"),
    _argument("--no-slides", action="store_true", help="leave out folien.pptx"),
    _argument("--pdf", action="store_true", help="also print it as bericht.pdf (needs Chromium)"),
)
def _report(arguments: argparse.Namespace) -> int:
    from .run import Kernels

    with Kernels(warm=not arguments.fresh_kernels) as kernels:
        if arguments.force:
            kernels.start(prepare=True)  # it imports what kernels need while this process imports what it needs
        from dataclasses import replace

        from .rounds import round_names
        from .run import Options, progress, run_rounds

        names = round_names(arguments.data) if arguments.all else arguments.round
        rounds = [_round(arguments, name) for name in names or [None]]
        options = Options(notebooks=arguments.notebooks, force=arguments.force, at_once=max(0, arguments.jobs))
        if arguments.no_slides:
            kept = tuple(step for step in options.finishing if step.__name__ != "write_deck")
            options = replace(options, finishing=kept)
        failed = run_rounds(rounds, progress(as_json=arguments.json), options, kernels)
    if not failed and not arguments.json:
        _tell_errata(rounds)
    if arguments.pdf and not failed:
        _write_pdfs(rounds)
    return _worst(failed)


@_command(
    "release a round: its report without the mark Entwurf",
    RELEASE,
    ROUND,
    _argument(
        "--draft-left",
        nargs="*",
        metavar="STAMP",
        help="somebody outside has these drafts (default: all since the last release); they count as released",
    ),
    _argument("--no-draft-left", action="store_true", help="nobody outside has a draft"),
    DATA,
    REPORTS,
    NOTEBOOKS,
    _argument("--pdf", action="store_true", help="also print the whole report as bericht.pdf"),
)
def _release(arguments: argparse.Namespace) -> int:
    from .run import Options, drafts_that_left, progress, release_round

    round_ = _round(arguments)
    ask = input if sys.stdin is not None and sys.stdin.isatty() else None
    left = drafts_that_left(round_, arguments.draft_left, arguments.no_draft_left, ask)
    failed = release_round(round_, left, progress(as_json=False), Options(notebooks=arguments.notebooks))
    if not failed:
        _tell_errata([round_])
        if arguments.pdf:
            _write_pdfs([round_])
    return _worst(failed)


def _round(arguments: argparse.Namespace, name: str | None = None) -> Round:
    """The round that the command is about, or another one beside it."""
    from .rounds import open_round

    folders = {"reports": arguments.reports} if "reports" in arguments else {}
    return open_round(name or arguments.round, data=arguments.data, **folders)


def _worst(failed: list) -> int:
    return max((2 if fault.is_data else 1 for fault in failed), default=0)


def _tell_errata(rounds: list) -> None:
    """What an analyst must know who expects a correction to be seen."""
    from .run import standing

    for round_ in rounds:
        if line := standing(round_):
            print(line)


def _write_pdfs(rounds: list) -> None:
    from .pages.pdf import write_pdf

    for round_ in rounds:
        write_pdf(round_.reports / "bericht.html", round_.reports / "bericht.pdf")
        print(f"PDF: {round_.reports / 'bericht.pdf'}")


@_command(
    "write the slides of a round's report, also in a template of one's own",
    "fachdialog-1 --template Vorlage.potx",
    _argument("round", help="folder name in data/raw; its report must be there"),
    _argument("--template", type=Path, metavar="FILE", help="a .pptx or .potx whose masters are used"),
    _argument("--out", type=Path, metavar="FILE", help="where to (default: folien.pptx in the report)"),
    DATA,
    REPORTS,
)
def _slides(arguments: argparse.Namespace) -> int:
    from .run import make_slides

    print(f"Slides: {make_slides(_round(arguments), arguments.template, arguments.out)}")
    return 0


@_command(
    "compare rounds, oldest first; page 11 of the last one's report",
    "fachdialog-1 fachdialog-2",
    _argument("rounds", nargs="+", metavar="ROUND", help="two or more folder names in data/raw"),
    DATA,
    REPORTS,
)
def _compare(arguments: argparse.Namespace) -> int:
    from .rounds import compared_names
    from .run import Options, progress, run_rounds

    rounds = [_round(arguments, name) for name in arguments.rounds]
    compared_names(rounds)
    failed = run_rounds(rounds, progress(as_json=False), Options())
    if not failed:
        from .estimators import comparison_text

        print(comparison_text(rounds[-1]))
    return _worst(failed)


@_command(
    "set up the folder of a new round from its export",
    "fachdialog-2 --from fachdialog-1 --export Downloads/umfrage.xlsx",
    _argument("name", help="name of the new folder in data/raw"),
    _argument("--from", dest="earlier", metavar="ROUND", help="the round it follows (none: a first round)"),
    _argument(
        "--export",
        required=True,
        type=Path,
        nargs="+",
        metavar="FILE",
        help="workbook, CSV or folder of CSVs; of an event with several files all of them",
    ),
    RAW,
)
def _new_round(arguments: argparse.Namespace) -> int:
    from .proposals import make_round

    print(make_round(arguments.name, arguments.earlier, *arguments.export, data=arguments.data))
    return 0


@_command(
    "write a notebook for a question of your own, with cells that run",
    '"Wer will die Fokussierung?"',
    _argument("title", help="its title, a question: “Wer will die Fokussierung?”"),
    NOTEBOOKS,
    RAW,
)
def _new_notebook(arguments: argparse.Namespace) -> int:
    from .run import make_notebook

    path = make_notebook(arguments.title, notebooks=arguments.notebooks, data=arguments.data)
    print(f"Notebook: {path}\nOpen it: make lab. It is part of the next: fachdialog report")
    return 0


@_command("read a round and say what was found, without computing anything", "fachdialog-1", ROUND, RAW)
def _check(arguments: argparse.Namespace) -> int:
    from .clean import ingest_survey
    from .rounds import comparison_summary

    round_ = _round(arguments)
    for name in round_.file.compare.with_ if round_.file.compare else []:
        print(comparison_summary(round_, _round(arguments, name)))
    try:
        print(ingest_survey(round_).summary())
    finally:  # a round may have notes before it has an export
        from .notes import ingest_group_notes

        notes = ingest_group_notes(round_)
        if round_.file.notes is not None:
            print(notes.summary())
    return 0


@_command(
    "write sheets with the statements of group notes that are left to code",
    "fachdialog-1 --coder anna",
    ROUND,
    _argument("--coder", default="", metavar="NAME", help="also write a sheet for a new coder"),
    RAW,
)
def _code(arguments: argparse.Namespace) -> int:
    from .clean import subfolder
    from .notes import ingest_group_notes, write_sheets

    notes = ingest_group_notes(_round(arguments))
    print(notes.summary())
    if not notes.is_empty:
        for sheet in write_sheets(notes, subfolder(notes.round.raw, "coding"), coder=arguments.coder):
            print(sheet)
    return 0


@_command(
    "take codings to MAXQDA, ATLAS.ti, NVivo or QualCoder and back",
    "export fachdialog-1 notizen.qdpx",
    _argument("direction", choices=("export", "import"), help="write or read the file"),
    ROUND,
    _argument("file", type=Path, help="REFI-QDA project (.qdpx) or codebook (.qdc)"),
    _argument("--group", default="", metavar="NAME", help="import: group of texts the round does not have"),
    _argument("--add-codes", action="store_true", help="import: add unknown codes to the codebook"),
    RAW,
)
def _exchange(arguments: argparse.Namespace) -> int:
    from .notes import exchange

    options = {"group": arguments.group, "add_codes": arguments.add_codes}
    print(exchange(_round(arguments), arguments.file, is_import=arguments.direction == "import", **options))
    return 0


@_command(
    "say what the export of a poll tool holds, without a round",
    "Downloads/umfrage.xlsx",
    _argument("file", nargs="+", type=Path, help="a workbook, CSV or JSON, or a folder of CSV sheets"),
    _argument("--json", action="store_true", help="one JSON object per line and nothing else"),
)
def _inspect(arguments: argparse.Namespace) -> int:
    import json

    from .errors import DataError
    from .proposals import describe, inspect

    worst = 0
    for path in arguments.file:
        try:
            found = inspect(path)
        except DataError as fault:
            print(f"fachdialog inspect: {path}: refused.\n{fault}", file=sys.stderr)
            worst = 2
            continue
        is_plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        print(json.dumps(found, ensure_ascii=is_plain) if arguments.json else describe(found))
        worst = max(worst, 1 if found["cells"]["set_aside"] else 0)
    return worst


@_command(
    "compare every number of a finished report with its estimates",
    "reports/fachdialog-1",
    _argument("report", type=Path, help="folder of a round's report, e.g. reports/fachdialog-1"),
    _argument("--round", metavar="ROUND", help="the round it reports (default: the name of the folder)"),
    DATA,
)
def _verify(arguments: argparse.Namespace) -> int:
    from .verify import MOST_SHOWN, verify_report

    round_ = _round(arguments, arguments.round or arguments.report.resolve().name)
    checked = verify_report(arguments.report, round_, other_rounds=round_.processed.parent, is_finished=True)
    for fault in checked.faults[:MOST_SHOWN]:
        print(fault)
    if len(checked.faults) > MOST_SHOWN:
        print(f"… and {len(checked.faults) - MOST_SHOWN} more")
    print(checked.summary())
    return 1 if checked.faults else 0


@_command(
    "say what printed percentages or means fix and what they leave open",
    "data/raw/fachdialog-1/published.yml --round fachdialog-1",
    _argument("file", type=Path, help="a YAML file of printed figures (docs/audit.md)"),
    _argument("--round", metavar="ROUND", help="also compare with the estimates of this round"),
    _argument("--csv", type=Path, metavar="OUT", help="also write every row to this file"),
    DATA,
)
def _audit(arguments: argparse.Namespace) -> int:
    from .audit import audit_file, is_sound, report
    from .tables import write_table

    table = audit_file(arguments.file, _round(arguments) if arguments.round else None)
    print(report(table))
    if arguments.csv:
        write_table(table, "audit", arguments.csv)
    return 0 if is_sound(table) else 1


@_command(
    "search finished files for what single people said",
    "reports/fachdialog-1",
    _argument("paths", nargs="*", type=Path, help="files or folders (default: all finished reports)"),
    DATA,
)
def _leakcheck(arguments: argparse.Namespace) -> int:
    from .rounds import data_folder
    from .verify import check_paths

    paths = arguments.paths or [data_folder(arguments.data).parent / "reports"]
    findings = check_paths(paths, arguments.data)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "nothing found")
    return 1 if findings else 0


@_command(
    "state that nobody outside has the released versions of a round",
    "fachdialog-1",
    ROUND,
    _argument("--keep", action="append", default=[], metavar="STAMP", help="but for this version (repeatable)"),
    _argument("--yes", action="store_true", help="withdraw; without it, only list the versions"),
    DATA,
    REPORTS,
)
def _withdraw(arguments: argparse.Namespace) -> int:
    from .gate import withdrawal
    from .run import released_stamp

    round_ = _round(arguments)
    released = released_stamp(round_.reports / "index.html")
    print(withdrawal(round_, keep=arguments.keep, really=arguments.yes, released=released))
    if arguments.yes:
        (round_.reports / "bericht.pdf").unlink(missing_ok=True)  # a page can be made anew, a PDF is passed on
    return 0


@_command(
    "delete what single people said in a round; its estimates stay",
    "fachdialog-1",
    ROUND,
    _argument("--yes", action="store_true", help="delete; without it, only say what would be deleted"),
    DATA,
)
def _forget(arguments: argparse.Namespace) -> int:
    from .rounds import forget, private_files

    round_ = _round(arguments)
    files = private_files(round_)
    for path in files:
        print(path)
    if arguments.yes:
        forget(round_)
    print(f"{len(files)} files {'deleted' if arguments.yes else 'would be deleted; add --yes to delete them'}")
    return 0


if __name__ == "__main__":
    command()
