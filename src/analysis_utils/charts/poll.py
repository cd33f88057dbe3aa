"""Pictures of a poll: who leads and how surely, breadth and amount, distributions, groups, other ways to count."""

from __future__ import annotations

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
from .values import ballots, best, in_words, interval_text, marked, measured, round_end, source_line, subtitle, value_of

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
INTERVAL = "Linie: 95-%-Unsicherheitsbereich"


def ranking_chart(evidence: Evidence, question: Question) -> Chart:
    """Dot and interval per area, the most wanted first; beside it the number, possible ranks, of points those who gave
    any, and open orders."""
    means, words = sorted_means(evidence, question), terms(question)
    labels = [short_label(evidence.round, row.item) for row in means]
    ranks = [evidence.find(question, "rank", row.item) for row in means]
    givers = [evidence.find(question, "givers", row.item) for row in means]
    tiers = [evidence.find(question, "tier", row.item) for row in means]
    n, has_ranks = (
        german.number(evidence.row(question, "respondents").n),
        any(row and row.low is not None for row in ranks),
    )
    values = []
    for label, mean, rank, tier, gave in zip(labels, means, ranks, tiers, givers, strict=True):
        more = [f"mögliche Ränge: {plain_interval(rank)}"] if rank is not None and rank.low is not None else []
        more += [f"Stufe {plain_interval(tier)}"] if tier is not None and tier.estimate is not None else []
        more += [f"{plain(gave)} von {n} {_give(gave)} Punkte"] if gave else []
        mine = " im Mittel" if question.type in ("points", "ranking") else ""
        values.append(value_of(mean, label, unit=f"{words.unit}{mine}", more=more))
    ahead = "Rang " if question.type == "ranking" else ""
    numbers = [f"{ahead}{plain(row)}{words.unit}" for row in means]
    columns: list[Column] = [
        measured(question, [[value] for value in values], prints=False),
        Words(words.head, [plain(row) for row in means], strong=True, below=numbers),
        _intervals([interval_text(row) for row in means]),
    ]
    if has_ranks:
        places = [
            Value(row.value, plain_interval(row), value.told, row.low, row.high)
            for row, value in zip(filter(None, ranks), values, strict=True)
        ]
        columns.append(Ranks("mögliche\nRänge", places))
    if gave_any := [row for row in givers if row]:
        below = [f"{plain(row)} von {n} {_give(row)} Punkte" for row in gave_any]
        columns.append(Words(f"geben\n(von {n})", [plain(row) for row in gave_any], below=below))
    spans = tier_spans(tiers)
    if has_ranks and spans:
        columns.append(Brackets("Reihenfolge\noffen", spans, [plain_interval(t) if t else "" for t in tiers]))
    bare = any(row.low is None for row in means)
    point = "Anteil" if question.type.endswith("_choice") else "Mittelwert"
    caption = f"Punkt: {point}. {INTERVAL} für einen gedachten größeren Kreis ähnlicher Teilnehmender"
    caption += "; ohne Linie: zu wenige oder lauter gleiche Angaben." if bare else "."
    if has_ranks:
        caption += f" Mögliche Ränge: Plätze, die mit den Daten vereinbar sind; dunkel: Rang nach {point}."
        caption += " Klammer: Die Reihenfolge dieser Bereiche ist offen." if spans else ""
    listed = "; ".join(
        _ranked(f"{label} {number}", mean, rank)
        for label, number, mean, rank in zip(labels, numbers, means, ranks, strict=True)
    )
    return Chart(
        ranking_name(question),
        "dots",
        ranking_headline(evidence, question),
        subtitle(evidence.round, words.what, f"n = {n} Stimmzettel"),
        f"{caption} {source_line(evidence.round)}",
        f"Punktdiagramm, {words.name}, die Spitze zuerst (n = {n} Stimmzettel): {listed}.",
        [Line(label) for label in labels],
        columns,
        evidence.frame(question, [question.measure, "givers", "share_giving_points", "rank", "tier"]),
    )


def _give(row: Row) -> str:
    return "gibt" if row.estimate == 1 else "geben"


