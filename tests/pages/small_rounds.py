"""Small rounds computed by the real measure room, so that the words of publish are tested on real estimates."""

from __future__ import annotations

import datetime
from pathlib import Path

from analysis_utils.gate.estimates import estimate_round
from analysis_utils.rounds import Round
from analysis_utils.rounds.codebook import Code, Codebook
from analysis_utils.rounds.round_file import Question, RoundFile, Scale
from analysis_utils.tables import make_table
from analysis_utils.wording.evidence import Evidence

LABELS = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta")


def small_round(
    areas: int,
    *,
    groups: int = 0,
    labels: tuple[str, ...] = LABELS,
    people: tuple[str, ...] = (),
    wording: str = "Was zuerst?",
    provenance: str = "original",
    kind: str = "points",
    unranked: str = "last",
    **more: object,
) -> Round:
    """A round with one question of priority (points, or another `kind`) over `areas` areas, one 1–10 question and, if
    wanted, participant groups (as many as `people` has labels, or `groups` of them)."""
    codes = [code(f"a{n}", labels[n]) for n in range(areas)]
    people = people or tuple(f"Gruppe {n}" for n in range(groups))
    named = [code(f"g{n}", label) for n, label in enumerate(people)]
    scale = Scale(low_label="gar nicht", high_label="sehr stark")
    questions = [
        Question(
            id="p",
            wording=wording,
            label="Priorität",
            type=kind,
            role="priority",
            unranked=unranked,
            options={c.label_de: c.id for c in codes},
        ),
        Question(id="s", wording="Wie sehr?", label="Zustimmung", type="scale", role="agreement", scale=scale),
    ]
    if named:
        options = {c.label_de: c.id for c in named}
        group = {"id": "g", "wording": "Wer?", "label": "Gruppe", "type": "single_choice", "role": "participant_group"}
        questions.insert(0, Question(**group, options=options))
    note = None if provenance == "original" else {"published": "Dies.", "invented": "Jenes."}
    file = RoundFile(
        title="Probe",
        date=datetime.date(2026, 5, 1),
        provenance=provenance,
        provenance_note=note,
        export="x.xlsx",
        questions=questions,
        **more,
    )
    book = Codebook(focus_areas=codes, theme_clusters=[], cross_cutting_themes=[], participant_groups=named)
    nowhere = Path("nowhere")
    return Round("probe", file, book, nowhere, nowhere, nowhere)


def code(identifier: str, label: str) -> Code:
    return Code(id=identifier, label_de=label, label_en=label, label_short=label)


def evidence_of(
    round_: Round, ballots: list[list[int]], scores: list[int] | None = None, groups: list[str] | None = None
) -> Evidence:
    """Estimates of a round in which voter i handed in ballot i (points, ranks or what was chosen; in a ranking and a
    choice 0 is none), score i and named group i ("" for none)."""
    kind = round_.question("p").type
    areas = [code_.id for code_ in round_.codebook.focus_areas]
    count = max(len(ballots), len(scores or []), len(groups or []))
    voters, answers = [], []
    for voter in range(count):
        base = {"round": "probe", "session": 1, "voter": voter + 1}
        group = groups[voter] if groups and voter < len(groups) else ""
        voters.append({**base, "segment": group})
        if group:
            answers.append({**base, "question": "g", "type": "single_choice", "item": group})
        if voter < len(ballots):
            for area, given in zip(areas, ballots[voter], strict=True):
                if given or kind == "points":
                    value = {} if kind.endswith("choice") else {"value": given}
                    answers.append({**base, "question": "p", "type": kind, "item": area, **value})
        if scores and voter < len(scores):
            answers.append({**base, "question": "s", "type": "scale", "value": scores[voter]})
    frame = estimate_round(round_, make_table("voters", voters), make_table("answers", answers))
    return Evidence(round_, frame)
