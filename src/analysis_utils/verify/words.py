"""Words that say a result: verdicts, sentences of findings, units, and tables that travel with a report as they are."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..contracts import STATISTICS
from ..rounds import Round
from ..tables import read_lines

_ARTICLE = re.compile(r'<article class="finding" id="befund-([^"]+)">(.*?)</article>', re.DOTALL)
_BADGE = re.compile(r'<strong class="verdict verdict-(\w+)"[^>]*>(\w+)</strong>')
_HEADING = re.compile(r"<h3><strong[^>]*>\w+</strong>(?:\s*<small[^>]*>[^<]*</small>)?(.*?)</h3>", re.DOTALL)
_SENTENCE = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_UNIT = re.compile(r"[\s\u00a0\u202f]?(%|Prozent\b|Punkten?\b|Personen?\b)")
_NEVER = {
    "points": ("%", "Prozent", "Person"),
    "share": ("Punkt", "Person"),
    "people": ("%", "Prozent", "Punkt"),
    "statements": ("%", "Prozent", "Punkt", "Person"),
    "groups": ("%", "Prozent", "Punkt", "Person"),
    "scale": ("%", "Prozent", "Person"),
    "rank": ("%", "Prozent", "Punkt", "Person"),
}
"""Words that do not follow a number of a unit."""


def read_verdicts(path: Path) -> dict[str, tuple[str, str, str]]:
    """Verdict, title and sentence of each finding; none where the report has no findings."""
    if not path.is_file():
        return {}
    told = ("verdict", "title", "sentence")
    return {line["finding"]: tuple(line[name].removeprefix("'") for name in told) for line in read_lines(path)}  # type: ignore[misc]


def verdict_faults(text: str, verdicts: Mapping[str, tuple[str, str, str]]) -> Iterator[tuple[int, str]]:
    """Place and description of each finding on a page that is not as in `findings.csv`."""
    for mark in _BADGE.finditer(text):
        if mark[1] != mark[2]:
            yield mark.start(), f"a verdict reads “{mark[2]}” and is marked as {mark[1]}"
    for article in _ARTICLE.finditer(text):
        verdict, title, sentence = verdicts.get(article[1], ("", "", ""))
        heading = _HEADING.search(article[2])
        if heading and _plain(heading[1]) != " ".join(title.split()):
            yield article.start(), f"the title of {article[1]} is not that of findings.csv"
        badge, said = _BADGE.search(article[2]), _SENTENCE.search(article[2])
        if badge and badge[2] != verdict:
            yield article.start(), f"the verdict on {article[1]} reads “{badge[2]}”, in findings.csv “{verdict}”"
        if said and _plain(said[1]) != " ".join(sentence.split()):
            yield article.start(), f"the sentence of {article[1]} is not that of findings.csv"


def unit_fault(key: str, printed: str, behind: str) -> str:
    """What is wrong with the unit behind a number, in one line; empty where nothing is."""
    found = _UNIT.match(behind)
    unit = STATISTICS.get(key.rpartition("/")[2], "")
    if found and any(found[1].startswith(word) for word in _NEVER.get(unit, ())):
        return f"“{printed} {found[1]}” is printed of {unit}: {key}"
    return ""


def copy_faults(folder: Path, round_: Round, other_rounds: Path | None) -> Iterator[tuple[str, int, str]]:
    """Tables in a report that are not what was computed: copies, and rows of figures with other words."""
    known: set[str] = set()
    for source in (round_.processed, *(other_rounds.glob("[!.]*") if other_rounds else ())):
        for name in ("estimates.csv", "changes.csv"):
            if (source / name).is_file():
                known |= set((source / name).read_text(encoding="utf-8").splitlines())
    for name in ("estimates.csv", "changes.csv"):
        copy, computed = folder / name, round_.processed / name
        if copy.is_file() and computed.is_file() and copy.read_bytes() != computed.read_bytes():
            yield name, _first_difference(copy, computed), "the table is not what was computed"
    for path in sorted((folder / "figures").glob("*.csv")):
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if text not in known:
                yield f"figures/{path.name}", line, "the row is not one that was computed"


def recomputed_faults(folder: Path, round_: Round) -> Iterator[tuple[str, int, str]]:
    """Whether `findings.csv` says what the published rows say."""
    path = folder / "findings.csv"
    if path.is_file():
        from ..findings import findings_frame, judged_findings
        from ..tables import to_csv
        from ..wording import read_evidence

        computed = to_csv(findings_frame(judged_findings(read_evidence(round_)))).splitlines()
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if text not in computed:
                yield path.name, line, "the finding is not what the published numbers say"


def _first_difference(one: Path, other: Path) -> int:
    lines = (path.read_text(encoding="utf-8", errors="replace").splitlines() for path in (one, other))
    pairs = zip(*lines, strict=False)
    return next((place for place, (a, b) in enumerate(pairs, start=1) if a != b), 0)


def _plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())
