"""Compare a finished report with `estimates`: every `<data>`, every figure's CSV, every other digit."""

from __future__ import annotations

import base64
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from proofread import (
    LARGE_WORD,
    Datum,
    Numeral,
    Page,
    Passage,
    changed_since,
    could_print,
    is_print_of,
    numerals,
    read_page,
)

from ..errors import DataError
from ..handout import Labels
from ..rounds import Round, RoundFile, read_yaml
from ..tables import plain_cell, read_lines
from ..wording import german, segment_label
from .audited import AuditRows, audit_fault, read_audit
from .charts import chart_faults
from .deck import DECK, deck_faults
from .exceptions import Exceptions, without_level
from .named import ByName, Names, keyed_faults, stranger, told_faults, values_of
from .travelling import travelling_faults
from .words import copy_faults, read_verdicts, recomputed_faults, unit_fault, verdict_faults

_KEY = ["round", "question", "segment", "item", "statistic"]
_NUMBERS = ["estimate", "low", "high", "n"]
_PARTS = {
    "": ("estimate",),
    "interval": ("low", "high"),
    "low": ("low",),
    "high": ("high",),
    "n": ("n",),
    "size": ("estimate",),
}
_EMBEDDED = re.compile(r'download="([^"]+\.(?:csv|svg|png))" href="data:[^;"]*;base64,([^"]*)"')
NOTE = ".run/written.json"
"""Where the files of a report are remembered as they were written, in the folder of the tables of a round."""
MOST_SHOWN = 20


@dataclass(frozen=True)
class Fault:
    """A number of the report without, or not as in, its source."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}"


MOST_TOLD = 5
_ORPHAN = re.compile(r"(?P<token>.+) has no source in “(?P<near>.*)”", re.DOTALL)
_TO_DO = """Was zu tun ist:
- Eine Zahl im Fließtext nicht tippen, sondern einsetzen lassen: say("… {mean_points(andere)} Punkte …", on=zeilen) in
  einem Notebook oder, in Befunden, {name} mit einem Eintrag unter numbers: in findings.yml.
- Eine kleine Anzahl, die nichts misst, ausschreiben (drei Bereiche).
- Gehört die Zahl zu einem Wortlaut, ihn genau so schreiben wie in round.yml, codebook.yml oder paraphrases.csv.
- Eigene Auswertungen in ein Notebook ohne vertrauliche Tabellen stellen; sie heißen da so und werden nicht geprüft."""


def stopped_message(faults: list[Fault], draft: Path) -> str:
    """What tells an analyst, in German, why a report was stopped: page, line and sentence, what to write instead, and
    where the files stand meanwhile."""
    pages = [fault for fault in faults if fault.file != "bericht.html"] or faults  # that one repeats the others
    lines = ["Der Bericht wurde angehalten, weil Angaben auf seinen Seiten nicht zu den Schätzwerten passen:"]
    for fault in pages[:MOST_TOLD]:
        orphan = _ORPHAN.fullmatch(fault.what)
        told = f"„{orphan['token']}“ hat keine Quelle, im Satz „… {orphan['near']} …“" if orphan else fault.what
        page = Path(fault.file)
        source = f" (Notebook {page.stem})" if re.match(r"\d\d_", page.stem) else ""
        lines.append(f"- Seite {fault.file}{source}, Zeile {fault.line}: {told}")
    if len(pages) > MOST_TOLD:
        lines.append(f"- und {len(pages) - MOST_TOLD} weitere")
    return "\n".join([*lines, _TO_DO, f"Der angehaltene Entwurf liegt zum Ansehen in {draft}; nicht weitergeben."])


Numbers = dict[str, float | None]
"""The numbers of a row: estimate, low, high and n; None where the cell is empty."""


@dataclass(frozen=True)
class Sources:
    """What numbers of a report may come from: rows of estimates by key, and numbers that findings state."""

    rows: dict[str, Numbers]
    stated: frozenset[str]
    audited: AuditRows


@dataclass(frozen=True)
class Checked:
    """What was looked at and what was wrong."""

    pages: int
    numbers: int
    figures: int
    faults: list[Fault]
    own: dict[str, int] = field(default_factory=dict)
    """Pages with evaluations of an analyst's own, which are not checked: how many each has."""

    def summary(self) -> str:
        looked = f"{self.numbers} numbers on {self.pages} pages and {self.figures} figures compared with estimates"
        own = "".join(f"\n{page}: {count} own, not checked" for page, count in self.own.items())
        return f"{looked}: {f'{len(self.faults)} faults' if self.faults else 'all agree'}.{own}"


