"""Every published number in tables people read. `tables.txt` says which statistics stand in which table.

A `PublishedTable` says what is in a table, not how it looks; the workbook and whatever else shows it draw from it. Each
row of `estimates` and `changes` is in exactly one of them. Its key can be told from what is printed: the last column
has question, segment and item, the heading of a number the name of its statistic.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ..charts import RULES
from ..rounds import NOTES, Question, Round, RoundFile, read_yaml
from ..tables import neutralise, read_table
from ..wording import (
    EARLIER,
    STANCE_WORDS,
    Evidence,
    Row,
    draft_mark,
    german,
    name_of,
    plain,
    polled_wording,
    row_of,
    segment_label,
    short_label,
)

KEY = "Kennung"
N = "n"
LOW, HIGH = "95 % von", "95 % bis"
LEAST, MOST = "möglich von", "möglich bis"
ORIGIN = "Herkunft"
MADE_UP = " (beruht auf erfundenen Daten)"
Cell = str | float | None


@dataclass(frozen=True)
class Column:
    """A heading; `unit` is that of its numbers, empty for words; `statistic` whose number it is."""

    heading: str
    unit: str = ""
    statistic: str = ""


@dataclass
class PublishedTable:
    """`name` is short enough for the tab of a sheet; `about` says what is measured, `notes` what to mind. A cell is a
    word, a number, or None where there is nothing to say; a withheld number is the word `•`."""

    name: str
    title: str
    about: str
    notes: list[str]
    columns: list[Column]
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """A table to be: the statistics it takes, of everybody or of groups; `subjects` are the headings of the parts of an
    item. Without statistics it takes what no other did."""

    name: str
    title: str
    of: str
    statistics: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ("Gegenstand", "zweiter Gegenstand")
    about: str = ""
    note: str = ""


PLANS = Path(__file__).with_name("tables.txt")
CHANGES = [
    Plan(
        f"Vergleich {of_what.partition(' und')[0]}",
        f"Was sich gegenüber früheren Runden verändert hat: {of_what}",
        "change",
        about="Spätere Runde minus frühere",
        note="Verglichen sind die Anwesenden zweier Runden, nicht dieselben Personen.",
    )
    for of_what in ("ganze Fragen", "Bereiche und Antworten", "Paare")
]


@cache
def plans() -> tuple[Plan, ...]:
    """The tables of a round in their order."""
    lines = [line for line in PLANS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    notes = dict(line.split(" = ", 1) for line in lines if " = " in line)
    found = []
    for line in lines:
        if " = " not in line:
            name, title, of, statistics, subjects, about, note = (part.strip() for part in line.split("|"))
            words = " ".join(notes.get(part, part) for part in note.split())
            heads = tuple(part.strip() for part in subjects.split(",") if part.strip())
            found.append(Plan(name, title, of, tuple(statistics.split()), heads, about, words))
    return tuple(found)


def published_tables(evidence: Evidence) -> list[PublishedTable]:
    """All tables of a round that have a row: of its poll, its groups, an analyst's own breakdowns, its comparisons."""
    filed: dict[Plan, list[Row]] = {plan: [] for plan in plans()}
    for values in evidence.estimates.to_dict("records"):
        segment, statistic = values["segment"], values["statistic"]
        kind = "own" if ":" in segment else "all" if segment == "all" else "groups"
        kind = "notes" if values["question"] == NOTES else kind
        asked = (plan for plan in plans() if kind in plan.of.split() and statistic in (plan.statistics or (statistic,)))
        words = segment.partition(":")[0].replace("_", " ")
        own = Plan(f"Eigene {words}"[:28], f"Eigene Auswertung: {words}", "own")
        filed.setdefault(next(asked, own), []).append(row_of(values))
    changes: dict[Plan, list[Row]] = {plan: [] for plan in CHANGES}  # one table per kind of thing compared
    for values in _changed(evidence):
        parts = len(values["item"].split("|")) if values["item"] else 0
        changes[CHANGES[min(parts, 2)]].append(row_of(values))
    labels = Labels(evidence.round)
    return [_table(plan, rows, labels) for plan, rows in {**filed, **changes}.items() if rows]


def _changed(evidence: Evidence) -> list[dict]:
    path = evidence.round.table("changes")
    return read_table("changes", path).to_dict("records") if path.is_file() else []


CSV_COLUMNS = (
    *("Runden", "Frage", "Gruppe", "Gegenstand", "zweiter Gegenstand", "Kennzahl", "Angabe", "Wert", "von", "bis"),
    *("Einheit", N, ORIGIN, "Anmerkung", "Stand", KEY),
)
_UNITS = {
    "people": "Personen",
    "share": "Anteil (0–1)",
    "points": "Punkte",
    "scale": "Skalenwert",
    "rank": "Rang",
    "index": "Index",
    "statements": "Aussagen",
    "groups": "Gruppen",
    "dots": "Klebepunkte",
}
_SUPPRESSED = "• Zurückgehalten, weil zu wenige Personen dahinterstehen oder sich andere Werte errechnen ließen."
_EARLIER = "• Zurückgehalten auch, was ein bereits herausgegebener Stand dieses Berichts verraten würde."


