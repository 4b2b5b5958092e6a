//! Independent subtrees of a formula, found in linear time.
//!
//! A gate is a *module* if nothing below it is used from outside it. A module
//! can be solved alone and enters its parent as one variable, so that the size
//! of a diagram follows the largest module instead of the whole tree.
//!
//! Which gates are modules is found by [`dating`](super::dating). In addition,
//! operands of one *and* or *or* gate that nothing else touches are gathered into
//! a module of their own.

use super::dating::find_modules;
use super::expr::{Event, Expr};
use super::formula::{Formula, Gates, Kind, Literal, Operand, Term};
use super::simplify::simplify;

/// What a variable of a module's formula stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    Event(Event),
    /// The position of another module, always a smaller one than its user's.
    Module(usize),
}

/// One independent part: a formula over leaves.
#[derive(Clone, Debug)]
pub(super) struct Module {
    pub(super) formula: Formula,
    pub(super) leaves: Vec<Leaf>,
}

/// An expression after simplification, as a tree of independent modules.
///
/// Building it takes time and memory linear in the expression, so it needs no
/// budget. The last module is the top.
#[derive(Clone, Debug)]
pub struct ModuleTree {
    pub(super) modules: Vec<Module>,
    coherent: bool,
}

impl ModuleTree {
    /// Simplifies an expression and splits it into modules.
    pub fn new(expr: &Expr) -> ModuleTree {
        let (formula, events) = simplify(expr);
        let coherent = !has_negation(&formula);
        let modules = Splitter::new(&formula, &events).split();
        ModuleTree { modules, coherent }
    }

    /// Whether no negation is left: more failures never make the top go away.
    ///
    /// A tree that is coherent in spite of written negations may be reported as
    /// not coherent; the converse does not happen.
    pub fn is_coherent(&self) -> bool {
        self.coherent
    }

    /// The number of modules, the top included.
    pub fn len(&self) -> usize {
        self.modules.len()
    }

    /// Never true: the top is a module.
    pub fn is_empty(&self) -> bool {
        self.modules.is_empty()
    }

    /// One more than the largest event number in use, 0 if there is none.
    pub fn event_bound(&self) -> usize {
        let leaves = self.modules.iter().flat_map(|module| &module.leaves);
        leaves
            .filter_map(|leaf| match leaf {
                Leaf::Event(event) => Some(event.index() + 1),
                Leaf::Module(_) => None,
            })
            .max()
            .unwrap_or(0)
    }

    /// The tree of the complement, every event replaced by its absence: *and*
    /// and *or* change places.
    pub(super) fn dual(&self) -> ModuleTree {
        let modules = self
            .modules
            .iter()
            .map(|module| Module { formula: dual(&module.formula), leaves: module.leaves.clone() })
            .collect();
        ModuleTree { modules, coherent: self.coherent }
    }
}

fn dual(formula: &Formula) -> Formula {
    let dual_kind = |kind: Kind, n: usize| match kind {
        Kind::And => Kind::Or,
        Kind::Or => Kind::And,
        Kind::AtLeast(k) => Kind::AtLeast(n as u32 - k + 1),
    };
    let size = formula.gates.operands().len();
    let mut gates = Gates::with_capacity(formula.gates.len(), size);
    for gate in formula.gates.iter() {
        let operands = gate.operands;
        gates.push(dual_kind(gate.kind, operands.len()), operands.iter().copied());
    }
    let top = match formula.top {
        Term::Constant(value) => Term::Constant(!value),
        operand => operand,
    };
    Formula { gates, top, variables: formula.variables }
}

fn has_negation(formula: &Formula) -> bool {
    let is_negative =
        |operand: &Operand| matches!(operand, Operand::Literal(Literal { negated: true, .. }));
    let top = match &formula.top {
        Term::Operand(operand) => is_negative(operand),
        Term::Constant(_) => false,
    };
    top || formula.gates.operands().iter().any(is_negative)
}

// --- Splitting -------------------------------------------------------------

