"""The questions of `round.yml` and the questions of the export: which is which, or why not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from poll_exports import Export, Plan, Use, key_of, shown, some, text_of, whole_of

from ..errors import DataError, nearest
from ..rounds import Question, Round, normalise, value_in
from .problems import Problem

# Which types Mentimeter may print for a type of round.yml. The type it prints for points is not known: any that is not
# another one fits, and the columns decide.
_PRINTED: dict[str, tuple[str, ...]] = {
    "slide": ("slide",),
    "single_choice": ("choices", "choices_images"),
    "multiple_choice": ("choices", "choices_images"),
    "scale": ("scales", "choices", "choices_images"),
    "open": ("open",),
    "wordcloud": ("wordcloud",),
}
_SEEN = ("slide", "choices", "choices_images", "scales", "open", "wordcloud")


@dataclass(frozen=True)
class Match:
    """A question of the round, the export's question it is, and the columns it reads."""

    question: Question
    plan: Plan
    uses: list[Use]

    def option_ids(self) -> dict[str, str]:
        """Codebook id of each option wording, normalised."""
        return {normalise(wording): identifier for wording, identifier in self.question.options.items()}


def match_round(round_: Round, export: Export) -> tuple[list[Match], list[Problem]]:
    """Every question of `round.yml` with its plan. Raises: DataError for a wording, option or statement that one side
    does not have, for a question that stands twice, and for columns that do not fit the declared type."""
    plans = export.questions
    matches = [
        match_one(export, question, *_place_among_equals(round_.file.questions, question))
        for question in round_.file.questions
    ]
    for match in matches:
        _check_columns(export, match)
        _check_options(export, match)
    used = {(id(match.plan), use.column) for match in matches for use in match.uses}
    problems = []
    for plan in plans:
        left = [use for use in plan.uses if (id(plan), use.column) not in used]
        if plan.type == "slide" or (plan.uses and not left):
            continue
        if any(cell != "" for use in left for cell in export.voters.columns[use.column]):
            raise _undeclared(round_, export, plan, left, any(match.plan is plan for match in matches))
        message = f"the question “{shown(plan.title)}” is not in round.yml; nobody answered it"
        problems.append(Problem("undeclared_question", plan.place, message))
    return matches, problems


def _place_among_equals(questions: list[Question], question: Question) -> tuple[int, int]:
    """Which of the questions that read alike and have one type a question is, and how many there are."""
    alike = [one for one in questions if one.reading == question.reading]
    return alike.index(question), len(alike)


def candidates(question: Question, plans: list[Plan]) -> list[Match]:
    """The questions of an export that have this wording, a type that fits, and the statement where one is named."""
    wording = normalise(question.wording)
    fitting = [plan for plan in plans if normalise(plan.title) == wording and _fits(question, plan)]
    return [match for plan in fitting if (match := _with_statement(question, plan))]


def match_one(export: Export, question: Question, place: int, alike: int) -> Match:
    """`place`: which of `alike` questions of round.yml with this wording it is; they are told apart by their order.
    Raises: DataError where the export has not exactly that."""
    matches = candidates(question, export.questions)
    if not matches:
        raise _not_there(export, question)
    if len(matches) == alike > 1:
        return matches[place]
    if len(matches) != 1:
        places = " and ".join(match.plan.place for match in matches[:3])
        raise DataError(
            export.path,
            f"the question “{shown(question.wording)}” " + ("once" if alike == 1 else f"{alike} times"),
            f"it {len(matches)} times",
            places,
            "list it in round.yml as often as it was polled, in that order, each with an id of its own",
        )
    return matches[0]


def _not_there(export: Export, question: Question) -> DataError:
    """What of a question the export lacks: its wording, a type that fits, or its statement."""
    wording, plans = normalise(question.wording), export.questions
    titled = [plan for plan in plans if normalise(plan.title) == wording]
    if not titled:
        known = [normalise(plan.title) for plan in plans if plan.type != "slide" and plan.title.strip()]
        expected = f"the question “{shown(question.wording)}” ({question.id} in round.yml)"
        remedy = nearest(wording, known) or _where_it_may_be(export)
        return DataError(
            export.path, expected, "no such wording", at=f"the questions of {export.path.name}", remedy=remedy
        )
    fitting = [plan for plan in titled if _fits(question, plan)]
    if not fitting:
        saw = f"the type “{shown(titled[0].type)}”"
        remedy = f"round.yml says {question.type}; correct the type there"
        return DataError(export.path, f"a question that fits the type {question.type}", saw, titled[0].place, remedy)
    known = [normalise(use.item) for plan in fitting for use in plan.uses]
    expected = f"the statement “{shown(question.statement)}” ({question.id} in round.yml)"
    hint = nearest(normalise(question.statement or ""), known)
    return DataError(export.path, expected, "no such statement", fitting[0].place, hint)


def _where_it_may_be(export: Export) -> str:
    deleted = "was its Session block deleted, or " if export.tool == "Mentimeter" else ""
    return f"{deleted}is this the export of another poll?"


def _fits(question: Question, plan: Plan) -> bool:
    if plan.type == "unknown":
        return True
    printed = _PRINTED.get(question.type)
    if printed is not None:
        return plan.type in printed
    if question.type == "quiz":
        return plan.type.startswith("quiz")
    return question.type == "other" or (plan.type not in _SEEN and not plan.type.startswith("quiz"))


