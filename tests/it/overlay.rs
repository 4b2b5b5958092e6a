//! `extends`: one topology over another. What comes out is compared with the same
//! topology written by hand in one file, or joined by a second, simpler program.

use std::collections::BTreeMap;
use std::path::Path;

use failscope::diagnostic::{Diagnostic, Severity};
use failscope::expand::expand;
use failscope::input::{self, Limits, Reading};
use failscope::source::SourceMap;
use proptest::prelude::*;

/// Files by path; the first is the topology that is read.
fn read_with(limits: &Limits, files: &[(&str, &str)]) -> (Reading, SourceMap) {
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    let mut sources = SourceMap::new();
    let own = sources.add(files[0].0, files[0].1);
    let mut load = |path: &Path, sources: &mut SourceMap| {
        let name = path.to_str().unwrap().replace('\\', "/");
        match texts.get(name.as_str()) {
            Some(text) => Ok(sources.add(name, *text)),
            None => Err("no such file".to_owned()),
        }
    };
    let reading = input::read(&mut sources, own, limits, &mut load);
    (reading, sources)
}

fn read(files: &[(&str, &str)]) -> (Reading, SourceMap) {
    read_with(&Limits::default(), files)
}

/// Everything the topology means, without the places.
fn meaning(files: &[(&str, &str)]) -> Vec<String> {
    let (reading, sources) = read(files);
    let topology = reading.topology.unwrap_or_else(|| {
        let said: Vec<String> = reading.diagnostics.iter().map(|d| said(d, &sources)).collect();
        panic!("{said:#?}")
    });
    let expansion = expand(&topology);
    let graph = &expansion.graph;
    let name = |id| graph.component(id).name.as_str();
    let mut lines: Vec<String> = Vec::new();
    for (id, component) in graph.components() {
        lines.push(format!("{} {} {:?}", component.name, component.kind, component.nature));
        for requirement in graph.requirements_of(id) {
            let needed = graph.requirement(requirement);
            let providers: Vec<&str> = needed.providers.iter().map(|&p| name(p)).collect();
            lines.push(format!(
                "{} needs {} of {providers:?} {:?} {}",
                component.name, needed.at_least, needed.kind, needed.why
            ));
        }
    }
    lines.extend(expansion.assumptions.iter().map(|a| format!("{}: {}", a.subject, a.text)));
    lines.sort();
    lines
}

/// `FILE:LINE:COLUMN severity code`
fn said(problem: &Diagnostic, sources: &SourceMap) -> String {
    let place = sources.locate(problem.primary.span);
    format!("{place} {} {}", problem.severity.as_str(), problem.code)
}

fn problems(files: &[(&str, &str)]) -> Vec<String> {
    let (reading, sources) = read(files);
    reading.diagnostics.iter().map(|problem| said(problem, &sources)).collect()
}

#[track_caller]
fn same(files: &[(&str, &str)], by_hand: &str) {
    assert_eq!(meaning(files), meaning(&[("hand.yaml", by_hand)]));
}

const BASE: &str = "failscope: 1
servers:
  A: { site: DC1, rack: R1 }
  B:
components:
  app: { on: [A, B], needs: [db] }
  db: { on: A }
  old: { on: B }
";

#[test]
fn mappings_are_joined_key_by_key_and_the_later_value_holds() {
    let over = "extends: base.yaml\nservers: { A: { site: DC2 }, C: { site: DC2 } }\n";
    same(
        &[("over.yaml", over), ("base.yaml", BASE)],
        "failscope: 1
servers: { A: { site: DC2, rack: R1 }, B: {}, C: { site: DC2 } }
components: { app: { on: [A, B], needs: [db] }, db: { on: A }, old: { on: B } }
",
    );
}

#[test]
fn the_short_form_of_named_things_names_the_same_things() {
    let short = "failscope: 1\nservers: [A, B]\n";
    let over = "extends: base.yaml\nservers: { B: { site: DC2 } }\n";
    let whole = "failscope: 1\nservers: { A: {}, B: { site: DC2 } }\n";
    same(&[("over.yaml", over), ("base.yaml", short)], whole);
    // And above: naming a thing again changes nothing.
    let long = "failscope: 1\nservers: { B: { site: DC2 } }\n";
    let over = "extends: base.yaml\nservers: [A, B]\n";
    same(&[("over.yaml", over), ("base.yaml", long)], whole);
    let nothing = "extends: base.yaml\nservers:\n";
    same(&[("over.yaml", nothing), ("base.yaml", long)], long);
}

