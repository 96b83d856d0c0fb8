// Filters and sorting. Without this script the page has everything but these.
"use strict";
(() => {
  const rows = [...document.querySelectorAll(".claims tbody tr")];
  const cells = [...document.querySelectorAll(".cell")];
  const make = (name, attributes = {}, ...children) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...children);
    return element;
  };
  const values = (name) => [...new Set(cells.map((cell) => cell.dataset[name]))];

  const filters = document.getElementById("filters");
  const verdicts = filters.dataset.order.split(",").filter((value) => values("verdict").includes(value));
  const boxes = verdicts.map((value) => make("input", { type: "checkbox", checked: true, value }));
  const figures = make("select", {}, make("option", { value: "" }, "all figures"),
    ...values("figure").map((value) => make("option", { value }, value)));
  const told = make("p", { className: "hint" });
  told.setAttribute("role", "status");
  const apply = () => {
    const chosen = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const wanted = (element) => chosen.has(element.dataset.verdict)
      && (!figures.value || figures.value === element.dataset.figure);
    rows.forEach((row) => row.classList.toggle("hidden", !wanted(row)));
    cells.forEach((cell) => cell.classList.toggle("faded", !wanted(cell)));
    told.textContent = `${cells.filter(wanted).length} of ${cells.length} shown`;
  };
  filters.append(
    make("fieldset", {}, make("legend", {}, "Show"), ...boxes.map((box) => make("label", {}, box, box.value)),
      make("label", {}, "of ", figures)),
    told,
  );
  filters.addEventListener("change", apply);
  filters.hidden = false;
  apply();

  // a hidden row that a cell leads to is shown again
  cells.forEach((cell) => cell.addEventListener("click", () => {
    document.querySelector(cell.getAttribute("href"))?.classList.remove("hidden");
  }));

  const compare = new Intl.Collator("en", { numeric: true }).compare;
  const key = (row, column) => row.cells[column].textContent.trim();
  const number = (text) => Number.parseFloat(text.replace("−", "-"));
  document.querySelectorAll(".claims").forEach((table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (head.classList.contains("drawn")) return;
      const button = make("button", { type: "button" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const order = (a, b) => {
          const [first, second] = [key(a, column), key(b, column)];
          const difference = number(first) - number(second);
          return Number.isNaN(difference) ? compare(first, second) : difference;
        };
        body.append(...[...body.rows].sort((a, b) => (down ? order(b, a) : order(a, b))));
      });
    });
  });

  // print what is folded as well
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(".claims ~ details:not([open])")];
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));
})();
