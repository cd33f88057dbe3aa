"""All pages of a round as one document with one table of contents, for sending and printing: drawings, no scripts."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from ..rounds import Round
from . import german
from .export import Body
from .html import join


def combined_body(round_: Round, index: Body, pages: dict[str, Body]) -> Body:
    """The index without its picture and its links, then every page as a chapter. `pages` maps names to bodies."""
    index.set_lines()
    opening = _plain(str(index.markup)).split('<h2 id="seiten">')[0]
    opening = re.sub(r"<figure .*?</figure>", "", opening, flags=re.DOTALL)  # it stands in its chapter
    whole = Body("Gesamtbericht", Markup(), lead=Markup(_plain(str(index.lead))), is_set=True)
    parts = [Markup(opening)]
    for name, body in pages.items():
        text = _one_level_down(_plain(str(body.lead + body.markup)))
        chapter = Markup('<section class="chapter"><h2 id="{}">{}</h2>{}</section>')
        title = german.set_lines(str(escape(body.title)))
        parts.append(chapter.format(name, Markup(title), Markup(text)))
        whole.contents.append((name, body.title))
    whole.markup = join(parts)
    return whole


def _plain(text: str) -> str:
    """A page's inside without what only a screen can use: code, interactive charts, tables on demand, downloads."""
    text = re.sub(r'<details class="code">.*?</details>', "", text, flags=re.DOTALL)
    text = re.sub(r'href="[^":/]+\.html#', 'href="#', text)  # a place on another page is a place in this document
    text = re.sub(r"<details><summary>Beschreibung und Zahlen zu .*?</details>", "", text, flags=re.DOTALL)
    text = re.sub(r'<p class="files">.*?</p>', "", text, flags=re.DOTALL)
    return re.sub(r'<div class="chart" id="[^"]*"[^>]*></div>', "", text)


def _one_level_down(text: str) -> str:
    return re.sub(r"<(/?)h([1-5])\b", lambda match: f"<{match[1]}h{int(match[2]) + 1}", text)
