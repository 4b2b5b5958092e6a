//! Where facts come from, in short and in full.

/// Prefixes of the public documentation set.
const PREFIXES: [(&str, &str); 7] = [
    ("C/", "biztalk/core/"),
    ("T/", "biztalk/technical-guides/"),
    ("I/", "biztalk/install-and-config-guides/"),
    ("A/", "biztalk/adapters-and-accelerators/"),
    ("H/", "his/core/"),
    ("E/", "his/esso/"),
    ("R/", "technical-reference/"),
];

/// `T/page` becomes the page's path in its public repository.
pub(crate) fn full(short: &str) -> String {
    for (prefix, folder) in PREFIXES {
        if let Some(page) = short.strip_prefix(prefix) {
            return format!("MicrosoftDocs/biztalk-docs: {folder}{page}.md");
        }
    }
    short.to_owned()
}
