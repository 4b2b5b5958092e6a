//! `availability`: plain data first, then text, JSON and Markdown.

use serde::Serialize;

use super::terminal::{Style, Terminal};
use super::text::paragraph;
use crate::availability::{HOURS_PER_YEAR, Solved};
use crate::engine::Event;
use crate::text::clean;

/// Version of the JSON form.
pub const VERSION: u32 = 1;

/// Contributors that are shown of each service.
const SHOWN: usize = 5;

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
    /// The answer rests on figures that the file does not give.
    pub assumed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetRow>,
    pub contributors: Vec<Contributor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switch_over: Option<SwitchRow>,
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
    /// None: the target lies between the two ends.
    pub met: Option<bool>,
    /// Hours a year that are left, at the unsafe end; negative when it is missed.
    pub margin_hours_per_year: f64,
}

#[derive(Debug, Clone, Serialize)]
pub struct Contributor {
    pub component: String,
    pub unavailability: f64,
    pub assumed: bool,
    pub fussell_vesely: f64,
    pub birnbaum: f64,
    pub risk_achievement_worth: f64,
    /// None: without this component's failures there would be no outage at all.
    pub risk_reduction_worth: Option<f64>,
}

/// Interruptions while something moves; not in the unavailability.
#[derive(Debug, Clone, Serialize)]
pub struct SwitchRow {
    pub hours_per_year: f64,
    pub moves: Vec<MoveRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct MoveRow {
    pub what: String,
    pub away_from: String,
    pub per_year: f64,
    pub seconds: f64,
    pub duration_assumed: bool,
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
    target: Option<(String, f64)>,
    name: impl Fn(Event) -> String,
    assumed: impl Fn(Event) -> bool,
    rests_on_assumptions: bool,
) -> ServiceRow {
    let ends = Ends { lower: solved.lower.value(), upper: solved.upper.value() };
    let contributors = solved.importance.iter().take(SHOWN).filter_map(|one| {
        let relative = one.relative?;
        let reduction = relative.risk_reduction_worth;
        Some(Contributor {
            component: name(one.event),
            unavailability: one.probability.value(),
            assumed: assumed(one.event),
            fussell_vesely: relative.fussell_vesely,
            birnbaum: one.birnbaum,
            risk_achievement_worth: relative.risk_achievement_worth,
            risk_reduction_worth: reduction.is_finite().then_some(reduction),
        })
    });
    ServiceRow {
        service,
        unavailability: ends,
        downtime_hours_per_year: Ends {
            lower: ends.lower * HOURS_PER_YEAR,
            upper: ends.upper * HOURS_PER_YEAR,
        },
        exact: solved.is_exact,
        assumed: rests_on_assumptions,
        target: target.map(|(availability, allowed)| TargetRow {
            availability,
            unavailability: allowed,
            met: met(ends, allowed),
            margin_hours_per_year: (allowed - ends.upper) * HOURS_PER_YEAR,
        }),
        contributors: contributors.collect(),
        switch_over: None,
    }
}

fn met(ends: Ends, allowed: f64) -> Option<bool> {
    match (ends.upper <= allowed, ends.lower <= allowed) {
        (true, _) => Some(true),
        (false, false) => Some(false),
        (false, true) => None,
    }
}

impl ServiceRow {
    /// False when the answer leaves open what was asked.
    pub fn is_decided(&self) -> bool {
        match &self.target {
            Some(target) => target.met.is_some(),
            None => self.exact,
        }
    }
}

// --- Words -------------------------------------------------------------------

/// `99.9871%`, with as many digits as tell it from 100%.
fn percent(unavailability: f64) -> String {
    let digits = (1.0 - unavailability.max(1e-12).log10()).clamp(2.0, 11.0);
    format!("{:.*}%", digits as usize, (1.0 - unavailability) * 100.0)
}

/// Hours a year in a unit that people read.
fn time(hours: f64) -> String {
    let (sign, hours) = if hours < 0.0 { ("-", -hours) } else { ("", hours) };
    let (number, unit) = match hours {
        h if h >= 48.0 => (h / 24.0, "d"),
        h if h >= 1.0 => (h, "h"),
        h if h * 60.0 >= 1.0 => (h * 60.0, "min"),
        h => (h * 3600.0, "s"),
    };
    format!("{sign}{number:.1} {unit}")
}

fn result(row: &ServiceRow) -> String {
    let (u, down) = (row.unavailability, row.downtime_hours_per_year);
    match row.exact {
        true => format!("{}, down {} a year", percent(u.upper), time(down.upper)),
        false => format!(
            "between {} and {}, down {} to {} a year (proven ends; the exact answer does not \
             fit the memory allowed)",
            percent(u.upper),
            percent(u.lower),
            time(down.lower),
            time(down.upper)
        ),
    }
}

fn verdict(target: &TargetRow, assumed: bool) -> String {
    let margin = time(target.margin_hours_per_year.abs());
    let assumed = if assumed { ", if what is assumed holds" } else { "" };
    match target.met {
        Some(true) => {
            format!("target {}: met, {margin} a year to spare{assumed}", target.availability)
        }
        Some(false) => {
            format!("target {}: missed by {margin} a year{assumed}", target.availability)
        }
        None => format!("target {}: undecided, it lies between the ends", target.availability),
    }
}

pub fn text(report: &AvailabilityReport, terminal: Terminal) -> String {
    let title = format!("Availability: {}", report.topology);
    let mut out = format!("{}\n", terminal.paint(Style::Strong, &clean(&title)));
    for row in &report.services {
        out.push_str(&service(row, terminal));
    }
    if !report.assumptions.is_empty() {
        let title = "Assumed, because the file gives no figures";
        out.push_str(&format!("\n{}\n", terminal.paint(Style::Strong, title)));
    }
    for row in &report.assumptions {
        out.push_str(&paragraph(&clean(&assumption(row)), "    ", terminal));
    }
    out.push_str(&format!("\n{}\n", terminal.paint(Style::Strong, "Not in these figures")));
    for note in &report.notes {
        out.push_str(&paragraph(note, "    ", terminal));
    }
    out
}

fn assumption(row: &AssumedRow) -> String {
    let figures = [("mtbf", row.mtbf_hours), ("mttr", row.mttr_hours)];
    let figures = figures.iter().filter_map(|(word, hours)| Some(format!("{word} {}h", (*hours)?)));
    let figures: Vec<String> = figures.collect();
    let names = crate::text::short_list(&row.components, 4);
    format!("{}: {}, for {names}; {}", row.what, figures.join(", "), row.why)
}

fn service(row: &ServiceRow, terminal: Terminal) -> String {
    let mut out = format!("\n{}\n", terminal.paint(Style::Strong, &clean(&row.service)));
    out.push_str(&paragraph(&result(row), "    ", terminal));
    if let Some(target) = &row.target {
        let style = match target.met {
            Some(true) => Style::Good,
            Some(false) => Style::Bad,
            None => Style::Warn,
        };
        out.push_str(&format!("  {}\n", terminal.paint(style, &verdict(target, row.assumed))));
    }
    if let Some(switching) = &row.switch_over {
        let text = switch_over(switching);
        out.push_str(&paragraph(&clean(&text), "    ", terminal));
    }
    if !row.contributors.is_empty() {
        let title = "what matters most: the share of the outage that would go away with it";
        out.push_str(&format!("  {}\n", terminal.paint(Style::Faint, title)));
    }
    for one in &row.contributors {
        let assumed = if one.assumed { ", assumed" } else { "" };
        let text = format!(
            "{:>5.1}%  {}: unavailable {:.1e}{assumed}; Birnbaum {:.1e}, RAW {:.1}, RRW {}",
            one.fussell_vesely * 100.0,
            one.component,
            one.unavailability,
            one.birnbaum,
            one.risk_achievement_worth,
            worth(one.risk_reduction_worth)
        );
        out.push_str(&paragraph(&clean(&text), "          ", terminal));
    }
    out
}

fn switch_over(switching: &SwitchRow) -> String {
    let moves: Vec<String> = switching.moves.iter().map(a_move).collect();
    format!(
        "besides, {} a year of switching over: {}",
        time(switching.hours_per_year),
        moves.join("; ")
    )
}

fn a_move(one: &MoveRow) -> String {
    let assumed = if one.duration_assumed { " (assumed)" } else { "" };
    format!("{} {:.2} times a year, {:.0} s each{assumed}", one.what, one.per_year, one.seconds)
}

fn worth(worth: Option<f64>) -> String {
    worth.map_or("unlimited".to_owned(), |worth| format!("{worth:.2}"))
}

pub fn markdown(report: &AvailabilityReport) -> String {
    let cell = super::markdown::escape;
    let mut out = format!("# Availability: {}\n\n", cell(&report.topology));
    out.push_str("| service | availability | down a year | target | verdict | switching over |\n");
    out.push_str("|---|---|---|---|---|---|\n");
    for row in &report.services {
        let down = row.downtime_hours_per_year;
        let (availability, down) = match row.exact {
            true => (percent(row.unavailability.upper), time(down.upper)),
            false => (
                format!(
                    "{} to {}",
                    percent(row.unavailability.upper),
                    percent(row.unavailability.lower)
                ),
                format!("{} to {}", time(down.lower), time(down.upper)),
            ),
        };
        let target = row.target.as_ref().map_or("-".to_owned(), |t| t.availability.clone());
        let judged = row.target.as_ref().map_or("-".to_owned(), |t| verdict(t, row.assumed));
        let switching = row.switch_over.as_ref().map_or("-".to_owned(), |s| time(s.hours_per_year));
        let name = cell(&row.service);
        out.push_str(&format!(
            "| {name} | {availability} | {down} | {target} | {judged} | {switching} |\n"
        ));
    }
    out.push_str(
        "\n| service | component | share of the outage | unavailability | Birnbaum | RAW | RRW |\n",
    );
    out.push_str("|---|---|---|---|---|---|---|\n");
    for row in &report.services {
        for one in &row.contributors {
            let assumed = if one.assumed { " (assumed)" } else { "" };
            out.push_str(&format!(
                "| {} | {} | {:.1}% | {:.1e}{assumed} | {:.1e} | {:.1} | {} |\n",
                cell(&row.service),
                cell(&one.component),
                one.fussell_vesely * 100.0,
                one.unavailability,
                one.birnbaum,
                one.risk_achievement_worth,
                worth(one.risk_reduction_worth)
            ));
        }
    }
    out.push_str("\n## Assumed\n\n");
    for row in &report.assumptions {
        out.push_str(&format!("- {}\n", cell(&assumption(row))));
    }
    out.push_str("\n## Not in these figures\n\n");
    for note in &report.notes {
        out.push_str(&format!("- {}\n", cell(note)));
    }
    out
}
