"""What `new-round` proposes for exports of every kind: it passes `check` once confirmed and says what it guessed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from exports import Deck, Slide, csv_bytes, every_type, sheets, write_xlsx
from ruamel.yaml import YAML

from analysis_utils.clean.survey import ingest_survey
from analysis_utils.cli import main
from analysis_utils.errors import DataError
from analysis_utils.proposals.files import make_round
from analysis_utils.rounds import open_round
from analysis_utils.rounds.crosswalk import compared_rounds
from analysis_utils.run.notebooks import steps

REAL = Path(__file__).resolve().parents[3] / "shared" / "real-exports"
GROUPS = ("Wirtschaft", "Verwaltung", "Forschung")


def deck(*slides, voters=4):
    return Deck(tuple(slides), voters, dates=dict.fromkeys(range(1, voters + 1), "2026-01-02"))


def points(*items, type_="100 points", title="Was zuerst?"):
    ballot = dict(zip(items, [100, *[0] * (len(items) - 1)], strict=True))
    return Slide(type_, title, items, dict.fromkeys(range(1, 5), ballot))


def scale(*items, title="Wie sehr?", ends=(1, 10)):
    return Slide("scales", title, items, {v: dict.fromkeys(items, 3) for v in range(1, 5)}, scale=ends)


def choice(*items, title="Welche Gruppe?"):
    return Slide("choices", title, items, {v: items[v % len(items)] for v in range(1, 5)})


@pytest.fixture
def programme(tmp_path):
    """Brings rounds in, one after the other, and confirms them. Returns what was printed and the round."""

    class Programme:
        data, rounds = tmp_path / "data", 0

        def add(self, content, *, earlier=True, confirm=True):
            self.rounds += 1
            name = f"r{self.rounds}"
            path = content
            if isinstance(content, Deck):
                path = write_xlsx(tmp_path / f"{name}.xlsx", sheets(content))
            before = f"r{self.rounds - 1}" if earlier and self.rounds > 1 else None
            told = make_round(name, before, path, data=self.data)
            self.file = self.data / "raw" / name / "round.yml"
            if confirm:
                edit(self.file, lambda content: content.pop("confirm", None))
                return told, open_round(name, data=self.data)
            return told, None

        def compared(self):
            first, last = (open_round(f"r{n}", data=self.data) for n in (1, self.rounds))
            return compared_rounds(last.codebook, first, last)

    return Programme()


def edit(file, change):
    yaml = YAML()
    content = yaml.load(file.read_text(encoding="utf-8"))
    change(content)
    yaml.dump(content, file)


def linked(round_, section):
    [crosswalk] = [c for c in round_.codebook.crosswalk if c.between[1] == round_.name]
    return {(link.change, tuple(link.before), tuple(link.after)) for link in getattr(crosswalk, section)}


@pytest.mark.skipif(not REAL.is_dir(), reason="the real exports lie beside the checkout in ../shared")
@pytest.mark.parametrize("path", sorted(REAL.glob("*confidences*")), ids=lambda path: path.stem[25:] + path.suffix)
def test_a_real_export_is_a_round_by_itself_and_the_same_as_itself(programme, path):
    told, first = programme.add(path)
    assert re.search(r"to confirm \(1\):\n  scale of .* and \d+ more: the export does not say what its ends mean", told)
    assert {question.type for question in first.file.questions} == {"scale"}
    assert len({question.label for question in first.file.questions}) == len(first.file.questions)
    survey = ingest_survey(first)
    assert survey.totals["set_aside"] == 0 and not (survey.reading["respondents"] == 0).any()
    told, second = programme.add(path)
    assert "new:" not in told and "gone:" not in told and "to confirm" not in told
    assert len(programme.compared().questions) == len(second.file.questions) and programme.compared().apart == ()


@pytest.mark.skipif(not REAL.is_dir(), reason="the real exports lie beside the checkout in ../shared")
def test_days_that_asked_other_things_have_nothing_in_common(programme):
    programme.add(REAL / "2024_autumn__confidences_monday.xlsx")
    told, _ = programme.add(REAL / "2024_autumn__confidences_thursday.xlsx")
    assert told.count("new: question") == 18 and told.count("gone: question") == 16
    found = programme.compared()
    assert not found.questions and {apart.reason for apart in found.apart} == {"neue Frage", "nicht erneut gefragt"}


def test_every_type_of_question_is_proposed(programme):
    told, round_ = programme.add(every_type())
    kinds = {question.wording: question.type for question in round_.file.questions}
    assert kinds == {
        "Which group?": "single_choice", "Which tools?": "multiple_choice", "How sure :": "scale", "Why?": "open",
        "What else?": "open", "One word": "wordcloud", "Capital?": "quiz", "Order": "ranking", "Points": "points",
        "Nobody answered": "scale",
    }  # fmt: skip
    assert "roles: proposed is which_group as participant_group, points as priority" in told
    assert ingest_survey(round_).totals["set_aside"] == 0


def test_a_voters_sheet_alone_takes_its_types_from_the_earlier_round(programme, tmp_path):
    content = deck(choice(*GROUPS), points("A", "B", "C"), scale("- eins", "- zwei"))
    programme.add(content)
    alone = tmp_path / "voters.csv"
    alone.write_bytes(csv_bytes(sheets(content)[0][1]))
    told, second = programme.add(alone)
    assert "no Session sheets" in told and "gone:" not in told and "to confirm" not in told
    assert [q.type for q in second.file.questions] == ["single_choice", "points", "scale", "scale"]
    assert list(second.file.questions[0].options) == list(GROUPS)
    assert ingest_survey(second).totals["set_aside"] == 0


def test_a_voters_sheet_alone_without_earlier_round_is_guessed_and_asks(programme, tmp_path):
    ranks = Slide("ranking", "Reihenfolge", ("p", "q"), {1: {"p": 1, "q": 2}, 2: {"p": 2, "q": 1}})
    several = Slide("choices", "Womit?", ("x", "y"), {1: ["x", "y"], 2: ["y"]}, several=True)
    content = deck(choice(*GROUPS), points("A", "B", "C"), scale("- eins", "- zwei"), ranks, several)
    alone = tmp_path / "voters.csv"
    alone.write_bytes(csv_bytes(sheets(content)[0][1]))
    told, round_ = programme.add(alone)
    kinds = [question.type for question in round_.file.questions]
    assert kinds == ["other", "points", "scale", "scale", "ranking", "multiple_choice"]
    assert "type of welche_gruppe: the export does not say it" in told
    assert "Verwaltung" not in programme.file.read_text(encoding="utf-8")  # it could as well be what somebody wrote
    assert ingest_survey(round_).totals["set_aside"] == 0


def test_points_are_known_by_their_sums_whatever_the_type_is_called(programme):
    _, round_ = programme.add(deck(points("A", "B", type_="hundred")))
    assert [(q.type, q.role) for q in round_.file.questions] == [("points", "priority")]


def test_the_statement_decides_among_statements_of_one_question(programme):
    programme.add(deck(scale("I can merge", "I can review code", "I know Git")))
    told, later = programme.add(
        deck(scale("I can fly a plane", "I can review codes", "I know Git", title="Confidence:"))
    )
    assert linked(later, "questions") == {
        ("renamed", ("i_know_git",), ("i_know_git",)), ("dropped", ("i_can_merge",), ()),
        ("renamed", ("i_can_review_code",), ("i_can_review_code",)), ("new", (), ("i_can_fly_a_plane",)),
    }  # fmt: skip
    assert "“Wie sehr?: I can review code” → “Confidence:: I can review codes”" in told


def test_a_statement_in_other_words_is_found_where_it_stands_out(programme):
    programme.add(deck(scale("I know basic Git", "I can write a test", "I can write a tool")))
    _, later = programme.add(deck(scale("I know the basics of Git", "I can write a rest", "I can write a text")))
    changes = linked(later, "questions")
    assert ("renamed", ("i_know_basic_git",), ("i_know_basic_git",)) in changes
    assert ("renamed", ("i_can_write_a_test",), ("i_can_write_a_test",)) in changes  # one letter, whichever it is
    assert ("dropped", ("i_can_write_a_tool",), ()) in changes


def test_split_merged_and_reworded_options_are_proposed_for_confirmation(programme):
    programme.add(
        deck(points("Gesundheit und Energie", "Tourismusregionen", "Innovationsräume", "Großvorhaben", "Sport"))
    )
    told, _ = programme.add(
        deck(points("Gesundheitswirtschaft", "Energie", "Tourismus und Innovation", "Große Vorhaben", "Kunst")),
        confirm=False,
    )
    for words in ("split: option gesundheit_und_energie into gesundheitswirtschaft, energie",
                  "merged: option tourismusregionen, innovationsraeume into tourismus_und_innovation",
                  "does “Große Vorhaben” mean what “Großvorhaben” meant?", "gone: option sport", "new: option kunst",
                  "options gone: sport; new: kunst", "to confirm (4)"):  # fmt: skip
        assert words in told, words
    edit(programme.file, lambda content: content.pop("confirm"))
    [question] = programme.compared().questions
    assert [(item.change, len(item.before), len(item.after)) for item in question.items] == [
        ("split", 1, 2), ("merged", 2, 1), ("renamed", 1, 1)
    ]  # fmt: skip


def test_words_all_options_share_do_not_make_them_parts(programme):
    programme.add(deck(points("Förderung Kultur", "Förderung Sport", "Förderung Verkehr")))
    told, _ = programme.add(deck(points("Förderung Kultur", "Förderung Sport", "Förderung Häfen und Bahn")))
    assert "split" not in told and "merged" not in told


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (scale("s"), scale("s", ends=(1, 5)), "Skala geändert"),
        (scale("s"), choice("ja", "nein", title="Wie sehr?"), "Fragetyp geändert"),
        (choice("ja", "nein"), Slide("open", "Welche Gruppe?", answers={1: [("weil", 0)]}), "Fragetyp geändert"),
    ],
    ids=["other scale", "scale to choice", "choice to open"],
)
def test_a_question_asked_in_another_form_is_linked_and_never_compared(programme, before, after, reason):
    programme.add(deck(before, points("A", "B")))
    told, later = programme.add(deck(after, points("A", "B")))
    assert "not compared" in told
    found = programme.compared()
    assert [question.after.type for question in found.questions] == ["points"]
    assert {apart.reason for apart in found.apart} == {"Fragetyp oder Skala geändert"}
    assert {link.reason for c in later.codebook.crosswalk for link in c.questions} == {reason}


def test_a_scale_of_other_length_gets_a_margin_of_its_own(programme):
    programme.add(deck(scale("s", ends=(1, 5)), points("A", "B")))
    _, later = programme.add(deck(scale("s", ends=(1, 5)), points("A", "B")))
    assert later.file.compare.margins.questions == {"wie_sehr": 0.4}


def test_rules_and_plans_of_the_earlier_round_are_kept(programme):
    content = deck(choice(*GROUPS), points("A", "B"), scale("s"))
    programme.add(content)
    plan = [{"question": name, "test": test} for name, test in (("was_zuerst", "points_permutation"),
            ("wie_sehr", "kruskal_wallis"))]  # fmt: skip
    edit(programme.file, lambda c: c.update(disclosure={"minimum_base": 8}, rules={"no_number": "refuse"}))
    edit(programme.file, lambda c: c.update(segment_tests=plan))
    _, later = programme.add(deck(choice(*GROUPS), points("A", "B")))
    assert later.file.disclosure.minimum_base == 8 and later.file.rules.no_number == "refuse"
    assert [test.question for test in later.file.segment_tests] == ["was_zuerst"]


def test_confirm_names_the_line_and_check_reads_the_crosswalk(programme, capsys):
    programme.add(deck(points("A", "B")))
    told, _ = programme.add(deck(points("A", "C")))
    assert "options gone: b; new: c. If one is the other in new words" in told
    assert main(["check", "r2", "--data", str(programme.data)]) == 0
    assert "compared with r1: 1 questions; in one round alone: 2 options" in capsys.readouterr().out
    book = programme.data / "codebook.yml"
    edit(book, lambda content: content["crosswalk"][0]["options"].append(
        {"change": "renamed", "before": ["b"], "after": ["zzz"], "reason": "x"}))  # fmt: skip
    assert main(["check", "r2", "--data", str(programme.data)]) == 2
    assert "each id in one link of a section" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "earlier", "export", "message"),
    [
        ("r1", "r1", "x.xlsx", "expected a name of its own"),
        ("r9", None, "nowhere.xlsx", "expected the file of the export, saw nothing there"),
        ("r9", "r7", "x.xlsx", "expected a folder with a round.yml"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(programme, tmp_path, name, earlier, export, message):
    programme.add(deck(points("A", "B")))
    (tmp_path / "x.xlsx").write_bytes(b"no workbook")
    with pytest.raises(DataError, match=message):
        make_round(name, earlier, tmp_path / export, data=programme.data)
    assert not (programme.data / "raw" / "r9").exists()


def test_statements_of_one_list_share_a_scale_that_is_corrected_once(programme):
    """Thirty statements would else be thirty times the same edit; one with another scale gets its own."""
    programme.add(deck(scale("Eins", "Zwei", "Drei"), scale("Vier", title="Wie oft?")), confirm=False)
    text = programme.file.read_text(encoding="utf-8")
    assert text.count("*skala_1\n") == 2 and "skala_2" not in text
    programme.file.write_text(
        re.sub(
            r"confirm:\n(  - .*\n)+",
            "",
            text.replace("positive_end: high, top_box: [7, 10]", "positive_end: low, top_box: [1, 4]", 1),
        ),
        encoding="utf-8",
    )
    scales = [question.scale for question in open_round("r1", data=programme.data).file.questions]
    assert [s.positive_end for s in scales] == ["low", "low", "low", "high"]


def test_an_export_older_than_the_round_it_is_to_follow_is_asked_about(programme):
    programme.add(deck(scale("Eins")))
    slides, day = (scale("Eins"),), dict.fromkeys(range(1, 5), "2025-12-31")
    told, _ = programme.add(Deck(slides, 4, dates=day), confirm=False)
    assert "the export is of 2025-12-31, before r1 (2026-01-02)" in told


def test_next_steps_can_be_typed_as_they_are_printed(tmp_path, capsys, monkeypatch):
    export = write_xlsx(tmp_path / "export.xlsx", sheets(deck(scale("Eins"))))
    monkeypatch.chdir(tmp_path)
    assert main(["new-round", "a", "--export", str(export), "--data", "other data"]) == 0
    edit(tmp_path / "other data" / "raw" / "a" / "round.yml", lambda content: content.pop("confirm"))
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  fachdialog check")]
    assert main(shlex.split(line)[1:]) == 0
    assert main(["new-round", "b", "--export", str(export), "--data", "other data"]) == 0
    assert "beside a, without --from" in capsys.readouterr().out


def test_a_programme_without_notebooks_of_its_own_uses_those_of_the_checkout(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "codebook.yml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert len(steps()) > 5
    (tmp_path / "notebooks").mkdir()
    with pytest.raises(DataError, match="expected numbered notebooks"):
        steps()
