"""Pictures of a comparison: mean points of two rounds per area with their difference; of all rounds side by side."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..comparison import (
    OTHER_CHOICE,
    Comparison,
    compared_in,
    headed,
    lines_of,
    points_change_table,
    priority_change_tables,
    rounds_table,
    signed,
    verdict_of,
)
from ..rounds import ComparedQuestion, Question
from ..wording import Evidence, Html, Row, german, named, note, plain_interval
from .chart import ACCENT, MUTED, Chart, Dots, Line, Series, Value, Words
from .values import german_span, round_end, source_line, value_of

STATISTICS = ["mean_points_before", "mean_points_after", "change_mean_points", "change_p_max_t", "equivalence_p_holm"]
FIRST_SHADE = "#9aaaba"
"""The earliest round is drawn in this, the latest in the accent; those between in between."""


def change_chart(comparison: Comparison, compared: ComparedQuestion) -> Chart:
    """Two dots per area, the earlier round above the later one, the largest later mean first."""
    found: list[tuple[str, Row, Row, Row | None, str]] = []
    for item in compared.items:
        before, after = (comparison.row(compared, f"mean_points_{side}", item.id) for side in ("before", "after"))
        if before is not None and after is not None:
            tiers = (
                _tier(comparison.earlier, compared.before, item.before),
                _tier(comparison.later, compared.after, item.after),
            )
            change = comparison.row(compared, "change_mean_points", item.id)
            found.append((item.label, before, after, change, " → ".join(tiers)))
    found.sort(key=lambda line: (-line[2].value, line[0]))
    dates = [german.date(side.file.date) for side in (comparison.rounds.earlier, comparison.rounds.later)]
    cells, told = [], []
    for label, before, after, change, _ in found:
        more = [f"Unterschied {signed(change.value)}"] if change else []
        more += [f"Bereich des Unterschieds {plain_interval(change)}"] if change and change.low is not None else []
        pair = [
            value_of(row, label, date, unit=" Punkte", more=more)
            for row, date in zip((before, after), dates, strict=True)
        ]
        cells.append(pair)
        told.append(f"{label} vorher {pair[0].text}, nachher {pair[1].text}{''.join(f', {words}' for words in more)}")
    mine = (comparison.changes["question"] == compared.after.id) & comparison.changes["statistic"].isin(STATISTICS)
    sides = ((comparison.earlier, compared.before), (comparison.later, compared.after))
    counts = [evidence.row(question, "respondents") for evidence, question in sides]
    frames = [evidence.frame(question, ["respondents", "tier"]) for evidence, question in sides]
    return Chart(
        f"veraenderung_{comparison.rounds.earlier.name.replace('-', '_')}_{compared.after.id}",
        "dots",
        _title(comparison, compared),
        f"Mittlere Punkte von {german.number(compared.after.total)} · "
        f"n = {' und '.join(german.number(row.n) for row in counts)} Stimmzettel · {' und '.join(dates)}",
        "Kreis: frühere Runde, Punkt: spätere; Linien: 95-%-Unsicherheitsbereiche je Runde. Stufe: vorher → nachher; "
        "Bereiche einer Runde mit derselben Stufe lassen sich nicht ordnen. "
        f"{OTHER_CHOICE + ' ' if comparison.has_other_choice(compared) else ''}"
        f"{source_line(comparison.rounds.earlier)} {source_line(comparison.rounds.later)}",
        f"Punktdiagramm der mittleren Punkte in zwei Runden: {'; '.join(told)}.",
        [Line(label) for label, *_ in found],
        [
            Dots(
                "",
                cells,
                round_end(cells),
                f"mittlere Punkte\n(von {german.number(compared.after.total)})",
                series=(Series(dates[0], MUTED, hollow=True), Series(dates[1], ACCENT)),
                prints=False,
            ),
            _told("früher", [row[0].text for row in cells]),
            _told("später", [row[1].text for row in cells]),
            _told(
                "Unterschied", [signed(change.value) if change else german.NONE for *_, change, _ in found], strong=True
            ),
            _told(
                "95-%-Bereich",
                [plain_interval(change) if change and change.low is not None else "" for *_, change, _ in found],
            ),
            _told("Stufe", [tiers for *_, tiers in found]),
        ],
        pd.concat([comparison.changes[mine], *frames], ignore_index=True),
    )


def _told(head: str, texts: list[str], *, strong: bool = False) -> Words:
    heads = {"Unterschied": "Unter-\nschied", "95-%-Bereich": "95-%-\nBereich"}
    return Words(heads.get(head, head), texts, strong, [f"{head} {text}" if text else "" for text in texts])


def points_changes(comparison: Comparison, folder: Path) -> list[Chart | Html]:
    """The picture and the table of every points question both rounds asked, the table of another question of
    priority; a remark where there is none."""
    found: list[Chart | Html] = []
    for compared in comparison.questions("points"):
        found += [change_chart(comparison, compared).save(folder), points_change_table(comparison, compared)]
    found += priority_change_tables(comparison)
    return found or [note("Keine Frage nach Prioritäten wurde in beiden Runden vergleichbar gestellt.")]


def _title(comparison: Comparison, compared: ComparedQuestion) -> str:
    changed = [item.label for item in compared.items if verdict_of(comparison, compared, item.id) == "changed"]
    if not changed:
        return "Für keinen Bereich ist eine Veränderung belegt"
    return f"Verändert {'hat' if len(changed) == 1 else 'haben'} sich {named(changed)}"


def _tier(evidence: Evidence, question: Question, ids: tuple[str, ...]) -> str:
    tier = evidence.find(question, "tier", ids[0]) if len(ids) == 1 else None
    return plain_interval(tier) if tier else german.NONE


def rounds_overview(comparisons: list[Comparison], folder: Path) -> None:
    """Show the table, and above it a picture per points question where there are three rounds or more."""
    from IPython.display import display

    if len(comparisons) > 1:
        for question in {q.after.id: None for c in comparisons for q in c.questions("points")}:
            display(rounds_chart(comparisons, question).save(folder))
    display(rounds_table(comparisons))


def rounds_chart(comparisons: list[Comparison], question: str) -> Chart:
    """A dot with its interval per area and round; the areas in the order of the latest means."""
    asked = {q.after.id: q.after for c in comparisons for q in c.questions("points")}[question]
    prefix = f"{headed(asked.label)} "
    lines = {
        label.removeprefix(prefix): rows
        for label, rows in lines_of(comparisons, "points").items()
        if label.startswith(prefix)
    }
    lines = dict(sorted(lines.items(), key=lambda line: -(line[1][-1].value if line[1][-1] else 0)))
    rounds = compared_in(comparisons)
    dates = [german.date(round_.file.date) for round_ in rounds]
    cells: list[list[Value | None]] = [
        [value_of(row, label, date, unit=" Punkte") if row else None for row, date in zip(rows, dates, strict=True)]
        for label, rows in lines.items()
    ]
    names = ["mean_points_before", "mean_points_after"]
    tables = [c.changes[(c.changes["question"] == question) & c.changes["statistic"].isin(names)] for c in comparisons]
    told = [
        f"{label}: "
        + ", ".join(f"{date} {one.text}{german_span(one)}" for one, date in zip(row, dates, strict=True) if one)
        for label, row in zip(lines, cells, strict=True)
    ]
    return Chart(
        f"alle_runden_{question}",
        "dots",
        _latest_title(asked, list(lines), cells),
        f"Mittlere Punkte von {german.number(asked.total)} in {german.spelled(len(rounds))} Runden · "
        f"{dates[0]} bis {dates[-1]}",
        "Je dunkler, desto später die Runde. Linien: 95-%-Unsicherheitsbereiche je Runde; ob sich etwas verändert hat, "
        f"sagen sie nicht. {' '.join(dict.fromkeys(source_line(round_) for round_ in rounds))}",
        f"Punktdiagramm: {'; '.join(told)}.",
        [Line(label) for label in lines],
        [
            Dots(
                "",
                cells,
                round_end(cells),
                f"mittlere Punkte\n(von {german.number(asked.total)})",
                series=[Series(date, shade) for date, shade in zip(dates, _shades(len(dates)), strict=True)],
                prints=False,
            )
        ],
        pd.concat(tables, ignore_index=True),
    )


def _latest_title(asked: Question, labels: list[str], cells: list[list[Value | None]]) -> str:
    """Whether one area had the most points in every round that asked for it."""
    firsts = []
    for place in range(len(cells[0]) if cells else 0):
        known = {label: row[place].value or 0 for label, row in zip(labels, cells, strict=True) if row[place]}  # type: ignore[union-attr]
        firsts.append({label for label, value in known.items() if value == max(known.values())})
    common = set.intersection(*firsts) if firsts else set()
    if len(common) == 1:
        return f"In jeder Runde erhielt {named(list(common))} im Mittel die meisten Punkte"
    return f"{asked.label}: Die meisten Punkte erhielt nicht immer derselbe Bereich"


def _shades(count: int) -> list[str]:
    ends = [[int(shade[k : k + 2], 16) for k in (1, 3, 5)] for shade in (FIRST_SHADE, ACCENT)]
    mixed = [[round(a + (b - a) * k / (count - 1)) for a, b in zip(*ends, strict=True)] for k in range(count)]
    return ["#" + "".join(f"{part:02x}" for part in shade) for shade in mixed]
