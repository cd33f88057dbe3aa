"""What a report notebook shows besides what `pages` makes: an analyst's own tables, pictures, texts and formulas.

Behind the wall nothing private can be in it, so anything may be shown, and everything that is shown appears: made
harmless (text of others is text), accessible, without metadata, and marked as not checked against the tables. What a
page cannot hold is refused, never dropped. Title and description are comments at the beginning of the cell, as Quarto
has them: `#| fig-alt: …`, `#| fig-cap: …`, `#| tbl-cap: …`.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from ..wording import PLOTLY_MIME, TRACE_TYPES

MARK = "Eigene Auswertung, nicht gegen die Tabelle geprüft."
NO_ALT = "Zu dieser Abbildung fehlt eine Beschreibung für alle, die sie nicht sehen."
_OPTION = re.compile(r"^#\|\s*(fig-alt|fig-cap|tbl-cap)\s*:\s*(.*?)\s*$", re.MULTILINE)
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff")
_KNOWN = ("text/html", "text/markdown", "text/latex", "application/json", "text/plain")
_ONLY_AS_PROGRAM = re.compile(
    r"<(script|iframe|object|embed|video|audio|canvas|form|input|button|link)\b", re.IGNORECASE
)
_HARMLESS = (
    "a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h3 h4 h5 "
    "h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr "
    "u ul var"
)
_TAGS = frozenset(_HARMLESS.split())
_SVG = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_NUMBER = re.compile(r"[-−+]?[\d.,\u202f\s]*\d[\d.,]*\s?%?")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FOLDERS = re.compile(r"(?<![\w.])(?:/|[A-Z]:\\)(?:[\w.@+~ -]+[/\\])+(?=[\w.-]+)")
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(?![\s$])([^$\n]+?)(?<![\s\\])\$", re.DOTALL)


@dataclass
class Own:
    """What the page of a notebook holds of its own: specifications of charts by element id, the cells of pictures that
    have no description, and names given to styled tables."""

    prefix: str
    charts: dict[str, Any] = field(default_factory=dict)
    undescribed: list[int] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def element(self) -> str:
        self.count += 1
        return f"eigen-{self.prefix}{self.count}"


def marked(parts: list[Markup]) -> Markup:
    """The own outputs of a cell, under the sentence that says what they are."""
    return Markup('<div class="own"><p class="own-mark">{}</p>{}</div>').format(MARK, Markup("").join(parts))


def own_output(output: Any, source: str, cell: int, own: Own) -> Markup:
    """One output that is not ours as part of a page. Raises: ValueError for one that a page cannot show."""
    said = dict(_OPTION.findall(source))
    if output.output_type == "stream":
        return _printed(output.text, output.name)
    if output.output_type == "error":
        return _printed("\n".join([*output.traceback] or [f"{output.ename}: {output.evalue}"]), "stderr")
    data, about = output.data, output.get("metadata", {})
    if PLOTLY_MIME in data:
        return _chart(data[PLOTLY_MIME], said, cell, own)
    strange = [kind for kind in data if kind not in (*_PICTURES, *_KNOWN)]
    if strange and not set(data) & {*_PICTURES, "text/html", "text/markdown", "text/latex"}:
        raise ValueError(f"an output of type {strange[0]}")
    pictures = [kind for kind in _PICTURES if kind in data]
    if pictures and "text/latex" not in data:
        return _picture({kind: data[kind] for kind in pictures}, about, said, cell, own)
    if "text/html" in data:
        return _html(data["text/html"], said, cell, own)
    if "text/markdown" in data:
        return _clean(_from_markdown(data["text/markdown"]))
    if "text/latex" in data:
        return Markup('<p class="formula">{}</p>').format(formula(data["text/latex"]))
    if "application/json" in data:
        return _printed(json.dumps(data["application/json"], ensure_ascii=False, indent=1, sort_keys=True), "stdout")
    return _printed(data["text/plain"], "stdout")


def _printed(text: str, stream: str) -> Markup:
    kind = "output" if stream == "stdout" else "output warning"
    plain = _FOLDERS.sub("", _ANSI.sub("", text))  # where on a machine it was made is nobody's business
    return Markup('<pre class="{}" tabindex="0">{}</pre>').format(kind, plain)


def _described(said: dict[str, str], alt: str, cell: int, own: Own) -> tuple[str, Markup]:
    """Alternative text of a picture, and what stands below it: its title, and where there is no text a remark."""
    alt = said.get("fig-alt", alt)
    below = Markup("<p>{}</p>").format(said["fig-cap"]) if "fig-cap" in said else Markup("")
    if not alt:
        own.undescribed.append(cell)
        below += Markup('<p class="note missing">{} <code>#| fig-alt: …</code></p>').format(NO_ALT)
    return alt or said.get("fig-cap", "Abbildung ohne Beschreibung"), below


def _chart(spec: Any, said: dict[str, str], cell: int, own: Own) -> Markup:
    spec = json.loads(json.dumps(spec))
    layout = spec.setdefault("layout", {})
    layout.pop("template", None) if layout.get("template") == {} else None
    for trace in spec["data"]:
        kind = str(trace.get("type", "scatter"))
        if kind in ("scattergl", "scatterpolargl"):  # the same marks, drawn without programs made on the way
            trace["type"] = kind.removesuffix("gl")
        if kind.endswith(("map", "mapbox")) and kind not in ("heatmap", "treemap"):
            raise ValueError(f"a map ({kind}), whose tiles come from the network")
        is_drawn_by_name = kind in ("choropleth", "scattergeo") and trace.get("locationmode") != "geojson-id"
        if is_drawn_by_name and (kind == "choropleth" or layout.get("geo", {}).get("visible") is not False):
            raise ValueError(f"a map ({kind}), whose outlines come from the network")
    spec["config"] = {"displayModeBar": False, "responsive": True}
    name = own.element()
    own.charts[name] = spec
    title = layout.get("title", {})
    words = title if isinstance(title, str) else (title or {}).get("text", "")
    alt, below = _described(said, "", cell, own)
    return Markup(
        '<figure class="own-figure"><div class="chart" id="{}" role="img" aria-label="{}"></div>'
        '<p class="note elsewhere">{}</p><figcaption>{}</figcaption></figure>'
    ).format(name, alt, f"Interaktive Abbildung: {Markup(words).striptags() or alt}", below)


def makes_programs(charts: dict[str, Any]) -> bool:
    """Whether plotly.js draws charts with programs for the graphics card that it makes while drawing."""
    return any(trace.get("type") in ("splom", "parcoords") for spec in charts.values() for trace in spec["data"])


def bundle_needed(charts: dict[str, Any]) -> bool:
    """Whether charts need more than the basic bundle of plotly.js draws."""
    kinds = {trace.get("type", "scatter") for spec in charts.values() for trace in spec["data"]}
    return not kinds <= TRACE_TYPES


def _picture(data: dict[str, Any], about: Any, said: dict[str, str], cell: int, own: Own) -> Markup:
    alt = next((about[kind]["alt"] for kind in data if isinstance(about.get(kind), dict) and "alt" in about[kind]), "")
    alt, below = _described(said, alt, cell, own)
    files = dict(_content(kind, packed) for kind, packed in data.items())
    links = []
    for kind, packed in files.items():
        ending = kind.split("/")[1].split("+")[0]
        link = Markup('<a download="{}.{}" href="data:{};base64,{}">{}</a>')
        links.append(link.format(own.element(), ending, kind, packed, ending.upper()))
    first = next(iter(files))
    picture = Markup('<img src="data:{};base64,{}" alt="{}">').format(first, files[first], alt)
    parts = Markup('<figure class="own-figure">{}<figcaption>{}<p class="files">{}</p></figcaption></figure>')
    return parts.format(picture, below, Markup(" ").join(links))


def _content(kind: str, packed: str | list[str]) -> tuple[str, str]:
    """Type and base64 content of a picture as a page holds it: drawn anew, so that nothing else is in it."""
    packed = "".join(packed)
    if kind == "image/svg+xml":
        return kind, _packed(svg_alone(packed).encode())
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode(packed))) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            raise ValueError("a moving picture")
        buffer = io.BytesIO()
        if kind == "image/jpeg":
            picture.convert("RGB").save(buffer, "jpeg", quality=90)
            return kind, _packed(buffer.getvalue())
        mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
        Image.frombytes(mode, picture.size, picture.convert(mode).tobytes()).save(buffer, "png", optimize=True)
        return "image/png", _packed(buffer.getvalue())


def _packed(content: bytes) -> str:
    return base64.b64encode(content).decode()


def svg_alone(text: str) -> str:
    """A drawing without programs, links and metadata."""
    text = text[text.index("<svg") :] if "<svg" in text else ""
    text = re.sub(r"<(script|metadata|foreignObject)\b.*?</\1\s*>", "", text, flags=re.DOTALL | re.IGNORECASE)
    text = re.sub(r"\son\w+\s*=\s*(\"[^\"]*\"|'[^']*')", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\s(?:xlink:)?href\s*=\s*(\"(?!#|data:image/)[^\"]*\"|'(?!#|data:image/)[^']*')", "", text)
    if "xmlns=" not in text.partition(">")[0]:
        text = text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return text


def _html(text: str | list[str], said: dict[str, str], cell: int, own: Own) -> Markup:
    """HTML of others: sanitised, its drawings as pictures, its tables with caption and scoped headers."""
    text = "".join(text)
    plain = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    if found := _ONLY_AS_PROGRAM.search(plain):
        raise ValueError(f"HTML with a {found[1].lower()} element, which a page does not run")
    drawings: list[Markup] = []

    def drawn(match: re.Match[str]) -> str:
        drawings.append(_picture({"image/svg+xml": html.unescape(match[0])}, {}, said, cell, own))
        return f"<span>⟦{len(drawings)}⟧</span>"

    text = _SVG.sub(drawn, plain)
    rules = "\n".join(_scoped(style, own) for style in _STYLE.findall(text))
    shown = str(_clean(_STYLE.sub("", text), styled=bool(rules)))
    shown = re.sub(r"<table\b.*?</table>", lambda table: _table(table[0], said, cell, own), shown, flags=re.DOTALL)
    shown = re.sub(r"(?:<span>)?⟦(\d+)⟧(?:</span>)?", lambda at: str(drawings[int(at[1]) - 1]), shown)
    if rules:
        shown = re.sub(r"T_[0-9a-zA-Z]+", lambda name: _stable(name[0], own), shown)
        shown = f"<style>{rules}</style>{shown}"
    return Markup(shown)


def _scoped(style: str, own: Own) -> str:
    """The rules of a Styler, which hold for its own table, and nothing else."""
    kept = []
    for selectors, declarations in _RULE.findall(style):
        names = [name.strip() for name in selectors.split(",")]
        safe = "; ".join(one.strip() for one in declarations.split(";") if re.fullmatch(r"[\w\s#%(),.:'\-]+", one))
        if all(re.fullmatch(r"#T_\w+[\w\s.#:()\-]*", name) for name in names) and "url" not in safe.casefold():
            kept.append(f"{', '.join(names)} {{ {safe} }}")
    return re.sub(r"T_[0-9a-zA-Z]+", lambda name: _stable(name[0], own), "\n".join(kept))


def _stable(name: str, own: Own) -> str:
    """Stylers are named by chance; same input, same bytes."""
    return own.names.setdefault(name, f"T-{own.prefix}{len(own.names) + 1}")


def _table(text: str, said: dict[str, str], cell: int, own: Own) -> str:
    name = own.element()
    caption = re.search(r"<caption[^>]*>(.*?)</caption>", text, re.DOTALL)
    words = caption[1] if caption else f"Tabelle aus Zelle {cell}"
    words = str(escape(said.get("tbl-cap", ""))) or words
    text = re.sub(r"<caption[^>]*>.*?</caption>", "", text, flags=re.DOTALL)
    head, mark, body = text.partition("<tbody")
    if not mark:
        head, body = "", text
    head = re.sub(r"<th\b([^>]*)>(\s|&nbsp;|\xa0)*</th>", r"<td\1></td>", head)
    head = re.sub(r"<th\b(?![^>]*scope=)", '<th scope="col"', head)
    body = re.sub(r"<th\b(?![^>]*scope=)", '<th scope="row"', body)
    body = re.sub(r"<td\b([^>]*)>([^<]*)</td>", _cell, body)
    text = re.sub(r"<table\b[^>]*?(\sid=\"[^\"]*\")?[^>]*>", r"<table\1>", head + mark + body, count=1)
    text = text.replace(">", f'><caption id="t-zahlen-{name}">{words}</caption>', 1)
    return f'<div class="scroll" role="region" aria-labelledby="t-zahlen-{name}" tabindex="0">{text}</div>'


def _cell(found: re.Match[str]) -> str:
    is_number = bool(_NUMBER.fullmatch(html.unescape(found[2]).strip()))
    had = re.search(r'class="([^"]*)"', found[1])
    if not is_number:
        return found[0]
    if had:
        return f"<td{found[1].replace(had[0], f'class={chr(34)}{had[1]} num{chr(34)}')}>{found[2]}</td>"
    return f'<td{found[1]} class="num">{found[2]}</td>'


def _clean(text: str, *, styled: bool = False) -> Markup:
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    attributes = {
        "*": ["title", "lang", "dir", "style", *(["id", "class"] if styled else [])],
        **{name: ["colspan", "rowspan", "scope", "headers"] for name in ("td", "th", "col", "colgroup")},
        "a": ["href"],
        "img": lambda _, name, value: (
            name in ("alt", "width", "height") or (name, value[:11]) == ("src", "data:image/")
        ),
        "details": ["open"],
    }
    made = bleach.clean(
        re.sub(r"<(/?)h[12]\b", r"<\1h3", text),
        tags=_TAGS,
        attributes=attributes,
        css_sanitizer=CSSSanitizer(),
        protocols=["http", "https", "mailto", "data"],
        strip=True,
    )
    return Markup(made)


def _from_markdown(text: str | list[str]) -> str:
    from nbconvert.filters import markdown2html

    return with_formulas(markdown2html("".join(text)))


def with_formulas(text: str) -> str:
    """Rendered Markdown with its formulas drawn; what stands in code stays."""
    if "$" not in text:
        return text
    parts = re.split(r"(<pre\b.*?</pre>|<code\b.*?</code>|<[^>]*>)", text, flags=re.DOTALL)
    return "".join(
        part if at % 2 else _FORMULA.sub(lambda found: str(formula(html.unescape(found[0]), found[0])), part)
        for at, part in enumerate(parts)
    )


@cache
def formula(text: str, instead: str = "") -> Markup:
    """A formula as a drawing that says its source; where it cannot be drawn, `instead` or the source itself."""
    source = text.strip().strip("$").strip()
    source = re.sub(r"\\(displaystyle|textstyle|left\.|right\.)", "", source)
    source = re.sub(r"^\\(?:begin\{equation\*?\}|\[|\()|\\(?:end\{equation\*?\}|\]|\))$", "", source).strip()
    from matplotlib import mathtext, rc_context

    buffer = io.BytesIO()
    try:
        with rc_context({"svg.hashsalt": "formula", "svg.fonttype": "path"}):
            mathtext.math_to_image(f"${source}$", buffer, format="svg")
    except ValueError:
        return Markup(instead) if instead else Markup("<code>{}</code>").format(text)
    drawing = _packed(svg_alone(buffer.getvalue().decode()).encode())
    return Markup('<img class="formula" src="data:image/svg+xml;base64,{}" alt="{}">').format(drawing, source)
