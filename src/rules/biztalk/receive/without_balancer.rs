//! Receive adapters that are called, on hosts with nothing that shares out the calls.
//! One check; each adapter keeps its own id.

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters::Mechanism;
use crate::model::{Element, Host, Id, ReceiveLocation, Server};
use crate::rules::biztalk::proposals;
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::text;

const BALANCE_IT: &str = "put Windows NLB or a hardware balancer in front of every server that has an \
                          instance, and name it with `behind`";

pub(in crate::rules) static HTTP: Rule = Rule {
    id: "BTS101",
    name: "http-receive-without-lb",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "an HTTP receive location has no load balancer in front of its servers",
    why: "Callers address one name. Without a balancer they reach one server only; the others are idle, \
          and nobody is sent to them when that server fails.",
    fix: BALANCE_IT,
    limits: "",
    sources: &["T/planning-for-high-availability2", "C/scaled-out-receiving-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: HTTP   # <-
      host: Web
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
load_balancers:
  NLB: { kind: nlb, members: [BTS01, BTS02] }
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02], behind: NLB }
  receive_locations:
    Orders:
      adapter: HTTP
      host: Web
",
    check: |cx, rule, findings| check(cx, rule, findings, &["HTTP"]),
};

pub(in crate::rules) static SOAP: Rule = Rule {
    id: "BTS102",
    name: "soap-receive-without-lb",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a SOAP receive location has no load balancer in front of its servers",
    why: "The web service is published on every server, but callers address one name; only a balancer \
          brings them to the others.",
    fix: BALANCE_IT,
    limits: "SOAP is deprecated since 2013; WCF-BasicHttp takes its place and needs a balancer as well",
    sources: &["T/planning-for-high-availability2", "C/scaled-out-receiving-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: SOAP   # <-
      host: Web
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
load_balancers:
  NLB: { kind: nlb, members: [BTS01, BTS02] }
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: SOAP
      host: Web
      behind: NLB
",
    check: |cx, rule, findings| check(cx, rule, findings, &["SOAP"]),
};

pub(in crate::rules) static WCF: Rule = Rule {
    id: "BTS103",
    name: "wcf-isolated-without-lb",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a WCF receive location that IIS serves has no load balancer in front of its servers",
    why: "WCF-BasicHttp, WCF-WSHttp, WCF-CustomIsolated and WCF-WebHttp are served by IIS: callers address \
          one name, as with HTTP.",
    fix: BALANCE_IT,
    limits: "disputed (D21): C/creating-a-highly-available-biztalk-server-environment names only HTTP and SOAP, \
             C/scaled-out-receiving-hosts these as well; that WCF-WebHttp needs a balancer is inferred from the \
             other three",
    sources: &[
        "C/scaled-out-receiving-hosts",
        "C/creating-a-highly-available-biztalk-server-environment",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: WCF-BasicHttp   # <-
      host: Web
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
load_balancers:
  NLB: { kind: nlb, members: [BTS01, BTS02] }
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02], behind: NLB }
  receive_locations:
    Orders:
      adapter: WCF-BasicHttp
      host: Web
",
    check: |cx, rule, findings| {
        let adapters = ["WCF-BasicHttp", "WCF-WSHttp", "WCF-CustomIsolated", "WCF-WebHttp"];
        check(cx, rule, findings, &adapters)
    },
};

pub(in crate::rules) static LOGIC_APP: Rule = Rule {
    id: "BTS148",
    name: "logic-app-single-path",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "a Logic App receive location has no load balancer in front of its servers",
    why: "A workflow in the cloud calls the address it was given. Without a balancer that is the address of \
          one server, and the redundancy of the group ends there.",
    fix: BALANCE_IT,
    limits: "inferred. The other single path, an on-premises data gateway on one computer, is not part of \
             the language",
    sources: &["C/logic-app-adapter"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: LogicApp   # <-
      host: Web
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
load_balancers:
  NLB: { kind: nlb, members: [BTS01, BTS02] }
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02], behind: NLB }
  receive_locations:
    Orders:
      adapter: LogicApp
      host: Web
",
    check: |cx, rule, findings| check(cx, rule, findings, &["LogicApp"]),
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings, adapters: &[&str]) {
    for (id, host) in cx.topology.hosts.iter() {
        let servers = cx.serving(host);
        // A clustered host is reached by its network name.
        if host.clustered_in.is_some() || servers.is_empty() {
            continue;
        }
        let exposed: Vec<&ReceiveLocation> = cx
            .received_by(id)
            .filter(|l| cx.adapter_of(l).is_some_and(|adapter| adapters.contains(&adapter.name)))
            .filter(|l| cx.receive_need(l).mechanism == Mechanism::LoadBalancer)
            .filter(|l| cx.balancer_of(l).is_none())
            .collect();
        if let Some(finding) = finding(cx, rule, id, &servers, &exposed) {
            findings.push(finding);
        }
    }
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Host>,
    servers: &[Id<Server>],
    exposed: &[&ReceiveLocation],
) -> Option<Finding> {
    let [first, others @ ..] = exposed else { return None };
    let host = &cx.topology.hosts[id];
    let names: Vec<&str> = exposed.iter().map(|l| l.name.value.as_str()).collect();
    let message = format!(
        "{} receive in host {} needs a load balancer over {} ({})",
        first.adapter.value,
        host.name.value,
        cx.server_names(servers),
        text::short_list(&names, 4)
    );
    let mut finding = cx
        .finding(rule, Element::Host(id), message)
        .at(first.adapter.span, "callers address one name, and nothing stands behind it")
        .related(host.name.span, "this host has no `behind`");
    for other in others.iter().take(3) {
        finding = finding.related(other.adapter.span, "this one as well");
    }
    Some(finding.proposing(proposals::behind(cx, id, exposed)))
}
