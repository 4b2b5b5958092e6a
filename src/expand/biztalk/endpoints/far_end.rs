//! What a port talks to, found from its name, its path or the host in its address.

use super::Build;
use crate::graph::{ComponentId, Requirement};
use crate::model::*;

impl<'t> Build<'t> {
    /// What the port talks to, when it is part of the topology.
    pub(super) fn other_end(
        &mut self,
        dependent: ComponentId,
        end: Option<&'t At<Endpoint>>,
        port: &Name,
    ) {
        let Some(end) = end else { return };
        match self.element_of_end(&end.value) {
            Some(element) => {
                let provider = self.of(element);
                self.need(
                    Requirement::run(dependent, provider)
                        .why(
                            "it is the other end of the port",
                            "C/how-to-configure-transport-advanced-options-for-a-send-port",
                        )
                        .at(end.span),
                );
            }
            None => self.grant(
                &port.value,
                "what stands behind the address of its other end; that is not judged",
                Some(end.span),
            ),
        }
    }

    /// A name; the file share whose path the address lies under; or the computer, group or
    /// balancer that the address names as its host.
    fn element_of_end(&self, end: &Endpoint) -> Option<Element> {
        let path = match end {
            Endpoint::Element(element) => return Some(*element),
            Endpoint::Address(path) => unc(path),
        };
        let share = self
            .topology
            .file_shares
            .iter()
            .filter_map(|(id, share)| Some((id, share.path.as_ref()?.value.to_lowercase())))
            .filter(|(_, share)| lies_under(&path, share))
            .max_by_key(|(_, share)| share.len())
            .map(|(id, _)| Element::FileShare(id));
        share.or_else(|| self.named_host(&path))
    }

    fn named_host(&self, address: &str) -> Option<Element> {
        let t = self.topology;
        let host = host_of(address)?;
        let same = |name: &str| {
            let name = name.to_lowercase();
            name == host || host.split('.').next() == Some(name.as_str())
        };
        let server = t.servers.iter().find(|(_, server)| same(&server.name.value));
        let named =
            |group: &ClusterGroup| group.network_name.as_ref().is_some_and(|n| same(&n.value));
        let group = || t.cluster_groups.iter().find(|(_, group)| named(group));
        let external = || t.external.iter().find(|(_, external)| same(&external.name.value));
        server
            .map(|(id, _)| Element::Server(id))
            .or_else(|| group().map(|(id, _)| Element::Group(id)))
            .or_else(|| external().map(|(id, _)| Element::External(id)))
    }
}

/// Lower case, with the slashes of a UNC path turned the usual way.
fn unc(path: &str) -> String {
    let lower = path.to_lowercase();
    if lower.starts_with("//") { lower.replace('/', r"\") } else { lower }
}

/// A UNC path to another computer: not a device path, not this computer itself.
pub(super) fn is_shared_path(path: &str) -> bool {
    let path = unc(path);
    let host = host_of(&path).unwrap_or("");
    path.starts_with(r"\\") && !matches!(host, "localhost" | "127.0.0.1" | "." | "")
}

/// The host part of a UNC path or a URL.
fn host_of(address: &str) -> Option<&str> {
    let rest = match address.split_once("://") {
        Some((_, rest)) => rest.rsplit_once('@').map_or(rest, |(_, rest)| rest),
        None => address.strip_prefix(r"\\")?,
    };
    rest.split(['/', '\\', ':', '?']).next().filter(|host| !host.is_empty())
}

fn lies_under(path: &str, share: &str) -> bool {
    let share = share.trim_end_matches('\\');
    path.strip_prefix(share).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
}
