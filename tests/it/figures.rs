//! Ranges, planned work, common causes and the effect of each input, against numbers worked
//! out by hand.

use serde_json::Value;

use crate::program::run;
use crate::quantities::{FAILOVER, PAIR, Temporary, first_service, json, near};

const HOURS: f64 = 8766.0;

/// Up 8 to 12 hours, down 1 to 3: 2 of 12 in the middle, 1 of 13 at best, 3 of 11 at worst.
const RANGED: &str = "failscope: 1
servers: { A: { mtbf: 8h..12h, mttr: 1h..3h } }
services: { s: { needs: [A], availability: 80% } }
";

#[test]
fn ranges_give_the_two_ends_of_the_answer() {
    let files = Temporary::new();
    let file = files.file("ranged.yaml", RANGED);
    let ran = run(&["availability", &file, "--format", "json"]);
    assert_eq!(ran.code, 2, "20% down lies within what the ranges allow: {}", ran.stderr);
    let row: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let row = &row["services"][0];
    near(&row["unavailability"]["upper"], 2.0 / 12.0);
    near(&row["over_ranges"]["lower"], 1.0 / 13.0);
    near(&row["over_ranges"]["upper"], 3.0 / 11.0);
    assert!(row["target"]["met"].is_null(), "{row}");
    let text = run(&["availability", &file]).stdout;
    assert!(text.contains("within the ranges stated 72.73% to 92.31%"), "{text}");
    let kept = files.file("kept.yaml", &RANGED.replace("80%", "72%"));
    assert_eq!(first_service(&kept)["target"]["met"], true, "even at the worst end");
    let missed = files.file("missed.yaml", &RANGED.replace("80%", "93%"));
    assert_eq!(first_service(&missed)["target"]["met"], false, "even at the best end");
}

/// A is worked on for 1% of the time. Then only B is left, which is down with 0.02 instead of
/// both with 0.01 * 0.02.
#[test]
fn planned_work_costs_what_is_left_without_redundancy() {
    let files = Temporary::new();
    let text = PAIR.replace("A: { mtbf: 99h", "A: { maintenance: 1h every 100h, mtbf: 99h");
    let row = first_service(&files.file("planned.yaml", &text));
    let added = HOURS * 0.01 * (0.02 - 2e-4);
    near(&row["planned_work"]["hours_per_year"], added);
    assert_eq!(row["planned_work"]["parts"][0]["component"], "A");
    near(&row["in_all"]["hours_per_year"], HOURS * 2e-4 + added);
    near(&row["unavailability"]["upper"], 2e-4);
    assert_eq!(row["in_all"]["met"], true, "3.5 h of 8.8 h");
    let alone = "failscope: 1
servers: { A: { mtbf: 99h, mttr: 1h, maintenance: 2h every 100h } }
services: { s: { needs: [A], availability: 98.5% } }
";
    let row = first_service(&files.file("alone.yaml", alone));
    // While it is worked on it would have been down anyway one time in a hundred.
    near(&row["planned_work"]["hours_per_year"], HOURS * 0.02 * 0.99);
    assert_eq!((&row["target"]["met"], &row["in_all"]["met"]), (&true.into(), &false.into()));
}

/// A is up 8 to 12 hours and down 1 to 3, and is worked on for 1% of the time; B is down between
/// 0.01 and 0.03. At the unsafe ends 3/11 * 0.03 are down, and the work adds 1% of what is left
/// of B's 0.03.
#[test]
fn planned_work_is_added_at_the_unsafe_ends_of_ranges() {
    let files = Temporary::new();
    let text = "failscope: 1
components:
  A: { kind: x, mtbf: 8h..12h, mttr: 1h..3h, maintenance: 1h every 100h }
  B: { kind: x, availability: 97%..99% }
services: { s: { needs: [{ any: [A, B] }] } }
";
    let row = first_service(&files.file("ends.yaml", text));
    near(&row["planned_work"]["hours_per_year"], HOURS * 0.01 * (0.02 - 2.0 / 12.0 * 0.02));
    let worst = 3.0 / 11.0 * 0.03;
    let added = 0.01 * (0.03 - worst);
    near(&row["planned_work"]["hours_per_year_at_worst"], HOURS * added);
    near(&row["in_all"]["hours_per_year"], HOURS * (worst + added));
}