def _intervals(texts: list[str]) -> Words:
    return Words("95-%-\nBereich", texts, below=[f"Bereich {text}" if text else "" for text in texts])


def _ranked(told: str, mean: Row, rank: Row | None) -> str:
    places = f", mögliche Ränge {plain_interval(rank)}" if rank is not None and rank.low is not None else ""
    return f"{told} (Bereich {plain_interval(mean)}{places})" if mean.low is not None else told


def tier_spans(tiers: list[Row | None]) -> list[tuple[int, int]]:
    """First and last line of every tier with more than one; a tier is a run of neighbours, and runs may overlap."""
    members: dict[int, list[int]] = {}
    for place, row in enumerate(tiers):
        if row is not None and row.low is not None and row.high is not None:
            for tier in range(int(row.low), int(row.high) + 1):
                members.setdefault(tier, []).append(place)
    return [(min(places), max(places)) for _, places in sorted(members.items()) if len(places) > 1]


def giving_chart(evidence: Evidence, question: Question) -> Chart:
    """Breadth and amount per area: the share of people who gave it points, and the mean of what those people gave."""
    items = [row.item for row in sorted_means(evidence, question)]
    labels = [short_label(evidence.round, item) for item in items]
    share = {row.item: row for row in evidence.rows(question, "share_giving_points")}
    given = {row.item: row for row in evidence.rows(question, "mean_points_given")}
    heads = "Anteil der Personen, die Punkte gaben", "Punkte im Mittel je gebender Person"
    left = [value_of(share[item], label, heads[0]) for item, label in zip(items, labels, strict=True)]
    right = [value_of(given.get(item), label, heads[1]) for item, label in zip(items, labels, strict=True)]
    return Chart(
        f"breite_{question.id}",
        "dots",
        marked(_giving_title(evidence, question, list(share.values())), evidence, question, "share_giving_points"),
        subtitle(
            evidence.round,
            "Wie viele Personen Punkte gaben, und wie viele im Mittel",
            ballots(evidence, question),
        ),
        "Der Anteil gilt für alle, die antworteten, die Punkte im Mittel nur für die, die dem Bereich Punkte gaben. "
        f"{INTERVAL}, wo genug Personen Punkte gaben. {source_line(evidence.round)}",
        f"Punktdiagramm in zwei Feldern. {heads[0]}: {in_words(left, labels)}; {heads[1]}: {in_words(right, labels)}.",
        [Line(label) for label in labels],
        [
            Dots(heads[0], [[one] for one in left], 1, "Anteil der Personen", is_share=True),
            Dots(
                heads[1], [[one] for one in right], round_end(right), f"Punkte\n(von {german.number(question.total)})"
            ),
        ],
        evidence.frame(question, ["share_giving_points", "mean_points_given"]),
    )


def _giving_title(evidence: Evidence, question: Question, shares: list[Row]) -> str:
    first = best(shares)
    if len(first) == len(shares) > 2:
        return f"{question.label}: gleich viele geben jedem Bereich Punkte"
    if len(first) > 2:
        return "Mehreren Bereichen geben gleich viele Personen Punkte, und mehr als allen anderen"
    if not first:
        return question.label
    return f"Die meisten Personen geben {named([short_label(evidence.round, row.item) for row in first])} Punkte"


