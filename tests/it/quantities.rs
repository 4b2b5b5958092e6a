//! `cuts`, `availability`, `import` and `export`, against numbers worked out by hand.

use std::path::{Path, PathBuf};

use failscope::analysis::{Analysis, Structure, WORK_LIMIT};
use failscope::availability::{Figures, solve};
use failscope::engine::Budget;
use failscope::expand::expand;
use failscope::graph::ComponentId;
use failscope::input::{self, Limits};
use failscope::source::SourceMap;
use serde_json::{Value, json as value};

use crate::program::{published_models, run, run_into};

/// A file of a test, gone with it.
pub(crate) struct Temporary {
    folder: tempfile::TempDir,
}

impl Temporary {
    pub(crate) fn new() -> Temporary {
        Temporary { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }
}

pub(crate) fn json(words: &[&str]) -> Value {
    let ran = run(words);
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
}

#[track_caller]
pub(crate) fn near(found: &Value, expected: f64) {
    let found = found.as_f64().expect("a number");
    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} is not {expected}");
}

pub(crate) fn first_service(file: &str) -> Value {
    json(&["availability", file, "--format", "json"])["services"][0].clone()
}

fn shipped(name: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join("topologies").join(name).display().to_string()
}

/// Either of two servers is enough: lost with both, 0.01 * 0.02.
pub(crate) const PAIR: &str = "failscope: 1
servers: { A: { mtbf: 99h, mttr: 1h }, B: { mtbf: 98h, mttr: 2h } }
components: { app: { on: [A, B], mtbf: 1y, mttr: 0h } }
services: { shop: { needs: [app], availability: 99.9% } }
";

/// Two of three at 0.1 each, 3 * 0.1^2 * 0.9 + 0.1^3 = 0.028, and a switch at 0.001.
const POOL: &str = "failscope: 1
components:
  q1: { mtbf: 9h, mttr: 1h }
  q2: { mtbf: 9h, mttr: 1h }
  q3: { mtbf: 9h, mttr: 1h }
  switch: { mtbf: 999h, mttr: 1h }
services: { queue: { needs: [switch, { at_least: 2, of: [q1, q2, q3] }] } }
";
const POOL_LOST: f64 = 1.0 - (1.0 - 0.028) * (1.0 - 0.001);

/// Two nodes at 0.001, a witness that never fails, one disk at 0.0001.
pub(crate) const FAILOVER: &str = "failscope: 1
servers: { N1: { mtbf: 999h, mttr: 1h }, N2: { mtbf: 999h, mttr: 1h } }
storage:
  W: { redundant: false, mtbf: 1y, mttr: 0h }
  D: { redundant: false, mtbf: 9999h, mttr: 1h }
clusters:
  CL: { nodes: [N1, N2], witness: W, failover_time: 30s, groups: { G: { disks: [D] } } }
services: { db: { needs: [CL/G] } }
";

#[test]
fn two_servers_fail_together_as_often_as_the_product_says() {
    let files = Temporary::new();
    let row = first_service(&files.file("pair.yaml", PAIR));
    near(&row["unavailability"]["lower"], 2e-4);
    near(&row["unavailability"]["upper"], 2e-4);
    near(&row["downtime_hours_per_year"]["upper"], 8766.0 * 2e-4);
    assert_eq!(row["exact"], true);
    assert_eq!(row["target"]["met"], true);
    near(&row["target"]["margin_hours_per_year"], 8766.0 * (1e-3 - 2e-4));
    let contributors = row["contributors"].as_array().expect("a list");
    let of = |name: &str| contributors.iter().find(|c| c["component"] == name).expect("it matters");
    near(&of("A")["birnbaum"], 0.02);
    near(&of("B")["birnbaum"], 0.01);
    near(&of("A")["fussell_vesely"], 1.0);
    near(&of("A")["criticality"], 1.0);
    near(&of("A")["risk_achievement_worth"], 0.02 / 2e-4);
    assert!(of("A")["risk_reduction_worth"].is_null(), "without it there is no outage");
}

