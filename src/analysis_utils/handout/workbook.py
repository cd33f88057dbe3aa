"""`tabellen.xlsx`: every published number as German tables that open in a spreadsheet, one table per sheet.

Built as statistical offices build theirs: title, contents, notes, then the tables, each from A1 downwards with nothing
merged and nothing beside it. Decisions on the format are in docs/decisions.md.
"""

from __future__ import annotations

import datetime
import io
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..contracts import STATISTICS, WORDS
from ..rounds import Round
from ..tables import read_lines
from ..wording import Evidence, draft_mark, errata, german, notice
from .dictionary import dictionary_tables
from .package import repacked
from .published import KEY, MADE_UP, ORIGIN, Column, N, PublishedTable, published_tables

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

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
_EXACT = re.compile("median|iqr|(lower|upper)_quartile")
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


_TABLE = {"bottom": 1, "bottom_color": "#D5DCE2", "valign": "top", "font_size": 10}
_WORDS = {**_TABLE, "text_wrap": True, "quote_prefix": True}
_HEAD = {
    "bold": True,
    "font_size": 10,
    "text_wrap": True,
    "valign": "bottom",
    "bg_color": "#E4EEF4",
    "bottom": 2,
    "bottom_color": "#0B3C5D",
}
_TITLE = {"bold": True, "font_size": 16, "font_color": "#0B3C5D"}
_BESIDE = {"align": "left", "indent": 2}
_STYLES: dict[str, dict[str, Any]] = {
    "title": _TITLE,
    "heading": {**_TITLE, "text_wrap": True, "valign": "top"},
    "subtitle": {"font_size": 13},
    "draft": {"bold": True, "font_size": 13, "font_color": "#8A1C1C"},
    "bold": {"bold": True, "font_size": 10, "valign": "bottom"},
    "text": {"font_size": 10},
    "paragraph": {"font_size": 10, "text_wrap": True, "valign": "top"},
    "link": {"font_size": 10, "underline": 1, "font_color": "#0B5C8C"},
    "head": _HEAD,
    "head of numbers": {**_HEAD, "align": "right"},
    "head beside": {**_HEAD, **_BESIDE},
    "words": _WORDS,
    "words beside": {**_WORDS, **_BESIDE},
    "sign": {**_TABLE, "align": "right"},
}
"""How a kind of cell looks; dark text on white or on light blue."""


def write_workbook(evidence: Evidence, path: Path) -> None:
    """Write all published tables of a round. Same numbers, same bytes."""
    tables = [*published_tables(evidence), *_findings(evidence.round)]
    notes, listed = _notes(tables), [*tables, *dictionary_tables()]
    contents = PublishedTable(CONTENTS, "Inhalt", "", [], [Column("Blatt"), Column("Inhalt")])
    contents.rows += [[table.name, table.title] for table in (notes, *listed)]
    made = _Book(evidence.round)
    made.cover()
    sheet = made.sheet(contents, ["Jedes Blatt enthält eine Tabelle. Die Namen führen zu den Blättern."])
    for row, table in enumerate((notes, *listed), start=3):
        made.link(sheet, row, table.name, table.name)
    made.sheet(notes, [f"{notes.about}."])
    for table in listed:
        made.sheet(table, made.texts(table))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    made.book.close()
    part.write_bytes(repacked(made.content.getvalue()))
    part.replace(path)


