(() => {
  const button = document.getElementById("show-code");
  if (button) button.addEventListener("click", () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? "Code verbergen" : "Code zeigen";
    document.querySelectorAll("details.code").forEach((part) => { part.open = open; });
  });
  // A number tells on demand what it is: its statistic and the definition, interval and n. A paragraph, list or table
  // is one stop of the Tab key; inside it the arrow keys lead from number to number. Without JavaScript the interval
  // shows as a tooltip, and the definitions stand at the end of the page.
  const told = document.createElement("div");
  const blocks = new Map();
  let asked = null;
  const tell = (number, byKey) => {
    if (asked) asked.removeAttribute("aria-expanded");
    asked = number;
    told.hidden = !asked;
    if (!asked) return;
    asked.setAttribute("aria-expanded", "true");
    const term = document.getElementById(`k-${asked.dataset.key.split("/").pop()}`);
    told.replaceChildren(...[
      term?.textContent, term?.nextElementSibling?.textContent, asked.dataset.about,
      byKey ? "Pfeiltasten: nächste Zahl, Esc: schließen" : "",
    ].map((words, place) => {
      const line = document.createElement("p");
      line.textContent = words;
      line.className = ["told-name", "", "", "note"][place];
      return line;
    }).filter((line) => line.textContent));
    const place = asked.getBoundingClientRect();
    told.style.top = `${place.bottom + window.scrollY + 4}px`;
    told.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - told.offsetWidth - 8)) + window.scrollX}px`;
  };
  const beside = (number, numbers, key) => {
    const column = (one) => one.closest("td, th")?.cellIndex;
    const line = key === "ArrowDown" || key === "ArrowUp" ? numbers.filter((one) => column(one) === column(number)) : numbers;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
    return step && line[line.indexOf(number) + step];
  };
  const press = (event, numbers) => {
    const number = event.currentTarget, other = beside(number, numbers, event.key);
    if (event.key === "Enter" || event.key === " ") tell(number === asked ? null : number, true);
    else if (!other) return;
    else {
      number.tabIndex = -1;
      other.tabIndex = 0;
      other.focus();
      if (asked) tell(other, true);
    }
    event.preventDefault();
  };
  for (const number of document.querySelectorAll("main data[title]")) {
    number.dataset.about = number.title;
    number.removeAttribute("title");
    if (number.closest("a, button, summary")) continue;
    const block = number.closest("table, ul, ol, dl, p") || number.parentElement;
    if (!blocks.has(block)) blocks.set(block, []);
    blocks.get(block).push(number);
  }
  for (const [block, numbers] of blocks) {
    for (const number of numbers) {
      number.setAttribute("role", "button");
      number.tabIndex = number === numbers[0] ? 0 : -1;
      number.addEventListener("click", () => tell(number === asked ? null : number, false));
      number.addEventListener("keydown", (event) => press(event, numbers));
    }
    // A table that does not scroll need not be a stop of its own: its numbers are one.
    const region = block.closest(".scroll");
    if (region && region.scrollWidth <= region.clientWidth) region.removeAttribute("tabindex");
  }
  if (blocks.size) {
    told.className = "told";
    told.hidden = true;
    told.setAttribute("role", "status");
    document.getElementById("inhalt").append(told);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") tell(null); });
    document.addEventListener("click", (event) => { if (!event.target.closest("[role=button], .told")) tell(null); });
  }
  // The contents beside the page show where the reader is. `link.hash` would be percent-encoded, ids are not.
  const sections = [...document.querySelectorAll(".contents a")]
    .map((link) => [document.getElementById(link.getAttribute("href").slice(1)), link]).filter(([heading]) => heading);
  const follow = () => {
    const passed = sections.filter(([heading]) => heading.getBoundingClientRect().top < window.innerHeight / 3);
    sections.forEach(([, link]) => link.removeAttribute("aria-current"));
    passed.at(-1)?.[1].setAttribute("aria-current", "location");
  };
  window.addEventListener("scroll", follow, { passive: true });
  // Only what is wider than its page is a place to scroll, and thus a stop for the keyboard.
  const wide = document.querySelectorAll(".scroll, .chart");
  const measure = () => wide.forEach((part) => {
    const cut = part.scrollWidth > part.clientWidth;
    const name = part.querySelector("caption[id]") || part.closest("figure")?.querySelector(".figure-title");
    for (const [key, value] of [["role", "region"], ["tabindex", "0"], ["aria-labelledby", name?.id]]) {
      if (cut && value) part.setAttribute(key, value); else part.removeAttribute(key);
    }
    part.classList.toggle("cut", cut);
  });
  measure();
  document.fonts.ready.then(measure);
  window.addEventListener("resize", measure);
  document.querySelectorAll("details").forEach((part) => part.addEventListener("toggle", measure));
  const specs = ["charts", "own-charts"].map((name) => document.getElementById(name)).filter(Boolean)
    .flatMap((part) => Object.entries(JSON.parse(part.textContent)));
  if (!specs.length) return;
  // Plotly measures its words when it draws: the page's font must be there first. A page too narrow for the columns of
  // one of our charts stacks them; only what even then is too wide is a place to scroll.
  const font = [400, 600].map((weight) => document.fonts.load(`${weight} 14px "Source Sans 3"`));
  Promise.all(font).then(() => {
    const drawn = specs.map(([id, spec]) => {
      const inside = document.createElement("div");
      document.getElementById(id).append(inside);
      return { inside, spec, shown: null };
    });
    const draw = () => {
      for (const chart of drawn) {
        const { least, narrow } = chart.spec.layout.meta || {};
        const part = narrow && chart.inside.parentElement.clientWidth < least ? narrow : chart.spec;
        if (!narrow && chart.shown) continue;  // plotly itself fits charts of others to the page
        chart.inside.style.height = `${part.layout.height || 450}px`;  // else it would collapse when the window changes
        chart.inside.style.minWidth = `${part.layout.meta?.width || 0}px`;
        const width = chart.inside.clientWidth;
        if (part === chart.shown && width === chart.width) continue;
        Object.assign(chart, { shown: part, width });
        const layout = narrow ? { ...part.layout, width } : part.layout;
        Plotly.react(chart.inside, part.data, layout, { ...chart.spec.config, responsive: !narrow });
      }
      measure();
    };
    draw();
    window.addEventListener("resize", draw);
  });
})();
