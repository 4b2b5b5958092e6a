//! Data flows one way: each module imports only what stands before it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each top-level module of `src` may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("citation", &[]),
    ("source", &["text"]),
    ("change", &["source"]),
    ("diagnostic", &["change", "source"]),
    ("model", &["source"]),
    ("input", &["change", "diagnostic", "model", "source", "text"]),
    ("graph", &["model", "source"]),
    ("expand", &["graph", "model", "source", "text"]),
    ("import", &["diagnostic", "expand", "model", "source", "text"]),
    ("engine", &[]),
    // a structure function is an expression of the engine
    ("analysis", &["engine", "graph"]),
    ("picture", &["analysis", "graph", "model", "text"]),
    ("exchange", &["engine"]),
    // checks what the others claim, and shares nothing with them but the graph
    ("verify", &["graph"]),
    ("availability", &["analysis", "engine", "graph", "model"]),
    (
        "rules",
        &[
            "analysis",
            "availability",
            "change",
            "citation",
            "diagnostic",
            "engine",
            "expand",
            "graph",
            "model",
            "source",
            "text",
        ],
    ),
    ("config", &["analysis", "diagnostic", "expand", "graph", "input", "rules", "source", "text"]),
    (
        "fix",
        &[
            "analysis",
            "change",
            "config",
            "diagnostic",
            "expand",
            "graph",
            "input",
            "model",
            "rules",
            "source",
        ],
    ),
    (
        "gate",
        &[
            "analysis",
            "availability",
            "config",
            "diagnostic",
            "diff",
            "engine",
            "expand",
            "graph",
            "input",
            "model",
            "rules",
            "source",
            "text",
        ],
    ),
    (
        "diff",
        &[
            "analysis",
            "diagnostic",
            "engine",
            "expand",
            "graph",
            "input",
            "model",
            "rules",
            "source",
        ],
    ),
    (
        "report",
        &[
            "analysis",
            "availability",
            "change",
            "citation",
            "config",
            "diagnostic",
            "diff",
            "engine",
            "expand",
            "gate",
            "graph",
            "model",
            "rules",
            "source",
            "text",
            "verify",
        ],
    ),
];

/// `cli` joins everything; these stand outside the pipeline.
const FREE: &[&str] = &["cli", "lib", "main"];

/// Inline tests of the rules read their examples as a user's file is read.
const TEST_FILES: &[&str] = &["testing.rs"];

#[test]
fn modules_import_only_what_stands_before_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut violations = Vec::new();
    for file in rust_files(&src) {
        let relative = file.strip_prefix(&src).unwrap();
        let module = relative.components().next().unwrap().as_os_str().to_string_lossy();
        let module = module.trim_end_matches(".rs").to_owned();
        let is_test = TEST_FILES.iter().any(|name| relative.ends_with(name));
        if FREE.contains(&module.as_str()) || is_test {
            continue;
        }
        let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == module);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("src/{module} is not in the table"));
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        for imported in imports(code) {
            if imported != module && !allowed.contains(&imported.as_str()) {
                violations.push(format!("{} imports {imported}", relative.display()));
            }
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(rust_files(&path)),
            false if path.extension().is_some_and(|e| e == "rs") => files.push(path),
            false => {}
        }
    }
    files.sort();
    files
}

/// First path segments after every `crate::`, in `use` lines and in paths.
fn imports(code: &str) -> BTreeSet<String> {
    code.split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect())
        .filter(|name: &String| !name.is_empty())
        .collect()
}
