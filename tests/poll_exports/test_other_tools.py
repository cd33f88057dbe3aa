"""Polls of other tools: every cell has its place, counts are those of the people who answered, a round comes out."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import other_tools as tools
import pytest
from ruamel.yaml import YAML

from analysis_utils.clean.survey import ingest_survey
from analysis_utils.errors import DataError
from analysis_utils.proposals.files import make_round
from analysis_utils.proposals.inspection import describe, inspect
from analysis_utils.rounds import open_round
from poll_exports import FileError, recognise
from poll_exports.cells import numbers_of, whole_column

FILES = {
    "LimeSurvey": (tools.limesurvey, "l.csv"),
    "Microsoft Forms": (tools.ms_forms, "m.xlsx"),
    "Google Forms": (tools.google_forms, "g.csv"),
    "Wooclap": (tools.wooclap, "w.xlsx"),
    "Poll Everywhere": (tools.poll_everywhere, "p.csv"),
    "Particify": (tools.particify, "raum.json"),
    "no known tool": (tools.paper, "zettel.csv"),
}
VARIANTS = [
    *((tool, {}) for tool in FILES),
    ("LimeSurvey", {"heading": "both"}),
    ("LimeSurvey", {"heading": "code"}),
    ("Microsoft Forms", {"german": True}),
    ("Google Forms", {"mark": ", "}),
]
THERE = [person for person in tools.people() if not person["skipped"]]


def written(tool, folder, **how):
    write, name = FILES[tool]
    return write(folder / name, **how)


def proposed(path, folder, **changes):
    """The round as `new-round` proposes it, with everything confirmed; `changes` by question, as in round.yml."""
    (folder / "data" / "raw").mkdir(parents=True)
    make_round("runde", None, path, data=folder / "data")
    file, yaml = folder / "data" / "raw" / "runde" / "round.yml", YAML()
    content = yaml.load(file.read_text(encoding="utf-8"))
    content.pop("confirm", None)
    content["date"] = "2025-11-12"
    for question in content["questions"]:
        question.update(changes.get(question["id"], {}))
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)
    return open_round("runde", data=folder / "data")


def of_type(survey, round_, kind):
    """Answers to the first question of this type."""
    question = next(one for one in round_.file.questions if one.type == kind)
    labels = {identifier: label for label, identifier in question.options.items()}
    return survey.answers[survey.answers["question"] == question.id], labels


@pytest.mark.parametrize(("tool", "how"), VARIANTS)
def test_file_is_recognised_and_read_whole(tmp_path, tool, how):
    account = inspect(written(tool, tmp_path, **how))
    assert account["tool"] == tool
    assert account["cells"]["set_aside"] == 0
    assert account["cells"]["consumed"] == account["cells"]["non_empty"] > 100
    assert {question["respondents"] for question in account["questions"]} <= {len(THERE), 14, 1}
    assert tool in describe(account)


@pytest.mark.parametrize("tool", FILES)
def test_file_is_recognised_with_its_sheets_and_number_of_people(tmp_path, tool):
    path = written(tool, tmp_path)
    found = recognise(path)
    known = (found.tool, found.people, found.questions)
    account = inspect(path)
    assert known == (account["tool"], account["voters"], len(account["questions"]))
    assert bool(found.sheets) == (path.suffix != ".json")
    assert [problem.rule for problem in found.problems] == [one["rule"] for one in account["problems"]]


def test_file_of_no_tool_is_not_recognised(tmp_path):
    (tmp_path / "a.csv").write_text("eins;zwei\n", encoding="utf-8")
    with pytest.raises(FileError, match="expected a Voters sheet"):
        recognise(tmp_path / "a.csv")


@pytest.mark.parametrize(("tool", "how"), VARIANTS)
def test_round_is_proposed_and_read_with_the_counts_of_the_poll(tmp_path, tool, how):
    round_ = proposed(written(tool, tmp_path, **how), tmp_path)
    survey = ingest_survey(round_)
    groups, labels = of_type(survey, round_, "single_choice")
    assert Counter(groups["item"].map(labels)) == Counter(person["group"] for person in THERE)
    remarks, _ = of_type(survey, round_, "open")
    wanted = {person["remark"] for person in THERE} - {""}
    assert set(survey.answers[survey.answers["type"] == "open"]["text"]) >= wanted
    assert len(remarks) in (1, len(wanted))
    types = {question.type for question in round_.file.questions}
    if "scale" in types:
        focus = survey.answers[survey.answers["type"] == "scale"].groupby("question")["value"].apply(list)
        assert sorted(person["focus"] for person in THERE) in [sorted(values) for values in focus]
        steps = [5 - tools.STEPS.index(person["agree"][0]) for person in THERE]
        assert sorted(steps) in [sorted(values) for values in focus]
    if "points" in types:
        points, labels = of_type(survey, round_, "points")
        sums = points.groupby("item")["value"].sum()
        by_place = [sum(person["points"][at] for person in THERE) for at in range(len(tools.AREAS))]
        assert sums[list(labels)].tolist() == by_place
    if "ranking" in types:
        ranks, labels = of_type(survey, round_, "ranking")
        mine = Counter((label, at) for person in THERE for at, label in enumerate(person["ranks"], 1))
        assert Counter(zip(ranks["item"].map(labels), ranks["value"], strict=True)) == mine


@pytest.mark.parametrize("tool", FILES)
def test_topics_that_hold_a_comma_are_counted_whole_once_round_yml_says_so(tmp_path, tool):
    path = written(tool, tmp_path)
    first = proposed(path, tmp_path / "first")
    topic = next(one for one in first.file.questions if one.type == "multiple_choice")
    options = dict(zip(tools.TOPICS, ("photo", "wind", "wasser", "kosten"), strict=True))
    round_ = proposed(path, tmp_path / "second")
    book = round_.raw.parents[1] / "codebook.yml"
    yaml = YAML()
    content = yaml.load(book.read_text(encoding="utf-8"))
    known = {code["id"] for codes in content.values() if isinstance(codes, list) for code in codes if "id" in code}
    new = [
        {"id": i, "label_de": f"Neu {i}", "label_en": i, "label_short": i} for i in options.values() if i not in known
    ]
    content["other_options"] = [*(content.get("other_options") or []), *new]
    with book.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)
    file = round_.raw / "round.yml"
    written_ = yaml.load(file.read_text(encoding="utf-8"))
    for question in written_["questions"]:
        if question["id"] == topic.id:
            question["options"] = options
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(written_, stream)
    survey = ingest_survey(open_round("runde", data=round_.raw.parents[1]))
    picked = survey.answers[survey.answers["question"] == topic.id]["item"]
    assert Counter(picked) == Counter(options[one] for person in THERE for one in person["topics"])


@pytest.mark.parametrize(("tool", "how"), VARIANTS)
def test_names_and_addresses_are_in_no_table_and_no_message(tmp_path, tool, how):
    path = written(tool, tmp_path, **how)
    survey = ingest_survey(proposed(path, tmp_path))
    tables = [survey.answers, survey.voters, survey.problems, survey.reading]
    text = json.dumps(inspect(path)) + survey.summary() + "".join(table.to_csv() for table in tables)
    for word in ("Vorname", "example.org", "10.0.0.", "nick3", "Frau Vortrag"):
        assert word not in text
    left = next(problem for problem in inspect(path)["problems"] if problem["rule"] == "column_left_out")
    assert any(word in left["message"] for word in ("mail", "Mail", "Name", "IP", "ipaddr", "creatorId"))


def test_other_spelling_of_a_tick_and_of_its_absence(tmp_path):
    path = tmp_path / "a.csv"
    rows = ["Gruppe;Kosten;Bauen", *("A;ja;nein", "B;x;", "A;1;0", "B;Ja;-", "A;;Kosten")]
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(DataError, match="every column to be named") as fault:
        _table(tmp_path, path, {"Gruppe": "g", "Kosten": {"t": "Kosten"}})
    assert "“Bauen”" in str(fault.value)
    assert "left_out" in str(fault.value)
    columns = {"Gruppe": "g", "Kosten": {"t": "Kosten"}, "Bauen": {"t": "Bauen"}}
    survey = ingest_survey(_table(tmp_path, path, columns, "rules: {option_not_offered: set_aside}\n"))
    picked = survey.answers[survey.answers["question"] == "t"]["item"]
    assert Counter(picked) == {"kosten": 5}
    assert survey.totals == {"voters": 5, "non_empty": 13, "consumed": 13, "set_aside": 0}


def _table(folder, path, columns, more=""):
    raw = folder / "data" / "raw" / "runde"
    raw.mkdir(parents=True, exist_ok=True)
    (raw / path.name).write_bytes(path.read_bytes())
    codes = [f"  - {{id: {i}, label_de: {i}, label_en: {i}, label_short: {i}}}" for i in ("a", "b", "kosten", "bauen")]
    sections = ("focus_areas", "theme_clusters", "cross_cutting_themes", "participant_groups")
    book = "\n".join([*(f"{name}: []" for name in sections), "other_options:", *codes])
    (raw.parents[1] / "codebook.yml").write_text(book, encoding="utf-8")
    named = json.dumps(columns, ensure_ascii=False)
    (raw / "round.yml").write_text(
        f"title: T\ndate: 2025-11-12\nprovenance: original\nexport: {path.name}\ncolumns: {named}\n{more}questions:\n"
        "  - {id: g, wording: Gruppe?, label: G, type: single_choice, options: {A: a, B: b}}\n"
        "  - {id: t, wording: Themen?, label: T, type: multiple_choice, options: {Kosten: kosten, Bauen: bauen}}\n",
        encoding="utf-8",
    )
    survey_round = open_round("runde", data=raw.parents[1])
    ingest_survey(survey_round) if not more else None
    return survey_round


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"Gruppe": "g", "Kosten": {"t": "Kosten"}, "Baun": {"t": "Bauen"}}, "the nearest is “Bauen”"),
        ({"Gruppe": "g", "Kosten": {"u": "Kosten"}}, "columns to name questions"),
        ({"Gruppe": "g", "Kosten": {"t": "Preis"}}, "columns to name options"),
        ({"Gruppe": "g"}, "a column for every question"),
        ({"Gruppe": "g", "Kosten": {"t": 1}}, "columns with a rank only of rankings"),
        ({"Gruppe": "g", "Kosten": {"t": "Kosten", "g": "A"}}, "each column to be of one question"),
    ],
)
def test_columns_that_do_not_fit_say_what_to_write(tmp_path, columns, fault):
    path = tmp_path / "a.csv"
    path.write_text("Gruppe;Kosten;Bauen\nA;x;\nB;;x\n", encoding="utf-8")
    with pytest.raises(DataError, match=fault):
        _table(tmp_path, path, columns)


def test_two_columns_of_one_heading_are_told_apart_by_no_guess(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Gruppe;Kosten;Kosten\nA;x;\nB;;x\n", encoding="utf-8")
    with pytest.raises(DataError, match="saw two of them"):
        _table(tmp_path, path, {"Gruppe": "g", "Kosten": "t"})


def test_votes_that_a_question_sheet_prints_otherwise_are_reported(tmp_path):
    path = tools.wooclap(tmp_path / "w.xlsx")
    assert not [one for one in inspect(path)["problems"] if one["rule"] == "votes"]
    import openpyxl

    book = openpyxl.load_workbook(path)
    book["Q1"]["B4"] = "99"
    book.save(path)
    [found] = [one for one in inspect(path)["problems"] if one["rule"] == "votes"]
    assert "prints 99" in found["message"]


def test_days_are_read_where_the_month_is_clear(tmp_path):
    path = tools.poll_everywhere(tmp_path / "p.csv")
    text = path.read_text(encoding="utf-8").replace("11/12/25", "9/2/25")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="voters dated 2025-11-12 or later"):
        ingest_survey(proposed(path, tmp_path))


def test_damaged_export_of_mentimeter_is_not_taken_for_any_table(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "Note: there are more sheets in this document,,\n,,\nDatum,Sitzung,Person\n2025-11-12,1,1\n", "utf-8"
    )
    with pytest.raises(DataError, match="a Voters sheet"):
        inspect(path)


def test_answers_to_several_questions_that_nobody_can_join_are_refused_with_the_way_out(tmp_path):
    path = tools.particify(tmp_path / "raum.json", linked=False)
    with pytest.raises(DataError, match="save one question per file and make a round of each"):
        inspect(path)
    only = tools.particify(tmp_path / "punkte.json", linked=False, only="PRIORITIZATION")
    survey = ingest_survey(proposed(only, tmp_path))
    assert survey.totals["voters"] == len(tools.people())
    assert survey.answers.groupby("voter")["value"].sum().eq(100).sum() == len(THERE)


@pytest.mark.parametrize(
    "content", ["[]", "{", '{"contents": [{"id": "a", "format": "TEXT", "body": "x"}]}', "[[[1]]]"]
)
def test_other_json_is_refused(tmp_path, content):
    path = tmp_path / "raum.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="save it anew as docs"):
        inspect(path)


def test_statements_and_ranks_of_a_table_are_named_by_its_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("schnell;gerecht;erste;zweite\n5;ja, sehr;PV;Wind\n3;nein;Wind;\n;nein;PV;Wind\n", encoding="utf-8")
    raw = tmp_path / "data" / "raw" / "runde"
    raw.mkdir(parents=True)
    (raw / path.name).write_bytes(path.read_bytes())
    codes = [f"  - {{id: {i}, label_de: {i}, label_en: {i}, label_short: {i}}}" for i in ("pv", "wind")]
    sections = ("theme_clusters", "cross_cutting_themes", "participant_groups")
    book = "\n".join(["focus_areas:", *codes, *(f"{name}: []" for name in sections)])
    (raw.parents[1] / "codebook.yml").write_text(book, encoding="utf-8")
    scale = "scale: {low: 1, high: 5, low_label: wenig, high_label: viel}"
    (raw / "round.yml").write_text(
        "title: T\ndate: 2025-11-12\nprovenance: original\nexport: a.csv\n"
        "columns: {schnell: s, gerecht: g, erste: {r: 1}, zweite: {r: 2}}\nquestions:\n"
        f"  - {{id: s, wording: Wie ist es?, statement: Es geht schnell, label: S, type: scale, {scale}}}\n"
        "  - {id: g, wording: Wie ist es?, statement: Es ist gerecht, label: G, type: scale,\n"
        "     options: {nein: 1, teils: 2, 'ja, sehr': 3}}\n"
        "  - {id: r, wording: Rang?, label: R, type: ranking, options: {PV: pv, Wind: wind}}\n",
        encoding="utf-8",
    )
    answers = ingest_survey(open_round("runde", data=raw.parents[1])).answers
    assert sorted(answers[answers["question"] == "s"]["value"]) == [3, 5]
    assert sorted(answers[answers["question"] == "g"]["value"]) == [1, 1, 3]
    ranks = answers[answers["question"] == "r"]
    assert Counter(zip(ranks["item"], ranks["value"], strict=True)) == {("pv", 1): 2, ("wind", 2): 2, ("wind", 1): 1}


def test_file_without_answers_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Zeitstempel,Frage\n", encoding="utf-8")
    with pytest.raises(DataError, match="a row per person below the headings"):
        inspect(path)


def test_people_who_chose_none_of_the_options_are_counted_and_said(tmp_path):
    path = tmp_path / "a.csv"
    rows = ['"id","submitdate","lastpage","Nutzen Sie? [A]","Nutzen Sie? [B]"', '"1","","1","Ja","Nein"']
    rows += ['"2","","1","Nein","Nein"', '"3","","1","N/A","N/A"', '"4","","1","Nein","Ja"']
    path.write_text("\n".join(rows), encoding="utf-8")
    account = inspect(path)
    [found] = [one for one in account["problems"] if one["rule"] == "chose_nothing"]
    assert found["message"].startswith("1 people chose none")
    assert account["cells"] == {"non_empty": 8, "consumed": 8, "set_aside": 0}


def test_ballots_on_paper_are_proposed_as_ranks_and_ticks(tmp_path):
    path = tmp_path / "a.csv"
    orders = ["PV;Wind;H2", "Wind;PV;H2", "H2;PV;Wind"] * 4
    rows = ["Bogen;1. Wahl;2. Wahl;3. Wahl;Kosten;Netze;Alter"]
    rows += [
        f"{at};{order};{'x' if at % 2 else ''};{'x' if at % 3 else ''};{30 + at}" for at, order in enumerate(orders, 1)
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    round_ = proposed(path, tmp_path)
    assert [question.type for question in round_.file.questions] == ["ranking", "multiple_choice", "other"]
    assert round_.file.columns["Bogen"] == "left_out"
    answers = ingest_survey(round_).answers
    assert Counter(answers[answers["type"] == "ranking"]["value"]) == {1: 12, 2: 12, 3: 12}
    assert Counter(answers[answers["type"] == "multiple_choice"]["item"]) == {"kosten": 6, "netze": 8}


def test_table_without_headings_is_not_read_as_if_the_first_person_were_them(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("A;5\nB;3\nA;4\n", encoding="utf-8")
    with pytest.raises(DataError, match="say what its columns are under `columns`"):
        inspect(path)


def test_other_sheets_and_rows_above_the_headings_are_said_not_to_be_read(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["Dialog im November"], [], ["Zettel", "Gruppe", "Fokus"], [1, "A", 4], [2, "B", 7], [3, "A", 2]):
        book.active.append(row)
    book.create_sheet("Notizen").append(["etwas", "anderes"])
    book.save(tmp_path / "a.xlsx")
    account = inspect(tmp_path / "a.xlsx")
    assert {"above_headings", "unknown_sheet"} <= {problem["rule"] for problem in account["problems"]}
    assert account["cells"]["consumed"] == 6


def test_answers_that_one_person_alone_gave_are_proposed_nowhere(tmp_path):
    path = tmp_path / "a.csv"
    own = ["Geheimes Anliegen", "Frau Muster hat recht"]
    rows = ["Zeitstempel,Gruppe,Themen,Kurz"]
    rows += [f"12.11.2025 10:00,{'AB'[at % 2]},{'Netze;Bauen' if at % 3 else 'Bauen'}," for at in range(12)]
    rows += [f"12.11.2025 10:00,A,Netze;{own[0]},{own[1]}", f"12.11.2025 10:00,{own[1]},Bauen,{own[0]}"]
    path.write_text("\n".join(rows), encoding="utf-8")
    round_ = proposed(path, tmp_path)
    written_ = "".join(
        file.read_text("utf-8") for file in (round_.raw / "round.yml", round_.raw.parents[1] / "codebook.yml")
    )
    assert not any(word in written_ for word in own)
    assert {question.type for question in round_.file.questions} == {"single_choice", "multiple_choice", "open"}
    survey = ingest_survey(round_)
    assert survey.totals["consumed"] + survey.totals["set_aside"] == survey.totals["non_empty"]
    chosen = survey.answers[survey.answers["type"] == "multiple_choice"]["item"]
    assert Counter(chosen) == {"netze": 9, "bauen": 13}


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.000", "250", ""], [1000, 250, np.nan]),
        (["1.250.000", "1.000,5", "7"], [1250000, 1000.5, 7]),
        (["33.333", "33.334"], [33.333, 33.334]),
        (["7.5", "1.000", "8"], [7.5, 1, 8]),
        (["1.000", "0.125", "8"], [1, 0.125, 8]),
    ],
)
def test_points_part_thousands_only_where_the_column_shows_it(cells, numbers):
    column = np.array(cells, dtype=object)
    np.testing.assert_array_equal(numbers_of(column), numbers)
    whole = [number if number == number and number == int(number) else np.nan for number in numbers]
    np.testing.assert_array_equal(whole_column(column), whole)


def test_several_files_of_one_event_are_proposed_as_one_round(tmp_path):
    path = tmp_path / "saal.csv"
    rows = [f"12.11.2025 10:00,{'AB'[at % 2]},{at % 10 + 1}" for at in range(12)]
    path.write_text("\n".join(["Zeitstempel,Gruppe?,Fokus?", *rows]), encoding="utf-8")
    paper = tmp_path / "papier.csv"
    rows = [f"{at};{'BC'[at % 2]};{at % 5 + 1};{'ja' if at % 2 else 'nein'}" for at in range(1, 9)]
    paper.write_text("\n".join(["Nr.;Gruppe?;Fokus?;Gern gekommen?", *rows]), encoding="utf-8")
    data = tmp_path / "data"
    make_round("runde", None, path, paper, data=data)
    file, yaml = data / "raw" / "runde" / "round.yml", YAML()
    content = yaml.load(file.read_text(encoding="utf-8"))
    assert content["exports"] == ["saal.csv", "papier.csv"]
    assert [sorted(question.get("options", ())) for question in content["questions"]] == [
        ["A", "B", "C"], [], ["ja", "nein"]
    ]  # fmt: skip
    del content["confirm"]
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)
    survey = ingest_survey(open_round("runde", data=data))
    assert survey.totals == {"voters": 20, "non_empty": 48, "consumed": 48, "set_aside": 0}
    groups = survey.answers[survey.answers["type"] == "single_choice"]
    assert Counter(groups["item"].map(str)) >= Counter({"a": 6, "b": 10, "c": 4})
    assert len(survey.answers[survey.answers["type"] == "scale"]) == 20


def test_two_files_of_one_name_are_refused(tmp_path):
    paths = [tmp_path / name / "a.csv" for name in ("eins", "zwei")]
    for path in paths:
        path.parent.mkdir()
        path.write_text("Zeitstempel,Frage\n1.1.2025,x\n", encoding="utf-8")
    with pytest.raises(DataError, match="rename one of them"):
        make_round("runde", None, *paths, data=tmp_path / "data")
