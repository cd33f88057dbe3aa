"""Slides: native, checked, protected, readable by everyone, in anybody's template."""

from __future__ import annotations

import colorsys
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from evidence_on_disk import evidence_in, small_evidence, wide_evidence
from lxml import etree
from pptx import Presentation
from pptx.util import Pt

from analysis_utils.errors import DataError
from analysis_utils.handout.published import Labels
from analysis_utils.rounds import project_root
from analysis_utils.run.finish import make_slides
from analysis_utils.slides.slide_charts import contrast
from analysis_utils.slides.slides import KINDS, write_slides
from analysis_utils.tables import to_csv
from analysis_utils.verify.deck import deck_faults
from analysis_utils.verify.exceptions import Exceptions
from analysis_utils.verify.report import read_rows
from analysis_utils.wording.evidence import Evidence, read_evidence
from proofread import Unpacker

LONG = tuple(f"Flächen und Vorhaben mit überregionaler Bedeutung, Nummer {n} von vielen" for n in range(25))
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@pytest.fixture
def deck(small: Evidence) -> Path:
    path = small.round.reports / "folien.pptx"
    write_slides(small, path)
    return path


def faults(evidence: Evidence, path: Path) -> list[str]:
    rows = read_rows(evidence.round.table("estimates"))
    return [
        told for *_, told in deck_faults(path, Labels(evidence.round), rows, frozenset(), Exceptions(evidence.round))
    ]


def charts(path: Path) -> list:
    return [shape.chart for slide in Presentation(str(path)).slides for shape in slide.shapes if shape.has_chart]


def titles(path: Path) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in Presentation(str(path)).slides]


def parts(path: Path, pattern: str) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as box:
        return {name: box.read(name) for name in box.namelist() if re.search(pattern, name)}


def test_every_number_of_a_deck_has_a_row(small, deck):
    assert faults(small, deck) == []


def test_the_real_deck_has_no_fault_and_is_offered(built_round):
    assert (built_round.reports / "folien.pptx").is_file()
    assert 'href="folien.pptx"' in (built_round.reports / "index.html").read_text(encoding="utf-8")


def test_charts_are_native_with_intervals_that_refer_to_their_data(deck):
    xml = [data.decode() for data in parts(deck, r"charts/chart[^/]*\.xml$").values()]
    with_bars = [text for text in xml if "<c:errBars>" in text]
    assert with_bars
    for text in with_bars:
        assert text.index("</c:errBars>") < text.index("<c:cat>")
        assert re.search(r"<c:plus><c:numRef><c:f>Sheet1!\$[A-Z]\$2:\$[A-Z]\$\d+</c:f>", text)
    assert any('<c:barDir val="col"/>' in text for text in xml)


def test_the_data_behind_a_chart_are_the_printed_numbers(deck):
    for data in parts(deck, r"embeddings/.*\.xlsx$").values():
        book = openpyxl.load_workbook(io.BytesIO(data))
        assert len(book.worksheets) == 1
        numbers = [cell.value for row in book.active.iter_rows() for cell in row if isinstance(cell.value, float)]
        assert all(abs(number * 100 - round(number * 100)) < 1e-6 for number in numbers)


def test_a_number_without_interval_has_a_blank_one(tmp_path):
    evidence = small_evidence(tmp_path)
    estimates = evidence.estimates.copy()
    mine = (estimates["statistic"] == "mean_points") & (estimates["item"] == "a0") & (estimates["segment"] == "all")
    estimates.loc[mine, ["low", "high"]] = float("nan")
    write_slides(Evidence(evidence.round, estimates), tmp_path / "x.pptx")
    text = next(
        data.decode() for data in parts(tmp_path / "x.pptx", r"chart[^/]*\.xml$").values() if b"errBars" in data
    )
    plus = text[text.index("<c:plus>") : text.index("</c:plus>")]
    assert 'ptCount val="3"' in plus and plus.count("<c:pt ") == 2


