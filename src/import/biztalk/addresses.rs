//! From the address of a port to what stands behind it.
//!
//! Each adapter writes addresses in its own way, and in some of them the part that
//! looks like a machine is none. An address that cannot be placed stays an address.

use super::adapters::Identity;
use super::inventory::{Direction, Transport};
use super::tokens::is_unresolved;

/// What a port talks to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    System(System),
    /// `\\server\share`.
    Share {
        server: String,
        path: String,
    },
    /// The BizTalk server itself: its web site, its queues, its disk.
    Own,
    /// Nothing that can fail on its own, as far as the address tells.
    Opaque,
    /// A placeholder without a value, or no address at all.
    NotStated,
}

/// A system of somebody else: one per kind, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct System {
    pub(super) kind: &'static str,
    pub(super) host: String,
    /// A port that is not the usual one, an instance, a queue manager.
    pub(super) part: Option<String>,
}

impl System {
    fn new(kind: &'static str, host: &str) -> System {
        System { kind, host: host.to_owned(), part: None }
    }

    /// The name to show: `host:8080 (http)`.
    pub(super) fn label(&self) -> String {
        match &self.part {
            Some(part) => format!("{}:{part} ({})", self.host, self.kind),
            None => format!("{} ({})", self.host, self.kind),
        }
    }

    /// What makes two systems one, whatever the spelling.
    pub(super) fn key(&self) -> (&'static str, String, Option<String>) {
        (self.kind, self.host.to_lowercase(), self.part.as_ref().map(|part| part.to_lowercase()))
    }
}

/// Places the other end of a transport.
pub(super) fn locate(adapter: &Identity, direction: Direction, transport: &Transport) -> Place {
    let Some(address) = transport.address.as_ref().map(|fact| fact.value.as_str()) else {
        return Place::NotStated;
    };
    match adapter.name.as_str() {
        "SMTP" | "POP3" => mail(adapter, transport, address),
        "MSMQ" => msmq(address),
        "MQSeries" | "MQSC" => queue_manager(address),
        _ => generic(adapter, direction, address),
    }
}

fn mail(adapter: &Identity, transport: &Transport, address: &str) -> Place {
    let stated = transport.details.machine.as_ref().map(|machine| machine.value.as_str());
    let in_address =
        strip(address, "pop3://").map(|rest| rest.split(['#', '/', ':']).next().unwrap_or(""));
    let kind = if adapter.name == "SMTP" { "smtp" } else { "pop3" };
    match stated.or(in_address) {
        Some(host) => system_or_own(System::new(kind, host)),
        None => Place::NotStated,
    }
}

/// `FORMATNAME:DIRECT=OS:host\PRIVATE$\queue`, `...=TCP:1.2.3.4\queue`, `...=HTTP://host/msmq/queue`.
fn msmq(address: &str) -> Place {
    let Some((_, direct)) = split_ignoring_case(address, "direct=") else {
        let host = address.split('\\').next().unwrap_or("");
        return match address.contains('\\') {
            true => system_or_own(System::new("msmq", host)),
            false => unplaced(address),
        };
    };
    let by_name = strip(direct, "os:").or_else(|| strip(direct, "tcp:"));
    let by_url = strip(direct, "http://").or_else(|| strip(direct, "https://"));
    match (by_name, by_url) {
        (Some(rest), _) => {
            system_or_own(System::new("msmq", rest.split('\\').next().unwrap_or("")))
        }
        (_, Some(rest)) => system_or_own(System::new("msmq", host_of(rest).0)),
        _ => unplaced(address),
    }
}

/// `mqs://server/manager/queue`, `mqsc://host/tcp/channel/manager/queue`. Where no host is
/// given, the queue manager is all that is known.
fn queue_manager(address: &str) -> Place {
    let Some((scheme, rest)) = address.split_once("://") else { return unplaced(address) };
    let parts: Vec<&str> = rest.split('/').collect();
    let manager_at = if scheme.eq_ignore_ascii_case("mqsc") { 3 } else { 1 };
    let (host, manager) = (parts.first().copied().unwrap_or(""), parts.get(manager_at).copied());
    let manager = manager.filter(|manager| !manager.is_empty());
    match (host, manager) {
        ("", Some(manager)) => system_or_own(System::new("mq", manager)),
        ("", None) => unplaced(address),
        (host, manager) => match system_or_own(System::new("mq", host)) {
            Place::System(system) => {
                Place::System(System { part: manager.map(str::to_owned), ..system })
            }
            place => place,
        },
    }
}