#[test]
fn a_pool_of_three_needs_two() {
    let files = Temporary::new();
    let file = files.file("pool.yaml", POOL);
    let row = first_service(&file);
    near(&row["unavailability"]["lower"], POOL_LOST);
    let list = json(&["cuts", &file, "--format", "json"]);
    assert_eq!(list["count"], "4");
    assert_eq!(list["by_order"], serde_json::json!(["0", "1", "3"]));
    let sets = list["sets"].as_array().expect("a list");
    assert_eq!(sets[0]["members"][0]["component"], "switch");
    near(&sets[0]["probability"], 1e-3);
    near(&sets[1]["probability"], 1e-2);
    let one = json(&["cuts", &file, "--order", "1", "--format", "json"]);
    assert_eq!(one["sets"].as_array().map(Vec::len), Some(1));
    let most = json(&["cuts", &file, "--most", "1", "--format", "json"]);
    near(&most["sets"][0]["probability"], 1e-2);
    let paths = json(&["cuts", &file, "--paths", "--format", "json"]);
    assert_eq!(paths["by_order"], serde_json::json!(["0", "0", "0", "3"]));
    near(&paths["sets"][0]["probability"], 0.9 * 0.9 * 0.999);
    let counted = json(&["cuts", &file, "--count", "--format", "json"]);
    assert_eq!((&counted["count"], &counted["sets"]), (&"4".into(), &serde_json::json!([])));
    let csv = run(&["cuts", &file, "--format", "csv"]).stdout;
    assert!(csv.contains("2,1.0000000000000002e-2,no,q1; q2,"), "{csv}");
}

/// Lost with both nodes or the disk. The working node fails 1/1000 times an hour, for 30 s.
#[test]
fn a_failover_cluster_is_interrupted_when_its_working_node_fails() {
    let files = Temporary::new();
    let row = first_service(&files.file("failover.yaml", FAILOVER));
    near(&row["unavailability"]["lower"], 1.0 - (1.0 - 1e-6) * (1.0 - 1e-4));
    let moves = row["switch_over"]["moves"].as_array().expect("a list");
    assert_eq!(moves.len(), 1);
    near(&moves[0]["per_year"], 8.766);
    near(&moves[0]["seconds"], 30.0);
    near(&row["switch_over"]["hours_per_year"], 8.766 * 30.0 / 3600.0);
}

#[test]
fn what_the_file_does_not_say_is_assumed_and_listed() {
    let files = Temporary::new();
    let silent = "failscope: 1\nservers: { A: {} }\nservices: { s: { needs: [A] } }\n";
    let report = json(&["availability", &files.file("a.yaml", silent), "--format", "json"]);
    let assumed = &report["assumptions"][0];
    assert_eq!((&assumed["what"], &assumed["components"][0]), (&"server".into(), &"A".into()));
    // Two years up, a working day down.
    near(&report["services"][0]["unavailability"]["lower"], 8.0 / (2.0 * 8766.0 + 8.0));
    assert_eq!(report["services"][0]["contributors"][0]["assumed"], true);
}

/// A year up as stated, a working day down as assumed.
#[test]
fn only_what_is_missing_is_assumed() {
    let files = Temporary::new();
    let half = "failscope: 1\nservers: { A: { mtbf: 1y } }\nservices: { s: { needs: [A] } }\n";
    let report = json(&["availability", &files.file("a.yaml", half), "--format", "json"]);
    near(&report["services"][0]["unavailability"]["lower"], 8.0 / (8766.0 + 8.0));
    let assumed = &report["assumptions"][0];
    assert!(assumed["mtbf_hours"].is_null(), "{assumed}");
    near(&assumed["mttr_hours"], 8.0);
}

