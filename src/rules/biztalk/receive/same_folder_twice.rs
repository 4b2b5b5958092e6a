//! Two receive locations that fetch from one folder.

use rustc_hash::FxHashMap;

use crate::diagnostic::Severity;
use crate::model::{At, Element, Endpoint, Id, ReceiveLocation};
use crate::rules::{Context, Findings, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS142",
    name: "same-ftp-url-twice",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "two receive locations fetch the same files from the same FTP or SFTP folder",
    why: "The protocol has no locks. Two locations are two readers, as two instances are: a file may be \
          received by both.",
    fix: "remove one of them, or give each a folder of its own",
    limits: "addresses only, not names of external systems, whose folders are not part of the language; a \
             mask is compared as text, so that different masks count as apart unless one of them takes \
             every file",
    sources: &["C/configuring-the-ftp-adapter"],
    bad: r"failscope: 1
servers: [BTS01]
biztalk:
  hosts:
    One: { instances: [BTS01] }
    Two: { instances: [BTS01] }
  receive_locations:
    Orders: { adapter: FTP, host: One, from: 'ftp://partner.example/out' }
    Invoices:
      adapter: FTP
      host: Two
      from: 'ftp://PARTNER.example:21/out/'   # <-
",
    good: r"failscope: 1
servers: [BTS01]
biztalk:
  hosts:
    One: { instances: [BTS01] }
    Two: { instances: [BTS01] }
  receive_locations:
    Orders: { adapter: FTP, host: One, from: 'ftp://partner.example/out/orders' }
    Invoices:
      adapter: FTP
      host: Two
      from: 'ftp://partner.example/out/invoices'
",
    check,
};

/// One location that fetches from a folder.
struct Reader<'a> {
    id: Id<ReceiveLocation>,
    location: &'a ReceiveLocation,
    from: &'a At<Endpoint>,
    mask: String,
}

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let mut folders: FxHashMap<String, Vec<Reader<'_>>> = FxHashMap::default();
    for (id, location) in cx.topology.receive_locations.iter().filter(|(_, l)| l.enabled) {
        let Some(adapter @ ("FTP" | "SFTP")) = cx.adapter_of(location).map(|a| a.name) else {
            continue;
        };
        let Some(from) = &location.from else { continue };
        let Endpoint::Address(address) = &from.value else { continue };
        let (folder, mask) = folder_and_mask(adapter, address);
        folders.entry(folder).or_default().push(Reader { id, location, from, mask });
    }
    for readers in folders.values() {
        for (first, second) in twice(readers) {
            findings.push(both_read(cx, rule, first, second));
        }
    }
}

/// Each reader with the first one before it that reads the same files.
fn twice<'r, 'a>(readers: &'r [Reader<'a>]) -> Vec<(&'r Reader<'a>, &'r Reader<'a>)> {
    let mut first_of: FxHashMap<&str, &Reader<'_>> = FxHashMap::default();
    let mut pairs = Vec::new();
    for reader in readers {
        let before = match reader.mask.as_str() {
            "" => readers.first(),
            mask => first_of.get("").or_else(|| first_of.get(mask)).copied(),
        };
        pairs.extend(before.filter(|before| before.id != reader.id).map(|before| (before, reader)));
        first_of.entry(&reader.mask).or_insert(reader);
    }
    pairs
}

fn both_read(
    cx: &Context<'_>,
    rule: &'static Rule,
    first: &Reader<'_>,
    second: &Reader<'_>,
) -> crate::rules::Finding {
    let message = format!(
        "{} and {} fetch the same files",
        first.location.name.value, second.location.name.value
    );
    cx.finding(rule, Element::ReceiveLocation(second.id), message)
        .at(second.from.span, "the same folder again")
        .related(first.from.span, "fetched from here already")
}

/// The folder in a form that compares, and the mask of the files; an empty one takes all.
///
/// Host names do not tell upper from lower case, folders may.
fn folder_and_mask(adapter: &str, address: &str) -> (String, String) {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let address = address.replace('\\', "/");
    let (server, path) = address.split_once('/').unwrap_or((&address, ""));
    let server = server.rsplit_once('@').map_or(server, |(_, server)| server);
    let standard = if adapter == "FTP" { ":21" } else { ":22" };
    let server = server.strip_suffix(standard).unwrap_or(server).to_lowercase();
    let path = path.trim_end_matches('/');
    let (folder, last) = path.rsplit_once('/').unwrap_or(("", path));
    match last {
        "*" | "*.*" => (format!("{adapter} {server}/{folder}"), String::new()),
        mask if mask.contains(['*', '?']) => {
            (format!("{adapter} {server}/{folder}"), mask.to_lowercase())
        }
        _ => (format!("{adapter} {server}/{path}"), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    /// How many of these addresses are found to be read again.
    fn again(adapter: &str, addresses: &[&str]) -> usize {
        let mut yaml =
            "failscope: 1\nservers: [A]\nbiztalk:\n  hosts: { H: { instances: [A] } }\n  \
                        receive_locations:\n"
                .to_owned();
        for (index, address) in addresses.iter().enumerate() {
            let from = format!("{{ adapter: {adapter}, host: H, from: '{address}' }}");
            yaml.push_str(&format!("    L{index}: {from}\n"));
        }
        findings(&RULE, &yaml).len()
    }

    #[test]
    fn one_folder_is_written_in_several_ways() {
        for (one, other, same) in [
            ("ftp://p.example/out", "ftp://p.example:21/out/", 1),
            ("ftp://p.example/out", "p.example/out", 1),
            ("ftp://user@P.example/out", "ftp://p.example/out", 1),
            ("ftp://p.example/out/*.*", "ftp://p.example/out", 1),
            ("ftp://p.example/out/*.xml", "ftp://p.example/out/*.XML", 1),
            ("ftp://p.example/out/*.xml", "ftp://p.example/out/*", 1),
            ("ftp://p.example/out/*", "ftp://p.example/out/*.xml", 1),
            ("ftp://p.example/out/*.xml", "ftp://p.example/out/*.csv", 0),
            ("ftp://p.example/out", "ftp://p.example/Out", 0),
            ("ftp://p.example/out", "ftp://p.example:2121/out", 0),
            ("ftp://p.example/out", "ftp://p.example/out/orders", 0),
            ("ftp://p.example", "ftp://p.example/", 1),
        ] {
            assert_eq!(again("FTP", &[one, other]), same, "{one} {other}");
        }
        assert_eq!(again("SFTP", &["sftp://p.example:22/out", "sftp://p.example/out"]), 1);
        assert_eq!(again("FILE", &["//p.example/out", "//p.example/out"]), 0);
    }

    #[test]
    fn every_further_reader_is_named_once() {
        let folder = "ftp://p.example/out";
        assert_eq!(again("FTP", &[folder, folder, folder]), 2);
        let masks = ["ftp://p.example/out/*.a", "ftp://p.example/out/*.b", folder];
        assert_eq!(again("FTP", &masks), 1);
        // What takes every file overlaps with what comes before it and after it.
        assert_eq!(again("FTP", &[masks[0], folder, masks[1]]), 2);
    }
}
