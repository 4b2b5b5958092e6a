//! Small graphs whose answers were worked out by hand, for both evaluators.

use failscope::analysis::Step;
use failscope::graph::{
    Component, ComponentId, DependencyGraph, Function, FunctionRole, Nature, Requirement,
    RequirementKind,
};

use crate::compare::Both;

/// A graph of single letters and names.
#[derive(Default)]
struct Sketch(DependencyGraph);

impl Sketch {
    fn new(names: &str) -> Sketch {
        let mut sketch = Sketch::default();
        for name in names.split_whitespace() {
            sketch.0.add_component(Component::basic(name, "thing"));
        }
        sketch
    }

    /// One more, for which people ask.
    fn function(mut self, name: &str) -> Sketch {
        let function = Some(Function { role: FunctionRole::Main, gradual: false });
        self.0.add_component(Component { function, ..Component::derived(name, "function") });
        self
    }

    fn out_of_service(mut self, name: &str) -> Sketch {
        self.0.add_component(Component { nature: Nature::Down, ..Component::basic(name, "thing") });
        self
    }

    /// `dependent` needs one of `providers`, in the way `how` makes of it.
    fn needs(
        mut self,
        dependent: &str,
        providers: &str,
        how: impl Fn(Requirement) -> Requirement,
    ) -> Sketch {
        let providers = self.ids(providers);
        let dependent = self.0.by_name(dependent).unwrap();
        self.0.add_requirement(how(Requirement::some(dependent, 1, providers)));
        self
    }

    fn ids(&self, names: &str) -> Vec<ComponentId> {
        names.split_whitespace().map(|name| self.0.by_name(name).unwrap()).collect()
    }

    #[track_caller]
    fn loses(&self, failed: &str, at_once: &str, from_cold: &str) -> &Sketch {
        let both = Both::new(&self.0);
        let failed = self.ids(failed);
        both.baseline();
        self.0.ids().for_each(|id| both.single(id));
        let words = |text: &str| -> Vec<String> {
            let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            words.sort();
            words
        };
        let named = |found: &[ComponentId]| words(&both.names(found).join(" "));
        let brute = both.brute.lost_with(&failed).members(&self.0);
        assert_eq!(named(&brute), words(at_once), "by brute force, at once");
        assert_eq!(named(&both.analysis.lost_with(&failed)), words(at_once), "at once");
        let brute = both.brute.lost_from_cold(&failed).members(&self.0);
        assert_eq!(named(&brute), words(from_cold), "by brute force, from cold");
        assert_eq!(named(&both.analysis.lost_from_cold(&failed)), words(from_cold), "from cold");
        self
    }

    #[track_caller]
    fn spofs(&self, expected: &str) -> &Sketch {
        let both = Both::new(&self.0);
        let spofs: Vec<ComponentId> = both.analysis.spofs().collect();
        assert_eq!(both.names(&spofs).join(" "), expected);
        let spofs: Vec<ComponentId> = self.0.ids().filter(|&id| both.brute.is_spof(id)).collect();
        assert_eq!(both.names(&spofs).join(" "), expected, "by brute force");
        self
    }

    /// What is lost after failures, restarts (`~a`) and repairs (`+a`) one after the other.
    #[track_caller]
    fn after(&self, events: &str, lost: &str) -> &Sketch {
        let both = Both::new(&self.0);
        let steps: Vec<Step> = events
            .split_whitespace()
            .map(|event| match event.split_at(1) {
                ("~", name) => Step::Restart(self.ids(name)),
                ("+", name) => Step::Restore(self.ids(name)),
                _ => Step::Fail(self.ids(event)),
            })
            .collect();
        both.steps(&steps);
        let mut scenario = failscope::analysis::Scenario::new(&both.analysis);
        for step in &steps {
            scenario.step(step);
        }
        assert_eq!(both.names(&scenario.lost()).join(" "), lost, "after {events}");
        self
    }
}

fn run(requirement: Requirement) -> Requirement {
    requirement
}

