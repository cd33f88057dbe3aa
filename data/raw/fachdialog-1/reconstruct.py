"""Write `mentimeter.xlsx`: a workbook in the layout of a real Mentimeter export that reproduces every published figure.

    python data/raw/fachdialog-1/reconstruct.py

The original ballots are not available. What is published is stated under PUBLISHED and asserted before anything is
written; everything else is drawn with a fixed seed and listed in PROVENANCE.md. Same script, same bytes.
"""

from __future__ import annotations

import datetime
import random
from collections import Counter
from pathlib import Path

import xlsxwriter

SEED = 20251112
DATE = "2025-11-12"
VOTERS = 35
STEP = 10  # points come in tens

GROUP_QUESTION = "Welcher Teilnehmergruppe würden Sie sich am ehesten zuordnen?"
POINTS_QUESTION = (
    "Mit Blick auf die größtmögliche Wirkung für das Lausitzer Revier: Welchen Fokusbereich priorisieren Sie?"
)
# The largest group is an assumption, the other sizes are invented (PROVENANCE.md).
GROUPS = {
    "Wirtschaft/Unternehmen": 7,
    "Kammern/Verbände": 1,
    "Wissenschaft/Forschung": 3,
    "Zivilgesellschaft/Kirchen/Interessensvertretung": 0,
    "Politik/Verwaltung": 23,
}
# Point totals that round to the published means and come in tens; 29 ballots.
POINTS = {
    "Industrieparks/Großflächen/Nachnutzung Tagebaustandorte": 670,
    "Synergien zu Themen-Clustern mit kritischer Masse": 550,
    "Flankierung Großvorhaben": 550,
    "Wissens- und Technologietransfer": 440,
    "Tourismusregionen": 320,
    "Innovationsräume": 290,
    "Andere": 80,
}
# (question, words of its ends, counts for the values 1 … 10): heights and words are published, positions are invented.
SCALES = [
    (
        "Unterstützen Sie eine stärkere Fokussierung auf überregional bedeutende Projekte und Cluster?",
        ("gar nicht", "uneingeschränkt"),
        [0, 0, 1, 1, 3, 4, 1, 7, 9, 8],
    ),
    (
        "Können Sie sich mit den ausgearbeiteten Fokusbereichen und Themen-Cluster für die Entwicklung Ihrer Region "
        "identifizieren?",
        ("gar nicht", "sehr stark"),
        [0, 0, 1, 1, 2, 4, 3, 6, 4, 6],
    ),
    (
        "Werden die besprochenen Cluster und Fokusthemen die Lausitz aus Ihrer Sicht voranbringen?",
        ("gar nicht", "sehr stark"),
        [0, 0, 0, 1, 1, 5, 2, 9, 5, 3],
    ),
]
PUBLISHED = {
    "scale heights": [[9, 8, 7, 4, 3, 1, 1, 1, 0, 0], [6, 6, 4, 4, 3, 2, 1, 1, 0, 0], [9, 5, 5, 3, 2, 1, 1, 0, 0, 0]],
    "scale respondents": [34, 27, 26],
    "ballots": 29,
    "rounded mean points": [23, 19, 19, 15, 11, 10, 3],
    "givers to Andere": 4,
}


def expect(what: str, published: object, made: object) -> None:
    if published != made:
        raise SystemExit(f"reconstruct.py: {what}: published {published}, reconstructed {made}")


