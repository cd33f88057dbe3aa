"""Rounds that nobody has sent yet, drawn by a seed: any number of people, areas, groups and scales, labels of any kind.

Everything in them is allowed, so a report must come out of each, or a stated reason of protection.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from exports import Deck, Slide, sheets, write_xlsx
from ruamel.yaml import YAML

from analysis_utils.notes.statement_ids import new_name
from analysis_utils.rounds import Round, open_round
from analysis_utils.rounds.codebook import normalise

PEOPLE = (0, 1, 2, 3, 4, 5, 6, 8, 11, 15, 23, 30, 47, 90, 180, 400, 2000)
AREAS = (1, 2, 3, 4, 5, 7, 9, 12, 13, 14, 20, 25, 32, 40)
GROUPS = (0, 0, 1, 2, 3, 5, 8, 12, 13, 15)
TOTALS = (3, 5, 7, 10, 20, 60, 100, 100, 250, 1000)
ENDS = ((1, 10), (1, 5), (0, 10), (-2, 2), (-5, 5), (-3, 0), (1, 7), (0, 1), (1, 2), (0, 100), (-1, 1), (5, 9))
STATEMENTS = (1, 1, 2, 3, 4, 6, 9, 13, 27, 40)
WORDS = (
    "Agenda 2030", "Flächen ab 50 ha", "CO₂ –80 %", "A & B <em>stark</em>", "„Zitat“ 'einfach' \"doppelt\"",
    "**fett** [x](y)", "{{ jinja }} {% x %}", "${a} `code` \\n", "3. Stufe, 1 737 von 1 000", "2–3 Orte",
    "≥ 12,5 km²", "−5 °C", "1/3 aller", "Punkt 7: Netze", "Nr. 12", "n = 5", "Gruppe 1", "Rang 2", "95-%-Ziel",
    "23,1", "17", "10 von 20 Personen", "§ 218 Abs. 2", "24/7", "التنمية المستدامة ٢٠٣٠", "פיתוח 2030", "持续发展",
    "Развитие №5", "การพัฒนา", "👩‍🔬 Forschung", "🚲🚲", "e\u0301ne\u0301rgie", "Z̸a̷l̶g̵o̸",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Straße/Schiene/Radweg", "all", "Andere", "=1+1", "@summe", "+49", "-3", "#1", "1.000.000 €",
    "Zehn Prozent", "null", "nan", "True", "zwei Drittel", "sechs", "I/O", "0", "007",
    "Ich kenne die Agenda 2030", "Stufe 3", "Wert 4", "Abbildung 3.2", "Tabelle 1: x", "20\u202f% mehr",
    "1\u202f234", "−", "…", "kein Komma, 5, 6",
)  # fmt: skip
LONG = (
    "Welcher Bereich der Strukturförderung sollte in den kommenden 25 Jahren bis 2050 vor allen anderen Vorrang haben? "
)


class _Draw:
    """One round's chance: never the same label twice, in any way to write it."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._seen: set[str] = {"alle", "übrige"}

    def label(self) -> str:
        while True:
            words = self.rng.choice(WORDS)
            if self.rng.random() < 0.35:
                words = f"{words} {self.rng.choice(WORDS)}"
            if self.rng.random() < 0.3:
                words = f"{words} {self.rng.randint(0, 2100)}"
            if self.rng.random() < 0.04:
                words = (f"{words} " + LONG * 4)[:400].strip()
            words = normalise(words)
            if words.casefold() not in self._seen:
                self._seen.add(words.casefold())
                return words

    def labels(self, count: int) -> list[str]:
        return [self.label() for _ in range(count)]

    def codes(self, kind: str, labels: list[str]) -> list[dict[str, str]]:
        short = [label if self.rng.random() < 0.5 else self.label() for label in labels]
        return [
            {"id": f"{kind}{place}", "label_de": label, "label_en": label, "label_short": brief}
            for place, (label, brief) in enumerate(zip(labels, short, strict=True), start=1)
        ]

    def ballot(self, total: int, areas: list[str]) -> dict[str, int]:
        """Some give everything to one area, some the same to all, most something in between."""
        picked = self.rng.sample(areas, min(len(areas), self.rng.choice((1, 2, 3, 5, len(areas)))))
        cuts = sorted(self.rng.randint(0, total) for _ in picked[1:])
        parts = [end - start for start, end in zip([0, *cuts], [*cuts, total], strict=True)]
        return dict.fromkeys(areas, 0) | dict(zip(picked, parts, strict=True))


