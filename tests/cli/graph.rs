//! `failscope graph`: pictures that other programs can read, whatever things are called.

use std::collections::BTreeSet;

use crate::{SMALL, folder_with, root, run, yaml_files};

/// Names that would end a string, a tag or a comment in one of the formats.
const HOSTILE: [&str; 11] = [
    "quote \" and 'other'",
    "</text></svg><script>alert(1)</script>",
    "a --> b; c -.-> d",
    "back\\slash \\n \\\\",
    "end",
    "]] )) }} subgraph x",
    "&amp; &lt; #quot;",
    "<b>bold</b>",
    "日本語の名前",
    "$$x^2$$ \\n",
    "fa:fa-car",
];

fn hostile_topology() -> String {
    let mut text = String::from("failscope: 1\nname: \"t \\\" </title> --> ---\"\ncomponents:\n");
    for name in HOSTILE {
        let quoted = serde_json::to_string(name).unwrap();
        text.push_str(&format!("  {quoted}: {{}}\n"));
    }
    let all: Vec<String> =
        HOSTILE.iter().map(|name| serde_json::to_string(name).unwrap()).collect();
    text.push_str(&format!("services:\n  work: {{ needs: [{}] }}\n", all.join(", ")));
    text
}

fn graph(args: &[&str], topology: &str) -> String {
    let args: Vec<&str> = ["graph", "-"].iter().chain(args).copied().collect();
    let run = run(&args, topology.as_bytes());
    assert_eq!(run.exit, 0, "{}", run.all());
    run.stdout
}

#[test]
fn an_svg_is_xml_and_says_every_name_whole() {
    let svg = graph(&[], &hostile_topology());
    let document = roxmltree::Document::parse(&svg).unwrap();
    let named: BTreeSet<&str> =
        document.descendants().filter_map(|node| node.attribute("data-component")).collect();
    let expected: BTreeSet<&str> = HOSTILE.into_iter().chain(["work"]).collect();
    assert_eq!(named, expected);
    assert_eq!(document.root_element().attribute("role"), Some("img"));
    let tags: BTreeSet<&str> =
        document.descendants().filter(|n| n.is_element()).map(|n| n.tag_name().name()).collect();
    assert!(!tags.contains("script") && !tags.contains("b"), "{tags:?}");
    assert!(!svg.contains("href") && !svg.contains("@import"), "nothing is fetched");
}

#[test]
fn every_shipped_topology_gives_xml_with_unique_ids() {
    for path in yaml_files(&root().join("topologies")) {
        let run = run(&["graph".into(), path.clone().into_os_string()], b"");
        assert_eq!(run.exit, 0, "{}: {}", path.display(), run.stderr);
        let document = roxmltree::Document::parse(&run.stdout).unwrap();
        let ids: Vec<&str> =
            document.descendants().filter_map(|node| node.attribute("id")).collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{}", path.display());
    }
}

/// The quoted strings of a Graphviz file, by its rule: only `\"` hides a quote, and a backslash
/// before a backslash stands for one.
fn dot_strings(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = line.chars();
    while chars.by_ref().any(|c| c == '"') {
        let mut string = String::new();
        loop {
            match chars.next().expect("a string ends on its line") {
                '"' => break,
                '\\' => match chars.next().expect("something follows a backslash") {
                    'n' => string.push('\n'),
                    c => string.push(c),
                },
                c => string.push(c),
            }
        }
        found.push(string.replace("&amp;", "&"));
    }
    found
}

#[test]
fn dot_labels_give_back_the_names() {
    let dot = graph(&["--format", "dot"], &hostile_topology());
    let nodes: Vec<&str> = dot.lines().filter(|line| line.starts_with("  n")).collect();
    let nodes = nodes.iter().filter(|line| line.contains(" [label="));
    let labels: BTreeSet<String> =
        nodes.map(|line| dot_strings(line)[0].split('\n').next().unwrap().to_owned()).collect();
    let expected: BTreeSet<String> =
        HOSTILE.into_iter().chain(["work"]).map(str::to_owned).collect();
    assert_eq!(labels, expected);
}

fn mermaid_text(label: &str) -> String {
    // What is not seen keeps apart what would mean something together.
    decoded(label).replace('\u{2060}', "")
}

/// Mermaid's entities for characters: a number between `#` and `;`.
fn decoded(label: &str) -> String {
    let mut out = String::new();
    let mut rest = label;
    while let Some((before, after)) = rest.split_once('#') {
        let (number, behind) = after.split_once(';').expect("an entity ends");
        out.push_str(before);
        out.push(char::from_u32(number.parse().unwrap()).unwrap());
        rest = behind;
    }
    out + rest
}

