//! What can be wrong with a file, and where.

use std::fmt;

use thiserror::Error as ThisError;

use crate::engine::NotAProbability;
use crate::engine::common_cause::InvalidGroup;

/// A problem at a place: document (by its position in the input), line, column.
/// Lines and columns start at 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// The position of the document among those read together.
    pub document: usize,
    /// The line of the element at fault.
    pub line: u32,
    /// Its column.
    pub column: u32,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.problem)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.problem)
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, ThisError)]
pub enum Problem {
    /// The text is no well-formed XML, or uses a document type declaration.
    #[error("not readable as XML: {0}")]
    Xml(String),
    /// The document is larger than allowed.
    #[error("the document is larger than {0} bytes")]
    TooLarge(usize),
    /// Formulas or expressions are nested deeper than allowed.
    #[error("nested more than {0} levels deep")]
    TooDeep(usize),
    /// The outermost element is another format's.
    #[error("expected <opsa-mef>, found <{0}>")]
    NotOpenPsa(String),
    /// An element of the format that is not supported here.
    #[error("<{0}> is not supported here")]
    Unsupported(String),
    /// A required attribute is missing.
    #[error("<{element}> needs the attribute `{attribute}`")]
    MissingAttribute {
        /// The element.
        element: String,
        /// The attribute that it lacks.
        attribute: &'static str,
    },
    /// An attribute has a value that cannot be used.
    #[error("`{value}` is not a valid `{attribute}`")]
    BadAttribute {
        /// The attribute.
        attribute: &'static str,
        /// Its text.
        value: String,
    },
    /// A wrong number of operands or arguments.
    #[error("<{element}> takes {expected}, not {found}")]
    Arity {
        /// The element.
        element: String,
        /// What it takes, in words.
        expected: String,
        /// How many there are.
        found: usize,
    },
    /// A name is used that nothing defines.
    #[error("nothing defines `{0}`")]
    Undefined(String),
    /// A name is defined a second time.
    #[error("`{0}` is defined a second time")]
    Duplicate(String),
    /// A definition needs itself.
    #[error("`{0}` is defined by way of itself")]
    Cycle(String),
    /// A probability outside its range.
    #[error(transparent)]
    Probability(#[from] NotAProbability),
    /// An expression that has no finite value.
    #[error("<{0}> has no finite value for these arguments")]
    NotFinite(String),
    /// A common-cause group that makes no sense.
    #[error(transparent)]
    Group(#[from] InvalidGroup),
}
