//! Which adapter a file means: by class id, then by name.
//!
//! An administrator may rename an adapter, and may give a third party's adapter a
//! name that the product uses. The class id stays. What an adapter needs to be
//! available is not known here; that is the table of [`crate::expand`].

use super::inventory::AdapterUse;
use crate::expand::biztalk::adapters;
use crate::model::HostKind;

/// Capability bits that exports carry.
const CAN_RECEIVE: u32 = 1;
const RECEIVES_IN_PROCESS: u32 = 8;
const ONLY_32_BIT: u32 = 65536;

/// An adapter of the product: its class, the name failscope has for it, its capabilities.
struct Class {
    id: &'static str,
    name: &'static str,
    capabilities: u32,
}

const fn class(id: &'static str, name: &'static str, capabilities: u32) -> Class {
    Class { id, name, capabilities }
}

static CLASSES: [Class; 29] = [
    class("5e49e3a6-b4fc-4077-b44c-22f34a242fdb", "FILE", 11),
    class("3979ffed-0067-4cc6-9f5a-859a5db6e9bb", "FTP", 80907),
    class("f75aeff5-ebc7-4e7c-a753-fdd68ab45c95", "SFTP", 523),
    class("1787fcc1-9aaa-4bbd-9096-7eb77e3d9d9b", "POP3", 71689),
    class("8f36b311-b670-4cf6-aaec-04ebb80ed48d", "SMTP", 2),
    class("1c56d157-0553-4345-8a1f-55d2d1a3ffb6", "HTTP", 387),
    class("7e104b2f-003c-4d9f-a6a5-168f727289f0", "SOAP", 899),
    class("6e688659-1374-4f37-90dc-40cb6dd3c73d", "SQL", 81163),
    class("ff5cee87-fd92-4422-b47d-f7d033311693", "MSMQ", 13579),
    class("b0942470-a5a1-45af-8d01-27481b306441", "MQSeries", 15627),
    class("8a8ca722-047c-4574-9850-8bd63e6e9089", "MQSC", 15627),
    class("ba7dad66-5fc8-4a24-a27e-d9f68fd67c3a", "Windows SharePoint Services", 15371),
    class("467c1a52-373f-4f09-9008-27af6b985f14", "WCF-BasicHttp", 899),
    class("2b219014-ba04-4b70-a66b-a8c418b109fd", "WCF-WSHttp", 899),
    class("e5b2de81-de67-4559-869b-20925949a1e0", "WCF-WebHttp", 387),
    class("16824334-968f-42db-b33b-6f8d62ed1ebc", "WCF-CustomIsolated", 641),
    class("af081f69-38ca-4d5b-87df-f0344b12557a", "WCF-Custom", 907),
    class("7fd2dfcd-6a7b-44f9-8387-29457fd2eaaf", "WCF-NetTcp", 907),
    class("148d2e28-d634-4127-aa9e-7d6298156bf1", "WCF-NetNamedPipe", 907),
    class("36f48beb-64aa-4c80-b396-1f2ba53bed84", "WCF-NetMsmq", 523),
    class("f15097a3-283a-40b2-aca7-6b7bae0a0955", "WCF-BasicHttpRelay", 907),
    class("b0a7e20b-9519-4b8e-9137-3a0dec2792b0", "WCF-NetTcpRelay", 907),
    class("59b35d03-6a06-4734-a249-ef561254ecf7", "WCF-SQL", 779),
    class("9c458d4a-a73c-4cb3-89c4-86ae0103de2f", "SB-Messaging", 523),
    class("23d89cb3-d638-4558-aa36-79f1ecb0454f", "AzureBlobStorage", 11),
    class("b3e61555-84ae-4af0-9528-bc104f92e01c", "EventHub", 11),
    class("48b96e09-bd96-4f46-95ef-57accc55f23d", "Office365 Mail", 11),
    class("34676320-8854-4208-9dbb-a7222a0241e2", "Office365 Calendar", 11),
    class("ec50860c-24cb-4934-be2e-1694093b721f", "LogicApp", 15747),
];

/// Names of the product where failscope has another one.
const PRODUCT_NAMES: [(&str, &str); 3] = [
    ("Office365 Outlook Email", "Office365 Mail"),
    ("Office365 Outlook Calendar", "Office365 Calendar"),
    ("Office365 Outlook Contact", "Office365 Contact"),
];

