// The answers of `failscope impact`, by the same definitions: losses spread along counters
// until nothing changes; what moves is interrupted and starts again elsewhere, or does not.
//
// Nothing here touches the page: a topology as data in, phases as data out.

const NOW = 1;
const SETTLED = 2;
const START = 4;

const WEAK = [["start", "goes_on_until_restart"], ["config", "changes_blocked"], ["soft", "degrades"]];

/** Rows of requirements, looked up by provider and by dependent. */
function networkOf(model) {
  const size = model.components.length;
  const rows = () => Array.from({ length: size }, () => []);
  const network = {
    components: model.components,
    requirements: model.requirements,
    words: model.words,
    down: model.down,
    size,
    watchedBy: rows(),
    ownWatchedBy: rows(),
    needs: rows(),
    neededBy: rows(),
  };
  model.requirements.forEach((requirement, id) => {
    network.needs[requirement.dependent].push(id);
    for (const provider of requirement.providers) {
      (requirement.own_failure ? network.ownWatchedBy : network.watchedBy)[provider].push(id);
      network.neededBy[provider].push(id);
    }
  });
  return network;
}

const counts = (requirement, level) => (requirement.counts & level) !== 0;

// ---- Losses spreading at one level

function newFlow(network, level) {
  const flow = {
    network,
    level,
    lost: new Uint8Array(network.size),
    failed: new Uint8Array(network.size),
    missing: new Uint32Array(network.requirements.length),
    /** The requirement that took each along; none of what failed or was stopped by itself. */
    cause: new Int32Array(network.size).fill(-1),
    order: [],
    failures: [],
    spread: 0,
  };
  for (const requirement of network.requirements) {
    if (counts(requirement, level) && requirement.providers.length < requirement.at_least) {
      lose(flow, requirement.dependent);
    }
  }
  fail(flow, network.down);
  return flow;
}

function copyOf(flow) {
  return {
    ...flow,
    lost: flow.lost.slice(),
    failed: flow.failed.slice(),
    missing: flow.missing.slice(),
    cause: flow.cause.slice(),
    order: flow.order.slice(),
    failures: flow.failures.slice(),
  };
}

function lose(flow, component, cause = -1) {
  if (!flow.lost[component]) {
    flow.lost[component] = 1;
    flow.cause[component] = cause;
    flow.order.push(component);
  }
}

function miss(flow, id) {
  const requirement = flow.network.requirements[id];
  if (!counts(requirement, flow.level)) return;
  flow.missing[id] += 1;
  if (flow.missing[id] > requirement.providers.length - requirement.at_least) {
    lose(flow, requirement.dependent, id);
  }
}

/** From what was lost by itself to each of these, each step with why it was lost. */
function pathsTo(flow, components) {
  const place = new Uint32Array(flow.network.size);
  flow.order.forEach((lost, at) => { place[lost] = at; });
  return components.map((component) => pathTo(flow, place, component));
}

function pathTo(flow, place, component) {
  const { network } = flow;
  const path = [];
  for (let at = component; at !== undefined; ) {
    const requirement = network.requirements[flow.cause[at]];
    path.push({ component: at, because: requirement ? because(network, requirement) : "" });
    // Always something that was lost earlier, so this comes to an end.
    const before = place[at];
    at = requirement?.providers.find((p) => !serves(requirement, p, flow) && place[p] < before);
  }
  return path.reverse();
}

function settle(flow) {
  while (flow.spread < flow.order.length) {
    const component = flow.order[flow.spread];
    flow.spread += 1;
    for (const id of flow.network.watchedBy[component]) miss(flow, id);
  }
}

/** These fail by themselves, and take along what cannot do without them. */
function fail(flow, components) {
  for (const component of components) {
    if (flow.failed[component]) continue;
    flow.failed[component] = 1;
    flow.failures.push(component);
    lose(flow, component);
    for (const id of flow.network.ownWatchedBy[component]) miss(flow, id);
  }
  settle(flow);
}

/** These are lost, without a failure of their own. */
function loseAll(flow, components) {
  for (const component of components) lose(flow, component);
  settle(flow);
}

