//! A service that cannot be back in the time that it promises.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::super::{Context, Finding, Findings, Rule, Tier};
use crate::diagnostic::Severity;
use crate::graph::ComponentId;
use crate::model::{At, Duration, Element, Id, Range, Reliability, Service, Topology};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "FS009",
    name: "recovery-slower-than-target",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "something on the way of a service takes longer to fail over or to repair than the service \
              may take to recover",
    why: "The file itself says that the target is missed: the service is down for as long as the cluster \
          takes to fail over, or until the single thing that it needs is repaired.",
    fix: "shorten the failover (start-up of the instance, check intervals), add something that takes over \
          at once, or state a target that can be met",
    limits: "compares stated times only: `recovery_time` with the `failover_time` of clusters and the \
             `mttr` of single points of failure. Detection and restart come on top",
    sources: &["reasoning: a service is not back before what it cannot do without is back"],
    bad: r"failscope: 1
servers: [N1, N2]
clusters:
  PAIR:
    nodes: [N1, N2]
    failover_time: 20m
    groups: { DATA: }
components:
  shop: { needs: [PAIR/DATA] }
services:
  checkout:
    needs: [shop]
    recovery_time: 15m   # <-
",
    good: r"failscope: 1
servers: [N1, N2]
clusters:
  PAIR:
    nodes: [N1, N2]
    failover_time: 2m
    groups: { DATA: }
components:
  shop: { needs: [PAIR/DATA] }
services:
  checkout:
    needs: [shop]
    recovery_time: 15m
",
    check,
};

/// Something that takes a stated time to come back.
#[derive(Clone, Copy)]
struct Slow {
    component: ComponentId,
    time: At<Duration>,
    does: &'static str,
}

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let mut on_the_way: FxHashMap<Id<Service>, Vec<Slow>> = FxHashMap::default();
    for slow in stated(cx) {
        for service in stopped(cx, slow.component) {
            let Some(target) = cx.topology.services[service].recovery_time else { continue };
            if slow.time.value.seconds() > target.value.seconds() {
                on_the_way.entry(service).or_default().push(slow);
            }
        }
    }
    for (id, service) in cx.topology.services.iter() {
        let (Some(target), Some(slow)) = (service.recovery_time, on_the_way.remove(&id)) else {
            continue;
        };
        findings.push(about(cx, rule, id, service, target, slow));
    }
}

/// Services of which more than a share stops at once without a component.
fn stopped(cx: &Context<'_>, id: ComponentId) -> Vec<Id<Service>> {
    let failure = cx.analysis.failure(id);
    let whole = failure.at_once.iter().filter(|id| failure.partly.binary_search(id).is_err());
    whole
        .filter_map(|&id| match cx.analysis.graph().component(id).element {
            Some(Element::Service(service)) => Some(service),
            _ => None,
        })
        .collect()
}

/// Every stated time, of clusters and of what fails by itself.
fn stated(cx: &Context<'_>) -> Vec<Slow> {
    let t = cx.topology;
    let clusters = t.clusters.iter().filter_map(|(id, cluster)| {
        let component = cx.component(Element::Cluster(id));
        Some(Slow { component, time: cluster.failover_time?, does: "to fail over" })
    });
    let single = |id: &ComponentId| cx.analysis.graph().component(*id).is_basic();
    let repairs = reliability(t).into_iter().filter_map(|(element, reliability)| {
        let component = Some(cx.component(element)).filter(single)?;
        Some(Slow { component, time: longest(reliability.mttr?), does: "to repair" })
    });
    clusters.chain(repairs).collect()
}

/// Of a range the unsafe end.
fn longest(range: At<Range<Duration>>) -> At<Duration> {
    At::new(range.value.high, range.span)
}

fn reliability(t: &Topology) -> Vec<(Element, &Reliability)> {
    let servers = t.servers.iter().map(|(id, x)| (Element::Server(id), &x.reliability));
    servers
        .chain(t.storage.iter().map(|(id, x)| (Element::Storage(id), &x.reliability)))
        .chain(t.networks.iter().map(|(id, x)| (Element::Network(id), &x.reliability)))
        .chain(t.load_balancers.iter().map(|(id, x)| (Element::LoadBalancer(id), &x.reliability)))
        .chain(t.external.iter().map(|(id, x)| (Element::External(id), &x.reliability)))
        .chain(t.components.iter().map(|(id, x)| (Element::Component(id), &x.reliability)))
        .collect()
}

fn about(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Service>,
    service: &Service,
    target: At<Duration>,
    mut slow: Vec<Slow>,
) -> Finding {
    slow.sort_by(longest_first);
    let name = |slow: &Slow| cx.analysis.graph().component(slow.component).name.clone();
    let takes: Vec<String> = slow
        .iter()
        .map(|slow| format!("{} takes {} {}", name(slow), slow.time.value, slow.does))
        .collect();
    let message = format!(
        "service {} is to recover in {}, but {}",
        service.name.value,
        target.value,
        text::short_list(&takes, 3)
    );
    let mut finding = cx
        .finding(rule, Element::Service(id), message)
        .at(target.span, "shorter than what it waits for");
    for slow in slow.iter().take(3) {
        finding = finding
            .related(slow.time.span, format!("the service waits so long for {}", name(slow)));
    }
    finding
}

fn longest_first(a: &Slow, b: &Slow) -> Ordering {
    let longer = b.time.value.seconds().partial_cmp(&a.time.value.seconds());
    longer.unwrap_or(Ordering::Equal).then(a.component.cmp(&b.component))
}
