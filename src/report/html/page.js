// The page around the answers: what has failed, the picture, the table.

const model = JSON.parse(document.getElementById("model").textContent);
const network = networkOf(model);
const byName = new Map(network.components.map((component, id) => [component.name, id]));
const failed = new Set();

/** What acts on a reader instead of being read is shown as a sign of itself. */
function shown(text) {
  const acts = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
  return text.replace(acts, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
}

function element(name, text, children = []) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

// ---- What has failed

function toggle(id) {
  if (!failed.delete(id)) failed.add(id);
  draw();
}

function draw() {
  const failedNow = ascending(failed);
  const scenario = newScenario(network);
  const happened = failedNow.length > 0 ? failEvent(scenario, failedNow) : [];
  drawChips(failedNow);
  drawAnswer(failedNow, happened);
  drawPicture(failedNow, happened);
  const names = failedNow.map((id) => `fail=${encodeURIComponent(network.components[id].name)}`);
  history.replaceState(null, "", names.length > 0 ? `#${names.join("&")}` : location.pathname + location.search);
}

function drawChips(failedNow) {
  const chips = failedNow.map((id) => {
    const button = element("button", `${shown(network.components[id].name)} ✕`);
    button.type = "button";
    button.setAttribute("aria-label", `${shown(network.components[id].name)} works again`);
    button.addEventListener("click", () => toggle(id));
    return element("li", "", [button]);
  });
  document.getElementById("failed").replaceChildren(...chips);
}

function drawAnswer(failedNow, happened) {
  const answer = document.getElementById("answer");
  if (failedNow.length === 0) {
    answer.replaceChildren(element("p", "Nothing has failed."));
    return;
  }
  const result = impactOf(network, failedNow, []);
  const parts = [element("h3", stoppedSentence(result))];
  for (const phase of happened) parts.push(...phaseParts(phase));
  parts.push(...restartParts(failedNow, happened), ...protection(failedNow));
  answer.replaceChildren(...parts);
}

function stoppedSentence(result) {
  const whole = without(result.stopped, result.stopped_partly);
  const services = network.components.filter((component) => component.asked).length;
  if (result.stopped.length === 0) return "No function stops.";
  const parts = [];
  if (whole.length > 0) parts.push(`${names(whole)} ${whole.length === 1 ? "stops" : "stop"}`);
  if (result.stopped_partly.length > 0) parts.push(`${names(result.stopped_partly)} in part`);
  return `${result.stopped.length} of ${services} functions: ${parts.join("; ")}.`;
}

function names(ids) {
  return shown(shortList(ids.map((id) => network.components[id].name), 6));
}

function phaseParts(phase) {
  const list = element(phase.rounds.length > 1 ? "ol" : "ul");
  const reasons = new Map(phase.reasons.map(({ component, because: why }) => [component, why]));
  phase.rounds.forEach((round) => {
    if (reasons.size === 0) list.append(element("li", names12(round)));
    else for (const id of round) list.append(element("li", `${oneName(id)}: ${shown(reasons.get(id) ?? "")}`));
  });
  return [element("h3", sentence(phase.phase)), list];
}

const oneName = (id) => shown(network.components[id].name);
const names12 = (ids) => shown(shortList(ids.map((id) => network.components[id].name), 12));
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** What goes on only for as long as it is not restarted: what its restart would do. */
function restartParts(failedNow, happened) {
  const waits = happened.filter((phase) => phase.kind === "goes_on_until_restart");
  const waiting = [...new Set(waits.flatMap((phase) => phase.rounds.flat()))];
  if (waiting.length === 0) return [];
  const result = impactOf(network, failedNow, ascending(waiting));
  const parts = [element("h3", `After a restart of ${names(waiting)}`)];
  const stuck = result.events[1].phases.filter((phase) => phase.kind === "does_not_come_back");
  if (stuck.length === 0) parts.push(element("p", "Everything comes back."));
  for (const phase of stuck) parts.push(...phaseParts(phase));
  parts.push(element("p", stoppedSentence(result)));
  return parts;
}

function protection(failedNow) {
  const parts = failedNow.flatMap((id) => {
    const row = rowOf(network.components[id].name);
    const protectedBy = row?.querySelector('[data-label="Protected by"]').textContent;
    const text = protectedBy ? `protected by ${protectedBy}` : "nothing protects it";
    return row ? [element("li", `${oneName(id)}: ${text}`)] : [];
  });
  return parts.length > 0 ? [element("h3", "Protection"), element("ul", "", parts)] : [];
}

// ---- The picture

const byId = new Map();
const parts = [...document.querySelectorAll("#picture [data-ids]")].map((node) => {
  const ids = node.dataset.ids.split(" ").map(Number);
  // The one that gives the name; none where several alike are drawn as one.
  const head = byName.get(node.dataset.component);
  const code = node.querySelector(".code");
  const part = { node, ids, head, atLeast: Number(node.dataset.atLeast), code, scope: code?.textContent, fate: null };
  byId.set(node.id, part);
  if (head !== undefined) listen(node, head);
  return part;
});
const lines = [...document.querySelectorAll("#picture .line[data-target]")].map((node) => {
  return { node, fate: null, target: byId.get(`failscope-n${node.dataset.target}`) };
});

function listen(node, id) {
  node.setAttribute("tabindex", "0");
  node.setAttribute("role", "button");
  node.addEventListener("click", () => toggle(id));
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      toggle(id);
    }
  });
}