const serves = (requirement, provider, flow) =>
  !(requirement.own_failure ? flow.failed[provider] : flow.lost[provider]);

function isUnmet(requirement, flow) {
  const up = requirement.providers.filter((provider) => serves(requirement, provider, flow));
  return up.length < requirement.at_least;
}

/** In which order components can be started, and which cannot be. */
function startOrder(network, waiting, isUp) {
  const lacking = new Map();
  const unmet = new Map();
  for (const component of waiting) {
    let open = 0;
    for (const id of network.needs[component]) {
      const requirement = network.requirements[id];
      if (!counts(requirement, START)) continue;
      const up = requirement.providers.filter((p) => isUp(p, requirement.own_failure)).length;
      if (requirement.at_least > up) {
        lacking.set(id, requirement.at_least - up);
        open += 1;
      }
    }
    unmet.set(component, open);
  }
  const rounds = [];
  let ready = waiting.filter((component) => unmet.get(component) === 0);
  while (ready.length > 0) {
    rounds.push(ready);
    ready = ready.flatMap((started) => released(network, started, lacking, unmet));
  }
  return { rounds, stuck: waiting.filter((component) => unmet.get(component) > 0) };
}

/** What can start now that this one runs. */
function released(network, started, lacking, unmet) {
  const found = [];
  for (const id of network.watchedBy[started]) {
    if (!lacking.has(id)) continue;
    lacking.set(id, lacking.get(id) - 1);
    if (lacking.get(id) > 0) continue;
    lacking.delete(id);
    const dependent = network.requirements[id].dependent;
    if (!unmet.has(dependent)) continue;
    unmet.set(dependent, unmet.get(dependent) - 1);
    if (unmet.get(dependent) === 0) found.push(dependent);
  }
  return found;
}

// ---- Another provider takes over

function workingOf(scenario, id) {
  return scenario.working.get(id) ?? scenario.network.requirements[id].working ?? null;
}

/** Where the working provider is lost, the first that serves works from now on. */
function takeOver(scenario, settled) {
  scenario.network.requirements.forEach((requirement, id) => {
    const working = workingOf(scenario, id);
    if (working === null || serves(requirement, working, settled)) return;
    const next = requirement.providers.find((provider) => serves(requirement, provider, settled));
    if (next !== undefined) scenario.working.set(id, next);
  });
}

/** Follows the moves that the losses since a mark cause until nothing moves any more. */
function follow(scenario, now, settled, mark) {
  const all = { interrupted: [], rounds: [], stuck: [] };
  const done = new Set();
  for (;;) {
    const moved = moving(scenario, settled, mark).filter((component) => !done.has(component));
    if (moved.length === 0) return all;
    moved.forEach((component) => done.add(component));
    const wave = oneWave(scenario.network, now, settled, moved);
    loseAll(settled, wave.stuck);
    loseAll(now, wave.stuck);
    all.interrupted.push(...wave.interrupted);
    all.rounds.push(...wave.rounds);
    all.stuck.push(...wave.stuck);
  }
}

/** Dependents that are still up, but whose working provider was lost since the mark. */
function moving(scenario, settled, mark) {
  const found = new Set();
  const lookAt = (provider, ids) => {
    for (const id of ids) {
      const dependent = scenario.network.requirements[id].dependent;
      if (workingOf(scenario, id) === provider && !settled.lost[dependent]) found.add(dependent);
    }
  };
  const { watchedBy, ownWatchedBy } = scenario.network;
  for (const lost of settled.order.slice(mark.order)) lookAt(lost, watchedBy[lost]);
  for (const failed of settled.failures.slice(mark.failures)) lookAt(failed, ownWatchedBy[failed]);
  return [...found];
}

function oneWave(network, now, settled, moved) {
  const gap = copyOf(now);
  loseAll(gap, moved);
  const since = gap.order.slice(now.order.length);
  const interrupted = since.filter((component) => !settled.lost[component]);
  const stopped = new Set(interrupted);
  const isUp = (provider, ownFailure) =>
    ownFailure ? !settled.failed[provider] : !settled.lost[provider] && !stopped.has(provider);
  return { interrupted, ...startOrder(network, interrupted, isUp) };
}

// ---- Events, one after the other

