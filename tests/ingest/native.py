"""Write workbooks part by part as Mentimeter does: texts inside cells, a wrong dimension, blanks kept by the sheet."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STYLES = f'{_HEAD}<styleSheet xmlns="{_MAIN}"></styleSheet>'


def write_native(path: Path, content: list[tuple[str, list[list[Any]]]]) -> Path:
    """A workbook with these sheets. Same sheets, same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in _parts(content):
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(part, text)
    return path


def _parts(content: list[tuple[str, list[list[Any]]]]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(content) + 1)
    names = "".join(
        f'<sheet sheetId="{n}" name={quoteattr(name)} r:id="rId{n}"></sheet>'
        for n, (name, _) in zip(numbers, content, strict=True)
    )
    targets = [(f"worksheets/sheet{n}.xml", "worksheet") for n in numbers] + [("styles.xml", "styles")]
    types = "".join(
        f'<Override PartName="/xl/{target}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'  # noqa: E501
        for target, kind in [*targets, ("workbook.xml", "sheet.main")]
    )
    plain = '<Default Extension="xml" ContentType="application/xml"/>'
    yield "[Content_Types].xml", f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{plain}{types}</Types>'
    yield "_rels/.rels", _relations([("xl/workbook.xml", "officeDocument")])
    for n, (_, rows) in zip(numbers, content, strict=True):
        yield f"xl/worksheets/sheet{n}.xml", _sheet(rows)
    yield "xl/workbook.xml", f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
    yield "xl/styles.xml", _STYLES
    yield "xl/_rels/workbook.xml.rels", _relations(targets)


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Target="{target}" Type="{_OFFICE}/{kind}" Id="rId{n}"/>'
        for n, (target, kind) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _sheet(rows: list[list[Any]]) -> str:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            _cell(f"{_letters(column)}{number}", cell) for column, cell in enumerate(row) if cell not in ("", None)
        )
        lines.append(f'<row r="{number}" >{cells}</row>')
    start = f'<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}" xml:space="preserve"><dimension ref="A1:A49"></dimension>'
    return f"{_HEAD}{start}<sheetData>{''.join(lines)}</sheetData></worksheet>"


def _cell(reference: str, cell: Any) -> str:
    if isinstance(cell, bool):
        return f'<c r="{reference}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{reference}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return f'<c r="{reference}"><v>{cell}</v></c>'


@cache
def _letters(column: int) -> str:
    return (_letters(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)
