//! `cuts`: minimal cut sets or path sets, written one by one as they are found.
//!
//! A listing may be longer than memory: nothing here holds more than one set.

use std::io::{self, Write};

use serde::Serialize;

use super::PathStep;
use super::csv::cell;
use super::terminal::{Style, Terminal};
use super::text::paragraph;
use crate::text::{and_list, clean};

/// Version of the JSON form.
pub const VERSION: u32 = 1;

/// What the listing is of.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    pub failscope_cuts: u32,
    /// The service, function or top event.
    pub subject: String,
    /// `minimal cut sets` or `minimal path sets`.
    pub sets_are: &'static str,
    /// How many there are, listed or not.
    pub count: String,
    /// How many there are of each order, from order 0 on; empty where that costs too much.
    pub by_order: Vec<String>,
    /// How many there are of higher orders than those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_higher_order: Option<String>,
    /// Sets above this order are neither counted nor listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up_to_order: Option<u32>,
    /// What the reader must know about the answer.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct CutSet {
    pub order: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Some of its figures are assumed, not stated.
    pub assumed: bool,
    /// What all members stand on or belong to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<String>,
    pub members: Vec<Member>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Member {
    pub component: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<PathStep>,
}

#[derive(Debug, Clone, Copy)]
pub enum Format {
    Text(Terminal),
    Json,
    Csv,
}

/// Writes a listing to a stream.
pub struct Listing<'w> {
    out: &'w mut dyn Write,
    format: Format,
    written: usize,
}

impl<'w> Listing<'w> {
    pub fn begin(out: &'w mut dyn Write, format: Format, head: &Head) -> io::Result<Listing<'w>> {
        match format {
            Format::Text(terminal) => out.write_all(title(head, terminal).as_bytes())?,
            Format::Json => {
                let head = serde_json::to_string_pretty(head)?;
                let open = head.trim_end().trim_end_matches('}').trim_end();
                write!(out, "{open},\n  \"sets\": [")?;
            }
            Format::Csv => writeln!(out, "order,probability,assumed,members,shared")?,
        }
        Ok(Listing { out, format, written: 0 })
    }

    pub fn set(&mut self, set: &CutSet) -> io::Result<()> {
        self.written += 1;
        match self.format {
            Format::Text(terminal) => self.out.write_all(text(set, terminal).as_bytes()),
            Format::Json => {
                let comma = if self.written > 1 { "," } else { "" };
                write!(self.out, "{comma}\n    {}", serde_json::to_string(set)?)
            }
            Format::Csv => self.record(set),
        }
    }

    pub fn end(self) -> io::Result<()> {
        match (self.format, self.written) {
            (Format::Json, 0) => writeln!(self.out, "]\n}}"),
            (Format::Json, _) => writeln!(self.out, "\n  ]\n}}"),
            _ => Ok(()),
        }
    }

    fn record(&mut self, set: &CutSet) -> io::Result<()> {
        let members: Vec<String> = set.members.iter().map(|m| cell(&m.component)).collect();
        let mut record = csv::Writer::from_writer(Vec::new());
        record.write_record([
            set.order.to_string(),
            set.probability.map_or(String::new(), |p| format!("{p:e}")),
            if set.assumed { "yes" } else { "no" }.to_owned(),
            members.join("; "),
            cell(&set.shared.join("; ")),
        ])?;
        let bytes = record.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        self.out.write_all(&bytes)
    }
}

fn title(head: &Head, terminal: Terminal) -> String {
    let limit =
        head.up_to_order.map_or(String::new(), |order| format!(" of order {order} or less"));
    let line = format!("{}: {} {}{limit}", head.subject, head.count, head.sets_are);
    let mut out = format!("{}\n", terminal.paint(Style::Strong, &clean(&line)));
    for (order, count) in head.by_order.iter().enumerate().filter(|(_, count)| *count != "0") {
        out.push_str(&format!("  order {order}: {count}\n"));
    }
    if let Some(above) = &head.of_higher_order {
        out.push_str(&format!("  higher: {above}\n"));
    }
    for note in &head.notes {
        out.push_str(&paragraph(&format!("  {}", clean(note)), "  ", terminal));
    }
    out
}

fn text(set: &CutSet, terminal: Terminal) -> String {
    let names: Vec<String> = set.members.iter().map(|m| clean(&m.component).into_owned()).collect();
    let names = if names.is_empty() { "nothing has to fail".to_owned() } else { and_list(&names) };
    let probability = match (set.probability, set.assumed) {
        (None, _) => String::new(),
        (Some(p), false) => format!("  {p:.2e}"),
        (Some(p), true) => format!("  {p:.2e} (assumed)"),
    };
    let mut out = format!("\n{}{probability}\n", terminal.paint(Style::Strong, &names));
    if !set.shared.is_empty() {
        let shared = format!("  share {}", clean(&and_list(&set.shared)));
        out.push_str(&paragraph(&shared, "    ", terminal));
    }
    for member in set.members.iter().filter(|member| member.path.len() > 1) {
        let steps: Vec<&str> = member.path.iter().map(|step| step.component.as_str()).collect();
        let path = format!("  {}", clean(&steps.join(" → ")));
        out.push_str(&paragraph(&path, "    ", terminal));
    }
    out
}
