"""The deck of a round: which slides there are, in which order, and the file they become.

Everything on a slide comes from findings, published rows and the descriptions of charts. `slides.yml` beside
`round.yml` may choose, order and entitle the slides and add own tables and charts; docs/slides.md lists the kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from markupsafe import Markup
from pydantic import field_validator

from ..charts import (
    ACCENT,
    Chart,
    Dots,
    best,
    change_chart,
    coverage_chart,
    distribution_chart,
    giving_chart,
    inside_chart,
    marked,
    ranking_chart,
    rules_chart,
    scale_chart,
    scales_chart,
    segment_chart,
    segment_scales_chart,
    stance_chart,
    value_of,
)
from ..comparison import comparison_sentences, read_comparisons
from ..contracts import STATISTICS
from ..errors import DataError, nearest
from ..findings import CALLED, VERDICTS, Judged, is_said, joint_headline, joint_rows, judged_findings, priority_of
from ..handout import PublishedTable, published_tables
from ..next_round import next_round_sentences
from ..pages.first_page import MOST_FINDINGS, basis, is_for_first_page
from ..rounds import Label, Question, QuestionType, Strict, read_yaml
from ..tables import read_table
from ..wording import (
    NO_GROUP,
    NOTES_QUESTION,
    REMAINDER,
    SECTIONS,
    Evidence,
    Row,
    errata,
    german,
    groups_of,
    has_codings,
    merging_sentence,
    name_of,
    named,
    notice,
    plain,
    plain_interval,
    row_of,
    segment_label,
    short_label,
    so_far,
    spoken_of,
    terms,
)
from .slide import Bar, Grid, Picture, Points, Slide, keys_of, slides_of
from .slide_deck import Deck

NAME = "folien.pptx"
_MOST_WIDE, MOST_LETTERS = 7, 44
"""Columns of a table, letters of the line at the foot."""
_NARROW, _FIXED = "\ue000", "\ue001"
_MARK = re.compile(r' <small class="invented">(\w+)</small>')
_KEY = re.compile(r'data-key="([^"]+)"')


class Wanted(Strict):
    """A slide of `slides.yml`: its kind, a title of one's own, and which question, table or figure it shows."""

    kind: str
    title: Label | None = None
    name: str = ""

    @field_validator("title")
    @classmethod
    def _without_numbers(cls, title: str | None) -> str | None:
        if title and re.search(r"\d", title):
            raise ValueError("a title without digits: numbers on slides come from the tables")
        return title

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"one of {', '.join(KINDS)} ({nearest(kind, KINDS) or f'“{kind}” is none'})")
        return kind


class SlidesFile(Strict):
    """`slides.yml`: the slides in their order (default: all there is something for), and the template beside it."""

    template: str | None = None
    slides: list[Wanted] | None = None


def write_slides(evidence: Evidence, path: Path, *, template: Path | None = None) -> None:
    """Write the deck of a round. Same numbers, same bytes. Raises: DataError for a template or `slides.yml` that does
    not fit."""
    round_, title = evidence.round, evidence.round.file.title
    described = round_.raw / "slides.yml"
    file = read_yaml(described, SlidesFile) if described.is_file() else SlidesFile()
    if template is None and file.template:
        template = round_.raw / file.template
    date = german.date(round_.file.date)
    foot = f"{title} · {date}"
    if len(foot) > MOST_LETTERS:
        foot = f"{title[: MOST_LETTERS - len(date) - 5].rsplit(' ', 1)[0]} … · {date}"
    deck = Deck(round_, template, foot)
    opening, words, notes = basis(evidence), notice(round_), round_.file.notes
    cautions = [words["published"], words["invented"]] if words else []
    cautions += [*errata(round_), *([notes.note] if notes and notes.note else [])]
    deck.cover(
        title, _status(evidence), Slide("", "", None, [_words(opening), *cautions], keys=_keys([opening])).spoken
    )
    for wanted in file.slides or [Wanted(kind=kind) for kind in KINDS if kind not in _OWN]:
        for slide in KINDS[wanted.kind](evidence, wanted.name):
            deck.add(replace(slide, title=wanted.title or slide.title))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(deck.bytes(f"{title}: Folien", f"Datenstand {round_.data_stamp}"))
    part.replace(path)


