//! Markdown, by a CommonMark parser and by what forges look for in the rendered text.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{HOSTILE, HOSTILE_NAME, Repository, hostile, list};
use crate::{folder_with, run};

/// The pieces of text that a renderer emits, split where anything stands between them.
struct Page {
    texts: Vec<String>,
    html: Vec<String>,
    rows: usize,
    /// Emphasis, links, code, images, strikethrough: nothing of which is ours.
    markup: usize,
}

fn page(markdown: &str) -> Page {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH;
    let mut page = Page { texts: vec![String::new()], html: Vec::new(), rows: 0, markup: 0 };
    for event in Parser::new_ext(markdown, options) {
        if let Event::Text(text) = &event {
            page.texts.last_mut().unwrap().push_str(text);
            continue;
        }
        page.texts.push(String::new());
        match event {
            Event::InlineHtml(html) | Event::Html(html) => page.html.push(html.into_string()),
            Event::Start(
                Tag::Emphasis | Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough,
            )
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => page.markup += 1,
            Event::End(TagEnd::TableRow) => page.rows += 1,
            _ => {}
        }
    }
    page
}

/// What a forge would make a mention, a reference, an emoji or a link of.
fn references(text: &str) -> Vec<&'static str> {
    let after = |mark: &str| {
        let mut ends = text.match_indices(mark).map(|(at, _)| at + mark.len());
        ends.any(|end| text[end..].starts_with(|c: char| c.is_alphanumeric()))
    };
    // Forges look for mentions where no word goes on; what has a dot is an address of mail.
    let mention = text.match_indices('@').any(|(at, _)| {
        let rest = text[at + 1..].split_whitespace().next().unwrap_or("");
        let in_a_word = text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        rest.starts_with(|c: char| c.is_alphanumeric()) && (!in_a_word || rest.contains('.'))
    });
    let emoji = text.split(':').skip(1).any(|word| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
    }) && text.matches(':').count() > 1;
    [
        ("mention", mention),
        ("issue", after("#")),
        ("merge request", after("!")),
        ("emoji", emoji),
        ("address", text.contains("://") || after("www.")),
        ("GH", text.contains("GH-1")),
    ]
    .into_iter()
    .filter_map(|(name, found)| found.then_some(name))
    .collect()
}

fn assert_plain(markdown: &str) {
    let page = page(markdown);
    assert_eq!(page.markup, 0, "{markdown}");
    for text in &page.texts {
        assert_eq!(references(text), [""; 0], "{text}");
    }
    for html in &page.html {
        let ours = ["<details>", "</details>", "<summary>", "<!-- -->"];
        assert!(ours.iter().any(|tag| html.starts_with(tag)), "{html}");
    }
    let texts = page.texts.concat();
    assert!(texts.contains(HOSTILE_NAME), "nothing is lost: {texts}");
}

#[test]
fn the_model_sees_what_it_looks_for() {
    let found = references("@me #1 !2 :smile: https://x www.x GH-1");
    assert_eq!(found, ["mention", "issue", "merge request", "emoji", "address", "GH"]);
    assert_eq!(references("Web@BTS01 and someone@mail.example"), ["mention"]);
    assert_eq!(references("Web@BTS01"), [""; 0]);
    assert_eq!(page("`a` *b* [c](d)\n").markup, 3);
}

#[test]
fn a_name_is_text_in_the_findings() {
    let repository = Repository::with("t.yaml", &hostile());
    repository.all(&[]);
    assert_plain(&repository.out("comment.md"));
}

#[test]
fn a_name_is_text_in_the_report() {
    let (_folder, path) = folder_with("t.yaml", hostile());
    let report = run(&["report", path.to_str().unwrap(), "--format", "markdown", "--all"], b"");
    assert_eq!(report.exit, 0);
    assert_plain(&report.stdout);
}

