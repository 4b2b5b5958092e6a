//! An expression against the model view: names, attributes, lists.

use std::ops::Range;

use cel::IdedExpr;
use cel::common::ast::{ComprehensionExpr, Expr, LiteralValue, SelectExpr, SourceInfo};

use super::metering::{meter, pay_for, wrap_in};
use super::types::Ty;
use super::{Fault, MOST_NESTED, SUBJECT};
use crate::rules::own::condition::{self, Mistake};
use crate::rules::own::fields::{self, Kind};
use crate::text;

/// Walks a tree, checks it and rewrites it in place.
pub(super) struct Check<'s> {
    source: &'s str,
    info: &'s SourceInfo,
    kind: Kind,
    /// Variables of the comprehensions around, the innermost last.
    scope: Vec<(String, Ty)>,
    nested: usize,
    nodes: u64,
}

pub(super) type Checked = Result<Ty, Fault>;

impl<'s> Check<'s> {
    pub(super) fn new(source: &'s str, info: &'s SourceInfo, kind: Kind) -> Check<'s> {
        Check { source, info, kind, scope: Vec::new(), nested: 0, nodes: 0 }
    }

    /// How many nodes there were.
    pub(super) fn nodes(&self) -> u64 {
        self.nodes
    }

    /// Checks a tree and rewrites it in place. No deeper than the limit.
    pub(super) fn expr(&mut self, node: &mut IdedExpr) -> Checked {
        self.nodes += 1;
        let id = node.id;
        let at = self.range(id);
        let (ty, wrap) = match &mut node.expr {
            Expr::Literal(literal) => (of_literal(literal), None),
            Expr::Ident(name) => (self.ident(name, at)?, None),
            Expr::Select(select) => {
                let ty = self.select(select, at)?;
                // `has(it.version)` is a question of its own.
                (if select.test { Ty::Flag } else { ty }, None)
            }
            Expr::List(list) => (self.list(&mut list.elements)?, None),
            Expr::Call(call) => self.call(call, at)?,
            Expr::Comprehension(comprehension) => (self.comprehension(comprehension, at)?, None),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                return Err(Fault {
                    at,
                    mistake: Mistake::new(
                        "a rule cannot make things of its own",
                        "use attributes, texts, numbers and lists",
                    ),
                });
            }
        };
        if let Some(function) = wrap {
            wrap_in(node, function);
        }
        Ok(ty)
    }

    fn list(&mut self, elements: &mut [IdedExpr]) -> Checked {
        let mut ty = Ty::Any;
        for element in elements {
            let of_element = self.expr(element)?;
            pay_for(element, &of_element);
            ty = ty.join(of_element);
        }
        Ok(Ty::List(Box::new(ty)))
    }

    fn ident(&self, name: &str, at: Range<usize>) -> Checked {
        if let Some((_, ty)) = self.scope.iter().rev().find(|(known, _)| known == name) {
            return Ok(ty.clone());
        }
        if name == SUBJECT {
            return Ok(Ty::Thing(Some(self.kind)));
        }
        let help = match fields::find(self.kind, name) {
            Some(_) => format!("did you mean `{SUBJECT}.{name}`?"),
            None => format!("what the rule is about is called `{SUBJECT}`"),
        };
        let message = format!("nothing is called `{}`", text::shortened(name));
        Err(Fault { at, mistake: Mistake::new(message, help) })
    }

    fn select(&mut self, select: &mut SelectExpr, at: Range<usize>) -> Checked {
        let ty = self.expr(&mut select.operand)?;
        let at = self.word_after(&select.field, at);
        let kind = match ty {
            Ty::Labels => return Ok(Ty::Text),
            Ty::Thing(kind) => kind,
            Ty::Name(kind) => {
                wrap_in(&mut select.operand, "get");
                kind
            }
            other => {
                let message =
                    format!("`{}` is asked of {}", text::shortened(&select.field), other.noun());
                let help = "only things have attributes; `get(NAME)` finds one by its name";
                return Err(Fault { at, mistake: Mistake::new(message, help) });
            }
        };
        let found = match kind {
            Some(kind) => condition::field(kind, &select.field).map(|(_, field)| Ty::of(field.ty)),
            None => of_any_kind(&select.field),
        };
        found.map_err(|mistake| Fault { at, mistake })
    }

    fn comprehension(&mut self, it: &mut ComprehensionExpr, at: Range<usize>) -> Checked {
        let item = item_of(self.expr(&mut it.iter_range)?, &at)?;
        self.nested += 1;
        if self.nested > MOST_NESTED {
            let message = format!("lists are gone through more than {MOST_NESTED} deep");
            let help = "each level multiplies the work; make it several rules";
            return Err(Fault { at, mistake: Mistake::new(message, help) });
        }
        let initial = self.expr(&mut it.accu_init)?;
        let depth = self.scope.len();
        self.scope.push((it.accu_var.clone(), initial));
        self.scope.push((it.iter_var.clone(), item));
        self.expr(&mut it.loop_cond)?;
        let step = self.expr(&mut it.loop_step)?;
        if let Some((_, accumulated)) = self.scope.get_mut(depth) {
            *accumulated = step;
        }
        let result = self.expr(&mut it.result)?;
        self.scope.truncate(depth);
        self.nested -= 1;
        meter(it);
        Ok(result)
    }

    pub(super) fn fault(&self, node: &IdedExpr, message: impl Into<String>, help: &str) -> Fault {
        Fault { at: self.range(node.id), mistake: Mistake::new(message, help) }
    }

    /// Bytes of the source that a node stands for. The crate counts characters.
    pub(super) fn range(&self, id: u64) -> Range<usize> {
        let Some((start, end)) = self.info.offset_for(id) else { return 0..self.source.len() };
        let byte = |at: u32| {
            let found = self.source.char_indices().nth(at as usize);
            found.map_or(self.source.len(), |(byte, _)| byte)
        };
        let start = byte(start);
        start..byte(end.saturating_add(1)).max(start)
    }

    /// The word behind the point or before the bracket that a node's place is.
    pub(super) fn word_after(&self, word: &str, at: Range<usize>) -> Range<usize> {
        let behind = self.source.get(at.start..).and_then(|rest| rest.find(word));
        let before = || self.source.get(..at.end).and_then(|rest| rest.rfind(word));
        match behind.map(|found| at.start + found).or_else(before) {
            Some(start) => start..start + word.len(),
            None => at,
        }
    }
}

