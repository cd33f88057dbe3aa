"""Zip archives that strangers made: what may be unpacked at all, and their parts chunk by chunk, within bounds."""

from __future__ import annotations

import copy
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ..errors import DataError

MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 250
MAX_MEMBERS = 2_000
CHUNK = 2**17
_END = struct.Struct("<4s4H2LH")  # the last record of an archive: signature, disks, counts, directory, comment


def check_members(path: Path, members: list[zipfile.ZipInfo], remedy: str) -> None:
    """Raises: DataError for more content than may be unpacked, told by the directory, and for parts that are encrypted
    or stand twice."""
    names = {member.filename.casefold() for member in members}
    if len(members) > MAX_MEMBERS or len(names) < len(members):
        raise DataError(path, f"at most {MAX_MEMBERS} parts, each once", f"{len(members)} parts", remedy=remedy)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MAX_UNPACKED or (unpacked > 10 * 2**20 and unpacked > MAX_RATIO * max(packed, 1)):
        saw = f"{unpacked // 2**20} MiB packed into {packed // 2**10} KiB"
        limit = f"at most {MAX_UNPACKED // 2**20} MiB of content, packed at most {MAX_RATIO} : 1"
        raise DataError(path, limit, saw, remedy="this is no file that Mentimeter wrote")
    if any(member.flag_bits & 1 for member in members):
        raise DataError(path, "a workbook without a password", "an encrypted one", remedy="save it without a password")


def chunks(source: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a part. Raises: BadZipFile where it is longer than the directory says, or otherwise damaged."""
    told = copy.copy(member)
    told.file_size += 1  # one byte more than promised, so that the reader meets the true end
    size = 0
    with source.open(told) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            yield chunk
    if size != member.file_size:
        raise zipfile.BadZipFile("a part has another size than the directory says")


def is_plain(path: Path, count: int) -> bool:
    """Whether every reader finds the same directory: it ends where its last record begins, and nothing follows."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 4 * _END.size))
        tail = stream.read()
    if len(tail) < _END.size or b"PK\6\7" in tail:
        return False
    signature, _, _, here, total, length, start, comment = _END.unpack(tail[-_END.size :])
    is_last = signature == b"PK\5\6" and not comment and tail.count(b"PK\5\6") == 1
    return is_last and here == total == count and start + length == size - _END.size
