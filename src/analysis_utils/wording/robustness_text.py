"""German sentences on whether results survive other rules of counting, and answers that were not independent."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question
from .evidence import Evidence, Row, is_invented
from .html import Html, in_words, join, numbers_table
from .labels import named, short_label
from .result_tables import IF_ALIKE, origin_caveat
from .sentences import areas_in_bold, each_area, first_candidates, leaders, sorted_means


def _first_under(evidence: Evidence, question: Question) -> tuple[list[Row], list[Row]]:
    """The rank_over_rules rows of the areas that are first under every rule (several where they always tie), and of
    those that are first under some rules only."""
    first = [row for row in evidence.rows(question, "rank_over_rules") if row.low == 1]
    return [row for row in first if row.high == 1], [row for row in first if row.high is not None and row.high > 1]


def rules_headline(evidence: Evidence, question: Question) -> str:
    """One line of plain text: does one area lead under every rule?"""
    invented = " (nachgebildet)" if is_invented(evidence, question, "rank_over_rules") else ""
    rows, sometimes = _first_under(evidence, question)
    steady = named([short_label(evidence.round, row.item) for row in rows])
    if rows and len(rows) == len(evidence.rows(question, "rank_over_rules")):
        every = f"Nach jeder Zählregel stehen alle Bereiche gleichauf{invented}"
        return every if len(rows) > 1 else f"Nur {steady} stand zur Wahl"
    if not steady:
        return f"Wer vorn steht, hängt von der Zählregel ab{invented}"
    if len(rows) > 1:
        return f"Nach jeder Zählregel stehen {steady} gleichauf vorn{invented}"
    return f"{steady} steht nach jeder Zählregel vorn{', nicht immer allein' if sometimes else ''}{invented}"


def robustness_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """Which areas keep their place over all rules and over leaving out any one ballot, and which move how far."""
    over = {row.item: row for row in evidence.rows(question, "rank_over_rules")}
    if not over:
        return [Markup("Ein Vergleich der Zählregeln ist mit diesen Stimmzetteln nicht möglich.")]
    (steady, sharing), ahead = _first_under(evidence, question), leaders(evidence, question)
    told = evidence.numbers(question, sharing=areas_in_bold(evidence, sharing))
    if len(steady) == len(over) > 1:
        every = "Nach jeder Zählregel stehen alle Bereiche gleichauf{mark_rank_over_rules}."
        return [told.say(every), *_leave_one_out(evidence, question)]
    if len(steady) > 1:
        words = "{names} teilen sich nach jeder der Zählregeln den ersten Platz"
    elif steady:
        shared = f"; {{sharing}} {'teilt' if len(sharing) == 1 else 'teilen'} ihn sich nach mindestens einer davon"
        words = f"{{names}} steht nach jeder der Zählregeln auf dem ersten Platz{shared if sharing else ''}"
    elif len(ahead) > 1:
        words = "Nach dem Mittelwert stehen {names} gleichauf vorn, nach mindestens einer anderen Zählregel nicht"
    else:
        words = "Nach dem Mittelwert steht {names} vorn, nach mindestens einer anderen Zählregel ein anderer Bereich"
    ordered = [over[row.item] for row in sorted_means(evidence, question)]
    ranges = join(each_area(evidence, ordered, "{area} {row:interval}"), "; ")
    return [
        told.say(f"{words}{{mark_rank_over_rules}}.", names=areas_in_bold(evidence, steady or ahead)),
        Markup("Über alle Zählregeln liegen die Ränge zwischen folgenden Grenzen: {}.").format(ranges),
        *_leave_one_out(evidence, question),
    ]


def _leave_one_out(evidence: Evidence, question: Question) -> list[Markup]:
    """Which ranks hang on a single ballot; nothing where there is only one."""
    rows = evidence.rows(question, "rank_leave_one_out")
    moving = [row for row in rows if row.low != row.high]
    whose = "dieses Bereichs" if len(moving) == 1 else "dieser Bereiche"
    words = "Lässt man je einen Stimmzettel weg, bleibt jeder Rang gleich"
    if moving:
        words = f"Schon ein einzelner weggelassener Stimmzettel kann den Rang {whose} ändern: {{moving}}"
    told = evidence.numbers(question, moving=join(each_area(evidence, moving, "{area} ({row:interval})"), ", "))
    return [told.say(f"{words}{{mark_rank_leave_one_out}}.")] if rows else []


def alike_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """What intervals and ranks take for granted, and what would be left had people of a delegation answered alike."""
    effective = evidence.find(question, "alike_effective_n")
    if effective is None or effective.estimate is None:
        return []
    then, now = ({row.item: row for row in evidence.rows(question, name)} for name in ("alike_rank", "rank"))
    areas = [row.item for row in sorted_means(evidence, question)]
    wider = [then[item] for item in areas if (then[item].low, then[item].high) != (now[item].low, now[item].high)]
    told = evidence.numbers(question, alike=_assumed(evidence))
    told["wider"] = join(each_area(evidence, wider, "{area} ({row:interval})"), ", ")
    ranks = "An den möglichen Rängen änderte das nichts."
    if wider:
        ranks = (
            "Dann ließen sich weniger Bereiche voneinander trennen; mehr Ränge als bisher wären möglich für "
            "{wider}{mark_alike_rank}."
        )
    return [
        Markup(
            "Alle Unsicherheitsbereiche, möglichen Ränge und p-Werte setzen voraus, dass die Personen unabhängig "
            "voneinander antworteten. Ob das so war, lässt sich an den Stimmzetteln nicht ablesen."
        ),
        told.say(
            "Hätten {alike}, so zählten die {respondents} Stimmzettel nur wie etwa "
            "{alike_effective_n}{mark_alike_effective_n}."
        ),
        told.say(ranks),
    ]


def alike_warning(evidence: Evidence, question: Question) -> Markup | None:
    """For the first page: one sentence where answers alike would change a tier."""
    tiers = [
        {row.item: (row.low, row.high) for row in evidence.rows(question, name)} for name in ("tier", "alike_tier")
    ]
    if all(tiers[0][item] == ends for item, ends in tiers[1].items() if item in tiers[0]):
        return None
    now = first_candidates(evidence, question)
    then = [row for row in evidence.rows(question, "alike_rank") if row.low == 1]
    left = "ließen sich weniger Bereiche voneinander trennen"
    if len(then) > len(now):
        left = "kämen {then} Bereiche statt {now} für den ersten Platz in Frage"
    return evidence.numbers(question).say(
        "Was über die Sicherheit der Rangfolge gesagt wird, setzt unabhängige Antworten voraus: Hätten {alike}, "
        f"{left}{{mark_alike_rank}}.",
        alike=_assumed(evidence),
        then=in_words(len(then)),
        now=in_words(len(now)) if len(now) > 1 else "eines einzigen",
    )


def _assumed(evidence: Evidence) -> str:
    """Who answered alike, to follow "Hätten"."""
    stated = evidence.round.file.delegations
    if stated is None:
        return "je zwei Personen gleich geantwortet"
    how = "gleich" if stated.correlation == 1 else "ähnlich"
    if stated.question is None:
        return f"die Mitglieder der angegebenen Delegationen {how} geantwortet"
    label = evidence.round.question(stated.question).label
    return f"die Personen {how} geantwortet, die bei „{label}“ dasselbe angaben"


def alike_scales_table(evidence: Evidence, questions: list[Question]) -> Html:
    """Intervals of scales as they are, and as they would be had people answered alike: share of the top box, mean."""
    lines = [(question.label, evidence.numbers(question)) for question in questions]
    origins = origin_caveat(evidence, questions[0], "top_box_share")
    caveat = origins + f" Angenommen ist, dass {_assumed(evidence)} hätten."
    return numbers_table("alike_scales", f"Skalenfragen: {IF_ALIKE}", lines, name="unabhaengig_skalen", caveat=caveat)