def _status(evidence: Evidence) -> list[str]:
    file, words = evidence.round.file, notice(evidence.round)
    lines = {
        german.date(file.date): True,
        f"Datenstand {evidence.round.data_stamp}": True,
        f"{words['heading'] if words else ''} Welche Zahlen veröffentlicht sind und welche nicht, steht in den "
        "Notizen.": words,
        "Nach einer Freigabe wurden Antworten berichtigt; Näheres steht in den Notizen.": errata(evidence.round),
        "Die Notizen der Gruppen sind keine Originale.": file.notes and file.notes.provenance != "original",
        f"Kontakt: {file.contact}": file.contact,
    }
    return [line for line, is_said in lines.items() if is_said]


def _words(markup: Markup) -> str:
    kept = str(markup).replace("\u202f", _NARROW).replace("\u00a0", _FIXED)  # striptags makes every blank a plain one
    return str(Markup(_MARK.sub(r" (\1)", kept)).striptags()).replace(_NARROW, "\u202f").replace(_FIXED, "\u00a0")


def _keys(markups: Iterable[Markup]) -> list[str]:
    return list(dict.fromkeys(key for markup in markups for key in _KEY.findall(str(markup))))


# --- what was found ---------------------------------------------------------------------------------------------------


def _verdicts(evidence: Evidence, _: str) -> Iterator[Slide]:
    """At most five claims with their verdicts: what is shown, what only fits, what is open."""
    judged = sorted(_for_summary(evidence)[:MOST_FINDINGS], key=lambda one: VERDICTS.index(one.verdict))
    if judged:
        verdicts = [f"{one.verdict}{' (erfundene Daten)' if one.is_illustrative else ''}" for one in judged]
        rows = [[verdict, _words(one.title)] for verdict, one in zip(verdicts, judged, strict=True)]
        title = f"Was {german.listing(list(dict.fromkeys(one.verdict for one in judged)))} ist"
        said = [f"{_words(one.title)}: {_words(one.sentence)}" for one in judged]
        yield Slide(
            title, "", Grid(["Urteil", "Aussage"], rows), said, "html/08_integrated_findings.html", _rows_of(judged)
        )


def _for_summary(evidence: Evidence) -> list[Judged]:
    """The findings of the first page: the one that leads, then the others in their order."""
    judged = judged_findings(evidence)
    lead = [one for one in judged if one.finding.audience == "lead" and one.verdict != "offen"][:1]
    return [*lead, *(one for one in judged if is_for_first_page(one) and one not in lead)]


def _rows_of(judged: Iterable[Judged]) -> list[str]:
    found = [row.key for one in judged for check in one.checks for row in check.rows]
    return list(dict.fromkeys(found + _keys(part for one in judged for part in (one.title, one.sentence))))


def _summary(evidence: Evidence, _: str) -> Iterator[Slide]:
    """The executive summary, in the order of the findings."""
    if judged := _for_summary(evidence):
        opening = basis(evidence)
        keys = [*_rows_of(judged), *_keys([opening])]
        body = Points([_words(one.sentence) for one in judged])
        yield Slide("Das Wichtigste in Kürze", "", body, [_words(opening)], "index.html", keys, "poll notes")


# --- the poll ---------------------------------------------------------------------------------------------------------


def _of_chart(chart: object, page: str, about: str = "poll") -> list[Slide]:
    """Nothing where a remark stands for the chart."""
    return slides_of(chart, page, about) if isinstance(chart, Chart) else []


def _questions(evidence: Evidence, kind: QuestionType, name: str = "") -> list[Question]:
    return [question for question in evidence.answered(kind) if name in ("", question.id)]


def _ranking(evidence: Evidence, name: str) -> Iterator[Slide]:
    for question in evidence.priorities:
        if name in ("", question.id):
            yield from _of_chart(ranking_chart(evidence, question), "html/03_priority_ranking.html")


