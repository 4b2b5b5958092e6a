//! Which adapter a file means: by class id, then by name.
//!
//! An administrator may rename an adapter, and may give a third party's adapter a
//! name that the product uses. The class id stays. Both are in the table of
//! [`crate::expand`], with what each adapter needs to be available.

use super::inventory::AdapterUse;
use crate::expand::biztalk::adapters::{self, Adapter};
use crate::model::HostKind;

/// Capability bits that exports carry.
const CAN_RECEIVE: u32 = 1;
const RECEIVES_IN_PROCESS: u32 = 8;
const ONLY_32_BIT: u32 = 65536;

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
    match adapter.class_id.as_deref().and_then(adapters::of_class) {
        Some(known) => Identity::of(known.name.to_owned(), true, capabilities_of(known)),
        None => by_name(adapter),
    }
}

fn capabilities_of(known: &Adapter) -> Option<u32> {
    known.class.map(|class| class.capabilities)
}

fn by_name(adapter: &AdapterUse) -> Identity {
    let renamed = PRODUCT_NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&adapter.name));
    let name = renamed.map_or(adapter.name.as_str(), |(_, name)| name);
    let Some(known) = adapters::find(name) else {
        return Identity::of(adapter.name.clone(), false, adapter.capabilities);
    };
    match (&adapter.class_id, capabilities_of(known)) {
        // The name is taken, the class is another one.
        (Some(id), Some(_)) => {
            let name = format!("{} (class {id})", adapter.name);
            Identity::of(name, false, adapter.capabilities)
        }
        (None, bits @ Some(_)) => Identity::of(known.name.to_owned(), true, bits),
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
    fn the_bits_of_a_class_agree_with_the_documented_process() {
        let mut classes = 0;
        for adapter in adapters::ADAPTERS {
            let Some(class) = adapter.class else { continue };
            classes += 1;
            assert_eq!(adapter.receive, receive_kind(class.capabilities), "{}", adapter.name);
            assert_eq!(class_id(class.id).as_deref(), Some(class.id), "{}", adapter.name);
            assert_eq!(adapters::of_class(class.id).unwrap().name, adapter.name);
        }
        assert_eq!(classes, 29);
    }
}
