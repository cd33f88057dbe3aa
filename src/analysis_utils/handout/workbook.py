"""`tabellen.xlsx`: every published number as German tables that open in a spreadsheet, one table per sheet.

Built as statistical offices build theirs: title, contents, notes, then the tables, each from A1 downwards with nothing
merged and nothing beside it. Decisions on the format are in docs/decisions.md.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..contracts import STATISTICS, WORDS
from ..rounds import Round
from ..wording import Evidence, draft_mark, errata, german, notice
from .dictionary import dictionary_tables
from .package import repacked
from .published import KEY, MADE_UP, ORIGIN, Column, N, PublishedTable, published_tables

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NAME = "tabellen.xlsx"
CONTENTS, NOTES = "Inhalt", "Hinweise"
_FORMATS = {
    "people": "#,##0",
    "rank": "0",
    "points": "0.0;\u22120.0",
    "scale": "0.0;\u22120.0",
    "index": "0.00;\u22120.00",
    "share": "0\u00a0%;\u22120\u00a0%",
}
"""Spreadsheets show the decimal sign of their own language for `.`; minus and percent sign are German in all."""
_EXACT = ("median", "median_points", "iqr", "lower_quartile", "upper_quartile", "lower_quartile_points",
          "upper_quartile_points")  # fmt: skip
_ONE_OR_NONE = ("could_be_top3", "pair_separated", "condorcet_winner", "tier", "copeland")
_WIDE = 100
_LINE = {"heading": 22.0, "subtitle": 18.0, "draft": 18.0, "bold": 24.0, "text": 15.0, "paragraph": 15.0}
"""Height of a line of each kind of text, in points."""
SIGNS = (
    ("•", "zurückgehalten: Die Zahl würde etwas über einzelne Personen verraten oder ließe solche Zahlen errechnen."),
    ("–", "Hier gibt es keine Zahl: nicht gefragt, nicht berechenbar oder ohne Sinn."),
    ("95 % von, bis", "Unsicherheitsbereich: Werte, die mit den Antworten vereinbar sind, für einen gedachten größeren "
     "Kreis ähnlicher Teilnehmender. Wer teilnahm, war eingeladen und nicht zufällig ausgewählt."),
    ("möglich von, bis", "Grenzen, zwischen denen die Zahl sicher oder nach den Daten liegt, etwa mögliche Ränge."),
    ("n", "Zahl der Personen (bei Gruppennotizen: Aussagen oder Gruppen), auf denen die Zahlen der Zeile beruhen."),
    ("Herkunft", "Ob die Zahlen einer Zeile aus den Originaldaten stammen, nachgebildet oder erfunden sind."),
    (KEY, "Frage, Gruppe und Gegenstand mit ihren Kennungen in estimates.csv; so ist jede Zahl dort zu finden."),
    ("Rundung", "Die Zellen enthalten die ungerundeten Zahlen aus estimates.csv; gezeigt sind gerundete."),
)  # fmt: skip


def write_workbook(evidence: Evidence, path: Path) -> None:
    """Write all published tables of a round. Same numbers, same bytes."""
    tables = [*published_tables(evidence), *_findings(evidence.round)]
    made = _Book(evidence.round)
    made.cover()
    made.contents(tables)
    made.notes(tables)
    for table in [*tables, *dictionary_tables()]:
        made.sheet(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(made.closed())
    part.replace(path)


@dataclass
class _Book:
    """The workbook while it is made. Texts are written as texts: nothing in them is ever a formula or a link."""

    round: Round
    content: io.BytesIO = field(default_factory=io.BytesIO)
    names: set[str] = field(default_factory=set)
    _formats: dict[str, Format] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from xlsxwriter import Workbook

        plain = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
        self.book: Workbook = Workbook(self.content, {"in_memory": True, **plain})
        day = datetime.datetime.combine(self.round.file.date, datetime.time())
        title = f"{self.round.file.title}: Tabellen" + (f" ({self.mark})" if self.mark else "")
        about = {"subject": "Veröffentlichte Ergebnisse", "author": "Fachdialog-Analyse", "category": "Tabellen"}
        self.book.set_properties(
            {"title": title, **about, "comments": f"Datenstand {self.round.data_stamp}", "created": day}
        )

    @property
    def mark(self) -> str:
        return draft_mark(self.round)

    def closed(self) -> bytes:
        self.book.close()
        return repacked(self.content.getvalue())

    def cover(self) -> None:
        file = self.round.file
        sheet = self._new("Titel", width=_WIDE)
        lines = [
            ("heading", file.title),
            ("subtitle", f"Tabellen der veröffentlichten Ergebnisse vom {german.date(file.date)}"),
        ]
        if self.mark:
            lines.append(("draft", self.mark))
        lines.append(("paragraph", f"Datenstand {self.round.data_stamp}, derselbe wie auf den Seiten des Berichts."))
        if words := notice(self.round):
            lines += [("bold", words["heading"]), ("paragraph", words["published"]), ("paragraph", words["invented"])]
        else:
            lines.append(("paragraph", "Grundlage ist der Originalexport der Umfrage."))
        lines += [("paragraph", sentence) for sentence in errata(self.round)]
        if file.notes and file.notes.note:
            lines.append(("paragraph", file.notes.note))
        lines.append(
            ("paragraph", f"Kontakt: {file.contact}" if file.contact else "Kontakt: wer diese Datei weitergegeben hat.")
        )
        for row, (style, text) in enumerate(lines):
            sheet.write_string(row, 0, text, self._format(style))
            sheet.set_row(row, _LINE[style] * len(textwrap.wrap(text, int(_WIDE * 15 / _LINE[style]))))
        sheet.write_url(len(lines), 0, f"internal:'{CONTENTS}'!A1", self._format("link"), "Zum Inhalt")

    def contents(self, tables: list[PublishedTable]) -> None:
        listed = [*tables, *dictionary_tables()]
        sheet = self._new(CONTENTS, width=34)
        sheet.write_string(0, 0, "Inhalt", self._format("title"))
        sheet.write_string(
            1, 0, "Jedes Blatt enthält eine Tabelle. Die Namen führen zu den Blättern.", self._format("text")
        )
        rows: list[list[Any]] = [[NOTES, "Zeichen, Verfahren und Bedeutung der Kennzahlen"]]
        rows += [[table.name, table.title] for table in listed]
        self._table(sheet, 2, [Column("Blatt"), Column("Inhalt")], rows, CONTENTS)
        for row, (name, *_) in enumerate(rows, start=3):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self._format("link"), name)

    def notes(self, tables: list[PublishedTable]) -> None:
        used = {column.statistic for table in tables for column in table.columns if column.statistic}
        words = WORDS
        rows = [[sign, meaning] for sign, meaning in SIGNS]
        rows += [[words[name].name, words[name].definition] for name in STATISTICS if name in used]
        rows = [list(row) for row in dict.fromkeys(map(tuple, rows))]
        sheet = self._new(NOTES, width=40)
        sheet.write_string(0, 0, "Zeichen, Verfahren und Bedeutung der Kennzahlen", self._format("title"))
        about = "Wie jede Kennzahl gerechnet wird, steht in docs/methodology.md des Projekts."
        sheet.write_string(1, 0, about, self._format("text"))
        self._link_back(sheet, 2)
        self._table(sheet, 3, [Column("Zeichen oder Kennzahl"), Column("Bedeutung")], rows, NOTES)

    def sheet(self, table: PublishedTable) -> None:
        sheet = self._new(table.name)
        sheet.write_string(0, 0, table.title, self._format("title"))
        lines = [
            f"{table.about}." if table.about else "",
            f"{self.round.file.title}, {german.date(self.round.file.date)}.",
        ]
        lines += [self.mark] * bool(self.mark) + table.notes
        printed = [column for column in table.columns if column.heading != KEY]
        wide = max(60, int(sum(_widths(printed, table.rows))))
        wrapper = textwrap.TextWrapper(wide, break_long_words=False, break_on_hyphens=False)  # labels stay whole
        texts = [part for line in lines if line for part in wrapper.wrap(line)]
        for row, text in enumerate(texts, start=1):
            sheet.write_string(row, 0, text, self._format("text"))
        self._link_back(sheet, len(texts) + 1)
        self._table(sheet, len(texts) + 2, table.columns, table.rows, table.name, about=f"{table.title}. {table.about}")

    def _new(self, name: str, width: int = 0) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        title = re.sub("&", "&&", textwrap.shorten(self.round.file.title, 90, placeholder=" …"))
        mark = f"&L{self.mark}" if self.mark else ""
        sheet.set_header(f"{mark}&R&A")
        sheet.set_footer(f"&L{title}&RSeite &P von &N")
        if width:
            sheet.set_column(0, 0, width)
        return sheet

    def _link_back(self, sheet: Worksheet, row: int) -> None:
        sheet.write_url(row, 0, f"internal:'{CONTENTS}'!A1", self._format("link"), "Zurück zum Inhalt")

    def _table(
        self, sheet: Worksheet, top: int, columns: list[Column], rows: list[list[Any]], name: str, about: str = ""
    ) -> None:
        """A real table with its headings in row `top`; they stay in sight and are repeated on every printed page."""
        headings = [column.heading for column in columns]
        widths = _widths(columns, rows)
        for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(place, place, width)
            for row, cells in enumerate(rows, start=top + 1):
                self._cell(sheet, row, place, cells[place], column)
        for row, cells in enumerate(rows, start=top + 1):
            if (lines := _lines(cells, widths)) > 1:
                sheet.set_row(row, _LINE["text"] * lines)
        options: dict[str, Any] = {
            "name": self._table_name(name),
            "style": None,
            "autofilter": len(rows) > 12,
            "columns": [
                {"header": column.heading, "header_format": self._format(_head(column, place))}
                for place, column in enumerate(columns)
            ],
            "title": name,
            "description": about or name,
        }
        bottom = top + max(len(rows), 1)
        sheet.add_table(top, 0, bottom, len(columns) - 1, options)
        sheet.set_row(top, _LINE["text"] * _lines(headings, widths) + 4)
        sheet.freeze_panes(top + 1, 1 if len(columns) > 4 else 0)
        sheet.repeat_rows(top)
        sheet.print_area(0, 0, bottom, len(columns) - (2 if headings[-1] == KEY else 1))

    def _table_name(self, name: str) -> str:
        plain = re.sub(r"\W", "_", name)
        found, number = f"T_{plain}", 1
        while found.casefold() in self.names:
            number += 1
            found = f"T_{plain}_{number}"
        self.names.add(found.casefold())
        return found

    def _cell(self, sheet: Worksheet, row: int, place: int, cell: Any, column: Column) -> None:
        if isinstance(cell, str):
            style = "sign" if column.unit else "words" if not place else "words beside"
            sheet.write_string(row, place, cell, self._format(style))
        elif cell is None:
            sheet.write_string(row, place, german.NONE if column.unit else "", self._format("sign"))
        else:
            sheet.write_number(row, place, cell, self._format(f"number {number_format(column)}"))

    def _format(self, style: str) -> Format:
        if style not in self._formats:
            self._formats[style] = self.book.add_format({**_style(style), "font_name": "Arial"})
        return self._formats[style]


def _widths(columns: list[Column], rows: list[list[Any]]) -> list[float]:
    """Of columns, in letters: numbers as narrow as the longest word of their heading, texts of few columns wide."""
    found = []
    for place, column in enumerate(columns):
        longest = max((len(row[place]) for row in rows if isinstance(row[place], str)), default=0)
        if column.unit:
            found.append(
                float(max(7 if column.heading == N else 9, 1.5 + max(map(len, re.split(r"[\s-]", column.heading)))))
            )
        else:
            most = 26 if column.heading == ORIGIN else 75 if len(columns) < 5 else 48 if column.heading == KEY else 36
            found.append(float(min(max(longest, len(column.heading)) + 4, most)))
    return found


def _lines(cells: list[Any], widths: list[float]) -> int:
    """Lines that the longest text of a row takes."""
    texts = [
        (cell, width)
        for cell, width in zip(cells, widths, strict=True)
        if isinstance(cell, str) and len(cell) > width - 3
    ]
    return max((len(textwrap.wrap(text, int(width) - 1)) for text, width in texts), default=1)


def number_format(column: Column) -> str:
    """The format code of a column's numbers; p-values and yes-or-no columns need their own."""
    name = column.statistic
    if column.unit == "index" and re.search(r"_p(_|$)", name):
        return '[<0.001]"<\u00a00,001";0.000'
    if name in _ONE_OR_NONE:
        return "0"
    return "General" if name in _EXACT else _FORMATS.get(column.unit, "#,##0")