def write_odd_round(data: Path, seed: int) -> str:
    """Write the round of a seed into a folder of data of its own; returns its name."""
    draw, name = _Draw(seed), f"odd-{seed}"
    rng = draw.rng
    people = rng.choice(PEOPLE)
    answering = rng.choice((0.3, 0.8, 0.95, 1.0))
    slides: list[Slide] = []
    questions: list[dict[str, Any]] = []
    book: dict[str, list[dict[str, str]]] = {"focus_areas": [], "participant_groups": [], "other_options": []}

    def ask(kind: str, answer: Any, *, items: list[str], **about: Any) -> None:
        """A question of one slide; `answer` draws what a person says."""
        wording = about.pop("wording", None) or draw.label()
        said = {voter: answer() for voter in range(1, people + 1) if rng.random() < answering}
        slides.append(Slide(kind, wording, tuple(items), said, about.pop("several", False)))
        questions.append({"id": f"q{len(questions) + 1}", "wording": wording, "label": draw.label(), **about})

    shape = rng.choice(("whole", "whole", "whole", "points", "scales", "pair"))
    groups = draw.labels(rng.choice(GROUPS)) if shape in ("whole", "pair") else []
    if groups:
        book["participant_groups"] = draw.codes("g", groups)
        options = {label: f"g{place}" for place, label in enumerate(groups, start=1)}
        few = groups[: rng.randint(1, len(groups))]
        ask("choices", lambda: rng.choice(few if rng.random() < 0.7 else groups), items=groups,
            type="single_choice", role="participant_group", options=options)  # fmt: skip
    if shape != "scales":
        areas, total = draw.labels(rng.choice(AREAS)), rng.choice(TOTALS)
        book["focus_areas"] = draw.codes("a", areas)
        options = {label: f"a{place}" for place, label in enumerate(areas, start=1)}
        ask("100 points", lambda: draw.ballot(total, areas), items=areas, type="points", role="priority",
            total=total, options=options)  # fmt: skip
    if shape != "points":
        for _ in range(1 if shape == "pair" else rng.choice((1, 1, 2))):
            _ask_scales(draw, people, answering, slides, questions, 1 if shape == "pair" else rng.choice(STATEMENTS))
    if shape == "whole" and rng.random() < 0.5:
        chosen = draw.labels(rng.choice((2, 3, 6)))
        book["other_options"] = draw.codes("o", chosen)
        options = {label: f"o{place}" for place, label in enumerate(chosen, start=1)}
        ask("choices", lambda: rng.choice(chosen), items=chosen, type="single_choice", options=options)
    if shape == "whole" and rng.random() < 0.4:
        ask(
            "open",
            lambda: [(f"Wunsch {rng.randint(1, 999)} an Zug und Bus bis {draw.label()}", 0)],
            items=[],
            type="open",
        )

    round_ = {
        "title": draw.label(), "date": f"20{rng.randint(19, 25)}-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}",
        "provenance": "original", "export": "poll.xlsx", "questions": questions,
    }  # fmt: skip
    if plans := [plan for question in questions if groups for plan in _plan(question)][:3]:
        round_["segment_tests"] = plans
    raw = data / "raw" / name
    raw.mkdir(parents=True)
    if rng.random() < 0.5:
        round_["notes"] = _write_notes(raw, draw, book)
    for section in ("focus_areas", "theme_clusters", "cross_cutting_themes", "participant_groups"):
        book.setdefault(section, [])
    _dump(data / "codebook.yml", book)
    _dump(raw / "round.yml", round_)
    write_xlsx(raw / "poll.xlsx", sheets(Deck(tuple(slides), max(people, 1))))
    return name