#[test]
fn names_cannot_act_on_the_terminal_or_break_a_table() {
    let files = Temporary::new();
    let text = "failscope: 1\ncomponents: { \"=a|b\": { availability: 90% } }
services: { \"s|x\": { needs: [\"=a|b\"] } }\n";
    let file = files.file("names.yaml", text);
    let table = run(&["availability", &file, "--format", "markdown"]).stdout;
    assert!(table.contains("s\\|x") && !table.contains("s|x"), "{table}");
    let csv = run(&["cuts", &file, "--format", "csv"]).stdout;
    assert!(csv.contains("'=a|b"), "{csv}");
    let tree = run(&["export", "open-psa", &file]).stdout;
    assert!(tree.contains("\"loss_of_s_x\"") && tree.contains("\"c__a_b\""), "{tree}");
}

#[test]
fn a_figure_of_something_redundant_counts_as_a_failure_of_its_own() {
    let files = Temporary::new();
    let text = "failscope: 1
external: { bank: { redundant: true, availability: 99% } }
services: { pay: { needs: [bank] } }
";
    let row = first_service(&files.file("bank.yaml", text));
    near(&row["unavailability"]["lower"], 0.01);
}

#[test]
fn too_little_memory_or_work_gives_two_ends_with_the_truth_between() {
    let files = Temporary::new();
    let file = files.file("pool.yaml", POOL);
    for limit in ["--max-memory", "--max-steps"] {
        let ran = run(&["availability", &file, "--format", "json", limit, "0"]);
        assert_eq!(ran.code, 2, "undecided");
        let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let row = &report["services"][0];
        let end = |name: &str| row["unavailability"][name].as_f64().expect("a number");
        assert_eq!(row["exact"], false);
        assert!(end("lower") <= POOL_LOST && POOL_LOST <= end("upper"), "{row}");
        let refused = run(&["cuts", &file, limit, "0"]);
        assert_eq!(refused.code, 2);
        for word in ["--order", limit] {
            assert!(refused.stderr.contains(word), "{}", refused.stderr);
        }
    }
}

#[test]
fn members_show_what_they_share_and_how_they_take_part() {
    let list = json(&["cuts", &shipped("small.yaml"), "--order", "2", "--format", "json"]);
    let sets = list["sets"].as_array().expect("a list");
    let names = |set: &Value| -> Vec<String> {
        let members = set["members"].as_array().expect("a list");
        members.iter().map(|m| m["component"].as_str().expect("a name").to_owned()).collect()
    };
    let pair = sets.iter().find(|set| names(set) == ["SQL01", "SQL02"]).expect("both nodes");
    let shared = pair["shared"].to_string();
    assert!(shared.contains("site DC1") && shared.contains("cluster SQLCLUSTER"), "{shared}");
    for set in sets {
        for member in set["members"].as_array().expect("a list") {
            let path = member["path"].as_array().unwrap_or_else(|| panic!("no path in {set}"));
            assert_eq!(path.last().expect("steps")["component"], "order-intake");
        }
    }
}

const TREE: &str = r#"<opsa-mef>
<define-fault-tree name="t">
  <define-gate name="top"><or><gate name="both"/><gate name="two"/></or></define-gate>
  <define-gate name="both"><and><basic-event name="a"/><basic-event name="b"/></and></define-gate>
  <define-gate name="two"><atleast min="2">
    <basic-event name="c"/><basic-event name="d"/><basic-event name="e"/>
  </atleast></define-gate>
  <define-basic-event name="a"><float value="0.1"/></define-basic-event>
  <define-basic-event name="b"><float value="0.2"/></define-basic-event>
  <define-basic-event name="c"><float value="0.1"/></define-basic-event>
  <define-basic-event name="d"><float value="0.1"/></define-basic-event>
  <define-basic-event name="e"><float value="0.1"/></define-basic-event>
</define-fault-tree>
</opsa-mef>"#;
/// 1 - (1 - 0.1 * 0.2) (1 - 0.028).
const TREE_LOST: f64 = 1.0 - 0.98 * 0.972;

#[test]
fn a_fault_tree_is_read_and_becomes_a_topology_that_says_the_same() {
    let files = Temporary::new();
    let tree = files.file("tree.xml", TREE);
    near(&first_service(&tree)["unavailability"]["lower"], TREE_LOST);
    let imported = run(&["import", "open-psa", &tree]);
    assert_eq!(imported.code, 0, "{}", imported.stderr);
    let topology = files.file("tree.yaml", &imported.stdout);
    near(&first_service(&topology)["unavailability"]["lower"], TREE_LOST);
    let members = |file: &str| {
        let list = json(&["cuts", file, "--format", "json", "--brief"]);
        let sets = list["sets"].as_array().expect("a list").clone();
        sets.iter().map(|set| set["members"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(members(&tree), members(&topology));
    assert_eq!(members(&tree).len(), 4);
}

#[test]
fn a_tree_with_negations_is_no_topology() {
    let files = Temporary::new();
    let text = TREE.replace(
        "<or><gate name=\"both\"/><gate name=\"two\"/></or>",
        "<xor><gate name=\"both\"/><gate name=\"two\"/></xor>",
    );
    let ran = run(&["import", "open-psa", &files.file("xor.xml", &text)]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("negations"), "{}", ran.stderr);
}

/// `not nor(both, two)` is `both or two`, and `a + (not a) b` is `a + b`: 1 - 0.9 * 0.8.
#[test]
fn negations_that_go_away_do_no_harm() {
    let files = Temporary::new();
    let or = "<or><gate name=\"both\"/><gate name=\"two\"/></or>";
    let nor = TREE.replace(or, "<not><nor><gate name=\"both\"/><gate name=\"two\"/></nor></not>");
    let absorbed = TREE.replace(
        or,
        "<or><event name=\"a\"/><and><not><event name=\"a\"/></not><event name=\"b\"/></and></or>",
    );
    for (text, expected) in [(nor, TREE_LOST), (absorbed, 1.0 - 0.9 * 0.8)] {
        let imported =
            run(&["import", "open-psa", "--service", "top", &files.file("n.xml", &text)]);
        assert_eq!(imported.code, 0, "{}", imported.stderr);
        let topology = files.file("n.yaml", &imported.stdout);
        near(&first_service(&topology)["unavailability"]["lower"], expected);
    }
}

/// Of 0.01 one tenth strikes both A and B, and C, which is not needed, is in their group: both are
/// lost with 0.001 + 0.999 * 0.009^2, in the topology and in the tree.
#[test]
fn common_causes_are_exported() {
    let files = Temporary::new();
    let text = "failscope: 1
components:
  A: { kind: x, availability: 99% }
  B: { kind: x, availability: 99% }
  C: { kind: x, availability: 99% }
common_causes: { same batch: { of: [A, B, C], beta: 10% } }
services: { s: { needs: [{ any: [A, B] }] } }
";
    let topology = files.file("t.yaml", text);
    let expected = 0.001 + 0.999 * 0.009 * 0.009;
    near(&first_service(&topology)["unavailability"]["lower"], expected);
    let exported = run(&["export", "open-psa", &topology]);
    assert!(exported.stdout.contains("model=\"beta-factor\""), "{}", exported.stdout);
    let tree = files.file("t.xml", &exported.stdout);
    near(&first_service(&tree)["unavailability"]["lower"], expected);
    let imported = run(&["import", "open-psa", &tree]);
    let again = files.file("again.yaml", &imported.stdout);
    near(&first_service(&again)["unavailability"]["lower"], expected);
}

/// Names in other scripts come down to underscores, and are told apart by numbers.
#[test]
fn exported_names_that_come_down_to_the_same_are_numbered() {
    let files = Temporary::new();
    let names: Vec<String> =
        ["\u{e9}", "\u{e8}", "\u{ea}"].map(|name| format!("\"{name}\"")).into();
    let mut text = String::from("failscope: 1\ncomponents:\n");
    for name in &names {
        text += &format!("  {name}: {{ kind: x, availability: 99% }}\n");
    }
    let needs = names.join(", ");
    text += &format!("services: {{ s: {{ needs: [{{ any: [{needs}] }}] }} }}\n");
    let tree = run(&["export", "open-psa", &files.file("t.yaml", &text)]).stdout;
    for name in ["c__", "c___2", "c___3"] {
        assert!(tree.contains(&format!("<basic-event name=\"{name}\"/>")), "{name}: {tree}");
    }
}

#[test]
fn what_is_exported_and_read_again_is_the_same() {
    let files = Temporary::new();
    for name in ["small.yaml", "ra10-clustered-receiving.yaml"] {
        let topology = shipped(name);
        let report = json(&["availability", &topology, "--format", "json"]);
        let service = report["services"][0]["service"].as_str().expect("a service").to_owned();
        let exported = run(&["export", "open-psa", &topology, "--service", &service]);
        assert_eq!(exported.code, 0, "{}", exported.stderr);
        let tree = files.file("tree.xml", &exported.stdout);
        let before = report["services"][0]["unavailability"]["lower"].as_f64().expect("a number");
        near(&first_service(&tree)["unavailability"]["lower"], before);
        let count = |words: &[&str]| {
            let list = json(words);
            (list["count"].clone(), list["by_order"].clone())
        };
        assert_eq!(
            count(&["cuts", &topology, "--service", &service, "--count", "--format", "json"]),
            count(&["cuts", &tree, "--count", "--format", "json"]),
            "{name}"
        );
    }
}

/// The published count and probability, through the command line.
#[test]
fn a_published_tree_gives_its_published_count() {
    let Some(models) = published_models() else { return };
    let tree = models.join("aralia/baobab1.xml");
    let list = json(&["cuts", &tree.display().to_string(), "--count", "--format", "json"]);
    assert_eq!(list["count"], "46188");
}

/// The switch alone stops the queue; of the pool any two do.
#[test]
fn a_sweep_finds_what_stops_each_service() {
    let files = Temporary::new();
    let text = POOL.replace("services: {", "services: { other: { needs: [switch, q1] },");
    let file = files.file("pool.yaml", &text);
    let rows = |order: &str| {
        let sweep = json(&["sweep", &file, "--order", order, "--format", "json"]);
        sweep["rows"].as_array().expect("a list").iter().map(Value::to_string).collect::<Vec<_>>()
    };
    let singles = [
        r#"{"fail":["switch"],"stops":["other","queue"]}"#,
        r#"{"fail":["q1"],"stops":["other"]}"#,
    ];
    assert_eq!(rows("1"), singles);
    let pairs = [["q1", "q2"], ["q1", "q3"], ["q2", "q3"]]
        .map(|[a, b]| format!(r#"{{"fail":["{a}","{b}"],"stops":["queue"]}}"#));
    assert_eq!(rows("2"), [singles.map(str::to_owned).as_slice(), &pairs].concat());
}

/// The disk takes the shop with it at once, the vault only at a restart; of two queues one may fail. Where
/// rows are left out, services are too.
#[test]
fn a_report_tells_what_takes_each_service() {
    let text = "failscope: 1
components:
  disk: {}
  vault: {}
  q1: {}
  q2: {}
  shop: { needs: [disk, { any: [q1, q2] }, { all: [vault], kind: start }] }
services:
  safe: { needs: [{ any: [q1, q2] }] }
  sales: { needs: [shop] }
";
    let files = Temporary::new();
    let file = files.file("shop.yaml", text);
    let report = json(&["report", &file, "--format", "json"]);
    let taker = |component: &str, takes: &str| value!({ "component": component, "takes": takes });
    let takers =
        [taker("disk", "at once"), taker("shop", "at once"), taker("vault", "at a restart")];
    let expected = value!([
        { "service": "safe", "single_failures": 0, "taken_by": [] },
        { "service": "sales", "single_failures": 3, "taken_by": takers },
    ]);
    assert_eq!(report["services"], expected);
    let told = run(&["report", &file]).stdout;
    assert!(told.contains("  safe: no single failure takes it\n"), "{told}");
    assert!(
        told.contains("  sales: 3 single failures take it: disk, shop and vault (at a restart)\n"),
        "{told}"
    );
    assert!(
        run(&["report", &file, "--format", "markdown"]).stdout.contains("- **safe**: no single")
    );
    let narrow = json(&["report", &file, "--spof", "--format", "json"]);
    assert_eq!(narrow["services"], value!([]));
}

/// What the engine finds at order one is what following each failure finds.
#[test]
fn a_sweep_agrees_with_the_single_points_of_the_report() {
    let file = shipped("web-shop.yaml");
    let sweep = json(&["sweep", &file, "--format", "json"]);
    let report = json(&["report", &file, "--all", "--format", "json"]);
    let services = sweep["services"].as_array().expect("a list");
    let mut expected: Vec<(String, Vec<Value>)> = Vec::new();
    for row in report["components"].as_array().expect("a list") {
        let stops = row["stops"].as_array().expect("a list");
        let stops: Vec<Value> = stops.iter().filter(|s| services.contains(s)).cloned().collect();
        if row["spof"] == true && !stops.is_empty() {
            expected.push((row["component"].to_string(), stops));
        }
    }
    let rows = sweep["rows"].as_array().expect("a list").iter();
    let mut found: Vec<(String, Vec<Value>)> = rows
        .map(|row| (row["fail"][0].to_string(), row["stops"].as_array().expect("a list").clone()))
        .collect();
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(found, expected);
}

/// Pairs, a ring, a pool and a shared rack, with figures of all sizes.
const MIXED: &str = "failscope: 1
servers:
  S1: { rack: R1, mtbf: 30h, mttr: 10h }
  S2: { rack: R1, mtbf: 7h, mttr: 1h }
  S3: { rack: R2, mtbf: 5h, mttr: 2h }
components:
  app: { on: [S1, S2, S3], at_least: 2, mtbf: 11h, mttr: 1h }
  ring-a: { availability: 80%, needs: [{ any: [ring-b, spare] }] }
  ring-b: { availability: 70%, needs: [ring-a] }
  spare: { on: [S3], availability: 60% }
services: { s: { needs: [app, { any: [ring-b, S1] }] } }
";

/// Every combination of failures, followed step by step and weighed by its probability.
#[test]
fn the_exact_answer_is_the_sum_over_all_combinations() {
    let mut sources = SourceMap::new();
    let file = sources.add("mixed.yaml", MIXED);
    let none = &mut |_: &Path, _: &mut SourceMap| Err("no includes".to_owned());
    let reading = input::read(&mut sources, file, &Limits::default(), none);
    let topology = reading.topology.expect("a topology");
    let graph = expand(&topology).graph;
    let figures = Figures::new(&topology, &graph);
    let analysis = Analysis::new(&graph, WORK_LIMIT).expect("small");
    let service = graph.find("s").expect("the service");
    let basic: Vec<ComponentId> =
        graph.ids().filter(|&id| graph.component(id).is_basic()).collect();
    assert!((8..=12).contains(&basic.len()), "{}", basic.len());
    let mut sum = 0.0;
    for combination in 0..1_u32 << basic.len() {
        let fails = |at: usize| combination >> at & 1 == 1;
        let failed: Vec<ComponentId> =
            (0..basic.len()).filter(|&at| fails(at)).map(|at| basic[at]).collect();
        if analysis.lost_with(&failed).contains(&service) {
            let factors = basic.iter().enumerate().map(|(at, &id)| {
                let q = figures.of(id).unavailability.value();
                if fails(at) { q } else { 1.0 - q }
            });
            sum += factors.product::<f64>();
        }
    }
    let structure = Structure::new(&graph, &[service], WORK_LIMIT).expect("small");
    let expr = structure.loss(service).expect("a root");
    let solved = solve(&expr, &figures.unavailabilities(), &Budget::default()).expect("figures");
    assert!(solved.is_exact);
    assert!((solved.lower.value() - sum).abs() < 1e-12 * sum, "{:?} is not {sum}", solved.lower);
    assert!(sum > 0.01 && sum < 0.99, "{sum} would show little");
}

/// Three hundred that each need one of all others: an error, not all of the memory.
#[test]
fn a_knot_is_refused() {
    let files = Temporary::new();
    let names: Vec<String> = (0..300).map(|n| format!("c{n}")).collect();
    let all = names.join(", ");
    let mut text = "failscope: 1\ncomponents:\n".to_owned();
    for name in &names {
        text.push_str(&format!("  {name}: {{ needs: [{{ any: [{all}] }}] }}\n"));
    }
    text.push_str("services: { s: { needs: [c0] } }\n");
    let ran = run(&["cuts", &files.file("knot.yaml", &text)]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("entangled"), "{}", ran.stderr);
}

struct Closed;

impl std::io::Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_goes_away_ends_a_listing_quietly() {
    let mut stderr = Vec::new();
    assert_eq!(run_into(100, &["cuts", &shipped("small.yaml")], &mut Closed, &mut stderr), 2);
    assert!(stderr.is_empty());
}

#[test]
fn a_name_that_is_not_there_is_refused_with_the_nearest() {
    let ran = run(&["cuts", &shipped("small.yaml"), "--service", "order-intak"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("did you mean `order-intake`"), "{}", ran.stderr);
}
