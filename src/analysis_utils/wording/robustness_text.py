"""German sentences on whether results survive other rules of counting, and answers that were not independent."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question
from .evidence import Evidence, Row, shown, shown_interval
from .html import Html, in_words, table
from .labels import named, short_label
from .result_tables import origin_caveat
from .sentences import _bold, _names, first_candidates, is_invented, leaders, origin, sorted_means

TITLE = "was bliebe, wenn Personen gleich geantwortet hätten"


def steady_leaders(evidence: Evidence, question: Question) -> list[Row]:
    """The rank_over_rules rows of the areas that are first under every rule: several where they always tie."""
    return [row for row in evidence.rows(question, "rank_over_rules") if row.low == row.high == 1]


def first_under_some(evidence: Evidence, question: Question) -> list[Row]:
    """The rank_over_rules rows of areas that are first under some rules only."""
    rows = evidence.rows(question, "rank_over_rules")
    return [row for row in rows if row.low == 1 and row.high is not None and row.high > 1]


def rules_headline(evidence: Evidence, question: Question) -> str:
    """One line of plain text: does one area lead under every rule?"""
    invented = " (nachgebildet)" if is_invented(evidence, question, "rank_over_rules") else ""
    rows = steady_leaders(evidence, question)
    steady = named([short_label(evidence.round, row.item) for row in rows])
    if len(rows) == len(evidence.rows(question, "rank_over_rules")):
        if len(rows) == 1:
            return f"Nur {steady} stand zur Wahl"
        if rows:
            return f"Nach jeder Zählregel stehen alle Bereiche gleichauf{invented}"
    if not steady:
        return f"Wer vorn steht, hängt von der Zählregel ab{invented}"
    if len(rows) > 1:
        return f"Nach jeder Zählregel stehen {steady} gleichauf vorn{invented}"
    shared = ", nicht immer allein" if first_under_some(evidence, question) else ""
    return f"{steady} steht nach jeder Zählregel vorn{shared}{invented}"


def robustness_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """Which areas keep their place over all rules and over leaving out any one ballot, and which move how far."""
    over = {row.item: row for row in evidence.rows(question, "rank_over_rules")}
    if not over:
        return [Markup("Ein Vergleich der Zählregeln ist mit diesen Stimmzetteln nicht möglich.")]
    mark = origin(evidence, question, "rank_over_rules")
    if len(steady_leaders(evidence, question)) == len(over) > 1:
        alike = Markup("Nach jeder Zählregel stehen alle Bereiche gleichauf{}.").format(mark)
        return [alike, *_leave_one_out(evidence, question)]
    ordered = [over[row.item] for row in sorted_means(evidence, question)]
    ranges = Markup("; ").join(
        Markup("{} {}").format(_bold(evidence, row.item), shown_interval(row)) for row in ordered
    )
    spread = Markup("Über alle Zählregeln liegen die Ränge zwischen folgenden Grenzen: {}.").format(ranges)
    return [_first_place(evidence, question, mark), spread, *_leave_one_out(evidence, question)]


def _first_place(evidence: Evidence, question: Question, mark: Markup) -> Markup:
    """Who is first under every rule, and whether alone; else who is by the mean, and that it is not so by another."""
    steady = steady_leaders(evidence, question)
    if len(steady) > 1:
        names = _names(evidence, steady)
        return Markup("{} teilen sich nach jeder der Zählregeln den ersten Platz{}.").format(names, mark)
    if steady:
        sharing, shared = first_under_some(evidence, question), Markup("")
        if sharing:
            words = (
                "; {} teilt ihn sich nach mindestens einer davon"
                if len(sharing) == 1
                else ("; {} teilen ihn sich nach mindestens einer davon")
            )
            shared = Markup(words).format(_names(evidence, sharing))
        sentence = Markup("{} steht nach jeder der Zählregeln auf dem ersten Platz{}{}.")
        return sentence.format(_bold(evidence, steady[0].item), shared, mark)
    ahead = leaders(evidence, question)
    if len(ahead) > 1:
        sentence = Markup(
            "Nach dem Mittelwert stehen {} gleichauf vorn, nach mindestens einer anderen Zählregel nicht{}."
        )
    else:
        sentence = Markup(
            "Nach dem Mittelwert steht {} vorn, nach mindestens einer anderen Zählregel ein anderer Bereich{}."
        )
    return sentence.format(_names(evidence, ahead), mark)


def _leave_one_out(evidence: Evidence, question: Question) -> list[Markup]:
    """Which ranks hang on a single ballot; nothing where there is only one."""
    rows = evidence.rows(question, "rank_leave_one_out")
    mark = origin(evidence, question, "rank_leave_one_out")
    moving = [row for row in rows if row.low != row.high]
    if not rows:
        return []
    if not moving:
        return [Markup("Lässt man je einen Stimmzettel weg, bleibt jeder Rang gleich{}.").format(mark)]
    parts = [Markup("{} ({})").format(_bold(evidence, row.item), shown_interval(row)) for row in moving]
    whose = "dieses Bereichs" if len(moving) == 1 else "dieser Bereiche"
    sentence = Markup("Schon ein einzelner weggelassener Stimmzettel kann den Rang {} ändern: {}{}.")
    return [sentence.format(whose, Markup(", ").join(parts), mark)]


def alike_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """What intervals and ranks take for granted, and what would be left had people of a delegation answered alike."""
    effective = evidence.find(question, "alike_effective_n")
    if effective is None or effective.estimate is None:
        return []
    told = Markup(
        "Alle Unsicherheitsbereiche, möglichen Ränge und p-Werte setzen voraus, dass die Personen unabhängig "
        "voneinander antworteten. Ob das so war, lässt sich an den Stimmzetteln nicht ablesen."
    )
    counted = Markup("Hätten {}, so zählten die {} Stimmzettel nur wie etwa {}{}.").format(
        _assumed(evidence),
        shown(evidence.row(question, "respondents")),
        shown(effective),
        origin(evidence, question, "alike_effective_n"),
    )
    wider = _wider(evidence, question)
    if not wider:
        return [told, counted, Markup("An den möglichen Rängen änderte das nichts.")]
    ranks = Markup(", ").join(Markup("{} ({})").format(_bold(evidence, row.item), shown_interval(row)) for row in wider)
    more = Markup(
        "Dann ließen sich weniger Bereiche voneinander trennen; mehr Ränge als bisher wären möglich für {}{}."
    )
    return [told, counted, more.format(ranks, origin(evidence, question, "alike_rank"))]


def alike_warning(evidence: Evidence, question: Question) -> Markup | None:
    """For the first page: one sentence where answers alike would change a tier."""
    rows = {row.item: row for row in evidence.rows(question, "alike_tier")}
    tiers = [(row, rows[row.item]) for row in evidence.rows(question, "tier") if row.item in rows]
    if all((row.low, row.high) == (alike.low, alike.high) for row, alike in tiers):
        return None
    now = first_candidates(evidence, question)
    then = [row for row in evidence.rows(question, "alike_rank") if row.low == 1]
    left = Markup("ließen sich weniger Bereiche voneinander trennen")
    if len(then) > len(now):
        left = Markup("kämen {} Bereiche statt {} für den ersten Platz in Frage")
        left = left.format(in_words(len(then)), in_words(len(now)) if len(now) > 1 else "eines einzigen")
    whole = Markup(
        "Was über die Sicherheit der Rangfolge gesagt wird, setzt unabhängige Antworten voraus: Hätten {}, {}{}."
    )
    return whole.format(_assumed(evidence), left, origin(evidence, question, "alike_rank"))


def _wider(evidence: Evidence, question: Question) -> list[Row]:
    """The alike_rank rows of areas for which more ranks would be possible, highest mean first."""
    then = {row.item: row for row in evidence.rows(question, "alike_rank")}
    now = {row.item: row for row in evidence.rows(question, "rank")}
    areas = [row.item for row in sorted_means(evidence, question)]
    return [then[item] for item in areas if (then[item].low, then[item].high) != (now[item].low, now[item].high)]


def _assumed(evidence: Evidence) -> str:
    """Who answered alike, to follow "Hätten"."""
    stated = evidence.round.file.delegations
    if stated is None:
        return "je zwei Personen gleich geantwortet"
    how = "gleich" if stated.correlation == 1 else "ähnlich"
    if stated.question is None:
        return f"die Mitglieder der angegebenen Delegationen {how} geantwortet"
    return (
        f"die Personen {how} geantwortet, die bei „{evidence.round.question(stated.question).label}“ dasselbe angaben"
    )


def alike_table(evidence: Evidence, question: Question) -> Html:
    """Intervals and possible ranks as they are, and as they would be had people answered alike."""
    lines = []
    for mean in sorted_means(evidence, question):
        cells = [shown_interval(evidence.row(question, f"{ahead}mean_points", mean.item)) for ahead in ("", "alike_")]
        cells += [shown_interval(evidence.row(question, f"{ahead}rank", mean.item)) for ahead in ("", "alike_")]
        lines.append([short_label(evidence.round, mean.item), shown(mean), *cells])
    then = "wenn gleich geantwortet"
    head = ["Fokusbereich", "Punkte", "95-%-Bereich", then, "mögliche Ränge", then]
    caveat = origin_caveat(evidence, question, "alike_rank")
    return table(f"{question.label}: {TITLE}", head, lines, name=f"unabhaengig_{question.id}", caveat=caveat)


def alike_scales_table(evidence: Evidence, questions: list[Question]) -> Html:
    """The same of scales: share of the top box, and mean."""
    lines = []
    for question in questions:
        pairs = [("top_box_share", "alike_top_box_share"), ("mean", "alike_mean")]
        cells = [shown_interval(evidence.row(question, name)) for pair in pairs for name in pair]
        counted = [shown(evidence.row(question, name)) for name in ("respondents", "alike_effective_n")]
        lines.append([question.label, *counted, *cells])
    then = "wenn gleich geantwortet"
    head = ["Frage", "Antworten", "zählten wie", "zustimmende Stufen", then, "Mittelwert", then]
    caveat = (
        origin_caveat(evidence, questions[0], "top_box_share") + f" Angenommen ist, dass {_assumed(evidence)} hätten."
    )
    return table(f"Skalenfragen: {TITLE}", head, lines, name="unabhaengig_skalen", caveat=caveat)
