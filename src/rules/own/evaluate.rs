//! Expressions over things: on a stack of known size, with a budget, and with no panic that
//! gets out.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use cel::objects::{Key, Map};
use cel::{Context, ExecutionError, Value};

use super::ask;
use super::budget::{Budget, TURN_LIMIT};
use super::expression::{CHARGE, Expression, GROWN, SUBJECT, TICK};
use super::fields::{self, Kind};
use super::verdict::Verdict;
use super::view::{self, Thing, View};
use crate::rules::release::Release;

/// Trees are shallow; this is plenty for an evaluation in a build without optimisation.
const STACK: usize = 32 << 20;

/// Bytes of a text, and entries of a list, that an expression may put together.
const LARGEST: usize = 64 << 10;

/// The view as expressions see it; things become values of the crate when first asked for.
#[derive(Debug)]
pub(super) struct World {
    view: View,
    values: Vec<OnceLock<Value>>,
    budget: Budget,
}

/// Why a rule could not be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// The budget is used up.
    Work,
    /// An expression could not be worked out, for this thing, because of this.
    Error(String, String),
    /// The crate failed.
    Failed,
}

impl World {
    pub(super) fn new(view: View, work: u64) -> World {
        let values = view.things.iter().map(|_| OnceLock::new()).collect();
        World { view, values, budget: Budget::new(work) }
    }

    pub(super) fn view(&self) -> &View {
        &self.view
    }

    /// Turns to the next thing, and pays for it.
    pub(super) fn start(&self, steps: u64) -> Result<(), Stop> {
        self.budget.next_turn();
        self.pay(steps)
    }

    /// Nothing is left for any rule.
    pub(super) fn is_over(&self) -> bool {
        self.budget.is_over()
    }

    fn pay(&self, steps: u64) -> Result<(), Stop> {
        if self.budget.take(steps) { Ok(()) } else { Err(Stop::Work) }
    }

    fn value(&self, index: usize) -> Value {
        let (Some(slot), Some(thing)) = (self.values.get(index), self.view.things.get(index))
        else {
            return Value::Null;
        };
        slot.get_or_init(|| as_map(thing)).clone()
    }
}

/// What an expression says of each of these things, in their order.
pub(super) fn evaluate(
    expression: &Expression,
    world: &Arc<World>,
    subjects: &[usize],
) -> Result<Vec<Verdict>, Stop> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK);
        let running = worker.spawn_scoped(scope, || {
            let mut context = context(world).map_err(|_| Stop::Failed)?;
            subjects.iter().map(|&it| one(expression, world, &mut context, it)).collect()
        });
        running.map_err(|_| Stop::Failed)?.join().map_err(|_| Stop::Failed)?
    })
}

fn one(
    expression: &Expression,
    world: &Arc<World>,
    context: &mut Context<'_, '_>,
    subject: usize,
) -> Result<Verdict, Stop> {
    let it = world.value(subject);
    world.start(expression.nodes + weight(&it))?;
    context.add_variable_from_value(SUBJECT, it);
    let result = Value::resolve(&expression.tree, context);
    // An error may have been absorbed by `||`; that the budget is used up is seen all the same.
    if world.budget.is_used_up() {
        return Err(Stop::Work);
    }
    let failed = |why: String| {
        let name = world.view.things.get(subject).map_or("", |thing| thing.name.as_str());
        Err(Stop::Error(name.to_owned(), why))
    };
    match result {
        Ok(Value::Bool(holds)) => Ok(Verdict::of(holds)),
        Ok(other) => failed(format!("it came to {}", other.type_of())),
        Err(ExecutionError::NoSuchKey(key)) => Ok(Verdict::Unknown(key.to_string())),
        Err(error) => failed(in_words(&error)),
    }
}

/// The errors of the crate that can still happen, in words without its inner names.
fn in_words(error: &ExecutionError) -> String {
    match error {
        ExecutionError::FunctionError { message, .. } => message.clone(),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "something is divided by zero".to_owned()
        }
        ExecutionError::Overflow(..) => "a number is too large".to_owned(),
        ExecutionError::IndexOutOfBounds(_) => "a list has no such entry".to_owned(),
        _ => "values of different kinds are compared or joined".to_owned(),
    }
}

