"""`boards.csv`, transcribed from photographs: each card is a statement, its dots are a weight."""

from __future__ import annotations

import re
from dataclasses import replace

from poll_exports import shown, some, whole_of

from ..clean import DATE_REMEDY, Names, Problem, Record, files_in, hand_table, named, read_columns, subfolder
from ..rounds import Round, normalise
from .reading import Found, find_group, notes_plan

COLUMNS: Names = {
    "group": ("gruppe",),
    "board": ("tafel", "arbeitsblatt", "blatt"),
    "text": ("card", "card text", "karte", "kartentext", "inhalt", "aussage"),
    "dots": ("punkte", "klebepunkte", "anzahl punkte"),
    "photo": ("foto", "bild", "fotodatei"),
    "publish": ("veröffentlichen", "freigabe", "zitieren"),
}
_YES, _NO = ("ja", "yes", "x", "true", "wahr", "1"), ("nein", "no", "false", "falsch", "0", "")


def read_boards(round_: Round) -> tuple[list[Found], list[Problem]]:
    """All cards, and what was odd about dots, photos and permissions. A round without boards has none.

    Raises: DataError for an unknown group and for a file that is no such table.
    """
    path = hand_table(round_.raw, "boards")
    if path is None:
        return [], []
    records, problems = read_columns(path, COLUMNS, ("group", "text"))
    cards: list[Found] = []
    unphotographed: list[str] = []
    for record in records:
        group = find_group(path, record.text("group"), notes_plan(round_).groups, record.place)
        if not record.text("text"):
            problems.append(Problem("empty_statement", record.place, "the card has no text", action="set aside"))
            continue
        photo = record.text("photo")
        if not photo:
            unphotographed.append(record.place)
        else:
            problems += _photo_problems(round_, photo, record)
        dots, odd = _dots(record)
        is_open, unclear = _publish(record)
        problems += odd + unclear
        released_by = path.name if is_open else ""
        board, text = record.text("board"), record.text("text")
        cards.append(Found(group, board, text, "card", path.name, record.place, "", photo, dots, released_by))
    if unphotographed:
        message = "no photo is named for these cards, so nobody can check them against the board"
        seen = f"{len(unphotographed)} cards"
        problems.append(Problem("photo_not_named", some(unphotographed, 5), message, seen=seen))
    problems += _unnamed_photos(round_, {card.photo for card in cards})
    return cards, [replace(one, file=path.name) for one in problems]


def _unnamed_photos(round_: Round, cards: set[str]) -> list[Problem]:
    known = {normalise(name).casefold() for name in cards}
    photos = [
        path.name for path in files_in(subfolder(round_.raw, "photos")) if normalise(path.name).casefold() not in known
    ]
    if not photos:
        return []
    message = "no card names these photos, so that nothing is read of them"
    listed = some((shown(name, 60) for name in photos), 12)
    return [Problem("photo_unused", "", message, f"{len(photos)} photos", "set aside", private=listed)]


def _photo_problems(round_: Round, photo: str, record: Record) -> list[Problem]:
    folder = subfolder(round_.raw, "photos")
    if not re.fullmatch(r"[^/\\:*?\"<>|]+", photo) or photo.startswith("."):
        message = "expected the name of a file in photos/, without a path"
        return [Problem("photo_name", record.place, message, seen=f"{len(photo)} characters")]
    if not named(folder, photo).is_file():
        message = "the photo is not in photos/; put it there or mend the name"
        return [Problem("photo_missing", record.place, message, seen="no such file")]
    return []


def _dots(record: Record) -> tuple[int | None, list[Problem]]:
    """The dots on a card: a whole number from 0; None where the cell is empty or holds anything else."""
    written = record.text("dots")
    if not written:
        return None, []
    if record.is_date("dots"):
        message = f"expected a whole number of dots, saw a date, as spreadsheets make of 3-4; {DATE_REMEDY}"
        return None, [Problem("dots_date", record.place, message, seen="a date", action="set aside")]
    number = whole_of(written)
    if number is None or not 0 <= number < 10_000:
        message = "expected a whole number of dots from 0; the card is kept, its dots are not counted"
        seen = "another number" if number is not None or any(c.isdigit() for c in written) else "no number"
        return None, [Problem("dots_no_whole_number", record.place, message, seen=seen, action="set aside")]
    return number, []


def _publish(record: Record) -> tuple[bool, list[Problem]]:
    answer = record.text("publish").casefold()
    if answer in _YES + _NO:
        return answer in _YES, []
    message = "expected ja or nein; the card is not quoted"
    return False, [Problem("publish_unclear", record.place, message, seen="another word")]
