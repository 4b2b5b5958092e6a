//! `failscope import biztalk`: a topology on the output, the rest beside it.

use crate::{folder_with, root, run};

fn sample() -> String {
    root().join("tests/import/samples/iis-bindings.xml").display().to_string()
}

#[test]
fn a_binding_file_becomes_a_topology_that_lint_reads() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("imported.yaml").display().to_string();
    let imported = run(&["import", "biztalk", &sample(), "--output", &output], b"");
    assert_eq!(imported.exit, 0, "{}", imported.all());
    assert_eq!(imported.stdout, "");
    assert!(imported.stderr.contains("On which servers"), "{}", imported.stderr);
    let linted = run(&["lint", "--fail-on", "never", &output], b"");
    assert_eq!(linted.exit, 0, "{}", linted.all());
}

#[test]
fn a_file_that_is_left_out_is_told_and_the_others_are_still_read() {
    let (_folder, broken) = folder_with("broken.xml", "<BindingInfo><unclosed>");
    let imported = run(&["import", "biztalk", &sample(), &broken.display().to_string()], b"");
    assert_eq!(imported.exit, 2, "{}", imported.all());
    assert!(imported.stdout.contains("failscope: 1"), "{}", imported.stdout);
    assert!(imported.stderr.contains("broken.xml:"), "{}", imported.stderr);
    let missing = run(&["import", "biztalk", "no-such-file.xml"], b"");
    assert_eq!(missing.exit, 2);
    assert!(missing.stderr.contains("cannot read no-such-file.xml"), "{}", missing.stderr);
}

#[test]
fn a_file_over_the_limit_is_called_a_file() {
    let imported = run(&["import", "biztalk", "--max-bytes", "100", &sample()], b"");
    assert_eq!(imported.exit, 2, "{}", imported.all());
    let reason =
        "iis-bindings.xml: the file is larger than 100 bytes; raise the limit with --max-bytes";
    assert!(imported.stderr.contains(reason), "{}", imported.stderr);
    assert!(!imported.stderr.contains("topology"), "{}", imported.stderr);
}

/// A list that was cut inside a row, and a sheet without the environment: left out, and the status
/// says so; what can be read is written all the same.
#[test]
fn the_status_says_that_something_was_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("half.csv"), "HostName,HostType,InstanceServer\nRx,InProcess,B1\nTx,InP")
        .unwrap();
    let sheet = root().join("tests/import/samples/advanced-settings.xml").display().to_string();
    for (arguments, reason) in [
        (vec![path("half.csv")], "half.csv:3:1: error[import/bad-row]"),
        (vec![sheet, "--environment".to_owned(), "No such".to_owned()], "no environment `No such`"),
    ] {
        let (given, output) = (sample(), path("imported.yaml"));
        let mut all = vec!["import", "biztalk", &given, "-o", &output];
        all.extend(arguments.iter().map(String::as_str));
        let imported = run(&all, b"");
        assert_eq!(imported.exit, 2, "{}", imported.all());
        assert!(imported.stderr.contains(reason), "{}", imported.stderr);
        let outcome = format!("imported 1 of 2 files to {output}; 1 left out\n");
        assert!(imported.stderr.ends_with(&outcome), "{}", imported.stderr);
        assert!(std::fs::read_to_string(&output).unwrap().contains("BizTalkServerIsolatedHost"));
    }
}

