(() => {
  const button = document.getElementById("show-code");
  if (button) button.addEventListener("click", () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? "Code verbergen" : "Code zeigen";
    document.querySelectorAll("details.code").forEach((part) => { part.open = open; });
  });
  // A number in running text tells on demand what it is; in tables interval and n stand beside it.
  const told = document.createElement("p");
  let asked = null;
  const tell = (number) => {
    if (asked) asked.setAttribute("aria-expanded", "false");
    asked = number === asked ? null : number;
    told.hidden = !asked;
    if (!asked) return;
    asked.setAttribute("aria-expanded", "true");
    told.textContent = asked.dataset.about;
    const place = asked.getBoundingClientRect();
    told.style.top = `${place.bottom + window.scrollY + 4}px`;
    told.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - told.offsetWidth - 8)) + window.scrollX}px`;
  };
  const numbers = document.querySelectorAll("main p data[data-about], main li data[data-about]");
  for (const number of numbers) {
    if (number.closest("a, button, summary, figure, table")) continue;
    number.tabIndex = 0;
    number.setAttribute("role", "button");
    number.setAttribute("aria-expanded", "false");
    number.addEventListener("click", () => tell(number));
    number.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      tell(number);
    });
  }
  if (numbers.length) {
    told.className = "told";
    told.hidden = true;
    told.setAttribute("role", "status");
    document.getElementById("inhalt").append(told);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && asked) tell(asked); });
  }
  // Only what is wider than its page is a place to scroll, and thus a stop for the keyboard.
  const wide = document.querySelectorAll(".scroll, .chart");
  const measure = () => wide.forEach((part) => {
    const cut = part.scrollWidth > part.clientWidth;
    const name = part.querySelector("caption") || part.closest("figure").querySelector(".figure-title");
    for (const [key, value] of [["role", "region"], ["tabindex", "0"], ["aria-labelledby", name.id]]) {
      if (cut) part.setAttribute(key, value); else part.removeAttribute(key);
    }
    part.classList.toggle("cut", cut);
  });
  measure();
  document.fonts.ready.then(measure);
  window.addEventListener("resize", measure);
  document.querySelectorAll("details").forEach((part) => part.addEventListener("toggle", measure));
  const charts = document.getElementById("charts");
  if (!charts) return;
  // Plotly measures its words when it draws: the page's font must be there first.
  const font = [400, 600].map((weight) => document.fonts.load(`${weight} 14px "Source Sans 3"`));
  Promise.all(font).then(() => {
    for (const [id, spec] of Object.entries(JSON.parse(charts.textContent))) {
      const inside = document.createElement("div");
      inside.style.height = `${spec.layout.height}px`;  // else it would collapse when the window changes
      inside.style.minWidth = `${spec.layout.meta.least}px`;
      if (window.innerWidth < 480) spec.layout.font.size = 12;
      for (const axis of Object.values(spec.layout)) if (axis.title) axis.title.font = { size: spec.layout.font.size };
      document.getElementById(id).append(inside);
      Plotly.newPlot(inside, spec.data, spec.layout, spec.config);
    }
    measure();
  });
})();