/// Node A fails at most once in 50 + 1 hours, and each failure then lasts 2 hours: one move in ten
/// costs these, the others 30 s. Nothing else moves the group. Of 50 + 2 hours, 2 are then down.
#[test]
fn moves_are_added_at_the_unsafe_ends_of_ranges() {
    let files = Temporary::new();
    let text = "failscope: 1
servers: { A: { mtbf: 50h..150h, mttr: 1h..2h }, B: { mtbf: 99h, mttr: 1h } }
clusters: { C: { nodes: [A, B], failover_time: 30s, failover_success: 90%, groups: { G: {} } } }
services: { s: { needs: [C/G] } }
";
    let row = first_service(&files.file("ends.yaml", text));
    let middle = 8766.0 / 101.5;
    near(&row["switch_over"]["hours_per_year"], middle * (0.9 * 30.0 / 3600.0 + 0.1 * 1.5));
    let worst = HOURS * (0.9 / 51.0 * 30.0 / 3600.0 + 0.1 * 2.0 / 52.0);
    near(&row["switch_over"]["hours_per_year_at_worst"], worst);
    near(&row["in_all"]["hours_per_year"], HOURS * 2.0 / 52.0 * 0.01 + worst);
}

/// The pool never fails by itself, and is down 1 hour in 100 for work: what is left of the time in
/// which not both of A and B are down.
#[test]
fn work_on_what_is_declared_redundant_counts() {
    let files = Temporary::new();
    let text = "failscope: 1
components:
  A: { kind: x, availability: 99% }
  B: { kind: x, availability: 98% }
  P: { kind: pool, redundant: true, maintenance: 1h every 100h, needs: [{ any: [A, B] }] }
services: { s: { needs: [P], availability: 99.9% } }
";
    let file = files.file("pool.yaml", text);
    let row = first_service(&file);
    near(&row["unavailability"]["upper"], 2e-4);
    near(&row["planned_work"]["hours_per_year"], HOURS * 0.01 * (1.0 - 2e-4));
    assert_eq!((&row["target"]["met"], &row["in_all"]["met"]), (&true.into(), &false.into()));
    let cuts = json(&["cuts", &file, "--format", "json"]);
    assert_eq!(cuts["count"], "1", "work is no failure: {cuts}");
}

/// Two windows of 60% cannot follow one another, so what they cost together is not known, and no
/// sum may be judged without it.
#[test]
fn no_sum_is_given_where_a_part_of_it_is_not_known() {
    let files = Temporary::new();
    let text = FAILOVER.replace("N1: { mtbf", "N1: { maintenance: 6h every 10h, mtbf");
    let both = text.replace("N2: { mtbf", "N2: { maintenance: 6h every 10h, mtbf");
    assert_ne!(text, both);
    let file = files.file("both.yaml", &both);
    let row = first_service(&file);
    assert!(row["in_all"].is_null() && row["sum_unknown"] == true, "{row}");
    assert!(!row["switch_over"].is_null(), "{row}");
    let shown = run(&["availability", &file]).stdout;
    assert!(!shown.contains("in all"), "{shown}");
    assert!(shown.contains("is not known for every service"), "{shown}");
    assert!(!first_service(&files.file("one.yaml", &text))["in_all"].is_null());
}

fn pair_with(cause: &str) -> String {
    format!(
        "failscope: 1
servers: {{ A: {{ mtbf: 9h, mttr: 1h }}, B: {{ mtbf: 9h, mttr: 1h }} }}
components: {{ app: {{ on: [A, B], mtbf: 1y, mttr: 0h }} }}
common_causes: {{ firmware: {{ {cause} }} }}
services: {{ shop: {{ needs: [app] }} }}
"
    )
}

/// Each is down with 0.1; a tenth of that is common: 0.09 alone, 0.01 together.
#[test]
fn a_beta_factor_divides_each_failure() {
    let files = Temporary::new();
    let file = files.file("beta.yaml", &pair_with("of: [A, B], beta: 10%"));
    let row = first_service(&file);
    near(&row["unavailability"]["upper"], 1.0 - (1.0 - 0.01) * (1.0 - 0.09 * 0.09));
    let first = &row["contributors"][0];
    assert_eq!(first["component"], "firmware: A and B together");
    near(&first["unavailability"], 0.01);
    let none = files.file("none.yaml", &pair_with("of: [A, B], beta: 0"));
    near(&first_service(&none)["unavailability"]["upper"], 0.01);
}

