//! An order in which providers come before what needs them, and the cycles that have none.

use super::needs::Needs;

/// Components, providers first.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) members: Vec<u32>,
    /// Where cycles begin and end within `members`.
    pub(super) cycles: Vec<(u32, u32)>,
}

impl Order {
    pub(super) fn of(needs: &Needs) -> Order {
        let mut search = Search::new(needs);
        for component in 0..needs.components() as u32 {
            search.from(component);
        }
        search.order
    }
}

/// Strongly connected parts after Tarjan (1972), with a stack of its own instead of recursion.
/// A part is complete only when all that it needs is.
struct Search<'n> {
    needs: &'n Needs,
    order: Order,
    /// The earliest open component that each is known to reach; 0 before, `DONE` after.
    earliest: Vec<u32>,
    opened: u32,
    /// Opened, and not yet in a part that is complete.
    open: Vec<u32>,
    steps: Vec<Step>,
}

struct Step {
    component: u32,
    number: u32,
    next_provider: u32,
    needs_itself: bool,
}

const DONE: u32 = u32::MAX;

impl Search<'_> {
    fn new(needs: &Needs) -> Search<'_> {
        let components = needs.components();
        let order = Order { members: Vec::with_capacity(components), cycles: Vec::new() };
        let (open, steps) = (Vec::new(), Vec::new());
        Search { needs, order, earliest: vec![0; components], opened: 0, open, steps }
    }

    fn from(&mut self, component: u32) {
        if self.earliest[component as usize] == 0 {
            self.enter(component);
        }
        while let Some(step) = self.steps.last_mut() {
            if step.next_provider == self.needs.all_providers(step.component).end {
                self.leave();
                continue;
            }
            let provider = self.needs.provider(step.next_provider);
            step.next_provider += 1;
            step.needs_itself |= provider == step.component;
            let component = step.component as usize;
            match self.earliest[provider as usize] {
                0 => self.enter(provider),
                DONE => {}
                earliest => self.earliest[component] = self.earliest[component].min(earliest),
            }
        }
    }

    fn enter(&mut self, component: u32) {
        self.opened += 1;
        self.earliest[component as usize] = self.opened;
        self.open.push(component);
        let next_provider = self.needs.all_providers(component).start;
        let number = self.opened;
        self.steps.push(Step { component, number, next_provider, needs_itself: false });
    }

    fn leave(&mut self) {
        let Some(step) = self.steps.pop() else { return };
        let earliest = self.earliest[step.component as usize];
        if let Some(above) = self.steps.last() {
            let above = &mut self.earliest[above.component as usize];
            *above = (*above).min(earliest);
        }
        if earliest == step.number {
            self.complete(&step);
        }
    }

    /// Everything opened since belongs to the part.
    fn complete(&mut self, first: &Step) {
        let start = self.order.members.len();
        while let Some(member) = self.open.pop() {
            self.earliest[member as usize] = DONE;
            self.order.members.push(member);
            if member == first.component {
                break;
            }
        }
        let end = self.order.members.len();
        if end - start > 1 || first.needs_itself {
            self.order.members[start..end].sort_unstable();
            self.order.cycles.push((start as u32, end as u32));
        }
    }
}