def _giving(evidence: Evidence, name: str) -> Iterator[Slide]:
    """How many gave points to each area; where something else could be chosen, the title says how many did."""
    for question in _questions(evidence, "points", name):
        givers = evidence.find(question, "givers", REMAINDER)
        for slide in _of_chart(giving_chart(evidence, question), "html/03_priority_ranking.html"):
            if not (isinstance(slide.body, Bar) and slide.body.is_share):
                continue
            if givers is not None and givers.estimate:
                verb, label = "gab" if givers.estimate == 1 else "gaben", short_label(evidence.round, REMAINDER)
                title = f"{plain(givers)} von {german.number(givers.n)} Personen {verb} „{label}“ Punkte"
                is_known = f"givers/{REMAINDER}" in question.published
                title = title if is_known else marked(title, evidence, question, "givers")
                slide = replace(slide, title=title, keys=[*slide.keys, givers.key])
            yield slide


def _spread(evidence: Evidence, name: str) -> Iterator[Slide]:
    for question in _questions(evidence, "points", name):
        yield from _of_chart(distribution_chart(evidence, question), "html/03_priority_ranking.html")


def _scales(evidence: Evidence, name: str) -> Iterator[Slide]:
    questions = _questions(evidence, "scale", name)
    for question in questions:
        yield from _of_chart(scale_chart(evidence, question), "html/04_agreement_scales.html")
    if len(questions) > 1:  # bars of 100 % of scales that differ say nothing beside each other: the top boxes alone
        chart = scales_chart(evidence, questions)
        shares = [evidence.row(question, "top_box_share") for question in questions]
        told = [f"{' '.join(line.label.split(chr(10)))}: {plain(row)} (Bereich {plain_interval(row)})"
                for line, row in zip(chart.lines, shares, strict=True)]  # fmt: skip
        subtitle = " · ".join(["Anteil der zustimmenden Stufen", *chart.subtitle.split(" · ")[1:]])
        column = Dots("", [[value_of(row)] for row in shares], 1, "Anteil", is_share=True)
        alt = f"Balkendiagramm der zustimmenden Stufen. {'; '.join(told)}."
        yield from _of_chart(
            replace(chart, columns=[column], subtitle=subtitle, alt=alt), "html/04_agreement_scales.html"
        )


def _answered(evidence: Evidence, _: str) -> Iterator[Slide]:
    """Who answered: each question, and each choice question as bars."""
    rows, keys = [], []
    for question in evidence.round.file.questions:
        found = {name: evidence.find(question, name) for name in ("respondents", "nonrespondents")}
        if (answered := found["respondents"]) is None:
            continue
        silent = found["nonrespondents"]
        rows.append([question.label, plain(answered), plain(silent) if silent else german.NONE])
        keys += [row.key for row in found.values() if row]
    if rows:
        grid = Grid(["Frage", "Antworten", "Personen ohne Antwort"], rows)
        yield Slide("Wer geantwortet hat", f"Personen je Frage · {german.date(evidence.round.file.date)}", grid, [],
                    "html/01_ingest_survey.html", keys)  # fmt: skip
    for question in (*_questions(evidence, "single_choice"), *_questions(evidence, "multiple_choice")):
        yield from _choice(evidence, question)


def _choice(evidence: Evidence, question: Question) -> Iterator[Slide]:
    counts = [row for row in evidence.rows(question, "count") if row.is_published]
    if not counts:
        return
    body = _bars([short_label(evidence.round, row.item) for row in counts], counts, question.label)
    answered = evidence.row(question, "respondents")
    sub = f"Zahl der Personen · n = {german.number(answered.n)} · {german.date(evidence.round.file.date)}"
    first = best(counts)
    names = german.listing([f"„{short_label(evidence.round, row.item)}“" for row in first])
    title = f"{question.label}: am häufigsten {names}" if len(first) < 3 and first[0].value else question.label
    said = [f"„{question.full_wording}“", body.alt]
    keys = [row.key for row in (*counts, answered)]
    yield Slide(marked(title, evidence, question, "count"), sub, body, said, "html/01_ingest_survey.html", keys)


def _bars(labels: list[str], rows: list[Row], what: str) -> Bar:
    told = "; ".join(f"{label}: {plain(row)}" for label, row in zip(labels, rows, strict=True))
    cells = [[value_of(row, label) for row, label in zip(rows, labels, strict=True)]]
    end = max((row.high or row.value for row in rows if row.estimate is not None), default=1.0)
    return Bar("bars", labels, [(what, ACCENT)], cells, rows[0].unit == "share", f"Balkendiagramm. {told}.", end)


