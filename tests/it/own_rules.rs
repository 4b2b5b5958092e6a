//! Rules of the user's own, whatever is written into them: reading and running one ends, and
//! nothing panics on the way.

use failscope::analysis::{Analysis, WORK_LIMIT};
use failscope::config;
use failscope::expand::expand;
use failscope::input::{self, Limits};
use failscope::rules;
use failscope::rules::own::fields::{Kind, Type, fields};
use failscope::source::SourceMap;
use proptest::prelude::*;

const TOPOLOGY: &str = "\
failscope: 1
servers: { A: { site: X, mtbf: 1y }, B: { labels: { é: ü } }, C: }
components: { One: { on: [A, B], at_least: 1 }, Two: { needs: [One] } }
biztalk: { hosts: { H: { instances: [A, B] } } }
";

/// What the rule with this requirement, about this kind, comes to: messages of its problems,
/// of reading or of running it.
fn problems(kind: &str, require: &str) -> Vec<String> {
    let text = format!(
        "failscope-rules: 1\nrules:\n  OWN1:\n    name: own\n    severity: error\n    summary: s\n    \
         for: {kind}\n    message: \"{{name}}\"\n    why: w\n    fix: f\n    require: |-\n      {require}\n"
    );
    let mut sources = SourceMap::new();
    let rule_file = sources.add("rules.yaml", text);
    let file = sources.add("topology.yaml", TOPOLOGY);
    let limits = Limits::default();
    let (own, problems) = config::read_rules(&sources, &[rule_file], &limits);
    if !problems.is_empty() {
        for problem in &problems {
            let span = problem.primary.span;
            let inside = sources.file(span.file).unwrap().text();
            assert!(inside.get(span.start as usize..span.end as usize).is_some(), "{require}");
        }
        return problems.into_iter().map(|problem| problem.message).collect();
    }
    let reading = input::read(&mut sources, file, &limits, &mut |_, _| Err(String::new()));
    let topology = reading.topology.unwrap();
    let expansion = expand(&topology);
    let analysis = Analysis::new(&expansion.graph, WORK_LIMIT).unwrap();
    let outcome = rules::run(own, &topology, &expansion, &analysis);
    outcome.problems.into_iter().map(|problem| problem.message).collect()
}

/// The messages that only a panic of the expression library leads to.
fn panicked(messages: &[String]) -> bool {
    let caught = ["the expression cannot be read", "OWN1 cannot be decided"];
    messages.iter().any(|message| caught.contains(&message.as_str()))
}

/// Words of the language, most of them where they make sense.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "it",
        "it.name",
        "it.instances",
        "it.site",
        "it.spof",
        "it.needs",
        "it.labels",
        "it.on",
        "it.labels.é",
        "x",
        "y",
        "0",
        "1",
        "-1",
        "9223372036854775807",
        "1.5",
        "2u",
        "'A'",
        "'é🔑'",
        "b'a'",
        "null",
        "true",
        "false",
        "[]",
        "['A', 'B']",
        "[1, 'a']",
        "{}",
        "{'a': 1}",
        "every('server')",
        "every('part')",
        "it.mtbf",
        "T{}",
        "r'\\'",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let binary = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "==", "!=", "<", "<=", "&&", "||", "in", ".", "~", "?",
        ]);
        let function = prop::sample::select(vec![
            "size", "like", "year", "get", "spof", "scope", "reaches", "every", "has", "matches",
            "int", "string", "type", "dyn", "duration", "max",
        ]);
        let macros = prop::sample::select(vec!["all", "exists", "exists_one", "map", "filter"]);
        prop_oneof![
            (inner.clone(), binary, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (function.clone(), inner.clone()).prop_map(|(f, a)| format!("{f}({a})")),
            (function, inner.clone(), inner.clone()).prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            (inner.clone(), macros, inner.clone())
                .prop_map(|(list, name, body)| format!("{list}.{name}(x, {body})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            inner.clone().prop_map(|a| format!("!{a}")),
            inner.clone().prop_map(|a| format!("-{a}")),
            inner.prop_map(|a| format!("({a} == {a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_expression_of_the_language_panics(require in expression(), kind in "host|server|component|part") {
        let said = problems(&kind, &require);
        prop_assert!(!panicked(&said), "{require}: {said:?}");
    }

    #[test]
    fn no_text_panics(require in "[a-z0-9 .,:?!'\"()\\[\\]{}<>=&|+*/%_`\\\\#é🔑-]{0,60}") {
        let said = problems("host", &require);
        prop_assert!(!panicked(&said), "{require}: {said:?}");
    }
}

#[test]
fn the_page_states_the_limits() {
    use failscope::rules::own::{TURN_LIMIT, WORK_LIMIT, expression, view};
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/own-rules.md");
    let page = std::fs::read_to_string(page).unwrap();
    for limit in [TURN_LIMIT, WORK_LIMIT, expression::LONGEST as u64] {
        assert!(page.contains(&format!(" {limit} ")), "{limit}");
    }
    assert!(page.contains(&format!("failscope-rules: {} ", view::VERSION)));
}

/// The rule of the page is one: its examples show what the page says.
#[test]
fn the_rule_of_the_page_works() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/own-rules.md");
    let page = std::fs::read_to_string(page).unwrap();
    let block = page.split("```yaml\n").find(|block| block.starts_with("failscope-rules:"));
    let text = block.unwrap().split("```").next().unwrap();
    let mut sources = SourceMap::new();
    let file = sources.add("rules.yaml", text);
    let (rules, problems) = config::read_rules(&sources, &[file], &Limits::default());
    assert!(problems.is_empty(), "{problems:#?}");
    for rule in &rules {
        assert_eq!(config::examples::wrong(rule), Vec::<String>::new());
    }
    assert_eq!(rules.len(), 1);
}

#[test]
fn every_attribute_can_be_asked_in_both_layers() {
    for kind in Kind::ALL {
        let (name, all) = (kind.as_str(), fields(*kind));
        for field in &all {
            let twice = all.iter().filter(|other| other.name == field.name).count();
            assert_eq!(twice, 1, "{name} has {} twice", field.name);
            let word = field.name;
            let asked = match field.ty {
                Type::Flag => format!("it.{word}"),
                Type::Number | Type::Duration | Type::Availability => format!("it.{word} > 0"),
                Type::Words(words) => format!("it.{word} != '{}'", words()[0]),
                Type::Text | Type::Release | Type::Ref(_) => format!("it.{word} != 'x'"),
                Type::Texts | Type::Refs(_) => format!("it.{word}.all(x, x != 'x')"),
                Type::Labels => format!("'x' in it.{word} || true"),
            };
            assert_eq!(problems(name, &asked), Vec::<String>::new(), "{name}: {asked}");
        }
    }
}
