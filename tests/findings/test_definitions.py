"""What a number tells on demand: every statistic has words, and they reach the page wherever the number stands."""

from pathlib import Path

from joint_rounds import CLEAR, joint_round

from analysis_utils import contracts
from analysis_utils.contracts import WORDS
from analysis_utils.findings.joint_tables import joint_table
from analysis_utils.pages.export import program_hash
from analysis_utils.run.jobs import opens_itself
from analysis_utils.run.kernels import SOURCE, package_hashes
from analysis_utils.wording.definitions import HERE, statistics_in
from analysis_utils.wording.evidence import shown
from analysis_utils.wording.html import table


def test_every_statistic_has_a_name_and_a_definition_in_a_sentence():
    for words in WORDS.values():
        assert words.name and words.unit and words.definition.endswith(".") and words.definition[0].isupper()


def test_a_number_in_a_table_tells_interval_and_n(tmp_path):
    evidence = joint_round(tmp_path, CLEAR)
    row = evidence.row(evidence.round.question("p"), "mean_points", "a0")
    html = str(table("x", ["a", "b"], [["Alpha", shown(row)]], name="x"))
    assert 'title="95-%-Unsicherheitsbereich' in html and "n = 24" in html


def test_a_page_defines_the_statistics_it_shows_and_no_others(tmp_path):
    found = statistics_in(str(joint_table(joint_round(tmp_path, CLEAR))))
    assert list(found) == ["mean_points", "givers"]  # in the order of their names


def test_program_hash_and_reruns_cover_the_data_of_the_package(tmp_path):
    (tmp_path / "defaults.yml").write_text("a: 1", encoding="utf-8")
    before = program_hash(tmp_path)
    program_hash.cache_clear()
    (tmp_path / "defaults.yml").write_text("a: 2", encoding="utf-8")
    assert program_hash(tmp_path) != before
    home = Path(contracts.__file__).parent
    own = {home / "statistics.txt", HERE / "tables.txt", home / "findings" / "defaults.yml"}
    assert own <= {SOURCE / name for name in package_hashes() if opens_itself(name)}
