"""A project of one text, one code and one coded passage, as a program writes it."""

from __future__ import annotations

import zipfile
from pathlib import Path


def project_file(path: Path, text: bytes, name: str, start: int, end: int, head: str = "") -> Path:
    mark = f'<PlainTextSelection guid="s" name="{name}" startPosition="{start}" endPosition="{end}">'
    xml = (
        f'<?xml version="1.0"?>{head}<Project xmlns="urn:QDA-XML:project:1.0" name="p">'
        '<Users><User guid="u" name="eva"/></Users><CodeBook><Codes>'
        '<Code guid="{C}" name="Energie" isCodable="true"/></Codes></CodeBook><Sources>'
        f'<TextSource guid="t" name="Unbekannt" plainTextPath="internal://t.txt">{mark}'
        '<Coding guid="c" creatingUser="u">'
        '<CodeRef targetGUID="{c}"/></Coding></PlainTextSelection></TextSource></Sources></Project>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Projekt.qde", xml)
        archive.writestr("Sources/t.txt", text)
    return path


WORDS = "Zeile eins\nZeile zwei 😀\nÜber Energie reden"
