//! Published fault trees with expected numbers, from a directory beside the
//! package. Without it the test says so and checks nothing.

use std::path::Path;

use failscope::engine::{Budget, Count, Diagrams, ModuleTree, bracket, cut_sets, probability};
use serde_json::Value;

use crate::support::{agree, published_models, read};

const RELATIVE_ERROR: f64 = 1e-9;

#[test]
fn counts_and_probabilities_are_the_published_ones() {
    for_published(check);
}

/// The engine's two ways to minimal cut sets share no diagram.
#[test]
fn sets_up_to_an_order_are_those_of_the_complete_families() {
    for_published(|expected, documents, wrong| {
        for top in read(documents).top_events() {
            let (tree, budget) = (ModuleTree::new(&top.expr), Budget::default());
            let diagrams = Diagrams::build(&tree, &budget).expect("diagrams");
            let complete = cut_sets::all(&diagrams, &budget).expect("cut sets");
            let expected_count: u128 =
                complete.count_by_order(3).iter().map(|count| count.value()).sum();
            let sets = cut_sets::up_to_order(&tree, 3, &budget).expect("cut sets");
            if sets.count().value() != expected_count {
                let found = sets.count();
                wrong.push(format!("{}: {found}, not {expected_count}", expected["name"]));
            }
        }
    });
}

#[test]
fn brackets_of_a_small_budget_hold_the_published_probability() {
    for_published(|expected, documents, wrong| {
        let model = read(documents);
        let Ok(probabilities) = model.probabilities() else {
            return;
        };
        for (index, top) in model.top_events().iter().enumerate() {
            let Some(published) = expected["prob"][index].as_str() else {
                continue;
            };
            let published: f64 = published.parse().expect("a number");
            let tree = ModuleTree::new(&top.expr);
            let bracket = bracket::probability(&tree, &probabilities, &Budget::nodes(1_000));
            let bracket = bracket.expect("values");
            let slack = RELATIVE_ERROR * published;
            let is_below = bracket.lower.value() <= published + slack;
            if !is_below || bracket.upper.value() < published - slack {
                wrong.push(format!("{}: {published} not in {bracket:?}", expected["name"]));
            }
        }
    });
}

/// Calls a check with every published model; it adds a line for what is wrong.
fn for_published(check: impl Fn(&Value, &[&str], &mut Vec<String>)) {
    let Some(directory) = published_models() else {
        println!("SKIPPED: no published models; set FAILSCOPE_SHARED to check against them");
        return;
    };
    let text = std::fs::read_to_string(directory.join("expected.json")).expect("expected.json");
    let models: Vec<Value> = serde_json::from_str(&text).expect("a list of models");
    let mut wrong = Vec::new();
    let mut checked = 0;
    for model in &models {
        match documents(&directory, model) {
            None => println!("SKIPPED: {} has no file", model["name"]),
            Some(documents) => {
                checked += 1;
                let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
                check(model, &documents, &mut wrong);
            }
        }
    }
    println!("checked {checked} of {} published models", models.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 0, "a directory without models");
}

fn documents(directory: &Path, model: &Value) -> Option<Vec<String>> {
    let set = model["name"].as_str()?.split('/').next()?;
    let files = model["files"].as_array()?;
    files
        .iter()
        .map(|file| std::fs::read_to_string(directory.join(set).join(file.as_str()?)).ok())
        .collect()
}

fn check(expected: &Value, documents: &[&str], wrong: &mut Vec<String>) {
    let name = expected["name"].as_str().expect("a name");
    let model = read(documents);
    let probabilities = model.probabilities().ok();
    let tops = model.top_events();
    let counts = expected["products"].as_array().expect("counts");
    if tops.len() != counts.len() {
        wrong.push(format!("{name}: {} tops, not {}", tops.len(), counts.len()));
        return;
    }
    for (index, top) in tops.iter().enumerate() {
        let budget = Budget::default();
        let diagrams = Diagrams::build(&ModuleTree::new(&top.expr), &budget).expect("diagrams");
        let sets = cut_sets::all(&diagrams, &budget).expect("cut sets");
        let count = sets.count().value();
        if Some(count) != counts[index].as_u64().map(u128::from) {
            wrong.push(format!("{name}: {count} minimal cut sets, not {}", counts[index]));
        }
        if let Some(published) = expected["tops"][index]["distribution"].as_array() {
            let found = sets.count_by_order(published.len() + 5);
            if !is_published_distribution(&found, published) {
                wrong.push(format!("{name}: by order {found:?}, not {published:?}"));
            }
        }
        let published = &expected["prob"][index];
        if let (Some(known), Some(published)) = (&probabilities, published.as_str()) {
            let found = probability::exact(&diagrams, known).expect("values").occurs.value();
            if !agree(found, published.parse().expect("a number"), RELATIVE_ERROR) {
                wrong.push(format!("{name}: probability {found}, not {published}"));
            }
        }
    }
}

/// The published lists begin with order 1 and say nothing of the empty set.
fn is_published_distribution(found: &[Count], published: &[Value]) -> bool {
    let has_empty_set = found.first().is_some_and(|count| count.value() > 0);
    let found = found.iter().skip(1).map(|count| count.value());
    let published = published.iter().map(|n| u128::from(n.as_u64().unwrap_or(0)));
    let length = found.len().max(published.len());
    let padded = |counts: &mut dyn Iterator<Item = u128>| -> Vec<u128> {
        counts.chain(std::iter::repeat(0)).take(length).collect()
    };
    has_empty_set || padded(&mut { found }) == padded(&mut { published })
}
