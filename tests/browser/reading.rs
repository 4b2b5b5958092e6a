//! The page for everybody: by eye, by key, by ear, on paper, on a telephone.

use base64::Engine;
use serde_json::json;

use crate::chromium::{self, Chromium};
use crate::{STOPPED, page, page_of, references, small};

fn set_dark(browser: &mut Chromium, dark: bool) {
    let value = if dark { "dark" } else { "light" };
    let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
    browser.call("Emulation.setEmulatedMedia", feature);
}

fn set_width(browser: &mut Chromium, width: u32) {
    let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    browser.call("Emulation.setDeviceMetricsOverride", size);
}

#[test]
fn the_page_prints_across() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&small(&folder), "#fail=SAN01");
    let wanted = json!({ "printBackground": false, "preferCSSPageSize": true });
    let printed = browser.call("Page.printToPDF", wanted);
    let pdf = printed["data"].as_str().unwrap();
    let pdf = base64::engine::general_purpose::STANDARD.decode(pdf).unwrap();
    let pdf = String::from_utf8_lossy(&pdf);
    assert!(pdf.starts_with("%PDF-"));
    let boxes: Vec<Vec<f64>> = pdf
        .split("/MediaBox [")
        .skip(1)
        .filter_map(|rest| rest.split(']').next())
        .map(|numbers| numbers.split_whitespace().map(|n| n.parse().unwrap()).collect())
        .collect();
    assert!((3..40).contains(&boxes.len()), "{} pages", boxes.len());
    assert!(boxes.iter().all(|page| page[2] > page[3]), "{boxes:?}");
    // What can be pressed is not on paper; all rows are.
    browser.call("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    let seen = |selector: &str| {
        format!("[...document.querySelectorAll('{selector}')].every((e) => e.checkVisibility())")
    };
    for (selector, expected) in [("#choose", false), ("nav", false), ("#rows tbody tr", true)] {
        assert_eq!(browser.eval(&seen(selector)), json!(expected), "{selector}");
    }
    // With a box of a button in them, headings of the table are on its first page only.
    let heading = "[...document.querySelectorAll('#rows button')] \
                   .every((button) => getComputedStyle(button).display === 'contents')";
    assert_eq!(browser.eval(heading), json!(true));
    // What is faint is not larger than what it stands beside.
    let larger = "[...document.querySelectorAll('.kind')].filter((e) => parseFloat(getComputedStyle(e) \
                  .fontSize) > parseFloat(getComputedStyle(e.parentElement).fontSize)).length";
    assert_eq!(browser.eval(larger), json!(0));
    let position = "getComputedStyle(document.getElementById('answer')).position";
    assert_eq!(browser.eval(position), json!("static"));
    browser.assert_quiet();
}

#[test]
fn the_page_turns_dark() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&small(&folder), "");
    let ground = "getComputedStyle(document.body).backgroundColor";
    let light = browser.eval(ground);
    set_dark(&mut browser, true);
    assert_ne!(browser.eval(ground), light);
    browser.assert_quiet();
}

/// Contrast of all visible text, by the definition of WCAG 2: at least 4.5 to 1.
const TOO_FAINT: &str = include_str!("contrast.js");

#[test]
fn all_text_stands_out_in_both_themes() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = small(&folder);
    let losses = [
        "",
        "#fail=SAN01",
        "#fail=BTS01",
        "#fail=SQL01",
        "#fail=ENTSSO%40BTS01",
        "#fail=MSS%40SQLCLUSTER%2FSQL",
    ];
    for dark in [false, true] {
        set_dark(&mut browser, dark);
        for loss in losses {
            browser.open(&page, loss);
            let faint = browser.eval(TOO_FAINT);
            assert_eq!(faint, json!([]), "{loss}, dark: {dark}");
        }
    }
}

/// On a telephone the picture and the table scroll by themselves, and the page does not.
#[test]
fn no_page_is_wider_than_its_window_and_no_picture_is_too_small() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    for path in references() {
        let page = page(&path, &folder);
        for width in [390, 1280] {
            set_width(&mut browser, width);
            browser.open(&page, "");
            let [wide, window] = ["scrollWidth", "clientWidth"]
                .map(|what| browser.eval(&format!("document.documentElement.{what}")));
            assert_eq!(wide, window, "{} at {width}", path.display());
            let least = browser.eval(SMALLEST_TEXT).as_f64().unwrap();
            assert!(least >= 6.8, "{}: {least} pixels at {width}", path.display());
        }
    }
}

/// A finger meets what it aims at, and a field stands beside what it is called.
#[test]
fn what_can_be_pressed_on_a_telephone_is_large_enough() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    set_width(&mut browser, 390);
    browser.open(&small(&folder), "#fail=SAN01");
    let small = browser.eval(
        "[...document.querySelectorAll('button, input, select, summary')] \
         .filter((e) => e.checkVisibility()).map((e) => (e.closest('label') ?? e)) \
         .filter((e) => e.getBoundingClientRect().height < 24).map((e) => e.outerHTML)",
    );
    assert_eq!(small, json!([]));
    let apart = browser.eval(
        "[...document.querySelectorAll('label[for]')].filter((label) => { \
         const [a, b] = [label, label.control].map((e) => e.getBoundingClientRect()); \
         return b.top > a.bottom || b.left < a.right; }).map((label) => label.innerText)",
    );
    assert_eq!(apart, json!([]));
}