fn as_map(thing: &Thing) -> Value {
    let fields = fields::fields(thing.kind);
    let pairs = fields.iter().zip(&thing.attributes);
    let known = pairs.filter_map(|(field, attribute)| {
        Some((Key::from(field.name), as_value(&attribute.value)?))
    });
    Value::Map(Map { map: Arc::new(known.collect::<HashMap<Key, Value>>()) })
}

/// `None` for what the file does not say: asking for it makes the answer unknown.
fn as_value(value: &view::Value) -> Option<Value> {
    Some(match value {
        view::Value::Unknown => return None,
        view::Value::Text(text) => Value::from(text.as_str()),
        view::Value::Number(number) => as_number(*number),
        view::Value::Flag(flag) => Value::Bool(*flag),
        view::Value::List(items) => {
            let items: Vec<Value> = items.iter().map(|item| Value::from(item.as_str())).collect();
            Value::List(Arc::new(items))
        }
        view::Value::Labels(labels) => {
            let pair = |(key, value): &(String, String)| {
                (Key::from(key.as_str()), Value::from(value.as_str()))
            };
            Value::Map(Map { map: Arc::new(labels.iter().map(pair).collect()) })
        }
    })
}

/// Whole numbers are integers, so that they meet the literals that people write.
fn as_number(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.fract() == 0.0 && number.abs() < EXACT {
        true => Value::Int(number as i64),
        false => Value::Float(number),
    }
}

type Answer = Result<Value, ExecutionError>;

fn context<'v>(world: &Arc<World>) -> Result<Context<'static, 'v>, cel::DeclarationError> {
    let mut context = Context::default();
    meters(&mut context, world)?;
    let of = Arc::clone(world);
    context.add_function("get", move |name: Arc<String>| found(&of, &name))?;
    let of = Arc::clone(world);
    context.add_function("spof", move |name: Arc<String>| attribute(&of, &name, "spof"))?;
    let of = Arc::clone(world);
    context.add_function("scope", move |name: Arc<String>| attribute(&of, &name, "scope"))?;
    let of = Arc::clone(world);
    context.add_function("every", move |kind: Arc<String>| every(&of, &kind))?;
    let of = Arc::clone(world);
    context.add_function("reaches", move |from: Arc<String>, to: Arc<String>| {
        reaches(&of, &from, &to)
    })?;
    context.add_function("like", |text: Arc<String>, pattern: Arc<String>| -> Answer {
        Ok(Value::Bool(ask::like(&text, &pattern)))
    })?;
    context.add_function("year", |text: Arc<String>| -> Answer {
        // A release that names no year is as good as unknown.
        let release = Release::parse(&text).ok_or_else(|| ExecutionError::no_such_key("version"));
        release.map(|release| Value::Int(i64::from(release.year)))
    })?;
    Ok(context)
}

/// What the rewritten tree calls.
fn meters<'v>(
    context: &mut Context<'static, 'v>,
    world: &Arc<World>,
) -> Result<(), cel::DeclarationError> {
    let of = Arc::clone(world);
    context.add_function(TICK, move || -> Answer { pay(&of, 1).map(|()| Value::Bool(true)) })?;
    let of = Arc::clone(world);
    context.add_function(CHARGE, move |value: Value| -> Answer {
        pay(&of, 1 + weight(&value)).map(|()| value)
    })?;
    let of = Arc::clone(world);
    context.add_function(GROWN, move |value: Value| -> Answer {
        if extent(&value) > LARGEST {
            pay(&of, TURN_LIMIT)?;
        }
        pay(&of, 1 + weight(&value)).map(|()| value)
    })
}

fn pay(world: &World, steps: u64) -> Result<(), ExecutionError> {
    world.pay(steps).map_err(|_| ExecutionError::function_error("rule", "too much work"))
}

/// What it costs to look at or to copy a value, in steps. It nests as deep as expressions do.
fn weight(value: &Value) -> u64 {
    match value {
        Value::List(items) => items.iter().map(|item| 1 + weight(item)).sum(),
        Value::Map(map) => map.map.values().map(|item| 1 + weight(item)).sum(),
        Value::String(text) => text.len() as u64 / 64,
        _ => 0,
    }
}

fn extent(value: &Value) -> usize {
    match value {
        Value::List(items) => items.len(),
        Value::String(text) => text.len(),
        _ => 0,
    }
}

