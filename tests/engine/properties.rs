//! What must hold for every coherent tree, on random ones that shrink.

use failscope::engine::{
    Budget, Diagrams, Event, Expr, ExprBuilder, ModuleTree, NodeId, Probability, Shape, cut_sets,
    probability,
};
use proptest::prelude::*;

use crate::support::as_bits;

const EVENTS: u32 = 8;

/// One gate: its kind and which of the nodes before it are its operands.
#[derive(Clone, Debug)]
struct Plan {
    kind: u8,
    operands: Vec<prop::sample::Index>,
}

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let operands = prop::collection::vec(any::<prop::sample::Index>(), 2..5);
    let plan = (0..4u8, operands).prop_map(|(kind, operands)| Plan { kind, operands });
    prop::collection::vec(plan, 1..12)
}

fn unavailabilities() -> impl Strategy<Value = Vec<Probability>> {
    let one = (0.0..1.0f64).prop_map(|p| Probability::new(p).expect("in range"));
    prop::collection::vec(one, EVENTS as usize)
}

/// Builds the planned gates on the events; `reverse` lists operands backwards.
fn build(plans: &[Plan], reverse: bool) -> Expr {
    let mut builder = ExprBuilder::new();
    let mut nodes: Vec<NodeId> = (0..EVENTS).map(|i| builder.event(Event(i))).collect();
    for plan in plans {
        let mut operands: Vec<NodeId> =
            plan.operands.iter().map(|index| nodes[index.index(nodes.len())]).collect();
        if reverse {
            operands.reverse();
        }
        let node = match plan.kind {
            0 => builder.and(operands),
            1 => builder.or(operands),
            k => builder.at_least(u32::from(k), operands),
        };
        nodes.push(node);
    }
    builder.expr(nodes[nodes.len() - 1])
}

/// The expression with every use of one event made "this and a spare".
fn with_spare(expr: &Expr, backed: Event, spare: Event) -> Expr {
    let mut builder = ExprBuilder::new();
    let mut nodes: Vec<NodeId> = Vec::new();
    for node in expr.nodes() {
        let operands: Vec<NodeId> =
            node.operands().iter().map(|operand| nodes[operand.index()]).collect();
        let made = match node {
            Shape::Event(event) if event == backed => {
                let both = [builder.event(event), builder.event(spare)];
                builder.and(both)
            }
            Shape::Event(event) => builder.event(event),
            Shape::Constant(value) => builder.constant(value),
            Shape::Not(_) => builder.not(operands[0]),
            Shape::And(_) => builder.and(operands),
            Shape::Or(_) => builder.or(operands),
            Shape::AtLeast(k, _) => builder.at_least(k, operands),
        };
        nodes.push(made);
    }
    builder.expr(nodes[nodes.len() - 1])
}

fn diagrams(expr: &Expr) -> Diagrams {
    Diagrams::build(&ModuleTree::new(expr), &Budget::default()).expect("a small diagram")
}

fn top(expr: &Expr, p: &[Probability]) -> f64 {
    probability::exact(&diagrams(expr), p).expect("values").occurs.value()
}

fn cut_set_bits(expr: &Expr) -> Vec<u32> {
    let sets = cut_sets::all(&diagrams(expr), &Budget::default()).expect("cut sets");
    let mut bits: Vec<u32> = sets.iter().map(|set| as_bits(&set)).collect();
    bits.sort_unstable();
    bits
}

const ROUNDING: f64 = 1e-12;

proptest! {
    #[test]
    fn trees_without_negation_are_coherent(plans in plans()) {
        prop_assert!(ModuleTree::new(&build(&plans, false)).is_coherent());
    }

    #[test]
    fn a_spare_never_hurts(plans in plans(), p in unavailabilities(), backed in 0..EVENTS, spare in 0.0..1.0f64) {
        let expr = build(&plans, false);
        let mut with = p.clone();
        with.push(Probability::new(spare).expect("in range"));
        let backed_up = with_spare(&expr, Event(backed), Event(EVENTS));
        prop_assert!(top(&backed_up, &with) <= top(&expr, &p) + ROUNDING);
    }

    #[test]
    fn a_worse_component_never_helps(plans in plans(), p in unavailabilities(), event in 0..EVENTS as usize, worse in 0.0..1.0f64) {
        let expr = build(&plans, false);
        let mut raised = p.clone();
        let value = p[event].value().max(worse);
        raised[event] = Probability::new(value).expect("in range");
        prop_assert!(top(&expr, &p) <= top(&expr, &raised) + ROUNDING);
    }

    #[test]
    fn the_order_of_operands_does_not_matter(plans in plans(), p in unavailabilities()) {
        let (one, other) = (build(&plans, false), build(&plans, true));
        prop_assert!((top(&one, &p) - top(&other, &p)).abs() <= ROUNDING);
        prop_assert_eq!(cut_set_bits(&one), cut_set_bits(&other));
    }

    #[test]
    fn the_same_input_gives_the_same_list(plans in plans()) {
        let list = || -> Vec<Vec<Event>> {
            let sets = cut_sets::all(&diagrams(&build(&plans, false)), &Budget::default());
            sets.expect("cut sets").iter().collect()
        };
        prop_assert_eq!(list(), list());
    }

    #[test]
    fn cut_sets_cause_the_top_and_are_minimal(plans in plans()) {
        let expr = build(&plans, false);
        for bits in cut_set_bits(&expr) {
            let causes = |bits: u32| expr.evaluate(|event| bits >> event.0 & 1 == 1);
            prop_assert!(causes(bits));
            for event in (0..EVENTS).filter(|event| bits >> event & 1 == 1) {
                prop_assert!(!causes(bits ^ (1 << event)));
            }
        }
    }

    #[test]
    fn the_top_is_no_likelier_than_its_cut_sets_together(plans in plans(), p in unavailabilities()) {
        let expr = build(&plans, false);
        let sets = cut_sets::all(&diagrams(&expr), &Budget::default()).expect("cut sets");
        let most: f64 = sets.most_probable(&p).expect("values").map(|s| s.probability.value()).sum();
        let likeliest = sets.most_probable(&p).expect("values").next();
        let least = likeliest.map_or(0.0, |set| set.probability.value());
        let found = top(&expr, &p);
        prop_assert!(least <= found + ROUNDING && found <= most + ROUNDING);
    }
}
