"""A new round from its export and an earlier round: a proposal for `round.yml`, the codebook and the crosswalk.

Wordings that agree are taken over. Whatever is only near, or looks split or merged, is proposed and put on a list that
the analyst has to clear; nothing of it takes effect before.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..codebook import Code, Codebook, identifier_for, normalise
from ..rounds import Question, Round
from .cells import clean, text_of, whole_of
from .guesses import guessed_plans
from .joining import join, plans_of
from .layout import Export, read_export
from .question_types import Plan

NEAR = 0.6
"""Wordings at least so similar (difflib) are proposed as the same thing in other words."""
_POINTS = re.compile(r"100\s*(points|punkte)|prioriti", re.IGNORECASE)
_ENDS = re.compile(r"(\d+)\s*=\s*([^,;]+?)\s*[,;]\s*(\d+)\s*=\s*([^,;]+?)\s*$")


@dataclass
class Proposal:
    """What the new round would be. `questions` are entries of `round.yml`, `codes` of the codebook by section, `links`
    of the crosswalk by section; `confirm` says what is only guessed; `report` is for the analyst."""

    export: Path
    title: str
    date: str
    sessions: list[int]
    questions: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    links: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    confirm: list[str] = field(default_factory=list)
    report: list[str] = field(default_factory=list)


def propose(export_path: Path, earlier: Round) -> Proposal:
    """Read the export and lay its questions beside those of an earlier round.

    Raises: DataError for a file that is refused. Nothing anybody answered is looked at.
    """
    export = read_export(export_path)
    plans = plans_of(export.blocks)
    if plans:
        join(export, plans)
    else:
        plans = guessed_plans(export)
    found = Proposal(export_path, _title(plans), _date(export), _sessions(export))
    if len(export.sessions) > 1:
        listed = ", ".join(map(str, export.sessions))
        chosen = ", ".join(map(str, found.sessions))
        found.confirm.append(
            f"sessions: the export holds the sessions {listed}; proposed is {chosen}, with most voters"
        )
        found.report.append(f"several sessions ({listed}): is one of them a rehearsal?")
    matched: set[str] = set()
    for plan in plans:
        if plan.type == "slide" or plan.type.startswith("quiz"):
            continue
        for item in plan.items if plan.type == "scales" else [""]:
            _Reader(found, earlier, matched).question(plan, clean(item))
    for question in earlier.file.questions:
        if question.id not in matched and question.type != "slide":
            found.report.append(f"gone: question {question.id} (“{question.wording}”)")
            _link(found, "questions", "dropped", [question.id], [], "nicht erneut gefragt")
    return found


@dataclass
class _Reader:
    """Puts one question of the export beside the earlier round; `matched` are the ids that are taken."""

    found: Proposal
    earlier: Round
    matched: set[str]

    def question(self, plan: Plan, statement: str) -> None:
        wording = normalise(clean(plan.title)) or f"Frage {plan.number}"
        before, is_near = self._counterpart(plan, wording, statement)
        kind = before.type if before else _type_of(plan)
        taken = {question["id"] for question in self.found.questions} | {q.id for q in self.earlier.file.questions}
        identifier = before.id if before else identifier_for(wording, taken)
        entry: dict[str, Any] = {"id": identifier, "wording": wording}
        entry["label"] = before.label if before else wording[:60]
        entry["type"] = kind
        if before and before.role != "other":
            entry["role"] = before.role
        if statement and (before is None or before.statement):
            entry["statement"] = statement
        turned = False
        if kind == "scale":
            entry["scale"], turned = _scale(plan, statement, before)
        elif kind in ("single_choice", "multiple_choice", "points", "ranking"):
            entry["options"] = self._options(plan, before, role=entry.get("role", "other"))
            if kind == "points":
                entry["total"] = before.total if before else 100
        self.found.questions.append(entry)
        self._tell(before, identifier, wording, is_near=is_near, turned=turned)

    def _tell(self, before: Question | None, identifier: str, wording: str, *, is_near: bool, turned: bool) -> None:
        if before is None:
            self.found.report.append(f"new: question {identifier} (“{wording}”)")
            _link(self.found, "questions", "new", [], [identifier], "neue Frage")
            return
        self.matched.add(before.id)
        if is_near or turned:
            what = "the scale runs the other way" if turned else "other words"
            words = "" if normalise(before.wording) == wording else f" (“{before.wording}” → “{wording}”)"
            self.found.report.append(f"reworded: question {identifier}, {what}{words}")
            reason = "Skala umgedreht" if turned else "Wortlaut geändert"
            _link(self.found, "questions", "renamed", [before.id], [identifier], reason)
            self.found.confirm.append(f"question {identifier}: is it the question of {self.earlier.name}? ({what})")

    def _counterpart(self, plan: Plan, wording: str, statement: str) -> tuple[Question | None, bool]:
        """The earlier question with this wording, or the nearest one of a fitting type."""
        kinds = _fitting(plan)
        open_ = [q for q in self.earlier.file.questions if q.id not in self.matched and q.type in kinds]
        for question in open_:
            if normalise(question.wording) == wording and normalise(question.statement or statement) == statement:
                return question, False
        rated = [(_alike(question.wording, wording), question) for question in open_]
        best = max(rated, key=lambda pair: pair[0], default=(0.0, None))
        return (best[1], True) if best[0] >= NEAR else (None, False)

    def _options(self, plan: Plan, before: Question | None, *, role: str) -> dict[str, str]:
        wordings = [normalise(clean(item)) for item in plan.items] or [
            normalise(clean(use.item)) for use in plan.uses if use.item
        ]
        known = {normalise(w): i for w, i in before.options.items()} if before else {}
        options = {wording: known[wording] for wording in wordings if wording in known}
        left = [wording for wording in wordings if wording not in options]
        section = "groups" if role == "participant_group" else "options"
        for wording in list(left):
            code = _code_with(self.earlier.codebook, wording)
            if code and code.id not in options.values():
                options[wording] = code.id
                left.remove(wording)
                if before and code.id not in known.values():
                    self.found.report.append(f"new: option {code.id} of {plan.title[:40]} (“{wording}”)")
        gone = {wording: i for wording, i in known.items() if i not in options.values()}
        for wording in list(left):
            near = max(gone, key=lambda other: _alike(other, wording), default="")
            if near and _alike(near, wording) >= NEAR:
                options[wording] = gone.pop(near)
                left.remove(wording)
                self.found.report.append(f"reworded: option {options[wording]} (“{near}” → “{wording}”)")
                _link(self.found, section, "renamed", [options[wording]], [options[wording]], "Wortlaut geändert")
                self.found.confirm.append(f"option {options[wording]}: does “{wording}” mean what “{near}” meant?")
        for wording in left:
            options[wording] = self._new_code(wording, role, before)
        self._rest(before, options, known, gone, section)
        return {wording: options[wording] for wording in wordings}

    def _rest(
        self,
        before: Question | None,
        options: dict[str, str],
        known: dict[str, str],
        gone: dict[str, str],
        section: str,
    ) -> None:
        """Links for options that only one round has: perhaps one was split, or several merged."""
        if before is None:
            return
        fresh = {wording: i for wording, i in options.items() if i not in known.values()}
        for wording, identifier in gone.items():
            parts = [i for w, i in fresh.items() if _is_part(self.earlier.codebook, wording, w, i)]
            if len(parts) > 1:
                self.found.report.append(f"split: option {identifier} into {', '.join(parts)}")
                _link(self.found, section, "split", [identifier], parts, "aufgeteilt")
                self.found.confirm.append(f"option {identifier}: was it split into {', '.join(parts)}?")
                fresh = {w: i for w, i in fresh.items() if i not in parts}
            else:
                self.found.report.append(f"gone: option {identifier} (“{wording}”)")
                _link(self.found, section, "dropped", [identifier], [], "nicht erneut zur Wahl gestellt")
        for identifier in fresh.values():
            _link(self.found, section, "new", [], [identifier], "neu zur Wahl gestellt")

    def _new_code(self, wording: str, role: str, before: Question | None) -> str:
        section = {"participant_group": "participant_groups", "priority": "focus_areas"}.get(role, "other_options")
        own = self.found.codes.setdefault(section, [])
        taken = set(self.earlier.codebook.by_id()) | {c["id"] for codes in self.found.codes.values() for c in codes}
        same = [c["id"] for codes in self.found.codes.values() for c in codes if normalise(c["label_de"]) == wording]
        if same:
            return same[0]
        identifier = identifier_for(wording, taken)
        own.append({"id": identifier, "label_de": wording, "label_en": wording, "label_short": wording[:40].strip()})
        self.found.report.append(
            f"new: {'group' if role == 'participant_group' else 'option'} {identifier} (“{wording}”)"
        )
        return identifier


def _link(found: Proposal, section: str, change: str, before: list[str], after: list[str], reason: str) -> None:
    entry: dict[str, Any] = {"change": change}
    entry |= {"before": before} if before else {}
    entry |= {"after": after} if after else {}
    links = found.links.setdefault(section, [])
    named = (
        {i for link in links for i in [*link.get("before", [])]},
        {i for link in links for i in link.get("after", [])},
    )
    if not (set(before) & named[0] or set(after) & named[1]):  # an option of two questions is linked once
        links.append({**entry, "reason": reason})


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, normalise(one).casefold(), normalise(other).casefold()).ratio()


def _code_with(codebook: Codebook, wording: str) -> Code | None:
    """The code of which this is a label or alias."""
    for code in codebook.codes():
        if wording.casefold() in {normalise(word).casefold() for word in (code.label_de, *code.aliases)}:
            return code
    return None


def _is_part(codebook: Codebook, whole: str, part: str, identifier: str) -> bool:
    """Whether an option may be a part of one that is gone: a cluster of the clusters, or a word in common."""
    if "cluster" in whole.casefold() and identifier in {code.id for code in codebook.theme_clusters}:
        return True
    words = [set(re.findall(r"[^\W\d_]{5,}", text.casefold())) for text in (whole, part)]
    return bool(words[0] & words[1])


def _fitting(plan: Plan) -> tuple[str, ...]:
    if plan.type in ("choices", "choices_images"):
        return ("scale",) if _numeric(plan) else ("single_choice", "multiple_choice")
    if plan.type in ("scales", "open", "wordcloud"):
        return ("scale",) if plan.type == "scales" else (plan.type,)
    return ("points", "ranking", "other")


def _type_of(plan: Plan) -> str:
    if plan.type in ("choices", "choices_images"):
        several = any(use.part == "pick" for use in plan.uses)
        return "scale" if _numeric(plan) else "multiple_choice" if several else "single_choice"
    if plan.type in ("scales", "open", "wordcloud"):
        return "scale" if plan.type == "scales" else plan.type
    if _POINTS.search(plan.type):
        return "points"
    return "ranking" if "rank" in plan.type.casefold() and plan.items else "other"


def _numeric(plan: Plan) -> bool:
    return len(plan.items) > 2 and all(whole_of(text_of(item).strip()) is not None for item in plan.items)


def _scale(plan: Plan, statement: str, before: Question | None) -> tuple[dict[str, Any], bool]:
    """The scale as the export prints it, in the words of statement or earlier round; whether turned."""
    heads = [
        whole_of(text_of(cell).strip()) for block in plan.blocks for cell in (block.table[0] if block.table else [])
    ]
    values = sorted({value for value in heads if value is not None})
    if plan.type != "scales":
        values = sorted(v for item in plan.items if (v := whole_of(text_of(item).strip())) is not None)
    low, high = (values[0], values[-1]) if len(values) > 1 else (1, 10)
    top = [high - round((high - low + 1) * 0.4) + 1, high]
    scale = {"low": low, "high": high, "low_label": "niedrigster Wert", "high_label": "höchster Wert",
             "positive_end": "high", "top_box": top}  # fmt: skip
    if before and before.scale:
        old = before.scale
        scale |= {"low_label": old.low_label, "high_label": old.high_label, "positive_end": old.positive_end}
        if (low, high) == (old.low, old.high):
            scale["top_box"] = list(old.top_box)
    ends = _stated_ends(statement)
    if ends and set(ends) == {low, high}:
        scale |= {"low_label": ends[low], "high_label": ends[high]}
    turned = bool(before and before.scale and ends and ends.get(low) == before.scale.high_label)
    if turned and before and before.scale:
        flipped = "low" if before.scale.positive_end == "high" else "high"
        scale |= {
            "positive_end": flipped,
            "top_box": [low + high - before.scale.top_box[1], low + high - before.scale.top_box[0]],
        }
    return scale, turned


def _stated_ends(statement: str) -> dict[int, str]:
    """`10 = sehr stark, 1 = gar nicht` → {10: "sehr stark", 1: "gar nicht"}"""
    found = _ENDS.search(statement)
    return {int(found[1]): found[2], int(found[3]): found[4]} if found else {}


def _title(plans: list[Plan]) -> str:
    slides = [normalise(clean(plan.title)) for plan in plans if plan.type == "slide" and plan.title.strip()]
    return slides[0] if slides else ""


def _date(export: Export) -> str:
    dates = sorted({*(block.date for block in export.blocks), *export.voters.dates} - {""})
    return dates[-1] if dates else ""


def _sessions(export: Export) -> list[int]:
    """All sessions where there is one, else the one with most voters."""
    if len(export.sessions) < 2:
        return []
    voters = export.voters.sessions
    return [max(export.sessions, key=lambda session: (voters.count(session), session))]
