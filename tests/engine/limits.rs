//! Large and hostile inputs end in an answer, a bracket or an error; never in a
//! panic, an exhausted stack or more memory than allowed.

use failscope::engine::{
    Budget, Diagrams, Event, Exhausted, Expr, ExprBuilder, ModuleTree, Probability, bracket,
    cut_sets, probability,
};

use crate::support::{Random, agree, probabilities};

/// Every left node with every right node that a random pattern allows: a
/// function whose diagram is large under every order.
fn tangled(size: u32) -> Expr {
    let mut random = Random(7);
    let mut builder = ExprBuilder::new();
    let left: Vec<_> = (0..size).map(|i| builder.event(Event(i))).collect();
    let right: Vec<_> = (0..size).map(|i| builder.event(Event(size + i))).collect();
    let mut pairs = Vec::new();
    for l in &left {
        for r in &right {
            if random.below(3) == 0 {
                pairs.push(builder.and([*l, *r]));
            }
        }
    }
    let top = builder.or(pairs);
    builder.expr(top)
}

#[test]
fn a_diagram_that_does_not_fit_is_an_error_not_an_abort() {
    let tree = ModuleTree::new(&tangled(40));
    let result = Diagrams::build(&tree, &Budget::nodes(20_000));
    assert_eq!(result.err(), Some(Exhausted::Memory));
    let result = Diagrams::build(&tree, &Budget::default().with_steps(5_000));
    assert_eq!(result.err(), Some(Exhausted::Work));
}

#[test]
fn a_bracket_closes_as_the_budget_grows() {
    let tree = ModuleTree::new(&tangled(18));
    let p = vec![Probability::new(0.01).expect("in range"); 36];
    let diagrams = Diagrams::build(&tree, &Budget::default()).expect("it fits the default");
    let exact = probability::exact(&diagrams, &p).expect("values").occurs.value();
    let mut widths = Vec::new();
    for nodes in [100, 2_000, 40_000] {
        let bracket = bracket::probability(&tree, &p, &Budget::nodes(nodes)).expect("values");
        let (lower, upper) = (bracket.lower.value(), bracket.upper.value());
        assert!(lower <= exact && exact <= upper, "{exact} not in {lower}..{upper}");
        widths.push(upper - lower);
    }
    assert!(widths[2] < widths[1] && widths[1] < widths[0], "{widths:?}");
    assert!(widths[2] < 0.01 * exact, "{widths:?} around {exact}");
}

#[test]
fn low_orders_are_exact_where_the_diagram_does_not_fit() {
    let expr = tangled(40);
    let tree = ModuleTree::new(&expr);
    let sets = cut_sets::up_to_order(&tree, 2, &Budget::nodes(20_000)).expect("pairs fit");
    // One cut set per pair that the pattern allows: the gates below the top.
    let pairs = expr.len() - 80 - 1;
    assert_eq!(sets.count().value(), pairs as u128);
}

#[test]
fn a_chain_of_a_hundred_thousand_gates_needs_no_stack() {
    let mut builder = ExprBuilder::new();
    let mut top = builder.event(Event(0));
    for i in 1..100_000u32 {
        let next = builder.event(Event(i));
        top = if i % 2 == 0 { builder.and([top, next]) } else { builder.or([top, next]) };
    }
    let tree = ModuleTree::new(&builder.expr(top));
    let diagrams = Diagrams::build(&tree, &Budget::default()).expect("a chain of modules");
    let p = vec![Probability::new(0.5).expect("in range"); 100_000];
    let found = probability::exact(&diagrams, &p).expect("values").occurs.value();
    // p' = p/2 or (1 + p)/2 in turn; the last step is an or, and in the long run
    // the value before it is 1/3, so the top is 2/3.
    assert!(agree(found, 2.0 / 3.0, 1e-9), "{found}");
    let sets = cut_sets::all(&diagrams, &Budget::default()).expect("cut sets");
    // Every or adds a set: e0 and e1, then e3, e5, ... each with the ands after it.
    assert_eq!(sets.count().value(), 50_001);
}

/// A diagram of one module with 20,000 levels: the operations must not recurse.
#[test]
fn a_diagram_of_many_levels_needs_no_stack() {
    let n = 20_000u32;
    let mut builder = ExprBuilder::new();
    let events: Vec<_> = (0..n).map(|i| builder.event(Event(i))).collect();
    let pairs: Vec<_> = events.windows(2).map(|pair| builder.and([pair[0], pair[1]])).collect();
    let top = builder.or(pairs);
    let tree = ModuleTree::new(&builder.expr(top));
    let diagrams = Diagrams::build(&tree, &Budget::default()).expect("a ladder");
    let sets = cut_sets::all(&diagrams, &Budget::default()).expect("cut sets");
    assert_eq!(sets.count().value(), u128::from(n - 1));
    assert_eq!(sets.iter().count(), n as usize - 1);
}

/// One gate of 200,000 operands, reached by a chain of gates of the same kind:
/// every step must be about linear, or this takes minutes.
#[test]
fn a_long_series_takes_linear_time() {
    let n = 200_000u32;
    let mut builder = ExprBuilder::new();
    let mut top = builder.event(Event(0));
    for i in 1..n {
        let own = builder.event(Event(i));
        top = builder.or([top, own]);
    }
    let tree = ModuleTree::new(&builder.expr(top));
    let diagrams = Diagrams::build(&tree, &Budget::default()).expect("a series");
    let sets = cut_sets::all(&diagrams, &Budget::default()).expect("cut sets");
    assert_eq!(sets.count().value(), u128::from(n));
    let singles = cut_sets::up_to_order(&tree, 1, &Budget::default()).expect("singles");
    assert_eq!(singles.count().value(), u128::from(n));
}

/// 2^200 cut sets: 200 rows of two, one of each needed. The count saturates and
/// says so; at most two rows fewer than 128 it is exact.
#[test]
fn counts_beyond_128_bits_saturate_and_say_so() {
    let rows = |n: u32| {
        let mut builder = ExprBuilder::new();
        let rows: Vec<_> = (0..n)
            .map(|row| {
                let pair = [builder.event(Event(2 * row)), builder.event(Event(2 * row + 1))];
                builder.or(pair)
            })
            .collect();
        let top = builder.and(rows);
        let tree = ModuleTree::new(&builder.expr(top));
        let diagrams = Diagrams::build(&tree, &Budget::default()).expect("diagrams");
        cut_sets::all(&diagrams, &Budget::default()).expect("cut sets")
    };
    let exact = rows(126).count();
    assert_eq!((exact.value(), exact.is_saturated()), (1 << 126, false));
    let many = rows(200).count();
    assert!(many.is_saturated());
    assert!(many.to_string().starts_with("at least "));
    // Listing streams: the first sets of 2^200 come at once.
    assert_eq!(rows(200).iter().take(3).count(), 3);
}

#[test]
fn a_missing_probability_is_named() {
    let tree = ModuleTree::new(&tangled(3));
    let diagrams = Diagrams::build(&tree, &Budget::default()).expect("diagrams");
    let missing = probability::exact(&diagrams, &probabilities(&[0.1])).expect_err("too short");
    assert!(missing.to_string().contains("has no value"), "{missing}");
}

#[test]
fn numbers_outside_0_to_1_are_no_probabilities() {
    for wrong in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert!(Probability::new(wrong).is_err());
    }
    assert!(Probability::new(0.0).is_ok() && Probability::new(1.0).is_ok());
}
