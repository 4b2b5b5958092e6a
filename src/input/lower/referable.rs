//! What a reference can ask for: each kind of thing, and how a message calls it.

use crate::model::*;

/// A kind of thing that a reference can ask for.
pub(super) trait Referable: Sized {
    const NOUN: &'static str;
    fn of(element: Element) -> Option<Id<Self>>;
}

impl Referable for Site {
    const NOUN: &'static str = "a site";
    fn of(element: Element) -> Option<Id<Site>> {
        if let Element::Site(id) = element { Some(id) } else { None }
    }
}

impl Referable for Server {
    const NOUN: &'static str = "a server";
    fn of(element: Element) -> Option<Id<Server>> {
        if let Element::Server(id) = element { Some(id) } else { None }
    }
}

impl Referable for Storage {
    const NOUN: &'static str = "a storage";
    fn of(element: Element) -> Option<Id<Storage>> {
        if let Element::Storage(id) = element { Some(id) } else { None }
    }
}

impl Referable for Cluster {
    const NOUN: &'static str = "a cluster";
    fn of(element: Element) -> Option<Id<Cluster>> {
        if let Element::Cluster(id) = element { Some(id) } else { None }
    }
}

impl Referable for ClusterGroup {
    const NOUN: &'static str = "a cluster group (`CLUSTER/GROUP`)";
    fn of(element: Element) -> Option<Id<ClusterGroup>> {
        if let Element::Group(id) = element { Some(id) } else { None }
    }
}

impl Referable for LoadBalancer {
    const NOUN: &'static str = "a load balancer";
    fn of(element: Element) -> Option<Id<LoadBalancer>> {
        if let Element::LoadBalancer(id) = element { Some(id) } else { None }
    }
}

impl Referable for Network {
    const NOUN: &'static str = "a network";
    fn of(element: Element) -> Option<Id<Network>> {
        if let Element::Network(id) = element { Some(id) } else { None }
    }
}

impl Referable for SqlInstance {
    const NOUN: &'static str = "a SQL instance";
    fn of(element: Element) -> Option<Id<SqlInstance>> {
        if let Element::SqlInstance(id) = element { Some(id) } else { None }
    }
}

impl Referable for Database {
    const NOUN: &'static str = "a database";
    fn of(element: Element) -> Option<Id<Database>> {
        if let Element::Database(id) = element { Some(id) } else { None }
    }
}

impl Referable for Host {
    const NOUN: &'static str = "a host";
    fn of(element: Element) -> Option<Id<Host>> {
        if let Element::Host(id) = element { Some(id) } else { None }
    }
}