def test_everyone_can_read_the_deck(deck):
    for slide in Presentation(str(deck)).slides:
        shapes = list(slide.shapes)
        assert slide.shapes.title.text_frame.text and shapes[0] == slide.shapes.title
        names = [shape.name for shape in shapes]
        if "Quelle" in names:
            assert names.index("Quelle") > max(names.index(one) for one in names if one not in ("Quelle", names[-1]))
        for shape in shapes:
            if shape.shape_type is not None and (shape.has_chart or shape.has_table):
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
            for run in shape._element.iter(f"{DRAWING}rPr", f"{DRAWING}defRPr"):
                assert int(run.get("sz", 1800)) >= 1400
    for name, data in parts(deck, r"ppt/(slides|notesSlides|charts)/[^/]+\.xml$").items():
        languages = re.findall(rb"<a:(?:rPr|defRPr|endParaRPr)\b[^>]*>", data)
        assert all(b'lang="de-DE"' in one for one in languages), name
    core = Presentation(str(deck)).core_properties
    assert core.language == "de-DE" and core.title == "Probe: Folien"


def shown(element, theme: dict[str, str]) -> tuple[float, ...]:
    """The colour of a solid fill, with what it adds to the theme's."""
    colour = element.find(f"{DRAWING}schemeClr")
    value = theme[colour.get("val")]
    hue, light, strong = colorsys.rgb_to_hls(*(int(value[at : at + 2], 16) / 255 for at in (0, 2, 4)))
    for one in colour.iter(f"{DRAWING}lumMod"):
        light *= int(one.get("val")) / 100_000
    for one in colour.iter(f"{DRAWING}lumOff"):
        light += int(one.get("val")) / 100_000
    return colorsys.hls_to_rgb(hue, light, strong)


def contrasts(path: Path) -> list[float]:
    """Of every label that stands in a bar, with the bar."""
    theme = etree.fromstring(parts(path, r"ppt/theme/theme1\.xml")["ppt/theme/theme1.xml"])
    entries = theme.find(".//{*}clrScheme")
    scheme = {etree.QName(one).localname: one[0].get("lastClr") or one[0].get("val") for one in entries}
    scheme |= {"bg1": scheme["lt1"], "tx1": scheme["dk1"]}
    found = []
    for data in parts(path, r"ppt/charts/chart[^/]*\.xml$").values():
        for series in etree.fromstring(data).iter("{*}ser"):
            fill, label = series.find("{*}spPr/{*}solidFill"), series.find("{*}dLbls//{*}defRPr/{*}solidFill")
            if fill is not None and label is not None:
                found.append(contrast(shown(fill, scheme), shown(label, scheme)))
    return found


def test_labels_stand_out_from_their_bars_in_any_theme(small, deck, tmp_path):
    for accent in ("FFE600", "7F7F7F", "00A0E0", "C00000"):
        template = a_template(tmp_path / f"{accent}.potx", accent=accent)
        write_slides(small, tmp_path / f"{accent}.pptx", template=template)
        assert min(contrasts(tmp_path / f"{accent}.pptx")) >= 4.5, accent
    assert len(contrasts(deck)) >= 3 and min(contrasts(deck)) >= 4.5
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)


@pytest.mark.parametrize("kind", ["scale", "points"])
def test_a_round_with_one_question_has_a_deck(small, tmp_path, kind):
    asked = [question for question in small.round.file.questions if question.type == kind]
    file = small.round.file.model_copy(update={"questions": asked})
    rows = small.estimates[small.estimates["question"].isin([one.id for one in asked])]
    alone = evidence_in(tmp_path / "one", Evidence(replace(small.round, file=file), rows[rows["segment"] == "all"]))
    write_slides(alone, tmp_path / "x.pptx")
    assert len(titles(tmp_path / "x.pptx")) >= 5 and charts(tmp_path / "x.pptx")
    assert faults(alone, tmp_path / "x.pptx") == []


