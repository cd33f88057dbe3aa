"""Read a YAML file into a pydantic model; every mistake becomes one message with the line it stands in."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from ..errors import DataError, nearest


class Strict(BaseModel):
    """Base of all file models: no unknown keys, no silent conversion of the file's values afterwards. `EXAMPLES`: by
    key, what to write, for people who never saw such a file."""

    EXAMPLES: ClassVar[dict[str, str]] = {}
    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)


def read_yaml(path: Path, model: type[Model]) -> Model:
    """Read `path` and validate it as `model`.

    Raises: DataError when the file is missing, is no YAML, repeats a key, has an unknown key or a wrong value.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(path, "this file to exist", "nothing", at=str(path.parent)) from None
    except UnicodeDecodeError as fault:
        raise DataError(
            path,
            "text in UTF-8",
            f"byte {fault.object[fault.start]:#04x}",
            remedy="open it in the editor, choose Save as (Speichern unter) and there the encoding (Codierung) UTF-8",
        ) from None
    try:
        content = _parsed(text)
    except MarkedYAMLError as fault:
        at = f"line {fault.problem_mark.line + 1}" if fault.problem_mark else ""
        saw = (fault.problem or "something else").split("\n")[0]
        saw = "a line that does not fit those above it" if saw.startswith("expected <block end>") else saw
        raise DataError(path, "valid YAML", saw, at=at, remedy=_yaml_remedy(text, fault)) from None
    except YAMLError as fault:
        raise DataError(path, "valid YAML", str(fault).split("\n")[0]) from None
    try:
        return model.model_validate(content)
    except ValidationError as faults:
        raise _readable(path, content, faults, model) from None


def _yaml_remedy(text: str, fault: MarkedYAMLError) -> str:
    """What to write instead, for people who never saw YAML."""
    mark = fault.problem_mark or fault.context_mark
    line = text.split("\n")[mark.line] if mark and mark.line < text.count("\n") + 1 else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or "'\\t'" in str(fault.problem):
        return "indent with blanks, not with a tab"
    around = text.split("\n")[max(0, mark.line - 2) : mark.line + 1] if mark else []
    if tight := next((found for one in around if (found := re.match(r"\s*(?:- )?(\w+):([^\s:/\\].*)", one))), None):
        return f"write a blank behind the colon: {tight[1]}: {tight[2]}"
    key, colon, rest = line.strip().partition(": ")
    if colon and ":" in rest and rest[0] not in "\"'":
        return f'put a text with a colon into quotes: {key}: "{rest}"'
    if "duplicate key" in str(fault.problem):
        return "delete one of the two lines with this name"
    if "quoted scalar" in str(fault.context) or line.count('"') % 2 or line.count("'") % 2:
        return "close every quote, and write quotes inside a text as “ and ”"
    return (
        "begin it as far in as the lines of its level above (each entry of a list with “- ”, what belongs to it two "
        "blanks further in); a text with : # or quotes stands in quotes"
    )


@lru_cache(maxsize=32)
def _parsed(text: str) -> Any:
    """The same few files are opened many times in one run. Nobody changes what is returned."""
    return YAML(typ="rt").load(io.StringIO(text))


IDENTIFIER = "^[a-z][a-z0-9_]*$"
_NAME = "a name of small letters, digits and _ that begins with a letter"
_PLAIN = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "date_type": "a day",
    "date_from_datetime_parsing": "a day, and one only",
    "date_from_datetime_inexact": "a day without a time",
    "date_parsing": "a day, and one only",
    "tuple_type": "two numbers",
    "list_type": "a list",
    "dict_type": "names with values (name: value)",
    "model_type": "keys with values (key: value)",
}
"""What pydantic says in its own terms, in the file's."""


def _readable(path: Path, content: Any, faults: ValidationError, model: type[BaseModel]) -> DataError:
    fault = _most_telling(content, faults.errors())
    place = _place(content, fault["loc"])
    at = f"{'.'.join(map(str, place)) or 'the top'} (line {_line(content, place)})"
    more = f"{len(faults.errors()) - 1} more after this one" if len(faults.errors()) > 1 else ""
    if fault["type"] == "extra_forbidden":
        hint = nearest(str(place[-1]), _field_names(model))
        return DataError(path, "a known key", f"“{place[-1]}”", at=at, remedy="; ".join(filter(None, [hint, more])))
    keys = ["" if content is None else "top", *reversed(place)]
    examples = getattr(model, "EXAMPLES", {})
    example = next((examples[part] for part in keys if part in examples), "")
    more = "; ".join(filter(None, [example, more]))
    if fault["type"] == "missing":
        return DataError(path, f"the key “{place[-1]}”", "nothing", at=at, remedy=more)
    expected = _PLAIN.get(fault["type"]) or fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if fault["type"] == "too_short":
        expected = f"at least {fault['ctx']['min_length']} of them"
    expected = _NAME if fault.get("ctx", {}).get("pattern") == IDENTIFIER else expected
    if fault["type"] == "string_too_long":
        expected, saw = f"at most {fault['ctx']['max_length']} characters", f"{len(fault['input'])}"
        return DataError(path, expected, saw, at=at, remedy=more)
    saw = "this section" if isinstance(fault["input"], dict | list) else repr(fault["input"])
    return DataError(path, f"“{expected}”", saw, at=at, remedy=more)


def _most_telling(content: Any, faults: list[Any]) -> Any:
    """The first mistake; instead of a missing key an unknown one beside it (a typing error), and of several
    alternatives tried at one place the one that got furthest."""
    first = faults[0]
    place = _place(content, first["loc"])
    if first["type"] == "missing":
        unknown = (one for one in faults if one["type"] == "extra_forbidden")
        return next((one for one in unknown if _place(content, one["loc"])[:-1] == place[:-1]), first)
    here = [one for one in faults if _place(content, one["loc"])[: len(place)] == place]
    return max(here, key=lambda one: len(one["loc"]))


def _place(content: Any, found: tuple[Any, ...]) -> list[Any]:
    """The keys and places of the file that lead to a mistake, without the names of alternatives that were tried."""
    place: list[Any] = []
    for number, part in enumerate(found):
        is_last = number == len(found) - 1
        if not isinstance(content, dict | list) or (isinstance(content, list) and isinstance(part, str)):
            continue
        if str(part).startswith(("function-", "[key]")):
            continue
        if isinstance(content, dict) and part not in content and not is_last:
            continue
        if "[" in str(part) and not (isinstance(content, dict) and part in content):
            continue
        place.append(part)
        content = content[part] if part in content or isinstance(content, list) else None
    return place


def _line(content: Any, place: list[Any]) -> int:
    """Line of the deepest part of `place` that the file has."""
    line = 1
    for part in place:
        try:
            position = content.lc.data[part] if hasattr(content, "lc") else None
            content = content[part]
        except (KeyError, IndexError, TypeError):
            break
        line = position[0] + 1 if position else line
    return line


def _field_names(model: type[BaseModel]) -> set[str]:
    """Names of all fields of a model and of the models it holds."""
    names: set[str] = set()
    for definition in [model.model_json_schema(), *model.model_json_schema().get("$defs", {}).values()]:
        names |= set(definition.get("properties", {}))
    return names
