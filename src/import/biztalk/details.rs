//! The settings of an adapter inside a transport, read only as far as availability asks.
//!
//! Transport data is XML escaped into text, for many adapters twice. It is the place
//! where exports keep passwords and keys, so there is a list of settings that are read
//! and nothing else is ever looked at. Data that does not parse is passed over, which is
//! said once for a file: real files hold placeholders there.

use roxmltree::Node;

use super::adapters::Identity;
use super::inventory::{Details, Fact};
use super::merge::Merge;
use super::secrets;
use super::xml;
use crate::model::BindingKind;
use crate::source::Span;

/// Reads the `TransportTypeData` of a transport.
pub(super) fn read(data: Node<'_, '_>, at: Span, adapter: &Identity, merge: &mut Merge) -> Details {
    let mut details = Details::default();
    let mut take = |name: &str, value: &str, merge: &mut Merge| {
        if secrets::sounds_secret(name) && !name.eq_ignore_ascii_case("PrivateKey") {
            merge.drop_secrets(usize::from(secrets::is_in_clear(name, value)), at);
            return;
        }
        take_setting(&mut details, name, value, adapter, at, merge);
    };
    match data.children().find(Node::is_element) {
        // Masters of the Deployment Framework keep the data unescaped.
        Some(_) => each_setting(data, at, merge, &mut take),
        None => {
            let Some(text) = xml::text(data) else { return details };
            match xml::parse(&text) {
                Ok(document) => each_setting(document.root(), at, merge, &mut take),
                Err(_) => merge.pass_over_settings(at),
            }
        }
    }
    details
}

/// Calls `take` with every setting, also those one escape further in.
fn each_setting(
    data: Node<'_, '_>,
    at: Span,
    merge: &mut Merge,
    take: &mut dyn FnMut(&str, &str, &mut Merge),
) {
    for node in data.descendants().filter(Node::is_element) {
        let Some(value) = xml::text(node) else { continue };
        let name = node.tag_name().name();
        match name {
            "AdapterConfig" => match xml::parse(&value) {
                Ok(inner) => leaves(inner.root(), merge, take),
                Err(_) => merge.pass_over_settings(at),
            },
            _ => take(name, &value, merge),
        }
    }
}

fn leaves(data: Node<'_, '_>, merge: &mut Merge, take: &mut dyn FnMut(&str, &str, &mut Merge)) {
    for node in data.descendants().filter(Node::is_element) {
        if let Some(value) = xml::text(node) {
            take(node.tag_name().name(), &value, merge);
        }
    }
}

fn take_setting(
    details: &mut Details,
    name: &str,
    value: &str,
    adapter: &Identity,
    at: Span,
    merge: &mut Merge,
) {
    match name {
        "transactional" | "transactionSupported" => details.transactional = xml::flag(value),
        "serialProcessing" | "ordered" | "OrderedProcessing" => {
            details.ordered = xml::flag(value).or(details.ordered);
        }
        "RenameReceivedFiles" => details.rename_while_reading = xml::flag(value),
        "SMTPHost" | "mailServer" => details.machine = merge.words(value, at),
        "BindingType" => {
            details.binding_type = merge.words(value, at).map(|fact| fact.value);
            details.binding = binding_kind(adapter, value);
        }
        "ProxyAddress" => details.proxy = merge.words(value, at),
        "PrivateKey" => details.key_share = share_of(value, at, merge),
        _ => {}
    }
}

/// The share of a key file. The key itself may stand here too, so only a path counts.
fn share_of(value: &str, at: Span, merge: &mut Merge) -> Option<Fact<String>> {
    let path = value.trim().strip_prefix(r"\\")?;
    let mut parts = path.split('\\');
    let (server, share) = (parts.next()?, parts.next()?);
    parts.next()?;
    merge.words(&format!(r"\\{server}\{share}"), at)
}

/// Whether a WCF binding waits for callers or fetches by itself, where its type tells.
fn binding_kind(adapter: &Identity, binding: &str) -> Option<BindingKind> {
    if adapter.name != "WCF-Custom" {
        return None;
    }
    match binding.trim() {
        "sqlBinding" | "oracleDBBinding" | "oracleEBSBinding" => Some(BindingKind::Polling),
        "netTcpBinding"
        | "basicHttpBinding"
        | "wsHttpBinding"
        | "webHttpBinding"
        | "netNamedPipeBinding"
        | "basicHttpsBinding"
        | "ws2007HttpBinding" => Some(BindingKind::Listening),
        _ => None,
    }
}