def test_a_figure_of_the_report_can_be_a_slide(small, tmp_path):
    figures = small.round.reports / "figures"
    figures.mkdir(parents=True)
    rows = small.estimates[small.estimates["statistic"] == "mean_points"]
    (figures / "eigene.csv").write_text(to_csv(rows[rows["segment"] == "all"]), encoding="utf-8")
    line = "slides:\n  - {kind: abbildung, name: eigene, title: Eigene Auswertung}\n"
    (small.round.raw / "slides.yml").write_text(line, "utf-8")
    write_slides(small, tmp_path / "x.pptx")
    assert "Eigene Auswertung" in titles(tmp_path / "x.pptx") and len(charts(tmp_path / "x.pptx")) == 1
    assert faults(small, tmp_path / "x.pptx") == []
    (small.round.raw / "slides.yml").write_text(line.replace("eigene", "fremde"), "utf-8")
    with pytest.raises(DataError, match="eigene"):
        write_slides(small, tmp_path / "y.pptx")


def test_notes_say_numbers_page_and_rows(deck):
    slide = next(one for one in Presentation(str(deck)).slides if any(shape.has_chart for shape in one.shapes))
    notes = slide.notes_slide.notes_text_frame.text
    assert "html/03_priority_ranking.html" in notes and "probe/p/all/*/mean_points" in notes and "n = 21" in notes


@pytest.mark.parametrize("place", ["title", "alt", "notes", "cache", "order", "data", "table"])
def test_a_changed_number_is_found(small, deck, place):
    file = Presentation(str(deck))
    slide = next(one for one in file.slides if any(shape.has_chart for shape in one.shapes))
    shape = next(one for one in slide.shapes if one.has_chart)
    if place == "title":
        slide.shapes.title.text_frame.text = "99 Bereiche liegen vorn"
    elif place == "alt":
        described = shape._element.nvGraphicFramePr.cNvPr
        described.set("descr", re.sub(r"\d+,\d", "77,7", described.get("descr"), count=1))
    elif place == "notes":
        frame = slide.notes_slide.notes_text_frame
        frame.text = frame.text.replace("n = 21", "n = 84")
    elif place == "cache":
        shape.chart.plots[0].series[0]._element.xpath(".//c:val//c:v")[0].text = "88.8"
    elif place == "order":
        labels = shape.chart.plots[0].categories._xChart.xpath("(.//c:cat)[1]//c:v")
        labels[0].text, labels[1].text = labels[1].text, labels[0].text
    elif place == "data":
        book = openpyxl.load_workbook(io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob))
        book.active["B2"] = 1.5
        made = io.BytesIO()
        book.save(made)
        shape.chart.part.chart_workbook.update_from_xlsx_blob(made.getvalue())
    else:
        tables = [s.table for one in file.slides for s in one.shapes if s.has_table]
        next(one for one in tables if one.cell(0, 1).text == "Antworten").cell(1, 1).text_frame.text = "83"
    file.save(str(deck))
    assert faults(small, deck)


def test_same_numbers_same_bytes(small, deck):
    first = deck.read_bytes()
    write_slides(small, deck)
    assert deck.read_bytes() == first


