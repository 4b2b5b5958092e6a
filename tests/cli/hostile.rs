//! Input that is broken, odd or meant to do harm: a clear error at its place.
//!
//! Nothing here looks at a clock. Where input could cost much more than its size, the error that
//! names the limit is asked for; where there is no limit, only that the run comes to its end.

use std::fmt::Write as _;

use crate::{SMALL, folder_with, lint, run, run_unchecked};

const HEAD: &str = "failscope: 1\n";

/// The input, the code that must be among the findings, and where: `line:column`.
fn refused(name: &str, text: impl AsRef<[u8]>, code: &str, place: &str) {
    let run = lint(text);
    assert_eq!(run.exit, 2, "{name}: {}", short(&run.all()));
    let found: Vec<String> =
        run.found().iter().map(|(line, column, code)| format!("{line}:{column} {code}")).collect();
    let wanted = format!("{place} {code}");
    assert!(found.contains(&wanted), "{name}: {wanted} is not in {found:?}\n{}", short(&run.all()));
    assert!(run.stdout.contains("help:"), "{name}: says no mend: {}", short(&run.stdout));
    assert!(run.all().len() < 4 << 20, "{name} printed {} bytes", run.all().len());
}

/// A file that is no text is refused before there are places.
fn unreadable(name: &str, bytes: &[u8], words: &[&str]) {
    let run = lint(bytes);
    assert_eq!(run.exit, 2, "{name}");
    for word in words {
        assert!(run.stderr.contains(word), "{name}: `{word}` is not in {}", run.stderr);
    }
}

fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(2_000)]
}

#[test]
fn broken_yaml_is_refused_where_it_breaks() {
    refused("empty", "", "input/empty", "1:1");
    refused("blank", " \n\n", "input/empty", "1:1");
    refused("comments", "# nothing\n# at all\n", "input/empty", "1:1");
    refused("a word", "hello\n", "input/wrong-type", "1:1");
    refused("a list", "- a\n", "input/wrong-type", "1:1");
    refused("open bracket", "failscope: 1\nservers: [A, B", "input/syntax", "2:10");
    refused("open quote", "failscope: 1\nname: \"x\n", "input/syntax", "3:1");
    refused("tab", "failscope: 1\nservers:\n\tA:\n", "input/syntax", "3:2");
    refused("documents", "failscope: 1\n---\nfailscope: 1\n", "input/several-documents", "2:1");
    refused("tag", "failscope: 1\nname: !x y\n", "input/unknown-tag", "2:10");
    refused("key twice", "failscope: 1\nname: x\nname: y\n", "input/duplicate-key", "3:1");
    refused("anchor", "failscope: 1\nname: *x\n", "input/unknown-anchor", "2:7");
    refused("own anchor", "failscope: 1\nservers: &a [*a]\n", "input/self-alias", "2:14");
    refused("list as key", "failscope: 1\n? [a]\n: b\n", "input/key-type", "2:3");
    refused("raw escape", "failscope: 1\nname: \u{1b}[31m\n", "input/syntax", "2:7");
    refused("version", "failscope: 2\n", "input/version", "1:12");
}

#[test]
fn what_is_no_utf8_text_is_named() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    };
    let marked = format!("\u{feff}{SMALL}");
    let words = ["<stdin>:1:1: ", "UTF-16", "save it as UTF-8"];
    unreadable("LE", &utf16(SMALL, u16::to_le_bytes), &words);
    unreadable("BE", &utf16(SMALL, u16::to_be_bytes), &words);
    unreadable("LE with BOM", &utf16(&marked, u16::to_le_bytes), &words);
    unreadable("BE with BOM", &utf16(&marked, u16::to_be_bytes), &words);
    unreadable("NUL", b"failscope: 1\nname: a\0b\n", &["<stdin>:2:8: ", "NUL"]);
    unreadable(
        "invalid",
        b"failscope: 1\nname: \xc3\xa9\xff\n",
        &["<stdin>:2:8: ", "not valid UTF-8"],
    );
    unreadable("cut", b"failscope: 1\nname: \xe2\x82", &["<stdin>:2:7: ", "not valid UTF-8"]);
}

#[test]
fn windows_files_read_like_any_other() {
    let broken = SMALL.replace("nodes: [SQL01, SQL02]", "nodes: [SQL01, SQL03]");
    assert_ne!(broken, SMALL);
    for text in [SMALL, broken.as_str()] {
        let unix = lint(text);
        for (name, other) in [
            ("CRLF", text.replace('\n', "\r\n")),
            ("CR", text.replace('\n', "\r")),
            ("BOM", format!("\u{feff}{text}")),
            ("BOM and CRLF", format!("\u{feff}{}", text.replace('\n', "\r\n"))),
        ] {
            let run = lint(other);
            assert_eq!((run.exit, run.found()), (unix.exit, unix.found()), "{name}");
        }
    }
}

