//! What people know, laid over what was imported.

use std::path::Path;

use crate::support::*;
use failscope::expand::expand;
use failscope::import::biztalk::{ImportFile, Imported};
use failscope::input::{self, Limits, Reading};
use failscope::rules;
use failscope::source::SourceMap;
use serde_yaml::Value;

/// Reads an overlay over an import, as if both stood in one folder.
fn laid_over(imported: &Imported, overlay: &str) -> (Reading, SourceMap) {
    let mut sources = SourceMap::new();
    let own = sources.add("overlay.yaml", overlay);
    let mut load = |path: &Path, sources: &mut SourceMap| {
        assert_eq!(path, Path::new("imported.yaml"));
        Ok(sources.add("imported.yaml", imported.yaml.as_str()))
    };
    let reading = input::read(&mut sources, own, &Limits::default(), &mut load);
    (reading, sources)
}

/// The overlay holds something where each question wants its answer, and nothing that
/// stood in for an unknown is left.
fn assert_answered(imported: &Imported, overlay: &str) {
    let document: Value = serde_yaml::from_str(overlay).unwrap();
    for question in &imported.questions {
        for key in &question.keys {
            assert!(holds(&document, key), "no answer to {}: {}", key, question.text);
        }
    }
    let (reading, sources) = laid_over(imported, overlay);
    let said: Vec<String> = reading
        .diagnostics
        .iter()
        .map(|problem| format!("{}: {}", sources.locate(problem.primary.span), problem.message))
        .collect();
    assert!(said.is_empty(), "{said:#?}");
    let topology = reading.topology.unwrap();
    assert!(topology.servers.values().all(|server| !server.placeholder));
    assert!(topology.hosts.values().all(|host| !host.placeholder));
}

/// Names may hold dots: the longest key that fits is taken at each step.
fn holds(value: &Value, path: &str) -> bool {
    path.is_empty() && !value.is_null()
        || value.as_mapping().into_iter().flatten().any(|(key, value)| {
            let rest = path.strip_prefix(key.as_str().unwrap());
            rest.is_some_and(|rest| {
                let rest = rest.strip_prefix('.').or(rest.is_empty().then_some(""));
                rest.is_some_and(|rest| holds(value, rest))
            })
        })
}

fn findings(reading: &Reading) -> Vec<String> {
    let topology = reading.topology.as_ref().unwrap();
    let expansion = expand(topology);
    let analysis =
        failscope::analysis::Analysis::new(&expansion.graph, failscope::analysis::WORK_LIMIT)
            .unwrap();
    let all: Vec<_> = rules::all().collect();
    let found = rules::run(all, topology, &expansion, &analysis).findings;
    found.iter().map(|f| format!("{} {}", f.severity.as_str(), f.rule.id())).collect()
}

fn example() -> (Vec<ImportFile>, String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/imported");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let files = ["bindings.xml", "settings.xml"].map(|name| file(&folder.join(name)));
    (files.into(), read("imported.yaml"), read("prod.yaml"))
}

#[test]
fn the_shipped_example_is_what_its_exports_give() {
    let (files, kept, _) = example();
    let imported = import(&files);
    assert_eq!(imported.yaml, kept, "import topologies/imported again");
    // bindings.xml and settings.xml, counted by hand
    let found = &imported.inventory;
    assert_eq!((found.hosts.len(), found.servers.len()), (5, 2));
    assert_eq!((found.receive_locations.len(), found.send_ports.len()), (2, 2));
    assert_eq!(found.orchestrations.len(), 1);
}

#[test]
fn the_overlay_of_the_example_answers_every_question() {
    let (files, _, overlay) = example();
    let imported = import(&files);
    assert_eq!(imported.questions.len(), 6);
    assert_answered(&imported, &overlay);
    // FTP is read by one clustered instance, and nothing is unsound.
    let (reading, _) = laid_over(&imported, &overlay);
    let found = findings(&reading);
    assert!(found.iter().all(|line| !line.starts_with("error")), "{found:?}");
    // Without the answer about the cluster, two servers read the same files.
    let without = overlay.replace("    Rx: { clustered_in: BTSCLUSTER/Receive } # 2\n", "");
    assert_ne!(without, overlay);
    let (reading, _) = laid_over(&imported, &without);
    assert!(findings(&reading).contains(&"error BTS106".to_owned()), "{:?}", findings(&reading));
}

#[test]
fn a_finding_stands_in_the_file_that_holds_its_cause() {
    let (files, _, overlay) = example();
    let imported = import(&files);
    let without = overlay.replace("    Rx: { clustered_in: BTSCLUSTER/Receive } # 2\n", "");
    let (reading, sources) = laid_over(&imported, &without);
    let topology = reading.topology.as_ref().unwrap();
    let expansion = expand(topology);
    let analysis =
        failscope::analysis::Analysis::new(&expansion.graph, failscope::analysis::WORK_LIMIT)
            .unwrap();
    let rule = rules::find("BTS106").unwrap();
    let found = rules::run([rule], topology, &expansion, &analysis).findings;
    let line = |span: failscope::source::Span| {
        let located = sources.locate(span);
        let text = sources.file(span.file).unwrap().text();
        let line = text.lines().nth(located.place.line - 1).unwrap().trim().to_owned();
        (located.file.to_owned(), line)
    };
    // Bindings say that it is FTP; the import wrote that down, and where it is from.
    let cause = ("imported.yaml".to_owned(), "adapter: FTP".to_owned());
    assert_eq!(line(found[0].primary.span), cause);
    let last = found[0].related.last().unwrap();
    assert_eq!(last.text, "imported from here");
    assert_eq!(line(last.span).1, "imported_from: bindings.xml:53");
}

#[test]
fn the_questions_of_a_whole_group_have_answers() {
    let Some(samples) = samples() else { return };
    let files: Vec<ImportFile> = all_samples(&samples)
        .into_iter()
        .filter(|file| {
            let name = file.name.to_lowercase();
            name.starts_with("uppsala") && name.contains("prod")
        })
        .collect();
    let imported = import(&files);
    let overlay = include_str!("overlays/university.yaml");
    assert_answered(&imported, overlay);
    // Nothing that the exports leave open is held against the group any more; what is
    // left is the one system whose owner says that it is single.
    let (reading, _) = laid_over(&imported, overlay);
    let found = findings(&reading);
    assert!(found.iter().all(|line| !line.starts_with("error")), "{found:?}");
}
