"""Office files as packages: the same bytes for the same content, and the language said."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

_CORE = "docProps/core.xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)
LANGUAGE = "de-DE"


def repacked(content: bytes, changed: Callable[[str, bytes], bytes] = lambda name, data: data) -> bytes:
    """The package with fixed times and no trace of the machine, and its language. `changed` may alter a part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            data = changed(member.filename, source.read(member))
            if member.filename == _CORE and b"<dc:language>" not in data:
                data = re.sub(rb"(?=</cp:coreProperties>)", f"<dc:language>{LANGUAGE}</dc:language>".encode(), data)
            plain = zipfile.ZipInfo(member.filename, _EPOCH)
            plain.compress_type, plain.external_attr, plain.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            target.writestr(plain, data)
    return made.getvalue()
