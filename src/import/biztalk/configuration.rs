//! Configuration exports of one computer: databases, single sign-on, the first two hosts.
//!
//! Such a file describes the computer it was made on and does not name it, so nothing
//! it says is tied to a server here. Answers that were not chosen are passed over;
//! they hold names as well.

use roxmltree::Node;

use super::inventory::Fact;
use super::merge::Merge;
use super::xml::{attribute, child_text, children, is, tag_span};
use crate::model::{DatabaseRole, HostKind};
use crate::source::FileId;

/// Databases by the id of their question.
const DATABASES: [(&str, DatabaseRole); 9] = [
    ("sso_db_id", DatabaseRole::Sso),
    ("{d757dbf9-5d71-4995-9f20-a552b7dfe7f1}", DatabaseRole::Management),
    ("{84add76e-ebeb-4bb8-b9eb-64f87e483c39}", DatabaseRole::Messagebox),
    ("{1033195a-3c23-4750-bbd0-06bc12a175d4}", DatabaseRole::Tracking),
    ("{e1fc3106-8dd4-4f12-9eb6-849dd8bdd605}", DatabaseRole::BamPrimaryImport),
    ("{1d372bcb-df59-43b6-a4a9-87082b5727b0}", DatabaseRole::BamArchive),
    ("{16567d1e-6946-4f4e-bb3f-900de2648328}", DatabaseRole::BamAnalysis),
    ("{b973db76-ba7f-4a2e-a57e-07eef54b37a8}", DatabaseRole::BamStarSchema),
    ("{e6c5e071-d6eb-4c31-bfe6-ca16637fbeeb}", DatabaseRole::Rules),
];

pub(super) fn read(root: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    for feature in children(root, "Feature") {
        for node in chosen(feature) {
            match node.tag_name().name() {
                "SQL" => database(node, file, merge),
                "Question" => question(node, file, merge),
                _ => {}
            }
        }
    }
}

/// What stands in a feature and is in force, in the order of the file.
fn chosen<'a, 'i>(feature: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    feature.descendants().filter(move |node| {
        node.is_element()
            && node
                .ancestors()
                .take_while(|above| *above != feature)
                .filter(|above| is(*above, "Answer"))
                .all(|answer| is_selected(answer))
    })
}

fn is_selected(answer: Node<'_, '_>) -> bool {
    attribute(answer, "Selected").is_some_and(|word| word.eq_ignore_ascii_case("yes"))
}

fn database(node: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    let id = attribute(node, "ID").unwrap_or("").to_lowercase();
    let Some((_, role)) = DATABASES.iter().find(|(known, _)| *known == id) else { return };
    let at = tag_span(file, node);
    let server = child_text(node, "Server").and_then(|server| merge.words(&server, at));
    let name = child_text(node, "Database").and_then(|name| merge.words(&name, at));
    if let (Some(server), Some(name)) = (server, name) {
        merge.database(*role, &server, &name);
    }
}

fn question(node: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    let Some(answer) = children(node, "Answer").find(|answer| is_selected(*answer)) else { return };
    let said = attribute(answer, "Value").unwrap_or("");
    match attribute(node, "ID") {
        Some("IsSecretServer") if said == "Create" => {
            merge.inventory.created_secret.push(tag_span(file, node));
        }
        Some("HOST") if said == "Yes" => {
            host(answer, "BTS_HOST_NAME", HostKind::InProcess, file, merge);
        }
        Some("ISOHOST") if said == "Yes" => {
            host(answer, "BTS_IHOST_NAME", HostKind::Isolated, file, merge);
        }
        _ => {}
    }
}

fn host(answer: Node<'_, '_>, id: &str, kind: HostKind, file: FileId, merge: &mut Merge) {
    let mut names = children(answer, "Name");
    let Some(node) = names.find(|name| attribute(*name, "ID") == Some(id)) else { return };
    let at = tag_span(file, node);
    let Some(host) = child_text(node, "Value").and_then(|name| merge.words(&name, at)) else {
        return;
    };
    merge.host(&host);
    merge.host_kind(&host, Fact::new(kind, at));
    let group = children(answer, "NTCredential").find_map(|group| child_text(group, "NTAccount"));
    if let Some(group) = group.and_then(|group| merge.words(&group, at)) {
        merge.host_group(&host, group);
    }
    merge.host_flag(&host, only_32_bit(answer), "32-bit only", |host| &mut host.only_32_bit);
}

fn only_32_bit(answer: Node<'_, '_>) -> Option<bool> {
    let question = children(answer, "Question").find(|question| {
        matches!(attribute(*question, "ID"), Some("GENERICHOST" | "GENERICIHOST"))
    })?;
    let said = children(question, "Answer").find(|answer| is_selected(*answer))?;
    attribute(said, "Value").map(|word| word.eq_ignore_ascii_case("yes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::biztalk::xml;
    use crate::source::FileId;

    #[test]
    fn answers_that_were_not_chosen_are_passed_over() {
        let text = r#"<Configuration><Feature Name="WMI"><Question ID="CREATEORJOIN">
            <Answer Value="Create"><SQL ID="{84ADD76E-EBEB-4bb8-B9EB-64F87E483C39}">
              <Server>OLD</Server><Database>BizTalkMsgBoxDb</Database></SQL></Answer>
            <Answer Value="Join" Selected="Yes"/></Question>
            <SQL ID="{d757dbf9-5d71-4995-9f20-a552b7dfe7f1}">
              <Server>SQL1</Server><Database>Mgmt</Database><Password>s3cret</Password></SQL>
            </Feature></Configuration>"#;
        let document = xml::parse(text).unwrap();
        let mut merge = Merge::default();
        read(document.root_element(), FileId::from_index(0), &mut merge);
        let databases = &merge.inventory.databases;
        assert_eq!(databases.len(), 1);
        assert_eq!((databases[0].server.as_str(), databases[0].name.as_str()), ("SQL1", "Mgmt"));
    }
}
