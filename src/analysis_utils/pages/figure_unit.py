"""A figure as one accessible unit: its drawings, words, files, and the numbers of the CSV that was saved with it."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ..rounds import Round
from ..tables import read_table
from ..wording import join, name_of, row_of, segment_label, short_label, table


def numbers_table(path: Path, round_: Round, number: str) -> Markup:
    """Every row of the figure's CSV: what it is about, which statistic, value, interval, n."""
    lines = []
    for values in read_table("estimates", path).to_dict("records"):
        row = row_of(values)
        lines.append((_subject(values, round_), name_of(row.statistic), row, row.part("interval"), row.part("n")))
    head = ["Gegenstand", "Kennzahl", "Wert", "95-%-Bereich", "n"]
    return Markup(table(f"Zahlen zu Abbildung {number}", head, lines, name=f"zahlen-{path.stem}", numeric_from=2))


def _subject(values: dict, round_: Round) -> str:
    """Area, scale value or pair in words, with the group where it is not all."""
    item, segment = values["item"], values["segment"]
    parts = [short_label(round_, part) for part in item.split("|")] if item else ["gesamt"]
    subject = ", ".join(parts) if not item.isdigit() else f"Wert {item}"
    question = next((q.label for q in round_.file.questions if q.id == values["question"]), "")
    if not item or item.isdigit():
        subject = f"{question}: {subject}"
    return subject if segment == "all" else f"{subject} ({segment_label(round_, segment)})"


def figure_unit(about: dict[str, str], data: dict[str, Any], folder: Path, round_: Round, number: str) -> Markup:
    """A figure as one accessible unit: title, interactive chart, static drawing, words, numbers, files.

    `about` and `data` are metadata and mime bundle of a `figure.Figure` output; `folder` holds its saved files.
    """
    name = about["name"]
    return Markup(
        '<figure id="{name}" aria-labelledby="title-{name}">'
        '<p class="figure-title" id="title-{name}">Abbildung {number}: {title}</p>'
        '<p class="figure-measure">{subtitle}</p>'
        '<div class="chart" id="chart-{name}"></div>'
        '<div class="static" role="img" aria-label="{alt}">{svg}</div>'
        "<figcaption><p>{caption}</p>"
        '<p class="files">{files}</p>'
        "<details><summary>Beschreibung und Zahlen zu Abbildung {number}</summary><p>{alt}</p>{numbers}</details>"
        "</figcaption></figure>"
    ).format(
        number=number,
        svg=_inline_svg(data["image/svg+xml"], name),
        files=_files(name, folder, number),
        numbers=numbers_table(folder / f"{name}.csv", round_, number),
        **about,
    )


def _inline_svg(text: str, name: str) -> Markup:
    """A drawing of ours as part of the page: without prolog, its ids made unique on the page by the figure's name."""
    text = text[text.index("<svg") :]
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(url\(|href=")#', rf"\1#{name}-", text)
    return Markup(text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))


def _files(name: str, folder: Path, number: str) -> Markup:
    kinds = (("svg", "image/svg+xml"), ("png", "image/png"), ("csv", "text/csv"))
    links = []
    for ending, mime in kinds:
        content = base64.b64encode((folder / f"{name}.{ending}").read_bytes()).decode()
        words = Markup('<span class="sr">Abbildung {} als </span>{}').format(number, ending.upper())
        link = Markup('<a download="{}.{}" href="data:{};base64,{}">{}</a>')
        links.append(link.format(name, ending, mime, content, words))
    return join(links, " ")
