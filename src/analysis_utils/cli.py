"""The command `fachdialog`. Every subcommand loads only what it needs."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from . import __version__

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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fachdialog",
        description="From the export of a live poll to a German report. Start with: fachdialog report",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    report = commands.add_parser(
        "report",
        help="read a round, compute, write its report as a draft",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=REPORT,
    )
    report.add_argument("round", nargs="*", help="folder names in data/raw (default: the newest round)")
    report.add_argument("--all", action="store_true", help="every round in data/raw")
    report.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/, processed/ and codebook.yml")
    report.add_argument("--reports", type=Path, metavar="DIR", help="folder for the finished reports")
    report.add_argument("--notebooks", type=Path, metavar="DIR", help="folder with the numbered notebooks")
    report.add_argument("--force", action="store_true", help="rerun what is unchanged, too")
    report.add_argument("--jobs", type=int, default=0, metavar="N", help="notebooks side by side (default: cores + 2)")
    report.add_argument("--fresh-kernels", action="store_true", help="start each kernel afresh (slower, same results)")
    report.add_argument("--json", action="store_true", help="tell progress as one JSON object per line")
    report.add_argument("--no-slides", action="store_true", help="leave out folien.pptx")
    report.add_argument("--pdf", action="store_true", help="also print it as bericht.pdf (needs Chromium)")
    report.set_defaults(run=_report)

    release = commands.add_parser(
        "release",
        help="release a round: its report without the mark Entwurf",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=RELEASE,
    )
    release.add_argument("round", help="folder name in data/raw")
    left = release.add_mutually_exclusive_group()
    left.add_argument(
        "--draft-left",
        nargs="*",
        metavar="STAMP",
        help="somebody outside has these drafts (default: all since the last release); they count as released",
    )
    left.add_argument("--no-draft-left", action="store_true", help="nobody outside has a draft")
    release.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/, processed/ and codebook.yml")
    release.add_argument("--reports", type=Path, metavar="DIR", help="folder for the finished reports")
    release.add_argument("--notebooks", type=Path, metavar="DIR", help="folder with the numbered notebooks")
    release.add_argument("--pdf", action="store_true", help="also print the whole report as bericht.pdf")
    release.set_defaults(run=_release)

    slides = commands.add_parser("slides", help="write the slides of a round's report, also in a template of one's own")
    slides.add_argument("round", help="folder name in data/raw; its report must be there")
    slides.add_argument("--template", type=Path, metavar="FILE", help="a .pptx or .potx whose masters are used")
    slides.add_argument("--out", type=Path, metavar="FILE", help="where to (default: folien.pptx in the report)")
    slides.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/, processed/ and codebook.yml")
    slides.add_argument("--reports", type=Path, metavar="DIR", help="folder for the finished reports")
    slides.set_defaults(run=_slides)

    compare = commands.add_parser("compare", help="compare rounds, oldest first; page 11 of the last one's report")
    compare.add_argument("rounds", nargs="+", metavar="ROUND", help="two or more folder names in data/raw")
    compare.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/, processed/ and codebook.yml")
    compare.add_argument("--reports", type=Path, metavar="DIR", help="folder for the finished reports")
    compare.set_defaults(run=_compare)

    new_round = commands.add_parser("new-round", help="set up the folder of a new round from its export")
    new_round.add_argument("name", help="name of the new folder in data/raw")
    new_round.add_argument("--from", dest="earlier", metavar="ROUND", help="the round it follows (none: a first round)")
    new_round.add_argument("--export", required=True, type=Path, metavar="FILE", help="workbook, CSV or folder of CSVs")
    new_round.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/ and codebook.yml")
    new_round.set_defaults(run=_new_round)

    own = commands.add_parser("new-notebook", help="write a notebook for a question of your own, with cells that run")
    own.add_argument("title", help="its title, a question: “Wer will die Fokussierung?”")
    own.add_argument("--notebooks", type=Path, metavar="DIR", help="folder with the numbered notebooks")
    own.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/ and codebook.yml")
    own.set_defaults(run=_new_notebook)

    check = commands.add_parser("check", help="read a round and say what was found, without computing anything")
    check.add_argument("round", help="folder name in data/raw")
    check.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/ and codebook.yml")
    check.set_defaults(run=_check)

    inspect = commands.add_parser("inspect", help="say what the export of a poll tool holds, without a round")
    inspect.add_argument("file", nargs="+", type=Path, help="a workbook, CSV or JSON, or a folder of CSV sheets")
    inspect.add_argument("--json", action="store_true", help="one JSON object per line and nothing else")
    inspect.set_defaults(run=_inspect)

    code = commands.add_parser("code", help="write sheets with the statements of group notes that are left to code")
    code.add_argument("round", help="folder name in data/raw")
    code.add_argument("--coder", default="", metavar="NAME", help="also write a sheet for a new coder")
    code.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/ and codebook.yml")
    code.set_defaults(run=_code)

    exchange = commands.add_parser("exchange", help="take codings to MAXQDA, ATLAS.ti, NVivo or QualCoder and back")
    exchange.add_argument("direction", choices=("export", "import"), help="write or read the file")
    exchange.add_argument("round", help="folder name in data/raw")
    exchange.add_argument("file", type=Path, help="REFI-QDA project (.qdpx) or codebook (.qdc)")
    exchange.add_argument("--group", default="", metavar="NAME", help="import: group of texts the round does not have")
    exchange.add_argument("--add-codes", action="store_true", help="import: add unknown codes to the codebook")
    exchange.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/ and codebook.yml")
    exchange.set_defaults(run=_exchange)

    audit = commands.add_parser("audit", help="say what printed percentages or means fix and what they leave open")
    audit.add_argument("file", type=Path, help="a YAML file of printed figures (docs/audit.md)")
    audit.add_argument("--round", metavar="ROUND", help="also compare with the estimates of this round")
    audit.add_argument("--csv", type=Path, metavar="OUT", help="also write every row to this file")
    audit.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/, processed/ and codebook.yml")
    audit.set_defaults(run=_audit)

    verify = commands.add_parser("verify", help="compare every number of a finished report with its estimates")
    verify.add_argument("report", type=Path, help="folder of a round's report, e.g. reports/fachdialog-1")
    verify.add_argument("--round", metavar="ROUND", help="the round it reports (default: the name of the folder)")
    verify.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/, processed/ and codebook.yml")
    verify.set_defaults(run=_verify)

    leakcheck = commands.add_parser("leakcheck", help="search finished files for what single people said")
    leakcheck.add_argument("paths", nargs="*", type=Path, help="files or folders (default: all finished reports)")
    leakcheck.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/, processed/ and codebook.yml")
    leakcheck.set_defaults(run=_leakcheck)

    withdraw = commands.add_parser("withdraw", help="state that nobody outside has the released versions of a round")
    withdraw.add_argument("round", help="folder name in data/raw")
    withdraw.add_argument(
        "--keep", action="append", default=[], metavar="STAMP", help="but for this version (repeatable)"
    )
    withdraw.add_argument("--yes", action="store_true", help="withdraw; without it, only list the versions")
    withdraw.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/, processed/ and codebook.yml")
    withdraw.add_argument("--reports", type=Path, metavar="DIR", help="folder of the finished reports")
    withdraw.set_defaults(run=_withdraw)

    forget = commands.add_parser("forget", help="delete what single people said in a round; its estimates stay")
    forget.add_argument("round", help="folder name in data/raw")
    forget.add_argument("--yes", action="store_true", help="delete; without it, only say what would be deleted")
    forget.add_argument("--data", type=Path, metavar="DIR", help="folder with raw/, processed/ and codebook.yml")
    forget.set_defaults(run=_forget)
    for name, example in _EXAMPLES.items():
        about = next(choice.help or "" for choice in commands._choices_actions if choice.dest == name)
        one = commands.choices[name]
        one.description = one.description or f"{about[0].upper()}{about[1:]}.\n\nExample: fachdialog {example}"
        one.epilog = one.epilog or "Without --data the folder data/ of the project is used, without --reports reports/."
        one.formatter_class = argparse.RawDescriptionHelpFormatter
    return parser


_EXAMPLES = {
    "slides": "slides fachdialog-1 --template Vorlage.potx",
    "compare": "compare fachdialog-1 fachdialog-2",
    "new-round": "new-round fachdialog-2 --from fachdialog-1 --export Downloads/umfrage.xlsx",
    "check": "check fachdialog-1",
    "inspect": "inspect Downloads/umfrage.xlsx",
    "code": "code fachdialog-1 --coder anna",
    "exchange": "exchange export fachdialog-1 notizen.qdpx",
    "audit": "audit data/raw/fachdialog-1/published.yml --round fachdialog-1",
    "verify": "verify reports/fachdialog-1",
    "leakcheck": "leakcheck reports/fachdialog-1",
    "withdraw": "withdraw fachdialog-1",
    "forget": "forget fachdialog-1",
}
"""How each command is typed, for its help."""


def _report(arguments: argparse.Namespace) -> int:
    from .run import Kernels

    with Kernels(warm=not arguments.fresh_kernels) as kernels:
        if arguments.force:
            kernels.start(prepare=True)  # it imports what kernels need while this process imports what it needs
        from dataclasses import replace

        from .rounds import open_round, round_names
        from .run import Options, progress, run_rounds

        names = round_names(arguments.data) if arguments.all else arguments.round
        rounds = [open_round(name, data=arguments.data, reports=arguments.reports) for name in names or [None]]
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


def _release(arguments: argparse.Namespace) -> int:
    from .rounds import open_round
    from .run import Options, drafts_that_left, progress, release_round

    round_ = open_round(arguments.round, data=arguments.data, reports=arguments.reports)
    ask = input if sys.stdin is not None and sys.stdin.isatty() else None
    left = drafts_that_left(round_, arguments.draft_left, arguments.no_draft_left, ask)
    failed = release_round(round_, left, progress(as_json=False), Options(notebooks=arguments.notebooks))
    if not failed:
        _tell_errata([round_])
        if arguments.pdf:
            _write_pdfs([round_])
    return _worst(failed)


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


def _slides(arguments: argparse.Namespace) -> int:
    from .rounds import open_round
    from .run import make_slides

    round_ = open_round(arguments.round, data=arguments.data, reports=arguments.reports)
    print(f"Slides: {make_slides(round_, arguments.template, arguments.out)}")
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    from .rounds import compared_names, open_round
    from .run import Options, progress, run_rounds

    rounds = [open_round(name, data=arguments.data, reports=arguments.reports) for name in arguments.rounds]
    compared_names(rounds)
    failed = run_rounds(rounds, progress(as_json=False), Options())
    if not failed:
        from .estimators import comparison_text

        print(comparison_text(rounds[-1]))
    return _worst(failed)


def _new_round(arguments: argparse.Namespace) -> int:
    from .proposals import make_round

    print(make_round(arguments.name, arguments.earlier, arguments.export, data=arguments.data))
    return 0


def _new_notebook(arguments: argparse.Namespace) -> int:
    from .run import make_notebook

    path = make_notebook(arguments.title, notebooks=arguments.notebooks, data=arguments.data)
    print(f"Notebook: {path}\nOpen it: make lab. It is part of the next: fachdialog report")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from .clean import ingest_survey
    from .rounds import open_round

    round_ = open_round(arguments.round, data=arguments.data)
    for name in round_.file.compare.with_ if round_.file.compare else []:
        from .rounds import comparison_summary

        print(comparison_summary(round_, open_round(name, data=arguments.data)))
    try:
        print(ingest_survey(round_).summary())
    finally:  # a round may have notes before it has an export
        from .notes import ingest_group_notes

        notes = ingest_group_notes(round_)
        if round_.file.notes is not None:
            print(notes.summary())
    return 0


def _code(arguments: argparse.Namespace) -> int:
    from .clean import subfolder
    from .notes import ingest_group_notes, write_sheets
    from .rounds import open_round

    notes = ingest_group_notes(open_round(arguments.round, data=arguments.data))
    print(notes.summary())
    if not notes.is_empty:
        for sheet in write_sheets(notes, subfolder(notes.round.raw, "coding"), coder=arguments.coder):
            print(sheet)
    return 0


def _exchange(arguments: argparse.Namespace) -> int:
    from .notes import exchange
    from .rounds import open_round

    round_ = open_round(arguments.round, data=arguments.data)
    options = {"group": arguments.group, "add_codes": arguments.add_codes}
    print(exchange(round_, arguments.file, is_import=arguments.direction == "import", **options))
    return 0


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


def _verify(arguments: argparse.Namespace) -> int:
    from .rounds import open_round
    from .verify import MOST_SHOWN, verify_report

    round_ = open_round(arguments.round or arguments.report.resolve().name, data=arguments.data)
    checked = verify_report(arguments.report, round_, other_rounds=round_.processed.parent, is_finished=True)
    for fault in checked.faults[:MOST_SHOWN]:
        print(fault)
    if len(checked.faults) > MOST_SHOWN:
        print(f"… and {len(checked.faults) - MOST_SHOWN} more")
    print(checked.summary())
    return 1 if checked.faults else 0


def _audit(arguments: argparse.Namespace) -> int:
    from .audit import audit_file, is_sound, report
    from .rounds import open_round
    from .tables import write_table

    round_ = open_round(arguments.round, data=arguments.data) if arguments.round else None
    table = audit_file(arguments.file, round_)
    print(report(table))
    if arguments.csv:
        write_table(table, "audit", arguments.csv)
    return 0 if is_sound(table) else 1


def _leakcheck(arguments: argparse.Namespace) -> int:
    from .leaks import check_paths
    from .rounds import data_folder

    paths = arguments.paths or [data_folder(arguments.data).parent / "reports"]
    findings = check_paths(paths, arguments.data)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "nothing found")
    return 1 if findings else 0


def _withdraw(arguments: argparse.Namespace) -> int:
    from .gate import withdrawal
    from .rounds import open_round
    from .run import released_stamp

    round_ = open_round(arguments.round, data=arguments.data, reports=arguments.reports)
    released = released_stamp(round_.reports / "index.html")
    print(withdrawal(round_, keep=arguments.keep, really=arguments.yes, released=released))
    if arguments.yes:
        (round_.reports / "bericht.pdf").unlink(missing_ok=True)  # a page can be made anew, a PDF is passed on
    return 0


def _forget(arguments: argparse.Namespace) -> int:
    from .rounds import forget, open_round, private_files

    round_ = open_round(arguments.round, data=arguments.data)
    files = private_files(round_)
    for path in files:
        print(path)
    if arguments.yes:
        forget(round_)
    print(f"{len(files)} files {'deleted' if arguments.yes else 'would be deleted; add --yes to delete them'}")
    return 0


if __name__ == "__main__":
    command()