def travelling_csv(evidence: Evidence) -> str:
    """Every published number with its German words, for spreadsheets in Germany: semicolons, decimal commas, a mark at
    the beginning that says UTF-8. `Angabe` is the number as pages print it; the last column is its key."""
    labels, text = Labels(evidence.round), io.StringIO()
    written = csv.writer(text, delimiter=";", lineterminator="\r\n")
    written.writerow(CSV_COLUMNS)
    state = draft_mark(evidence.round) or "freigegeben"
    for values in [*evidence.estimates.to_dict("records"), *_changed(evidence)]:
        row, question = row_of(values), values["question"]
        subjects = [part_of(row.key.rpartition("/")[0], place, labels) for place in (0, 1)]
        words = [labels.round_title(values["round"]), labels.question(question), labels.segment(values["segment"])]
        words += [*subjects, name_of(row.statistic), plain(row) if row.is_published else german.WITHHELD]
        *numbers, n = (
            "" if one is None else f"{one:.12g}".replace(".", ",") for one in (row.estimate, row.low, row.high, row.n)
        )
        why = "" if row.is_published else _EARLIER if row.status == EARLIER else _SUPPRESSED
        more = [_UNITS[row.unit], n, _origin([row], labels), why, state, row.key]
        written.writerow([*map(neutralise, words), *numbers, *more])
    return f"\ufeff{text.getvalue()}"


@dataclass
class Labels:
    """German words for the parts of a key."""

    round: Round
    _titles: dict[str, str] = field(default_factory=dict)
    _codes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._codes = {code.id: code.label_de for code in self.round.codebook.codes()}

    def round_title(self, name: str) -> str:
        """The date; of both rounds for a comparison (`earlier..later`)."""
        if name not in self._titles:
            paths = {one: self.round.raw.parent / one / "round.yml" for one in name.split("..")}
            files = [self.round.file if one == self.round.name else read_yaml(path, RoundFile)
                     for one, path in paths.items()]  # fmt: skip
            self._titles[name] = " → ".join(german.date(file.date) for file in files)
        return self._titles[name]

    def question(self, question: str) -> str:
        found = self.question_of(question)
        return found.label if found else "Gruppennotizen" if question == NOTES else question

    def question_of(self, question: str) -> Question | None:
        return next((one for one in self.round.file.questions if one.id == question), None)

    def segment(self, segment: str) -> str:
        return segment.partition(":")[2] or segment_label(self.round, segment)

    def short(self, part: str) -> str:
        """What charts print for an area, answer, theme or value."""
        return short_label(self.round, part)

    def part(self, question: str, part: str) -> str:
        """An area or answer as it was polled, a theme, a stance, a rule, a class of values."""
        asked = self.question_of(question)
        if asked and part in asked.options.values():
            return polled_wording(asked, part)
        if words := self._codes.get(part) or STANCE_WORDS.get(part):
            return words
        rule = RULES.get("rank" if part == "mean" else f"rank_by_{part}", "")
        return re.sub(r"-\n(?=[a-zä])", "", rule).replace("\n", " ") or self.short(part)


def part_of(key: str, place: int, labels: Labels) -> str:
    """The words for a part of the item of a key (round/question/segment/item)."""
    _, question, _, item = key.split("/", 3)
    parts = item.split("|") if item else []
    return labels.part(question, parts[place]) if place < len(parts) else german.NONE if place else "insgesamt"


def _table(plan: Plan, rows: Sequence[Row], labels: Labels) -> PublishedTable:
    """One line per round, question, segment and item; the columns of a statistic stand together."""
    lines: dict[str, dict[str, Row]] = defaultdict(dict)
    named: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        lines[row.key.rpartition("/")[0]][row.statistic] = row
        named[name_of(row.statistic)].append(row)
    if "mean_points" in plan.statistics and plan.of == "all":  # best first, within each question
        means = {key: line.get("mean_points") for key, line in lines.items()}
        order = {key: (key.split("/")[1], -(mean.estimate or 0) if mean else 1) for key, mean in means.items()}
        lines = dict(sorted(lines.items(), key=lambda line: order[line[0]]))
    names = {name: None for name in map(name_of, plan.statistics or [row.statistic for row in rows]) if name in named}
    base = {key: _base(list(line.values())) for key, line in lines.items()}
    numbers = [one for name in names for one in _numbers(name, named[name])]
    for name in names:  # the n of a statistic that does not always rest on the n of its row
        apart = ((row, base[row.key.rpartition("/")[0]]) for row in named[name])
        if any(row.n not in (None, n, row.estimate) for row, n in apart):
            numbers.append((Column(f"{N}: {name}", "people", named[name][0].statistic), "n"))
    subjects = _subjects(plan, lines, labels)
    questions = {key.split("/")[1] for key in lines}
    question = labels.question_of(min(questions)) if len(questions) == 1 else None
    wording = [f"{question.label}: „{question.full_wording}“"] if question else []
    origin = [Column(ORIGIN)] if any(row.provenance != "original" for row in rows) else []
    columns = [*(Column(heading) for heading in subjects), *(column for column, _ in numbers), Column(N, "people")]
    table = PublishedTable(plan.name, plan.title, plan.about, [*wording, *_notes(plan, rows)], columns)
    table.columns += [*origin, Column(KEY)]
    for at, (key, line) in enumerate(lines.items()):
        by_name = {name_of(statistic): row for statistic, row in line.items()}
        values = [_cell(by_name.get(name_of(column.statistic)), part) for column, part in numbers]
        more: list[Cell] = [base[key], *(_origin(list(line.values()), labels) for _ in origin)]
        name = key if ".." in key else key.split("/", 1)[1]
        table.rows.append([*(words[at] for words in subjects.values()), *values, *more, name])
    return table


