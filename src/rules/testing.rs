//! Rules over small topologies: each alone over its examples, and all over a whole system.

use super::{Finding, Rule};
use crate::analysis::{Analysis, WORK_LIMIT};
use crate::diagnostic::Severity;
use crate::expand::expand;
use crate::input::{self, Limits};
use crate::source::{SourceMap, Span};

/// What the rule alone finds, with the line of each finding.
pub(super) fn findings(rule: &'static Rule, yaml: &str) -> Vec<(usize, Finding)> {
    findings_of(vec![rule], yaml)
}

/// What all rules find together.
pub(super) fn all_findings(yaml: &str) -> Vec<(usize, Finding)> {
    findings_of(super::all().collect(), yaml)
}

/// The places a finding points at, its own first: line and text.
pub(super) fn pointed_at(finding: &Finding, yaml: &str) -> Vec<String> {
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    labels.map(|label| place_in(yaml, label.span)).collect()
}

/// `7: BTS01`
pub(super) fn place_in(yaml: &str, span: Span) -> String {
    let (start, end) = (span.start as usize, span.end as usize);
    format!("{}: {}", yaml[..start].matches('\n').count() + 1, &yaml[start..end])
}

fn findings_of(rules: Vec<&'static Rule>, yaml: &str) -> Vec<(usize, Finding)> {
    let mut sources = SourceMap::new();
    let file = sources.add("example.yaml", yaml);
    let reading = input::read(&mut sources, file, &Limits::default(), &mut |_, _| {
        Err("examples include nothing".to_owned())
    });
    let messages: Vec<_> = reading.diagnostics.iter().map(|d| d.message.clone()).collect();
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id).collect();
    let topology = reading.topology.unwrap_or_else(|| panic!("{ids:?}: {messages:?}\n{yaml}"));
    let expansion = expand(&topology);
    let analysis = Analysis::new(&expansion.graph, WORK_LIMIT).unwrap();
    super::run(rules, &topology, &expansion, &analysis)
        .findings
        .into_iter()
        .map(|finding| (sources.locate(finding.primary.span).place.line, finding))
        .collect()
}

