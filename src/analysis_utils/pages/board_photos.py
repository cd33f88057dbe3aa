"""Photographs of boards on a page: the released ones, as cleaned by the ingest, with what is known about them."""

from __future__ import annotations

import base64

from markupsafe import Markup

from ..findings import of_themes
from ..tables import read_table
from ..wording import Evidence, Html, german, group_label, join, note

NOBODY = "Zum Zeigen ist kein Foto einer Tafel freigegeben."


@of_themes
def photos(evidence: Evidence) -> Html:
    """Each released photo with caption, description and who released it."""
    rows = read_table("photos", evidence.round.table("photos")).to_dict("records")
    return Html(join(_photo(evidence, row) for row in rows)) if rows else note(NOBODY)


def _photo(evidence: Evidence, row: dict) -> Markup:
    content = base64.b64encode((evidence.round.processed / row["file"]).read_bytes()).decode()
    board = f"Tafel „{row['board']}“" if row["board"] else "Tafel"
    whose = f"{board}, {group_label(evidence, row['group'])}"
    alt = row["alt"] or f"Foto: {whose}, mit {_cards(row['cards'])}."
    return Markup(
        '<figure class="photo"><img src="data:image/jpeg;base64,{}" width="{}" height="{}" alt="{}">'
        "<figcaption>{} (Foto; freigegeben: {})</figcaption></figure>"
    ).format(content, row["width"], row["height"], alt, row["caption"] or whose, row["released_by"])


def _cards(count: int) -> str:
    return "einer Karte" if count == 1 else f"{german.spelled(count)} Karten" if count <= 12 else "vielen Karten"
