//! Keeps secrets out of everything that is passed on.
//!
//! Transport data is never copied; these functions are for the texts that are:
//! addresses and names. They drop too much rather than too little.

use crate::text;

/// Words in the name of a value that must not be passed on.
const SECRET_WORDS: [&str; 19] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api-key",
    "api_key",
    "accesskey",
    "access_key",
    "sharedkey",
    "accountkey",
    "privatekey",
    "credential",
    "signature",
    "sas",
    "connectionstring",
    "authorization",
];
/// Short names that mean a secret when they are the whole name.
const SECRET_NAMES: [&str; 8] = ["pw", "sig", "key", "code", "auth", "pass", "sv", "skn"];
/// How keys begin that are written out.
const KEY_ARMOUR: &str = "-----BEGIN";
/// What takes the place of a dropped value.
const DROPPED: &str = "dropped";
/// Longest text that is passed on.
const LONGEST: usize = 1000;

/// True when a value of this name must not be passed on.
pub(super) fn sounds_secret(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    SECRET_NAMES.contains(&name.as_str()) || SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// True when a setting of a transport is a secret in clear text: for counting, where
/// `UseSasAuthentication` and `CredentialType` are no secrets and stars are a mask.
pub(super) fn is_in_clear(name: &str, value: &str) -> bool {
    let name = name.to_lowercase();
    let about_secrets = name.starts_with("use")
        || ["type", "name", "scheme", "level", "mode"].iter().any(|end| name.ends_with(end));
    let is_word = |value: &str| matches!(value, "true" | "false" | "none") || is_port(value);
    sounds_secret(&name)
        && !about_secrets
        && value.chars().any(|c| c != '*')
        && !is_word(value.to_lowercase().trim_start_matches('-'))
}

/// A text without what could act on a terminal or end a YAML document, in one line and of
/// bounded length.
pub(super) fn tidy(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let cleaned = text::clean(&words.join(" ")).into_owned();
    // XML does without these two as well, but lists of hosts are no XML.
    cleaned.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}").chars().take(LONGEST).collect()
}

/// An address or a name without user information, query values and secret pairs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cleaned {
    pub(super) text: String,
    /// How many secrets were dropped.
    pub(super) dropped: usize,
}

/// Cleans an address, and a name, which is often made from an address.
pub(super) fn clean(address: &str) -> Cleaned {
    let (text, in_user) = without_users(&unescaped(&tidy(address)));
    let (text, in_query) = without_query(&text);
    let (text, in_path) = without_keys(&text);
    let (text, in_pairs) = without_pairs(&text);
    Cleaned { text, dropped: in_user + in_query + in_path + in_pairs }
}

/// Settings quote addresses and XML with one escape more.
fn unescaped(text: &str) -> String {
    match text.contains('&') {
        true => {
            let text = text.replace("&lt;", "<").replace("&gt;", ">");
            text.replace("&quot;", "\"").replace("&amp;", "&")
        }
        false => text.to_owned(),
    }
}

/// User information of the whole text, and of each word of it.
fn without_users(text: &str) -> (String, usize) {
    let (text, first) = without_user(text);
    if !text.contains(' ') {
        return (text, first);
    }
    let words: Vec<(String, usize)> = text.split(' ').map(without_user).collect();
    let dropped = words.iter().map(|(_, dropped)| dropped).sum::<usize>();
    let words: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
    (words.join(" "), first + dropped)
}

/// `scheme://user:password@host/path` without what stands before the host.
fn without_user(address: &str) -> (String, usize) {
    let Some((scheme, rest)) = address.split_once("://") else {
        return match address.rsplit_once('@') {
            Some((user, host)) if user.contains(':') => (host.to_owned(), 1),
            _ => (address.to_owned(), 0),
        };
    };
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if let Some((_, host)) = authority.rsplit_once('@') {
        // A second `@` means that the password held a slash: no part of the path is certain.
        let path = if path.contains('@') { "" } else { path };
        return (format!("{scheme}://{host}{path}"), 1);
    }
    let password_with_slash =
        authority.rsplit_once(':').is_some_and(|(_, port)| !is_port(port) && path.contains('@'));
    match path.rsplit_once('@') {
        Some((_, host)) if password_with_slash => (format!("{scheme}://{host}"), 1),
        _ => (address.to_owned(), 0),
    }
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Queries of URLs are dropped whole: no fact of a topology stands in one.
fn without_query(address: &str) -> (String, usize) {
    let is_url = address.contains("://") || address.starts_with('/');
    match address.split_once('?') {
        Some((before, query)) if is_url => {
            let named = query.split('&').filter_map(|pair| pair.split_once('='));
            let secret = named.filter(|(name, value)| sounds_secret(name) && !value.is_empty());
            (before.to_owned(), secret.count())
        }
        _ => (address.to_owned(), 0),
    }
}

/// Some services take a key as a step of the path. What looks like one is dropped.
fn without_keys(address: &str) -> (String, usize) {
    let Some((scheme, rest)) = address.split_once("://") else {
        return (address.to_owned(), 0);
    };
    let mut dropped = 0;
    let mut parts = rest.split('/');
    let mut out = format!("{scheme}://{}", parts.next().unwrap_or(""));
    for part in parts {
        let is_key = looks_like_key(part);
        dropped += usize::from(is_key);
        out.push('/');
        out.push_str(if is_key { DROPPED } else { part });
    }
    (out, dropped)
}

/// Long, without separators, and mixed as no word is.
fn looks_like_key(part: &str) -> bool {
    let has = |kind: fn(&char) -> bool| part.chars().any(|c| kind(&c));
    let is_plain = part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-=+~".contains(&b));
    let mixed =
        has(char::is_ascii_digit) && has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase);
    let hex = part.len() >= 32 && part.bytes().all(|b| b.is_ascii_hexdigit());
    is_plain && (hex || (mixed && part.len() >= 20))
}

