//! A headless Chromium, spoken to over two pipes: what a reader would do, done.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// What Debian and others call it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-extensions",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,1000",
    // what the mouse does before the first frame is shown counts
    "--allow-pre-commit-input",
    "--remote-debugging-pipe",
];

pub(crate) struct Chromium {
    child: Child,
    to: File,
    from: BufReader<File>,
    last: u64,
    session: String,
    /// Everything that was reported without being asked for.
    pub(crate) events: Vec<Value>,
    _profile: tempfile::TempDir,
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let all: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    NAMES.iter().flat_map(|name| all.iter().map(move |f| f.join(name))).find(|path| path.exists())
}

/// A browser with one empty page. Where there is none, says so: nothing was tested then.
pub(crate) fn start() -> Option<Chromium> {
    let Some(program) = program() else {
        assert!(std::env::var_os("FAILSCOPE_BROWSER").is_none(), "FAILSCOPE_BROWSER asks for one");
        println!("SKIPPED: no Chromium on this machine; install the package `chromium`");
        return None;
    };
    let profile = tempfile::tempdir().unwrap();
    let [to, from] = ["to", "from"].map(|name| profile.path().join(name));
    assert!(Command::new("mkfifo").args([&to, &from]).status().unwrap().success());
    let child = Command::new("sh")
        .arg("-c")
        .arg("to=$1 from=$2; shift 2; exec \"$@\" 3<\"$to\" 4>\"$from\"")
        .arg("sh")
        .args([&to, &from])
        .arg(program)
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Each end waits for the other, in this order.
    let to = OpenOptions::new().write(true).open(&to).unwrap();
    let from = BufReader::new(File::open(&from).unwrap());
    let mut browser = Chromium {
        child,
        to,
        from,
        last: 0,
        session: String::new(),
        events: Vec::new(),
        _profile: profile,
    };
    browser.open_page();
    Some(browser)
}

impl Chromium {
    fn open_page(&mut self) {
        let target = self.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = self.call(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        );
        self.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }

    fn read(&mut self) -> Value {
        let mut message = Vec::new();
        self.from.read_until(0, &mut message).unwrap();
        assert_eq!(message.pop(), Some(0), "the browser went away");
        serde_json::from_slice(&message).unwrap()
    }

    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let answer = self.read();
            if answer["id"] == json!(self.last) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    fn wait_for(&mut self, event: &str) {
        loop {
            if let Some(at) = self.events.iter().position(|e| e["method"] == json!(event)) {
                self.events.remove(at);
                return;
            }
            let next = self.read();
            self.events.push(next);
        }
    }

    pub(crate) fn open(&mut self, page: &Path, fragment: &str) {
        // From one fragment to another nothing would be loaded anew.
        self.call("Page.navigate", json!({ "url": "about:blank" }));
        self.wait_for("Page.loadEventFired");
        self.events.clear();
        let url = format!("file://{}{fragment}", page.display());
        self.call("Page.navigate", json!({ "url": url }));
        self.wait_for("Page.loadEventFired");
    }

    /// The value of an expression in the page.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", params);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    pub(crate) fn text(&mut self, selector: &str) -> String {
        let found = self.eval(&format!("document.querySelector({}).innerText", json!(selector)));
        found.as_str().unwrap().to_owned()
    }

    /// Presses and releases the mouse in the middle of an element, once the page has come to rest:
    /// parts that are laid out only when they come into sight move what stands below them. A
    /// browser that is still putting a page up drops what the mouse does, so it is done again
    /// until the element has been clicked.
    pub(crate) fn click(&mut self, selector: &str) {
        let element = format!("document.querySelector({})", json!(selector));
        self.eval(&format!(
            "{element}.addEventListener('click', () => {{ window.wasClicked = true; }}, \
             {{ capture: true, once: true }}); window.wasClicked = false"
        ));
        for _ in 0..50 {
            let middle = self.middle_of(&element);
            for kind in ["mousePressed", "mouseReleased"] {
                let params = json!({
                    "type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1,
                });
                self.call("Input.dispatchMouseEvent", params);
            }
            if self.eval("window.wasClicked") == json!(true) {
                return;
            }
        }
        panic!("a mouse cannot reach {selector}");
    }

    fn middle_of(&mut self, element: &str) -> Value {
        self.eval(&format!(
            "(async () => {{ const e = {element}; \
             const frame = () => new Promise((done) => requestAnimationFrame(done)); \
             const place = () => {{ e.scrollIntoView({{block: 'center', behavior: 'instant'}}); \
             const r = e.getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]; }}; \
             for (let last = '', turn = 0; turn < 100; turn += 1) {{ \
             const now = place(); await frame(); await frame(); \
             if (String(now) === last) return now; last = String(now); }} \
             throw new Error('the page does not come to rest'); }})()"
        ))
    }

    pub(crate) fn write(&mut self, selector: &str, text: &str) {
        self.eval(&format!("document.querySelector({}).focus()", json!(selector)));
        self.call("Input.insertText", json!({ "text": text }));
    }

    pub(crate) fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let text = if key == "Enter" && kind == "keyDown" { "\r" } else { "" };
            let params = json!({ "type": kind, "key": key, "code": key, "text": text,
                                 "windowsVirtualKeyCode": if key == "Enter" { 13 } else { 0 } });
            self.call("Input.dispatchKeyEvent", params);
        }
    }

    /// Nothing went wrong in the page, and nothing left it.
    pub(crate) fn assert_quiet(&mut self) {
        self.eval("0");
        for event in &self.events {
            let method = event["method"].as_str().unwrap_or("");
            let params = &event["params"];
            assert_ne!(method, "Runtime.exceptionThrown", "{event}");
            assert_ne!(method, "Runtime.consoleAPICalled", "{event}");
            assert_ne!(method, "Page.javascriptDialogOpening", "{event}");
            assert_ne!(method, "Log.entryAdded", "{event}");
            if method == "Network.requestWillBeSent" {
                let url = params["request"]["url"].as_str().unwrap_or("");
                assert!(url.starts_with("file://") && params["type"] == "Document", "{event}");
            }
        }
    }
}
