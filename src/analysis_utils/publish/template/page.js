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
  const charts = document.getElementById("charts");
  if (!charts) return;
  for (const [id, spec] of Object.entries(JSON.parse(charts.textContent))) {
    Plotly.newPlot(id, spec.data, spec.layout, spec.config);
  }
})();
