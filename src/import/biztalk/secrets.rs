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
const SECRET_NAMES: [&str; 13] = [
    "pw",
    "sig",
    "key",
    "code",
    "auth",
    "pass",
    "sv",
    "skn",
    "pin",
    "pword",
    "cred",
    "jsessionid",
    "sessionid",
];
/// How keys begin that are written out, in lower case.
const KEY_ARMOURS: [&str; 4] = ["-----begin", "---- begin", "putty-user-key-file", "private-lines"];
/// Words that are followed by what lets in, in lower case.
const SCHEMES: [&str; 3] = ["bearer", "basic", "sharedaccesssignature"];
/// Shortest word that is taken for a key by its looks.
const SHORTEST_KEY: usize = 16;
/// What addresses write in place of the characters by which secrets are known.
const ESCAPES: [(&str, &str); 9] = [
    ("%40", "@"),
    ("%3a", ":"),
    ("%2f", "/"),
    ("%3f", "?"),
    ("%23", "#"),
    ("%26", "&"),
    ("%3b", ";"),
    ("%3d", "="),
    ("%25", "%"),
];
/// Escapes within escapes that are undone.
const MOST_ROUNDS: usize = 4;
/// What takes the place of a dropped value.
const DROPPED: &str = "dropped";
/// Longest text that is passed on.
const LONGEST: usize = 1000;
/// Longest text that is looked at: more, so that no secret is cut in two before it is known as one.
const LONGEST_READ: usize = 8 * LONGEST;
/// Highest number of a port.
const HIGHEST_PORT: u32 = 65_535;

/// True when a value of this name must not be passed on.
pub(super) fn sounds_secret(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    SECRET_NAMES.contains(&name.as_str()) || SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// The same in a running text, where more names are taken for one than among settings.
fn sounds_secret_in_text(name: &str) -> bool {
    let low = name.trim().to_lowercase();
    sounds_secret(&low) || low.ends_with("key") || low.contains("pass") || low.contains("auth")
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
    cut(&in_one_line(text), LONGEST)
}

fn cut(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

fn in_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let cleaned = text::clean(&words.join(" ")).into_owned();
    // XML does without these two as well, but lists of hosts are no XML.
    cleaned.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
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
    let text = unescaped(&cut(&in_one_line(address), LONGEST_READ));
    let cleaned = clean_as_written(&text);
    // An address keeps its escapes, unless a secret hides behind them.
    let plain = percent_decoded(&text);
    match clean_as_written(&plain) {
        decoded if plain != text && decoded.dropped > cleaned.dropped => decoded,
        _ => cleaned,
    }
}

fn clean_as_written(text: &str) -> Cleaned {
    let (text, in_user) = without_users(text);
    let (text, in_query) = without_query(&text);
    let (text, in_path) = without_keys(&text);
    let (text, in_pairs) = without_pairs(&text);
    let (text, in_words) = without_bare_keys(&text);
    let dropped = in_user + in_query + in_path + in_pairs + in_words;
    Cleaned { text: cut(&text, LONGEST), dropped }
}

/// Settings quote addresses and XML with more escapes.
fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..MOST_ROUNDS {
        if !text.contains('&') {
            break;
        }
        let plain = text.replace("&lt;", "<").replace("&gt;", ">");
        text = plain.replace("&quot;", "\"").replace("&amp;", "&");
    }
    text
}

/// A text with those characters in clear by which secrets are known.
fn percent_decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..MOST_ROUNDS {
        if !text.contains('%') {
            break;
        }
        for (escape, plain) in ESCAPES {
            text = text.replace(escape, plain).replace(&escape.to_uppercase(), plain);
        }
    }
    text
}

/// User information of the whole text, and of each word and each address in it.
fn without_users(text: &str) -> (String, usize) {
    let (text, first) = without_user(text);
    let pieces: Vec<(String, usize)> = pieces(&text).into_iter().map(without_user).collect();
    let dropped = pieces.iter().map(|(_, dropped)| dropped).sum::<usize>();
    (pieces.into_iter().map(|(piece, _)| piece).collect(), first + dropped)
}