def segment_chart(evidence: Evidence, question: Question, name: str = "") -> Chart | Html:
    """Mean points per area, a panel per participant group with its n (or per class of the breakdown `name`); a dot •
    stands where a value is withheld."""
    groups = shown_segments(evidence, question, name)
    if not groups:
        return note(NO_GROUP)
    items = [row.item for row in sorted_means(evidence, question)]
    labels = [short_label(evidence.round, item) for item in items]
    segments, columns, told, firsts = ["all", *groups], [], [], []
    for segment in segments:
        own = {row.item: row for row in evidence.rows(question, "mean_points", segment=segment)}
        label_of = segment_label(evidence.round, segment)
        head = f"{label_of}\n(n = {german.number(evidence.row(question, 'respondents', segment=segment).n)})"
        values = [
            value_of(own.get(item), label, label_of, unit=" Punkte im Mittel")
            for item, label in zip(items, labels, strict=True)
        ]
        told.append(f"{' '.join(head.splitlines())}: {in_words(values, labels)}")
        columns.append((head, values))
        if segment != "all":
            firsts.append({row.item for row in best(list(own.values()))})
    end = round_end([value for _, values in columns for value in values])
    return Chart(
        "_".join(filter(None, ("gruppen", question.id, name))),
        "dots",
        marked(_firsts_title(evidence, firsts, len(items)), evidence, question, "segments"),
        subtitle(
            evidence.round,
            f"Mittlere Punkte von {german.number(question.total)} je {'Gruppe' if name else 'Teilnehmergruppe'}",
            ballots(evidence, question),
        ),
        f"Punkt: Mittelwert der Gruppe. {INTERVAL}, bei den Gruppen berechnet mit der Streuung aller "
        f"Stimmzettel.{_withheld(evidence, [question], name)} {source_line(evidence.round)}",
        f"Punktdiagramm, ein Feld je Gruppe. {'; '.join(told)}.",
        [Line(label) for label in labels],
        [Dots(head, [[value] for value in values], end, "Punkte") for head, values in columns],
        _segment_rows(evidence, [question], ["respondents", "mean_points"], name),
    )


def _firsts_title(evidence: Evidence, firsts: list[set[str]], areas: int) -> str:
    """Which areas the groups put first: the same one, all alike, or not the same."""
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
    lines, cells, series, remarks, asked = [], [], [], [], []
    for question in questions:
        groups, scale = shown_segments(evidence, question, name), _scale(question)
        for segment in ("all", *groups) if groups else ():
            share = evidence.row(question, "top_box_share", segment=segment)
            group = segment_label(evidence.round, segment)
            rows = [evidence.row(question, "class_share", item, segment=segment) for item in scale.class_items()]
            lines.append(Line(f"{group}\n(n = {german.number(share.n)})", question.label))
            names = [class_label(row.item) for row in rows]
            series.append([Series(*one) for one in zip(names, _class_shades(scale), strict=True)])
            cells.append([value_of(row, question.label, f"{group}, {class_label(row.item)}") for row in rows])
            remarks.append(f"{top_box_range(scale)}: {plain(share)}\n({plain_interval(share)})")
        asked += [question] if groups else []
    if not asked:
        return note(NO_GROUP)
    invented = any(is_invented(evidence, question, "segments") for question in asked)
    return stacked(
        "_".join(filter(None, ("gruppen_skalen", name))),
        _segment_title(evidence, asked, name) + (" (nachgebildet)" if invented else ""),
        subtitle(evidence.round, "Anteile der Antworten je Klasse von Stufen in Prozent", "n je Zeile"),
        "Von den niedrigsten zu den höchsten Stufen; blau die, die vorab als Zustimmung festgelegt wurden; dazu ihr "
        "Anteil, in Klammern der 95-%-Unsicherheitsbereich. Jede Frage hat ihre eigene Zahl von Antworten."
        f"{_withheld(evidence, asked, name)} {source_line(evidence.round)}",
        lines,
        [Bars("", cells, series, "Anteil in Prozent", is_share=True), Words("zustimmende\nStufen", remarks)],
        _segment_rows(evidence, asked, ["respondents", "class_share", "top_box_share"], name),
    )


def _class_shades(scale: Scale) -> list[str]:
    """Colours of the classes of a scale: blues for those inside the top box, greys that grow darker away from it."""
    first, last = scale.top_box
    is_top = [first <= low and high <= last for low, high in scale.shown_classes()]
    below, top = is_top.index(True), sum(is_top)
    blues = LIGHT_TO_DARK[2 : 2 + top] if top < 4 else (LIGHT_TO_DARK[4],) * top
    return [*greys(below)[::-1], *blues, *greys(len(is_top) - below - top)]


