"""The file around the slides: an own plain template, foreign ones stripped of all they tell, bytes that repeat."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..handout import LANGUAGE, repacked

_DROPPED = re.compile(
    r"/(thumbnail|printerSettings|comment\w*|custom-properties|customXml|tags|authors|presProps|viewProps|handoutMaster"
    r"|vbaProject|slide|notesMaster|notesSlide|extended-properties|attachedTemplate|font)$"
)
_LARGEST = 200 * 2**20
WIDTH, HEIGHT = 12192000, 6858000
_PLACES = {
    "title": (640080, 365760, 10911840, 1005840),
    "body": (640080, 1417320, 10911840, 4937760),
    "cover title": (914400, 1645920, 10363200, 1920240),
    "cover text": (914400, 3657600, 10363200, 2286000),
    "number": (10972800, 6400800, 579120, 320040),
}
_COLOURS = {"dk2": "0B3C5D", "accent1": "0B5C8C", "accent2": "B5541C", "accent3": "2E7D5B", "accent4": "6B4E8E",
            "accent5": "52616F", "accent6": "9A7B1E"}  # fmt: skip


def opened(template: Path | None) -> Any:
    """An empty presentation with the template's masters. Raises: DataError for what is no template or holds macros."""
    from pptx import Presentation

    presentation = Presentation(_read(template)) if template else _plain(Presentation())
    _strip(presentation)
    for layout in presentation.slide_layouts:
        _number(layout)
    return presentation


def _read(template: Path) -> io.BytesIO:
    """The template as python-pptx opens it: a `.potx` differs from a `.pptx` by a word."""
    remedy = "save it in PowerPoint as .pptx or .potx without macros"
    expected = "a PowerPoint file without macros"
    if not template.is_file():
        raise DataError(template, expected, "no file", at=str(template))
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(template) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
            if sum(member.file_size for member in source.infolist()) > _LARGEST:
                raise DataError(template, "a file that unpacks to less than 200 MB", "more")
            types = source.read("[Content_Types].xml")
            if b"macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in source.namelist()):
                raise DataError(template, expected, "macros in it", remedy=remedy)
            for member in source.infolist():
                data = source.read(member)
                if member.filename == "[Content_Types].xml":
                    data = data.replace(b"presentationml.template.main+xml", b"presentationml.presentation.main+xml")
                target.writestr(member.filename, _clean(member.filename, data))
    except (zipfile.BadZipFile, KeyError, OSError):
        raise DataError(template, expected, "something else", remedy=remedy) from None
    made.seek(0)
    return made


def _clean(name: str, data: bytes) -> bytes:
    """A picture of the template without what it tells about itself."""
    ending = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG"}.get(name.rpartition(".")[2].lower())
    if ending is None or "/media/" not in name:
        return data
    from PIL import Image

    picture = Image.open(io.BytesIO(data))
    plain = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    if picture.mode == "P" and (palette := picture.getpalette()):
        plain.putpalette(palette)
    made = io.BytesIO()
    plain.save(made, ending)
    return made.getvalue()


def _number(layout: Any) -> None:
    """Give placeholders that share an index one of their own: LibreOffice writes none, and what a slide inherits is
    found by it."""
    seen: set[int] = set()
    for shape in layout.placeholders:
        place = shape._element.ph
        if place.type.name in ("TITLE", "CENTER_TITLE"):
            continue
        if place.idx == 0 or place.idx in seen:
            place.idx = max(seen, default=9) + 1
        seen.add(place.idx)


def _strip(presentation: Any) -> None:
    """Drop slides, notes, comments, programs' leftovers and every relation to them; only what is related is saved."""
    listed = presentation.slides._sldIdLst
    for entry in list(listed):
        listed.remove(entry)
    package, seen = presentation.part.package, set()
    waiting = [package._rels, presentation.part.rels]
    while waiting:
        rels = waiting.pop()
        for key, rel in list(rels.items()):
            if _DROPPED.search(rel.reltype):
                rels.pop(key)
            elif not rel.is_external and rel._target.partname not in seen:
                seen.add(rel._target.partname)
                waiting.append(rel._target.rels)
                inside = getattr(rel._target, "_element", None)
                for data in [] if inside is None else list(inside.iter("{*}custDataLst")):
                    data.getparent().remove(data)
    root = presentation.part._element
    for name in ("custDataLst", "notesMasterIdLst", "handoutMasterIdLst", "custShowLst", "extLst", "embeddedFontLst"):
        for old in root.findall(f"{{*}}{name}"):
            root.remove(old)


