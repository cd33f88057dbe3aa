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

    @property
    def labels(self) -> dict[str, int | str]:
        """Value of each label of a scale, normalised, where people chose labels."""
        scale = self.question.scale if self.plan.type != "scales" else None
        return {normalise(label): value for label, value in scale.labels.items()} if scale else {}


def match_round(round_: Round, export: Export) -> tuple[list[Match], list[Problem]]:
    """Every question of `round.yml` with its plan. Raises: DataError for a wording, option or statement that one side
    does not have, for a question that stands twice, and for columns that do not fit the declared type."""
    plans, questions = export.questions, round_.file.questions
    matches = []
    for question in questions:
        alike = [one for one in questions if one.reading == question.reading]
        matches.append(match_one(export, question, alike.index(question), len(alike)))
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


def candidates(question: Question, plans: list[Plan]) -> list[Match]:
    """The questions of an export that have this wording, a type that fits, and the statement where one is named."""
    wording, statement = normalise(question.wording), question.statement and normalise(question.statement)
    # A block that prints no labels: what follows the title in the headers of its columns has no blanks (`Use.item`).
    labels = {key_of(label): label for label in [*question.options, question.statement or ""]}
    found = []
    for plan in plans:
        if normalise(plan.title) == wording and _fits(question, plan):
            uses = plan.uses if plan.items else [replace(u, item=labels.get(u.item, u.item)) for u in plan.uses]
            own = [use for use in uses if statement is None or normalise(use.item) == statement]
            if own or statement is None:
                found.append(Match(question, plan, own))
    return found


def match_one(export: Export, question: Question, place: int, alike: int) -> Match:
    """`place`: which of `alike` questions of round.yml with this wording it is; they are told apart by their order.
    Raises: DataError where the export has not exactly that."""
    matches = candidates(question, export.questions)
    if not matches:
        raise _not_there(export, question)
    if len(matches) == alike:
        return matches[place]
    raise DataError(
        export.path,
        f"the question “{shown(question.wording)}” " + ("once" if alike == 1 else f"{alike} times"),
        f"it {len(matches)} times",
        " and ".join(match.plan.place for match in matches[:3]),
        "list it in round.yml as often as it was polled, in that order, each with an id of its own",
    )


def _not_there(export: Export, question: Question) -> DataError:
    """What of a question the export lacks: its wording, a type that fits, or its statement."""
    wording, plans, path = normalise(question.wording), export.questions, export.path
    titled = [plan for plan in plans if normalise(plan.title) == wording]
    fitting = [plan for plan in titled if _fits(question, plan)]
    if fitting:
        known = [normalise(use.item) for plan in fitting for use in plan.uses]
        expected = f"the statement “{shown(question.statement)}” ({question.id} in round.yml)"
        hint = nearest(normalise(question.statement or ""), known)
        return DataError(path, expected, "no such statement", fitting[0].place, hint)
    if titled:
        saw = f"the type “{shown(titled[0].type)}”"
        remedy = f"round.yml says {question.type}; correct the type there"
        return DataError(path, f"a question that fits the type {question.type}", saw, titled[0].place, remedy)
    known = [normalise(plan.title) for plan in plans if plan.type != "slide" and plan.title.strip()]
    deleted = "was its Session block deleted, or " if export.tool == "Mentimeter" else ""
    remedy = nearest(wording, known) or f"{deleted}is this the export of another poll?"
    expected = f"the question “{shown(question.wording)}” ({question.id} in round.yml)"
    return DataError(path, expected, "no such wording", f"the questions of {path.name}", remedy)


def _fits(question: Question, plan: Plan) -> bool:
    if plan.type == "unknown":
        return True
    printed = _PRINTED.get(question.type)
    if printed is not None:
        return plan.type in printed
    if question.type == "quiz":
        return plan.type.startswith("quiz")
    return question.type == "other" or (plan.type not in _SEEN and not plan.type.startswith("quiz"))


def _check_columns(export: Export, match: Match) -> None:
    question, uses = match.question, match.uses
    is_listed = [use.item or (question.type == "ranking" and (use.part == "place" or use.mark)) for use in uses]
    if not uses:
        fault = "no column at all"
    elif question.type in ("single_choice", "scale") and len(uses) > 1:
        fault = f"{len(uses)} columns"
    elif question.type in ("points", "ranking") and not all(is_listed):
        fault = "a column without an option"
    else:
        return
    remedies = {
        "scale": "name one of its statements with `statement:` in round.yml, one question for each",
        "single_choice": "the poll let people choose several options: the type in round.yml is multiple_choice",
    }
    remedy = remedies.get(question.type, "") if uses else "see the problems that `fachdialog inspect` prints"
    expected = f"columns of a {question.type} question ({question.id})"
    raise DataError(export.path, expected, fault, match.plan.place, remedy)


def _check_options(export: Export, match: Match) -> None:
    """The options the export prints are those of round.yml, each of them, and scale values lie on the scale."""
    question, plan, scale, path = match.question, match.plan, match.question.scale, export.path
    if scale and plan.type != "scales" and not scale.labels:
        for item in plan.items:
            value = whole_of(text_of(item).strip())
            if value is None or not scale.low <= value <= scale.high:
                expected = f"option labels from {scale.low} to {scale.high} ({question.id})"
                values = [(shown(label), value_in(label)) for label in plan.items]
                told = ", ".join(f'"{label}": {found[0] if found else "…"}' for label, found in values)
                remedy = f"give each label its value, or no_answer: options: {{{told}}}"
                raise DataError(path, expected, f"“{shown(item)}”", plan.place, remedy)
    has_items = question.type in ("points", "ranking")
    if not (match.labels or has_items or question.type in ("single_choice", "multiple_choice")):
        return
    options = scale.labels if scale and match.labels else question.options
    known = {normalise(wording): wording for wording in options}
    columns = [use.item for use in match.uses if use.item and has_items]
    printed = {normalise(item): item for item in [*plan.items, *columns] if item.strip()}
    for wording, item in printed.items():
        if wording not in known:
            expected = f"an option of {question.id} in round.yml"
            listed = f"write the options as polled; round.yml has {some(map(shown, known.values()), 5)}"
            raise DataError(path, expected, f"“{shown(item)}”", plan.place, nearest(wording, known) or listed)
    for wording, option in known.items():
        if printed and wording not in printed:
            expected = f"the option “{shown(option)}” of {question.id} in round.yml"
            raise DataError(path, expected, "no such option", plan.place, nearest(wording, printed))


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
