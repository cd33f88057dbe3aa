"""Poll and groups in one picture: left mean points with intervals, right a circle per group, then the class."""

from __future__ import annotations

import pandas as pd

from ..round_file import Question
from .evidence import Evidence, plain
from .figure import Figure, source_line
from .findings.checks import has_real_chance, why_groups_unknown
from .html import Html, absent
from .joint_display import NOTHING_SAID, equal_share, joint_headline, joint_rows
from .joint_drawing import Picture, draw_joint
from .joint_interactive import joint_interactive, span_words
from .labels import short_label
from .themes import NOTES_QUESTION, groups_of, has_codings, themes_source


def joint_chart(evidence: Evidence) -> Figure | Html:
    """Focus areas by mean points; circles grow with the statements of a group. A dashed line marks the equal share."""
    rows = [row for row in joint_rows(evidence) if row.mean is not None or (row.covered and row.covered.value)]
    if not rows:
        return absent(NOTHING_SAID)
    question = next(iter(evidence.round.with_role("priority")), None)
    picture = Picture(
        rows=rows,
        labels=[short_label(evidence.round, row.area) for row in rows],
        heads=[group.label for group in groups_of(evidence)] if has_codings(evidence) else [],
        share=equal_share(question) if question and question.options else 0,
    )
    title, caption = joint_headline(evidence), _caption(evidence, question, picture)
    return Figure(
        name="nebeneinander",
        title=title,
        caption=caption,
        alt=_alt(picture),
        rows=_frame(evidence, question, [row.area for row in rows]),
        draw=lambda: draw_joint(picture),
        interactive=joint_interactive(picture),
    )


def _caption(evidence: Evidence, question: Question | None, picture: Picture) -> str:
    parts = []
    if question is not None and picture.has_poll:
        made_up = "" if has_real_chance(evidence, question) else " (nachgebildet)"
        parts.append(
            f"Links mittlere Punkte der Umfrage mit 95-%-Unsicherheitsbereich{made_up}; gestrichelt: gleicher Anteil "
            "für alle Bereiche."
        )
    parts.append(
        f"Rechts: {_groups_words(evidence)}" if picture.has_poll and picture.heads else _groups_words(evidence)
    )
    parts.append(source_line(evidence.round) if picture.has_poll else themes_source(evidence.round))
    return " ".join(parts)


def _groups_words(evidence: Evidence) -> str:
    if reason := why_groups_unknown(evidence):
        return reason
    notes = evidence.round.file.notes
    invented = "" if notes is None or notes.provenance == "original" else " (erfundene Beispielnotizen)"
    return f"Aussagen und Karten je Gruppe{invented}; ein Strich: nicht angesprochen."


def _frame(evidence: Evidence, question: Question | None, areas: list[str]) -> pd.DataFrame:
    frames = [evidence.frame(question, ["mean_points"])] if question else []
    if has_codings(evidence):
        frames.append(evidence.frame(NOTES_QUESTION, ["groups_covered"]))
        groups = groups_of(evidence)
        frames += [evidence.frame(NOTES_QUESTION, ["statement_count"], segment=group.id) for group in groups]
    whole = pd.concat(frames) if frames else evidence.estimates.head(0)
    return whole[whole["item"].isin(areas)].reset_index(drop=True)


def _alt(picture: Picture) -> str:
    words = []
    for label, row in zip(picture.labels, picture.rows, strict=True):
        poll = f"Umfrage {plain(row.mean)} Punkte{span_words(row.mean)}" if row.mean else "nicht gefragt"
        counts = [f"{head}: {plain(cell)}" for head, cell in zip(picture.heads, row.by_group, strict=False)]
        groups = f"; Aussagen: {', '.join(counts)}" if counts else ""
        words.append(f"{label}: {poll}{groups}; {row.integration}")
    kinds = ["Punktdiagramm der Umfrage"] if picture.has_poll else []
    kinds += ["Kreise für die Gruppen"] if picture.heads else []
    return f"{', daneben '.join(kinds) or 'Leere Abbildung'}. {'. '.join(words)}."
