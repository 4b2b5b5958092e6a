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
