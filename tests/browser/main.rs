//! The HTML report in a real browser.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails by panicking, and says what it skipped"
)]

mod chromium;
mod large;
mod mermaid;
mod reading;
mod whatif;

use std::path::{Path, PathBuf};

use failscope::cli::{self, Io};
use serde_json::{Value, json};

use self::chromium::Chromium;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn page(topology: &Path, folder: &tempfile::TempDir) -> PathBuf {
    let page = folder.path().join("report.html");
    let (exit, stderr) = report(topology, &page);
    assert_eq!(exit, 0, "{stderr}");
    page
}

fn report(topology: &Path, page: &Path) -> (u8, String) {
    run(&["report", "--format", "html", "--output"], page, topology)
}

/// Runs the program with these arguments and two paths.
fn run(args: &[&str], output: &Path, topology: &Path) -> (u8, String) {
    let args = ["failscope"].iter().chain(args).map(Into::into);
    let args = args.chain([output.to_owned().into(), topology.to_owned().into()]);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut io = Io {
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        width: None,
        colour: false,
        progress: false,
    };
    let exit = cli::run(args, &mut io).code();
    (exit, String::from_utf8_lossy(&stderr).into_owned())
}

fn page_of(text: &str, folder: &tempfile::TempDir) -> PathBuf {
    let topology = folder.path().join("topology.yaml");
    std::fs::write(&topology, text).unwrap();
    page(&topology, folder)
}

fn small(folder: &tempfile::TempDir) -> PathBuf {
    page(&root().join("topologies/small.yaml"), folder)
}

/// Every topology that is a reference architecture.
fn references() -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join("topologies")).unwrap();
    let mut found: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    found.sort();
    assert!(found.len() > 15, "{found:?}");
    found
}

const STOPPED: &str = "#answer h3";

#[test]
fn a_click_in_the_picture_tells_what_stops() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&small(&folder), "");
    assert_eq!(browser.text("#answer"), "Nothing has failed.");
    browser.click("#picture [data-component=SAN01]");
    assert!(browser.text(STOPPED).starts_with("7 of 7 functions and services:"));
    let fate = "document.querySelector('#picture [data-component=SAN01]').classList";
    assert_eq!(browser.eval(&format!("{fate}.contains('fate-failed')")), json!(true));
    let host = "document.querySelector('#picture [data-component=BTSSQL]').classList";
    assert_eq!(browser.eval(&format!("{host}.contains('fate-stops')")), json!(true));
    // Once more, and it works again.
    browser.click("#picture [data-component=SAN01]");
    assert_eq!(browser.text("#answer"), "Nothing has failed.");
    assert_eq!(browser.eval(&format!("{fate}.contains('fate-failed')")), json!(false));
    browser.assert_quiet();
}

/// What is drawn as the thing that carries it is not lost from sight.
#[test]
fn a_service_of_a_server_fails_in_part_of_its_node() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&small(&folder), "#fail=ENTSSO%40BTS01");
    let node = "document.querySelector('#picture [data-component=BTS01]')";
    assert_eq!(browser.eval(&format!("{node}.classList.contains('fate-part')")), json!(true));
    assert_eq!(
        browser.eval(&format!("{node}.querySelector('.code').textContent")),
        json!("IN PART")
    );
    browser.click("#clear");
    assert_eq!(browser.eval(&format!("{node}.querySelector('.code').textContent")), json!("SRV"));
    browser.assert_quiet();
}

#[test]
fn two_components_fail_together_by_mouse_and_by_keyboard() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&small(&folder), "");
    // Either server alone stops but a share.
    browser.write("#pick", "BTS01");
    browser.press("Enter");
    let alone = browser.text(STOPPED);
    assert!(alone.starts_with("1 of 7 functions and services: OrdersFtp in part"), "{alone}");
    browser.eval("document.querySelector('#picture [data-component=BTS02]').focus()");
    browser.press("Enter");
    let both = browser.text(STOPPED);
    assert!(both.starts_with("6 of 7 functions and services:"), "{both}");
    assert_eq!(browser.eval("document.querySelectorAll('#failed button').length"), json!(2));
    browser.click("#failed button");
    assert_eq!(browser.text(STOPPED), alone);
    browser.click("#clear");
    assert_eq!(browser.text("#answer"), "Nothing has failed.");
    browser.write("#pick", "nobody");
    browser.press("Enter");
    assert_eq!(browser.text("#refused"), "There is no component called nobody.");
    browser.assert_quiet();
}

#[test]
fn a_link_opens_the_page_with_something_failed() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = small(&folder);
    browser.open(&page, "#fail=SQL01&fail=SAN01&fail=nobody&x=%E0%A4%A");
    assert_eq!(browser.text("#failed"), "SQL01 ✕\nSAN01 ✕");
    browser.open(&page, "#scopes");
    assert_eq!(browser.text("#answer"), "Nothing has failed.");
    browser.assert_quiet();
}

