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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
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
    statistics: tuple[str, ...]
    subjects: tuple[str, ...] = ()
    about: str = ""
    note: str = ""

    def takes(self, statistic: str, kind: str) -> bool:
        return kind in self.of.split() and (not self.statistics or statistic in self.statistics)


PLANS = Path(__file__).with_name("tables.txt")
CHANGES = Plan(
    "Vergleich",
    "Was sich gegenüber früheren Runden verändert hat",
    "change",
    (),
    ("Gegenstand", "zweiter Gegenstand"),
    "Spätere Runde minus frühere",
    "Verglichen sind die Anwesenden zweier Runden, nicht dieselben Personen.",
)


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
    filed: dict[str, list[Row]] = defaultdict(list)
    own: dict[str, Plan] = {}
    for values in evidence.estimates.to_dict("records"):
        row, kind = row_of(values), _kind(values["question"], values["segment"])
        plan = next((plan for plan in plans() if plan.takes(row.statistic, kind)), None) or _own(values["segment"])
        if kind == "own":
            own.setdefault(plan.name, plan)
        filed[plan.name].append(row)
    labels = Labels(evidence.round)
    found = [
        _table(plan, filed[plan.name], labels)
        for plan in {**{plan.name: plan for plan in plans()}, **own}.values()
        if filed[plan.name]
    ]
    return found + _changes([row_of(values) for values in _changed(evidence)], labels)


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
CSV_COLUMNS = (
    *("Runden", "Frage", "Gruppe", "Gegenstand", "zweiter Gegenstand", "Kennzahl", "Angabe", "Wert", "von", "bis"),
    *("Einheit", N, ORIGIN, "Anmerkung", "Stand", KEY),
)


def travelling_csv(evidence: Evidence) -> str:
    """Every published number with its German words, for spreadsheets in Germany: semicolons, decimal commas, a mark at
    the beginning that says UTF-8. `Angabe` is the number as pages print it; the last column is its key."""
    labels = Labels(evidence.round)
    text = io.StringIO()
    written = csv.writer(text, delimiter=";", lineterminator="\r\n")
    written.writerow(CSV_COLUMNS)
    state = draft_mark(evidence.round) or "freigegeben"
    for values in [*evidence.estimates.to_dict("records"), *_changed(evidence)]:
        row = row_of(values)
        of_row = row.key.rsplit("/", 1)[0]
        words = [labels.round_title(values["round"]), labels.question(values["question"])]
        words += [labels.segment(values["segment"]), *(part_of(of_row, place, labels) for place in (0, 1))]
        words += [name_of(row.statistic), plain(row) if row.is_published else german.WITHHELD]
        numbers = [_with_comma(value) for value in (row.estimate, row.low, row.high)]
        why = "" if row.is_published else _WHY[EARLIER if row.status == EARLIER else "suppressed"]
        more = [_UNITS[row.unit], _with_comma(row.n), _origin({row.statistic: row}, labels), why, state, row.key]
        written.writerow([*map(neutralise, words), *numbers, *more])
    return f"\ufeff{text.getvalue()}"


def _with_comma(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}".replace(".", ",")


def _changed(evidence: Evidence) -> list[dict]:
    path = evidence.round.table("changes")
    return read_table("changes", path).to_dict("records") if path.is_file() else []


def _kind(question: str, segment: str) -> str:
    if question == NOTES:
        return "notes"
    return "all" if segment == "all" else "own" if ":" in segment else "groups"


def _own(segment: str) -> Plan:
    """The table of a breakdown an analyst named: `name:class`."""
    name = segment.partition(":")[0]
    words = name.replace("_", " ")
    return Plan(f"Eigene {words}"[:28], f"Eigene Auswertung: {words}", "own", (), ("Gegenstand", "zweiter Gegenstand"))


def _changes(rows: list[Row], labels: Labels) -> list[PublishedTable]:
    """One table per kind of thing compared: questions as a whole, areas or answers, pairs."""
    by_parts: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_parts[len(row.item.split("|")) if row.item else 0].append(row)
    found = []
    for parts in sorted(by_parts):
        of_what = ("ganze Fragen", "Bereiche und Antworten", "Paare")[min(parts, 2)]
        plan = replace(CHANGES, name=f"Vergleich {of_what.partition(' und')[0]}", title=f"{CHANGES.title}: {of_what}")
        found.append(_table(plan, by_parts[parts], labels))
    return found