def test_a_draft_says_so_on_every_slide(small, tmp_path):
    write_slides(small, tmp_path / "x.pptx")
    for slide in Presentation(str(tmp_path / "x.pptx")).slides:
        assert any("Entwurf" in shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_a_round_with_a_title_of_400_letters_has_slides(small, tmp_path):
    file = small.round.file.model_copy(update={"title": "Dialog Nr. 77 über Bahn und Bus " * 13})
    evidence = Evidence(replace(small.round, file=file), small.estimates)
    write_slides(evidence, tmp_path / "x.pptx")
    assert len(Presentation(str(tmp_path / "x.pptx")).core_properties.title) == 255
    assert faults(evidence, tmp_path / "x.pptx") == []


def test_many_long_labels_go_on_on_further_slides(tmp_path):
    evidence = wide_evidence(tmp_path, LONG)
    (evidence.round.raw / "slides.yml").write_text("slides: [{kind: rangfolge}, {kind: wortlaut}]", "utf-8")
    write_slides(evidence, tmp_path / "x.pptx")
    found = [tuple(chart.plots[0].categories) for chart in charts(tmp_path / "x.pptx")]
    ranking = [label for labels in found for label in labels if "(Rang" in label]
    assert len(ranking) == len(set(ranking)) == 25 and max(map(len, found)) <= 14
    assert any("(Fortsetzung)" in title for title in titles(tmp_path / "x.pptx"))
    scales = {
        chart.value_axis.maximum_scale
        for chart in charts(tmp_path / "x.pptx")
        if any("(Rang" in label for label in chart.plots[0].categories)
    }
    assert len(scales) == 1, "one axis for all parts of a chart"


def test_a_title_that_is_cut_within_a_label_with_digits_has_it_whole_beside(tmp_path):
    evidence = small_evidence(tmp_path, tuple(f"Vorhaben {n} mit {'wirklich ' * 9}2050 Stellen" for n in (7, 18, 29)))
    path = tmp_path / "x.pptx"
    write_slides(evidence, path)
    file = Presentation(str(path))
    cut = [one.shapes.title for one in file.slides if one.shapes.title.text_frame.text.endswith("…")]
    assert cut and faults(evidence, path) == []
    assert cut[0]._element.nvSpPr.cNvPr.get("descr").startswith(cut[0].text_frame.text.rstrip(" …"))
    cut[0].text_frame.text = cut[0].text_frame.text.replace("Vorhaben 7", "Vorhaben 77")
    file.save(str(path))
    assert any(told.startswith("77 has no source") for told in faults(evidence, path))


def a_template(
    path: Path, *, layouts: bool = True, macros: bool = False, accent: str = "", numbered: bool = True
) -> Path:
    """A foreign template with everything that must not travel. LibreOffice numbers no placeholders of layouts."""
    file = Presentation()
    file.core_properties.author = file.core_properties.comments = "GEHEIM"
    slide = file.slides.add_slide(file.slide_layouts[1])
    slide.shapes.title.text_frame.text = "GEHEIM"
    slide.notes_slide.notes_text_frame.text = "GEHEIM"
    for layout in file.slide_layouts:
        layout.name = f"Haus {layout.name}"
        if not layouts:
            for shape in [one for one in layout.placeholders if one.placeholder_format.idx]:
                shape._element.getparent().remove(shape._element)
    made = io.BytesIO()
    file.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "[Content_Types].xml" and path.suffix == ".potx":
                data = data.replace(b"presentationml.presentation.main", b"presentationml.template.main")
            if accent and name.startswith("ppt/theme/theme"):
                data = re.sub(rb'(<a:accent1>\s*<a:srgbClr val=")[0-9A-F]{6}', rb"\g<1>" + accent.encode(), data)
            if not numbered and name.startswith("ppt/slideLayouts/"):
                data = re.sub(rb'(<p:ph[^>]*) idx="\d+"', rb"\1", data)
            target.writestr(name, data)
        if macros:
            target.writestr("ppt/vbaProject.bin", b"x")
    return path


@pytest.mark.parametrize("numbered", [True, False])
def test_a_foreign_template_lends_its_layouts_and_nothing_else(small, tmp_path, numbered):
    write_slides(small, tmp_path / "x.pptx", template=a_template(tmp_path / "haus.potx", numbered=numbered))
    file = Presentation(str(tmp_path / "x.pptx"))
    assert file.slide_width == Presentation().slide_width
    assert {slide.slide_layout.name for slide in file.slides} == {"Haus Title Slide", "Haus Title and Content"}
    everything = parts(tmp_path / "x.pptx", ".")
    assert not any(b"GEHEIM" in data for data in everything.values())
    assert not any(
        word in name for name in everything for word in ("thumbnail", "printerSettings", "comment", "app.xml")
    )
    assert faults(small, tmp_path / "x.pptx") == []
    room = file.slide_width, file.slide_height
    for slide in file.slides:
        for shape in slide.shapes:
            assert shape.left + shape.width <= room[0] and shape.top + shape.height <= room[1] + Pt(4)
        inherited = {shape.placeholder_format.idx for shape in slide.slide_layout.placeholders}
        assert {shape.placeholder_format.idx for shape in slide.placeholders} <= inherited


@pytest.mark.parametrize(
    ("about", "message"),
    [({"macros": True}, "without macros"), ({"layouts": False}, "a title and"), (None, "PowerPoint")],
)
def test_a_template_that_does_not_fit_is_refused(small, tmp_path, about, message):
    path = tmp_path / "haus.pptx"
    path.write_bytes(b"no package") if about is None else a_template(path, **about)
    with pytest.raises(DataError, match=message):
        write_slides(small, tmp_path / "x.pptx", template=path)
    assert not (tmp_path / "x.pptx").exists()


def test_slides_of_a_report_in_another_template_are_checked_before_they_are_there(built_round, tmp_path):
    made = make_slides(built_round, a_template(tmp_path / "haus.potx"), tmp_path / "aus.pptx")
    assert {slide.slide_layout.name[:4] for slide in Presentation(str(made)).slides} == {"Haus"}
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_slides_without_a_report_say_what_to_run_first(small, tmp_path):
    with pytest.raises(DataError, match="fachdialog report probe"):
        make_slides(small.round, None, tmp_path / "aus.pptx")


def test_slides_yml_chooses_orders_and_entitles(small, tmp_path):
    wanted = ("{kind: skalen}", "{kind: rangfolge, title: Drei Bereiche}", "{kind: tabelle, name: Rangfolge}")
    (small.round.raw / "slides.yml").write_text("slides:\n" + "".join(f"  - {one}\n" for one in wanted), "utf-8")
    write_slides(small, tmp_path / "x.pptx")
    found = titles(tmp_path / "x.pptx")
    assert found[2] == "Drei Bereiche" and found[3].startswith("Rangfolge der Fokusbereiche") and len(found) >= 4
    assert faults(small, tmp_path / "x.pptx") == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{kind: rangfolg}", "rangfolge"),
        ("{kind: rangfolge, title: Vier von 7}", "without digits"),
        ("{kind: tabelle, name: Rangliste}", "Rangfolge"),
    ],
)
def test_slides_yml_that_does_not_fit_says_what_to_write(small, tmp_path, line, message):
    (small.round.raw / "slides.yml").write_text(f"slides:\n  - {line}\n", "utf-8")
    with pytest.raises(DataError, match=message):
        write_slides(small, tmp_path / "x.pptx")