fn start(requirement: Requirement) -> Requirement {
    requirement.kind(RequirementKind::Start)
}

fn moves(requirement: Requirement) -> Requirement {
    requirement.with_switchover()
}

fn own_failure(requirement: Requirement) -> Requirement {
    requirement.own_failure()
}

fn grace(requirement: Requirement) -> Requirement {
    requirement.with_grace("about 5 minutes")
}

/// SQL Server on a cluster of two nodes and one disk.
fn clustered_sql() -> Sketch {
    Sketch::new("n1 n2 disk sql@n1 sql@n2 sql")
        .function("orders")
        .needs("sql@n1", "n1", run)
        .needs("sql@n2", "n2", run)
        .needs("sql", "sql@n1 sql@n2", moves)
        .needs("sql", "disk", run)
        .needs("orders", "sql", run)
}

#[test]
fn a_cluster_survives_either_node_but_not_its_disk() {
    clustered_sql()
        .loses("n1", "n1 sql@n1", "n1 sql@n1")
        .loses("n2", "n2 sql@n2", "n2 sql@n2")
        .loses("disk", "disk sql orders", "disk sql orders")
        .loses("n1 n2", "n1 n2 sql@n1 sql@n2 sql orders", "n1 n2 sql@n1 sql@n2 sql orders")
        .spofs("disk sql");
}

#[test]
fn what_moves_is_back_and_stays_where_it_moved() {
    clustered_sql()
        .after("n1 +n1 n1", "n1 sql@n1")
        .after("n1 n2 +n1", "n2 sql@n2")
        .after("~n1 n2", "n2 sql@n2")
        .after("~sql", "");
}

#[test]
fn two_that_need_each_other_go_on_but_never_start() {
    let sketch = Sketch::new("a b x").needs("a", "b", run).needs("b", "a", run);
    sketch.loses("", "", "a b").loses("a", "a b", "a b").loses("x", "x", "a b x");
    let both = Both::new(&sketch.0);
    assert_eq!(both.analysis.deadlocks, [sketch.ids("a b")]);
    // What is not there from cold anyway cannot be taken; at once it can.
    sketch.after("a +a", "a b").after("~a", "a b");
}

#[test]
fn a_cycle_that_only_starts_need_is_a_deadlock_too() {
    let sketch = Sketch::new("a b").needs("a", "b", start).needs("b", "a", run);
    sketch.loses("", "", "a b").loses("b", "b", "a b").loses("a", "a b", "a b");
}

#[test]
fn an_alternative_can_help_while_warm_only() {
    Sketch::new("a b x")
        .function("orders")
        .needs("a", "b x", run)
        .needs("b", "a x", run)
        .needs("orders", "a", run)
        .loses("", "", "")
        .loses("x", "x", "a b x orders")
        .loses("a", "a orders", "a orders")
        .loses("a x", "a b x orders", "a b x orders")
        .spofs("a x")
        .after("x ~b", "a b x orders")
        .after("x a +a", "a b x orders")
        .after("x a +a +x", "");
}

#[test]
fn only_its_own_failure_counts_where_only_that_is_watched() {
    Sketch::new("n1 service app")
        .needs("service", "n1", run)
        .needs("app", "service", own_failure)
        .loses("n1", "n1 service", "n1 service")
        .loses("service", "service app", "service app");
}

#[test]
fn grace_ends() {
    Sketch::new("cache app").needs("app", "cache", grace).loses("cache", "cache app", "cache app");
}

/// The application rides out the move of what it needs, although it could not start now.
#[test]
fn grace_outlasts_a_move() {
    let sketch = |how: fn(Requirement) -> Requirement| {
        Sketch::new("n1 n2 s group app")
            .needs("group", "n1 n2", moves)
            .needs("app", "group", how)
            .needs("app", "s", start)
    };
    sketch(grace).loses("n1 s", "n1 s", "n1 s app");
    sketch(run).loses("n1 s", "n1 s app", "n1 s app");
}