def _subjects(plan: Plan, lines: dict[str, dict[str, Row]], labels: Labels) -> dict[str, list[str]]:
    """The words at the beginning of the rows by their heading: what tells rows apart."""
    rounds, questions, segments, items = zip(*(key.split("/", 3) for key in lines), strict=True)
    parts = max(len(item.split("|")) if item else 0 for item in items)
    found = {}
    if len(set(rounds)) > 1 or ".." in rounds[0]:
        found["Runden"] = [labels.round_title(one) for one in rounds]
    if not parts or len(set(questions)) > 1:
        found["Frage"] = [labels.question(one) for one in questions]
    if set(segments) != {"all"}:
        found["Gruppe"] = [labels.segment(one) for one in segments]
    heads = [*plan.subjects, *(f"Gegenstand {place + 1}" for place in range(len(plan.subjects), parts))]
    return found | {heads[place]: [part_of(key, place, labels) for key in lines] for place in range(parts)}


def _numbers(name: str, rows: list[Row]) -> list[tuple[Column, str]]:
    """The number, and its interval where any row has one; statistics that share a name share the columns, since no line
    has two of them (shares of answers and of top boxes)."""
    first = rows[0]
    is_room = first.statistic.startswith("room_")
    low, high = (LEAST, MOST) if is_room or first.is_rank else (LOW, HIGH)
    heads = {} if is_room else {name: "estimate"}
    if any(row.low is not None for row in rows):
        heads |= {f"{name}: {low}": "low", f"{name}: {high}": "high"}
    return [(Column(head, first.unit, first.statistic), part) for head, part in heads.items()]


def _base(rows: list[Row]) -> Cell:
    """The n that most statistics of a row share; withheld where all are."""
    counts = [row.n for row in rows if row.n is not None]
    if counts or any(row.is_published for row in rows):
        return max(dict.fromkeys(counts), key=counts.count, default=None)
    return german.WITHHELD


def _cell(row: Row | None, part: str) -> Cell:
    if row is None:
        return None
    if not row.is_published:
        return german.WITHHELD
    value = getattr(row, part)
    return None if value is None else float(value)


def _origin(line: list[Row], labels: Labels) -> str:
    """Whether a row's numbers are original; in a reconstructed round, which of them were published."""
    if line[0].provenance != "reconstructed":
        return "erfunden" if line[0].provenance == "illustrative" else "Original"
    _, question, segment, *_ = line[0].key.split("/")
    asked = labels.question_of(question)
    known = asked.published if asked and segment == "all" else []
    names = [name_of(row.statistic) for row in line if {row.statistic, f"{row.statistic}/{row.item}"} & {*known}]
    return f"nachgebildet außer: {', '.join(names)}" if names else "nachgebildet"


RECONSTRUCTED = (
    "Die Runde ist nachgebildet. Zitierbar ist nur, was die Spalte „Herkunft“ als Ausnahme nennt; "
    "Unsicherheitsbereiche sind immer nachgebildet."
)
INVENTED = "Alle Zahlen dieses Blatts sind zur Illustration erfunden und nicht zitierbar."
PARTLY = "Ein Teil der Zahlen ist erfunden (Spalte „Herkunft“)."


def _notes(plan: Plan, rows: Sequence[Row]) -> list[str]:
    statuses, provenances = {row.status for row in rows}, {row.provenance for row in rows}
    notes = {
        plan.note: True,
        _SUPPRESSED: statuses != {"published"},
        _EARLIER: EARLIER in statuses,
        RECONSTRUCTED: "reconstructed" in provenances,
        INVENTED: provenances == {"illustrative"},
        PARTLY: "illustrative" in provenances and len(provenances) > 1,
    }
    return [words for words, is_said in notes.items() if words and is_said]