#[test]
fn lists_and_needs_take_the_place_of_what_was_there() {
    let over = "extends: base.yaml
components:
  app: { on: [B], needs: { any: [db, old] } }
";
    same(
        &[("over.yaml", over), ("base.yaml", BASE)],
        "failscope: 1
servers: { A: { site: DC1, rack: R1 }, B: {} }
components:
  app: { on: [B], needs: { any: [db, old] } }
  db: { on: A }
  old: { on: B }
",
    );
    // A group of needs is one value: `all` does not join `any`.
    let group = "failscope: 1\nservers: [A, B]\ncomponents: { x: { needs: { any: [A, B] } } }\n";
    let over = "extends: base.yaml\ncomponents: { x: { needs: { all: [B] } } }\n";
    same(
        &[("over.yaml", over), ("base.yaml", group)],
        "failscope: 1\nservers: [A, B]\ncomponents: { x: { needs: { all: [B] } } }\n",
    );
}

#[test]
fn names_that_are_keys_of_the_language_are_names() {
    let base = "failscope: 1\nservers: { needs: { rack: R1 }, servers: { rack: R2 } }\n";
    let over = "extends: base.yaml\nservers: { needs: { site: DC1 } }\n";
    same(
        &[("over.yaml", over), ("base.yaml", base)],
        "failscope: 1\nservers: { needs: { rack: R1, site: DC1 }, servers: { rack: R2 } }\n",
    );
}

#[test]
fn what_is_removed_is_gone_before_anything_is_added() {
    let over = "extends: base.yaml
remove:
  servers: { A: [rack] }
  components: { app: { on: [B] }, old: on }
components:
  old: { on: A }
";
    same(
        &[("over.yaml", over), ("base.yaml", BASE)],
        "failscope: 1
servers: { A: { site: DC1 }, B: {} }
components: { app: { on: [A], needs: [db] }, db: { on: A }, old: { on: A } }
",
    );
    let names = "extends: base.yaml\nremove: { components: [old, app], servers: [B] }\n";
    same(
        &[("over.yaml", names), ("base.yaml", BASE)],
        "failscope: 1\nservers: { A: { site: DC1, rack: R1 } }\ncomponents: { db: { on: A } }\n",
    );
    let section = "extends: base.yaml\nremove: [components]\n";
    same(
        &[("over.yaml", section), ("base.yaml", BASE)],
        "failscope: 1\nservers: { A: { site: DC1, rack: R1 }, B: {} }\n",
    );
}

#[test]
fn what_is_not_there_cannot_be_removed() {
    let over = "extends: base.yaml
remove:
  components: [odl]
  clusters: [X]
  servers: { B: [site] }
";
    let files = [("over.yaml", over), ("base.yaml", BASE)];
    assert_eq!(
        problems(&files),
        [
            "over.yaml:3:16 error input/nothing-to-remove",
            "over.yaml:4:3 error input/nothing-to-remove",
            "over.yaml:5:18 error input/nothing-to-remove",
        ]
    );
    let (reading, _) = read(&files);
    assert_eq!(reading.diagnostics[0].help.as_deref(), Some("did you mean `old`?"));
    let alone = "failscope: 1\nservers: [A]\nremove: { servers: [A] }\n";
    let found = problems(&[("alone.yaml", alone)]);
    assert_eq!(found, ["alone.yaml:3:9 error input/nothing-to-remove"]);
}

#[test]
fn bases_may_be_several_and_extend_others() {
    let over = "extends: [one.yaml, sub/two.yaml]\nservers: { A: { rack: R9 } }\n";
    let one = "failscope: 1\nservers: { A: { site: DC1, rack: R1 } }\n";
    let two = "extends: ../three.yaml\nservers: { A: { site: DC2 }, B: {} }\n";
    let three = "failscope: 1\nservers: { A: { machine: HV1, site: DC3 } }\n";
    let files =
        [("over.yaml", over), ("one.yaml", one), ("sub/two.yaml", two), ("three.yaml", three)];
    same(&files, "failscope: 1\nservers: { A: { site: DC2, rack: R9, machine: HV1 }, B: {} }\n");
}

