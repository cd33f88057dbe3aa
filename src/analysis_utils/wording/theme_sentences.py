"""German sentences about the group notes, built from rows of `estimates`. Groups are counted, never people."""

from __future__ import annotations

from markupsafe import Markup

from .evidence import Evidence, Row, shown, shown_interval, shown_n
from .html import in_words, join
from .labels import named
from .themes import NOTES_QUESTION, code_label, groups_of, groups_word, so_far, spoken_of, stance_rows

MOSTLY, FEWEST = 0.5, 3
"""A stance is said to prevail from this share of the statements, and where there are at least so many."""


def _one(evidence: Evidence, statistic: str, item: str = "", segment: str = "all") -> Row:
    return evidence.row(NOTES_QUESTION, statistic, item, segment=segment)


def _name(evidence: Evidence, item: str) -> Markup:
    return Markup("<b>{}</b>").format(code_label(evidence, item))


def _listing(parts: list[Markup], last: str = "und") -> Markup:
    if len(parts) < 2:
        return join(parts)
    return Markup("{} {} {}").format(join(parts[:-1], ", "), last, parts[-1])


def _statements(row: Row) -> Markup:
    return Markup("{}\u00a0{}").format(shown(row), "Aussage" if row.value == 1 else "Aussagen")


TENTATIVE = 0.667
"""Alpha below it is not reliable (Krippendorff 2004)."""


# --- headlines of the figures -----------------------------------------------------------------------------------------


def coverage_headline(evidence: Evidence) -> str:
    """The areas most statements speak of."""
    areas = [row for row in spoken_of(evidence, "focus_areas") if row.value]
    if not areas:
        return "Zu keinem Fokusbereich liegt eine kodierte Aussage vor"
    most = [code_label(evidence, row.item) for row in areas if row.value == areas[0].value]
    if len(most) == len(spoken_of(evidence, "focus_areas")) > 1:
        return "Die Gruppen sprachen über alle Fokusbereiche gleich oft"
    return f"Am meisten sprachen die Gruppen über {named(most)}"


def stance_headline(evidence: Evidence) -> str:
    """Areas whose statements mostly re-interpret or criticise, in one line."""
    parts = []
    for stance, verb in (("umdeutung", "umgedeutet"), ("kritisch", "kritisch gesehen")):
        names = [code_label(evidence, item) for item in _mostly(evidence, stance)]
        if names:
            parts.append(f"{named(names)} überwiegend {verb}")
    words = ", ".join(parts) or "Haltung der Gruppen zu den Fokusbereichen"
    return f"{words[:1].upper()}{words[1:]}"


def inside_headline(evidence: Evidence) -> str:
    """The theme and the area that come together most often; two pairs where they tie, none where more do."""
    pairs = _pairs(evidence)
    if not pairs:
        return "Kein Thema kam innerhalb eines Fokusbereichs vor"
    most = [row for row in pairs if row.value == pairs[0].value]
    if len(most) > 2:
        return "Mehrere Themen kamen gleich oft innerhalb von Fokusbereichen vor"
    codes = [[f"„{code_label(evidence, code)}“" for code in row.item.split("|")] for row in most]
    return f"Am häufigsten zusammen: {' sowie '.join(' und '.join(pair) for pair in codes)}"


def dots_headline(evidence: Evidence) -> str:
    """The area whose cards got most dots."""
    dots = [row for row in evidence.rows(NOTES_QUESTION, "dots") if row.item in _areas(evidence)]
    first = [row for row in dots if row.value == max(one.value for one in dots)]
    if not first or not first[0].value:
        return "Auf Karten zu Fokusbereichen klebt kein Punkt"
    names = named([code_label(evidence, row.item) for row in first], "Bereichen")
    return f"Die meisten Klebepunkte tragen Karten zu {names}"


def _areas(evidence: Evidence) -> list[str]:
    return [row.item for row in spoken_of(evidence, "focus_areas")]


