// The table: searched, filtered, sorted, and no more of it at once than is looked at.

const collator = new Intl.Collator(undefined, { numeric: true });

/** `choose` is told the component in the row that somebody picked. */
function newTable(section, choose) {
  const rows = [...section.querySelectorAll("tbody tr")];
  const table = {
    rows,
    byId: new Map(rows.map((row) => [Number(row.dataset.id), row])),
    words: new Map(),
    most: rows.filter((row) => !row.classList.contains("later")).length,
    choose,
    section,
  };
  const find = (id) => section.querySelector(`#${id}`);
  find("filter").addEventListener("submit", (event) => event.preventDefault());
  find("search").addEventListener("input", () => drawTable(table));
  for (const id of ["scope", "spof"]) find(id).addEventListener("change", () => drawTable(table));
  find("more").addEventListener("click", () => {
    table.most = Infinity;
    drawTable(table);
  });
  section.querySelectorAll("thead th").forEach((heading, column) => {
    const button = element("button", heading.textContent);
    button.type = "button";
    button.addEventListener("click", () => sortBy(table, heading, column));
    heading.replaceChildren(button);
  });
  drawTable(table);
  return table;
}

function drawTable(table) {
  const [search, scope, spof, more] = ["search", "scope", "spof", "more"].map((id) => table.section.querySelector(`#${id}`));
  const word = search.value.trim().toLowerCase();
  let count = 0;
  for (const row of table.rows) {
    const fits =
      (!scope.value || row.dataset.scope === scope.value) &&
      (!spof.checked || row.dataset.spof === "true") &&
      (!word || wordsOf(table, row).includes(word));
    row.hidden = !fits;
    count += fits ? 1 : 0;
    row.classList.toggle("later", fits && count > table.most);
    if (fits && count <= table.most) equip(table, row);
  }
  const isCut = count > table.most;
  const note = isCut ? `; the first ${table.most} are shown` : "";
  table.section.querySelector("#shown").textContent = `${count} of ${table.rows.length}${note}`;
  more.hidden = !isCut;
  more.textContent = `Show all ${count}`;
}

function wordsOf(table, row) {
  if (!table.words.has(row)) table.words.set(row, row.textContent.toLowerCase());
  return table.words.get(row);
}

/** Makes the name of a row a button, once the row is seen. */
function equip(table, row) {
  const name = row.querySelector(".name");
  if (name.firstElementChild) return;
  const button = element("button", name.textContent);
  button.type = "button";
  button.title = "What stops with it?";
  button.addEventListener("click", () => table.choose(Number(row.dataset.id)));
  name.replaceChildren(button);
}

function sortBy(table, heading, column) {
  const ascends = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", ascends ? "ascending" : "descending");
  const isNumber = heading.dataset.sort !== "text";
  const key = (row) => {
    const cell = row.children[column];
    return isNumber ? Number(cell.dataset.value) : cell.textContent;
  };
  const keys = new Map(table.rows.map((row) => [row, key(row)]));
  const compare = isNumber ? (a, b) => keys.get(a) - keys.get(b) : (a, b) => collator.compare(keys.get(a), keys.get(b));
  table.rows.sort((a, b) => (ascends ? compare(a, b) : compare(b, a)));
  table.section.querySelector("tbody").append(...table.rows);
  drawTable(table);
}

/** What protects a component; nothing if it has no row. */
function protectionOf(table, id) {
  return table.byId.get(id)?.querySelector('[data-label="Protected by"]').textContent;
}