function newScenario(network) {
  return { network, failed: new Set(), stopped: new Set(), working: new Map() };
}

function flowsOf(scenario) {
  const both = [NOW, SETTLED].map((level) => {
    const flow = newFlow(scenario.network, level);
    fail(flow, ascending(scenario.failed));
    loseAll(flow, ascending(scenario.stopped));
    return flow;
  });
  return { now: both[0], settled: both[1] };
}

/** These fail together and stay down. */
function failEvent(scenario, components) {
  const { network } = scenario;
  const { now, settled } = flowsOf(scenario);
  const mark = { order: settled.order.length, failures: settled.failures.length };
  const before = now.order.length;
  fail(now, components);
  fail(settled, components);
  const atOnce = without(now.order.slice(before), components);
  const moves = follow(scenario, now, settled, mark);
  takeOver(scenario, settled);
  components.forEach((component) => scenario.failed.add(component));
  moves.stuck.forEach((component) => scenario.stopped.add(component));
  const lost = settled.order.slice(mark.order);
  const later = without(without(lost, components), atOnce.concat(moves.stuck));
  return phases(network, [
    plain("stops_at_once", atOnce),
    plain("interrupted", moves.interrupted),
    ordered("recovers", moves.rounds),
    withReasons(network, "cannot_recover", moves.stuck, settled),
    plain("stops_later", later),
    ...WEAK.map(([kind, phase]) => weakEffect(network, kind, phase, lost, settled)),
    disputed(network, moves.interrupted, settled),
  ]);
}

/** These stop and start again, all together. */
function restartEvent(scenario, components) {
  const { network } = scenario;
  const { now, settled } = flowsOf(scenario);
  const mark = { order: settled.order.length, failures: settled.failures.length };
  fail(now, components);
  fail(settled, components);
  const moves = follow(scenario, now, settled, mark);
  takeOver(scenario, settled);
  const down = settled.order.slice(mark.order);
  const hadFailed = components.filter((component) => scenario.failed.has(component));
  without(down, hadFailed).forEach((component) => scenario.stopped.add(component));
  const recovered = moves.rounds.map((round) => without(round, down));
  return phases(network, [
    plain("stops_for_restart", down),
    plain("interrupted", moves.interrupted),
    ordered("recovers", recovered),
    ...startWhatCan(scenario, moves.interrupted),
  ]);
}

/** Starts everything that is stopped but has not failed, as far as it will start. */
function startWhatCan(scenario, interrupted) {
  const { network } = scenario;
  const down = new Set(network.down);
  const canRun = (component) => !scenario.failed.has(component) && !down.has(component);
  const waiting = ascending(scenario.stopped).filter(canRun);
  const { settled } = flowsOf(scenario);
  const isUp = (provider, own) => !(own ? settled.failed[provider] : settled.lost[provider]);
  const order = startOrder(network, waiting, isUp);
  scenario.stopped = new Set(order.stuck);
  const after = flowsOf(scenario).settled;
  takeOver(scenario, after);
  return [
    ordered("comes_back", order.rounds),
    withReasons(network, "does_not_come_back", order.stuck, after),
    disputed(network, order.rounds.flat().concat(interrupted), after),
  ];
}

// ---- Phases

const ascending = (numbers) => [...numbers].sort((a, b) => a - b);

function without(all, some) {
  const left = new Set(some);
  return all.filter((component) => !left.has(component));
}

const plain = (kind, components) => ({ kind, rounds: [ascending(components)], reasons: [] });

const ordered = (kind, rounds) => ({ kind, rounds: rounds.map(ascending), reasons: [] });

function withReasons(network, kind, components, flow) {
  const reasons = [];
  for (const component of components) {
    const id = network.needs[component].find((candidate) => {
      const requirement = network.requirements[candidate];
      return counts(requirement, START) && isUnmet(requirement, flow);
    });
    if (id !== undefined) reasons.push([component, id]);
  }
  return { ...plain(kind, components), reasons };
}