#[test]
fn what_a_base_includes_can_be_overridden() {
    let over = "extends: sub/base.yaml\nservers: { P: { site: DC2 } }\n";
    let base = "failscope: 1\ninclude: part.yaml\nservers: [A]\n";
    let part = "servers: { P: { site: DC1, rack: R1 } }\n";
    same(
        &[("over.yaml", over), ("sub/base.yaml", base), ("sub/part.yaml", part)],
        "failscope: 1\nservers: { A: {}, P: { site: DC2, rack: R1 } }\n",
    );
    let nested = "extends: x.yaml\nservers: [P]\n";
    let found =
        problems(&[("over.yaml", over), ("sub/base.yaml", base), ("sub/part.yaml", nested)]);
    assert_eq!(found, ["sub/part.yaml:1:10 error input/nested-include"]);
}

#[test]
fn a_topology_never_lies_on_itself() {
    let found = |files: &[(&str, &str)]| {
        let (reading, sources) = read(files);
        assert!(reading.topology.is_none());
        let shown = |d: &Diagnostic| {
            let also: Vec<String> =
                d.related.iter().map(|l| sources.locate(l.span).to_string()).collect();
            format!("{} {also:?}", said(d, &sources))
        };
        reading.diagnostics.iter().map(shown).collect::<Vec<_>>()
    };
    let own = "failscope: 1\nextends: ./x/../own.yaml\n";
    assert_eq!(found(&[("own.yaml", own)]), ["own.yaml:2:10 error input/extends []"]);
    let (a, b) = ("failscope: 1\nextends: b.yaml\n", "failscope: 1\nextends: [c.yaml]\n");
    let c = "failscope: 1\nextends: b.yaml\n";
    assert_eq!(
        found(&[("a.yaml", a), ("b.yaml", b), ("c.yaml", c)]),
        ["c.yaml:2:10 error input/extends [\"a.yaml:2:10\"]"]
    );
    // The same base on two ways: its values would be laid over changes to them.
    let both = "failscope: 1\nextends: [b.yaml, c.yaml]\n";
    let leaf = "failscope: 1\nservers: [A]\n";
    assert_eq!(
        found(&[("a.yaml", both), ("b.yaml", b), ("c.yaml", leaf)]),
        ["a.yaml:2:19 error input/extends [\"b.yaml:2:11\"]"]
    );
    assert_eq!(
        found(&[("a.yaml", "failscope: 1\nextends: gone.yaml\n")]),
        ["a.yaml:2:10 error input/extends []"]
    );
}

#[test]
fn a_long_chain_ends_in_an_error() {
    let names: Vec<String> = (0..150).map(|n| format!("f{n}.yaml")).collect();
    let texts: Vec<String> =
        (0..150).map(|n| format!("failscope: 1\nextends: f{}.yaml\n", n + 1)).collect();
    let files: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    let (reading, _) = read(&files);
    assert!(reading.diagnostics[0].message.contains("more than 100 files"));
}

#[test]
fn the_limit_on_keys_counts_all_files() {
    let section = |name: &str| {
        let names: Vec<String> = (0..40).map(|n| format!("{name}{n}")).collect();
        format!("failscope: 1\nservers: [{}]\n", names.join(", "))
    };
    let (base, part) = (section("A"), section("B"));
    let limits = Limits { nodes: 70, ..Limits::default() };
    for link in ["extends: base.yaml\n", "include: base.yaml\n"] {
        let own = format!("{part}{link}");
        let files = [("own.yaml", own.as_str()), ("base.yaml", base.as_str())];
        let (reading, _) = read_with(&limits, &files);
        let codes: Vec<String> = reading.diagnostics.iter().map(|d| d.code.to_string()).collect();
        assert_eq!(codes, ["input/too-large"], "{link}");
        assert!(read(&files).0.topology.is_some(), "{link}");
    }
}

