// The page around the answers: what has failed, what that does, and how it is chosen.

const model = JSON.parse(document.getElementById("model").textContent);
const network = networkOf(model);
const byName = firstOfEachName();
const failed = new Set();

/** What acts on a reader instead of being read is shown as a sign of itself. */
function shown(text) {
  const acts = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
  return text.replace(acts, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
}

/** Names may be given twice; the command takes the first as well. */
function firstOfEachName() {
  const known = new Map();
  network.components.forEach(({ name }, id) => {
    if (!known.has(name)) known.set(name, id);
  });
  return known;
}

/** By name, as the command finds it: machines, racks and sites also without their kind. */
function idOf(word) {
  const names = [word, ...["machine", "rack", "site"].map((kind) => `${kind} ${word}`)];
  return names.map((name) => byName.get(name)).find((id) => id !== undefined);
}

/** In links: its name, or its number where the name is that of another. */
function linkOf(id) {
  const { name } = network.components[id];
  return encodeURIComponent(byName.get(name) === id ? name : `#${id}`);
}

function fromLinkOf(word) {
  const number = /^#(\d+)$/.exec(word)?.[1];
  return idOf(word) ?? (number in network.components ? Number(number) : undefined);
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
  drawPicture(picture, failedNow, happened);
  const names = failedNow.map((id) => `fail=${linkOf(id)}`);
  history.replaceState(null, "", names.length > 0 ? `#${names.join("&")}` : location.pathname + location.search);
}

function button(text, pressed, label = text) {
  const made = element("button", text);
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.addEventListener("click", pressed);
  return made;
}

function drawChips(failedNow) {
  const chips = failedNow.map((id) => {
    const chip = button(`${oneName(id)} ✕`, () => toggle(id), `${oneName(id)} works again`);
    return element("li", "", [chip]);
  });
  document.getElementById("failed").replaceChildren(...chips);
}

/** What somebody picked in the picture. */
function choose(ids) {
  if (ids.length === 1) toggle(ids[0]);
  else offer(ids);
}

/** Several are drawn as one: which of them? */
function offer(ids) {
  const MOST = 60;
  const all = button(`All ${ids.length}`, () => {
    ids.forEach((id) => failed.add(id));
    draw();
  });
  const each = ids.slice(0, MOST).map((id) => button(oneName(id), () => toggle(id)));
  const list = element("ul", "", [all, ...each].map((one) => element("li", "", [one])));
  list.className = "chips";
  const parts = [element("h3", "Which of these fails?"), list];
  if (ids.length > MOST) parts.push(element("p", `and ${ids.length - MOST} more, which the table has`));
  showAnswer(parts, "Which of these fails?");
  all.focus({ preventScroll: true });
}

function showAnswer(parts, said) {
  const answer = document.getElementById("answer");
  const isIdle = said === "";
  answer.classList.toggle("idle", isIdle);
  answer.tabIndex = isIdle ? -1 : 0;
  answer.scrollTop = 0;
  const columns = element("div", "", parts);
  columns.className = "columns";
  answer.replaceChildren(columns);
  document.getElementById("said").textContent = said;
}

function drawAnswer(failedNow, happened) {
  if (failedNow.length === 0) {
    showAnswer([element("p", "Nothing has failed.")], "");
    return;
  }
  const result = impactOf(network, failedNow, []);
  const said = stoppedSentence(result);
  const parts = [element("h3", said)];
  for (const phase of happened) parts.push(...phaseParts(phase));
  parts.push(...restartParts(failedNow, happened), ...protection(failedNow), ...reasons(result));
  showAnswer(parts, said);
}

/** For the first functions that stop: the way from what failed to them. */
function reasons({ paths }) {
  const MOST = 12;
  const ways = paths.slice(0, MOST).map((path) => {
    const steps = path.map(({ component, because }) => {
      const reason = element("span", because ? `: ${shown(because)}` : "");
      reason.className = "kind";
      return element("li", oneName(component), [reason]);
    });
    const last = path[path.length - 1].component;
    return element("details", "", [element("summary", oneName(last)), element("ol", "", steps)]);
  });
  return ways.length > 0 ? [element("h3", "Why it stops"), ...ways] : [];
}

function stoppedSentence(result) {
  const whole = without(result.stopped, result.stopped_partly);
  const services = network.components.filter((component) => component.asked).length;
  if (result.stopped.length === 0) return "No function or service stops.";
  const parts = [];
  if (whole.length > 0) parts.push(`${names(whole)} ${whole.length === 1 ? "stops" : "stop"}`);
  if (result.stopped_partly.length > 0) parts.push(`${names(result.stopped_partly)} in part`);
  return `${result.stopped.length} of ${services} functions and services: ${parts.join("; ")}.`;
}

function names(ids) {
  return shown(shortList(ids.map(ownName), 6));
}

function phaseParts(phase) {
  const list = element(phase.rounds.length > 1 ? "ol" : "ul");
  if (phase.reasons.length === 0) {
    for (const round of phase.rounds) list.append(element("li", names12(round)));
  }
  for (const { component, because: why } of phase.reasons) {
    list.append(element("li", `${oneName(component)}: ${shown(why)}`));
  }
  return [element("h3", sentence(phase.phase)), list];
}

/** Told apart from what has the same name. */
function ownName(id) {
  const { name } = network.components[id];
  if (byName.get(name) === id) return name;
  const before = network.components.slice(0, id).filter((other) => other.name === name);
  return `${name} (${before.length + 1})`;
}

const oneName = (id) => shown(ownName(id));
const names12 = (ids) => shown(shortList(ids.map(ownName), 12));
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
    const by = protectionOf(table, id);
    if (by === undefined) return [];
    return [element("li", `${oneName(id)}: ${by ? `protected by ${by}` : "nothing protects it"}`)];
  });
  return parts.length > 0 ? [element("h3", "Protection"), element("ul", "", parts)] : [];
}

// ---- From here on the page listens

for (const part of document.querySelectorAll(".needs-script")) part.hidden = false;

const picture = newPicture(document.getElementById("picture"), choose);
const table = newTable(document.getElementById("scopes"), (id) => {
  toggle(id);
  document.getElementById("what-if").scrollIntoView();
});

const pick = document.getElementById("pick");

pick.addEventListener("focus", () => {
  const options = [...byName.keys()].map((name) => {
    const option = element("option");
    option.value = name;
    return option;
  });
  document.getElementById("names").append(...options);
}, { once: true });

document.getElementById("choose").addEventListener("submit", (event) => {
  event.preventDefault();
  const id = idOf(pick.value.trim());
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

/** A link such as `#fail=BTS01&fail=SAN01` opens the page with these failed. */
function fromLink() {
  for (const part of location.hash.slice(1).split("&")) {
    const id = part.startsWith("fail=") ? fromLinkOf(decoded(part.slice(5))) : undefined;
    if (id !== undefined) failed.add(id);
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
draw();
