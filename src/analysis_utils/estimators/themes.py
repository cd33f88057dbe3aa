"""What the workshop groups stressed: coverage, dots, stances, codes that come together, and the groups' orders.

Groups and statements are counted, never people: a group's notes do not say who spoke.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from ..contracts import STANCES, TABLES
from ..rounds import NOTES, Round
from ..tables import read_table, validate, write_table
from .intervals import Floats
from .judges import agreement_rows, kendall_w, kendall_w_p, tau_b, tau_b_p
from .rows import Row, estimate_row

FINAL, RECONCILED, NO_CODE = "final", "reconciled", "ohne_code"
FEWEST_COMMON = 2


def theme_rows(
    round_: Round, statements: pd.DataFrame, codings: pd.DataFrame, poll_means: Mapping[str, float]
) -> list[Row]:
    """All rows of the group notes. `statements` and `codings` as in `contracts.py`; `poll_means`, area → mean points.

    Only final codings count. A round without statements has the rows of its groups' orders.
    """
    if round_.file.notes is None:
        return []
    orders = {group.id: group.ranks() for group in round_.file.notes.groups if group.order}
    if statements.empty:
        return order_rows(orders, poll_means)
    groups = [group.id for group in round_.file.notes.groups]
    final = codings[codings["coder"] == FINAL]
    areas = {code.id for code in round_.focus_areas} | set(final["code"])  # a silent area of another round is none here
    sections = {
        name: [code.id for code in section if name != "focus_areas" or code.id in areas]
        for name, section in round_.codebook.themes().items()
    }
    codes = [code for section in sections.values() for code in section]
    rows: list[Row] = []
    for segment in ["all", *groups]:
        read = statements if segment == "all" else statements[statements["group"] == segment]
        bearing = final if segment == "all" else final[final["group"] == segment]
        rows += count_rows(read, bearing, codes, segment) + stance_rows(bearing, codes, segment)
    bearing = final[final["code"] != NO_CODE]
    rows += coverage_rows(bearing, codes, len(groups)) + cooccurrence_rows(bearing, sections, len(groups))
    rows += order_rows(orders, poll_means)
    return rows + agreement_rows(_decisions(codings), codes)


def count_rows(statements: pd.DataFrame, final: pd.DataFrame, codes: Sequence[str], segment: str) -> list[Row]:
    """`statements_read`, `statements_coded`, and `statement_count` and `dots` per code, zeros included.

    The dots of a card count at each code it bears, so those of several codes may sum to more than all dots. Without
    any dots in the segment there are no rows of dots.
    """
    row = partial(estimate_row, NOTES, segment=segment, method="count")
    coded = final["statement"].nunique()
    dots = statements.set_index("statement")["dots"].fillna(0).astype(int)
    all_dots = int(dots.sum())
    rows = [
        row("statements_read", len(statements), n=len(statements)),
        row("statements_coded", coded, n=len(statements)),
    ]
    if all_dots:
        rows.append(row("dots", all_dots, n=all_dots))
    for code in codes:
        bearing = final.loc[final["code"] == code, "statement"]
        rows.append(row("statement_count", len(bearing), item=code, n=coded))
        if all_dots:
            rows.append(row("dots", int(dots.reindex(bearing).sum()), item=code, n=all_dots))
    return rows


def stance_rows(final: pd.DataFrame, codes: Sequence[str], segment: str) -> list[Row]:
    """`stance_count` (and, for all groups, `stance_groups`) per code that is there and stance; item "code|stance".

    n is the number of statements that bear the code; those whose coders share the code and not the stance count in n
    and in no stance.
    """
    bearing = final["code"].value_counts().to_dict()
    by_stance = final.groupby(["code", "stance"])["group"]
    counts, groups = by_stance.size().to_dict(), by_stance.nunique().to_dict()
    rows: list[Row] = []
    for code in [code for code in codes if code in bearing]:
        for stance in STANCES:
            row = partial(
                estimate_row, NOTES, item=f"{code}|{stance}", segment=segment, n=bearing[code], method="count"
            )
            rows.append(row("stance_count", counts.get((code, stance), 0)))
            if segment == "all":
                rows.append(row("stance_groups", groups.get((code, stance), 0)))
    return rows


def coverage_rows(final: pd.DataFrame, codes: Sequence[str], groups: int) -> list[Row]:
    """`groups_covered` per code: groups with at least one statement that bears it. n is the number of groups."""
    return [
        estimate_row(
            NOTES,
            "groups_covered",
            final.loc[final["code"] == code, "group"].nunique(),
            item=code,
            n=groups,
            method="count",
        )
        for code in codes
    ]


def cooccurrence_rows(final: pd.DataFrame, sections: Mapping[str, Sequence[str]], groups: int) -> list[Row]:
    """`cooccurrence` and `cooccurrence_groups` of each other code with each focus area; item "code|area". `sections`:
    codes by section of the codebook."""
    inside = {code: set(own["statement"]) for code, own in final.groupby("code")}
    group_of = dict(zip(final["statement"], final["group"], strict=True))
    rows: list[Row] = []
    for code in [code for name, section in sections.items() if name != "focus_areas" for code in section]:
        for area in sections["focus_areas"]:
            both = inside.get(code, set()) & inside.get(area, set())
            row = partial(estimate_row, NOTES, item=f"{code}|{area}", method="count")
            rows.append(row("cooccurrence", len(both), n=len(inside.get(area, set()))))
            rows.append(row("cooccurrence_groups", len({group_of[name] for name in both}), n=groups))
    return rows


def order_rows(ranks: Mapping[str, Mapping[str, float]], poll_means: Mapping[str, float]) -> list[Row]:
    """`group_rank`, each group's tau-b to the poll, and Kendall's W between groups, each on the common areas.

    Parameters: `ranks`, group → area → rank (1 is most important, ties share the middle). An area a group did not
    rank is missing there, never last. n is the number of areas that count.
    """
    rows: list[Row] = []
    for group, own in ranks.items():
        for area, rank in own.items():
            rows.append(estimate_row(NOTES, "group_rank", rank, item=area, segment=group, n=len(own), method="stated"))
        common = [area for area in own if area in poll_means]
        if len(common) >= FEWEST_COMMON:
            x = np.array([own[area] for area in common])
            y = np.array([-poll_means[area] for area in common])
            rows += _tau_rows(group, x, y, ", ".join(common))
    common = [area for area in next(iter(ranks.values()), {}) if all(area in own for own in ranks.values())]
    if len(ranks) < 2 or len(common) < FEWEST_COMMON:
        return rows
    table = np.array([[own[area] for area in common] for own in ranks.values()])
    w, on = kendall_w(table), f"{len(ranks)} groups on {', '.join(common)}"
    rows.append(estimate_row(NOTES, "kendall_w", w, n=len(common), method=_defined(w, on)))
    return [*rows, _exact_p("kendall_w_p", lambda: kendall_w_p(table), "all", len(common), on)]


def _tau_rows(group: str, x: Floats, y: Floats, on: str) -> list[Row]:
    tau = tau_b(x, y)
    return [
        estimate_row(NOTES, "group_tau_b", tau, segment=group, n=len(x), method=_defined(tau, on)),
        _exact_p("group_tau_b_p", lambda: tau_b_p(x, y), group, len(x), on),
    ]


def _exact_p(statistic: str, compute: Callable[[], float], segment: str, n: int, on: str) -> Row:
    """The row of an exact p; empty with the reason where too many orders would have to be looked at."""
    try:
        p = compute()
        method = _defined(p, f"exact, all orders; {on}")
    except ValueError:
        p, method = math.nan, f"not computed: too many orders; {on}"
    return estimate_row(NOTES, statistic, p, segment=segment, n=n, method=method)


def _defined(value: float, on: str) -> str:
    return on if not math.isnan(value) else f"undefined: everything tied; {on}"


def _decisions(codings: pd.DataFrame) -> dict[str, dict[str, dict[str, str]]]:
    """Statement → coder → code → stance, of those who coded (not of what was decided afterwards)."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    own = codings[~codings["coder"].isin([FINAL, RECONCILED])]
    for one in own.to_dict("records"):
        codes = found.setdefault(one["statement"], {}).setdefault(one["coder"], {})
        if one["code"] != NO_CODE:
            codes[one["code"]] = one["stance"]
    return found