#[test]
fn mermaid_labels_hold_nothing_that_means_something_and_give_back_the_names() {
    let text = graph(&["--format", "mermaid"], &hostile_topology());
    let mut names = BTreeSet::new();
    for line in text.lines().filter(|line| line.contains("[\"") || line.contains("{{\"")) {
        let start = line.find('"').unwrap();
        let end = line.rfind('"').unwrap();
        let label = line[start + 1..end].split("<br/>").next().unwrap();
        assert!(!label.contains(['"', '<', '>', '[', ']', '{', '}', '&', '\\', '`']), "{label}");
        let decoded = decoded(label);
        assert!(!["$$", "\\n", ":fa-"].iter().any(|mark| decoded.contains(mark)), "{decoded}");
        names.insert(mermaid_text(label));
    }
    let expected: BTreeSet<String> =
        HOSTILE.into_iter().chain(["work"]).map(str::to_owned).collect();
    assert_eq!(names, expected);
    // Two fences around the title, and none that a name could have added.
    assert_eq!(text.lines().filter(|line| line.starts_with("---")).count(), 2);
}

#[test]
fn json_has_nodes_edges_and_boxes() {
    let json = graph(&["--format", "json", "--detail"], SMALL);
    let data: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(data["failscope_graph"], 1);
    let ids: BTreeSet<&str> =
        data["nodes"].as_array().unwrap().iter().map(|n| n["id"].as_str().unwrap()).collect();
    for edge in data["edges"].as_array().unwrap() {
        assert!(ids.contains(edge["from"].as_str().unwrap()), "{edge}");
        assert!(ids.contains(edge["to"].as_str().unwrap()), "{edge}");
    }
    let boxes = data["boxes"].as_array().unwrap();
    let names: BTreeSet<&str> = boxes.iter().map(|b| b["name"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["BTS01", "BTS02", "SQL01", "SQL02", "SQLCLUSTER"]));
}

#[test]
fn the_same_topology_gives_the_same_bytes() {
    for format in ["svg", "dot", "mermaid", "json"] {
        assert_eq!(graph(&["--format", format], SMALL), graph(&["--format", format], SMALL));
    }
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest_one() {
    for flag in ["--focus", "--impact"] {
        let run = run(&["graph", "-", flag, "BTS1"], SMALL.as_bytes());
        assert_eq!(run.exit, 2);
        assert!(run.stderr.contains("did you mean `BTS01`?"), "{}", run.stderr);
        assert!(run.stdout.is_empty());
    }
}

#[test]
fn a_picture_says_what_is_not_in_it_in_the_picture_and_beside_it() {
    let run = run(&["graph", "-", "--focus", "SAN01", "--depth", "1"], SMALL.as_bytes());
    let note = "are not in the picture";
    assert!(run.stderr.contains(note), "{}", run.stderr);
    let document = roxmltree::Document::parse(&run.stdout).unwrap();
    let texts = document.descendants().filter(|n| n.tag_name().name() == "text");
    let texts: Vec<&str> = texts.filter_map(|node| node.text()).collect();
    assert!(texts.iter().any(|text| text.contains(note)), "{texts:?}");
}

/// The page for more components than anybody can see at once still has all of them in its
/// table, and says what its picture leaves out.
#[test]
fn a_page_of_ten_thousand_components_says_what_its_picture_leaves_out() {
    let topology = crate::generator::generate(10_000);
    let run = run(&["report", "-", "--format", "html"], topology.as_bytes());
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let (_, picture) = run.stdout.split_once("<svg").unwrap();
    let (picture, rest) = picture.split_once("</svg>").unwrap();
    assert!(picture.matches("data-component=").count() <= failscope::picture::MOST_NODES);
    assert!(picture.contains("components are drawn together"), "{}", &picture[..2000]);
    let rows = rest.matches(" data-id=").count();
    assert!(rows > 8_000, "{rows} rows");
}

/// One is one, several each do the same, and what there is none of is not spoken of.
#[test]
fn a_page_counts_in_right_words() {
    let one = "failscope: 1
components:
  disk: {}
services:
  shop: { needs: [disk] }
";
    let page = run(&["report", "-", "--format", "html"], one.as_bytes()).stdout;
    assert!(page.contains("<dt>single point of failure</dt><dd>1</dd>"), "{page}");
    assert!(page.contains("<dt>service</dt><dd>1</dd>") && !page.contains("<dt>functions</dt>"));
    assert!(page.contains("1: disk <span class=\"kind\">stops "));
    assert!(page.contains("<strong>shop</strong>: 1 single failure takes it: disk</li>"));
    let two = one.replace("  disk: {}", "  disk: {}\n  net: {}").replace("[disk]", "[disk, net]");
    let page = run(&["report", "-", "--format", "html"], two.as_bytes()).stdout;
    assert!(page.contains("<dt>single points of failure</dt><dd>2</dd>"), "{page}");
    assert!(page.contains("2: disk and net <span class=\"kind\">each stops "));
}

#[test]
fn a_picture_is_written_to_a_file_whole() {
    let (folder, path) = folder_with("topology.yaml", SMALL);
    let out = folder.path().join("picture.svg");
    let args = ["graph".into(), path.into_os_string(), "-o".into(), out.clone().into_os_string()];
    let run = run(&args, b"");
    assert_eq!((run.exit, run.stdout.as_str()), (0, ""));
    assert!(std::fs::read_to_string(out).unwrap().ends_with("</svg>\n"));
}
