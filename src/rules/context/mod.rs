//! What a rule may ask.

mod databases;
mod index;
mod places;
mod redundancy;
mod work;

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{AnyRule, Finding};
use crate::analysis::{Analysis, Defeat};
use crate::expand::Expansion;
use crate::graph::ComponentId;
use crate::model::*;
use crate::source::Span;
use crate::text;

pub use self::databases::Served;
pub use self::redundancy::Redundancy;
pub use self::work::is_one_of;

/// The model, the graph and the analysis of one topology, with the look-ups that
/// several rules need.
pub struct Context<'a> {
    pub topology: &'a Topology,
    pub expansion: &'a Expansion,
    pub analysis: &'a Analysis<'a>,
    received_by: FxHashMap<Id<Host>, Vec<Id<ReceiveLocation>>>,
    sent_by: FxHashMap<Id<Host>, Vec<Id<SendPort>>>,
    orchestrated_by: FxHashMap<Id<Host>, Vec<Id<Orchestration>>>,
    /// Listed, or with an enabled instance, per group in the order of the ids.
    servers_of: Vec<Vec<Id<Server>>>,
    databases_of: Vec<Vec<Id<Database>>>,
    /// Databases that any group uses, each with the first group that does.
    used_databases: Vec<(Id<Database>, Id<BiztalkGroup>)>,
    /// The first group whose runtime a server has.
    group_on: FxHashMap<Id<Server>, Id<BiztalkGroup>>,
    standby: FxHashSet<Id<Server>>,
    clusters_of: FxHashMap<Id<Server>, Vec<Id<Cluster>>>,
    /// Where ENTSSO is a cluster resource, by the servers that may own it.
    sso_group_on: FxHashMap<Id<Server>, Id<ClusterGroup>>,
    sso_groups: FxHashSet<Id<ClusterGroup>>,
    clustered_hosts: FxHashMap<Id<ClusterGroup>, Vec<Id<Host>>>,
    nlb_on: FxHashMap<Id<Server>, Id<LoadBalancer>>,
    share_paths: FxHashMap<String, Id<FileShare>>,
    spread_sites: bool,
    defeated: OnceCell<Vec<Defeat>>,
}

impl<'a> Context<'a> {
    /// A finding about something defined, with nothing said about its place yet.
    pub fn finding(&self, rule: impl Into<AnyRule>, element: Element, message: String) -> Finding {
        let component = self.component(element);
        let span = self.analysis.graph().component(component).span.unwrap_or(self.topology.span);
        let subject = self.topology.element_name(element);
        Finding { element: Some(element), ..self.finding_about(rule, subject, span, message) }
    }

    /// A finding about something that nothing else can refer to, such as a plan.
    pub fn finding_about(
        &self,
        rule: impl Into<AnyRule>,
        subject: impl Into<String>,
        span: Span,
        message: String,
    ) -> Finding {
        Finding::new(rule, subject, span, message)
    }

    pub fn component(&self, element: Element) -> ComponentId {
        self.expansion.graph.of_element(element).unwrap_or(ComponentId::new(0))
    }

    /// Choices that one loss defeats; worked out once, for all rules that ask.
    pub fn defeated_choices(&self) -> &[Defeat] {
        self.defeated.get_or_init(|| self.analysis.defeated_choices())
    }

    pub fn server_name(&self, id: Id<Server>) -> &'a str {
        &self.topology.servers[id].name.value
    }

    pub fn server_names(&self, ids: &[Id<Server>]) -> String {
        let names: Vec<&str> = ids.iter().map(|&id| self.server_name(id)).collect();
        text::short_list(&names, 6)
    }

    pub fn group_of(&self, host: &Host) -> &'a BiztalkGroup {
        &self.topology.biztalk[host.group]
    }
}