fn generic(adapter: &Identity, direction: Direction, address: &str) -> Place {
    if let Some(rest) = address.strip_prefix(r"\\") {
        return share(rest);
    }
    let Some((scheme, rest)) = address.split_once("://") else {
        return without_scheme(direction, address);
    };
    let scheme = scheme.to_lowercase();
    let (host, port) = host_of(rest);
    let web_kind = if host.to_lowercase().ends_with(".servicebus.windows.net") {
        "service-bus"
    } else {
        "http"
    };
    // A custom adapter's scheme need not have a machine behind it; web schemes do.
    let system = match scheme.as_str() {
        "ftp" => with_port("ftp", host, port, "21"),
        "ftps" => with_port("ftp", host, port, "990"),
        "sftp" => with_port("sftp", host, port, "22"),
        "http" => with_port(web_kind, host, port, "80"),
        "https" => with_port(web_kind, host, port, "443"),
        "sb" | "amqp" | "amqps" => System::new("service-bus", host),
        "net.tcp" => with_port("net.tcp", host, port, "808"),
        "net.pipe" => System::new("net.pipe", host),
        "net.msmq" => System::new("msmq", host),
        "wss" if adapter.name == "Windows SharePoint Services" => {
            with_port("sharepoint", host, port, "80")
        }
        "sql" => old_sql(rest),
        "mssql" => sql(rest),
        "sap" => sap(rest),
        "oracledb" | "oracleebs" => System::new("oracle", host),
        "siebel" => System::new("siebel", host),
        _ => return unplaced(address),
    };
    system_or_own(system)
}

/// `server/share/...` of a UNC path.
fn share(rest: &str) -> Place {
    let mut parts = rest.split('\\');
    match (parts.next(), parts.next()) {
        (Some(server), Some(share)) if !server.is_empty() && !share.is_empty() => {
            match (is_unresolved(server), is_own(server)) {
                (true, _) => Place::NotStated,
                (_, true) => Place::Own,
                _ => {
                    Place::Share { server: server.to_owned(), path: format!(r"\\{server}\{share}") }
                }
            }
        }
        _ => Place::NotStated,
    }
}

/// Virtual directories of isolated hosts, local paths, placeholders.
fn without_scheme(direction: Direction, address: &str) -> Place {
    let is_path = address.as_bytes().get(1) == Some(&b':');
    match () {
        () if is_path => Place::Own,
        () if is_unresolved(address) => Place::NotStated,
        () if address.starts_with('/') && direction == Direction::Receive => Place::Own,
        () => Place::Opaque,
    }
}

/// `server/instance/database`, where an empty instance gives two slashes.
fn sql(rest: &str) -> System {
    let mut parts = rest.split('/');
    let server = parts.next().unwrap_or("");
    let (host, port) = server.split_once([':', ',']).unwrap_or((server, ""));
    let instance = parts.next().filter(|_| parts.next().is_some()).unwrap_or("");
    let part = match (instance, port) {
        ("", "" | "1433") => None,
        ("", port) => Some(port.to_owned()),
        (instance, _) => Some(instance.to_owned()),
    };
    System { part, ..System::new("sql", host) }
}

/// `server/database/` of the older adapter; the server is written as clients write it.
fn old_sql(rest: &str) -> System {
    let server = rest.split('/').next().unwrap_or("");
    match server.split_once(['\\', ',']) {
        Some((host, part)) => System { part: Some(part.to_owned()), ..System::new("sql", host) },
        None => System::new("sql", server),
    }
}

/// `a/host/00` (application server), `b/host/...` (message server), `d/name` (destination).
fn sap(rest: &str) -> System {
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let mut parts = rest.split('/');
    let kind = parts.next().unwrap_or("");
    let host = parts.next().unwrap_or(kind);
    let part = parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
    System { part, ..System::new("sap", host) }
}

fn with_port(kind: &'static str, host: &str, port: Option<&str>, usual: &str) -> System {
    let part = port.filter(|port| *port != usual).map(str::to_owned);
    System { part, ..System::new(kind, host) }
}

/// Host and port of `host:port/path`; an address in brackets may hold colons.
fn host_of(rest: &str) -> (&str, Option<&str>) {
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or("");
    let bracket = authority.rfind(']').unwrap_or(0);
    match authority.rfind(':') {
        Some(colon) if colon > bracket => {
            let (host, port) = authority.split_at(colon);
            (host, port.get(1..).filter(|port| !port.is_empty()))
        }
        _ => (authority, None),
    }
}

