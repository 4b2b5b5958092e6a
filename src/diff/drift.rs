//! Which edits are drift: what one side has imported and the other has not, without what
//! people wrote over an import because no export can tell it. A design that extends no import
//! names other ends in its own way; of it only what exports list by name is compared.

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
    /// What one side takes out of what it extends.
    taken_out: FxHashSet<Vec<String>>,
    /// One side is written by hand from its first line on.
    by_hand: bool,
}

/// Numbers of edits.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Drift {
    pub only_old: Vec<usize>,
    pub only_new: Vec<usize>,
    pub different: Vec<usize>,
    /// Only one side has it, because the other one takes it out on purpose.
    pub taken_out: Vec<usize>,
}

impl Imports {
    /// Of two topologies and their files. None unless one is an import and nothing else: two
    /// states of one design have changes, not drift.
    pub fn of(sides: [(&Topology, &[FileId]); 2]) -> Option<Imports> {
        let imported = |topology: &Topology| -> FxHashSet<FileId> {
            topology.origins.iter().map(|origin| origin.stated.file).collect()
        };
        let each = sides.map(|(topology, files)| (imported(topology), files));
        let is_import = |(known, files): &(FxHashSet<FileId>, &[FileId])| {
            !known.is_empty() && files.iter().all(|file| known.contains(file))
        };
        if !each.iter().any(is_import) {
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
            taken_out: sides
                .iter()
                .flat_map(|(topology, _)| topology.removed.iter().map(|gone| gone.path.clone()))
                .collect(),
            by_hand: each.iter().any(|(known, _)| known.is_empty()),
            files: each.into_iter().flat_map(|(known, _)| known).collect(),
        })
    }

    pub fn drift(&self, edits: &[Edit]) -> Drift {
        let mut drift = Drift::default();
        for (number, edit) in edits.iter().enumerate() {
            let before = edit.old.is_some_and(|span| self.tells(edit, span));
            let after = self.tells(edit, edit.new);
            let taken_out = self.taken_out.contains(&edit.path);
            match edit.kind {
                EditKind::Removed if before && taken_out => drift.taken_out.push(number),
                EditKind::Added if after && taken_out => drift.taken_out.push(number),
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
        let is_imported = self.files.contains(&place.file);
        let is_told = match (self.by_hand, is_value) {
            (true, true) => is_value_of_listed(&edit.path),
            (true, false) => {
                let is_server =
                    matches!(edit.path.as_slice(), [section, _] if section == "servers");
                (is_imported && is_server) || self.is_listed_by_exports(&edit.path)
            }
            (false, is_value) => {
                is_imported || (!is_value && self.is_listed_by_exports(&edit.path))
            }
        };
        !stands_in && is_told
    }

    /// A host, a port or an orchestration, or where a host has an instance: whoever wrote it, an
    /// export would show it. Instances are shown by some exports only.
    fn is_listed_by_exports(&self, path: &[String]) -> bool {
        match in_group(path).as_slice() {
            [section, _] => LISTED.contains(section),
            ["hosts", host, "instances", ..] => !self.untold.contains(*host),
            _ => false,
        }
    }
}

/// The path below a BizTalk group; empty if it leads elsewhere.
fn in_group(path: &[String]) -> Vec<&str> {
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["biztalk", rest @ ..] | ["biztalk_groups", _, rest @ ..] => rest.to_vec(),
        _ => Vec::new(),
    }
}

/// What both sides say of a host, a port or an orchestration.
fn is_value_of_listed(path: &[String]) -> bool {
    matches!(in_group(path).as_slice(), [section, _, _, ..] if LISTED.contains(section))
}

fn is_untold(topology: &Topology, host: &Host) -> bool {
    host.instances.iter().any(|instance| topology.servers[instance.value].placeholder)
}
