"""The rehearsal: an invented second round, brought in by the commands of docs/second-round.md alone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest
from second_round import EARLIER, NAME, ROOT, make_project

from analysis_utils.cli import main
from analysis_utils.gate.estimates import write_estimates
from analysis_utils.rounds import open_round


def test_the_document_names_the_whole_way(commands):
    assert [command[0] for command in commands] == ["new-round", "check", "report", "compare"]


def test_page_of_the_comparison_says_what_it_rests_on(rehearsal):
    page = (rehearsal / "reports" / NAME / "html" / "11_compare_rounds.html").read_text(encoding="utf-8")
    for words in ("Erfundene Daten zur Illustration", "kein Beleg für eine Veränderung", "nicht erneut gefragt",
                  "aufgeteilt, zusammen verglichen", "gespiegelt"):  # fmt: skip
        assert words in page, words
    # The picture may travel alone: it says of either round where its numbers come from.
    assert page.count("Rekonstruierte Daten – Verteilungen und Unsicherheiten nicht zitieren.") >= 1
    for word in ("hat sich nicht verändert", "gleich geblieben"):
        assert word not in page


def test_every_page_of_the_second_round_says_that_it_is_invented(rehearsal):
    pages = sorted((rehearsal / "reports" / NAME).rglob("*.html"))
    # Without notes and without printed numbers there is nothing for pages 02, 07 and 09.
    assert [path.name[:2] for path in pages] == ["be", "01", "03", "04", "05", "06", "08", "10", "11", "in"]
    for path in pages:
        assert "Erfundene Daten zur Illustration" in path.read_text(encoding="utf-8"), path.name


def test_areas_that_were_split_or_renamed_are_compared_together(rehearsal):
    changes = pd.read_csv(rehearsal / "data" / "processed" / NAME / "changes.csv", keep_default_na=False)
    areas = set(changes.loc[changes["statistic"] == "change_mean_points", "item"])
    assert {"synergien", "lebenswertes_umfeld"} <= areas and not {"gesundheit", "tourismus"} & areas
    first = pd.read_csv(rehearsal / "data" / "processed" / EARLIER / "estimates.csv")
    old = first[(first["item"] == "tourismus") & (first["statistic"] == "mean_points") & (first["segment"] == "all")]
    new = changes[(changes["item"] == "lebenswertes_umfeld") & (changes["statistic"] == "mean_points_before")]
    assert float(new["estimate"].iloc[0]) == pytest.approx(float(old["estimate"].iloc[0]), abs=1e-9)


def test_tiers_of_an_area_read_the_same_on_both_pages(rehearsal):
    """An area may belong to several that overlap; the page of the comparison once named only the first."""
    folder = rehearsal / "reports" / NAME / "html"
    findings, comparison = (
        set(re.findall(r'Stufe\u00a0<data [^>]*data-key="([^"]+)"[^>]*>([^<]+)<', page.read_text(encoding="utf-8")))
        for page in (folder / "08_integrated_findings.html", folder / "11_compare_rounds.html")
    )
    both = {key for key, _ in findings} & {key for key, _ in comparison}
    assert {told for told in findings if told[0] in both} == {told for told in comparison if told[0] in both}
    assert any(key in both and "–" in text for key, text in comparison)


def test_first_round_has_no_comparison(rehearsal):
    assert not (rehearsal / "reports" / EARLIER / "html" / "11_compare_rounds.html").exists()


def test_a_second_call_changes_nothing(rehearsal, capsys):
    file = rehearsal / "data" / "raw" / NAME / "round.yml"
    before, book = file.read_bytes(), (rehearsal / "data" / "codebook.yml").read_bytes()
    command = ["new-round", NAME, "--from", EARLIER, "--export", str(rehearsal / "export.xlsx")]
    assert main([*command, "--data", str(rehearsal / "data")]) == 0
    assert "exists already; nothing was changed" in capsys.readouterr().out
    assert file.read_bytes() == before and (rehearsal / "data" / "codebook.yml").read_bytes() == book


def test_areas_that_only_the_second_round_has_are_nothing_the_first_kept_silent_about(rehearsal, tmp_path):
    """With the codebook as it was before the second round the numbers of the first are the same."""
    there = rehearsal / "data" / "processed" / EARLIER
    shutil.copytree(there, tmp_path / EARLIER, ignore=shutil.ignore_patterns(".run", "estimates.csv"))
    write_estimates(replace(open_round(EARLIER), processed=tmp_path / EARLIER))
    assert "lebenswertes_umfeld" in (rehearsal / "data" / "codebook.yml").read_text(encoding="utf-8")
    assert (tmp_path / EARLIER / "estimates.csv").read_bytes() == (there / "estimates.csv").read_bytes()


def test_both_reports_are_up_to_date_after_the_comparison(rehearsal, capsys):
    places = ["--data", str(rehearsal / "data"), "--reports", str(rehearsal / "reports")]
    assert main(["report", EARLIER, NAME, "--json", *places]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["changed"] for one in told if one["event"] == "report"] == [False, False]
    assert {one["outcome"] for one in told if one["event"] == "ended"} == {"unchanged"}


def test_compare_asks_for_the_entry_in_round_yml(rehearsal, capsys):
    assert main(["compare", NAME, EARLIER, "--data", str(rehearsal / "data")]) == 2
    assert "expected compare to name fachdialog-2" in capsys.readouterr().err


def test_leak_check_finds_nothing(rehearsal):
    assert main(["leakcheck", str(rehearsal / "reports"), "--data", str(rehearsal / "data")]) == 0


@pytest.mark.parametrize("name", ["../x", "a/b", ""])
def test_unsafe_names_are_refused(rehearsal, name, capsys):
    command = ["new-round", name, "--from", EARLIER, "--export", str(rehearsal / "export.xlsx")]
    assert main([*command, "--data", str(rehearsal / "data")]) == 2
    assert "expected a name of letters" in capsys.readouterr().err


def test_proposal_waits_for_the_analyst(tmp_path, capsys):
    export = make_project(tmp_path)
    command = ["new-round", NAME, "--from", EARLIER, "--export", str(export), "--data", str(tmp_path / "data")]
    assert main(command) == 0
    told = capsys.readouterr().out
    for words in ("new: group kommunale_unternehmen", "split: option synergien", "gone: question voranbringen",
                  "the scale runs the other way", "to confirm (5)"):  # fmt: skip
        assert words in told, words
    assert main(["check", NAME, "--data", str(tmp_path / "data")]) == 2
    assert "nothing left under confirm" in capsys.readouterr().err


def test_the_script_runs_by_itself(tmp_path):
    script = ROOT / "tests" / "demo" / "second_round.py"
    done = subprocess.run([sys.executable, str(script), "project", str(tmp_path / "p")], capture_output=True, text=True)
    assert done.returncode == 0 and (tmp_path / "p" / "export.xlsx").is_file()