#[test]
fn half_a_file_is_never_taken_for_a_whole_one() {
    for end in 0..SMALL.len() {
        let run = lint(&SMALL.as_bytes()[..end]);
        let decided = run.exit != 2;
        assert!(run.exit <= 2, "cut at {end}");
        assert_eq!(decided, !run.stdout.contains("error[input/"), "cut at {end}");
        assert!(run.found().iter().all(|&(line, column, _)| line > 0 && column > 0));
        // Without its key there is nothing to judge.
        if end < SMALL.find("failscope: 1").unwrap() + "failscope: 1".len() {
            assert_eq!(run.exit, 2, "cut at {end}");
        }
    }
}

#[test]
fn nesting_ends_at_its_limit() {
    let many = 100_000;
    for (name, text, place) in [
        ("brackets", "[".repeat(many), "1:65"),
        ("braces", "{a: ".repeat(many), "1:257"),
        ("dashes", "- ".repeat(many), "1:129"),
        ("question marks", "? ".repeat(many), "1:129"),
        ("dashes below each other", lines(many, |n| format!("{}-", " ".repeat(n % 500))), "65:65"),
    ] {
        refused(name, text, "input/too-deep", place);
    }
    let deep = |levels: usize| {
        let (open, close) = ("{any: [".repeat(levels), "]}".repeat(levels));
        format!("{HEAD}servers: [A]\nservices:\n  S: {{needs: {open}A{close}}}\n")
    };
    // The root, `services` and `S` are three levels, and a group is two.
    assert_eq!(lint(deep(30)).exit, 0, "{}", lint(deep(30)).all());
    refused("deep needs", deep(31), "input/too-deep", "4:230");
}

#[test]
fn deep_needs_are_not_reached_through_aliases_either() {
    let mut text = String::from("failscope: 1\nservers: [A]\nx-0: &a0 {any: [A]}\n");
    for link in 1..2_000 {
        writeln!(text, "x-{link}: &a{link} {{any: [*a{}]}}", link - 1).unwrap();
    }
    text.push_str("services: {S: {needs: *a1999}}\n");
    refused("chain", text, "input/too-deep", "34:19");
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|n| line(n) + "\n").collect()
}

#[test]
fn aliases_cannot_multiply_a_file() {
    let mut bomb = String::from("failscope: 1\nx-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(bomb, "x-{level}: &a{level} [{below}]").unwrap();
    }
    let run = lint(&bomb);
    assert_eq!((run.exit, run.codes()), (2, vec!["input/alias-bomb".to_owned()]));
    let quadratic =
        format!("{HEAD}x-a: &a {}\nroles: [{}]\n", "x".repeat(50_000), "*a, ".repeat(50_000));
    let run = lint(&quadratic);
    assert_eq!((run.exit, run.codes()), (2, vec!["input/alias-bomb".to_owned()]));
    let names = "A, ".repeat(10_000);
    let needs = format!(
        "{HEAD}servers: [A]\nx-a: &a [{names}]\nservices:\n{}",
        lines(50_000, |n| format!("  s{n}: {{needs: *a}}"))
    );
    let run = lint(&needs);
    assert_eq!((run.exit, run.codes()), (2, vec!["input/alias-bomb".to_owned()]));
}

#[test]
fn text_that_acts_on_a_terminal_is_refused_and_never_repeated() {
    for (name, escape) in [
        ("ESC", r"\e[31m"),
        ("C1 CSI", r"\u009b31m"),
        ("NEL", r"\N"),
        ("NUL", r"\0"),
        ("BEL", r"\a"),
        ("DEL", r"\x7f"),
        ("right-to-left override", r"\u202e"),
        ("isolate", r"\u2066"),
        ("line separator", r"\L"),
        ("byte order mark", r"\ufeff"),
        ("carriage return", r"\r"),
    ] {
        let text = format!("{HEAD}servers:\n  \"A{escape}B\": {{}}\n");
        refused(name, text, "input/control-character", "3:3");
        for key in ["name", "description"] {
            let text = format!("{HEAD}{key}: \"A{escape}B\"\n");
            refused(name, text, "input/control-character", &format!("2:{}", key.len() + 3));
        }
        // Where nothing is a name yet: unknown keys, values, references, anchors, tags.
        for text in [
            format!("{HEAD}\"a{escape}b\": x\n"),
            format!("{HEAD}servers: {{A: {{zone: \"a{escape}b\"}}}}\n"),
            format!("{HEAD}services: {{S: {{needs: \"a{escape}b\"}}}}\n"),
            format!("{HEAD}servers: {{A: {{mtbf: \"a{escape}b\"}}}}\n"),
            format!("{HEAD}include: \"a{escape}b.yaml\"\n"),
            format!("{HEAD}servers: [\"a{escape}b\", \"a{escape}b\"]\n"),
        ] {
            assert_eq!(lint(&text).exit, 2, "{name}: {text}");
        }
    }
    for raw in ["\u{9b}31m", "\u{202e}", "\u{85}", "\u{2028}", "\u{7f}", "\u{feff}"] {
        assert_eq!(lint(format!("{HEAD}name: a{raw}b\n")).exit, 2, "{raw:?}");
        // In a comment it does no harm, and an excerpt beside it shows a stand-in.
        assert_eq!(lint(format!("{HEAD}nam: b # a{raw}b\n")).exit, 2, "{raw:?}");
    }
}

