"""Files with one row per person: what the readers of all tools but Mentimeter share."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .cells import Cell, column_letters, finite, number_of, shown, text_of, visible
from .containers import MAX_CELL, Sheet
from .export import Export, Plan, Use, Voters
from .faults import Action, FileError, Problem

MAX_COLUMNS = 4_000
MARKS = (";", "|", "\n", ",")
"""What may stand between several answers in one cell."""
_PERSONAL = re.compile(
    r"(ihre? |your |user |display )*((first|last|full|vor|nach|family|sur|benutzer|user|nutzer|screen)?[- ]?name"
    r"|vor-? ?(und )?(nach|zu)name|vorname,? (und )?(nach|zu)name|(nach)?name,? vorname|participant|teilnehmer(in)?"
    r"|(e?-?mail|ip)([- ]?add?ress?e?)?|ipaddr|token|zugangs(schlüssel|code)|custom report id"
    r"|tele(f|ph)on(nummer| number)?|phone( number)?|handy(nummer)?)",
    re.IGNORECASE,
)
_YES = {"x", "1", "y", "j", "ja", "yes", "true", "wahr", "ok", "✓", "✔", "☑", "☒"}
_NO = {"0", "n", "no", "nein", "false", "falsch", "n/a", "-", "–", "☐", "not selected", "nicht gewählt"}


def is_personal(heading: str) -> bool:
    """Whether a heading names nothing but a name, an address or a number of a person."""
    return bool(_PERSONAL.fullmatch(plain(heading).rstrip(" :*?")))


def plain(heading: object) -> str:
    """A heading on one line, without what cannot be seen."""
    return " ".join(visible(text_of(heading)).split())


def head(sheet: Sheet) -> list[str]:
    """The headings in the first row."""
    return [plain(cell) for cell in sheet.rows[0]] if sheet.rows else []


@dataclass(frozen=True)
class Tool:
    """A tool whose answers stand on one sheet. `signs`: by which of these headings it is recognised, empty where it is
    not; `read` is given that sheet and all of them; `beside` are names of sheets that it reads too."""

    signs: Callable[[list[str]], str]
    read: Callable[[Path, Sheet, list[Sheet], list[Problem], str], Export]
    beside: re.Pattern[str] = re.compile("(?!)")


class Rows:
    """A sheet with headings in its first row and a person in each other row, on its way to an `Export`.

    Whatever column is neither asked about nor left out is kept among `Export.left`."""

    def __init__(self, path: Path, tool: str, sheet: Sheet, problems: Iterable[Problem], signs: str = "") -> None:
        """`signs`: by what the tool was recognised; `problems`: what was odd about the file so far."""
        self.path, self.tool, self.sheet, self.signs = path, tool, sheet, signs
        numbered = zip(sheet.numbers[1:], sheet.rows[1:], strict=True)
        body = {number: row for number, row in numbered if any(cell != "" for cell in row)}
        if not body:
            raise FileError(path, "a row per person below the headings", "none", sheet.title)
        self.numbers, names, own = [*body], head(sheet), [*body.values()]
        self.columns = transposed(own, width_of(path, names, own, "the sheet"))
        for index, cells in enumerate(self.columns):
            checked(path, sheet, cells, index)
            cells[:] = [cell if not isinstance(cell, str) or cell.strip() else "" for cell in cells]
        self.headings = [*names, *[""] * (len(self.columns) - len(names))]
        self.questions: list[Plan] = []
        self.days, self.sessions = [""] * len(own), [1] * len(own)
        self.left_out: list[str] = []
        self.silent = self.lost = 0
        self.guesses: list[str] = []
        self.problems: list[Problem] = []
        if above := sheet.numbers[0] - 1:
            self.note("above_headings", f"{above} rows above the headings were not read", f"{above} rows", "set aside")
        self.problems += problems

    def note(self, rule: str, message: str, seen: str = "", action: Action = "kept", place: str = "") -> None:
        self.problems.append(Problem(rule, place or self.sheet.title, message, seen, action))

    def filled(self, column: int) -> list[Cell]:
        return [cell for cell in self.columns[column] if cell != ""]

    def leave(self, columns: Iterable[int]) -> None:
        """Leave columns out: their cells are gone for good, their headings are told."""
        for column in columns:
            self.left_out.append(self.headings[column] or column_letters(column))
            self.columns[column][:] = ""

    def words(self, column: int) -> list[str]:
        return [text_of(cell).strip().casefold() for cell in self.columns[column]]

    def silence(self, column: int, *words: str) -> None:
        """Empty the cells with a sign for no answer; they are counted."""
        found = np.isin(np.array(self.words(column), dtype=object), [*words])
        self.silent += int(found.sum())
        self.columns[column][found] = ""

    def relabel(self, column: int, labels: dict[str, str]) -> None:
        """Other words for some of the cells."""
        self.columns[column][:] = [labels.get(text_of(cell).strip(), cell) for cell in self.columns[column]]

    def ticks(self, columns: Sequence[tuple[int, str]]) -> list[Use]:
        """The columns of one question, an option each; who said of none that it was chosen is counted."""
        said = np.array([self.words(column) for column, _ in columns], dtype=object)
        nothing = int((np.isin(said, [*_NO - {"n/a"}]).any(axis=0) & np.isin(said, [*_NO, ""]).all(axis=0)).sum())
        if nothing:
            named = f"“{shown(columns[0][1], 40)}” and {len(columns) - 1} more"
            message = f"{nothing} people chose none of the options {named}; they are outside the base of this question"
            self.note("chose_nothing", message, f"{nothing} people")
        return [self.tick(column, label) for column, label in columns]

    def is_one_sum(self, columns: Sequence[int]) -> bool:
        """Whether the columns hold numbers that, for nearly everybody who gave any, add up to the same."""
        if len(columns) < 2 or not all(is_numbers(self.filled(column)) for column in columns if self.filled(column)):
            return False
        sums = np.nan_to_num([[number_of(cell) for cell in self.columns[column]] for column in columns]).sum(axis=0)
        totals, counts = np.unique(sums[sums > 0], return_counts=True)
        return counts.sum() > 1 and counts.max() > 0.8 * counts.sum() and totals[counts.argmax()] >= 3

    def ask(self, title: str, type_: str, uses: Sequence[Use], items: Sequence[str] = ()) -> None:
        self.questions.append(Plan(len(self.questions) + 1, type_, title, items=list(items), uses=list(uses)))

    def use(self, column: int) -> Use:
        """The column as it is, for a question of which the file does not tell the type."""
        return Use(column, "verbatim", mark=mark_in(self.filled(column)))

    def tick(self, column: int, label: str) -> Use:
        """A column in which people ticked one option: its label stands where they did."""
        yes = {text_of(cell).strip() for cell in self.filled(column)}
        self.silence(column, *_NO)
        self.relabel(column, {word: label for word in yes if word.casefold() in _YES})
        return Use(column, "pick", label, order=column + 1)

    def export(self, version: str = "") -> Export:
        """What was read; `version`: the form of the file."""
        taken = {use.column for plan in self.questions for use in plan.uses}
        left = [c for c in range(len(self.columns)) if c not in taken and self.filled(c)]
        odd, self.problems = self.problems, []
        known = f"read as an export of {self.tool}, recognised by {self.signs}" if self.signs else ""
        guessed = f"guessed: {', '.join(self.guesses)}" if self.guesses else ""
        if known or guessed:
            self.note("tool", "; ".join(filter(None, (known, guessed))), version)
        if self.left_out:
            named = ", ".join(shown(name, 40) for name in self.left_out)
            message = f"columns about people or about the filling in were not read: {named}"
            self.note("column_left_out", message, f"{len(self.left_out)} columns", "set aside")
        for column in left:
            message = f"no question takes the column “{shown(self.headings[column])}”; its cells were set aside"
            place = f"{self.sheet.title}, column {column_letters(column)}"
            self.note("column_unmatched", message, f"{len(self.filled(column))} cells", "set aside", place)
        numeric = {c: cells.astype(float) for c, cells in enumerate(self.columns) if {*map(type, cells)} == {float}}
        voters = Voters(
            sheet=self.sheet.title,
            first=0,
            headers=self.headings,
            columns=self.columns,
            rows=self.numbers,
            dates=self.days,
            sessions=self.sessions,
            numbers=list(range(1, len(self.numbers) + 1)),
            numeric={column: finite(numbers) for column, numbers in numeric.items()},
        )
        return Export(self.path, version, voters, self.questions, [], [*self.problems, *odd], self.lost, [], left,
                      self.tool, self.silent)  # fmt: skip


def width_of(path: Path, names: list[str], body: Sequence[Sequence[Cell]], where: str) -> int:
    """Columns up to the last one with a header or a cell."""
    named = max((i + 1 for i, name in enumerate(names) if name != ""), default=0)
    width = max({*map(len, body), named})
    while width > named and all(len(row) < width or row[width - 1] == "" for row in body):
        width -= 1
    if width > MAX_COLUMNS:
        raise FileError(path, f"at most {MAX_COLUMNS:,} columns", f"{width:,}", at=where)
    return width


def transposed(body: Sequence[Sequence[Cell]], width: int) -> list[np.ndarray]:
    """The rows as columns of objects; short rows end in empty cells."""
    if {*map(len, body)} - {width}:
        body = [padded(row, width) for row in body]
    table = np.empty((width, len(body)), dtype=object)
    if len(body):
        table.T[:] = body
    return list(table)


def padded(cells: Sequence[Cell], width: int) -> list[Cell]:
    return [*cells, *[""] * (width - len(cells))][:width]


def checked(path: Path, sheet: Sheet, cells: np.ndarray, index: int) -> set[type]:
    """Make every cell of a column text or a number, within the length spreadsheets allow. Returns the kinds it had."""
    kinds = {*map(type, cells)}
    if kinds - {str, float}:
        for at, cell in enumerate(cells):
            if not isinstance(cell, str | float):
                cells[at] = text_of(cell)
    has_text = kinds - {float} and sheet.name  # the CSV reader stops at longer cells itself
    if has_text and max((len(cell) for cell in set(cells) if isinstance(cell, str)), default=0) > MAX_CELL:
        at_column = f"{sheet.title}, column {column_letters(index)}"
        raise FileError(path, f"cells of at most {MAX_CELL:,} characters", "a longer one", at=at_column)
    return kinds


def mark_in(cells: Sequence[Cell]) -> str:
    """What seems to part several answers in one cell: a mark in at least two cells; none where nothing does."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    return next((mark for mark in MARKS if sum(mark in text.strip() for text in texts) > 1), "")


