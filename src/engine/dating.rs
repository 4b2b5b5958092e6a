//! Which gates of a formula are modules: nothing below them is used from outside.
//!
//! The depth-first dating of Dutuit and Rauzy, "A linear-time algorithm to find
//! modules of fault trees" (IEEE Transactions on Reliability 45, 1996): a gate is
//! a module if every visit to anything below it lies between its own first and
//! second date. Gates with a negative literal below them do not count, so that a
//! module is monotone and its minimal cut sets can be put in place of its variable.

use super::formula::{Formula, Gate, Operand, Term};

/// For each gate, whether it is a module.
pub(super) fn find_modules(formula: &Formula) -> Vec<bool> {
    let Term::Operand(Operand::Gate(top)) = formula.top else {
        return vec![false; formula.gates.len()];
    };
    let dating = Dating::walk(formula, top);
    let mut below: Vec<Below> = Vec::with_capacity(formula.gates.len());
    for gate in formula.gates.iter() {
        below.push(dating.below(gate, &below));
    }
    let is_module = |(below, own): (&Below, &Dates)| {
        below.is_positive && below.earliest > own.first && below.latest < own.second
    };
    below.iter().zip(&dating.gates).map(is_module).collect()
}

/// What was met below a gate, and when.
#[derive(Clone, Copy)]
struct Below {
    earliest: u32,
    latest: u32,
    is_positive: bool,
}

/// When the depth-first walk met a gate or a variable.
#[derive(Clone, Copy, Default)]
struct Dates {
    /// First visit; 0 is "never".
    first: u32,
    /// End of the first visit, when everything below was seen.
    second: u32,
    /// Last visit.
    last: u32,
}

struct Dating {
    gates: Vec<Dates>,
    variables: Vec<Dates>,
    clock: u32,
}

impl Dating {
    /// Sums up the operands of a gate; `below` has the gates before it.
    fn below(&self, gate: Gate<'_>, below: &[Below]) -> Below {
        let nothing = Below { earliest: u32::MAX, latest: 0, is_positive: true };
        gate.operands.iter().fold(nothing, |sum, operand| {
            let one = match *operand {
                Operand::Literal(literal) => {
                    let Dates { first, last, .. } = self.variables[literal.variable as usize];
                    Below { earliest: first, latest: last, is_positive: !literal.negated }
                }
                Operand::Gate(gate) => {
                    let Dates { first, last, .. } = self.gates[gate as usize];
                    let Below { earliest, latest, is_positive } = below[gate as usize];
                    Below { earliest: first.min(earliest), latest: last.max(latest), is_positive }
                }
            };
            Below {
                earliest: sum.earliest.min(one.earliest),
                latest: sum.latest.max(one.latest),
                is_positive: sum.is_positive && one.is_positive,
            }
        })
    }

    fn walk(formula: &Formula, top: u32) -> Dating {
        let mut dating = Dating {
            gates: vec![Dates::default(); formula.gates.len()],
            variables: vec![Dates::default(); formula.variables as usize],
            clock: 0,
        };
        let operands = |gate: u32| formula.gates.get(gate as usize).operands.iter();
        dating.enter(top);
        let mut path = vec![(top, operands(top))];
        while let Some((gate, left)) = path.last_mut() {
            match left.next() {
                None => {
                    dating.leave(*gate);
                    path.pop();
                }
                Some(Operand::Literal(literal)) => dating.visit_variable(literal.variable),
                Some(Operand::Gate(below)) => {
                    if dating.enter(*below) {
                        path.push((*below, operands(*below)));
                    }
                }
            }
        }
        dating
    }

    fn tick(&mut self) -> u32 {
        self.clock += 1;
        self.clock
    }

    fn visit_variable(&mut self, variable: u32) {
        let now = self.tick();
        let dates = &mut self.variables[variable as usize];
        if dates.first == 0 {
            dates.first = now;
        }
        dates.last = now;
    }

    /// Notes a visit; true at the first one.
    fn enter(&mut self, gate: u32) -> bool {
        let now = self.tick();
        let dates = &mut self.gates[gate as usize];
        dates.last = now;
        let is_new = dates.first == 0;
        if is_new {
            dates.first = now;
        }
        is_new
    }

    fn leave(&mut self, gate: u32) {
        let now = self.tick();
        let dates = &mut self.gates[gate as usize];
        dates.second = now;
        dates.last = now;
    }
}
