"""The leak check as a step of a report and as a command."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from proofread import Finding, Secrets, search_files

from ..errors import DataError
from ..rounds import Round, data_folder, open_round
from ..tables import read_table
from .known import private_rounds, secrets_of


def secrets_around(round_: Round) -> Secrets:
    """What people said in this round and in those it is compared with."""
    names = round_.file.compare.with_ if round_.file.compare else []
    return secrets_of([round_, *(open_round(name, data=round_.raw.parents[1]) for name in names)])


def check_report(round_: Round, files: Iterable[Path], secrets: Secrets | None = None) -> None:
    """Search files of a finished, not yet released report for `secrets` (default: those around the round).

    Raises: DataError that names files, places and rules, or a question whose only ballot every number of it would show.
    """
    _refuse_single_ballots(round_)
    stop_on(search_files(files, secrets or secrets_around(round_), root=round_.reports, assets=_assets()))


def _refuse_single_ballots(round_: Round) -> None:
    if not round_.table("answers").is_file():
        return
    answers = read_table("answers", round_.table("answers"))
    for question in round_.file.questions:
        own = answers[(answers["question"] == question.id) & answers["value"].notna()]
        if (
            question.type == "points"
            and len(question.options) > 1
            and len(own[["session", "voter"]].drop_duplicates()) == 1
        ):
            remedy = "take the question out of round.yml: whatever is shown of it is what one person said"
            raise DataError(round_.name, "two ballots or more", "a single ballot", at=question.id, remedy=remedy)


def check_paths(paths: Iterable[Path], data: Path | None = None) -> list[Finding]:
    """Findings in any files, against the private tables of every round there is."""
    folder = data_folder(data)
    names = private_rounds(folder)
    if not names:
        remedy = "run `fachdialog report` first: without private tables there is nothing to compare with"
        raise DataError("leakcheck", "private tables of a round", "none", at=str(folder / "processed"), remedy=remedy)
    try:
        return search_files(paths, secrets_of(open_round(name, data=data) for name in names), assets=_assets())
    except FileNotFoundError as missing:
        raise DataError("leakcheck", "files or folders that exist", "none", at=str(missing)) from None


def stop_on(findings: list[Finding]) -> None:
    if findings:
        shown = "; ".join(str(finding) for finding in findings[:5])
        more = f" and {len(findings) - 5} more" if len(findings) > 5 else ""
        remedy = "show estimates instead of answers, release the statement, or take the output out"
        raise DataError("leak check", "nothing that single people said", f"{shown}{more}", remedy=remedy)


@cache
def _assets() -> tuple[str, ...]:
    """Large scripts that pages embed unchanged: nothing to find in them."""
    files = sorted((Path(__file__).resolve().parents[1] / "pages" / "template").glob("*.min.js"))
    plotly = importlib.util.find_spec("plotly")
    places = plotly.submodule_search_locations if plotly else None
    files += [Path(place, "package_data", "plotly.min.js") for place in places or ()]
    return tuple(path.read_text(encoding="utf-8") for path in files if path.is_file())
