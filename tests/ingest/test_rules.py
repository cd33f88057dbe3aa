"""Every rule for valid ballots: what it finds, what each action does, and what the table of effects shows."""

import pytest
from rounds_on_disk import make_round, poll, with_answers
from test_survey import rules_of, values

from analysis_utils.clean.survey import ingest_survey, write_survey
from analysis_utils.errors import DataError
from analysis_utils.gate.estimates import write_estimates
from analysis_utils.tables import read_table

EARLY = "2025-11-10"
GOOD = {1: {"Flächen": 70, "Transfer": 30}, 2: {"Flächen": 20, "Transfer": 20, "Andere": 60}}


def with_ballot(ballot):
    return with_answers("Welcher Bereich?", {**GOOD, 3: ballot})


def with_focus(value):
    return with_answers("Mehr Fokus?", {1: {"10 = ja": 8}, 2: {"10 = ja": value}})


def only(rule, action):
    """One rule with an action; a ballot that breaks it may also fall short of 100, which is kept here."""
    return (
        f"rules: {{{', '.join(f'{name}: {what}' for name, what in {'points_too_few': 'keep', rule: action}.items())}}}"
    )


BREACHES = [
    ("points_too_many", with_ballot({"Flächen": 100, "Transfer": 10}), "areas", "a sum of 110"),
    ("points_too_few", with_ballot({"Flächen": 80}), "areas", "a sum of 80"),
    ("points_negative", with_ballot({"Flächen": 110, "Transfer": -10}), "areas", "-10"),
    ("points_fractional", with_ballot({"Flächen": 99.5, "Transfer": 0.5}), "areas", "0.5, 99.5"),
    ("no_number", with_ballot({"Flächen": "viel", "Transfer": 100}), "areas", "text"),
    ("value_off_scale", with_focus(11), "focus", "11"),
    ("value_off_scale", with_focus(2.5), "focus", "2.5"),
    ("no_number", with_focus("acht"), "focus", "text"),
]


@pytest.mark.parametrize(("rule", "deck", "question", "seen"), BREACHES)
def test_breach_is_kept_set_aside_or_refused_as_the_round_says(tmp_path, rule, deck, question, seen):
    breaker = 3 if question == "areas" else 2
    item = "sites" if question == "areas" else ""
    kept = ingest_survey(make_round(tmp_path / "keep", deck, only(rule, "keep")))
    assert breaker in values(kept, question, item)
    aside = ingest_survey(make_round(tmp_path / "aside", deck, only(rule, "set_aside")))
    assert breaker not in values(aside, question, item)
    row = aside.problems[aside.problems["rule"] == rule].iloc[0]
    assert (row["seen"], row["place"], row["action"]) == ("1 ballot", f"question {question}", "set aside")
    assert seen not in aside.problems.drop(columns="message").to_csv() and f", row {breaker + 3}" in aside.summary()
    assert aside.totals["set_aside"] > 0
    assert aside.totals["consumed"] + aside.totals["set_aside"] == aside.totals["non_empty"]
    with pytest.raises(DataError, match=f"saw {seen} at Voters, column ., row"):
        ingest_survey(make_round(tmp_path / "refuse", deck, only(rule, "refuse")))


def test_ballot_of_110_points_is_set_aside_by_default_and_named(tmp_path):
    survey = ingest_survey(make_round(tmp_path, BREACHES[0][1]))
    row = survey.problems[survey.problems["rule"] == "points_too_many"].iloc[0]
    assert row["message"] == "expected ballots of 100 points (areas); 1 ballot was set aside"
    assert "110" not in survey.problems.to_csv()
    assert f"{row['message']} (question areas, Voters, column G, row 6: a sum of 110)" in survey.summary()
    assert values(survey, "areas", "sites") == {1: 70, 2: 20}


def test_value_off_the_scale_stops_by_default_and_says_how_to_go_on(tmp_path):
    message = "expected a value of the scale 1 … 10 \\(focus\\), saw 11 at Voters, column F, row 5; correct the scale"
    with pytest.raises(DataError, match=message):
        ingest_survey(make_round(tmp_path, with_focus(11)))


def test_option_not_offered_is_described_without_its_words(tmp_path):
    deck = with_answers("Welche Gruppe?", {1: "Wirtschaft", 2: "mein Geheimnis"})
    with pytest.raises(DataError, match=r"expected an option of group in round.yml, saw another text") as fault:
        ingest_survey(make_round(tmp_path, deck))
    assert "Geheimnis" not in str(fault.value)
    survey = ingest_survey(make_round(tmp_path, deck, "rules: {option_not_offered: set_aside}"))
    assert survey.totals["set_aside"] == 1
    assert "Geheimnis" not in survey.problems.to_csv()


