"""What the workshop groups stressed: coverage, dots, stances, codes that come together, and the groups' orders.

Groups and statements are counted, never people: a group's notes do not say who spoke.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from ..contracts import BY_NAME, STANCES, TABLES
from ..errors import DataError, nearest
from ..rounds import NOTES, Round
from ..tables import read_table, validate, write_table
from .judges import coding_rows, kendall_w, kendall_w_p, tau_b, tau_b_p
from .rows import Maker, Row, estimate_row

FINAL, RECONCILED, NO_CODE = "final", "reconciled", "ohne_code"
FEWEST_COMMON = 2


def theme_rows(
    round_: Round, statements: pd.DataFrame, codings: pd.DataFrame, poll_means: Mapping[str, float]
) -> list[Row]:
    """All rows of the group notes. `statements` and `codings` as in `contracts.py`; `poll_means`, area → mean points.

    Only final codings count. A round without statements has the rows of its groups' orders.

    - all groups and each: `statements_read`, `statements_coded`, `statement_count` and `dots` per code, zeros included;
      the dots of a card count at each code it bears; without any dots there are no rows of dots
    - `stance_count` (and, for all groups, `stance_groups`) per code that is there and stance, item "code|stance"; those
      whose coders share the code and not the stance count in n and in no stance
    - `groups_covered` per code: groups with a statement that bears it; n is the number of groups
    - `cooccurrence` and `cooccurrence_groups` of each other code with each focus area, item "code|area"

    Statistics (Group notes):
    - `statements_read`: statements and cards of all groups or one. Awkward: copies in two files of a group count once.
      Case: hand-counted.
    - `statements_coded`: those with a final coding, "no code fits" included. Awkward: in dispute with nothing shared:
      not coded. Case: hand-counted.
    - `statement_count`: statements that bear the code; n: statements coded. Awkward: zeros included; focus areas: those
      the round's questions of priority offer or its groups ranked or named. Case: hand-counted.
    - `groups_covered`: groups with such a statement; n: groups. Awkward: never "people". Case: hand-counted.
    - `dots`: dots on cards that bear the code; without item: all dots. Awkward: a card with two codes counts at both;
      no dots in the segment: no rows. Case: hand-counted.
    - `stance_count`: statements with the code and the stance; n: statements with the code. Awkward: stance in dispute:
      in n only. Case: hand-counted.
    - `stance_groups`: groups with such a statement. Case: hand-counted.
    - `cooccurrence`: statements that bear both codes (`code|area`); n: statements with the area. Awkward: zeros
      included. Case: hand-counted.
    - `cooccurrence_groups`: groups with such a statement. Case: hand-counted.
    """
    if round_.file.notes is None:
        return []
    groups = [group.id for group in round_.file.notes.groups]
    ordered = group_order_rows(
        {group.id: group.ranks() for group in round_.file.notes.groups if group.order}, poll_means
    )
    if statements.empty:
        return ordered
    final = codings[codings["coder"] == FINAL]
    offered = {code.id for code in round_.focus_areas} | set(final["code"])  # another round's silent area is none here
    sections = {
        name: [code.id for code in section if name != "focus_areas" or code.id in offered]
        for name, section in round_.codebook.themes().items()
    }
    codes, areas = [code for section in sections.values() for code in section], sections["focus_areas"]
    others = [code for name, section in sections.items() if name != "focus_areas" for code in section]
    rows: list[Row] = []
    for segment in ["all", *groups]:
        read, bearing = (
            frame if segment == "all" else frame[frame["group"] == segment] for frame in (statements, final)
        )
        row = partial(estimate_row, NOTES, segment=segment, method="count")
        dots = read.set_index("statement")["dots"].fillna(0).astype(int)
        all_dots, coded = int(dots.sum()), bearing["statement"].nunique()
        rows += [row("statements_read", len(read), n=len(read)), row("statements_coded", coded, n=len(read))]
        rows += [row("dots", all_dots, n=all_dots)] if all_dots else []
        for code in codes:
            named = bearing.loc[bearing["code"] == code, "statement"]
            rows.append(row("statement_count", len(named), item=code, n=coded))
            if all_dots:
                rows.append(row("dots", int(dots.reindex(named).sum()), item=code, n=all_dots))
        with_code, by_stance = bearing["code"].value_counts(), bearing.groupby(["code", "stance"])["group"]
        counts, covered = by_stance.size(), by_stance.nunique()
        for code, stance in product([code for code in codes if code in with_code], STANCES):
            told = partial(row, item=f"{code}|{stance}", n=int(with_code[code]))
            rows.append(told("stance_count", int(counts.get((code, stance), 0))))
            if segment == "all":
                rows.append(told("stance_groups", int(covered.get((code, stance), 0))))
    row, final = partial(estimate_row, NOTES, method="count"), final[final["code"] != NO_CODE]
    inside: dict[str, set] = {str(code): set(own["statement"]) for code, own in final.groupby("code")}
    group_of = dict(zip(final["statement"], final["group"], strict=True))
    for code in codes:
        rows.append(
            row("groups_covered", len({group_of[name] for name in inside.get(code, ())}), item=code, n=len(groups))
        )
    for code, area in product(others, areas):
        both = inside.get(code, set()) & inside.get(area, set())
        told = partial(row, item=f"{code}|{area}")
        rows.append(told("cooccurrence", len(both), n=len(inside.get(area, ()))))
        rows.append(told("cooccurrence_groups", len({group_of[name] for name in both}), n=len(groups)))
    return rows + ordered + coding_rows(_decisions(codings), codes)


def note_rows(codings: pd.DataFrame, names: Sequence[str], who: str) -> list[Row]:
    """The rows of some statistics (`contracts.BY_NAME["notes"]`) of the codings of a round that was opened; nothing for
    a round without notes. `who` stands for what the frame holds (`people_hash`): all rows are made at once, and kept.

    Raises: DataError for a name that is none of them.
    """
    known = BY_NAME["notes"]
    if unknown := [name for name in names if name not in known]:
        remedy = nearest(str(unknown[0]), known) or f"one of {', '.join(known)}"
        raise DataError("estimate", "a statistic of group notes", f"“{unknown[0]}”", remedy=remedy)
    round_ = codings.attrs["of"].value
    counted = round_.__dict__.setdefault("counted", {})
    if who not in counted:
        counted[who] = theme_rows(round_, round_.statements(), codings, poll_means(round_, round_.published))
    return [row for row in counted[who] if row["statistic"] in names]


def group_order_rows(ranks: Mapping[str, Mapping[str, float]], poll_means: Mapping[str, float]) -> list[Row]:
    """`group_rank`, each group's tau-b to the poll, and Kendall's W between groups, each on the common areas.

    Parameters: `ranks`, group → area → rank (1 is most important, ties share the middle). An area a group did not
    rank is missing there, never last. n is the number of areas that count.

    Statistics (Group notes):
    - `group_rank`: rank a group gave an area in `round.yml`; ties share the middle. Awkward: not discussed: missing,
      not last. Case: hand-counted.
    """
    rows: list[Row] = []
    for group, own in ranks.items():
        row = partial(estimate_row, NOTES, segment=group)
        rows += [row("group_rank", rank, item=area, n=len(own), method="stated") for area, rank in own.items()]
        common = [area for area in own if area in poll_means]
        if len(common) >= FEWEST_COMMON:
            x, y = (np.array([side[area] for area in common]) for side in (own, poll_means))
            rows += _with_exact_p(row, "group_tau_b", tau_b(x, -y), tau_b_p(x, -y), common)
    common = [area for area in next(iter(ranks.values()), {}) if all(area in own for own in ranks.values())]
    if len(ranks) > 1 and len(common) >= FEWEST_COMMON:
        table, row = np.array([[own[area] for area in common] for own in ranks.values()]), partial(estimate_row, NOTES)
        rows += _with_exact_p(
            row, "kendall_w", kendall_w(table), kendall_w_p(table), common, f"{len(ranks)} groups on "
        )
    return rows


def _with_exact_p(row: Maker, statistic: str, value: float, p: float, common: list[str], who: str = "") -> list[Row]:
    """A number and its exact p; empty with the reason where too many orders would have to be looked at."""
    on, tied = who + ", ".join(common), "undefined: everything tied; " if math.isnan(value) else ""
    how = "not computed: too many orders" if math.isnan(p) and not tied else "exact, all orders"
    row = partial(row, n=len(common))
    return [row(statistic, value, method=tied + on), row(f"{statistic}_p", p, method=f"{tied}{how}; {on}")]


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
