const button = document.getElementById("all-code");
const folds = document.querySelectorAll("details.code");
if (button && folds.length) {
  button.hidden = false;
  button.onclick = () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    folds.forEach((fold) => { fold.open = open; });
    button.setAttribute("aria-pressed", open);
  };
}
// Paper shows what is folded on the screen.
addEventListener("beforeprint", () => {
  document.querySelectorAll("details.fold:not([open])").forEach((fold) => { fold.open = fold.dataset.printed = true; });
});
addEventListener("afterprint", () => {
  document.querySelectorAll("details.fold[data-printed]").forEach((fold) => { fold.open = false; delete fold.dataset.printed; });
});
// The language switch leads to the same place: the last heading or figure above the top of the window.
document.querySelectorAll(".languages a").forEach((link) => {
  link.addEventListener("click", () => {
    const passed = [...document.querySelectorAll("article [id]")].filter((e) => {
      const box = e.getBoundingClientRect();
      return e.matches("h2, h3, figure, li") && box.height && box.top < 100;
    });
    if (window.scrollY && passed.length) link.hash = passed.pop().id;
  });
});
// Long tables and lists get a search box; without scripts they stand there whole.
const article = document.querySelector("article");
article.querySelectorAll("figure.table tbody, ul.records").forEach((list) => {
  const rows = [...list.children];
  if (rows.length <= 30) return;
  const label = document.createElement("label");
  const about = document.createElement("span");
  const input = document.createElement("input");
  const shown = document.createElement("output");
  const table = list.closest("table");
  about.className = "hidden";
  about.textContent = `: ${table ? table.caption.textContent : list.getAttribute("aria-label")}`;
  input.type = "search";
  label.className = "filter";
  label.append(article.dataset.filter, about, input, shown);
  (list.closest(".scroll") || list).before(label);
  const texts = rows.map((row) => row.textContent.toLocaleLowerCase());
  input.oninput = () => {
    const wanted = input.value.trim().toLocaleLowerCase();
    const words = wanted.split(/\s+/);
    rows.forEach((row, n) => { row.hidden = !words.every((word) => texts[n].includes(word)); });
    const left = rows.filter((row) => !row.hidden).length;
    shown.textContent = wanted ? article.dataset.shown.replace("{n}", left).replace("{all}", rows.length) : "";
  };
});
