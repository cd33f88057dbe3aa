"""The table `changes`: numbers against hand and reference, silence where nothing can be compared, error rates."""

from __future__ import annotations

import re
from pathlib import Path

import error_rates
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from two_rounds import answers, write_rounds

from analysis_utils.estimators import group_tests, two_samples
from analysis_utils.estimators.comparison import Sides, change_table, comparison_text, same_mix_rows, write_changes
from analysis_utils.estimators.rows import estimate_row
from analysis_utils.estimators.two_samples import (
    detectable_share,
    newcombe_interval,
    permutation_p,
    simultaneous_intervals,
    welch,
)
from analysis_utils.rounds import open_round
from analysis_utils.tables import make_table, read_table, write_table

ROOT = Path(__file__).resolve().parents[2]
FIRST, LATER = ("a", "b", "c"), ("a", "b2", "c1", "c2")


def ballots(rng, n, means):
    """Ballots in tens around the given means."""
    return rng.multinomial(10, np.array(means) / sum(means), n) * 10


@pytest.fixture
def rounds(tmp_path):
    return write_rounds(tmp_path / "data")


@pytest.fixture(scope="module")
def sides(tmp_path_factory):
    """Two rounds with the estimates a report would have left. Tests read them and change nothing."""
    rounds, rng = write_rounds(tmp_path_factory.mktemp("rounds") / "data"), np.random.default_rng(1)
    before = answers(ballots(rng, 30, [5, 3, 2]), rng.integers(1, 11, 30), ["g1", "g2"] * 15, areas=FIRST)
    after = answers(ballots(rng, 25, [2, 3, 3, 2]), rng.integers(1, 8, 25), [*["g1", "g2"] * 12, "g1"], areas=LATER)
    return _computed(Sides(rounds, before, after))


@pytest.fixture(scope="module")
def table(sides):
    return change_table(sides)


def documented_changes():
    """Statistics that docs/methodology.md lists in its section on two rounds."""
    section = (
        (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8").split("\n## Two rounds\n")[1].split("\n## ")[0]
    )
    firsts = re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE)
    return {name for cell in firsts for name in re.findall(r"[a-z0-9_]+", cell)}


def row(table, statistic, item=""):
    found = table[(table["statistic"] == statistic) & (table["item"] == item)]
    assert len(found) == 1, statistic
    return found.iloc[0]


def wide(frame, areas):
    own = frame[frame["question"] == "q"]
    return own.pivot(index="voter", columns="item", values="value")[list(areas)].to_numpy()


def test_areas_are_compared_on_the_level_both_rounds_have(sides, table):
    x, y = wide(sides.before, FIRST), wide(sides.after, LATER)
    summed = np.column_stack([y[:, 0], y[:, 1], y[:, 2] + y[:, 3]])
    for column, item in enumerate(["a", "b2", "c"]):
        change = row(table, "change_mean_points", item)
        assert change["estimate"] == pytest.approx(summed[:, column].mean() - x[:, column].mean(), abs=1e-9)
        assert (change["low"], change["high"]) == pytest.approx(simultaneous_intervals(x, summed)[column])
    assert set(table["round"]) == {"r1..r2"}
    assert set(table.loc[table["statistic"] == "change_p_max_t", "item"]) == {"a", "b2", "c"}
    assert row(table, "change_p_max_t", "a")["estimate"] < 0.01


def test_a_turned_scale_is_mirrored_and_equals_the_reference_functions(sides, table):
    x = sides.before.loc[sides.before["question"] == "s", "value"].to_numpy()
    y = 11 - sides.after.loc[sides.after["question"] == "s", "value"].to_numpy()
    assert row(table, "mean_after")["estimate"] == pytest.approx(y.mean())
    assert row(table, "change_p")["estimate"] == pytest.approx(permutation_p(x, y))
    found = row(table, "change_mean")
    assert (found["low"], found["high"]) == pytest.approx(welch(x, y).interval())
    tops = int((x >= 7).sum()), int((y >= 7).sum())
    share = row(table, "change_top_box_share")
    assert (share["low"], share["high"]) == pytest.approx(newcombe_interval(tops[1], 25, tops[0], 30))


def test_the_terminal_shows_every_compared_number_and_names_the_page_with_the_verdicts(rounds, table):
    write_table(table, "changes", rounds.later.table("changes"))
    first, *lines, last = comparison_text(rounds.later).splitlines()
    assert first.startswith("r1 → r2") and last.endswith("11_compare_rounds.html")
    compared = table["statistic"].isin(["change_mean_points", "change_mean", "change_top_box_share", "change_share"])
    assert len(lines) == compared.sum()


