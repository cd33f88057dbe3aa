"""The record for whoever answers for data protection: what a round shows of its groups, what it does not, and why."""

from __future__ import annotations

import pandas as pd

from ..rounds import Round
from ..tables import write_private
from .cut import EARLIER, Segments, compared_questions, compares_segments

RECORD = "schutzprotokoll.md"
WHY = {
    "suppressed_small_base": "zu wenige Personen, zusammengefasst",
    "suppressed_complementary": "mit kleineren zusammengefasst, die sich sonst durch Abziehen ergäben",
    EARLIER: "verriete neben einer freigegebenen Fassung wenige Personen; nur alle zusammen",
    "suppressed_undeclared": "keine Kennzahl, die für Gruppen freigegeben ist",
}


def write_record(round_: Round, estimates: pd.DataFrame, segments: Segments) -> None:
    """Write `schutzprotokoll.md` beside the tables of the round, for its owner only. Same input, same bytes."""
    write_private(round_.processed / RECORD, record(round_, estimates, segments))


def record(round_: Round, estimates: pd.DataFrame, segments: Segments) -> str:
    """Per question: the segments with the people who answered, which groups they hold, what is published of them; every
    group or number that is not, with the reason; exceptions with name and reason."""
    disclosure = round_.file.disclosure
    lines = [
        f"# Schutzprotokoll: {_plain(round_.file.title)}",
        "",
        "Vertraulich. Es enthält Gruppengrößen, die kein Bericht nennt, und geht nur an die für den Datenschutz "
        "zuständige Person.",
        "",
        f"Regel: Gezeigt wird eine Gruppe ab {disclosure.minimum_base} Personen, die die Frage beantwortet haben; "
        "kleinere werden zusammengefasst, mit weiteren, bis auch diese Zahl erreicht ist.",
        "",
        "## Ausnahmen",
        "",
    ]
    lines += [
        f"- {one.group}: ab {one.people} Personen. Verantwortlich: {_plain(one.by)}. Grund: {_plain(one.reason)}"
        for one in disclosure.exceptions
    ] or ["keine"]
    for question in compared_questions(round_):
        own = estimates[(estimates["question"] == question.id) & (estimates["segment"] != "all")]
        lines += ["", f"## {question.id}: {_plain(question.label)}", ""]
        cut = segments.questions[question.id]
        shown = segments.shown(question.id)
        if not shown:
            lines.append("Nur alle zusammen.")
        else:
            lines += ["| gezeigt | Personen | enthält | Kennzahlen |", "|---|---|---|---|"]
        for segment in shown:
            groups = [group for group, at in cut.shown_in.items() if at == segment]
            rows = own[(own["segment"] == segment) & (own["status"] == "published")]
            named = ", ".join(dict.fromkeys(rows["statistic"]))
            lines.append(f"| {segment} | {cut.sizes[segment]} | {', '.join(groups)} | {named} |")
        for name in ("equal_groups", "raked"):
            rows = own[(own["segment"] == name) & (own["status"] == "published")]
            if named := ", ".join(dict.fromkeys(rows["statistic"])):
                lines.append(f"| {name} | gewichtet | {', '.join(shown)} | {named} |")
        of_all = estimates[(estimates["question"] == question.id) & (estimates["segment"] == "all")]
        pairs = zip(of_all["statistic"], of_all["item"], strict=True)
        if compared := ", ".join(dict.fromkeys(name for name, item in pairs if compares_segments(name, item))):
            lines += ["", f"Aus diesen Zahlen verglichen: {compared}"]
        lines += ["", *(f"- {group}: {WHY[status]}" for group, status in segments.withheld(question.id))]
        emptied = own[own["status"] == "suppressed_undeclared"]
        lines += [
            f"- {segment}, {statistic}: {WHY['suppressed_undeclared']}"
            for segment, statistic in dict.fromkeys(zip(emptied["segment"], emptied["statistic"], strict=True))
        ]
    return "\n".join(lines).rstrip() + "\n"


def _plain(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