@dataclass
class Labels:
    """German words for the parts of a key."""

    round: Round
    _titles: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {code.id: code.label_de for code in self.round.codebook.codes()}

    def round_title(self, name: str) -> str:
        """The date; of both rounds for a comparison (`earlier..later`)."""
        if name not in self._titles:
            names = name.split("..")
            self._titles[name] = " → ".join(german.date(self._file(one).date) for one in names)
        return self._titles[name]

    def question(self, question: str) -> str:
        found = self.question_of(question)
        return found.label if found else "Gruppennotizen" if question == NOTES else question

    def question_of(self, question: str) -> Question | None:
        return next((one for one in self.round.file.questions if one.id == question), None)

    def segment(self, segment: str) -> str:
        return segment.partition(":")[2] if ":" in segment else segment_label(self.round, segment)

    def short(self, part: str) -> str:
        """What charts print for an area, answer, theme or value."""
        return short_label(self.round, part)

    def part(self, question: str, part: str) -> str:
        """An area or answer as it was polled, a theme, a stance, a rule, a class of values."""
        asked = self.question_of(question)
        if asked and part in asked.options.values():
            return polled_wording(asked, part)
        if part in self._codes:
            return self._codes[part]
        if part in STANCE_WORDS:
            return STANCE_WORDS[part]
        rule = "rank" if part == "mean" else f"rank_by_{part}"
        words = re.sub(r"-\n(?=[a-zä])", "", RULES.get(rule, "")).replace("\n", " ")
        return words or short_label(self.round, part)

    def _file(self, name: str) -> RoundFile:
        is_this = name == self.round.name
        return self.round.file if is_this else read_yaml(self.round.raw.parent / name / "round.yml", RoundFile)


def _table(plan: Plan, rows: list[Row], labels: Labels) -> PublishedTable:
    """One line per round, question, segment and item; the columns of a statistic stand together."""
    lines: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        lines[row.key.rsplit("/", 1)[0]][row.statistic] = row
    present = {row.statistic for row in rows}
    ordered = [name for name in plan.statistics if name in present] or list(
        dict.fromkeys(row.statistic for row in rows)
    )
    if "mean_points" in ordered and plan.of == "all":  # best first, within each question
        lines = dict(sorted(lines.items(), key=lambda line: _by_mean(*line)))
    subjects = _subjects(plan, lines, labels)
    numbers = [one for group in _same_name(ordered) for one in _columns([r for r in rows if r.statistic in group])]
    base = {key: _base(line) for key, line in lines.items()}
    numbers += _own_ns(ordered, lines, base)
    origin = [Column(ORIGIN)] if any(row.provenance != "original" for row in rows) else []
    columns = [Column(heading) for heading, _ in subjects] + [column for column, _ in numbers]
    asked = {key.split("/")[1] for key in lines}
    question = labels.question_of(min(asked)) if len(asked) == 1 else None
    wording = [f"{question.label}: „{question.full_wording}“"] if question else []
    table = PublishedTable(plan.name, plan.title, plan.about, [*wording, *_notes(plan, rows, labels)], [])
    for key, line in lines.items():
        words: list[Cell] = [say(key) for _, say in subjects]
        by_name = {name_of(statistic): row for statistic, row in line.items()}
        values = [_cell(by_name.get(name_of(column.statistic)), part) for column, part in numbers]
        more: list[Cell] = [base[key]] + [_origin(line, labels) for _ in origin]
        table.rows.append([*words, *values, *more, key.split("/", 1)[1] if ".." not in key else key])
    table.columns = [*columns, Column(N, "people"), *origin, Column(KEY)]
    return table


def _by_mean(key: str, line: dict[str, Row]) -> tuple[str, float]:
    mean = line.get("mean_points")
    return key.split("/")[1], -(mean.estimate or 0) if mean else 1


Words = Callable[[str], str]


def _subjects(plan: Plan, lines: dict[str, dict[str, Row]], labels: Labels) -> list[tuple[str, Words]]:
    """What the words at the beginning of a row say: what tells rows apart."""
    keys = [key.split("/", 3) for key in lines]
    found: list[tuple[str, Words]] = []
    if len({key[0] for key in keys}) > 1 or ".." in keys[0][0]:
        found.append(("Runden", lambda key: labels.round_title(key.split("/")[0])))
    parts = max(len(key[3].split("|")) if key[3] else 0 for key in keys)
    if not parts or len({key[1] for key in keys}) > 1:
        found.append(("Frage", lambda key: labels.question(key.split("/")[1])))
    if {key[2] for key in keys} != {"all"}:
        found.append(("Gruppe", lambda key: labels.segment(key.split("/", 3)[2])))
    for place in range(parts):
        heading = plan.subjects[place] if place < len(plan.subjects) else f"Gegenstand {place + 1}"
        found.append((heading, partial(part_of, place=place, labels=labels)))
    return found


