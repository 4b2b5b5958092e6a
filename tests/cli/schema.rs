//! The JSON Schema: up to date, complete, and of one mind with the reader.

use std::path::Path;

use serde_json::{Map, Value};

use crate::{root, run, yaml_files};

fn schema_text() -> String {
    let run = run(&["schema"], b"");
    assert_eq!(run.exit, 0, "{}", run.stderr);
    run.stdout
}

fn schema() -> Value {
    serde_json::from_str(&schema_text()).unwrap()
}

/// A file as an editor sees it, by a reader that is not ours.
fn document(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    let mut yaml: serde_yaml::Value =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    yaml.apply_merge().unwrap();
    serde_json::to_value(yaml).unwrap()
}

#[test]
fn the_committed_schema_is_the_one_the_program_prints() {
    let path = root().join("schemas/topology.schema.json");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        committed.replace('\r', ""),
        schema_text(),
        "run `cargo run -- schema > schemas/topology.schema.json`"
    );
}

#[test]
fn the_schema_and_the_reader_agree_on_what_is_right() {
    let validator = jsonschema::draft202012::new(&schema()).expect("the schema is one");
    for folder in ["topologies", "tests/fixtures/ok"] {
        for path in yaml_files(&root().join(folder)) {
            let found: Vec<String> = validator
                .iter_errors(&document(&path))
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(found, [""; 0], "{}", path.display());
            let run = run(&["lint".into(), path.clone().into_os_string()], b"");
            assert!(run.exit < 2, "{}: {}", path.display(), run.all());
        }
    }
}

#[test]
fn the_schema_and_the_reader_agree_on_what_is_wrong() {
    let validator = jsonschema::draft202012::new(&schema()).expect("the schema is one");
    for path in yaml_files(&root().join("tests/fixtures/invalid")) {
        let run = run(&["lint".into(), path.clone().into_os_string()], b"");
        assert_eq!(run.exit, 2, "the reader takes {}: {}", path.display(), run.all());
        assert!(
            run.codes().iter().all(|code| code.starts_with("input/")),
            "{}: {}",
            path.display(),
            run.all()
        );
        assert!(!validator.is_valid(&document(&path)), "the schema takes {}", path.display());
    }
}

/// Every schema inside a schema, with a path for messages.
fn each(schema: &Value, path: &str, visit: &mut dyn FnMut(&Map<String, Value>, &str)) {
    match schema {
        Value::Object(object) => {
            visit(object, path);
            for (key, value) in object {
                each(value, &format!("{path}/{key}"), visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                each(item, &format!("{path}/{index}"), visit);
            }
        }
        _ => {}
    }
}

fn described(schema: &Value) -> bool {
    schema.get("description").and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty())
}

/// What is required of a topology that extends no other is said apart.
fn is_only_about_required_keys(path: &str) -> bool {
    path.contains("InFull") || path.starts_with("#/then")
}

#[test]
fn every_key_and_every_word_has_a_hover_text() {
    let schema = schema();
    let (mut keys, mut words) = (0, 0);
    each(&schema, "#", &mut |object, path| {
        let Some(Value::Object(properties)) = object.get("properties") else { return };
        if is_only_about_required_keys(path) {
            return;
        }
        for (key, value) in properties {
            keys += 1;
            // On the property itself: that it stays there beside a `$ref` or an `anyOf`
            // is what an editor shows.
            assert!(described(value), "{path}/properties/{key} has no description");
        }
    });
    each(&schema, "#", &mut |object, path| {
        if object.contains_key("const") {
            words += 1;
            assert!(
                described(&Value::Object(object.clone())),
                "{path} ({}) has no description",
                object["const"]
            );
        }
        assert!(!object.contains_key("enum"), "{path}: words of an `enum` cannot be described");
    });
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        let is_described = described(definition) || is_only_about_required_keys(name);
        assert!(is_described, "$defs/{name} has no description");
    }
    assert!(keys > 150 && words > 60, "{keys} keys and {words} words were looked at");
}

