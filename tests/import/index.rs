//! Every sample, compared with an index that an independent script counted.

use crate::support::*;

#[test]
fn every_binding_file_counts_what_the_index_counts() {
    let Some(samples) = samples() else { return };
    let rows = rows(&samples);
    assert_eq!(rows.len(), 65);
    let mut wrong = Vec::new();
    for mut expected in rows {
        let sample = file(&samples.join("bindings").join(&expected.file));
        let imported = import(&[sample]);
        assert_reads(&imported, &expected.file);
        if let Some(code) = refusal_of(&expected.notes) {
            assert_eq!(imported.left_out, 1, "{}", expected.file);
            let problem = &imported.diagnostics[0];
            assert_eq!(problem.code, code, "{}: {}", expected.file, problem.message);
            assert!(imported.inventory.hosts.is_empty(), "{}", expected.file);
            continue;
        }
        assert_eq!(imported.left_out, 0, "{}: {:#?}", expected.file, imported.diagnostics);
        expected.hosts.sort();
        expected.notes.clear();
        let found = found(&imported, &expected.file);
        if found != expected {
            wrong.push(format!("expected {expected:?}\n   found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The index says in words which files are none.
fn refusal_of(notes: &str) -> Option<&'static str> {
    match () {
        () if notes.contains("NOT well-formed") => Some("import/template"),
        () if notes.contains("NOT a genuine export") => Some("import/look-alike"),
        () => None,
    }
}

#[test]
fn every_other_file_is_imported_or_refused_with_its_reason() {
    let Some(samples) = samples() else { return };
    let folder = samples.join("settings");
    for (name, expected) in [
        (
            "PacktPublishing_Microsoft-BizTalk-Server-Certification-Assessment-Guide-Second-Edition__HostSettings.xml",
            None,
        ),
        ("HydAu_Biztalk__BizTalkGroupSettings.erb", Some("import/template")),
        ("skastberg_biztalkps__ExportedHosts-Sample.csv", None),
        ("skastberg_biztalkps__Create-Group-BTS2016VM.xml", None),
        ("skastberg_biztalkps__BTS2016VM.csv", None),
        ("dsccommunity_BizTalkServerDsc__Configuration.xml", None),
        ("dsccommunity_BizTalkServerDsc__Node.psd1", Some("import/not-biztalk")),
        ("dsccommunity_BizTalkServerDsc__Adapters.csv", None),
        ("HydAu_Biztalk__BizTalkFeaturesServer.erb", Some("import/template")),
        ("skastberg_BizTalk2020-IaaS__Configuration.json", Some("import/not-biztalk")),
        ("navkar_BizTalkHosts__HostConfig-Demo.xml", None),
        ("HYDPublic_BizTalkFFProblem__Exported_ProdSettings.xml", None),
        ("FINTLabs_Fint.BizTalk.Example__SettingsFileGenerator.xml", None),
        ("BTDF_DeploymentFramework__SettingsFileGenerator.xml", None),
    ] {
        let imported = import(&[file(&folder.join(name))]);
        let refused = imported.diagnostics.iter().find(|p| p.primary.text == "left out");
        assert_eq!(refused.map(|problem| problem.code.as_ref()), expected, "{name}");
        assert_eq!(imported.left_out, usize::from(expected.is_some()), "{name}");
        assert_reads(&imported, name);
    }
}

#[test]
fn a_settings_export_gives_servers_and_instances() {
    let Some(samples) = samples() else { return };
    let name = "PacktPublishing_Microsoft-BizTalk-Server-Certification-Assessment-Guide-Second-Edition__HostSettings.xml";
    let found = import(&[file(&samples.join("settings").join(name))]).inventory;
    assert_eq!((found.hosts.len(), found.servers.len()), (3, 1));
    assert!(found.hosts.iter().all(|host| host.instances.len() == 1));
    let database = &found.databases[0];
    assert_eq!((database.server.as_str(), database.name.as_str()), ("WIN2K8R2", "BIZTALKMGMTDB"));
}

#[test]
fn a_host_export_gives_types_servers_and_handlers() {
    let Some(samples) = samples() else { return };
    let name = "skastberg_biztalkps__ExportedHosts-Sample.csv";
    let found = import(&[file(&samples.join("settings").join(name))]).inventory;
    assert_eq!((found.hosts.len(), found.servers.len()), (6, 1));
    let defaults = found.handlers.iter().filter(|handler| handler.default).count();
    assert_eq!(defaults, 24);
    let isolated = found.hosts.iter().filter(|host| {
        host.kind.as_ref().is_some_and(|k| k.value == failscope::model::HostKind::Isolated)
    });
    assert_eq!(isolated.count(), 1);
}

#[test]
fn a_configuration_export_gives_databases_once_its_tokens_have_values() {
    let Some(samples) = samples() else { return };
    let folder = samples.join("settings");
    let files = [
        file(&folder.join("skastberg_biztalkps__Create-Group-BTS2016VM.xml")),
        file(&folder.join("skastberg_biztalkps__BTS2016VM.csv")),
    ];
    let imported = import(&files);
    let databases = &imported.inventory.databases;
    assert_eq!(databases.len(), 9);
    assert!(databases.iter().all(|database| database.server.eq_ignore_ascii_case("BTS2016VM")));
    assert_eq!(imported.inventory.created_secret.len(), 1);
    assert_reads(&imported, "configuration");
}

#[test]
fn a_master_file_and_its_sheet_give_the_hosts_of_one_environment() {
    let Some(samples) = samples() else { return };
    let files = [
        file(&samples.join("bindings/FINTLabs_Fint.BizTalk.Example__PortBindingsMaster.xml")),
        file(&samples.join("settings/FINTLabs_Fint.BizTalk.Example__SettingsFileGenerator.xml")),
    ];
    let options =
        failscope::import::biztalk::Options { environment: Some("production".to_owned()) };
    let imported = failscope::import::biztalk::import(&files, &options);
    let mut hosts: Vec<&str> =
        imported.inventory.hosts.iter().map(|host| host.name.as_str()).collect();
    hosts.sort_unstable();
    assert_eq!(hosts, ["BizTalkProcessingHost", "BizTalkReceivingHost", "BizTalkSendingHost"]);
    let undecided = import(&files);
    assert!(undecided.diagnostics.iter().any(|problem| problem.code == "import/environment"));
    assert!(undecided.inventory.hosts.iter().any(|host| host.name == "${ProcessingHost}"));
}

#[test]
fn addresses_hidden_in_conditional_comments_are_found() {
    let Some(samples) = samples() else { return };
    let name = "BTDF_DeploymentFramework__PortBindingsMaster.xml";
    let imported = import(&[
        file(&samples.join("bindings").join(name)),
        file(&samples.join("settings/BTDF_DeploymentFramework__SettingsFileGenerator.xml")),
    ]);
    let addresses = imported
        .inventory
        .send_ports
        .iter()
        .filter_map(|port| port.primary.as_ref()?.address.as_ref());
    assert_eq!(addresses.count(), 1);
}
