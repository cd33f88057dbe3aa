"""The leak check in a process of its own: what it finds arrives, and whatever happens to it stops the report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis_utils.errors import DataError
from analysis_utils.rounds import Round
from analysis_utils.run.beside import Beside
from analysis_utils.verify.known import secrets_of


@pytest.fixture(scope="module")
def search():
    with Beside(ahead=True) as shared:
        yield shared


@pytest.fixture
def leaking(built_round: Round, tmp_path: Path) -> Path:
    path = tmp_path / "leaking.html"
    path.write_text(f"<p>{min(secrets_of([built_round]).runs)}</p>", encoding="utf-8")
    return path


@pytest.fixture
def harmless(tmp_path: Path) -> Path:
    path = tmp_path / "harmless.html"
    path.write_text("<p>Nichts</p>", encoding="utf-8")
    return path


def test_findings_arrive_as_the_check_words_them(search, built_round, leaking, harmless):
    with search.searching(built_round, [harmless]):
        pass
    with (
        pytest.raises(DataError, match=r"^leak check: expected nothing that single people said, saw .*leaking\.html"),
        search.searching(built_round, [leaking]),
    ):
        pass
    with search.searching(built_round, [harmless]):  # and the process can be asked again
        pass


def test_tables_read_beforehand_are_those_of_the_round(search, built_round, leaking, tmp_path):
    search.prepare(replace(built_round, processed=tmp_path))  # no tables there; and another round is searched
    with pytest.raises(DataError, match="leak check"), search.searching(built_round, [leaking]):
        pass
    search.prepare(built_round)
    with pytest.raises(DataError, match="leak check"), search.searching(built_round, [leaking]):
        pass


def test_a_leak_is_told_before_any_other_fault(search, built_round, leaking):
    with pytest.raises(DataError, match="leak check"), search.searching(built_round, [leaking]):
        raise ValueError("a wrong number")


def test_another_fault_is_told_where_nothing_leaks(search, built_round, harmless):
    with pytest.raises(ValueError, match="a wrong number"), search.searching(built_round, [harmless]):
        raise ValueError("a wrong number")
    with search.searching(built_round, [harmless]):  # the answer was taken: the next one is its own
        pass


def test_a_search_that_fails_is_no_search_that_found_nothing(search, built_round, tmp_path):
    with (
        pytest.raises(RuntimeError, match="the leak check failed: AttributeError"),
        search.searching(built_round, "no list of files"),
    ):
        pass


@pytest.mark.parametrize("when", ["before", "during"])
def test_a_search_that_dies_is_no_search_that_found_nothing(built_round, harmless, when):
    with Beside(ahead=True) as dying:
        dying.get_ready()
        if when == "before":
            dying._process.kill()
            dying._process.wait()
        with pytest.raises(RuntimeError, match="ended unexpectedly"), dying.searching(built_round, [harmless]):
            dying._process.kill()