/// The text cut behind each blank and before each address.
fn pieces(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> =
        text.match_indices("://").map(|(at, _)| scheme_start(text, at)).collect();
    starts.extend(text.match_indices(' ').flat_map(|(at, _)| [at, at + 1]));
    starts.extend([0, text.len()]);
    starts.sort_unstable();
    starts.dedup();
    starts.windows(2).filter_map(|pair| text.get(pair[0]..pair[1])).collect()
}

fn scheme_start(text: &str, end: usize) -> usize {
    let before = &text[..end];
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    before.trim_end_matches(is_scheme).len()
}

/// `scheme://user:password@host/path` without what stands before the host.
fn without_user(address: &str) -> (String, usize) {
    let Some((scheme, rest)) = address.split_once("://") else {
        return match address.rsplit_once('@') {
            Some((user, host)) if user.contains(':') => (host.to_owned(), 1),
            _ => (address.to_owned(), 0),
        };
    };
    match rest.split_once('#') {
        Some((before, mailbox)) if mailbox.contains(':') => {
            without_mailbox(scheme, before, mailbox)
        }
        _ => without_user_of(scheme, rest),
    }
}

/// Behind the host may stand a mailbox with its password, or the rest of a password that
/// holds the sign.
fn without_mailbox(scheme: &str, before: &str, mailbox: &str) -> (String, usize) {
    let is_address = mailbox.contains('@');
    if is_address && before.contains(':') {
        return (format!("{scheme}://{DROPPED}"), 1);
    }
    let name = mailbox.split(':').next().filter(|_| !is_address).unwrap_or(DROPPED);
    let (address, dropped) = without_user_of(scheme, before);
    (format!("{address}#{name}"), dropped + 1)
}