def verify_report(
    folder: Path,
    round_: Round,
    *,
    other_rounds: Path | None = None,
    pages: list[Path] | None = None,
    is_finished: bool = False,
) -> Checked:
    """Read all pages and figure CSVs below `folder` again and compare them with the estimates of `round_`.

    `other_rounds` is the folder of processed rounds, for pages that compare; `pages` those to read (default: all);
    `is_finished`: nothing may differ from what the report wrote.
    Raises: DataError where there is no page or no table of estimates.
    """
    paths = sorted(path for path in folder.rglob("*.html") if not path.name.startswith("."))
    if not paths:
        raise DataError(folder, "a report with pages (.html)", "none", at=str(folder), remedy="run fachdialog report")
    sources = _sources(folder, round_, other_rounds)
    excepted = Exceptions(round_, tuple(_quoted(round_, sources)))
    names = Names(round_)
    figures = {path.stem: path for path in sorted((folder / "figures").glob("*.csv"))}
    drawn = {name: read_rows(path) for name, path in figures.items()}
    values = {name: _values(rows) for name, rows in drawn.items()}
    by_name = {name: values_of(names, rows) for name, rows in drawn.items()}
    faults = [fault for name, rows in drawn.items() for fault in _figure_faults(f"figures/{name}.csv", rows, sources)]
    verdicts = read_verdicts(folder / "findings.csv")
    numbers = 0
    own: dict[str, int] = {}
    paths = paths if pages is None else pages
    for path in paths:
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(folder).as_posix()
        page = read_page(name, text)
        numbers += len(page.data)
        own |= {name: page.own} if page.own else {}
        known = replace(sources, stated=sources.stated | _stated_in(text))
        faults += [Fault(name, one.line, said) for one in page.data if (said := _datum_fault(one, known))]
        faults += _orphans(page, excepted, values)
        faults += _misplaced(page, excepted, names, by_name)
        faults += _embedded_faults(name, text, folder / "figures")
        faults += [Fault(name, text.count("\n", 0, at) + 1, said) for at, said in verdict_faults(text, verdicts)]
        faults += [Fault(name, line, told) for line, told in chart_faults(text, excepted, values, names, by_name)]
    mine = read_rows(round_.table("estimates")) | (
        read_rows(path) if (path := round_.table("changes")).is_file() else {}
    )
    faults += [Fault(*told) for told in travelling_faults(folder, round_, mine, excepted)]
    faults += [
        Fault(*told) for told in deck_faults(folder / DECK, Labels(round_), sources.rows, sources.stated, excepted)
    ]
    faults += [Fault(name, line, said) for name, line, said in copy_faults(folder, round_, other_rounds)]
    if is_finished:
        told = {(fault.file, fault.line) for fault in faults}
        changed = changed_since(folder, round_.processed / NOTE)
        faults += [Fault(*one) for one in (*recomputed_faults(folder, round_), *changed) if one[:2] not in told]
    return Checked(len(paths), numbers, len(figures), faults, own)


def deck_alone(path: Path, round_: Round) -> list[Fault]:
    """The faults of slides that were made apart from a report, wherever they lie."""
    sources = _sources(round_.reports, round_, round_.processed.parent)
    excepted = Exceptions(round_, tuple(_quoted(round_, sources)))
    return [Fault(*told) for told in deck_faults(path, Labels(round_), sources.rows, sources.stated, excepted)]


def _sources(folder: Path, round_: Round, other_rounds: Path | None) -> Sources:
    rows: dict[str, Numbers] = {}
    for path in sorted(other_rounds.glob("[!.]*/estimates.csv")) if other_rounds else []:
        rows |= read_rows(path)
    for path in sorted(round_.processed.glob("[!.]*.csv")):
        if set(_KEY + _NUMBERS) <= _head(path):
            rows |= read_rows(path)
    rows |= read_rows(round_.table("estimates"))
    path = folder / "findings.csv"
    cells = [line.get("stated", "") for line in read_lines(path)] if path.is_file() else []
    return Sources(
        rows,
        frozenset(value for cell in cells for value in plain_cell(cell).split()),
        read_audit(folder / "audit.csv"),
    )


