//! Mermaid pictures in Mermaid itself.
//!
//! `FAILSCOPE_MERMAID` names its script (`npm pack mermaid@11`, then `package/dist/mermaid.min.js`).

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::chromium::{self, Chromium};
use crate::{references, run};

/// Names that mean something to Mermaid, to Markdown or to HTML.
const HOSTILE: [&str; 20] = [
    "quote \" and 'other'",
    "</text></svg><script>alert(1)</script>",
    "a --> b; c -.-> d",
    "back\\slash \\n",
    "end",
    "graph",
    "default",
    "]] )) }} subgraph x",
    "&amp; &lt; #quot;",
    "<b>bold</b>",
    "日本語の名前",
    "click href",
    "`md **b** _i_`",
    "1. list",
    "- dash",
    "%%{init: {}}%%",
    "x@{shape: circle}",
    "$$x^2$$",
    "fa:fa-car",
    "o x",
];

/// A page with Mermaid in it. Where there is none, says so: nothing was tested then.
fn with_mermaid(folder: &Path) -> Option<Chromium> {
    let Some(script) = std::env::var_os("FAILSCOPE_MERMAID").map(PathBuf::from) else {
        println!("SKIPPED: FAILSCOPE_MERMAID names no mermaid.min.js");
        return None;
    };
    let mut browser = chromium::start()?;
    let page = folder.join("mermaid.html");
    let script = script.display();
    let html =
        format!("<!doctype html><meta charset=utf-8><body><script src=\"{script}\"></script>");
    std::fs::write(&page, html).unwrap();
    browser.open(&page, "");
    browser.eval("mermaid.initialize({ startOnLoad: false })");
    Some(browser)
}

/// The labels that Mermaid draws, or its error.
fn drawn(browser: &mut Chromium, topology: &Path) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("picture.mmd");
    let (exit, stderr) = run(&["graph", "--format", "mermaid", "--output"], &output, topology);
    assert_eq!(exit, 0, "{stderr}");
    let text = std::fs::read_to_string(&output).unwrap();
    browser.eval(&format!(
        "mermaid.render('drawn', {}).then(({{ svg }}) => {{ \
           const box = document.createElement('div'); document.body.replaceChildren(box); \
           box.innerHTML = svg; \
           return [...box.querySelectorAll('.node .nodeLabel')].map((label) => label.innerText); \
         }}, (error) => String(error))",
        json!(text)
    ))
}

#[test]
fn mermaid_draws_every_reference_architecture() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut browser) = with_mermaid(folder.path()) else { return };
    for path in references() {
        let labels = drawn(&mut browser, &path);
        assert!(labels.as_array().is_some_and(|l| l.len() > 10), "{}: {labels}", path.display());
    }
}

#[test]
fn mermaid_shows_hostile_names_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut browser) = with_mermaid(folder.path()) else { return };
    let mut text = String::from("failscope: 1\ncomponents:\n");
    for name in HOSTILE {
        text.push_str(&format!("  {}: {{}}\n", json!(name)));
    }
    let topology = folder.path().join("hostile.yaml");
    std::fs::write(&topology, text).unwrap();
    let labels = drawn(&mut browser, &topology);
    let shown = |label: &Value| {
        let name = label.as_str().unwrap().split('\n').next().unwrap();
        name.replace('\u{2060}', "")
    };
    let shown: Vec<String> = labels.as_array().expect("labels").iter().map(shown).collect();
    for name in HOSTILE {
        assert!(shown.iter().any(|label| label == name), "{name} is not in {shown:?}");
    }
    assert_eq!(shown.len(), HOSTILE.len());
    let made = browser.eval("document.querySelectorAll('div script, div b, div strong').length");
    assert_eq!(made, json!(0));
}
