//! `sweep`: every failure, alone or in pairs, that stops a service.

use serde::Serialize;

use super::csv::cell;
use super::terminal::{Style, Terminal};
use super::text::paragraph;
use crate::text::{and_list, clean, count, short_list};

/// Version of the JSON form.
pub const VERSION: u32 = 1;

#[derive(Debug, Clone, Serialize)]
pub struct Sweep {
    pub failscope_sweep: u32,
    pub topology: String,
    /// Most failures at one time.
    pub order: u32,
    /// A second method found the same.
    pub checked: bool,
    /// What was asked about.
    pub services: Vec<String>,
    /// Down in the design as it is; left out of the rows.
    pub down: Vec<String>,
    pub rows: Vec<SweepRow>,
}

/// Failures that together stop some services; no member is superfluous for any of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SweepRow {
    pub fail: Vec<String>,
    pub stops: Vec<String>,
}

pub fn text(sweep: &Sweep, terminal: Terminal) -> String {
    let title = format!("Sweep: {}", sweep.topology);
    let mut out = format!("{}\n", terminal.paint(Style::Strong, &clean(&title)));
    out.push_str(&count(sweep.services.len(), "service"));
    for order in 1..=sweep.order as usize {
        let rows = sweep.rows.iter().filter(|row| row.fail.len() == order).count();
        let word = if order == 1 { "single failure" } else { "pair" };
        let verb = if rows == 1 { "stops" } else { "stop" };
        out.push_str(&format!(", {} that {verb} one", count(rows, word)));
    }
    out.push_str(if sweep.checked { "; a second method found the same\n" } else { "\n" });
    if !sweep.down.is_empty() {
        let text = format!("down as designed: {}", short_list(&sweep.down, 8));
        out.push_str(&paragraph(&clean(&text), "    ", terminal));
    }
    for row in &sweep.rows {
        let line = format!("{}: stops {}", and_list(&row.fail), short_list(&row.stops, 8));
        out.push_str(&paragraph(&clean(&line), "    ", terminal));
    }
    out
}

pub fn csv(sweep: &Sweep) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["order", "fail", "stops"])?;
    for row in &sweep.rows {
        writer.write_record([
            row.fail.len().to_string(),
            cell(&row.fail.join("; ")),
            cell(&row.stops.join("; ")),
        ])?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