def _groups(evidence: Evidence, _: str) -> Iterator[Slide]:
    """Points and top boxes by participant group where they may be shown, else why not."""
    scales, points = (_questions(evidence, kind) for kind in ("scale", "points"))
    charts = [segment_scales_chart(evidence, scales)] if scales else []
    charts += [segment_chart(evidence, question) for question in points]
    shown = [slide for chart in charts for slide in _of_chart(chart, "html/06_segments.html")]
    if not shown and evidence.round.with_role("participant_group"):
        why = filter(None, (merging_sentence(evidence, question) for question in (*scales, *points)))
        shown = [
            Slide(
                "Teilnehmergruppen lassen sich nicht einzeln zeigen",
                "",
                Points([next(why, NO_GROUP)]),
                [],
                "html/06_segments.html",
            )
        ]
    yield from shown


def _rules(evidence: Evidence, name: str) -> Iterator[Slide]:
    for question in evidence.rankings():
        if name in ("", question.id):
            yield from _of_chart(rules_chart(evidence, question), "html/05_robustness.html")


# --- the groups -------------------------------------------------------------------------------------------------------


def _themes(evidence: Evidence, _: str) -> Iterator[Slide]:
    """Statements on each focus area, and in how many groups it came up."""
    yield from _spoken(evidence, ["focus_areas"], coverage_chart(evidence), "{}")


def _clusters(evidence: Evidence, _: str) -> Iterator[Slide]:
    sections = [section for section in SECTIONS if section != "focus_areas"]
    title = "Neben den Fokusbereichen sprachen die Gruppen am meisten über {}"
    yield from _spoken(evidence, sections, inside_chart(evidence), title)


def _spoken(evidence: Evidence, sections: list[str], chart: object, title: str) -> Iterator[Slide]:
    """A table: theme, statements, groups; its title is that of the picture on the page, or names the first themes."""
    if not has_codings(evidence) or not isinstance(chart, Chart):
        return
    of = len(groups_of(evidence))
    rows, keys = [], []
    for section in sections:
        for row in spoken_of(evidence, section):
            covered = evidence.row(NOTES_QUESTION, "groups_covered", row.item)
            kind = [SECTIONS[section]] if len(sections) > 1 else []
            rows.append([short_label(evidence.round, row.item), *kind, plain(row), f"{plain(covered)} von {of}"])
            keys += [row.key, covered.key]
    heads = ["Thema", *(["Art"] if len(sections) > 1 else []), "Aussagen", "in Gruppen"]
    notes = [f"{chart.title}.", chart.alt, chart.caption]
    partly = " · noch nicht alles kodiert" if so_far(evidence) else ""
    subtitle = f"Zahl der Aussagen und Karten, keine Personen{partly} · {german.date(evidence.round.file.date)}"
    page = "html/07_group_themes.html"
    spoken = [row for section in sections for row in spoken_of(evidence, section)]
    first = [short_label(evidence.round, row.item) for row in best(spoken)]
    title = title.format(named(first)) if "über" in title else chart.title
    yield Slide(title, subtitle, Grid(heads, rows), notes, page, [*keys, *keys_of(chart)], "notes")


def _stance(evidence: Evidence, _: str) -> Iterator[Slide]:
    yield from _of_chart(stance_chart(evidence), "html/07_group_themes.html", "notes")


