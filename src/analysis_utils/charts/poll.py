"""Pictures of a poll: who leads and how surely, breadth and amount, distributions, groups, other ways to count."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..rounds import Question, Scale
from ..wording import (
    NO_GROUP,
    Evidence,
    Html,
    Row,
    class_label,
    german,
    is_invented,
    named,
    note,
    plain,
    plain_interval,
    ranking_headline,
    ranking_name,
    rules_headline,
    scale_alt,
    scale_headline,
    segment_label,
    short_label,
    shown_segments,
    sorted_means,
    terms,
    top_box_range,
    value_words,
    withheld_segments,
)
from .chart import (
    ACCENT,
    GREEN,
    ORANGE,
    SOFT,
    Bars,
    Brackets,
    Chart,
    Column,
    Dots,
    Line,
    Ranks,
    Series,
    Slope,
    Value,
    Words,
)
from .plan import flat
from .values import (
    INTERVAL,
    ballots,
    best,
    by_item,
    in_words,
    interval_text,
    labels_of,
    marked,
    measured,
    picture,
    round_end,
    rows_behind,
    value_of,
)

NEUTRAL = "#dfe4e9"
LIGHT_TO_DARK = ("#c3d7e4", "#95bbd3", "#3d7ca4", "#23699a", "#0a4f79", "#062f49")
RULES = {
    "rank": "Mittelwert",
    "rank_by_trimmed_mean": "gestutztes\nMittel",
    "rank_by_median": "Median",
    "rank_by_share_giving": "Anteil mit\nPunkten",
    "rank_by_borda": "Borda",
    "rank_by_plurality": "Spitzen-\nplätze",
    "rank_by_copeland": "Paar-\nvergleiche",
    "rank_by_equal_groups": "Gruppen\ngleich",
}
SWITCHED = "umgekehrt:"
BALLOT_RULES = {
    "points_too_few": "zu wenige",
    "points_too_many": "zu viele",
    "points_negative": "negative",
    "points_fractional": "Bruchteile",
    "early_session": "Sitzung",
    "identical_ballots": "gleiche",
}


def ranking_chart(evidence: Evidence, question: Question) -> Chart:
    """Dot and interval per area, the most wanted first; beside it the number, possible ranks, of points those who gave
    any, and open orders."""
    means, words = sorted_means(evidence, question), terms(question)
    labels = labels_of(evidence, means)
    ranks, tiers, givers = (
        [evidence.find(question, name, row.item) for row in means] for name in ("rank", "tier", "givers")
    )
    n = german.number(evidence.row(question, "respondents").n)
    gives = [f"{plain(row)} von {n} {'gibt' if row.estimate == 1 else 'geben'} Punkte" if row else "" for row in givers]
    places = [interval_text(row, "mögliche Ränge: ") for row in ranks]
    unit = f"{words.unit}{' im Mittel' if question.type in ('points', 'ranking') else ''}"
    values = [
        value_of(mean, label, unit=unit, more=[place, interval_text(tier, "Stufe "), gave])
        for mean, label, place, tier, gave in zip(means, labels, places, tiers, gives, strict=True)
    ]
    ahead = "Rang " if question.type == "ranking" else ""
    numbers = [f"{ahead}{plain(row)}{words.unit}" for row in means]
    columns: list[Column] = [
        measured(question, [[value] for value in values], prints=False),
        Words(words.head, [plain(row) for row in means], strong=True, below=numbers),
        Words(
            "95-%-\nBereich",
            [interval_text(row) for row in means],
            below=[interval_text(row, "Bereich ") for row in means],
        ),
    ]
    spans = tier_spans(tiers) if any(places) else []
    if any(places):
        cells = [
            Value(rank.value, plain_interval(rank), value.told, rank.low, rank.high)
            for rank, value in zip(filter(None, ranks), values, strict=True)
        ]
        columns.append(Ranks("mögliche\nRänge", cells))
    if any(gives):
        columns.append(Words(f"geben\n(von {n})", [plain(row) for row in givers if row], below=gives))
    if spans:
        columns.append(Brackets("Reihenfolge\noffen", spans, [interval_text(tier) for tier in tiers]))
    point = "Anteil" if question.type.endswith("_choice") else "Mittelwert"
    bare = "; ohne Linie: zu wenige oder lauter gleiche Angaben" if any(row.low is None for row in means) else ""
    caption = f"Punkt: {point}. {INTERVAL} für einen gedachten größeren Kreis ähnlicher Teilnehmender{bare}."
    if any(places):
        caption += f" Mögliche Ränge: Plätze, die mit den Daten vereinbar sind; dunkel: Rang nach {point}."
        caption += " Klammer: Die Reihenfolge dieser Bereiche ist offen." if spans else ""
    listed = []
    for label, number, mean, place in zip(labels, numbers, means, places, strict=True):
        more = f", {place.replace(': ', ' ')}" if place else ""
        listed.append(
            f"{label} {number}" + (f" (Bereich {plain_interval(mean)}{more})" if mean.low is not None else "")
        )
    return picture(
        evidence,
        ranking_name(question),
        "dots",
        ranking_headline(evidence, question),
        [words.what, f"n = {n} Stimmzettel"],
        caption,
        f"Punktdiagramm, {words.name}, die Spitze zuerst (n = {n} Stimmzettel): {'; '.join(listed)}.",
        labels,
        columns,
        rows_behind(evidence, [question], [question.measure, "givers", "share_giving_points", "rank", "tier"]),
    )


def tier_spans(tiers: list[Row | None]) -> list[tuple[int, int]]:
    """First and last line of every tier with more than one; a tier is a run of neighbours, and runs may overlap."""
    members: dict[int, list[int]] = {}
    for place, row in enumerate(tiers):
        if row is not None and row.low is not None and row.high is not None:
            for tier in range(int(row.low), int(row.high) + 1):
                members.setdefault(tier, []).append(place)
    return [(places[0], places[-1]) for _, places in sorted(members.items()) if len(places) > 1]


def giving_chart(evidence: Evidence, question: Question) -> Chart:
    """Breadth and amount per area: the share of people who gave it points, and the mean of what those people gave."""
    means = sorted_means(evidence, question)
    labels = labels_of(evidence, means)
    heads = ("Anteil der Personen, die Punkte gaben", "Punkte im Mittel je gebender Person")
    statistics = ["share_giving_points", "mean_points_given"]
    shares, given = (by_item(evidence.rows(question, name)) for name in statistics)
    left, right = (
        [value_of(rows.get(mean.item), label, head) for mean, label in zip(means, labels, strict=True)]
        for rows, head in zip((shares, given), heads, strict=True)
    )
    first = best(list(shares.values()))
    if len(first) == len(shares) > 2:
        title = f"{question.label}: gleich viele geben jedem Bereich Punkte"
    elif len(first) > 2:
        title = "Mehreren Bereichen geben gleich viele Personen Punkte, und mehr als allen anderen"
    else:
        title = f"Die meisten Personen geben {named(labels_of(evidence, first))} Punkte" if first else question.label
    amount = f"Punkte\n(von {german.number(question.total)})"
    return picture(
        evidence,
        f"breite_{question.id}",
        "dots",
        marked(title, evidence, question, "share_giving_points"),
        ["Wie viele Personen Punkte gaben, und wie viele im Mittel", ballots(evidence, question)],
        "Der Anteil gilt für alle, die antworteten, die Punkte im Mittel nur für die, die dem Bereich Punkte gaben. "
        f"{INTERVAL}, wo genug Personen Punkte gaben.",
        f"Punktdiagramm in zwei Feldern. {heads[0]}: {in_words(left, labels)}; {heads[1]}: {in_words(right, labels)}.",
        labels,
        [
            Dots(heads[0], [[one] for one in left], 1, "Anteil der Personen", is_share=True),
            Dots(heads[1], [[one] for one in right], round_end([right]), amount),
        ],
        rows_behind(evidence, [question], statistics),
    )


def segment_chart(evidence: Evidence, question: Question, name: str = "") -> Chart | Html:
    """Mean points per area, a panel per participant group with its n (or per class of the breakdown `name`); a dot •
    stands where a value is withheld."""
    groups = shown_segments(evidence, question, name)
    if not groups:
        return note(NO_GROUP)
    means = sorted_means(evidence, question)
    labels = labels_of(evidence, means)
    columns: dict[str, list[Value]] = {}
    for segment in ("all", *groups):
        own = by_item(evidence.rows(question, "mean_points", segment=segment))
        group = segment_label(evidence.round, segment)
        head = f"{group}\n(n = {german.number(evidence.row(question, 'respondents', segment=segment).n)})"
        columns[head] = [
            value_of(own.get(mean.item), label, group, unit=" Punkte im Mittel")
            for mean, label in zip(means, labels, strict=True)
        ]
    end, total = round_end(columns.values()), german.number(question.total)
    told = [f"{' '.join(head.splitlines())}: {in_words(values, labels)}" for head, values in columns.items()]
    return picture(
        evidence,
        "_".join(filter(None, ("gruppen", question.id, name))),
        "dots",
        marked(_firsts_title(evidence, question, groups, len(means)), evidence, question, "segments"),
        [f"Mittlere Punkte von {total} je {'Gruppe' if name else 'Teilnehmergruppe'}", ballots(evidence, question)],
        f"Punkt: Mittelwert der Gruppe. {INTERVAL}, bei den Gruppen berechnet mit der Streuung aller "
        f"Stimmzettel.{_withheld(evidence, [question], name)}",
        f"Punktdiagramm, ein Feld je Gruppe. {'; '.join(told)}.",
        labels,
        [Dots(head, [[value] for value in values], end, "Punkte") for head, values in columns.items()],
        rows_behind(evidence, [question], ["respondents", "mean_points"], ("all", *groups)),
    )


def _firsts_title(evidence: Evidence, question: Question, groups: list[str], areas: int) -> str:
    """Which areas the groups put first: the same one, all alike, or not the same."""
    rows = [evidence.rows(question, "mean_points", segment=group) for group in groups]
    firsts = [{row.item for row in best(own)} for own in rows]
    common, every = set.intersection(*firsts), set.union(*firsts)
    if not all(firsts):
        return "Nicht von jeder gezeigten Gruppe ist bekannt, welchen Bereich sie vorn sieht"
    if len(common) == areas > 1:
        return "In jeder gezeigten Gruppe erhalten alle Bereiche gleich viele Punkte"
    if not common:
        return "Die gezeigten Gruppen setzen nicht denselben Bereich an die erste Stelle"
    names = named([short_label(evidence.round, item) for item in sorted(common)])
    shared = "" if common == every else ", nicht immer allein"
    return f"In jeder gezeigten Gruppe {'liegt' if len(common) == 1 else 'liegen gleichauf'} {names} vorn{shared}"


def segment_scales_chart(evidence: Evidence, questions: list[Question], name: str = "") -> Chart | Html:
    """All scale questions by participant group (or by the breakdown `name`): a block per question, a bar of 100 % per
    group in the classes that groups are shown in; the top box in blues, its share beside it."""
    groups = {question.id: shown_segments(evidence, question, name) for question in questions}
    asked = [question for question in questions if groups[question.id]]
    if not asked:
        return note(NO_GROUP)
    lines, columns = _scale_bars(
        evidence, [(one, group) for one in asked for group in ("all", *groups[one.id])], "class_share"
    )
    statistics = ["respondents", "class_share", "top_box_share"]
    frames = [rows_behind(evidence, [one], statistics, ("all", *groups[one.id])) for one in asked]
    invented = any(is_invented(evidence, question, "segments") for question in asked)
    return picture(
        evidence,
        "_".join(filter(None, ("gruppen_skalen", name))),
        "stacked",
        _agreeing_title(evidence, asked, groups) + (" (nachgebildet)" if invented else ""),
        ["Anteile der Antworten je Klasse von Stufen in Prozent", "n je Zeile"],
        "Von den niedrigsten zu den höchsten Stufen; blau die, die vorab als Zustimmung festgelegt wurden; dazu ihr "
        "Anteil, in Klammern der 95-%-Unsicherheitsbereich. Jede Frage hat ihre eigene Zahl von Antworten."
        f"{_withheld(evidence, asked, name)}",
        "",
        lines,
        columns,
        pd.concat(frames, ignore_index=True),
    )


def _agreeing_title(evidence: Evidence, questions: list[Question], groups: dict[str, list[str]]) -> str:
    """The group that agrees most in every question, where it is the same one; else that it is not."""
    firsts, alike = [], []
    for question in questions:
        rows = {group: evidence.row(question, "top_box_share", segment=group) for group in groups[question.id]}
        top = best(list(rows.values()))
        alike.append(len(top) == len(rows) > 1)
        if top:
            firsts.append({group for group, row in rows.items() if row in top})
    if all(alike):
        return "In allen gezeigten Gruppen stimmt ein gleich großer Anteil zu"
    common = set.intersection(*firsts) if firsts else set()
    if len(common) != 1:
        return "Keine Gruppe stimmt bei jeder Frage am häufigsten zu"
    return f"Von den gezeigten Gruppen stimmt „{segment_label(evidence.round, common.pop())}“ überall am häufigsten zu"


def _withheld(evidence: Evidence, questions: list[Question], name: str) -> str:
    """Which groups have no line or panel of their own."""
    groups = list(dict.fromkeys(one for question in questions for one in withheld_segments(evidence, question, name)))
    names = german.listing([segment_label(evidence.round, segment) for segment in groups])
    return f" Zum Schutz einzelner Personen nicht einzeln gezeigt: {names}." if groups else ""


def scales_chart(evidence: Evidence, questions: list[Question]) -> Chart:
    """All scale questions as bars of 100 %: below the top box in greys, the top box in blues, its share beside it."""
    lines, columns = _scale_bars(evidence, [(question, "all") for question in questions], "share")
    shares = [evidence.row(question, "top_box_share") for question in questions]
    firsts = best(shares)
    labels = [question.label for question, row in zip(questions, shares, strict=True) if row in firsts]
    if any(is_invented(evidence, question, "share") for question in questions):
        title = "Skalenfragen im Vergleich: Lage der Balken nachgebildet, nicht überliefert"
    elif len(labels) == 1:
        title = f"Am häufigsten gewählt: zustimmende Stufen bei {named(labels)}"
    else:
        title = "Skalenfragen im Vergleich"
    return picture(
        evidence,
        "skalen_vergleich",
        "stacked",
        title,
        ["Anteile der Antworten je Stufe in Prozent", "n je Frage"],
        "Vom niedrigsten zum höchsten Skalenwert; blau die Stufen, die vorab als Zustimmung festgelegt wurden; "
        "dazu ihr Anteil, in Klammern der 95-%-Unsicherheitsbereich.",
        "",
        lines,
        columns,
        rows_behind(evidence, questions, ["share", "top_box_share"]),
    )


def _scale_bars(
    evidence: Evidence, asked: Sequence[tuple[Question, str]], statistic: str
) -> tuple[list[Line], list[Column]]:
    """A bar of 100 % per question and segment, in scale values (`share`) or in classes of them (`class_share`), and the
    share of the top box beside it."""
    lines, cells, series, remarks = [], [], [], []
    by_class = statistic == "class_share"
    for question, segment in asked:
        scale, group = scale_of(question), segment_label(evidence.round, segment)
        items = [row.item for row in evidence.rows(question, "share")]
        items = scale.class_items() if by_class else sorted(items, key=int)
        ends = scale.shown_classes() if by_class else [(int(item), int(item)) for item in items]
        rows = [evidence.row(question, statistic, item, segment=segment) for item in items]
        share = evidence.row(question, "top_box_share", segment=segment)
        head = f"{group if by_class else question.label}\n(n = {german.number(share.n)})"
        lines.append(Line(head, question.label if by_class else ""))
        names = [class_label(item) if by_class else _step(scale, item) for item in items]
        colours = _shades([scale.top_box[0] <= low and high <= scale.top_box[1] for low, high in ends], 1 + by_class)
        series.append([Series(*one) for one in zip(names, colours, strict=True)])
        told = [
            f"{group}, {name}" if by_class else value_words(scale, row.item)
            for name, row in zip(names, rows, strict=True)
        ]
        cells.append([value_of(row, question.label, words) for row, words in zip(rows, told, strict=True)])
        remarks.append(f"{top_box_range(scale)}: {plain(share)}\n({plain_interval(share)})")
    bars = Bars("", cells, series, "Anteil in Prozent", is_share=True)
    return lines, [bars, Words("zustimmende\nStufen", remarks)]


def scale_of(question: Question) -> Scale:
    if question.scale is None:
        raise ValueError(f"{question.id}: expected a question of type scale, saw {question.type}")
    return question.scale


def _step(scale: Scale, item: str) -> str:
    """A scale value as people chose it: words, or a number as it is printed."""
    return scale.label_of(int(item)) if scale.is_verbal else item.replace("-", "−")


def _shades(is_top: Sequence[bool], first: int) -> list[str]:
    """Colours of the parts of a scale: blues for the top box, greys that grow darker away from it."""
    below, top = list(is_top).index(True), sum(is_top)
    blues = LIGHT_TO_DARK[first : first + top] if first + top <= len(LIGHT_TO_DARK) else LIGHT_TO_DARK[4:5] * top
    return [*greys(below)[::-1], *blues, *greys(len(is_top) - below - top)]


def greys(count: int) -> list[str]:
    """Shades of grey that grow darker, however many, and stay light enough for dark letters."""
    values = [round(238 - min(14.0, 56 / count) * place) for place in range(count)]
    return [f"#{value:02x}{value + 4:02x}{value + 9:02x}" for value in values]


def distribution_chart(evidence: Evidence, question: Question) -> Chart:
    """How the points for each area are spread over people: one bar per area, one part per band of points."""
    bands = evidence.rows(question, "points_band_count")
    means = sorted_means(evidence, question)
    labels, colours = labels_of(evidence, means), (NEUTRAL, *LIGHT_TO_DARK)
    cells, series = [], []
    for mean, label in zip(means, labels, strict=True):
        rows = {row.item.partition("|")[2]: row for row in bands if row.item.partition("|")[0] == mean.item}
        names = ["keine Punkte" if band == "0" else band.replace("-", "–") for band in rows]
        series.append([Series(name, colours[min(at, len(colours) - 1)]) for at, name in enumerate(names)])
        cells.append([
            value_of(row, label, name, unit=" Person" if row.estimate == 1 else " Personen")
            for row, name in zip(rows.values(), names, strict=True)
        ])  # fmt: skip
    empty = best([row for row in bands if row.item.endswith("|0")])
    names = [short_label(evidence.round, row.item.split("|")[0]) for row in empty]
    title = "So verteilen sich die Punkte auf Personen"
    if len(names) < 3 and any(row.value for row in empty):
        title = f"Am häufigsten ohne Punkte {'bleibt' if len(names) == 1 else 'bleiben'} {named(names)}"
    return picture(
        evidence,
        f"verteilung_{question.id}",
        "stacked",
        marked(title, evidence, question, "points_band_count"),
        ["Zahl der Personen nach vergebenen Punkten", ballots(evidence, question)],
        "Jeder Balken steht für alle Stimmzettel, je dunkler, desto mehr Punkte.",
        "",
        labels,
        [Bars("", cells, series, "Personen")],
        rows_behind(evidence, [question], ["points_band_count"]),
    )


def scale_chart(evidence: Evidence, question: Question) -> Chart:
    """A bar per scale value with its count on top, in the order in which people saw them; the top box in the accent
    colour, its share written above."""
    scale, top = scale_of(question), evidence.row(question, "top_box_share")
    by_value, polled = by_item(evidence.rows(question, "count")), scale.polled()
    counts = [by_value[str(value)] for value in polled if str(value) in by_value]
    is_top = [scale.top_box[0] <= int(row.item) <= scale.top_box[1] for row in counts]
    places = [place for place, one in enumerate(is_top) if one]
    words = {scale.low: scale.low_label, scale.high: scale.high_label}
    ends = [f"{german.number(end)} = {words[end]}" for end in (scale.low, scale.high)]
    cells = [[value_of(row, value_words(scale, row.item), unit=f" von {german.number(row.n)}")] for row in counts]
    colours = [[Series("", ACCENT if one else SOFT)] for one in is_top]
    head = f"{top_box_range(scale)}: {plain(top)} ({plain_interval(top)})"
    return picture(
        evidence,
        f"skala_{question.id}",
        "bars",
        scale_headline(evidence, question),
        ["Zahl der Antworten je Stufe", ballots(evidence, question, "Antworten")],
        f"Jede Säule steht für eine Stufe von {german.number(scale.low)} bis {german.number(scale.high)}; blau die "
        f"Stufen {top_box_range(scale)}, die vorab als Zustimmung festgelegt wurden, darüber ihr Anteil und sein "
        f"95-%-Unsicherheitsbereich.",
        scale_alt(evidence, question),
        [_step(scale, row.item) for row in counts],
        [
            Bars("", cells, colours, "Stufe; darüber Zahl der Antworten"),
            Brackets(head, [(places[0], places[-1])], [plain(top) if one else "" for one in is_top]),
        ],
        rows_behind(evidence, [question], ["count", "share", "top_box_count", "top_box_share", "mean", "median"]),
        upright=True,
        ends=("", "") if scale.is_verbal else tuple(ends[:: -1 if polled[0] > polled[-1] else 1]),
    )


def line_series(names: Sequence[str]) -> list[Series]:
    """Of the lines of a slope: the first three in colour, then grey."""
    colours = [ACCENT, ORANGE, GREEN, *[SOFT] * len(names)]
    return [Series(*one) for one in zip(names, colours, strict=False)]


def rules_chart(evidence: Evidence, question: Question) -> Chart:
    """Rank of each area under each rule that the round allows (equal groups need groups that can be shown)."""
    ranks = {head: by_item(evidence.rows(question, rule)) for rule, head in RULES.items()}
    ranks = {head: rows for head, rows in ranks.items() if rows}
    for row in evidence.rows(question, "rank_by_ballot_rule"):
        area, rule = row.item.split("|")
        ranks.setdefault(f"{SWITCHED}\n{BALLOT_RULES.get(rule, rule)}", {})[area] = row
    means = sorted_means(evidence, question)
    labels, heads = labels_of(evidence, means), [flat(head) for head in ranks]
    cells, told = [], []
    for mean, label in zip(means, labels, strict=True):
        own = [rows[mean.item] for rows in ranks.values()]
        cells.append([value_of(row, label, head, unit=". Rang") for row, head in zip(own, heads, strict=True)])
        words = [f"{head} {cell.text}" for head, cell in zip(heads, cells[-1], strict=True)]
        told.append(f"{label}: {', '.join(words)}")
    switched = " „Umgekehrt“: Mittelwert, wenn beanstandete Stimmzettel umgekehrt behandelt würden."
    return picture(
        evidence,
        f"zaehlregeln_{question.id}",
        "slope",
        rules_headline(evidence, question),
        ["Rang je Bereich und Zählregel", ballots(evidence, question)],
        "Der Rang jedes Bereichs nach jeder Zählregel; farbig die ersten drei nach Mittelwert. Gleiche Werte teilen "
        f"sich den besseren Rang.{switched if any(head.startswith(SWITCHED) for head in ranks) else ''}",
        f"Liniendiagramm der Ränge je Zählregel. {'; '.join(told)}.",
        labels,
        [Slope(list(ranks), cells, line_series(labels))],
        rows_behind(evidence, [question], [*RULES, "rank_by_ballot_rule"]),
    )