def odd_round(data: Path, seed: int) -> Round:
    return open_round(write_odd_round(data, seed), data=data, reports=data.parent / "reports")


def _ask_scales(
    draw: _Draw, people: int, answering: float, slides: list[Slide], questions: list[dict[str, Any]], count: int
) -> None:
    rng, wording, statements = draw.rng, draw.label(), draw.labels(count)
    low, high = rng.choice(ENDS)
    first = rng.randint(low, high)
    box = rng.choice(([first, first], [first, rng.randint(first, high)], [rng.randint(low, high), high]))
    ends = draw.labels(2)
    middle = rng.randint(low, high)
    about = {"low": low, "high": high, "low_label": ends[0], "high_label": ends[1], "top_box": box}
    about["positive_end"] = rng.choice(("high", "high", "low"))
    said: dict[int, dict[str, int]] = {}
    for voter in range(1, people + 1):
        values = {
            one: min(high, max(low, middle + rng.randint(-3, 3))) for one in statements if rng.random() < answering
        }
        if values:
            said[voter] = values
    slides.append(Slide("scales", wording, tuple(statements), said, scale=(low, high)))
    for statement in statements:
        questions.append({"id": f"q{len(questions) + 1}", "wording": wording, "statement": statement,
                          "label": draw.label() if rng.random() < 0.5 else f"Aussage {len(questions)}",
                          "type": "scale", "role": "agreement", "scale": about})  # fmt: skip


def _plan(question: dict[str, Any]) -> list[dict[str, str]]:
    test = {"points": "points_permutation", "scale": "kruskal_wallis"}.get(question["type"])
    return [{"question": question["id"], "test": test}] if test else []


def _write_notes(raw: Path, draw: _Draw, book: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    """Notes of workshop groups, coded by people whose names have digits; some passages paraphrased and released."""
    rng = draw.rng
    book["theme_clusters"] = draw.codes("c", draw.labels(rng.choice((0, 2, 5))))
    codes = [code["id"] for code in [*book["focus_areas"], *book["theme_clusters"]]]
    groups = [{"id": f"w{place}", "label": draw.label()} for place in range(1, rng.choice((1, 2, 3, 9, 14)) + 1)]
    (raw / "notes").mkdir()
    (raw / "coding").mkdir()
    rows, released, paraphrases = [], [], []
    for group in groups:
        said = [
            f"{draw.label()} gehört für die Gruppe {rng.randint(2, 99)} mal dazu" for _ in range(rng.choice((1, 3, 8)))
        ]
        said = [one for one in said if one[:1].isalpha()] or ["Zu 7 Punkten wurde nichts gesagt"]
        heading = rng.choice(("## Einstieg", "## Teil 2 von 3"))
        text = "\n".join(["---", f"gruppe: {group['id']}", "---", heading, "", *(f"- {one}" for one in said), ""])
        (raw / "notes" / f"{group['id']}-2.md").write_text(text, encoding="utf-8")
        for one in said:
            identifier = new_name(group["id"], one)
            if codes and rng.random() < 0.8:
                rows.append((identifier, one, rng.choice(codes), rng.choice(("priorität", "neutral", "umdeutung"))))
                if rng.random() < 0.1:
                    released.append((identifier, one, f"Leitung {rng.randint(1, 9)}"))
                if rng.random() < 0.1:
                    paraphrases.append(
                        (rows[-1][2], f"Gemeint sind {rng.randint(2, 60)} Orte und 5 %.", identifier, "Team 4")
                    )
    _csv(
        raw / "coding" / f"kodierung_{rng.choice(('a', '7', 'anna2'))}.csv",
        ("statement", "text", "code", "stance"),
        rows,
    )
    if released:
        _csv(raw / "released.csv", ("statement", "text", "released_by"), released)
    if paraphrases:
        _csv(raw / "paraphrases.csv", ("code", "sentence", "statements", "author"), paraphrases)
    return {"provenance": "original", "groups": groups}


def _csv(path: Path, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([head, *dict.fromkeys(rows)])


def _dump(path: Path, content: dict[str, Any]) -> None:
    yaml = YAML()
    yaml.width = 4096
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(content, file)
