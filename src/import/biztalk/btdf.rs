//! Values for placeholders, as the BizTalk Deployment Framework keeps them.
//!
//! Either the settings of one environment (`settings/property`), or the sheet of all
//! of them. From a sheet without a chosen environment only those values are taken on
//! which all environments agree: which environment is meant cannot be guessed.

use roxmltree::Node;

use super::Options;
use super::inventory::Fact;
use super::merge::Merge;
use super::secrets;
use super::xml::{attribute, children, tag_span, text};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, Span};

/// Column of a setting's name, and of its value for every environment without its own.
const NAME: usize = 1;
const DEFAULT: usize = 2;
/// Columns of a sheet that are looked at.
const MOST_COLUMNS: usize = 1000;

pub(super) fn read_values(root: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    for property in children(root, "property") {
        let at = tag_span(file, property);
        if let (Some(name), Some(value)) = (attribute(property, "name"), text(property)) {
            merge.value(name, Fact::new(value, at));
        }
    }
}

pub(super) fn read_sheet(root: Node<'_, '_>, file: FileId, options: &Options, merge: &mut Merge) {
    for sheet in children(root, "Worksheet") {
        for table in children(sheet, "Table") {
            let rows: Vec<Row> = children(table, "Row").map(|row| Row::read(row, file)).collect();
            if read_rows(&rows, options, merge).is_none() {
                merge.left_out.push(file);
                return;
            }
        }
    }
}

/// None if the sheet has not the environment that is asked for.
fn read_rows(rows: &[Row], options: &Options, merge: &mut Merge) -> Option<()> {
    let starts_with = |row: &&Row, word: &str| row.cell(NAME).is_some_and(|cell| cell == word);
    let Some(header) = rows.iter().find(|row| starts_with(row, "Environment Name:")) else {
        return Some(());
    };
    let environments: Vec<&(usize, String)> =
        header.cells.iter().filter(|(column, _)| *column > DEFAULT).collect();
    let column = match &options.environment {
        Some(wanted) => {
            let found = environments.iter().find(|(_, name)| name.eq_ignore_ascii_case(wanted));
            let Some((column, _)) = found else {
                say_unknown(wanted, &environments, header.at, merge);
                return None;
            };
            Some(*column)
        }
        None => {
            say_choice(&environments, header.at, merge);
            None
        }
    };
    let settings = rows.iter().skip_while(|row| !starts_with(row, "Settings:")).skip(1);
    for row in settings {
        let value = match column {
            Some(column) => row.cell(column).or(row.cell(DEFAULT)),
            None => row.common(&environments),
        };
        if let (Some(name), Some(value)) = (row.cell(NAME), value) {
            merge.value(name, Fact::new(value.to_owned(), row.at));
        }
    }
    Some(())
}

fn say_choice(environments: &[&(usize, String)], at: Span, merge: &mut Merge) {
    if environments.is_empty() {
        return;
    }
    let message = format!(
        "the sheet holds settings of {}; only values on which all agree are used",
        listed(environments)
    );
    merge.problems.push(
        Diagnostic::new("import/environment", Severity::Warning, at, message)
            .help("choose one with `--environment NAME`"),
    );
}

fn say_unknown(wanted: &str, environments: &[&(usize, String)], at: Span, merge: &mut Merge) {
    let message = format!("the sheet has no environment `{}`", secrets::tidy(wanted));
    merge.problems.push(
        Diagnostic::error("import/environment", at, message)
            .label("left out")
            .help(format!("it has {}", listed(environments))),
    );
}

fn listed(environments: &[&(usize, String)]) -> String {
    let names: Vec<String> =
        environments.iter().map(|(_, name)| format!("`{}`", secrets::clean(name).text)).collect();
    crate::text::short_list(&names, 8)
}

/// The filled cells of a row, by column.
struct Row {
    at: Span,
    cells: Vec<(usize, String)>,
}

impl Row {
    /// A cell may state its column; the cells between are empty then.
    fn read(row: Node<'_, '_>, file: FileId) -> Row {
        let mut cells = Vec::new();
        let mut column = 0;
        for cell in children(row, "Cell") {
            column = attribute(cell, "Index").and_then(|at| at.parse().ok()).unwrap_or(column + 1);
            if column > MOST_COLUMNS {
                break;
            }
            if let Some(value) = children(cell, "Data").next().and_then(all_text) {
                cells.push((column, value));
            }
        }
        Row { at: tag_span(file, row), cells }
    }

    fn cell(&self, column: usize) -> Option<&str> {
        self.cells.iter().find(|(at, _)| *at == column).map(|(_, value)| value.as_str())
    }

    /// The one value that every environment has.
    fn common(&self, environments: &[&(usize, String)]) -> Option<&str> {
        let default = self.cell(DEFAULT);
        let mut values = environments.iter().map(|(column, _)| self.cell(*column).or(default));
        let first = values.next().unwrap_or(default)?;
        values.all(|value| value == Some(first)).then_some(first)
    }
}

/// Formatted cells hold their text in further elements.
fn all_text(data: Node<'_, '_>) -> Option<String> {
    let pieces: String =
        data.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect();
    let trimmed = pieces.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::biztalk::xml;

    const SHEET: &str = r#"<Workbook xmlns:ss="urn:s"><Worksheet><Table>
      <Row><Cell><Data>Environment Name:</Data></Cell><Cell><Data>Default Values</Data></Cell>
        <Cell><Data>Test</Data></Cell><Cell><Data>Production</Data></Cell></Row>
      <Row><Cell><Data>Settings:</Data></Cell></Row>
      <Row><Cell><Data>Host</Data></Cell><Cell><Data>App</Data></Cell>
        <Cell ss:Index="4"><Data>ProdHost</Data></Cell></Row>
      <Row><Cell><Data>Name</Data></Cell><Cell><Data>Orders</Data></Cell></Row>
      <Row><Cell><Data>DbPassword</Data></Cell><Cell><Data>s3cret</Data></Cell></Row>
    </Table></Worksheet></Workbook>"#;

    fn resolved(environment: Option<&str>, text: &str) -> String {
        let document = xml::parse(SHEET).unwrap();
        let mut merge = Merge::default();
        let options = Options { environment: environment.map(str::to_owned) };
        read_sheet(document.root_element(), FileId::from_index(0), &options, &mut merge);
        merge.tokens.resolve(text)
    }

    #[test]
    fn an_empty_cell_means_the_default() {
        assert_eq!(resolved(Some("test"), "${Host}"), "App");
        assert_eq!(resolved(Some("Production"), "${Host}"), "ProdHost");
    }

    #[test]
    fn without_an_environment_only_common_values_are_used() {
        assert_eq!(resolved(None, "${Host} ${Name}"), "${Host} Orders");
    }

    #[test]
    fn secrets_are_not_kept() {
        assert_eq!(resolved(Some("Test"), "${DbPassword}"), "${DbPassword}");
    }
}
