"""What a picture file holds besides its pixels: camera, place, time, previews, comments."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

JPEG, PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_PLAIN_JPEG = {0xDB, 0xC4, 0xDD, 0xDA, *range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)}
"""Segments a decoder needs: tables, frames, the scan."""
_PLAIN_PNG = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"pHYs", b"gAMA", b"sRGB", b"cHRM", b"sBIT", b"bKGD"}


def is_other_picture(content: bytes) -> bool:
    """Pictures of a kind that reports do not hold, so that nobody looks into them: WebP, GIF, TIFF, HEIC, BMP."""
    riff = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return riff or content[4:8] == b"ftyp" or content.startswith((b"GIF8", b"II*\0", b"MM\0*", b"BM"))


def has_metadata(content: bytes) -> bool:
    """Whether a JPEG or PNG file holds anything but what is needed to draw it."""
    parts = _jpeg_parts(content) if content.startswith(JPEG) else _png_parts(content)
    return not all(parts)


def _jpeg_parts(content: bytes) -> Iterator[bool]:
    """Per segment, whether it is needed; nothing may follow the end of the picture."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        kind, (size,) = content[place + 1], struct.unpack(">H", content[place + 2 : place + 4])
        data = content[place + 4 : place + 2 + size]
        is_plain_head = kind == 0xE0 and data[:5] == b"JFIF\0" and data[12:14] == b"\0\0"
        is_adobe_colour = kind == 0xEE and data[:5] == b"Adobe" and size == 14
        yield kind in _PLAIN_JPEG or is_plain_head or is_adobe_colour
        if kind == 0xDA:
            # In a scan a byte FF is followed by 00 or a restart mark, so that any other mark is one.
            yield content.endswith(b"\xff\xd9") and content.count(b"\xff\xd9", place) == 1
            yield not re.search(rb"\xff[\xe0-\xef\xfe]", content[place + 2 :])
            return
        place += 2 + size
    yield False


def _png_parts(content: bytes) -> Iterator[bool]:
    place = len(PNG)
    while place + 8 <= len(content):
        (size,), kind = struct.unpack(">I", content[place : place + 4]), content[place + 4 : place + 8]
        yield kind in _PLAIN_PNG
        place += size + 12
        if kind == b"IEND":
            yield place >= len(content)
            return