def test_same_mix_uses_only_groups_both_rounds_publish(sides, table):
    means = {}
    for side, frame, areas in ((0, sides.before, FIRST), (1, sides.after, LATER)):
        values, groups = wide(frame, areas)[:, 0], frame.loc[frame["question"] == "g", "item"].to_numpy()
        means[side] = {g: (values[groups == g].mean(), (groups == g).sum()) for g in ("g1", "g2")}
    sizes = {g: means[0][g][1] + means[1][g][1] for g in ("g1", "g2")}
    expected = sum(sizes[g] * (means[1][g][0] - means[0][g][0]) for g in sizes) / sum(sizes.values())
    assert row(table, "same_mix_change_mean_points", "a")["estimate"] == pytest.approx(expected)


def test_results_at_the_same_mix_say_nothing_that_is_not_published(tmp_path):
    """What an outside reader of both rounds' estimates can compute himself tells him nothing new about a group."""
    rounds = write_rounds(tmp_path / "data")
    rng = np.random.default_rng(8)
    groups = ["g1"] * 14 + ["g2"] * 16
    before = answers(ballots(rng, 30, [5, 3, 2]), rng.integers(1, 11, 30), groups, areas=FIRST)
    after = answers(ballots(rng, 32, [2, 3, 3, 2]), rng.integers(1, 8, 32), ["g1"] * 20 + ["g2"] * 12, areas=LATER)
    table = change_table(_computed(Sides(rounds, before, after)))
    found = table[table["statistic"].str.startswith("same_mix")]
    assert len(found) and set(table["segment"]) == {"all"}
    released = [read_table("estimates", side.table("estimates")) for side in (rounds.earlier, rounds.later)]
    items = {"a": (["a"], ["a"]), "b2": (["b"], ["b2"]), "c": (["c"], ["c1", "c2"])}
    for record in found[found["question"] == "q"].to_dict("records"):
        means, sizes = [], []
        for estimates, ids in zip(released, items[record["item"]], strict=True):
            own = estimates[(estimates["question"] == "q") & (estimates["status"] == "published")]
            points = (
                own[(own["statistic"] == "mean_points") & own["item"].isin(ids)].groupby("segment")["estimate"].sum()
            )
            people = own[own["statistic"] == "respondents"].set_index("segment")["estimate"]
            means.append(points)
            sizes.append(people)
        weights = {g: (sizes[0][g] + sizes[1][g]) / (sizes[0]["all"] + sizes[1]["all"]) for g in ("g1", "g2")}
        computed = sum(weight * (means[1][g] - means[0][g]) for g, weight in weights.items())
        assert record["estimate"] == pytest.approx(computed, abs=1e-9)


def test_same_mix_of_a_scale_compares_top_boxes_whichever_end_agrees(tmp_path):
    rounds = write_rounds(tmp_path / "data")
    released = []
    for top, rest in ((0.75, 0.5), (0.5, 0.25)):
        shares = {"g1": (top, 12), "g2": (rest, 8), "all": ((12 * top + 8 * rest) / 20, 20)}
        rows = [estimate_row("s", "top_box_share", m, segment=group, n=n) for group, (m, n) in shares.items()]
        released.append(pd.DataFrame(rows))
    [question] = [question for question in rounds.questions if question.after.id == "s"]
    [row] = same_mix_rows(rounds, question, released)
    assert row["statistic"] == "same_mix_change_top_box_share" and row["estimate"] == pytest.approx(-0.25)


def test_groups_that_a_round_withholds_count_with_the_others(rounds, tmp_path):
    rng = np.random.default_rng(2)
    few = ["g1"] * 23 + ["g2"] * 2
    before = answers(ballots(rng, 30, [5, 3, 2]), rng.integers(1, 11, 30), ["g1", "g2"] * 15, areas=FIRST)
    after = answers(ballots(rng, 25, [2, 3, 3, 2]), rng.integers(1, 8, 25), few, areas=LATER)
    table = change_table(_computed(Sides(rounds, before, after)))
    assert not table["statistic"].str.startswith("same_mix").any()


def _computed(sides):
    """Give both rounds estimates, as a report would have left them."""
    from analysis_utils.gate.estimates import estimate_round

    for round_, frame in ((sides.rounds.earlier, sides.before), (sides.rounds.later, sides.after)):
        groups = frame[frame["question"] == "g"].set_index("voter")["item"].to_dict()
        voters = frame.drop_duplicates("voter")[["round", "session", "voter"]]
        voters = voters.assign(segment=[groups.get(voter, "") for voter in voters["voter"]])
        write_table(estimate_round(round_, voters, frame), "estimates", round_.table("estimates"))
    return sides


