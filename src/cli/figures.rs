//! Figures on the command line, in place of those of the file.

use super::Trouble;
use crate::availability::{Input, Instead};
use crate::graph::{ComponentId, DependencyGraph};
use crate::input;
use crate::model::{Availability, Duration, QuantityError, Range};

#[derive(Debug, clap::Args)]
pub(super) struct FigureArgs {
    /// Try another figure: `NAME.mtbf=5y`, `NAME.mttr=2h..8h`, `NAME.availability=99.9%`.
    #[arg(long = "set", value_name = "NAME.KEY=VALUE")]
    set: Vec<String>,
}

impl FigureArgs {
    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    pub(super) fn read(
        &self,
        graph: &DependencyGraph,
    ) -> Result<Vec<(ComponentId, Instead)>, Trouble> {
        self.set.iter().map(|word| one(word, graph)).collect()
    }
}

const NO_TIME: &str = "nothing works for no time at all between two failures; write a \
                       duration above zero";

fn one(word: &str, graph: &DependencyGraph) -> Result<(ComponentId, Instead), Trouble> {
    let refused = |reason: String| Trouble::Refused(format!("--set {word}: {reason}"));
    let shape = || refused("write NAME.KEY=VALUE, such as `SAN01.mtbf=5y`".to_owned());
    // Names may hold points, and values do.
    let (place, value) = word.split_once('=').ok_or_else(shape)?;
    let (name, key) = place.rsplit_once('.').ok_or_else(shape)?;
    let component = graph.find(name).ok_or_else(|| {
        let names = graph.components().map(|(_, component)| component.name.as_str());
        let near = input::nearest_name(name, names);
        let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        refused(format!("the topology has no component `{name}`{hint}"))
    })?;
    let quantity = |error: QuantityError| refused(error.to_string());
    let instead = match key {
        "mtbf" => {
            let range = Range::<Duration>::parse(value).map_err(quantity)?;
            if range.low.hours() <= 0.0 {
                return Err(refused(NO_TIME.to_owned()));
            }
            Instead::TimeBetweenFailures(range)
        }
        "mttr" => Instead::TimeToRepair(Range::<Duration>::parse(value).map_err(quantity)?),
        "availability" => {
            Instead::Availability(Range::<Availability>::parse(value).map_err(quantity)?)
        }
        _ => return Err(refused("the key is `mtbf`, `mttr` or `availability`".to_owned())),
    };
    Ok((component, instead))
}

/// An end of an input as it is written.
pub(super) fn shown(input: &Input, value: f64) -> String {
    match input.key {
        "availability" => Availability::of_unavailability(value).to_string(),
        _ => Duration::of_hours(value).to_string(),
    }
}