/// What an adapter of a file is to failscope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// The name to write; for an adapter failscope does not know, its own.
    pub(super) name: String,
    pub(super) known: bool,
    /// Where its receive side runs, as far as class or capabilities tell.
    pub(super) receive: Option<HostKind>,
    pub(super) only_32_bit: bool,
}

pub(super) fn identify(adapter: &AdapterUse) -> Identity {
    let by_id = adapter.class_id.as_deref().and_then(by_class);
    match by_id {
        Some(class) => Identity::of(class.name.to_owned(), true, Some(class.capabilities)),
        None => by_name(adapter),
    }
}

fn by_class(id: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.id == id)
}

fn by_name(adapter: &AdapterUse) -> Identity {
    let renamed = PRODUCT_NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&adapter.name));
    let name = renamed.map_or(adapter.name.as_str(), |(_, name)| name);
    let Some(known) = adapters::find(name) else {
        return Identity::of(adapter.name.clone(), false, adapter.capabilities);
    };
    let named = CLASSES.iter().find(|class| class.name == known.name);
    match (&adapter.class_id, named) {
        // The name is taken, the class is another one.
        (Some(id), Some(_)) => {
            let name = format!("{} (class {id})", adapter.name);
            Identity::of(name, false, adapter.capabilities)
        }
        (None, Some(class)) => Identity::of(known.name.to_owned(), true, Some(class.capabilities)),
        (_, None) => Identity {
            receive: known.receive,
            ..Identity::of(known.name.to_owned(), true, adapter.capabilities)
        },
    }
}

impl Identity {
    fn of(name: String, known: bool, capabilities: Option<u32>) -> Identity {
        Identity {
            name,
            known,
            receive: capabilities.and_then(receive_kind),
            only_32_bit: capabilities.is_some_and(|bits| bits & ONLY_32_BIT != 0),
        }
    }
}

fn receive_kind(capabilities: u32) -> Option<HostKind> {
    match (capabilities & CAN_RECEIVE != 0, capabilities & RECEIVES_IN_PROCESS != 0) {
        (false, _) => None,
        (true, true) => Some(HostKind::InProcess),
        (true, false) => Some(HostKind::Isolated),
    }
}

/// A class id in the one form that is compared.
pub(super) fn class_id(text: &str) -> Option<String> {
    let id = text.trim().trim_matches(['{', '}']).to_lowercase();
    let is_id = id.len() == 36 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    is_id.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(name: &str, id: Option<&str>, capabilities: Option<u32>) -> AdapterUse {
        let class_id = id.and_then(class_id);
        AdapterUse { name: name.to_owned(), class_id, capabilities }
    }

    #[test]
    fn a_renamed_adapter_is_known_by_its_class() {
        let id = "{F75AEFF5-EBC7-4E7C-A753-FDD68AB45C95}";
        assert_eq!(identify(&adapter("MS-SFTP", Some(id), None)).name, "SFTP");
    }

    #[test]
    fn a_product_name_on_another_class_is_another_adapter() {
        let id = "12345678-1234-1234-1234-123456789012";
        let found = identify(&adapter("SFTP", Some(id), Some(15371)));
        assert!(!found.known);
        assert_ne!(found.name, "SFTP");
        assert_eq!(found.receive, Some(HostKind::InProcess));
    }

    #[test]
    fn without_a_class_the_name_decides() {
        let found = identify(&adapter("pop3", None, None));
        assert_eq!((found.name.as_str(), found.only_32_bit), ("POP3", true));
        assert!(identify(&adapter("WSS", None, None)).known, "an alias");
        assert_eq!(
            identify(&adapter("Office365 Outlook Email", None, None)).name,
            "Office365 Mail"
        );
        assert!(!identify(&adapter("Atom", None, None)).known);
    }

    #[test]
    fn every_class_names_an_adapter_of_the_table() {
        for class in &CLASSES {
            let known = adapters::find(class.name).unwrap();
            assert_eq!(known.name, class.name);
            assert!(
                known.receive == receive_kind(class.capabilities)
                    || class.name == "WCF-BasicHttpRelay",
                "{}: the two tables differ",
                class.name
            );
        }
    }
}