#[test]
fn arguments_and_file_names_are_shown_harmlessly() {
    let name = "a\u{1b}[31m\u{9b}\u{202e}\nb.yaml";
    let (_folder, path) = folder_with(name, SMALL);
    for args in [
        vec!["lint"],
        vec!["report"],
        vec!["report", "--format=json"],
        vec!["report", "--format=csv"],
        vec!["report", "--format=markdown"],
        vec!["impact", "--fail=BTS01"],
    ] {
        let mut args: Vec<std::ffi::OsString> = args.into_iter().map(Into::into).collect();
        args.push(path.clone().into());
        assert!(run(&args, b"").exit < 2, "{args:?}");
    }
    let (_folder, broken) = folder_with(name, "failscope: 1\nserver: []\n");
    assert_eq!(run(&["lint".into(), broken.into_os_string()], b"").exit, 2);
    assert_eq!(run(&["lint", name], b"").exit, 2);
    assert_eq!(run(&["lint", "--\u{1b}[31m"], b"").exit, 2);
    assert_eq!(run(&["\u{1b}[31m"], b"").exit, 2);
    assert_eq!(run(&["explain", "\u{1b}[31m"], b"").exit, 2);
    assert_eq!(run(&["impact", "-", "--fail", "\u{1b}[31m"], SMALL.as_bytes()).exit, 2);
}

#[test]
fn long_texts_are_cut_in_messages() {
    let long = "x".repeat(1 << 20);
    let text = format!("{HEAD}servers: [{long}]\n");
    refused("name", &text, "input/name", "2:11");
    let text = format!("{HEAD}servers: {{A: {{machine: {long}}}}}\n");
    refused("machine", &text, "input/name", "2:24");
    let text = format!("{HEAD}{long}: x\n");
    assert_eq!(lint(&text).exit, 2);
    let text =
        format!("{HEAD}x-a: &a {long}\nservers: [A]\nservices: {{S: {{needs: [*a, *a]}}}}\n");
    refused("reference", &text, "input/unknown-name", "4:24");
    let text = format!("{HEAD}servers: [{long}y]\nservices: {{S: {{needs: [{long}z]}}}}\n");
    refused("two names", &text, "input/unknown-name", "3:24");
    let text = format!("{HEAD}servers: {{A: {{zone: {long}}}}}\n");
    refused("value", &text, "input/unknown-value", "2:21");
    let text = format!("failscope: {}\n", "1".repeat(1 << 20));
    refused("number", &text, "input/wrong-type", "1:12");
}

#[test]
fn many_mistakes_cost_no_more_than_many_right_lines() {
    let servers = lines(10_000, |n| format!("  server-number-{n}: {{}}"));
    let services = lines(10_000, |n| format!("  s{n}: {{needs: [serverr-nummber-{n}]}}"));
    let text = format!("{HEAD}servers:\n{servers}services:\n{services}");
    refused("unknown names", &text, "input/more", "11004:19");
    let text = format!("{HEAD}{}", lines(30_000, |n| format!("key{n}: x")));
    refused("unknown keys", &text, "input/unknown-key", "2:1");
    let flow: String = (0..10_000).map(|n| format!("key{n}: x, ")).collect();
    refused("on one line", format!("{{failscope: 1, {flow}}}"), "input/unknown-key", "1:16");
}