fn found(world: &World, name: &str) -> Answer {
    pay(world, 1)?;
    match world.view.index(name) {
        Some(index) => {
            let value = world.value(index);
            pay(world, weight(&value)).map(|()| value)
        }
        // An address, or a system that the file does not describe.
        None => Err(ExecutionError::no_such_key(name)),
    }
}

fn attribute(world: &World, name: &str, field: &str) -> Answer {
    pay(world, 4)?;
    let thing = world.view.find(name);
    let value = thing.and_then(|thing| {
        let (index, _) = fields::find(thing.kind, field)?;
        as_value(&thing.attribute(index).value)
    });
    value.ok_or_else(|| ExecutionError::no_such_key(name))
}

fn every(world: &World, kind: &str) -> Answer {
    let Some(kind) = Kind::parse(kind) else { return Ok(Value::List(Arc::default())) };
    pay(world, world.view.things.len() as u64 / 16)?;
    let names: Vec<Value> =
        world.view.of_kind(kind).map(|thing| Value::from(thing.name.as_str())).collect();
    pay(world, names.len() as u64)?;
    Ok(Value::List(Arc::new(names)))
}

fn reaches(world: &World, from: &str, to: &str) -> Answer {
    let (reached, steps) = world.view.reaches(from, to);
    pay(world, steps)?;
    reached.map(Value::Bool).ok_or_else(|| ExecutionError::no_such_key(from))
}

#[cfg(test)]
mod tests {
    use super::super::expression::compile;
    use super::super::view::{Attribute, View};
    use super::*;
    use crate::source::{SourceMap, Span};

    const WORK: u64 = super::super::WORK_LIMIT;

    /// Servers with a name each and nothing else known.
    fn world(servers: usize, work: u64) -> Arc<World> {
        let span = Span::new(SourceMap::new().add("t.yaml", ""), 0, 0);
        let (name, _) = fields::find(Kind::Server, "name").unwrap();
        let things = (0..servers).map(|index| {
            let mut attributes = vec![Attribute::unknown(); name];
            attributes.push(Attribute::of(view::Value::Text(format!("S{index}"))));
            let name = format!("S{index}");
            Thing { kind: Kind::Server, name, element: None, span, labels: vec![], attributes }
        });
        Arc::new(World::new(View::of(things.collect()), work))
    }

    fn verdicts(source: &str, servers: usize, work: u64) -> Result<Vec<Verdict>, Stop> {
        let expression = compile(source, Kind::Server).unwrap();
        let subjects: Vec<usize> = (0..servers).collect();
        evaluate(&expression, &world(servers, work), &subjects)
    }

    #[test]
    fn every_turn_of_a_loop_and_every_copy_takes_from_the_budget() {
        for source in [
            "every('server').all(s, s != 'x')",
            "every('server').exists(s, s == 'x') || true",
            "every('server').exists_one(s, s == it.name)",
            "size(every('server').map(s, s)) > 0",
            "size(every('server').filter(s, s != 'x')) > 0",
            "it.name in every('server')",
            "every('server') == every('server')",
            "every('server').all(a, every('server').exists(b, a == b))",
        ] {
            // 200 subjects look at 200 servers: 40,000 steps at least.
            assert_eq!(verdicts(source, 200, 40_000), Err(Stop::Work), "{source}");
            let few = verdicts(source, 5, 40_000).unwrap();
            assert_eq!(few.len(), 5, "{source}");
        }
    }

    #[test]
    fn a_budget_that_is_used_up_cannot_be_absorbed() {
        let bomb = "['x'].map(a, a + a).exists(a, a == 'y')";
        for source in [format!("{bomb} || true"), format!("!({bomb} && false)")] {
            assert_eq!(verdicts(&source, 1, 15), Err(Stop::Work), "{source}");
            assert_eq!(verdicts(&source, 1, 1_000), Ok(vec![Verdict::Yes]), "{source}");
        }
    }

    #[test]
    fn one_evaluation_may_not_hold_much() {
        for source in [
            "size(every('server').map(s, every('server'))) > 0",
            "size(every('server').map(s, [every('server'), every('server')])) > 0",
            "every('server').exists(s, size([every('server')]) == 0)",
            "size(every('server').map(s, s).map(s, every('server'))) > 0",
        ] {
            // A million strings would be held: more than one turn pays for.
            assert_eq!(verdicts(source, 1_100, u64::MAX), Err(Stop::Work), "{source}");
        }
    }