/// A template without its values, with a sheet that lacks one, and with all of them. The first
/// three tokens are used once, once and twice, and the password is nobody's business.
#[test]
fn the_status_says_that_values_are_needed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let location = |name: &str, address: &str| {
        format!(
            "<ReceiveLocation Name=\"{name}\"><Address>{address}</Address>\n\
             <ReceiveLocationTransportType Name=\"FTP\"/>\n\
             <ReceiveHandler Name=\"${{Host}}\"/></ReceiveLocation>\n"
        )
    };
    let master = format!(
        "<BindingInfo><ReceivePortCollection><ReceivePort Name=\"In\"><ReceiveLocations>\n{}{}\
         </ReceiveLocations></ReceivePort></ReceivePortCollection></BindingInfo>",
        location("$(Name)", "ftp://u:${FtpPassword}@ftp.example/%%Folder%%/%MessageID%.xml"),
        location("Exchange_Messages", "ftp://ftp.example/out/*.xml"),
    );
    std::fs::write(path("master.xml"), master).unwrap();
    std::fs::write(path("part.csv"), "Token;Value\nHost;Rx\nName;Orders\n").unwrap();
    let all = "Token;Value\nHost;Rx\nName;Orders\nFolder;in\nFtpPassword;s3cret\n";
    std::fs::write(path("all.csv"), all).unwrap();
    let import = |values: &[&str]| {
        let mut arguments: Vec<String> =
            vec!["import".to_owned(), "biztalk".to_owned(), path("master.xml")];
        arguments.extend(values.iter().map(|name| path(name)));
        arguments.extend(["-o".to_owned(), path("imported.yaml")]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = run(&arguments, b"");
        (run, std::fs::read_to_string(path("imported.yaml")).unwrap())
    };
    let closing = |files: &str, open: &str| {
        format!(
            "imported {files} to {}; {open} without a value: give their sheet as one more FILE (with \
             `--environment NAME` if it has several), or replace them in the files\n",
            path("imported.yaml")
        )
    };
    let (none, yaml) = import(&[]);
    assert_eq!(none.exit, 2, "{}", none.all());
    assert!(none.stderr.ends_with(&closing("1 file", "3 placeholders")), "{}", none.stderr);
    let told = none.stderr.matches("import/placeholder").count();
    assert_eq!(told, 3, "{}", none.stderr);
    let words = none.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in ["`$(Name)` has no value; it is used once", "`${Host}` has no value; it is used 2"]
    {
        assert!(words.contains(line), "{line}: {words}");
    }
    let places = ["master.xml:4:1: warning[import/placeholder]", "it is used here too: "];
    for place in places {
        assert!(words.contains(place), "{place}: {words}");
    }
    assert!(none.stderr.contains("master.xml:7:1\n"), "{}", none.stderr);
    assert!(yaml.contains("${Host}") && yaml.contains("Exchange_Messages"), "{yaml}");
    let (part, yaml) = import(&["part.csv"]);
    assert_eq!(part.exit, 2, "{}", part.all());
    assert!(part.stderr.ends_with(&closing("2 files", "1 placeholder")), "{}", part.stderr);
    assert!(yaml.contains("%%Folder%%") && !yaml.contains("${"), "{yaml}");
    let (all, yaml) = import(&["all.csv"]);
    assert_eq!(all.exit, 0, "{}", all.all());
    let outcome = format!("imported 2 files to {}\n", path("imported.yaml"));
    assert!(all.stderr.ends_with(&outcome), "{}", all.stderr);
    assert!(!yaml.contains("s3cret") && !yaml.contains("FtpPassword"), "{yaml}");
}

/// The exports and the overlay of the shipped example, in a folder of their own.
fn example() -> (tempfile::TempDir, impl Fn(&str) -> String) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["bindings.xml", "settings.xml", "prod.yaml"] {
        let from = root().join("topologies/imported").join(name);
        std::fs::copy(from, folder.path().join(name)).unwrap();
    }
    let base = folder.path().to_owned();
    (folder, move |name| base.join(name).display().to_string())
}

#[test]
fn importing_again_leaves_what_lies_over_it_alone() {
    let (_folder, path) = example();
    let import = || {
        let (output, sources) =
            (path("imported.yaml"), [path("bindings.xml"), path("settings.xml")]);
        let run = run(&["import", "biztalk", &sources[0], &sources[1], "-o", &output], b"");
        assert_eq!(run.exit, 0, "{}", run.all());
    };
    import();
    let before = std::fs::read(path("prod.yaml")).unwrap();
    let linted = run(&["lint", &path("prod.yaml")], b"");
    assert_eq!(linted.exit, 0, "{}", linted.all());
    // The carrier moves: the binding changes, and the design with it.
    let bindings = std::fs::read_to_string(path("bindings.xml")).unwrap();
    let moved = bindings.replace("ftp.carrier.example", "ftp.carriers.example");
    std::fs::write(path("bindings.xml"), moved).unwrap();
    import();
    assert_eq!(std::fs::read(path("prod.yaml")).unwrap(), before);
    // Nor by mistake: only an import is written over.
    let (output, source) = (path("prod.yaml"), path("bindings.xml"));
    let refused = run(&["import", "biztalk", &source, "-o", &output], b"");
    assert_eq!(refused.exit, 2);
    assert!(refused.stderr.contains("no import wrote it"), "{}", refused.stderr);
    assert_eq!(std::fs::read(path("prod.yaml")).unwrap(), before);
    let linted = run(&["lint", &path("prod.yaml")], b"");
    // The overlay still speaks of the old one: it is told where and what it may mean.
    assert!(linted.stdout.contains("input/near-name"), "{}", linted.all());
    assert!(linted.stdout.contains("ftp.carriers.example (ftp)"), "{}", linted.all());
}

