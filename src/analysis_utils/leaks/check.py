"""The leak check as a step of a report and as a command."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import DataError
from ..rounds import Round, data_folder, open_round
from .known import private_rounds, secrets_of
from .search import Finding, search_files


def check_report(round_: Round) -> None:
    """Search a finished, not yet released report for what people said in this round or one it is compared with.

    Raises: DataError that names files, places and rules.
    """
    public = [path for path in sorted(round_.processed.glob("[!.]*")) if path.suffix in (".csv", ".jpg")]
    names = round_.file.compare.with_ if round_.file.compare else []
    rounds = [round_, *(open_round(name, data=round_.raw.parents[1]) for name in names)]
    stop_on(search_files([round_.reports, *public], secrets_of(rounds), root=round_.reports))


def check_paths(paths: Iterable[Path], data: Path | None = None) -> list[Finding]:
    """Findings in any files, against the private tables of every round there is."""
    folder = data_folder(data)
    names = private_rounds(folder)
    if not names:
        remedy = "run `fachdialog report` first: without private tables there is nothing to compare with"
        raise DataError("leakcheck", "private tables of a round", "none", at=str(folder / "processed"), remedy=remedy)
    return search_files(paths, secrets_of(open_round(name, data=data) for name in names))


def stop_on(findings: list[Finding]) -> None:
    if findings:
        shown = "; ".join(str(finding) for finding in findings[:5])
        more = f" and {len(findings) - 5} more" if len(findings) > 5 else ""
        remedy = "show estimates instead of answers, release the statement, or take the output out"
        raise DataError("leak check", "nothing that single people said", f"{shown}{more}", remedy=remedy)
