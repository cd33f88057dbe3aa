"""`claim` and `say` in a notebook: a sentence with its verdict, and one that is filled with numbers of rows."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from ..errors import DataError
from ..wording import INVENTED, Html, evidence_of
from .checks import is_known, question_of
from .expressions import one_term
from .model import Expression, Finding
from .page import badge, checks_list, told
from .reading import check_names, question_named
from .verdicts import judged, with_fields


def filled_from_rows(text: str, on: Any) -> Html:
    """A sentence whose fields are numbers of published rows: `{mean_points(a)}` the estimate, `{mean_points_n(a)}` the
    people behind it, `{mean_points_interval(a)}` its interval; the names are those of conditions.

    Raises: DataError for a field that cannot be read or of which the round has no row.
    """
    evidence, asked = evidence_of(on), Expression(expression=text or " ", question=_only_question(on))
    unknown = False

    def number(field: str) -> Markup:
        nonlocal unknown
        name = re.sub(r"^(\s*\w+)_interval\b", r"\1", field)
        term = one_term(name)
        question = question_named(evidence.round, question_of(term, asked, evidence))
        row = evidence.find(question, term.statistic, term.item, segment=term.segment) if question else None
        if question is None or row is None:
            saw = f"{{{field}}}"
            raise DataError("say", "fields that name a row of the round", saw, remedy="see docs/workbench.md, say")
        is_of_all = term.segment == "all" or evidence.round.file.provenance != "reconstructed"
        unknown = unknown or not (is_of_all and is_known(evidence, question, term.statistic, term.item))
        part = "interval" if name != field else "n" if term.part == "n" else ""
        return row.part(part if row.is_published else "")

    said = with_fields(text, number)
    return Html(Markup("<p>{}{}</p>").format(said, INVENTED if unknown else ""))


def _only_question(rows: Any) -> str:
    questions = list(dict.fromkeys(rows["question"]))
    return questions[0] if len(questions) == 1 else ""


def claim(text: str, condition: str, on: Any = None) -> Html:
    """A sentence with its verdict: `claim("…", "rank_high(industrieparks) == 1", on=rows)`. `text` is said as it stands
    only where the rows support it. `on`: published rows; where they are of one question, conditions need not name it.

    Raises: DataError for a condition that cannot be read, and for names that the round does not have.
    """
    if on is None:
        raise DataError("claim", "on=, the published rows that the claim is about", "none")
    evidence = evidence_of(on)
    one = Expression(expression=condition, question=_only_question(on))
    words = text.rstrip(". ")
    finding = Finding(id="behauptung", order=1, title=words, sentence=f"{words}.", conditions=[one])
    check_names(finding, evidence.round, "claim")
    found = judged(finding, evidence)
    looked_at = [told(one) for one in found.checks if one.verdict != "offen" and one.why not in found.sentence]
    unit = Markup('<div class="finding" data-condition="{}"><p>{} {}</p>{}</div>')
    return Html(unit.format(condition, badge(found), found.sentence, checks_list(looked_at)))
