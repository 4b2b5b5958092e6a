//! What kind of file this is, or why it is none that can be imported.
//!
//! The content decides, never the file name: exports are renamed at will.

use roxmltree::{Document, Node};

use super::tables::{self, Table, Unreadable};
use super::xml::{self, Malformed};

/// A file that can be read, parsed as far as its kind needs.
pub(super) enum Content<'t> {
    Xml(XmlKind, Document<'t>),
    Table(Table),
}

/// Kinds of XML files. The order is the order of reading: values for placeholders
/// first, then from the most direct witness of the running group to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum XmlKind {
    /// BTDF settings of one environment.
    Values,
    /// BTDF settings of all environments, an Excel 2003 sheet.
    ValueSheet,
    Settings,
    HostConfig,
    SecretServer,
    Configuration,
    Bindings,
}

/// Why a file is left out.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) at: usize,
    pub(super) reason: String,
    pub(super) help: &'static str,
}

/// Signs that XML was produced from a template that has not been filled in.
const TEMPLATE_MARKS: [&str; 3] = ["<%", "{%", "<#"];

pub(super) fn recognise(text: &str) -> Result<Content<'_>, Refusal> {
    match text.trim_start().chars().next() {
        None => Err(refuse("import/empty", 0, "the file is empty", "leave it out")),
        Some('<') => recognise_xml(text),
        _ => recognise_other(text),
    }
}

fn recognise_xml(text: &str) -> Result<Content<'_>, Refusal> {
    let document = xml::parse(text).map_err(|malformed| not_xml(text, malformed))?;
    let root = document.root_element();
    let kind = kind_of(root)?;
    if kind == XmlKind::Bindings {
        refuse_look_alike(root)?;
    }
    Ok(Content::Xml(kind, document))
}

fn not_xml(text: &str, malformed: Malformed) -> Refusal {
    let mark = TEMPLATE_MARKS.iter().filter_map(|mark| text.find(mark)).min();
    match mark {
        Some(at) => refuse(
            "import/template",
            at,
            "the file is a template: program text stands where values belong, so it is not XML",
            "import the file that is generated from it",
        ),
        None => refuse(
            "import/not-xml",
            malformed.at,
            malformed.reason,
            "export it again, or repair it; half a file is not imported",
        ),
    }
}

fn kind_of(root: Node<'_, '_>) -> Result<XmlKind, Refusal> {
    let name = root.tag_name().name();
    let has = |child: &str| xml::children(root, child).next().is_some();
    let found = match name {
        "BindingInfo" => Some(XmlKind::Bindings),
        "Settings"
            if has("HostSettings") || has("HostInstanceSettings") || has("GroupSettings") =>
        {
            Some(XmlKind::Settings)
        }
        "Configuration" if has("Feature") => Some(XmlKind::Configuration),
        "BizTalkHostConfig" => Some(XmlKind::HostConfig),
        "settings" if has("property") => Some(XmlKind::Values),
        "Workbook" if has("Worksheet") => Some(XmlKind::ValueSheet),
        "sso" if has("globalInfo") => Some(XmlKind::SecretServer),
        _ => None,
    };
    found.ok_or_else(|| {
        let reason = match name {
            "SettingsMap" => {
                "the file maps hosts for an import of settings; it states no facts of a group"
            }
            "UpdateConfiguration" => {
                "the file describes how databases are moved; that is not imported"
            }
            "PlatformSettings" | "Hosts" => "files of migration tools are not imported",
            _ => "the root element is that of no file failscope imports",
        };
        refuse("import/not-biztalk", root.range().start, reason, FILES)
    })
}

const FILES: &str = "importable are binding files, settings exports, configuration exports, host lists \
                     in CSV and BTDF settings";

/// Files that use the words of a binding file in another grammar. To read them as
/// binding files would import names without what they are bound to.
fn refuse_look_alike(root: Node<'_, '_>) -> Result<(), Refusal> {
    let invented = root.descendants().find(|node| {
        let attribute = |name: &str| node.has_attribute(name);
        match node.tag_name().name() {
            "ReceiveLocation" => attribute("TransportType") || attribute("Address"),
            "SendPort" | "PrimaryTransport" => attribute("Address") || attribute("TransportType"),
            "Service" => attribute("Host"),
            _ => false,
        }
    });
    match invented {
        None => Ok(()),
        Some(node) => Err(refuse(
            "import/look-alike",
            node.range().start,
            format!(
                "the file looks like a binding file but is not one: `{}` states in attributes what \
                 an export states in elements",
                node.tag_name().name()
            ),
            "export the bindings with `BTSTask ExportBindings`",
        )),
    }
}

fn recognise_other(text: &str) -> Result<Content<'_>, Refusal> {
    let start = text.trim_start();
    if start.starts_with('{') || start.starts_with('[') {
        let reason = "the file is JSON, which can describe anything; no kind of it is imported";
        return Err(refuse("import/not-biztalk", 0, reason, FILES));
    }
    if start.starts_with("@{") || start.starts_with('#') && !start.starts_with("#TYPE") {
        let reason = "the file is PowerShell: program text that says what shall be, not what is";
        let help = "export the bindings and settings of the group instead";
        return Err(refuse("import/not-biztalk", 0, reason, help));
    }
    tables::recognise(text).map(Content::Table).map_err(|unreadable| match unreadable {
        Unreadable::Unknown => {
            let reason = "the file is neither XML nor a list with columns failscope knows";
            refuse("import/not-biztalk", 0, reason, FILES)
        }
        Unreadable::Damaged { at, reason } => {
            refuse("import/bad-row", at, reason, "export it again; half a list is not imported")
        }
    })
}

pub(super) fn refuse(
    code: &'static str,
    at: usize,
    reason: impl Into<String>,
    help: &'static str,
) -> Refusal {
    Refusal { code, at, reason: reason.into(), help }
}