def part_of(key: str, place: int, labels: Labels) -> str:
    """The words for a part of the item of a key (round/question/segment/item)."""
    _, question, _, item = key.split("/", 3)
    parts = item.split("|") if item else []
    return labels.part(question, parts[place]) if place < len(parts) else "insgesamt" if not place else german.NONE


def _same_name(statistics: Sequence[str]) -> list[list[str]]:
    """Statistics that have one name, since no line has two of them (shares of answers and of top boxes): one column."""
    groups: dict[str, list[str]] = defaultdict(list)
    for statistic in statistics:
        groups[name_of(statistic)].append(statistic)
    return list(groups.values())


def _columns(rows: list[Row]) -> list[tuple[Column, str]]:
    """The number, and its interval where any row has one."""
    statistic, unit = rows[0].statistic, rows[0].unit
    name = name_of(statistic)
    found = [(Column(name, unit, statistic), "estimate")]
    if statistic.startswith("room_"):
        found = []
    if any(row.low is not None for row in rows):
        is_rank = unit == "rank" and not statistic.startswith("mean_rank")
        low, high = (LEAST, MOST) if is_rank or statistic.startswith("room_") else (LOW, HIGH)
        found += [
            (Column(f"{name}: {low}", unit, statistic), "low"),
            (Column(f"{name}: {high}", unit, statistic), "high"),
        ]
    return found


def _base(line: dict[str, Row]) -> Cell:
    """The n that most statistics of a row share; withheld where all are."""
    counts = [row.n for row in line.values() if row.n is not None]
    if not counts:
        return german.WITHHELD if not any(row.is_published for row in line.values()) else None
    return max(dict.fromkeys(counts), key=counts.count)


def _own_ns(
    ordered: Sequence[str], lines: dict[str, dict[str, Row]], base: dict[str, Cell]
) -> list[tuple[Column, str]]:
    """A column for the n of each statistic that does not always rest on the n of its row."""

    def differs(name: str) -> bool:
        return any(
            name in line and line[name].n not in (None, base[key], line[name].estimate) for key, line in lines.items()
        )

    apart = dict.fromkeys(name_of(name) for name in ordered if differs(name))
    return [(Column(f"{N}: {name}", "people", next(s for s in ordered if name_of(s) == name)), "n") for name in apart]


def _cell(row: Row | None, part: str) -> Cell:
    if row is None:
        return None
    if not row.is_published:
        return german.WITHHELD
    value = getattr(row, part)
    return None if value is None else float(value)


def _origin(line: dict[str, Row], labels: Labels) -> str:
    """Whether a row's numbers are original; in a reconstructed round, which of them were published."""
    first = next(iter(line.values()))
    if first.provenance != "reconstructed":
        return "erfunden" if first.provenance == "illustrative" else "Original"
    _, question, segment, *_ = first.key.split("/")
    asked = labels.question_of(question)
    known = asked.published if asked and segment == "all" else []
    printed = [name_of(name) for name, row in line.items() if name in known or f"{name}/{row.item}" in known]
    return f"nachgebildet außer: {', '.join(printed)}" if printed else "nachgebildet"


_WHY = {
    "suppressed": "• Zurückgehalten, weil zu wenige Personen dahinterstehen oder sich andere Werte errechnen ließen.",
    EARLIER: "• Zurückgehalten auch, was ein bereits herausgegebener Stand dieses Berichts verraten würde.",
}
RECONSTRUCTED = (
    "Die Runde ist nachgebildet. Zitierbar ist nur, was die Spalte „Herkunft“ als Ausnahme nennt; "
    "Unsicherheitsbereiche sind immer nachgebildet."
)
INVENTED = "Alle Zahlen dieses Blatts sind zur Illustration erfunden und nicht zitierbar."


def _notes(plan: Plan, rows: list[Row], labels: Labels) -> list[str]:
    notes = [plan.note] if plan.note else []
    statuses = {row.status for row in rows}
    if statuses - {"published"}:
        notes.append(_WHY["suppressed"])
    if EARLIER in statuses:
        notes.append(_WHY[EARLIER])
    provenances = {row.provenance for row in rows}
    if "reconstructed" in provenances:
        notes.append(RECONSTRUCTED)
    if "illustrative" in provenances:
        notes.append(
            INVENTED if provenances == {"illustrative"} else "Ein Teil der Zahlen ist erfunden (Spalte „Herkunft“)."
        )
    return notes
