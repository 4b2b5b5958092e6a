//! Values of expressions: constants, parameters, arithmetic, and the built-in
//! failure models. Times are hours and rates are per hour.
//!
//! An uncertain quantity (a deviate) stands for its mean; distributions are not
//! propagated.

use std::f64::consts::PI;

use roxmltree::Node;
use rustc_hash::FxHashMap;

use super::error::{Error, Problem};
use super::reader::{MAX_NESTING, Place, arguments, attribute};

/// Where a parameter is in its evaluation.
#[derive(Clone, Copy)]
enum State {
    Working,
    Known(f64),
}

/// Evaluates expressions of one model; each parameter once.
pub(super) struct Evaluator<'a, 'input> {
    pub(super) parameters: FxHashMap<&'a str, Place<'a, 'input>>,
    pub(super) mission_time: f64,
    states: FxHashMap<&'a str, State>,
}

impl<'a, 'input> Evaluator<'a, 'input> {
    pub(super) fn new(
        parameters: FxHashMap<&'a str, Place<'a, 'input>>,
        mission_time: f64,
    ) -> Evaluator<'a, 'input> {
        Evaluator { parameters, mission_time, states: FxHashMap::default() }
    }

    /// The value of an expression element.
    pub(super) fn value(&mut self, place: Place<'a, 'input>) -> Result<f64, Error> {
        self.nested(place, 0)
    }

    /// Bounded by [`MAX_NESTING`], parameters that use parameters included.
    fn nested(&mut self, place: Place<'a, 'input>, depth: usize) -> Result<f64, Error> {
        if depth > MAX_NESTING {
            return Err(place.error(Problem::TooDeep(MAX_NESTING)));
        }
        match place.node.tag_name().name() {
            "float" | "int" => number(place),
            "pi" => Ok(PI),
            "system-mission-time" => Ok(self.mission_time),
            "parameter" => self.parameter(place, depth),
            name => {
                let mut values = Vec::new();
                for argument in arguments(place.node) {
                    values.push(self.nested(place.at(argument), depth + 1)?);
                }
                call(name, &values, place)
            }
        }
    }

    fn parameter(&mut self, place: Place<'a, 'input>, depth: usize) -> Result<f64, Error> {
        let name = attribute(place, "name")?;
        match self.states.get(name) {
            Some(State::Known(value)) => return Ok(*value),
            Some(State::Working) => return Err(place.error(Problem::Cycle(name.to_owned()))),
            None => {}
        }
        let Some(definition) = self.parameters.get(name).copied() else {
            return Err(place.error(Problem::Undefined(name.to_owned())));
        };
        self.states.insert(name, State::Working);
        let value = self.nested(only_argument(definition)?, depth + 1)?;
        self.states.insert(name, State::Known(value));
        Ok(value)
    }
}

/// The one expression inside a definition.
pub(super) fn only_argument<'a, 'input>(
    definition: Place<'a, 'input>,
) -> Result<Place<'a, 'input>, Error> {
    let mut found: Vec<Node<'a, 'input>> = arguments(definition.node).collect();
    match (found.pop(), found.len()) {
        (Some(expression), 0) => Ok(definition.at(expression)),
        (last, others) => Err(definition.error(Problem::Arity {
            element: definition.node.tag_name().name().to_owned(),
            expected: "one expression".to_owned(),
            found: others + usize::from(last.is_some()),
        })),
    }
}

fn number(place: Place<'_, '_>) -> Result<f64, Error> {
    let text = attribute(place, "value")?;
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(place.error(Problem::BadAttribute { attribute: "value", value: text.to_owned() })),
    }
}

/// The value of a named function, by its number of arguments.
fn call(name: &str, values: &[f64], place: Place<'_, '_>) -> Result<f64, Error> {
    let value = arithmetic(name, values)
        .or_else(|| failure_model(name, values))
        .or_else(|| mean_of_deviate(name, values));
    match value {
        Some(value) if value.is_finite() => Ok(value),
        Some(_) => Err(place.error(Problem::NotFinite(name.to_owned()))),
        None => Err(wrong_call(name, values.len(), place)),
    }
}

