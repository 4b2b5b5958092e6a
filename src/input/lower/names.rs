//! The name table: who is called what, defined once, before anything refers to it.

use std::mem::{self, Discriminant};

use rustc_hash::FxHashMap;

use super::referable::Referable;
use crate::diagnostic::Diagnostic;
use crate::input::de::Problems;
use crate::input::lenient::{Named, Opt, Sp};
use crate::input::raw;
use crate::model::*;
use crate::source::Span;
use crate::text;

/// Longest name; longer ones are surely a mistake and would drown every table.
const LONGEST_NAME: usize = 200;

pub(super) struct Names {
    by_name: FxHashMap<String, Entry>,
    /// Words that refer to something defined under another name: network names, listeners.
    aliases: FxHashMap<String, Element>,
    /// Names that Windows and DNS compare without case: kind, name in lower case, as written.
    folded: FxHashMap<(Discriminant<Element>, String), Span>,
}

#[derive(Clone, Copy)]
struct Entry {
    element: Element,
    span: Span,
    /// Databases of one name on several instances must be told apart.
    ambiguous: bool,
}

impl Names {
    pub(super) fn collect(raw: &raw::Topology, problems: &Problems) -> Names {
        let mut names = Names {
            by_name: FxHashMap::default(),
            aliases: FxHashMap::default(),
            folded: FxHashMap::default(),
        };
        names.section(&raw.sites, Element::Site, problems);
        names.section(&raw.servers, Element::Server, problems);
        names.section(&raw.storage, Element::Storage, problems);
        names.section(&raw.clusters, Element::Cluster, problems);
        names.groups(&raw.clusters, problems);
        names.section(&raw.load_balancers, Element::LoadBalancer, problems);
        names.section(&raw.networks, Element::Network, problems);
        names.section(&raw.domain_controllers, Element::DomainController, problems);
        names.section(&raw.dns_servers, Element::DnsServer, problems);
        names.section(&raw.sql_instances, Element::SqlInstance, problems);
        names.section(&raw.availability_groups, Element::AvailabilityGroup, problems);
        names.databases(raw, problems);
        names.section(&raw.file_shares, Element::FileShare, problems);
        names.section(&raw.external, Element::External, problems);
        names.section(&raw.components, Element::Component, problems);
        names.biztalk(raw, problems);
        names.section(&raw.services, Element::Service, problems);
        names
    }

    fn section<T, M>(
        &mut self,
        section: &Named<T>,
        element: fn(Id<M>) -> Element,
        problems: &Problems,
    ) {
        for (index, (name, _)) in section.0.iter().enumerate() {
            self.define(&name.value, element(Id::new(index)), name.span, problems);
        }
    }

    /// Groups are known as `CLUSTER/GROUP`, and by their network name.
    fn groups(&mut self, clusters: &Named<raw::Cluster>, problems: &Problems) {
        let groups = clusters.0.iter().flat_map(|(cluster, raw)| {
            let groups = raw.as_ref().map_or(&[][..], |raw| &raw.groups.0);
            groups.iter().map(move |group| (cluster, group))
        });
        for (index, (cluster, (name, raw))) in groups.enumerate() {
            let element = Element::Group(Id::new(index));
            check_name(&name.value, name.span, problems);
            let qualified = format!("{}/{}", cluster.value, name.value);
            self.insert(&qualified, element, name.span, problems);
            if let Some(alias) = raw.as_ref().and_then(|raw| raw.network_name.get()) {
                self.aliases.insert(alias.value.clone(), element);
            }
        }
    }

    /// Databases are known as `INSTANCE/DATABASE`, and by their own name where it is the only one.
    fn databases(&mut self, raw: &raw::Topology, problems: &Problems) {
        for (index, (owner, name)) in databases(raw).map(|(o, n, _)| (o, n)).enumerate() {
            let element = Element::Database(Id::new(index));
            check_name(&name.value, name.span, problems);
            let qualified = format!("{}/{}", owner.value, name.value);
            self.insert(&qualified, element, name.span, problems);
            match self.by_name.get_mut(&name.value) {
                Some(entry) if matches!(entry.element, Element::Database(_)) => {
                    entry.ambiguous = true;
                }
                _ => self.insert(&name.value, element, name.span, problems),
            }
        }
        let listeners = raw.availability_groups.0.iter().enumerate();
        for (index, listener) in
            listeners.filter_map(|(i, (_, raw))| Some((i, raw.as_ref()?.listener.get()?)))
        {
            let element = Element::AvailabilityGroup(Id::new(index));
            self.aliases.insert(listener.value.clone(), element);
        }
    }

