//! Secrets planted in every sample, wherever exports keep them, and looked for in
//! everything that comes out.

use crate::support::*;
use failscope::import::biztalk::{ImportFile, Imported, checklist};

const CANARY: &str = "c4naRy";

/// Everything a caller can get at.
fn said(imported: &Imported) -> String {
    format!("{}\n{}\n{imported:?}", imported.yaml, checklist(&imported.questions))
}

fn assert_silent(files: &[ImportFile], what: &str) {
    let imported = import(files);
    let said = said(&imported);
    if let Some(at) = said.to_lowercase().find(&CANARY.to_lowercase()) {
        let from = said.floor_char_boundary(at.saturating_sub(200));
        let to = said.ceil_char_boundary((at + 60).min(said.len()));
        panic!("{what}: {}", &said[from..to]);
    }
    let texts: String = imported.sources.files().map(|(_, file)| file.text()).collect();
    assert!(!texts.contains(CANARY), "{what}: in the sources");
    assert_reads(&imported, what);
}

fn text_of(file: &ImportFile) -> String {
    match file.bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> =
                rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).unwrap(),
        bytes => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

/// Secrets in user information, queries, transport data of one and two escapes,
/// pipelines, comments, passwords, logons and settings.
fn planted(text: &str) -> String {
    let user = format!("://svc:{CANARY}@");
    let inner = format!(
        "&amp;lt;password&amp;gt;{CANARY}&amp;lt;/password&amp;gt;&amp;lt;connectionString&amp;gt;Server=a;Pwd={CANARY}&amp;lt;/connectionString&amp;gt;"
    );
    let outer = format!(
        "&lt;CustomProps&gt;&lt;Password vt=\"8\"&gt;{CANARY}&lt;/Password&gt;\
         &lt;SharedAccessKey vt=\"8\"&gt;{CANARY}&lt;/SharedAccessKey&gt;\
         &lt;IssuerSecret vt=\"8\"&gt;{CANARY}&lt;/IssuerSecret&gt;\
         &lt;UserName vt=\"8\"&gt;{CANARY}&lt;/UserName&gt;\
         &lt;PrivateKey vt=\"8\"&gt;{CANARY}&lt;/PrivateKey&gt;\
         &lt;ProxyAddress vt=\"8\"&gt;http://u:{CANARY}@proxy:8080/&lt;/ProxyAddress&gt;\
         &lt;ConnectionString vt=\"8\"&gt;Endpoint=sb://x/;SharedAccessKey={CANARY}&lt;/ConnectionString&gt;"
    );
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let address = ["<Address>", "<PublicAddress>"].iter().any(|tag| line.contains(tag));
        let mut line = line.to_owned();
        if address {
            line = line.replace("://", &user);
            let mark = if line.contains('?') { "&amp;" } else { "?" };
            if line.contains("://") || line.contains(">/") {
                line = line.replace("</", &format!("{mark}pw={CANARY}&amp;sig={CANARY}</"));
            }
        }
        out.push_str(&line);
    }
    out.replace("&lt;CustomProps&gt;", &outer)
        .replace(
            "<CustomProps>",
            &format!("<CustomProps><Password>{CANARY}</Password><ApiKey>{CANARY}</ApiKey>"),
        )
        .replace("&amp;lt;uri&amp;gt;", &format!("{inner}&amp;lt;uri&amp;gt;"))
        .replace(
            "<SendPipelineData xsi:nil=\"true\" />",
            &format!("<SendPipelineData>{CANARY}</SendPipelineData>"),
        )
        .replace(
            "<Description xsi:nil=\"true\" />",
            &format!("<Description>{CANARY}</Description>"),
        )
        .replace("<Password />", &format!("<Password>{CANARY}</Password>"))
        .replace("<UserName />", &format!("<UserName>{CANARY}</UserName>"))
        .replace("</Password>", &format!("{CANARY}</Password>"))
        .replace("<PrimaryTransport>", &format!("<PrimaryTransport><!-- {CANARY} -->"))
        .replace("</Worksheet>", &format!("</Worksheet><!-- {CANARY} -->"))
        .replace("BTSSVC", CANARY)
        .replace(
            "</settings>",
            &format!("<property name=\"SftpPassword\">{CANARY}</property></settings>"),
        )
        .replace("Token;Value;Comment", &format!("Token;Value;Comment\nHOST_USER-Pwd;{CANARY};x"))
}

