//! Files of which a part is missing or cannot be read: said where and why, and left out
//! where half of them would look like the whole.

use crate::kept::kept;
use crate::support::*;
use failscope::import::biztalk::{self, ImportFile, Imported, Options};

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

/// Cut anywhere inside of a row a list says so; only an empty last cell may be meant.
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
fn settings_of_adapters_that_cannot_be_read_are_told_once() {
    let port = |number: usize, data: &str| {
        format!(
            "<SendPort Name=\"P{number}\" IsStatic=\"true\"><PrimaryTransport><Address>a@b</Address>\n\
             <TransportType Name=\"SMTP\"/><TransportTypeData>{data}</TransportTypeData>\
             <SendHandler Name=\"Tx\"/></PrimaryTransport></SendPort>\n"
        )
    };
    let ports = [
        port(0, "&lt;CustomProps/&gt;"),
        port(1, "&lt;CustomProps&gt;&lt;Password&gt;s3cret&lt;/Pass"),
        port(2, &"&lt;a&gt;".repeat(200_000)),
        port(3, "&lt;C&gt;&lt;AdapterConfig&gt;&amp;lt;s3cret&lt;/AdapterConfig&gt;&lt;/C&gt;"),
    ];
    let text = format!(
        "<BindingInfo><SendPortCollection>\n{}</SendPortCollection></BindingInfo>",
        ports.concat()
    );
    let imported = import(&[named("b.xml", &text)]);
    assert_eq!((imported.left_out, imported.inventory.send_ports.len()), (0, 4));
    let (message, line) = told(&imported, "import/settings-passed-over");
    assert!(message.starts_with("the adapter settings of 3 transports are"), "{message}");
    assert_eq!(line, 5, "the second port begins on line 4");
    assert!(!format!("{imported:?}").contains("s3cret"));
    let alone = text.replace(&ports[2], "").replace(&ports[3], "");
    let imported = import(&[named("b.xml", &alone)]);
    let (message, _) = told(&imported, "import/settings-passed-over");
    assert_eq!(message, "the adapter settings here are not well-formed and are passed over");
}

#[test]
fn a_sheet_without_the_environment_that_is_asked_for_is_left_out() {
    let sheet = named(
        "sheet.xml",
        "<Workbook><Worksheet><Table>\n<Row><Cell><Data>Environment Name:</Data></Cell><Cell/>\
         <Cell><Data>Test</Data></Cell></Row><Row><Cell><Data>Settings:</Data></Cell></Row>\
         <Row><Cell><Data>Host</Data></Cell><Cell><Data>Common</Data></Cell></Row>\
         </Table></Worksheet></Workbook>",
    );
    let master = named(
        "master.xml",
        "<BindingInfo><SendPortCollection><SendPort Name=\"P\" IsStatic=\"true\"><PrimaryTransport>\
         <SendHandler Name=\"${Host}\"/></PrimaryTransport></SendPort></SendPortCollection></BindingInfo>",
    );
    let asked = |environment: &str| {
        let options = Options { environment: Some(environment.to_owned()) };
        biztalk::import(&[sheet.clone(), master.clone()], &options)
    };
    let imported = asked("Prodction");
    assert_eq!(imported.left_out, 1);
    assert_eq!(
        told(&imported, "import/environment"),
        ("the sheet has no environment `Prodction`", 2)
    );
    assert_eq!(imported.inventory.hosts[0].name, "${Host}");
    assert!(!imported.yaml.contains("# sheet.xml"), "{}", imported.yaml);
    let imported = asked("test");
    assert_eq!((imported.left_out, imported.inventory.hosts[0].name.as_str()), (0, "Common"));
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
