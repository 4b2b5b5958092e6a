//! The page and the command give one answer.

use std::fmt::Write;
use std::path::Path;

use failscope::analysis::{Analysis, Step, WORK_LIMIT};
use failscope::expand::expand;
use failscope::graph::ComponentId;
use failscope::input::{self, Limits};
use failscope::report::impact;
use failscope::source::SourceMap;
use serde_json::{Value, json};

use crate::chromium::{self, Chromium};
use crate::{page, references, small};

/// What the command says, by index instead of by name.
fn said(analysis: &Analysis<'_>, steps: &[Step]) -> Value {
    let impact = serde_json::to_value(impact::build(analysis, steps)).unwrap();
    json!({ "events": impact["events"], "stopped": impact["stopped"],
            "stopped_partly": impact["stopped_partly"], "down": impact["down"] })
}

/// The page's own answer, in the names and fields of the command.
const ANSWER: &str = "(failed, restarted) => {
  const name = (id) => network.components[id].name;
  const answer = impactOf(network, failed, restarted);
  return {
    events: answer.events.map((event) => ({
      event: event.event,
      components: event.components.map(name),
      phases: event.phases.map((phase) => ({
        phase: phase.phase,
        rounds: phase.rounds.map((round) => round.map(name)),
        functions: phase.functions.map(name),
        ...(phase.reasons.length > 0 && { reasons: phase.reasons.map((reason) =>
          ({ component: name(reason.component), because: reason.because })) }),
      })),
    })),
    stopped: answer.stopped.map(name),
    stopped_partly: answer.stopped_partly.map(name),
    down: answer.down.map(name),
  };
}";

fn index(id: ComponentId) -> usize {
    id.index()
}

/// Every component alone, some of them together, and restarts on top of that.
fn cases(ids: &[ComponentId]) -> Vec<(Vec<ComponentId>, Vec<ComponentId>)> {
    let mut cases: Vec<_> = ids.iter().map(|&id| (vec![id], Vec::new())).collect();
    for (at, &id) in ids.iter().enumerate() {
        let other = ids[(at * 7 + 3) % ids.len()];
        let third = ids[(at * 5 + 1) % ids.len()];
        if other > id && third != id && third != other {
            cases.push((vec![id, other], Vec::new()));
            cases.push((vec![id], vec![other]));
            let mut three = vec![id, other, third];
            three.sort_unstable();
            cases.push((three, Vec::new()));
        }
    }
    cases
}

fn compare(browser: &mut Chromium, topology: &Path) {
    let folder = tempfile::tempdir().unwrap();
    browser.open(&page(topology, &folder), "");
    let mut sources = SourceMap::new();
    let file = sources.add("topology.yaml", std::fs::read_to_string(topology).unwrap());
    let reading =
        input::read(&mut sources, file, &Limits::default(), &mut |_, _| Err(String::new()));
    let Some(read) = reading.topology else { panic!("{} cannot be read", topology.display()) };
    let expansion = expand(&read);
    let analysis = Analysis::new(&expansion.graph, WORK_LIMIT).unwrap();
    let ids: Vec<ComponentId> = expansion.graph.ids().collect();
    let cases = cases(&ids);
    let asked: Vec<Value> = cases
        .iter()
        .map(|(fail, restart)| {
            let [fail, restart] =
                [fail, restart].map(|ids| ids.iter().map(|&id| index(id)).collect::<Vec<_>>());
            json!([fail, restart])
        })
        .collect();
    let answers = browser.eval(&format!("{}.map((asked) => ({ANSWER})(...asked))", json!(asked)));
    for ((fail, restart), answer) in cases.into_iter().zip(answers.as_array().unwrap()) {
        let mut steps = vec![Step::Fail(fail)];
        if !restart.is_empty() {
            steps.push(Step::Restart(restart));
        }
        assert_eq!(answer, &said(&analysis, &steps), "{} {steps:?}", topology.display());
    }
}

#[test]
fn the_page_answers_what_the_command_answers() {
    let Some(mut browser) = chromium::start() else { return };
    for path in references() {
        compare(&mut browser, &path);
    }
}

