"""The one way out of a notebook: `publish` takes long frames with their recipe and gives the rows that may be shown.

No value of a frame is believed. What everybody or the segments of the round answered stands in `estimates` already and
is looked up there. A breakdown of one's own is computed anew from the private tables, and decided after the standard
cut, one after the other (`cell_guard.Guard`). In JupyterLab the answer is a preview and nothing is written; under the
runner each notebook leaves what it asked for, and the runner decides for all of them in the order of their names.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cell_guard import CAPPED, JOINED, TOLD, Cut, Guard

from ..contracts import BY_NAME, STATISTICS, TABLES
from ..errors import DataError
from ..estimators import TESTS, VOTER, Row, people_hash
from ..rounds import ASKED, Held, Question, Round
from ..tables import breakdowns, read_table, write_private, write_table
from ..wall import running_cell
from .allowed import COMPARED, OF_A_SEGMENT
from .cut import REST, STATUS_OF, UNSTATED, rule_of
from .estimates import compared_rows, shown_rows, with_segments, withheld_row
from .ledger import ledger_path, read_ledger
from .opened import OpenRound, people_numbers
from .record import RECORD
from .releases import CUTS, read_people

TOGETHER = "verglichen"
"""Stands for the classes of an own breakdown in the rows of a test that compares them."""
KEY = ["question", "segment", "item", "statistic"]
WHY = STATUS_OF | {TOLD: "suppressed_complementary", CAPPED: "suppressed_too_many_cuts"}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LABEL = re.compile(r"[^/|\x00-\x1f]{1,60}")
_NUMBER = re.compile(r"[-−]?[\d.,]+|[\[(][-−\d.,]+; ?[-−\d.,]+[\])]|[\[(][-−\d., inf]+, [-−\d., inf]+[\])]")


@dataclass(frozen=True)
class Asked:
    """A breakdown that a notebook wants published: `classes`, person → class, of the people who answered `question`;
    `order` of the classes; `statistics` that were computed. `notebook` and `count` say which cell asked."""

    name: str
    question: str
    statistics: list[str]
    classes: dict[int, str]
    order: list[str]
    notebook: str = ""
    count: int = 0

    def class_of(self, person: Hashable) -> str:
        return self.classes.get(person, UNSTATED)  # type: ignore[call-overload]


def publish(*tables: pd.DataFrame, name: str | None = None) -> pd.DataFrame:
    """What of these frames may be shown: their rows in `estimates`, with `status` and, where withheld, no number.

    `tables`: frames of `estimate`, `rank_sets` and the like, as they came. `name`: needed for a breakdown by something
    else than the round's segments; it becomes part of the key (`name:class`). Raises: DataError for numbers that nobody
    could compute from the round anew: people left out, values changed, functions or weights of one's own.
    """
    if not tables:
        raise DataError("publish", "at least one frame, e.g. of estimate", "none")
    round_ = _round_of(tables)
    own = [table for table in tables if _breakdown(table) is not None]
    standard = [table for table in tables if _breakdown(table) is None]
    rows = [_looked_up(round_, table) for table in standard]
    if own:
        if name is None:
            raise DataError("publish", "a name for a breakdown of your own", "none", remedy='publish(…, name="alter")')
        asked = list(_asked(round_, own, name))
        for one in asked:
            round_.asked[one.name, one.question] = one
        decided, _ = own_rows(round_, *round_.tables, round_.asked.values(), known=None)
        mine = {one.question for one in asked}
        kept = [row for row in decided if row["question"] in mine and str(row["segment"]).startswith(f"{name}:")]
        rows.append(_as_table(round_, kept))  # with the people in each class, who stand beside every number
        round_.keep_published(rows[-1])
    found = pd.concat(rows, ignore_index=True).drop_duplicates(KEY)
    place = _places(round_.published)
    ordered = np.argsort([place.get(key, len(place)) for key in _keys(found)], kind="stable")
    found = found.iloc[ordered].reset_index(drop=True)  # as in the table, whatever the order of the frames
    found.attrs = {"published": True, "of": Held(round_), "first": _asked_first(tables[0])}
    _leave(round_, found, [one for one in round_.asked.values() if one.name == name])
    return found


def _asked_first(table: pd.DataFrame) -> str:
    """The statistic of the table that was named first."""
    how, found = table.attrs["recipe"].get("how"), list(dict.fromkeys(table["statistic"]))
    name = how[0] if isinstance(how, list | tuple) else how
    meant = [names[name] for names in BY_NAME.values() if name in names]
    return next((one for one in (*meant, *found) if one in found), meant[0] if meant and not found else "")


def _keys(rows: pd.DataFrame) -> Iterator[tuple]:
    return zip(*(rows[part] for part in KEY), strict=True)


def _places(rows: pd.DataFrame) -> dict[tuple, int]:
    return {key: at for at, key in enumerate(_keys(rows))}


def _round_of(tables: Iterable[pd.DataFrame]) -> OpenRound:
    held: dict[int, Held] = {id(table.attrs["of"]): table.attrs["of"] for table in tables if "of" in table.attrs}
    rounds: dict[int, OpenRound] = {id(one.value): one.value for one in held.values()}
    if len(rounds) != 1 or not all({"of", "recipe"} <= set(table.attrs) for table in tables):
        saw = "frames of several rounds" if len(rounds) > 1 else "a frame without a recipe"
        remedy = "give it what estimate, rank_sets, … returned, computed from frames of one round"
        raise DataError("publish", "frames that were computed from a round", saw, remedy=remedy)
    return next(iter(rounds.values()))


def _breakdown(table: pd.DataFrame) -> pd.Series | None:
    """The people's classes where they are no segments of the round."""
    by: pd.Series | None = table.attrs["breakdown"].value if "breakdown" in table.attrs else None
    return by if by is not None and not by.attrs.get("is_group") else None