def _segment_title(evidence: Evidence, questions: list[Question], name: str) -> str:
    """The group that agrees most in every question, where it is the same one; else that it is not."""
    firsts, alike = [], []
    for question in questions:
        groups = shown_segments(evidence, question, name)
        rows = [(group, row) for group in groups for row in evidence.rows(question, "top_box_share", segment=group)]
        top = best([row for _, row in rows])
        alike.append(len(top) == len(rows) > 1)
        if top:
            firsts.append({group for group, row in rows if row in top})
    if all(alike):
        return "In allen gezeigten Gruppen stimmt ein gleich großer Anteil zu"
    common = set.intersection(*firsts) if firsts else set()
    if len(common) != 1:
        return "Keine Gruppe stimmt bei jeder Frage am häufigsten zu"
    first = segment_label(evidence.round, next(iter(common)))
    return f"Von den gezeigten Gruppen stimmt „{first}“ überall am häufigsten zu"


def _segment_rows(evidence: Evidence, questions: list[Question], statistics: list[str], name: str) -> pd.DataFrame:
    frames = [
        evidence.frame(question, statistics, segment=segment)
        for question in questions
        for segment in ("all", *shown_segments(evidence, question, name))
    ]
    return pd.concat(frames, ignore_index=True)


def _withheld(evidence: Evidence, questions: list[Question], name: str) -> str:
    """Which groups have no line or panel of their own."""
    groups = list(dict.fromkeys(one for question in questions for one in withheld_segments(evidence, question, name)))
    names = german.listing([segment_label(evidence.round, segment) for segment in groups])
    return f" Zum Schutz einzelner Personen nicht einzeln gezeigt: {names}." if groups else ""


def distribution_chart(evidence: Evidence, question: Question) -> Chart:
    """How the points for each area are spread over people: one bar per area, one part per band of points."""
    bands: dict[str, list[tuple[str, Row]]] = {}
    for row in evidence.rows(question, "points_band_count"):
        area, band = row.item.split("|")
        bands.setdefault(area, []).append(("keine" if band == "0" else band.replace("-", "–"), row))
    items = [mean.item for mean in sorted_means(evidence, question)]
    labels = [short_label(evidence.round, item) for item in items]
    colours = (NEUTRAL, *LIGHT_TO_DARK)
    series = [
        [
            Series(f"{band} Punkte" if band == "keine" else band, colours[min(place, len(colours) - 1)])
            for place, (band, _) in enumerate(bands.get(item, []))
        ]
        for item in items
    ]
    cells = [
        [
            value_of(row, label, one.name, unit=_people(row))
            for (_, row), one in zip(bands.get(item, []), own, strict=True)
        ]
        for item, label, own in zip(items, labels, series, strict=True)
    ]
    empty = best([row for row in evidence.rows(question, "points_band_count") if row.item.endswith("|0")])
    names = [short_label(evidence.round, row.item.split("|")[0]) for row in empty]
    title = (
        f"Am häufigsten ohne Punkte {'bleibt' if len(names) == 1 else 'bleiben'} {named(names)}"
        if len(names) < 3 and any(row.value for row in empty)
        else "So verteilen sich die Punkte auf Personen"
    )
    return stacked(
        f"verteilung_{question.id}",
        marked(title, evidence, question, "points_band_count"),
        subtitle(evidence.round, "Zahl der Personen nach vergebenen Punkten", ballots(evidence, question)),
        f"Jeder Balken steht für alle Stimmzettel, je dunkler, desto mehr Punkte. {source_line(evidence.round)}",
        [Line(label) for label in labels],
        [Bars("", cells, series, "Personen")],
        evidence.frame(question, ["points_band_count"]),
    )


def _people(row: Row) -> str:
    return " Person" if row.estimate == 1 else " Personen"