class _Book:
    """The workbook while it is made. Texts are written as texts: nothing in them is ever a formula or a link."""

    def __init__(self, round_: Round) -> None:
        from xlsxwriter import Workbook

        self.round, self.mark, self.content = round_, draft_mark(round_), io.BytesIO()
        self.date = german.date(round_.file.date)
        self.names: set[str] = set()
        self.formats: dict[str, Format] = {}
        plain = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
        self.book: Workbook = Workbook(self.content, {"in_memory": True, **plain})
        day = datetime.datetime.combine(round_.file.date, datetime.time())
        title = f"{round_.file.title}: Tabellen" + (f" ({self.mark})" if self.mark else "")
        about = {"subject": "Veröffentlichte Ergebnisse", "author": "Fachdialog-Analyse", "category": "Tabellen"}
        stamp = f"Datenstand {round_.data_stamp}"
        self.book.set_properties({"title": title, **about, "comments": stamp, "created": day})

    def cover(self) -> None:
        file, words = self.round.file, notice(self.round)
        texts = [f"Datenstand {self.round.data_stamp}, derselbe wie auf den Seiten des Berichts."]
        texts += [] if words else ["Grundlage ist der Originalexport der Umfrage."]
        more = [words["published"], words["invented"]] if words else []
        more += [*errata(self.round), *([file.notes.note] if file.notes and file.notes.note else [])]
        more.append(f"Kontakt: {file.contact or 'wer diese Datei weitergegeben hat.'}")
        lines = [
            ("heading", file.title),
            ("subtitle", f"Tabellen der veröffentlichten Ergebnisse vom {self.date}"),
            *([("draft", self.mark)] if self.mark else []),
            *(("paragraph", text) for text in texts),
            *([("bold", words["heading"])] if words else []),
            *(("paragraph", text) for text in more),
        ]
        sheet = self._new("Titel")
        sheet.set_column(0, 0, _WIDE)
        for row, (style, text) in enumerate(lines):
            self._write(sheet, row, 0, text, style)
            sheet.set_row(row, _LINE[style] * len(textwrap.wrap(text, int(_WIDE * 15 / _LINE[style]))))
        self.link(sheet, len(lines), CONTENTS, "Zum Inhalt")

    def texts(self, table: PublishedTable) -> list[str]:
        """What stands above a table, in lines no wider than it."""
        lines = [f"{table.about}."] if table.about else []
        lines += [f"{self.round.file.title}, {self.date}.", *([self.mark] if self.mark else []), *table.notes]
        printed = [column for column in table.columns if column.heading != KEY]
        wide = max(60, int(sum(_widths(printed, table.rows))))
        # labels stay whole
        return [part for line in lines
                for part in textwrap.wrap(line, wide, break_long_words=False, break_on_hyphens=False)]  # fmt: skip

    def sheet(self, table: PublishedTable, texts: Sequence[str]) -> Worksheet:
        """Title, texts, and a real table with its headings; they stay in sight and are repeated on every printed
        page."""
        sheet, columns, rows = self._new(table.name), table.columns, table.rows
        for row, text in enumerate([table.title, *texts]):
            self._write(sheet, row, 0, text, "text" if row else "title")
        top = len(texts) + 1
        if table.name != CONTENTS:
            self.link(sheet, top, CONTENTS, "Zurück zum Inhalt")
            top += 1
        widths = _widths(columns, rows)
        for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(place, place, width)
            for row, cells in enumerate(rows, start=top + 1):
                self._cell(sheet, row, place, cells[place], column)
        for row, cells in enumerate(rows, start=top + 1):
            if (lines := _lines(cells, widths)) > 1:
                sheet.set_row(row, _LINE["text"] * lines)
        plain = re.sub(r"\W", "_", table.name)
        name, number = f"T_{plain}", 1
        while name.casefold() in self.names:
            number += 1
            name = f"T_{plain}_{number}"
        self.names.add(name.casefold())
        heads = ["head of numbers" if column.unit else "head beside" if place else "head"
                 for place, column in enumerate(columns)]  # fmt: skip
        options: dict[str, Any] = {
            "name": name,
            "style": None,
            "autofilter": len(rows) > 12,
            "columns": [
                {"header": column.heading, "header_format": self._format(style)}
                for column, style in zip(columns, heads, strict=True)
            ],
            "title": table.name,
            "description": f"{table.title}. {table.about}",
        }
        bottom = top + max(len(rows), 1)
        sheet.add_table(top, 0, bottom, len(columns) - 1, options)
        sheet.set_row(top, _LINE["text"] * _lines([column.heading for column in columns], widths) + 4)
        sheet.freeze_panes(top + 1, 1 if len(columns) > 4 else 0)
        sheet.repeat_rows(top)
        sheet.print_area(0, 0, bottom, len(columns) - (2 if columns[-1].heading == KEY else 1))
        return sheet

    def _new(self, name: str) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        title = textwrap.shorten(self.round.file.title, 90, placeholder=" …").replace("&", "&&")
        sheet.set_header(f"{f'&L{self.mark}' if self.mark else ''}&R&A")
        sheet.set_footer(f"&L{title}&RSeite &P von &N")
        return sheet

    def link(self, sheet: Worksheet, row: int, target: str, words: str) -> None:
        sheet.write_url(row, 0, f"internal:'{target}'!A1", self._format("link"), words)

    def _write(self, sheet: Worksheet, row: int, place: int, text: str, style: str) -> None:
        sheet.write_string(row, place, text, self._format(style))

    def _cell(self, sheet: Worksheet, row: int, place: int, cell: Any, column: Column) -> None:
        if isinstance(cell, str):
            self._write(sheet, row, place, cell, "sign" if column.unit else "words beside" if place else "words")
        elif cell is None:
            self._write(sheet, row, place, german.NONE if column.unit else "", "sign")
        else:
            sheet.write_number(row, place, cell, self._format(number_format(column)))

    def _format(self, style: str) -> Format:
        """A kind of cell, or the format code of a number."""
        if style not in self.formats:
            look = _STYLES.get(style) or {**_TABLE, "num_format": style, "align": "right"}
            self.formats[style] = self.book.add_format({**look, "font_name": "Arial"})
        return self.formats[style]


