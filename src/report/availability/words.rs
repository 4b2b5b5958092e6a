//! The answer in words, as text and as Markdown.

use super::{
    AssumedRow, AvailabilityReport, InputRow, MoveRow, PlannedRow, ServiceRow, SwitchRow,
    TargetRow, TotalRow,
};
use crate::availability::HOURS_PER_YEAR;
use crate::report::markdown::escape;
use crate::report::terminal::{Style, Terminal};
use crate::report::text::paragraph;
use crate::text::{clean, short_list};

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
    let names = short_list(&row.components, 4);
    format!("{}: {}, for {names}; {}", row.what, figures.join(", "), row.why)
}

fn service(row: &ServiceRow, terminal: Terminal) -> String {
    let mut out = format!("\n{}\n", terminal.paint(Style::Strong, &clean(&row.service)));
    out.push_str(&paragraph(&result(row), "    ", terminal));
    if let Some(range) = row.over_ranges {
        out.push_str(&paragraph(&over_ranges(range), "    ", terminal));
    }
    if let Some(target) = &row.target {
        let style = match target.met {
            Some(true) => Style::Good,
            Some(false) => Style::Bad,
            None => Style::Warn,
        };
        out.push_str(&format!("  {}\n", terminal.paint(style, &verdict(target, row.assumed))));
    }
    let switching = row.switch_over.as_ref().map(switch_over);
    let planned = row.planned_work.as_ref().map(planned_work);
    let total = row.in_all.as_ref().map(in_all);
    for text in [switching, planned, total].into_iter().flatten() {
        out.push_str(&paragraph(&clean(&text), "    ", terminal));
    }
    out.push_str(&contributors(row, terminal));
    out.push_str(&sensitivity(row, terminal));
    out
}

fn contributors(row: &ServiceRow, terminal: Terminal) -> String {
    let mut out = String::new();
    if !row.contributors.is_empty() {
        let title = "what matters most: the share of the outage that would go away with it";
        out.push_str(&format!("  {}\n", terminal.paint(Style::Faint, title)));
    }
    for one in &row.contributors {
        let assumed = if one.assumed { ", assumed" } else { "" };
        let text = format!(
            "{:>5.1}%  {}: unavailable {:.1e}{assumed}; Birnbaum {:.1e}, FV {}, RAW {:.1}, RRW {}",
            one.criticality * 100.0,
            one.component,
            one.unavailability,
            one.birnbaum,
            share(one.fussell_vesely),
            one.risk_achievement_worth,
            worth(one.risk_reduction_worth)
        );
        out.push_str(&paragraph(&clean(&text), "          ", terminal));
    }
    out
}

fn share(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| format!("{share:.3}"))
}

fn over_ranges(range: super::Ends) -> String {
    format!(
        "within the ranges stated {} to {}, down {} to {} a year",
        percent(range.upper),
        percent(range.lower),
        time(range.lower * HOURS_PER_YEAR),
        time(range.upper * HOURS_PER_YEAR)
    )
}

fn planned_work(planned: &PlannedRow) -> String {
    let parts = planned.parts.iter().filter(|part| part.hours_per_year > 0.0);
    let parts: Vec<String> =
        parts.map(|part| format!("{} {}", part.component, time(part.hours_per_year))).collect();
    let total = time(planned.hours_per_year);
    match parts.is_empty() {
        true => "planned work costs nothing".to_owned(),
        false => format!("besides, {total} a year of planned work: {}", short_list(&parts, 5)),
    }
}

fn in_all(total: &TotalRow) -> String {
    let met = match total.met {
        None => "",
        Some(true) => ", which meets the target",
        Some(false) => ", which misses the target",
    };
    format!("in all at most {} a year{met}", time(total.hours_per_year))
}

/// Swings that the text shows; JSON has all.
const SWINGS_SHOWN: usize = 20;

fn sensitivity(row: &ServiceRow, terminal: Terminal) -> String {
    if row.sensitivity.is_empty() {
        return String::new();
    }
    let title = "what each input does: half and twice its value, or the range that is stated";
    let mut out = format!("  {}\n", terminal.paint(Style::Faint, title));
    for input in row.sensitivity.iter().take(SWINGS_SHOWN) {
        let text = format!("  {}", an_input(input));
        out.push_str(&paragraph(&clean(&text), "      ", terminal));
    }
    let more = row.sensitivity.len().saturating_sub(SWINGS_SHOWN);
    if more > 0 {
        out.push_str(&format!("  and {more} with less effect\n"));
    }
    out
}

