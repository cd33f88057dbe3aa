"""The ledger of a round: which versions of its report are out, which were drafts only, and what each was made of.

It lies in `.releases/` in the round's folder: `ledger.json`, and beside it, in a folder per version, the private tables
its numbers were computed from. All of it is as private as the answers themselves (files 0600, folders 0700, not in
git). Read without pandas, since every run asks it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from ..errors import DataError, nearest
from ..rounds import Round, open_round

FOLDER = ".releases"
FORMER = ".releases.json"
"""The ledger as it was when every report was entered, which kept fingerprints and no answers."""


@dataclass(frozen=True)
class Version:
    """One state of a round's numbers. `stamps`: how pages name it (`Round.data_stamp`), several where only texts
    changed; `kept`: name of the folder with its tables; `basis`: hash of everything the released report was made from;
    `date`: when it was released or, a draft, handed on; `is_out`: somebody outside has it; `is_draft`: as a draft.
    `segments`: per question shown by segment, in which each group was shown. `files`: hash of every file of the report,
    by which one that turns up is known. `cuts`: breakdowns of analysts' own,
    name → question → number of a person → class it is shown in."""

    stamps: list[str]
    kept: str
    basis: str = ""
    date: str = ""
    is_out: bool = False
    is_draft: bool = True
    segments: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    cuts: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " / ".join(self.stamps)

    def is_same(self, other: Version) -> bool:
        """Whether both tell the same: made of the same answers, shown in the same segments."""
        mine, others = ((one.kept, one.segments, one.cuts) for one in (self, other))
        return mine == others


@dataclass(frozen=True)
class Ledger:
    """`versions`, oldest first; `withdrawn`: stamps of versions that nobody outside has any more."""

    versions: list[Version] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)

    @property
    def out(self) -> list[Version]:
        return [version for version in self.versions if version.is_out]

    @property
    def drafts(self) -> list[Version]:
        """What was written since the last release and is not known to be out."""
        return [version for version in self.versions if not version.is_out]

    def knows(self, stamp: str) -> bool:
        return stamp in self.withdrawn or any(stamp in version.stamps for version in self.out)

    def with_draft(self, draft: Version) -> Ledger:
        """The latest drafts are last; a version that is out is no draft any more."""
        if any(version.is_same(draft) and set(draft.stamps) <= set(version.stamps) for version in self.out):
            return self
        others = [version for version in self.versions if version.is_out or not version.is_same(draft)]
        return replace(self, versions=[*others, draft])

    def with_release(self, version: Version) -> Ledger:
        """The newest release is last. One that tells the same as an earlier one takes its place and keeps its date;
        what was no more than a draft is dropped."""
        same = next((one for one in self.out if one.is_same(version)), None)
        if same:
            date = version.date if same.is_draft else same.date
            version = replace(version, stamps=sorted({*same.stamps, *version.stamps}), date=date)
        return replace(self, versions=[*(one for one in self.out if one is not same), version])

    def with_left(self, stamps: set[str], date: str) -> Ledger:
        """Drafts that bear one of the stamps count as released from now on."""
        left = [
            replace(draft, is_out=True, date=date) if stamps & set(draft.stamps) else draft for draft in self.drafts
        ]
        return replace(self, versions=[*self.out, *left])


def ledger_path(round_: Round) -> Path:
    return round_.raw / FOLDER / "ledger.json"


def ledgers_beside(round_: Round) -> list[Path]:
    """The ledgers of all other rounds."""
    found = sorted(round_.raw.parent.glob(f"*/{FOLDER}/ledger.json"))
    return [path for path in found if path != ledger_path(round_)]


def read_ledger(path: Path) -> Ledger:
    """An empty ledger where there is none. Raises: DataError when it is broken, or of an earlier program."""
    name, former = path.parents[1].name, path.parents[1] / FORMER
    if not path.is_file():
        if former.exists():
            raise broken(name, "one of an earlier program, which keeps no answers", former)
        return Ledger()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        kept = {one.name for one in fields(Version)}
        versions = [Version(**{key: one[key] for key in one.keys() & kept}) for one in content["versions"]]
        return Ledger(versions, list(content["withdrawn"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise broken(name, "a file that cannot be read", path) from None


def broken(name: str, saw: str, at: Path) -> DataError:
    """The refusal where the ledger of the round `name` is not what it must be."""
    remedy = f"restore {FOLDER} from a backup. If nobody outside has a report: fachdialog withdraw {name} --yes"
    return DataError(name, "the ledger of what was released", saw, at=str(at), remedy=remedy)


def write_ledger(round_: Round, ledger: Ledger) -> None:
    """Write the ledger, and delete tables that no version of it was made of."""
    path = ledger_path(round_)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(asdict(ledger), indent=0, sort_keys=True), encoding="utf-8")
    part.chmod(0o600)
    part.replace(path)
    (round_.raw / FORMER).unlink(missing_ok=True)
    needed = {version.kept for version in ledger.versions}
    for folder in path.parent.iterdir():
        if folder.is_dir() and folder.name not in needed:
            shutil.rmtree(folder)


def is_released(round_: Round, basis: str) -> bool:
    """Whether a report made from what `basis` stands for is the one released last."""
    out = read_ledger(ledger_path(round_)).out
    return bool(out) and not out[-1].is_draft and out[-1].basis == basis


# -- withdrawing ------------------------------------------------------------------------------------------------------

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
    for one in ledger.out:
        how, kept = "a draft that left" if one.is_draft else "released", set(one.stamps) & set(keep)
        lines.append(f"  {one.name}, {how} on {one.date}{' (kept)' if kept else ''}")
    if really:
        _withdraw(round_, keep, released)
        return "\n".join([*lines, "all but those kept are withdrawn; the next report is a draft"])
    return "\n".join([*lines, MEANING, "nothing changed; add --yes to withdraw (and --keep STAMP for one that is out)"])


def _withdraw(round_: Round, keep: list[str], released: str) -> None:
    """What is kept is no longer what the report in its folder was made beside: that becomes a draft."""
    try:
        ledger = read_ledger(ledger_path(round_))
    except DataError:
        if keep:
            raise
        ledger = Ledger()
    kept = [replace(version, basis="") for version in ledger.out if set(version.stamps) & set(keep)]
    gone = {stamp for version in ledger.out for stamp in version.stamps} | ({released} - {""})
    still = {stamp for version in kept for stamp in version.stamps}
    write_ledger(round_, Ledger(kept, sorted({*ledger.withdrawn, *(gone - still)})))


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
