//! Paths of FILE ports: on the disk of each server, or on a share of one file server.

use rustc_hash::FxHashMap;

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters;
use crate::model::{At, Element, Endpoint, FileShare, Host, Id};
use crate::rules::{Context, Finding, Redundancy, Rule, Tier};
use crate::source::Span;
use crate::text;

pub(in crate::rules) static LOCAL: Rule = Rule {
    id: "BTS131",
    name: "file-local-path",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a FILE port with a local path is in a host with instances on several servers",
    why: "A local path means the disk of whichever server looks. What lies on the disk of a lost server \
          waits there; only a shared path lets another server go on.",
    fix: "use a UNC path on a highly available share",
    limits: "one step milder when the path is not given",
    sources: &["C/scaled-out-receiving-hosts", "T/planning-for-high-availability2"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: FILE
      host: Receive
      from: 'C:\drop\in'   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: FILE
      host: Receive
      from: '\\FILES\drop\in'
",
    check: |cx, rule, findings| {
        for port in file_ports(cx) {
            let host = &cx.topology.hosts[port.host];
            let servers = cx.serving(host);
            if servers.len() > 1 {
                findings.0.extend(local(cx, rule, &port, host, &cx.server_names(&servers)));
            }
        }
    },
};

fn local(
    cx: &Context<'_>,
    rule: &'static Rule,
    port: &FilePort<'_>,
    host: &Host,
    servers: &str,
) -> Option<Finding> {
    let finding = match port.path {
        Some(At { value: Endpoint::Element(_), .. }) => return None,
        Some(At { value: Endpoint::Address(path), .. }) if is_shared(path) => return None,
        Some(At { value: Endpoint::Address(path), span }) => {
            let message = format!(
                "{} uses the local path {path}; {servers} each see a disk of their own",
                port.name
            );
            cx.finding(rule, port.element, message).at(*span, "a different folder on each server")
        }
        None => {
            let message = format!(
                "unknown whether the path of {} is shared by {servers}; a local one is taken",
                port.name
            );
            cx.finding(rule, port.element, message)
                .at(port.adapter, "its path is not given")
                .help("write its UNC path, or the name of a file share, as `from` or `to`")
                .unknown()
        }
    };
    Some(finding.related(host.name.span, "this host runs on several servers"))
}

fn is_shared(path: &str) -> bool {
    path.starts_with(r"\\") || path.starts_with("//")
}

pub(in crate::rules) static SHARE: Rule = Rule {
    id: "BTS132",
    name: "file-share-single-server",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a FILE port uses a share that one unclustered file server provides",
    why: "A shared path makes the BizTalk servers interchangeable; the share itself must then survive the \
          loss of a computer.",
    fix: "use a clustered file share or other highly available storage",
    limits: "one step milder when the file does not say what serves the share",
    sources: &[
        "C/scaled-out-receiving-hosts",
        "I/install-biztalk-server-in-a-multi-computer-environment",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02, FS01]
file_shares:
  DROP:
    on: FS01   # <-
    path: '\\FS01\drop'
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders: { adapter: FILE, host: Receive, from: '\\FS01\drop\in' }
",
    good: r"failscope: 1
servers: [BTS01, BTS02, FS01, FS02]
clusters:
  FILES:
    nodes: [FS01, FS02]
    groups:
      SHARES: { network_name: FSVS, ip: 10.0.0.7 }
file_shares:
  DROP:
    on: FILES/SHARES
    path: '\\FSVS\drop'
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders: { adapter: FILE, host: Receive, from: '\\FSVS\drop\in' }
",
    check: |cx, rule, findings| {
        let mut ports_of: FxHashMap<Id<FileShare>, Vec<&str>> = FxHashMap::default();
        for port in file_ports(cx) {
            if let Some(share) = port.path.and_then(|path| cx.share_of(&path.value)) {
                ports_of.entry(share).or_default().push(port.name);
            }
        }
        for (id, share) in cx.topology.file_shares.iter() {
            if let Some(ports) = ports_of.get(&id) {
                findings.0.extend(single(cx, rule, id, share, &text::short_list(ports, 4)));
            }
        }
    },
};

fn single(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<FileShare>,
    share: &FileShare,
    ports: &str,
) -> Option<Finding> {
    let span = share.on.map_or(share.name.span, |on| on.span);
    let name = &share.name.value;
    let element = Element::FileShare(id);
    match cx.redundancy(element) {
        Redundancy::Redundant => None,
        Redundancy::Single => {
            let message = format!("share {name} is a single point of failure for {ports}");
            Some(cx.finding(rule, element, message).at(span, "nothing takes over from it"))
        }
        Redundancy::Unknown => {
            let message =
                format!("unknown whether share {name} is a single point of failure for {ports}");
            let finding = cx
                .finding(rule, element, message)
                .at(span, "the file does not say whether it is redundant")
                .help("write what serves it as `on`, or `redundant`");
            Some(finding.unknown())
        }
    }
}

/// One use of the FILE adapter.
struct FilePort<'a> {
    name: &'a str,
    element: Element,
    host: Id<Host>,
    adapter: Span,
    path: Option<&'a At<Endpoint>>,
}

fn file_ports<'a>(cx: &Context<'a>) -> Vec<FilePort<'a>> {
    let topology = cx.topology;
    let is_file = |name: &At<String>| adapters::find(&name.value).is_some_and(|a| a.name == "FILE");
    let locations = topology.receive_locations.iter().filter(|(_, location)| location.enabled);
    let receives = locations.filter(|(_, l)| is_file(&l.adapter)).map(|(id, location)| FilePort {
        name: &location.name.value,
        element: Element::ReceiveLocation(id),
        host: location.host.value,
        adapter: location.adapter.span,
        path: location.from.as_ref(),
    });
    let ports = topology.send_ports.iter().filter(|(_, port)| port.enabled);
    let sends = ports.filter_map(|(id, port)| {
        let adapter = port.adapter.as_ref().filter(|adapter| is_file(adapter))?;
        Some(FilePort {
            name: &port.name.value,
            element: Element::SendPort(id),
            host: port.host.value,
            adapter: adapter.span,
            path: port.to.as_ref(),
        })
    });
    receives.chain(sends).collect()
}

#[cfg(test)]
mod tests {
    use super::{LOCAL, SHARE};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn a_path_that_is_not_given_is_unknown_and_one_server_has_one_disk() {
        let yaml = LOCAL.bad.replace("      from: 'C:\\drop\\in'   # <-\n", "");
        let found = findings(&LOCAL, &yaml);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Warning);
        let yaml = LOCAL.bad.replace("instances: [BTS01, BTS02]", "instances: [BTS01]");
        assert!(findings(&LOCAL, &yaml).is_empty());
    }

    #[test]
    fn shares_are_found_by_path_without_regard_to_case() {
        let yaml = SHARE.bad.replace(r"from: '\\FS01\drop\in'", r"from: '\\fs01\DROP\in\'");
        assert_eq!(findings(&SHARE, &yaml).len(), 1);
        let yaml = SHARE.bad.replace(r"from: '\\FS01\drop\in'", r"from: '\\FS01\dropbox\in'");
        assert!(findings(&SHARE, &yaml).is_empty(), "another folder of another share");
    }
}
