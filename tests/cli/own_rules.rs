//! Rules of the user's own: they fire at exact places, take part in what a project decides,
//! and every mistake in one is a diagnostic in its file.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::{Run, root, run};

/// A rule file with one rule; `body` gives what differs, line by line.
fn rule(body: &str) -> String {
    let mut text = String::from("failscope-rules: 1\nrules:\n  OWN1:\n");
    let all = [
        ("name", "own-rule"),
        ("severity", "warning"),
        ("summary", "a host is alone"),
        ("for", "host"),
        ("require", "{ instances: { at_least: 2 } }"),
        ("message", "\"{name} is alone\""),
        ("why", "because"),
        ("fix", "do it"),
    ];
    let given: Vec<&str> =
        body.lines().filter_map(|line| line.split_once(':')).map(|(key, _)| key.trim()).collect();
    for (key, value) in all.iter().filter(|(key, _)| !given.contains(key)) {
        text.push_str(&format!("    {key}: {value}\n"));
    }
    for line in body.lines() {
        text.push_str(&format!("    {line}\n"));
    }
    text
}

const TOPOLOGY: &str = "\
failscope: 1
servers: { A: { site: X }, B: }
sql_instances: { S: { on: A, version: 2014 }, T: { on: B } }
biztalk:
  hosts:
    One: { instances: [A], labels: { environment: test } }
    Two: { instances: [A, B] }
";

