"""The few technical terms of the pages, explained in a sentence each; a page shows those that occur on it."""

from __future__ import annotations

import re

# term as shown -> (how it occurs in text, explanation)
TERMS: dict[str, tuple[str, str]] = {
    "Borda-Verfahren": (
        r"Borda",
        "Zählregel, die nur die Reihenfolge auf jedem Stimmzettel beachtet: Ein Bereich erhält so viele Zähler, wie "
        "Bereiche hinter ihm liegen.",
    ),
    "Cliffs Delta": (
        r"Cliffs? Delta",
        "Maß für den Unterschied zweier Gruppen: wie viel häufiger eine Person der einen Gruppe höher antwortet als "
        "eine der anderen, als dass sie niedriger antwortet.",
    ),
    "Einigkeit": (
        r"Einigkeit",
        "Eins, wenn alle dieselbe Stufe wählen; null, wenn sich die Antworten je zur Hälfte auf die beiden Enden der "
        "Skala verteilen (Konsensmaß nach Tastle und Wierman).",
    ),
    "gestutztes Mittel": (r"gestutzt", "Mittelwert ohne die größten und die kleinsten Angaben."),
    "Median": (r"\bMedian", "Die mittlere aller der Größe nach geordneten Antworten."),
    "mögliche Ränge": (
        r"mögliche Ränge|vereinbar sind",
        "Alle Plätze, die ein Bereich einnehmen könnte, ohne dass die Daten dagegen sprechen; gilt für alle Bereiche "
        "zugleich mit hoher Sicherheit.",
    ),
    "n": (r"\bn = ", "Zahl der Personen oder Stimmzettel, auf denen eine Angabe beruht."),
    "nachgebildet": (
        r"nachgebildet",
        "Diese Zahl ist nicht überliefert. Sie zeigt nur, wie die Auswertung mit den Originaldaten aussähe.",
    ),
    "zustimmende Stufen": (
        r"zustimmende[nr]? Stufen",
        "Die Stufen einer Skala, die vorab als Zustimmung festgelegt wurden.",
    ),
    "Paarvergleiche": (r"Paarvergleich", "Zählregel, bei der jeder Bereich gegen jeden anderen antritt."),
    "p-Wert": (
        r"\bp = |p-Wert|\bp \(",
        "Wie wahrscheinlich ein mindestens so großer Unterschied wäre, wenn es in Wahrheit keinen gäbe. Ein großer "
        "p-Wert belegt keine Gleichheit.",
    ),
    "Unsicherheitsbereich": (
        r"Unsicherheitsbereich|95-%-Bereich",
        "Bereich, in dem der Wert in einem gedachten größeren Kreis ähnlicher Teilnehmender mit hoher Sicherheit läge, "
        "sofern die Personen unabhängig voneinander antworteten.",
    ),
    "zurückgehalten": (
        r"zurückgehalten|•",
        "Zum Schutz einzelner Personen wird ein Wert nicht gezeigt, wenn er auf zu wenigen Antworten beruht oder einen "
        "solchen Wert verraten würde.",
    ),
}


def terms_in(text: str) -> list[tuple[str, str]]:
    """The terms that occur in the visible text, in alphabetical order, each with its explanation."""
    return [(term, words) for term, (pattern, words) in TERMS.items() if re.search(pattern, text)]