/// What is in the list that an expression goes through.
fn item_of(range: Ty, at: &Range<usize>) -> Checked {
    match range {
        Ty::List(item) => Ok(*item),
        Ty::Any => Ok(Ty::Any),
        other => {
            let message = format!("this goes through a list, and it is {}", other.noun());
            let mistake = Mistake::new(message, "name a list before it");
            Err(Fault { at: at.clone(), mistake })
        }
    }
}

fn of_literal(literal: &LiteralValue) -> Ty {
    match literal {
        LiteralValue::Boolean(_) => Ty::Flag,
        LiteralValue::Double(_) | LiteralValue::Int(_) | LiteralValue::UInt(_) => Ty::Number,
        LiteralValue::String(_) => Ty::Text,
        LiteralValue::Bytes(_) | LiteralValue::Null => Ty::Any,
    }
}

/// An attribute of something whose kind is not known: some kind must have it.
fn of_any_kind(name: &str) -> Result<Ty, Mistake> {
    let kinds = Kind::ALL.iter().filter_map(|kind| fields::find(*kind, name));
    let mut types = kinds.map(|(_, field)| match Ty::of(field.ty) {
        Ty::Words(_) => Ty::Text,
        ty => ty,
    });
    let Some(first) = types.next() else {
        let all: Vec<&str> =
            Kind::ALL.iter().flat_map(|kind| fields::fields(*kind)).map(|f| f.name).collect();
        let near = text::nearest(name, all, &mut text::SEARCH_BUDGET.clone());
        let help = near.map_or("docs/own-rules.md lists them".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        let message = format!("`{}` is an attribute of nothing", text::shortened(name));
        return Err(Mistake::new(message, help));
    };
    Ok(types.fold(first, |one, other| if one == other { one } else { Ty::Any }))
}