/// NUREG/CR-5485 for two members, tests not staggered: Q1 = a1 Q / (a1 + 2 a2) and
/// Q2 = 2 a2 Q / (a1 + 2 a2).
#[test]
fn alpha_factors_divide_by_the_number_struck() {
    let files = Temporary::new();
    let row = first_service(&files.file("a.yaml", &pair_with("of: [A, B], alpha: [0.9, 0.1]")));
    let (alone, both) = (0.9 * 0.1 / 1.1, 2.0 * 0.1 * 0.1 / 1.1);
    near(&row["unavailability"]["upper"], 1.0 - (1.0 - both) * (1.0 - alone * alone));
}

/// The copies of a component, and members whose figures differ: the worse one counts.
#[test]
fn a_cause_strikes_the_copies_of_a_component() {
    let files = Temporary::new();
    let text = "failscope: 1
servers: { A: { mtbf: 1y, mttr: 0h }, B: { mtbf: 1y, mttr: 0h } }
components: { app: { on: [A, B], mtbf: 9h, mttr: 1h } }
common_causes: { release: { of: app, beta: 50% } }
services: { shop: { needs: [app] } }
";
    let row = first_service(&files.file("copies.yaml", text));
    near(&row["unavailability"]["upper"], 1.0 - 0.95 * (1.0 - 0.05 * 0.05));
    let uneven = pair_with("of: [A, B], beta: 10%").replacen("mttr: 1h", "mttr: 0h", 1);
    let report = json(&["availability", &files.file("u.yaml", &uneven), "--format", "json"]);
    near(
        &report["services"][0]["unavailability"]["upper"],
        1.0 - (1.0 - 0.01) * (1.0 - 0.09 * 0.09),
    );
    assert!(report["notes"].to_string().contains("`firmware` have different figures"), "{report}");
}

#[test]
fn ranges_and_common_causes_go_together() {
    let files = Temporary::new();
    let text = pair_with("of: [A, B], beta: 10%").replace("mtbf: 9h", "mtbf: 4h..19h");
    let row = first_service(&files.file("both.yaml", &text));
    let lost = |q: f64| 1.0 - (1.0 - 0.1 * q) * (1.0 - 0.9 * q * 0.9 * q);
    near(&row["over_ranges"]["lower"], lost(1.0 / 20.0));
    near(&row["over_ranges"]["upper"], lost(1.0 / 5.0));
}

/// Down with A (1 of 10) or B (1 of 1000). A half and twice: 1 of 5.5 and 1 of 19 by mtbf,
/// 0.5 of 9.5 and 2 of 11 by mttr.
#[test]
fn each_input_is_tried_at_half_and_twice_its_value() {
    let files = Temporary::new();
    let text = "failscope: 1
servers: { A: { mtbf: 9h, mttr: 1h }, B: { mtbf: 999h, mttr: 1h } }
services: { s: { needs: [A, B] } }
";
    let file = files.file("two.yaml", text);
    let report = json(&["availability", &file, "--sensitivity", "--format", "json"]);
    let inputs = report["services"][0]["sensitivity"].as_array().expect("a list").clone();
    let of = |component: &str, key: &str| {
        let is_it = |row: &&Value| row["component"] == component && row["input"] == key;
        inputs.iter().find(is_it).unwrap_or_else(|| panic!("{component}.{key}")).clone()
    };
    let down = |a: f64, b: f64| HOURS * (1.0 - (1.0 - a) * (1.0 - b));
    let roughly = |found: &Value, expected: f64| {
        let found = found.as_f64().expect("a number");
        assert!((found - expected).abs() < 1e-9 * expected, "{found} is not {expected}");
    };
    let mtbf = of("A", "mtbf");
    assert_eq!((&mtbf["low"], &mtbf["high"]), (&"4.5h".into(), &"18h".into()));
    roughly(&mtbf["hours_per_year_at_low"], down(1.0 / 5.5, 1e-3));
    roughly(&mtbf["hours_per_year_at_high"], down(1.0 / 19.0, 1e-3));
    roughly(&of("A", "mttr")["hours_per_year_at_low"], down(0.5 / 9.5, 1e-3));
    roughly(&of("B", "mttr")["hours_per_year_at_high"], down(0.1, 2.0 / 1001.0));
    assert_eq!(inputs[0]["component"], "A", "the widest swing comes first");
    let grouped = files.file("g.yaml", &pair_with("of: [A, B], beta: 0.1"));
    let report = json(&["availability", &grouped, "--sensitivity", "--format", "json"]);
    let rows = report["services"][0]["sensitivity"].as_array().expect("a list");
    let repair = rows.iter().find(|row| row["component"] == "A" && row["input"] == "mttr");
    let repair = repair.expect("it is an input");
    // Both members take the worse of their figures: 0.5 of 9.5 leaves 0.1, 2 of 11 does not.
    let worse = 2.0 / 11.0;
    near(&repair["hours_per_year_at_low"], HOURS * (1.0 - 0.99 * (1.0 - 0.09 * 0.09)));
    let both = 1.0 - (1.0 - 0.1 * worse) * (1.0 - 0.81 * worse * worse);
    near(&repair["hours_per_year_at_high"], HOURS * both);
}