def test_answers_of_a_person_in_the_data_of_a_chart_are_seen_by_the_leak_check(deck, tmp_path):
    with zipfile.ZipFile(deck) as source, zipfile.ZipFile(tmp_path / "x.pptx", "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith(".xlsx"):
                book = openpyxl.load_workbook(io.BytesIO(data))
                book.active.append(["x", 55, 25, 20])
                made = io.BytesIO()
                book.save(made)
                data = made.getvalue()
            target.writestr(name, data)
    found = [tuple(array) for piece in Unpacker().pieces((tmp_path / "x.pptx").read_bytes()) for array in piece.numbers]
    assert (55.0, 25.0, 20.0) in found


def test_groups_that_cannot_be_shown_get_a_sentence_instead(tmp_path, built_round):
    found = titles(built_round.reports / "folien.pptx")
    assert any("Gruppe" in title for title in found)
    assert len(titles_of_kind(built_round, "befunde")) == 1


def titles_of_kind(round_, kind: str) -> list[str]:
    return [slide.title for slide in KINDS[kind](read_evidence(round_), "")]


def test_the_list_of_kinds_in_the_documentation_is_complete():
    text = (project_root() / "docs" / "slides.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \|", text.partition("<!-- kinds -->")[2], re.MULTILINE)
    assert listed == list(KINDS)
