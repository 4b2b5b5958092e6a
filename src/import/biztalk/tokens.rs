//! Placeholders of templates: `${X}`, `$(X)`, `%%X%%`, `{{X}}`, and the values for them.
//!
//! A placeholder without a value stays what it is and is reported once, and so is the word
//! `CHANGE_ME`. Values whose name sounds like a secret are not kept at all.

use indexmap::IndexMap;

use super::inventory::Fact;
use super::secrets;
use crate::source::Span;

const FORMS: [(&str, &str); 4] = [("${", "}"), ("$(", ")"), ("%%", "%%"), ("{{", "}}")];
/// The word that templates leave for people to replace.
const WORD: &str = "CHANGE_ME";
/// Places that are kept of one placeholder.
const MOST_PLACES: usize = 8;
/// Values may hold placeholders again, to this depth.
const MOST_ROUNDS: usize = 4;
/// Longest text that replacing may give.
const LONGEST: usize = 4096;

/// Values by name, and the placeholders that had none.
#[derive(Default)]
pub(super) struct Tokens {
    values: IndexMap<String, Fact<String>>,
    missing: IndexMap<String, Missing>,
}

/// A placeholder without a value.
pub(super) struct Missing {
    pub(super) first: Span,
    /// The other places that use it, as far as they are kept.
    pub(super) others: Vec<Span>,
    pub(super) uses: usize,
}

impl Missing {
    fn add(&mut self, at: Span) {
        self.uses += 1;
        if self.others.len() < MOST_PLACES && at != self.first && !self.others.contains(&at) {
            self.others.push(at);
        }
    }
}

impl Tokens {
    /// Adds a value. The first one given for a name stays; a different second one is returned.
    pub(super) fn add(&mut self, name: &str, value: Fact<String>) -> Result<(), Fact<String>> {
        if secrets::sounds_secret(name) {
            return Ok(());
        }
        match self.values.entry(name.trim().to_lowercase()) {
            indexmap::map::Entry::Vacant(free) => {
                free.insert(value);
                Ok(())
            }
            indexmap::map::Entry::Occupied(taken) if taken.get().value == value.value => Ok(()),
            indexmap::map::Entry::Occupied(taken) => Err(taken.get().clone()),
        }
    }

    /// The text with values in place of placeholders.
    pub(super) fn resolve(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..MOST_ROUNDS {
            match self.replace_once(&text) {
                Some(replaced) => text = replaced,
                None => break,
            }
        }
        text
    }

    /// Notes what a text still leaves open, once it is what is passed on: a placeholder that
    /// went with a secret is not asked for.
    pub(super) fn note_missing(&mut self, text: &str, at: Span) {
        let word = has_word(text).then_some(WORD);
        for token in placeholders(text).map(|token| token.whole).chain(word) {
            let missing = self.missing.entry(token.to_owned());
            missing.or_insert(Missing { first: at, others: Vec::new(), uses: 0 }).add(at);
        }
    }

    fn replace_once(&self, text: &str) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut replaced = false;
        for token in placeholders(text) {
            let Some((before, after)) = rest.split_once(token.whole) else { break };
            let value = self.value(token.name);
            replaced |= value.is_some();
            out.push_str(before);
            out.push_str(value.unwrap_or(token.whole));
            rest = after;
        }
        out.push_str(rest);
        (replaced && out.len() <= LONGEST).then_some(out)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values.get(&name.trim().to_lowercase()).map(|fact| fact.value.as_str())
    }

    pub(super) fn missing(&self) -> impl Iterator<Item = (&str, &Missing)> {
        self.missing.iter().map(|(token, missing)| (token.as_str(), missing))
    }
}

/// True when a text holds a placeholder, so that it names nothing yet.
pub(super) fn is_unresolved(text: &str) -> bool {
    placeholders(text).next().is_some() || has_word(text)
}

/// `CHANGE_ME` as a word of its own: `Exchange_Messages` is a name.
fn has_word(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    upper.match_indices(WORD).any(|(at, word)| {
        let before = upper.get(..at).and_then(|before| before.chars().next_back());
        let after = upper.get(at + word.len()..).and_then(|after| after.chars().next());
        !is_part(before) && !is_part(after)
    })
}

struct Placeholder<'t> {
    whole: &'t str,
    name: &'t str,
}

fn placeholders(text: &str) -> impl Iterator<Item = Placeholder<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let found = next_placeholder(rest)?;
        rest = found.1;
        Some(found.0)
    })
}

/// The placeholder that begins first, and what follows it.
fn next_placeholder(text: &str) -> Option<(Placeholder<'_>, &str)> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let (at, open, close) = FORMS
            .iter()
            .filter_map(|(open, close)| Some((rest.find(open)?, *open, *close)))
            .min_by_key(|(at, _, _)| *at)?;
        let inner = rest.get(at + open.len()..)?;
        if let Some(end) = inner.find(close)
            && let Some(name) = inner.get(..end)
            && is_name(name)
        {
            let length = open.len() + end + close.len();
            let whole = rest.get(at..at + length)?;
            return Some((Placeholder { whole, name }, rest.get(at + length..)?));
        }
        from += at + open.len();
    }
}

fn is_name(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty()
        && name.len() <= 100
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn at() -> Span {
        Span::new(FileId::from_index(0), 0, 0)
    }

    fn with(values: &[(&str, &str)]) -> Tokens {
        let mut tokens = Tokens::default();
        for (name, value) in values {
            tokens.add(name, Fact::new((*value).to_owned(), at())).unwrap();
        }
        tokens
    }

    #[test]
    fn every_form_is_replaced() {
        let tokens = with(&[("Host", "RX"), ("Path", "\\\\fs\\${Host}")]);
        for text in ["${Host}", "$(Host)", "%%Host%%", "{{host}}"] {
            assert_eq!(tokens.resolve(text), "RX");
        }
        assert_eq!(tokens.resolve("${Path}\\in"), "\\\\fs\\RX\\in");
    }

    #[test]
    fn what_has_no_value_stays_and_is_counted() {
        let mut tokens = with(&[("A", "1")]);
        let text = tokens.resolve("$(A)$(B)/%MessageID%");
        assert_eq!(text, "1$(B)/%MessageID%");
        let file = FileId::from_index(0);
        for place in [0, 3, 3] {
            tokens.note_missing(&text, Span::new(file, place, place));
        }
        let missing: Vec<_> =
            tokens.missing().map(|(name, found)| (name, found.uses, found.others.len())).collect();
        assert_eq!(missing, [("$(B)", 3, 1)]);
    }

    #[test]
    fn the_word_of_templates_stands_alone() {
        for text in ["CHANGE_ME", "ftp://change_me/in", "\\\\Change_Me\\x"] {
            assert!(is_unresolved(text), "{text}");
        }
        for text in ["Exchange_Messages", "CHANGE_MENU", "XCHANGE_ME", "CHANGE_ME_NOT"] {
            assert!(!is_unresolved(text), "{text}");
        }
    }

    #[test]
    fn secrets_and_endless_values_are_not_put_in() {
        let tokens = with(&[("FtpPassword", "s3cret"), ("Loop", "${Loop}${Loop}")]);
        assert_eq!(tokens.resolve("${FtpPassword}"), "${FtpPassword}");
        assert!(tokens.resolve("${Loop}").len() <= LONGEST);
    }

    #[test]
    fn a_second_value_that_differs_is_returned() {
        let mut tokens = with(&[("A", "1")]);
        assert!(tokens.add("a", Fact::new("2".to_owned(), at())).is_err());
        assert!(tokens.add("a", Fact::new("1".to_owned(), at())).is_ok());
    }
}
