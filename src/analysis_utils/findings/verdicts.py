"""The verdict of each finding, its sentence in words that fit the verdict, and the table of all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from ..rounds import NOTES
from ..tables import to_csv
from ..wording import NOTES_QUESTION, Evidence, german, join, short_label, wanted
from .checks import Check, UndecidedError, check, found_row, readings_words, worst
from .model import FAILED, QUESTION, READINGS, Finding, Number, Order, Readings, Verdict
from .reading import RELEASED, question_named, read_findings, released_verdicts

LEAD_IN: dict[Verdict, str] = {
    "belegt": "{sentence}",
    "vereinbar": "{sentence} Ob das auch in einem ähnlichen Kreis gälte, ist offen.",
    "offen": "{title}. {reasons}",
    "widersprochen": "{title}. {reasons}",
}
MISSING = Markup('<span class="missing">(Zahl nicht bekannt)</span>')


@dataclass(frozen=True)
class Judged:
    """A finding with its verdict. `earlier` is the verdict of the last release, None where it was not released;
    `is_illustrative` where it rests on notes or ballots that were made up to show the method."""

    finding: Finding
    verdict: Verdict
    title: Markup
    sentence: Markup
    checks: list[Check]
    is_illustrative: bool
    earlier: Verdict | None

    @property
    def has_changed(self) -> bool:
        return self.earlier is not None and self.earlier != self.verdict


def judged_findings(evidence: Evidence) -> list[Judged]:
    """All findings: those whose verdict changed since the last release first, then in their order."""
    earlier = released_verdicts(evidence.round)
    found = [judged(finding, evidence, earlier.get(finding.id)) for finding in read_findings(evidence.round).all]
    return sorted(found, key=lambda one: (not one.has_changed, one.finding.order))


def judged(finding: Finding, evidence: Evidence, earlier: Verdict | None = None) -> Judged:
    """A finding with the verdict that the rows give it."""
    checks = [check(condition, evidence) for condition in finding.conditions]
    verdict = worst([one.verdict for one in checks])
    title = filled(finding.heading_for(verdict), finding, evidence)
    sentence = _sentence(finding, verdict, checks, evidence)
    return Judged(finding, verdict, title, sentence, checks, _made_up(checks, evidence), earlier)


def _made_up(checks: list[Check], evidence: Evidence) -> bool:
    file = evidence.round.file
    questions = {row.key.split("/")[1] for one in checks for row in one.rows}
    notes = file.notes is not None and file.notes.provenance != "original" and NOTES in questions
    return notes or (file.provenance == "illustrative" and bool(questions - {NOTES}))


def _sentence(finding: Finding, verdict: Verdict, checks: list[Check], evidence: Evidence) -> Markup:
    """The finding's words for this verdict (if all their numbers are known), else its sentence or title in words that
    say the verdict; what is open is said with the reason."""
    own = finding.wording.get(verdict, "")  # type: ignore[arg-type]
    if own and MISSING not in (words := filled(own, finding, evidence, checks)):
        return words
    return Markup(LEAD_IN[verdict]).format(
        sentence=filled(finding.sentence, finding, evidence),
        title=filled(finding.heading_for(verdict), finding, evidence),
        reasons=_reasons(checks, verdict),
    )


def _reasons(checks: Sequence[Check], verdict: Verdict) -> Markup:
    """What the conditions with this verdict say, each once."""
    return join(dict.fromkeys(one.reason for one in checks if one.verdict == verdict), " ")


def with_fields(text: str, field: Callable[[str], Markup]) -> Markup:
    """A text with what `field` gives in place of each `{name}`; everything else is escaped."""
    parts = re.split(r"\{([^{}]*)\}", text)
    return join(field(part) if place % 2 else part for place, part in enumerate(parts))


def filled(text: str, finding: Finding, evidence: Evidence, checks: Sequence[Check] = ()) -> Markup:
    """The text with its numbers; whatever is not a placeholder is escaped."""

    def placeholder(name: str) -> Markup:
        if name in finding.numbers:
            return _number(finding.numbers[name], evidence)
        if name == FAILED:
            return _reasons(checks, "widersprochen")
        if name == QUESTION:
            question = next((one.question for one in finding.conditions if hasattr(one, "question")), "")
            found = question_named(evidence.round, question) if question else None
            return Markup("{}").format(found.label) if found else MISSING
        kind, words = (Readings, readings_words) if name == READINGS else (Order, _leaders)
        return next((words(one, evidence) for one in finding.conditions if isinstance(one, kind)), MISSING)  # type: ignore[arg-type]

    return with_fields(text, placeholder)


def _number(number: Number, evidence: Evidence) -> Markup:
    try:
        row = found_row(evidence, number.question, number.statistic, number.item, number.segment)
    except UndecidedError:
        return MISSING
    return row.part(number.part.replace("estimate", ""))


def _leaders(order: Order, evidence: Evidence) -> Markup:
    """The areas with the largest number, in quotation marks; `alle gleich` and `keiner` where none leads."""
    question = question_named(evidence.round, order.question) or NOTES_QUESTION
    areas = {code.id for code in evidence.round.codebook.focus_areas}
    rows = [row for row in evidence.rows(question, order.by or question.measure) if row.estimate is not None]
    rows = [row for row in rows if row.item in (question.options.values() or areas)]
    top = max(map(wanted, rows), default=0)
    names = [f"„{short_label(evidence.round, row.item)}“" for row in rows if wanted(row) == top]
    words = "keiner" if not top else "alle gleich" if len(names) == len(rows) > 1 else german.listing(names)
    return Markup("{}").format(words)


def write_findings(evidence: Evidence) -> None:
    """Write `findings.csv` and `findings_released.yml` into the round's report. To compare a later report with this
    one, copy the second beside `round.yml` when this report is sent."""
    found = judged_findings(evidence)
    folder = evidence.round.reports
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "findings.csv").write_text(to_csv(findings_frame(found)), encoding="utf-8", newline="\n")
    lines = [f"  {one.finding.id}: {one.verdict}\n" for one in sorted(found, key=lambda one: one.finding.id)]
    text = f"verdicts:\n{''.join(lines)}" if lines else "verdicts: {}\n"
    (folder / RELEASED).write_text(text, encoding="utf-8", newline="\n")


def findings_frame(judged: list[Judged]) -> pd.DataFrame:
    """One row per finding, in the order shown: verdict, sentence, the keys it rests on, and what the file states."""
    rows = [
        (
            one.finding.id,
            one.verdict,
            one.earlier or "",
            one.finding.audience,
            one.title.striptags(),
            one.sentence.striptags(),
            "yes" if one.is_illustrative else "no",
            " ".join(dict.fromkeys(value for part in one.checks for value in part.given)),
            " ".join(dict.fromkeys(row.key for part in one.checks for row in part.rows)),
        )
        for one in judged
    ]
    columns = ["finding", "verdict", "earlier", "audience", "title", "sentence", "illustrative", "stated", "keys"]
    return pd.DataFrame(rows, columns=columns)