def _notes(tables: list[PublishedTable]) -> PublishedTable:
    used = {column.statistic for table in tables for column in table.columns}
    found = [*SIGNS, *((WORDS[name].name, WORDS[name].definition) for name in STATISTICS if name in used)]
    title = "Zeichen, Verfahren und Bedeutung der Kennzahlen"
    about = "Wie jede Kennzahl gerechnet wird, steht in docs/methodology.md des Projekts"
    columns = [Column("Zeichen oder Kennzahl"), Column("Bedeutung")]
    return PublishedTable(NOTES, title, about, [], columns, [[*one] for one in dict.fromkeys(found)])


def _widths(columns: list[Column], rows: list[list[Any]]) -> list[float]:
    """Of columns, in letters: numbers as narrow as the longest word of their heading, texts of few columns wide."""
    found = []
    for place, column in enumerate(columns):
        heading = column.heading
        if column.unit:
            found.append(float(max(7 if heading == N else 9, 1.5 + max(map(len, re.split(r"[\s-]", heading))))))
        else:
            longest = max([len(heading), *(len(row[place]) for row in rows if isinstance(row[place], str))])
            most = 26 if heading == ORIGIN else 75 if len(columns) < 5 else 48 if heading == KEY else 36
            found.append(float(min(longest + 4, most)))
    return found


def _lines(cells: list[Any], widths: list[float]) -> int:
    """Lines that the longest text of a row takes."""
    long = [(cell, width) for cell, width in zip(cells, widths, strict=True)
            if isinstance(cell, str) and len(cell) > width - 3]  # fmt: skip
    return max((len(textwrap.wrap(text, int(width) - 1)) for text, width in long), default=1)


def number_format(column: Column) -> str:
    """The format code of a column's numbers; p-values and yes-or-no columns need their own."""
    name = column.statistic
    if column.unit == "index" and re.search(r"_p(_|$)", name):
        return '[<0.001]"<\u00a00,001";0.000'
    if name in _ONE_OR_NONE:
        return "0"
    return "General" if _EXACT.match(name) else _FORMATS.get(column.unit, "#,##0")


def _findings(round_: Round) -> list[PublishedTable]:
    """The findings with their verdicts, as the round's report states them."""
    path = round_.reports / "findings.csv"
    if not path.is_file():
        return []
    columns = [Column("Urteil"), Column("Aussage"), Column("Urteil zuletzt"), Column("beruht auf")]
    notes = ["belegt, vereinbar, offen, widersprochen: Was die Urteile bedeuten, steht auf der Seite der Befunde."]
    table = PublishedTable("Befunde", "Befunde mit ihren Urteilen", "Aussagen über die Ergebnisse", notes, columns)
    for line in read_lines(path):
        made_up = MADE_UP if line["illustrative"] == "yes" else ""
        keys = sorted({key.split("/", 1)[1] for key in line["keys"].split()})
        cells = [line["verdict"], line["sentence"] + made_up, line["earlier"], " · ".join(keys)]
        table.rows.append([cell.removeprefix("'") for cell in cells])
    return [table] if table.rows else []
