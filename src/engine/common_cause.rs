//! Common-cause failures: groups of events that one cause can strike together.
//!
//! A group replaces each of its members by "any cause that strikes this member".
//! A cause strikes a fixed combination of members; all combinations of the same
//! size have the same probability, and causes are independent of one another.
//! With `n` members of total probability `Q` each, one combination of `k` has
//!
//! * beta factor: `Q_1 = (1 - b) Q`, `Q_n = b Q`, nothing between;
//! * multiple Greek letters: `Q_k = r_1 ... r_k (1 - r_(k+1)) Q / C(n-1, k-1)`
//!   with `r_1 = 1`, `r_2 = beta`, `r_3 = gamma`, ..., and 0 after the last;
//! * alpha factor, tests not staggered: `Q_k = k a_k Q / (a_t C(n-1, k-1))` with
//!   `a_t = sum of k a_k`;
//! * phi factor: `Q_k = f_k Q`, stated directly.
//!
//! Sources: Mosleh et al., NUREG/CR-5485 (1998), for the first three; the
//! Open-PSA Model Exchange Format 2.0d for the fourth.
//!
//! Only identical members are covered: the models know one `Q` per group.

use std::collections::BTreeMap;

use thiserror::Error;

use super::expr::{Event, Expr, ExprBuilder, NodeId, Shape};
use super::probability::Probability;

/// More members would make more combinations than any diagram can take.
/// A beta factor, which makes only one, may have any number.
const MAX_MEMBERS: usize = 12;

/// How the failures of a group divide into combinations.
#[derive(Clone, Debug, PartialEq)]
pub enum Factors {
    /// The share of failures that strike all members at once.
    Beta(f64),
    /// beta, gamma, delta, ...: the share of failures of at least k members that
    /// strike at least k + 1.
    MultipleGreekLetter(Vec<f64>),
    /// The share of failure events that strike exactly 1, 2, ... members.
    Alpha(Vec<f64>),
    /// The probability of one combination of 1, 2, ... members, as a share of
    /// the total.
    Phi(Vec<f64>),
}

/// A checked common-cause group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    members: Vec<Event>,
    total: Probability,
    factors: Factors,
}

/// Why a common-cause group makes no sense.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum InvalidGroup {
    /// A common cause needs something to have in common.
    #[error("a common-cause group needs at least two members, not {0}")]
    TooSmall(usize),
    /// The number of combinations would explode.
    #[error("a common-cause group of this kind may have at most {MAX_MEMBERS} members, not {0}")]
    TooLarge(usize),
    /// An event is listed twice.
    #[error("basic event {} is a member twice", .0.0)]
    RepeatedMember(Event),
    /// There are no factors, or more than levels.
    #[error("{given} factors do not fit a group of {members} members")]
    FactorCount {
        /// How many factors there are.
        given: usize,
        /// How many members.
        members: usize,
    },
    /// A factor is a share and so lies between 0 and 1.
    #[error("factor {0} does not lie between 0 and 1")]
    FactorOutOfRange(f64),
    /// All alpha factors are zero.
    #[error("the alpha factors add up to nothing")]
    NoWeight,
}

impl Group {
    /// Checks a group. `total` is the probability that one given member fails.
    pub fn new(
        members: Vec<Event>,
        total: Probability,
        factors: Factors,
    ) -> Result<Group, InvalidGroup> {
        let n = members.len();
        if n < 2 {
            return Err(InvalidGroup::TooSmall(n));
        }
        if n > MAX_MEMBERS && !matches!(factors, Factors::Beta(_)) {
            return Err(InvalidGroup::TooLarge(n));
        }
        let mut sorted = members.clone();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(InvalidGroup::RepeatedMember(pair[0]));
        }
        check_factors(&factors, n)?;
        Ok(Group { members, total, factors })
    }

    /// The members, in the order given.
    pub fn members(&self) -> &[Event] {
        &self.members
    }

    /// The probability that one given member fails.
    pub fn total(&self) -> Probability {
        self.total
    }

    /// The factors as given.
    pub fn factors(&self) -> &Factors {
        &self.factors
    }

    /// For each size of combination the probability of one such combination.
    pub fn levels(&self) -> BTreeMap<usize, Probability> {
        let n = self.members.len();
        let q = self.total.value();
        let level = |k: usize, share: f64| (k, Probability::rounded(share * q));
        match &self.factors {
            Factors::Beta(beta) => [level(1, 1.0 - beta), level(n, *beta)].into(),
            Factors::Phi(phi) => (1..).zip(phi).map(|(k, phi)| level(k, *phi)).collect(),
            Factors::Alpha(alpha) => {
                let weight: f64 = (1..).zip(alpha).map(|(k, a)| f64::from(k) * a).sum();
                (1..)
                    .zip(alpha)
                    .map(|(k, a)| level(k, k as f64 * a / (weight * choose(n - 1, k - 1))))
                    .collect()
            }
            Factors::MultipleGreekLetter(letters) => {
                let ratio = |k: usize| match k {
                    1 => 1.0,
                    _ => letters.get(k - 2).copied().unwrap_or(0.0),
                };
                let mut reaching = 1.0;
                let mut levels = BTreeMap::new();
                for k in 1..=letters.len() + 1 {
                    reaching *= ratio(k);
                    let share = reaching * (1.0 - ratio(k + 1)) / choose(n - 1, k - 1);
                    levels.extend([level(k, share)]);
                }
                levels
            }
        }
    }
}