/// `name=value`, `"name": "value"` and `<name>value` with a name that sounds secret, as in
/// connection strings, matrix parameters and settings; and keys in their armour. Nothing
/// after it is kept: where the value ends depends on who reads it.
fn without_pairs(text: &str) -> (String, usize) {
    if let Some((before, _)) = text.split_once(KEY_ARMOUR) {
        return (format!("{before}{DROPPED}"), 1);
    }
    for (at, separator) in text.match_indices(['=', ':', '>']) {
        let (before, after) = (&text[..at], &text[at + separator.len()..]);
        if sounds_secret(last_word(before)) && is_value(separator, after) {
            return (format!("{before}{separator}{DROPPED}"), 1);
        }
    }
    (text.to_owned(), 0)
}

/// Behind a colon may also stand a port, or the rest of an address.
fn is_value(separator: &str, after: &str) -> bool {
    let first = after.split(['/', '\\', ' ']).next().unwrap_or("");
    !after.is_empty() && (separator != ":" || !(after.starts_with("//") || is_port(first)))
}

fn last_word(name: &str) -> &str {
    let name = name.trim_end_matches([' ', '"', '\'']);
    let ends = ['/', '\\', ':', ';', '&', '?', ',', '(', '"', '\'', '<', '{'];
    name.rsplit(ends).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(address: &str) -> (String, usize) {
        let Cleaned { text, dropped } = clean(address);
        (text, dropped)
    }

    #[test]
    fn user_information_is_dropped() {
        for address in ["ftp://u:s3cret@h:21/in", "ftp://u:s3@cret@h:21/in", "ftp://s3cret@h:21/in"]
        {
            assert_eq!(cleaned(address), ("ftp://h:21/in".to_owned(), 1), "{address}");
        }
        for address in ["ftp://u:s3/cret@h/in", "ftp://u:s3@s/cret@h/in"] {
            assert!(!cleaned(address).0.contains("cret"), "{address}");
        }
        for text in ["u:s3cret@h/in see ftp://h", "orders, ftp://u:s3cret@h:21/in"] {
            assert!(!cleaned(text).0.contains("s3cret"), "{text}");
        }
        assert_eq!(cleaned("sap://CLIENT=800;PASSWD=s3cret;@A/h/00").0, "sap://A/h/00");
    }

    #[test]
    fn keys_in_paths_are_dropped() {
        let found = cleaned("https://hooks.example/services/T0Ab/XyZ0123456789abcdefGHIJ/end");
        assert_eq!(found, ("https://hooks.example/services/T0Ab/dropped/end".to_owned(), 1));
        let plain = "http://h/meawebdev/services/MTFMVISIONFM_MTFMVISIONLOCQUERY";
        assert_eq!(cleaned(plain).1, 0);
        assert_eq!(cleaned("svc:s3cret@host/in"), ("host/in".to_owned(), 1));
    }

    #[test]
    fn query_values_are_dropped() {
        assert_eq!(cleaned("https://h/x?pw=s3cret&a=b"), ("https://h/x".to_owned(), 1));
        assert_eq!(cleaned("https://h/x?sig=s3cret&sv=1").1, 2);
        assert_eq!(cleaned("mssql://s//d?InboundId=x"), ("mssql://s//d".to_owned(), 0));
    }

    #[test]
    fn pairs_are_dropped_wherever_they_stand() {
        for text in [
            "Server=a;Password=s3cret;Database=b",
            "Endpoint=sb://x/;SharedAccessKey=s3cret",
            "{ \"password\" : \"s3cret\" }",
            "<Password>s3cret</Password>",
            "Authorization: Bearer s3cret",
            "-----BEGIN RSA PRIVATE KEY----- s3cret",
        ] {
            let (text, dropped) = cleaned(text);
            assert!(!text.contains("s3cret") && dropped == 1, "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for address in [
            r"\\fs\in\file?.txt",
            r"FORMATNAME:DIRECT=OS:host\PRIVATE$\queue",
            "POP3://mail#box",
            "someone@example.com",
            "mqsc://host/tcp/channel/qm/queue",
            "net.tcp://token:808/issue",
            "https://secret.example:8443/x",
            r"C:\keys\in",
        ] {
            assert_eq!(cleaned(address), (address.to_owned(), 0));
        }
    }

    #[test]
    fn settings_about_secrets_are_not_counted_as_secrets() {
        for (name, value) in [
            ("Password", "******"),
            ("UseSasAuthentication", "-1"),
            ("MessageClientCredentialType", "UserName"),
            ("SharedAccessKeyName", "Sender"),
            ("FolderPath", "in"),
        ] {
            assert!(!is_in_clear(name, value), "{name}");
        }
        assert!(is_in_clear("OverPassword", "s3cret"));
        assert!(is_in_clear("SharedAccessKey", "s3cret="));
    }

    #[test]
    fn text_is_one_bounded_line() {
        assert_eq!(tidy(" a\r\n\tb\u{202e}c "), "a b\u{fffd}c");
        assert_eq!(tidy(&"x".repeat(5000)).len(), LONGEST);
        assert_eq!(tidy("a\u{ffff}b\u{fffe}"), "a\u{fffd}b\u{fffd}");
    }
}