#[test]
fn a_start_requirement_waits_for_the_next_start() {
    Sketch::new("secret sso")
        .needs("sso", "secret", start)
        .loses("secret", "secret", "secret sso")
        .after("secret ~sso", "secret sso")
        .after("secret ~sso +secret", "");
}

#[test]
fn what_moves_must_be_able_to_start() {
    Sketch::new("n1 n2 s")
        .function("group")
        .needs("group", "n1 n2", moves)
        .needs("group", "s", start)
        .loses("s", "s", "s group")
        .loses("n1", "n1", "n1")
        .loses("n1 s", "n1 s group", "n1 s group")
        .loses("n2 s", "n2 s", "n2 s group")
        .after("s n1", "n1 s group")
        .after("n1 s", "n1 s")
        .after("s n1 +s", "n1");
}

/// The first group cannot start on the other node; the second stood on the first.
#[test]
fn what_does_not_come_back_makes_others_move() {
    Sketch::new("n1 n2 s spare one two")
        .needs("one", "n1 n2", moves)
        .needs("one", "s", start)
        .needs("two", "one spare", |r| moves(grace(r)))
        .needs("two", "s", start)
        .loses("n1 s", "n1 s one two", "n1 s one two")
        .loses("n1", "n1", "n1");
}

#[test]
fn what_is_out_of_service_is_lost_from_the_outset() {
    Sketch::new("n2 n3 s group app")
        .out_of_service("n1")
        .needs("group", "n1 n2 n3", moves)
        .needs("group", "s", start)
        .needs("app", "n1", run)
        .loses("", "n1 app", "n1 app")
        .loses("n3 s", "n1 n3 s app", "n1 n3 s app group")
        .loses("n2 s", "n1 n2 s app group", "n1 n2 s app group");
}

/// A cluster moves away from a node that fails, not from one that lost its footing.
#[test]
fn what_watches_own_failures_moves_on_own_failures() {
    let watched = |r| own_failure(moves(r));
    Sketch::new("n1 n2 s group")
        .needs("group", "n1 n2", watched)
        .needs("group", "s", start)
        .loses("n1 s", "n1 s group", "n1 s group")
        .loses("n2 s", "n2 s", "n2 s group");
    Sketch::new("x s1 s2 s group")
        .needs("s1", "x", run)
        .needs("group", "s1 s2", watched)
        .needs("group", "s", start)
        .loses("x s", "x s1 s", "x s1 s group")
        .loses("s1 s", "s1 s group", "s1 s group");
    Sketch::new("n2 n3 s group")
        .out_of_service("n1")
        .needs("group", "n1 n2 n3", watched)
        .needs("group", "s", start)
        .loses("n2 s", "n2 s group n1", "n2 s group n1")
        .loses("n3 s", "n3 s n1", "n3 s group n1");
}

#[test]
fn a_disputed_requirement_moves_nothing() {
    Sketch::new("n1 n2 s group")
        .needs("group", "n1 n2", |r| moves(r).disputed("two pages of the manual"))
        .needs("group", "s", start)
        .loses("n1 s", "n1 s", "n1 s group")
        .loses("n1 n2", "n1 n2", "n1 n2");
}

#[test]
fn the_one_that_took_over_is_the_one_to_lose_next() {
    Sketch::new("n1 n2 n3 s group")
        .needs("group", "n1 n2 n3", moves)
        .needs("group", "s", start)
        .after("n1 n2", "n1 n2")
        .after("n1 s n2", "n1 n2 s group")
        .after("n1 s n3", "n1 n3 s")
        .after("n1 +n1 s n1", "n1 s")
        .after("~n1 s n2", "n2 s group");
}

#[test]
fn what_has_failed_does_not_come_back_with_what_it_needs() {
    Sketch::new("a b c d")
        .needs("b", "a", run)
        .needs("c", "b", start)
        .after("a ~c +d b +a", "b c")
        .after("a ~c +d b +a +b", "");
}
