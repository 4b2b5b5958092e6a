//! Small models whose answers were computed by hand. The computation stands in a
//! comment at the top of each file in `models/`.

use failscope::engine::common_cause::{Factors, Group};
use failscope::engine::sensitivity::{self, Range};
use failscope::engine::{
    Budget, Diagrams, Event, ExprBuilder, ModuleTree, Probability, cut_sets, fussell_vesely,
    importance, path_sets, probability,
};
use failscope::exchange::open_psa::Model;

use crate::support::{agree, own_model, probabilities};

struct Solved {
    model: Model,
    diagrams: Diagrams,
    probabilities: Vec<Probability>,
}

fn solve(name: &str) -> Solved {
    let model = own_model(name);
    let tops = model.top_events();
    assert_eq!(tops.len(), 1);
    let tree = ModuleTree::new(&tops[0].expr);
    let diagrams = Diagrams::build(&tree, &Budget::default()).expect("diagrams");
    let probabilities = model.probabilities().expect("all probabilities");
    Solved { model, diagrams, probabilities }
}

impl Solved {
    fn top(&self) -> f64 {
        probability::exact(&self.diagrams, &self.probabilities).expect("values").occurs.value()
    }

    fn cut_sets(&self) -> Vec<String> {
        let sets = cut_sets::all(&self.diagrams, &Budget::default()).expect("cut sets");
        self.named(sets.iter())
    }

    fn path_sets(&self) -> Vec<String> {
        let sets = path_sets::all(&self.diagrams, &Budget::default()).expect("path sets");
        self.named(sets.iter())
    }

    fn named(&self, sets: impl Iterator<Item = Vec<Event>>) -> Vec<String> {
        let all = self.model.event_names();
        let name = |event: &Event| all[event.index()].clone();
        let mut named: Vec<String> =
            sets.map(|set| set.iter().map(name).collect::<Vec<_>>().join(" ")).collect();
        named.sort();
        named
    }
}

/// a b + d with 0.1, 0.2 and 0.3: P = 1 - 0.98 * 0.7 = 0.314. The set a b has occurred with
/// 0.02, and alone, so that it is decisive, with 0.02 * 0.7.
#[test]
fn a_cut_set_that_has_occurred_need_not_be_decisive() {
    let mut builder = ExprBuilder::new();
    let [a, b, d] = [0, 1, 2].map(|i| builder.event(Event(i)));
    let both = builder.and([a, b]);
    let top = builder.or([both, d]);
    let tree = ModuleTree::new(&builder.expr(top));
    let diagrams = Diagrams::build(&tree, &Budget::default()).expect("diagrams");
    let p = probabilities(&[0.1, 0.2, 0.3]);
    let events = [Event(0), Event(1), Event(2)];
    let found = fussell_vesely::of(&diagrams, &p, &events, &Budget::default()).expect("coherent");
    for (found, expected) in found.iter().zip([0.02, 0.02, 0.3]) {
        assert!(agree(*found, expected / 0.314, 1e-12), "{found}");
    }
    let all = importance::all(&diagrams, &p).expect("values");
    let critical: Vec<f64> = all.iter().filter_map(|i| Some(i.relative?.criticality)).collect();
    for (found, expected) in critical.iter().zip([0.014, 0.014, 0.294]) {
        assert!(agree(*found, expected / 0.314, 1e-12), "{found}");
    }
}

#[test]
fn pump_station() {
    let solved = solve("pump_station.xml");
    assert!(agree(solved.top(), 0.028972, 1e-12));
    assert_eq!(
        solved.cut_sets(),
        ["mains diesel", "pump-1 pump-2", "pump-1 pump-3", "pump-2 pump-3"]
    );
}

#[test]
fn bridge() {
    let solved = solve("bridge.xml");
    assert!(agree(solved.top(), 0.02152, 1e-12));
    assert_eq!(solved.cut_sets(), ["a b", "a c e", "b c d", "d e"]);
    assert_eq!(solved.path_sets(), ["a c e", "a d", "b c d", "b e"]);
    let all = importance::all(&solved.diagrams, &solved.probabilities).expect("values");
    assert!(agree(all[2].birnbaum, 0.0162, 1e-12));
}

