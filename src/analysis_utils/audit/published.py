"""`published.yml`: what a deck, paper or page printed, as read from it. docs/audit.md explains every key."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from ..rounds import Identifier, Label, Strict, read_yaml
from .words import MEANING, Span, read_phrase

Printed = Literal["percent", "percent_of_points", "mean_points", "mean", "count"]
Rule = Literal["half_up", "half_even", "truncate", "largest_remainder"]
Word = Literal["knapp", "gut", "rund", "genau", "mehr als", "weniger als", "mindestens", "höchstens"]

MOST_TRIED = 100
"""Largest n tried where the file sets no limit; above it whole percentages fit nearly everything."""
MOST_ALLOWED = 100_000
MOST_SEARCHED = 2_000
"""Most different n tried in one file; a stated n needs no search."""
MOST_BARS = 60


class Claim(Strict):
    """A sentence that gives a share in words: `text` as printed (or one reading of it), `values` from and to on the
    scale, or the `item` it speaks of. What it means is read from the text; `share` (75, 3/4) and `word` say it where
    that is not understood."""

    text: Label
    word: Word | None = None
    share: str | int | float | None = None
    values: tuple[int, int] | None = None
    item: str | None = None

    @field_validator("share")
    @classmethod
    def _readable(cls, share: str | int | float | None) -> str | int | float | None:
        if share is None:
            return None
        try:
            value = Fraction(str(share).replace(",", ".").removesuffix("%").strip())
        except (ValueError, ZeroDivisionError):
            raise ValueError("a share such as 75, 73.5 or 3/4") from None
        if not 0 <= value <= 100:
            raise ValueError("a share between 0 and 100 percent")
        return share

    @model_validator(mode="after")
    def _about_one_thing(self) -> Claim:
        if (self.values is None) == (self.item is None):
            raise ValueError("a claim to name either values (from, to) or an item")
        return self

    @property
    def span(self) -> Span | None:
        """The shares it allows: by `share` and `word` where they are given, else as read from the text; None where that
        is not understood. A share of its own without a word is meant exactly, a word alone goes with the share read."""
        if self.share is None:
            return read_phrase(self.text, self.word, names_item=self.item is not None)
        text = str(self.share).replace(",", ".").removesuffix("%").strip()
        share = Fraction(text) if "/" in text else Fraction(text) / 100
        return MEANING[self.word or "genau"](share, share)


def _number(value: object) -> object:
    return value.removesuffix("%").strip().replace(",", ".") if isinstance(value, str) else value


class PrintedQuestion(Strict):
    """The printed figures of one question. `bars` is a list where nobody knows which bar stands where, else a mapping
    from item to number; an unreadable bar is null."""

    id: Identifier
    label: Label | None = None
    printed: Printed
    bars: list[Decimal | None] | dict[str | int, Decimal | None]
    decimals: int = Field(default=0, ge=0, le=6)
    n: int | None = Field(default=None, gt=0)
    several: bool = False
    scale: tuple[int, int] | None = None
    top_box: tuple[int, int] | None = None
    total: int = Field(default=100, gt=0)
    step: int = Field(default=1, gt=0)
    givers: dict[str, int] = {}
    claims: list[Claim] = []

    @field_validator("bars", mode="before")
    @classmethod
    def _as_printed(cls, bars: object) -> object:
        """Numbers as they stand in print: `26 %`, `26,5`."""
        if isinstance(bars, dict):
            return {item: _number(value) for item, value in bars.items()}
        return [_number(value) for value in bars] if isinstance(bars, list) else bars

    @model_validator(mode="after")
    def _complete(self) -> PrintedQuestion:
        if not 1 <= len(self.bars) <= MOST_BARS:
            raise ValueError(f"between 1 and {MOST_BARS} bars")
        for value in self.values():
            if value is not None and (value < 0 or self._scaled(value) % 1 != 0):
                most = f"at most {self.decimals} decimals"
                raise ValueError(f"printed numbers from 0 on with {most}, see `decimals` (“{value}” is none)")
            if value is not None and self.is_share and value > 100:
                raise ValueError("printed percentages up to 100")
        if self.printed == "mean" and self.scale is None:
            raise ValueError("a scale (lowest, highest answer) where means are printed")
        return self

    @model_validator(mode="after")
    def _scale_fits(self) -> PrintedQuestion:
        if self.scale and self.scale[0] >= self.scale[1]:
            raise ValueError("scale as [lowest, highest] with lowest below highest")
        spans = [claim.values for claim in self.claims if claim.values] + ([self.top_box] if self.top_box else [])
        for first, last in spans:
            if self.scale is None or not self.scale[0] <= first <= last <= self.scale[1]:
                raise ValueError("top_box and values of claims inside the scale")
        if self.scale and self.counts_people and not self.several:
            expected = [str(value) for value in range(self.scale[0], self.scale[1] + 1)]
            if len(self.bars) != len(expected):
                raise ValueError(f"one bar per scale value ({len(expected)}), unreadable ones as null")
            if self.is_placed and sorted(self.items()) != sorted(expected):
                raise ValueError("the scale values as names of the bars")
        unknown = [name for name in self._named() if name not in self.items()]
        if unknown:
            raise ValueError(f"items that are among the bars (“{unknown[0]}” is not)")
        return self

    def _named(self) -> list[str]:
        return [*self.givers, *(claim.item for claim in self.claims if claim.item)]

    def _scaled(self, value: Decimal) -> Decimal:
        return value * 10**self.decimals

    @property
    def is_placed(self) -> bool:
        """Whether it is known which bar belongs to which item."""
        return isinstance(self.bars, dict)

    @property
    def is_share(self) -> bool:
        return self.printed in ("percent", "percent_of_points")

    @property
    def counts_people(self) -> bool:
        """Whether a bar stands for a number of people (else for a sum of points or answers)."""
        return self.printed in ("percent", "count")

    def values(self) -> list[Decimal | None]:
        return list(self.bars.values()) if isinstance(self.bars, dict) else list(self.bars)

    def items(self) -> list[str]:
        """Names of the bars; where their places are unknown, `bar_1`, `bar_2`, … in the order of the file."""
        if isinstance(self.bars, dict):
            return [str(item) for item in self.bars]
        return [f"bar_{place}" for place in range(1, len(self.bars) + 1)]

    def labels(self) -> list[int | None]:
        """Printed numbers in units of their last decimal; None for an unreadable bar."""
        return [None if value is None else int(self._scaled(value)) for value in self.values()]


class Published(Strict):
    """The whole file. `people_present` bounds n; `search` is the range of n tried; `rounding` the rules results are
    derived for (all four are tried)."""

    source: Label
    people_present: int | None = Field(default=None, gt=0)
    in_room: int | None = Field(default=None, gt=0)
    search: tuple[int, int] | None = None
    rounding: list[Rule] = Field(default=["half_up", "half_even"], min_length=1)
    questions: list[PrintedQuestion] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Published:
        ids = [question.id for question in self.questions]
        if len(set(ids)) < len(ids):
            raise ValueError("each question id once")
        if "all" in ids:
            raise ValueError("no question named all, which stands for the whole file")
        low, high = self.tried
        if not 1 <= low <= high <= MOST_ALLOWED:
            raise ValueError(f"search as [smallest, largest] n within 1 and {MOST_ALLOWED}")
        if high - low >= MOST_SEARCHED and any(question.n is None for question in self.questions):
            raise ValueError(f"search to cover at most {MOST_SEARCHED} numbers of answers")
        return self

    @property
    def tried(self) -> tuple[int, int]:
        """Smallest and largest n tried."""
        return self.search or (1, self.people_present or MOST_TRIED)


def read_published(path: Path) -> Published:
    """Read a file of printed figures. Raises: DataError with the line for anything that does not fit."""
    return read_yaml(path, Published)