def _head(column: Column, place: int) -> str:
    return "head of numbers" if column.unit else "head beside" if place else "head"


_HEAD = {
    "bold": True,
    "font_size": 10,
    "text_wrap": True,
    "valign": "bottom",
    "bg_color": "#E4EEF4",
    "bottom": 2,
    "bottom_color": "#0B3C5D",
}


def _style(style: str) -> dict[str, Any]:
    """How a kind of cell looks; dark text on white or on light blue."""
    line = {"bottom": 1, "bottom_color": "#D5DCE2", "valign": "top", "font_size": 10}
    if style.startswith("number "):
        return {**line, "num_format": style.removeprefix("number "), "align": "right"}
    styles: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 16, "font_color": "#0B3C5D"},
        "heading": {"bold": True, "font_size": 16, "font_color": "#0B3C5D", "text_wrap": True, "valign": "top"},
        "subtitle": {"font_size": 13},
        "draft": {"bold": True, "font_size": 13, "font_color": "#8A1C1C"},
        "bold": {"bold": True, "font_size": 10, "valign": "bottom"},
        "text": {"font_size": 10},
        "paragraph": {"font_size": 10, "text_wrap": True, "valign": "top"},
        "link": {"font_size": 10, "underline": 1, "font_color": "#0B5C8C"},
        "head": _HEAD,
        "head of numbers": {**_HEAD, "align": "right"},
        "head beside": {**_HEAD, "align": "left", "indent": 2},
        "words": {**line, "text_wrap": True, "quote_prefix": True},
        "words beside": {**line, "text_wrap": True, "quote_prefix": True, "align": "left", "indent": 2},
        "sign": {**line, "align": "right"},
    }
    return styles[style]


def _findings(round_: Round) -> list[PublishedTable]:
    """The findings with their verdicts, as the round's report states them."""
    path = round_.reports / "findings.csv"
    if not path.is_file():
        return []
    columns = [Column("Urteil"), Column("Aussage"), Column("Urteil zuletzt"), Column("beruht auf")]
    notes = ["belegt, vereinbar, offen, widersprochen: Was die Urteile bedeuten, steht auf der Seite der Befunde."]
    table = PublishedTable("Befunde", "Befunde mit ihren Urteilen", "Aussagen über die Ergebnisse", notes, columns)
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            made_up = MADE_UP if line["illustrative"] == "yes" else ""
            keys = sorted({key.split("/", 1)[1] for key in line["keys"].split()})
            cells = [line["verdict"], line["sentence"] + made_up, line["earlier"], " · ".join(keys)]
            table.rows.append([cell.removeprefix("'") for cell in cells])
    return [table] if table.rows else []