def _published_nothing(sides):
    """Give both rounds empty estimates, where no group is looked at."""
    for round_ in (sides.rounds.earlier, sides.rounds.later):
        write_table(make_table("estimates", []), "estimates", round_.table("estimates"))
    return sides


def test_people_with_the_same_code_are_compared_with_themselves(tmp_path):
    rounds = write_rounds(tmp_path / "data", compare={"with": ["r1"], "link_code": "code"})
    rng = np.random.default_rng(3)
    scale = rng.integers(3, 9, 20)
    codes = [f"Xy-{n:02}" for n in range(20)]
    before = answers(ballots(rng, 20, [5, 3, 2]), scale, codes=codes, areas=FIRST)
    again = [code.upper().replace("-", " ") for code in codes]
    grown = scale + np.array([1] * 19 + [2])
    after = answers(ballots(rng, 20, [5, 3, 1, 1]), 11 - grown, codes=again, areas=LATER)
    table = change_table(_published_nothing(Sides(rounds, before, after)))
    linked = table[(table["question"] == "s") & (table["statistic"] == "linked_change_mean")].iloc[0]
    assert linked["estimate"] == 1.05 and linked["n"] == 20
    assert table[(table["question"] == "s") & (table["statistic"] == "linked_p")].iloc[0]["estimate"] == 2 / 2**20
    shares = {
        "share_before",
        "share_after",
        "change_share",
        "detectable_share",
        "change_p_share",
        "equivalence_p_share",
    }
    mixed = {"same_mix_change_mean_points", "same_mix_change_top_box_share"}
    assert set(table["statistic"]) == documented_changes() - shares - mixed
    assert not any("xy" in str(cell).casefold() for cell in table.to_numpy().ravel())


def test_few_linked_people_are_not_shown(tmp_path):
    rounds = write_rounds(tmp_path / "data", compare={"with": ["r1"], "link_code": "code"})
    rng = np.random.default_rng(3)
    before = answers(ballots(rng, 20, [5, 3, 2]), [5] * 20, codes=[f"c{n}" for n in range(20)], areas=FIRST)
    after = answers(ballots(rng, 20, [5, 3, 1, 1]), [6] * 20, codes=[f"c{n}" for n in range(3, 23)], areas=LATER)
    assert (
        not change_table(_published_nothing(Sides(rounds, before, after)))["statistic"].str.startswith("linked").any()
    )


def test_linked_people_who_all_changed_alike_are_not_shown(tmp_path):
    """Whoever knows one answer of then would know the one of now."""
    rounds = write_rounds(tmp_path / "data", compare={"with": ["r1"], "link_code": "code"})
    rng = np.random.default_rng(3)
    scale, codes = rng.integers(3, 9, 20), [f"Xy{n}" for n in range(20)]
    before = answers(ballots(rng, 20, [5, 3, 2]), scale, codes=codes, areas=FIRST)
    after = answers(ballots(rng, 20, [5, 3, 1, 1]), 11 - (scale + 1), codes=codes, areas=LATER)
    table = change_table(_published_nothing(Sides(rounds, before, after)))
    assert set(table.loc[table["statistic"].str.startswith("linked"), "question"]) == {"q"}


def test_a_forgotten_round_is_compared_by_its_released_counts(tmp_path):
    rounds = write_rounds(tmp_path / "data", compare={"with": ["r1"]})
    rng = np.random.default_rng(5)
    before = answers(ballots(rng, 30, [5, 3, 2]), rng.integers(1, 11, 30), ["g1", "g2"] * 15, areas=FIRST)
    after = answers(ballots(rng, 25, [2, 3, 3, 2]), rng.integers(1, 8, 25), ["g1", "g2"] * 10, areas=LATER)
    sides = _computed(Sides(rounds, before, after))
    whole = change_table(sides)
    write_table(after, "answers", rounds.later.table("answers"))
    table = write_changes(open_round("r2", data=tmp_path / "data"))
    assert "change_mean" not in set(table["statistic"]) and "change_mean_points" not in set(table["statistic"])
    for statistic, item in (("change_top_box_share", ""), ("change_share", "g1"), ("mean_points_before", "a"),
                            ("mean_points_after", "c"), ("mean_before", ""), ("mean_after", "")):  # fmt: skip
        for part in ("estimate", "low", "high"):
            assert row(table, statistic, item)[part] == pytest.approx(row(whole, statistic, item)[part], abs=1e-9)


