"""`fachdialog withdraw`: an analyst states that nobody outside has the released versions of a round."""

from __future__ import annotations

from dataclasses import replace

from ..errors import DataError, nearest
from ..rounds import Round, open_round
from .ledger import Ledger, Version, ledger_path, ledgers_beside, read_ledger, write_ledger

MEANING = """\
To withdraw a version is to state that nobody outside has it: it never left the house, or every copy was recalled.
From then on nothing keeps the next release from differing from it by a single person, whose answers could be read off
the difference by whoever has both. The next `fachdialog report` makes a draft."""


def withdrawal(round_: Round, *, keep: list[str], really: bool, released: str = "") -> str:
    """Withdraw all versions that are out but those that bear a stamp of `keep`, if `really`; returns what to tell.
    `released`: the stamp that the report in its folder bears, which counts as withdrawn, too.

    Raises: DataError for a stamp no version bears, and where the released report of another round holds numbers of
    this one.
    """
    if really:
        _refuse_compared(round_)
    if really and not keep:  # also the way out of a ledger that cannot be read
        _withdraw(round_, [], released)
        return f"{round_.name}: withdrawn; the next report is a draft, and its release is the only one then"
    ledger = read_ledger(ledger_path(round_))
    if not ledger.out:
        return f"{round_.name}: no released version is remembered; there is nothing to withdraw"
    known = [stamp for version in ledger.out for stamp in version.stamps]
    if unknown := [stamp for stamp in keep if stamp not in known]:
        remedy = nearest(unknown[0], known) or f"known: {', '.join(known)}"
        raise DataError("withdraw", "the Datenstand of a released version", f"“{unknown[0]}”", "--keep", remedy)
    lines = [f"{round_.name}: released versions, oldest first, by the Datenstand on their pages:"]
    lines += [f"  {_told(version)}{' (kept)' if set(version.stamps) & set(keep) else ''}" for version in ledger.out]
    if really:
        _withdraw(round_, keep, released)
        return "\n".join([*lines, "all but those kept are withdrawn; the next report is a draft"])
    return "\n".join([*lines, MEANING, "nothing changed; add --yes to withdraw (and --keep STAMP for one that is out)"])


def _told(version: Version) -> str:
    return f"{version.name}, {'a draft that left' if version.is_draft else 'released'} on {version.date}"


def _withdraw(round_: Round, keep: list[str], released: str) -> None:
    """What is kept is no longer what the report in its folder was made beside: that becomes a draft."""
    ledger = read_ledger(ledger_path(round_)) if keep else _what_can_be_read(round_)
    kept = [replace(version, basis="") for version in ledger.out if set(version.stamps) & set(keep)]
    gone = {stamp for version in ledger.out for stamp in version.stamps} | ({released} - {""})
    still = {stamp for version in kept for stamp in version.stamps}
    write_ledger(round_, Ledger(kept, sorted({*ledger.withdrawn, *(gone - still)})))


def _what_can_be_read(round_: Round) -> Ledger:
    try:
        return read_ledger(ledger_path(round_))
    except DataError:
        return Ledger()


def _refuse_compared(round_: Round) -> None:
    """A comparison prints the earlier round's numbers, too: whoever has it has them."""
    for path in ledgers_beside(round_):
        folder = path.parents[1]
        if not (folder / "round.yml").is_file() or not read_ledger(path).out:
            continue
        other = open_round(folder.name, data=round_.raw.parents[1])
        if other.file.compare and round_.name in other.file.compare.with_:
            raise DataError(
                "withdraw",
                f"no released report that holds numbers of {round_.name}",
                f"{other.name}, which is compared with it",
                remedy=f"if nobody outside has that report either, first: fachdialog withdraw {other.name} --yes",
            )