def scales_chart(evidence: Evidence, questions: list[Question]) -> Chart:
    """All scale questions as bars of 100 %: below the top box in greys, the top box in blues, its share beside it."""
    lines, cells, series, remarks = [], [], [], []
    for question in questions:
        scale = _scale(question)
        rows = sorted(evidence.rows(question, "share"), key=lambda row: int(row.item))
        share = evidence.row(question, "top_box_share")
        lines.append(Line(f"{question.label}\n(n = {german.number(share.n)})"))
        series.append(
            [Series(_step(scale, row), colour) for row, colour in zip(rows, _shades(rows, scale), strict=True)]
        )
        cells.append([value_of(row, question.label, value_words(scale, row.item)) for row in rows])
        remarks.append(f"{top_box_range(scale)}: {plain(share)}\n({plain_interval(share)})")
    firsts = best([evidence.row(question, "top_box_share") for question in questions])
    labels = [question.label for question in questions if evidence.row(question, "top_box_share") in firsts]
    invented = any(is_invented(evidence, question, "share") for question in questions)
    title = (
        f"Am häufigsten gewählt: zustimmende Stufen bei {named(labels)}"
        if len(labels) == 1
        else "Skalenfragen im Vergleich"
    )
    frames = [evidence.frame(question, ["share", "top_box_share"]) for question in questions]
    return stacked(
        "skalen_vergleich",
        "Skalenfragen im Vergleich: Lage der Balken nachgebildet, nicht überliefert" if invented else title,
        subtitle(evidence.round, "Anteile der Antworten je Stufe in Prozent", "n je Frage"),
        f"Vom niedrigsten zum höchsten Skalenwert; blau die Stufen, die vorab als Zustimmung festgelegt wurden; "
        f"dazu ihr Anteil, in Klammern der 95-%-Unsicherheitsbereich. {source_line(evidence.round)}",
        lines,
        [Bars("", cells, series, "Anteil in Prozent", is_share=True), Words("zustimmende\nStufen", remarks)],
        pd.concat(frames, ignore_index=True),
    )


def _scale(question: Question) -> Scale:
    if question.scale is None:
        raise ValueError(f"{question.id}: expected a question of type scale, saw {question.type}")
    return question.scale


def _step(scale: Scale, row: Row) -> str:
    """A scale value as people chose it: words, or a number as it is printed."""
    return scale.label_of(int(row.item)) if scale.is_verbal else row.item.replace("-", "−")


def _shades(rows: list[Row], scale: Scale) -> list[str]:
    """Colours of scale values: blues for the top box, greys that grow darker away from it."""
    low, high = scale.top_box
    below, top = (sum(at(int(row.item)) for row in rows) for at in (lambda v: v < low, lambda v: low <= v <= high))
    blues = LIGHT_TO_DARK[1 : 1 + top] if top <= 5 else (LIGHT_TO_DARK[4],) * top
    return [*greys(below)[::-1], *blues, *greys(len(rows) - below - top)]


def greys(count: int) -> list[str]:
    """Shades of grey that grow darker, however many, and stay light enough for dark letters."""
    step = min(14.0, 56 / max(1, count))
    values = [round(238 - step * place) for place in range(count)]
    return [f"#{value:02x}{value + 4:02x}{value + 9:02x}" for value in values]


def stacked(name: str, title: str, sub: str, caption: str, lines: list[Line], columns: list[Column], rows) -> Chart:
    """A chart of stacked bars; its words name every part that is not empty."""
    bars = next(column for column in columns if isinstance(column, Bars))
    told = []
    for line, row, series in zip(lines, bars.cells, bars.series, strict=True):
        parts = [f"{one.name}: {cell.text}" for one, cell in zip(series, row, strict=True) if cell.value]
        told.append(f"{' '.join(line.label.splitlines())}: {', '.join(parts)}")
    return Chart(name, "stacked", title, sub, caption, f"Gestapelte Balken. {'; '.join(told)}.", lines, columns, rows)