fn copies() -> Option<Vec<ImportFile>> {
    let samples = all_samples(&samples()?);
    let plant = |file: ImportFile| {
        let text = planted(&text_of(&file));
        assert!(
            text.contains(CANARY) || text.len() < 1000 || !text.contains("Transport"),
            "nothing planted in {}",
            file.name
        );
        ImportFile { bytes: text.into_bytes(), ..file }
    };
    Some(samples.into_iter().map(plant).collect())
}

#[test]
fn no_secret_of_a_sample_is_passed_on() {
    let Some(copies) = copies() else { return };
    let planted = copies.iter().filter(|file| text_of(file).contains(CANARY)).count();
    assert!(planted > 60, "{planted} files hold a secret");
    let mut refused = 0;
    for copy in &copies {
        assert_silent(std::slice::from_ref(copy), &copy.name);
        refused += import(std::slice::from_ref(copy)).left_out;
    }
    assert_eq!(refused, 6, "planting broke files; their secrets were then never read");
}

#[test]
fn no_secret_is_passed_on_by_all_files_together() {
    let Some(copies) = copies() else { return };
    assert_silent(&copies, "all samples");
}

#[test]
fn no_secret_is_passed_on_by_a_file_that_breaks_at_it() {
    let Some(copies) = copies() else { return };
    for copy in &copies {
        let text = text_of(copy);
        for broken in [
            text.replace(CANARY, &format!("a&{CANARY};b")),
            text.replace(CANARY, &format!("<{CANARY}>")),
            text.replace(CANARY, &format!("</{CANARY}>")),
            text.get(..text.find(CANARY).map_or(0, |at| at + CANARY.len()))
                .unwrap_or("")
                .to_owned(),
        ] {
            let file = ImportFile { name: copy.name.clone(), bytes: broken.into_bytes() };
            assert_silent(&[file], &copy.name);
        }
    }
}

/// Without the samples of others: one file of our own with a secret in every place.
#[test]
fn a_file_with_a_secret_in_every_place() {
    let text = format!(
        r#"<BindingInfo><SendPortCollection><SendPort Name="https://u:{CANARY}@h/x" IsStatic="true">
        <Description>{CANARY}</Description>
        <PrimaryTransport><Address>https://u:{CANARY}@h/x?code={CANARY}#{CANARY}</Address>
        <TransportType Name="HTTP" Capabilities="387"/>
        <TransportTypeData>&lt;CustomProps&gt;&lt;SMTPHost&gt;Password={CANARY}&lt;/SMTPHost&gt;&lt;ProxyAddress&gt;http://{CANARY}:{CANARY}@p&lt;/ProxyAddress&gt;&lt;PrivateKey&gt;-----BEGIN {CANARY}&lt;/PrivateKey&gt;&lt;/CustomProps&gt;</TransportTypeData>
        <SendHandler Name="Send"/></PrimaryTransport></SendPort></SendPortCollection>
        <ReceivePortCollection><ReceivePort Name="P"><ReceiveLocations>
        <ReceiveLocation Name="L"><Address>Server=a;Password={CANARY};Database=b</Address>
        <PublicAddress>https://h/?sig={CANARY}</PublicAddress>
        <ReceiveLocationTransportType Name="SQL"/><ReceiveHandler Name="Rx"/></ReceiveLocation>
        </ReceiveLocations></ReceivePort></ReceivePortCollection></BindingInfo>"#
    );
    let file = ImportFile { name: "own.xml".to_owned(), bytes: text.into_bytes() };
    assert_silent(std::slice::from_ref(&file), "own.xml");
    let imported = import(&[file]);
    assert_eq!(imported.left_out, 0);
    assert!(imported.diagnostics.iter().any(|problem| problem.code == "import/secrets-dropped"));
}
