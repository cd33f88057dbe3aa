"""The numbers inside interactive charts: what is drawn, what a point tells, titles, axes and remarks.

A chart's data stand as JSON in the page. Every digit of its texts must be the print of a number in the figure's CSV;
every drawn value must be a number that its own point tells; both ends of an error bar must stand in the CSV. A trace
whose coordinates only place things says so under `meta`.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from proofread import Numeral, could_print, numerals

from .exceptions import Exceptions, is_shortened, without_level
from .named import ByName, Names, told_faults

_CHARTS = re.compile(r'<script type="application/json" id="charts">(.*?)</script>', re.DOTALL)
_NOTHING = ("zurückgehalten", "keine Angabe")
_NAME = re.compile(r"\A<b>.*?</b>", re.DOTALL)
_TITLES = ("title", "xaxis", "yaxis", "legend", "annotations", "shapes")


def chart_faults(
    text: str, excepted: Exceptions, values: dict[str, list[float]], names: Names, by_name: Mapping[str, ByName]
) -> Iterator[tuple[int, str]]:
    """Line and description of each number in the charts of a page that has no source. `values` and
    `by_name` hold the numbers of each figure's CSV."""
    found = _CHARTS.search(text)
    if found is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    for identifier, spec in json.loads(found[1]).items():
        name = identifier.removeprefix("chart-")
        narrow = (spec["layout"].get("meta") or {}).get("narrow")
        for part in (spec, narrow) if narrow else (spec,):  # on a screen and on a phone
            for told in _chart_faults(part, excepted, values.get(name, [])):
                yield line, f"chart {name}: {told}"
            for trace in part["data"]:
                for words in dict.fromkeys(_words_of_trace(trace)):
                    text = excepted.spaced(words)
                    for told in told_faults(names, text, numerals(excepted.without(text)), by_name.get(name, {})):
                        yield line, f"chart {name}: {told} in “{text}”"


def _chart_faults(spec: dict[str, Any], excepted: Exceptions, known: Sequence[float]) -> Iterator[str]:
    words = list(_words_of_layout(spec["layout"]))
    for trace in spec["data"]:
        words += [*_words_of_trace(trace)]
        yield from _point_faults(trace, known)
    for text in dict.fromkeys(words):
        for one in numerals(excepted.without(text)):
            if not excepted.is_number_label(one.text) and not any(could_print(one, value) for value in known):
                yield f"{one.text} has no source in “{text}”"


def _words_of_layout(layout: dict[str, Any]) -> Iterator[str]:
    """Every text of titles, axes and remarks; whole where it says what it breaks into lines."""
    parts = [value for name, value in layout.items() if name.startswith(_TITLES)]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            texts = [part.get(name) for name in ("text", "hovertext")]
            drawn, told = (_plain(text) if isinstance(text, str) else "" for text in texts)
            whole = str(part.get("name", ""))
            yield from (whole if is_shortened(drawn, whole) else drawn, told)
            yield from _wrong_ticks(part)
            parts += part.values()
        elif isinstance(part, list):
            parts += part


def _wrong_ticks(axis: dict[str, Any]) -> Iterator[str]:
    """Words on an axis that do not just print the value they stand at."""
    for value, words in zip(axis.get("tickvals", []), axis.get("ticktext", []), strict=False):
        told = numerals(_plain(str(words)))
        if not (len(told) == 1 and isinstance(value, int | float) and could_print(told[0], value)):
            yield _plain(str(words))


def _words_of_trace(trace: dict[str, Any]) -> Iterator[str]:
    parts = [trace.get(name, []) for name in ("name", "text", "hovertext", "x", "y", "hovertemplate", "texttemplate")]
    lists = ([part] if isinstance(part, str) else part for part in parts)
    yield from (_plain(words) for words in chain.from_iterable(lists) if isinstance(words, str))


def _point_faults(trace: dict[str, Any], known: Sequence[float]) -> Iterator[str]:
    """Drawn values that their point does not tell, labels that differ from it, error bars that end elsewhere."""
    places = (trace.get("meta") or {}).get("places", "")
    for axis in ("x", "y"):
        for number, value in enumerate(trace.get(axis, [])):
            words = _told(trace, number)
            if axis in places or isinstance(value, str) or value is None or any(why in words for why in _NOTHING):
                continue
            if not _tells(numerals(without_level(words)), value):
                yield f"{value:.6g} is drawn where “{words}” is told"
            for end in _ends(trace.get(f"error_{axis}"), number, value):
                if not any(math.isclose(end, one, rel_tol=1e-9, abs_tol=1e-6) for one in known):
                    yield f"an error bar ends at {end:.6g}, which the figure's numbers do not have"
    if isinstance(trace.get("hovertext"), list) and isinstance(trace.get("text"), list):
        for number, label in enumerate(trace["text"]):
            words = _told(trace, number)
            among = {one.text for one in numerals(without_level(words))}
            for printed in numerals(_plain(label or "")):
                if printed.text not in among:
                    yield f"{printed.text} is printed where “{words}” is told"


def _told(trace: dict[str, Any], number: int) -> str:
    """What a point says below its name, which may itself read like a result (`Rang 2`): the text on hovering, else the
    one beside it."""
    for name in ("hovertext", "text"):
        words = trace.get(name)
        if words:
            return _plain(_NAME.sub("", words if isinstance(words, str) else words[number] or ""))
    return ""


def _tells(told: list[Numeral], value: float) -> bool:
    """23.1 is not told by “23 of 29 people”, if there is anything finer."""
    finest = max((one.digits for one in told), default=0)
    return any(_could_draw(one, value) for one in told if one.digits == finest)


def _could_draw(one: Numeral, value: float) -> bool:
    """A share may be drawn as such or in percent."""
    return could_print(one, value) or could_print(replace(one, is_percent=False), value)


def _ends(bar: dict[str, Any] | None, number: int, value: float) -> Iterator[float]:
    if bar and bar.get("array"):
        yield value + (bar["array"][number] or 0)
        yield value - (bar.get("arrayminus", bar["array"])[number] or 0)


def _plain(text: str) -> str:
    """What a reader sees of a text; lines stay apart, and the narrow blank of `1 737` stays what it is."""
    lines = re.sub(r"<br\s*/?>|\n", " \ufffc ", text)
    return re.sub(r"[ \t\r]+", " ", html.unescape(re.sub(r"<[^>]*>", " ", lines))).strip(" \ufffc")
