//! Operators and functions: what they take, and what cannot be meant.

use std::ops::Range;

use cel::IdedExpr;
use cel::common::ast::operators as op;
use cel::common::ast::{CallExpr, Expr, LiteralValue};

use super::check::{Check, Checked};
use super::metering::{appends, charge};
use super::types::Ty;
use super::{FUNCTIONS, Fault, GROWN, kind_of};
use crate::rules::own::ask;
use crate::rules::own::condition::Mistake;
use crate::rules::own::fields::{self, Kind, Type};
use crate::text;

impl Check<'_> {
    /// A call, and the function to wrap its result in.
    pub(super) fn call(
        &mut self,
        call: &mut CallExpr,
        at: Range<usize>,
    ) -> Result<(Ty, Option<&'static str>), Fault> {
        let mut types = Vec::with_capacity(call.args.len() + 1);
        let receiver = call.target.as_deref_mut().into_iter();
        for argument in receiver.chain(&mut call.args) {
            types.push(self.expr(argument)?);
        }
        let ty = match call.func_name.as_str() {
            op::LOGICAL_AND | op::LOGICAL_OR | op::LOGICAL_NOT | op::NOT_STRICTLY_FALSE => {
                self.expect(call, &types, Ty::Flag)?
            }
            op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO | op::NEGATE => {
                self.expect(call, &types, Ty::Number)?
            }
            op::CONDITIONAL => {
                self.expect(call, types.get(..1).unwrap_or_default(), Ty::Flag)?;
                types.drain(1..).fold(Ty::Any, Ty::join)
            }
            op::ADD => {
                let wrap = (!appends(call)).then_some(GROWN);
                return Ok((types.into_iter().fold(Ty::Any, Ty::join), wrap));
            }
            op::INDEX => entry(&types, at)?,
            _ => self.charged(call, &types, at)?,
        };
        Ok((ty, None))
    }

    /// A call whose work grows with what it is given.
    fn charged(&mut self, call: &mut CallExpr, types: &[Ty], at: Range<usize>) -> Checked {
        let ty = match call.func_name.as_str() {
            op::EQUALS | op::NOT_EQUALS | op::IN => self.comparable(call, types, at)?,
            op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS => {
                self.ordered(call, types, at)?
            }
            _ => self.function(call, types, at)?,
        };
        charge(call, types);
        Ok(ty)
    }

    fn function(&mut self, call: &CallExpr, types: &[Ty], at: Range<usize>) -> Checked {
        let text = |ty: &Ty| Ty::Text.meets(ty);
        let sized = |ty: &Ty| text(ty) || matches!(ty, Ty::List(_) | Ty::Labels);
        let named = |ty: &Ty| text(ty);
        match (call.func_name.as_str(), types) {
            ("size", [one]) if sized(one) => Ok(Ty::Number),
            ("startsWith" | "endsWith" | "contains", [one, other])
                if text(one) && text(other) && call.target.is_some() =>
            {
                Ok(Ty::Flag)
            }
            ("like", [one, other]) if text(one) && text(other) => Ok(Ty::Flag),
            ("year", [one]) if text(one) => Ok(Ty::Number),
            ("spof", [one]) if named(one) => Ok(Ty::Flag),
            ("scope", [one]) if named(one) => Ok(Ty::of(scope_type())),
            ("reaches", [one, other]) if named(one) && named(other) => Ok(Ty::Flag),
            ("get", [Ty::Name(kind)]) => Ok(Ty::Thing(*kind)),
            ("get", [one]) if named(one) => Ok(Ty::Thing(None)),
            ("every", [_]) => {
                let kind = self.kind_named(call)?;
                Ok(Ty::List(Box::new(Ty::Name(Some(kind)))))
            }
            _ => Err(self.no_function(call, at)),
        }
    }

    /// `every` takes the word of a kind as it stands, so that what it lists is known.
    fn kind_named(&self, call: &CallExpr) -> Result<Kind, Fault> {
        let argument = call.args.first();
        let word = argument.and_then(|argument| match &argument.expr {
            Expr::Literal(LiteralValue::String(word)) => Some(word.inner().to_owned()),
            _ => None,
        });
        let at = argument.map_or(0..1, |argument| self.range(argument.id));
        let Some(word) = word else {
            let mistake = Mistake::new("`every` takes the word of a kind", "such as 'server'");
            return Err(Fault { at, mistake });
        };
        kind_of(&word).map_err(|mistake| Fault { at, mistake })
    }

    fn no_function(&self, call: &CallExpr, at: Range<usize>) -> Fault {
        let name = call.func_name.as_str();
        let known = || FUNCTIONS.iter().map(|(shape, _)| bare(shape));
        let at = self.word_after(name, at);
        if let Some((shape, _)) = FUNCTIONS.iter().find(|(shape, _)| bare(shape) == name) {
            let message = format!("`{name}` is not called like this");
            return Fault { at, mistake: Mistake::new(message, format!("write `{shape}`")) };
        }
        let help = match text::nearest(name, known(), &mut text::SEARCH_BUDGET.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let all: Vec<&str> = FUNCTIONS.iter().map(|(shape, _)| *shape).collect();
                format!("there are {}", text::and_list(&all))
            }
        };
        let message = format!("a rule has no function `{}`", text::shortened(name));
        Fault { at, mistake: Mistake::new(message, help) }
    }

    fn expect(&self, call: &CallExpr, types: &[Ty], wanted: Ty) -> Checked {
        let arguments = call.target.as_deref().into_iter().chain(&call.args);
        for (argument, ty) in arguments.zip(types) {
            if !ty.meets(&wanted) {
                let message = format!("this is {}, not {}", ty.noun(), wanted.noun());
                return Err(self.fault(argument, message, "compare it with something"));
            }
        }
        Ok(wanted)
    }

    fn comparable(&self, call: &CallExpr, types: &[Ty], at: Range<usize>) -> Checked {
        let ([one, other], [left, right]) = (types, call.args.as_slice()) else {
            return Ok(Ty::Flag);
        };
        let other = match (call.func_name.as_str(), other) {
            (op::IN, Ty::List(item)) => item,
            (op::IN, Ty::Labels) => &Ty::Text,
            (op::IN, Ty::Any) => &Ty::Any,
            (op::IN, ty) => {
                let message = format!("`in` looks into a list, and this is {}", ty.noun());
                return Err(self.fault(right, message, "name a list behind `in`"));
            }
            (_, ty) => ty,
        };
        if !one.meets(other) {
            let message = format!("{} is never {}", one.noun(), other.noun());
            let mistake = Mistake::new(message, "compare what is of the same kind");
            return Err(Fault { at, mistake });
        }
        for (words, side) in [(one, right), (other, left)] {
            let Ty::Words(words) = words else { continue };
            self.words(words, side)?;
        }
        Ok(Ty::Flag)
    }

    /// Literals that are compared with an enumeration must be among its words.
    fn words(&self, words: &[String], side: &IdedExpr) -> Result<(), Fault> {
        match &side.expr {
            Expr::Literal(LiteralValue::String(word)) => ask::known(words, word.inner())
                .map(|_| ())
                .map_err(|mistake| Fault { at: self.range(side.id), mistake }),
            Expr::List(list) => list.elements.iter().try_for_each(|one| self.words(words, one)),
            _ => Ok(()),
        }
    }

    fn ordered(&self, call: &CallExpr, types: &[Ty], at: Range<usize>) -> Checked {
        let [one, other] = types else { return Ok(Ty::Flag) };
        let fits = |ty: &Ty| matches!(ty, Ty::Number | Ty::Text | Ty::Any);
        if fits(one) && fits(other) && one.meets(other) {
            return Ok(Ty::Flag);
        }
        let odd = if fits(one) { call.args.get(1) } else { call.args.first() };
        let ty = if fits(one) { other } else { one };
        let message = format!("{} has no more or less here", ty.noun());
        let help = "compare numbers; `size(x)` counts a list, `year(x)` dates a release";
        Err(match odd {
            Some(odd) => self.fault(odd, message, help),
            None => Fault { at, mistake: Mistake::new(message, help) },
        })
    }
}

/// What a list holds at a number, or the labels under a key.
fn entry(types: &[Ty], at: Range<usize>) -> Checked {
    match types.first() {
        Some(Ty::List(item)) => Ok((**item).clone()),
        Some(Ty::Labels) => Ok(Ty::Text),
        Some(Ty::Any) => Ok(Ty::Any),
        _ => {
            let help = "only lists and `labels` hold entries";
            let mistake = Mistake::new("nothing is in here by number or key", help);
            Err(Fault { at, mistake })
        }
    }
}

fn scope_type() -> Type {
    fields::find(Kind::Part, "scope").map_or(Type::Text, |(_, field)| field.ty)
}

/// `t.contains(u)` and `size(x)` are functions `contains` and `size`.
fn bare(shape: &str) -> &str {
    let name = shape.split('(').next().unwrap_or(shape);
    name.rsplit('.').next().unwrap_or(name)
}
