"""German sentences built from rows of `estimates`: what the numbers say, and what they do not say."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question, Scale
from . import german
from .evidence import Evidence, Row, plain, plain_interval, shown, shown_interval
from .labels import short_label


def is_invented(evidence: Evidence, question: Question, statistic: str) -> bool:
    """True where a round without original ballots shows a number that was never published."""
    return evidence.round.file.provenance != "original" and statistic not in question.published


def _mark(evidence: Evidence, question: Question, statistic: str) -> Markup:
    return (
        Markup(' <small class="invented">nachgebildet</small>')
        if is_invented(evidence, question, statistic)
        else Markup("")
    )


# --- ranking ----------------------------------------------------------------------------------------------------------


def sorted_means(evidence: Evidence, question: Question) -> list[Row]:
    """The areas' mean points, highest first; equal means in the order of the question."""
    return sorted(evidence.rows(question, "mean_points"), key=lambda row: -(row.estimate or 0))


def leaders(evidence: Evidence, question: Question) -> list[Row]:
    """The areas with the highest mean points (several when they tie), as their mean_points rows."""
    ranks = {row.item: row.estimate for row in evidence.rows(question, "rank")}
    return [row for row in evidence.rows(question, "mean_points") if ranks[row.item] == 1]


def _bold(evidence: Evidence, item: str) -> Markup:
    return Markup("<b>{}</b>").format(short_label(evidence.round, item))


def ranking_headline(evidence: Evidence, question: Question) -> str:
    """The result of the ranking in one line of plain text."""
    first = leaders(evidence, question)
    if not first:
        return f"{question.label}: keine Stimmzettel"
    names = german.listing([f"„{short_label(evidence.round, row.item)}“" for row in first])
    verb = "erhält" if len(first) == 1 else "erhalten gleichauf"
    return f"{names} {verb} im Mittel die meisten Punkte"


def ranking_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """Who leads, by how much, and how many persons gave nothing to an area presented to them."""
    n = evidence.row(question, "respondents")
    if not n.estimate:
        return [Markup("Auf die Frage nach den Prioritäten hat niemand geantwortet.")]
    means = sorted_means(evidence, question)
    mark = _mark(evidence, question, "mean_points")
    parts = [
        Markup("{} ({}{})").format(
            _bold(evidence, row.item), shown(row), Markup(" Punkte") if not place else Markup("")
        )
        for place, row in enumerate(means)
    ]
    order = Markup("{} Personen verteilten je {} Punkte. Im Mittel erhielten: {}{}.").format(
        shown(n), question.total, Markup(", ").join(parts), mark
    )
    return [order, _interval_sentence(evidence, question, means[0]), *_other_sentence(evidence, question)]


def _interval_sentence(evidence: Evidence, question: Question, first: Row) -> Markup:
    if first.low is None:
        return Markup("Für {} lässt sich aus so wenigen Stimmzetteln kein Unsicherheitsbereich angeben.").format(
            _bold(evidence, first.item)
        )
    return Markup("Der 95-%-Unsicherheitsbereich für {} reicht von {} Punkten{}.").format(
        _bold(evidence, first.item), _from_to(first), _mark(evidence, question, "interval")
    )


def _from_to(row: Row) -> Markup:
    return Markup(str(shown_interval(row)).replace("–", " bis "))


def _other_sentence(evidence: Evidence, question: Question) -> list[Markup]:
    givers = [row for row in evidence.rows(question, "givers") if row.item == "andere"]
    if not givers:
        return []
    share = evidence.row(question, "share_giving_points", "andere")
    return [
        Markup("Nur {} von {} Personen gaben {} Punkte ({}; Bereich {}).").format(
            shown(givers[0]), german.number(givers[0].n), _bold(evidence, "andere"), shown(share), shown_interval(share)
        )
    ]


# --- scales -----------------------------------------------------------------------------------------------------------


def top_box_range(scale: Scale) -> str:
    low, high = scale.top_box
    return f"{low}–{high}" if low != high else str(low)


def scale_headline(evidence: Evidence, question: Question) -> str:
    """The result of a scale question in one line of plain text; no claim where the distribution is invented."""
    count = evidence.row(question, "top_box_count")
    if not evidence.row(question, "respondents").estimate:
        return f"{question.label}: keine Antworten"
    if is_invented(evidence, question, "top_box_share"):
        return f"{question.label}: Lage der Balken nachgebildet, nicht überliefert"
    chosen = top_box_range(question.scale) if question.scale else ""
    return f"{question.label}: {plain(count)} von {german.number(count.n)} wählen {chosen}"


def scale_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """Top box, mean and median of a scale question, with what the ends of the scale mean."""
    n, scale = evidence.row(question, "respondents"), question.scale
    if not n.estimate or scale is None:
        return [Markup("Auf die Frage „{}“ hat niemand geantwortet.").format(question.label)]
    count, share = evidence.row(question, "top_box_count"), evidence.row(question, "top_box_share")
    mean, median = evidence.row(question, "mean"), evidence.row(question, "median")
    intro = Markup("{} Personen antworteten auf einer Skala von {} (<i>{}</i>) bis {} (<i>{}</i>).").format(
        shown(n), scale.low, scale.low_label, scale.high, scale.high_label
    )
    if is_invented(evidence, question, "top_box_share"):
        lead = Markup(
            "Wie viele davon {} wählten, ist nicht überliefert. In der nachgebildeten Verteilung sind es"
        ).format(top_box_range(scale))
    else:
        lead = Markup("{} wählten").format(top_box_range(scale))
    top = Markup("{} {} ({}; 95-%-Unsicherheitsbereich {}){}.").format(
        lead, shown(count), shown(share), shown_interval(share), _mark(evidence, question, "top_box_share")
    )
    centre = Markup("Der Mittelwert beträgt {} (Bereich {}), der Median {}{}.").format(
        shown(mean), shown_interval(mean), shown(median), _mark(evidence, question, "mean")
    )
    return [intro, top, centre]


def scale_alt(evidence: Evidence, question: Question) -> str:
    """All bars in words, from the lowest scale value to the highest."""
    counts = evidence.rows(question, "count")
    n = evidence.row(question, "respondents")
    bars = "; ".join(f"Wert {row.item}: {plain(row)}" for row in counts)
    share = evidence.row(question, "top_box_share")
    top = (
        f" {top_box_range(question.scale)}: {plain(share)} (Bereich {plain_interval(share)})." if question.scale else ""
    )
    return f"Säulendiagramm der Antworten von {german.persons(int(n.estimate or 0))}. {bars}.{top}"