#[test]
fn a_great_many_keys_are_read_up_to_a_limit() {
    let keys = |number: usize| format!("{HEAD}{}", lines(number, |n| format!("x-{n}: 1")));
    let run = lint(keys(100_000));
    assert_eq!(run.exit, 0, "{}", short(&run.all()));
    // The first line is a key and a value, and so is each of the others; the root is one more.
    for (number, exit) in [(498, 0), (500, 2)] {
        let run = crate::run(&["lint", "-", "--max-nodes", "1000"], keys(number).as_bytes());
        assert_eq!(run.exit, exit, "{}", short(&run.all()));
        let codes = if exit == 0 { vec![] } else { vec!["input/too-large".to_owned()] };
        assert_eq!(run.codes(), codes);
        assert_eq!(run.stdout.contains("--max-nodes"), exit == 2, "{}", run.stdout);
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    for number in ["1e400", "-1", "1.5", ".inf", ".nan", "0x1", "99999999999999999999", "true"] {
        refused(number, format!("failscope: {number}\n"), "input/wrong-type", "1:12");
    }
    let with = |value: &str| format!("{HEAD}servers: {{A: {{mtbf: {value}}}}}\n");
    for quantity in ["1e400", "1e400h", "-1h", ".inf", "NaNh", "1", "h", "''"] {
        refused(quantity, with(quantity), "input/quantity", "2:21");
    }
    refused("digits", with(&format!("{}y", "9".repeat(400))), "input/quantity", "2:21");
    for count in ["0", "3", "4294967295"] {
        let text = format!(
            "{HEAD}servers: [A, B]\nservices: {{S: {{needs: {{at_least: {count}, of: [A, B]}}}}}}\n"
        );
        refused(count, text, "input/at-least", "3:23");
    }
}

#[test]
fn includes_are_checked_like_the_file_itself() {
    let (folder, path) = folder_with("main.yaml", "");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let lint = |include: &str| {
        write(
            "main.yaml",
            &format!("{HEAD}servers: [A]\nservices: {{S: {{needs: [A, B]}}}}\n{include}"),
        );
        let run = run(&["lint", path.to_str().unwrap()], b"");
        (run.exit, run.codes())
    };
    let refused = |code: &str| (2, vec![code.to_owned()]);
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    write("good.yaml", "servers: [B]\n");
    write("nested.yaml", "servers: [B]\ninclude: good.yaml\n");
    write("broken.yaml", "servers: [B\n");
    std::fs::write(folder.path().join("utf16.yaml"), b"\xff\xfea\0").unwrap();
    assert_eq!(lint("include: good.yaml\n").0, 0);
    assert_eq!(lint("include: nested.yaml\n"), refused("input/nested-include"));
    assert_eq!(lint("include: broken.yaml\n"), refused("input/syntax"));
    for bad in ["main.yaml", "./main.yaml", "folder", "missing.yaml", "utf16.yaml", "/dev/zero"] {
        assert_eq!(lint(&format!("include: {bad}\n")), refused("input/include"), "{bad}");
    }
    assert_eq!(lint("include: [good.yaml, good.yaml]\n"), refused("input/include"));
    // The same file by another path is read again, and all its names are there twice.
    assert_eq!(lint("include: folder/../main.yaml\n").0, 2);
    let many: String = (0..150)
        .map(|n| {
            write(&format!("part{n}.yaml"), &format!("servers: [P{n}]\n"));
            format!("  - part{n}.yaml\n")
        })
        .collect();
    let (exit, codes) = lint(&format!("include:\n{many}"));
    assert_eq!((exit, codes.len()), (2, 51), "the file itself and 99 parts are a hundred");
    write("large.yaml", &format!("# {}\nservers: [B]\n", "x".repeat(2_000)));
    write(
        "main.yaml",
        &format!("{HEAD}include: [large.yaml, good.yaml]\n# {}\n", "x".repeat(2_000)),
    );
    let limited = |bytes: &str| run(&["lint", "--max-bytes", bytes, path.to_str().unwrap()], b"");
    assert_eq!(limited("3000").codes(), ["input/include"]);
    assert_eq!(limited("1000").exit, 2);
    assert!(limited("1000").stderr.contains("larger than 1000 bytes"));
}

#[test]
fn standard_input_is_read_once_and_to_its_limit() {
    let twice = run(&["lint", "-", "-"], SMALL.as_bytes());
    assert_eq!(twice.exit, 2);
    assert!(twice.stderr.contains("only one time"), "{}", twice.stderr);
    let endless = run_unchecked(&["lint", "-"], &mut std::io::repeat(b' '));
    assert_eq!(endless.exit, 2);
    assert!(endless.stderr.contains("--max-bytes"), "{}", endless.stderr);
    let all = run(&["lint", "-", "--max-bytes", "4294967295"], SMALL.as_bytes());
    assert_eq!(all.exit, lint(SMALL).exit);
    assert_eq!(run(&["lint", "-", "--max-bytes", "4294967296"], SMALL.as_bytes()).exit, 2);
}
