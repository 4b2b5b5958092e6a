//! One line on a terminal that says how far long work has come; nothing anywhere else.

use std::time::{Duration, Instant};

use super::Io;

/// Shorter work says nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// At most so often.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Progress {
    what: &'static str,
    of: usize,
    next: Option<Instant>,
    shown: bool,
}

impl Progress {
    pub(super) fn new(what: &'static str, of: usize, io: &Io<'_>) -> Progress {
        let next = io.progress.then(|| Instant::now() + PATIENCE);
        Progress { what, of, next, shown: false }
    }

    pub(super) fn at(&mut self, done: usize, io: &mut Io<'_>) {
        if self.next.is_some_and(|next| Instant::now() >= next) {
            self.next = Some(Instant::now() + PAUSE);
            self.shown = true;
            // A terminal that cannot be written to is told nothing.
            let _ = write!(io.stderr, "\r\u{1b}[K{} {done} of {}", self.what, self.of);
            let _ = io.stderr.flush();
        }
    }

    /// Takes the line away again.
    pub(super) fn end(self, io: &mut Io<'_>) {
        if self.shown {
            let _ = write!(io.stderr, "\r\u{1b}[K");
            let _ = io.stderr.flush();
        }
    }
}
