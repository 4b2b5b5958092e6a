//! Files that were damaged, converted, doubled or given in another order.

use proptest::prelude::*;

use crate::kept;
use crate::support::*;
use failscope::import::biztalk::ImportFile;

fn samples_to_break() -> Vec<ImportFile> {
    kept::all().into_iter().filter(|file| file.bytes.len() < 25_000).collect()
}

fn one_of_them() -> impl Strategy<Value = ImportFile> {
    proptest::sample::select(samples_to_break())
}

fn utf16(text: &str, mark: bool, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let marked = if mark { "\u{feff}" } else { "" };
    marked.encode_utf16().chain(text.encode_utf16()).flat_map(to_bytes).collect()
}

#[test]
fn the_encoding_does_not_matter() {
    for file in samples_to_break() {
        let Ok(text) = String::from_utf8(file.bytes.clone()) else { continue };
        let text = text.trim_start_matches('\u{feff}').to_owned();
        let expected = import(std::slice::from_ref(&file)).yaml;
        for bytes in [
            text.clone().into_bytes(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            utf16(&text, true, u16::to_le_bytes),
            utf16(&text, true, u16::to_be_bytes),
            utf16(&text, false, u16::to_le_bytes),
            utf16(&text, false, u16::to_be_bytes),
        ] {
            let converted = ImportFile { name: file.name.clone(), bytes };
            assert_eq!(import(&[converted]).yaml, expected, "{}", file.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_truncated_file_is_reported(mut file in one_of_them(), part in 0.0..1.0_f64) {
        file.bytes.truncate((file.bytes.len() as f64 * part) as usize);
        assert_reads(&import(&[file]), "truncated");
    }

    #[test]
    fn flipped_bytes_do_no_harm(
        mut file in one_of_them(),
        flips in proptest::collection::vec((0.0..1.0_f64, any::<u8>()), 1..20),
    ) {
        for (part, byte) in flips {
            let at = (file.bytes.len() as f64 * part) as usize;
            file.bytes[at] = byte;
        }
        assert_reads(&import(&[file]), "flipped");
    }

    #[test]
    fn words_put_in_the_wrong_place_do_no_harm(
        mut file in one_of_them(),
        part in 0.0..1.0_f64,
        word in proptest::sample::select(vec![
            "<", "&", "]]>", "<![CDATA[", "<!--", "${A}", "%%", "{{x}}", "://", "@", "\n- ", ": ",
            "\u{202e}", "\u{ffff}", "<<", "\"", "'", "|", "\\\\", "?pw=", "FORMATNAME:DIRECT=", "#",
        ]),
    ) {
        let mut at = (file.bytes.len() as f64 * part) as usize;
        while at > 0 && file.bytes[at] & 0xc0 == 0x80 {
            at -= 1;
        }
        file.bytes.splice(at..at, word.bytes());
        assert_reads(&import(&[file]), word);
    }

    #[test]
    fn order_and_repetition_do_not_matter(
        files in proptest::sample::subsequence(kept::all(), 1..6).prop_shuffle(),
    ) {
        let imported = import(&files);
        assert_reads(&imported, "together");
        let renamed = |file: &ImportFile| ImportFile { name: format!("~{}", file.name), ..file.clone() };
        let doubled: Vec<ImportFile> = files.iter().rev().map(renamed).chain(files.clone()).collect();
        prop_assert_eq!(import(&doubled).yaml, imported.yaml);
    }

    #[test]
    fn arbitrary_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let file = ImportFile { name: "any".to_owned(), bytes };
        assert_reads(&import(&[file]), "any");
    }
}