fn project(settings: &str, rules: &str, topology: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let settings = format!("rule_files: [rules.yaml]\n{settings}");
    for (name, text) in
        [("failscope.yaml", settings.as_str()), ("rules.yaml", rules), ("topology.yaml", topology)]
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn lint(folder: &Path, flags: &[&str]) -> Run {
    let path = folder.join("topology.yaml").display().to_string();
    let words = ["lint", &path, "--today", "2026-12-01"].into_iter().chain(flags.iter().copied());
    run(&words.map(str::to_owned).collect::<Vec<_>>(), b"")
}

/// What own rules found, by line and column.
fn own(run: &Run) -> Vec<(usize, usize)> {
    let own = run.found().into_iter().filter(|(.., code)| code == "OWN1");
    own.map(|(line, column, _)| (line, column)).collect()
}

/// Line and column of the first `text` in a file.
fn place(file: &str, text: &str) -> (usize, usize) {
    let at = file.find(text).unwrap_or_else(|| panic!("`{text}` is not in\n{file}"));
    let before = &file[..at];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

/// The same of the last one: what a test adds stands at the end.
fn last_place(file: &str, text: &str) -> (usize, usize) {
    let at = file.rfind(text).unwrap_or_else(|| panic!("`{text}` is not in\n{file}"));
    let before = &file[..at];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

#[test]
fn the_shipped_rules_fire_where_the_shipped_topology_breaks_them() {
    let folder = root().join("topologies/own-rules");
    let topology = folder.join("order-hub.yaml");
    let text = fs::read_to_string(&topology).unwrap();
    let path = topology.display().to_string();
    let only = "--only=HOUSE001,HOUSE002,HOUSE003,HOUSE004";
    let found = run(&["lint", &path, only, "--today", "2026-10-15"], b"");
    let expected = [
        (place(&text, "2014, edition"), "HOUSE002"),
        (place(&text, "Shop: { kind"), "HOUSE003"),
        (place(&text, "BTS01, BTS02] }\n    Send"), "HOUSE001"),
        (place(&text, "BTS01, BTS02] }\n    Send"), "HOUSE004"),
    ];
    let expected: Vec<_> =
        expected.iter().map(|&((line, column), id)| (line, column, id.to_owned())).collect();
    assert_eq!(found.found(), expected, "{}", found.all());
    assert!(found.all().contains("has 2 of three instances: BTS01 and BTS02"));
    assert!(found.all().contains("1 suppressed"), "the owner of Carrier is waived");
    let tested =
        run(&["rules", "test", &folder.join("rules/house.yaml").display().to_string()], b"");
    assert_eq!(
        (tested.exit, tested.stdout.lines().last()),
        (0, Some("4 rules: 4 passed, 0 failed"))
    );
}

#[test]
fn both_layers_select_and_require() {
    let rows: &[(&str, &[&str])] = &[
        ("require: { instances: { at_least: 2 } }", &["One"]),
        ("require: { instances: { at_most: 1 } }", &["Two"]),
        ("require: { instances: { has: B } }", &["One"]),
        ("require: { instances: { at_most: 2 }, name: Two }", &["One"]),
        ("require: { name: { like: '*o*' }, instances: { at_least: 2 } }", &["One"]),
        ("require: { instances: { given: false } }", &["One", "Two"]),
        ("require: { name: { like: 't*' } }", &["One"]),
        ("require: { name: { one_of: [One, Three] } }", &["Two"]),
        ("require: { name: { none_of: One } }", &["One"]),
        ("require: { clustered: true }", &["One", "Two"]),
        ("require: { spof: { is_not: true } }\nmatch: { name: Two }", &[]),
        ("require: { labels.environment: { given: true } }", &["Two"]),
        ("require: { instances: { at_least: 9 } }\nmatch: { labels.environment: test }", &["One"]),
        ("require: size(it.instances) >= 2", &["One"]),
        ("require: it.instances.all(s, s.site == 'X')\nmatch: { name: One }", &[]),
        ("require: it.name.startsWith('T')", &["One"]),
        ("require: \"'B' in it.instances\"", &["One"]),
        ("require: size(every('server')) == 3", &["One", "Two"]),
        ("require: reaches('A', it.name)", &[]),
        ("require: reaches('S', it.name)", &["One", "Two"]),
        ("require: spof('A') == get('A').spof", &[]),
        ("require: scope(it.name) == it.scope", &[]),
        ("require: \"[it, get('Two')].all(one, one.name == 'Two')\"", &["One"]),
        ("require: \"[it.group, it.instances[0]].all(one, one.name != 'S')\"", &[]),
        ("require: has(it.labels.environment)", &["Two"]),
        ("require: it.instances.map(s, s + '!') == ['A!']", &["Two"]),
        ("require: it.instances.filter(s, s != 'A') == []", &["Two"]),
        ("require: it.instances.exists_one(s, s == 'A')", &[]),
        ("require: |\n  it.name == 'One' &&\n    like(it.name, 'o*')", &["Two"]),
    ];
    for (body, expected) in rows {
        let folder = project("", &rule(body), TOPOLOGY);
        let found = lint(folder.path(), &["--only", "OWN1"]);
        // A rule that cannot be read finds nothing either.
        assert_ne!(found.exit, 2, "{body}\n{}", found.all());
        let names: Vec<(usize, usize)> =
            expected.iter().map(|name| place(TOPOLOGY, &format!("{name}: {{"))).collect();
        assert_eq!(own(&found), names, "{body}\n{}", found.all());
    }
}

#[test]
fn what_the_file_does_not_say_is_unknown_and_one_step_milder() {
    for require in ["{ version: { at_least: 2016 } }", "year(it.version) >= 2016"] {
        let body = format!("for: sql-instance\nat: version\nrequire: {require}");
        let folder = project("", &rule(&body), TOPOLOGY);
        let found = lint(folder.path(), &["--only", "OWN1"]);
        let (old, silent) = (place(TOPOLOGY, "2014"), place(TOPOLOGY, "T: {"));
        assert_eq!(own(&found), [old, silent], "{}", found.all());
        let all = found.all();
        assert!(all.contains("warning[OWN1]") && all.contains("info[OWN1]"), "{all}");
        assert!(all.contains("unknown whether sql-instance T keeps to OWN1 own-rule"), "{all}");
    }
    // What is false decides, whatever is unknown; and asking whether it is given is no riddle.
    for require in ["it.version == '2019' && it.name == 'x'", "has(it.version)"] {
        let body = format!("for: sql-instance\nmatch: {{ name: T }}\nrequire: {require}");
        let found = lint(project("", &rule(&body), TOPOLOGY).path(), &["--only", "OWN1"]);
        assert!(found.all().contains("warning[OWN1]"), "{require}\n{}", found.all());
    }
}

/// Messages show quantities with their units, as a file would.
#[test]
fn a_message_shows_what_an_attribute_holds() {
    let topology = "failscope: 1\ncomponents: { One: { mttr: 4h } }\nbiztalk: { hosts: { Idle: } }\n\
                    services: { shop: { needs: [One], availability: 99.95% } }\n";
    for (kind, message, said) in [
        ("component", "{name} takes {mttr}", "One takes 4h"),
        ("service", "{name} wants {availability}", "shop wants 99.95%"),
        ("host", "{name} runs on {instances}, {instances.count}", "Idle runs on none, 0"),
        ("host", "{name} is of {labels.team}", "Idle is of unknown"),
    ] {
        let body = format!("for: {kind}\nmessage: \"{message}\"\nrequire: {{ name: other }}");
        let found = lint(project("", &rule(&body), topology).path(), &["--only", "OWN1"]);
        assert!(found.all().contains(said), "{said}\n{}", found.all());
    }
}

/// Of two labels the finding shows the one that the rule is about.
#[test]
fn a_finding_may_stand_at_a_label() {
    let topology = "failscope: 1\nservers: { A: { labels: { zone: edge, environment: test } } }\n";
    let body = "for: server\nat: labels.environment\nrequire: { name: other }";
    let found = lint(project("", &rule(body), topology).path(), &["--only", "OWN1"]);
    assert_eq!(own(&found), [place(topology, "test")], "{}", found.all());
}

/// `a` needs it while it runs, `b` and `c` to start only.
#[test]
fn what_stops_later_is_counted_with_what_stops_at_once() {
    let topology = "failscope: 1\ncomponents:\n  db:\n  a: { needs: [db], function: main }\n  \
                    b: { needs: [{ all: [db], kind: start }], function: main }\n  \
                    c: { needs: [{ all: [db], kind: start }], function: main }\n";
    let body = "for: component\nmatch: { name: db }\nmessage: \"{name} stops {stops}\"\nrequire: { name: x }";
    let found = lint(project("", &rule(body), topology).path(), &["--only", "OWN1"]);
    assert!(found.all().contains("db stops 3"), "{}", found.all());
}

/// Quantities are seconds and shares of time; of a range its unsafe end counts.
#[test]
fn quantities_are_numbers_and_ranges_their_unsafe_end() {
    let topology = "failscope: 1\nservers: { A: { mtbf: 1h..2h, mttr: 30s..1m } }\ncomponents: { B: { availability: 99%..99.9% } }\n\
                    services: { shop: { needs: [A], availability: 99.5% } }\n";
    for (kind, name, holds) in [
        ("server", "A", "it.mtbf == 3600"),
        ("server", "A", "it.mttr == 60"),
        ("component", "B", "it.availability > 0.9899 && it.availability < 0.9901"),
        ("service", "shop", "it.availability > 0.9949 && it.availability < 0.9951"),
    ] {
        for (require, count) in [(holds.to_owned(), 0), (format!("!({holds})"), 1)] {
            let body = format!("for: {kind}\nmatch: {{ name: {name} }}\nrequire: \"{require}\"");
            let found = lint(project("", &rule(&body), topology).path(), &["--only", "OWN1"]);
            assert_eq!(own(&found).len(), count, "{require}\n{}", found.all());
        }
    }
}

/// S is a SQL Server 2014, T does not say; of the hosts, only One has a label.
#[test]
fn what_a_rule_is_about_may_be_unknown_as_well() {
    let old = "for: sql-instance\nmatch: { version: { at_most: 2015 } }\n";
    let labelled = |ask: &str| format!("match: {{ labels.environment: {ask} }}\n");
    // What the rule is about, the only name it accepts, and the findings with their places.
    type Row<'r> = (&'r str, &'r str, &'r [(&'r str, &'r str)]);
    let rows: &[Row<'_>] = &[
        (old, "nobody", &[("warning", "S: {"), ("info", "T: {")]),
        // Whether it applies to T or not, T keeps to it.
        (old, "T", &[("warning", "S: {")]),
        ("for: sql-instance\nmatch: { version: 2014, name: S }\n", "T", &[("warning", "S: {")]),
        (&labelled("{ is: production }"), "nobody", &[]),
        (&labelled("{ like: 't*' }"), "nobody", &[("warning", "One: {")]),
        (&labelled("{ is_not: test }"), "nobody", &[("warning", "Two: {")]),
        (&labelled("{ none_of: [test, trial] }"), "nobody", &[("warning", "Two: {")]),
        (&labelled("{ given: true }"), "nobody", &[("warning", "One: {")]),
    ];
    for (about, name, expected) in rows {
        for require in [format!("{{ name: {name} }}"), format!("it.name == '{name}'")] {
            let folder = project("", &rule(&format!("{about}require: {require}")), TOPOLOGY);
            let found = lint(folder.path(), &["--only", "OWN1"]);
            let places: Vec<_> = expected.iter().map(|(_, text)| place(TOPOLOGY, text)).collect();
            assert_eq!(own(&found), places, "{about}{require}\n{}", found.all());
            let all = found.all();
            for severity in ["warning", "info"] {
                let wanted = expected.iter().filter(|(known, _)| *known == severity).count();
                let shown = all.matches(&format!("{severity}[OWN1]")).count();
                assert_eq!(shown, wanted, "{about}{require}\n{all}");
            }
        }
    }
}

/// Words of the language, where things stand, and what a name leads to.
#[test]
fn attributes_are_what_the_topology_says() {
    let topology = "\
failscope: 1
servers: [A, B]
sql_instances: { S: { on: A }, T: { on: B } }
biztalk:
  hosts:
    Web: { type: isolated, instances: [A] }
    Own: { type: in-process, instances: [A] }
  receive_locations:
    One: { adapter: HTTP, host: Web }
    Two: { adapter: FILE, host: Own }
";
    for (body, broken) in [
        ("for: sql-instance\nrequire: { on: A }", "T: {"),
        ("for: sql-instance\nrequire: it.on == 'A'", "T: {"),
        ("for: host\nrequire: { type: isolated }", "Own: {"),
        ("for: host\nrequire: it.type == 'isolated'", "Own: {"),
        ("for: receive-location\nrequire: { host.type: isolated }", "Two: {"),
        ("for: receive-location\nrequire: it.host.type == 'isolated'", "Two: {"),
    ] {
        let found = lint(project("", &rule(body), topology).path(), &["--only", "OWN1"]);
        assert_eq!(own(&found), [place(topology, broken)], "{body}\n{}", found.all());
        assert!(found.all().contains("warning[OWN1]"), "{body}\n{}", found.all());
    }
}

/// A label of something that is not known is not absent, it is unknown.
#[test]
fn a_label_of_an_unknown_thing_is_unknown() {
    let topology =
        format!("{TOPOLOGY}  receive_locations:\n    In: {{ adapter: FILE, host: One }}\n");
    let body = "for: receive-location\nmatch: { host.clustered_in.labels.tier: gold }\nrequire: { name: nobody }";
    let found = lint(project("", &rule(body), &topology).path(), &["--only", "OWN1"]);
    assert!(found.all().contains("info[OWN1]"), "{}", found.all());
}

#[test]
fn own_rules_take_part_in_what_a_project_decides() {
    let one = place(TOPOLOGY, "One: {");
    let waiver = |accepts: &str| {
        format!("waivers: [{{ rule: own-rule, subject: One, reason: known, accepts: {accepts} }}]")
    };
    let holds = waiver("systemwide");
    // Settings of the project, flags, where the rule finds something, and words of the output.
    type Row<'a> = (&'a str, &'a [&'a str], &'a [(usize, usize)], &'a str);
    let rows: &[Row<'_>] = &[
        ("", &[], &[one], "warning[OWN1]"),
        ("severity: { OWN1: error }", &[], &[one], "error[OWN1]"),
        ("severity: { own-rule: info }", &[], &[one], "info[OWN1]"),
        ("severity: { OWN1: off }", &[], &[], "1 topology"),
        ("severity: { OWN1: off }", &["--only", "own1"], &[one], "warning[OWN1]"),
        (&holds, &[], &[], "1 suppressed"),
        (&holds, &["--no-suppressions"], &[one], "warning[OWN1]"),
        ("", &["--no-config"], &[], "1 topology"),
        ("", &["--only", "BTS001"], &[], "1 topology"),
        ("rules: \"2026.11\"", &[], &[one], "warning[OWN1]"),
    ];
    for (settings, flags, expected, shows) in rows {
        let folder = project(settings, &rule(""), TOPOLOGY);
        let found = lint(folder.path(), flags);
        assert_eq!(own(&found), *expected, "{settings} {flags:?}\n{}", found.all());
        assert!(found.all().contains(shows), "{settings} {flags:?}\n{}", found.all());
    }
    let allowed = TOPOLOGY.replace("    One:", "    # failscope: allow OWN1 -- known\n    One:");
    let found = lint(project("", &rule(""), &allowed).path(), &["--only", "OWN1"]);
    assert_eq!((own(&found).len(), found.exit), (0, 0), "{}", found.all());
    let unused = TOPOLOGY.replace("    Two:", "    # failscope: allow OWN1 -- known\n    Two:");
    let found = lint(project("", &rule(""), &unused).path(), &["--only", "OWN1"]);
    assert!(found.codes().contains(&"FS090".to_owned()), "{}", found.all());
}

