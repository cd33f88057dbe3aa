"""Hundreds of damaged exports: no traceback, no lost cell, no leaked word; else a refusal that names a place.

FACHDIALOG_MUTATIONS sets how many (default 600; `make fuzz` takes a hundred thousand), FACHDIALOG_SEED where to begin.
"""

import json
import os
import random
from pathlib import Path

import pytest
from exports import csv_bytes, every_type, sheets, write_csvs, write_xlsx
from mutations import Content, mutate
from python_calamine import CalamineWorkbook
from rounds_on_disk import make_round, poll

from analysis_utils.clean.survey import ingest_survey
from analysis_utils.errors import DataError
from analysis_utils.proposals.inspection import describe, inspect

REAL = Path(__file__).resolve().parents[3] / "shared" / "real-exports"
MUTATIONS = int(os.environ.get("FACHDIALOG_MUTATIONS", "600"))
SEED = int(os.environ.get("FACHDIALOG_SEED", "20251112"))
DIALECTS = (
    {},
    {"delimiter": ";", "decimal": ",", "newline": "\r\n", "encoding": "utf-8-sig"},
    {"delimiter": "\t", "encoding": "utf-16"},
    {"delimiter": ";", "encoding": "cp1252"},
    {"pad": False, "newline": "\r\n"},
)
# Words that only answers hold, so that any appearance in an output is a leak.
SECRETS = ("because", "line\nbreak", "491701234567", "two_words", "two words", "Nick", "=cmd", ":bug:")


def _sources() -> list[Content]:
    content = [sheets(every_type())]
    for path in sorted(REAL.glob("*.xlsx")) if REAL.is_dir() else []:
        book = CalamineWorkbook.from_path(path)
        content.append([(n, book.get_sheet_by_name(n).to_python(skip_empty_area=False)) for n in book.sheet_names])
    return content


def _save(content: Content, folder: Path, rng: random.Random) -> Path:
    kind = rng.randrange(4)
    if kind == 0:
        return write_xlsx(folder / "mutant.xlsx", content, is_resaved=rng.random() < 0.5)
    dialect = rng.choice(DIALECTS)
    try:
        if kind == 1:
            path = folder / "mutant.csv"
            path.write_bytes(csv_bytes(content[0][1], **dialect))
            return path
        return write_csvs(folder / "mutant", content, **dialect)
    except UnicodeEncodeError:
        return write_csvs(folder / "mutant", content)


def _question_cells(content: Content) -> int | None:
    """Filled question cells of the Voters sheet, also of rows that came to stand above the header, counted without our
    reader; None where the count is not plain."""
    for _, rows in content:
        for index, row in enumerate(rows[:20]):
            if row[:3] in (["Date", "Session", "Voter"], ["Date (UTC)", "Session", "Voter"]):
                return sum(cell != "" for line in [*rows[:index], *rows[index + 1 :]] for cell in line[3:])
    return None


@pytest.mark.parametrize("part", range(2))
def test_damaged_exports_are_read_whole_or_refused_with_a_place(tmp_path, part):
    sources = _sources()
    for number in range(part, MUTATIONS, 2):
        rng = random.Random(SEED + number)
        folder = tmp_path / str(number)
        folder.mkdir()
        content = mutate(rng.choice(sources), rng)
        path = _save(content, folder, rng)
        try:
            account = inspect(path)
        except DataError as refusal:
            text = str(refusal)
            assert ": expected " in text and ", saw " in text, f"mutation {SEED + number}"
        else:
            cells = account["cells"]
            assert cells["consumed"] + cells["set_aside"] == cells["non_empty"], f"mutation {SEED + number}"
            expected = _question_cells(content)
            assert cells["non_empty"] == (expected or cells["non_empty"]), f"mutation {SEED + number}"
            text = json.dumps(account, ensure_ascii=False) + describe(account)
        leaked = [word for word in SECRETS if word in text]
        assert not leaked, f"mutation {SEED + number} shows {leaked}"


def test_damaged_polls_become_tables_or_a_refusal(tmp_path):
    """The same damage below a `round.yml`: every cell is in a table or set aside, and no word of an answer is shown."""
    round_ = make_round(tmp_path, poll())
    for number in range(MUTATIONS // 10):
        rng = random.Random(SEED - number)
        content = mutate(sheets(poll()), rng)
        write_xlsx(round_.raw / "poll.xlsx", content)
        try:
            survey = ingest_survey(round_)
        except DataError as refusal:
            assert ": expected " in str(refusal), f"mutation {SEED - number}"
            continue
        totals = survey.totals
        assert totals["consumed"] + totals["set_aside"] == totals["non_empty"], f"mutation {SEED - number}"
        cells = (
            survey.answers["value"].notna() | (survey.answers["text"] != "") | (survey.answers["item"] != "")
        ).all()
        assert cells, f"mutation {SEED - number}"
