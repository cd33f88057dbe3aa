"""An invented second round, for the rehearsal: a Mentimeter export, and the edits an analyst makes after `new-round`.

Everything in it is made up. It is written into a scratch project and never into `data/raw` of this one.
"""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "ingest"), str(ROOT / "data" / "raw" / "fachdialog-1")]

import reconstruct  # noqa: E402
from exports import Deck, Slide, sheets, write_xlsx  # noqa: E402

NAME, EARLIER = "fachdialog-2", "fachdialog-1"
VOTERS, REHEARSAL, AGAIN = 30, 3, 8
GROUPS = ("Wirtschaft/Unternehmen", "Wissenschaft/Forschung", "Politik/Verwaltung", "Kommunale Unternehmen")
CLUSTERS = ("Gesundheit", "Energie", "Kreislaufwirtschaft/Bioökonomie")
AREAS = (
    "Industrieparks/Großflächen/Nachnutzung Tagebaustandorte", "Flankierung Großvorhaben",
    "Wissens- und Technologietransfer", "Lebenswertes Umfeld", "Innovationsräume", *CLUSTERS, "Andere",
)  # fmt: skip
WEIGHTS = (15, 17, 20, 18, 8, 7, 8, 4, 3)


def ballots_of_before() -> list[dict[str, int]]:
    """Ballots of the reconstructed first round in the areas of the second, for people who come again."""
    _, points, _ = reconstruct.draw_voters(random.Random(reconstruct.SEED))
    renamed = {
        "Tourismusregionen": "Lebenswertes Umfeld",
        "Synergien zu Themen-Clustern mit kritischer Masse": "Energie",
    }
    found = []
    for ballot in [ballot for ballot in points if ballot][:AGAIN]:
        given = {renamed.get(area, area): value for area, value in zip(reconstruct.POINTS, ballot, strict=True)}
        found.append({area: given.get(area, 0) for area in AREAS})
    return found


def deck(seed: int = 20260612) -> Deck:
    """30 voters in session 2, the last eight of them as in the first round, and a rehearsal of three in session 1."""
    rng = np.random.default_rng(seed)
    first = YAML(typ="safe").load((ROOT / "data" / "raw" / EARLIER / "round.yml").read_text(encoding="utf-8"))
    asked = {question["id"]: question["wording"] for question in first["questions"]}
    everyone = range(1, VOTERS + REHEARSAL + 1)
    groups = dict(zip(everyone, rng.choice(GROUPS, len(everyone), p=[0.25, 0.1, 0.4, 0.25]), strict=True))
    ballots = rng.multinomial(10, np.array(WEIGHTS) / sum(WEIGHTS), len(everyone)) * 10
    points = {voter: dict(zip(AREAS, map(int, row), strict=True)) for voter, row in zip(everyone, ballots, strict=True)}
    points |= dict(zip(reversed(everyone), ballots_of_before(), strict=False))
    top, turned = "10 = uneingeschränkt, 1 = gar nicht", "1 = sehr stark, 10 = gar nicht"
    support = {
        voter: {top: int(value)} for voter, value in zip(everyone, rng.integers(5, 11, len(everyone)), strict=True)
    }
    close = {
        voter: {turned: int(value)} for voter, value in zip(everyone, rng.integers(1, 6, len(everyone)), strict=True)
    }
    slides = (
        Slide("slide", "2. Fachdialog"),
        Slide("choices", asked["teilnehmergruppe"], GROUPS, groups),
        Slide("scales", asked["fokussierung"], (top,), support),
        Slide("100 points", asked["fokusbereiche"], AREAS, points),
        Slide("scales", asked["identifikation"], (turned,), close),
    )
    sessions = {voter: 1 if voter <= REHEARSAL else 2 for voter in everyone}
    dates = {voter: "2026-06-11" if voter <= REHEARSAL else "2026-06-12" for voter in everyone}
    return Deck(slides, len(everyone), sessions=sessions, dates=dates)


def make_project(folder: Path) -> Path:
    """A scratch project with the first round in it; returns the export of the second."""
    data = folder / "data"
    shutil.copytree(ROOT / "data" / "raw" / EARLIER, data / "raw" / EARLIER, ignore=shutil.ignore_patterns(".*"))
    shutil.copy2(ROOT / "data" / "codebook.yml", data / "codebook.yml")
    return write_xlsx(folder / "export.xlsx", sheets(deck()))


def edit(data: Path) -> None:
    """What docs/second-round.md tells the analyst to do: say what the round is, settle what was only guessed, and
    correct the crosswalk where it cannot know better."""
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    file = data / "raw" / NAME / "round.yml"
    content = yaml.load(file.read_text(encoding="utf-8"))
    del content["confirm"]
    content["provenance"] = "illustrative"
    content["provenance_note"] = {
        "published": "Diese Runde hat nicht stattgefunden; veröffentlicht ist nichts.",
        "invented": "Alle Antworten sind erfunden, um die Auswertung einer zweiten Runde zu proben.",
    }
    yaml.dump(content, file)
    book = data / "codebook.yml"
    codes = yaml.load(book.read_text(encoding="utf-8"))
    options = next(entry for entry in codes["crosswalk"] if list(entry["between"]) == [EARLIER, NAME])["options"]
    moved = {("tourismus",), ("lebenswertes_umfeld",)}
    kept = [link for link in options if (tuple(link.get("before", ())) or tuple(link.get("after", ()))) not in moved]
    renamed = {"change": "renamed", "before": ["tourismus"], "after": ["lebenswertes_umfeld"]}
    kept.append({**renamed, "reason": "Der Bereich heißt jetzt weiter gefasst Lebenswertes Umfeld"})
    options[:] = kept
    yaml.dump(codes, book)


if __name__ == "__main__":
    if sys.argv[1] == "project":
        print(make_project(Path(sys.argv[2])))
    else:
        edit(Path(sys.argv[2]) / "data")