PAIRS = {"points": 25, "scale": 100, "top": 400, "3 o": 200}
"""Pairs per case here; `make rates` judges a thousand of each."""
LEVELS = [case for case in error_rates.level_cases() if " 34 and 30" in case.name or "other spread" in case.name]


@pytest.fixture
def quick(monkeypatch):
    """Fewer draws per pair."""
    monkeypatch.setattr(two_samples, "REDRAWN", error_rates.DRAWN // 2)
    monkeypatch.setattr(group_tests, "PERMUTATIONS", error_rates.DRAWN // 2)


def pairs_of(case):
    return next(pairs for start, pairs in PAIRS.items() if case.name.startswith(start))


@pytest.mark.parametrize("case", LEVELS, ids=[f"{case.name}, {case.wrong}" for case in LEVELS])
def test_false_verdicts_keep_their_level(case, quick):
    """No change called one, and none called unchanged that is as large as the margin, in more than 5 % of pairs (all
    areas or options together). The bound leaves three standard errors."""
    pairs = pairs_of(case)
    assert error_rates.rate(case, pairs) <= 0.05 + 3 * (0.05 * 0.95 / pairs) ** 0.5


def test_changes_are_found_at_the_promised_power(quick):
    """What the comparison says it can find, it finds in four of five pairs; the bound leaves three standard errors."""
    for case in error_rates.power_cases(error_rates.promises(40, error_rates.SIZES[:1])):
        pairs = min(pairs_of(case), 50)
        assert error_rates.rate(case, pairs) >= 0.8 - 3 * (0.8 * 0.2 / pairs) ** 0.5, case.name


def test_promised_share_is_found_exactly_as_often_as_promised():
    """Power of test and interval, counted out: at the promised difference, and not a hundredth before."""
    told = np.array([[error_rates.judge_shares([a, 34], [b, 30])[0][0] for b in range(31)] for a in range(35)])
    before, size = binom.pmf(np.arange(35), 34, 0.5), detectable_share(0.5, 34, 30)
    found = [before @ (told == "changed") @ binom.pmf(np.arange(31), 30, 0.5 - d) for d in (size, size - 0.01)]
    assert found[0] >= 0.8 > found[1]


def test_too_few_answers_or_givers_are_never_called_unchanged(quick):
    """However alike the answers look: they may all come from those who did not change."""
    ballot = np.array([[30, 20, 20, 10, 10, 10, 0.0]])
    jitter = np.where(np.arange(58)[:, None] % 2, [[10, -10, 0, 0, 0, 0, 0]], 0)
    assert {told for told, _ in error_rates.judge_points(ballot + jitter, ballot + jitter)} == {"open"}
    more = np.vstack([ballot + jitter, ballot + jitter])
    assert error_rates.judge_points(more, more)[0][0] == "unchanged"
    assert error_rates.judge_points(more, more)[6][0] == "open"  # nobody gave it anything
    scale = np.array([7.0, 8.0] * 13)
    assert error_rates.judge_scale(scale, scale)[0][0] == "unchanged"
    assert error_rates.judge_scale(scale[:25], scale)[0][0] == "open"


def test_an_area_that_nobody_names_any_more_is_called_changed(quick):
    """Nobody who gives anything leaves no standard error; the fall must be found all the same, a small one not."""
    many, none = np.array([[30, 50, 20.0], [10, 60, 30]] * 16), np.array([[0, 70, 30.0], [0, 60, 40]] * 16)
    assert error_rates.judge_points(many, none)[0][0] == error_rates.judge_points(none, many)[0][0] == "changed"
    few = np.array([[10, 60, 30.0]] + [[0, 60, 40]] * 31)
    assert error_rates.judge_points(few, none)[0][0] == "open"


def test_simultaneous_intervals_hold_for_all_areas_at_once():
    rng, held, pairs = np.random.default_rng(13), 0, 100
    truth = np.array([0, 5, -5])
    for _ in range(pairs):
        x, y = ballots(rng, 30, [50, 30, 20]).astype(float), ballots(rng, 30, [50, 35, 15]).astype(float)
        held += all(low <= true <= high for (low, high), true in zip(simultaneous_intervals(x, y), truth, strict=True))
    assert held / pairs >= 0.95 - 3 * (0.05 * 0.95 / pairs) ** 0.5
