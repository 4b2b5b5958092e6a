//! Reads common-cause groups.

use super::error::{Error, Problem};
use super::expression::{Evaluator, only_argument};
use super::model::{CommonCauseGroup, Model};
use super::reader::{
    Meaning, Names, Place, add_event, arguments, attribute, define, index_unique, probability,
};
use crate::engine::common_cause::{Factors, Group};
use crate::engine::{Event, Shape};

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

fn read_group<'a, 'input>(
    place: Place<'a, 'input>,
    evaluator: &mut Evaluator<'a, 'input>,
    model: &mut Model,
    names: &mut Names<'a>,
) -> Result<Group, Error> {
    let mut members = Vec::new();
    let mut total = None;
    let mut factors: Vec<(Option<usize>, f64)> = Vec::new();
    for child in arguments(place.node) {
        let part = place.at(child);
        match part.tag() {
            "members" => {
                for member in arguments(child) {
                    members.push(member_event(place.at(member), model, names)?);
                }
            }
            "distribution" => total = Some(probability(only_argument(part)?, evaluator)?),
            "factor" => factors.push(read_factor(part, evaluator)?),
            "factors" => {
                for factor in arguments(child) {
                    factors.push(read_factor(place.at(factor), evaluator)?);
                }
            }
            other => return Err(part.error(Problem::Unsupported(other.to_owned()))),
        }
    }
    let Some(total) = total else {
        return Err(place.error(Problem::Arity {
            element: "define-CCF-group".to_owned(),
            expected: "a distribution".to_owned(),
            found: 0,
        }));
    };
    let factors = arrange_factors(place, factors, members.len())?;
    Group::new(members, total, factors).map_err(|error| place.error(error.into()))
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
        Some(text) => Some(text.trim().parse::<usize>().map_err(|_| {
            place.error(Problem::BadAttribute { attribute: "level", value: text.to_owned() })
        })?),
    };
    Ok((level, evaluator.value(only_argument(place)?)?))
}

/// Puts factors in the order of their levels, which must follow one another.
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
        other => {
            let value = other.to_owned();
            return Err(place.error(Problem::BadAttribute { attribute: "model", value }));
        }
    };
    let mut levelled: Vec<(usize, f64)> = factors
        .into_iter()
        .enumerate()
        .map(|(place, (level, value))| (level.unwrap_or(first + place), value))
        .collect();
    levelled.sort_by_key(|(level, _)| *level);
    for (expected, (level, _)) in (first..).zip(&levelled) {
        if *level != expected {
            let value = level.to_string();
            return Err(place.error(Problem::BadAttribute { attribute: "level", value }));
        }
    }
    let values: Vec<f64> = levelled.into_iter().map(|(_, value)| value).collect();
    match (model, values.as_slice()) {
        ("beta-factor", [beta]) => Ok(Factors::Beta(*beta)),
        ("beta-factor", other) => Err(place.error(Problem::Arity {
            element: "define-CCF-group".to_owned(),
            expected: "one factor".to_owned(),
            found: other.len(),
        })),
        ("MGL", _) => Ok(Factors::MultipleGreekLetter(values)),
        ("alpha-factor", _) => Ok(Factors::Alpha(values)),
        _ => Ok(Factors::Phi(values)),
    }
}
