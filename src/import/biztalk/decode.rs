//! Bytes to text: the encodings in which exports are found.
//!
//! The byte order mark decides. The encoding in an XML declaration is asked only where the
//! bytes are not UTF-8: tools that save a file again leave the old declaration in it.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Largest file. Whole groups export to a few megabytes.
pub(super) const MOST_BYTES: usize = 32 << 20;
/// Bytes in which a declaration is looked for.
const DECLARATION: usize = 200;

/// Text, and what had to be taken on trust to get it.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// The bytes were not UTF-8 and had no mark; single-byte Windows text was taken.
    pub(super) taken_as_windows: bool,
}

/// Why bytes are not text.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, String> {
    if bytes.len() > MOST_BYTES {
        return Err(format!("the file is larger than {} MiB", MOST_BYTES >> 20));
    }
    match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => decode_as(encoding, bytes.get(mark..).unwrap_or_default()),
        None => decode_unmarked(bytes),
    }
}

fn decode_unmarked(bytes: &[u8]) -> Result<Decoded, String> {
    match bytes {
        [0, _, ..] => return decode_as(UTF_16BE, bytes),
        [_, 0, ..] => return decode_as(UTF_16LE, bytes),
        _ => {}
    }
    if let Ok(decoded) = decode_as(UTF_8, bytes) {
        return Ok(decoded);
    }
    if let Some(Ok(decoded)) = declared(bytes).map(|encoding| decode_as(encoding, bytes)) {
        return Ok(decoded);
    }
    let decoded = decode_as(WINDOWS_1252, bytes)?;
    Ok(Decoded { taken_as_windows: true, ..decoded })
}

/// The encoding of `<?xml version="1.0" encoding="windows-1252"?>`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(bytes.get(..DECLARATION).unwrap_or(bytes)).into_owned();
    let (declaration, _) = start.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value.get(1..)?.split(quote).next()?;
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Result<Decoded, String> {
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    if malformed {
        return Err(format!("the file is not valid {}; it may be truncated", encoding.name()));
    }
    if text.contains('\0') {
        return Err("the file holds NUL characters; it is not a text file".to_owned());
    }
    Ok(Decoded { text: text.into_owned(), taken_as_windows: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    fn text_of(bytes: &[u8]) -> String {
        decode(bytes).unwrap().text
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "<Räksmörgås/>";
        assert_eq!(text_of(text.as_bytes()), text);
        assert_eq!(text_of(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), text);
        for (mark, to_bytes) in [
            ([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]),
            ([0xfe, 0xff], u16::to_be_bytes),
        ] {
            let bytes = utf16(text, to_bytes);
            assert_eq!(text_of(&[&mark[..], &bytes].concat()), text);
            assert_eq!(text_of(&bytes), text, "without a mark");
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_windows_text_and_marked_so() {
        let decoded = decode(b"<A N=\"\xe5\"/>").unwrap();
        assert_eq!(decoded.text, "<A N=\"å\"/>");
        assert!(decoded.taken_as_windows);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_what_they_say() {
        for (label, byte, letter) in
            [("windows-1252", 0xe5, 'å'), ("ISO-8859-1", 0xe5, 'å'), ("windows-1250", 0xb3, 'ł')]
        {
            let start = format!("<?xml version='1.0' encoding='{label}' ?><A N='");
            let decoded = decode(&[start.as_bytes(), &[byte], b"'/>"].concat()).unwrap();
            assert_eq!(decoded.text, format!("{start}{letter}'/>"));
            assert!(!decoded.taken_as_windows, "{label}");
        }
        for label in ["utf-8", "utf-16", "none such", ""] {
            let start = format!("<?xml version=\"1.0\" encoding=\"{label}\"?><A N=\"");
            let decoded = decode(&[start.as_bytes(), b"\xe5\"/>"].concat()).unwrap();
            assert_eq!(decoded.text, format!("{start}å\"/>"));
            assert!(decoded.taken_as_windows, "{label}");
        }
        // What is UTF-8 is UTF-8, whatever an older declaration says.
        let saved_again = "<?xml version='1.0' encoding='windows-1252'?><Å/>";
        assert_eq!(text_of(saved_again.as_bytes()), saved_again);
    }

    #[test]
    fn half_a_character_is_an_error_where_the_encoding_is_known() {
        assert!(decode(&[0xff, 0xfe, b'<', 0, b'a']).is_err());
        assert!(decode(b"\xef\xbb\xbf<a>\xff").is_err());
        assert!(decode(b"ab\0b").is_err());
    }
}
