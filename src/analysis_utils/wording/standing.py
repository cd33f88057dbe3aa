"""What readers are told of a version: that it is a draft, or that answers were corrected after a release."""

from __future__ import annotations

import datetime
from itertools import groupby
from operator import itemgetter

from ..rounds import Round
from ..tables import read_table
from . import german

DRAFT = "Entwurf – nicht freigegeben"


def draft_mark(round_: Round) -> str:
    """The mark that every file made of a round bears, or an empty text where it was released as it is."""
    return DRAFT if round_.is_draft else ""


def errata(round_: Round) -> list[str]:
    """Sentences for every page, one paragraph per release that answers were corrected after; none where there is no
    such. How answers were corrected is not said."""
    path = round_.table("errata")
    rows = read_table("errata", path).to_dict("records") if path.is_file() else []
    alike = itemgetter("kind", "version", "version_kind", "date", "allowed_by", "reason")
    return [_sentences(round_, list(found)) for _, found in groupby(sorted(rows, key=alike), alike)]


def _sentences(round_: Round, rows: list[dict]) -> str:
    row, names = rows[0], [f"„{round_.question(row['question']).label}“" for row in rows]
    event = "Freigabe" if row["version_kind"] == "release" else "Weitergabe des Entwurfs"
    date = german.date(datetime.date.fromisoformat(row["date"]))
    which = f"die Frage {names[0]}" if len(names) == 1 else f"die Fragen {german.listing(names)}"
    opening = f"Nach der {event} vom {date} (Datenstand {row['version']}) wurden Antworten auf {which} berichtigt."
    if row["kind"] == "exception":
        allowed = f"als Ausnahme zugelassen von {row['allowed_by']}. Begründung: {row['reason']}"
        return f"{opening} Gezeigt werden die berichtigten Zahlen, {allowed}"
    least = german.spelled(round_.file.disclosure.minimum_base)
    return (
        f"{opening} Die Zahlen dazu stehen so, wie sie damals veröffentlicht wurden, bis sich mindestens {least} "
        "Antworten unterscheiden: Aus zwei Fassungen ließe sich sonst errechnen, was Einzelne geantwortet haben."
    )