/// The height of the smallest letters of the picture on the screen, in pixels.
const SMALLEST_TEXT: &str = "(() => { const svg = document.querySelector('#picture svg'); \
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width; \
    return Math.min(...[...svg.querySelectorAll('text')].map((text) => \
      parseFloat(getComputedStyle(text).fontSize))) * scale; })()";

#[test]
fn three_hundred_components_can_be_read_on_a_screen() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    set_width(&mut browser, 1280);
    browser.open(&page_of(&crate::large::generator::generate(300), &folder), "");
    let least = browser.eval(SMALLEST_TEXT).as_f64().unwrap();
    assert!(least >= 6.8, "{least} pixels");
    let size = "(() => { const r = document.querySelector('#picture svg').getBoundingClientRect(); \
                return r.height / r.width; })()";
    let ratio = browser.eval(size).as_f64().unwrap();
    assert!(ratio < 1.0, "{ratio} times as high as wide");
}

/// Whatever mark the page writes into a node, it lies on no other text and not outside.
#[test]
fn no_text_of_a_node_lies_on_another() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    for path in references() {
        browser.open(&page(&path, &folder), "");
        assert_eq!(browser.eval(TEXTS_THAT_MEET), json!([]), "{}", path.display());
    }
    browser.open(&page_of(&crate::large::generator::generate(300), &folder), "");
    assert_eq!(browser.eval(TEXTS_THAT_MEET), json!([]));
}

const TEXTS_THAT_MEET: &str = "[...document.querySelectorAll('#picture .node')].flatMap((node) => {
  const code = node.querySelector('.code');
  const base = node.querySelector('.base').getBBox();
  const others = [...node.querySelectorAll('text:not(.code)')];
  return [code.textContent, ...Object.values(MARKS)].flatMap((mark) => {
    code.textContent = mark;
    const right = code.getBBox();
    const meets = ({ x, y, width, height }) => x + width > right.x && x < right.x + right.width &&
      Math.abs(y + height / 2 - right.y - right.height / 2) < 6 || x + width > base.x + base.width;
    return others.filter((text) => meets(text.getBBox())).map((text) => [mark, text.textContent]);
  });
})";

/// What is drawn as its server and worse off than that can be picked by itself.
#[test]
fn a_mark_inside_of_a_server_is_a_component_of_its_own() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let topology = crate::root().join("topologies/ra10-clustered-receiving.yaml");
    browser.open(&page(&topology, &folder), "");
    browser.click("#picture [data-component='MSMQ@BTS1']");
    assert_eq!(browser.text("#failed"), "MSMQ@BTS1 ✕");
    assert!(browser.text(STOPPED).contains("OrdersQueue"));
    let class = |name: &str, class: &str| {
        let node = format!("document.querySelector(\"#picture [data-component='{name}']\")");
        format!("{node}.classList.contains('{class}')")
    };
    assert_eq!(browser.eval(&class("MSMQ@BTS1", "fate-failed")), json!(true));
    assert_eq!(browser.eval(&class("BTS1", "fate-part")), json!(true));
    browser.click("#clear");
    browser.eval("document.querySelector('#picture [data-component=BTS1]').focus()");
    browser.press("ArrowDown");
    assert_eq!(browser.eval("document.activeElement.dataset.component"), json!("MSMQ@BTS1"));
    browser.assert_quiet();
}

#[test]
fn the_picture_is_one_stop_for_the_tab_key_and_is_walked_by_arrows() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&small(&folder), "");
    let stops = "document.querySelectorAll('#picture [tabindex=\"0\"]').length";
    assert_eq!(browser.eval(stops), json!(1));
    browser.eval("document.querySelector('#picture [data-component=BTS01]').focus()");
    let focused = "document.activeElement.dataset.component";
    for (key, expected) in [("ArrowDown", "Web@BTS01"), ("ArrowUp", "BTS01")] {
        browser.press(key);
        assert_eq!(browser.eval(focused), json!(expected), "{key}");
    }
    assert_eq!(browser.eval(stops), json!(1));
    browser.press("Enter");
    assert!(browser.text(STOPPED).starts_with("1 of 7"));
    let pressed = "document.activeElement.getAttribute('aria-pressed')";
    assert_eq!(browser.eval(pressed), json!("true"));
    // Told to those who do not see it.
    assert_eq!(browser.text("#said"), browser.text(STOPPED));
    browser.assert_quiet();
}

#[test]
fn everything_that_can_be_used_has_a_name() {
    let Some(mut browser) = chromium::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    browser.open(&small(&folder), "#fail=SAN01");
    let tree = browser.call("Accessibility.getFullAXTree", json!({}));
    let mut used = 0;
    for node in tree["nodes"].as_array().unwrap() {
        let role = node["role"]["value"].as_str().unwrap_or("");
        if ["button", "textbox", "searchbox", "combobox", "checkbox", "link"].contains(&role) {
            used += 1;
            assert!(node["name"]["value"].as_str().is_some_and(|name| !name.is_empty()), "{node}");
        }
    }
    assert!(used > 60, "{used}");
}
