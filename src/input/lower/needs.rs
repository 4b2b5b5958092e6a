//! `needs:` entries to [`Need`]s.

use super::Lower;
use crate::diagnostic::Diagnostic;
use crate::input::lenient::{List, Sp};
use crate::input::raw;
use crate::model::{Need, NeedKind, NeedOf};
use crate::source::Span;

impl Lower<'_> {
    /// The reader's depth limit bounds the recursion through nested groups.
    pub(super) fn needs(&self, raw: &raw::Needs) -> Vec<Need> {
        raw.0.iter().filter_map(|need| self.need(need, false)).collect()
    }

    fn need(&self, raw: &Sp<raw::Need>, nested: bool) -> Option<Need> {
        match &raw.value {
            raw::Need::Name(name) => {
                let word = Sp { value: name.clone(), span: raw.span };
                let element = self.names.element(&word, self.problems)?;
                let of = NeedOf::One(element);
                Some(Need { of, kind: NeedKind::Run, why: None, span: raw.span })
            }
            raw::Need::Group(group) => self.need_group(group, raw.span, nested),
        }
    }

    fn need_group(&self, raw: &raw::NeedGroup, span: Span, nested: bool) -> Option<Need> {
        if let (Some(kind), true) = (raw.kind.get(), nested) {
            self.problems.push(
                Diagnostic::error(
                    "input/nested-kind",
                    kind.span,
                    "a group inside another group has no `kind` of its own",
                )
                .help("write `kind` on the outer group, or make it two entries of `needs`"),
            );
        }
        let kind = raw.kind.get().map_or(NeedKind::Run, |kind| kind.value);
        let (at_least, among) = self.group_members(raw, span)?;
        let members: Vec<Need> = among.0.iter().filter_map(|need| self.need(need, true)).collect();
        if members.len() < among.0.len() {
            return None; // a member was refused and reported
        }
        let at_least = at_least.unwrap_or(u32::try_from(members.len()).unwrap_or(u32::MAX));
        if at_least == 0 || at_least as usize > members.len() {
            let message = format!(
                "{at_least} of {} can never be meant",
                crate::text::count(members.len(), "member")
            );
            self.problems.push(
                Diagnostic::error("input/at-least", span, message)
                    .help(format!("write a number from 1 to {}", members.len())),
            );
            return None;
        }
        let of = NeedOf::Some { at_least, among: members };
        Some(Need { of, kind, why: raw.why.value().cloned(), span })
    }

    /// How many of which entries: exactly one of `all`, `any`, `at_least` with `of`.
    fn group_members<'r>(
        &self,
        raw: &'r raw::NeedGroup,
        span: Span,
    ) -> Option<(Option<u32>, &'r List<raw::Need>)> {
        let given = |list: &List<raw::Need>| !list.0.is_empty();
        let counted = given(&raw.of) || !raw.at_least.is_absent();
        let chosen = match (given(&raw.all), given(&raw.any), counted) {
            (true, false, false) => Some((None, &raw.all)),
            (false, true, false) => Some((Some(1), &raw.any)),
            (false, false, true) if given(&raw.of) => {
                raw.at_least.get().map(|at_least| (Some(at_least.value), &raw.of))
            }
            _ => None,
        };
        if chosen.is_none() {
            self.problems.push(
                Diagnostic::error(
                    "input/need-group",
                    span,
                    "a group of needs has exactly one of `all`, `any`, or `at_least` with `of`",
                )
                .help("write e.g. `{ any: [a, b] }` or `{ at_least: 2, of: [a, b, c] }`"),
            );
        }
        chosen
    }
}
