//! Domain controllers and DNS servers that are alone.

use crate::diagnostic::Severity;
use crate::model::{Directory, Element};
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static CONTROLLER: Rule = Rule {
    id: "BTS509",
    name: "single-domain-controller",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a domain has one domain controller",
    why: "Service accounts log on through it, and groups and cluster names live in it. What has logged on \
          goes on for a while; nothing starts or fails over without it.",
    fix: "add a second controller of the domain, on another computer",
    limits: "that two are needed is inferred; that the controller belongs to the stack is documented",
    sources: &["T/planning-for-high-availability2"],
    bad: r"failscope: 1
servers: [BTS01, DC01]
domain_controllers:
  CORP1: { on: DC01, domain: corp.example }   # <-
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, DC01, DC02]
domain_controllers:
  CORP1: { on: DC01, domain: corp.example }
  CORP2: { on: DC02, domain: corp.example }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        let all = cx.topology.domain_controllers.iter();
        let all = all.map(|(id, controller)| (Element::DomainController(id), controller)).collect();
        check(cx, rule, findings, all, "domain controller");
    },
};

pub(in crate::rules) static DNS: Rule = Rule {
    id: "BTS510",
    name: "single-dns",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "names are resolved by one DNS server",
    why: "The names of SQL Server, of the SSO system, of shares and of clusters are looked up there, above \
          all after a failover.",
    fix: "add a second DNS server, on another computer",
    limits: "inferred; that DNS belongs to the stack is documented. Judged for the whole file: resolver lists \
             of single servers are not part of the language",
    sources: &["T/planning-for-high-availability2"],
    bad: r"failscope: 1
servers: [BTS01, DC01]
dns_servers:
  DNS1: { on: DC01 }   # <-
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, DC01, DC02]
dns_servers:
  DNS1: { on: DC01 }
  DNS2: { on: DC02 }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        let all = cx.topology.dns_servers.iter();
        let all = all.map(|(id, dns)| (Element::DnsServer(id), &dns.0)).collect();
        check(cx, rule, findings, all, "DNS server");
    },
};

fn check(
    cx: &Context<'_>,
    rule: &'static Rule,
    findings: &mut Findings,
    mut all: Vec<(Element, &Directory)>,
    noun: &str,
) {
    if cx.topology.biztalk.is_empty() {
        return;
    }
    // A stable sort: within a domain the order of the file stays.
    all.sort_by_key(|(_, directory)| directory.domain.as_deref());
    for of_domain in all.chunk_by(|a, b| a.1.domain == b.1.domain) {
        findings.0.extend(alone(cx, rule, of_domain, noun));
    }
}

/// Two on one computer are one.
fn alone(
    cx: &Context<'_>,
    rule: &'static Rule,
    of_domain: &[(Element, &Directory)],
    noun: &str,
) -> Option<Finding> {
    let (element, first) = of_domain.first()?;
    let together = |directory: &Directory| {
        directory.on.is_some() && directory.on.map(|on| on.value) == first.on.map(|on| on.value)
    };
    if of_domain.len() > 1 && !of_domain.iter().all(|(_, directory)| together(directory)) {
        return None;
    }
    let (name, domain) = (&first.name.value, first.domain.as_ref());
    let (message, label) = match (of_domain, domain) {
        ([_], Some(domain)) => (format!("domain {domain} has one {noun} ({name})"), "the only one"),
        ([_], None) => (format!("there is one {noun} ({name})"), "the only one"),
        (several, _) => {
            let names: Vec<&str> = several.iter().map(|(_, d)| d.name.value.as_str()).collect();
            let message = format!("{noun}s {} stand on one computer", text::short_list(&names, 4));
            (message, "on the same computer as the others")
        }
    };
    Some(cx.finding(rule, *element, message).at(first.name.span, label))
}

#[cfg(test)]
mod tests {
    use super::{CONTROLLER, DNS};
    use crate::rules::testing::findings;

    #[test]
    fn two_on_one_computer_are_one() {
        let yaml = DNS.good.replace("DNS2: { on: DC02 }", "DNS2: { on: DC01 }");
        assert_eq!(findings(&DNS, &yaml).len(), 1);
        let elsewhere = DNS.good.replace("DNS2: { on: DC02 }", "DNS2:");
        assert!(findings(&DNS, &elsewhere).is_empty(), "it stands outside the file");
    }

    #[test]
    fn every_domain_is_counted_by_itself() {
        let yaml =
            CONTROLLER.good.replace("on: DC02, domain: corp.example", "on: DC02, domain: other");
        assert_eq!(findings(&CONTROLLER, &yaml).len(), 2);
    }
}