def saved(presentation: Any, title: str, day: datetime.date, about: str) -> bytes:
    """The bytes: properties of our own, every text German, every time the same."""
    moment = datetime.datetime.combine(day, datetime.time())
    core = presentation.core_properties
    core.title, core.author, core.last_modified_by, core.comments = (
        title if len(title) <= 255 else f"{title[:254]}…",  # more does not fit into the property
        "Fachdialog-Analyse",
        "Fachdialog-Analyse",
        about,
    )
    core.subject, core.keywords, core.category, core.language = "Veröffentlichte Ergebnisse", "", "Folien", LANGUAGE
    core.created = core.modified = core.last_printed = moment
    core.revision, core.identifier, core.version, core.content_status = 1, "", "", ""
    made = io.BytesIO()
    presentation.save(made)
    return repacked(made.getvalue(), _german)


def _german(name: str, data: bytes) -> bytes:
    """Every run of a slide, its notes and its charts with the language it is in."""
    if not re.match(r"ppt/(slides|notesSlides|charts)/[^/]+\.xml$", name):
        return data
    from lxml import etree

    root = etree.fromstring(data)
    space = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    for run in root.iter(f"{space}r", f"{space}fld"):
        if run.find(f"{space}rPr") is None:
            run.insert(0, etree.Element(f"{space}rPr"))
    for about in root.iter(f"{space}rPr", f"{space}defRPr", f"{space}endParaRPr"):
        about.set("lang", LANGUAGE)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _plain(presentation: Any) -> Any:
    """python-pptx's own template made wide, quiet and German: a title slide and one with a title and room below."""
    presentation.slide_width, presentation.slide_height = WIDTH, HEIGHT
    master = presentation.slide_master
    for layout in list(presentation.slide_layouts):
        if layout.name not in ("Title Slide", "Title and Content"):
            presentation.slide_layouts.remove(layout)
    for holder, is_cover in (
        (master, False),
        *((one, one.name == "Title Slide") for one in presentation.slide_layouts),
    ):
        for shape in list(holder.placeholders):
            kind = shape.placeholder_format.type.name
            place = {"TITLE": "title", "CENTER_TITLE": "cover title", "SUBTITLE": "cover text", "OBJECT": "body",
                     "BODY": "body", "SLIDE_NUMBER": "number"}.get(kind)  # fmt: skip
            if place is None:
                shape._element.getparent().remove(shape._element)
                continue
            shape.left, shape.top, shape.width, shape.height = _PLACES[place]
            for level in shape._element.iter("{*}lvl1pPr") if is_cover else ():
                level.set("algn", "l")
                for paint in list(level.iter("{*}solidFill")):
                    paint.getparent().remove(paint)
    xml = master.part.part_related_by(_rel("theme")).blob.decode("utf-8")
    for name, colour in _COLOURS.items():
        xml = re.sub(rf"(<a:{name}>).*?(</a:{name}>)", rf'\1<a:srgbClr val="{colour}"/>\2', xml, flags=re.DOTALL)
    xml = re.sub(r'(<a:latin typeface=)"Calibri"', r'\1"Arial"', xml)
    master.part.part_related_by(_rel("theme"))._blob = xml.encode("utf-8")
    styles = master._element.find(".//{*}titleStyle")
    for level in styles.findall("{*}lvl1pPr"):
        level.set("algn", "l")
        level.find("{*}defRPr").set("sz", "2800")
        level.find("{*}defRPr").set("b", "1")
    for anchor in master._element.iter("{*}bodyPr"):
        anchor.set("anchor", "t")
    return presentation


def _rel(name: str) -> str:
    return f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{name}"
