"""The page above all rounds: which reports there are, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ..rounds import RoundFile
from ..wording import german, join

_DATA = {"original": "Originaldaten", "reconstructed": "rekonstruierte Daten", "illustrative": "erfundene Daten"}


def landing_markup(rounds: Sequence[tuple[str, RoundFile, bool]]) -> Markup:
    """A card per round (folder name, description, whether its report is a draft) that leads to its `index.html`."""
    newest_first = sorted(rounds, key=lambda entry: (entry[1].date, entry[0]), reverse=True)
    card = '<li><a href="{}/index.html"><b>{}</b>{} · {}{}</a></li>'
    cards = join(
        Markup(card).format(
            name, file.title, german.date(file.date), _DATA[file.provenance], " · Entwurf" if is_draft else ""
        )
        for name, file, is_draft in newest_first
    )
    words = "Zu jeder Runde gibt es einen Bericht, der ohne Internet lesbar ist; die neueste Runde zuerst."
    return Markup('<p>{}</p><ul class="cards">{}</ul>').format(words, cards)
