"""German sentences built from rows of `estimates`: what the numbers say, and what they do not say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from markupsafe import Markup

from ..rounds import Question, Scale
from . import german
from .evidence import Evidence, Row, is_invented, origin, plain, plain_interval
from .html import in_words, join, listing
from .labels import named, short_label


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
    who: str
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
        "# Person verteilte {total} Punkte. Es erhielten|# Personen verteilten je {total} Punkte. Im Mittel erhielten",
        "{area} ({row}{unit})",
        ("erhält im Mittel die meisten Punkte", "erhalten gleichauf im Mittel die meisten Punkte"),
        "erhalten im Mittel gleich viele Punkte",
        "{who} {every} Bereiche gleich viele: {value}{mark}.",
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
        "# Person wählte. Genannt wurden|# Personen wählten. Genannt wurden",
        "{area} ({row}{unit})",
        ("wird am häufigsten gewählt", "werden gleich oft und am häufigsten gewählt"),
        "werden gleich oft gewählt",
        "{who} {every} Bereiche gleich oft: {value}{mark}.",
        "Durchschnitt",
        "den mehr Personen wählten als im Durchschnitt aller Antwortmöglichkeiten",
    ),
    "mean_rank": Terms(
        "mittlerer Rang",
        "mittlerer\nRang",
        "mittlerer Rang\n(1: vorn)",
        "Mittlerer Rang, 1 ist vorn",
        "",
        "# Person ordnete die Bereiche. Es kamen|# Personen ordneten die Bereiche. Im Mittel kamen",
        "{area} auf Rang {row}",
        ("steht im Mittel am weitesten vorn", "stehen im Mittel gleichauf am weitesten vorn"),
        "stehen im Mittel gleichauf",
        "{who} {every} Bereiche auf Rang {value}{mark}.",
        "Mitte",
        "der im Mittel vor der Mitte der Rangfolge steht",
    ),
}


def terms(question: Question | None) -> Terms:
    """The words of the measure of a question that puts its options in an order; of points, where none was asked."""
    words = _TERMS[question.measure if question else "mean_points"]
    total = german.number(question.total if question else 0)
    told = {name: getattr(words, name).replace("{total}", total) for name in ("axis", "what", "who")}
    return replace(words, **told)


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


def areas_in_bold(evidence: Evidence, rows: Iterable[Row]) -> Markup:
    """The areas of rows as a list in a sentence."""
    return listing(each_area(evidence, rows, "{area}"))


def each_area(evidence: Evidence, rows: Iterable[Row], words: str) -> list[Markup]:
    """Words for each row, with `{area}` for its name and `{row}` for its number."""
    named_ = ((Markup("<b>{}</b>").format(short_label(evidence.round, row.item)), row) for row in rows)
    return [Markup(words).format(area=area, row=row) for area, row in named_]


def first_candidates(evidence: Evidence, question: Question) -> list[Row]:
    """The rank rows of the areas that the data allow in first place, highest mean first; all, where none is known."""
    ranks = {row.item: row for row in evidence.rows(question, "rank")}
    ordered = [ranks[row.item] for row in sorted_means(evidence, question) if ranks]
    return [row for row in ordered if row.low in (None, 1)]


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
    n, words, means = evidence.row(question, "respondents"), terms(question), sorted_means(evidence, question)
    if not n.estimate:
        return [Markup("Auf die Frage nach den Prioritäten hat niemand geantwortet.")]
    told = evidence.numbers(question, who=n.part(words.who), mark=origin(evidence, question, question.measure))
    if len(means) == len(leaders(evidence, question)) > 1:
        order = told.say(words.all_alike, every="beide" if len(means) == 2 else "alle", value=means[0])
    else:
        first, later = (words.order.replace("{unit}", unit) for unit in (words.unit, ""))
        parts = [*each_area(evidence, means[:1], first), *each_area(evidence, means[1:], later)]
        order = told.say("{who}: {order}{mark}.", order=join(parts, ", "))
    return [order, *certainty_sentences(evidence, question), *_other_sentence(evidence, question)]


def certainty_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """What the simultaneous rank sets say about first place and the first three, and what they do not say."""
    ranks, candidates = evidence.rows(question, "rank"), first_candidates(evidence, question)
    if not ranks:
        return [Markup("Was jemand nicht ordnete, gilt als fehlend; eine gesicherte Reihenfolge ergibt das nicht.")]
    if len(ranks) == 1:
        return [Markup("Kein anderer Bereich stand zur Wahl.")]
    if ranks[0].method.startswith("fewer than"):  # open by rule, whatever the ballots say
        return [Markup("Aus so wenigen Stimmzetteln lässt sich keine gesicherte Reihenfolge ableiten.")]
    told = evidence.numbers(question, names=areas_in_bold(evidence, candidates), count=in_words(len(candidates)))
    caution = [Markup("Dass sich Bereiche nicht trennen lassen, heißt nicht, dass sie gleich wichtig sind.")]
    if len(candidates) == 1:
        first, caution = "{names} liegt gesichert vorn: Kein anderer Bereich kommt für den ersten Platz in Frage", []
    elif len(candidates) == len(ranks):
        every = "Jeder Bereich kommt" if len(ranks) > 2 else "Beide Bereiche kommen"
        first = f"Eine gesicherte Reihenfolge ergibt das nicht: {every} für den ersten Platz in Frage"
    else:
        first = (
            "Wer vorn liegt, lässt sich mit {respondents} Stimmzetteln nicht entscheiden. Für den ersten Platz kommen "
            "{count} Bereiche in Frage: {names}"
        )
    sets = {
        "Sicher unter den ersten drei": [row for row in ranks if row.high is not None and row.high <= 3],
        "Sicher nicht unter den ersten drei": [row for row in ranks if row.low is not None and row.low > 3],
    }
    among = [
        told.say(f"{words}: {{areas}}{{mark_rank}}.", areas=areas_in_bold(evidence, rows))
        for words, rows in sets.items()
        if rows and len(ranks) > 3
    ]
    return [told.say(f"{first}{{mark_rank}}."), *among, *caution]


def _other_sentence(evidence: Evidence, question: Question) -> list[Markup]:
    givers = evidence.find(question, "givers", "andere")
    if givers is None:
        return []
    if not givers.estimate:
        words = "Niemand gab {area} Punkte."
    elif givers.n == 1:
        words = "Die einzige Person, die antwortete, gab {area} Punkte."
    elif givers.estimate == givers.n:
        words = "Alle {givers:n} Personen gaben {area} Punkte."
    else:
        gave = "gab" if givers.estimate == 1 else "gaben"
        share = "{share_giving_points}; Bereich {share_giving_points:interval}"
        words = f"{{givers:#|#}} von {{givers:n}} Personen {gave} {{area}} Punkte ({share})."
    told = evidence.numbers(question, "andere", area=Markup("„{}“").format(areas_in_bold(evidence, [givers])))
    return [told.say(words)]


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
    scale = question.scale
    if not evidence.row(question, "respondents").estimate or scale is None:
        return [Markup("Auf die Frage „{}“ hat niemand geantwortet.").format(question.label)]
    told = evidence.numbers(question, scale=scale, top=top_box_range(scale))
    told |= {"low": german.number(scale.low), "high": german.number(scale.high)}
    intro = (
        "{respondents:# Person|# Personen}{mark_respondents} {respondents:antwortete|antworteten} auf einer Skala von "
        "{low} (<i>{scale.low_label}</i>) bis {high} (<i>{scale.high_label}</i>)."
    )
    if scale.is_verbal:
        intro += " Gewählt wurden Worte; Mittelwert und Streuung nehmen ihre Stufen als gleich weit an."
    if is_invented(evidence, question, "top_box_share"):
        lead = (
            "Wie viele davon {top} wählten, ist nicht überliefert. In der erfundenen Verteilung "
            "{top_box_count:ist es #|sind es #}"
        )
    elif not told["top_box_count"].estimate:
        lead = "{top} wählte niemand"
    else:
        lead = "{top} {top_box_count:wählte # Person|wählten #}"
    share = " ({top_box_share}; 95-%-Unsicherheitsbereich {top_box_share:interval}){mark_top_box_share}."
    spread = " (Bereich {mean:interval})" if told["mean"].low is not None else ""
    centre = f"Der Mittelwert beträgt {{mean}}{spread}, der Median {{median}}{{mark_mean}}."
    return [told.say(intro), told.say(lead + share), told.say(centre), *_room_sentence(evidence, question, told["top"])]


def _room_sentence(evidence: Evidence, question: Question, top: str) -> list[Markup]:
    """Worst-case bounds for everybody in the room, where the round says how many they were and some were silent."""
    row = evidence.find(question, "room_top_box_share")
    if row is None or row.low is None or row.low == row.high:
        return []
    sentence = Markup(
        "Für alle im Saal, auch für die, die nicht antworteten, steht nur fest, dass der Anteil für {} irgendwo im "
        "Bereich {:interval} liegt."
    )
    return [sentence.format(top, row)]


def scale_summary(evidence: Evidence, question: Question) -> list[Markup]:
    """One sentence: how many of how many chose the top box, or that this is not known."""
    if question.scale is None:
        return []
    told = evidence.numbers(question, top=top_box_range(question.scale), label=question.label)
    chosen = "{top} ({top_box_share}; Bereich {top_box_share:interval})."
    if not told["respondents"].estimate:
        words = "Niemand antwortete."
    elif is_invented(evidence, question, "top_box_share"):
        words = (
            "{respondents:# Antwort|# Antworten}{mark_respondents}. Wie viele davon {top} wählten, ist nicht "
            "überliefert."
        )
    elif told["top_box_count"].n == 1:
        answer = "wählte" if told["top_box_count"].estimate else "wählte nicht"
        words = f"Die einzige Person, die antwortete, {answer} {chosen}"
    elif not told["top_box_count"].estimate:
        words = f"Niemand von {{top_box_count:n}} Personen wählte {chosen}"
    else:
        words = f"{{top_box_count:#|#}} von {{top_box_count:n}} Personen {{top_box_count:wählte|wählten}} {chosen}"
    return [told.say(f"<b>{{label}}:</b> {words}")]


def scale_alt(evidence: Evidence, question: Question) -> str:
    """All bars in words, from the lowest scale value to the highest."""
    counts, share = evidence.rows(question, "count"), evidence.row(question, "top_box_share")
    bars = "; ".join(f"{value_words(question.scale, row.item)}: {plain(row)}" for row in counts)
    chosen = f" {top_box_range(question.scale)}: " if question.scale else ""
    top = f"{chosen}{plain(share)} (Bereich {plain_interval(share)})." if chosen else ""
    n = german.persons(int(evidence.row(question, "respondents").estimate or 0))
    return f"Säulendiagramm der Antworten von {n}. {bars}.{top}"