def _looked_up(round_: OpenRound, table: pd.DataFrame) -> pd.DataFrame:
    """The published rows with the keys of a frame. Groups that are not shown, and what is not shown of groups, come as
    withheld rows. Raises: DataError where the numbers are others, or there is no such row."""
    whole = round_.published
    place, recipe = _places(whole), table.attrs["recipe"]
    found, withheld = [], []
    for row in table.to_dict("records"):
        key = tuple(row[part] for part in KEY)
        if key in place:
            _compare(row, whole.iloc[place[key]], recipe)
            found.append(place[key])
        elif "breakdown" in table.attrs and row["segment"] != "all":
            empty: dict[Any, Any] = {"estimate": math.nan, "low": math.nan, "high": math.nan, "n": math.nan}
            withheld.append(row | empty | {"method": "", "status": "suppressed_undeclared"})
        else:
            raise _not_ours(row, recipe)
    if "breakdown" in table.attrs:  # which groups are not shown, and why
        about = (whole["question"] == recipe["question"]) & ~breakdowns(whole)
        found += np.flatnonzero(about & whole["status"].str.startswith("suppressed")).tolist()
    rows = whole.iloc[sorted(set(found))]
    return pd.concat([rows, _as_table(round_, withheld)]) if withheld else rows


def _compare(row: dict, published: pd.Series, recipe: dict) -> None:
    if published["status"] != "published":
        return
    pairs = [(row["estimate"], published["estimate"])]
    if row["segment"] == "all" and row["statistic"] != "rank":  # `estimate` gives a rank without its set
        pairs += [(row[end], published[end]) for end in ("low", "high") if not pd.isna(row[end])]
    for mine, theirs in pairs:
        if not ((pd.isna(mine) and pd.isna(theirs)) or math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-9)):
            raise _not_ours(row, recipe, int(published["n"]) if not pd.isna(published["n"]) else None)


def _not_ours(row: dict, recipe: dict, people: int | None = None) -> DataError:
    """Why a row cannot go out, with the line that could."""
    question, how = recipe["question"], recipe.get("how")
    expected = "numbers that follow from everybody's answers by a statistic of ours"
    if row["status"] == "own" or callable(how) or row["statistic"] not in STATISTICS:
        saw, remedy = (
            f"a function of your own ({row['statistic']})",
            "publish one of the named statistics; look at yours",
        )
    elif row["segment"] not in ("all", "equal_groups"):
        saw, remedy = f"weights of your own ({row['segment']})", f"use weights=round_.equal_groups({question!r})"
    elif people is not None and recipe["people"] != people:
        saw, remedy = f"{recipe['people']} people instead of {people}", "publish the frame of all people; look at yours"
    elif people is not None:
        saw = f"another number for {row['statistic']} of {row['item'] or question} than in the tables"
        remedy = (
            "publish it as it came; if files or the program changed since the last fachdialog report, run that first"
        )
    elif row["statistic"] in COMPARED:
        saw = f"{row['statistic']} of the round's groups, which was not planned"
        remedy = "write it down beforehand under segment_tests in round.yml"
    else:
        saw, remedy = f"{row['statistic']}, which is not published of everybody", "see docs/workbench.md, publish"
    return DataError("publish", expected, saw, remedy=f"{remedy}; cells tagged remove_cell are for that")


