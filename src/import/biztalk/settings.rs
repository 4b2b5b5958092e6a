//! Settings exports and other small XML files about hosts.
//!
//! A settings export lists every host and every host instance of a group, with three
//! facts per host that matter here. It does not say what type a host has, nor which
//! instance is disabled, nor which host is clustered.

use roxmltree::Node;

use super::inventory::*;
use super::merge::Merge;
use super::xml::{attribute, child, child_text, children, flag, tag_span, text};
use crate::model::{DatabaseRole, HostKind};
use crate::source::FileId;

/// `BTSTask ExportSettings` and the Settings Dashboard.
pub(super) fn read(root: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    if let Some(group) = child(root, "ExportedGroup") {
        exported_group(group, file, merge);
    }
    for hosts in children(root, "HostSettings") {
        for host in children(hosts, "Host") {
            host_settings(host, file, merge);
        }
    }
    for hosts in children(root, "HostInstanceSettings") {
        for host in children(hosts, "Host") {
            host_instances(host, file, merge);
        }
    }
}

/// `SERVER:DATABASE`; a server may hold a colon itself, a database name does not.
fn exported_group(node: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    let at = tag_span(file, node);
    let Some(group) = text(node).and_then(|group| merge.words(&group, at)) else { return };
    if let Some((server, database)) = group.value.rsplit_once(':') {
        let server = Fact::new(server.trim().to_owned(), at);
        let database = Fact::new(database.trim().to_owned(), at);
        if !server.value.is_empty() && !database.value.is_empty() {
            merge.database(DatabaseRole::Management, &server, &database);
        }
    }
    merge.inventory.exported_group.get_or_insert(group);
}

fn host_settings(node: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    let at = tag_span(file, node);
    let Some(host) = attribute(node, "Name").and_then(|name| merge.words(name, at)) else { return };
    merge.host(&host);
    let stated = |name: &str| {
        let mut settings = children(node, "Setting");
        let setting = settings.find(|setting| attribute(*setting, "Name") == Some(name))?;
        flag(&text(setting)?)
    };
    merge.host_flag(&host, stated("HostTracking"), "a tracking host", |host| &mut host.tracking);
    merge.host_flag(&host, stated("IsHost32BitOnly"), "32-bit only", |host| &mut host.only_32_bit);
}

fn host_instances(node: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    let at = tag_span(file, node);
    let Some(host) = attribute(node, "Name").and_then(|name| merge.words(name, at)) else { return };
    merge.host(&host);
    for server in children(node, "Server") {
        let at = tag_span(file, server);
        let name = attribute(server, "Name").and_then(|name| merge.words(name, at));
        if let Some(server) = name {
            merge.instance(&host, server, true);
        }
    }
}

/// The input of a widely copied host set-up tool.
pub(super) fn read_host_config(root: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    for hosts in children(root, "MakeHosts") {
        for host in children(hosts, "Host") {
            configured_host(host, file, merge);
        }
    }
}

fn configured_host(node: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    let at = tag_span(file, node);
    let name = child_text(node, "HostName").and_then(|name| merge.words(&name, at));
    let Some(host) = name else { return };
    merge.host(&host);
    if let Some(kind) = child_text(node, "Type").and_then(|kind| host_kind(&kind)) {
        merge.host_kind(&host, Fact::new(kind, at));
    }
    if let Some(group) = child_text(node, "NTGroup").and_then(|group| merge.words(&group, at)) {
        merge.host_group(&host, group);
    }
    if let Some(servers) = child(node, "InstallServers").filter(|block| is_in_force(*block)) {
        for server in children(servers, "Server") {
            let at = tag_span(file, server);
            let name = child_text(server, "ServerName").and_then(|name| merge.words(&name, at));
            if let Some(server) = name {
                merge.instance(&host, server, true);
            }
        }
    }
    if let Some(adapters) = child(node, "SetAdapters").filter(|block| is_in_force(*block)) {
        for adapter in children(adapters, "Adapter") {
            configured_handler(adapter, &host, file, merge);
        }
    }
}

/// Blocks with `Action="false"` are skipped by the tool.
fn is_in_force(block: Node<'_, '_>) -> bool {
    attribute(block, "Action").and_then(flag) != Some(false)
}

fn configured_handler(node: Node<'_, '_>, host: &Fact<String>, file: FileId, merge: &mut Merge) {
    let Some(named) = child(node, "AdapterName") else { return };
    let at = tag_span(file, named);
    let direction = match attribute(named, "Type").map(str::to_lowercase).as_deref() {
        Some("receive") => Direction::Receive,
        Some("send") => Direction::Send,
        _ => return,
    };
    let Some(name) = text(named).and_then(|name| merge.words(&name, at)) else { return };
    let adapter = Fact::new(merge.adapter_named(&name.value), at);
    let (host, at) = (host.value.clone(), host.at);
    merge.handler(Handler { adapter, host, direction, default: false, at });
}

/// Host types as words and as the numbers of the product.
pub(super) fn host_kind(word: &str) -> Option<HostKind> {
    match word.trim().to_lowercase().as_str() {
        "inprocess" | "in-process" | "1" => Some(HostKind::InProcess),
        "isolated" | "2" => Some(HostKind::Isolated),
        _ => None,
    }
}

/// `sso/globalInfo/secretServer`, the input of `ssomanage -updatedb`.
pub(super) fn read_secret_server(root: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    for info in children(root, "globalInfo") {
        let Some(server) = child(info, "secretServer") else { continue };
        let at = tag_span(file, server);
        if let Some(server) = text(server).and_then(|name| merge.words(&name, at)) {
            let mut slot = merge.inventory.secret_server.take();
            merge.settle(&mut slot, server, "the master secret server");
            merge.inventory.secret_server = slot;
        }
    }
}
