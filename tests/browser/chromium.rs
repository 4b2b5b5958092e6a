//! A headless Chromium, spoken to over two pipes: what a reader would do, done.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

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
    to: ChildStdin,
    /// Messages as they come; it ends with the browser.
    from: Receiver<Vec<u8>>,
    last: u64,
    session: String,
    /// Everything that was reported without being asked for.
    pub(crate) events: Vec<Value>,
    profile: tempfile::TempDir,
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
    let mut failures = Vec::new();
    for _ in 0..STARTS {
        let mut browser = launch(&program);
        match browser.open_page() {
            Ok(()) => return Some(browser),
            Err(failure) => failures.push(format!("{failure}\n{}", browser.complaints())),
        }
    }
    panic!("{} did not start, {STARTS} times: {}", program.display(), failures.join("\n"));
}

/// A busy machine may take so long for anything, and not longer.
const PATIENCE: Duration = Duration::from_secs(120);
/// A browser that has no page by then is started anew.
const PATIENCE_AT_START: Duration = Duration::from_secs(60);
const STARTS: usize = 3;

/// The browser reads what it is told from its file 3 and answers in its file 4.
fn launch(program: &Path) -> Chromium {
    let profile = tempfile::tempdir().unwrap();
    let complaints = File::create(profile.path().join(COMPLAINTS)).unwrap();
    let mut child = Command::new("sh")
        .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh"])
        .arg(program)
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(complaints)
        .spawn()
        .unwrap();
    let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (sender, messages) = channel();
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut message = Vec::new();
        // The end of the browser, or of the test, is the end of this.
        while from.read_until(0, &mut message).is_ok() && message.pop() == Some(0) {
            if sender.send(std::mem::take(&mut message)).is_err() {
                return;
            }
        }
    });
    Chromium {
        child,
        to,
        from: messages,
        last: 0,
        session: String::new(),
        events: Vec::new(),
        profile,
    }
}

const COMPLAINTS: &str = "complaints";

impl Chromium {
    fn open_page(&mut self) -> Result<(), String> {
        let mut ask = |method: &str, params| self.ask(method, params, PATIENCE_AT_START);
        let target = ask("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attached = ask(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        )?;
        attached["sessionId"].as_str().unwrap().clone_into(&mut self.session);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.ask(&format!("{domain}.enable"), json!({}), PATIENCE_AT_START)?;
        }
        let events = json!({ "enabled": true });
        self.ask("Page.setLifecycleEventsEnabled", events, PATIENCE_AT_START).map(drop)
    }

    /// What the browser wrote where nobody reads it.
    fn complaints(&self) -> String {
        std::fs::read_to_string(self.profile.path().join(COMPLAINTS)).unwrap_or_default()
    }

    fn read(&mut self, patience: Duration) -> Result<Value, String> {
        let message = self.from.recv_timeout(patience).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("silent for {} seconds", patience.as_secs()),
            RecvTimeoutError::Disconnected => "the browser went away".to_owned(),
        })?;
        serde_json::from_slice(&message).map_err(|error| error.to_string())
    }

    /// The answer of the browser, or why there is none.
    fn ask(&mut self, method: &str, params: Value, patience: Duration) -> Result<Value, String> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let said = |error: &dyn std::fmt::Display| format!("{method}: {error}");
        self.to.write_all(format!("{message}\0").as_bytes()).map_err(|error| said(&error))?;
        loop {
            let answer = self.read(patience).map_err(|error| said(&error))?;
            if answer["id"] != json!(self.last) {
                self.events.push(answer);
            } else if answer["error"].is_null() {
                return Ok(answer["result"].clone());
            } else {
                return Err(said(&answer["error"]));
            }
        }
    }

    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params, PATIENCE);
        answer.unwrap_or_else(|error| panic!("{error}\n{}", self.complaints()))
    }

    /// Opens an address and waits until that document, not the one before, has been loaded.
    fn load(&mut self, url: &str) {
        let loader = self.call("Page.navigate", json!({ "url": url }))["loaderId"].clone();
        let is_loaded = |event: &Value| {
            let params = &event["params"];
            event["method"] == json!("Page.lifecycleEvent")
                && params["name"] == json!("load")
                && params["loaderId"] == loader
        };
        while !self.events.iter().any(is_loaded) {
            let event = self.read(PATIENCE);
            self.events.push(event.unwrap_or_else(|error| panic!("{url}: {error}")));
        }
    }

    pub(crate) fn open(&mut self, page: &Path, fragment: &str) {
        // From one fragment to another nothing would be loaded anew.
        self.load("about:blank");
        self.events.clear();
        self.load(&format!("file://{}{fragment}", page.display()));
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
