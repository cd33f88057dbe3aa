"""Two invented rounds unlike the one that ships: a plain poll without groups and notes, and one with 25 areas."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ingest"))

from exports import Deck, Slide, sheets, write_xlsx

PLAIN, WIDE = "schlicht", "breit"
KINDS = ("Wärme & Kälte", "Größere Gewerbegebiete", "Öffentliche Räume", "Straßen/Schienen", "Übergänge in Ausbildung")
AREAS = tuple(f"{kind} ({part})" for kind in KINDS for part in ("Nord", "Süd", "Ost", "West", "Mitte"))
GROUPS = ("Wirtschaft", "Kommunen", "Verbände")
ASKED = {"points": "Wie verteilen Sie 100 Punkte?", "scale": "Wie überzeugt sind Sie?", "group": "Wer sind Sie?"}


def make_project(folder: Path) -> None:
    """A scratch project with both rounds, ready for `fachdialog report`."""
    yaml = YAML()
    codes = {area: f"b{place}" for place, area in enumerate(AREAS)}
    groups = {group: f"g{place}" for place, group in enumerate(GROUPS)}
    book = {"focus_areas": _codes(codes), "theme_clusters": [], "cross_cutting_themes": []}
    (folder / "data").mkdir(parents=True, exist_ok=True)
    yaml.dump(book | {"participant_groups": _codes(groups)}, folder / "data" / "codebook.yml")
    for name, areas, people in ((PLAIN, AREAS[:25:6], {}), (WIDE, AREAS, groups)):
        raw = folder / "data" / "raw" / name
        raw.mkdir(parents=True)
        options = {area: codes[area] for area in areas}
        yaml.dump(_round(name, options, people), raw / "round.yml")
        write_xlsx(raw / "poll.xlsx", sheets(_deck(areas, tuple(people), voters=48)))


def _codes(labels: dict[str, str]) -> list[dict[str, str]]:
    return [{"id": code, "label_de": label, "label_en": label, "label_short": label} for label, code in labels.items()]


def _round(name: str, areas: dict[str, str], groups: dict[str, str]) -> dict:
    scale = {"low": 1, "high": 7, "low_label": "überhaupt nicht", "high_label": "völlig", "top_box": [6, 7]}
    questions = [
        {
            "id": "bereiche",
            "wording": ASKED["points"],
            "label": "Vorrang",
            "type": "points",
            "role": "priority",
            "options": areas,
        },
        {
            "id": "urteil",
            "wording": ASKED["scale"],
            "label": "Überzeugung",
            "type": "scale",
            "role": "agreement",
            "scale": scale,
        },
    ]
    if groups:
        who = {"label": "Gruppe", "type": "single_choice", "role": "participant_group", "options": groups}
        questions.insert(0, {"id": "gruppe", "wording": ASKED["group"], **who})
    return {
        "title": f"Probe {name}",
        "date": "2025-11-12",
        "provenance": "original",
        "export": "poll.xlsx",
        "questions": questions,
    }


def _deck(areas: tuple[str, ...], groups: tuple[str, ...], voters: int) -> Deck:
    rng = np.random.default_rng(len(areas))
    people = range(1, voters + 1)
    weights = np.linspace(3, 1, len(areas))
    points = rng.multinomial(20, weights / weights.sum(), voters) * 5
    ballots = {voter: dict(zip(areas, map(int, row), strict=True)) for voter, row in zip(people, points, strict=True)}
    item = "7 = völlig"
    judged = {voter: {item: int(value)} for voter, value in zip(people, rng.integers(2, 8, voters), strict=True)}
    slides = [Slide("100 points", ASKED["points"], areas, ballots),
              Slide("scales", ASKED["scale"], (item,), judged, scale=(1, 7))]  # fmt: skip
    if groups:
        slides.insert(0, Slide("choices", ASKED["group"], groups, {voter: groups[voter % 3] for voter in people}))
    return Deck(tuple(slides), voters)


if __name__ == "__main__":
    make_project(Path(sys.argv[1]))