def parts_of(cell: object, mark: str, known: Iterable[str] = ()) -> list[str]:
    """The answers in one cell. Words between marks that together are a `known` answer are one."""
    words = text_of(cell).split(mark) if mark else [text_of(cell)]
    wanted, parts, at = set(known), list[str](), 0
    while at < len(words):
        ends = range(len(words), at, -1)
        end = next((end for end in ends if plain(mark.join(words[at:end])) in wanted), at + 1)
        parts.append(plain(mark.join(words[at:end])))
        at = end
    return [part for part in parts if part]


_DAY = re.compile(r"\s*(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?!\d)")


def days(cells: Iterable[object], *, month_first: bool = False) -> list[str]:
    """Only the day of each time, as 2025-11-12 where it is clear which number is the month: told by the tool, by the
    point between them, or by a number above 12 in any row; else as written."""
    texts = [cell.isoformat() if isinstance(cell, datetime.date) else text_of(cell) for cell in cells]
    found = [_DAY.match(text) for text in texts]
    slashed = [one for one in found if one and len(one[1]) < 3 and one[2] != "."]
    month_first = month_first or any(int(one[3]) > 12 for one in slashed)
    is_clear = month_first or any(int(one[1]) > 12 for one in slashed)

    def day_in(one: re.Match[str]) -> str:
        day, sign, month, year = one.groups()
        if len(day) == 4:
            day, year = year, day
        elif sign != "." and not is_clear:
            return one[0].strip()
        elif sign != "." and month_first:
            day, month = month, day
        try:
            return datetime.date(int(year) + (2000 if len(year) < 3 else 0), int(month), int(day)).isoformat()
        except ValueError:
            return ""

    return [day_in(one) if one else "" for one in found]


def statements(headings: Sequence[str]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Headings in the order of the file, neighbours that read `Title [Statement]` with one title together: title, and
    index and statement of each column. A heading that stands alone keeps what is in its brackets."""
    found: list[tuple[str, list[tuple[int, str]]]] = []
    for index, heading in enumerate(headings):
        parts = re.fullmatch(r"(.*?\S)\s*\[(.+)\]", heading)
        title, statement = (parts[1], parts[2]) if parts else (heading, "")
        if statement and found and found[-1][0] == title and found[-1][1][-1][1]:
            found[-1][1].append((index, statement))
        else:
            found.append((title, [(index, statement)]))
    return [
        (title, columns) if len(columns) > 1 else (headings[columns[0][0]], [(columns[0][0], "")])
        for title, columns in found
    ]


def is_numbers(cells: Sequence[Cell]) -> bool:
    return bool(cells) and all(number_of(cell) == number_of(cell) for cell in cells)