    fn biztalk(&mut self, raw: &raw::Topology, problems: &Problems) {
        let (mut hosts, mut locations, mut ports, mut orchestrations) = (0, 0, 0, 0);
        for (index, (name, group)) in biztalk_groups(raw).enumerate() {
            if let Some(name) = name {
                let element = Element::BiztalkGroup(Id::new(index));
                self.define(&name.value, element, name.span, problems);
            }
            let Some(group) = group else { continue };
            for (name, _) in &group.hosts.0 {
                self.define(&name.value, Element::Host(Id::new(hosts)), name.span, problems);
                hosts += 1;
            }
            for (name, _) in &group.receive_locations.0 {
                let element = Element::ReceiveLocation(Id::new(locations));
                self.define(&name.value, element, name.span, problems);
                locations += 1;
            }
            for (name, _) in &group.send_ports.0 {
                self.define(&name.value, Element::SendPort(Id::new(ports)), name.span, problems);
                ports += 1;
            }
            for (name, _) in &group.orchestrations.0 {
                let element = Element::Orchestration(Id::new(orchestrations));
                self.define(&name.value, element, name.span, problems);
                orchestrations += 1;
            }
        }
    }

    fn define(&mut self, name: &str, element: Element, span: Span, problems: &Problems) {
        check_name(name, span, problems);
        self.insert(name, element, span, problems);
        if is_compared_without_case(element) {
            self.report_same_but_for_case(name, element, span, problems);
        }
    }

    /// Two spellings of one computer would look like two computers.
    fn report_same_but_for_case(
        &mut self,
        name: &str,
        element: Element,
        span: Span,
        problems: &Problems,
    ) {
        let key = (mem::discriminant(&element), name.to_lowercase());
        let first = *self.folded.entry(key).or_insert(span);
        // A name that is written the same way is reported as defined twice.
        if first == span || self.by_name.get(name).is_some_and(|entry| entry.span != span) {
            return;
        }
        let message = format!(
            "`{}` is the name of {} already, but for upper and lower case",
            text::shortened(name),
            element.noun()
        );
        problems.push(
            Diagnostic::error("input/duplicate-name", span, message)
                .label("defined again here")
                .related(first, "first defined here")
                .help("Windows and DNS take both for one: write it in one way, or rename one of the two"),
        );
    }

    fn insert(&mut self, name: &str, element: Element, span: Span, problems: &Problems) {
        if let Some(first) = self.by_name.get(name) {
            problems.push(
                Diagnostic::error(
                    "input/duplicate-name",
                    span,
                    format!(
                        "`{}` is the name of {} already",
                        text::shortened(name),
                        first.element.noun()
                    ),
                )
                .label("defined again here")
                .related(first.span, "first defined here")
                .help("give one of them another name; a name is defined once in a topology"),
            );
            return;
        }
        self.by_name.insert(name.to_owned(), Entry { element, span, ambiguous: false });
    }

    /// What a word refers to, without complaint.
    pub(super) fn find(&self, word: &str) -> Option<Element> {
        match self.by_name.get(word) {
            Some(entry) if !entry.ambiguous => Some(entry.element),
            Some(_) => None,
            None => self.aliases.get(word).copied(),
        }
    }

    /// What a word refers to; reports a word that refers to nothing.
    pub(super) fn element(&self, word: &Sp<String>, problems: &Problems) -> Option<Element> {
        let found = self.find(&word.value);
        if found.is_none() {
            self.report_unknown(word, "a component", |_| true, problems);
        }
        found
    }

    /// A reference to one kind of thing; reports anything else.
    pub(super) fn reference<T: Referable>(
        &self,
        word: &Sp<String>,
        problems: &Problems,
    ) -> Option<Ref<T>> {
        match self.find(&word.value) {
            None => {
                self.report_unknown(word, T::NOUN, |e| T::of(e).is_some(), problems);
                None
            }
            Some(element) => match T::of(element) {
                Some(id) => Some(At::new(id, word.span)),
                None => {
                    report_wrong_kind(word, element, T::NOUN, problems);
                    None
                }
            },
        }
    }

