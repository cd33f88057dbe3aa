"""What a deck, paper or page printed, as read from it: the form of a file of printed figures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from .phrases import MEANING, Span, read_phrase

Rule = Literal["half_up", "half_even", "truncate", "largest_remainder"]
Word = Literal["knapp", "gut", "rund", "genau", "mehr als", "weniger als", "mindestens", "höchstens"]
Identifier = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]*$", max_length=40)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]

MOST_TRIED = 100
"""Largest n tried where the file sets no limit; above it whole percentages fit nearly everything."""
MOST_ALLOWED = 100_000
MOST_SEARCHED = 2_000
"""Most different n tried in one file; a stated n needs no search."""
MOST_BARS = 60


class _Strict(BaseModel):
    """No unknown keys, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Claim(_Strict):
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
        try:
            if share is not None and not 0 <= _share(share) <= 1:
                raise ValueError("a share between 0 and 100 percent")
        except (ArithmeticError, LookupError):
            raise ValueError("a share such as 75, 73.5 or 3/4") from None
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
        share = _share(self.share)
        return MEANING[self.word or "genau"](share, share)


def _number(value: object) -> object:
    """A number as it stands in print: `26 %`, `26,5`."""
    return value.removesuffix("%").strip().replace(",", ".") if isinstance(value, str) else value


def _share(written: str | int | float) -> Fraction:
    """A share as 75 (percent) or 3/4. Raises: LookupError where it is none."""
    text = str(_number(str(written)))
    try:
        return Fraction(text) / (1 if "/" in text else 100)
    except ValueError:
        raise LookupError(text) from None


class Question(_Strict):
    """The printed figures of one question. `bars` is a list where nobody knows which bar stands where, else a mapping
    from item to number; an unreadable bar is null."""

    id: Identifier
    label: Label | None = None
    printed: Literal["percent", "percent_of_points", "mean_points", "mean", "count"]
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
        if isinstance(bars, dict):
            return {item: _number(value) for item, value in bars.items()}
        return [_number(value) for value in bars] if isinstance(bars, list) else bars

    @model_validator(mode="after")
    def _complete(self) -> Question:
        if not 1 <= len(self.bars) <= MOST_BARS:
            raise ValueError(f"between 1 and {MOST_BARS} bars")
        for value in self.values():
            if value is not None and (value < 0 or value * 10**self.decimals % 1 != 0):
                most = f"at most {self.decimals} decimals"
                raise ValueError(f"printed numbers from 0 on with {most}, see `decimals` (“{value}” is none)")
            if value is not None and self.is_share and value > 100:
                raise ValueError("printed percentages up to 100")
        if self.printed == "mean" and self.scale is None:
            raise ValueError("a scale (lowest, highest answer) where means are printed")
        if self.scale and self.scale[0] >= self.scale[1]:
            raise ValueError("scale as [lowest, highest] with lowest below highest")
        for span in filter(None, [*(claim.values for claim in self.claims), self.top_box]):
            if self.scale is None or not self.scale[0] <= span[0] <= span[1] <= self.scale[1]:
                raise ValueError("top_box and values of claims inside the scale")
        if self.scale and self.counts_people and not self.several:
            expected = self.items_of(self.scale)
            if len(self.bars) != len(expected):
                raise ValueError(f"one bar per scale value ({len(expected)}), unreadable ones as null")
            if self.is_placed and sorted(self.items()) != sorted(expected):
                raise ValueError("the scale values as names of the bars")
        named = {*self.givers, *(claim.item for claim in self.claims if claim.item)}
        for name in sorted(named - set(self.items())):
            raise ValueError(f"items that are among the bars (“{name}” is not)")
        return self

    @staticmethod
    def items_of(span: tuple[int, int]) -> list[str]:
        """The names of the bars of a stretch of the scale."""
        return [str(value) for value in range(span[0], span[1] + 1)]

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
        return [None if value is None else int(value * 10**self.decimals) for value in self.values()]


class Published(_Strict):
    """The whole file. `people_present` bounds n; `search` is the range of n tried; `rounding` the rules results are
    derived for (all four are tried)."""

    source: Label
    people_present: int | None = Field(default=None, gt=0)
    in_room: int | None = Field(default=None, gt=0)
    search: tuple[int, int] | None = None
    rounding: list[Rule] = Field(default=["half_up", "half_even"], min_length=1)
    questions: list[Question] = Field(min_length=1)

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
