//! Writes a model as one document.
//!
//! Named gates keep their names; gates without one get a name that is not in
//! use. What was computed on reading (expressions, negated connectives) is written as its
//! result: a number, or *and*, *or*, *not* and *atleast*.

use std::fmt::Write;

use rustc_hash::{FxHashMap, FxHashSet};

use super::model::{Model, factor_model};
use crate::engine::common_cause::Factors;
use crate::engine::{NodeId, Shape};

/// The model as the text of one Open-PSA document.
pub fn write(model: &Model) -> String {
    let mut writer = Writer::new(model);
    writer.document();
    writer.out
}

struct Writer<'m> {
    model: &'m Model,
    /// The name of each node that has one: the first gate or house event.
    names: FxHashMap<NodeId, String>,
    /// The nodes that the model has a gate for.
    given: FxHashSet<NodeId>,
    out: String,
}

impl<'m> Writer<'m> {
    fn new(model: &'m Model) -> Writer<'m> {
        let given = model.gates.iter().map(|gate| gate.node).collect();
        let mut writer = Writer { model, names: FxHashMap::default(), given, out: String::new() };
        writer.take_given_names();
        writer.name_other_gates();
        writer
    }

    fn take_given_names(&mut self) {
        for house in &self.model.house_events {
            self.names.insert(house.node, house.name.clone());
        }
        for gate in &self.model.gates {
            if has_operands(self.model, gate.node) {
                self.names.entry(gate.node).or_insert_with(|| gate.name.clone());
            }
        }
    }

    /// Gives every other gate node a name that nothing else has.
    fn name_other_gates(&mut self) {
        let events = self.model.events.iter().map(|event| event.name.as_str());
        let gates = self.model.gates.iter().map(|gate| gate.name.as_str());
        let houses = self.model.house_events.iter().map(|house| house.name.as_str());
        let taken: FxHashSet<&str> = events.chain(gates).chain(houses).collect();
        let mut number = 0u64;
        for node in self.nodes_in_use() {
            if self.names.contains_key(&node) || !has_operands(self.model, node) {
                continue;
            }
            let name = loop {
                number += 1;
                let name = format!("gate-{number}");
                if !taken.contains(name.as_str()) {
                    break name;
                }
            };
            self.names.insert(node, name);
        }
    }

    /// The nodes that the gates stand on, operands before their users.
    fn nodes_in_use(&self) -> Vec<NodeId> {
        let mut seen: FxHashSet<NodeId> = FxHashSet::default();
        let mut pending: Vec<NodeId> = self.model.gates.iter().map(|gate| gate.node).collect();
        while let Some(node) = pending.pop() {
            if seen.insert(node) {
                pending.extend(self.model.graph.shape(node).operands());
            }
        }
        let mut nodes: Vec<NodeId> = seen.into_iter().collect();
        nodes.sort_unstable();
        nodes
    }

    fn document(&mut self) {
        self.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opsa-mef>\n");
        let mut written: FxHashSet<NodeId> = FxHashSet::default();
        for (index, tree) in self.model.fault_trees.iter().enumerate() {
            let _ = writeln!(self.out, "  <define-fault-tree name=\"{}\">", escape(&tree.name));
            self.gates_of(index, &mut written);
            self.out.push_str("  </define-fault-tree>\n");
        }
        self.data();
        self.groups();
        self.out.push_str("</opsa-mef>\n");
    }

    /// The gates of one tree, each after the unnamed gates below it.
    fn gates_of(&mut self, tree: usize, written: &mut FxHashSet<NodeId>) {
        for gate in self.model.gates.iter().filter(|gate| gate.fault_tree == tree) {
            for node in self.unnamed_below(gate.node, written) {
                let name = self.names[&node].clone();
                self.define_gate(&name, node);
            }
            let is_first = self.names.get(&gate.node) == Some(&gate.name);
            match is_first {
                true => self.define_gate(&gate.name, gate.node),
                false => self.define_alias(&gate.name, gate.node),
            }
        }
    }

    /// The gates below a named gate that the model has no name for, as far as
    /// they are not written yet.
    fn unnamed_below(&self, root: NodeId, written: &mut FxHashSet<NodeId>) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut pending: Vec<NodeId> = self.model.graph.shape(root).operands().to_vec();
        while let Some(node) = pending.pop() {
            let is_new = has_operands(self.model, node) && !self.given.contains(&node);
            if is_new && written.insert(node) {
                found.push(node);
                pending.extend(self.model.graph.shape(node).operands());
            }
        }
        found.sort_unstable();
        found
    }