#[test]
fn a_house_event_and_a_gate_that_is_not_coherent() {
    let solved = solve("house_and_xor.xml");
    assert!(!solved.diagrams.is_coherent());
    assert!(agree(solved.top(), 0.38, 1e-12));
    assert_eq!(solved.cut_sets(), ["a", "b"]);
}

#[test]
fn multiple_greek_letters() {
    let solved = solve("letters.xml");
    let levels: Vec<f64> =
        solved.model.groups[0].group.levels().values().map(|level| level.value()).collect();
    for (found, expected) in levels.iter().zip([0.009, 0.00025, 0.0005]) {
        assert!(agree(*found, expected, 1e-12), "{found} is not {expected}");
    }
    assert_eq!(solved.cut_sets().len(), 8);
    assert!(solved.cut_sets().contains(&"[x y z]".to_owned()));
}

/// Two events in series: with p = 0.1 and 0.2, each beginning once and twice a
/// year. B1 = 1 - 0.2, B2 = 1 - 0.1, so the top begins 0.8 + 2 * 0.9 = 2.6 times.
#[test]
fn frequency_of_a_series() {
    let mut builder = failscope::engine::ExprBuilder::new();
    let operands = [builder.event(Event(0)), builder.event(Event(1))];
    let top = builder.or(operands);
    let tree = ModuleTree::new(&builder.expr(top));
    let diagrams = Diagrams::build(&tree, &Budget::default()).expect("diagrams");
    let p = probabilities(&[0.1, 0.2]);
    let frequency = importance::top_frequency(&diagrams, &p, &[1.0, 2.0]).expect("values");
    assert!(agree(frequency, 2.6, 1e-12));
}

/// The same series with ranges 0 to 0.5 and 0.1 to 0.3: the ends of the top are
/// 0.1 and 1 - 0.5 * 0.7 = 0.65. At p1 = 0 the top is 0.2 and at 0.5 it is 0.6; at
/// p2 = 0.1 it is 0.19 and at 0.3 it is 0.37. So the first swings more.
#[test]
fn ranges_of_a_series() {
    let mut builder = failscope::engine::ExprBuilder::new();
    let operands = [builder.event(Event(0)), builder.event(Event(1))];
    let top = builder.or(operands);
    let tree = ModuleTree::new(&builder.expr(top));
    let diagrams = Diagrams::build(&tree, &Budget::default()).expect("diagrams");
    let ends = probabilities(&[0.0, 0.5, 0.1, 0.3]);
    let inputs = [Range { low: ends[0], high: ends[1] }, Range { low: ends[2], high: ends[3] }];
    let range = sensitivity::top_range(&diagrams, &inputs).expect("a coherent tree");
    assert!(agree(range.low.value(), 0.1, 1e-12) && agree(range.high.value(), 0.65, 1e-12));

    let p = probabilities(&[0.1, 0.2]);
    let swings = sensitivity::swings(&diagrams, &p, &inputs).expect("values");
    let expected = [(Event(0), 0.2, 0.6), (Event(1), 0.19, 0.37)];
    for (swing, (event, low, high)) in swings.iter().zip(expected) {
        assert_eq!(swing.event, event);
        assert!(agree(swing.at_low.value(), low, 1e-12));
        assert!(agree(swing.at_high.value(), high, 1e-12));
    }
}

/// Five members, Q = 0.1, beta = 0.2: Q1 = 0.08 and Q5 = 0.02, nothing between.
#[test]
fn beta_factor_levels() {
    let members = (0..5).map(Event).collect();
    let total = Probability::new(0.1).expect("in range");
    let group = Group::new(members, total, Factors::Beta(0.2)).expect("a valid group");
    let levels: Vec<(usize, f64)> =
        group.levels().into_iter().map(|(size, p)| (size, p.value())).collect();
    assert_eq!(levels.len(), 2);
    assert!(levels[0].0 == 1 && agree(levels[0].1, 0.08, 1e-12));
    assert!(levels[1].0 == 5 && agree(levels[1].1, 0.02, 1e-12));
}
