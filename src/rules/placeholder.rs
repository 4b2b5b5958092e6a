//! What is found about a placeholder is milder, and nothing is planned on one: nobody has said
//! yet what it stands for.

use rustc_hash::FxHashSet;

use super::Finding;
use crate::change::{Proposal, Step};
use crate::model::{Host, Ref, Server, Topology};
use crate::source::Span;

/// Lowers findings that point at a placeholder, and says why.
pub(super) fn soften(findings: &mut [Finding], topology: &Topology) {
    let places = places(topology);
    if places.is_empty() {
        return;
    }
    for finding in findings {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        if labels.map(|label| label.span).any(|span| places.contains(&span)) {
            finding.severity = finding.severity.lowered();
            finding.message.push_str("; a placeholder stands there, the real one is not known yet");
        }
    }
}

/// Withdraws edits that put work on a server that is a placeholder.
pub(super) fn spare(findings: &mut [Finding], topology: &Topology) {
    let servers = topology.servers.values().filter(|server| server.placeholder);
    let names: FxHashSet<&str> = servers.map(|server| server.name.value.as_str()).collect();
    if names.is_empty() {
        return;
    }
    let puts_to_use = |proposal: &Proposal| {
        proposal.steps.iter().any(|step| match step {
            Step::Add { items, .. } => items.iter().any(|item| names.contains(item.as_str())),
            Step::Set { value, .. } => names.contains(value.as_str()),
            Step::Remove { .. } => false,
        })
    };
    for finding in findings {
        finding.proposals.retain(|proposal| !puts_to_use(proposal));
    }
}

/// Where placeholders are named, and hosts of which no instance is known.
fn places(topology: &Topology) -> FxHashSet<Span> {
    let servers = topology.servers.values().filter(|server| server.placeholder);
    let hosts = topology.hosts.values().filter(|host| host.placeholder);
    let instances = topology.hosts.values().flat_map(|host| &host.instances);
    let placed = instances.filter(|instance| topology.servers[instance.value].placeholder);
    servers
        .map(|server| server.name.span)
        .chain(hosts.map(|host| host.name.span))
        .chain(placed.map(|instance| instance.span))
        .chain(topology.hosts.values().filter(|h| is_untold(topology, h)).map(|h| h.name.span))
        .collect()
}

fn is_untold(topology: &Topology, host: &Host) -> bool {
    let is_placeholder = |instance: &Ref<Server>| topology.servers[instance.value].placeholder;
    !host.instances.is_empty() && host.instances.iter().all(is_placeholder)
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Severity;
    use crate::rules::find;
    use crate::rules::testing::findings;

    #[test]
    fn what_rests_on_a_placeholder_is_a_step_milder_and_says_why() {
        let bad = find("BTS106").unwrap().bad;
        let found = |server: &str| {
            let servers =
                format!("servers: {{ BTS01: {server}, BTS02: , OTHER: {{ placeholder: true }} }}");
            let yaml = bad.replace("servers: [BTS01, BTS02]", &servers);
            let (_, finding) = findings(find("BTS106").unwrap(), &yaml).remove(0);
            (finding.severity, finding.message.contains("a placeholder stands there"))
        };
        assert_eq!(found("{ placeholder: true }"), (Severity::Warning, true));
        assert_eq!(found("{}"), (Severity::Error, false));
    }

    /// Clustered or not cannot be told of a host of which no file shows an instance.
    #[test]
    fn a_host_without_known_instances_is_itself_open() {
        let bad = find("BTS117").unwrap().bad;
        let severity = |server: &str| {
            let yaml = bad.replace(
                "servers: [BTS01, BTS02]",
                &format!("servers: {{ BTS01: {server}, BTS02: }}"),
            );
            assert_ne!(yaml, bad);
            findings(find("BTS117").unwrap(), &yaml).remove(0).1.severity
        };
        assert_eq!(severity("{ placeholder: true }"), Severity::Warning);
        assert_eq!(severity("{}"), Severity::Error);
    }

    /// Nothing is planned on a server that only stands in for one.
    #[test]
    fn no_edit_puts_work_on_a_placeholder() {
        let bad = find("BTS307").unwrap().bad;
        let proposals = |server: &str| {
            let servers = format!("servers: {{ BTS01: , BTS02: {server} }}");
            let yaml = bad.replace("servers: [BTS01, BTS02]", &servers);
            assert_ne!(yaml, bad);
            findings(find("BTS307").unwrap(), &yaml).remove(0).1.proposals.len()
        };
        assert_eq!((proposals("{}"), proposals("{ placeholder: true }")), (1, 0));
    }
}