def test_voter_with_only_reactions_is_kept_by_default(tmp_path):
    survey = ingest_survey(make_round(tmp_path, poll()))
    assert 6 in list(survey.voters["voter"])
    aside = ingest_survey(make_round(tmp_path, poll(), "rules: {reactions_only: set_aside}"))
    assert list(aside.voters["voter"]) == [1, 2, 3, 4, 5]
    with pytest.raises(DataError, match="expected an answer from every voter, saw 1 voters without an answer"):
        ingest_survey(make_round(tmp_path, poll(), "rules: {reactions_only: refuse}"))


def test_identical_ballots_in_a_row_are_reported_only(tmp_path):
    same = {v: {"Flächen": 50, "Transfer": 50} for v in (1, 2)}
    deck = with_answers("Welcher Bereich?", same)
    focus = with_answers("Mehr Fokus?", {v: {"10 = ja": 5} for v in (1, 2)})
    deck = poll(slides=(*deck.slides[:2], focus.slides[2], deck.slides[3]))
    survey = ingest_survey(make_round(tmp_path, deck))
    row = survey.problems[survey.problems["rule"] == "identical_ballots"].iloc[0]
    assert (row["place"], row["seen"], row["action"]) == ("Voters", "1 ballots", "kept")
    assert "(Voters, row 5)" in survey.summary()
    assert len(values(survey, "areas", "sites")) == 2


def test_early_session_needs_a_decision(tmp_path):
    deck = poll(sessions={4: 2, 5: 2, 6: 2}, dates=dict.fromkeys((1, 2, 3), "2025-11-10"))
    with pytest.raises(DataError, match=r"saw 3 voters of session 1 with an earlier date .*`sessions: \[2\]`"):
        ingest_survey(make_round(tmp_path, deck))
    chosen = ingest_survey(make_round(tmp_path, deck, "sessions: [2]"))
    assert list(chosen.voters["voter"]) == [4, 5, 6]
    assert "session_not_selected" in rules_of(chosen)
    assert chosen.totals["voters"] == 6
    assert chosen.totals["set_aside"] == 1 + 3 + 3 + 8
    kept = ingest_survey(make_round(tmp_path, deck, "rules: {early_session: keep}"))
    assert len(kept.voters) == 6
    aside = ingest_survey(make_round(tmp_path, deck, "rules: {early_session: set_aside}"))
    assert list(aside.voters["voter"]) == [4, 5, 6]


@pytest.mark.parametrize(
    ("action", "moves", "switched_to"),
    [
        # without the three early voters 40 : 60 in favour of Transfer, with them 230 : 110 in favour of Flächen
        ("keep", "sites 1 → 2, transfer 2 → 1", {5: 40}),
        ("set_aside", "transfer 1 → 2, sites 2 → 1", {1: 70, 2: 20, 3: 100, 5: 40}),
    ],
)
def test_early_session_is_switched_like_every_other_rule(tmp_path, action, moves, switched_to):
    points = {**GOOD, 3: {"Flächen": 100}, 5: {"Flächen": 40, "Transfer": 60}}
    deck = with_answers("Welcher Bereich?", points, sessions={4: 2, 5: 2, 6: 2}, dates=dict.fromkeys((1, 2, 3), EARLY))
    round_ = make_round(tmp_path, deck, f"rules: {{early_session: {action}}}")
    survey = ingest_survey(round_)
    row = survey.rule_effects.set_index("rule").loc["early_session"]
    assert (row["action"], row["ballots"], row["ranking_if_switched"]) == (action, 3, moves)
    assert switched(survey, "early_session") == switched_to
    write_survey(round_, survey)
    write_estimates(round_)
    estimates = read_table("estimates", round_.table("estimates"))
    shown = estimates.loc[estimates["statistic"] == "rank_by_ballot_rule", "item"]
    assert set(shown) == {f"{area}|early_session" for area in ("sites", "transfer", "other")}


def test_early_session_is_compared_with_even_where_its_ballots_would_stop_the_reading(tmp_path):
    points = {1: {"Flächen": 130}, 5: {"Flächen": 40, "Transfer": 60}}
    deck = with_answers("Welcher Bereich?", points, sessions={4: 2, 5: 2, 6: 2}, dates=dict.fromkeys((1, 2, 3), EARLY))
    raw = make_round(tmp_path, deck, "rules: {early_session: set_aside, points_too_many: refuse}")
    (raw.raw / "corrections.csv").write_text(
        "voter,question,item,old,new,reason,who,date\n5,areas,sites,40,41,Tippfehler,AB,2025-11-13\n"
        "5,areas,transfer,60,59,Tippfehler,AB,2025-11-13\n"
    )
    survey = ingest_survey(raw)
    assert values(survey, "areas", "sites") == {5: 41}
    assert switched(survey, "early_session") == {5: 41}


def test_session_that_the_export_lacks_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"expected the sessions 1, saw session 3 at sessions: \[3\]"):
        ingest_survey(make_round(tmp_path, poll(), "sessions: [3]"))


