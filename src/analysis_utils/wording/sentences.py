"""German sentences built from rows of `estimates`: what the numbers say, and what they do not say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from ..rounds import Question, Scale
from . import german
from .evidence import Evidence, Row, in_number, plain, plain_interval, shown, shown_interval, shown_n
from .html import in_words, join
from .labels import named, short_label

INVENTED = Markup(' <small class="invented">nachgebildet</small>')


INFERRED = Markup(' <small class="invented">errechnet</small>')


def is_invented(evidence: Evidence, question: Question, statistic: str) -> bool:
    """True where a reconstructed round shows a number that was neither published nor follows from what was. (An
    illustrative round is all made up and says so once, on every page.)"""
    known = (*question.published, *question.inferred)
    return evidence.round.file.provenance == "reconstructed" and statistic not in known


def origin(evidence: Evidence, question: Question, statistic: str) -> Markup:
    """The mark of a number that was not printed: invented, or inferred from print by arithmetic."""
    if evidence.round.file.provenance == "reconstructed" and statistic in question.inferred:
        return INFERRED
    return INVENTED if is_invented(evidence, question, statistic) else Markup("")


# --- ranking ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """The words of a measure of priority: its name, in a head, on an axis, above a picture and behind a number; who
    answered how, by number; what leads; all alike, in a heading and in a sentence; what lies in the middle, and what a
    question stresses."""

    name: str
    head: str
    axis: str
    what: str
    unit: str
    who: tuple[str, str]
    order: str
    leads: tuple[str, str]
    alike: str
    all_alike: str
    middle: str
    stressed: str


_TERMS = {
    "mean_points": Terms(
        "mittlere Punkte",
        "Punkte",
        "mittlere Punkte\n(von {total})",
        "Mittlere Punkte von {total}",
        " Punkte",
        (
            "{} Person verteilte {total} Punkte. Es erhielten",
            "{} Personen verteilten je {total} Punkte. Im Mittel erhielten",
        ),
        "{} ({}{})",
        ("erhält im Mittel die meisten Punkte", "erhalten gleichauf im Mittel die meisten Punkte"),
        "erhalten im Mittel gleich viele Punkte",
        "{} {} Bereiche gleich viele: {}{}.",
        "gleicher Anteil",
        "dessen mittlere Punkte über dem gleichen Anteil liegen (alle Punkte geteilt durch die Zahl der "
        "Antwortmöglichkeiten)",
    ),
    "share": Terms(
        "Anteil",
        "Anteil",
        "Anteil der Personen",
        "Anteil der Personen, die ihn wählten",
        "",
        ("{} Person wählte. Genannt wurden", "{} Personen wählten. Genannt wurden"),
        "{} ({}{})",
        ("wird am häufigsten gewählt", "werden gleich oft und am häufigsten gewählt"),
        "werden gleich oft gewählt",
        "{} {} Bereiche gleich oft: {}{}.",
        "Durchschnitt",
        "den mehr Personen wählten als im Durchschnitt aller Antwortmöglichkeiten",
    ),
    "mean_rank": Terms(
        "mittlerer Rang",
        "mittlerer\nRang",
        "mittlerer Rang\n(1: vorn)",
        "Mittlerer Rang, 1 ist vorn",
        "",
        ("{} Person ordnete die Bereiche. Es kamen", "{} Personen ordneten die Bereiche. Im Mittel kamen"),
        "{} auf Rang {}{}",
        ("steht im Mittel am weitesten vorn", "stehen im Mittel gleichauf am weitesten vorn"),
        "stehen im Mittel gleichauf",
        "{} {} Bereiche auf Rang {}{}.",
        "Mitte",
        "der im Mittel vor der Mitte der Rangfolge steht",
    ),
}


def terms(question: Question | None) -> Terms:
    """The words of the measure of a question that puts its options in an order; of points, where none was asked."""
    words = _TERMS[question.measure if question else "mean_points"]
    total = german.number(question.total if question else 0)
    one, many = (text.replace("{total}", total) for text in words.who)
    return replace(words, axis=words.axis.format(total=total), what=words.what.format(total=total), who=(one, many))


def wanted(row: Row | None) -> float:
    """How much an area is wanted, the more the larger: its number, but for ranks, of which the first is best."""
    value = (row.estimate if row else None) or 0
    return -value if row and row.unit == "rank" else value


def sorted_means(evidence: Evidence, question: Question) -> list[Row]:
    """The areas by what their question measures (mean points, share, mean rank), the most wanted first; equal ones in
    the order of the question."""
    return sorted(evidence.rows(question, question.measure), key=lambda row: -wanted(row))


def leaders(evidence: Evidence, question: Question) -> list[Row]:
    """The most wanted areas (several when they tie), as their rows."""
    rows = sorted_means(evidence, question)
    ranks = {row.item: row.estimate for row in evidence.rows(question, "rank")}
    return [row for row in rows if (ranks[row.item] == 1 if ranks else wanted(row) == wanted(rows[0]))]


def _bold(evidence: Evidence, item: str) -> Markup:
    return Markup("<b>{}</b>").format(short_label(evidence.round, item))


def first_candidates(evidence: Evidence, question: Question) -> list[Row]:
    """The rank rows of the areas that the data allow in first place, highest mean first; all, where none is known."""
    ranks = {row.item: row for row in evidence.rows(question, "rank")}
    ordered = [ranks[row.item] for row in sorted_means(evidence, question) if ranks]
    return [row for row in ordered if row.low is None or row.low == 1]


def ranking_name(question: Question) -> str:
    """Of the figure of the ranking, which the first page shows again."""
    return f"rangfolge_{question.id}"


def ranking_headline(evidence: Evidence, question: Question) -> str:
    """The result of the ranking in one line of plain text: as much as the rank sets support, and no more."""
    first = leaders(evidence, question)
    if not first:
        return f"{question.label}: keine Stimmzettel"
    names = named([short_label(evidence.round, row.item) for row in first])
    candidates, areas = first_candidates(evidence, question), len(sorted_means(evidence, question))
    if areas == 1:
        return f"Nur {names} stand zur Wahl"
    if len(first) == areas:
        return f"{'Beide' if areas == 2 else 'Alle'} Bereiche {terms(question).alike}"
    if is_invented(evidence, question, "rank") or not evidence.rows(question, "rank"):
        return f"{names[:1].upper()}{names[1:]} {terms(question).leads[len(first) > 1]}"
    if len(candidates) == 1:
        return f"{names} liegt gesichert vorn"
    if len(candidates) == areas:
        return "Die Reihenfolge der Bereiche ist nicht gesichert"
    if len(candidates) <= 3:
        possible = named([short_label(evidence.round, row.item) for row in candidates], last="oder")
        return f"Vorn liegt {possible}; welcher Bereich, ist offen"
    return f"{german.spelled(len(candidates)).capitalize()} Bereiche kommen für den ersten Platz in Frage"


def ranking_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """The order of the means, what of it is certain, and how many persons chose something not presented."""
    n = evidence.row(question, "respondents")
    if not n.estimate:
        return [Markup("Auf die Frage nach den Prioritäten hat niemand geantwortet.")]
    mark, words = origin(evidence, question, question.measure), terms(question)
    parts = [
        Markup(words.order).format(_bold(evidence, row.item), shown(row), "" if place else words.unit)
        for place, row in enumerate(sorted_means(evidence, question))
    ]
    order = Markup("{}: {}{}.").format(in_number(n, *words.who), join(parts, ", "), mark)
    if len(parts) == len(leaders(evidence, question)) > 1:
        every, value = "beide" if len(parts) == 2 else "alle", shown(sorted_means(evidence, question)[0])
        order = Markup(words.all_alike).format(in_number(n, *words.who), every, value, mark)
    return [order, *certainty_sentences(evidence, question), *_other_sentence(evidence, question)]


def certainty_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """What the simultaneous rank sets say about first place and the first three, and what they do not say."""
    ranks = evidence.rows(question, "rank")
    if not ranks:
        return [Markup("Was jemand nicht ordnete, gilt als fehlend; eine gesicherte Reihenfolge ergibt das nicht.")]
    if len(ranks) == 1:
        return [Markup("Kein anderer Bereich stand zur Wahl.")]
    if ranks[0].method.startswith("fewer than"):  # open by rule, whatever the ballots say
        return [Markup("Aus so wenigen Stimmzetteln lässt sich keine gesicherte Reihenfolge ableiten.")]
    mark = origin(evidence, question, "rank")
    candidates = first_candidates(evidence, question)
    names = _names(evidence, candidates)
    if len(candidates) == 1:
        first = Markup("{} liegt gesichert vorn: Kein anderer Bereich kommt für den ersten Platz in Frage{}.")
        return [first.format(names, mark), *_top_three(evidence, ranks, mark)]
    if len(candidates) == len(ranks):
        every = "Jeder Bereich kommt" if len(ranks) > 2 else "Beide Bereiche kommen"
        first = Markup("Eine gesicherte Reihenfolge ergibt das nicht: {} für den ersten Platz in Frage{}.")
        sentences = [first.format(every, mark)]
    else:
        first = Markup(
            "Wer vorn liegt, lässt sich mit {} Stimmzetteln nicht entscheiden. Für den ersten Platz kommen {} "
            "Bereiche in Frage: {}{}."
        )
        n = shown(evidence.row(question, "respondents"))
        sentences = [first.format(n, in_words(len(candidates)), names, mark)]
    caution = Markup("Dass sich Bereiche nicht trennen lassen, heißt nicht, dass sie gleich wichtig sind.")
    return [*sentences, *_top_three(evidence, ranks, mark), caution]


def _top_three(evidence: Evidence, ranks: list[Row], mark: Markup) -> list[Markup]:
    if len(ranks) <= 3:
        return []
    surely = [row for row in ranks if row.high is not None and row.high <= 3]
    never = [row for row in ranks if row.low is not None and row.low > 3]
    sentences = []
    if surely:
        sentences.append(Markup("Sicher unter den ersten drei: {}{}.").format(_names(evidence, surely), mark))
    if never:
        sentences.append(Markup("Sicher nicht unter den ersten drei: {}{}.").format(_names(evidence, never), mark))
    return sentences


def _names(evidence: Evidence, rows: list[Row]) -> Markup:
    return Markup(german.listing([str(_bold(evidence, row.item)) for row in rows]))


def _other_sentence(evidence: Evidence, question: Question) -> list[Markup]:
    givers = evidence.find(question, "givers", "andere")
    if givers is None:
        return []
    area, n = Markup("„{}“").format(_bold(evidence, "andere")), shown_n(givers)
    if not givers.estimate:
        return [Markup("Niemand gab {} Punkte.").format(area)]
    share = evidence.row(question, "share_giving_points", "andere")
    if givers.estimate == givers.n and givers.n != 1:
        return [Markup("Alle {} Personen gaben {} Punkte.").format(n, area)]
    if givers.n == 1:
        return [Markup("Die einzige Person, die antwortete, gab {} Punkte.").format(area)]
    gave = "gab" if givers.estimate == 1 else "gaben"
    sentence = Markup("{} von {} Personen {} {} Punkte ({}; Bereich {}).")
    return [sentence.format(in_number(givers, "{}", "{}"), n, gave, area, shown(share), shown_interval(share))]


# --- scales -----------------------------------------------------------------------------------------------------------


def top_box_range(scale: Scale) -> str:
    """The values of the top box, or their words where people chose words."""
    low, high = scale.top_box
    if scale.is_verbal:
        first, last = (f"„{scale.label_of(value)}“" for value in scale.top_box)
        return f"{first} bis {last}" if low != high else first
    return german.span(low, high) if low != high else german.number(low)


def value_words(scale: Scale | None, item: str) -> str:
    """A value of a scale as people chose it: `Wert 7`, or the words of a verbal scale."""
    return f"„{scale.label_of(int(item))}“" if scale and scale.is_verbal else f"Wert {item.replace('-', '−')}"


def scale_headline(evidence: Evidence, question: Question) -> str:
    """The result of a scale question in one line of plain text; no claim where the distribution is invented."""
    if not evidence.row(question, "respondents").estimate:
        return f"{question.label}: keine Antworten"
    count = evidence.row(question, "top_box_count")
    if is_invented(evidence, question, "top_box_share"):
        return f"{question.label}: Lage der Balken nachgebildet, nicht überliefert"
    if count.n == 1:
        return f"{question.label}: eine einzige Antwort"
    chosen = top_box_range(question.scale) if question.scale else ""
    how_many = {0: "niemand", 1: "eine Person"}.get(int(count.value), plain(count))
    verb = "wählt" if count.value <= 1 else "wählen"
    return f"{question.label}: {how_many} von {german.number(count.n)} {verb} {chosen}"


def scale_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """Top box, mean and median of a scale question, with what the ends of the scale mean."""
    n, scale = evidence.row(question, "respondents"), question.scale
    if not n.estimate or scale is None:
        return [Markup("Auf die Frage „{}“ hat niemand geantwortet.").format(question.label)]
    count, share = evidence.row(question, "top_box_count"), evidence.row(question, "top_box_share")
    mean, median = evidence.row(question, "mean"), evidence.row(question, "median")
    who = in_number(n, "{} Person", "{} Personen") + origin(evidence, question, "respondents")
    who += " antwortete" if n.estimate == 1 else " antworteten"
    intro = Markup("{} auf einer Skala von {} (<i>{}</i>) bis {} (<i>{}</i>).").format(
        who, german.number(scale.low), scale.low_label, german.number(scale.high), scale.high_label
    )
    if scale.is_verbal:
        intro += Markup(" Gewählt wurden Worte; Mittelwert und Streuung nehmen ihre Stufen als gleich weit an.")
    if is_invented(evidence, question, "top_box_share"):
        lead = Markup("Wie viele davon {} wählten, ist nicht überliefert. In der erfundenen Verteilung {}").format(
            top_box_range(scale), in_number(count, "ist es {}", "sind es {}")
        )
    elif not count.estimate:
        lead = Markup("{} wählte niemand").format(top_box_range(scale))
    else:
        lead = Markup("{} {}").format(top_box_range(scale), in_number(count, "wählte {} Person", "wählten {}"))
    top = Markup("{} ({}; 95-%-Unsicherheitsbereich {}){}.").format(
        lead, shown(share), shown_interval(share), origin(evidence, question, "top_box_share")
    )
    spread = Markup(" (Bereich {})").format(shown_interval(mean)) if mean.low is not None else ""
    centre = Markup("Der Mittelwert beträgt {}{}, der Median {}{}.").format(
        shown(mean), spread, shown(median), origin(evidence, question, "mean")
    )
    return [intro, top, centre, *room_sentences(evidence, question, "room_top_box_share", top_box_range(scale))]


def room_sentences(evidence: Evidence, question: Question, statistic: str, what: str, item: str = "") -> list[Markup]:
    """Worst-case bounds for everybody in the room, where the round says how many they were and some were silent."""
    row = evidence.find(question, statistic, item)
    if row is None or row.low is None or row.low == row.high:
        return []
    sentence = Markup(
        "Für alle im Saal, auch für die, die nicht antworteten, steht nur fest, dass der Anteil für {} irgendwo im "
        "Bereich {} liegt."
    )
    return [sentence.format(what, shown_interval(row))]


def scale_summary(evidence: Evidence, question: Question) -> list[Markup]:
    """One sentence: how many of how many chose the top box, or that this is not known."""
    label = Markup("<b>{}:</b>").format(question.label)
    if question.scale is None:
        return []
    if not evidence.row(question, "respondents").estimate:
        return [Markup("{} Niemand antwortete.").format(label)]
    range_ = top_box_range(question.scale)
    count, share = evidence.row(question, "top_box_count"), evidence.row(question, "top_box_share")
    if is_invented(evidence, question, "top_box_share"):
        n = in_number(evidence.row(question, "respondents"), "{} Antwort", "{} Antworten")
        n += origin(evidence, question, "respondents")
        return [Markup("{} {}. Wie viele davon {} wählten, ist nicht überliefert.").format(label, n, range_)]
    chosen = Markup("{} ({}; Bereich {}).").format(range_, shown(share), shown_interval(share))
    if count.n == 1:
        answer = "wählte" if count.estimate else "wählte nicht"
        return [Markup("{} Die einzige Person, die antwortete, {} {}").format(label, answer, chosen)]
    if not count.estimate:
        return [Markup("{} Niemand von {} Personen wählte {}").format(label, shown_n(count), chosen)]
    who, chose = in_number(count, "{}", "{}"), "wählte" if count.estimate == 1 else "wählten"
    return [Markup("{} {} von {} Personen {} {}").format(label, who, shown_n(count), chose, chosen)]


def scale_alt(evidence: Evidence, question: Question) -> str:
    """All bars in words, from the lowest scale value to the highest."""
    counts = evidence.rows(question, "count")
    n = evidence.row(question, "respondents")
    named = {row.item: value_words(question.scale, row.item) for row in counts}
    bars = "; ".join(f"{named[row.item]}: {plain(row)}" for row in counts)
    share = evidence.row(question, "top_box_share")
    top = (
        f" {top_box_range(question.scale)}: {plain(share)} (Bereich {plain_interval(share)})." if question.scale else ""
    )
    return f"Säulendiagramm der Antworten von {german.persons(int(n.estimate or 0))}. {bars}.{top}"
