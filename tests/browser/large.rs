//! Pages of large topologies.

use serde_json::{Value, json};

use crate::{chromium, page_of};

/// Prints how long a large page takes: `cargo test --test browser -- --ignored --nocapture`.
#[test]
#[ignore = "it measures and decides nothing"]
fn how_long_a_large_page_takes() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = page_of(&generator::generate(2_000), &folder);
    let times = "(() => { const page = performance.getEntriesByType('navigation')[0]; \
         const first = performance.getEntriesByType('paint')[0]; \
         return [first.startTime, page.domInteractive, page.loadEventEnd].map(Math.round); })()";
    let loads: Vec<Value> = (0..5)
        .map(|_| {
            browser.open(&page, "");
            browser.eval(times)
        })
        .collect();
    let click = "(() => { const start = performance.now(); \
         document.querySelector('#picture [role=button]').dispatchEvent(new MouseEvent('click')); \
         document.body.offsetHeight; return performance.now() - start; })()";
    let clicks: Vec<Value> = (0..3).map(|_| browser.eval(click)).collect();
    let row = "(() => { const start = performance.now(); \
         document.querySelector('#rows tbody button').click(); \
         document.body.offsetHeight; return performance.now() - start; })()";
    let rows: Vec<Value> = (0..3).map(|_| browser.eval(row)).collect();
    let size = std::fs::metadata(&page).unwrap().len();
    println!("{size} bytes; first paint, interactive and loaded after {loads:?} ms");
    println!("clicks in the picture {clicks:?} ms");
    println!("clicks in the table {rows:?} ms");
}

#[path = "../../benches/topology.rs"]
pub(crate) mod generator;

/// What is measured above must not come at the price of what is in the page.
#[test]
fn a_large_page_shows_the_first_rows_and_finds_all() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&page_of(&generator::generate(500), &folder), "");
    let visible = "[...document.querySelectorAll('#rows tbody tr')].filter((row) => \
                   row.checkVisibility()).length";
    let all = browser.eval("document.querySelectorAll('#rows tbody tr').length");
    let all = all.as_u64().unwrap();
    assert!(all > 300, "{all}");
    assert_eq!(browser.eval(visible), json!(100));
    assert_eq!(browser.text("#shown"), format!("{all} of {all}; the first 100 are shown"));
    let last = "document.querySelector('#rows tbody tr:last-child')";
    let id = browser.eval(&format!("{last}.dataset.id"));
    let last = browser.eval(&format!("{last}.querySelector('.name').textContent"));
    browser.write("#search", last.as_str().unwrap());
    assert!(browser.eval(visible).as_u64().unwrap() < 10);
    browser.click(&format!("#rows [data-id='{}'] button", id.as_str().unwrap()));
    assert_eq!(browser.text("#failed"), format!("{} ✕", last.as_str().unwrap()));
    browser.eval("search.value = ''; search.dispatchEvent(new Event('input'))");
    browser.click("#more");
    assert_eq!(browser.eval(visible), json!(all));
    browser.assert_quiet();
}

#[test]
fn of_several_drawn_as_one_the_page_asks_which() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&page_of(&generator::generate(500), &folder), "");
    let several = "[...document.querySelectorAll('#picture .node')].find((node) => \
                   node.textContent.includes('× orch'))";
    browser.eval(&format!("{several}.dispatchEvent(new MouseEvent('click'))"));
    assert_eq!(browser.text("#answer h3"), "Which of these fails?");
    browser.click("#answer li:nth-child(2) button");
    assert_eq!(browser.text("#failed"), "Flow0_0 ✕");
    let fate = browser.eval(&format!("{several}.classList.contains('fate-part')"));
    assert_eq!(fate, json!(true));
    browser.assert_quiet();
}