#[test]
fn every_problem_is_reported_where_it_stands() {
    let base = "failscope: 1
servers:
  A: { sit: DC1 }
clusters:
  C: { nodes: [A, Z] }
";
    let over = "extends: base.yaml
servers:
  B: { zone: nowhere }
clusters:
  C: { witness: Y }
";
    assert_eq!(
        problems(&[("over.yaml", over), ("base.yaml", base)]),
        [
            "over.yaml:3:14 error input/unknown-value",
            "over.yaml:5:17 error input/unknown-name",
            "base.yaml:3:8 error input/unknown-key",
            "base.yaml:5:19 error input/unknown-name",
        ]
    );
    // A section of the wrong kind is not covered up by what lies over it.
    let wrong = "failscope: 1\nservers: 3\n";
    let found = problems(&[("o.yaml", "extends: b.yaml\nservers: [A]\n"), ("b.yaml", wrong)]);
    assert_eq!(found, ["b.yaml:2:10 error input/wrong-type"]);
}

#[test]
fn a_name_that_looks_mistyped_is_a_warning() {
    let base = "failscope: 1\nservers: [Receiver1, BTS01]\n";
    let over = "extends: base.yaml\nservers: { Reciever1: { site: X }, BTS02: {} }\n";
    let (reading, sources) = read(&[("over.yaml", over), ("base.yaml", base)]);
    assert!(reading.topology.is_some(), "a warning does not stop anything");
    let found: Vec<String> = reading.diagnostics.iter().map(|d| said(d, &sources)).collect();
    assert_eq!(found, ["over.yaml:2:12 warning input/near-name"]);
    let related = sources.locate(reading.diagnostics[0].related[0].span).to_string();
    assert_eq!(related, "base.yaml:2:11");
}

#[test]
fn placeholders_go_when_nothing_names_them() {
    let base = "failscope: 1
servers:
  unknown: { placeholder: true }
  needed: { placeholder: true }
biztalk:
  hosts:
    nobody: { placeholder: true, instances: [unknown] }
    Receive: { instances: [needed] }
  orchestrations:
    O: { host: nobody }
";
    let over = "extends: base.yaml\nbiztalk: { orchestrations: { O: { host: Receive } } }\n";
    same(
        &[("over.yaml", over), ("base.yaml", base)],
        "failscope: 1
servers: { needed: { placeholder: true } }
biztalk: { hosts: { Receive: { instances: [needed] } }, orchestrations: { O: { host: Receive } } }
",
    );
    // Alone, a topology keeps what it says.
    assert!(meaning(&[("base.yaml", base)]).iter().any(|line| line.starts_with("unknown ")));
}

/// A server that only a path, an address or a share of a name still needs stays.
#[test]
fn a_placeholder_stays_while_an_address_names_it() {
    let base = "failscope: 1
servers: { X: , FS9: { placeholder: true } }
";
    let over = |from: &str| {
        format!(
            "extends: base.yaml
biztalk:
  hosts: {{ R: {{ instances: [X] }} }}
  receive_locations: {{ L: {{ adapter: FILE, host: R, from: '{from}' }} }}
"
        )
    };
    for (from, stays) in [
        (r"\\FS9\in", true),
        (r"\\FS9", true),
        ("//FS9/in", true),
        ("sftp://FS9/in", true),
        ("sftp://user@FS9:22/in", true),
        ("FS9/in", true),
        (r"\\fs9\in", true),
        (r"\\FS9.corp.example\in", true),
        (r"\\FS90\in", false),
        (r"\\OTHER\FS9", false),
        ("sftp://other/FS9", false),
        (r"D:\in\FS9", false),
    ] {
        let lines = meaning(&[("over.yaml", &over(from)), ("base.yaml", base)]);
        let is_there = lines.iter().any(|line| line.starts_with("FS9 "));
        assert_eq!(is_there, stays, "{from}: {lines:#?}");
    }
}

#[test]
fn a_base_is_found_beside_the_file_that_names_it() {
    let over = "extends: ../imported/group.yaml\n";
    let base = "failscope: 1\nservers: [A]\n";
    same(&[("design/prod/over.yaml", over), ("design/imported/group.yaml", base)], base);
}

/// Servers and components of a small language: their keys, and what is said of each.
type Things = BTreeMap<String, BTreeMap<&'static str, String>>;

