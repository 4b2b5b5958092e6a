//! JUnit, by an XML parser.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

use super::{HOSTILE_NAME, Repository, hostile, list};

fn cases<'a>(xml: &'a Document<'a>) -> Vec<Node<'a, 'a>> {
    xml.descendants().filter(|node| node.has_tag_name("testcase")).collect()
}

fn child<'a>(case: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    case.children().find(|node| node.has_tag_name(name))
}

fn count(node: Node<'_, '_>, attribute: &str) -> usize {
    node.attribute(attribute).unwrap().parse().unwrap()
}

#[test]
fn each_rule_and_each_finding_is_one_case_with_a_name_of_its_own() {
    let repository = Repository::shipped();
    assert_eq!(repository.all(&[]).exit, 1);
    let text = repository.out("junit.xml");
    let xml = Document::parse(&text).unwrap();
    let cases = cases(&xml);
    let names: BTreeSet<(&str, &str)> = cases
        .iter()
        .map(|case| (case.attribute("classname").unwrap(), case.attribute("name").unwrap()))
        .collect();
    assert_eq!(names.len(), cases.len(), "names are unique");
    let json = repository.json();
    let failing = list(&json, "findings").iter().filter(|f| f["fails"] == true).count();
    let with = |name| cases.iter().filter(|case| child(**case, name).is_some()).count();
    assert_eq!((with("failure"), with("error")), (failing, 0));
    assert_eq!(with("skipped"), list(&json, "suppressed").len());
    let passed = cases.iter().filter(|case| case.children().all(|node| !node.is_element()));
    assert!(passed.count() > 100, "what passed is there too");
    let top = xml.root_element();
    assert_eq!(count(top, "tests"), cases.len());
    assert_eq!((count(top, "failures"), count(top, "errors")), (failing, 0));
    assert_eq!(count(top, "skipped"), with("skipped"));
}

#[test]
fn a_rule_that_ran_and_found_nothing_passes_and_one_that_found_something_does_not() {
    let repository = Repository::shipped();
    repository.all(&["--only", "BTS106,BTS001"]);
    let text = repository.out("junit.xml");
    let xml = Document::parse(&text).unwrap();
    let of_small: Vec<(&str, bool)> = cases(&xml)
        .into_iter()
        .filter(|case| case.attribute("classname") == Some("the plans/small.yaml"))
        .map(|case| (case.attribute("name").unwrap(), child(case, "failure").is_some()))
        .collect();
    assert_eq!(
        of_small,
        [("BTS106 ftp-concurrent-instances: Receive", true), ("BTS001 single-server-group", false)]
    );
}

#[test]
fn the_reason_of_a_waiver_is_that_of_the_skipped_case() {
    let repository = Repository::shipped();
    repository.all(&[]);
    let text = repository.out("junit.xml");
    let xml = Document::parse(&text).unwrap();
    let reasons: Vec<&str> = cases(&xml)
        .into_iter()
        .filter_map(|case| child(case, "skipped")?.attribute("message"))
        .collect();
    assert!(reasons.contains(&"the partner locks a file while it is read"), "{reasons:?}");
}

#[test]
fn only_what_fails_the_run_fails_a_case() {
    let repository = Repository::shipped();
    for (fail_on, exit) in [("never", 0), ("error", 1), ("info", 1)] {
        assert_eq!(repository.all(&["--fail-on", fail_on]).exit, exit);
        let text = repository.out("junit.xml");
        let xml = Document::parse(&text).unwrap();
        assert_eq!(count(xml.root_element(), "failures") > 0, exit == 1, "{fail_on}");
        let identities =
            cases(&xml).into_iter().filter(|case| child(*case, "properties").is_some());
        let json = repository.json();
        let all = list(&json, "findings").len() + list(&json, "suppressed").len();
        assert_eq!(identities.count(), all, "milder findings are still there");
    }
}

#[test]
fn what_could_not_be_decided_is_an_error() {
    for (file, broken) in [("a.yaml", "failscope: 1\nservr: [A]\n"), ("b.yaml", "\0")] {
        let repository = Repository::with(file, broken);
        repository.add("good.yaml", "failscope: 1\nservers: [A]\n");
        assert_eq!(repository.all(&[]).exit, 2);
        let text = repository.out("junit.xml");
        let xml = Document::parse(&text).unwrap();
        assert!(count(xml.root_element(), "errors") > 0, "{text}");
    }
    let repository = Repository::with("t.yaml", "failscope: 1\nservers: [A]\n");
    repository.add("failscope.yaml", "rules: \"1999.01\"\n");
    assert_eq!(repository.all(&[]).exit, 2);
    let text = repository.out("junit.xml");
    let xml = Document::parse(&text).unwrap();
    assert_eq!(count(xml.root_element(), "errors"), 2, "the project, and the topology: {text}");
}

#[test]
fn a_name_comes_back_as_it_is() {
    let repository = Repository::with("t.yaml", &hostile());
    repository.all(&["--fail-on", "info"]);
    let text = repository.out("junit.xml");
    let xml = Document::parse(&text).unwrap();
    let messages =
        cases(&xml).into_iter().filter_map(|case| child(case, "failure")?.attribute("message"));
    assert!(messages.into_iter().any(|message| message.contains(HOSTILE_NAME)), "{text}");
}
