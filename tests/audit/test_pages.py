"""The words and tables about a print: every number names its row of the audit."""

import re
from dataclasses import replace

import pytest

from analysis_utils.audit import as_table, audit_file
from analysis_utils.pages import print_audit as pages
from analysis_utils.rounds import open_round
from analysis_utils.tables import read_table

TABLES = [
    pages.printed_sizes_table,
    pages.misread_sentences,
    pages.rounding_table,
    pages.left_open_table,
    pages.printed_points_table,
    pages.printed_order_sentences,
    pages.claims_table,
    pages.reproduced_table,
]


@pytest.fixture(scope="module")
def found():
    round_ = open_round("fachdialog-1")
    return pages.PrintAudit(round_, audit_file(round_.raw / "published.yml"))


@pytest.mark.parametrize("make", TABLES)
def test_every_digit_stands_in_an_element_that_names_its_row(found, make):
    text = make(found)._repr_html_()
    keys = {
        f"{row['question']}/{row['item']}/{row['quantity']}/{'' if pages.pd.isna(row['n']) else int(row['n'])}"
        for row in found.table.to_dict("records")
    }
    for value, key, shown in re.findall(
        r'<data value="([^"]*)" data-source="audit" data-audit="([^"]*)">(.*?)</data>', text
    ):
        assert key in keys
        assert shown.replace("\u202f", "").replace(",", ".") == value
    outside = re.sub(r"<data.*?</data>|<[^>]+>", "", text)
    assert not re.search(r"\d", outside), outside


@pytest.mark.parametrize("make", TABLES)
def test_round_without_published_figures_says_so(found, make):
    assert re.search(r'class="note( absent)?"', make(replace(found, table=as_table([])))._repr_html_())


def test_lost_share_is_shown_with_every_reading(found):
    text = re.sub(r"<[^>]+>", " ", pages.claims_table(found)._repr_html_())
    assert len(re.findall(r" möglich\s+\d", text)) == 4 and "unmöglich" in text


def test_audit_is_written_beside_the_report(found, tmp_path):
    replace(found, round=replace(found.round, reports=tmp_path)).save()
    assert len(read_table("audit", tmp_path / "audit.csv")) == len(found.table)


def test_verify_compares_numbers_of_the_audit_with_their_rows(found, tmp_path):
    from analysis_utils.verify.audited import audit_fault, read_audit
    from proofread import read_page

    replace(found, round=replace(found.round, reports=tmp_path)).save()
    rows = read_audit(tmp_path / "audit.csv")
    text = "".join(make(found)._repr_html_() for make in TABLES)
    data = read_page("page", text).data
    assert len(data) > 100 and [audit_fault(one, rows) for one in data if audit_fault(one, rows)] == []
    planted = '<data value="35" data-source="audit" data-audit="fokussierung//n/">35</data>'
    (wrong,) = read_page("page", planted).data
    assert "stands not in the row" in audit_fault(wrong, rows)
    (lost,) = read_page("page", planted.replace("//n/", "//m/")).data
    assert "does not have" in audit_fault(lost, rows)


def test_a_label_on_which_n_hangs_is_named(found):
    text = re.sub(r"<[^>]+>", "", pages.misread_sentences(found)._repr_html_())
    assert "Unterstützung der Fokussierung: Die Zahl der Antworten hängt an einzelnen Werten" in text
    assert "ohne den Wert 26 passten 33–34" in text
    assert "Identifikation mit den Fokusbereichen: Die Zahl der Antworten bliebe dieselbe" in text
