//! What two files state differently: said with both places, and the first one kept.

use crate::support::*;
use failscope::import::biztalk::{ImportFile, Imported};

/// One location and one port with everything that two exports may disagree on, a line each.
const BINDINGS: &str = r#"<BindingInfo><SendPortCollection>
<SendPort Name="P" IsStatic="true">
<PrimaryTransport><Address>a@b.example</Address><TransportType Name="SMTP" Capabilities="2"/>
<TransportTypeData>&lt;CustomProps&gt;&lt;SMTPHost vt="8"&gt;mail1&lt;/SMTPHost&gt;&lt;/CustomProps&gt;</TransportTypeData>
<SendHandler Name="Tx"/></PrimaryTransport><ApplicationName>Orders</ApplicationName></SendPort>
</SendPortCollection><ReceivePortCollection>
<ReceivePort Name="RP" IsTwoWay="false"><ReceiveLocations>
<ReceiveLocation Name="L"><Address>FORMATNAME:DIRECT=OS:q1\private$\x</Address>
<ReceiveLocationTransportType Name="MSMQ"/>
<ReceiveLocationTransportTypeData>&lt;CustomProps&gt;&lt;transactional vt="11"&gt;-1&lt;/transactional&gt;&lt;serialProcessing vt="11"&gt;0&lt;/serialProcessing&gt;&lt;/CustomProps&gt;</ReceiveLocationTransportTypeData>
<ReceiveHandler Name="Rx"/></ReceiveLocation></ReceiveLocations>
<ApplicationName>Orders</ApplicationName></ReceivePort></ReceivePortCollection></BindingInfo>"#;

fn named(name: &str, text: &str) -> ImportFile {
    ImportFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

/// Message, the line here, and the file and line of what is kept.
fn contradictions(imported: &Imported) -> Vec<(&str, usize, String)> {
    let found = imported.diagnostics.iter().filter(|p| p.code == "import/contradiction");
    let place = |span| imported.sources.locate(span);
    let told = found.map(|problem| {
        let kept = place(problem.related[0].span);
        let kept = format!("{}:{}", kept.file, kept.place.line);
        (problem.message.as_str(), place(problem.primary.span).place.line, kept)
    });
    told.collect()
}

#[test]
fn each_value_that_differs_is_told_with_both_places() {
    for (old, new, message, line) in [
        ("mail1", "mail2", "the server of send port `P` is `mail2` here, but `mail1` in", 4),
        (
            "IsTwoWay=\"false\"",
            "IsTwoWay=\"true\"",
            "whether callers of receive location `L` wait for an answer is yes here, but no in",
            8,
        ),
        (
            "\"RP\"",
            "\"RP2\"",
            "the receive port of receive location `L` is `RP2` here, but `RP` in",
            8,
        ),
        ("vt=\"11\"&gt;-1", "vt=\"11\"&gt;0", "whether receive location `L` is transactional", 8),
        (
            "vt=\"11\"&gt;0",
            "vt=\"11\"&gt;-1",
            "whether receive location `L` reads in order is yes here, but no in",
            8,
        ),
    ] {
        let other = BINDINGS.replace(old, new);
        assert_ne!(other, BINDINGS, "{old}");
        let imported = import(&[named("a.xml", BINDINGS), named("b.xml", &other)]);
        let found = contradictions(&imported);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].0.starts_with(message), "{found:#?}");
        assert_eq!((found[0].1, found[0].2.as_str()), (line, &*format!("a.xml:{line}")));
    }
    let other = BINDINGS.replace("Orders", "Invoices");
    let imported = import(&[named("a.xml", BINDINGS), named("b.xml", &other)]);
    let told: Vec<&str> = contradictions(&imported).iter().map(|(message, ..)| *message).collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told[0].starts_with("the application of send port `P` is `Invoices`"), "{told:#?}");
    assert!(told[1].starts_with("the application of receive location `L`"), "{told:#?}");
}

#[test]
fn what_one_file_leaves_out_another_one_adds() {
    let silent = BINDINGS.replace("SMTPHost", "Other").replace("transactional", "Other");
    let imported = import(&[named("a.xml", &silent), named("b.xml", BINDINGS)]);
    assert_eq!(contradictions(&imported), []);
    assert!(imported.yaml.contains("to: mail1 (smtp)"), "{}", imported.yaml);
    assert!(imported.yaml.contains("transactional: true"), "{}", imported.yaml);
}

#[test]
fn a_host_is_in_a_cluster_group_or_it_is_not() {
    const HEADER: &str = "Name,HostType,NTGroupName,ClusterResourceGroupName\n";
    let clustered = format!("{HEADER}Rx,1,G,Receive\n");
    let alone = format!("{HEADER}Other,1,G,\nRx,1,G,\n");
    let imported = import(&[named("1.csv", &clustered), named("2.csv", &alone)]);
    let kept = "host `Rx` has no cluster group here, but `Receive` in a place that is read first";
    assert_eq!(contradictions(&imported), [(kept, 3, "1.csv:2".to_owned())]);
    assert!(imported.inventory.hosts[0].cluster_group.is_some());
    let turned = import(&[named("2.csv", &clustered), named("1.csv", &alone)]);
    let kept = "the cluster group of host `Rx` is `Receive` here, but a place that is read first \
                says that it has none";
    assert_eq!(contradictions(&turned), [(kept, 2, "1.csv:3".to_owned())]);
    assert!(turned.inventory.hosts.iter().all(|host| host.cluster_group.is_none()));
}

/// Fifteen exports of one group in production do not contradict each other.
#[test]
fn files_of_one_group_agree() {
    let Some(samples) = samples() else { return };
    let mut files = all_samples(&samples);
    files.retain(|file| {
        let name = file.name.to_lowercase();
        name.starts_with("uppsala") && name.contains("prod")
    });
    assert_eq!(contradictions(&import(&files)), []);
}