fn without_user_of(scheme: &str, rest: &str) -> (String, usize) {
    let address = format!("{scheme}://{rest}");
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if let Some((_, host)) = authority.rsplit_once('@') {
        // A second `@` means that the password held a slash: no part of the path is certain.
        let path = if path.contains('@') { "" } else { path };
        return (format!("{scheme}://{host}{path}"), 1);
    }
    let behind_colon = authority.rsplit_once(':').map(|(_, port)| port);
    match (path.rsplit_once('@'), behind_colon) {
        // A port, or a password with a slash in it: which of the two is the host is not certain.
        (Some(_), Some(port)) if is_port(port) => (format!("{scheme}://{DROPPED}"), 1),
        (Some((_, host)), Some(_)) => (format!("{scheme}://{host}"), 1),
        (Some((user, _)), None) if user.contains(':') => {
            (format!("{scheme}://{authority}/{DROPPED}"), 1)
        }
        _ => (address, 0),
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse().is_ok_and(|port: u32| port <= HIGHEST_PORT)
}

/// Queries of URLs are dropped whole: no fact of a topology stands in one.
fn without_query(address: &str) -> (String, usize) {
    let is_url = address.contains("://") || address.starts_with('/');
    match address.split_once('?') {
        Some((before, query)) if is_url || query.contains('=') => {
            let named = query.split('&').filter_map(|pair| pair.split_once('='));
            let secret =
                named.filter(|(name, value)| sounds_secret_in_text(name) && !value.is_empty());
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
    let lower = text.to_ascii_lowercase();
    if let Some(at) = KEY_ARMOURS.iter().filter_map(|armour| lower.find(armour)).min() {
        return (format!("{}{DROPPED}", &text[..at]), 1);
    }
    for (at, separator) in text.match_indices(['=', ':', '>']) {
        let (before, after) = (&text[..at], &text[at + separator.len()..]);
        if sounds_secret_in_text(last_word(before)) && is_value(before, separator, after) {
            return (format!("{before}{separator}{DROPPED}"), 1);
        }
    }
    (text.to_owned(), 0)
}

/// Words that are a secret without a name before them: tokens and keys by their looks.
fn without_bare_keys(text: &str) -> (String, usize) {
    let mut scheme = false;
    let mut dropped = 0;
    let words = text.split(' ').map(|word| {
        let is_long = word.len() >= SHORTEST_KEY && word.chars().any(|c| c.is_ascii_digit());
        let is_key = (scheme && is_long) || looks_like_token(word);
        scheme = SCHEMES.contains(&word.to_lowercase().as_str());
        dropped += usize::from(is_key);
        if is_key { DROPPED } else { word }
    });
    let words: Vec<&str> = words.collect();
    (words.join(" "), dropped)
}

/// A web token, or what Base64 fills up at its end. No name ends in an equals sign.
fn looks_like_token(word: &str) -> bool {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/_-=.".contains(c);
    let is_filled_up = word.ends_with('=') && !word.starts_with('/');
    word.len() >= SHORTEST_KEY
        && (is_filled_up || word.starts_with("eyJ"))
        && word.chars().all(is_base64)
}

/// Behind a colon may also stand the port of an address, or the rest of one.
fn is_value(before: &str, separator: &str, after: &str) -> bool {
    let first = after.split(['/', '\\', ' ']).next().unwrap_or("");
    let is_address = after.starts_with("//") || (before.contains("://") && is_port(first));
    !after.is_empty() && (separator != ":" || !is_address)
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

    /// Several addresses in one, passwords that look like ports, names that are keys.
    #[test]
    fn what_is_written_in_unusual_ways_is_dropped_too() {
        for address in [
            "ftp://a/x;ftp://user:s3cret@h1/in",
            "http://proxy.example/ftp://user:s3cret@h2/in",
            "ftp://h/in,user:s3cret@h9/in",
            "ftp://user:2024/s3cret@h3/in",
            "ftp://user:99999/s3cret@h3/in",
            "Server=a;PassKey=s3cret;Other=b",
            "Server=a;AuthKey=s3cret",
            "api.example/x?subscription-key=s3cret",
            "api.example/x?a=b&functions-key=s3cret",
            &format!("{}ftp://user:s3cret@h8/in", "a".repeat(985)),
        ] {
            let (text, dropped) = cleaned(address);
            assert!(!text.contains("s3cr"), "{address}: {text}");
            assert!(dropped > 0, "{address}");
        }
        assert_eq!(cleaned("password:87654321").0, "password:dropped");
        assert_eq!(cleaned("password:8765").0, "password:dropped");
        assert_eq!(cleaned("http://tokens:8080/x").0, "http://tokens:8080/x");
        assert_eq!(cleaned("ftp://user:2024/s3cret@h3/in").0, "ftp://dropped");
        assert_eq!(cleaned("ftp://a/x ftp://b:21/y").0, "ftp://a/x ftp://b:21/y");
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

    /// Escapes of addresses, armour of other tools, schemes and tokens without a name.
    #[test]
    fn what_is_known_by_its_looks_is_dropped() {
        for (text, cleaned) in [
            ("https://user:s3cret%40host/x", "https://host/x"),
            ("https%3A%2F%2Fuser%3As3cret%40host%2Fx", "https://host/x"),
            ("ftp://user%253As3cret%2540host/x", "ftp://host/x"),
            ("https://h/x%3Fsig%3Ds3cret", "https://h/x"),
            ("clientsecret%3ds3cret", "clientsecret=dropped"),
            ("pop3://mail#box:s3cret", "pop3://mail#box"),
            ("pop3://u:s3cret@mail#box:s3cret", "pop3://mail#box"),
            ("pop3://mail#me@example.com:s3cret", "pop3://mail#dropped"),
            ("ftp://user:#s3:cret@host/x", "ftp://dropped"),
            ("https://h/x;jsessionid=s3cret", "https://h/x;jsessionid=dropped"),
            ("&amp;amp;lt;Password&amp;amp;gt;s3cret", "<Password>dropped"),
            ("-----begin private key----- s3cret", "dropped"),
            ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ---- s3cret", "dropped"),
            ("PuTTY-User-Key-File-2: ssh-rsa s3cret", "dropped"),
            ("Basic dXNlcjpzM2NyZXQ6cw", "Basic dropped"),
            ("to erp, bearer s3cret-s3cret-s3cret", "to erp, bearer dropped"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "dropped"),
            ("c2VjcmV0c2VjcmV0c2VjcmV0cw==", "dropped"),
        ] {
            let found = clean(text);
            assert_eq!(found.text, cleaned, "{text}");
            assert!(found.dropped > 0, "{text}");
        }
        for text in [
            "https://h/a%20b/c%3Ad",
            r"\\fs\in\%MessageID%.xml",
            "Basic Orders",
            "Basic OrderProcessingHandler",
            "Bearer of bad news",
            "http://h/a/x=",
            r"C:\in\%datetime_bts2000%%3D.xml",
        ] {
            assert_eq!(cleaned(text), (text.to_owned(), 0));
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
