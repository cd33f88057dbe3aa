"""How a page is opened, and questions put to it in its own language."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

SCREEN = {"width": 1280, "height": 900}


@dataclass
class Visit:
    """An opened page and what it said and asked for while it loaded."""

    page: Page
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def open_page(browser: Browser, path: Path, **options: object) -> Visit:
    """Open a file in a context of its own, with the network off."""
    context = browser.new_context(offline=True, locale="de-DE", **options)
    seen = Visit(context.new_page())
    seen.page.on("console", lambda message: seen.messages.append(message.text))
    seen.page.on("pageerror", lambda fault: seen.messages.append(str(fault)))
    seen.page.on("dialog", lambda dialog: (seen.messages.append(f"dialog {dialog.message}"), dialog.dismiss()))
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.goto(path.as_uri())
    return seen


# All words a reader can meet: running text by block, texts for screen readers, what is told on demand, chart labels.
WORDS = """() => {
  const blocks = new Map();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (at.closest("script, style, code, pre, .place, .files, .chart")) continue;
    const block = at.closest("p, li, td, th, h1, h2, h3, h4, caption, figcaption, dt, dd, text, summary, div");
    blocks.set(block, (blocks.get(block) || "") + walk.currentNode.data);
  }
  const names = ["alt", "aria-label", "title", "data-about"];
  const told = [...document.querySelectorAll(names.map((name) => `[${name}]`).join())]
    .filter((at) => !at.closest(".chart")).flatMap((at) => names.map((name) => at.getAttribute(name)).filter(Boolean));
  const drawn = [];
  const dig = (value, name) => {
    const isText = /text|name|label|title|^y$|^x$/.test(name);
    if (typeof value === "string") { if (isText) drawn.push(value.replace(/<br>/g, " ").replace(/<[^>]*>/g, "")); }
    else if (Array.isArray(value)) value.forEach((one) => dig(one, name));
    else if (value && typeof value === "object") Object.entries(value).forEach(([key, one]) => dig(one, key));
  };
  const charts = document.getElementById("charts");
  if (charts) dig(JSON.parse(charts.textContent), "");
  return [...blocks.values(), ...told, ...drawn];
}"""

# Labels of drawings that lie on each other or outside their drawing (slanted ones are not measured).
OVERLAPS = """(drawings) => [...document.querySelectorAll(drawings)].flatMap((drawing) => {
  const texts = [...drawing.querySelectorAll("text")].filter((text) => {
    const style = getComputedStyle(text);
    const slanted = /rotate\\((?!0[,)]|-?0 )/.test(text.getAttribute("transform") || "");
    return text.textContent.trim() && text.getClientRects().length && style.visibility !== "hidden" && !slanted;
  });
  const boxes = texts.map((text) => [text.textContent.trim(), text.getBoundingClientRect()]);
  const frame = drawing.getBoundingClientRect();
  const found = [];
  boxes.forEach(([words, box], place) => {
    const isOutside = box.left < frame.left - 1 || box.right > frame.left + drawing.scrollWidth + 1
      || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    if (isOutside) found.push([drawing.id, words, "outside"]);
    for (const [other, beside] of boxes.slice(place + 1)) {
      const width = Math.min(box.right, beside.right) - Math.max(box.left, beside.left);
      const height = Math.min(box.bottom, beside.bottom) - Math.max(box.top, beside.top);
      const areTurned = [box, beside].every((one) => one.height > 1.5 * one.width);  // boxes are wider than letters
      const most = areTurned ? 0.35 * Math.min(box.width, beside.width) : 1;
      if (width > most && height > 0.35 * Math.min(box.height, beside.height)) found.push([drawing.id, words, other]);
    }
  });
  return found;
})"""

# Tables wider than the paper: A4 upright with the page's margins, across for those marked as wide.
CUT_IN_PRINT = """() => [...document.querySelectorAll("table")].filter((table) => table.offsetParent !== null
  && table.scrollWidth > (table.closest(".wide") ? 1002 : 673)).map((table) => table.caption.textContent)"""

DRAWN = """() => [...document.querySelectorAll(".chart")].every((chart) => chart.querySelector(".main-svg"))"""
