"""The findings of the first round, and its report read again."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analysis_utils.cli import main
from analysis_utils.errors import DataError
from analysis_utils.findings.joint_display import joint_rows
from analysis_utils.findings.verdicts import judged_findings
from analysis_utils.rounds import Round
from analysis_utils.run.finish import Staged, check_files
from analysis_utils.verify.report import Checked, verify_report
from analysis_utils.wording.evidence import read_evidence


def test_verdicts_of_the_first_round(built_round: Round):
    found = {one.finding.id: one for one in judged_findings(read_evidence(built_round))}
    verdicts = {name: one.verdict for name, one in found.items()}
    assert verdicts["fokussierung_umfrage"] == "offen"
    assert verdicts["bereiche_decken_ab"] == "belegt"
    assert verdicts["umfrage_vorn"] == verdicts["synergien_fehlen_in_gruppen"] == "vereinbar"
    assert {verdicts["gruppen_vorn"], verdicts["themen_cluster"], verdicts["querschnittsthemen"]} == {"belegt"}
    assert found["gruppen_vorn"].is_illustrative and not found["umfrage_vorn"].is_illustrative


def test_lost_share_names_both_readings(built_round: Round):
    found = {one.finding.id: one for one in judged_findings(read_evidence(built_round))}
    words = found["fokussierung_umfrage"].sentence.striptags()
    assert "25 von 34 (73,5" in words and "27 von 34 (79,4" in words and "nicht überliefert" in words


def test_no_finding_of_a_reconstructed_poll_is_called_supported_by_invented_intervals(built_round: Round):
    for one in judged_findings(read_evidence(built_round)):
        rests_on_poll = any("/gruppennotizen/" not in row.key for check in one.checks for row in check.rows)
        assert not (rests_on_poll and one.verdict == "belegt") or one.finding.id == "bereiche_decken_ab"


def test_synergien_diverge_and_tourism_is_reinterpreted(built_round: Round):
    found = {row.area: (row.poll, row.groups, row.integration) for row in joint_rows(read_evidence(built_round))}
    assert found["synergien"] == ("betont", "nicht angesprochen", "divergent")
    assert found["tourismus"] == ("nicht betont", "umgedeutet", "ergänzend")


def test_finished_report_agrees_with_its_estimates(built_round: Round, built_report: Path):
    checked = verify_report(built_report, built_round)
    assert checked.faults == []
    assert checked.numbers > 1000 and checked.figures >= 10


@pytest.fixture
def copy(built_report: Path, tmp_path: Path) -> Path:
    """A report of one page and its figures, to be damaged."""
    shutil.copytree(built_report / "figures", tmp_path / "figures", ignore=shutil.ignore_patterns("*.png", "*.svg"))
    for name in ("findings.csv", "html/03_priority_ranking.html", "html/08_integrated_findings.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(built_report / name, tmp_path / name)
    return tmp_path


def changed_lines(before: str, after: str) -> set[int]:
    lines = zip(before.split("\n"), after.split("\n"), strict=True)
    return {number for number, (one, other) in enumerate(lines, start=1) if one != other}


def told_at(lines: set[int], checked: Checked, file: str) -> list[str]:
    """What is said of these lines of a file, in order: the first must be what is meant, not what follows from it."""
    return [fault.what for fault in checked.faults if fault.file == file and fault.line in lines] or [""]


PAGE = "html/03_priority_ranking.html"
KEY = r'(<data[^>]*data-key="fachdialog-1/fokusbereiche/all/)industrieparks(/mean_points"[^>]*>)23,1<'
VALUE = (
    r'(value=")23\.[0-9]*(" data-key="fachdialog-1/fokusbereiche/all/industrieparks/mean_points" title="[^"]*">)23,1<'
)


OF_DOT = r'("arrayminus": \[7\.2[^}]*\}[^}]*?Flächen.u003c/b>.u003cbr>)23,1( Punkte im)'


@pytest.mark.parametrize(
    ("file", "pattern", "new", "told"),
    [
        (PAGE, KEY, r"\1industrieparks\g<2>32,1<", "no rounding"),
        (PAGE, KEY, r"\1industrieparks\g<2>23,2<", "no rounding"),
        (PAGE, KEY, r"\1erfunden\g<2>23,1<", "does not have"),
        (PAGE, VALUE, r"\g<1>24.1\g<2>24,1<", "has the value 24.1"),
        (PAGE, r"(<td[^>]*><data[^>]*title=\"[^\"]*; n = )29", r"\g<1>28", "tells 28 on demand"),
        (PAGE, "</main>", "<p>Es waren 17 Personen.</p></main>", "17 has no source"),
        (PAGE, "</main>", "<p>Es waren 2025 Personen.</p></main>", "2025 has no source"),
        (PAGE, "</main>", "<p>Die Gruppe 12 sagt es.</p></main>", "12 has no source"),
        (PAGE, "</main>", '<p title="etwa 80 Prozent">x</p></main>', "80 has no source"),
        (PAGE, "n\u00a0=\u00a029 Stimm", "n\u00a0=\u00a028 Stimm", "28 has no source"),
        (PAGE, r'("x": \[)23\.1[0-9]*', r"\g<1>32.1", "32.1 is drawn where"),
        (PAGE, r"(Flächen.u003c/b>.u003cbr>)23,1( Punkte im)", r"\g<1>32,1\2", "32,1 has no source"),
        (PAGE, OF_DOT, r"\g<1>32,1\2", "23.1034 is drawn where “32,1"),
        (PAGE, r'("text": \[(?:"[^"]*", )*")29,1"', r'\g<1>19,0"', "19,0 is printed where “29,1"),
        (PAGE, r'("arrayminus": \[)7\.2[0-9]*', r"\g<1>3.2", "an error bar ends at"),
        (PAGE, r'("text": "mittlere Punkte[^"(]*)\(von 100\)"', r'\1(von 120)"', "120 has no source"),
        ("html/08_integrated_findings.html", r'("text": \[[^]]*?")14"', r'\g<1>17"', "17 is printed where"),
        ("html/08_integrated_findings.html", r'("text": "≠) auseinander', r"\1 auseinander (77)", "77 has no source"),
        ("figures/rangfolge_fokusbereiche.csv", r"mean_points,23\.1", "mean_points,23.2", "estimate is 23.2"),
        ("html/08_integrated_findings.html", r">25 von 34 \(73,5", ">26 von 34 (76,5", "not stated"),
    ],
)
def test_planted_number_is_found(built_round: Round, copy: Path, file: str, pattern: str, new: str, told: str):
    text = (copy / file).read_text(encoding="utf-8")
    planted, times = re.subn(pattern, new, text, count=1)
    assert times == 1
    (copy / file).write_text(planted, encoding="utf-8")
    assert told in told_at(changed_lines(text, planted), verify_report(copy, built_round), file)[0]


def test_laws_years_and_a_top_three_need_no_source(built_round: Round, copy: Path):
    said = "<p>Die Top 3 nach § 17 Abs. 2 InvKG, Art. 104b GG: bis 2038, im Zeitraum 2021–2027.</p></main>"
    page = copy / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("</main>", said), encoding="utf-8")
    assert [fault for fault in verify_report(copy, built_round).faults if fault.file == PAGE] == []


def test_command_tells_place_and_number(built_round: Round, copy: Path, capsys):
    data = ["--round", built_round.name, "--data", str(built_round.raw.parents[1])]
    assert main(["verify", str(copy), *data]) == 0
    assert "all agree" in capsys.readouterr().out
    page = copy / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("</main>", "<p>123 Dinge</p></main>"), encoding="utf-8")
    assert main(["verify", str(copy), *data]) == 1
    assert f"{PAGE}:" in capsys.readouterr().out


ALPHA, BETA = "Wissenstransfer", "Tourismusregionen"


def swapped(text: str, one: str, other: str) -> str:
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        (PAGE, lambda text: swapped(text, ALPHA, BETA), "stands beside another name"),
        (PAGE, lambda text: re.sub(r'(aria-label="[^"]*?)15,2([^"]*?)10,0', r"\g<1>10,0\g<2>15,2", text),
         "beside a name"),
        (PAGE, lambda text: text.replace("23,1</data> Punkte", "23,1</data> Prozent", 1), "is printed of points"),
        (PAGE, lambda text: text.replace('"interval">15,9–32,4<', '"interval">−15,9–32,4<', 1), "no rounding"),
        (PAGE, lambda text: text.replace('"count">sechs', '"count">drei', 1), "for the value 6"),
        (PAGE, lambda text: text.replace("</main>", "<p>Es waren siebzehn.</p></main>"), "siebzehn has no source"),
        (PAGE, lambda text: text.replace("liegt", "liegt nicht", 1), "not as the report wrote it"),
        ("html/08_integrated_findings.html", lambda text: re.sub(r'(verdict-vereinbar"[^>]*>)\w+', r"\1belegt", text),
         "is marked as vereinbar"),
        ("findings.csv", lambda text: text.replace("spitze,vereinbar", "spitze,belegt"), "not what the published"),
        ("figures/rangfolge_fokusbereiche.csv", lambda text: text.replace("published,", "published,x", 1), "computed"),
    ],
)  # fmt: skip
def test_what_is_changed_in_a_finished_report_is_found(built_round: Round, copy: Path, file: str, change, told: str):
    text = (copy / file).read_text(encoding="utf-8")
    planted = change(text)
    assert planted != text
    (copy / file).write_text(planted, encoding="utf-8")
    checked = verify_report(copy, built_round, is_finished=True)
    assert told in told_at(changed_lines(text, planted), checked, file)[0]


def test_a_stopped_report_says_in_german_where_and_what_to_write_and_stands_beside(built_round: Round, tmp_path: Path):
    building = tmp_path / ".x.building" / built_round.name
    shutil.copytree(built_round.reports, building)
    page = building / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("</main>", "<p>Es waren 77 Leute.</p></main>"), "utf-8")
    with pytest.raises(DataError) as fault:
        check_files(Staged(replace(built_round, reports=building), {}))
    assert f"Seite {PAGE} (Notebook 03_priority_ranking), Zeile " in str(fault.value)
    assert "„77“ hat keine Quelle, im Satz „… Es waren 77 Leute. …“" in str(fault.value)
    assert "say(" in str(fault.value)
    assert (tmp_path / f"{built_round.name}-angehalten" / PAGE).is_file()


def test_folder_without_pages_is_refused(built_round: Round, tmp_path: Path, capsys):
    data = ["--round", built_round.name, "--data", str(built_round.raw.parents[1])]
    assert main(["verify", str(tmp_path), *data]) == 2
    assert "expected a report with pages" in capsys.readouterr().err