def test_effects_show_n_and_places_but_no_ballot(tmp_path):
    deck = with_answers("Welcher Bereich?", {**GOOD, 3: {"Andere": 200}})
    effects = ingest_survey(make_round(tmp_path, deck)).rule_effects.set_index("rule")
    row = effects.loc["points_too_many"]
    assert (row["ballots"], row["n_before"], row["n_after"], row["action"]) == (1, 3, 2, "set_aside")
    # without the ballot: Flächen 90, Andere 60, Transfer 50; with it Andere 260 comes first
    assert row["ranking_if_switched"] == "sites 1 → 2, other 2 → 1"
    assert effects.loc["points_negative", "ballots"] == 0
    assert len(effects) == 10


def switched(survey, rule, item="sites"):
    rows = survey.rule_answers[(survey.rule_answers["rule"] == rule) & (survey.rule_answers["item"] == item)]
    return dict(zip(rows["voter"], rows["value"], strict=True))


def test_answers_under_the_opposite_rule_are_kept_for_each_rule_that_touched_a_ballot(tmp_path):
    deck = with_answers("Welcher Bereich?", {**GOOD, 3: {"Andere": 200}, 5: {"Flächen": 80}})
    survey = ingest_survey(make_round(tmp_path, deck, "rules: {points_too_few: keep}"))
    assert set(survey.rule_answers["rule"]) == {"points_too_many", "points_too_few"}
    assert values(survey, "areas", "sites") == {1: 70, 2: 20, 5: 80}
    assert switched(survey, "points_too_many") == {1: 70, 2: 20, 3: 0, 5: 80}
    assert switched(survey, "points_too_few") == {1: 70, 2: 20}


def test_ballot_that_breaks_two_rules_stays_out_when_one_of_them_is_switched(tmp_path):
    survey = ingest_survey(make_round(tmp_path, with_ballot({"Flächen": 120, "Transfer": -10})))
    assert switched(survey, "points_too_many") == switched(survey, "points_negative") == {1: 70, 2: 20}


def test_rules_that_touch_no_points_leave_no_answers_under_other_rules(tmp_path):
    survey = ingest_survey(make_round(tmp_path, with_focus(11), "rules: {value_off_scale: set_aside}"))
    assert survey.rule_effects.set_index("rule").loc["value_off_scale", "ballots"] == 1
    assert survey.rule_answers.empty


def test_table_of_an_earlier_reading_goes_with_the_broken_ballot(tmp_path):
    round_ = make_round(tmp_path, with_ballot({"Flächen": 80}))
    write_survey(round_, ingest_survey(round_))
    path = round_.table("rule_answers")
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_table("rule_answers", path)["voter"].nunique() == 3
    make_round(tmp_path, poll())
    write_survey(round_, ingest_survey(round_))
    assert not path.exists()


def test_broken_ballot_becomes_ranks_under_the_other_rule_in_the_estimates(tmp_path):
    round_ = make_round(tmp_path, with_answers("Welcher Bereich?", {**GOOD, 3: {"Andere": 200}}))
    write_survey(round_, ingest_survey(round_))
    write_estimates(round_)
    rows = read_table("estimates", round_.table("estimates"))
    rows = rows[rows["statistic"] == "rank_by_ballot_rule"]
    # counted above: Flächen 90, Andere 60, Transfer 50; with the ballot of 200 points Andere comes first
    assert dict(zip(rows["item"], rows["estimate"], strict=True)) == {
        "sites|points_too_many": 2, "transfer|points_too_many": 3, "other|points_too_many": 1,
    }  # fmt: skip
    assert set(rows["segment"]) == {"all"}
    assert set(rows["n"]) == {2}


def test_ranks_under_other_rules_pass_the_gate_and_never_stand_by_segment(tmp_path):
    everyone = range(1, 31)
    points = {voter: {"Flächen": 60 + voter % 3 * 20, "Transfer": 40 - voter % 3 * 20} for voter in everyone}
    points[30] = {"Andere": 2000}
    groups = {voter: "Wirtschaft" if voter <= 15 else "Politik" for voter in everyone}
    deck = with_answers("Welcher Bereich?", points, voters=30)
    focus = {voter: {"10 = ja": 1 + voter % 10} for voter in everyone}
    slides = (with_answers("Welche Gruppe?", groups).slides[1], with_answers("Mehr Fokus?", focus).slides[2])
    round_ = make_round(tmp_path, poll(slides=(*slides, deck.slides[3]), voters=30))
    write_survey(round_, ingest_survey(round_))
    estimates = write_estimates(round_)
    assert (estimates["segment"] == "business").any()
    rows = estimates[estimates["statistic"] == "rank_by_ballot_rule"]
    assert set(rows["segment"]) == {"all"}
    assert set(rows["status"]) == {"published"}
    assert rows[["low", "high"]].isna().all(axis=None)