#[test]
fn every_reference_of_the_schema_leads_somewhere() {
    let schema = schema();
    let mut used = std::collections::BTreeSet::new();
    each(&schema, "#", &mut |object, path| {
        if let Some(Value::String(target)) = object.get("$ref") {
            let name = target.strip_prefix("#/$defs/").unwrap_or_else(|| panic!("{path}"));
            assert!(schema["$defs"].get(name).is_some(), "{path}: {target}");
            used.insert(name.to_owned());
        }
    });
    let defined: Vec<&String> = schema["$defs"].as_object().unwrap().keys().collect();
    assert!(defined.iter().all(|name| used.contains(*name)), "{defined:?} {used:?}");
}

/// Leaves every required key out of a file that has it: the schema and the reader must
/// both miss it, and neither may miss any other.
#[test]
fn the_schema_requires_what_the_reader_misses() {
    let validator = jsonschema::draft202012::new(&schema()).expect("the schema is one");
    let path = root().join("tests/fixtures/ok/everything.yaml");
    let whole = document(&path);
    let mut places = Vec::new();
    keys_of(&whole, &mut Vec::new(), &mut places);
    let mut required = std::collections::BTreeSet::new();
    for place in places {
        let mut part = whole.clone();
        remove(&mut part, &place);
        let text = serde_yaml::to_string(&part).unwrap();
        let run = run(&["lint", "-"], text.as_bytes());
        let missed = run.codes().iter().any(|code| code == "input/missing-key");
        let valid = validator.is_valid(&part);
        let last = place.last().unwrap();
        // Needed by a port that is not dynamic: a schema could say so, at the price of
        // completion in editors.
        let conditional = ["adapter", "dynamic"].contains(&last.as_str());
        if !(conditional && place.contains(&"send_ports".to_owned())) {
            assert_eq!(missed, !valid, "{place:?}\n{}", run.stdout);
        }
        if missed && !(conditional && valid) {
            required.insert(format!("{}.{last}", place.first().unwrap()));
        }
    }
    let required: Vec<String> = required.into_iter().collect();
    assert_eq!(
        required,
        [
            "availability_groups.replicas",
            "biztalk.adapter",
            "biztalk.host",
            "clusters.nodes",
            "failscope.failscope",
            "load_balancers.members",
            "services.needs",
            "sql_instances.on",
        ]
    );
}

/// An overlay may leave out what its base has; a key that the language does not know stays wrong.
#[test]
fn an_overlay_need_not_repeat_what_its_base_requires() {
    let validator = jsonschema::draft202012::new(&schema()).expect("the schema is one");
    let overlay = |extends: &str, rest: &str| -> Value {
        let text = format!("failscope: 1\n{extends}{rest}");
        serde_yaml::from_str(&text).unwrap()
    };
    for rest in [
        "clusters: { C: { witness: S } }",
        "load_balancers: { L: { redundant: true } }",
        "sql_instances: { S: { version: '2019' } }",
        "availability_groups: { A: { listener: L } }",
        "services: { s: { owner: sales } }",
        "biztalk: { receive_locations: { L: { ordered: true } } }",
        "biztalk: { send_ports: { P: { ordered: true, backup: { to: X } } } }",
        "biztalk: { orchestrations: { O: { needs: S } } }",
        "biztalk_groups: { G: { send_ports: { P: { ordered: true } } } }",
    ] {
        assert!(validator.is_valid(&overlay("extends: base.yaml\n", rest)), "{rest}");
        assert!(!validator.is_valid(&overlay("", rest)), "{rest} stands by itself");
        let innermost = rest.rfind("{ ").unwrap() + 2;
        let unknown = format!("{}no_such_key: 1, {}", &rest[..innermost], &rest[innermost..]);
        assert!(!validator.is_valid(&overlay("extends: base.yaml\n", &unknown)), "{unknown}");
    }
}

fn keys_of(value: &Value, path: &mut Vec<String>, places: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                path.push(key.clone());
                places.push(path.clone());
                keys_of(value, path, places);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                keys_of(item, path, places);
                path.pop();
            }
        }
        _ => {}
    }
}

fn remove(value: &mut Value, place: &[String]) {
    let Some((last, way)) = place.split_last() else { return };
    let mut value = value;
    for key in way {
        value = match value {
            Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
            other => &mut other[key.as_str()],
        };
    }
    value.as_object_mut().unwrap().shift_remove(last);
}
