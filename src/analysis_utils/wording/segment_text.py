"""What can be said about participant groups: who is shown and why the others are not, whether they differ, and what
weighting would change."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question, SegmentTest
from . import german
from .evidence import INVENTED, MISSING, Evidence, Row, is_invented
from .html import NOT_ASKED, Cell, Html, absent, join, note, numbers_table, paragraphs, table
from .labels import class_label, segment_label, short_label
from .result_tables import EXACT, TARGET
from .sentences import sorted_means

ALPHA = 0.05
EARLIER = "suppressed_earlier_version"
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


# --- who is shown -----------------------------------------------------------------------------------------------------


def shown_segments(evidence: Evidence, question: Question, name: str = "") -> list[str]:
    """Segments of participants whose base for this question is published, in the order of the table; those of the
    breakdown `name`, where an analyst made one."""
    return _segments(evidence, question, name, "published")


def withheld_segments(evidence: Evidence, question: Question, name: str = "") -> list[str]:
    """Groups that are not shown by themselves because too few of them answered, or to protect those."""
    return _segments(evidence, question, name, "suppressed")


def _segments(evidence: Evidence, question: Question, name: str, status: str) -> list[str]:
    every = dict.fromkeys(segment for _, segment in evidence.first_status)
    nobody = ("all", "equal_groups", "raked", f"{name}:verglichen")  # the last: a test of classes, no class
    own = [one for one in every if one not in nobody and one.rpartition(":")[0] == name]
    bases = {one: evidence.rows(question, "respondents", segment=one) for one in own}
    found = {one: rows[0].status if rows else evidence.first_status.get((question.id, one), "")
             for one, rows in bases.items()}  # fmt: skip
    return [one for one, its in found.items() if its.startswith(status)]


def merging_sentence(evidence: Evidence, question: Question) -> str:
    """Which groups are merged, or not shown at all, and why each; empty where all are shown by themselves."""
    rows = evidence.estimates[evidence.estimates["question"] == question.id]
    few, joined = (
        [
            segment_label(evidence.round, segment)
            for segment in withheld_segments(evidence, question)
            if ((rows["segment"] == segment) & (rows["status"] == f"suppressed_{why}")).any()
        ]
        for why in ("small_base", "complementary")
    )
    if not few and not joined:
        return ""
    is_merged = "uebrige" in shown_segments(evidence, question)
    opening = "Unter „Übrige“ zusammengefasst" if is_merged else "Nicht gezeigt"
    parts = [f"{german.listing(few)}, weil dort für einen eigenen Wert zu wenige antworteten"] if few else []
    if joined:
        whom = "die Antworten der kleineren" if few else "die Antworten anderer"
        parts.append(f"{german.listing(joined)}, weil sich sonst {whom} durch Abziehen errechnen ließen")
    verb = "ist" if len(few) + len(joined) == 1 else "sind"
    return f"{opening} {verb} {'; außerdem '.join(parts)}."


def _exception_sentences(evidence: Evidence, question: Question) -> list[str]:
    """Which groups are shown from fewer people on than the rule asks, who answers for it and why."""
    return [
        f"Ausnahme: {segment_label(evidence.round, one.group)} steht schon ab {german.spelled(one.people)} Personen "
        f"für sich. Verantwortlich: {one.by}. Grund: {one.reason.rstrip('.')}."
        for one in evidence.round.file.disclosure.exceptions
        if one.group in shown_segments(evidence, question)
    ]


def _is_left_out(evidence: Evidence, question: Question) -> bool:
    """Whether groups are missing because of what a released version of the report shows."""
    table = evidence.estimates
    return bool(((table["question"] == question.id) & (table["status"] == EARLIER)).any())


# --- whether they differ ----------------------------------------------------------------------------------------------


def segment_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """Which groups are shown and why, the planned test with its Holm correction and its floor, the effect size."""
    groups = shown_segments(evidence, question)
    if not groups and _is_left_out(evidence, question):
        return [Markup(LEFT_OUT)]
    if not groups:
        return [Markup(f"{NO_GROUP} Ein Vergleich der Gruppen ist deshalb nicht möglich.")]
    parts = [
        evidence.numbers(question, segment=group).say(
            "{group} (n = {respondents:n})", group=segment_label(evidence.round, group)
        )
        for group in groups
    ]
    who = evidence.numbers(question).say("Gezeigt werden {who}{mark_segments}.", who=Markup(german.listing(parts)))
    more = [merging_sentence(evidence, question), *_exception_sentences(evidence, question)]
    return [*_compared(evidence, question), join([who, *filter(None, more)], " ")]


def scale_group_sentences(evidence: Evidence, questions: list[Question]) -> Html:
    """What was tested between the groups on each scale question; said once where it is the same for all of them."""
    found = {one.label: tuple(_compared(evidence, one)) for one in questions if shown_segments(evidence, one)}
    if not found:
        return absent(NOT_ASKED) if not questions else note(NO_GROUP)
    if len(set(found.values())) > 1 or len(found) == 1:
        return Html(join(paragraphs(sentences, label) for label, sentences in found.items()))
    first, *more = next(iter(found.values()))
    names = german.listing([f"„{label}“" for label in found])
    return paragraphs([Markup("Für {} gilt: {}").format(names, first), *more])


def _compared(evidence: Evidence, question: Question) -> list[Markup]:
    """Do the groups judge differently? What the planned test says, then which group answers higher."""
    planned = [plan for plan in evidence.round.file.segment_tests if plan.question == question.id]
    for plan in planned:
        if rows := _test_rows(evidence, plan):
            is_tested = rows["smallest"].value < 1 - 1e-9
            return [_verdict(evidence, question, rows), *(_deltas(evidence, question) if is_tested else [])]
    unplanned = "Ob die Gruppen verschieden urteilen, wurde nicht geprüft: Ein Vergleich war nicht vorgesehen."
    why = _why_untested(evidence, planned[0]) if planned else unplanned
    return [Markup(why), *_deltas(evidence, question)]


def _test_rows(evidence: Evidence, plan: SegmentTest) -> dict[str, Row]:
    """p, p adjusted over all planned tests, and the smallest p possible; nothing where the test was not made or is
    withheld."""
    question, ends = evidence.round.question(plan.question), {"p": "", "holm": "_holm", "smallest": "_smallest"}
    rows = {name: evidence.find(question, f"{plan.test}_p{end}") for name, end in ends.items()}
    found = {name: row for name, row in rows.items() if row is not None and row.estimate is not None}
    return found if len(found) == len(ends) else {}


def _why_untested(evidence: Evidence, plan: SegmentTest) -> str:
    """Why a test that was planned has no result."""
    question = evidence.round.question(plan.question)
    if not evidence.round.with_role("participant_group"):
        return "Nicht möglich: Nach einer Teilnehmergruppe wurde in dieser Runde nicht gefragt."
    if not evidence.row(question, "respondents").estimate:
        return "Nicht möglich: Die Frage hat niemand beantwortet."
    if _is_left_out(evidence, question):
        return f"Nicht gezeigt. {LEFT_OUT}"
    if len([one for one in shown_segments(evidence, question) if one != "ohne_angabe"]) < 2:
        return "Nicht möglich: Es gibt keine zwei Gruppen mit so vielen Antworten, dass sie für sich gezeigt werden."
    return HIDDEN


def planned_tests_table(evidence: Evidence) -> Html:
    """Every comparison of groups that was written down beforehand: what came of it, or why nothing could."""
    lines = []
    for plan in evidence.round.file.segment_tests:
        question, rows = evidence.round.question(plan.question), _test_rows(evidence, plan)
        if not rows:
            told = _why_untested(evidence, plan)
        elif rows["smallest"].value > ALPHA:
            told = "Mit so wenigen Antworten hätte kein Ergebnis einen Unterschied belegen können."
        else:
            is_shown = rows["holm"].value <= ALPHA
            told = "Unterschied belegt" if is_shown else "kein Unterschied belegt; Gleichheit auch nicht"
        line = evidence.numbers(question, test=TESTS[plan.test], told=told)
        line |= {name: rows.get(name) for name in ("p", "holm", "smallest")}
        lines.append((question.label, line))
    if not lines:
        return absent("Vorab war kein Vergleich der Teilnehmergruppen vorgesehen.")
    caveat = (
        "Die Vergleiche standen fest, bevor die Antworten bekannt waren. Korrigiert sind die p-Werte nach Holm über "
        "alle Zeilen; ein Vergleich, der nicht möglich war, zählt dabei mit."
    )
    caption = "Vorab vorgesehene Vergleiche der Teilnehmergruppen"
    return numbers_table("planned_tests", caption, lines, name="geplante_vergleiche", caveat=caveat, numeric_from=3)


def _verdict(evidence: Evidence, question: Question, rows: dict[str, Row]) -> Markup:
    floor = "kleinster erreichbarer p-Wert {smallest:p}"
    numbers = f"p = {{p:p}}, nach Korrektur für alle vorgesehenen Vergleiche {{holm:p}}; {floor}"
    more = ""
    if rows["smallest"].value >= 1 - 1e-9:
        same = "Alle Stimmzettel sind gleich" if question.type == "points" else "Alle wählten dieselbe Klasse"
        words = f"{same}; einen Unterschied zwischen den Gruppen gibt es nicht"
    elif rows["smallest"].value > ALPHA:
        words = f"Ob die Gruppen verschieden urteilen, lässt sich mit so wenigen Antworten nicht prüfen ({floor})"
    elif rows["holm"].value <= ALPHA:
        words = f"Die gezeigten Gruppen urteilen verschieden ({numbers})"
    else:
        words = f"Dass die gezeigten Gruppen verschieden urteilen, ist nicht belegt ({numbers})"
        more = " Das heißt nicht, dass sie gleich urteilen."
    return evidence.numbers(question).say(f"{words}{{mark_segments}}.{more}", **rows)


def _deltas(evidence: Evidence, question: Question) -> list[Markup]:
    sentences = []
    for row in evidence.rows(question, "cliffs_delta"):
        if row.estimate is not None:
            groups = [segment_label(evidence.round, group) for group in row.item.split("|")]
            words = "Die vorliegenden Antworten der Gruppen „{}“ und „{}“ halten sich die Waage."
            if row.value:
                words = (
                    "Die vorliegenden Antworten der Gruppe „{}“ liegen eher höher als die der Gruppe „{}“ (Cliffs "
                    "Delta {:size}; null hieße, sie hielten sich die Waage)."
                )
            sentences.append(Markup(words).format(*(groups[::-1] if row.value < 0 else groups), row))
    return sentences


# --- tables -----------------------------------------------------------------------------------------------------------


def weighting_table(evidence: Evidence, question: Question) -> Html:
    """Mean points as counted and with every shown group weighing the same: sensitivity only."""
    means = {name: evidence.rows(question, "mean_points", segment=name) for name in ("equal_groups", "raked")}
    weights = [name for name, rows in means.items() if any(row.estimate is not None for row in rows)]
    if not weights:
        return note("Eine andere Gewichtung der Gruppen ist mit diesen Antworten nicht möglich.")
    lines = []
    for mean in sorted_means(evidence, question):
        cells: list[Row | Markup] = [mean, evidence.row(question, "rank", mean.item)]
        for segment in weights:  # weighted results that would tell something withheld have no row
            found = [evidence.find(question, name, mean.item, segment=segment) for name in ("mean_points", "rank")]
            cells += [row or MISSING for row in found]
        lines.append([short_label(evidence.round, mean.item), *cells])
    head = ["Fokusbereich", "Punkte wie gezählt", "Rang"]
    for segment in weights:
        head += [f"Punkte, {segment_label(evidence.round, segment)}", "Rang"]
    effective = evidence.find(question, "effective_n", segment=weights[0])
    caveat = Markup(
        f"{EXACT} Die andere Gewichtung prüft nur, wie stark das Ergebnis von der Zusammensetzung abhängt; sie ist "
        "kein eigenes Ergebnis."
    )
    if effective and effective.estimate is not None:
        caveat += Markup(" Die Gewichtung hat so viel Aussagekraft wie {} gleich gewichtete Stimmzettel.").format(
            effective
        )
    return table("Rangfolge bei anderer Gewichtung", head, lines, name=f"gewichtung_{question.id}", caveat=caveat)


def segment_table(evidence: Evidence, questions: list[Question], name: str = "") -> Html:
    """Shares of the classes of every scale question and its top box, one line per question and shown group (or class of
    the breakdown `name`); one table for all questions that have the same classes."""
    by_classes: dict[tuple[str, ...], list[Question]] = {}
    for question in questions:
        by_classes.setdefault(tuple(question.scale.class_items()) if question.scale else (), []).append(question)
    kind, tables = name.replace("_", " "), []
    caption = f"Skalenfragen nach „{kind}“" if name else "Skalenfragen nach Teilnehmergruppen"
    for place, (items, alike) in enumerate(by_classes.items()):
        lines: list[list[Cell]] = []
        for question in alike:
            for segment in ["all", *shown_segments(evidence, question, name)]:
                told = evidence.numbers(question, segment=segment)
                classes = [told.of(item)["class_share"] for item in items]
                label = f"{question.label}: {segment_label(evidence.round, segment)}"
                top = told["top_box_share"]
                lines.append([label, told["respondents"], *classes, top, top.part("interval")])
        values = [f"Wert {item}" if item.isdecimal() else class_label(item) for item in items]
        head = ["Frage und Gruppe", "Antworten", *values, "zustimmende Stufen", "95-%-Bereich"]
        invented = Markup("Alle Werte dieser Tabelle sind{}. {}").format(INVENTED, TARGET)
        caveat = invented if is_invented(evidence, alike[0], "segments") else TARGET
        tables.append(table(caption, head, lines, name=f"skalen_gruppen{place or ''}{name}", caveat=caveat))
    return Html(join(tables)) if tables else absent(NOT_ASKED)