def read_rows(path: Path) -> dict[str, Numbers]:
    """Key → numbers of a table of estimates; read without pandas, which is slow to load.

    Raises: DataError when the file is missing or is no such table.
    """
    try:
        lines = read_lines(path)
        return {
            "/".join(plain_cell(line[name]) for name in _KEY): {name: _number(line[name]) for name in _NUMBERS}
            for line in lines
        }
    except FileNotFoundError:
        remedy = "run fachdialog report"
        raise DataError(path, "this table to exist", "nothing", at=str(path.parent), remedy=remedy) from None
    except (KeyError, ValueError, UnicodeDecodeError):
        raise DataError(path, "a table of estimates", "something else", at=str(path)) from None


def _head(path: Path) -> set[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return set(next(csv.reader(file), []))


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _quoted(round_: Round, sources: Sources) -> Iterator[str]:
    """What public tables say in words, which a page repeats; names and dates of the rounds it is compared with."""
    for name in round_.file.compare.with_ if round_.file.compare else []:
        other = read_yaml(round_.raw.parent / name / "round.yml", RoundFile)
        yield from (name, other.title, german.date(other.date))
        yield from (question.label for question in other.questions)
    for segment in {key.split("/")[2] for key in sources.rows if key.startswith(f"{round_.name}/")}:
        if ":" in segment:  # classes of a breakdown of one's own
            yield from (segment_label(round_, segment), segment)
    for path in sorted(round_.processed.glob("[!.]*.csv")):
        if path.stem not in ("estimates", "changes"):
            for line in read_lines(path):
                yield from (text for cell in line.values() for text in _forms(plain_cell(cell or "")))


def _forms(cell: str) -> Iterator[str]:
    """The ways in which pages print a cell: as it is, as a name (`kodierung_7`: Kodierung 7), without its folder."""
    if re.search(r"\d", cell) and re.search(r"[^\W\d_]", cell):
        yield from {cell, cell.replace("_", " ").capitalize(), cell.rpartition("/")[2]}


def _datum_fault(datum: Datum, sources: Sources) -> str:
    """What is wrong with a printed number, in one line; empty where nothing is."""
    if datum.source == "audit":
        return audit_fault(datum, sources.audited)
    if datum.source:
        is_right = re.fullmatch(r"-?\d+(\.\d+)?", datum.value) and is_print_of(datum.text, float(datum.value))
        return "" if is_right else f"“{datum.text}” for the value {datum.value}"
    row = sources.rows.get(datum.key)
    if datum.part == "stated":
        is_there = datum.value in sources.stated and _is_stated(datum)
        return "" if is_there else f"“{datum.text}” is not stated in findings.csv or a condition"
    if row is None:
        return f"“{datum.text}” names a row that estimates does not have: {datum.key}"
    if datum.part not in _PARTS:
        return f"“{datum.text}” has the unknown part {datum.part}"
    wanted = [value for name in _PARTS[datum.part] if (value := row[name]) is not None]
    if len(wanted) < len(_PARTS[datum.part]):
        return f"“{datum.text}” shows a number that is withheld or not defined: {datum.key}"
    if not _same(datum.value, wanted):
        return f"“{datum.text}” has the value {datum.value}, estimates {_listed(wanted)}: {datum.key}"
    wanted = [abs(value) for value in wanted] if datum.part == "size" else wanted
    if not _prints(datum.text, wanted):
        return f"“{datum.text}” is no rounding of {_listed(wanted)}: {datum.key}"
    known = [value for value in row.values() if value is not None]
    for one in numerals(without_level(datum.about)):
        if not any(could_print(one, value) for value in known):
            return f"“{datum.text}” tells {one.text} on demand, which its row does not have: {datum.key}"
    return ""


def _listed(values: list[float]) -> str:
    return "–".join(f"{value:.6g}" for value in values)


def _same(text: str, wanted: list[float]) -> bool:
    try:
        found = [float(part) for part in text.split()]
    except ValueError:
        return False
    return len(found) == len(wanted) and all(
        abs(a - b) <= 1e-9 * max(1.0, abs(b)) for a, b in zip(found, wanted, strict=True)
    )


def _prints(text: str, wanted: list[float]) -> bool:
    if len(wanted) == 1 or wanted[0] == wanted[1]:
        found = numerals(text)
        return is_print_of(text, wanted[0]) or (len(found) == 2 and all(could_print(one, wanted[0]) for one in found))
    found = numerals(text)
    return len(found) == 2 and all(could_print(one, value) for one, value in zip(found, wanted, strict=True))


def _stated_in(text: str) -> frozenset[str]:
    """The numbers in conditions of claims that stand on a page."""
    conditions = re.findall(r'data-condition="([^"]*)"', text)
    return frozenset(f"{float(one):g}" for condition in conditions for one in re.findall(r"-?\d+(?:\.\d+)?", condition))


def _is_stated(datum: Datum) -> bool:
    """`25/34` is printed as count, base and percent; a limit as itself."""
    parts = [float(part) for part in datum.value.split("/")]
    allowed = [*parts, parts[0] / parts[-1]] if len(parts) > 1 else parts
    return all(any(could_print(one, value) for value in allowed) for one in numerals(datum.text))


def _figure_faults(name: str, rows: dict[str, Numbers], sources: Sources) -> Iterator[Fault]:
    """Rows of a figure's CSV that are not rows of estimates."""
    for line, (key, row) in enumerate(rows.items(), start=2):
        source = sources.rows.get(key)
        if source is None:
            yield Fault(name, line, f"estimates has no row {key}")
            continue
        for part in _NUMBERS:
            if row[part] != source[part]:
                yield Fault(name, line, f"{part} is {row[part]}, in estimates {source[part]}: {key}")


def _embedded_faults(name: str, text: str, figures: Path) -> Iterator[Fault]:
    """Files offered for download inside a page that are not the figure's."""
    for match in _EMBEDDED.finditer(text):
        path = figures / match[1]
        is_needed = path.is_file() or path.suffix == ".csv"
        if is_needed and (not path.is_file() or base64.b64decode(match[2]) != path.read_bytes()):
            line = text.count("\n", 0, match.start()) + 1
            yield Fault(name, line, f"the download {match[1]} is not the figure's")


def _values(rows: dict[str, Numbers]) -> list[float]:
    """All numbers a figure may print: those of its rows, and the values its items name."""
    found = {value for row in rows.values() for value in row.values() if value is not None}
    named = (re.findall(r"(?<!\d)-?\d+", key.split("/")[3]) for key in rows)
    return sorted(found | {float(part) for parts in named for part in parts})


def _orphans(page: Page, excepted: Exceptions, values: dict[str, list[float]]) -> Iterator[Fault]:
    """Digits in running text that no rule excepts and, in a figure, that none of its rows can have printed."""
    for passage in page.passages:
        for word in LARGE_WORD.finditer(passage.text):
            if not excepted.is_said(word[0]):
                yield Fault(page.name, passage.line, f"{word[0]} has no source in “{_near(passage.text, word[0])}”")
        if not any(character.isdigit() for character in passage.text):
            continue
        for one in numerals(excepted.without(passage.text)):
            if not (excepted.is_number_label(one.text) or _has_source(one, passage, values)):
                yield Fault(page.name, passage.line, f"{one.text} has no source in “{_near(passage.text, one.text)}”")


def _misplaced(page: Page, excepted: Exceptions, names: Names, by_name: dict[str, ByName]) -> Iterator[Fault]:
    """Numbers that stand beside the name of something else than their row is about."""
    for passage in page.passages:
        text = excepted.spaced(passage.text)
        places = [place for place, letter in enumerate(text) if letter == "\ufffc"]
        keyed = [
            (place, one.key, one.text)
            for place, one in zip(places, passage.data, strict=False)
            if one.key.count("/") == 4 and not one.source and one.part != "stated"
        ]
        told = numerals(excepted.without(text)) if passage.figure in by_name and re.search(r"\d", text) else []
        units = filter(None, (unit_fault(key, printed, text[place + 1 :]) for place, key, printed in keyed))
        faults = [
            *units,
            *keyed_faults(names, text, keyed),
            *told_faults(names, text, told, by_name.get(passage.figure, {})),
        ]
        yield from (Fault(page.name, passage.line, fault) for fault in faults)
    for table in page.tables:
        heads = [names.find(" ".join(cell.text.split())) for cell in table[0]] if table else []
        for row in table[1:]:
            beside = names.find(" ".join(row[0].text.split())) if row and row[0].is_header else []
            for column, cell in enumerate(row):
                above = heads[column] if len(row) == len(heads) else []
                for one in cell.data if column else []:
                    if one.key.count("/") == 4 and not one.source and one.part != "stated":
                        own = names.of_key(one.key)
                        if stranger(beside, own) or stranger(above, own):
                            said = f"“{one.text}” stands in the line or column of another name: {one.key}"
                            yield Fault(page.name, one.line, said)


def _has_source(one: Numeral, passage: Passage, values: dict[str, list[float]]) -> bool:
    return any(could_print(one, value) for value in values.get(passage.figure, []))


def _near(text: str, token: str) -> str:
    """The text around a token, on one line."""
    place = max(0, text.find(token) - 30)
    return " ".join(text[place : place + 70].replace("\ufffc", "#").split())