def draw_ballots(rng: random.Random) -> list[list[int]]:
    """29 ballots (one list of points per area): random units of ten with the given totals, then swapped until the
    points of a person cluster on a few areas as people's do. Four persons share the points for the last area."""
    ballots, per_ballot = PUBLISHED["ballots"], 100 // STEP
    units = [area for area, total in enumerate(POINTS.values()) for _ in range(total // STEP)]
    last = len(POINTS) - 1
    others = [area for area in units if area != last]
    rng.shuffle(others)
    cells = [[0] * len(POINTS) for _ in range(ballots)]
    for voter, count in zip(rng.sample(range(ballots), PUBLISHED["givers to Andere"]), [3, 2, 2, 1], strict=True):
        cells[voter][last] = count
    for ballot in cells:
        while sum(ballot) < per_ballot:
            ballot[others.pop()] += 1
    for _ in range(4000):
        first, second = rng.sample(range(ballots), 2)
        give, take = rng.sample(range(last), 2)
        if not (cells[first][give] and cells[second][take]):
            continue
        gain = cells[first][take] - cells[first][give] + cells[second][give] - cells[second][take] + 2
        if gain >= 0 or rng.random() < 0.98:
            for ballot, minus, plus in ((cells[first], give, take), (cells[second], take, give)):
                ballot[minus] -= 1
                ballot[plus] += 1
    return [[STEP * count for count in ballot] for ballot in cells]


def check_published(ballots: list[list[int]]) -> None:
    totals = [sum(column) for column in zip(*ballots, strict=True)]
    expect("ballots", PUBLISHED["ballots"], len(ballots))
    expect("sum of every ballot", {100}, {sum(ballot) for ballot in ballots})
    expect("rounded means", PUBLISHED["rounded mean points"], [round(total / len(ballots)) for total in totals])
    expect("givers to Andere", PUBLISHED["givers to Andere"], sum(ballot[-1] > 0 for ballot in ballots))
    for (_, _, counts), heights, n in zip(
        SCALES, PUBLISHED["scale heights"], PUBLISHED["scale respondents"], strict=True
    ):
        expect("scale heights", heights, sorted(counts, reverse=True))
        expect("scale respondents", n, sum(counts))


def spread(values: list, rng: random.Random) -> list:
    """The values for all voters in random order, None for those who did not answer."""
    column = [*values, *[None] * (VOTERS - len(values))]
    rng.shuffle(column)
    return column


def draw_voters(rng: random.Random) -> tuple[list, list, list[list]]:
    """Columns over voters: group, ballot, and one per scale question. Every voter answers something."""
    ballots = draw_ballots(rng)
    check_published(ballots)
    while True:
        groups = spread([label for label, count in GROUPS.items() for _ in range(count)], rng)
        points = spread(ballots, rng)
        scales = [spread([v for v, k in enumerate(counts, start=1) for _ in range(k)], rng) for *_, counts in SCALES]
        no_group = groups.index(None)
        if points[no_group] and all(any(column[v] is not None for column in [groups, *scales]) for v in range(VOTERS)):
            return groups, points, scales


def label(value: int, ends: tuple[str, str]) -> str | int:
    """The option people chose for a value, as printed: words at the ends, bare numbers (number cells) between them."""
    words = {1: ends[0], 10: ends[1]}
    return f"{value} = {words[value]}" if value in words else value


def voters_sheet(sheet: xlsxwriter.worksheet.Worksheet, groups: list, points: list, scales: list[list]) -> None:
    (support, *later) = [f"{question}:" for question, *_ in SCALES]
    chosen = [
        [None if value is None else label(value, ends) for value in column]
        for column, (_, ends, _) in zip(scales, SCALES, strict=True)
    ]
    header = ["Date", "Session", "Voter", "1. Fachdialog:", f"{GROUP_QUESTION}:", support]
    header += [f"{POINTS_QUESTION}: {option}" for option in POINTS] + later
    sheet.write_string(0, 0, "Note: there are more sheets in this document")
    sheet.write_string(
        1,
        0,
        "Each session is found on its own sheet below. There is a session for each time you have renewed these "
        "questions.",
    )
    write_row(sheet, 2, header)
    for voter in range(VOTERS):
        ballot = points[voter] or [None] * len(POINTS)
        cells = [DATE, 1, voter + 1, None, groups[voter], chosen[0][voter], *ballot, chosen[1][voter], chosen[2][voter]]
        write_row(sheet, 3 + voter, cells)


def session_sheet(sheet: xlsxwriter.worksheet.Worksheet, groups: list, points: list) -> None:
    votes = Counter(groups)
    choices = [["Choices", "Votes"], *[[option, votes[option]] for option in GROUPS]]
    ballots = [ballot for ballot in points if ballot]
    totals = zip(POINTS, zip(*ballots, strict=True), strict=True)
    hundred = [["Choices", "Points"], *[[option, sum(column)] for option, column in totals]]
    blocks = [
        ("Slide 1", "", "slide", "1. Fachdialog", 0, None),
        ("Question 2", DATE, "choices", GROUP_QUESTION, sum(GROUPS.values()), choices),
        scale_block("Question 3", *SCALES[0]),
        ("Question 4", DATE, "100 points", POINTS_QUESTION, len(ballots), hundred),
        scale_block("Question 5", *SCALES[1]),
        scale_block("Question 6", *SCALES[2]),
    ]
    row = 0
    for head, date, kind, title, respondents, table in blocks:
        name = "Title" if kind == "slide" else "Question"
        lines = [[head], ["Date", date], ["Session", 1], ["Type", kind], [name, title], ["Respondents", respondents]]
        lines += [[], *(table or [["No votes for this session"]]), [], [], []]
        for line in lines:
            write_row(sheet, row, line)
            row += 1


def scale_block(head: str, question: str, ends: tuple[str, str], counts: list[int]) -> tuple:
    """A scale as it was polled: ten options to choose from, the highest first."""
    votes = [[label(value, ends), count] for value, count in reversed([*enumerate(counts, start=1)])]
    return head, DATE, "choices", question, sum(counts), [["Choices", "Votes"], *votes]


def write_row(sheet: xlsxwriter.worksheet.Worksheet, row: int, cells: list) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(row, column, cell)
        elif cell is not None:
            sheet.write_number(row, column, cell)


def main() -> None:
    groups, points, scales = draw_voters(random.Random(SEED))
    # Constant memory writes text into the cells, as Mentimeter's own exports have it.
    with xlsxwriter.Workbook(Path(__file__).with_name("mentimeter.xlsx"), {"constant_memory": True}) as book:
        moment = datetime.datetime(2025, 11, 12)
        book.set_properties({"author": "reconstruction", "comments": "not an original export", "created": moment})
        voters_sheet(book.add_worksheet("Voters"), groups, points, scales)
        session_sheet(book.add_worksheet("Session 1"), groups, points)


if __name__ == "__main__":
    main()
