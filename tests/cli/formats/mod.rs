//! Every format of one run, read as its consumer reads it.

mod code_quality;
mod identities;
mod junit;
mod markdown;
mod pairs;
mod reports;
mod sarif;
mod tables;
mod workflow;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Run, root, run};

/// Every format that goes to a file, with the ending it gets here.
pub(super) const FILES: [(&str, &str); 7] = [
    ("json", "findings.json"),
    ("sarif", "findings.sarif"),
    ("junit", "junit.xml"),
    ("gitlab", "quality.json"),
    ("markdown", "comment.md"),
    ("csv", "findings.csv"),
    ("github", "annotations.txt"),
];

/// A repository: topologies in a folder of it, outputs beside them.
pub(super) struct Repository {
    pub(super) folder: tempfile::TempDir,
}

impl Repository {
    pub(super) fn new() -> Repository {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("out")).unwrap();
        Repository { folder }
    }

    /// The shipped examples: waivers in a project file and in comments, two readers, a web shop.
    pub(super) fn shipped() -> Repository {
        let repository = Repository::new();
        for name in [
            "governance/failscope.yaml",
            "governance/order-hub.yaml",
            "small.yaml",
            "web-shop.yaml",
            "ra01-two-computers.yaml",
        ] {
            let text = fs::read_to_string(root().join("topologies").join(name)).unwrap();
            repository.add(&format!("the plans/{name}"), &text);
        }
        repository
    }

    pub(super) fn with(name: &str, text: &str) -> Repository {
        let repository = Repository::new();
        repository.add(name, text);
        repository
    }

    pub(super) fn add(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn lint(&self, more: &[&str]) -> Run {
        let folder = self.folder.path().to_str().unwrap();
        let summary = self.path("summary.md").display().to_string();
        let mut given = vec!["lint", folder, "--root", folder, "--today", "2026-10-15"];
        // The tests may themselves run in a job that has a summary.
        if !more.contains(&"--step-summary") {
            given.extend(["--step-summary", &summary]);
        }
        run(&[&given[..], more].concat(), b"")
    }

    /// All formats in one run; the text on standard output.
    pub(super) fn all(&self, more: &[&str]) -> Run {
        let outputs: Vec<String> = FILES
            .iter()
            .flat_map(|(format, file)| {
                let target = self.path("out").join(file).display().to_string();
                ["--format".to_owned(), (*format).to_owned(), "--output".to_owned(), target]
            })
            .collect();
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        self.lint(&[&outputs[..], &["--format", "text"], more].concat())
    }

    pub(super) fn out(&self, file: &str) -> String {
        fs::read_to_string(self.path("out").join(file)).unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out("findings.json")).unwrap()
    }
}

/// Names that mean something in every format.
pub(super) const HOSTILE: &str = "\"=1+1 @everyone #12 !3 :smile: a|b `x` <b>&amp; %0A,::error:: [y](2) \
                                  \\\\ $1$ www.x.example https://x.example *s* _e_ ~~d~~ GH-1\"";
/// The same as it is read.
pub(super) const HOSTILE_NAME: &str = "=1+1 @everyone #12 !3 :smile: a|b `x` <b>&amp; %0A,::error:: [y](2) \
                                       \\ $1$ www.x.example https://x.example *s* _e_ ~~d~~ GH-1";

/// A service that stands and falls with a server of that name.
pub(super) fn hostile() -> String {
    format!(
        "failscope: 1\nname: {HOSTILE}\nservers: [{HOSTILE}]\ncomponents:\n  db: {{ on: {HOSTILE} }}\n\
         services:\n  shop: {{ needs: [db] }}\n"
    )
}

pub(super) fn list<'v>(value: &'v Value, key: &str) -> &'v Vec<Value> {
    value[key].as_array().unwrap_or_else(|| panic!("{key} is no list"))
}

pub(super) fn strings(values: &[Value], pointer: &str) -> Vec<String> {
    let text = |value: &Value| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    values.iter().map(|value| text(value).unwrap_or_else(|| panic!("{pointer}"))).collect()
}

pub(super) fn validator(schema: &str) -> jsonschema::Validator {
    let text = fs::read_to_string(root().join(schema)).unwrap();
    // A pattern of the SARIF schema closes a bracket that it never opened.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

pub(super) fn assert_valid(validator: &jsonschema::Validator, value: &Value) {
    let wrong: Vec<String> = validator
        .iter_errors(value)
        .take(5)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(wrong, [""; 0]);
}

pub(super) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