def _asked(round_: OpenRound, tables: list[pd.DataFrame], name: str) -> Iterator[Asked]:
    if any(round_.question(table.attrs["recipe"]["question"]).role == "participant_group" for table in tables):
        remedy = "break the other question down by round_.segments(…): small groups are merged there"
        raise DataError("publish", "another question than that of participant groups", "it", remedy=remedy)
    if not _NAME.fullmatch(name):
        raise DataError("publish", "a name of a to z, digits and _, at most 40 letters", f"“{name[:60]}”")
    wanted: dict[tuple[str, int], list[pd.DataFrame]] = {}
    for table in tables:
        wanted.setdefault((table.attrs["recipe"]["question"], id(_breakdown(table))), []).append(table)
    if len({question for question, _ in wanted}) < len(wanted):
        raise DataError("publish", "one breakdown of a question per name", "several", remedy="publish them one by one")
    for (question, _), frames in wanted.items():
        by = _breakdown(frames[0])
        pristine = round_.frame(question)
        for frame in frames:
            recipe = frame.attrs["recipe"]
            if recipe["who"] != people_hash(pristine):
                raise _not_ours(
                    {"status": "", "statistic": "mean", "segment": "all", "item": ""}, recipe, len(pristine)
                )
            if bad := next((row for row in frame.to_dict("records") if row["status"] == "own"), None):
                raise _not_ours(bad, recipe)
        values = by.reindex(pristine.index)  # type: ignore[union-attr]
        is_ordered = isinstance(values.dtype, pd.CategoricalDtype)
        order = [str(value) for value in (values.cat.categories if is_ordered else sorted(values.dropna().unique()))]
        named = values.dropna()
        classes = dict(zip(named.index.tolist(), map(str, named), strict=True))
        if len({*classes.values(), *([UNSTATED] if values.isna().any() else [])}) < 2:
            raise DataError("publish", f"at least two classes in the breakdown “{name}”", "everybody in one")
        for label in sorted(set(classes.values())):
            if not _LABEL.fullmatch(label) or label == TOGETHER:
                expected = f"names of classes with at most 60 letters, without / and |, and not {TOGETHER}"
                raise DataError("publish", expected, "another one")
        statistics = list(dict.fromkeys(value for frame in frames for value in frame["statistic"]))
        yield Asked(name, question, statistics, classes, [*order, UNSTATED])


def own_rows(
    round_: Round,
    voters: pd.DataFrame,
    answers: pd.DataFrame,
    asked: Iterable[Asked],
    *,
    known: frozenset[str] | None,
) -> tuple[list[Row], dict[str, dict[str, dict[str, str]]]]:
    """The rows of every breakdown that was asked for, decided in the order given; and the cuts themselves (name →
    question → person → class).

    `known`: texts that a notebook's source holds; class names come from there, from the round or the codebook, or are
    numbers. None where they are not asked for (a preview). Raises: DataError for a name that none of these says.
    """
    rule, _ = rule_of(round_)
    answers, segments = with_segments(round_, voters, answers)
    people = people_numbers(voters)
    guards: dict[str, Guard] = {}
    found: list[Row] = []
    cuts: dict[str, dict[str, dict[str, str]]] = {}
    for one in asked:
        question = round_.question(one.question)
        own = answers[answers["question"] == question.id]
        numbers = people.reindex(pd.MultiIndex.from_frame(own[VOTER])).to_numpy(dtype=np.int64)
        if known is not None:
            _check_words(round_, one, known)
        if question.id not in guards:
            shown = own["shown"] if segments.shown(question.id) else pd.Series("all", index=own.index)
            first: dict[Hashable, str] = dict(zip(numbers.tolist(), shown, strict=True))
            guards[question.id] = Guard(first, rule)
            for released in _released(round_, question.id):
                guards[question.id].decide(released, rest=REST)
        classes = {person: one.class_of(person) for person in guards[question.id].people}
        cut = guards[question.id].decide(classes, rest=REST, order=one.order)
        found += _rows_of(one, question, own, numbers, cut)
        if cut.shown:
            placed = {str(person): cut.shown_in[label] for person, label in classes.items()}
            cuts.setdefault(one.name, {})[question.id] = placed
    order = {segment: at for at, segment in enumerate(dict.fromkeys(row["segment"] for row in found))}
    return sorted(found, key=lambda row: order[row["segment"]]), cuts  # all about one class stands together