#[test]
fn every_rule_fires_on_its_bad_example_alone_and_is_silent_on_its_good_one() {
    let mut wrong = Vec::new();
    for rule in super::all() {
        let of_rule = crate::config::examples::wrong(&rule.into()).into_iter();
        wrong.extend(of_rule.map(|what| format!("{}: {what}", rule.id)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rules_are_described_completely_and_listed_in_order() {
    let mut last = "";
    for rule in super::all() {
        assert!(rule.id > last, "{} after {last}", rule.id);
        last = rule.id;
        for (what, text) in [("summary", rule.summary), ("why", rule.why), ("fix", rule.fix)] {
            assert!(!text.is_empty(), "{}: no {what}", rule.id);
            assert!(!text.contains("  "), "{}: {what} has a double space", rule.id);
        }
        assert!(!rule.sources.is_empty(), "{}: no source", rule.id);
        for source in rule.sources {
            assert!(is_source(source), "{}: {source}", rule.id);
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(rule.name.chars().all(plain), "{}: {}", rule.id, rule.name);
    }
}

/// Section 7 of the domain reference: where pages disagree, whoever reads a finding sees both.
#[test]
fn what_is_disputed_names_every_side_among_its_sources() {
    let mut disputed = Vec::new();
    for rule in super::all().filter(|rule| rule.limits.contains("disputed")) {
        disputed.push(rule.id);
        let words = rule.limits.split([' ', ',', ';', ':']);
        for page in words.filter(|word| is_source(word) && word.chars().nth(1) == Some('/')) {
            assert!(rule.sources.contains(&page), "{} does not cite {page}", rule.id);
        }
    }
    let expected = [
        "BTS103", "BTS105", "BTS107", "BTS124", "BTS128", "BTS139", "BTS309", "BTS401", "BTS411",
        "BTS415", "BTS418", "BTS420", "BTS516", "BTS604", "BTS606", "BTS706", "BTS802", "BTS804",
    ];
    assert_eq!(disputed, expected);
}

/// First words of a remedy. `no-` and `needs-` are not among them: `no-backup-job` says what is
/// missing, which is the defect.
const REMEDIES: &[&str] = &[
    "add",
    "allow",
    "always",
    "avoid",
    "check",
    "configure",
    "consider",
    "create",
    "disable",
    "do",
    "enable",
    "enforce",
    "ensure",
    "keep",
    "limit",
    "make",
    "move",
    "must",
    "never",
    "place",
    "prefer",
    "put",
    "remove",
    "replace",
    "require",
    "separate",
    "set",
    "should",
    "spread",
    "use",
    "verify",
];

#[test]
fn names_state_the_defect_and_stand_for_one_rule() {
    let mut names = std::collections::BTreeSet::new();
    for rule in super::all() {
        let first = rule.name.split('-').next().unwrap_or("");
        assert!(!REMEDIES.contains(&first), "{} {} names a remedy", rule.id, rule.name);
        assert!(names.insert(rule.name), "{} is the name of two rules", rule.name);
        let (platform, number) = rule.id.split_at(rule.id.len() - 3);
        assert!(["BTS", "FS"].contains(&platform), "{}", rule.id);
        assert!(number.chars().all(|c| c.is_ascii_digit()), "{}", rule.id);
    }
}

/// A page of the platform's documentation by its prefix, a page of a public repository, a
/// public document by its publisher and title, or the argument itself.
fn is_source(source: &str) -> bool {
    let page = source.split_once('/').is_some_and(|(prefix, page)| {
        ["C", "T", "I", "A", "H", "E", "R"].contains(&prefix) && !page.is_empty()
    });
    let public = ["MicrosoftDocs/windowsserverdocs: ", "AWS Well-Architected Framework, "];
    let named = public
        .iter()
        .chain(["reasoning: "].iter())
        .any(|start| source.strip_prefix(start).is_some_and(|rest| !rest.trim().is_empty()));
    page || named
}

const CLEAN: &str = include_str!("testing_clean.yaml");

/// Notes that a well-built system draws, and why.
const NOTES: &[&str] = &[
    // Says of a documented pattern what it does not cover.
    "BTS312", // Says that what looks like a mistake is none.
    "BTS316",
];

#[test]
fn a_well_built_system_draws_two_notes_and_nothing_else() {
    for rule in super::all().filter(|rule| !NOTES.contains(&rule.id)) {
        let found = findings(rule, CLEAN);
        let messages: Vec<String> =
            found.iter().map(|(line, f)| format!("line {line}: {}", f.message)).collect();
        assert!(found.is_empty(), "{}: {messages:#?}", rule.id);
    }
    let all = all_findings(CLEAN);
    let ids: Vec<&str> = all.iter().map(|(_, finding)| finding.rule.id()).collect();
    assert_eq!(ids, NOTES);
}

/// The mutations of reference architecture RA10, and what each must draw.
#[test]
fn breaking_the_clustered_host_draws_the_rule_for_it() {
    for (was, is, expected) in [
        (
            "ReceiveSingle: { instances: [BTS01, BTS02],",
            "ReceiveSingle: { instances: [BTS01],",
            "BTS303",
        ),
        (
            "ReceiveSingle: { instances: [BTS01, BTS02],",
            "ReceiveSingle: { instances: [BTS01], disabled_instances: [BTS02],",
            "BTS304",
        ),
        ("        ip: 10.0.1.10\n", "", "BTS305"),
        ("edition: enterprise", "edition: standard", "BTS301"),
        ("edition: enterprise", "edition: standard", "BTS901"),
        ("depends_on: [RECVVS, msmq]", "depends_on: [RECVVS]", "BTS111"),
        (
            "BTS02: { site: DC1, machine: HV02, rack: R2, zone: internal }",
            "BTS02: { services: { msmq: absent } }",
            "BTS112",
        ),
        ("          msdtc:\n", "          msdtc:\n          entsso:\n", "BTS309"),
        (
            "OrdersFile: { adapter: FILE, host: Receive,",
            "OrdersFile: { adapter: FILE, host: ReceiveSingle,",
            "BTS153",
        ),
        ("          msmq:\n", "", "BTS110"),
    ] {
        // The queues move to a group of their own.
        let own = "      QUEUES: { network_name: QVS, resources: [msmq] }\n  SQLCLUSTER:";
        let mut yaml = CLEAN.replacen(was, is, 1);
        assert_ne!(yaml, CLEAN, "{was}");
        if expected == "BTS110" {
            yaml = yaml.replacen("  SQLCLUSTER:", own, 1).replace("[RECVVS, msmq]", "[RECVVS]");
        }
        let all = all_findings(&yaml);
        let ids: Vec<&str> = all.iter().map(|(_, finding)| finding.rule.id()).collect();
        assert!(ids.contains(&expected), "{expected} after {was:?} became {is:?}: {ids:?}");
    }
}

#[test]
fn findings_are_complete_and_one_per_rule_and_subject() {
    let mut wrong = Vec::new();
    let examples = super::all().flat_map(|rule| [rule.bad, rule.good]).chain([CLEAN]);
    for yaml in examples {
        let mut seen = std::collections::BTreeSet::new();
        for (_, finding) in all_findings(yaml) {
            let about = format!("{}: {}", finding.rule.id(), finding.message);
            let mut complain = |what: &str, good: bool| {
                if !good {
                    wrong.push(format!("{about} ({what})"));
                }
            };
            complain("twice", seen.insert((finding.rule.id().to_owned(), finding.subject.clone())));
            complain("no subject", !finding.subject.is_empty());
            complain("no words at its place", !finding.primary.text.is_empty());
            complain("no place", !finding.primary.span.is_empty());
            complain("spaces", !finding.message.contains("  "));
            complain("full stop", !finding.message.is_empty() && !finding.message.ends_with('.'));
            let unknown = finding.message.contains("unknown whether");
            complain(
                "unknown and not milder",
                !unknown
                    || finding.severity < finding.rule.severity()
                    || finding.rule.severity() == Severity::Info,
            );
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
