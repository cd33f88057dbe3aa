"""`fachdialog release`: a report is made as a draft, entered in the ledger, and made anew without the mark."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from ..errors import DataError, nearest
from ..gate import Ledger, is_released, ledger_path, read_ledger, write_ledger
from ..rounds import Round, open_round
from .jobs import code_hashes, release_basis
from .kernels import Kernels
from .notebooks import steps_of
from .report import Options, ReportFailedError, Silent, run_rounds

Ask = Callable[[str], str]


def release_round(
    round_: Round, left: set[str], tell: Silent, options: Options, kernels: Kernels | None = None
) -> list[ReportFailedError]:
    """Release a round as it is; returns what failed, told already. `left`: stamps of drafts that somebody outside has:
    these count as released from now on, whatever comes of this release.

    First the report is made beside everything that is out. Then it is entered and made anew without the mark; where
    that fails, the entry is taken back and the draft stays in place.
    """
    _refuse_unreleased(round_)
    today = datetime.date.today().isoformat()
    if left:
        write_ledger(round_, read_ledger(ledger_path(round_)).with_left(left, today))
    if failed := run_rounds([round_], tell, options, kernels):
        return failed
    from ..gate import drop_drafts, record_release

    basis = release_basis(round_, steps_of(round_, options.notebooks), code_hashes())
    if not is_released(round_, basis):
        before = read_ledger(ledger_path(round_))
        try:
            record_release(round_, basis=basis, date=today)
            failed = run_rounds([round_], tell, options, kernels)
        except BaseException:
            write_ledger(round_, before)
            raise
        if failed:
            write_ledger(round_, before)
            return failed
    drop_drafts(round_)
    return []


def drafts_that_left(round_: Round, said: list[str] | None, none_left: bool, ask: Ask | None) -> set[str]:
    """Stamps of the drafts that somebody outside has. `said`: those an analyst named on the command line (an empty
    list: all); `none_left`: none; otherwise they are asked for, where there is anybody to `ask`.

    Raises: DataError where it is not known, or a stamp is no draft's.
    """
    ledger = read_ledger(ledger_path(round_))
    if none_left or not (ledger.drafts or said):
        return set()
    if said is None:
        if ask is None:
            remedy = f"add --no-draft-left, or --draft-left and which of them: {', '.join(_stamps(ledger))}"
            raise DataError("release", "to be told whether a draft has left the house", "no answer", remedy=remedy)
        answer = ask(
            f"{round_.name}: has a draft left the house? Whoever has it could compare it with the release.\n"
            f"Drafts by the Datenstand on their pages: {', '.join(_stamps(ledger))}\n"
            "[no / all / one or more of them]: "
        ).split()
        if [word.casefold() for word in answer] in (["no"], ["n"], ["nein"]):
            return set()
        if not answer:
            raise DataError("release", "no, all, or the Datenstand of a draft", "an empty answer")
        said = [] if answer[0].casefold() in ("all", "alle", "yes", "y", "ja", "j") else answer
    known = _stamps(ledger)
    if unknown := [stamp for stamp in said if stamp not in known]:
        remedy = nearest(unknown[0], known) or f"known: {', '.join(known) or 'none'}"
        raise DataError("release", "the Datenstand of a draft", f"“{unknown[0]}”", "--draft-left", remedy)
    return set(said or known)


def standing(round_: Round) -> str:
    """For an analyst: which questions stand as released although their answers were corrected, and the way out; empty
    where there is none."""
    path = round_.table("errata")
    if not path.is_file():
        return ""
    from ..tables import read_lines

    rows = [row for row in read_lines(path) if row["kind"] == "as_released"]
    if not rows:
        return ""
    names, versions = (", ".join(dict.fromkeys(row[name] for row in rows)) for name in ("question", "version"))
    return (
        f"{round_.name}: numbers of {names} stand as released ({versions}): fewer than "
        f"{round_.file.disclosure.minimum_base} answers differ. Pages say so; exceptions: docs/privacy.md."
    )


def _stamps(ledger: Ledger) -> list[str]:
    return list(dict.fromkeys(stamp for draft in ledger.drafts for stamp in draft.stamps))


def _refuse_unreleased(round_: Round) -> None:
    """A comparison prints the earlier round's numbers, too. Of a forgotten round nothing private is left."""
    for name in round_.file.compare.with_ if round_.file.compare else []:
        other = open_round(name, data=round_.raw.parents[1])
        is_there = other.table("answers").is_file() and other.table("estimates").is_file()
        if is_there and not read_ledger(ledger_path(other)).knows(other.data_stamp):
            remedy = f"first: fachdialog release {name}"
            expected = f"{name} to be released, with which {round_.name} is compared"
            raise DataError("release", expected, "numbers of it that are a draft", remedy=remedy)