/// What is found is about a component, whose loss may come to reach further than was accepted.
#[test]
fn a_waiver_of_an_own_rule_is_outgrown_like_any_other() {
    let topology = format!("{TOPOLOGY}  orchestrations: {{ O: {{ host: One }} }}\n");
    for (accepts, outgrown) in [("admin", true), ("systemwide", false)] {
        let waiver = "rule: OWN1, subject: One, reason: known";
        let settings = format!("waivers: [{{ {waiver}, accepts: {accepts} }}]");
        let found = lint(project(&settings, &rule(""), &topology).path(), &["--only", "OWN1"]);
        let codes = found.codes();
        assert_eq!(codes.contains(&"FS092".to_owned()), outgrown, "{}", found.all());
    }
}

/// What is switched off has its attributes all the same.
#[test]
fn what_is_switched_off_is_judged_by_its_attributes() {
    let port = "{ adapter: FILE, host: One, enabled: false, labels: { owner: me } }";
    let topology = format!("{TOPOLOGY}  send_ports: {{ Out: {port} }}\n");
    for (require, expected) in [
        ("it.labels.owner == 'me'", 0),
        ("{ labels.owner: me }", 0),
        ("it.labels.owner == 'you'", 1),
        ("it.adapter == 'FILE'", 0),
    ] {
        let body = format!("for: send-port\nrequire: \"{require}\"");
        let body = if require.starts_with('{') { body.replace('"', "") } else { body };
        let folder = project("", &rule(&body), &topology);
        let found = lint(folder.path(), &["--only", "OWN1"]);
        assert_eq!(own(&found).len(), expected, "{require}\n{}", found.all());
    }
}

