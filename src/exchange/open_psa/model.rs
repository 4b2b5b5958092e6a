//! A model as read, before any analysis.

use rustc_hash::FxHashMap;

use crate::engine::common_cause::{Expansion, Factors, Group, InvalidGroup};
use crate::engine::{Event, Expr, ExprBuilder, NodeId, Probability, Shape};

/// Fault trees over one set of basic events.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The basic events; `Event(i)` of every expression is entry i.
    pub events: Vec<BasicEvent>,
    /// Events whose value is fixed. Each is a constant node of `graph`.
    pub house_events: Vec<HouseEvent>,
    /// The nodes of all gates, without common causes.
    pub graph: ExprBuilder,
    /// The gates, operands before their users.
    pub gates: Vec<Gate>,
    /// The fault trees, in the order of the documents.
    pub fault_trees: Vec<FaultTree>,
    /// The common-cause groups.
    pub groups: Vec<CommonCauseGroup>,
}

/// A basic event and its probability, as far as the model states one.
#[derive(Clone, Debug, PartialEq)]
pub struct BasicEvent {
    /// Its name.
    pub name: String,
    /// The value of its expression.
    pub probability: Option<Probability>,
}

/// An event that occurs for certain or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct HouseEvent {
    /// Its name.
    pub name: String,
    /// Its constant node in the graph.
    pub node: NodeId,
}

/// A named gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// Its name.
    pub name: String,
    /// The fault tree that it belongs to.
    pub fault_tree: usize,
    /// Its node in the graph. A gate that only passes on another one shares
    /// that one's node.
    pub node: NodeId,
}

/// A fault tree: a name and its top gates.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultTree {
    /// Its name.
    pub name: String,
    /// The gates that no other gate of the same tree uses.
    pub tops: Vec<usize>,
}

/// A named common-cause group.
#[derive(Clone, Debug, PartialEq)]
pub struct CommonCauseGroup {
    /// Its name.
    pub name: String,
    /// The members and factors.
    pub group: Group,
}

/// One top event, ready for the engine, common causes put in.
#[derive(Clone, Debug)]
pub struct TopEvent {
    /// The name of the gate.
    pub name: String,
    /// When it occurs.
    pub expr: Expr,
}

impl Model {
    /// A model of one fault tree from an expression of the engine, to be written.
    ///
    /// `name` and `probability` tell of each event of the expression; names must
    /// differ. Events of the model are numbered anew, in ascending order.
    pub fn from_expr(
        top: &str,
        expr: &Expr,
        name: impl Fn(Event) -> String,
        probability: impl Fn(Event) -> Option<Probability>,
    ) -> Model {
        let mut model = Model::default();
        let events = expr.events();
        for event in &events {
            let (name, probability) = (name(*event), probability(*event));
            model.events.push(BasicEvent { name, probability });
        }
        let node = copy_nodes(expr, &events, &mut model.graph);
        model.gates.push(Gate { name: top.to_owned(), fault_tree: 0, node });
        model.fault_trees.push(FaultTree { name: top.to_owned(), tops: vec![0] });
        model
    }

    /// The same with common-cause groups over the events of that expression, which `name` tells of
    /// as before. Members that the expression has no event for become events of the model.
    pub fn with_groups(
        mut self,
        groups: Vec<(String, Group)>,
        name: impl Fn(Event) -> String,
    ) -> Result<Model, InvalidGroup> {
        let known = self.events.iter().map(|event| event.name.clone()).zip((0..).map(Event));
        let mut known: FxHashMap<String, Event> = known.collect();
        for (title, group) in groups {
            let members = group.members().iter().map(|&member| {
                let name = name(member);
                *known.entry(name).or_insert_with_key(|name| self.new_event(name))
            });
            let members: Vec<Event> = members.collect();
            let group = Group::new(members, group.total(), group.factors().clone())?;
            self.groups.push(CommonCauseGroup { name: title, group });
        }
        Ok(self)
    }

    fn new_event(&mut self, name: &str) -> Event {
        self.events.push(BasicEvent { name: name.to_owned(), probability: None });
        Event((self.events.len() - 1) as u32)
    }

    /// The top events of all fault trees, with common causes in place of the
    /// members of groups.
    pub fn top_events(&self) -> Vec<TopEvent> {
        let expansion = self.expansion();
        let tops = self.fault_trees.iter().flat_map(|tree| &tree.tops);
        tops.map(|top| {
            let gate = &self.gates[*top];
            let expr = expansion.apply(&self.graph.expr(gate.node));
            TopEvent { name: gate.name.clone(), expr }
        })
        .collect()
    }

    /// The probability of every event, causes of common-cause groups included;
    /// `Err` names an event that has none.
    ///
    /// The members of groups are replaced by causes; their own entry is the
    /// total of the group.
    pub fn probabilities(&self) -> Result<Vec<Probability>, &str> {
        let totals = self.totals();
        let mut all = Vec::with_capacity(self.events.len());
        for (event, total) in self.events.iter().zip(totals) {
            match event.probability.or(total) {
                Some(probability) => all.push(probability),
                None => return Err(&event.name),
            }
        }
        all.extend(self.expansion().causes().iter().map(|cause| cause.probability));
        Ok(all)
    }

    /// The names of all events of [`Model::top_events`]. A cause is named by the
    /// members that it strikes, in brackets.
    pub fn event_names(&self) -> Vec<String> {
        let mut all: Vec<String> = self.events.iter().map(|event| event.name.clone()).collect();
        for cause in self.expansion().causes() {
            let struck = cause.strikes.iter().filter_map(|member| self.events.get(member.index()));
            let names: Vec<&str> = struck.map(|event| event.name.as_str()).collect();
            all.push(format!("[{}]", names.join(" ")));
        }
        all
    }

    fn expansion(&self) -> Expansion {
        let groups: Vec<Group> = self.groups.iter().map(|named| named.group.clone()).collect();
        Expansion::new(&groups, self.events.len() as u32)
    }

    /// For each event the total of the group that it is a member of; of the first of several.
    fn totals(&self) -> Vec<Option<Probability>> {
        let mut totals = vec![None; self.events.len()];
        for named in self.groups.iter().rev() {
            for member in named.group.members() {
                if let Some(total) = totals.get_mut(member.index()) {
                    *total = Some(named.group.total());
                }
            }
        }
        totals
    }
}

/// Events get their position among `events`; the result is the root.
fn copy_nodes(expr: &Expr, events: &[Event], graph: &mut ExprBuilder) -> NodeId {
    let mut nodes: Vec<NodeId> = Vec::with_capacity(expr.len());
    for node in expr.nodes() {
        let below: Vec<NodeId> = node.operands().iter().map(|o| nodes[o.index()]).collect();
        nodes.push(match node {
            Shape::Constant(value) => graph.constant(value),
            Shape::Event(event) => {
                let number = events.partition_point(|known| *known < event);
                graph.event(Event(number as u32))
            }
            Shape::Not(_) => graph.not(below[0]),
            Shape::And(_) => graph.and(below),
            Shape::Or(_) => graph.or(below),
            Shape::AtLeast(k, _) => graph.at_least(k, below),
        });
    }
    nodes[nodes.len() - 1]
}

/// The name that the format has for a kind of common-cause model.
pub(super) fn factor_model(factors: &Factors) -> &'static str {
    match factors {
        Factors::Beta(_) => "beta-factor",
        Factors::MultipleGreekLetter(_) => "MGL",
        Factors::Alpha(_) => "alpha-factor",
        Factors::Phi(_) => "phi-factor",
    }
}
