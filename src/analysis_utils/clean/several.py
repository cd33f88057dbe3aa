"""Several files of one event → one export: people of different files are others, unless a code of theirs joins them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from poll_exports import Action, Cell, Export, Plan, Problem, Use, Voters, shown, text_of, whole_of

from ..errors import DataError
from ..rounds import Question, Round, code_of, normalise
from .matching import Match, candidates, check_unmatched, match_one, match_round


class _Together(Voters):
    """The rows of several files; `rows` name file and row."""

    def place(self, column: int, voter: int | None = None) -> str:
        return f"column “{shown(self.headers[column])}”" + ("" if voter is None else f", row {self.rows[voter]}")


@dataclass
class _Columns:
    """Columns on their way: cells per file, "" for people who were not asked there."""

    sizes: list[int]
    headers: list[str]
    cells: list[list[np.ndarray | None]]

    def add(self, header: str, parts: dict[int, np.ndarray]) -> int:
        self.headers.append(header)
        self.cells.append([parts.get(place) for place in range(len(self.sizes))])
        return len(self.headers) - 1

    def whole(self, column: int) -> np.ndarray:
        parts = self.cells[column]
        return np.concatenate(
            [np.full(n, "", dtype=object) if one is None else one for n, one in zip(self.sizes, parts, strict=True)]
        ).astype(object)


def together(round_: Round, exports: Sequence[Export]) -> Export:
    """All files as one. Sessions and voters are numbered on from file to file, questions of one wording are one.

    Raises: DataError, of the file it is about, for what does not fit `round.yml`.
    """
    exports = list(_numbered_on(exports))
    matches: list[dict[str, Match]] = []
    for export, own in zip(exports, _asked_in(round_, exports), strict=True):
        one = replace(round_, file=round_.file.model_copy(update={"questions": own}))
        check_unmatched(one, export)
        matches.append({match.question.id: match for match in match_round(one, export)[0]})
    columns = _Columns([len(export.voters.rows) for export in exports], [], [])
    plans = [
        _one_question(number, question, {at: own[question.id] for at, own in enumerate(matches) if question.id in own},
                      exports, columns)
        for number, question in enumerate(round_.file.questions, start=1)
    ]  # fmt: skip
    left: list[int] = []
    for at, export in enumerate(exports):
        used = {id(match.plan) for match in matches[at].values()}
        for plan in [plan for plan in export.questions if id(plan) not in used]:
            uses = [replace(use, column=_taken(columns, at, export, use.column)) for use in plan.uses]
            plans.append(replace(plan, number=len(plans) + 1, uses=uses))
        left += [_taken(columns, at, export, column) for column in export.left]
    voters = _Together(
        sheet=" and ".join(export.path.name for export in exports),
        first=0,
        headers=columns.headers,
        columns=[columns.whole(column) for column in range(len(columns.headers))],
        rows=[f"{row} of {export.path.name}" for export in exports for row in export.voters.rows],
        dates=[date for export in exports for date in export.voters.dates],
        sessions=[session for export in exports for session in export.voters.sessions],
        numbers=[number for export in exports for number in export.voters.numbers],
    )
    tools = {export.tool for export in exports}
    whole = Export(
        path=round_.raw,
        generation="",
        voters=voters,
        questions=plans,
        audience=[row for export in exports for row in export.audience],
        problems=[replace(one, file=export.path.name) for export in exports for one in export.problems],
        lost=sum(export.lost for export in exports),
        blocks=[block for export in exports for block in export.blocks],
        left=left,
        tool=tools.pop() if len(tools) == 1 else "several tools",
        silent=sum(export.silent for export in exports),
    )
    return _joined_by_code(round_, whole, columns.sizes)


def _numbered_on(exports: Sequence[Export]) -> Iterator[Export]:
    session = number = 0
    for export in exports:
        voters = export.voters
        sessions, numbers = [one + session for one in voters.sessions], [one + number for one in voters.numbers]
        blocks = [replace(block, session=block.session + session) for block in export.blocks]
        audience: list[Sequence[Cell]] = [
            [row[0], own + session if (own := whole_of(row[1])) is not None else "", *row[2:]]
            for row in export.audience
        ]
        by_old = dict(zip(map(id, export.blocks), blocks, strict=True))
        plans = [replace(plan, blocks=[by_old.get(id(one), one) for one in plan.blocks]) for plan in export.questions]
        yield replace(
            export,
            voters=replace(voters, sessions=sessions, numbers=numbers),
            blocks=blocks,
            questions=plans,
            audience=audience,
        )
        session = max([session, *sessions, *(block.session for block in blocks)])
        number = max([number, *numbers])


def _asked_in(round_: Round, exports: Sequence[Export]) -> list[list[Question]]:
    """The questions of `round.yml` that each file has.

    Of questions that read alike, files that have as many have all of them, in their order; where all files together
    have as many, each has its part, in the order of the files. Raises: DataError for a question that no file has, and
    where it stays open which is which.
    """
    asked: list[set[str]] = [set() for _ in exports]
    alike: dict[tuple[str, str, str], list[Question]] = {}
    for question in round_.file.questions:
        alike.setdefault(question.reading, []).append(question)
    for questions in alike.values():
        counts = [len(candidates(questions[0], export.questions)) for export in exports]
        if not any(counts):
            everything = [plan for export in exports for plan in export.questions]
            match_one(replace(exports[0], path=round_.raw, questions=everything), questions[0], 0, 1)
        if all(count in (0, len(questions)) for count in counts):
            parts = [questions if count else [] for count in counts]
        elif sum(counts) == len(questions):
            starts = np.cumsum([0, *counts]).tolist()
            parts = [questions[start : start + count] for start, count in zip(starts, counts, strict=False)]
        else:
            found = ", ".join(f"{export.path.name}: {count}" for export, count in zip(exports, counts, strict=True))
            raise DataError(
                round_.raw / "round.yml",
                f"the question “{shown(questions[0].wording)}” as often as it was polled",
                f"it {len(questions)} times there, and in the files {found}",
                questions[0].id,
                "list it once for each time it was polled, in the order of the files under exports",
            )
        for own, part in zip(asked, parts, strict=True):
            own |= {question.id for question in part}
    return [[question for question in round_.file.questions if question.id in own] for own in asked]


def _one_question(
    number: int, question: Question, matches: dict[int, Match], exports: Sequence[Export], columns: _Columns
) -> Plan:
    """A question with its columns of all files: those of one option, or of one place among several, are one."""
    known = [match.plan for match in matches.values() if match.plan.type != "unknown"]
    types = {plan.type for plan in known}
    if "scales" in types and len(types) > 1:
        saw = " and ".join(f"{match.plan.type} in {exports[at].path.name}" for at, match in matches.items())
        raise DataError(exports[0].path.parent / "round.yml", f"{question.id} polled in one way", saw, question.id,
                        "list it once for each way, each with an id of its own")  # fmt: skip
    is_single = question.type in ("single_choice", "scale")
    found: dict[tuple[object, ...], dict[int, Use]] = {}
    for at, match in matches.items():
        met: Counter[tuple[object, ...]] = Counter()
        for use in match.uses:
            place = () if is_single else (use.part == "upvotes", normalise(use.item), use.order, use.mark)
            found.setdefault((*place, met[place]), {})[at] = use
            met[place] += 1
    uses = []
    for own in found.values():
        first = next(iter(own.values()))
        header = exports[next(iter(own))].voters.headers[first.column]
        parts = {at: exports[at].voters.columns[use.column] for at, use in own.items()}
        item = question.statement or first.item
        uses.append(replace(first, column=columns.add(header, parts), item=item))
    items = next((match.plan.items for match in matches.values() if match.plan.items), [])
    plan = known[0] if known else next(match.plan for match in matches.values())
    return replace(plan, number=number, title=question.wording, uses=uses,
                   items=[question.statement] if question.statement else items)  # fmt: skip


def _taken(columns: _Columns, at: int, export: Export, column: int) -> int:
    """A column that one file alone has."""
    return columns.add(export.voters.headers[column], {at: export.voters.columns[column]})


def _joined_by_code(round_: Round, export: Export, sizes: list[int]) -> Export:
    """People of different files whose answer to the question of codes (`link_code`) is the same are one person.

    A code that two people of a file gave joins nobody. Of what somebody answered in two files the first counts.
    """
    if not round_.file.link_code:
        return export
    place = [question.id for question in round_.file.questions].index(round_.file.link_code)
    file_of = np.repeat(np.arange(len(sizes)), sizes)
    codes: dict[str, list[int]] = {}
    for use in export.questions[place].uses:
        if use.part != "upvotes":
            at, cells = export.voters.filled(use.column)
            for row, cell in zip(at.tolist(), cells, strict=True):
                codes.setdefault(code_of(text_of(cell)), []).append(row)
    codes.pop("", None)
    shared = {code: rows for code, rows in codes.items() if len(rows) > 1}
    unclear = [rows for rows in shared.values() if len(set(file_of[rows].tolist())) < len(rows)]
    pairs = [(rows[0], row) for rows in shared.values() if rows not in unclear for row in sorted(rows)[1:]]
    columns = [column.copy() for column in export.voters.columns]
    own = [[use.column for use in plan.uses] for plan in export.questions]
    own += [[column] for column in export.left]
    aside = again = 0
    for to, row in pairs:
        for question, places in enumerate(own):
            given = [column for column in places if columns[column][row] != ""]
            if any(columns[column][to] != "" for column in places):
                again += len(given) if question == place else 0
                aside += len(given) if question != place else 0
            else:
                for column in given:
                    columns[column][to] = columns[column][row]
    stay = np.ones(len(file_of), dtype=bool)
    stay[[row for _, row in pairs]] = False
    voters = replace(export.voters, columns=columns).only(stay)
    found: list[tuple[str, str, str, Action]] = [
        ("joined_by_code", f"{len(pairs)} people", "gave the same code in two files; each counts once", "kept"),
        ("code_twice", f"{len(unclear)} answers", "are codes several people of a file gave; they join nobody", "kept"),
        ("answered_twice", f"{aside} answers", "are to what the person answered in an earlier file", "set aside"),
    ]
    problems = [
        Problem(rule, f"question {round_.file.link_code}", f"{seen} {words}", seen, action)
        for rule, seen, words, action in found
        if not seen.startswith("0 ")
    ]
    return replace(
        export,
        voters=voters,
        problems=[*export.problems, *problems],
        lost=export.lost + aside,
        silent=export.silent + again,
    )