def _rows_of(one: Asked, question: Question, own: pd.DataFrame, numbers: np.ndarray, cut: Cut) -> list[Row]:
    placed = own.assign(shown=[cut.shown_in[one.class_of(person)] for person in numbers.tolist()])
    wanted, found = {*one.statistics, "respondents"} & OF_A_SEGMENT.keys(), list[Row]()
    for label in cut.shown:
        segment = f"{one.name}:{label}"
        found += [
            row | {"segment": segment} for row in shown_rows(placed, question, label) if row["statistic"] in wanted
        ]
        others = [name for name in one.statistics if name not in OF_A_SEGMENT and name not in COMPARED]
        found += [_undeclared(question, segment, "", statistic) for statistic in others]
    for test in [name for name in TESTS if f"{name}_p" in one.statistics]:
        # Made of what is published of the shown classes, and of nothing else.
        rows, segment = compared_rows(placed if cut.shown else placed[:0], question, test), f"{one.name}:{TOGETHER}"
        told = {str(row["statistic"]): f"{row['method']}; not planned beforehand, not adjusted" for row in rows}
        found += [row | {"segment": segment, "method": told[str(row["statistic"])]} for row in rows]
        if not rows:  # a test that was asked for does not disappear
            why = next((WHY[reason] for reason in cut.why.values()), "suppressed_small_base")
            found.append(_undeclared(question, segment, "", f"{test}_p") | {"status": why})
    for label, at in cut.shown_in.items():
        if (at != label or not cut.shown) and not _holds_number(label):  # that a value occurs is what somebody said
            found.append(withheld_row(question, f"{one.name}:{label}", WHY[cut.why.get(label, JOINED)]))
    return found


def _undeclared(question: Question, segment: str, item: str, statistic: str) -> Row:
    empty = withheld_row(question, segment, "suppressed_undeclared")
    return empty | {"item": item, "statistic": statistic, "unit": STATISTICS[statistic]}


def _holds_number(label: str) -> bool:
    return any(_NUMBER.fullmatch(part) for part in label.split(" × "))


def _released(round_: Round, question: str) -> Iterator[Mapping[Hashable, str]]:
    """Breakdowns of a question that are out in a released version."""
    for version in read_ledger(ledger_path(round_)).out:
        for cuts in version.cuts.values():
            if question in cuts:
                yield {int(person): label for person, label in cuts[question].items()}


def _check_words(round_: Round, one: Asked, known: frozenset[str]) -> None:
    ids = {question.id for question in round_.file.questions}
    if one.name not in known and not any(one.name.startswith(text) and one.name[len(text) :] in ids for text in known):
        raise DataError(one.notebook, "a name of a breakdown that stands in the notebook", "another", remedy='name="…"')
    codes = {code.id for code in round_.codebook.codes()}
    options = {item for question in round_.file.questions for item in question.options.values()}
    safe = known | codes | options | {REST, UNSTATED, "True", "False"}
    for label in sorted(set(one.classes.values())):
        for part in label.split(" × "):
            if part not in safe and not _NUMBER.fullmatch(part):
                expected = f"classes of “{one.name}” that the notebook, round.yml or the codebook name"
                remedy = 'name them yourself, e.g. by=alter.map(lambda a: "jung" if a < 40 else "älter")'
                raise DataError(one.notebook, expected, "others", remedy=remedy)


