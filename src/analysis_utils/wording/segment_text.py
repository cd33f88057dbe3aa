"""What can be said about participant groups: who is shown, whether they differ, and what weighting would change."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question, SegmentTest
from . import german
from .evidence import MISSING, Evidence, Row, shown, shown_interval, shown_n
from .html import NOT_ASKED, Html, absent, join, note, paragraphs, table
from .labels import class_label, segment_label, short_label
from .protection import exception_sentence, is_left_out, merging_sentence, shown_segments
from .result_tables import EXACT, TARGET
from .sentences import INVENTED, is_invented, origin, sorted_means

ALPHA = 0.05
LEFT_OUT = (
    "Die Ergebnisse der Gruppen fehlen in dieser Fassung: Wer auch eine frühere Fassung kennt, könnte aus dem "
    "Unterschied die Antworten einzelner Personen ablesen."
)
TESTS = {
    "kruskal_wallis": "Kruskal-Wallis, in Klassen der Skala",
    "fisher_freeman_halton": "Fisher-Freeman-Halton",
    "points_permutation": "Permutation ganzer Stimmzettel",
}

HIDDEN = (
    "Ob die Gruppen verschieden urteilen, zeigen wir nicht: Bei so kleinen Gruppen ließe das Ergebnis Rückschlüsse auf "
    "einzelne Personen zu."
)
NO_GROUP = "Keine Teilnehmergruppe hat genug Antworten, um für sich gezeigt zu werden."


def segment_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """Which groups are shown and why, the planned test with its Holm correction and its floor, the effect size."""
    shown_groups = shown_segments(evidence, question)
    if not shown_groups and is_left_out(evidence, question):
        return [Markup("{}").format(LEFT_OUT)]
    if not shown_groups:
        return [Markup("{} Ein Vergleich der Gruppen ist deshalb nicht möglich.").format(NO_GROUP)]
    return [*_compared(evidence, question), _who(evidence, question, shown_groups)]


def scale_group_sentences(evidence: Evidence, questions: list[Question]) -> Html:
    """What was tested between the groups on each scale question; said once where it is the same for all of them."""
    found = {
        question.label: _compared(evidence, question) for question in questions if shown_segments(evidence, question)
    }
    if not found:
        return absent(NOT_ASKED) if not questions else note(NO_GROUP)
    if len(set(map(tuple, found.values()))) > 1 or len(found) == 1:
        return Html(join(paragraphs(sentences, label).markup for label, sentences in found.items()))
    [sentences] = set(map(tuple, found.values()))
    names = german.listing([f"„{label}“" for label in found])
    return paragraphs([Markup("Für {} gilt: {}").format(names, sentences[0]), *sentences[1:]])


def _who(evidence: Evidence, question: Question, groups: list[str]) -> Markup:
    parts = [
        Markup("{} (n = {})").format(
            segment_label(evidence.round, group), shown_n(evidence.row(question, "respondents", segment=group))
        )
        for group in groups
    ]
    sentence = Markup("Gezeigt werden {}{}.").format(
        Markup(german.listing([str(part) for part in parts])), origin(evidence, question, "segments")
    )
    more = [merging_sentence(evidence, question), exception_sentence(evidence, question)]
    return join([sentence, *filter(None, more)], " ")


def _compared(evidence: Evidence, question: Question) -> list[Markup]:
    """Do the groups judge differently? What the planned test says, then which group answers higher."""
    planned = [plan for plan in evidence.round.file.segment_tests if plan.question == question.id]
    for plan in planned:
        if rows := _test_rows(evidence, plan):
            deltas = _deltas(evidence, question) if rows[2].value < 1 - 1e-9 else []
            return [_verdict(evidence, question, *rows), *deltas]
    unplanned = "Ob die Gruppen verschieden urteilen, wurde nicht geprüft: Ein Vergleich war nicht vorgesehen."
    why = why_untested(evidence, planned[0]) if planned else unplanned
    return [Markup("{}").format(why), *_deltas(evidence, question)]


def _test_rows(evidence: Evidence, plan: SegmentTest) -> list[Row]:
    """p, p adjusted over all planned tests, and the smallest p possible; nothing where the test was not made or is
    withheld."""
    question = evidence.round.question(plan.question)
    rows = [evidence.find(question, f"{plan.test}_p{end}") for end in ("", "_holm", "_smallest")]
    found = [row for row in rows if row is not None and row.estimate is not None]
    return found if len(found) == len(rows) else []


def why_untested(evidence: Evidence, plan: SegmentTest) -> str:
    """Why a test that was planned has no result."""
    question = evidence.round.question(plan.question)
    if not evidence.round.with_role("participant_group"):
        return "Nicht möglich: Nach einer Teilnehmergruppe wurde in dieser Runde nicht gefragt."
    if not evidence.row(question, "respondents").estimate:
        return "Nicht möglich: Die Frage hat niemand beantwortet."
    if is_left_out(evidence, question):
        return f"Nicht gezeigt. {LEFT_OUT}"
    if len([one for one in shown_segments(evidence, question) if one != "ohne_angabe"]) < 2:
        return "Nicht möglich: Es gibt keine zwei Gruppen mit so vielen Antworten, dass sie für sich gezeigt werden."
    return HIDDEN


def planned_tests_table(evidence: Evidence) -> Html:
    """Every comparison of groups that was written down beforehand: what came of it, or why nothing could."""
    lines = []
    for plan in evidence.round.file.segment_tests:
        question, rows = evidence.round.question(plan.question), _test_rows(evidence, plan)
        cells = [_p(row) for row in rows] or [Markup(german.NONE)] * 3
        told = _briefly(*rows) if rows else why_untested(evidence, plan)
        lines.append([question.label, TESTS[plan.test], told, *cells])
    if not lines:
        return absent("Vorab war kein Vergleich der Teilnehmergruppen vorgesehen.")
    head = ["Frage", "Test", "Ergebnis", "p", "p, korrigiert", "kleinster erreichbarer p-Wert"]
    caveat = (
        "Die Vergleiche standen fest, bevor die Antworten bekannt waren. Korrigiert sind die p-Werte nach Holm über "
        "alle Zeilen; ein Vergleich, der nicht möglich war, zählt dabei mit."
    )
    return table("Vorab vorgesehene Vergleiche der Teilnehmergruppen", head, lines, name="geplante_vergleiche",
                 caveat=caveat, numeric_from=3)  # fmt: skip


def _briefly(_: Row, holm: Row, floor: Row) -> str:
    if floor.value > ALPHA:
        return "Mit so wenigen Antworten hätte kein Ergebnis einen Unterschied belegen können."
    return "Unterschied belegt" if holm.value <= ALPHA else "kein Unterschied belegt; Gleichheit auch nicht"


def _verdict(evidence: Evidence, question: Question, p: Row, holm: Row, floor: Row) -> Markup:
    numbers = Markup("p = {}, nach Korrektur für alle vorgesehenen Vergleiche {}").format(_p(p), _p(holm))
    mark = origin(evidence, question, "segments")
    if floor.value >= 1 - 1e-9:
        same = "Alle Stimmzettel sind gleich" if question.type == "points" else "Alle wählten dieselbe Klasse"
        return Markup("{}; einen Unterschied zwischen den Gruppen gibt es nicht{}.").format(same, mark)
    if floor.value > ALPHA:
        return Markup(
            "Ob die Gruppen verschieden urteilen, lässt sich mit so wenigen Antworten nicht prüfen (kleinster "
            "erreichbarer p-Wert {}){}."
        ).format(_p(floor), mark)
    if holm.value <= ALPHA:
        return Markup("Die gezeigten Gruppen urteilen verschieden ({}; kleinster erreichbarer p-Wert {}){}.").format(
            numbers, _p(floor), mark
        )
    return Markup(
        "Dass die gezeigten Gruppen verschieden urteilen, ist nicht belegt ({}; kleinster erreichbarer p-Wert {}){}. "
        "Das heißt nicht, dass sie gleich urteilen."
    ).format(numbers, _p(floor), mark)


def _p(row: Row) -> Markup:
    return shown(row, german.p_value(row.value))


def _deltas(evidence: Evidence, question: Question) -> list[Markup]:
    sentences = []
    for row in evidence.rows(question, "cliffs_delta"):
        if row.estimate is None:
            continue
        first, second = (segment_label(evidence.round, group) for group in row.item.split("|"))
        if row.value == 0:
            sentences.append(
                Markup("Die vorliegenden Antworten der Gruppen „{}“ und „{}“ halten sich die Waage.").format(
                    first, second
                )
            )
            continue
        higher, lower = (first, second) if row.value > 0 else (second, first)
        words = Markup(
            "Die vorliegenden Antworten der Gruppe „{}“ liegen eher höher als die der Gruppe „{}“ (Cliffs Delta {}; "
            "null hieße, sie hielten sich die Waage)."
        )
        sentences.append(words.format(higher, lower, shown(row, german.number(abs(row.value), 2), part="size")))
    return sentences


def weighting_table(evidence: Evidence, question: Question) -> Html:
    """Mean points as counted and with every shown group weighing the same: sensitivity only."""
    weights = [
        name
        for name in ("equal_groups", "raked")
        if any(row.estimate is not None for row in evidence.rows(question, "mean_points", segment=name))
    ]
    if not weights:
        return Html(
            Markup('<p class="note">Eine andere Gewichtung der Gruppen ist mit diesen Antworten nicht möglich.</p>')
        )
    lines = []
    for mean in sorted_means(evidence, question):
        cells = [shown(mean), shown(evidence.row(question, "rank", mean.item))]
        for segment in weights:
            cells += [_weighted(evidence, question, name, mean.item, segment) for name in ("mean_points", "rank")]
        lines.append([short_label(evidence.round, mean.item), *cells])
    head = ["Fokusbereich", "Punkte wie gezählt", "Rang"]
    for segment in weights:
        head += [f"Punkte, {segment_label(evidence.round, segment)}", "Rang"]
    effective = evidence.rows(question, "effective_n", segment=weights[0])
    as_many = " Die Gewichtung hat so viel Aussagekraft wie {} gleich gewichtete Stimmzettel."
    n = Markup(as_many).format(shown(effective[0])) if effective and effective[0].estimate is not None else ""
    caveat = Markup(
        "{} Die andere Gewichtung prüft nur, wie stark das Ergebnis von der Zusammensetzung abhängt; sie ist kein "
        "eigenes Ergebnis.{}"
    ).format(EXACT, n)
    return table("Rangfolge bei anderer Gewichtung", head, lines, name=f"gewichtung_{question.id}", caveat=caveat)


def _weighted(evidence: Evidence, question: Question, statistic: str, item: str, segment: str) -> Markup:
    """The number, or the mark of a withheld one: weighted results that would tell something withheld have no row."""
    row = evidence.find(question, statistic, item, segment=segment)
    return shown(row) if row else MISSING


def segment_table(evidence: Evidence, questions: list[Question], name: str = "") -> Html:
    """Shares of the classes of every scale question and its top box, one line per question and shown group (or class of
    the breakdown `name`); one table for all questions that have the same classes."""
    by_classes: dict[tuple[str, ...], list[Question]] = {}
    for question in questions:
        by_classes.setdefault(tuple(question.scale.class_items()) if question.scale else (), []).append(question)
    tables = [
        _class_table(evidence, items, alike, name, f"skalen_gruppen{place or ''}{name}")
        for place, (items, alike) in enumerate(by_classes.items())
    ]
    return Html(join(one.markup for one in tables)) if tables else absent(NOT_ASKED)


def _class_table(
    evidence: Evidence, items: tuple[str, ...], questions: list[Question], name: str, identifier: str
) -> Html:
    lines = []
    for question in questions:
        for segment in ["all", *shown_segments(evidence, question, name)]:
            top = evidence.row(question, "top_box_share", segment=segment)
            classes = [evidence.row(question, "class_share", item, segment=segment) for item in items]
            n = evidence.row(question, "respondents", segment=segment)
            label = join([question.label, segment_label(evidence.round, segment)], ": ")
            lines.append([label, shown(n), *map(shown, classes), shown(top), shown_interval(top)])
    head = [
        "Frage und Gruppe",
        "Antworten",
        *(f"Wert {item}" if item.isdecimal() else class_label(item) for item in items),
        "zustimmende Stufen",
        "95-%-Bereich",
    ]
    caveat = TARGET
    if is_invented(evidence, questions[0], "segments"):
        caveat = Markup("Alle Werte dieser Tabelle sind{}. {}").format(INVENTED, TARGET)
    caption = f"Skalenfragen nach „{name.replace('_', ' ')}“" if name else "Skalenfragen nach Teilnehmergruppen"
    return table(caption, head, lines, name=identifier, caveat=caveat)