fn an_input(input: &InputRow) -> String {
    format!(
        "{} {} {} to {}: down {} to {} a year",
        input.component,
        input.input,
        input.low,
        input.high,
        time(input.hours_per_year_at_low),
        time(input.hours_per_year_at_high)
    )
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
    let fails = one.fails.map_or(String::new(), |share| format!(", {:.1}% fail", share * 100.0));
    let (what, often, long) = (&one.what, one.per_year, one.seconds);
    format!("{what} {often:.2} times a year, {long:.0} s each{assumed}{fails}")
}

fn worth(worth: Option<f64>) -> String {
    worth.map_or("unlimited".to_owned(), |worth| format!("{worth:.2}"))
}

pub fn markdown(report: &AvailabilityReport) -> String {
    let mut out = format!("# Availability: {}\n\n", escape(&report.topology));
    out.push_str(&results(report));
    out.push_str(&shares(report));
    out.push_str(&inputs(report));
    out.push_str("\n## Assumed\n\n");
    for row in &report.assumptions {
        out.push_str(&format!("- {}\n", escape(&assumption(row))));
    }
    out.push_str("\n## Not in these figures\n\n");
    for note in &report.notes {
        out.push_str(&format!("- {}\n", escape(note)));
    }
    out
}

fn results(report: &AvailabilityReport) -> String {
    let mut out = String::from(
        "| service | availability | down a year | target | verdict | switching over | planned work | in all |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for row in &report.services {
        let (availability, down) = up_and_down(row);
        let target = row.target.as_ref().map_or("-".to_owned(), |t| t.availability.clone());
        let judged = row.target.as_ref().map_or("-".to_owned(), |t| verdict(t, row.assumed));
        let hours = |hours: Option<f64>| hours.map_or("-".to_owned(), time);
        let switching = hours(row.switch_over.as_ref().map(|s| s.hours_per_year));
        let planned = hours(row.planned_work.as_ref().map(|p| p.hours_per_year));
        let in_all = hours(row.in_all.as_ref().map(|total| total.hours_per_year));
        let name = escape(&row.service);
        out.push_str(&format!(
            "| {name} | {availability} | {down} | {target} | {judged} | {switching} | {planned} | \
             {in_all} |\n"
        ));
    }
    out
}

/// The availability and the time down in a year, from end to end where they are not exact.
fn up_and_down(row: &ServiceRow) -> (String, String) {
    let (unavailability, down) = (row.unavailability, row.downtime_hours_per_year);
    let (most, least) = (percent(unavailability.lower), percent(unavailability.upper));
    match row.exact {
        true => (least, time(down.upper)),
        false => {
            (format!("{least} to {most}"), format!("{} to {}", time(down.lower), time(down.upper)))
        }
    }
}

fn shares(report: &AvailabilityReport) -> String {
    let mut out = String::from(
        "\n| service | component | share of the outage | unavailability | Birnbaum | \
         Fussell-Vesely | RAW | RRW |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in &report.services {
        for one in &row.contributors {
            let assumed = if one.assumed { " (assumed)" } else { "" };
            out.push_str(&format!(
                "| {} | {} | {:.1}% | {:.1e}{assumed} | {:.1e} | {} | {:.1} | {} |\n",
                escape(&row.service),
                escape(&one.component),
                one.criticality * 100.0,
                one.unavailability,
                one.birnbaum,
                share(one.fussell_vesely),
                one.risk_achievement_worth,
                worth(one.risk_reduction_worth)
            ));
        }
    }
    out
}

fn inputs(report: &AvailabilityReport) -> String {
    let mut out = String::new();
    for row in &report.services {
        for input in &row.sensitivity {
            let (service, text) = (escape(&row.service), escape(&an_input(input)));
            out.push_str(&format!("| {service} | {text} |\n"));
        }
    }
    match out.is_empty() {
        true => out,
        false => format!("\n| service | what each input does |\n|---|---|\n{out}"),
    }
}