def _as_table(round_: Round, rows: list[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    frame["round"], frame["provenance"] = round_.name, round_.file.provenance
    return frame.astype({"n": "Int64"})


def _leave(round_: OpenRound, rows: pd.DataFrame, asked: list[Asked]) -> None:
    """Under the runner: say what was asked for, and by which cell."""
    folder = os.environ.get(ASKED)
    if not folder:
        return
    standard = rows[~breakdowns(rows)]
    keys = standard[["question", "segment", "statistic"]].drop_duplicates().to_numpy().tolist()
    place = Path(folder, f"{round_.name}.json")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else []
    withheld = standard[standard["status"] == "suppressed_undeclared"][KEY].to_numpy().tolist()
    told.append({"count": running_cell(), "rows": keys, "own": [asdict(one) for one in asked], "withheld": withheld})
    place.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


@dataclass(frozen=True)
class Told:
    """What a notebook asked for, as it left it. `cells`: question, segment and statistic → number of the cell;
    `withheld`: keys of what is not shown of the segments of the round."""

    notebook: str
    asked: list[Asked]
    cells: dict[tuple[str, str, str], int]
    withheld: list[tuple[str, str, str, str]]


def read_told(folder: Path, round_name: str, notebook: str, numbers: Mapping[int, int]) -> Told:
    """`numbers`: execution count → number of the cell."""
    path = folder / f"{round_name}.json"
    left: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    cells: dict[tuple[str, str, str], int] = {}
    asked: dict[tuple[str, str], Asked] = {}
    withheld = [(key[0], key[1], key[2], key[3]) for one in left for key in one["withheld"]]
    for one in left:
        number = numbers.get(one["count"], 0)
        for question, segment, statistic in one["rows"]:
            cells.setdefault((question, segment, statistic), number)
        for own in one["own"]:
            classes = {int(person): label for person, label in own["classes"].items()}
            made = Asked(**own | {"notebook": notebook, "count": number, "classes": classes})
            asked[made.name, made.question] = made
    return Told(notebook, list(asked.values()), cells, withheld)


def write_decisions(round_: Round, told: Iterable[Told], known: frozenset[str]) -> None:
    """Put the rows of all breakdowns that notebooks asked for behind the others in `estimates.csv`; note in the record
    of the round what was decided, and which cell published what. Notebooks come in the order of their names.

    `known`: texts in the sources of the notebooks. Raises: DataError where two notebooks give one name to different
    classes, and for class names that stand in no source.
    """
    told = sorted(told, key=lambda one: one.notebook)
    asked: dict[tuple[str, str], Asked] = {}
    for one in (one for notebook in told for one in notebook.asked):
        before = asked.get((one.name, one.question))
        if before and before.classes != one.classes:
            saw = f"others under the same name in {before.notebook} and {one.notebook}"
            raise DataError("publish", f"one breakdown called {one.name}", saw, remedy="give one of them another name")
        both = [*(before.statistics if before else []), *one.statistics]
        asked[one.name, one.question] = replace(one, statistics=list(dict.fromkeys(both)))
    rows: list[Row] = []
    keys = dict.fromkeys(key for notebook in told for key in notebook.withheld)
    withheld = [_withheld(round_, *key) for key in keys]
    if asked or withheld:
        people = read_people(round_)
        rows, cuts = own_rows(round_, people.voters, people.answers, asked.values(), known=known)
        estimates = read_table("estimates", round_.table("estimates"))
        estimates = estimates[~breakdowns(estimates)]
        own = _as_table(round_, [*withheld, *rows])
        whole = pd.concat([estimates, own.astype(estimates.dtypes.to_dict())], ignore_index=True)
        write_table(whole.drop_duplicates(["round", *KEY], ignore_index=True), "estimates", round_.table("estimates"))
        write_private(round_.processed / CUTS, json.dumps(cuts, ensure_ascii=False, sort_keys=True))
    record = round_.processed / RECORD
    write_private(record, record.read_text(encoding="utf-8") + _record_lines(told, asked.values(), rows))


def _withheld(round_: Round, name: str, segment: str, item: str, statistic: str) -> Row:
    """The empty row of what is not shown of a segment. Raises: DataError for a key that the round does not have."""
    question = round_.question(name)
    groups = {option for one in round_.with_role("participant_group") for option in one.options.values()}
    items = {"", *question.options.values(), *(question.scale.class_items() if question.scale else ())}
    if segment not in groups | {REST, UNSTATED} or statistic not in STATISTICS or item not in items:
        raise DataError("publish", "a segment, an item and a statistic of the round", "others")
    return _undeclared(question, segment, item, statistic)


def _record_lines(told: Iterable[Told], asked: Collection[Asked], rows: list[Row]) -> str:
    lines = ["", "## Eigene Aufteilungen", ""]
    for one in asked:
        lines.append(f"- {one.name}, {one.question} ({one.notebook}, Zelle {one.count})")
        by_segment: dict[str, list[Row]] = {}
        for row in rows:
            if row["question"] == one.question and str(row["segment"]).startswith(f"{one.name}:"):
                by_segment.setdefault(str(row["segment"]), []).append(row)
        for segment, mine in by_segment.items():
            status = dict.fromkeys(str(row["status"]) for row in mine)
            people = next((f"{row['n']:.0f} Personen" for row in mine if row["statistic"] == "respondents"), "")
            lines.append(f"  - {segment}: {', '.join(filter(None, (people, *status)))}")
    lines += [] if asked else ["keine"]
    lines += ["", "## Welche Zelle was veröffentlichte", ""]
    for notebook in told:
        by_cell: dict[int, list[str]] = {}
        for (question, segment, statistic), cell in notebook.cells.items():
            by_cell.setdefault(cell, []).append(f"{question}/{segment}/{statistic}")
        for cell, keys in sorted(by_cell.items()):
            lines.append(f"- {notebook.notebook}, Zelle {cell}: {', '.join(keys)}")
    return "\n".join(lines) + "\n"