def _with_statement(question: Question, plan: Plan) -> Match | None:
    uses = plan.uses if plan.items else _named(question, plan)
    if question.statement is None:
        return Match(question, plan, uses)
    wording = normalise(question.statement)
    uses = [use for use in uses if normalise(use.item) == wording]
    return Match(question, plan, uses) if uses else None


def _named(question: Question, plan: Plan) -> list[Use]:
    """Columns of a block that prints no labels: what follows the title in their headers has no blanks (`Use.item`)."""
    wordings = {key_of(wording): wording for wording in [*question.options, question.statement or ""]}
    return [replace(use, item=wordings.get(use.item, use.item)) for use in plan.uses]


def _check_columns(export: Export, match: Match) -> None:
    question, plan, uses = match.question, match.plan, match.uses
    parts = {use.part for use in uses}
    fault = ""
    if not uses:
        fault = "no column at all"
    elif question.type in ("single_choice", "scale") and len(uses) > 1:
        fault = f"{len(uses)} columns"
    elif question.type in ("points", "ranking") and not all(use.item or _is_listed(question, use) for use in uses):
        fault = "a column without an option"
    if not fault:
        return
    remedies = {
        "scale": "name one of its statements with `statement:` in round.yml, one question for each",
        "single_choice": "the poll let people choose several options: the type in round.yml is multiple_choice",
    }
    remedy = remedies.get(question.type, "") if parts else "see the problems that `fachdialog inspect` prints"
    raise DataError(export.path, f"columns of a {question.type} question ({question.id})", fault, plan.place, remedy)


def _is_listed(question: Question, use: Use) -> bool:
    """Whether the cells of a ranking hold options: the one at a rank, or several in their order."""
    return question.type == "ranking" and (use.part == "place" or bool(use.mark))


def _check_options(export: Export, match: Match) -> None:
    """The options the export prints are those of round.yml, each of them, and scale values lie on the scale."""
    question, plan = match.question, match.plan
    if question.type == "scale" and question.scale and plan.type != "scales" and not question.scale.labels:
        for item in plan.items:
            value = whole_of(text_of(item).strip())
            if value is None or not question.scale.low <= value <= question.scale.high:
                expected = f"option labels from {question.scale.low} to {question.scale.high} ({question.id})"
                remedy = f"give each label its value, or no_answer: {_options_line(plan.items)}"
                raise DataError(export.path, expected, f"“{shown(item)}”", plan.place, remedy)
    labels = question.scale.labels if question.scale and plan.type != "scales" else {}
    if not labels and question.type not in ("single_choice", "multiple_choice", "points", "ranking"):
        return
    known = {normalise(wording): wording for wording in (labels or question.options)}
    columns = [use.item for use in match.uses if use.item and question.type in ("points", "ranking")]
    printed = {normalise(item): item for item in [*plan.items, *columns] if item.strip()}
    for wording, item in printed.items():
        if wording not in known:
            expected = f"an option of {question.id} in round.yml"
            listed = f"write the options as polled; round.yml has {some(map(shown, known.values()), 5)}"
            raise DataError(export.path, expected, f"“{shown(item)}”", plan.place, nearest(wording, known) or listed)
    for wording, option in known.items():
        if printed and wording not in printed:
            expected = f"the option “{shown(option)}” of {question.id} in round.yml"
            raise DataError(export.path, expected, "no such option", plan.place, nearest(wording, printed))


def _options_line(items: list[str]) -> str:
    """The line for round.yml that gives labels their values, as far as they name them."""
    told = []
    for item in items:
        found = value_in(item)
        told.append(f'"{shown(item)}": {found[0] if found else "…"}')
    return f"options: {{{', '.join(told)}}}"


def _undeclared(round_: Round, export: Export, plan: Plan, left: list[Use], is_partly: bool) -> DataError:
    wordings = [normalise(question.wording) for question in round_.file.questions]
    statements = [normalise(question.statement) for question in round_.file.questions if question.statement]
    if is_partly:
        item = shown(left[0].item or export.voters.headers[left[0].column])
        hint = nearest(normalise(item), statements)
        expected = f"every statement of “{shown(plan.title)}” in round.yml"
        return DataError(export.path, expected, f"“{item}”", plan.place, hint)
    hint = nearest(normalise(plan.title), wordings)
    remedy = f"{hint}; " if hint else ""
    remedy += "add the question to round.yml, or give it the type `other` there"
    return DataError(export.path, "a question of round.yml", f"“{shown(plan.title)}”", plan.place, remedy)


def check_unmatched(round_: Round, export: Export) -> None:
    """Columns that nobody takes and that hold answers are known by their header, though ambiguous; a header that
    neither a block nor `round.yml` has stops the reading. Raises: DataError with the nearest known wording."""
    known = {normalise(plan.title): plan for plan in export.questions}
    titles = tuple(plan.key for plan in export.questions if plan.key)
    for column in export.left:
        header = export.voters.headers[column]
        is_known = key_of(header) in (":", "Upvotes") or key_of(header).startswith((*titles, ":"))
        if is_known or not any(cell != "" for cell in export.voters.columns[column]):
            continue
        expected = "a header that belongs to a question of the Session sheets or of round.yml"
        wordings = [*known, *(normalise(question.wording) for question in round_.file.questions)]
        hint = nearest(normalise(header.rstrip(" :")), wordings)
        remedy = hint or "was the header, the Session block or the wording in round.yml changed?"
        raise DataError(export.path, expected, f"“{shown(header)}”", export.voters.place(column), remedy)
