//! Layer 2: expressions in CEL, read by the crate `cel`, checked against the model view and
//! fenced in.
//!
//! The crate has no limit on work or memory. So the source is short, the tree is shallow and
//! holds what is listed here only, comprehensions nest two deep at most, and the tree is
//! rewritten before it is kept: every turn of a comprehension and everything that could
//! grow takes from a budget (see `evaluate.rs`).

mod calls;
mod check;
mod complaints;
mod metering;
mod types;

use std::ops::Range;

use cel::IdedExpr;

use self::check::Check;
use self::types::Ty;
use super::condition::Mistake;
use super::fields::Kind;
use crate::text;

/// Bytes of one expression. A chain of thousands of operators would need a deep stack.
pub const LONGEST: usize = 4096;

/// Levels of one expression.
const DEEPEST: usize = 64;

/// Comprehensions inside comprehensions: each level multiplies the work.
const MOST_NESTED: usize = 2;

/// The reader of the crate recurses along chains of operators; this is enough for the
/// longest source, in a build without optimisation too.
const STACK: usize = 64 << 20;

/// What the subject is called.
pub const SUBJECT: &str = "it";

/// Functions of an expression, what they take and what they come to.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("size(x)", "how many entries a list has, or characters a text"),
    ("t.startsWith(u)", "whether a text starts so"),
    ("t.endsWith(u)", "whether a text ends so"),
    ("t.contains(u)", "whether a text contains another"),
    ("like(t, p)", "whether a text fits a pattern in which `*` stands for anything, in any case"),
    ("year(t)", "the year of a release: `year(it.version) >= 2016`"),
    ("get(n)", "the thing of that name"),
    ("every(k)", "names of all things of a kind: `every('server')`"),
    ("reaches(a, b)", "whether `b` needs `a`, directly or through others"),
    ("spof(n)", "whether it is a single point of failure"),
    ("scope(n)", "how far its loss reaches"),
];

/// Names that the rewritten tree calls; no source can spell them.
pub(super) const TICK: &str = "@tick";
pub(super) const CHARGE: &str = "@charge";
pub(super) const GROWN: &str = "@grown";

/// An expression that may be evaluated.
#[derive(Debug)]
pub struct Expression {
    pub(super) tree: IdedExpr,
    /// Nodes of the tree: the work of one evaluation without its loops.
    pub(super) nodes: u64,
}

/// What is wrong with an expression, and where in its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub at: Range<usize>,
    pub mistake: Mistake,
}

/// Reads and checks the requirement of a rule about this kind of thing.
pub fn compile(source: &str, kind: Kind) -> Result<Expression, Fault> {
    if source.len() > LONGEST {
        let message = format!("an expression of {} bytes is too long", source.len());
        let help = format!("keep it within {LONGEST} bytes, or make it several rules");
        return Err(Fault { at: 0..1, mistake: Mistake::new(message, help) });
    }
    let unreadable = || {
        let mistake = Mistake::new("the expression cannot be read", "write it more simply");
        Fault { at: 0..source.len(), mistake }
    };
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(STACK);
        let reading = reader.spawn_scoped(scope, || read(source, kind));
        reading.map_err(|_| unreadable())?.join().map_err(|_| unreadable())?
    })
}

fn read(source: &str, kind: Kind) -> Result<Expression, Fault> {
    let parsed = cel::parser::Parser::default().parse_with_source_info(source);
    let (mut tree, info) = parsed.map_err(|errors| complaints::first(source, &errors))?;
    let mut check = Check::new(source, &info, kind);
    if metering::depth(&tree) > DEEPEST {
        return Err(check.fault(&tree, "the expression nests too deeply", "make it several rules"));
    }
    let ty = check.expr(&mut tree)?;
    match ty {
        Ty::Flag | Ty::Any => Ok(Expression { tree, nodes: check.nodes() }),
        other => {
            let message = format!("a requirement is true or false, and this is {}", other.noun());
            Err(check.fault(&tree, message, "compare it with something"))
        }
    }
}

/// A kind by its word.
pub fn kind_of(word: &str) -> Result<Kind, Mistake> {
    Kind::parse(word).ok_or_else(|| {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        let near = text::nearest(word, names.iter().copied(), &mut text::SEARCH_BUDGET.clone());
        let message = format!("nothing is of the kind `{}`", text::shortened(word));
        Mistake::new(
            message,
            match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the kinds are {}", text::and_list(&names)),
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, compile};
    use crate::rules::own::fields::Kind;

    #[track_caller]
    fn complains(source: &str, words: &str) {
        let fault = compile(source, Kind::ReceiveLocation).unwrap_err();
        assert!(fault.mistake.message.contains(words), "{}", fault.mistake.message);
    }

    #[test]
    fn the_longest_and_the_deepest_expression_are_taken_and_nothing_beyond() {
        let long = |bytes: usize| format!("it.name == '{}'", "x".repeat(bytes - 13));
        assert_eq!(long(LONGEST).len(), 4096);
        assert!(compile(&long(LONGEST), Kind::Host).is_ok());
        complains(&long(LONGEST + 1), "too long");
        // `==` is one level, each pair of brackets another.
        let lists =
            |levels: usize| format!("{}{} == []", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert!(compile(&lists(64), Kind::Host).is_ok());
        complains(&lists(65), "too deeply");
        complains(&format!("[1].exists(a, {})", lists(65)), "too deeply");
    }

    #[test]
    fn a_fault_is_shown_where_it_stands() {
        for (source, at) in [
            ("it.name == 'x' &&\n  it.name 'y'", "'y'"),
            ("it.name == 'x' && it.nane == 'y'", "nane"),
            ("it.nane == 'nane'", "nane"),
            ("it.name == 'x' && sizes(it.name) > 1", "sizes"),
        ] {
            let fault = compile(source, Kind::Host).unwrap_err();
            assert_eq!(Some(fault.at.start), source.find(at), "{source}");
            let shown = &source[fault.at.clone()];
            assert!(at.starts_with(shown) && !shown.is_empty(), "{source}: {shown}");
            assert!(at.starts_with('\'') || shown == at, "{source}: {shown}");
        }
    }

    #[test]
    fn what_a_name_leads_to_has_the_attributes_of_its_kind() {
        let sound = |source: &str| compile(source, Kind::ReceiveLocation).is_ok();
        assert!(sound("get(it.host).type == 'isolated'"));
        assert!(sound("it.labels['environment'] == 'test'"));
        // What is in a list of several kinds may be anything, entries of its own included.
        assert!(sound("[[it.name], 1][0][0] == it.name"));
        complains("get(it.host).site == 'X'", "`site` is no attribute of `host`");
        // Either of two kinds is still a thing, or the name of one, and has attributes.
        assert!(sound("(it.enabled ? it : get('H')).spof"));
        assert!(sound("[it.host, it.behind].all(one, one.spof)"));
        assert!(sound("(it.enabled ? it.host : it.behind).startsWith('H')"));
        complains("[it.host, it.behind].all(one, one.typo)", "`typo` is an attribute of nothing");
        complains("it.host.type < 'x'", "no more or less");
    }
}
