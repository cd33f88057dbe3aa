"""Digits that need no source, by rule: dates, wordings, labels, scale values, numbering, names of places.

What others worded is no result. It is known by where it comes from: `round.yml`, the codebook, the notes, the public
tables. Each text is taken out of a passage whole, the longest first; a wording with another digit stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ..rounds import Question, Round
from ..wording import class_label, errata, german

_NUMBERED = re.compile(r"(Abbildung|Tabelle|Seite|Zeile|Absatz) \d+(\.\d+)*(:|\b)|\bWert [-−]?\d+\b")
_CITED = re.compile(
    r"§§?\s?\d+[a-z]?(?:\s(?:Abs\.|Absatz|Satz|S\.|Nr\.|Nummer)\s?\d+[a-z]?)*|\bArt(?:\.|ikel)\s\d+[a-z]?"
    r"|\b[Tt]op[ -]\d\b|(?<![\d.,−-])(?:19|20)\d\d(?:\s?[–/-]\s?(?:(?:19|20)\d\d|\d\d))?\b(?![\d.,]*\d)"
    r"(?!\s*(?:[%€]|Prozent|Punkt|Person|Stimm|Antwort|Aussage|Teilnehm|Leute|Mensch|Befragt|Euro|Mio|Mrd|Zettel|Karte))"
)
"""Paragraphs of laws, years, a Top 3: they cite and count nothing. A number of the size of a year with a unit does."""
_LEVEL = re.compile(r"(?<![\d,–])95[-\u2011]%(-?Bereich|-Unsicherheitsbereich)?")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Exceptions:
    """The texts of a round that a page may quote with their digits. `more`: what public tables and compared rounds
    say."""

    round: Round
    more: tuple[str, ...] = ()
    _seen: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _texts(self) -> dict[str, list[tuple[str, re.Pattern[str]]]]:
        """Every such text that has digits, by the longest run of them in it: a page is searched for few of hundreds."""
        found = defaultdict(list)
        for text in {" ".join(text.split()) for text in (*self._wordings, *self._of_round, *self.more)}:
            if (runs := re.findall(r"\d+", text)) and not _is_number(text):
                found[max(runs, key=len)].append((text, re.compile(_edges(text))))
        return dict(found)

    @cached_property
    def _wordings(self) -> list[str]:
        """What was asked and answered with, and what charts print for it."""
        questions = [text for one in self.round.file.questions for text in _words_of(one)]
        codes = [text for code in self.round.codebook.codes() for text in (code.label_de, code.label_short)]
        groups = [group.label for group in self.round.file.notes.groups] if self.round.file.notes else []
        return [*questions, *codes, *groups]

    @property
    def _of_round(self) -> Iterator[str]:
        file = self.round.file
        for question in file.questions:
            yield from _constants(question)
        for code in self.round.codebook.codes():
            yield from code.aliases
        if file.notes:
            yield from (group.id for group in file.notes.groups)
            yield file.notes.note or ""
        yield from errata(self.round)
        if file.provenance_note:
            yield from (file.provenance_note.published, file.provenance_note.invented)
        yield from (path.relative_to(self.round.raw).as_posix() for path in self.round.raw.rglob("*") if path.is_file())
        yield from (path.name for path in self.round.processed.glob("[!.]*"))
        yield from (file.title, german.date(file.date), self.round.name, *file.files, str(file.date.year))

    @cached_property
    def _numbers(self) -> frozenset[str]:
        """Labels that are nothing but a number."""
        texts = (self.round.file.title, *self._wordings, *self.more)
        return frozenset(text.strip().lstrip("+") for text in texts if _is_number(text))

    def is_said(self, word: str) -> bool:
        """Whether some wording, also one without digits, has this word."""
        return any(word in text for text in (*self._wordings, *self._of_round, *self.more))

    def is_number_label(self, text: str) -> bool:
        """Whether a number is the whole name of something (`17`): then nobody can tell it from a result."""
        return text in self._numbers

    @staticmethod
    def spaced(text: str) -> str:
        """The text with single blanks, and narrow ones as they are."""
        return _BLANK.sub(lambda blank: blank[0] if blank[0] in "\u00a0\u202f\u2009" else " ", text)

    def without(self, text: str) -> str:
        """The text with everything a rule excepts blanked out, letter by letter where its blanks are single ones."""
        if text not in self._seen:  # `bericht.html` repeats every page, a chart on a phone the wide one
            self._seen[text] = self._without(self.spaced(text))
        return self._seen[text]

    def _without(self, text: str) -> str:
        runs = set(re.findall(r"\d+", text))
        known = [one for run in runs for one in self._texts.get(run, ())]
        for _, pattern in sorted(known, key=lambda one: (-len(one[0]), one[0])):
            text = pattern.sub(_blanked, text)
        for pattern in (_NUMBERED, _CITED, _LEVEL):
            text = pattern.sub(_blanked, text)
        return text


def _blanked(found: re.Match[str]) -> str:
    return "\ufffc" * len(found[0])


def without_level(text: str) -> str:
    """The text without the level of its intervals."""
    return _LEVEL.sub(" ", text)


def _words_of(question: Question) -> Iterable[str]:
    ends = (question.scale.low_label, question.scale.high_label) if question.scale else ()
    labels = [*question.scale.labels] if question.scale else []
    polled = [" · ".join(labels), *(label for label in labels if not _is_number(label))]  # a bare 9 excuses no other
    return (question.wording, question.statement or "", question.label, *question.options, *ends, *polled)


def _constants(question: Question) -> Iterator[str]:
    """What a question fixes before anybody answers, in the words in which pages say it."""
    if question.type == "points":
        for total in (german.number(question.total), question.total):
            yield from (f"{total} Punkte", f"{total} Punkten", f"von {total}")
    if question.type == "ranking":
        yield from ("1: vorn", "1 ist vorn")
    if question.scale:
        low, high = (german.number(value) for value in (question.scale.low, question.scale.high))
        box = german.span(*question.scale.top_box) if len(set(question.scale.top_box)) > 1 else ""
        yield from (f"von {low} bis {high}", f"Skala von {low}", f"bis {high}", f"{low} =", f"{high} =", box)
        yield from (class_label(item) for item in question.scale.class_items() if not _is_number(item))
        box = box or german.number(question.scale.top_box[0])
        yield from (
            f"{verb} {box}" for verb in ("wählt", "wählen", "wählte", "wählten", "nicht", "davon", "für", "Blau:")
        )
        yield from (f"{box} {verb}" for verb in ("wählte", "wählten"))


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[-−+]?\d[\d.,]*", text.strip()))


def is_shortened(text: str, whole: str) -> bool:
    """Whether a text is another in lines, broken after a blank or with a hyphen, or with `…` for a part of it."""
    part, every = (re.sub(r"[\s\ufffc-]+", "", one) for one in (text, whole))
    start, cut, end = part.rpartition("…")
    return part == every or (bool(cut) and every.startswith(start) and every.endswith(end))


def _edges(text: str) -> str:
    """The text as a whole: `Gruppe 1` does not except the beginning of `Gruppe 12`."""
    blank = r"\s".join(re.escape(word) for word in text.split())
    start = r"(?<![\d,])" if text[:1].isdigit() else r"(?<!\w)" if text[:1].isalpha() else ""
    end = r"(?![\d]|,\d)" if text[-1:].isdigit() else ""
    return f"{start}{blank}{end}"