/// A host and a server of one name are not one finding.
#[test]
fn reports_say_of_what_kind_the_subject_is() {
    let folder = project("", &rule(""), TOPOLOGY);
    let found = lint(folder.path(), &["--only", "OWN1", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{report:#}");
    assert_eq!((&findings[0]["subject"], &findings[0]["kind"]), (&"One".into(), &"host".into()));
}

#[test]
fn own_rules_are_listed_explained_and_suggested() {
    let folder = project("severity: { OWN1: off, BTS001: info }", &rule(""), TOPOLOGY);
    let config = folder.path().join("failscope.yaml").display().to_string();
    let list = run(&["rules", "--config", &config], b"");
    let row = list.stdout.lines().find(|line| line.starts_with("OWN1 ")).unwrap();
    assert!(row.ends_with("off") && row.contains("own-rule"), "{row}");
    let row = list.stdout.lines().find(|line| line.starts_with("BTS001 ")).unwrap();
    assert!(row.contains(" info ") && row.ends_with("on"), "{row}");
    let json = run(&["rules", "--config", &config, "--format", "json"], b"");
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let last = json["rules"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["id"], &last["state"]), (&"OWN1".into(), &"off".into()));
    let explained = run(&["explain", "own-rule", "--config", &config], b"");
    assert!(explained.stdout.contains("Why it matters\n  because"), "{}", explained.all());
    for acts in ["\\e[31m", "\\u202e"] {
        let hostile = project("", &rule(&format!("why: \"{acts}red\"")), TOPOLOGY);
        assert_eq!(lint(hostile.path(), &[]).codes(), ["input/control-character"], "{acts}");
    }
    let near = lint(folder.path(), &["--only", "own-rull"]);
    assert_eq!(near.exit, 2);
    assert!(near.stderr.contains("did you mean `own-rule`?"), "{}", near.all());
    let folder = project("severity: { OWN2: off }", &rule(""), TOPOLOGY);
    assert!(lint(folder.path(), &[]).all().contains("did you mean `OWN1`?"));
}

#[test]
fn every_mistake_is_a_diagnostic_at_its_place_in_the_rule_file() {
    // What stands in the rule, the text at whose place the mistake is, its code, and words of it.
    let rows: &[(&str, &str, &str, &str)] = &[
        ("for: hots", "hots", "rules/unknown-kind", "did you mean `host`?"),
        ("match: { typ: isolated }", "typ:", "rules/unknown-attribute", "did you mean `type`?"),
        ("match: { type: isolatd }", "isolatd", "rules/condition", "did you mean `isolated`?"),
        (
            "match: { type: { one_of: [isolated, odd] } }",
            "isolated, odd",
            "rules/condition",
            "`odd`",
        ),
        ("match: { instances: A }", "A }", "rules/condition", "a list is not one word"),
        ("match: { tracking: maybe }", "maybe", "rules/condition", "neither `true` nor `false`"),
        ("match: { name: { at_least: 2 } }", "2 }", "rules/condition", "more or less"),
        ("match: { instances: { at_least: two } }", "two", "rules/condition", "write a number"),
        ("match: { name: {} }", "{} }", "rules/condition", "nothing is asked"),
        ("match: { instances.site: X }", "instances.site", "rules/unknown-attribute", "leads on"),
        ("match: { labels: x }", "labels:", "rules/unknown-attribute", "needs the key"),
        ("at: instanses", "instanses", "rules/unknown-attribute", "did you mean `instances`?"),
        ("message: \"{nam} is bad\"", "nam}", "rules/message", "did you mean `name`?"),
        ("message: \"x {name\"", "{name", "rules/message", "nothing closes"),
        ("message: \"{name.count}\"", "name.count", "rules/message", "only a list"),
        ("name: Own Rule", "Own Rule", "rules/name", "small letters"),
        ("name: host-single-instance", "host-single-instance", "rules/name", "BTS002"),
        ("severity: fatal", "fatal", "input/", ""),
        ("sevrity: error", "sevrity", "input/unknown-key", "severity"),
        ("why: ''", "OWN1", "rules/incomplete", "no `why`"),
        ("require: {}", "OWN1", "rules/incomplete", "no `require`"),
        (
            "require: it.instanses == []",
            "instanses",
            "rules/expression",
            "did you mean `instances`?",
        ),
        ("require: size(it.instances", "size(it.instances", "rules/expression", "ends too early"),
        (
            "require: it.type == 'isolatd'",
            "'isolatd'",
            "rules/expression",
            "did you mean `isolated`?",
        ),
        ("require: it.type in ['isolatd']", "'isolatd'", "rules/expression", "isolated"),
        ("require: name == 'x'", "name == 'x'", "rules/expression", "did you mean `it.name`?"),
        ("require: sice(it.instances) > 1", "sice", "rules/expression", "did you mean `size`?"),
        ("require: size(1) > 1", "size(1)", "rules/expression", "is not called like this"),
        (
            "require: startsWith(it.name, 'x')",
            "startsWith(it.name, 'x')",
            "rules/expression",
            "is not called like this",
        ),
        (
            "require: it.instances.contains('x')",
            "it.instances.contains('x')",
            "rules/expression",
            "is not called like this",
        ),
        (
            "require: it.name.contains(1)",
            "it.name.contains(1)",
            "rules/expression",
            "is not called like this",
        ),
        (
            "require: like(it.instances, 'x')",
            "like(it.instances, 'x')",
            "rules/expression",
            "is not called like this",
        ),
        (
            "require: like(it.name, 1)",
            "like(it.name, 1)",
            "rules/expression",
            "is not called like this",
        ),
        (
            "require: year(it.instances) > 1",
            "year(it.instances) > 1",
            "rules/expression",
            "is not called like this",
        ),
        ("require: spof(1)", "spof(1)", "rules/expression", "is not called like this"),
        (
            "require: scope(1) == 'x'",
            "scope(1) == 'x'",
            "rules/expression",
            "is not called like this",
        ),
        (
            "require: reaches(1, it.name)",
            "reaches(1, it.name)",
            "rules/expression",
            "is not called like this",
        ),
        (
            "require: reaches(it.name, 1)",
            "reaches(it.name, 1)",
            "rules/expression",
            "is not called like this",
        ),
        ("require: get(1).spof", "get(1).spof", "rules/expression", "is not called like this"),
        ("require: it.name > 1", "it.name > 1", "rules/expression", "no more or less"),
        (
            "require: it.name >= it.instances",
            "it.name >= it.instances",
            "rules/expression",
            "no more or less",
        ),
        (
            "require: it.instances >= it.instances",
            "it.instances >= it.instances",
            "rules/expression",
            "no more or less",
        ),
        ("require: it.instances", "it.instances", "rules/expression", "this is a list"),
        ("require: it.instances > 1", "it.instances > 1", "rules/expression", "no more or less"),
        ("require: it.tracking == 'yes'", "it.tracking == 'yes'", "rules/expression", "never"),
        (
            "require: \"{'a': 1} == {'a': 1}\"",
            "{'a': 1} ==",
            "rules/expression",
            "things of its own",
        ),
        ("require: it.name.all(x, true)", "it.name.all", "rules/expression", "goes through a list"),
        ("require: every('hots') == []", "'hots'", "rules/expression", "did you mean `host`?"),
        (
            "require: it.group.edtion == 'x'",
            "edtion",
            "rules/expression",
            "did you mean `edition`?",
        ),
        ("require: get('A').typo", "typo", "rules/expression", "did you mean `type`?"),
        ("require: it.name ~ 'x'", "~", "rules/expression", "`~`"),
        ("require: it.name.matches('(a+)+b')", "matches", "rules/expression", "no function"),
    ];
    for (body, marked, code, words) in rows {
        let rules = rule(body);
        let folder = project("", &rules, TOPOLOGY);
        let found = lint(folder.path(), &[]);
        let all = found.all();
        assert_eq!(found.exit, 2, "{body}\n{all}");
        let (line, column, said) = found.found().into_iter().next().unwrap();
        assert!(said.starts_with(code), "{body}: {said}\n{all}");
        assert!(all.contains("rules.yaml:") && all.contains(words), "{body}\n{all}");
        // Some mistakes are of an operator or a bracket, not of the text that is named.
        let (expected, least) = last_place(&rules, marked);
        let within = least..=least + marked.chars().count();
        assert!(line == expected && within.contains(&column), "{body}: {line}:{column}\n{all}");
    }
}

#[test]
fn mistakes_of_whole_files_are_said_too() {
    let good = rule("");
    let rows: &[(String, &str, &str)] = &[
        (good.replace("failscope-rules: 1", "failscope-rules: 2"), "rules/version", "version 2"),
        (good.replace("failscope-rules: 1\n", ""), "rules/version", "begin it with"),
        ("failscope-rules: 1\nrules: {}\n".to_owned(), "rules/none", "no rule"),
        (good.replace("OWN1", "BTS104"), "rules/id", "built-in"),
        (good.replace("OWN1", "OWN"), "rules/id", "a digit"),
        (good.replace("OWN1", "\"O 1\""), "rules/id", "letters"),
        (
            format!("{good}{}", good.split("rules:\n").nth(1).unwrap().replace("OWN1", "own1")),
            "rules/twice",
            "there already",
        ),
        ("[".to_owned(), "input/", ""),
    ];
    for (rules, code, words) in rows {
        let found = lint(project("", rules, TOPOLOGY).path(), &[]);
        let said = found.codes();
        assert!(
            found.exit == 2 && said.iter().any(|c| c.starts_with(code)),
            "{rules}\n{}",
            found.all()
        );
        assert!(found.all().contains(words), "{rules}\n{}", found.all());
    }
    let folder = project("", &good, TOPOLOGY);
    fs::remove_file(folder.path().join("rules.yaml")).unwrap();
    let found = lint(folder.path(), &[]);
    assert_eq!((found.exit, found.codes()), (2, vec!["config/rule-file".to_owned()]));
    let twice = "rule_files: [rules.yaml, rules.yaml]\n";
    fs::write(folder.path().join("rules.yaml"), &good).unwrap();
    fs::write(folder.path().join("failscope.yaml"), twice).unwrap();
    assert_eq!(lint(folder.path(), &[]).codes(), ["config/rule-file"]);
}

#[test]
fn the_last_line_speaks_of_the_file_with_the_mistakes() {
    let folder = project("", &rule("severity: eror\nfor: hosts"), TOPOLOGY);
    let broken = lint(folder.path(), &[]);
    assert_eq!(broken.exit, 2);
    let last = broken.stdout.lines().last().unwrap();
    let file = folder.path().join("rules.yaml").display().to_string();
    assert_eq!(last, format!("{file}: 2 errors; 1 topology is not judged"));
    // Where an import found something is no matter of rules and settings.
    let folder = project("imported_from: a.xml:1\n", &rule("imported_from: a.xml:1"), TOPOLOGY);
    let found = lint(folder.path(), &[]).stdout;
    assert_eq!(found.matches("unknown key `imported_from`").count(), 2, "{found}");
}

#[test]
fn hostile_rules_end_in_a_diagnostic() {
    let deep = |open: &str, middle: &str, close: &str, times: usize| {
        format!("{}{middle}{}", open.repeat(times), close.repeat(times))
    };
    let grow = |stages: usize| {
        let stage = format!(".map(a, {}a)", "a + ".repeat(30));
        format!("['xxxxxxxxxxxxxxxx']{}.exists(a, a == 'x')", stage.repeat(stages))
    };
    let rows: &[(String, &str, &str)] = &[
        (deep("(", "true", ")", 1_500), "rules/expression", "too deeply"),
        (deep("[", "", "]", 1_500), "rules/expression", ""),
        (deep("!", "true", "", 3_000), "", ""),
        (format!("true{}", " && true".repeat(500)), "", ""),
        (format!("1{} == 1", "+1".repeat(1_900)), "rules/expression", "too deeply"),
        (format!("it{} == 1", ".name".repeat(800)), "rules/expression", ""),
        (format!("'{}' == it.name", "x".repeat(1 << 20)), "rules/expression", "too long"),
        (
            "every('host').all(a, every('host').all(b, every('host').all(c, a == b)))".to_owned(),
            "rules/expression",
            "more than 2 deep",
        ),
        (grow(20), "rules/undecided", "too much work"),
        (format!("{} || true", grow(20)), "rules/undecided", "too much work"),
        ("1 / 0 == 1".to_owned(), "rules/undecided", "zero"),
        ("9223372036854775807 + 1 == 1".to_owned(), "rules/undecided", "too large"),
        ("[1][5] == 1".to_owned(), "rules/undecided", "no such entry"),
    ];
    for (expression, code, words) in rows {
        let rules = rule(&format!("require: >-\n  {expression}"));
        let found = lint(project("", &rules, TOPOLOGY).path(), &["--only", "OWN1"]);
        let shown: String = expression.chars().take(60).collect();
        let good = match code.is_empty() {
            true => found.exit == 0,
            false => found.exit == 2 && found.codes() == [*code],
        };
        assert!(good && found.all().contains(words), "{shown}\n{}", found.all());
    }
}

/// A million steps for one thing, ten million for all rules: each of these takes a million.
#[test]
fn a_rule_that_stops_lets_the_next_ones_run_until_nothing_is_left() {
    let costly = format!("size(['{}']{}) == 1", "x".repeat(1 << 10), ".map(a, a + a)".repeat(7));
    let rules = |count: usize| {
        let one = rule(&format!("require: >-\n  {costly}"));
        let (head, body) = one.split_once("  OWN1:").unwrap();
        let named = (1..=count)
            .map(|n| format!("  OWN{n}:{}", body.replace("own-rule", &format!("own-rule-{n}"))));
        format!("{head}{}", named.collect::<String>())
    };
    for (count, undecided) in [(2, 2), (14, 10)] {
        let found = lint(project("", &rules(count), TOPOLOGY).path(), &[]);
        let stopped = found.codes().iter().filter(|code| **code == "rules/undecided").count();
        assert_eq!(stopped, undecided, "{}", found.all());
    }
}

/// What looks at each thing once is far within the limit.
#[test]
fn a_rule_over_thousands_of_things_is_no_work() {
    let mut topology = String::from("failscope: 1\nservers:\n");
    for server in 0..3_000 {
        topology.push_str(&format!("  S{server}: {{ site: X }}\n"));
    }
    let body = "for: server\nrequire: it.site == 'X' && it.name.startsWith('S')";
    let found = lint(project("", &rule(body), &topology).path(), &["--only", "OWN1"]);
    assert_eq!(found.exit, 0, "{}", found.all());
}

#[test]
fn examples_of_own_rules_are_tested() {
    let bad =
        "bad: |\n  failscope: 1\n  servers: [A]\n  biztalk: { hosts: { H: { instances: [A] } } }";
    let good = bad.replace("bad:", "good:").replace("[A]", "[A, B]");
    let marked = format!("{bad} # <-\n{good}");
    let rows: &[(&str, u8, &str)] = &[
        (&marked, 0, "OWN1 own-rule: ok\n1 rule: 1 passed, 0 failed\n"),
        ("", 1, "there is no `bad` example"),
        (&format!("{bad}\n{good}"), 1, "marks no line"),
        (
            &marked.replace(", B", ""),
            1,
            "the good example draws this in line 3, which is not marked",
        ),
        (&format!("{bad}, [\n{good}"), 1, "the bad example cannot be judged: line"),
        (&marked.replacen("servers: [A]", "servers: [A] # <-", 1), 1, "draws nothing in line 2"),
        ("for: hots", 2, "rules/unknown-kind"),
    ];
    for (body, exit, shows) in rows {
        let folder = project("", &rule(body), TOPOLOGY);
        let file = folder.path().join("rules.yaml").display().to_string();
        let config = folder.path().join("failscope.yaml").display().to_string();
        for args in [vec!["rules", "test", &file], vec!["rules", "test", "--config", &config]] {
            let tested = run(&args, b"");
            assert_eq!(tested.exit, *exit, "{body}\n{}", tested.all());
            assert!(tested.all().contains(shows), "{body}\n{}", tested.all());
        }
    }
    let none = run(&["rules", "test", "--no-config"], b"");
    assert_eq!(none.exit, 2);
    assert!(none.stderr.contains("no rules to test"), "{}", none.all());
}

#[test]
fn the_schema_accepts_what_is_shipped_and_refuses_what_the_reader_refuses() {
    let schema = run(&["schema", "--of", "rules"], b"").stdout;
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let valid = |yaml: &str| {
        let value: serde_json::Value = serde_yaml::from_str(yaml).unwrap();
        validator.is_valid(&value)
    };
    let shipped = root().join("topologies/own-rules/rules/house.yaml");
    assert!(valid(&fs::read_to_string(shipped).unwrap()));
    assert!(valid(&rule("")) && valid(&rule("require: size(it.instances) > 1")));
    for body in
        ["severity: fatal", "sevrity: error", "require: [a]", "match: { name: { isnt: x } }"]
    {
        assert!(!valid(&rule(body)), "{body}");
    }
}