    fn define_gate(&mut self, name: &str, node: NodeId) {
        let model = self.model;
        let _ = writeln!(self.out, "    <define-gate name=\"{}\">", escape(name));
        let (open, close, operands) = match model.graph.shape(node) {
            Shape::And(operands) => ("and".to_owned(), "and", operands.to_vec()),
            Shape::Or(operands) => ("or".to_owned(), "or", operands.to_vec()),
            Shape::Not(operand) => ("not".to_owned(), "not", vec![operand]),
            Shape::AtLeast(k, operands) => {
                (format!("atleast min=\"{k}\""), "atleast", operands.to_vec())
            }
            Shape::Constant(_) | Shape::Event(_) => return,
        };
        let _ = writeln!(self.out, "      <{open}>");
        for operand in operands {
            self.reference(operand, "        ");
        }
        let _ = writeln!(self.out, "      </{close}>\n    </define-gate>");
    }

    fn define_alias(&mut self, name: &str, node: NodeId) {
        let _ = writeln!(self.out, "    <define-gate name=\"{}\">", escape(name));
        self.reference(node, "      ");
        self.out.push_str("    </define-gate>\n");
    }

    fn reference(&mut self, node: NodeId, indent: &str) {
        let (tag, name) = match self.model.graph.shape(node) {
            Shape::Event(event) => ("basic-event", self.model.events[event.index()].name.as_str()),
            Shape::Constant(value) => match self.names.get(&node) {
                Some(name) => ("house-event", name.as_str()),
                None => {
                    let _ = writeln!(self.out, "{indent}<constant value=\"{value}\"/>");
                    return;
                }
            },
            _ => ("gate", self.names[&node].as_str()),
        };
        let name = escape(name);
        let _ = writeln!(self.out, "{indent}<{tag} name=\"{name}\"/>");
    }

    fn data(&mut self) {
        self.out.push_str("  <model-data>\n");
        for event in self.model.events.iter() {
            let name = escape(&event.name);
            let _ = match event.probability {
                None => writeln!(self.out, "    <define-basic-event name=\"{name}\"/>"),
                Some(probability) => writeln!(
                    self.out,
                    "    <define-basic-event name=\"{name}\">\n      \
                     <float value=\"{:?}\"/>\n    </define-basic-event>",
                    probability.value()
                ),
            };
        }
        for house in &self.model.house_events {
            let value = self.model.graph.shape(house.node) == Shape::Constant(true);
            let _ = writeln!(
                self.out,
                "    <define-house-event name=\"{}\">\n      \
                 <constant value=\"{value}\"/>\n    </define-house-event>",
                escape(&house.name)
            );
        }
        self.out.push_str("  </model-data>\n");
    }

    fn groups(&mut self) {
        for named in &self.model.groups {
            let group = &named.group;
            let kind = factor_model(group.factors());
            let name = escape(&named.name);
            let _ = writeln!(self.out, "  <define-CCF-group name=\"{name}\" model=\"{kind}\">");
            self.out.push_str("    <members>\n");
            for member in group.members() {
                let name = escape(&self.model.events[member.index()].name);
                let _ = writeln!(self.out, "      <basic-event name=\"{name}\"/>");
            }
            let total = group.total().value();
            let _ = writeln!(
                self.out,
                "    </members>\n    <distribution>\n      <float value=\"{total:?}\"/>\n    \
                 </distribution>"
            );
            self.factors(group.factors(), group.members().len());
            self.out.push_str("  </define-CCF-group>\n");
        }
    }

    fn factors(&mut self, factors: &Factors, members: usize) {
        let (first, values) = match factors {
            Factors::Beta(beta) => (members, std::slice::from_ref(beta)),
            Factors::MultipleGreekLetter(letters) => (2, letters.as_slice()),
            Factors::Alpha(list) | Factors::Phi(list) => (1, list.as_slice()),
        };
        for (level, value) in (first..).zip(values) {
            let _ = writeln!(
                self.out,
                "    <factor level=\"{level}\">\n      <float value=\"{value:?}\"/>\n    \
                 </factor>"
            );
        }
    }
}

fn has_operands(model: &Model, node: NodeId) -> bool {
    !matches!(model.graph.shape(node), Shape::Event(_) | Shape::Constant(_))
}

/// Text for an attribute in double quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => {
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            // Not allowed in XML at all, not even escaped.
            control if control < ' ' => escaped.push('\u{FFFD}'),
            other => escaped.push(other),
        }
    }
    escaped
}