    fn report_unknown(
        &self,
        word: &Sp<String>,
        noun: &str,
        fits: impl Fn(Element) -> bool,
        problems: &Problems,
    ) {
        if self.by_name.get(&word.value).is_some_and(|entry| entry.ambiguous) {
            problems.push(
                Diagnostic::error(
                    "input/ambiguous-name",
                    word.span,
                    format!(
                        "several SQL instances have a database `{}`",
                        text::shortened(&word.value)
                    ),
                )
                .help("write `INSTANCE/DATABASE`"),
            );
            return;
        }
        let help = match problems.may_search(self.by_name.len()) {
            true => self.nearest_fitting(&word.value, noun, fits, problems),
            false => "define it, or write a name that this topology defines".to_owned(),
        };
        problems.push(
            Diagnostic::error(
                "input/unknown-name",
                word.span,
                format!("`{}` is not {noun} of this topology", text::shortened(&word.value)),
            )
            .help(help),
        );
    }

    fn nearest_fitting(
        &self,
        word: &str,
        noun: &str,
        fits: impl Fn(Element) -> bool,
        problems: &Problems,
    ) -> String {
        let mut candidates: Vec<&str> = self
            .by_name
            .iter()
            .filter(|(_, entry)| fits(entry.element))
            .map(|(name, _)| name.as_str())
            .collect();
        candidates.sort_unstable();
        match problems.nearest(word, candidates.iter().copied()) {
            Some(near) => format!("did you mean `{}`?", text::shortened(near)),
            None if candidates.is_empty() => format!("nothing in this topology is {noun} yet"),
            None => format!("known here: {}", text::short_list(&candidates, 8)),
        }
    }
}

fn is_compared_without_case(element: Element) -> bool {
    matches!(
        element,
        Element::Server(_)
            | Element::Cluster(_)
            | Element::DomainController(_)
            | Element::DnsServer(_)
            | Element::SqlInstance(_)
            | Element::AvailabilityGroup(_)
            | Element::Host(_)
    )
}

pub(super) fn report_wrong_kind(
    word: &Sp<String>,
    found: Element,
    wanted: &str,
    problems: &Problems,
) {
    problems.push(
        Diagnostic::error(
            "input/wrong-kind",
            word.span,
            format!(
                "`{}` is {}, but {wanted} is needed here",
                text::shortened(&word.value),
                found.noun()
            ),
        )
        .help(format!("name {wanted}")),
    );
}

pub(super) fn check_name(name: &str, span: Span, problems: &Problems) {
    let complaint = if name.trim().is_empty() {
        "a name must not be empty"
    } else if name.contains(['\n', '\t']) {
        "a name must be one line without tabs"
    } else if name.chars().count() > LONGEST_NAME {
        "a name must not be longer than 200 characters"
    } else {
        return;
    };
    problems.push(
        Diagnostic::error("input/name", span, complaint)
            .help("use letters, digits, spaces and punctuation that can be seen"),
    );
}

/// Every database with the name of what carries it, in the order of their ids.
pub(super) fn databases(
    raw: &raw::Topology,
) -> impl Iterator<Item = (&Sp<String>, &Sp<String>, Option<&raw::Database>)> {
    let of_instances =
        raw.sql_instances.0.iter().filter_map(|(name, raw)| Some((name, &raw.as_ref()?.databases)));
    let of_groups = raw
        .availability_groups
        .0
        .iter()
        .filter_map(|(name, raw)| Some((name, &raw.as_ref()?.databases)));
    of_instances.chain(of_groups).flat_map(|(owner, databases)| {
        databases.0.iter().map(move |(name, raw)| (owner, name, raw.as_deref()))
    })
}

/// The groups in the order of their ids: the `biztalk` section first, if there is one.
pub(super) fn biztalk_groups(
    raw: &raw::Topology,
) -> impl Iterator<Item = (Option<&Sp<String>>, Option<&raw::Biztalk>)> {
    let first = match &raw.biztalk {
        Opt::Is(group) => Some((None, Some(&group.value))),
        Opt::Absent | Opt::Invalid => None,
    };
    let named = raw.biztalk_groups.0.iter().map(|(name, group)| (Some(name), group.as_deref()));
    first.into_iter().chain(named)
}
