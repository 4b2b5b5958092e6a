//! Causes that strike several components at once, put in place of the components' own failures.
//!
//! The models know one unavailability for all members of a group; where these differ, the
//! highest stands for all, which is the safe side.

use rustc_hash::{FxHashMap, FxHashSet};

use super::figures::{Figures, copies};
use crate::engine::common_cause::{Expansion, Factors, Group, InvalidGroup};
use crate::engine::sensitivity::Range as Ends;
use crate::engine::{Event, Expr, Probability};
use crate::graph::{ComponentId, DependencyGraph};
use crate::model::{CommonCause, CommonFactors, Topology};

/// The groups of a topology.
#[derive(Debug)]
pub struct Common {
    groups: Vec<Members>,
    expansion: Expansion,
    /// What each cause comes from, from the first event after the components on.
    first: u32,
    causes: Vec<Cause>,
    alone: FxHashMap<ComponentId, Event>,
}

#[derive(Debug)]
struct Members {
    name: String,
    components: Vec<ComponentId>,
    factors: Factors,
}

/// One cause and what it strikes.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// The name of its group.
    pub group: String,
    pub strikes: Vec<ComponentId>,
}

impl Common {
    pub fn new(
        topology: &Topology,
        graph: &DependencyGraph,
        figures: &Figures,
    ) -> Result<Common, InvalidGroup> {
        let groups: Vec<Members> =
            topology.common_causes.values().map(|cause| members(cause, graph)).collect();
        let first = graph.len() as u32;
        let values = |id: &ComponentId| figures.of(*id).unavailability;
        let mut common = Common {
            expansion: expansion(&groups, first, values)?,
            groups,
            first,
            causes: Vec::new(),
            alone: FxHashMap::default(),
        };
        common.note_causes();
        Ok(common)
    }

    fn note_causes(&mut self) {
        let groups = self.groups.iter();
        let group_of: FxHashMap<ComponentId, &str> = groups
            .flat_map(|group| group.components.iter().map(|&id| (id, group.name.as_str())))
            .collect();
        for cause in self.expansion.causes() {
            let strikes: Vec<ComponentId> =
                cause.strikes.iter().map(|event| ComponentId::new(event.index())).collect();
            let group = strikes.first().and_then(|id| group_of.get(id)).copied();
            if let [only] = strikes[..] {
                self.alone.insert(only, cause.event);
            }
            self.causes.push(Cause { group: group.unwrap_or_default().to_owned(), strikes });
        }
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub fn apply(&self, expr: &Expr) -> Expr {
        if self.is_empty() { expr.clone() } else { self.expansion.apply(expr) }
    }

    /// The probabilities of all events, causes after components.
    pub fn probabilities(&self, figures: &Figures) -> Result<Vec<Probability>, InvalidGroup> {
        let mut all = figures.unavailabilities();
        let values = |id: &ComponentId| figures.of(*id).unavailability;
        all.extend(self.values(values)?);
        Ok(all)
    }

    /// The same at the ends of the ranges.
    pub fn ends(&self, figures: &Figures) -> Result<Vec<Ends>, InvalidGroup> {
        let mut all = figures.ends();
        let low = self.values(|id| figures.of(*id).ends.low)?;
        let high = self.values(|id| figures.of(*id).ends.high)?;
        all.extend(low.into_iter().zip(high).map(|(low, high)| Ends { low, high }));
        Ok(all)
    }

    fn values(
        &self,
        of: impl Fn(&ComponentId) -> Probability,
    ) -> Result<Vec<Probability>, InvalidGroup> {
        let expansion = expansion(&self.groups, self.first, of)?;
        Ok(expansion.causes().iter().map(|cause| cause.probability).collect())
    }

    /// The name and the group of each that has a member among some components. Event number i of a
    /// group is component number i.
    pub fn groups_among(
        &self,
        components: &[ComponentId],
        figures: &Figures,
    ) -> Result<Vec<(&str, Group)>, InvalidGroup> {
        let among: FxHashSet<&ComponentId> = components.iter().collect();
        let touched = self.groups.iter().filter(|g| g.components.iter().any(|c| among.contains(c)));
        let of = |id: &ComponentId| figures.of(*id).unavailability;
        touched.map(|group| Ok((group.name.as_str(), common_group(group, of)?))).collect()
    }

    /// The cause that an event stands for; none for the failure of a component.
    pub fn cause(&self, event: Event) -> Option<&Cause> {
        self.causes.get(event.index().checked_sub(self.first as usize)?)
    }

    /// What an event strikes.
    pub fn strikes(&self, event: Event) -> Vec<ComponentId> {
        match self.cause(event) {
            Some(cause) => cause.strikes.clone(),
            None => vec![ComponentId::new(event.index())],
        }
    }

    pub fn is_member(&self, component: ComponentId) -> bool {
        self.groups.iter().any(|group| group.components.contains(&component))
    }

    /// The event in which this component fails and no other with it.
    pub fn alone(&self, component: ComponentId) -> Event {
        let own = Event(u32::try_from(component.index()).unwrap_or(u32::MAX));
        self.alone.get(&component).copied().unwrap_or(own)
    }

    /// Groups whose members have different unavailabilities.
    pub fn uneven(&self, figures: &Figures) -> Vec<&str> {
        let is_uneven = |group: &&Members| {
            let mut values = group.components.iter().map(|&id| figures.of(id).unavailability);
            let first = values.next();
            values.any(|value| Some(value) != first)
        };
        self.groups.iter().filter(is_uneven).map(|group| group.name.as_str()).collect()
    }
}

fn members(cause: &CommonCause, graph: &DependencyGraph) -> Members {
    let mut components = Vec::with_capacity(cause.members.len());
    for member in &cause.members {
        let Some(id) = graph.of_element(member.value) else { continue };
        match copies(graph, id) {
            none if none.is_empty() => components.push(id),
            copies => components.extend(copies),
        }
    }
    let factors = match &cause.factors {
        CommonFactors::Beta(beta) => Factors::Beta(beta.value()),
        CommonFactors::Alpha(alpha) => {
            Factors::Alpha(alpha.iter().map(|share| share.value()).collect())
        }
    };
    Members { name: cause.name.value.clone(), components, factors }
}

fn expansion(
    groups: &[Members],
    first: u32,
    of: impl Fn(&ComponentId) -> Probability,
) -> Result<Expansion, InvalidGroup> {
    let groups: Result<Vec<Group>, InvalidGroup> =
        groups.iter().map(|group| common_group(group, &of)).collect();
    Ok(Expansion::new(&groups?, first))
}

fn common_group(
    group: &Members,
    of: impl Fn(&ComponentId) -> Probability,
) -> Result<Group, InvalidGroup> {
    let total =
        group.components.iter().map(of).fold(Probability::ZERO, |highest, value| {
            if value > highest { value } else { highest }
        });
    let events = group.components.iter().map(|id| Event(id.index() as u32)).collect();
    Group::new(events, total, group.factors.clone())
}