def with_themes(round_: Round, estimates: pd.DataFrame) -> pd.DataFrame:
    """The estimates with the rows of the group notes in place of earlier ones, if the round's notes have been read."""
    poll = estimates[estimates["question"] != NOTES]
    paths = [round_.table(name) for name in ("statements", "codings")]
    if round_.file.notes is None or not all(path.is_file() for path in paths):
        return validate(poll, "estimates", where="estimates")
    statements, codings = (read_table(path.stem, path) for path in paths)
    rows = theme_rows(round_, statements, codings, poll_means(round_, poll))
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    frame["round"], frame["provenance"] = round_.name, round_.file.notes.provenance
    frames = [poll, validate(frame, "estimates", where="estimates")]
    return validate(pd.concat(frames, ignore_index=True), "estimates", where="estimates")


def write_theme_estimates(round_: Round) -> pd.DataFrame:
    """Add the estimates of the group notes to the round's `estimates.csv`, which may hold those of the poll already."""
    path = round_.table("estimates")
    columns = [column.name for column in TABLES["estimates"].columns]
    earlier = read_table("estimates", path) if path.is_file() else pd.DataFrame(columns=columns)
    estimates = with_themes(round_, earlier)
    write_table(estimates, "estimates", path)
    return estimates


def poll_means(round_: Round, estimates: pd.DataFrame) -> dict[str, float]:
    """What each area got in the priority question, as published for everybody (mean points, share, mean rank below
    zero); empty where none is."""
    found: dict[str, float] = {}
    for question in round_.with_role("priority"):
        mine = (estimates["question"] == question.id) & (estimates["segment"] == "all")
        means = estimates[mine & (estimates["statistic"] == question.measure) & (estimates["status"] == "published")]
        side = -1 if question.type == "ranking" else 1
        found |= dict(zip(means["item"], side * means["estimate"], strict=True))
    return found
