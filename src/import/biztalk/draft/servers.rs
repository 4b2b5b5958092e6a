//! Servers, the names of hosts, and SQL instances with the databases of the group.
//!
//! A SQL Server name is a computer only where it is the name of a BizTalk server. For
//! any other one a placeholder stands in, because it may as well be a cluster.

use indexmap::IndexMap;

use super::{DraftDatabase, Drafting, Server, SqlInstance, sorted};
use crate::import::biztalk::inventory::*;

impl<'i> Drafting<'i> {
    pub(super) fn servers(&mut self) {
        for server in sorted(&self.inventory.servers, |server| &server.value) {
            let name = self.names.claim(&server.value, "server");
            self.server_names.insert(server.value.to_lowercase(), name.clone());
            self.draft.servers.push(Server {
                name,
                places: vec![server.at],
                stands_for: None,
                questions: Vec::new(),
            });
        }
    }

    /// Hosts get their names early, so that nothing else takes them.
    pub(super) fn host_names(&mut self) {
        for host in sorted(&self.inventory.hosts, |host| &host.name) {
            let name = self.names.claim(&host.name, "host");
            self.host_names.insert(host.name.to_lowercase(), name);
        }
    }

    pub(super) fn host_name(&self, host: &str) -> Option<String> {
        self.host_names.get(&host.to_lowercase()).cloned()
    }

    pub(super) fn placeholder_server(
        &mut self,
        wanted: &str,
        stands_for: String,
        question: usize,
    ) -> String {
        let name = self.names.claim(wanted, "server");
        self.draft.servers.push(Server {
            name: name.clone(),
            places: Vec::new(),
            stands_for: Some(stands_for),
            questions: vec![question],
        });
        name
    }

    pub(super) fn sql_instances(&mut self) {
        let mut by_server: IndexMap<String, Vec<&'i Database>> = IndexMap::new();
        for database in sorted(&self.inventory.databases, |database| &database.server) {
            by_server.entry(database.server.to_lowercase()).or_default().push(database);
        }
        for databases in by_server.into_values() {
            if let Some(first) = databases.first() {
                self.sql_instance(&first.server, &databases);
            }
        }
    }

    fn sql_instance(&mut self, address: &str, databases: &[&'i Database]) {
        let name = self.names.claim(&format!("{address} (SQL Server)"), "SQL instance");
        let computer = address.split(['\\', ',']).next().unwrap_or(address).trim();
        let mut asked = Vec::new();
        let on = match self.server_names.get(&computer.to_lowercase()) {
            Some(server) => server.clone(),
            None => {
                let at = databases.first().and_then(|database| database.places.first().copied());
                let question = self.questions.ask(
                    format!("sql_instances.{name}"),
                    format!(
                        "What is `{address}`: one computer, a failover cluster instance, or the listener or \
                         alias of an availability group?"
                    ),
                    "every document passes through its databases",
                    at,
                );
                asked.push(question);
                let wanted = format!("computer behind {address} (not stated)");
                self.placeholder_server(&wanted, format!("whatever runs `{address}`"), question)
            }
        };
        let databases = databases.iter().map(|database| self.database(&name, database)).collect();
        self.sql_names.insert(address.to_lowercase(), name.clone());
        let address = address.to_owned();
        self.draft.sql_instances.push(SqlInstance {
            name,
            address,
            on,
            databases,
            questions: asked,
        });
    }

    fn database(&mut self, instance: &str, database: &Database) -> DraftDatabase {
        let name = self.names.claim_database(instance, &database.name);
        DraftDatabase { name, role: database.role, places: database.places.clone() }
    }
}
