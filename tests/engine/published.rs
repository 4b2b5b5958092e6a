//! Published fault trees with expected numbers, from a directory beside the
//! package. Without it the test says so and checks nothing.

use std::path::Path;

use failscope::engine::{Budget, Count, Diagrams, ModuleTree, cut_sets, probability};
use serde_json::Value;

use crate::support::{agree, published_models, read};

const RELATIVE_ERROR: f64 = 1e-9;

#[test]
fn counts_and_probabilities_are_the_published_ones() {
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

fn check(expected: &Value, documents: &[String], wrong: &mut Vec<String>) {
    let name = expected["name"].as_str().expect("a name");
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let model = read(&documents);
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
            wrong.push(format!(
                "{name}: {count} minimal cut sets, not {}",
                counts[index]
            ));
        }
        if let Some(published) = expected["tops"][index]["distribution"].as_array() {
            let found = sets.count_by_order(published.len() + 5);
            if !is_published_distribution(&found, published) {
                wrong.push(format!("{name}: by order {found:?}, not {published:?}"));
            }
        }
        let published = &expected["prob"][index];
        if let (Some(known), Some(published)) = (&probabilities, published.as_str()) {
            let found = probability::exact(&diagrams, known)
                .expect("values")
                .occurs
                .value();
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
    let published = published
        .iter()
        .map(|n| u128::from(n.as_u64().unwrap_or(0)));
    let length = found.len().max(published.len());
    let padded = |counts: &mut dyn Iterator<Item = u128>| -> Vec<u128> {
        counts.chain(std::iter::repeat(0)).take(length).collect()
    };
    has_empty_set || padded(&mut { found }) == padded(&mut { published })
}