fn things() -> impl Strategy<Value = (Things, Things)> {
    let value =
        |words: &'static [&'static str]| proptest::sample::select(words).prop_map(str::to_owned);
    let servers = proptest::collection::btree_map(
        "[A-D]",
        proptest::collection::btree_map(
            proptest::sample::select(vec!["site", "rack", "machine"]),
            value(&["M1", "M2", "M3"]),
            0..3,
        ),
        0..4,
    );
    let components = proptest::collection::btree_map(
        "[k-n]",
        proptest::collection::btree_map(
            proptest::sample::select(vec!["on", "needs", "mtbf"]),
            value(&["[A]", "[A, B]", "B"]),
            0..3,
        ),
        0..4,
    );
    (servers, components).prop_map(|(servers, mut components)| {
        for component in components.values_mut() {
            component.entry("mtbf").and_modify(|years| *years = format!("{}y", years.len()));
        }
        (servers, components)
    })
}

fn text(head: &str, (servers, components): &(Things, Things)) -> String {
    let mut out = head.to_owned();
    for (section, things) in [("servers", servers), ("components", components)] {
        out.push_str(&format!("{section}:\n"));
        for (name, keys) in things {
            let keys: Vec<String> = keys.iter().map(|(k, v)| format!("{k}: {v}")).collect();
            out.push_str(&format!("  {name}: {{ {} }}\n", keys.join(", ")));
        }
    }
    out
}

/// The second way: maps of maps, the later entry kept.
fn joined(below: &Things, above: &Things) -> Things {
    let mut out = below.clone();
    for (name, keys) in above {
        out.entry(name.clone()).or_default().extend(keys.clone());
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn joining_trees_is_joining_maps(below in things(), middle in things(), above in things()) {
        let defined = "failscope: 1\n";
        let always = (
            [("A", "site", "M1"), ("B", "site", "M1")]
                .map(|(n, k, v)| (n.to_owned(), BTreeMap::from([(k, v.to_owned())])))
                .into(),
            Things::new(),
        );
        let layers = [&always, &below, &middle, &above];
        let whole = layers.iter().fold((Things::new(), Things::new()), |sum, layer| {
            (joined(&sum.0, &layer.0), joined(&sum.1, &layer.1))
        });
        let (low, mid, high) = (
            text(defined, &(joined(&always.0, &below.0), below.1.clone())),
            text("extends: low.yaml\n", &middle),
            text("extends: mid.yaml\n", &above),
        );
        let files = [("high.yaml", high.as_str()), ("mid.yaml", &mid), ("low.yaml", &low)];
        let hand = text(defined, &whole);
        let (reading, _) = read(&[("hand.yaml", &hand)]);
        let errors = |reading: &Reading| {
            let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error);
            errors.map(|d| d.message.clone()).collect::<std::collections::BTreeSet<_>>()
        };
        if reading.topology.is_some() {
            prop_assert_eq!(meaning(&files), meaning(&[("hand.yaml", &hand)]));
        } else {
            prop_assert_eq!(errors(&read(&files).0), errors(&reading));
        }
    }

    /// Anything over anything: no panic, and places that are in one of the files.
    #[test]
    fn any_two_texts_can_be_laid_over_each_other(
        own in proptest::collection::vec(fragment(), 0..8),
        base in proptest::collection::vec(fragment(), 0..8),
    ) {
        let own = format!("extends: base.yaml\n{}", own.concat());
        let base = base.concat();
        let (reading, sources) = read(&[("own.yaml", &own), ("base.yaml", &base)]);
        for found in &reading.diagnostics {
            let span = found.primary.span;
            let text = sources.file(span.file).unwrap().text();
            prop_assert!(span.start <= span.end && span.end as usize <= text.len());
        }
    }
}

/// Pieces that may or may not fit together.
fn fragment() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "failscope: 1\n",
        "servers: [A, B]\n",
        "servers:\n  A: { site: X }\n",
        "servers: 3\n",
        "remove: { servers: [A] }\n",
        "remove: [servers]\n",
        "remove: { servers: { A: [site] } }\n",
        "biztalk: { hosts: { H: { instances: [A], placeholder: true } } }\n",
        "biztalk:\n",
        "biztalk: &b { hosts: [H] }\nbiztalk_groups: { G: *b }\n",
        "  - x\n",
        "extends: own.yaml\n",
        "include: base.yaml\n",
        "remove: ~\n",
        "remove: 3\n",
        "clusters: { C: { nodes: [A] } }\n",
        "servers: { A: &a { placeholder: true }, B: *a, C: { <<: *a } }\n",
        "imported_from: [x, 3]\n",
        "? [a]\n: b\n",
        "\"",
        "{",
        "\u{feff}",
        "---\n",
    ])
    .prop_map(str::to_owned)
}