def _mostly(evidence: Evidence, stance: str) -> list[str]:
    found = []
    for item in _areas(evidence):
        row = stance_rows(evidence, item).get(stance)
        if row is not None and (row.n or 0) >= FEWEST and row.value > MOSTLY * (row.n or 0):
            found.append(item)
    return found


def _pairs(evidence: Evidence) -> list[Row]:
    rows = [row for row in evidence.rows(NOTES_QUESTION, "cooccurrence") if row.value]
    return sorted(rows, key=lambda row: -row.value)


# --- sentences --------------------------------------------------------------------------------------------------------


def reading_sentences(evidence: Evidence) -> list[Markup]:
    """How much was read and coded, group by group."""
    parts = [
        Markup("{} ({})").format(group.label, shown(_one(evidence, "statements_read", segment=group.id)))
        for group in groups_of(evidence)
    ]
    read, coded = _one(evidence, "statements_read"), _one(evidence, "statements_coded")
    one = Markup("Gelesen wurde {} Aussage: {}.").format(shown(read), _listing(parts))
    several = Markup("Gelesen wurden {} Aussagen und Karten: {}.").format(shown(read), _listing(parts))
    verb = "trägt" if coded.value == 1 else "tragen"
    is_coded = Markup("Davon {} {} eine gültige Kodierung.").format(verb, shown(coded))
    none = Markup("Noch ist keine davon kodiert.")
    return [Markup("{} {}").format(one if read.value == 1 else several, is_coded if coded.value else none)]


def coverage_sentences(evidence: Evidence) -> list[Markup]:
    """Which focus areas came up in how many groups, from all to none."""
    groups = len(groups_of(evidence))
    rows = spoken_of(evidence, "focus_areas")
    if not _one(evidence, "statements_coded").value:
        return [Markup("Noch ist keine Aussage kodiert.")]
    sentences = [Markup(words)] if (words := so_far(evidence)) else []
    if not any(row.value for row in rows):
        return [*sentences, Markup("Zu keinem Fokusbereich liegt eine kodierte Aussage vor.")]
    for count in range(groups, -1, -1):
        mine = [row for row in rows if _one(evidence, "groups_covered", row.item).value == count]
        if not mine:
            continue
        who = groups_word(count, groups)
        if count == 0:
            names = _listing([_name(evidence, row.item) for row in mine], "oder")
            silent = "{} hat {} als eigenen Bereich angesprochen."
            unknown = "Noch bei keiner Gruppe kodiert ist {1}."
            sentences.append(Markup(unknown if so_far(evidence) else silent).format(who, names))
            continue
        named = [Markup("{} ({})").format(_name(evidence, row.item), _statements(row)) for row in mine]
        verb = "spricht" if count == 1 else "sprechen"
        sentences.append(Markup("{} {} über {}.").format(who, verb, _listing(named)))
    return sentences


def stance_sentences(evidence: Evidence) -> list[Markup]:
    """Areas for which one stance prevails."""
    words = {
        "priorität": "Überwiegend als Priorität genannt",
        "unterstützend": "Überwiegend unterstützt",
        "bedingung": "Überwiegend an Bedingungen geknüpft",
        "kritisch": "Überwiegend kritisch gesehen",
        "umdeutung": "Überwiegend anders verstanden als vorgestellt",
    }
    sentences = []
    for stance, opening in words.items():
        parts = []
        for item in _mostly(evidence, stance):
            row = stance_rows(evidence, item)[stance]
            parts.append(Markup("{} ({} von {} Aussagen)").format(_name(evidence, item), shown(row), shown_n(row)))
        if parts:
            sentences.append(Markup("{}: {}.").format(opening, _listing(parts)))
    spoken = any(row.value for row in spoken_of(evidence, "focus_areas"))
    return sentences or [Markup("Zu keinem Fokusbereich überwiegt eine einzelne Haltung.")] * spoken


