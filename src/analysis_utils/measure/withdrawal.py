"""`fachdialog withdraw`: an analyst states that nobody outside has the released versions of a round."""

from __future__ import annotations

from ..errors import DataError, nearest
from ..rounds import Round, open_round
from .releases import LEDGER, ledger_path, read_ledger, withdraw

MEANING = """\
To withdraw a version is to state that nobody outside has it: it never left the house, or every copy was recalled.
From then on nothing keeps the next report from differing from it by a single person, whose answers could be read off
the difference by whoever has both. The report now in its folder counts as withdrawn, too: run
`fachdialog report` before you hand anything out."""


def withdrawal(round_: Round, *, keep: list[str], really: bool) -> str:
    """Withdraw all released versions but those that bear a stamp of `keep`, if `really`; returns what to tell.

    Raises: DataError for a stamp no version bears, and where the released report of another round holds numbers of
    this one.
    """
    if really:
        _refuse_compared(round_)
    if really and not keep:  # also the way out of a ledger that cannot be read
        withdraw(round_, keep=[])
        return f"{round_.name}: withdrawn; the next report is computed afresh and is the only released version then"
    versions = read_ledger(ledger_path(round_))
    if not versions:
        return f"{round_.name}: no released version is remembered; there is nothing to withdraw"
    known = [stamp for version in versions for stamp in version.stamps]
    if unknown := [stamp for stamp in keep if stamp not in known]:
        remedy = nearest(unknown[0], known) or f"known: {', '.join(known)}"
        raise DataError("withdraw", "the Datenstand of a released version", f"“{unknown[0]}”", "--keep", remedy)
    lines = [f"{round_.name}: released versions, oldest first, by the Datenstand at the foot of their pages:"]
    lines += [
        f"  {' / '.join(version.stamps)}{' (kept)' if set(version.stamps) & set(keep) else ''}" for version in versions
    ]
    if really:
        withdraw(round_, keep=keep)
        return "\n".join([*lines, "all but those kept are withdrawn; the next report is computed afresh"])
    return "\n".join([*lines, MEANING, "nothing changed; add --yes to withdraw (and --keep STAMP for one that is out)"])


def _refuse_compared(round_: Round) -> None:
    """A comparison prints the earlier round's numbers, too: whoever has it has them."""
    for ledger in sorted(round_.raw.parent.glob(f"*/{LEDGER}")):
        if ledger == ledger_path(round_) or not (ledger.parent / "round.yml").is_file():
            continue
        other = open_round(ledger.parent.name, data=round_.raw.parents[1])
        if other.file.compare and round_.name in other.file.compare.with_:
            raise DataError(
                "withdraw",
                f"no released report that holds numbers of {round_.name}",
                f"{other.name}, which is compared with it",
                remedy=f"if nobody outside has that report either, first: fachdialog withdraw {other.name} --yes",
            )
