//! Services that a computer carries because something on it needs them.

use super::Build;
use crate::graph::{Component, ComponentId, Nature, Requirement};
use crate::model::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LocalService {
    Msdtc,
    Entsso,
    Iis,
    Msmq,
    FileSystem,
}

impl LocalService {
    /// The first part of a component name: `MSDTC@BTS01`.
    pub fn label(self) -> &'static str {
        match self {
            LocalService::Msdtc => "MSDTC",
            LocalService::Entsso => "ENTSSO",
            LocalService::Iis => "IIS",
            LocalService::Msmq => "MSMQ",
            LocalService::FileSystem => "file system",
        }
    }

    pub fn kind(self) -> &'static str {
        match self {
            LocalService::Msdtc => "MSDTC",
            LocalService::Entsso => "Enterprise SSO service",
            LocalService::Iis => "IIS",
            LocalService::Msmq => "Message Queuing",
            LocalService::FileSystem => "file system",
        }
    }

    fn stated(self, services: &ServerServices) -> Option<At<ServiceState>> {
        match self {
            LocalService::Msdtc => services.msdtc,
            LocalService::Entsso => services.entsso,
            LocalService::Iis => services.iis,
            LocalService::Msmq => services.msmq,
            LocalService::FileSystem => None,
        }
    }
}

impl Build<'_> {
    /// The service on that server, made the first time something asks for it.
    pub(super) fn local(&mut self, service: LocalService, server: Id<Server>) -> ComponentId {
        if let Some(&known) = self.local.get(&(service, server)) {
            return known;
        }
        let model = &self.topology.servers[server];
        let stated = service.stated(&model.services);
        let runs = !stated.is_some_and(|state| state.value != ServiceState::Running);
        let name = format!("{}@{}", service.label(), model.name.value);
        let component = Component {
            nature: if runs { Nature::Basic } else { Nature::Down },
            ..Component::basic(name, service.kind())
        };
        let span = stated.map_or(model.name.span, |state| state.span);
        let id = self.implied(component, span);
        let on = self.server(server);
        self.graph_server(id, on);
        self.need(Requirement::run(id, on).why("it runs on this server", "").at(span));
        self.local.insert((service, server), id);
        id
    }
}
