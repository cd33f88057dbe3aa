"""Two rounds side by side on a page: what they have in common, and the rows of `changes` that compare them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..rounds import ComparedQuestion, ComparedRounds, Round, compared_rounds, open_round
from ..tables import read_table
from ..wording import Evidence, Html, Numbers, Row, absent, german, provenance_notice


@dataclass(frozen=True)
class Comparison:
    """Two rounds, what they have in common, and the published numbers that compare them."""

    rounds: ComparedRounds
    changes: pd.DataFrame
    earlier: Evidence
    later: Evidence

    @cached_property
    def _changed(self) -> Evidence:
        return Evidence(self.rounds.later, self.changes)

    def rows(self, compared: ComparedQuestion, statistic: str) -> list[Row]:
        return self._changed.rows(compared.after, statistic)

    def row(self, compared: ComparedQuestion, statistic: str, item: str = "") -> Row | None:
        return self._changed.find(compared.after, statistic, item)

    def numbers(self, compared: ComparedQuestion, item: str = "", **said: Any) -> Numbers:
        """The numbers that compare an item, by name, and what else a line of a table says of it."""
        return self._changed.numbers(compared.after, item, **said)

    def has_other_choice(self, compared: ComparedQuestion) -> bool:
        """Whether options were added or dropped, so that points moved without anybody thinking otherwise."""
        ids = (compared.before.id, compared.after.id)
        return any(apart.kind == "option" and apart.question in ids for apart in self.rounds.apart)

    def questions(self, *kinds: str) -> list[ComparedQuestion]:
        """Compared questions of these types that both rounds answered."""
        return [
            q for q in self.rounds.questions if q.after.type in kinds and (self.changes["question"] == q.after.id).any()
        ]


def read_comparisons(round_: Round) -> list[Comparison]:
    """The comparisons that `round.yml` asks for, oldest round first. Raises: DataError before they were computed."""
    if round_.file.compare is None:
        return []
    everything = read_table("changes", round_.table("changes"))
    later = Evidence(round_, read_table("estimates", round_.table("estimates")))
    found = []
    for name in round_.file.compare.with_:
        before = open_round(name, data=round_.raw.parents[1])
        rounds = compared_rounds(round_.codebook, before, round_)
        own = everything[everything["round"] == f"{name}..{round_.name}"].reset_index(drop=True)
        earlier = Evidence(before, read_table("estimates", before.table("estimates")))
        found.append(Comparison(rounds, own, earlier, later))
    return found


def headed(label: str) -> str:
    """A question's label before what belongs to it: `Frage:`, and a label that is the question as it stands."""
    return label if label.endswith(("?", "!", ":", "…")) else f"{label}:"


def earlier_notice(comparison: Comparison) -> Html:
    """When the earlier round took place, and where its numbers come from."""
    when = german.date(comparison.rounds.earlier.file.date)
    told = provenance_notice(comparison.rounds.earlier)
    return Html(Markup("<p>Die frühere Runde fand am {} statt.</p>{}").format(when, told))


def each_comparison(comparisons: list[Comparison], make: Callable[[Comparison], object]) -> None:
    """Show what `make` returns (one thing or a list) for every comparison, under a heading of its own where there are
    several. What is absent from all of them is said once."""
    from IPython.display import display

    made = [(one, result if isinstance(result := make(one), list) else [result]) for one in comparisons]
    if not made or all(_is_absent(part) for _, parts in made for part in parts):
        display(made[0][1][0] if made else absent("Für diese Runde ist kein Vergleich vorgesehen."))
        return
    for one, parts in made:
        if len(made) > 1:
            when = german.date(one.rounds.earlier.file.date)
            display(Html(Markup("<h3>Verglichen mit der Runde vom {}</h3>").format(when)))
        for part in parts:
            display(part)


def _is_absent(part: object) -> bool:
    return isinstance(part, Html) and 'class="note absent"' in part.markup
