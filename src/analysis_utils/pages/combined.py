"""All pages of a round as one document with one table of contents, for sending and printing: drawings, no scripts."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from ..wording import german, join
from .export import Body

_LIST = re.compile(r"<details><summary>([^<]*)</summary>((?:(?!</details>).)*<table.*?)</details>", re.DOTALL)
"""What a page folds away because of its length."""


def combined_body(index: Body, pages: dict[str, Body]) -> Body:
    """What the first page opens with, then every page as a chapter, then their long lists. `pages` maps names to
    bodies."""
    index.set_lines()
    whole = Body("Gesamtbericht", Markup(), lead=Markup(_plain(str(index.lead))), is_set=True)
    chapter, parts, lists = Markup('<section class="chapter"><h2 id="{}">{}</h2>{}</section>'), [], []
    for name, body in pages.items():
        text = _one_level_down(_plain(str(body.lead + body.markup)))
        lists += _LIST.findall(text)
        text = _LIST.sub(r'<p class="note">\1: <a href="#anhang">im Anhang</a>.</p>', text)
        parts.append(chapter.format(name, Markup(german.set_lines(str(escape(body.title)))), Markup(text)))
        whole.contents.append((name, body.title))
    if lists:
        text = join(Markup(f"<h3>{head}</h3>{table}") for head, table in lists)
        parts.append(chapter.format("anhang", "Anhang: Listen", text))
        whole.contents.append(("anhang", "Anhang: Listen"))
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
