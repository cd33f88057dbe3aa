"""Which numbers in a row count as answers of single people, and which only look like them."""

from __future__ import annotations

import base64
import re
import zipfile
from pathlib import Path

import numpy as np

from proofread import Piece, Secrets, search_files
from proofread.search import search_piece

LEAK = {"answers of single people in a row"}


def found(secrets, *numbers):
    return search_piece(Piece("text", "", (np.array(numbers, dtype=float),)), secrets)


def test_a_few_numbers_among_others_are_no_answers_though_they_look_like_them():
    """Ranks and counts are small whole numbers: six of them in a row often equal the answers of six people."""
    answers = [3, 4, 4, 5, 6, 7]
    secrets = Secrets(columns={6: {tuple(answers)}, 12: {tuple(sorted(answers * 2))}})
    assert not found(secrets, *answers, 9)
    assert found(secrets, *answers[::-1]) == found(secrets, *answers, *answers, 9) == LEAK


README = Path(__file__).parents[2] / "src" / "proofread" / "README.md"


def test_the_example_of_the_readme_says_what_it_says():
    names: dict = {}
    program = re.search(r"```python\n(.+?)```", README.read_text(encoding="utf-8"), re.DOTALL)[1]
    for line in program.splitlines():
        expression, _, said = line.partition("  # ")
        if said:
            assert repr(eval(expression, names)) == said
        else:
            exec(line, names)


def test_secrets_are_found_however_they_are_packed(tmp_path):
    secrets = Secrets(runs={"the lift is always broken"}, ballots={(50.0, 30.0, 20.0)})
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as box:
        box.writestr("inside.csv", "x,y\n50,1\n30,9\n20,4\n")
        box.writestr("deep.txt", "data:text/plain;base64," + base64.b64encode(b"The lift is always broken").decode())
    (tmp_path / "b.gif").write_bytes(b"GIF89a")
    assert [(found.file, found.rule) for found in search_files([tmp_path], secrets, root=tmp_path)] == [
        ("a.zip", "words of a participant"),
        ("a.zip", "a ballot"),
        ("b.gif", "a picture that is neither JPEG nor PNG"),
    ]
