"""Files of printed figures: messages for what does not fit; the command; the page of definitions."""

import re
from pathlib import Path

import pytest

from analysis_utils.audit import audit_file
from analysis_utils.cli import main
from analysis_utils.errors import DataError
from analysis_utils.rounds import project_root
from analysis_utils.tables import read_table
from printed_figures import QUANTITIES

ROOT = project_root()
GOOD = "source: a page\nquestions:\n  - {id: q, printed: percent, bars: [60, 40], n: 5}\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "printed.yml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("bars: [60, 40]", "bars: []"), "between 1 and 60 bars"),
        (("bars: [60, 40]", "bars: [60.5, 40]"), "at most 0 decimals"),
        (("bars: [60, 40]", "bars: [160, 40]"), "percentages up to 100"),
        (("printed: percent", "printed: mean"), "a scale (lowest, highest answer)"),
        (("n: 5", "n: 5, scale: [1, 10]"), "one bar per scale value (10)"),
        (("n: 5", "n: 5, top_box: [1, 2]"), "inside the scale"),
        (("n: 5", "n: 5, givers: {c: 1}"), "items that are among the bars"),
        (("n: 5", "n: 5, claims: [{text: t, share: 3/0, item: a}]"), "a share such as 75, 73.5 or 3/4"),
        (("printed: percent", "printed: percentage"), "'percent', 'percent_of_points'"),
        (("bars: [60, 40]", "bars: sixty"), "expected “a list”, saw 'sixty' at questions.0.bars (line"),
        (("bars: [60, 40]", "bars: [60, x]"), "expected “a number”, saw 'x' at questions.0.bars.1 (line"),
        (("id: q,", "id: Q 1,"), "a name of small letters, digits and _"),
        (("n: 5", "n: 5, claims: [{text: t, share: 50}]"), "either values (from, to) or an item"),
        (("n: 5", "n: 0"), "greater than 0"),
        (("n: 5", "nn: 5"), "a known key"),
        (("id: q,", "id: all,"), "no question named all"),
        (("questions:", "search: [9, 3]\nquestions:"), "search as [smallest, largest]"),
        ((", n: 5", ""), "at most 2000 numbers of answers"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path, change, message):
    with pytest.raises(DataError) as fault:
        search = "search: [1, 9000]\nquestions:" if change[0] == ", n: 5" else "questions:"
        audit_file(write(tmp_path, GOOD.replace(*change).replace("questions:", search)))
    assert message in str(fault.value)
    assert "printed.yml" in str(fault.value) and "line " in str(fault.value)


@pytest.mark.parametrize("bars", ["['60 %', '40%']", "['60,0', '40.0']", "{a: 60 %, b: '40'}"])
def test_numbers_are_read_as_they_stand_in_print(tmp_path, bars):
    found = audit_file(write(tmp_path, GOOD.replace("[60, 40]", bars)))
    assert found.loc[found["quantity"] == "vector", "values"].tolist() == ["3 2"]


def test_command_prints_results_and_writes_them(tmp_path, capsys):
    out = tmp_path / "audit.csv"
    assert main(["audit", str(write(tmp_path, GOOD)), "--csv", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "answers that fit: 5 – identified" in printed and "counts “1”: 3 2" in printed
    assert set(read_table("audit", out)["question"]) == {"all", "q"}


def test_command_tells_an_impossible_print_by_its_exit_code(tmp_path, capsys):
    assert main(["audit", str(write(tmp_path, GOOD.replace("60, 40", "61, 39")))]) == 1
    assert "answers that fit: impossible" in capsys.readouterr().out


def test_command_refuses_a_broken_file_without_traceback(tmp_path, capsys):
    assert main(["audit", str(write(tmp_path, "source: ["))]) == 2
    told = capsys.readouterr().err
    assert "valid YAML" in told and "Traceback" not in told


def test_same_file_gives_the_same_bytes(tmp_path):
    outs = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for out in outs:
        main(["audit", str(ROOT / "data/raw/fachdialog-1/published.yml"), "--csv", str(out)])
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_every_quantity_is_defined_and_named():
    text = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z_]+)` \| [a-z-]+ \|", text, re.MULTILINE)) == set(QUANTITIES)
