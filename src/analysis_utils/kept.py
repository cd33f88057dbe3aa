"""What a notebook with private tables may show comes from a file, not from its memory: this knows which file.

Tables are files anyway. What ingest tells besides (how many cells were read, what a rule did) it keeps here; a page is
made of what was kept, whatever a notebook did with it in between. Outside the runner nothing is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, is_dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

FOLDER = "FACHDIALOG_KEPT"
Value = TypeVar("Value")
_known: dict[int, tuple[object, dict[str, str]]] = {}


def keep(name: str, value: Value) -> Value:
    """Keep a frame, a dictionary or a list of records under a name, and return it as it is. Only what shows no single
    person's answer: it may go out."""
    if folder := os.environ.get(FOLDER):
        text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, default=_plain)
        name = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        _known[id(value)] = (value, {"kept": name})
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, f"{name}.json").write_text(text, encoding="utf-8")
    return value


def written(name: str, frame: object) -> None:
    """Remember that a frame is the table `name`, as it was written."""
    if os.environ.get(FOLDER):
        _known[id(frame)] = (frame, {"table": name})


def source_of(value: object) -> dict[str, str] | None:
    """Where the very same thing lies in a file; None for anything that was made otherwise."""
    found = _known.get(id(value))
    return found[1] if found and found[0] is value else None


def read_kept(folder: Path, name: str) -> Any:
    """What was kept under a name. Raises: KeyError for nothing."""
    path = folder / f"{name}.json"
    if Path(name).name != name or not path.is_file():
        raise KeyError(name)
    found = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(found, dict) and set(found) == {"columns", "rows"}:
        import pandas as pd

        return pd.DataFrame(found["rows"], columns=found["columns"])
    return [SimpleNamespace(**one) for one in found] if isinstance(found, list) else found


def _plain(value: object) -> object:
    """As JSON can hold it."""
    if hasattr(value, "columns") and hasattr(value, "to_numpy"):
        rows = value.astype(object).where(value.notna(), None).to_numpy().tolist()  # type: ignore[attr-defined]
        return {"columns": list(map(str, value.columns)), "rows": rows}
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Path):
        return value.name
    return value.item() if hasattr(value, "item") else value
