"""Photographs of boards that an analyst released, as pictures that hold nothing but what can be seen on them.

Whatever a camera or a program wrote into the file (place, time, device, name, preview) stays behind: only the pixels
are taken over, turned upright, scaled and written anew.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..clean import Names, Problem, Record, hand_table, named, personal_data, read_columns, subfolder
from ..rounds import Round
from .reading import Found

if TYPE_CHECKING:
    from PIL import Image

COLUMNS: Names = {
    "photo": ("foto", "bild", "datei"),
    "released_by": ("freigegeben von", "freigegeben durch", "freigabe", "wer"),
    "caption": ("bildunterschrift", "unterschrift"),
    "alt": ("beschreibung", "alternativtext", "alt text"),
}
FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST = 1600
"""Pixels of a picture's longer side at most: handwriting on a board can be read, faces at the back hardly."""
MOST_PIXELS = 120_000_000
"""Larger pictures are not opened: no camera makes them, but a file of a few kilobytes can claim them."""
MOST_BYTES = 60 * 2**20
QUALITY = 80


@dataclass(frozen=True)
class Picture:
    """A cleaned picture with its row of the table `photos`. `file` is named after the pixels, not after the photo."""

    file: str
    content: bytes
    row: dict[str, object]


def read_photos(round_: Round, cards: Sequence[Found]) -> tuple[list[Picture], list[Problem]]:
    """The photos that `photos.csv` releases, cleaned, in its order; one released by nobody is not shown.

    Parameters: `cards`, everything `boards.csv` holds: what is said about a photo comes from its cards.
    """
    path = hand_table(round_.raw, "photos")
    if path is None:
        return [], []
    records, problems = read_columns(path, COLUMNS, ("photo", "released_by"))
    pictures: dict[str, Picture] = {}
    for record in records:
        own = [card for card in cards if card.photo == record.text("photo")]
        picture = _picture(round_, record, own)
        if isinstance(picture, Problem):
            problems.append(picture)
        else:
            pictures.setdefault(picture.file, picture)
    return list(pictures.values()), [replace(problem, file=path.name) for problem in problems]


def write_pictures(pictures: Sequence[Picture], folder: Path) -> None:
    """Write the pictures beside the tables, and delete those that are no longer released."""
    kept = {picture.file: picture.content for picture in pictures}
    for path in folder.glob("tafel-*.jpg"):
        if path.name not in kept:
            path.unlink()
    for name, content in kept.items():
        part = folder / f".{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)


def _picture(round_: Round, record: Record, cards: list[Found]) -> Picture | Problem:
    def refused(rule: str, message: str) -> Problem:
        return Problem(rule, record.place, message, action="refused")

    released_by, caption, alt = (record.text(name) for name in ("released_by", "caption", "alt"))
    if not released_by:
        return refused("release_unsigned", "a release needs the name of who allows it")
    if not cards:
        return refused("photo_of_no_board", "no card of boards.csv names this photo, so nobody knows what it shows")
    if any(personal_data(text) for text in (caption, alt, *(card.text for card in cards))):
        return refused("photo_with_personal_data", "its caption or a card on it shows personal data; it is not shown")
    try:
        content, size = clean_picture(named(subfolder(round_.raw, "photos"), Path(record.text("photo")).name))
    except UnusablePictureError as fault:
        return refused("photo_unusable", str(fault))
    file = f"tafel-{hashlib.sha256(content).hexdigest()[:12]}.jpg"
    first = cards[0]
    about = {"group": first.group, "board": first.section, "cards": len(cards), "caption": caption, "alt": alt}
    measures = {"width": size[0], "height": size[1]}
    return Picture(file, content, {"round": round_.name, "file": file, **about, "released_by": released_by, **measures})


class UnusablePictureError(ValueError):
    """The file cannot be made a picture of ours; the message says why and what to do."""


def clean_picture(path: Path) -> tuple[bytes, tuple[int, int]]:
    """The picture as JPEG without any metadata, upright, its longer side at most `LONGEST`; and its width and height.

    The same file gives the same bytes. Raises: UnusablePictureError.
    """
    from PIL import Image, ImageOps

    if not path.is_file() or path.is_symlink():
        raise UnusablePictureError("the photo is not in photos/; put it there or mend the name")
    if path.stat().st_size > MOST_BYTES:
        raise UnusablePictureError(f"expected a file below {MOST_BYTES >> 20} MB; save a smaller copy")
    try:
        with Image.open(path, formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise UnusablePictureError(
                    f"expected at most {MOST_PIXELS // 10**6} million pixels; save a smaller copy"
                )
            opened.draft("RGB", (LONGEST, LONGEST))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONGEST, LONGEST))
            return _written(upright), upright.size
    except UnusablePictureError:
        raise
    except (OSError, ValueError, SyntaxError, ArithmeticError, Image.DecompressionBombError):
        raise UnusablePictureError("expected a whole JPEG, PNG or WebP picture; open it and save it again") from None


def _written(picture: Image.Image) -> bytes:
    """Pixels on white paper, in a file that holds them and nothing else."""
    from PIL import Image

    colours = picture.convert("RGBA")
    paper = Image.new("RGB", colours.size, "white")
    paper.paste(colours, mask=colours.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