// What happens to a component, as the style of the picture calls it; the worst comes last.
const FATES = [
  ["goes_on_until_restart", "restart"], ["interrupted", "moves"], ["stops_later", "later"],
  ["cannot_recover", "stops"], ["stops_at_once", "stops"],
];
const MARKS = { failed: "FAILED", stops: "STOPS", later: "LATER", moves: "MOVES", restart: "RESTART", part: "IN PART" };

function drawPicture(failedNow, happened) {
  const fates = new Map();
  for (const [kind, fate] of FATES) {
    for (const phase of happened.filter((one) => one.kind === kind)) {
      for (const id of phase.rounds.flat()) fates.set(id, fate);
    }
  }
  for (const id of failedNow) fates.set(id, "failed");
  const nothing = failedNow.length === 0;
  for (const part of parts) {
    setFate(part, nothing ? null : fateOf(part, fates));
    if (part.head !== undefined) part.node.setAttribute("aria-pressed", String(failed.has(part.head)));
    if (part.code) part.code.textContent = MARKS[part.fate] ?? (nothing ? part.scope : "");
  }
  for (const line of lines) setFate(line, nothing ? null : line.target.fate);
}

function fateOf({ ids, head, atLeast }, fates) {
  const hit = ids.filter((id) => fates.has(id));
  if (atLeast > 0) {
    const lost = hit.filter((id) => ["failed", "stops", "later"].includes(fates.get(id)));
    return ids.length - lost.length < atLeast ? "stops" : "survives";
  }
  if (fates.has(head)) return fates.get(head);
  if (hit.length === 0) return "survives";
  return hit.length === ids.length ? fates.get(hit[0]) : "part";
}

function setFate(part, fate) {
  if (part.fate === fate) return;
  if (part.fate) part.node.classList.remove(`fate-${part.fate}`);
  if (fate) part.node.classList.add(`fate-${fate}`);
  part.fate = fate;
}

// ---- The table

const rows = [...document.querySelectorAll("#rows tbody tr")];
const rowByName = new Map(rows.map((row) => [row.dataset.name, row]));
const rowOf = (name) => rowByName.get(name);
const search = document.getElementById("search");
const scope = document.getElementById("scope");
const spof = document.getElementById("spof");

const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

function filterRows() {
  const word = search.value.trim().toLowerCase();
  let count = 0;
  for (const row of rows) {
    const fits =
      (!word || words.get(row).includes(word)) &&
      (!scope.value || row.dataset.scope === scope.value) &&
      (!spof.checked || row.dataset.spof === "true");
    row.hidden = !fits;
    count += fits ? 1 : 0;
  }
  document.getElementById("shown").textContent = `${count} of ${rows.length}`;
}

function sortBy(heading, column) {
  const ascends = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", ascends ? "ascending" : "descending");
  const isNumber = heading.dataset.sort !== "text";
  const key = (row) => {
    const cell = row.children[column];
    return isNumber ? Number(cell.dataset.value) : cell.textContent;
  };
  const keys = new Map(rows.map((row) => [row, key(row)]));
  const compare = isNumber ? (a, b) => keys.get(a) - keys.get(b) : (a, b) => collator.compare(keys.get(a), keys.get(b));
  rows.sort((a, b) => (ascends ? compare(a, b) : compare(b, a)));
  document.querySelector("#rows tbody").append(...rows);
}

const collator = new Intl.Collator(undefined, { numeric: true });

// ---- From here on the page listens

for (const part of document.querySelectorAll(".needs-script")) part.hidden = false;

document.querySelectorAll("#rows thead th").forEach((heading, column) => {
  const button = element("button", heading.textContent);
  button.type = "button";
  button.addEventListener("click", () => sortBy(heading, column));
  heading.replaceChildren(button);
});

for (const row of rows) {
  const id = byName.get(row.dataset.name);
  const name = row.querySelector(".name");
  if (id === undefined) continue;
  const button = element("button", name.textContent);
  button.type = "button";
  button.title = "What stops with it?";
  button.addEventListener("click", () => {
    toggle(id);
    document.getElementById("what-if").scrollIntoView();
  });
  name.replaceChildren(button);
}

document.getElementById("names").append(
  ...network.components.map((component) => {
    const option = element("option");
    option.value = component.name;
    return option;
  }),
);

document.getElementById("choose").addEventListener("submit", (event) => {
  event.preventDefault();
  const pick = document.getElementById("pick");
  const id = byName.get(pick.value.trim());
  document.getElementById("refused").textContent =
    id === undefined ? `There is no component called ${shown(pick.value)}.` : "";
  if (id === undefined || failed.has(id)) return;
  pick.value = "";
  toggle(id);
});

document.getElementById("clear").addEventListener("click", () => {
  failed.clear();
  draw();
});

document.getElementById("size").addEventListener("click", (event) => {
  const full = document.getElementById("picture").classList.toggle("full");
  event.currentTarget.setAttribute("aria-pressed", String(full));
});

document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
search.addEventListener("input", filterRows);
scope.addEventListener("change", filterRows);
spof.addEventListener("change", filterRows);

/** A link such as `#fail=BTS01&fail=SAN01` opens the page with these failed. */
function fromLink() {
  for (const part of location.hash.slice(1).split("&")) {
    const name = part.startsWith("fail=") ? decoded(part.slice(5)) : "";
    if (byName.has(name)) failed.add(byName.get(name));
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

fromLink();
filterRows();
draw();