def inside_sentences(evidence: Evidence, most: int = 3) -> list[Markup]:
    """The themes that come up inside focus areas most often."""
    pairs = _pairs(evidence)
    if not pairs:  # the note in place of the picture says why
        return []
    kept = [row for row in pairs if row.value >= pairs[min(most, len(pairs)) - 1].value]
    parts = []
    for row in kept:
        theme, area = row.item.split("|")
        parts.append(Markup("{} in {} ({})").format(_name(evidence, theme), _name(evidence, area), _statements(row)))
    return [Markup("Innerhalb der Fokusbereiche kamen am häufigsten vor: {}.").format(_listing(parts))]


def dots_sentences(evidence: Evidence) -> list[Markup]:
    """Dots in all and on the areas."""
    total = [row for row in evidence.rows(NOTES_QUESTION, "dots") if not row.item]
    if not total:
        return [Markup("Auf den Tafeln dieser Runde sind keine Klebepunkte verzeichnet.")]
    rows = sorted(
        (row for row in evidence.rows(NOTES_QUESTION, "dots") if row.item in _areas(evidence)), key=lambda r: -r.value
    )
    parts = [Markup("{} ({})").format(_name(evidence, row.item), shown(row)) for row in rows if row.value]
    one = total[0].value == 1
    head = Markup("Auf den Karten klebt {} Punkt" if one else "Auf den Karten kleben {} Punkte").format(shown(total[0]))
    return [Markup("{}: {}.").format(head, _listing(parts)) if parts else Markup("{}.").format(head)]


def order_sentences(evidence: Evidence) -> list[Markup]:
    """How far the groups' own orders agree with each other and with the poll."""
    sentences = []
    concordance = evidence.rows(NOTES_QUESTION, "kendall_w")
    if concordance and concordance[0].estimate is not None:
        row = concordance[0]
        p = _one(evidence, "kendall_w_p")
        sentences.append(
            Markup(
                "Auf den {} Bereichen, die alle Gruppen geordnet haben, beträgt die Übereinstimmung der Rangfolgen "
                "W = {} (Eins wäre völlige Übereinstimmung; exaktes p = {})."
            ).format(in_words(row.n or 0), shown(row), shown(p))
        )
    taus = [
        Markup("{}: {} (auf {} Bereichen)").format(group.label, shown(tau), in_words(tau.n or 0))
        for group in groups_of(evidence)
        for tau in evidence.rows(NOTES_QUESTION, "group_tau_b", segment=group.id)
        if tau.estimate is not None
    ]
    if taus:
        sentences.append(
            Markup("Mit der Reihenfolge der Umfrage stimmen die Gruppen so überein (Kendalls τ-b): {}.").format(
                join(taus, "; ")
            )
        )
    if sentences:
        sentences.append(Markup("Bei so wenigen Bereichen und Gruppen ist das nur eine Beschreibung."))
    return sentences  # the table says where nobody ranked anything


def agreement_sentences(evidence: Evidence) -> list[Markup]:
    """How far the coders agree, overall and at worst."""
    rows = evidence.rows(NOTES_QUESTION, "coding_alpha")
    if not rows:
        return [Markup("Wie verlässlich die Kodierung ist, lässt sich aus diesen Kodierungen nicht berechnen.")]
    overall = rows[0]
    sentences = [
        Markup("{} {} von mehreren Personen kodiert. Krippendorffs α über alle Themen beträgt {}{}.").format(
            shown_n(overall),
            "Aussage wurde" if overall.n == 1 else "Aussagen wurden",
            shown(overall),
            _interval(overall),
        )
    ]
    weak = [row for row in rows[1:] if row.estimate is not None and row.value < TENTATIVE]
    if weak:
        parts = [Markup("{} ({})").format(_name(evidence, row.item), shown(row)) for row in weak]
        sentences.append(Markup("Nicht verlässlich kodiert (α unter zwei Dritteln): {}.").format(_listing(parts)))
    stances = evidence.rows(NOTES_QUESTION, "stance_alpha")
    if stances and stances[0].estimate is not None:
        sentences.append(Markup("Für die Haltungen beträgt α {}{}.").format(shown(stances[0]), _interval(stances[0])))
    return sentences


def _interval(row: Row) -> Markup:
    return Markup(" (95-%-Bereich {})").format(shown_interval(row)) if row.low is not None else Markup("")
