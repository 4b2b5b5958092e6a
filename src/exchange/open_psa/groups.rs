//! Reads common-cause groups.

use super::error::{Error, Problem};
use super::expression::{Evaluator, only_argument};
use super::model::{CommonCauseGroup, Model};
use super::reader::{
    Meaning, Names, Place, add_event, arguments, attribute, define, index_unique, probability,
};
use crate::engine::common_cause::{Factors, Group};
use crate::engine::{Event, Probability, Shape};

/// Reads the groups, in order, into the model. Members that nothing else defines
/// become basic events of their own.
pub(super) fn define_groups<'a, 'input>(
    groups: &[(&'a str, Place<'a, 'input>)],
    evaluator: &mut Evaluator<'a, 'input>,
    model: &mut Model,
    names: &mut Names<'a>,
) -> Result<(), Error> {
    index_unique(groups)?;
    for (name, place) in groups {
        let group = read_group(*place, evaluator, model, names)?;
        model.groups.push(CommonCauseGroup { name: (*name).to_owned(), group });
    }
    Ok(())
}

/// What the children of a group say.
#[derive(Default)]
struct Parts {
    members: Vec<Event>,
    total: Option<Probability>,
    factors: Vec<(Option<usize>, f64)>,
}

fn read_group<'a, 'input>(
    place: Place<'a, 'input>,
    evaluator: &mut Evaluator<'a, 'input>,
    model: &mut Model,
    names: &mut Names<'a>,
) -> Result<Group, Error> {
    let mut parts = Parts::default();
    for child in arguments(place.node) {
        read_part(place.at(child), &mut parts, evaluator, model, names)?;
    }
    let Some(total) = parts.total else {
        return Err(arity(place, "a distribution", 0));
    };
    let factors = arrange_factors(place, parts.factors, parts.members.len())?;
    Group::new(parts.members, total, factors).map_err(|error| place.error(error.into()))
}

fn read_part<'a, 'input>(
    part: Place<'a, 'input>,
    parts: &mut Parts,
    evaluator: &mut Evaluator<'a, 'input>,
    model: &mut Model,
    names: &mut Names<'a>,
) -> Result<(), Error> {
    match part.tag() {
        "members" => {
            for member in arguments(part.node) {
                parts.members.push(member_event(part.at(member), model, names)?);
            }
        }
        "distribution" => parts.total = Some(probability(only_argument(part)?, evaluator)?),
        "factor" => parts.factors.push(read_factor(part, evaluator)?),
        "factors" => {
            for factor in arguments(part.node) {
                parts.factors.push(read_factor(part.at(factor), evaluator)?);
            }
        }
        other => return Err(part.error(Problem::Unsupported(other.to_owned()))),
    }
    Ok(())
}

/// A member may be defined as a basic event or by its group alone.
fn member_event<'a>(
    place: Place<'a, '_>,
    model: &mut Model,
    names: &mut Names<'a>,
) -> Result<Event, Error> {
    let name = attribute(place, "name")?;
    if let Some(Meaning::Node(node)) = names.get(name)
        && let Shape::Event(event) = model.graph.shape(*node)
    {
        return Ok(event);
    }
    let event = Event(model.events.len() as u32);
    let node = add_event(model, name, None);
    define(names, name, Meaning::Node(node), place)?;
    Ok(event)
}

fn read_factor<'a, 'input>(
    place: Place<'a, 'input>,
    evaluator: &mut Evaluator<'a, 'input>,
) -> Result<(Option<usize>, f64), Error> {
    if place.tag() != "factor" {
        return Err(place.error(Problem::Unsupported(place.tag().to_owned())));
    }
    let level = match place.node.attribute("level") {
        None => None,
        Some(text) => Some(
            text.trim()
                .parse::<usize>()
                .map_err(|_| bad_attribute(place, "level", text.to_owned()))?,
        ),
    };
    Ok((level, evaluator.value(only_argument(place)?)?))
}

fn arrange_factors(
    place: Place<'_, '_>,
    factors: Vec<(Option<usize>, f64)>,
    members: usize,
) -> Result<Factors, Error> {
    let model = attribute(place, "model")?;
    let first = match model {
        "beta-factor" => members,
        "MGL" => 2,
        "alpha-factor" | "phi-factor" => 1,
        other => return Err(bad_attribute(place, "model", other.to_owned())),
    };
    let values = by_level(place, factors, first)?;
    match (model, values.as_slice()) {
        ("beta-factor", [beta]) => Ok(Factors::Beta(*beta)),
        ("beta-factor", other) => Err(arity(place, "one factor", other.len())),
        ("MGL", _) => Ok(Factors::MultipleGreekLetter(values)),
        ("alpha-factor", _) => Ok(Factors::Alpha(values)),
        _ => Ok(Factors::Phi(values)),
    }
}

/// Factors in the order of their levels, which must follow one another.
fn by_level(
    place: Place<'_, '_>,
    factors: Vec<(Option<usize>, f64)>,
    first: usize,
) -> Result<Vec<f64>, Error> {
    let mut levelled: Vec<(usize, f64)> = factors
        .into_iter()
        .enumerate()
        .map(|(place, (level, value))| (level.unwrap_or(first + place), value))
        .collect();
    levelled.sort_by_key(|(level, _)| *level);
    for (expected, (level, _)) in (first..).zip(&levelled) {
        if *level != expected {
            return Err(bad_attribute(place, "level", level.to_string()));
        }
    }
    Ok(levelled.into_iter().map(|(_, value)| value).collect())
}

fn arity(group: Place<'_, '_>, expected: &str, found: usize) -> Error {
    let (element, expected) = ("define-CCF-group".to_owned(), expected.to_owned());
    group.error(Problem::Arity { element, expected, found })
}

fn bad_attribute(place: Place<'_, '_>, attribute: &'static str, value: String) -> Error {
    place.error(Problem::BadAttribute { attribute, value })
}
