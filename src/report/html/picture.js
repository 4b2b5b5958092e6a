// The picture: what has happened to everything in it, and how one walks through it.

// What happens to a component, as the style of the picture calls it; the worst comes last.
const FATES = [
  ["goes_on_until_restart", "restart"], ["interrupted", "moves"], ["stops_later", "later"],
  ["cannot_recover", "stops"], ["stops_at_once", "stops"],
];
const MARKS = { failed: "FAILED", stops: "STOPS", later: "LATER", moves: "MOVES", restart: "RESTART", part: "IN PART" };

/** Smaller than this part of its size, nobody can read it. */
const LEAST_SIZE = 0.69;

/** `choose` is told what somebody picked: a component, or several that are drawn as one. */
function newPicture(box, choose) {
  const byId = new Map();
  const parts = [...box.querySelectorAll("[data-ids]")].map((node) => {
    const part = partOf(node);
    byId.set(node.id, part);
    return part;
  });
  const lines = [...box.querySelectorAll(".line[data-target]")].map((node) => {
    return { node, fate: null, target: byId.get(`failscope-n${node.dataset.target}`) };
  });
  const svg = box.querySelector("svg");
  // What is inside of an image cannot be used, says the role.
  svg.setAttribute("role", "group");
  svg.style.minWidth = `${LEAST_SIZE * svg.viewBox.baseVal.width}px`;
  listen(parts.filter((part) => part.atLeast === 0), choose);
  return { parts, lines };
}

function partOf(node) {
  const ids = node.dataset.ids.split(" ").map(Number);
  // The one that gives the name; none where several alike are drawn as one.
  const head = ids.find((id) => network.components[id].name === node.dataset.component);
  const code = node.querySelector(".code");
  const atLeast = Number(node.dataset.atLeast ?? 0);
  return { node, ids, head, atLeast, code, scope: code?.textContent, fate: null };
}

/** One stop for the tab key; the arrow keys go on from there. */
function listen(parts, choose) {
  let current = parts[0];
  for (const part of parts) {
    const { node, head, ids } = part;
    node.setAttribute("tabindex", part === current ? "0" : "-1");
    node.setAttribute("role", "button");
    const picked = () => choose(head === undefined ? ids : [head]);
    node.addEventListener("click", picked);
    node.addEventListener("focus", () => {
      current.node.setAttribute("tabindex", "-1");
      node.setAttribute("tabindex", "0");
      current = part;
    });
    node.addEventListener("keydown", (event) => {
      const next = event.key.startsWith("Arrow") ? neighbour(parts, part, event.key) : undefined;
      const picks = event.key === "Enter" || event.key === " ";
      if (picks || next) event.preventDefault();
      if (picks) picked();
      next?.node.focus();
    });
  }
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** So much farther seems what lies aside. */
const ASIDE = 3;

/** The nearest one that way. */
function neighbour(parts, from, key) {
  const [right, down] = WAYS[key] ?? [0, 0];
  const start = middle(from);
  let best;
  let least = Infinity;
  for (const part of parts) {
    const there = middle(part);
    const [dx, dy] = [there.x - start.x, there.y - start.y];
    const ahead = dx * right + dy * down;
    const distance = ahead + ASIDE * Math.abs(dx * down + dy * right);
    if (ahead > 1 && distance < least) [best, least] = [part, distance];
  }
  return best;
}

function middle(part) {
  if (!part.middle) {
    const { x, y, width, height } = part.node.querySelector(".base").getBBox();
    part.middle = { x: x + width / 2, y: y + height / 2 };
  }
  return part.middle;
}

function drawPicture(picture, failedNow, happened) {
  const fates = new Map();
  for (const [kind, fate] of FATES) {
    for (const phase of happened.filter((one) => one.kind === kind)) {
      for (const id of phase.rounds.flat()) fates.set(id, fate);
    }
  }
  for (const id of failedNow) fates.set(id, "failed");
  const nothing = failedNow.length === 0;
  for (const part of picture.parts) {
    setFate(part, nothing ? null : fateOf(part, fates));
    if (part.head !== undefined) {
      part.node.setAttribute("aria-pressed", String(fates.get(part.head) === "failed"));
    }
    if (part.code) part.code.textContent = MARKS[part.fate] ?? (nothing ? part.scope : "");
  }
  for (const line of picture.lines) setFate(line, nothing ? null : line.target.fate);
}

function fateOf({ ids, head, atLeast }, fates) {
  const hit = ids.filter((id) => fates.has(id));
  if (atLeast > 0) {
    const lost = hit.filter((id) => ["failed", "stops", "later"].includes(fates.get(id)));
    return ids.length - lost.length < atLeast ? "stops" : "survives";
  }
  if (fates.has(head)) return fates.get(head);
  if (hit.length === 0) return "survives";
  return hit.length === ids.length ? sharedBy(hit, fates) : "part";
}

/** The fate of all of several that are drawn as one, if they have one in common. */
function sharedBy(hit, fates) {
  const found = new Set(hit.map((id) => fates.get(id)));
  return found.size === 1 ? fates.get(hit[0]) : "part";
}

function setFate(part, fate) {
  if (part.fate === fate) return;
  if (part.fate) part.node.classList.remove(`fate-${part.fate}`);
  if (fate) part.node.classList.add(`fate-${fate}`);
  part.fate = fate;
}
