"""Write workbooks and CSV sheets in the layout of Mentimeter exports, from a plain description of a deck."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import xlsxwriter
from native import write_native

NOTES = (
    "Note: there are more sheets in this document",
    "Each session is found on its own sheet below. There is a session for each time you have renewed these questions.",
)
Rows = list[list[Any]]


@dataclass(frozen=True)
class Slide:
    """One slide or question. `answers` maps a voter number to: True (slide), a label (choices), labels (several),
    {item: number} (scales, ranking, points), [(text, upvotes)] (open), [entry] (wordcloud), (name, emoji, label, score)
    (quiz), {item: text} (any other type)."""

    type: str
    title: str
    items: tuple[Any, ...] = ()
    answers: dict[int, Any] = field(default_factory=dict)
    several: bool = False
    scale: tuple[int, int] = (1, 10)
    skippers: int = 0


@dataclass(frozen=True)
class Deck:
    """`sessions` maps a voter number to a session (default: all in session 1)."""

    slides: tuple[Slide, ...]
    voters: int
    sessions: dict[int, int] = field(default_factory=dict)
    date_name: str = "Date"
    dates: dict[int, str] = field(default_factory=dict)
    colon: bool = True
    is_rounded: bool = True
    audience: tuple[tuple[Any, ...], ...] = ()

    def session(self, voter: int) -> int:
        return self.sessions.get(voter, 1)


def _columns(slide: Slide, deck: Deck) -> list[tuple[str, dict[int, Any]]]:
    """Header and cells (by voter) of each column of a slide."""
    title, answers = slide.title, slide.answers
    single = title + ":" if deck.colon or slide.type != "choices" else title
    if slide.type == "slide":
        return [(single, dict.fromkeys(answers, "Thumbs up"))]
    if slide.type in ("choices", "choices_images"):
        if not slide.several:
            return [(single, answers)]
        width = max((len(picks) for picks in answers.values()), default=0)
        return [(f"{title}: {k + 1}", {v: p[k] for v, p in answers.items() if len(p) > k}) for k in range(width)]
    if slide.type == "wordcloud":
        return [(single, {v: " ".join(e.replace(" ", "_") for e in entries) for v, entries in answers.items()})]
    if slide.type == "open":
        return _open_columns(slide, single)
    if slide.type == "quiz":
        names = ("Name", "Emoji", "Answer", "Score")
        return [(f"{title}: {name}", {v: a[i] for v, a in answers.items()}) for i, name in enumerate(names)]
    items = slide.items
    if slide.type == "ranking":
        items = tuple(item for item in sorted(items, key=str) if any(item in a for a in answers.values()))
    return [(f"{title}: {item}", {v: a[item] for v, a in answers.items() if item in a}) for item in items]


def _open_columns(slide: Slide, single: str) -> list[tuple[str, dict[int, Any]]]:
    width = max((len(texts) for texts in slide.answers.values()), default=1) if slide.several else 1
    columns = []
    for k in range(width):
        header = f"{slide.title}: {k + 1}" if slide.several else single
        columns.append((header, {v: t[k][0] for v, t in slide.answers.items() if len(t) > k}))
        columns.append(("Upvotes", {v: t[k][1] for v, t in slide.answers.items() if len(t) > k}))
    return columns


def voters_sheet(deck: Deck) -> Rows:
    columns = [column for slide in deck.slides for column in _columns(slide, deck)]
    rows: Rows = [[note] for note in NOTES]
    rows.append([deck.date_name, "Session", "Voter", *(header for header, _ in columns)])
    for voter in sorted(range(1, deck.voters + 1), key=lambda v: (deck.session(v), v)):
        date = deck.dates.get(voter, "2025-11-12")
        rows.append([date, deck.session(voter), voter, *(cells.get(voter, "") for _, cells in columns)])
    return rows


def session_sheet(deck: Deck, session: int) -> Rows:
    rows: Rows = []
    for number, slide in enumerate(deck.slides, start=1):
        own = {v: a for v, a in slide.answers.items() if deck.session(v) == session}
        respondents = len(own) + (slide.skippers if own else 0)
        word = "Slide" if slide.type == "slide" else "Question"
        rows += [
            [f"{word} {number}"],
            [deck.date_name, "2025-11-12" if own else ""],
            ["Session", session],
            ["Type", slide.type],
            ["Title" if slide.type == "slide" else "Question", slide.title],
            ["Respondents", respondents],
            [],
        ]
        is_empty = slide.type == "slide" or not own
        rows += [["No votes for this session"]] if is_empty else _table(replace(slide, answers=own), deck)
        rows += [[], [], []]
    return rows


def _table(slide: Slide, deck: Deck) -> Rows:
    if slide.type == "open":
        pairs = [[text, up] for texts in slide.answers.values() for text, up in texts]
        return [["Responses", "Upvotes"], *reversed(pairs)]
    if slide.type == "wordcloud":
        cells = _columns(slide, deck)[0][1]
        return [["Responses"], *([cell] for cell in cells.values())]
    if slide.type in ("choices", "choices_images", "quiz"):
        picks = [
            p for a in slide.answers.values() for p in (a if slide.several else [a[2] if slide.type == "quiz" else a])
        ]
        counts = Counter(map(str, picks))
        table: Rows = [["Choices", "Votes"], *([item, counts[str(item)]] for item in slide.items)]
        if slide.type == "quiz":
            table = [[*row, *(["Correct answer"] if i == 0 else [str(i == 1)])] for i, row in enumerate(table)]
            board = [[i, *a[:2], a[3]] for i, a in enumerate(slide.answers.values(), start=1)]
            table += [[], ["Position", "Name", "Emoji", "Score"], *board]
        return table
    if slide.type == "scales":
        return _scales_table(slide, deck)
    return [["Choices", "Points"], *([item, ""] for item in slide.items)]


def _scales_table(slide: Slide, deck: Deck) -> Rows:
    values = list(range(slide.scale[0], slide.scale[1] + 1))
    rows: Rows = [["Choices", "Weighted average", *values]]
    for item in slide.items:
        given = [a[item] for a in slide.answers.values() if isinstance(a.get(item), int | float)]
        mean = sum(given) / len(given) if given else 0
        counts = Counter(given)
        # Mentimeter rounds halves up: 4.125 is printed as 4.13
        shown = int(mean * 100 + 0.5 + 1e-9) / 100 if deck.is_rounded else mean
        rows.append([item, shown, *(counts[value] for value in values)])
    return rows


def sheets(deck: Deck) -> list[tuple[str, Rows]]:
    """All sheets in order. A session in which nobody answered has none."""
    found = [("Voters", voters_sheet(deck))]
    if deck.audience:
        head = ["Date", "Session", "Participant", f"Input{' ' * 26}", "Upvotes", "Answered?"]
        note = ["Note: The Participant ID does not correspond to the Voter ID in the other sheets"]
        found.append(("Questions from audience", [note, head, *map(list, deck.audience)]))
    numbers = sorted({deck.session(voter) for voter in range(1, deck.voters + 1)})
    return [*found, *((f"Session {number}", session_sheet(deck, number)) for number in numbers)]


def write_xlsx(path: Path, content: list[tuple[str, Rows]], *, is_resaved: bool = False) -> Path:
    """As Mentimeter writes it (inline strings), or as spreadsheet programs save it (shared strings)."""
    if not is_resaved:
        return write_native(path, content)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False, "nan_inf_to_errors": True}  # fmt: skip
    with xlsxwriter.Workbook(path, options) as book:
        for name, rows in content:
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if cell != "":
                        sheet.write(r, c, cell)
    return path


def csv_bytes(
    rows: Rows,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    newline: str = "\n",
    decimal: str = ".",
    pad: bool = True,
) -> bytes:
    """A sheet as a spreadsheet program saves it; line breaks inside cells stay bare LF."""
    width = max((len(row) for row in rows), default=0)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=newline)
    for row in rows:
        cells = [str(cell).replace(".", decimal) if isinstance(cell, float) else cell for cell in row]
        writer.writerow(cells + [""] * (width - len(cells) if pad else 0))
    return stream.getvalue().encode(encoding)


def write_csvs(folder: Path, content: list[tuple[str, Rows]], **dialect: Any) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    for name, rows in content:
        (folder / f"{name.replace(' ', '-').lower()}.csv").write_bytes(csv_bytes(rows, **dialect))
    return folder


def every_type() -> Deck:
    """A deck of 4 voters with every type that was seen in real files, small enough to count by hand."""
    return Deck(
        voters=4,
        slides=(
            Slide("slide", "Welcome", answers={1: True, 3: True}),
            Slide("choices", "Which group?", ("A", "B: b", 14), {1: "A", 2: 14, 3: "A"}),
            Slide("choices", "Which tools?", ("x", "y", "1"), {1: ["y", "x"], 2: ["1"]}, several=True),
            Slide(
                "scales",
                "How sure :",
                ("- one", "1", " two"),
                {1: {"- one": 0, "1": 5}, 2: {"- one": 3, " two": 4}},
                scale=(0, 5),
                skippers=1,
            ),
            Slide("slide", "", answers={4: True}),
            Slide("open", "Why?", answers={1: [("because: 1", 0)], 2: [("line\nbreak", 2)]}),
            Slide("open", "What else?", answers={1: [("a", 0), ("b", 1)], 3: [(491701234567, 0)]}, several=True),
            Slide("wordcloud", "One word", answers={2: ["two words", "one"], 3: ["=cmd"]}),
            Slide(
                "quiz",
                "Capital?",
                ("Rome", "Oslo"),
                {1: ("Nick", ":bug:", "Rome", 900), 2: ("Ann", ":cat:", "Oslo", 0)},
            ),
            Slide("ranking", "Order", ("p", "q", "r"), {1: {"p": 1, "q": 2}, 2: {"q": 1, "p": 2}}),
            Slide("100 points", "Points", ("m", "n"), {1: {"m": 70, "n": 30}, 2: {"m": 100}}),
            Slide("scales", "Nobody answered", ("s",), {}),
        ),
    )
