"""What a version of a round was made of: entered in the ledger as a draft, then as a release."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ..estimators import VOTER, is_answer
from ..rounds import Round
from ..tables import make_table, read_table, write_table
from .cut import COUNTED, compared_questions, segmentation, shown_in, with_groups
from .ledger import Version, broken, ledger_path, read_ledger, write_ledger

PARTS = ("voters", "answers", "rule_answers")
CUTS = "eigene_schnitte.json"
"""Private file beside the tables: breakdowns of analysts' own, name → question → person → class it is shown in."""


@dataclass(frozen=True)
class People:
    """The private tables that numbers are computed from."""

    voters: pd.DataFrame
    answers: pd.DataFrame
    rule_answers: pd.DataFrame


def read_people(round_: Round) -> People:
    """The tables of a round; `rule_answers` is empty where the ingest left none."""
    voters, answers = (read_table(name, round_.table(name)) for name in ("voters", "answers"))
    rules = round_.table("rule_answers")
    return People(voters, answers, read_table("rule_answers", rules) if rules.is_file() else no_rules())


def no_rules() -> pd.DataFrame:
    return make_table("rule_answers", [])


def write_people(people: People, folder: Path) -> None:
    for name in PARTS:
        if name != "rule_answers" or len(people.rule_answers):
            write_table(getattr(people, name), name, folder / f"{name}.parquet")


def record_draft(round_: Round, files: dict[str, str]) -> None:
    """Enter what is about to be moved into `reports/` as a draft. `files`: hash of each file."""
    ledger = read_ledger(ledger_path(round_))
    write_ledger(round_, ledger.with_draft(replace(_present_version(round_), files=files)))


def record_release(round_: Round, *, basis: str, date: str) -> None:
    """Enter what the tables of a round hold as released. Drafts stay until `drop_drafts`."""
    ledger = read_ledger(ledger_path(round_))
    version = replace(_present_version(round_), basis=basis, date=date, is_out=True, is_draft=False)
    drafts = [draft for draft in ledger.drafts if not draft.is_same(version)]
    entered = ledger.with_release(version)
    write_ledger(round_, replace(entered, versions=[*drafts, *entered.versions]))


def drop_drafts(round_: Round) -> None:
    ledger = read_ledger(ledger_path(round_))
    if ledger.drafts:
        write_ledger(round_, replace(ledger, versions=ledger.out))


def _present_version(round_: Round) -> Version:
    """What the tables of a round show now; the tables are put beside the ledger. Words are left out: no number is made
    of them."""
    people, estimates = read_people(round_), read_table("estimates", round_.table("estimates"))
    counted = [question.id for question in round_.file.questions if question.type in COUNTED]
    answers = people.answers[is_answer(people.answers) & people.answers["question"].isin(counted)]
    kept = People(people.voters, answers.assign(text=""), people.rule_answers)
    name = fingerprint(kept)
    folder = ledger_path(round_).parent / name
    if not folder.is_dir():
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700)
        write_people(kept, folder)
    grouped = with_groups(people.answers[is_answer(people.answers)], people.voters)
    placed = shown_in(segmentation(round_, grouped), grouped)
    is_out = (estimates["segment"] != "all") & (estimates["status"] == "published") & estimates["estimate"].notna()
    shown = [one.id for one in compared_questions(round_) if one.id in set(estimates.loc[is_out, "question"])]
    by_question = {name: placed[placed["question"] == name] for name in shown}
    segments = {name: dict(sorted(zip(own["group"], own["shown"], strict=True))) for name, own in by_question.items()}
    cuts = round_.processed / CUTS
    own = json.loads(cuts.read_text(encoding="utf-8")) if cuts.is_file() else {}
    return Version([round_.data_stamp], name, segments=segments, cuts=own)


def fingerprint(people: People) -> str:
    digest = hashlib.sha256()
    for name in PARTS:
        digest.update(getattr(people, name).to_csv(index=False, lineterminator="\n").encode())
    return digest.hexdigest()[:16]


def kept_people(ledger: Path, version: Version) -> People:
    """The tables a version was made of. Raises: DataError where they are gone or were altered."""
    folder, name = ledger.parent / version.kept, ledger.parents[1].name
    rules = folder / "rule_answers.parquet"
    try:
        voters, answers = (read_table(part, folder / f"{part}.parquet") for part in ("voters", "answers"))
        people = People(voters, answers, read_table("rule_answers", rules) if rules.is_file() else no_rules())
    except Exception:
        raise broken(name, "tables of a released version that cannot be read", folder) from None
    if fingerprint(people) != version.kept:
        raise broken(name, "tables of a released version that were altered", folder)
    return people


Said = dict[tuple[int, ...], str]
"""What each voter said to one question, as text, by session and number."""
Shown = dict[str, list[str]]
"""Segment → marks of the answers shown in it, sorted. A mark is "who", MARK, what."""
MARK = "\x1f"


def said(answers: pd.DataFrame) -> Said:
    """What each voter said to one question (rows with VOTER, item and value)."""
    ordered = answers.astype(dict.fromkeys(VOTER, "int64")).sort_values([*VOTER, "item", "value"], kind="stable")
    voters = zip(*(ordered[name].tolist() for name in VOTER), strict=True)
    cells = zip(ordered["item"].tolist(), ordered["value"].astype("float64").tolist(), strict=True)
    found: Said = {}
    for voter, (item, value) in zip(voters, cells, strict=True):
        found[voter] = f"{found.get(voter, '')}|{item}={value!r}"
    return found


def marks(answers: pd.DataFrame) -> Shown:
    """Segment → marks of one question's answers (rows with VOTER, item, value and the column `shown`)."""
    shown: Shown = {}
    for segment, rows in answers.groupby("shown", sort=True):
        shown[str(segment)] = sorted(f"{voter}{MARK}{what}" for voter, what in said(rows).items())
    return shown
