//! Boolean expressions over basic events, shared as a directed acyclic graph.
//!
//! An expression says when the *top event* occurs. It is built from the bottom
//! up: a node may only use nodes that exist already, so there are no cycles and
//! every pass over an expression is a loop over an array, never a recursion.
//!
//! This module only records what it is given. It does not simplify (see
//! [`simplify`](super::simplify)) and knows no probabilities.

/// A basic event: something that occurs or not, independently of all others.
///
/// The number is the caller's own; it indexes slices of probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Event(pub u32);

impl Event {
    /// The position of the event in a slice with one entry per event.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A node of the builder or expression that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The position of the node among those of its builder or expression.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node is, with its operands where it has any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape<'a> {
    /// Always occurs, or never.
    Constant(bool),
    /// Occurs with the basic event.
    Event(Event),
    /// Occurs if the operand does not.
    Not(NodeId),
    /// Occurs if all operands do; with none, always.
    And(&'a [NodeId]),
    /// Occurs if any operand does; with none, never.
    Or(&'a [NodeId]),
    /// Occurs if at least this many operands do. A repeated operand counts
    /// as often as it is listed.
    AtLeast(u32, &'a [NodeId]),
}

/// The stored form of a [`Shape`]: operands are a range of one shared array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stored {
    Constant(bool),
    Event(Event),
    Not(NodeId),
    And(Span),
    Or(Span),
    AtLeast(u32, Span),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: usize,
    end: usize,
}

/// Builds expressions from the bottom up.
///
/// One builder may serve many top events: [`ExprBuilder::expr`] copies out the
/// part that a node stands on.
///
/// ```
/// use failscope::engine::{Event, ExprBuilder};
///
/// let mut b = ExprBuilder::new();
/// let pump_a = b.event(Event(0));
/// let pump_b = b.event(Event(1));
/// let power = b.event(Event(2));
/// let pumps = b.and([pump_a, pump_b]);
/// let top = b.or([pumps, power]);
/// let expr = b.expr(top);
/// assert!(expr.evaluate(|event| event == Event(2)));
/// assert!(!expr.evaluate(|event| event == Event(0)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ExprBuilder {
    nodes: Vec<Stored>,
    operands: Vec<NodeId>,
}

impl ExprBuilder {
    /// An empty builder.
    pub fn new() -> ExprBuilder {
        ExprBuilder::default()
    }

    /// The expression that is always `value`.
    pub fn constant(&mut self, value: bool) -> NodeId {
        self.push(Stored::Constant(value))
    }

    /// The expression that occurs with a basic event.
    pub fn event(&mut self, event: Event) -> NodeId {
        self.push(Stored::Event(event))
    }

    /// Negation. Expressions with an effective negation are not coherent; see
    /// [`ModuleTree::is_coherent`](super::ModuleTree::is_coherent).
    pub fn not(&mut self, operand: NodeId) -> NodeId {
        self.check(operand);
        self.push(Stored::Not(operand))
    }

    /// Conjunction of any number of operands.
    pub fn and(&mut self, operands: impl IntoIterator<Item = NodeId>) -> NodeId {
        let span = self.span(operands);
        self.push(Stored::And(span))
    }

    /// Disjunction of any number of operands.
    pub fn or(&mut self, operands: impl IntoIterator<Item = NodeId>) -> NodeId {
        let span = self.span(operands);
        self.push(Stored::Or(span))
    }

    /// At least `k` of the operands.
    pub fn at_least(&mut self, k: u32, operands: impl IntoIterator<Item = NodeId>) -> NodeId {
        let span = self.span(operands);
        self.push(Stored::AtLeast(k, span))
    }

    /// Exactly one of two.
    pub fn xor(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let not_a = self.not(a);
        let not_b = self.not(b);
        let only_a = self.and([a, not_b]);
        let only_b = self.and([not_a, b]);
        self.or([only_a, only_b])
    }

    /// What a node is.
    ///
    /// # Panics
    /// If the node comes from another builder.
    pub fn shape(&self, id: NodeId) -> Shape<'_> {
        self.check(id);
        shape(&self.nodes, &self.operands, id.index())
    }

    /// The number of nodes; their ids follow the order of their creation.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing has been built yet.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The part of the graph below `root` as an expression of its own.
    ///
    /// # Panics
    /// If `root` comes from another builder.
    pub fn expr(&self, root: NodeId) -> Expr {
        self.check(root);
        let needed = self.below(root);
        let mut out = ExprBuilder::new();
        let mut renamed = vec![NodeId(0); root.index() + 1];
        for index in 0..=root.index() {
            if needed[index] {
                renamed[index] = self.copy_node(index, &renamed, &mut out);
            }
        }
        Expr { nodes: out.nodes, operands: out.operands }
    }