struct Splitter<'a> {
    formula: &'a Formula,
    events: &'a [Event],
    is_module: Vec<bool>,
    gate_uses: Vec<u32>,
    variable_uses: Vec<u32>,
    /// The module made for a gate.
    made: Vec<usize>,
    /// Scratch: where gates and leaves of the module in work have gone.
    local_gates: Vec<u32>,
    local_leaves: LeafIndex,
    /// Scratch: the operands of the gate in work.
    operands: Vec<Operand>,
    modules: Vec<Module>,
}

/// The local number of each variable and each module gate, for one module.
struct LeafIndex {
    of_variable: Vec<u32>,
    of_gate: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl<'a> Splitter<'a> {
    fn new(formula: &'a Formula, events: &'a [Event]) -> Splitter<'a> {
        let gates = formula.gates.len();
        Splitter {
            formula,
            events,
            is_module: find_modules(formula),
            gate_uses: formula.gate_uses(),
            variable_uses: formula.variable_uses(),
            made: vec![usize::MAX; gates],
            local_gates: vec![NONE; gates],
            local_leaves: LeafIndex {
                of_variable: vec![NONE; formula.variables as usize],
                of_gate: vec![NONE; gates],
            },
            operands: Vec::new(),
            modules: Vec::new(),
        }
    }

    fn split(mut self) -> Vec<Module> {
        let Term::Operand(Operand::Gate(top)) = self.formula.top else {
            self.modules.push(self.gateless());
            return self.modules;
        };
        for gate in 0..self.formula.gates.len() as u32 {
            if self.is_module[gate as usize] || gate == top {
                let module = self.module_of(gate);
                self.made[gate as usize] = self.modules.len();
                self.modules.push(module);
            }
        }
        self.modules
    }

    /// The single module of a top that is a constant or a literal.
    fn gateless(&self) -> Module {
        let (top, leaves) = match self.formula.top {
            Term::Operand(Operand::Literal(literal)) => {
                let event = self.events[literal.variable as usize];
                let local = Literal { variable: 0, negated: literal.negated };
                (Term::Operand(Operand::Literal(local)), vec![Leaf::Event(event)])
            }
            other => (other, Vec::new()),
        };
        let variables = leaves.len() as u32;
        Module { formula: Formula { gates: Gates::default(), top, variables }, leaves }
    }

    /// Copies the gates from `root` down to the modules below it.
    fn module_of(&mut self, root: u32) -> Module {
        let order = self.gates_of(root);
        let size = order.iter().map(|gate| self.formula.gates.get(*gate as usize).operands.len());
        let size = size.sum();
        let mut leaves = Vec::with_capacity(size);
        let mut gates = Gates::with_capacity(order.len(), size);
        for gate in &order {
            let kind = self.local_gate(*gate, &mut leaves);
            self.local_gates[*gate as usize] = gates.len() as u32;
            gates.push(kind, self.operands.drain(..));
        }
        self.forget(&order);
        let top = Term::Operand(Operand::Gate(gates.len() as u32 - 1));
        let variables = leaves.len() as u32;
        Module { formula: Formula { gates, top, variables }, leaves }
    }

    /// The gates of one module, operands before users, in depth-first order.
    fn gates_of(&mut self, root: u32) -> Vec<u32> {
        const SEEN: u32 = NONE - 1;
        let formula = self.formula;
        let operands = |gate: u32| formula.gates.get(gate as usize).operands.iter();
        let mut order = Vec::new();
        let mut path = vec![(root, operands(root))];
        self.local_gates[root as usize] = SEEN;
        while let Some((gate, left)) = path.last_mut() {
            match left.next() {
                None => {
                    order.push(*gate);
                    path.pop();
                }
                Some(Operand::Gate(below)) => {
                    let state = &mut self.local_gates[*below as usize];
                    if !self.is_module[*below as usize] && *state == NONE {
                        *state = SEEN;
                        path.push((*below, operands(*below)));
                    }
                }
                Some(Operand::Literal(_)) => {}
            }
        }
        order
    }

