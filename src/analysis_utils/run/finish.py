"""From executed notebooks to a finished report: a row of functions over the staged folder, before anything is moved.

To add one (a combined page, a PDF, a check for leaks), write a function that takes a `Staged` and put it into
`FINISHING`. It may read and write below `staged.round.reports` and `staged.round.processed`; what it raises (DataError
for a finding an analyst can act on) ends the run, and the earlier report stays.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from report_press import Passed, file_hash, files_below, folder_hashes, joint_hash

from ..errors import DataError
from ..gate import ledger_path, read_ledger
from ..rounds import Round
from .beside import Beside
from .desk import Desk, Gate

if TYPE_CHECKING:
    from ..pages.export import Body
    from ..verify import Fault


STOPPED = "-angehalten"
"""Ends the name of the folder in which the files of a stopped report stand beside the earlier one."""
PUBLIC_TABLES = ("estimates", "changes")
"""Tables of numbers that go with a report."""


@dataclass(frozen=True)
class Staged:
    """`round` has its places in the staged folders; `pages` maps notebook names, in order, to the insides of pages.
    `basis` stands for everything the finished files are checked against: code, codebook, round files and tables;
    `leaks` searches files for what single people said; `force`: what passed a check before is checked again."""

    round: Round
    pages: dict[str, Body]
    beside: Beside | None = None
    basis: str = ""
    force: bool = False

    def passed(self, check: str, *more: Path) -> Passed:
        """What has passed a check before, against the same basis and the same further files."""
        state = joint_hash([self.basis, *(file_hash(path) for path in more)])
        return Passed(self.round.processed / ".run" / f"{check}.json", state, self.round.reports, self.force)


def write_tables(staged: Staged) -> None:
    """Write what people take along: `tabellen.xlsx` and, for those who want a CSV, `zahlen.csv`."""
    from ..handout import travelling_csv, write_workbook
    from ..wording import read_evidence

    evidence = read_evidence(staged.round)
    write_workbook(evidence, staged.round.reports / "tabellen.xlsx")
    (staged.round.reports / "zahlen.csv").write_text(travelling_csv(evidence), encoding="utf-8", newline="")


def write_deck(staged: Staged) -> None:
    """Write `folien.pptx`."""
    from ..slides import NAME, write_slides
    from ..wording import read_evidence

    write_slides(read_evidence(staged.round), staged.round.reports / NAME)


def write_pages(staged: Staged) -> None:
    """Write `html/<notebook>.html` for every page for which the round has something, `index.html`, and `bericht.html`
    with all of them in one."""
    from ..pages.combined import combined_body
    from ..pages.export import render_page
    from ..pages.index_page import index_body, reading_order, result_line
    from ..wording import read_evidence

    round_ = staged.round
    evidence = read_evidence(round_)
    shown = {name: staged.pages[name] for name in reading_order(staged.pages) if not staged.pages[name].is_empty}
    for name, body in shown.items():
        pages = [(f"{other}.html", page.title, other == name) for other, page in shown.items()]
        page = render_page(round_, body, pages=pages, home="../index.html", evidence=evidence)
        write_text(round_.reports / "html" / f"{name}.html", page)
    for table in filter(Path.is_file, map(round_.table, PUBLIC_TABLES)):
        shutil.copyfile(table, round_.reports / table.name)
    cards = [(f"html/{name}.html", body.title, result_line(body)) for name, body in shown.items()]
    left_out = [body.title for body in staged.pages.values() if body.is_empty]
    figures = {name: made for body in staged.pages.values() for name, made in body.figures.items()}
    index = index_body(round_, evidence, cards, figures, left_out)
    whole = combined_body(index, shown)
    write_text(round_.reports / "bericht.html", render_page(round_, whole, pages=[], home="", evidence=evidence))
    others = [(link, title, False) for link, title, _ in cards]
    first = render_page(round_, index, pages=others, home="../index.html", evidence=evidence)
    write_text(round_.reports / "index.html", first)


def check_files(staged: Staged) -> None:
    """Stop where something single people said is in the finished files, or a number is not as in `estimates`. In the
    second case the files stand beside the report, to look at."""
    from proofread import note_written

    from ..verify import NOTE, stopped_message

    round_ = staged.round
    passed = staged.passed("leaks")
    public = [path for path in sorted(round_.processed.glob("[!.]*")) if path.suffix in (".csv", ".jpg")]
    files = [*public, *(path for path in sorted(round_.reports.rglob("*")) if path.is_file())]
    unknown = passed.unknown(files)
    stopped = round_.reports.parents[1] / f"{round_.name}{STOPPED}"
    shutil.rmtree(stopped, ignore_errors=True)
    with ExitStack() as ends:
        if unknown:
            beside = staged.beside or ends.enter_context(Beside())
            ends.enter_context(beside.searching(round_, unknown))
        faults = _check_numbers(staged)
    if faults:  # and nothing leaks
        shutil.copytree(round_.reports, stopped)
        raise DataError.told(stopped_message(faults, stopped))
    passed.keep(files)
    note_written(round_.reports, round_.processed / NOTE)


def _check_numbers(staged: Staged) -> list[Fault]:
    """Read the pages again: printed numbers that are not as in `estimates` or have no source."""
    from ..rounds import open_round
    from ..verify import verify_report

    round_ = staged.round
    siblings = open_round(round_.name, data=round_.raw.parents[1]).processed.parent
    tables = [
        *sorted(siblings.glob("[!.]*/estimates.csv")),
        *sorted(round_.reports.rglob("*.csv")),
        *sorted(round_.reports.glob("*.xlsx")),
    ]
    passed = staged.passed("numbers", *tables)
    pages = sorted(round_.reports.rglob("*.html"))
    checked = verify_report(round_.reports, round_, other_rounds=siblings, pages=passed.unknown(pages))
    if not checked.faults:
        passed.keep(pages)
    return checked.faults


def make_slides(round_: Round, template: Path | None, out: Path | None) -> Path:
    """The slides of a round that has a report, in a template of one's own. They are checked before they are in place.

    Raises: DataError where there is no report yet, for a template that does not fit, for what must not be in slides.
    """
    from ..slides import NAME, write_slides
    from ..verify import check_report, deck_alone
    from ..wording import read_evidence

    if not (round_.reports / "index.html").is_file():
        remedy = f"run fachdialog report {round_.name} first"
        raise DataError("slides", "a report of the round", "none", at=str(round_.reports), remedy=remedy)
    round_ = replace(round_, is_draft=not released_stamp(round_.reports / "index.html"))
    out = out or round_.reports / NAME
    part = out.with_name(f".{out.name}.unchecked")
    try:
        write_slides(read_evidence(round_), part, template=template)
        if faults := deck_alone(part, round_):
            raise DataError("slides", "every number to have a source", str(faults[0]), remedy="see docs/slides.md")
        check_report(round_, [part])
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return out


def note_version(staged: Staged) -> None:
    """Enter a draft in the ledger before it is moved into `reports/`; a report without the mark must be there already.

    Raises: DataError where the released numbers came out otherwise this time.
    """
    round_ = staged.round
    if round_.is_draft:
        from ..gate import record_draft

        record_draft(round_, folder_hashes(round_.reports))
    elif round_.data_stamp not in (last := read_ledger(ledger_path(round_)).out[-1]).stamps:
        remedy = f"libraries or releases of other rounds changed: fachdialog withdraw {round_.name} --yes --keep "
        raise DataError(
            round_.name,
            f"the numbers that were released (Datenstand {last.name})",
            f"others ({round_.data_stamp}) from the same data",
            remedy=f"{remedy}{last.stamps[0]}, then a new release",
        )


Finishing = Callable[[Staged], None]
FINISHING: tuple[Finishing, ...] = (write_tables, write_deck, write_pages, check_files, note_version)


def released_stamp(index: Path) -> str:
    """The Datenstand under which the report with this first page was released; empty where it is none, or a draft."""
    with suppress(OSError, UnicodeDecodeError), index.open(encoding="utf-8") as file:
        found = re.search(r'<meta name="freigabe" content="([0-9a-f]{8})">', file.read(2000))
        return found[1] if found else ""
    return ""


def write_landing(round_: Round) -> None:
    """Write `index.html` above all rounds, for those that have a report beside this round's."""
    from ..pages.export import render_landing
    from ..pages.landing import landing_markup
    from ..rounds import RoundFile, read_yaml

    described = sorted(round_.raw.parent.glob("*/round.yml"))
    names = [
        path.parent.name for path in described if (round_.reports.parent / path.parent.name / "index.html").is_file()
    ]
    if names:
        rounds = [
            (
                name,
                read_yaml(round_.raw.parent / name / "round.yml", RoundFile),
                not released_stamp(round_.reports.parent / name / "index.html"),
            )
            for name in names
        ]
        write_text(round_.reports.parent / "index.html", render_landing(landing_markup(rounds)))


def write_text(path: Path, text: str) -> None:
    """Write in one step: a reader sees the earlier text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def gather(all_desks: list[Desk], round_: Round, gate: Gate | None = None) -> None:
    """Copy tables, figures and other files of the report from the desks into the staged folders of `round_`.

    Raises: DataError when two notebooks made different figures of the same name.
    """
    last = gate or next(desk for desk in reversed(all_desks) if desk.step.is_ingest)
    round_.reports.mkdir(parents=True, exist_ok=True)
    for path in sorted(last.processed.iterdir()):
        shutil.copy2(path, round_.processed / path.name)
    maker: dict[str, str] = {}
    for desk in all_desks:
        for path, folder in [(path, root) for root in (desk.written, desk.drawn.parent) for path in files_below(root)]:
            name = path.relative_to(folder).as_posix()
            if name in maker and path.read_bytes() != (round_.reports / name).read_bytes():
                saw = f"one in {maker[name]} and one in {desk.step.name}"
                raise DataError("figures", "one figure of a name", saw, at=path.name)
            maker[name] = desk.step.name
            (round_.reports / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, round_.reports / name)