def scale_chart(evidence: Evidence, question: Question) -> Chart:
    """A bar per scale value with its count on top, in the order in which people saw them; the top box in the accent
    colour, its share written above."""
    scale = _scale(question)
    by_value = {row.item: row for row in evidence.rows(question, "count")}
    counts = [by_value[str(value)] for value in scale.polled() if str(value) in by_value]
    top = evidence.row(question, "top_box_share")
    is_top = [scale.top_box[0] <= int(row.item) <= scale.top_box[1] for row in counts]
    places = [place for place, one in enumerate(is_top) if one]
    low, high = (f"{german.number(end)} = {words}" for end, words in
                 ((scale.low, scale.low_label), (scale.high, scale.high_label)))  # fmt: skip
    is_turned = scale.polled()[0] > scale.polled()[-1]
    cells = [[value_of(row, value_words(scale, row.item), unit=f" von {german.number(row.n)}")] for row in counts]
    head = f"{top_box_range(scale)}: {plain(top)} ({plain_interval(top)})"
    return Chart(
        f"skala_{question.id}",
        "bars",
        scale_headline(evidence, question),
        subtitle(evidence.round, "Zahl der Antworten je Stufe", ballots(evidence, question, "Antworten")),
        f"Jede Säule steht für eine Stufe von {german.number(scale.low)} bis {german.number(scale.high)}; blau die "
        f"Stufen {top_box_range(scale)}, die vorab als Zustimmung festgelegt wurden, darüber ihr Anteil und sein "
        f"95-%-Unsicherheitsbereich. {source_line(evidence.round)}",
        scale_alt(evidence, question),
        [Line(_step(scale, row)) for row in counts],
        [
            Bars(
                "",
                cells,
                [[Series("", ACCENT if one else SOFT)] for one in is_top],
                "Stufe; darüber Zahl der Antworten",
            ),
            Brackets(head, [(places[0], places[-1])], [plain(top) if one else "" for one in is_top]),
        ],
        evidence.frame(question, ["count", "share", "top_box_count", "top_box_share", "mean", "median"]),
        upright=True,
        ends=("", "") if scale.is_verbal else (high, low) if is_turned else (low, high),
    )


def line_colours(count: int) -> list[str]:
    """Of the lines of a slope: the first three, then grey."""
    return [ACCENT, ORANGE, GREEN, *[SOFT] * count][:count]


def rules_chart(evidence: Evidence, question: Question) -> Chart:
    """Rank of each area under each rule that the round allows (equal groups need groups that can be shown)."""
    ranks: dict[str, dict[str, Row]] = {}
    for rule, head in RULES.items():
        if rows := evidence.rows(question, rule):
            ranks[head] = {row.item: row for row in rows}
    for row in evidence.rows(question, "rank_by_ballot_rule"):
        area, rule = row.item.split("|")
        ranks.setdefault(f"{SWITCHED}\n{BALLOT_RULES.get(rule, rule)}", {})[area] = row
    items = [mean.item for mean in sorted_means(evidence, question)]
    labels = [short_label(evidence.round, item) for item in items]
    heads = [flat(head) for head in ranks]
    cells = [
        [value_of(own[item], label, head, unit=". Rang") for own, head in zip(ranks.values(), heads, strict=True)]
        for item, label in zip(items, labels, strict=True)
    ]
    told = [
        f"{label}: " + ", ".join(f"{head} {cell.text}" for head, cell in zip(heads, row, strict=True))
        for label, row in zip(labels, cells, strict=True)
    ]
    switched = "„Umgekehrt“: Mittelwert, wenn beanstandete Stimmzettel umgekehrt behandelt würden. "
    return Chart(
        f"zaehlregeln_{question.id}",
        "slope",
        rules_headline(evidence, question),
        subtitle(evidence.round, "Rang je Bereich und Zählregel", ballots(evidence, question)),
        "Jede Linie ist ein Bereich; farbig die ersten drei nach Mittelwert. Gleiche Werte teilen sich den besseren "
        f"Rang. {switched if any(head.startswith(SWITCHED) for head in ranks) else ''}{source_line(evidence.round)}",
        f"Liniendiagramm der Ränge je Zählregel. {'; '.join(told)}.",
        [Line(label) for label in labels],
        [
            Slope(
                list(ranks),
                cells,
                [Series(*one) for one in zip(labels, line_colours(len(labels)), strict=True)],
            )
        ],
        evidence.frame(question, [*RULES, "rank_by_ballot_rule"]),
    )
