(() => {
  const button = document.getElementById("show-code");
  if (button) button.addEventListener("click", () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? "Code verbergen" : "Code zeigen";
    document.querySelectorAll("details.code").forEach((part) => { part.open = open; });
  });
  const charts = document.getElementById("charts");
  if (!charts) return;
  for (const [id, spec] of Object.entries(JSON.parse(charts.textContent))) {
    Plotly.newPlot(id, spec.data, spec.layout, spec.config);
  }
})();
