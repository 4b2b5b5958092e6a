//! The rewriting that makes an expression pay for its work, and how deep one nests.

use cel::IdedExpr;
use cel::common::ast::operators as op;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue};

use super::types::Ty;
use super::{CHARGE, TICK};

pub(super) fn wrap_in(node: &mut IdedExpr, function: &str) {
    let inner = std::mem::take(node);
    let id = inner.id;
    let call = CallExpr { func_name: function.to_owned(), target: None, args: vec![inner] };
    *node = IdedExpr { id, expr: Expr::Call(call) };
}

/// Whatever is looked at whole pays for its size.
pub(super) fn charge(call: &mut CallExpr, types: &[Ty]) {
    let arguments = call.target.as_deref_mut().into_iter().chain(&mut call.args);
    for (argument, ty) in arguments.zip(types) {
        pay_for(argument, ty);
    }
}

pub(super) fn pay_for(argument: &mut IdedExpr, ty: &Ty) {
    if !ty.is_small() && !matches!(argument.expr, Expr::Literal(_)) {
        wrap_in(argument, CHARGE);
    }
}

/// What `map` and `filter` do to their result; the crate recognises the shape.
pub(super) fn appends(call: &CallExpr) -> bool {
    let accumulator = call
        .args
        .first()
        .is_some_and(|first| matches!(&first.expr, Expr::Ident(name) if name.starts_with('@')));
    accumulator && matches!(call.args.get(1).map(|second| &second.expr), Some(Expr::List(_)))
}

/// Every turn takes from the budget.
pub(super) fn meter(it: &mut ComprehensionExpr) {
    if !matches!(it.loop_cond.expr, Expr::Literal(_)) {
        let id = it.loop_cond.id;
        let tick = CallExpr { func_name: TICK.to_owned(), target: None, args: Vec::new() };
        let condition = std::mem::take(&mut it.loop_cond);
        let args = vec![
            IdedExpr { id, expr: Expr::Call(tick) },
            condition,
            IdedExpr { id, expr: Expr::Literal(LiteralValue::Boolean(false.into())) },
        ];
        let call = CallExpr { func_name: op::CONDITIONAL.to_owned(), target: None, args };
        it.loop_cond = IdedExpr { id, expr: Expr::Call(call) };
        return;
    }
    // `map` and `filter` stay recognisable: what they look at and what they keep pays.
    let Expr::Call(step) = &mut it.loop_step.expr else { return };
    match step.func_name.as_str() {
        op::CONDITIONAL => {
            if let Some(guard) = step.args.first_mut() {
                wrap_in(guard, CHARGE);
            }
            if let Some(IdedExpr { expr: Expr::Call(append), .. }) = step.args.get_mut(1) {
                charge_kept(append);
            }
        }
        _ => charge_kept(step),
    }
}

fn charge_kept(append: &mut CallExpr) {
    if let Some(IdedExpr { expr: Expr::List(kept), .. }) = append.args.get_mut(1) {
        kept.elements.iter_mut().for_each(|element| wrap_in(element, CHARGE));
    }
}

/// Levels of a tree. Recursion is bounded by the length of the source and the stack for it.
pub(super) fn depth(node: &IdedExpr) -> usize {
    let below = match &node.expr {
        Expr::Select(select) => depth(&select.operand),
        Expr::Call(call) => {
            call.target.as_deref().into_iter().chain(&call.args).map(depth).max().unwrap_or(0)
        }
        Expr::List(list) => list.elements.iter().map(depth).max().unwrap_or(0),
        Expr::Comprehension(it) => {
            let parts = [&it.iter_range, &it.accu_init, &it.loop_cond, &it.loop_step, &it.result];
            parts.into_iter().map(depth).max().unwrap_or(0)
        }
        _ => 0,
    };
    below + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::own::expression::compile;
    use crate::rules::own::fields::Kind;

    /// The rewritten tree in one line; a loop as its condition and its step.
    fn shape(node: &IdedExpr) -> String {
        let all = |nodes: &mut dyn Iterator<Item = &IdedExpr>| {
            nodes.map(shape).collect::<Vec<_>>().join(", ")
        };
        match &node.expr {
            Expr::Ident(name) => name.clone(),
            Expr::Literal(LiteralValue::Boolean(value)) => format!("{}", **value),
            Expr::Literal(_) => "literal".to_owned(),
            Expr::Select(select) => format!("{}.{}", shape(&select.operand), select.field),
            Expr::List(list) => format!("[{}]", all(&mut list.elements.iter())),
            Expr::Call(call) => {
                let arguments = call.target.as_deref().into_iter().chain(&call.args);
                format!("{}({})", call.func_name, all(&mut arguments.into_iter()))
            }
            Expr::Comprehension(it) => {
                format!("loop({}; {})", shape(&it.loop_cond), shape(&it.loop_step))
            }
            _ => "other".to_owned(),
        }
    }

    fn rewritten(source: &str) -> String {
        shape(&compile(source, Kind::Host).unwrap().tree)
    }

    /// Texts and lists cost what they hold; flags, numbers and words of the language do not.
    #[test]
    fn what_is_looked_at_whole_pays() {
        for (source, expected) in [
            ("it.name == 'x'", "_==_(@charge(it.name), literal)"),
            ("it.type == 'isolated'", "_==_(it.type, literal)"),
            ("it.spof == true", "_==_(it.spof, true)"),
            ("size(it.instances) > 1", "_>_(size(@charge(it.instances)), literal)"),
            ("'x' in it.instances", "@in(literal, @charge(it.instances))"),
            ("it.name + 'x' == 'y'", "_==_(@charge(@grown(_+_(it.name, literal))), literal)"),
        ] {
            assert_eq!(rewritten(source), expected, "{source}");
        }
    }

    /// Every turn of a loop takes a step, or what it keeps does: a text pays for being looked at,
    /// and everything for being kept.
    #[test]
    fn loops_pay_for_every_turn() {
        for (source, expected) in [
            (
                "it.instances.all(s, s == 'x')",
                "loop(_?_:_(@tick(), @not_strictly_false(@result), false); \
                 _&&_(@result, _==_(@charge(s), literal)))",
            ),
            (
                "size(it.instances.map(s, s)) > 1",
                "_>_(size(@charge(loop(true; _+_(@result, [@charge(@charge(s))])))), literal)",
            ),
            (
                "size(it.instances.filter(s, s == 'x')) > 1",
                "_>_(size(@charge(loop(true; _?_:_(@charge(_==_(@charge(s), literal)), \
                 _+_(@result, [@charge(@charge(s))]), @result)))), literal)",
            ),
        ] {
            assert_eq!(rewritten(source), expected, "{source}");
        }
    }

    #[test]
    fn numbers_that_are_kept_pay_as_well() {
        assert_eq!(
            rewritten("size(it.instances.map(s, 1)) > 1"),
            "_>_(size(@charge(loop(true; _+_(@result, [@charge(literal)])))), literal)"
        );
    }

    #[test]
    fn attributes_nest_as_calls_do() {
        let depth_of = |source: &str| depth(&compile(source, Kind::ReceiveLocation).unwrap().tree);
        // The comparison, the attribute, and `it`.
        assert_eq!(depth_of("it.enabled == true"), 3);
        // Besides, the host by its name, and that name.
        assert_eq!(depth_of("it.host.type == 'isolated'"), 5);
    }
}
