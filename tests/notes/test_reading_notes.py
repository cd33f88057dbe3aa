"""Files of notes → statements with group, section and place."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
import xlsxwriter
from docx.oxml import parse_xml

from analysis_utils.errors import DataError
from analysis_utils.notes.group_notes import GroupNotes, ingest_group_notes
from analysis_utils.notes.reading import read_notes

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(build: Any) -> bytes:
    document = docx.Document()
    build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def read(round_: Any) -> list[tuple[str, str, str, str]]:
    return [(one.group, one.section, one.text, one.place) for one in read_notes(round_)[0]]


def rules(notes: GroupNotes) -> list[str]:
    return list(notes.problems["rule"])


def test_markdown_headings_lists_paragraphs_tables(make_round):
    text = "\n".join(
        [
            "---",
            "gruppe: nord",
            "---",
            "# Flächen",
            "",
            "Ein Absatz über",
            "zwei Zeilen.",
            "",
            "- Punkt eins",
            "  - Unterpunkt",
            "• Punkt mit anderem Zeichen",
            "",
            "## Wasser",
            "| Was | Wie viel |",
            "|---|---|",
            "| Abwasser | *zu wenig* |",
        ]
    )
    assert read(make_round({"notes/a.md": text})) == [
        ("nord", "Flächen", "Ein Absatz über zwei Zeilen.", "line 6"),
        ("nord", "Flächen", "Punkt eins", "line 9"),
        ("nord", "Flächen", "Unterpunkt", "line 10"),
        ("nord", "Flächen", "Punkt mit anderem Zeichen", "line 11"),
        ("nord", "Flächen › Wasser › Was | Wie viel", "Abwasser | zu wenig", "line 16"),
    ]


def test_markdown_list_that_starts_at_two_keeps_the_number(make_round):
    found = read(make_round({"notes/nord.md": "2. Fachdialog vorbereiten\n"}))
    assert [text for _, _, text, _ in found] == ["2. Fachdialog vorbereiten"]


def test_hostile_markdown_stays_text(make_round):
    text = '- <script>alert(1)</script>\n- [klick](javascript:alert(1))\n- ![x](y.png) =HYPERLINK("z")\n'
    found = [text for _, _, text, _ in read(make_round({"notes/nord.md": text}))]
    assert found == ["<script>alert(1)</script>", "[klick](javascript:alert(1))", 'x =HYPERLINK("z")']


def test_plain_text_sections_items_and_continuations(make_round):
    text = "Gruppe: Gruppe Süd\n\nThemen:\n1. Erstens\n   geht weiter\n2. Zweitens\n"
    text += "\nMorgen\n======\nEin Absatz.\n3. Mai ist frei.\n"
    assert read(make_round({"notes/x.txt": text})) == [
        ("sued", "Themen", "Erstens geht weiter", "line 4"),
        ("sued", "Themen", "Zweitens", "line 6"),
        ("sued", "Morgen", "Ein Absatz. 3. Mai ist frei.", "line 10"),
    ]


def test_plain_text_without_wrapping_has_a_statement_per_line(make_round):
    long = "Ein langer Absatz, wie ihn eine Textverarbeitung in einer einzigen Zeile speichert, " * 2
    found = [
        text for _, _, text, _ in read(make_round({"notes/nord.txt": f"{long}\nKurz.\n  eingerückt\n\nNoch einer."}))
    ]
    assert found == [long.strip(), "Kurz. eingerückt", "Noch einer."]
    lines = [text for _, _, text, _ in read(make_round({"notes/nord.txt": "Eins\nZwei\nDrei\n"}))]
    assert lines == ["Eins", "Zwei", "Drei"]


def test_windows_1252_text_is_read_and_reported(make_round):
    notes = ingest_group_notes(make_round({"notes/nord.txt": "Flächen fehlen".encode("cp1252")}))
    assert list(notes.statements["text"]) == ["Flächen fehlen"]
    assert rules(notes) == ["encoding"]


def test_word_headings_lists_tables_and_changes(make_round):
    def build(document: Any) -> None:
        document.add_paragraph("Gruppe: nord")
        document.add_heading("Energie", 1)
        document.add_paragraph("Netze fehlen.", style="List Bullet")
        changed = document.add_paragraph("Wir wollen ")
        changed._p.append(parse_xml(f"<w:del {W}><w:r><w:delText>keine</w:delText></w:r></w:del>"))
        changed._p.append(parse_xml(f"<w:ins {W}><w:r><w:t>viele</w:t></w:r></w:ins>"))
        changed.add_run(" Speicher.")
        table = document.add_table(2, 2)
        for place, words in enumerate(("Frage", "Antwort", "Wann?", "Bald")):
            table.cell(place // 2, place % 2).text = words
        table.cell(1, 0).merge(table.cell(1, 1))
        document.sections[0].header.paragraphs[0].text = "vertraulich"

    notes = ingest_group_notes(make_round({"notes/protokoll.docx": word(build)}))
    rows = notes.statements[["section", "text", "place"]].to_records(index=False).tolist()
    assert rows == [
        ("Energie", "Netze fehlen.", "paragraph 3"),
        ("Energie", "Wir wollen viele Speicher.", "paragraph 4"),
        ("Energie › Frage | Antwort", "Wann? Bald", "table 1, row 2"),
    ]
    assert rules(notes) == ["taken_for", "tracked_changes", "not_body"]
    assert list(notes.problems["seen"]) == ["1 rows", "1 insertions, 1 deletions", "1 pieces of text"]


def test_word_sections_follow_base_styles_and_outline_levels(make_round):
    def build(document: Any) -> None:
        own = document.styles.add_style("Kapitel", 1)
        own.base_style = document.styles["Heading 1"]
        document.add_paragraph("Erstes Kapitel", style="Kapitel")
        document.add_paragraph("Aussage A")
        level = document.add_paragraph("Zweite Ebene")
        level._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="1"/>'))
        document.add_paragraph("Aussage B")

    found = read(make_round({"notes/nord.docx": word(build)}))
    assert [(section, text) for _, section, text, _ in found] == [
        ("Erstes Kapitel", "Aussage A"),
        ("Erstes Kapitel › Zweite Ebene", "Aussage B"),
    ]


def test_word_text_in_controls_and_boxes_is_read_once(make_round):
    def build(document: Any) -> None:
        control = f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>Im Feld</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        document.element.body.insert(0, parse_xml(control))
        mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        box = "<w:txbxContent><w:p><w:r><w:t>Im Kasten</w:t></w:r></w:p></w:txbxContent>"
        both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        both = f"<mc:AlternateContent {mc}>{both}</mc:AlternateContent>"
        document.element.body.insert(1, parse_xml(f"<w:p {W}><w:r><w:t>Davor</w:t>{both}</w:r></w:p>"))

    found = [text for _, _, text, _ in read(make_round({"notes/nord.docx": word(build)}))]
    assert found == ["Im Feld", "Davor", "Im Kasten"]


def test_table_of_statements_names_groups_per_row(make_round):
    text = "Gruppe;Abschnitt;Aussage;Kennung\nnord;Netz;Leitungen;A1\nGruppe Süd;;Straßen;\n"
    notes = ingest_group_notes(make_round({"notes/alles.csv": "\ufeff" + text}))
    assert list(notes.statements["group"]) == ["nord", "sued"]
    assert list(notes.statements["place"]) == ["row 2", "row 3"]
    assert notes.statements["statement"][0] == "nord.a1"


def test_workbook_of_statements_reports_dates_and_unread_columns(make_round):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for row, cells in enumerate([("text", "Wetter"), ("Flächen", "schön"), ("3-4", "")]):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell)
    sheet.write_datetime(2, 0, __import__("datetime").datetime(2026, 4, 3), book.add_format({"num_format": "d. mmm"}))
    book.close()
    notes = ingest_group_notes(make_round({"notes/nord.xlsx": stream.getvalue()}))
    assert notes.statements["text"][0] == "Flächen"
    assert len(notes.statements) == 2
    assert rules(notes) == ["column_not_read", "date_for_text"]
    assert "format the column as text" in notes.problems["message"][1]


def test_same_statements_in_two_files_count_once(make_round):
    notes = ingest_group_notes(make_round({"notes/nord-1.md": "- Eins\n- Zwei", "notes/nord-2.txt": "- zwei\n- Drei"}))
    assert list(notes.statements["text"]) == ["Eins", "Zwei", "Drei"]
    problem = notes.problems.iloc[0]
    assert (problem["rule"], problem["file"], problem["action"]) == (
        "statement_twice",
        "Notizen Gruppe Nord (2)",
        "set aside",
    )
    assert problem["place"] == "line 1"


def test_round_without_notes_has_empty_tables(make_round):
    notes = ingest_group_notes(make_round())
    assert notes.is_empty and notes.problems.empty
    assert notes.summary() == "klein: no group notes"


def test_personal_data_is_reported_without_the_words(make_round):
    notes = ingest_group_notes(make_round({"notes/nord.md": "- Bitte bei Frau Muster melden, muster@example.org\n"}))
    assert list(notes.problems["seen"]) == ["e-mail address", "name after Herr or Frau"]
    assert "Muster" not in notes.problems.to_string()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
BROKEN = {
    "password": (
        "notes/nord.docx",
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "nord.docx: expected Word (.docx), Markdown (.md), plain text (.txt) or a table (.csv, .xlsx), saw a "
        "password-protected Office file; save it without a password.",
    ),
    "old_word": ("notes/nord.doc", OLE, "saw an old Office file (.doc or .xls); save it as .docx or .xlsx."),
    "pdf": (
        "notes/nord.pdf",
        b"%PDF-1.7",
        "saw a PDF document; save the notes as .docx or copy their text into a .txt.",
    ),
    "renamed_pdf": ("notes/nord.docx", b"%PDF-1.7", "saw a PDF document"),
    "empty": ("notes/nord.md", b"", "expected notes of a group, saw an empty file"),
    "broken_workbook": (
        "notes/nord.xlsx",
        b"PK\3\4 cut off",
        "nord.xlsx: expected a whole xlsx workbook, saw a damaged or cut-off file; save it again as .xlsx or .csv",
    ),
    "not_text": ("notes/nord.md", b"a\0b" * 9, "expected text in UTF-8, UTF-16 or Windows-1252, saw other bytes"),
    "other_ending": (
        "notes/nord.odt",
        b"PK\3\4",
        "“.odt”; open it in LibreOffice, choose File → Save as (Export) → Word (.docx), and put",
    ),
    "front_matter": ("notes/nord.md", "---\n[\n---\nx", "expected front matter of the form “group: name”"),
    "unknown_group": (
        "notes/x.md",
        "---\ngroup: Gruppe Nrod\n---\n- a",
        "x.md: expected a group of round.yml, saw “Gruppe Nrod” at the top of the file; the closest known wording is "
        "“Gruppe Nord”.",
    ),
    "no_group": (
        "notes/x.md",
        "- a",
        "expected notes that name their group, saw no group at line 1; begin the file with",
    ),
    "no_text_column": (
        "notes/nord.csv",
        "Gruppe;Texxt\nnord;a",
        "expected a column “text” (aussage), saw the columns Gruppe, Texxt at row 1; rename the column “Texxt”",
    ),
    "open_quote": ("notes/nord.csv", 'text\n"a', "expected CSV with every quote closed, saw a broken row at line 2"),
    "bad_id": ("notes/nord.csv", "text;id\na;b.c", "expected an id of letters, digits, - and _, saw “b.c” at row 2"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_unreadable_notes_say_what_to_do(make_round, name):
    path, content, message = BROKEN[name]
    with pytest.raises(DataError) as fault:
        ingest_group_notes(make_round({path: content}))
    assert message in str(fault.value)


def test_cut_off_word_file_is_refused(make_round):
    whole = word(lambda document: document.add_paragraph("Text"))
    with pytest.raises(DataError, match=r"expected a whole \.docx file, saw a damaged or cut-off file"):
        ingest_group_notes(make_round({"notes/nord.docx": whole[: len(whole) // 2]}))


def test_zip_of_another_kind_is_refused(make_round):
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(DataError, match=r"expected a \.docx file, saw a zip archive of another kind"):
        ingest_group_notes(make_round({"notes/nord.docx": stream.getvalue()}))


def test_notes_without_groups_in_the_round_file_are_refused(make_round):
    bare = "title: T\ndate: 2026-01-01\nprovenance: original\nexport: poll.xlsx\n"
    bare += "questions:\n  - {id: frei, wording: Was noch?, label: Freies, type: open}\n"
    with pytest.raises(DataError, match="expected a block “notes” for the notes in the folder"):
        ingest_group_notes(make_round({"notes/nord.md": "- a"}, bare))


def typed(*paragraphs):
    """A document without heading styles; a pair is words and whether they are bold."""
    document = docx.Document()
    for paragraph in paragraphs:
        words, is_bold = paragraph if isinstance(paragraph, tuple) else (paragraph, False)
        document.add_paragraph().add_run(words).bold = is_bold
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_lines_broken_softly_are_statements_where_they_are_marked_and_bold_lines_are_headings(make_round):
    content = typed(
        ("Flächen", True), "1. Strom fehlt\n2. Wasser fehlt", "Wir brauchen\nmehr Zeit", "Dazu:\n- Bus\n- Bahn"
    )
    notes = ingest_group_notes(make_round({"notes/nord.docx": content}))
    assert list(notes.statements["text"]) == [
        "Strom fehlt",
        "Wasser fehlt",
        "Wir brauchen mehr Zeit",
        "Bus",
        "Bahn",
    ]
    assert list(notes.statements["section"]) == ["Flächen"] * 3 + ["Flächen › Dazu"] * 2
    assert notes.statements["place"][1] == "paragraph 2, line 2"


def test_paragraphs_numbered_by_hand_lose_their_number_and_others_keep_it(make_round):
    lines = [("Flächen", True), "1. Strom fehlt", "2) Wasser fehlt", "3. Stufe der Reform", "Mehr Busse", "7. Klasse"]
    notes = ingest_group_notes(make_round({"notes/nord.docx": typed(*lines)}))
    assert list(notes.statements["text"]) == [
        "Strom fehlt",
        "Wasser fehlt",
        "Stufe der Reform",
        "Mehr Busse",
        "7. Klasse",
    ]


@pytest.mark.parametrize("encoding", ["mac_roman", "cp1252"])
def test_text_of_old_programs_keeps_its_umlauts_and_is_named(make_round, encoding):
    content = "Gruppe: Nord\n\n- Größere Flächen für Züge\n".encode(encoding)
    notes = ingest_group_notes(make_round({"notes/nord.txt": content}))
    assert list(notes.statements["text"]) == ["Größere Flächen für Züge"]
    assert {"mac_roman": "MacRoman", "cp1252": "Windows-1252"}[encoding] in list(notes.problems["seen"])


@pytest.mark.parametrize("name", ["nord.md", "nord.txt", "nord.docx"])
def test_boxes_to_tick_are_no_words(make_round, name):
    lines = ["[ ] Strom fehlt", "[x] Wasser fehlt", "☐ Busse fehlen"]
    content = typed(*lines) if name.endswith("docx") else "\n".join(f"- {line}" for line in lines)
    notes = ingest_group_notes(make_round({f"notes/{name}": content}))
    assert list(notes.statements["text"]) == ["Strom fehlt", "Wasser fehlt", "Busse fehlen"]


def sections(round_):
    return [(section.split(" › "), text) for _, section, text, _ in read(round_)]


def fill(cell: Any, *lines: Any) -> None:
    """Words of a cell, a paragraph each; those in a list are items, a pair is bold."""
    for place, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if not place else cell.add_paragraph()
        words = line if isinstance(line, str) else line[0]
        paragraph.add_run(words).bold = isinstance(line, tuple)
        if isinstance(line, list):
            paragraph.style = "List Bullet"


def test_lists_in_the_cells_of_a_table_are_statements_below_what_stands_above_and_beside_them(make_round):
    def build(document: Any) -> None:
        table = document.add_table(3, 3)
        for cell, words in zip(table.rows[0].cells, ("Thema", "Stärken", "Schwächen"), strict=True):
            fill(cell, (words,))
        for row, name in zip(table.rows[1:], ("Verkehr", "Energie"), strict=False):
            fill(row.cells[0], name)
            fill(row.cells[1], ["viel da"], [f"gut bei {name}"])
            fill(row.cells[2], ("Sofort",), ["zu teuer"], "Später:", ["zu langsam"])

    round_ = make_round({"notes/nord.docx": word(build)})
    assert sections(round_)[:4] == [
        (["Stärken", "Verkehr"], "viel da"),
        (["Stärken", "Verkehr"], "gut bei Verkehr"),
        (["Schwächen", "Verkehr", "Sofort"], "zu teuer"),
        (["Schwächen", "Verkehr", "Später"], "zu langsam"),
    ]
    assert len(sections(round_)) == 8
    assert read(round_)[3][3] == "table 1, row 2, column 3, line 4"
    said = [(one.place, one.message[:18]) for one in read_notes(round_)[1]]
    assert said == [("table 1, row 1", "a first row that l"), ("table 1", "cells hold lists: ")]


def test_frame_of_one_cell_holds_a_statement_per_paragraph(make_round):
    def build(document: Any) -> None:
        fill(document.add_table(1, 1).cell(0, 0), ("Was fehlt",), "Busse am Abend.", "Geld für Vereine.")

    assert sections(make_round({"notes/nord.docx": word(build)})) == [
        (["Was fehlt"], "Busse am Abend."),
        (["Was fehlt"], "Geld für Vereine."),
    ]


HEADERS = [
    ("Handlungsfeld", "Einschätzung", True),  # bold
    ("Thema", "Aussage", False),  # words of headers
    ("Feld", "Urteil", False),  # one word above sentences
]


@pytest.mark.parametrize(("left", "right", "is_bold"), HEADERS)
def test_first_row_that_looks_like_a_header_is_one_unless_the_file_says_otherwise(make_round, left, right, is_bold):
    def build(document: Any, *top: str) -> None:
        for line in top:
            document.add_paragraph(line)
        table = document.add_table(3, 2)
        rows = [(left, right), ("Verkehr", "Die Busse fahren zu selten"), ("Strom", "Das Netz reicht nicht mehr aus")]
        for number, words in enumerate(rows):
            for cell, text in zip(table.rows[number].cells, words, strict=True):
                fill(cell, (text,) if is_bold and not number else text)

    found = sections(make_round({"notes/nord.docx": word(build)}))
    assert found[0] == ([f"{left} | {right}"], "Verkehr | Die Busse fahren zu selten")
    overruled = word(lambda document: build(document, "Gruppe: nord", "Tabellen: zeilenweise"))
    found = sections(make_round({"notes/nord.docx": overruled}))
    assert found[0][1] == f"{left} | {right}" and len(found) == 3


def test_title_is_no_statement_and_bold_lines_can_be_statements(make_round):
    top = [("Protokoll der Gruppe Nord", True), ("Gruppe: Gruppe Nord", True)]
    lines = [("FLÄCHEN", False), "Strom fehlt", ("Verkehr", True), "Busse fehlen"]
    round_ = make_round({"notes/abend.docx": typed(*top, *lines)})
    title = "Protokoll der Gruppe Nord"
    assert read(round_) == [
        ("nord", f"{title} › FLÄCHEN", "Strom fehlt", "paragraph 4"),
        ("nord", f"{title} › Verkehr", "Busse fehlen", "paragraph 6"),
    ]
    assert [(one.rule, one.place) for one in read_notes(round_)[1]] == [
        ("taken_for", "paragraph 1"),
        ("taken_for", "paragraph 3, paragraph 5"),
    ]
    plain = make_round({"notes/abend.docx": typed(*top, "Überschriften: Formatvorlagen", *lines)})
    assert [text for _, _, text, _ in read(plain)] == [title, "FLÄCHEN", "Strom fehlt", "Verkehr", "Busse fehlen"]
    assert read_notes(plain)[1] == []


def test_first_bold_line_of_several_is_no_title(make_round):
    found = sections(make_round({"notes/nord.docx": typed(("Flächen", True), "Strom fehlt", ("Verkehr", True), "Bus")}))
    assert found == [(["Flächen"], "Strom fehlt"), (["Verkehr"], "Bus")]


def test_top_of_a_file_says_whether_lines_are_statements(make_round):
    wrapped = "Gruppe: nord\nZeilen: {}\n\nStrom fehlt\nund Wasser\n\nBusse fehlen\n"
    for setting, count in (("einzeln", 3), ("Absätze", 2)):
        assert len(read(make_round({"notes/a.txt": wrapped.format(setting)}))) == count
    soft = typed("Gruppe: nord", "Zeilen: einzeln", "Strom fehlt\nWasser fehlt")
    found = read(make_round({"notes/a.docx": soft, "notes/a.txt": "Gruppe: nord\n"}))
    assert [text for _, _, text, _ in found] == ["Strom fehlt", "Wasser fehlt"]
    with pytest.raises(DataError, match=r"expected “Tabellen: Zeilenweise” or “Tabellen: Zellenweise”, saw “nie”"):
        read(make_round({"notes/a.docx": typed("Gruppe: nord", "Tabellen: nie", "Strom")}))


def test_bold_statements_are_no_headings_without_anything_below(make_round):
    lines = [("Flächen", True), "Strom fehlt", ("Mehr Busse", True), ("Mehr Bahn", True), ("Mehr Rad", True), "Ende"]
    round_ = make_round({"notes/nord.docx": typed(*lines, ("Bitte umsetzen", True))})
    assert sections(round_) == [
        (["Flächen"], "Strom fehlt"),
        (["Flächen"], "Mehr Busse"),
        (["Flächen"], "Mehr Bahn"),
        (["Mehr Rad"], "Ende"),
        (["Mehr Rad"], "Bitte umsetzen"),
    ]


def test_fields_of_a_table_have_their_own_headings_and_rows_without_lists_are_named_like_the_others(make_round):
    def build(document: Any) -> None:
        table = document.add_table(2, 2)
        for cell, name in zip((*table.rows[0].cells, *table.rows[1].cells), "abcd", strict=True):
            fill(cell, (name.upper() * 3,), [f"{name} eins"], [f"{name} zwei"])
        table = document.add_table(3, 2)
        for row, cells in enumerate(
            (("Feld", "Vorhaben"), ("Verkehr", ["Bus"], ["Bahn"]), ("Wohnen", "günstig bauen"))
        ):
            fill(table.rows[row].cells[0], cells[0])
            fill(table.rows[row].cells[1], *cells[1:])

    found = sections(make_round({"notes/nord.docx": word(build)}))
    assert found[:2] == [(["AAA"], "a eins"), (["AAA"], "a zwei")] and len(found) == 11
    assert found[8:] == [
        (["Vorhaben", "Verkehr"], "Bus"),
        (["Vorhaben", "Verkehr"], "Bahn"),
        (["Vorhaben", "Wohnen"], "günstig bauen"),
    ]


def test_document_of_bold_lines_alone_is_a_document_of_statements(make_round):
    lines = [("Mehr Busse", True), ("Mehr Bahn", True)]
    assert [text for _, text in sections(make_round({"notes/nord.docx": typed(*lines)}))] == ["Mehr Busse", "Mehr Bahn"]