/// The working node fails 8.766 times a year. One move in ten fails and lasts the hour that
/// the node's repair takes; the others last 30 s.
#[test]
fn a_move_that_fails_lasts_until_the_repair() {
    let files = Temporary::new();
    let text = FAILOVER.replace("failover_time: 30s", "failover_time: 30s, failover_success: 90%");
    let row = first_service(&files.file("f.yaml", &text));
    let expected = 8.766 * (0.9 * 30.0 / 3600.0 + 0.1);
    near(&row["switch_over"]["hours_per_year"], expected);
    assert!(
        (row["switch_over"]["moves"][0]["fails"].as_f64().expect("a share") - 0.1).abs() < 1e-9
    );
}

#[test]
fn figures_can_be_tried_on_the_command_line() {
    let files = Temporary::new();
    let file = files.file("pair.yaml", PAIR);
    let with = |set: &str| {
        json(&["availability", &file, "--format", "json", "--set", set])["services"][0].clone()
    };
    near(&with("A.mtbf=49h")["unavailability"]["upper"], 0.02 * 0.02);
    near(&with("B.availability=90%")["unavailability"]["upper"], 0.01 * 0.1);
    near(&with("A.mttr=1h..11h")["over_ranges"]["upper"], 0.1 * 0.02);
    for (set, reason) in [
        ("A.mtbf=soon", "write a duration"),
        ("A.mtbf=0d", "write a duration above zero"),
        ("A.mtbf=0d..1y", "write a duration above zero"),
        ("A.weight=3kg", "the key is"),
        ("AA.mtbf=1h", "no component `AA`"),
        ("nonsense", "NAME.KEY=VALUE"),
    ] {
        let ran = run(&["availability", &file, "--set", set]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(reason), "{set}: {}", ran.stderr);
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let files = Temporary::new();
    for (cause, reason) in [
        ("of: [A], beta: 10%", "strikes fewer than two"),
        ("of: [A, B]", "how often does `firmware`"),
        ("of: [A, B], beta: 10%, alpha: [0.9, 0.1]", "how often does `firmware`"),
        ("of: [A, B], alpha: [0, 0]", "how often does `firmware`"),
        ("of: [A, B], alpha: [0.8, 0.1, 0.1]", "3 alpha factors for 2 members"),
        ("of: [A, B], beta: 110%", "a share from 0 to 1"),
        ("of: [A, A], beta: 10%", "is in a group of common causes already"),
        ("of: [A, shop], beta: 10%", "`shop` is a service"),
        ("of: [A, C], beta: 10%", "`C`"),
    ] {
        let ran = run(&["availability", &files.file("bad.yaml", &pair_with(cause))]);
        assert_eq!(ran.code, 2, "{cause}");
        assert!(ran.stderr.contains(reason), "{cause}: {}", ran.stderr);
    }
    for (figure, reason) in [
        ("mtbf: 12h..8h", "the shortest and the longest"),
        ("maintenance: 2h", "how often it is done"),
        ("maintenance: 30d every 2h", "how often it is done"),
    ] {
        let text = RANGED.replace("mtbf: 8h..12h", figure);
        let ran = run(&["availability", &files.file("bad.yaml", &text)]);
        assert_eq!(ran.code, 2, "{figure}");
        let flat = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(reason), "{figure}: {}", ran.stderr);
    }
}

