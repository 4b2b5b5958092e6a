//! Values that two places may state: when they agree, and how a message shows them.

use super::inventory::AdapterUse;
use crate::model::{DatabaseRole, HostKind};

/// A value that two places may state.
pub(super) trait Stated: Clone {
    fn agrees(&self, other: &Self) -> bool;
    fn shown(&self) -> String;
}

impl Stated for bool {
    fn agrees(&self, other: &bool) -> bool {
        self == other
    }

    fn shown(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

impl Stated for HostKind {
    fn agrees(&self, other: &HostKind) -> bool {
        self == other
    }

    fn shown(&self) -> String {
        kind_word(*self).to_owned()
    }
}

impl Stated for String {
    fn agrees(&self, other: &String) -> bool {
        self.to_lowercase() == other.to_lowercase()
    }

    fn shown(&self) -> String {
        format!("`{self}`")
    }
}

impl Stated for AdapterUse {
    fn agrees(&self, other: &AdapterUse) -> bool {
        match (&self.class_id, &other.class_id) {
            (Some(one), Some(other)) => one == other,
            _ => self.name.agrees(&other.name),
        }
    }

    fn shown(&self) -> String {
        format!("`{}`", self.name)
    }
}

/// How the topology language writes a host type.
pub(super) fn kind_word(kind: HostKind) -> &'static str {
    match kind {
        HostKind::InProcess => "in-process",
        HostKind::Isolated => "isolated",
    }
}

pub(super) fn database_noun(role: DatabaseRole) -> &'static str {
    match role {
        DatabaseRole::Management => "management",
        DatabaseRole::Messagebox => "MessageBox",
        DatabaseRole::Sso => "single sign-on",
        DatabaseRole::Tracking => "tracking",
        DatabaseRole::Rules => "rule engine",
        DatabaseRole::BamPrimaryImport => "BAM primary import",
        DatabaseRole::BamStarSchema => "BAM star schema",
        DatabaseRole::BamAnalysis => "BAM analysis",
        DatabaseRole::BamArchive => "BAM archive",
        DatabaseRole::BamAlerts => "BAM alerts",
        _ => "other",
    }
}
