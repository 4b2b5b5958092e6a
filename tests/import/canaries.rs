//! Secrets planted in every sample, wherever exports keep them, and looked for in
//! everything that comes out.

use crate::support::*;
use failscope::import::biztalk::{ImportFile, Imported, checklist};

const CANARY: &str = "c4naRy";

/// Everything a caller can get at.
fn said(imported: &Imported) -> String {
    format!("{}\n{}\n{imported:?}", imported.yaml, checklist(&imported.questions, 80))
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

/// Every way in which a value can hold a secret.
const KINDS: [&str; 28] = [
    "Password=c4naRy",
    "Server=a;User ID=u;Pwd='c4naRy;1';Database=b",
    "https://u:c4naRy@h/x",
    "https://u:c4na/Ry-c4naRy@h/x",
    "https://h/x?sig=c4naRy&amp;sv=1",
    "https://h/x;password=c4naRy/y",
    "ftp://c4naRy@h:21/in/*.xml",
    "sap://CLIENT=800;LANG=EN;USER=u;PASSWD=c4naRy;@A/h/00",
    "Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=c4naRy=",
    "SharedAccessSignature sr=sb%3a%2f%2fn&amp;sig=c4naRy&amp;se=1&amp;skn=k",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c4naRy==",
    "{&quot;client_secret&quot;: &quot;c4naRy&quot;}",
    "&lt;Password&gt;c4naRy&lt;/Password&gt;",
    "&lt;CustomProps&gt;&lt;Password vt=&quot;8&quot;&gt;c4naRy&lt;/Password&gt;&lt;/CustomProps&gt;",
    "Authorization: Bearer c4naRy",
    "-----BEGIN PRIVATE KEY----- c4naRy -----END PRIVATE KEY-----",
    "svc:c4naRy@host/in",
    "${https://u:c4naRy@h}",
    "%%Pwd=c4naRy%%",
    "\\\\u:c4naRy@h\\share\\in",
    "https://u:c4naRy%40h/x",
    "https%3A%2F%2Fu%3Ac4naRy%40h%2Fx",
    "https://h/x%3Fsig%3Dc4naRy",
    "pop3://h#box:c4naRy",
    "-----begin private key----- c4naRy",
    "PuTTY-User-Key-File-2: ssh-rsa c4naRy",
    "Bearer c4naRy-c4naRy-c4naRy",
    "&amp;amp;lt;Password&amp;amp;gt;c4naRy",
];

/// Puts a kind in place of every value of a file, the next kind at each place.
fn replaced(text: &str, first: usize) -> String {
    let mut out = String::new();
    let mut kinds = KINDS.iter().cycle().skip(first);
    let mut rest = text;
    // Values stand between quotes of a tag and between tags.
    while let Some(at) = rest.find(['"', '>']) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let end = match found.as_bytes()[0] {
            b'"' => found[1..].find('"'),
            _ => found[1..].find('<').filter(|end| !found[1..=*end].trim().is_empty()),
        };
        let Some(end) = end else {
            out.push_str(&found[..1]);
            rest = &found[1..];
            continue;
        };
        out.push_str(&found[..1]);
        out.push_str(kinds.next().unwrap());
        // A closing quote is a part of the value, an opening bracket is not.
        let end = 1 + end;
        let close = usize::from(found.starts_with('"'));
        out.push_str(&found[end..end + close]);
        rest = &found[end + close..];
    }
    out + rest
}

#[test]
fn no_secret_of_any_kind_is_passed_on_from_any_place() {
    let mut imported = 0;
    for file in crate::kept::all() {
        let text = text_of(&file);
        let places = text.matches(['"', '>']).count();
        assert!(places > 0 || !text.starts_with('<'), "{}", file.name);
        for first in 0..KINDS.len() {
            let planted = replaced(&text, first);
            let copy = ImportFile { name: file.name.clone(), bytes: planted.into_bytes() };
            assert_silent(std::slice::from_ref(&copy), &format!("{} from {first}", file.name));
            imported += usize::from(import(&[copy]).left_out == 0);
        }
    }
    assert!(imported > 100, "only {imported} were read: planting broke the others");
}

/// The same in tables: every cell of every column.
#[test]
fn no_secret_of_any_kind_is_passed_on_from_a_table() {
    for name in ["hosts.csv", "adapters.csv", "configuration-values.csv"] {
        let file = crate::kept::kept(name);
        let text = text_of(&file);
        let mut lines = text.lines();
        let head: Vec<&str> = lines.by_ref().take(2).collect();
        let separator = ['\t', ';', ','].into_iter().find(|c| head.concat().contains(*c)).unwrap();
        let columns = head[0].matches(separator).count().max(head[1].matches(separator).count());
        for kind in KINDS {
            let cell = kind.replace("&amp;", "&").replace("&quot;", "'").replace("&lt;", "<");
            let cell = cell.replace("&gt;", ">");
            let row = vec![format!("\"{cell}\""); columns + 1].join(&separator.to_string());
            let planted = format!("{}\n{row}\n", head.join("\n"));
            let copy = ImportFile { name: name.to_owned(), bytes: planted.into_bytes() };
            assert_silent(&[copy], &format!("{name}: {kind}"));
        }
    }
}
