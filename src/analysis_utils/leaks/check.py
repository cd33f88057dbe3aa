"""The leak check as a step of a report and as a command."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import DataError
from ..rounds import Round, data_folder, open_round
from ..tables import read_table
from .known import Secrets, private_rounds, secrets_of
from .search import Finding, search_files


def secrets_around(round_: Round) -> Secrets:
    """What people said in this round and in those it is compared with."""
    names = round_.file.compare.with_ if round_.file.compare else []
    return secrets_of([round_, *(open_round(name, data=round_.raw.parents[1]) for name in names)])


def check_report(round_: Round, files: Iterable[Path], secrets: Secrets | None = None) -> None:
    """Search files of a finished, not yet released report for `secrets` (default: those around the round).

    Raises: DataError that names files, places and rules, or a question whose only ballot every number of it would show.
    """
    _refuse_single_ballots(round_)
    stop_on(search_files(files, secrets or secrets_around(round_), root=round_.reports))


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
    return search_files(paths, secrets_of(open_round(name, data=data) for name in names))


def stop_on(findings: list[Finding]) -> None:
    if findings:
        shown = "; ".join(str(finding) for finding in findings[:5])
        more = f" and {len(findings) - 5} more" if len(findings) > 5 else ""
        remedy = "show estimates instead of answers, release the statement, or take the output out"
        raise DataError("leak check", "nothing that single people said", f"{shown}{more}", remedy=remedy)