    #[test]
    fn whatever_stops_at_a_stack_of_this_size_does_not_run() {
        let deep = format!("{}true{}", "(true && ".repeat(30), ")".repeat(30));
        assert_eq!(verdicts(&deep, 1, 10_000), Ok(vec![Verdict::Yes]));
        let long = format!("'x' == it.name{}", " + 'x'".repeat(600));
        assert!(compile(&long, Kind::Server).is_err());
    }

    #[test]
    fn what_is_not_given_makes_the_answer_unknown_unless_it_does_not_matter() {
        for (source, expected) in [
            ("it.site == 'X'", Verdict::Unknown("site".to_owned())),
            ("it.site == 'X' || it.name == 'S0'", Verdict::Yes),
            ("it.site == 'X' && it.name == 'S1'", Verdict::No),
            ("get('nothing').spof", Verdict::Unknown("nothing".to_owned())),
            ("has(it.site)", Verdict::No),
        ] {
            assert_eq!(verdicts(source, 1, 1_000), Ok(vec![expected]), "{source}");
        }
    }

    #[test]
    fn what_an_expression_stops_with_is_said_in_words() {
        for (source, words) in [
            ("[1, 'x'][0] == 2 || 1 / 0 == 1", "divided by zero"),
            ("9223372036854775807 + 1 == 0", "too large"),
            ("[1][2] == 1", "no such entry"),
            ("[1, 'x'][1] < 2", "different kinds"),
        ] {
            match verdicts(source, 1, 1_000) {
                Err(Stop::Error(name, why)) => {
                    assert!(name == "S0" && why.contains(words), "{source}: {name}: {why}");
                }
                other => panic!("{source}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_value_weighs_what_looking_at_it_takes() {
        let text = |length: usize| Value::from("x".repeat(length).as_str());
        let list = |items: Vec<Value>| Value::List(Arc::new(items));
        let map = |items: Vec<Value>| {
            let keyed = items.into_iter().enumerate();
            let pairs = keyed.map(|(n, item)| (Key::from(n.to_string().as_str()), item));
            Value::Map(Map { map: Arc::new(pairs.collect()) })
        };
        // A step for each element, one for 64 bytes.
        for (value, steps, entries) in [
            (Value::Int(7), 0, 0),
            (text(63), 0, 63),
            (text(640), 10, 640),
            (list(vec![Value::Int(1), text(128)]), 4, 2),
            (map(vec![Value::Int(1), list(vec![text(64)])]), 4, 0),
        ] {
            assert_eq!(weight(&value), steps, "{value:?}");
            assert_eq!(extent(&value), entries, "{value:?}");
        }
    }

    #[test]
    fn whole_numbers_are_integers_as_far_as_they_are_exact() {
        // Two to the power of 53: from there on neighbours are one number.
        let inexact = 9_007_199_254_740_992.0;
        for whole in [3.0, -3.0, 0.0, inexact - 1.0] {
            assert!(matches!(as_number(whole), Value::Int(same) if same as f64 == whole));
        }
        for other in [0.5, inexact, 1e300] {
            assert!(matches!(as_number(other), Value::Float(same) if same == other));
        }
    }

    #[test]
    fn texts_and_lists_may_be_joined_up_to_their_limit() {
        // 64 entries of 1,024 bytes are 65,536; then one byte more.
        let kilobyte = "x".repeat(1 << 10);
        let doubled = format!("['{kilobyte}']{}", ".map(a, a + a)".repeat(6));
        let most = format!("size({doubled}) == 1");
        assert_eq!(verdicts(&most, 1, WORK), Ok(vec![Verdict::Yes]));
        let over = format!("size({doubled}.map(a, a + 'x')) == 1");
        assert_eq!(verdicts(&over, 1, WORK), Err(Stop::Work));
        let entries =
            format!("size([[{}]]{}) == 1", ["1"; 64].join(","), ".map(a, a + a)".repeat(10));
        assert_eq!(verdicts(&entries, 1, WORK), Ok(vec![Verdict::Yes]));
        let over = entries.replacen(") == 1", ".map(a, a + [1])) == 1", 1);
        assert_eq!(verdicts(&over, 1, WORK), Err(Stop::Work));
    }
}