fn system_or_own(system: System) -> Place {
    match () {
        () if system.host.trim().is_empty() => Place::NotStated,
        () if is_unresolved(&system.host) => Place::NotStated,
        () if is_own(&system.host) => Place::Own,
        () => Place::System(system),
    }
}

fn unplaced(address: &str) -> Place {
    if is_unresolved(address) { Place::NotStated } else { Place::Opaque }
}

/// Ways of naming the computer one is on.
fn is_own(host: &str) -> bool {
    matches!(
        host.to_lowercase().as_str(),
        "." | "localhost" | "127.0.0.1" | "(local)" | "[::1]" | "*" | "+" | "0.0.0.0"
    )
}

fn strip<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..))?
}

fn split_ignoring_case<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let at = text.to_ascii_lowercase().find(mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::biztalk::adapters::identify;
    use crate::import::biztalk::inventory::{AdapterUse, Details, Fact};
    use crate::source::{FileId, Span};

    fn place(adapter: &str, direction: Direction, address: &str) -> Place {
        let at = Span::new(FileId::from_index(0), 0, 0);
        let name = adapter.to_owned();
        let adapter = AdapterUse { name, class_id: None, capabilities: None };
        let transport = Transport {
            adapter: None,
            host: None,
            address: Some(Fact::new(address.to_owned(), at)),
            details: Details::default(),
            at,
        };
        locate(&identify(&adapter), direction, &transport)
    }

    fn sent(adapter: &str, address: &str) -> String {
        match place(adapter, Direction::Send, address) {
            Place::System(system) => system.label(),
            Place::Share { path, .. } => path,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn each_adapter_has_its_own_way_of_naming_a_machine() {
        for (adapter, address, expected) in [
            ("FILE", r"\\fs1\in$\orders\*.xml", r"\\fs1\in$"),
            ("FILE", r"C:\in\*.xml", "Own"),
            ("FTP", "ftp://partner:21/in/%MessageID%.xml", "partner (ftp)"),
            ("SFTP", "sftp://partner:2222//D:/in", "partner:2222 (sftp)"),
            ("HTTP", "https://api.example/x", "api.example (http)"),
            ("HTTP", "http://api.example:8080/x", "api.example:8080 (http)"),
            ("MSMQ", r"FORMATNAME:DIRECT=OS:Q1\PRIVATE$\orders", "Q1 (msmq)"),
            ("MSMQ", r"FormatName:Direct=TCP:10.0.0.1\orders", "10.0.0.1 (msmq)"),
            ("MSMQ", r"FORMATNAME:DIRECT=OS:.\PRIVATE$\orders", "Own"),
            ("MQSeries", "MQS://MQ1/QM1/ORDERS", "MQ1:QM1 (mq)"),
            ("MQSC", "mqsc:///tcp//QM1/ORDERS", "QM1 (mq)"),
            ("SQL", "SQL://SQL1/Orders/", "SQL1 (sql)"),
            ("WCF-SQL", "mssql://SQL1//Orders", "SQL1 (sql)"),
            ("WCF-SQL", "mssql://SQL1/INST/Orders", "SQL1:INST (sql)"),
            ("WCF-SQL", "mssql://SQL1:1433//Orders", "SQL1 (sql)"),
            ("WCF-Custom", "mssql://.//Orders", "Own"),
            ("WCF-SAP", "sap://a/sap1/00", "sap1:00 (sap)"),
            (
                "SB-Messaging",
                "sb://ns.servicebus.windows.net/q",
                "ns.servicebus.windows.net (service-bus)",
            ),
            ("Windows SharePoint Services", "wss://sp:80/site/list", "sp (sharepoint)"),
            ("WCF-NetTcp", "net.tcp://[::1]:8888/x", "Own"),
            ("ActiveADAPTER", "activedirectory://CreateGroup", "Opaque"),
            ("NullAdapter", "null://nobody", "Opaque"),
            ("Atom", "https://api.example/feed", "api.example (http)"),
            ("WCF-WebHttp", "${Url}", "NotStated"),
            ("FTP", "ftp://${Host}/in", "NotStated"),
        ] {
            assert_eq!(sent(adapter, address), expected, "{adapter} {address}");
        }
    }

    #[test]
    fn a_virtual_directory_is_on_the_server_itself() {
        assert_eq!(place("HTTP", Direction::Receive, "/in/BTSHTTPReceive.dll"), Place::Own);
    }
}
