//! Which edits are drift: what one side has imported and the other has not, without what
//! people wrote over an import because no export can tell it.

use rustc_hash::FxHashSet;

use super::{Edit, EditKind};
use crate::model::{Host, Topology};
use crate::source::{FileId, Span};

/// Sections of which exports list everything there is.
const LISTED: [&str; 4] = ["hosts", "receive_locations", "send_ports", "orchestrations"];

/// What of two topologies comes from imports.
#[derive(Debug)]
pub struct Imports {
    files: FxHashSet<FileId>,
    /// Names of what stands in for something unknown.
    placeholders: FxHashSet<String>,
    /// Hosts of which one side does not know the instances.
    untold: FxHashSet<String>,
}

/// Numbers of edits.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Drift {
    pub only_old: Vec<usize>,
    pub only_new: Vec<usize>,
    pub different: Vec<usize>,
}

impl Imports {
    /// Of two topologies and their files. None unless one is an import and nothing else, and the
    /// other one has an import in it: two states of one design have changes, not drift.
    pub fn of(sides: [(&Topology, &[FileId]); 2]) -> Option<Imports> {
        let imported = |topology: &Topology| -> FxHashSet<FileId> {
            topology.origins.iter().map(|origin| origin.stated.file).collect()
        };
        let each = sides.map(|(topology, files)| (imported(topology), files));
        let is_import = each.iter().any(|(known, files)| files.iter().all(|f| known.contains(f)));
        if !is_import || each.iter().any(|(known, _)| known.is_empty()) {
            return None;
        }
        let placeholders = sides.iter().flat_map(|(topology, _)| {
            let servers = topology.servers.values().filter(|server| server.placeholder);
            let hosts = topology.hosts.values().filter(|host| host.placeholder);
            let names = servers.map(|server| &server.name).chain(hosts.map(|host| &host.name));
            names.map(|name| name.value.clone())
        });
        let untold = sides.iter().flat_map(|(topology, _)| {
            let hosts = topology.hosts.values().filter(|host| is_untold(topology, host));
            hosts.map(|host| host.name.value.clone())
        });
        Some(Imports {
            placeholders: placeholders.collect(),
            untold: untold.collect(),
            files: each.into_iter().flat_map(|(known, _)| known).collect(),
        })
    }

    pub fn drift(&self, edits: &[Edit]) -> Drift {
        let mut drift = Drift::default();
        for (number, edit) in edits.iter().enumerate() {
            let before = edit.old.is_some_and(|span| self.tells(edit, span));
            let after = self.tells(edit, edit.new);
            match edit.kind {
                EditKind::Removed if before => drift.only_old.push(number),
                EditKind::Added if after => drift.only_new.push(number),
                EditKind::Changed if before && after => drift.different.push(number),
                _ => {}
            }
        }
        drift
    }

    fn tells(&self, edit: &Edit, place: Span) -> bool {
        let stands_in = edit.path.last().is_some_and(|name| self.placeholders.contains(name));
        let is_value = edit.kind == EditKind::Changed;
        !stands_in
            && (self.files.contains(&place.file)
                || (!is_value && self.is_listed_by_exports(&edit.path)))
    }

    /// A host, a port or an orchestration, or where a host has an instance: whoever wrote it, an
    /// export would show it. Instances are shown by some exports only.
    fn is_listed_by_exports(&self, path: &[String]) -> bool {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        let of_group = match words.as_slice() {
            ["biztalk", rest @ ..] | ["biztalk_groups", _, rest @ ..] => rest,
            _ => return false,
        };
        match of_group {
            [section, _] => LISTED.contains(section),
            ["hosts", host, "instances", ..] => !self.untold.contains(*host),
            _ => false,
        }
    }
}

fn is_untold(topology: &Topology, host: &Host) -> bool {
    host.instances.iter().any(|instance| topology.servers[instance.value].placeholder)
}