/** Dependents that go on although a requirement of this kind is now unmet. */
function weakEffect(network, kind, phase, lost, flow) {
  const reasons = [];
  for (const provider of lost) {
    for (const id of network.neededBy[provider]) {
      const requirement = network.requirements[id];
      const fits = requirement.kind === kind && requirement.disputed === null;
      if (fits && !flow.lost[requirement.dependent] && isUnmet(requirement, flow)) {
        reasons.push([requirement.dependent, id]);
      }
    }
  }
  return fromReasons(phase, reasons);
}

/** What would stop as well if the disputed requirements held. */
function disputed(network, restarting, flow) {
  const reasons = [];
  for (const component of restarting) {
    for (const id of network.needs[component]) {
      const requirement = network.requirements[id];
      const isDisputed = requirement.disputed !== null;
      if (isDisputed && !flow.lost[component] && isUnmet(requirement, flow)) {
        reasons.push([component, id]);
      }
    }
  }
  return fromReasons("disputed", reasons);
}

function fromReasons(kind, found) {
  const once = new Map(found.map((reason) => [reason.join(), reason]));
  const reasons = [...once.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const components = [...new Set(reasons.map(([component]) => component))];
  return { kind, rounds: [components], reasons };
}

/** Phases in which nothing happens are left out; the rest is put into words. */
function phases(network, all) {
  const happens = all.filter((phase) => phase.rounds.some((round) => round.length > 0));
  return happens.map((phase) => ({
    kind: phase.kind,
    phase: network.words[phase.kind],
    rounds: phase.rounds.filter((round) => round.length > 0),
    functions: phase.rounds.flat().filter((component) => network.components[component].asked),
    reasons: phase.reasons.map(([component, id]) => ({
      component,
      because: because(network, network.requirements[id]),
    })),
  }));
}

/** What is missing, and why it is needed. */
function because(network, requirement) {
  const names = requirement.providers.map((provider) => network.components[provider].name);
  const list = shortList(names, 3);
  const what = requirement.at_least === names.length ? list : `${requirement.at_least} of ${list}`;
  const doubt = requirement.disputed === null ? "" : ` (${requirement.disputed})`;
  return `needs ${what}: ${requirement.why}${doubt}`;
}

function shortList(items, most) {
  if (items.length > most) {
    return `${items.slice(0, most).join(", ")} and ${items.length - most} more`;
  }
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}

// ---- Shares

/** True when every unmet need of a function leaves shares that go on elsewhere. */
function stopsPartly(network, component, isLost) {
  const unmet = unmetAtOnce(network, component, isLost);
  return unmet.length > 0 && unmet.every(({ requirement, up }) => {
    if (requirement.shares && up > 0) return true;
    const lost = requirement.providers.filter((provider) => isLost[provider]);
    return lost.every((p) => network.components[p].function && sharesLeft(network, p, isLost));
  });
}

function sharesLeft(network, component, isLost) {
  const unmet = unmetAtOnce(network, component, isLost);
  return unmet.length > 0 && unmet.every(({ requirement, up }) => requirement.shares && up > 0);
}

function unmetAtOnce(network, component, isLost) {
  return network.needs[component]
    .map((id) => network.requirements[id])
    .filter((requirement) => counts(requirement, SETTLED))
    .map((requirement) => ({
      requirement,
      up: requirement.providers.filter((provider) => !isLost[provider]).length,
    }))
    .filter(({ requirement, up }) => up < requirement.at_least);
}

/** What `failscope impact --format json` prints for these failures at once, then these restarts. */
function impactOf(network, failed, restarted) {
  const scenario = newScenario(network);
  const events = [];
  if (failed.length > 0) {
    events.push({ event: "fail", components: failed, phases: failEvent(scenario, failed) });
  }
  if (restarted.length > 0) {
    const happened = restartEvent(scenario, restarted);
    events.push({ event: "restart", components: restarted, phases: happened });
  }
  const { settled } = flowsOf(scenario);
  const down = ascending(settled.order);
  const isLost = new Uint8Array(network.size);
  for (const component of down) isLost[component] = 1;
  const stopped = down.filter((component) => network.components[component].asked);
  const partly = stopped.filter((component) => stopsPartly(network, component, isLost));
  const paths = pathsTo(settled, stopped);
  return { events, stopped, stopped_partly: partly, down, paths };
}
