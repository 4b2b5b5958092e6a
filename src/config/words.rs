//! Words that a project file and a comment have in common: rules, dates, scopes.

use jiff::civil::Date;

use super::rule_file;
use crate::diagnostic::Diagnostic;
use crate::graph::Scope;
use std::sync::Arc;

use crate::rules::own::OwnRule;
use crate::rules::{self, AnyRule, governance};
use crate::source::Span;
use crate::text;

/// A rule by id or name, built in or one of these.
pub(super) fn find(word: &str, own: &[Arc<OwnRule>]) -> Option<AnyRule> {
    rules::find(word).map(AnyRule::from).or_else(|| rule_file::find(own, word))
}

/// The same; a word that names none is reported.
pub(super) fn rule(
    word: &str,
    span: Span,
    own: &[Arc<OwnRule>],
) -> Result<AnyRule, Box<Diagnostic>> {
    find(word, own).ok_or_else(|| {
        let names = rules::listed()
            .flat_map(|rule| [rule.id, rule.name])
            .chain(own.iter().flat_map(|rule| [rule.id.as_str(), rule.name.as_str()]));
        let help = match text::nearest(word, names, &mut text::SEARCH_BUDGET.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "rules are named by their id, such as `BTS104`, or by their name".to_owned(),
        };
        let message = format!("there is no rule `{}`", text::shortened(word));
        Box::new(Diagnostic::error("config/unknown-rule", span, message).help(help))
    })
}

/// A rule that a waiver may silence.
pub(super) fn waivable(
    word: &str,
    span: Span,
    own: &[Arc<OwnRule>],
) -> Result<AnyRule, Box<Diagnostic>> {
    let rule = rule(word, span, own)?;
    let refuse = |message: String, help: &str| {
        Err(Box::new(Diagnostic::error("config/not-suppressible", span, message).help(help)))
    };
    if governance::is_about_waivers(rule.id()) {
        return refuse(
            format!("{} is about waivers and cannot be waived", rule.id()),
            "`severity:` in failscope.yaml changes what it counts as",
        );
    }
    match governance::never_waived(rule.id()) {
        Some(why) => refuse(
            format!("{} {} cannot be waived: {why}", rule.id(), rule.about().name),
            "mend what it finds",
        ),
        None => Ok(rule),
    }
}

/// A calendar day, written in full: what is read otherwise could be read for ever.
pub fn date(word: &str) -> Option<Date> {
    let shape = word.len() == 10
        && word.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if shape { word.parse().ok() } else { None }
}

pub(super) fn until(word: &str, span: Span) -> Result<Date, Box<Diagnostic>> {
    date(word).ok_or_else(|| {
        let message = format!("`{}` is no date", text::shortened(word));
        Box::new(
            Diagnostic::error("config/date", span, message)
                .help("write year, month and day: `2027-03-31`"),
        )
    })
}

pub(super) fn scope(word: &str, span: Span) -> Result<Scope, Box<Diagnostic>> {
    Scope::ALL.into_iter().find(|scope| scope.as_str() == word).ok_or_else(|| {
        let message = format!("`{}` is no scope", text::shortened(word));
        let known = Scope::ALL.map(Scope::as_str);
        Box::new(
            Diagnostic::error("config/scope", span, message)
                .help(format!("write one of {}", text::or_list(&known))),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_calendar_day_is_a_date() {
        assert!(date("2027-03-31").is_some() && date("2028-02-29").is_some());
        for word in ["2027-02-29", "2027-3-31", "31.03.2027", "2027-03", "never", "", "2027-13-01"]
        {
            assert!(date(word).is_none(), "{word}");
        }
    }
}
