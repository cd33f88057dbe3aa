"""Digits that need no source, by rule: dates, question texts, labels, scale values, numbering, names of places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ..publish import german
from ..rounds import Round

_NUMBERED = re.compile(r"(Abbildung|Tabelle|Seite|Zeile|Absatz|Wert) \d+(\.\d+)*(:|\b)")
_LEVEL = re.compile(r"(?<![\d,–])95[-\u2011]%(-?Bereich|-Unsicherheitsbereich)?")


@dataclass(frozen=True)
class Exceptions:
    """The texts of a round that a page may quote with their digits: also names of groups, statements and files."""

    round: Round
    more: tuple[str, ...] = ()

    @cached_property
    def _texts(self) -> re.Pattern[str] | None:
        file, texts = self.round.file, set(self.more)
        for question in file.questions:
            texts |= {question.wording, question.label, *question.options, f"{question.total} Punkte"}
            texts |= {f"von {question.total}", f"{question.total} Punkten"}
            if question.scale:
                scale = question.scale
                low, high = scale.top_box
                texts |= {scale.low_label, scale.high_label, f"{low}–{high}", f"wählen {low}", f"wählten {low}"}
                texts |= {f"wählen {low}–{high}", f"wählten {low}–{high}"}
                texts |= {f"von {scale.low} bis {scale.high}", f"von {scale.low}", f"bis {scale.high}"}
                texts |= {f"Wert {value}" for value in scale.values()}
        for code in self.round.codebook.codes():
            texts |= {code.label_de, code.label_short, *code.aliases}
        if file.notes:
            texts |= {group.label for group in file.notes.groups} | ({file.notes.note} if file.notes.note else set())
            texts |= {group.id for group in file.notes.groups}
        if file.provenance_note:
            texts |= {file.provenance_note.published, file.provenance_note.invented}
        texts |= {path.relative_to(self.round.raw).as_posix() for path in self.round.raw.rglob("*") if path.is_file()}
        texts |= {file.title, german.date(file.date), self.round.name, file.export, str(file.date.year)}
        with_digits = sorted((text for text in texts if re.search(r"\d", text)), key=len, reverse=True)
        return re.compile("|".join(_edges(text) for text in with_digits)) if with_digits else None

    @cached_property
    def _labels(self) -> list[str]:
        questions = [text for one in self.round.file.questions for text in (one.wording, one.label, *one.options)]
        codes = [text for code in self.round.codebook.codes() for text in (code.label_de, code.label_short)]
        groups = [group.label for group in self.round.file.notes.groups] if self.round.file.notes else []
        return [_squeezed(text) for text in (*questions, *codes, *groups)]

    def is_label(self, text: str) -> bool:
        """Whether a text is nothing but a label, or the beginning of one before `…`: however a chart breaks it."""
        part = _squeezed(text.rstrip("…"))
        return any(label == part or (text.endswith("…") and label.startswith(part)) for label in self._labels)

    def without(self, text: str) -> str:
        """The text with everything a rule excepts blanked out."""
        for pattern in (_NUMBERED, _LEVEL, self._texts):
            if pattern is not None:
                text = pattern.sub(" ", text)
        return text


def without_level(text: str) -> str:
    """The text without the level of its intervals."""
    return _LEVEL.sub(" ", text)


def _squeezed(text: str) -> str:
    """Without blanks and hyphens, where charts break lines."""
    return re.sub(r"[\s-]+", "", text)


def _edges(text: str) -> str:
    """The text as a whole: `Gruppe 1` does not except the beginning of `Gruppe 12`."""
    blank = r"\s+".join(re.escape(word) for word in text.split())
    start = r"(?<![\d,])" if text[:1].isdigit() else r"(?<!\w)" if text[:1].isalpha() else ""
    end = r"(?![\d]|,\d)" if text[-1:].isdigit() else ""
    return f"{start}{blank}{end}"