/// The name of a copy on a server mentions nobody, and needs nothing that hides it.
#[test]
fn a_copy_on_a_server_is_written_as_it_is() {
    let run = run(&["report", "-", "--format", "markdown"], crate::SMALL.as_bytes());
    assert!(run.stdout.contains("| Web@BTS01 |"), "{}", run.stdout);
    assert!(!run.stdout.contains("<!--"));
}

#[test]
fn a_mention_is_broken_wherever_it_could_be_one() {
    let text = "failscope: 1\ncomponents:\n  \"@who\": {}\n  \"x (@who)\": {}\n  \"ä@who\": {}\n  \
                \"a@mail.example\": {}\n";
    let run = run(&["report", "-", "--format", "markdown", "--all"], text.as_bytes());
    assert_eq!(run.stdout.matches("@<!-- -->").count(), run.stdout.matches('@').count());
}

#[test]
fn a_reason_is_text() {
    let repository = Repository::with("t.yaml", crate::SMALL);
    let waiver = format!(
        "waivers:\n  - {{ rule: BTS106, subject: Receive, accepts: systemwide, reason: {HOSTILE}, \
         owner: {HOSTILE} }}\n"
    );
    repository.add("failscope.yaml", &waiver);
    repository.all(&[]);
    assert_eq!(list(&repository.json(), "suppressed").len(), 1);
    assert_plain(&repository.out("comment.md"));
}

#[test]
fn a_start_of_a_line_is_no_list_and_no_heading() {
    for name in ["- a", "+ a", "1. a", "12) a", "# a", "> a", "=== a", "--- a"] {
        let yaml = format!(
            "failscope: 1\nservers: [A]\ncomponents:\n  \"{name}\": {{ on: A }}\nservices:\n  shop: {{ needs: [\"{name}\"] }}\n"
        );
        let report = run(&["report", "-", "--format", "markdown"], yaml.as_bytes());
        let text: String = Parser::new(&report.stdout)
            .filter_map(|event| match event {
                Event::Text(text) => Some(text.into_string()),
                _ => None,
            })
            .collect();
        assert!(text.contains(&format!("{name} (component)")), "{name}: {}", report.stdout);
    }
}

#[test]
fn every_finding_is_a_row_and_the_scopes_are_folded() {
    let repository = Repository::shipped();
    repository.all(&[]);
    let comment = repository.out("comment.md");
    assert!(comment.starts_with("## failscope: failed\n\n4 topologies: "), "{comment}");
    let json = repository.json();
    let (findings, scopes) = comment.split_once("<details>\n<summary>Failure scopes of ").unwrap();
    let wanted = list(&json, "findings").len() + list(&json, "suppressed").len();
    assert_eq!(page(findings).rows, wanted);
    for finding in list(&json, "findings") {
        let place = &finding["place"];
        let place = format!("{}:{} |", place["file"].as_str().unwrap(), place["line"]);
        assert!(findings.contains(&place), "{place}");
    }
    assert_eq!(scopes.matches("Failure scopes of ").count() + 1, 4);
    assert_eq!(comment.matches("<details>").count(), comment.matches("</details>").count());
}

#[test]
fn a_comment_fits_however_much_is_found() {
    let names: String =
        (0..3_000).map(|n| format!("  \"S{n} @{}\": {{}}\n", "x|".repeat(60))).collect();
    let group = "biztalk:\n  servers: [A]\n  hosts:\n    H: { instances: [A] }\n";
    let yaml = format!("failscope: 1\nservers: [A]\nstorage:\n{names}{group}");
    let repository = Repository::with("t.yaml", &yaml);
    let json = repository.path("out/findings.json").display().to_string();
    let comment = repository.path("out/comment.md").display().to_string();
    repository.lint(&["--format", "json", "-o", &json, "--format", "markdown", "-o", &comment]);
    let comment = repository.out("comment.md");
    assert!(comment.len() < 65_536, "{}", comment.len());
    let found = list(&repository.json(), "findings").len();
    assert!(found >= 3_000 && comment.contains(" more\n"), "{found}");
}