#[test]
fn explain_says_where_something_was_imported_from() {
    let shipped = root().join("topologies/imported/prod.yaml").display().to_string();
    let explained = run(&["explain", &shipped, "Orders to ERP"], b"");
    // Line 37 of bindings.xml is `<SendPort Name="Orders to ERP" ...>`.
    assert!(explained.stdout.contains("imported from bindings.xml:37\n"), "{}", explained.stdout);
    let host = run(&["explain", &shipped, "Rx"], b"").stdout;
    assert!(host.contains("imported from settings.xml:6 (tracking; 32-bit only)\n"), "{host}");
    assert!(host.contains("prod.yaml:56:5"), "{host}");
    let own = run(&["explain", &shipped, "SQLCLUSTER"], b"").stdout;
    assert!(!own.contains("imported from"), "{own}");
}

#[test]
fn a_base_counts_towards_the_limits_and_must_be_a_file() {
    let (folder, path) = example();
    let own = path("own.yaml");
    std::fs::write(&own, "failscope: 1\nextends: base.yaml\n").unwrap();
    std::fs::write(path("base.yaml"), format!("failscope: 1\n# {}\n", "x".repeat(5000))).unwrap();
    let small = run(&["lint", "--max-bytes", "4000", &own], b"");
    assert_eq!(small.exit, 2);
    assert!(small.all().contains("--max-bytes"), "{}", small.all());
    std::fs::write(&own, "failscope: 1\nextends: .\n").unwrap();
    let folder_as_base = run(&["lint", &own], b"");
    assert_eq!(folder_as_base.exit, 2);
    assert!(folder_as_base.all().contains("it is a folder"), "{}", folder_as_base.all());
    drop(folder);
}

#[test]
fn names_may_be_those_that_the_graph_gives_and_paths_those_of_windows() {
    let names = ["BTS01", "Rx@BTS01", "MSDTC@BTS01", "ENTSSO@BTS01", "BizTalk group", "IIS@BTS01"];
    let ports: String = names
        .iter()
        .map(|name| {
            format!(
                "<SendPort Name=\"{name}\" IsStatic=\"true\"><PrimaryTransport>\
                 <Address>D:\\new\\table\\%MessageID%.xml</Address>\
                 <TransportType Name=\"FILE\" Capabilities=\"11\"/><SendHandler Name=\"Rx\"/>\
                 </PrimaryTransport></SendPort>"
            )
        })
        .collect();
    let bindings =
        format!("<BindingInfo><SendPortCollection>{ports}</SendPortCollection></BindingInfo>");
    let settings = "<Settings><HostInstanceSettings><Host Name=\"Rx\"><Server Name=\"BTS01\"/>\
                    </Host></HostInstanceSettings></Settings>";
    // UTF-16 with a byte order mark, as PowerShell writes it.
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(bindings.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("b.xml"), utf16).unwrap();
    std::fs::write(path("s.xml"), settings).unwrap();
    let output = path("imported.yaml");
    let imported = run(&["import", "biztalk", &path("b.xml"), &path("s.xml"), "-o", &output], b"");
    assert_eq!(imported.exit, 0, "{}", imported.all());
    let text = std::fs::read_to_string(&output).unwrap();
    assert!(text.contains(r"to: D:\new\table\%MessageID%.xml"), "{text}");
    let linted = run(&["lint", "--fail-on", "never", &output], b"");
    assert_eq!(linted.exit, 0, "{}", linted.all());
    let report = run(&["report", "--format", "json", "--all", &output], b"");
    assert_eq!(report.exit, 0, "{}", report.all());
    for name in &names[1..] {
        assert!(report.stdout.contains(*name), "{name}");
    }
}
