"""A round with what single people said in it, as frames of one row per person: what notebooks compute with."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..contracts import TABLES
from ..errors import DataError, nearest
from ..estimators import (
    IN_TWOS,
    VOTER,
    Alike,
    Sides,
    change_table,
    count_voters,
    equal_group_weights,
    is_answer,
    kish,
    points_matrix,
)
from ..rounds import NOTES, Held, Named, Path, Question, Round, compared_rounds, folders as rounds
from ..tables import read_table
from ..wall import shell

if TYPE_CHECKING:
    from .cut import Segments

KINDS = {
    "points": ("points",),
    "scale": ("scale",),
    "choice": ("single_choice", "multiple_choice"),
    "ranking": ("ranking",),
    "texts": ("open", "wordcloud", "other"),
}
PERSON = "person"
Data = pd.DataFrame | pd.Series


def private_frame(question: Question, answers: pd.DataFrame) -> Data:
    """The answers to one question, a row per person who answered (index: session and voter).

    Points: a column per area, 0 where left empty. Scale: the values. Single choice: option ids; several: a column of
    True and False per option. Ranking: the place people gave each option, 1 first, empty where they gave none. Else:
    texts. Parameters: `answers`, rows of this question that say something. `attrs`: question, label, and what belongs
    to its type (total, scale, options).
    """
    items = list(dict.fromkeys(question.options.values()))
    attrs: dict[Any, Any] = {"question": question.id, "label": question.label}
    if question.role == "priority":
        attrs["is_priority"] = True
    found: Data
    if question.type == "points":
        found, attrs["total"] = points_matrix(answers, question), question.total
    elif question.type == "scale":
        found = answers[answers["value"].notna()].drop_duplicates(VOTER).set_index(VOTER)["value"].astype("float64")
        attrs["scale"] = question.scale
    elif question.type in ("single_choice", "multiple_choice"):
        chosen = answers[answers["item"] != ""]
        if question.type == "single_choice":
            found = chosen.drop_duplicates(VOTER).set_index(VOTER)["item"].astype("str")
            attrs["options"] = items
        else:
            people = pd.MultiIndex.from_frame(chosen[VOTER].drop_duplicates())
            said = set(zip(*(chosen[name] for name in (*VOTER, "item")), strict=True))
            hits = [[(*person, item) in said for item in items] for person in people]
            found = pd.DataFrame(np.array(hits, dtype=bool).reshape(-1, len(items)), index=people, columns=items)
    elif question.type == "ranking":
        found = answers.pivot_table("value", VOTER, "item", observed=True).reindex(columns=items)
        attrs["unranked"] = question.unranked
    else:
        found = answers[answers["text"] != ""].set_index(VOTER)["text"]
    if isinstance(found, pd.Series):
        found = found.rename(question.id)
    found = found.sort_index()
    found.attrs = attrs
    return found


def alike_in(round_: Round, voters: pd.DataFrame, answers: pd.DataFrame) -> Alike:
    """What `if_alike` assumes in this round: the delegations that `round.yml` states or that were polled, over all who
    answered that question (published counts, so that it tells nothing new), else everybody in twos."""
    stated = round_.file.delegations
    if stated is None:
        return IN_TWOS
    if stated.question is None:
        return kish(stated.sizes, count_voters(voters), stated.correlation, "stated delegations")
    polled = answers[answers["question"] == stated.question].drop_duplicates(VOTER)
    sizes = polled.loc[polled["item"] != "", "item"].value_counts().tolist()
    return kish(sizes, count_voters(voters), stated.correlation, "polled delegations")


def people_numbers(voters: pd.DataFrame) -> pd.Series:
    """Our own number of each person, by session and voter."""
    ordered = voters.sort_values(VOTER)
    numbers = np.arange(1, len(ordered) + 1)
    return pd.Series(numbers, index=pd.MultiIndex.from_frame(ordered[VOTER].astype("int64")), name=PERSON)


class OpenRound(Round):
    """A round with its private frames, all with the same number per person as index. Nothing is written, and nothing
    asks what was released: in memory everything is free."""

    @cached_property
    def asked(self) -> dict[tuple[str, str], Any]:
        """Breakdowns that were published so far, by name and question: what comes after depends on them."""
        return {}

    @cached_property
    def published(self) -> pd.DataFrame:
        """The table `estimates`; computed in memory where it is not written yet."""
        if self.table("estimates").is_file():
            return read_table("estimates", self.table("estimates"))
        from .estimates import estimate_round

        return estimate_round(self, *self.tables)

    def keep_published(self, rows: pd.DataFrame) -> None:
        """Rows of breakdowns that were decided now stand in `published`, in place of those decided before."""
        whole = pd.concat([self.published, rows.astype(self.published.dtypes.to_dict())], ignore_index=True)
        self.__dict__["published"] = whole.drop_duplicates(
            list(TABLES["estimates"].key), keep="last", ignore_index=True
        )

    def frame(self, question: str) -> Data:
        """The private frame of a question of any kind."""
        kind = next(kind for kind, types in KINDS.items() if self.question(question).type in types)
        return self._frame(kind, question)

    @cached_property
    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """`voters` and `answers`; read from the raw files where nothing is processed yet."""
        if self.table("answers").is_file() and self.table("voters").is_file():
            return read_table("voters", self.table("voters")), read_table("answers", self.table("answers"))
        from ..clean import ingest_survey

        survey = ingest_survey(self)
        return survey.voters, survey.answers

    @cached_property
    def _people(self) -> pd.Series:
        """The number of each person, by session and voter."""
        return people_numbers(self.tables[0])

    def _asked(self, kind: str, question: str | None) -> Question:
        known = self.questions(kind)
        if question is None and len(known) == 1:
            question = known[0]
        if question not in known:
            saw = f"“{question}”" if question else f"{len(known)} of them and none named"
            remedy = nearest(question or "", known) or f"of that kind: {', '.join(known) or 'none'}"
            raise DataError(self.name, f"the id of a question of the kind {kind}", saw, remedy=remedy)
        return self.question(str(question))

    def _frame(self, kind: str, question: str | None) -> Data:
        asked, answers = self._asked(kind, question), self.tables[1]
        frame = private_frame(asked, answers[(answers["question"] == asked.id) & is_answer(answers)])
        frame.attrs["of"], frame.attrs["alike"] = Held(self), alike_in(self, *self.tables)
        frame.index = pd.Index(self._people.reindex(frame.index).to_numpy(dtype=np.int64), name=PERSON)
        return frame.sort_index()

    def questions(self, kind: str | None = None) -> list[Named]:
        """Ids of the questions, of one kind where it is named: points, scale, choice, ranking, texts; or priority, for
        those whose result is an order of areas, however it was polled."""
        if kind == "priority":
            return [Named(question.id, self) for question in self.priorities]
        if kind is not None and kind not in KINDS:
            known = [*KINDS, "priority"]
            raise DataError("questions", f"one of {', '.join(known)}", f"“{kind}”", remedy=nearest(kind, known))
        types = KINDS[kind] if kind else [name for names in KINDS.values() for name in names]
        return [Named(question.id, self) for question in self.file.questions if question.type in types]

    def points(self, question: str | None = None) -> pd.DataFrame:
        """People × areas, in points (0 to the question's total)."""
        return self._frame("points", question)  # type: ignore[return-value]

    def scale(self, question: str | None = None) -> pd.Series:
        """One value per person, as polled."""
        return self._frame("scale", question)  # type: ignore[return-value]

    def choice(self, question: str | None = None) -> Data:
        """Single choice: one option id per person. Several: people × options of True and False."""
        return self._frame("choice", question)

    def ranking(self, question: str | None = None) -> pd.DataFrame:
        """People × options: 1 for the first place; empty where a person gave none."""
        return self._frame("ranking", question)  # type: ignore[return-value]

    def texts(self, question: str | None = None) -> pd.Series:
        """What people wrote; a person may have several rows."""
        return self._frame("texts", question)  # type: ignore[return-value]

    def ballot_rules(self, question: str | None = None) -> dict[str, pd.DataFrame]:
        """The points as they would be under other rules for ballots that do not add up, by the name of the rule."""
        asked = self._asked("points", question)
        if not self.table("rule_answers").is_file():
            return {}
        rows = read_table("rule_answers", self.table("rule_answers"))
        return {
            str(rule): pd.DataFrame(private_frame(asked, other[other["question"] == asked.id]))
            for rule, other in rows.groupby("rule", sort=True)
        }

    def statements(self) -> pd.DataFrame:
        """Statements of the group notes and cards of the boards (`docs/group-notes.md`); empty without notes."""
        return self._notes("statements")

    def codings(self) -> pd.DataFrame:
        """Statement × coder × code; what was agreed on is the coder `final`. `estimate` counts these."""
        return self._notes("codings")

    def _notes(self, name: str) -> pd.DataFrame:
        if self.file.notes is not None and not self.table(name).is_file():
            raise DataError(self.name, f"the table {name}", "none yet", remedy="run notebook 02 first")
        found = read_table(name, self.table(name)) if self.file.notes is not None else pd.DataFrame()
        found.attrs = {"question": NOTES, "label": "Gruppennotizen", "of": Held(self)}
        return found

    def groups(self) -> pd.Series:
        """Participant group of each person as polled; empty for those who named none."""
        order = [item for question in self.with_role("participant_group") for item in question.options.values()]
        voters = self.tables[0].sort_values(VOTER)
        named = voters["segment"].astype(object).where(voters["segment"] != "")
        found = pd.Series(pd.Categorical(named, categories=order), index=pd.Index(self._people, name=PERSON))
        return self._as_groups(found)

    @cached_property
    def _cut(self) -> Segments:
        from .estimates import with_segments

        return with_segments(self, *self.tables)[1]

    def segments(self, question: str | None = None) -> pd.Series:
        """The cut that may be shown: of one question, or the standard cut of the round. Empty where none may be."""
        from .cut import UNSTATED

        segments = self._cut
        cut = segments.standard if question is None else segments.questions.get(self.question(question).id)
        shown = list(cut.shown if question is None else segments.shown(question)) if cut else []
        groups = self.groups().astype(object).fillna(UNSTATED).map(cut.shown_in if cut and shown else {})
        return self._as_groups(pd.Series(pd.Categorical(groups, categories=shown), index=groups.index))

    def equal_groups(self, question: str | None = None) -> pd.Series:
        """Weights with which every shown group counts alike, for `estimate(weights=)`; none without a group."""
        from .cut import UNSTATED

        cut = self.segments(question)
        shown = cut[cut.notna() & (cut != UNSTATED)].astype(str)
        answered = shown if question is None else shown[shown.index.isin(self._answered(question))]
        named = [name for name in cut.cat.categories if (answered == name).any()]
        answered = answered if len(named) > 1 else answered[:0]
        weights = pd.Series(
            equal_group_weights(answered.to_numpy(dtype=str)), index=answered.index, name="equal_groups"
        )
        weights.attrs["method"] = f"equal weight for {', '.join(named)}"
        return weights

    def _answered(self, question: str) -> pd.Index:
        return self.frame(question).index

    @staticmethod
    def _as_groups(found: pd.Series) -> pd.Series:
        found = found.rename("group")
        found.attrs = {"is_group": True}
        return found

    def __repr__(self) -> str:
        lines = [f"{self.name}: {self.file.title}, {self.file.date:%d.%m.%Y}, {len(self._people)} people"]
        rows = [(str(name), kind) for kind in KINDS for name in self.questions(kind)]
        width = max((len(name) for name, _ in rows), default=0)
        for question in self.file.questions:
            if (kind := dict(rows).get(question.id)) is None:
                continue
            n = len(set(self._answered(question.id)))
            lines.append(f"  .{kind}({question.id!r}){'':<{width - len(question.id)}}  n = {n}  {question.label}")
        return "\n".join(lines)


def open_round(name: str | None = None, data: Path | str | None = None, reports: Path | str | None = None) -> OpenRound:
    """Open a round by name (default: the newest) with its private frames.

    `data`, `reports`: folders (default: those of the project). Nothing needs to be processed yet. Raises: DataError for
    an unknown name and for mistakes in the round's files.
    """
    paths = {key: Path(value) for key, value in (("data", data), ("reports", reports)) if value is not None}
    found = rounds.open_round(name, **paths)
    _mark_private_frames()
    return OpenRound(**{field.name: getattr(found, field.name) for field in fields(Round)})


def _mark_private_frames() -> None:
    """In JupyterLab: a red line above every frame of a round that did not go through `publish`."""
    formatter = getattr(shell(), "display_formatter", None)
    if formatter is None:
        return
    formatter.formatters["text/html"].for_type(pd.DataFrame, _marked)
    formatter.formatters["text/html"].for_type(pd.Series, _marked)


def _marked(data: Data) -> str | None:
    """What JupyterLab shows of a frame; of a series nothing but its text where it is of no round."""
    shown = data.to_frame().to_html(max_rows=20) if isinstance(data, pd.Series) else data._repr_html_()  # type: ignore[operator]
    if "of" not in data.attrs or data.attrs.get("published"):
        return None if isinstance(data, pd.Series) else shown
    recipe = data.attrs.get("recipe")
    people = recipe["people"] if recipe else len(set(data.index))
    what = "Noch nicht durch publish gegangen" if recipe else "Einzelne Antworten"
    who = "" if data.attrs.get("question") == NOTES else f" {people} {'Person' if people == 1 else 'Personen'}."
    line = f"Vertraulich:{who} {what}; nicht weitergeben."
    return f'<p style="color:#b00020;font-weight:600;border-left:4px solid;padding-left:.5em">{line}</p>{shown}'


def changes(before: OpenRound, after: OpenRound) -> pd.DataFrame:
    """Two rounds compared, the later minus the earlier, as the table `changes`: differences with 95 % intervals, tests
    of change and of equivalence, what could have been found. Questions and options are joined by the codebook's
    crosswalk; margins are those under `compare` in the later round's `round.yml`, else the defaults.

    Raises: DataError where the rounds are not in order, or the crosswalk is wrong.
    """
    found = compared_rounds(after.codebook, before, after)
    return change_table(Sides(found, before.tables[1], after.tables[1]))