/// Each left component with about a third of the right ones, without a pattern: large under
/// every variable order.
fn tangled(size: usize) -> String {
    let mut text = String::from("failscope: 1\ncomponents:\n");
    for side in ["l", "r"] {
        for i in 0..size {
            text.push_str(&format!("  {side}{i}: {{ mtbf: 99h, mttr: 1h }}\n"));
        }
    }
    text.push_str("services:\n  s:\n    needs:\n");
    for l in 0..size {
        for r in (0..size).filter(|r| scattered(l * size + r).is_multiple_of(3)) {
            text.push_str(&format!("      - {{ at_least: 1, of: [l{l}, r{r}] }}\n"));
        }
    }
    text
}

/// Scrambles a number (the finisher of SplitMix64).
fn scattered(number: usize) -> u64 {
    let z = (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 33
}

/// The program itself, with its memory limited by the system, in KiB.
#[cfg(target_os = "linux")]
fn limited(kibibytes: u32, words: &str) -> std::process::Output {
    let program = env!("CARGO_BIN_EXE_failscope");
    let command = format!("ulimit -v {kibibytes}; exec {program} {words}");
    std::process::Command::new("sh").arg("-c").arg(command).output().expect("a shell")
}

#[cfg(target_os = "linux")]
#[test]
fn a_hard_model_ends_in_a_bracket_within_the_memory_given() {
    let files = Temporary::new();
    let file = files.file("hard.yaml", &tangled(45));
    let limited = |words: &str| limited(150_000, words);
    let ran = limited(&format!("availability {file} --max-memory 8 --format json"));
    assert_eq!(ran.status.code(), Some(2), "{}", String::from_utf8_lossy(&ran.stderr));
    let report: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    let row = &report["services"][0];
    let end = |name: &str| row["unavailability"][name].as_f64().expect("a number");
    assert_eq!(row["exact"], false);
    assert!(0.0 < end("lower") && end("lower") <= end("upper") && end("upper") < 1.0, "{row}");
    let ran = limited(&format!("cuts {file} --max-memory 8 --count"));
    assert_eq!(ran.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(said.contains("does not fit the memory allowed; give --order"), "{said}");
    let ran = limited(&format!("cuts {file} --max-memory 8 --order 2 --count"));
    assert_eq!(ran.status.code(), Some(0), "pairs fit");
}

/// Every large published model with little memory for diagrams, under a limit of the system: an
/// exact answer or two proven ends, with the published one between them.
#[cfg(target_os = "linux")]
#[test]
fn published_models_end_in_an_answer_within_the_memory_given() {
    let Some(models) = crate::program::published_models() else { return };
    let text = std::fs::read_to_string(models.join("expected.json")).expect("expected.json");
    let expected: Vec<Value> = serde_json::from_str(&text).expect("a list of models");
    let mut brackets = 0;
    for model in &expected {
        let name = model["name"].as_str().expect("a name");
        if !name.starts_with("aralia/") {
            continue;
        }
        let tree = models.join(name).display().to_string();
        let words = format!("availability '{tree}.xml' --max-memory 2 --format json");
        let ran = limited(100_000, &words);
        let report: Value = serde_json::from_slice(&ran.stdout).expect(name);
        let row = &report["services"][0];
        let end = |end: &str| row["unavailability"][end].as_f64().expect("a number");
        let published: f64 = model["prob"][0].as_str().expect("text").parse().expect("a number");
        let slack = 1e-9 * published;
        assert!(end("lower") - slack <= published && published <= end("upper") + slack, "{name}");
        let is_exact = row["exact"] == true;
        assert_eq!(ran.status.code(), Some(if is_exact { 0 } else { 2 }), "{name}");
        brackets += usize::from(!is_exact);
    }
    assert!(brackets >= 5, "only {brackets} models did not fit, so the limit was not felt");
}
