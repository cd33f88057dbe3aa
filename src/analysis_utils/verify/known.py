"""What must not be found: words people wrote, their ballots and answers, means of groups that are withheld."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from proofread.search import FEWEST, RUN, Secrets, tokens, words

from ..rounds import Round, notebook_folder
from ..tables import make_table, read_table
from .published import Published

SHORTEST = 8
"""Letters of a text below which it is a word like any other."""
FEWEST_ALIKE = 10
"""Answers in a row that make a column of raw data, where they have two values: shorter runs stand in any table."""
SHORTEST_CODE = 4
"""Letters and digits of a self-made code below which it is a word like any other (A4, CO2)."""
LONGEST_CODE = 6
"""A longer word with a digit (Gruppe1, Industrie40) is a code only where the question asks for one."""


def word_runs(found: list[str], size: int = RUN) -> Iterable[str]:
    return (" ".join(found[at : at + size]) for at in range(len(found) - size + 1))


def secrets_of(rounds: Iterable[Round]) -> Secrets:
    """Everything private in the tables of the rounds, but for words that are public anyway (wordings, codebook,
    notebooks, released quotes, paraphrases)."""
    published, rounds = Published(), list(rounds)
    secrets = Secrets(published=published)
    links = {round_.file.compare.link_code for round_ in rounds if round_.file.compare} - {None}
    for round_ in rounds:
        written, labels = _described(round_), _Labels.of(round_)
        secrets.codes |= _codes(round_, links) - tokens(written)
        statements = _statements(round_)
        released = statements.loc[statements["released_by"] != "", "text"].tolist()
        _add_words(secrets, _answered(round_), " ".join([written, *released]), labels)
        hidden = statements.loc[statements["released_by"] == "", "text"].tolist()
        _add_words(secrets, hidden, " ".join([written, *released, _paraphrased(round_)]), labels)
        _add_numbers(secrets, published, round_)
    shown = {round(float(value), 6) for cells in published.values.values() for cell in cells for value in cell.split()}
    secrets.means = {mean: names for mean, names in secrets.means.items() if mean not in shown}
    return secrets


def _codes(round_: Round, links: set[str | None]) -> set[str]:
    """Answers that are codes: to a question that links rounds, and elsewhere single words that mix letters and digits.
    Short numbers and years are none, since they stand in every report."""
    if not round_.table("answers").is_file():
        return set()
    answers = read_table("answers", round_.table("answers"))
    found = set()
    for question, text in zip(answers["question"], answers["text"], strict=True):
        code = "".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
        is_mixed = " " not in text.strip() and len(code) <= LONGEST_CODE and re.fullmatch(r"(?=.*\d)(?=.*\D).*", code)
        is_link = question in links and (not code.isdigit() or len(code) > SHORTEST_CODE)
        if len(code) >= SHORTEST_CODE and (is_mixed or is_link):
            found.add(code)
    return found


def _add_words(secrets: Secrets, texts: Iterable[str], written: str, labels: _Labels) -> None:
    """The words of private texts that are not `written` where everybody may read them, in charts with the first and the
    last word cut, and that do not just name labels one after the other, as lists of results do, too."""
    public = words(written)
    known_runs, known = set(word_runs(public)), f" {' '.join(public)} "
    for text in texts:
        said = words(text)
        new = set(word_runs(said)) - known_runs
        secrets.runs |= {run for run in new if run not in known and not labels.cover(run.split())}
        whole = " ".join(said)
        if len(said) < RUN and len(whole) >= SHORTEST and f" {whole} " not in known and not labels.cover(said):
            secrets.phrases.add(whole)


@dataclass(frozen=True)
class _Labels:
    """Labels as words in small letters: `whole`, and how they begin and end."""

    whole: frozenset[str]
    begins: frozenset[str]
    ends: frozenset[str]

    @classmethod
    def of(cls, round_: Round) -> _Labels:
        questions = [text for one in round_.file.questions for text in (one.statement or "", one.label, *one.options)]
        codes = [text for code in round_.codebook.codes() for text in (code.label_de, code.label_short)]
        groups = [group.label for group in round_.file.notes.groups] if round_.file.notes else []
        found = [words(text) for text in {*questions, *codes, *groups}]
        begins = {" ".join(label[:at]) for label in found for at in range(1, len(label) + 1)}
        ends = {" ".join(label[at:]) for label in found for at in range(len(label))}
        return cls(frozenset(map(" ".join, found)), frozenset(begins), frozenset(ends))

    def cover(self, said: list[str], *, is_first: bool = True) -> bool:
        """Whether words are the end of a label and then whole labels, of the last one perhaps the beginning only."""
        if not is_first and " ".join(said) in self.begins:
            return True
        known = self.ends if is_first else self.whole
        return any(" ".join(said[:at]) in known and self.cover(said[at:], is_first=False) for at in range(1, len(said)))


def _answered(round_: Round) -> list[str]:
    """What people wrote in the poll. Nothing releases it."""
    if not round_.table("answers").is_file():
        return []
    answers = read_table("answers", round_.table("answers"))
    return answers.loc[answers["text"] != "", "text"].tolist()


def _statements(round_: Round) -> pd.DataFrame:
    path = round_.table("statements")
    return read_table("statements", path) if path.is_file() else make_table("statements", [])


def _described(round_: Round) -> str:
    """Words a report may hold whoever else said them: wordings, codebook, notebooks."""
    sources = [round_.raw / "round.yml", round_.raw.parents[1] / "codebook.yml"]
    sources += sorted(notebook_folder().glob("*.ipynb"))
    return " ".join(path.read_text(encoding="utf-8", errors="replace") for path in sources if path.is_file())


def _paraphrased(round_: Round) -> str:
    """What analysts say about statements in words of their own, which may have a turn of phrase from there."""
    path = round_.table("paraphrases")
    return " ".join(read_table("paraphrases", path)["sentence"]) if path.is_file() else ""


def _add_numbers(secrets: Secrets, published: Published, round_: Round) -> None:
    if not round_.table("answers").is_file():
        return
    answers = read_table("answers", round_.table("answers"))
    voters = read_table("voters", round_.table("voters"))
    answers = answers.merge(voters[["session", "voter", "segment"]], how="left", on=["session", "voter"])
    values = answers[answers["value"].notna()]
    for question in round_.file.questions:
        own = values[values["question"] == question.id]
        if question.type == "points":
            wide = own.pivot_table("value", ["session", "voter"], "item", fill_value=0.0, observed=True)
            wide = wide.reindex(columns=list(question.options.values()), fill_value=0.0)
            secrets.ballots |= {tuple(row) for row in wide.to_numpy(dtype=float).tolist()}
            for item in wide.columns:
                _column(secrets, wide[item])
                _column(secrets, wide[item][wide[item] > 0])
            _column(secrets, pd.Series(wide.to_numpy(dtype=float).ravel()))
        elif question.type == "scale":
            _column(secrets, own["value"])
            for _, part in own.groupby("segment"):
                _column(secrets, part["value"])
    if round_.table("estimates").is_file():
        estimates = read_table("estimates", round_.table("estimates"))
        for name in filter(lambda name: round_.table(name).is_file(), ("estimates", "changes")):
            published.add(read_table(name, round_.table(name)))
        _withheld(secrets, round_, estimates, values)


def _column(secrets: Secrets, values: pd.Series) -> None:
    if len(values) >= (FEWEST if values.nunique() > 2 else FEWEST_ALIKE) and values.nunique() > 1:
        secrets.columns.setdefault(len(values), set()).add(tuple(np.sort(values.to_numpy(dtype=float)).tolist()))


def _withheld(secrets: Secrets, round_: Round, estimates: pd.DataFrame, values: pd.DataFrame) -> None:
    """Keys of withheld rows, and means of groups that no published row shows."""
    hidden = estimates[estimates["status"] != "published"]
    names = ["round", "question", "segment", "item", "statistic"]
    secrets.withheld_keys |= {"/".join(key) for key in hidden[names].astype(str).to_numpy().tolist()}
    means = values.groupby(["question", "item", "segment"])["value"].mean().round(6)
    codes = round_.codebook.by_id()
    for key, mean in means.items():
        segment = str(tuple(key)[-1]) if isinstance(key, tuple) else ""
        if segment and abs(mean * 100 - round(mean * 100)) > 1e-4:
            label = getattr(codes.get(segment), "label_de", "")
            secrets.means.setdefault(float(mean), set()).update({segment, label} - {""})


def private_rounds(data: Path) -> list[str]:
    """Rounds that have private tables."""
    return sorted({path.parent.name for path in (data / "processed").glob("[!.]*/*.parquet")})
