//! What a condition comes to.

/// True, false, or not to be told from the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Yes,
    No,
    /// Rests on this attribute, which the file does not give.
    Unknown(String),
}

impl Verdict {
    pub(super) fn of(holds: bool) -> Verdict {
        if holds { Verdict::Yes } else { Verdict::No }
    }

    /// Both: what is false decides, whatever is unknown.
    pub(super) fn and(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::No, _) | (_, Verdict::No) => Verdict::No,
            (Verdict::Yes, other) => other,
            (unknown, _) => unknown,
        }
    }

    /// A rule that applies if this holds, and then asks for the other: it is kept to for
    /// certain where that is so, whether it applies or not.
    pub(super) fn implies(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::No, _) | (_, Verdict::Yes) => Verdict::Yes,
            (Verdict::Yes, other) => other,
            (unknown, _) => unknown,
        }
    }
}