fn check_factors(factors: &Factors, members: usize) -> Result<(), InvalidGroup> {
    let (list, most) = match factors {
        Factors::Beta(beta) => (std::slice::from_ref(beta), 1),
        Factors::MultipleGreekLetter(letters) => (letters.as_slice(), members - 1),
        Factors::Alpha(list) | Factors::Phi(list) => (list.as_slice(), members),
    };
    if list.is_empty() || list.len() > most {
        return Err(InvalidGroup::FactorCount { given: list.len(), members });
    }
    if let Some(wrong) = list.iter().find(|factor| !(0.0..=1.0).contains(*factor)) {
        return Err(InvalidGroup::FactorOutOfRange(*wrong));
    }
    match factors {
        Factors::Alpha(alpha) if alpha.iter().sum::<f64>() <= 0.0 => Err(InvalidGroup::NoWeight),
        _ => Ok(()),
    }
}

/// The binomial coefficient, exact for the sizes that occur.
fn choose(n: usize, k: usize) -> f64 {
    (0..k).fold(1.0, |product, i| product * (n - i) as f64 / (i + 1) as f64)
}

// --- Expansion -------------------------------------------------------------

/// One cause: a new basic event that strikes a combination of members.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// The event that stands for the cause.
    pub event: Event,
    /// The members that it strikes, in ascending order.
    pub strikes: Vec<Event>,
    /// Its probability.
    pub probability: Probability,
}

/// The causes of all groups, to be put in place of the members.
#[derive(Clone, Debug, Default)]
pub struct Expansion {
    causes: Vec<Cause>,
    of_member: BTreeMap<Event, Vec<Event>>,
}

impl Expansion {
    /// Numbers the causes of all groups from `first_free` on. A member of
    /// several groups can be struck by the causes of each.
    pub fn new(groups: &[Group], first_free: u32) -> Expansion {
        let mut expansion = Expansion::default();
        for group in groups {
            let mut members = group.members.clone();
            members.sort_unstable();
            for (size, probability) in group.levels() {
                for strikes in combinations(&members, size) {
                    let event = Event(first_free + expansion.causes.len() as u32);
                    for member in &strikes {
                        expansion.of_member.entry(*member).or_default().push(event);
                    }
                    expansion.causes.push(Cause { event, strikes, probability });
                }
            }
        }
        expansion
    }

    /// The causes, in the order of their events.
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// The expression with every member replaced by its causes.
    pub fn apply(&self, expr: &Expr) -> Expr {
        let mut builder = ExprBuilder::new();
        let mut nodes: Vec<NodeId> = Vec::with_capacity(expr.len());
        for node in expr.nodes() {
            let below: Vec<NodeId> = node.operands().iter().map(|o| nodes[o.index()]).collect();
            nodes.push(match node {
                Shape::Constant(value) => builder.constant(value),
                Shape::Event(event) => self.struck(event, &mut builder),
                Shape::Not(_) => builder.not(below[0]),
                Shape::And(_) => builder.and(below),
                Shape::Or(_) => builder.or(below),
                Shape::AtLeast(k, _) => builder.at_least(k, below),
            });
        }
        builder.expr(nodes[nodes.len() - 1])
    }

    fn struck(&self, event: Event, builder: &mut ExprBuilder) -> NodeId {
        match self.of_member.get(&event) {
            None => builder.event(event),
            Some(causes) => {
                let causes: Vec<NodeId> = causes.iter().map(|c| builder.event(*c)).collect();
                builder.or(causes)
            }
        }
    }
}

/// All combinations of `size` items, in lexicographic order.
fn combinations(items: &[Event], size: usize) -> Vec<Vec<Event>> {
    let n = items.len();
    if size > n {
        return Vec::new();
    }
    let mut at: Vec<usize> = (0..size).collect();
    let mut all = Vec::new();
    loop {
        all.push(at.iter().map(|i| items[*i]).collect());
        let Some(moving) = (0..size).rev().find(|i| at[*i] < n - size + i) else {
            return all;
        };
        at[moving] += 1;
        for i in moving + 1..size {
            at[i] = at[i - 1] + 1;
        }
    }
}