def _joint(evidence: Evidence, _: str) -> Iterator[Slide]:
    """Poll and groups side by side, with the class of integration in words."""
    found = [row for row in joint_rows(evidence) if is_said(row)]
    if not found or not has_codings(evidence):
        return
    words = terms(priority_of(evidence))
    rows, keys = [], []
    ahead = "Rang " if words.head.endswith("Rang") else ""
    for row in found:
        poll = f"{row.poll}: {ahead}{plain(row.mean)}{words.unit}" if row.mean else row.poll
        groups = str(row.groups)
        if row.covered is not None and row.statements is not None and row.covered.value:
            noun = "Aussage" if row.statements.value == 1 else "Aussagen"
            groups += (
                f": {plain(row.statements)} {noun}, {plain(row.covered)} von {german.number(row.covered.n)} Gruppen"
            )
        rows.append([short_label(evidence.round, row.area), poll, groups, CALLED[row.integration]])
        keys += [one.key for one in (row.mean, row.statements, row.covered) if one]
    grid = Grid(["Fokusbereich", "Umfrage", "Gruppen", "Zusammen"], rows)
    page = "html/08_integrated_findings.html"
    yield Slide(
        joint_headline(evidence),
        f"{words.name[:1].upper()}{words.name[1:]} der Umfrage, Aussagen der Gruppen",
        grid,
        [],
        page,
        keys,
        "poll notes",
    )


# --- what comes next, and the annex -----------------------------------------------------------------------------------


def _changes(evidence: Evidence, _: str) -> Iterator[Slide]:
    for comparison in read_comparisons(evidence.round):
        for compared in comparison.questions("points"):
            yield from _of_chart(change_chart(comparison, compared), "html/11_compare_rounds.html")
        sentences = comparison_sentences(comparison)
        if sentences:
            date = german.date(comparison.rounds.earlier.file.date)
            yield Slide(f"Was sich seit {date} verändert hat", "", Points([_words(one) for one in sentences]), [],
                        "html/11_compare_rounds.html", _keys(sentences))  # fmt: skip


def _next(evidence: Evidence, _: str) -> Iterator[Slide]:
    sentences = next_round_sentences(evidence)
    body = Points([_words(sentence) for sentence in sentences])
    yield Slide(
        "Was vor dem nächsten Dialog zu entscheiden ist",
        "",
        body,
        [],
        "html/10_prepare_next_round.html",
        _keys(sentences),
    )


def _wording(evidence: Evidence, _: str) -> Iterator[Slide]:
    rows = [[question.label, question.full_wording] for question in evidence.round.file.questions]
    yield Slide("Wortlaut aller Fragen", "", Grid(["Frage", "Wortlaut"], rows))


METHOD = (
    "Befragt wurden Eingeladene, nicht zufällig Ausgewählte: Die Werte gelten genau für die, die geantwortet haben.",
    "Unsicherheitsbereiche gelten für einen gedachten größeren Kreis ähnlicher Teilnehmender, mit 95 % Sicherheit.",
    "Mögliche Ränge sind alle Plätze, die mit den Daten vereinbar sind; alle Bereiche werden zugleich geprüft.",
    "Welche Stufen einer Skala als Zustimmung gelten, wurde vor der Auswertung festgelegt.",
    "Kleine Teilnehmergruppen werden zusammengefasst oder zurückgehalten (•).",
    "Aussagen der Gruppen wurden Themen zugeordnet; gezählt werden Aussagen und Gruppen, keine Personen.",
)


def _method(evidence: Evidence, _: str) -> Iterator[Slide]:
    sentences = METHOD if has_codings(evidence) else METHOD[:-1]
    more = [
        "Wie jede Zahl gerechnet wird, steht in docs/methodology.md des Projekts; jede Zahl einzeln in tabellen.xlsx."
    ]
    yield Slide("Wie gerechnet wurde", "", Points(sentences), more)


def _photos(evidence: Evidence, _: str) -> Iterator[Slide]:
    path = evidence.round.table("photos")
    for row in read_table("photos", path).to_dict("records") if path.is_file() else []:
        group = segment_label(evidence.round, row["group"])
        words = row["caption"] or (f"Tafel „{row['board']}“, {group}" if row["board"] else f"Tafel, {group}")
        content = (evidence.round.processed / row["file"]).read_bytes()
        body = Picture(content, row["alt"] or f"Foto: {words}")
        said = [f"Freigegeben: {row['released_by']}"]
        yield Slide(words, "", body, said, "html/07_group_themes.html", about="notes")


# --- an analyst's own -------------------------------------------------------------------------------------------------


def _unknown(evidence: Evidence, what: str, name: str, remedy: str) -> DataError:
    return DataError(evidence.round.raw / "slides.yml", f"the name of a {what}", f"“{name}”", remedy=remedy)