/// Components that need at least so many of others, of every kind, also in circles.
fn random_topology(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
    let mut below = |most: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let count = 6 + below(9);
    let mut text = String::from("failscope: 1\ncomponents:\n");
    for component in 0..count {
        let mut needs = Vec::new();
        for _ in 0..below(3) {
            let mut of: Vec<u64> = (0..1 + below(4)).map(|_| below(count)).collect();
            of.retain(|&other| other != component);
            of.sort_unstable();
            of.dedup();
            if of.is_empty() {
                continue;
            }
            let kinds = ["run", "run", "run", "transaction", "ingress", "start", "config", "soft"];
            let kind = kinds[below(8) as usize];
            let least = 1 + below(of.len() as u64);
            let of: Vec<String> = of.iter().map(|other| format!("c{other}")).collect();
            needs.push(format!("{{ at_least: {least}, of: [{}], kind: {kind} }}", of.join(", ")));
        }
        let _ = writeln!(text, "  c{component}: {{ needs: [{}] }}", needs.join(", "));
    }
    let _ = writeln!(text, "services:\n  one: {{ needs: [c0] }}\n  two: {{ needs: [c1, c2] }}");
    text
}

#[test]
fn the_page_answers_what_the_command_answers_for_any_graph() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let topology = folder.path().join("random.yaml");
    for seed in 0..60 {
        std::fs::write(&topology, random_topology(seed)).unwrap();
        compare(&mut browser, &topology);
    }
}

/// Two instances each have a database of one name: the first is meant by it, as in the command,
/// and the second can be picked in the table and in the picture.
#[test]
fn of_two_with_one_name_each_can_fail() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = page(&crate::root().join("topologies/ra23-two-sites.yaml"), &folder);
    browser.open(&page, "#fail=BizTalkMgmtDb");
    assert!(browser.text("#answer h3").starts_with("4 of "), "{}", browser.text("#answer"));
    assert_eq!(browser.text("#failed"), "BizTalkMgmtDb ✕");
    let second = "[...document.querySelectorAll('#rows tbody tr')].filter((row) => \
                  row.querySelector('.name').textContent === 'BizTalkMgmtDb')[1].dataset.id";
    let id = browser.eval(second);
    browser.open(&page, "");
    browser.click(&format!("#rows [data-id='{}'] button", id.as_str().unwrap()));
    assert_eq!(browser.text("#failed"), "BizTalkMgmtDb (2) ✕");
    assert_eq!(browser.text("#answer h3"), "No function or service stops.");
    let link = browser.eval("location.hash");
    browser.open(&page, link.as_str().unwrap());
    assert_eq!(browser.text("#failed"), "BizTalkMgmtDb (2) ✕");
    let node =
        format!("document.querySelector(\"#picture [data-ids='{}']\")", id.as_str().unwrap());
    assert_eq!(browser.eval(&format!("{node}.getAttribute('aria-pressed')")), json!("true"));
    // Sites go without their kind, as for the command.
    browser.open(&page, "#fail=Berlin");
    assert_eq!(browser.text("#failed"), "site Berlin ✕");
    browser.assert_quiet();
}

/// Each step of a reason is a requirement on the step before, from what failed on.
#[test]
fn why_something_stops_is_a_way_through_requirements() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&small(&folder), "#fail=SAN01");
    let wrong = browser.eval(
        "(() => { const wrong = []; let ways = 0; \
         network.components.forEach((component, failed) => { \
           const result = impactOf(network, [failed], []); \
           result.paths.forEach((path, at) => { ways += 1; \
             const ends = path[0].component === failed || path.length === 1; \
             const joined = path.every((step, i) => i === 0 || network.requirements.some((r) => \
               r.dependent === step.component && r.providers.includes(path[i - 1].component))); \
             const last = path[path.length - 1].component === result.stopped[at]; \
             if (!ends || !joined || !last) wrong.push([failed, path]); }); }); \
         return ways > 100 ? wrong : ['too few', ways]; })()",
    );
    assert_eq!(wrong, json!([]));
    let shown = browser.text("#answer details summary");
    assert_eq!(shown, "OrdersHttp");
    let first = "document.querySelector('#answer details li').textContent";
    assert_eq!(browser.eval(first), json!("SAN01"));
}
