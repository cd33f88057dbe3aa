"""German phrases that give a share in words, read as the values they allow: `knapp drei Viertel`, `40 bis 50 %`, `nicht
einmal die Hälfte`, `jeder Dritte`, `fast alle`.

A phrase is read whole or not at all: where a word stands near the share that might change it and is not among those
read here (`deutlich`, `doppelt so viele`, a `nicht` somewhere else), the phrase is not understood. Nothing is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

NEAR = Fraction(5, 100)
"""How far below ("knapp") or above ("gut") the share a value may lie: five percentage points."""
AROUND = Fraction(25, 1000)
"""How far a value may lie from a share called "rund": two and a half percentage points on either side."""


MOST_SPOKEN = 20
"""`zwei von fünf` is a share in words; of more than these (`23 von 34`) it is a count."""


@dataclass(frozen=True)
class Span:
    """The shares (0–1) a phrase allows, and whether either end belongs to them."""

    low: Fraction
    high: Fraction
    with_low: bool = True
    with_high: bool = True


_NONE, _ALL = Fraction(0), Fraction(1)
MEANING: dict[str, Callable[[Fraction, Fraction], Span]] = {
    "knapp": lambda low, high: Span(low - NEAR, high, True, low != high),
    "gut": lambda low, high: Span(low, high + NEAR, low != high, True),
    "rund": lambda low, high: Span(low - AROUND, high + AROUND),
    "genau": lambda low, high: Span(low, high),
    "mehr als": lambda low, high: Span(high, _ALL, False, True),
    "weniger als": lambda low, high: Span(_NONE, low, True, False),
    "mindestens": lambda low, high: Span(low, _ALL),
    "höchstens": lambda low, high: Span(_NONE, high),
    "kaum": lambda low, high: Span(low - NEAR, high),
    "etwas mehr als": lambda low, high: Span(high, high + NEAR, False, True),
}
"""From a share, or the two ends of a range, to what a word before it allows."""
_WORDS = {
    "knapp": "knapp(?:e[srn]?)?|fast|beinahe|nahezu|annähernd|so gut wie|nicht ganz|kaum weniger als"
    "|(?:etwas|leicht|knapp|ein wenig) (?:weniger als|unter)",
    "gut": "gut(?:e[srn]?)?|reichlich",
    "etwas mehr als": "(?:etwas|leicht|knapp|ein wenig) (?:mehr als|über)|kaum mehr als",
    "rund": "rund|etwa|circa|zirka|ca\\.?|ungefähr|in etwa|um die",
    "genau": "genau|exakt|zwischen|von",
    "mehr als": "mehr als|über",
    "weniger als": "weniger als|unter|nicht einmal|nicht mal|keine|keinen",
    "mindestens": "mindestens|wenigstens|zumindest|nicht weniger als|nicht unter|ab",
    "höchstens": "höchstens|maximal|allenfalls|bestenfalls|bis zu|nicht mehr als|nicht über",
    "kaum": "kaum",
}  # fmt: skip
"""How a phrase may begin, by the word it stands for."""
_BEHIND = {"mindestens": "(?:oder|und) (?:mehr|darüber)", "höchstens": "oder (?:weniger|darunter)"}
_ONES = ("null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
         "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn")  # fmt: skip
_TENS = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_NUMBERS = {word: number for number, word in enumerate(_ONES)}
_NUMBERS |= {word: 10 * number for number, word in enumerate(_TENS, start=2)}
_NUMBERS |= {
    f"{one}und{ten}": 10 * tens + ones
    for tens, ten in enumerate(_TENS, start=2)
    for ones, one in enumerate(_ONES[1:10], start=1)
}
_NUMBERS |= dict.fromkeys(("eine", "einer", "einem", "einen", "eines"), 1) | {"hundert": 100}
_PARTS = {"drittel": 3, "viertel": 4, "fünftel": 5, "sechstel": 6, "siebtel": 7, "achtel": 8, "neuntel": 9,
          "zehntel": 10}  # fmt: skip
_EVERY = {"zweite": 2, "dritte": 3, "vierte": 4, "fünfte": 5, "sechste": 6, "siebte": 7, "achte": 8, "neunte": 9,
          "zehnte": 10}  # fmt: skip
_N = rf"(?:(?<![\w.,])\d+(?:[.,]\d+)?|\b(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\b)"
_SHARE = (
    rf"(?:(?P<percent>{_N})\s*(?:%|prozent\b)"
    rf"|(?P<count>{_N}) (?:von|aus) (?P<of>{_N})\b(?!\s*(?:%|prozent))"
    rf"|(?<!\w)(?:(?P<parts>{_N})[ -])?(?P<part>{'|'.join(_PARTS)})n?\b"
    rf"|(?P<each>jede[rsnm]?|eine[rsm]? jede[rn]) (?P<every>{'|'.join(_EVERY)})[rsnm]?\b"
    r"|(?P<half>hälfte)\b)"
)
_BARE = re.compile(rf"(?P<low>{_N})\s*(?:%|prozent)?(?: bis | und |\s*[–-]\s*)(?P<high>{_N})\s*(?:%|prozent\b)")
_WHOLE = {
    "einstimmig|einhellig|ausnahmslos(?: alle)?|alle|sämtliche": Span(_ALL, _ALL),
    "niemand|keiner|keine|kein einziger|keine einzige(?: person)?": Span(_NONE, _NONE),
    "(?:fast|nahezu|beinahe|so gut wie) alle": Span(_ALL - NEAR, _ALL, True, False),
    "nicht alle|nicht jeder": Span(_NONE, _ALL, True, False),
    "(?:fast|nahezu|beinahe|so gut wie) (?:niemand|keiner)|kaum (?:jemand|einer)": Span(_NONE, NEAR, False, True),
    "(?:die|eine) mehrheit|mehrheitlich|die meisten": Span(Fraction(1, 2), _ALL, False, True),
    "(?:eine )?knappe mehrheit": Span(Fraction(1, 2), Fraction(1, 2) + NEAR, False, True),
    "(?:die|eine) minderheit": Span(_NONE, Fraction(1, 2), True, False),
    "(?:eine )?zweidrittelmehrheit|(?:eine )?zwei-drittel-mehrheit": Span(Fraction(2, 3), _ALL),
}  # fmt: skip
"""Phrases without a number."""
_ANYWHERE = re.compile(
    r"\b(?:nicht|kein\w*|kaum|weder|niemals|nie|doppelt\w*|\w+fach\w*|\w*mal so|(?:so|gleich|ebenso) viele?"
    r"|prozentpunkte?n?|gestiegen|gesunken|stieg\w*|sank\w*|höher|niedriger|größer|kleiner|öfter|häufiger|seltener|verglichen|gegenüber"
    r"|vergleich|außer|bis auf|ausgenommen)\b"
)
"""Words that turn or compare: where one is left over, nothing is read."""
_CLOSE = (
    r"(?:deutlich|weit|wesentlich|erheblich|klar\w*|viel|bei weitem|mehr|weniger|etwas|leicht|wenig|über"
    r"|unter|bis|ab|zwischen|um|auf|statt|fast|nahezu|beinahe|halb\w*|oder|minus|plus|knapp|gut|große?|breite?|überwältigende?|satte|von|einmal|mal)"
)
"""Words that may change a share next to them."""
_CLOSE_BEFORE = re.compile(rf"\b{_CLOSE}\W*(?:(?:die|das|der|dem|den|ein|eine|einem|einer)\W+)?$")
_BOUNDS = "|".join(_WORDS[name] for name in ("mehr als", "weniger als", "mindestens", "höchstens", "etwas mehr als"))
_HANGING = re.compile(rf"\b(?:{_BOUNDS}) {_N}\s*(?:%|prozent)?(?:[,;/\s]|\b(?:und|aber|doch|jedoch)\b)*$")
"""Another bound before the share: `mindestens 30, höchstens 40 %`."""
_SIGNS = {">=": "mindestens", "≥": "mindestens", "<=": "höchstens", "≤": "höchstens", ">": "mehr als",
          "<": "weniger als", "~": "rund", "≈": "rund"}  # fmt: skip
_CLOSE_BEHIND = re.compile(rf"^\W*{_CLOSE}\b(?!\s+(?:den|der|ihnen|uns|allen)\b)")


def read_phrase(text: str, word: str | None = None, *, names_item: bool = False) -> Span | None:
    """The shares that a phrase allows; None where it is not understood. Without a word before it a share is taken as
    `rund`: nobody who writes `ein Drittel` means exactly a third. A range is taken as it stands. `word`: what stands
    before the share, where somebody has said it. `names_item`: what is counted is named beside it, so that a `nicht`
    behind the share belongs to that (`gut 30 % wissen es nicht`)."""
    plain = " ".join(text.lower().replace("\u00ad", "").split()).strip(" .,;:!?„“\"'")
    plain = re.sub(rf"\b({'|'.join(_ONES[1:])})(?={'|'.join(_PARTS)})", r"\1 ", plain)
    plain = re.sub(r"\b(?:unter|über)[ -]\d+-jährige\w*", "befragte", plain)
    plain = re.sub("|".join(_SIGNS), lambda sign: f"{_SIGNS[sign[0]]} ", plain).replace("  ", " ")
    shares = [*re.finditer(_SHARE, plain)]
    if names_item:
        last = max((one.end() for one in shares), default=len(plain))
        plain = plain[:last] + re.sub(r"\bnicht\b", "", plain[last:])
    return _with_numbers(plain, shares, word) if shares else _without_numbers(plain)


def _with_numbers(plain: str, shares: list[re.Match[str]], stated: str | None) -> Span | None:
    bare = _BARE.search(plain)
    if bare:
        low, high, start, end = _number(bare["low"]) / 100, _number(bare["high"]) / 100, bare.start(), bare.end()
        inside = [one for one in shares if not (start <= one.start() and one.end() <= end)]
    elif len(shares) == 2 and re.fullmatch(
        r" (?:bis|und|–|-) (?:(?:zu|der|dem|die|einem|einer) ){0,2}", _between(plain, shares)
    ):
        low, high, start, end = _share(shares[0]), _share(shares[1]), shares[0].start(), shares[1].end()
        inside = []
    else:
        low = high = _share(shares[0])
        start, end, inside = shares[0].start(), shares[0].end(), shares[1:]
    if inside or not 0 <= low <= high <= 1:
        return None
    before, behind = re.sub(r"\b(?:die|das|der|dem|den|einem|einer) $", "", plain[:start]), plain[end:]
    is_counted = low == high and bool(shares[0]["of"]) and _number(shares[0]["of"]) > MOST_SPOKEN
    word, said, inner = "genau" if low != high or is_counted else "rund", "", plain[start:end]
    longest = {
        found.start(): name
        for name, words in _WORDS.items()
        if (found := re.search(rf"(?:^|(?<=\W))(?:{words}) $", before))
    }
    if longest:
        start = min(longest)  # `nicht mehr als` is not `mehr als`
        word, said, before = longest[start], before[start:].strip(), before[:start]
        if (said in ("zwischen", "von")) == (low == high) if word == "genau" else low != high and word != "rund":
            return None
    if low != high and " und " in inner and said != "zwischen":
        return None  # two shares, no range
    for name, words in _BEHIND.items():
        if found := re.match(rf" (?:{words})\b", behind):
            if longest or low != high:
                return None
            word, behind = name, behind[found.end() :]
    if stated:
        return MEANING[stated](low, high)
    if (
        _HANGING.search(before)
        or _ANYWHERE.search(f"{before} {behind}")
        or _CLOSE_BEFORE.search(before)
        or _CLOSE_BEHIND.search(behind)
    ):
        return None
    return MEANING[word](low, high)


def _without_numbers(plain: str) -> Span | None:
    for words, span in _WHOLE.items():
        if found := re.match(rf"(?:{words})\b", plain):
            rest = plain[found.end() :]
            return None if _ANYWHERE.search(rest) or _CLOSE_BEHIND.search(rest) else span
    return None


def _between(plain: str, shares: list[re.Match[str]]) -> str:
    return plain[shares[0].end() : shares[1].start()]


def _share(found: re.Match[str]) -> Fraction:
    if found["percent"]:
        return _number(found["percent"]) / 100
    if found["count"]:
        return _number(found["count"]) / (_number(found["of"]) or 1)
    if found["part"]:
        return _number(found["parts"] or "ein") / _PARTS[found["part"]]
    return Fraction(1, _EVERY[found["every"]] if found["every"] else 2)


def _number(word: str) -> Fraction:
    return Fraction(_NUMBERS[word]) if word in _NUMBERS else Fraction(word.replace(",", "."))
