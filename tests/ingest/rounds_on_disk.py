"""A small round on disk: six voters whose answers can be counted by hand, in the poll's five question types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exports import Deck, Rows, Slide, sheets, write_xlsx

from analysis_utils.rounds import Round, open_round

CODEBOOK = """focus_areas:
  - {id: sites, label_de: Flächen, label_en: Sites, label_short: Flächen}
  - {id: transfer, label_de: Transfer, label_en: Transfer, label_short: Transfer}
  - {id: other, label_de: Andere, label_en: Other, label_short: Andere}
theme_clusters: []
cross_cutting_themes: []
participant_groups:
  - {id: business, label_de: Wirtschaft, label_en: Business, label_short: Wirtschaft}
  - {id: politics, label_de: Politik, label_en: Politics, label_short: Politik}
"""
ROUND = """title: Probe
date: 2025-11-12
provenance: original
export: poll.xlsx
{more}
questions:
  - {{id: group, wording: Welche Gruppe?, label: Gruppe, type: single_choice, role: participant_group,
      options: {{Wirtschaft: business, Politik: politics}}}}
  - {{id: focus, wording: Mehr Fokus?, label: Fokus, type: scale, role: agreement,
      scale: {{low: 1, high: 10, low_label: nein, high_label: ja}}}}
  - {{id: areas, wording: Welcher Bereich?, label: Bereiche, type: points, role: priority,
      options: {{Flächen: sites, Transfer: transfer, Andere: other}}}}
"""
AREAS = ("Flächen", "Transfer", "Andere")


def poll(**changes: Any) -> Deck:
    """Six voters: groups W W P P – –, focus 8 7 10 – 3 –, points from four, the sixth only reacts to a slide."""
    points = {
        1: {"Flächen": 70, "Transfer": 30},
        2: {"Flächen": 20, "Transfer": 20, "Andere": 60},
        3: {"Flächen": 100, "Transfer": 0, "Andere": 0},
        5: {"Flächen": 0, "Transfer": 100},
    }
    focus = {1: 8, 2: 7, 3: 10, 5: 3}
    groups = {1: "Wirtschaft", 2: "Wirtschaft", 3: "Politik", 4: "Politik"}
    slides = (
        Slide("slide", "Willkommen", answers={1: True, 6: True}),
        Slide("choices", "Welche Gruppe?", ("Wirtschaft", "Politik"), groups),
        Slide("scales", "Mehr Fokus?", ("10 = ja",), {voter: {"10 = ja": value} for voter, value in focus.items()}),
        Slide("100 points", "Welcher Bereich?", AREAS, points),
    )
    return Deck(**{"slides": slides, "voters": 6, **changes})


def with_answers(title: str, answers: dict[int, Any], **changes: Any) -> Deck:
    """The poll with other answers to one question."""
    deck = poll(**changes)
    slides = tuple(
        Slide(s.type, s.title, s.items, answers, s.several, s.scale) if s.title == title else s for s in deck.slides
    )
    return Deck(**{**deck.__dict__, "slides": slides})


def make_round(
    folder: Path, content: Deck | list[tuple[str, Rows]] | None = None, more: str = "", text: str = ""
) -> Round:
    """A round in `folder` with the given export (a deck, sheets, or none) and `round.yml`."""
    raw = folder / "raw" / "probe"
    raw.mkdir(parents=True, exist_ok=True)
    (folder / "codebook.yml").write_text(CODEBOOK, encoding="utf-8")
    (raw / "round.yml").write_text(text or ROUND.format(more=more), encoding="utf-8")
    if content is not None:
        write_xlsx(raw / "poll.xlsx", sheets(content) if isinstance(content, Deck) else content)
    return open_round("probe", data=folder, reports=folder / "reports")
