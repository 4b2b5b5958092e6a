//! Files of which a part is missing or cannot be read: said where and why, and left out
//! where half of them would look like the whole.

use crate::kept::kept;
use crate::support::*;
use failscope::import::biztalk::{ImportFile, Imported};

fn named(name: &str, text: &str) -> ImportFile {
    ImportFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

/// Code, message and line of the first diagnostic with that code.
fn told<'i>(imported: &'i Imported, code: &str) -> (&'i str, usize) {
    let found = imported.diagnostics.iter().find(|problem| problem.code == code);
    let problem = found.unwrap_or_else(|| panic!("no {code}: {:#?}", imported.diagnostics));
    (&problem.message, imported.sources.locate(problem.primary.span).place.line)
}

#[test]
fn half_a_list_of_hosts_is_left_out_and_the_others_are_still_read() {
    const LIST: &str = "HostName,HostType,InstanceServer\r\nRx,InProcess,BTS01\r\n";
    for (end, reason) in [
        ("Tx,InPro", "this row has 2 fields, the header 3"),
        ("Tx", "this row has 1 field, the header 3"),
        ("Tx,InProcess,\"BTS", "a quote is opened here"),
    ] {
        let half = named("half.csv", &format!("{LIST}{end}"));
        let imported = import(&[half, kept("iis-bindings.xml")]);
        assert_eq!(imported.left_out, 1);
        let (message, line) = told(&imported, "import/bad-row");
        assert!(message.starts_with(reason), "{message}");
        assert_eq!(line, 3);
        let found = &imported.inventory;
        assert!(found.hosts.iter().all(|host| host.name != "Rx"), "half a file was read");
        assert_eq!(found.receive_locations.len(), 1, "the other file was not");
    }
    assert_eq!(import(&[named("whole.csv", LIST)]).left_out, 0);
}

#[test]
fn wherever_a_list_is_cut_no_row_of_it_is_half() {
    let whole = "\"HostName\",\"HostType\",\"InstanceServer\"\r\n\"Rx\",\"InProcess\",\"BTS01\"\r\n\
                 \"Tx\",\"InProcess\",\"BTS01|BTS02\"\r\n";
    let rows = whole.find("\r\n").unwrap() + 2;
    for at in rows..whole.len() {
        let imported = import(&[named("cut.csv", &whole[..at])]);
        let cut = whole[..at].trim_end();
        let is_whole =
            at == rows || ["01\"", "02\"", "InProcess\","].iter().any(|end| cut.ends_with(end));
        assert_eq!(imported.left_out == 0, is_whole, "{cut:?}");
    }
}

#[test]
fn a_list_without_rows_says_so() {
    let imported = import(&[named("none.csv", "HostName,HostType,InstanceServer\n")]);
    assert_eq!(told(&imported, "import/no-rows").1, 1);
}

#[test]
fn a_file_that_declares_a_windows_encoding_is_believed_where_it_is_not_utf_8() {
    let text = "<?xml version=\"1.0\" encoding=\"windows-1252\"?><BindingInfo><SendPortCollection>\
                <SendPort Name=\"Utg\u{e5}ende\"/></SendPortCollection></BindingInfo>";
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let imported = import(&[ImportFile { name: "w.xml".to_owned(), bytes }]);
    assert_eq!(imported.inventory.send_ports[0].name, "Utgående");
    assert!(imported.diagnostics.iter().all(|problem| problem.code != "import/encoding"));
}
