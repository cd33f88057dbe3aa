"""Which numbers in a row count as answers of single people, and which only look like them."""

from __future__ import annotations

import numpy as np

from analysis_utils.leaks.known import Secrets
from analysis_utils.leaks.search import search_piece
from analysis_utils.leaks.unpack import Piece

LEAK = {"answers of single people in a row"}


def found(secrets, *numbers):
    return search_piece(Piece("text", "", (np.array(numbers, dtype=float),)), secrets)


def test_a_few_numbers_among_others_are_no_answers_though_they_look_like_them():
    """Ranks and counts are small whole numbers: six of them in a row often equal the answers of six people."""
    answers = [3, 4, 4, 5, 6, 7]
    secrets = Secrets(columns={6: {tuple(answers)}, 12: {tuple(sorted(answers * 2))}})
    assert not found(secrets, *answers, 9)
    assert found(secrets, *answers[::-1]) == found(secrets, *answers, *answers, 9) == LEAK