    /// Leaves the operands of a gate, as the module in work numbers them, in
    /// `operands`.
    fn local_gate(&mut self, gate: u32, leaves: &mut Vec<Leaf>) -> Kind {
        let gate = self.formula.gates.get(gate as usize);
        let gathered = self.gather(gate.kind, gate.operands);
        for operand in gate.operands {
            if gathered.is_none() || !self.is_own(*operand) {
                let local = self.local_operand(*operand, leaves);
                self.operands.push(local);
            }
        }
        if let Some(module) = gathered {
            self.operands.push(push_leaf(leaves, Leaf::Module(module)));
        }
        gate.kind
    }

    /// Makes a module of the operands that only this gate uses, if there are at
    /// least two of them and others besides.
    fn gather(&mut self, kind: Kind, operands: &[Operand]) -> Option<usize> {
        if matches!(kind, Kind::AtLeast(_)) {
            return None;
        }
        let own = operands.iter().filter(|operand| self.is_own(**operand)).count();
        if own < 2 || own == operands.len() {
            return None;
        }
        let mut leaves = Vec::with_capacity(own);
        let mut gates = Gates::with_capacity(1, own);
        let operands = operands.iter().filter(|operand| self.is_own(**operand));
        gates.push(kind, operands.map(|operand| self.own_leaf(*operand, &mut leaves)));
        let top = Term::Operand(Operand::Gate(0));
        let formula = Formula { gates, top, variables: own as u32 };
        self.modules.push(Module { formula, leaves });
        Some(self.modules.len() - 1)
    }

    /// Whether the operand is a positive event or a module that occurs once.
    fn is_own(&self, operand: Operand) -> bool {
        match operand {
            Operand::Literal(literal) => {
                !literal.negated && self.variable_uses[literal.variable as usize] == 1
            }
            Operand::Gate(gate) => {
                self.is_module[gate as usize] && self.gate_uses[gate as usize] == 1
            }
        }
    }

    fn own_leaf(&self, operand: Operand, leaves: &mut Vec<Leaf>) -> Operand {
        let leaf = match operand {
            Operand::Literal(literal) => Leaf::Event(self.events[literal.variable as usize]),
            Operand::Gate(gate) => Leaf::Module(self.made[gate as usize]),
        };
        push_leaf(leaves, leaf)
    }

    fn local_operand(&mut self, operand: Operand, leaves: &mut Vec<Leaf>) -> Operand {
        match operand {
            Operand::Gate(gate) if !self.is_module[gate as usize] => {
                Operand::Gate(self.local_gates[gate as usize])
            }
            Operand::Gate(gate) => {
                let known = &mut self.local_leaves.of_gate[gate as usize];
                if *known == NONE {
                    *known = leaves.len() as u32;
                    leaves.push(Leaf::Module(self.made[gate as usize]));
                }
                Operand::Literal(Literal { variable: *known, negated: false })
            }
            Operand::Literal(Literal { variable, negated }) => {
                let known = &mut self.local_leaves.of_variable[variable as usize];
                if *known == NONE {
                    *known = leaves.len() as u32;
                    leaves.push(Leaf::Event(self.events[variable as usize]));
                }
                Operand::Literal(Literal { variable: *known, negated })
            }
        }
    }

    /// Clears the scratch numbers that the gates of one module have set.
    fn forget(&mut self, order: &[u32]) {
        for gate in order {
            self.local_gates[*gate as usize] = NONE;
            for operand in self.formula.gates.get(*gate as usize).operands {
                match operand {
                    Operand::Literal(literal) => {
                        self.local_leaves.of_variable[literal.variable as usize] = NONE;
                    }
                    Operand::Gate(below) => self.local_leaves.of_gate[*below as usize] = NONE,
                }
            }
        }
    }
}

fn push_leaf(leaves: &mut Vec<Leaf>, leaf: Leaf) -> Operand {
    leaves.push(leaf);
    Operand::Literal(Literal { variable: leaves.len() as u32 - 1, negated: false })
}
