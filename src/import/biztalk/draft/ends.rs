//! The other ends of ports: systems of others, file shares, SQL instances of the group.

use super::{Drafting, External, OtherEnd, Share};
use crate::import::biztalk::addresses::{Place, System};
use crate::import::biztalk::inventory::*;
use crate::import::biztalk::merge::add_place;
use crate::import::biztalk::tokens::is_unresolved;
use crate::source::Span;

impl<'i> Drafting<'i> {
    pub(super) fn other_end(&mut self, place: &Place, transport: &Transport) -> OtherEnd {
        let stated = transport.details.machine.as_ref().or(transport.address.as_ref());
        let at = stated.map_or(transport.at, |stated| stated.at);
        let Some(address) = transport.address.as_ref().map(|address| address.value.clone()) else {
            let word = match place {
                Place::System(system) => Some(self.system(system, at)),
                _ => None,
            };
            return OtherEnd { word, address: None };
        };
        match place {
            Place::System(system) if self.is_own_server(&system.host) => {
                OtherEnd { word: usable(&address), address: None }
            }
            Place::System(system) => {
                let word = self.system(system, at);
                OtherEnd { word: Some(word), address: Some(address) }
            }
            Place::Share { server, path } => {
                self.share(server, path, at);
                OtherEnd { word: usable(&address), address: None }
            }
            Place::Own | Place::Opaque => match usable(&address) {
                Some(word) => OtherEnd { word: Some(word), address: None },
                None => OtherEnd { word: None, address: Some(address) },
            },
            Place::NotStated => OtherEnd { word: None, address: Some(address) },
        }
    }

    pub(super) fn is_own_server(&self, host: &str) -> bool {
        let short = host.split('.').next().unwrap_or(host).to_lowercase();
        self.server_names.contains_key(&host.to_lowercase())
            || self.server_names.contains_key(&short)
    }

    /// The name of a system: an instance of the group's own SQL Servers, or an external.
    fn system(&mut self, system: &System, at: Span) -> String {
        if let Some(own) = self.own_sql(system) {
            return own;
        }
        let names = &mut self.names;
        let external = self.draft.externals.entry(system.key()).or_insert_with(|| External {
            name: names.claim(&system.label(), "external"),
            host: system.host.clone(),
            kind: system.kind,
            places: Vec::new(),
        });
        add_place(&mut external.places, at);
        external.name.clone()
    }

    fn own_sql(&self, system: &System) -> Option<String> {
        if system.kind != "sql" {
            return None;
        }
        let with = |separator: &str| match &system.part {
            Some(part) => format!("{}{separator}{part}", system.host).to_lowercase(),
            None => system.host.to_lowercase(),
        };
        self.sql_names.get(&with("\\")).or_else(|| self.sql_names.get(&with(","))).cloned()
    }

    fn share(&mut self, server: &str, path: &str, at: Span) -> String {
        let on = self.server_names.get(&server.to_lowercase()).cloned();
        let names = &mut self.names;
        let share = self.draft.shares.entry(path.to_lowercase()).or_insert_with(|| Share {
            name: names.claim(path, "file share"),
            server: server.to_owned(),
            path: path.to_owned(),
            on,
            places: Vec::new(),
        });
        add_place(&mut share.places, at);
        share.name.clone()
    }

    /// What a transport needs besides its host and its other end.
    pub(super) fn needs(&mut self, transport: &Transport) -> Vec<String> {
        let mut needs = Vec::new();
        if let Some(path) = &transport.details.key_share
            && let Some(server) = path.value.trim_start_matches('\\').split('\\').next()
        {
            needs.push(self.share(server, &path.value, path.at));
        }
        if let Some(proxy) = &transport.details.proxy
            && !is_unresolved(&proxy.value)
        {
            let words = proxy.value.as_str();
            let rest = words.split_once("://").map_or(words, |(_, rest)| rest);
            let host = rest.split('/').next().unwrap_or("").to_owned();
            if !host.is_empty() {
                let system = System { kind: "proxy", host, part: None };
                needs.push(self.system(&system, proxy.at));
            }
        }
        needs
    }
}

/// An address that the reader of the language takes for one.
fn usable(address: &str) -> Option<String> {
    let is_address = address.contains(['\\', '/', '@', ':']) && !is_unresolved(address);
    is_address.then(|| address.to_owned())
}
