//! Mistakes that the crate's reader finds, in words that need no grammar.

use super::Fault;
use crate::rules::own::condition::Mistake;
use crate::text;

/// The first complaint of the crate's reader, in words that need no grammar.
pub(super) fn first(source: &str, errors: &cel::ParseErrors) -> Fault {
    let first = errors.errors.first();
    let (line, column) = first.map_or((1, 1), |error| error.pos);
    let said = first.map_or("", |error| error.msg.as_str());
    let start = offset(source, line, column);
    let word = said.split('\'').nth(1).unwrap_or("");
    let too_deep = errors.errors.iter().any(|error| error.msg.contains("Recursion limit"));
    let (message, help) = match word {
        _ if too_deep => ("the expression nests too deeply".to_owned(), "make it several rules"),
        _ if said.contains("'<EOF>'") => {
            ("the expression ends too early".to_owned(), "finish it, or close a bracket")
        }
        "" => {
            ("the expression cannot be read here".to_owned(), "mend or leave out what stands here")
        }
        word => {
            let message = format!("`{}` was not expected here", text::shortened(word));
            (
                message,
                "an operator, a bracket or a quote is missing before it, or it is one too many",
            )
        }
    };
    let end = source[start..].chars().next().map_or(start, |c| start + c.len_utf8());
    Fault { at: start..end, mistake: Mistake::new(message, help) }
}

/// The byte of a place; lines and columns count from one.
fn offset(source: &str, line: isize, column: isize) -> usize {
    let line = usize::try_from(line).unwrap_or(1).max(1);
    let column = usize::try_from(column).unwrap_or(1).max(1);
    let mut start = 0;
    for (index, text) in source.split_inclusive('\n').enumerate() {
        if index + 1 == line {
            let within = text.char_indices().nth(column - 1).map_or(text.len(), |(at, _)| at);
            return start + within;
        }
        start += text.len();
    }
    source.len()
}
