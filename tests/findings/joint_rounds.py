"""Small rounds with poll, groups and a findings file. Areas are a0, a1, …; groups gr1, gr2, gr3."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
from small_rounds import evidence_of, small_round

from analysis_utils.contracts import TABLES
from analysis_utils.estimators.themes import theme_rows
from analysis_utils.rounds.round_file import RoundFile
from analysis_utils.tables import make_table, validate
from analysis_utils.wording.evidence import Evidence

GROUPS = ("gr1", "gr2", "gr3")
NOTES = {"provenance": "original", "groups": [{"id": group, "label": f"Runde {group[-1]}"} for group in GROUPS]}
CLEAR = [[70, 20, 10, 0], [65, 25, 10, 0], [70, 15, 10, 5], [60, 30, 10, 0], [68, 22, 10, 0], [66, 20, 9, 5]] * 4
REVERSED = [ballot[::-1] for ballot in CLEAR]
LEFT = "left"
EQUAL = [[25, 25, 25, 25]] * 12


_computed: dict[str, pd.DataFrame] = {}


def _without_notes(file: RoundFile) -> RoundFile:
    return file.model_copy(update={"notes": None})


def joint_round(
    folder: Path,
    ballots: list[list[int]],
    said: dict[tuple[str, str], list[str]] | None = None,
    findings: str = "",
    scores: list[int] | None = None,
    groups: list[str] | None = None,
    is_coded: bool = True,
    **options: object,
) -> Evidence:
    """Evidence of a round; `said` maps (area, group) to the stances of its statements, None: no notes; statements on
    `LEFT` have no code yet."""
    notes = {"notes": NOTES} if said is not None else {}
    people = len(set(groups)) if groups else 0
    round_ = replace(small_round(4, groups=people, **notes, **options), raw=folder, processed=folder, reports=folder)
    (folder / "findings.yml").write_text(findings or "defaults: true\n", encoding="utf-8")
    key = json.dumps([ballots, scores, groups, options], sort_keys=True)
    if key not in _computed:  # the same poll is asked about many times
        _computed[key] = evidence_of(
            replace(round_, file=_without_notes(round_.file)), ballots, scores, groups
        ).estimates
    evidence = Evidence(round_, _computed[key].copy())
    if said is None:
        return evidence
    statements, codings = _notes_tables(said)
    rows = theme_rows(round_, statements, codings if is_coded else make_table("codings", []), {})
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    frame["round"], frame["provenance"] = round_.name, "original"
    both = pd.concat([evidence.estimates, frame], ignore_index=True)
    return Evidence(round_, validate(both, "estimates", where="estimates"))


def _notes_tables(said: dict[tuple[str, str], list[str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Statements and final codings; every group has one statement without a code besides."""
    statements, codings = [], []
    for group in GROUPS:
        statements.append(_statement(group, f"{group}.zzzzzz"))
        codings.append(_coding(group, f"{group}.zzzzzz", "ohne_code", ""))
    for place, ((area, group), stances) in enumerate(said.items()):
        for number, stance in enumerate(stances):
            name = f"{group}.s{place}x{number}"
            statements.append(_statement(group, name))
            codings += [_coding(group, name, area, stance)] if area != LEFT else []
    return make_table("statements", statements), make_table("codings", codings)


def _statement(group: str, name: str) -> dict[str, object]:
    columns = {column.name for column in TABLES["statements"].columns if column.required}
    row: dict[str, object] = dict.fromkeys(columns, "x")
    return {
        **row,
        "round": "probe",
        "group": group,
        "statement": name,
        **({"kind": "note"} if "kind" in columns else {}),
    }


def _coding(group: str, name: str, code: str, stance: str) -> dict[str, object]:
    return {"round": "probe", "group": group, "statement": name, "coder": "final", "code": code, "stance": stance}


def everywhere(area: str, *stances: str) -> dict[tuple[str, str], list[str]]:
    """Each group says the same about an area."""
    return {(area, group): list(stances) for group in GROUPS}