    fn below(&self, root: NodeId) -> Vec<bool> {
        let mut needed = vec![false; root.index() + 1];
        needed[root.index()] = true;
        for index in (0..=root.index()).rev() {
            if needed[index] {
                for operand in shape(&self.nodes, &self.operands, index).operands() {
                    needed[operand.index()] = true;
                }
            }
        }
        needed
    }

    fn copy_node(&self, index: usize, renamed: &[NodeId], out: &mut ExprBuilder) -> NodeId {
        let rename = |operands: &[NodeId]| -> Vec<NodeId> {
            operands.iter().map(|operand| renamed[operand.index()]).collect()
        };
        match shape(&self.nodes, &self.operands, index) {
            Shape::Constant(value) => out.constant(value),
            Shape::Event(event) => out.event(event),
            Shape::Not(operand) => out.not(renamed[operand.index()]),
            Shape::And(operands) => out.and(rename(operands)),
            Shape::Or(operands) => out.or(rename(operands)),
            Shape::AtLeast(k, operands) => out.at_least(k, rename(operands)),
        }
    }

    fn span(&mut self, operands: impl IntoIterator<Item = NodeId>) -> Span {
        let start = self.operands.len();
        self.operands.extend(operands);
        for operand in &self.operands[start..] {
            self.check(*operand);
        }
        Span { start, end: self.operands.len() }
    }

    fn push(&mut self, node: Stored) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(node);
        id
    }

    fn check(&self, id: NodeId) {
        assert!(id.index() < self.nodes.len(), "a node of another builder");
    }
}

/// When one top event occurs. The last node is the top; operands come first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    nodes: Vec<Stored>,
    operands: Vec<NodeId>,
}

impl Expr {
    /// All nodes, operands before the nodes that use them, the top last.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = Shape<'_>> + DoubleEndedIterator {
        (0..self.nodes.len()).map(|index| shape(&self.nodes, &self.operands, index))
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The operands of all nodes, counted.
    pub(super) fn operands(&self) -> usize {
        self.operands.len()
    }

    /// Never true: an expression has at least its top.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The basic events that occur in the expression, in ascending order.
    pub fn events(&self) -> Vec<Event> {
        let mut events: Vec<Event> = self
            .nodes()
            .filter_map(|node| match node {
                Shape::Event(event) => Some(event),
                _ => None,
            })
            .collect();
        events.sort_unstable();
        events.dedup();
        events
    }

    /// The value of the top, read straight from the definition of the gates.
    pub fn evaluate(&self, occurs: impl Fn(Event) -> bool) -> bool {
        let mut values: Vec<bool> = Vec::with_capacity(self.nodes.len());
        for node in self.nodes() {
            let value = match node {
                Shape::Constant(value) => value,
                Shape::Event(event) => occurs(event),
                Shape::Not(operand) => !values[operand.index()],
                Shape::And(operands) => operands.iter().all(|o| values[o.index()]),
                Shape::Or(operands) => operands.iter().any(|o| values[o.index()]),
                Shape::AtLeast(k, operands) => {
                    operands.iter().filter(|o| values[o.index()]).count() >= k as usize
                }
            };
            values.push(value);
        }
        values.last().copied().unwrap_or(false)
    }
}

impl<'a> Shape<'a> {
    /// The operands, in the order they were given.
    pub fn operands(&self) -> &[NodeId] {
        match self {
            Shape::Constant(_) | Shape::Event(_) => &[],
            Shape::Not(operand) => std::slice::from_ref(operand),
            Shape::And(operands) | Shape::Or(operands) | Shape::AtLeast(_, operands) => operands,
        }
    }
}

fn shape<'a>(nodes: &[Stored], operands: &'a [NodeId], index: usize) -> Shape<'a> {
    let slice = |span: Span| &operands[span.start..span.end];
    match nodes[index] {
        Stored::Constant(value) => Shape::Constant(value),
        Stored::Event(event) => Shape::Event(event),
        Stored::Not(operand) => Shape::Not(operand),
        Stored::And(span) => Shape::And(slice(span)),
        Stored::Or(span) => Shape::Or(slice(span)),
        Stored::AtLeast(k, span) => Shape::AtLeast(k, slice(span)),
    }
}