#[test]
fn the_table_is_searched_filtered_and_sorted() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&small(&folder), "");
    browser.write("#search", "san01");
    let found = browser.eval(
        "[...document.querySelectorAll('#rows tbody tr:not([hidden])')] \
         .every((row) => row.innerText.toLowerCase().includes('san01'))",
    );
    assert_eq!(found, json!(true));
    assert!(browser.text("#shown").ends_with(" of 51"));
    browser.eval("search.value = ''; search.dispatchEvent(new Event('input'))");
    assert_eq!(browser.text("#shown"), "51 of 51");
    browser.click("#spof");
    assert_eq!(browser.text("#shown"), "12 of 51");
    browser.click("#spof");
    browser.click("#rows thead th:first-child button");
    assert_eq!(browser.text("#rows tbody tr:first-child .name"), "BizTalk group");
    let lines = "[...document.querySelectorAll('#rows tbody tr')].map((row) => +row.lastElementChild.innerText)";
    browser.click("#rows thead th:last-child button");
    let up = browser.eval(lines);
    browser.click("#rows thead th:last-child button");
    let down = browser.eval(lines);
    let numbers = |value: &Value| -> Vec<u64> {
        value.as_array().unwrap().iter().map(|line| line.as_u64().unwrap()).collect()
    };
    assert!(numbers(&up).is_sorted() && numbers(&down).is_sorted_by(|a, b| a >= b));
    assert_eq!(numbers(&up).len(), 51);
    let sorted = "document.querySelector('[aria-sort=descending]').innerText";
    assert!(browser.eval(sorted).as_str().unwrap().starts_with("Line"));
    browser.assert_quiet();
}

const HOSTILE: [&str; 4] = [
    "<script>document.title='taken'</script>",
    "</script><img src=x onerror=alert(1)>",
    "quotes \" and ' and `",
    "{{ braces }} & &amp; ]]>",
];

#[test]
fn hostile_names_are_text() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut yaml = String::from("failscope: 1\nname: \"<b>bold</b>\"\ncomponents:\n");
    for name in HOSTILE {
        let quoted = name.replace('"', "\\\"");
        yaml.push_str(&format!("  \"{quoted}\": {{ kind: \"<i>kind</i>\" }}\n"));
    }
    let quoted: Vec<String> =
        HOSTILE.iter().map(|name| format!("\"{}\"", name.replace('"', "\\\""))).collect();
    yaml.push_str(&format!("services:\n  shop: {{ needs: [{}] }}\n", quoted.join(", ")));
    browser.open(&page_of(&yaml, &folder), "");
    let count = |browser: &mut Chromium, selector: &str| {
        browser.eval(&format!("document.querySelectorAll('{selector}').length"))
    };
    assert_eq!(count(&mut browser, "script"), json!(2));
    for tag in ["img", "b", "i"] {
        assert_eq!(count(&mut browser, tag), json!(0), "{tag}");
    }
    assert_eq!(browser.text("h1"), "<b>bold</b>");
    for row in 0..HOSTILE.len() {
        browser.click(&format!("#rows tbody tr:nth-child({}) button", row + 1));
    }
    let seen = browser.eval("document.body.innerText");
    let seen = seen.as_str().unwrap();
    assert!(seen.contains(HOSTILE[0]) && seen.contains(HOSTILE[1]) && seen.contains(HOSTILE[2]));
    let drawn = browser.eval("document.getElementById('picture').textContent");
    assert!(drawn.as_str().unwrap().contains("<script>"));
    browser.assert_quiet();
}

#[test]
fn a_name_that_acts_on_its_reader_reaches_no_page() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["escape \\u001b[31m red", "right to left \\u202e override"] {
        let topology = folder.path().join("topology.yaml");
        std::fs::write(&topology, format!("failscope: 1\nservers: [\"{name}\"]\n")).unwrap();
        let page = folder.path().join("report.html");
        assert_eq!(report(&topology, &page).0, 2, "{name}");
        assert!(!page.exists());
    }
}

#[test]
fn the_policy_lets_nothing_else_run() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = small(&folder);
    browser.open(&page, "");
    browser.assert_quiet();
    let ran = browser.eval(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; \
         document.body.append(s); document.body.setAttribute('onclick', 'window.ran = 2'); \
         document.body.click(); return window.ran ?? null; })()",
    );
    assert_eq!(ran, Value::Null);
    let fetched =
        browser.eval("fetch('https://example.org/').then(() => 'let through', () => 'refused')");
    assert_eq!(fetched, json!("refused"));
    let written = std::fs::read_to_string(&page).unwrap();
    let handlers = browser.eval(&format!(
        "[...new DOMParser().parseFromString({}, 'text/html').querySelectorAll('*')].filter((e) => \
         [...e.attributes].some((a) => a.name.startsWith('on') || a.name === 'style')).length",
        json!(written)
    ));
    assert_eq!(handlers, json!(0));
}
