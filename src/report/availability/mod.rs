//! `availability`: plain data first, then text, JSON and Markdown.

mod words;

use serde::Serialize;

use crate::availability::{HOURS_PER_YEAR, MOST_DECISIVE, Solved, target};
use crate::engine::Event;

pub use words::{markdown, text};

/// Version of the JSON form.
pub const VERSION: u32 = 1;

#[derive(Debug, Clone, Serialize)]
pub struct AvailabilityReport {
    pub failscope_availability: u32,
    pub topology: String,
    pub services: Vec<ServiceRow>,
    pub assumptions: Vec<AssumedRow>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ServiceRow {
    pub service: String,
    pub unavailability: Ends,
    pub downtime_hours_per_year: Ends,
    /// False: the truth lies between the two ends, which are proven.
    pub exact: bool,
    /// The lowest and the highest unavailability within the ranges that are stated, if any are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_ranges: Option<Ends>,
    /// The answer rests on figures that the file does not give.
    pub assumed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetRow>,
    pub contributors: Vec<Contributor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switch_over: Option<SwitchRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_work: Option<PlannedRow>,
    /// Everything together, where there is more than the unavailability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_all: Option<TotalRow>,
    /// What is added by switching over or by planned work is not known; there is no sum.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sum_unknown: bool,
    /// The widest swing first; only when asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sensitivity: Vec<InputRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ends {
    pub lower: f64,
    pub upper: f64,
}

#[derive(Debug, Clone, Serialize)]
pub struct TargetRow {
    pub availability: String,
    pub unavailability: f64,
    /// None: the target lies between the two ends, or within what the ranges allow.
    pub met: Option<bool>,
    /// Hours a year that are left, at the unsafe end; negative when it is missed.
    pub margin_hours_per_year: f64,
}

#[derive(Debug, Clone, Serialize)]
pub struct Contributor {
    pub component: String,
    pub unavailability: f64,
    pub assumed: bool,
    /// The share of the outage that goes away with it.
    pub criticality: f64,
    /// How often a minimal cut set with it has occurred in an outage; none if that does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fussell_vesely: Option<f64>,
    pub birnbaum: f64,
    pub risk_achievement_worth: f64,
    /// None: without this component's failures there would be no outage at all.
    pub risk_reduction_worth: Option<f64>,
}

/// Interruptions while something moves; not in the unavailability.
#[derive(Debug, Clone, Serialize)]
pub struct SwitchRow {
    pub hours_per_year: f64,
    /// At the unsafe ends of the ranges that are stated.
    pub hours_per_year_at_worst: f64,
    pub moves: Vec<MoveRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct MoveRow {
    pub what: String,
    pub away_from: String,
    pub per_year: f64,
    pub seconds: f64,
    pub duration_assumed: bool,
    /// The share of moves that fail, if the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fails: Option<f64>,
    /// In moves that succeed, and in repairs after those that fail.
    pub hours_per_year: f64,
}

/// Planned work on one thing at a time; not in the unavailability.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedRow {
    pub hours_per_year: f64,
    /// At the unsafe ends of the ranges that are stated.
    pub hours_per_year_at_worst: f64,
    pub parts: Vec<PlannedPart>,
}

#[derive(Debug, Clone, Serialize)]
pub struct PlannedPart {
    pub component: String,
    /// The share of time that it is worked on.
    pub share: f64,
    /// What that costs the service.
    pub hours_per_year: f64,
}

/// Failures, switching over and planned work together.
#[derive(Debug, Clone, Serialize)]
pub struct TotalRow {
    pub hours_per_year: f64,
    /// Against the target, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
}

/// What the downtime would be with one input changed.
#[derive(Debug, Clone, Serialize)]
pub struct InputRow {
    pub component: String,
    pub input: &'static str,
    /// A range that the file states; else half and twice the value.
    pub stated_range: bool,
    pub low: String,
    pub high: String,
    pub hours_per_year_at_low: f64,
    pub hours_per_year_at_high: f64,
}

#[derive(Debug, Clone, Serialize)]
pub struct AssumedRow {
    pub what: String,
    /// Hours; none where the file states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtbf_hours: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mttr_hours: Option<f64>,
    pub why: &'static str,
    /// What it was taken for.
    pub components: Vec<String>,
}

/// A row from what was solved; `name` and `assumed` tell of its events.
pub fn row(
    service: String,
    solved: &Solved,
    over_ranges: Option<Ends>,
    stated: Option<(String, f64)>,
    name: impl Fn(Event) -> String,
    assumed: impl Fn(Event) -> bool,
    rests_on_assumptions: bool,
) -> ServiceRow {
    let ends = Ends { lower: solved.lower.value(), upper: solved.upper.value() };
    let judged = over_ranges.unwrap_or(ends);
    ServiceRow {
        service,
        unavailability: ends,
        downtime_hours_per_year: Ends {
            lower: ends.lower * HOURS_PER_YEAR,
            upper: ends.upper * HOURS_PER_YEAR,
        },
        exact: solved.is_exact,
        over_ranges,
        assumed: rests_on_assumptions,
        target: stated.map(|(availability, allowed)| against(judged, availability, allowed)),
        contributors: contributors(solved, name, assumed),
        switch_over: None,
        planned_work: None,
        in_all: None,
        sum_unknown: false,
        sensitivity: Vec::new(),
    }
}

fn against(judged: Ends, availability: String, allowed: f64) -> TargetRow {
    TargetRow {
        availability,
        unavailability: allowed,
        met: target::met(judged.lower, judged.upper, allowed),
        margin_hours_per_year: (allowed - judged.upper) * HOURS_PER_YEAR,
    }
}

fn contributors(
    solved: &Solved,
    name: impl Fn(Event) -> String,
    assumed: impl Fn(Event) -> bool,
) -> Vec<Contributor> {
    let decisive = solved.importance.iter().take(MOST_DECISIVE).enumerate();
    let contributors = decisive.filter_map(|(at, one)| {
        let relative = one.relative?;
        let reduction = relative.risk_reduction_worth;
        Some(Contributor {
            component: name(one.event),
            unavailability: one.probability.value(),
            assumed: assumed(one.event),
            criticality: relative.criticality,
            fussell_vesely: solved.fussell_vesely.get(at).copied(),
            birnbaum: one.birnbaum,
            risk_achievement_worth: relative.risk_achievement_worth,
            risk_reduction_worth: reduction.is_finite().then_some(reduction),
        })
    });
    contributors.collect()
}

impl ServiceRow {
    /// Adds up what is down for other reasons than failures, if anything is; everything at its
    /// unsafe end. To be left out where some part of the sum is not known.
    pub fn add_up(&mut self) {
        let switching = self.switch_over.as_ref().map(|row| row.hours_per_year_at_worst);
        let planned = self.planned_work.as_ref().map(|row| row.hours_per_year_at_worst);
        if switching.is_none() && planned.is_none() {
            return;
        }
        let besides = switching.unwrap_or(0.0) + planned.unwrap_or(0.0);
        let worst = self.over_ranges.unwrap_or(self.unavailability).upper * HOURS_PER_YEAR;
        let hours = worst + besides;
        let allowed = self.target.as_ref().map(|target| target.unavailability * HOURS_PER_YEAR);
        let met = allowed.map(|allowed| hours <= allowed);
        self.in_all = Some(TotalRow { hours_per_year: hours, met });
    }

    /// False when the answer leaves open what was asked.
    pub fn is_decided(&self) -> bool {
        match &self.target {
            Some(target) => target.met.is_some(),
            None => self.exact,
        }
    }
}
