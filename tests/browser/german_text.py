"""What must not stand on a German page: English leftovers and numbers, dates and marks written the English way."""

from __future__ import annotations

import re

ENGLISH = """the and of with from for is are were not this that loading download zoom pan reset autoscale figure table
chart value values mean rank points share question questions answers group groups none true false nan undefined show
hide toggle page pages by or if The And Of With Loading Download Zoom Figure Table None True False NaN Infinity"""
_NAMES = re.compile(r"\S*\w[._/]\w\S*|(?:Abbildung|Tabelle)\s[\d.]+|\bProgramm\s\S+|\bDatenstand\s\S+")
_IDENTIFIER = re.compile(r"[a-z]+_[a-z0-9_]+")
_RULES = {
    "English": re.compile(rf"\b(?:{'|'.join(ENGLISH.split())})\b"),
    "decimal point": re.compile(r"\d\.\d"),
    "percent without space": re.compile(r"\d%"),
    "straight quotation mark": re.compile(r'["\u201f\u2033]|\w\'\w'),
    "hyphen as range": re.compile(r"\d\s?-\s?\d"),
    "hyphen as minus": re.compile(r"(?<![\w\u2013)-])-\d"),
    "three full stops": re.compile(r"\.\.\."),
    "digits without thin space": re.compile(r"\b\d{5,}\b"),
    "space before a mark": re.compile(r"\w [,;:.!?](?:\s|$)"),
    "English quotation marks": re.compile(r"\u201c\w|\w\u201d"),
}


def faults(text: str) -> list[tuple[str, str]]:
    """(what is wrong, where) for every fault in a text; file names, numbers of figures and versions are left aside."""
    plain = text.replace("\u00ad", "")
    kept = _NAMES.sub(lambda name: "" if re.search("[a-zA-Z]", name[0]) else name[0], plain)
    found = [("identifier", word) for word in re.split(r"[\s(),;:]+", plain) if _IDENTIFIER.fullmatch(word)]
    for rule, pattern in _RULES.items():
        found += [(rule, kept[max(0, at.start() - 25) : at.end() + 15]) for at in pattern.finditer(kept)]
    return found
