"""A new round from its export and an earlier round: a proposal for `round.yml`, the codebook and the crosswalk.

Wordings that agree are taken over. Whatever is only near, looks split or merged, or is not in the export at all, is
proposed and put on a list that the analyst has to clear; nothing of it takes effect before.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from poll_exports import Export, clean, some, text_of

from ..clean import read_export
from ..rounds import LEFT_OUT, Codebook, Question, Round, day_of, identifier_for, is_same_kind, normalise
from .guesses import Asked, asked_in, fitting_types, guessed_type, is_opinion, labels_of, proposed_scale, total_of
from .options import NEAR, Options, Proposal, alike, short

NEAR_STATEMENT, LIKELY_STATEMENT, APART = 0.85, 0.7, 0.15
"""Statements of one list resemble each other, so that a near one must be nearer, or further from all others."""
_GROUP_WORDS = re.compile(r"gruppe|group|organisation|institution|zuordnen|bereich.*(arbeit|tätig)", re.IGNORECASE)
TABLE = "no known tool"
_UNSURE = {
    "ends": "scale of {0}: the export does not say what its ends mean; correct low_label, high_label, positive_end and "
    "top_box, and low and high if nobody chose an end",
    "type": "type of {0}: the export does not say it; write the type and its options, or leave `other`, which keeps "
    "the answers as text and counts nothing",
    "guessed": "types guessed from the answers: {1}",
    "chosen": "options of {1}: the file only holds what somebody chose; add the others, join those that were taken "
    "apart at a comma, and put all into the order polled",
    "alone": "answers that one person alone gave to {1}: they may be words of that person, so none is proposed as an "
    "option and `rules` sets them aside; add those that could be chosen",
}
"""What no export says, to be confirmed of questions {0}, the first few, or {1}, all."""


def propose(paths: Sequence[Path], earlier: Round | None, codebook: Codebook) -> Proposal:
    """Read the files of one event and lay their questions beside those of an earlier round, where there is one.

    Raises: DataError for a file that is refused. What anybody answered is only looked at for its kind.
    """
    exports = [read_export(path, earlier.file.questions if earlier else ()) for path in paths]
    found = Proposal(list(paths), next(filter(None, map(_title, exports)), ""))
    _sessions_and_date(found, exports)
    if earlier and found.date and found.date < earlier.file.date.isoformat():
        found.confirm.insert(
            0,
            f"date: the export is of {found.date[:10]}, before {earlier.name} ({earlier.file.date}), which it is to "
            "follow; is it the right file?",
        )
    if not found.date:
        found.confirm.append("date: no file says the day of the event; write it in place of the empty one")
    for export in exports:
        if export.tool != "Mentimeter":
            found.report += [problem.message for problem in export.problems]
        elif not export.blocks:
            found.report.append(
                "the export has no Session sheets, so that types are guessed; if they were saved too, put all sheets "
                "of the export into one folder and name the folder"
            )
    groups: dict[tuple[object, ...], list[Asked]] = {}
    for export in exports:  # what reads alike is one question, or as many as one file holds
        met: Counter[tuple[str, str]] = Counter()
        for one in asked_in(export):
            key = one.wording, one.statement
            groups.setdefault((*key, met[key]), []).append(one)
            met[key] += 1
    reader, asked = _Reader(found, earlier, codebook), [*groups.values()]
    for own, (before, is_near) in zip(asked, _counterparts([own[0] for own in asked], earlier), strict=True):
        reader.question(own, before, is_near=is_near)
    reader.confirm_guesses()
    for heading in [h for export in exports if export.tool == TABLE for h in export.voters.headers if h.strip()]:
        found.columns[heading] = reader.columns.get(heading, LEFT_OUT)
    if earlier:
        reader.tell_gone(earlier)
        found.settings |= _settings(earlier, found.questions)
        _drop_contradictions(found, earlier)
    return found


class _Reader:
    """Turns the questions of the exports into entries of `round.yml`."""

    def __init__(self, found: Proposal, earlier: Round | None, codebook: Codebook) -> None:
        self.found, self.earlier, self.codebook = found, earlier, codebook
        self.matched: set[str] = set()
        self.unsure: dict[str, list[str]] = defaultdict(list)
        self.columns: dict[str, Any] = {}

    def question(self, own: list[Asked], before: Question | None, *, is_near: bool) -> None:
        """Propose a question as the files have it that hold it (`own`)."""
        asked = own[0]
        if not any(map(_is_known, own)):
            self.found.report.append(f"left out, because nobody answered: “{short(asked.wording, 60)}”")
            return
        same = before if before and before.type in fitting_types(asked.export, asked.plan) else None
        kinds = [same.type] if same else [guessed_type(one.export, one.plan) for one in own]
        kind = next((kind for kind in kinds if kind != "other"), "other")
        role = self._role(asked, same, kind)
        entry: dict[str, Any] = {"id": same.id if same else self._identifier(asked), "wording": asked.wording}
        entry["label"] = before.label if before else short(asked.statement if asked.several else asked.wording, 60)
        entry["type"] = kind
        if role != "other":
            entry["role"] = role
        if asked.statement and (same is None or same.statement):
            entry["statement"] = asked.statement
        if kind == "scale":
            scales = [proposed_scale(one.export, one, same) for one in own]
            entry["scale"], is_known = max(scales, key=lambda one: one[0]["high"] - one[0]["low"])
            self.unsure["ends"] += [] if is_known else [entry["id"]]
            self._labels(own, same, entry)
        elif kind in ("single_choice", "multiple_choice", "points", "ranking"):
            entry["options"] = Options(self.found, self.codebook, same, role).read(_wordings(own, same))
            if kind == "points":
                entry["total"] = same.total if same else total_of(asked.export, asked.plan)
        elif kind == "other":
            self.unsure["type"].append(entry["id"])
        for one in own:
            if one.export.tool != "Mentimeter":
                self._flat(one, entry, is_known=bool(same))
        self.found.questions.append(entry)
        self._tell(asked, before, entry, is_near=is_near)

    def _flat(self, asked: Asked, entry: dict[str, Any], *, is_known: bool) -> None:
        """What is not told by the file of another tool: types, and options that nobody chose."""
        if asked.plan.type == "unknown" and not is_known:
            self.unsure["guessed"].append(f"{entry['id']} as {entry['type']}")
        if asked.plan.only_chosen and entry.get("options"):
            self.unsure["chosen"].append(entry["id"])
        if asked.plan.alone and entry.get("options") and not is_known:
            self.unsure["alone"].append(f"{entry['id']} ({asked.plan.alone})")
        for use in asked.plan.uses:
            item = normalise(clean(use.item))
            if not asked.statement or item == asked.statement:
                part = use.order or item if entry["type"] in ("points", "ranking") else ""
                part = item if use.part == "pick" else part
                heading = asked.export.voters.headers[use.column]
                self.columns[heading] = {entry["id"]: part} if part else entry["id"]

    def _labels(self, own: list[Asked], before: Question | None, entry: dict[str, Any]) -> None:
        """The labels of a scale that was polled as options, unless they are nothing but its values in their order."""
        known = before.scale.labels if before and before.scale else {}
        named = {normalise(label): value for label, value in known.items()}
        labels = {
            label: named.get(label, value)
            for one in own
            if one.plan.type in ("choices", "choices_images", "unknown")
            for label, value in labels_of(one.plan.items).items()
        }
        if [*labels] == [str(value) for value in range(entry["scale"]["low"], entry["scale"]["high"] + 1)]:
            return
        if labels:
            entry["options"] = labels
        if labels and not known:
            self.found.confirm.append(
                f"scale of {entry['id']}: its options are read as the values {', '.join(map(str, labels.values()))}; "
                "correct them, positive_end and top_box, or make it a single_choice"
            )

    def _identifier(self, asked: Asked) -> str:
        taken = {question["id"] for question in self.found.questions}
        taken |= {question.id for question in self.earlier.file.questions} if self.earlier else set()
        return identifier_for(asked.statement if asked.several else asked.wording, taken)

    def _role(self, asked: Asked, before: Question | None, kind: str) -> str:
        """The earlier role; in a first round the points question is the priority, and a choice may name the group."""
        if before or self.earlier:
            return before.role if before else "other"
        taken = {question.get("role") for question in self.found.questions}
        if kind == "points" and "priority" not in taken:
            return "priority"
        if kind == "single_choice" and "participant_group" not in taken and _GROUP_WORDS.search(asked.wording):
            return "participant_group"
        return "agreement" if kind == "scale" and is_opinion(asked.wording) else "other"

    def _tell(self, asked: Asked, before: Question | None, entry: dict[str, Any], *, is_near: bool) -> None:
        words = _words(asked.wording, asked.statement if asked.several else "")
        if before is None:
            self.found.report.append(f"new: question {entry['id']} ({words})")
            if self.earlier:
                self.found.link("questions", "new", [], [entry["id"]], "neue Frage")
            return
        self.matched.add(before.id)
        what, reason = _difference(before, Question.model_validate(entry), is_near=is_near)
        if what:
            told = f" ({_words(before.wording, before.statement)} → {words})" if is_near else ""
            self.found.report.append(f"reworded: question {entry['id']}, {what}{told}")
            self.found.link("questions", "renamed", [before.id], [entry["id"]], reason)
            self.found.confirm.append(
                f"question {entry['id']}: is it {before.id} of the earlier round? ({what}){told}; if not, give it an "
                "id of its own here and replace its link by `dropped` and `new`"
            )

    def confirm_guesses(self) -> None:
        """Ask for what no export says."""
        if self.unsure["alone"]:
            self.found.settings["rules"] = {"option_not_offered": "set_aside"}
        for kind, sentence in _UNSURE.items():
            if named := list(dict.fromkeys(self.unsure[kind])):
                self.found.confirm.append(sentence.format(some(named), ", ".join(named)))
        roles = [f"{q['id']} as {q['role']}" for q in self.found.questions if "role" in q and q["role"] != "agreement"]
        if self.earlier is None and roles:
            self.found.confirm.append(f"roles: proposed is {', '.join(roles)}")

    def tell_gone(self, earlier: Round) -> None:
        for question in earlier.file.questions:
            if question.id not in self.matched and question.type != "slide":
                self.found.report.append(
                    f"gone: question {question.id} ({_words(question.wording, question.statement)})"
                )
                self.found.link("questions", "dropped", [question.id], [], "nicht erneut gefragt")
        links = self.found.links.get("questions", [])
        gone, new = ([i for one in links if one["change"] == change for i in one[side]]
                     for change, side in (("dropped", "before"), ("new", "after")))  # fmt: skip
        if gone and new:
            self.found.ask_whether_one("question", gone, new)


def _is_known(asked: Asked) -> bool:
    """Whether anybody answered, or the export at least says what was asked for: without votes it prints no options,
    and several statements cannot be told apart."""
    uses = asked.plan.uses
    is_named = bool(asked.plan.items) or (len(uses) == 1 and bool(uses[0].item))
    return (is_named and bool(uses)) or any(len(asked.export.voters.filled(use.column)[0]) for use in uses)


def _wordings(own: list[Asked], before: Question | None) -> list[str]:
    """Options as printed; without a Session block also those of the earlier round that nobody chose."""
    kept = [*before.options] if before and not own[0].export.blocks else []
    for one in own:
        kept += one.plan.items or [use.item for use in one.plan.uses if use.item]
    return [wording for wording in dict.fromkeys(normalise(clean(one)) for one in kept) if wording]


def _words(wording: str, statement: str | None) -> str:
    return f"“{wording}: {statement}”" if statement else f"“{wording}”"


def _difference(before: Question, after: Question, *, is_near: bool) -> tuple[str, str]:
    """What is not the same in the later question: for the analyst, and as the reason of a link."""
    if before.type != after.type:
        return f"asked as {after.type}, not as {before.type}: not compared", "Fragetyp geändert"
    if not is_same_kind(before, after):
        return "another scale: not compared", "Skala geändert"
    if before.scale and after.scale and before.scale.positive_end != after.scale.positive_end:
        return "the scale runs the other way", "Skala umgedreht"
    return ("other words", "Wortlaut geändert") if is_near else ("", "")


def _counterparts(asked: list[Asked], earlier: Round | None) -> list[tuple[Question | None, bool]]:
    """For each question of the export the earlier one with its wording, or the nearest of a fitting type that no other
    resembles more (True). A wording that agrees also finds a question of another type."""
    found: list[tuple[Question | None, bool]] = [(None, False)] * len(asked)
    left = [q for q in earlier.file.questions if q.type != "slide"] if earlier else []
    for fits_only in (True, False):
        for place, one in enumerate(asked):
            worded = [q for q in left if normalise(q.wording) == one.wording]
            same = [q for q in worded if (_states_same(q, one) if fits_only or len(worded) > 1 else not one.several)]
            same = [q for q in same if not fits_only or _fits(q, one)]
            if found[place][0] is None and same:
                found[place] = (same[0], False)
                left.remove(same[0])
    pairs = [
        (rating, place, question)
        for place, one in enumerate(asked)
        for question in left
        if found[place][0] is None and _fits(question, one) and (rating := _likeness(question, one))
    ]
    near = [pair for pair in pairs if _is_near(pair, pairs, asked)]
    for _, place, question in sorted(near, key=lambda pair: -pair[0]):
        if found[place][0] is None and question in left:
            found[place] = (question, True)
            left.remove(question)
    return found


def _fits(question: Question, asked: Asked) -> bool:
    return question.type in fitting_types(asked.export, asked.plan)


def _states_same(question: Question, asked: Asked) -> bool:
    statement = normalise(question.statement or "")
    return statement == asked.statement or (not statement and not asked.several)


def _likeness(question: Question, asked: Asked) -> float:
    """How similar a question is. Among several statements the statement decides, and the wording between equal ones."""
    wording = alike(question.wording, asked.wording)
    if not question.statement and not asked.several:
        return wording
    return alike(question.statement or question.wording, asked.statement or asked.wording) + wording / 1_000


def _is_near(pair: tuple[float, int, Question], pairs: list[tuple[float, int, Question]], asked: list[Asked]) -> bool:
    """Whether two questions may be one in other words: similar enough, and statements also by standing out."""
    likeness, place, question = pair
    if not question.statement and not asked[place].several:
        return likeness >= NEAR
    others = [p[0] for p in pairs if p is not pair and (p[1] == place or p[2] is question)]
    stands_out = all(other <= likeness - APART for other in others)
    return likeness >= NEAR_STATEMENT or (likeness >= LIKELY_STATEMENT and stands_out)


def _settings(earlier: Round, questions: list[dict[str, Any]]) -> dict[str, Any]:
    """What was decided before looking at data and still fits: rules, disclosure, planned tests."""
    kinds = {question["id"]: question["type"] for question in questions}
    kept: dict[str, Any] = earlier.file.model_dump(mode="json", exclude_defaults=True, include={"rules", "disclosure"})
    tests = [test.model_dump() for test in earlier.file.segment_tests]
    still = [t for t in tests if kinds.get(t["question"]) == earlier.question(t["question"]).type]
    return kept | ({"segment_tests": still} if still else {})


def _drop_contradictions(found: Proposal, earlier: Round) -> None:
    """An option that one question lost and another still has needs no link: an id means one thing in all rounds."""
    polled = {i for question in earlier.file.questions for i in question.options.values()}
    asked = {i for question in found.questions for i in question.get("options", {}).values()}
    for section in ("options", "groups"):
        links = found.links.get(section, [])
        kept = [link for link in links if not (
            (link["change"] == "dropped" and asked.intersection(link["before"]))
            or (link["change"] == "new" and polled.intersection(link["after"])))]  # fmt: skip
        found.links |= {section: kept} if links else {}


def _title(export: Export) -> str:
    """The first content slide with a title."""
    titles = [normalise(clean(text_of(block.title))) for block in export.blocks if block.type == "slide"]
    return next((title for title in titles if title), "")


def _sessions_and_date(found: Proposal, exports: list[Export]) -> None:
    """All sessions where each file has one, else of each the one with most voters, numbered on from file to file; the
    first day of those that count, so that nobody in them answered before it, as written where no cell is a date."""
    chosen: list[int] = []
    written: set[str] = set()
    start = 0
    for export in exports:
        voters = export.voters
        most = max(export.sessions, key=lambda session: (voters.sessions.count(session), session), default=0)
        own = export.sessions if len(export.sessions) < 2 else [most]
        days = {day for day, session in zip(voters.dates, voters.sessions, strict=True) if session in own}
        written |= days or {block.date for block in export.blocks if block.session in own}
        chosen += [session + start for session in own]
        if len(export.sessions) > 1:
            name = "the export" if len(exports) == 1 else export.path.name
            listed, picked = (", ".join(str(one + start) for one in part) for part in (export.sessions, own))
            found.confirm.append(
                f"sessions: {name} holds the sessions {listed}; proposed is {picked}, with most voters"
            )
            found.report.append(f"several sessions ({listed}): is one of them a rehearsal?")
            found.sessions = chosen
        start += max(export.sessions, default=0)
    known = {day for one in written if (day := day_of(one))}
    found.date = min(known).isoformat() if known else min(written - {""}, default="")