fn arithmetic(name: &str, values: &[f64]) -> Option<f64> {
    Some(match (name, values) {
        ("neg", [x]) => -x,
        ("abs", [x]) => x.abs(),
        ("exp", [x]) => x.exp(),
        ("log", [x]) => x.ln(),
        ("log10", [x]) => x.log10(),
        ("sqrt", [x]) => x.sqrt(),
        ("ceil", [x]) => x.ceil(),
        ("floor", [x]) => x.floor(),
        ("sin", [x]) => x.sin(),
        ("cos", [x]) => x.cos(),
        ("tan", [x]) => x.tan(),
        ("pow", [x, y]) => x.powf(*y),
        ("mod", [x, y]) => x % y,
        ("add", [_, ..]) => values.iter().sum(),
        ("mul", [_, ..]) => values.iter().product(),
        ("sub", [first, rest @ ..]) => rest.iter().fold(*first, |x, y| x - y),
        ("div", [first, rest @ ..]) => rest.iter().fold(*first, |x, y| x / y),
        ("min", [_, ..]) => values.iter().copied().fold(f64::INFINITY, f64::min),
        ("max", [_, ..]) => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ("mean", [_, ..]) => values.iter().sum::<f64>() / values.len() as f64,
        _ => return None,
    })
}

fn failure_model(name: &str, values: &[f64]) -> Option<f64> {
    match (name, values) {
        ("exponential", [rate, time]) => Some(exponential(*rate, *time)),
        ("GLM", [gamma, failure, repair, time]) => Some(glm(*gamma, *failure, *repair, *time)),
        ("Weibull", [scale, shape, shift, time]) => Some(weibull(*scale, *shape, *shift, *time)),
        ("periodic-test", [rate, interval, first, time]) => {
            Some(periodic_test(*rate, *interval, *first, *time))
        }
        _ => None,
    }
}

fn mean_of_deviate(name: &str, values: &[f64]) -> Option<f64> {
    match (name, values) {
        ("uniform-deviate", [low, high]) => Some((low + high) / 2.0),
        ("normal-deviate", [mean, _]) => Some(*mean),
        ("lognormal-deviate", [mean, _, _]) => Some(*mean),
        ("lognormal-deviate", [mu, sigma]) => Some((mu + sigma * sigma / 2.0).exp()),
        ("gamma-deviate", [shape, scale]) => Some(shape * scale),
        ("beta-deviate", [a, b]) => Some(a / (a + b)),
        _ => None,
    }
}

fn wrong_call(name: &str, found: usize, place: Place<'_, '_>) -> Error {
    let expected = match name {
        "neg" | "abs" | "exp" | "log" | "log10" | "sqrt" | "ceil" | "floor" | "sin" | "cos"
        | "tan" => "one argument",
        "pow" | "mod" | "exponential" | "uniform-deviate" | "normal-deviate" | "gamma-deviate"
        | "beta-deviate" => "two arguments",
        "lognormal-deviate" => "two or three arguments",
        "GLM" | "Weibull" | "periodic-test" => "four arguments",
        "add" | "mul" | "sub" | "div" | "min" | "max" | "mean" => "at least one argument",
        _ => return place.error(Problem::Unsupported(name.to_owned())),
    };
    let (element, expected) = (name.to_owned(), expected.to_owned());
    place.error(Problem::Arity { element, expected, found })
}

/// Probability to have failed by `time` at a constant rate, not repaired:
/// `1 - exp(-rate time)`.
fn exponential(rate: f64, time: f64) -> f64 {
    -(-rate * time).exp_m1()
}

/// Unavailability at `time` of a component that fails on demand with
/// probability `gamma` and in operation at a constant rate, repaired at a
/// constant rate: `s/(r+s) - (s/(r+s) - gamma) exp(-(r+s) time)`, written so that
/// a small value keeps its digits.
fn glm(gamma: f64, failure: f64, repair: f64, time: f64) -> f64 {
    let rates = failure + repair;
    if rates == 0.0 {
        return gamma;
    }
    gamma * (-rates * time).exp() + failure / rates * exponential(rates, time)
}

/// `1 - exp(-((time - shift) / scale)^shape)`, 0 before the shift.
fn weibull(scale: f64, shape: f64, shift: f64, time: f64) -> f64 {
    match time <= shift {
        true => 0.0,
        false => -(-((time - shift) / scale).powf(shape)).exp_m1(),
    }
}

/// Probability to be failed at `time` when every test, the first at `first` and
/// then at every `interval`, finds and repairs a failure at once: an exponential
/// law since the last test.
fn periodic_test(rate: f64, interval: f64, first: f64, time: f64) -> f64 {
    let since_test = if time <= first { time } else { (time - first) % interval };
    exponential(rate, since_test)
}