def _own_table(evidence: Evidence, name: str) -> Iterator[Slide]:
    """A sheet of `tabellen.xlsx` by its name, its columns in parts that fit."""
    tables = {table.name: table for table in published_tables(evidence)}
    if name not in tables:
        raise _unknown(evidence, "sheet of tabellen.xlsx", name, nearest(name, list(tables)))
    table = tables[name]
    words = [at for at, column in enumerate(table.columns[:-1]) if not column.unit and column.heading != "Herkunft"]
    numbers = [at for at, column in enumerate(table.columns) if column.unit]
    names = {column.statistic for column in table.columns if column.statistic}
    keys = [f"{evidence.round.name}/{line[-1]}/{name}" for line in table.rows for name in names]
    by_key = {row.key: row for row in map(row_of, evidence.estimates.to_dict("records"))}
    keys = [key for key in keys if key in by_key]
    room = max(1, _MOST_WIDE - len(words))
    for start in range(0, len(numbers), room):
        part = numbers[start : start + room]
        grid = Grid(
            [table.columns[at].heading for at in (*words, *part)],
            [[*(str(line[at]) for at in words), *(_printed(table, line, at) for at in part)] for line in table.rows],
        )
        subtitle = f"{table.about} · {german.date(evidence.round.file.date)}" if table.about else ""
        yield Slide(table.title, subtitle, grid, table.notes, "tabellen.xlsx", keys)


def _printed(table: PublishedTable, line: list, at: int) -> str:
    """A cell of the sheet as pages print it."""
    cell, column = line[at], table.columns[at]
    if isinstance(cell, str) or cell is None:
        return cell or german.NONE
    statistic = column.statistic or "respondents"
    unit = column.unit
    row = Row("", "", statistic, unit, cell, None, None, None, "", "published")
    return plain(row) if STATISTICS.get(statistic) == unit or not column.statistic else german.number(cell)


def _own_figure(evidence: Evidence, name: str) -> Iterator[Slide]:
    """A figure of the report by its name: the numbers saved beside it, as bars."""
    path = evidence.round.figures / f"{name}.csv"
    if not re.fullmatch(r"[\w-]+", name) or not path.is_file():
        known = sorted(one.stem for one in evidence.round.figures.glob("*.csv"))
        remedy = nearest(name, known) or f"one of: {', '.join(known) or 'none yet; run fachdialog report'}"
        raise _unknown(evidence, "figure of the report", name, remedy)
    rows = [row_of(values) for values in read_table("estimates", path).to_dict("records")]
    for statistic in dict.fromkeys(row.statistic for row in rows):
        mine = [row for row in rows if row.statistic == statistic and row.is_published]
        if mine:
            labels = [_subject(evidence, row) for row in mine]
            words = f"{name_of(statistic)} · {german.date(evidence.round.file.date)}"
            body = _bars(labels, mine, name_of(statistic))
            yield Slide(name.replace("_", " ").capitalize(), words, body, [body.alt], "", [row.key for row in mine])


def _subject(evidence: Evidence, row: Row) -> str:
    _, _, segment, item, _ = row.key.split("/")
    parts = [short_label(evidence.round, part) for part in item.split("|")] if item else ["insgesamt"]
    who = [segment.partition(":")[2] or segment_label(evidence.round, segment)] if segment != "all" else []
    return ", ".join([*parts, *who])


Builder = Callable[[Evidence, str], Iterator[Slide]]
KINDS: dict[str, Builder] = {
    "befunde": _verdicts,
    "rangfolge": _ranking,
    "punkte": _giving,
    "verteilung": _spread,
    "skalen": _scales,
    "teilnehmende": _answered,
    "gruppen": _groups,
    "themen": _themes,
    "haltung": _stance,
    "nebeneinander": _joint,
    "cluster": _clusters,
    "veraenderung": _changes,
    "zusammenfassung": _summary,
    "naechste": _next,
    "zaehlregeln": _rules,
    "wortlaut": _wording,
    "methode": _method,
    "fotos": _photos,
    "tabelle": _own_table,
    "abbildung": _own_figure,
}
_OWN = ("tabelle", "abbildung")
