//! The graph laid flat for finding causes: components in an order in which providers come first,
//! and of their needs what failures can still make unmet. A component is spoken of by its
//! place in that order.
//!
//! What is lost from the outset is left out here, so that everything that is left is up. Nothing is
//! known here about what a failure takes.

use super::bits::Bits;
use super::needs::Needs;
use super::order::Order;
use super::rows::Rows;
use crate::graph::DependencyGraph;

#[derive(Debug)]
pub(super) struct Flat {
    /// Component by place, and place by component.
    pub(super) components: Vec<u32>,
    places: Vec<u32>,
    /// Places of what fails by itself.
    pub(super) basic: Bits,
    /// Components that are lost from the outset.
    pub(super) down: Bits,
    /// What takes a component for certain, as [`Reference`]s, by place.
    pub(super) sole: Rows,
    /// Places that have some of these.
    pub(super) linked: Bits,
    /// What may take one, in the order of the places.
    pub(super) choices: Vec<Choice>,
    /// The providers of the choices, by place.
    providers: Vec<u32>,
    /// Places of the members of each cycle. All their needs of one another are choices.
    pub(super) cycles: Vec<(u32, u32)>,
}

/// The owner is lost with so many of some providers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub(super) owner: u32,
    pub(super) lost: u32,
    /// Where its providers end; they begin where those of the choice before it end.
    end: u32,
}

/// Something that takes a component, as one number: whatever takes the one at a place, or only
/// a failure of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    Loss(u32),
    Failure(u32),
}

impl Reference {
    pub(super) fn of(number: u32) -> Reference {
        match number & 1 {
            0 => Reference::Loss(number >> 1),
            _ => Reference::Failure(number >> 1),
        }
    }

    /// Places are below 2^31: a component takes far more than two bytes of memory.
    pub(super) fn number(self) -> u32 {
        match self {
            Reference::Loss(place) => place << 1,
            Reference::Failure(place) => place << 1 | 1,
        }
    }
}

impl Flat {
    pub(super) fn new(graph: &DependencyGraph) -> Flat {
        let needs = Needs::of(graph);
        let Order { members, cycles } = Order::of(&needs);
        let components = graph.len();
        let places = places(&members);
        let (mut basic, mut stated) = (Bits::new(components), Vec::new());
        for ((_, component), (number, &place)) in graph.components().zip((0..).zip(&places)) {
            if component.is_basic() {
                basic.add(place);
            } else if component.is_stated_down() {
                stated.push(number);
            }
        }
        let mut flat = Flat {
            places,
            components: members,
            basic,
            down: needs.lost(&stated),
            sole: Rows::with_capacity(components),
            linked: Bits::new(components),
            choices: Vec::new(),
            providers: Vec::new(),
            cycles,
        };
        flat.take(&needs, &stated);
        flat
    }

    /// Takes over the needs of what is up.
    fn take(&mut self, needs: &Needs, stated_down: &[u32]) {
        let cycles = std::mem::take(&mut self.cycles);
        let mut ahead = cycles.iter().copied().peekable();
        for place in 0..self.components.len() as u32 {
            while ahead.next_if(|&(_, end)| end <= place).is_some() {}
            let in_cycle = ahead.peek().is_some_and(|&(start, _)| start <= place);
            let component = self.components[place as usize];
            if !self.down.has(component) {
                for need in needs.of_component(component) {
                    match needs.need(need).own {
                        true => self.take_own(needs, need, stated_down),
                        false => self.take_state(needs, need, place, in_cycle),
                    }
                }
            }
            self.sole.end_row();
            if !self.sole.row(place).is_empty() {
                self.linked.add(place);
            }
        }
        self.cycles = cycles;
    }

    fn take_state(&mut self, needs: &Needs, need: u32, place: u32, in_cycle: bool) {
        let start = self.providers.len();
        let up = needs.providers(need).iter().filter(|&&provider| !self.down.has(provider));
        self.providers.extend(up.map(|&provider| self.places[provider as usize]));
        let up = (self.providers.len() - start) as u32;
        let lost = (up + 1).saturating_sub(needs.need(need).at_least);
        if lost == 1 && !in_cycle {
            let providers = self.providers.drain(start..);
            providers.for_each(|provider| self.sole.push(Reference::Loss(provider).number()));
        } else if lost <= up {
            self.choices.push(Choice { owner: place, lost, end: self.providers.len() as u32 });
        } else {
            self.providers.truncate(start);
        }
    }

    /// No single failure is more than one provider's own.
    fn take_own(&mut self, needs: &Needs, need: u32, stated_down: &[u32]) {
        let serves = |provider: &&u32| stated_down.binary_search(provider).is_err();
        let serving = needs.providers(need).iter().filter(serves);
        if serving.clone().count() as u32 != needs.need(need).at_least {
            return;
        }
        for &provider in serving {
            let place = self.places[provider as usize];
            if self.basic.has(place) {
                self.sole.push(Reference::Failure(place).number());
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.components.len()
    }

    /// How much there is to look at.
    pub(super) fn references(&self) -> u64 {
        let [_, sole] = self.sole.arrays();
        (sole.len() + self.providers.len()) as u64
    }

    pub(super) fn is_in_cycle(&self, place: u32) -> bool {
        let at = self.cycles.partition_point(|&(_, end)| end <= place);
        self.cycles.get(at).is_some_and(|&(start, _)| start <= place)
    }

    pub(super) fn place(&self, component: u32) -> u32 {
        self.places[component as usize]
    }

    /// The providers of a choice, by its number.
    pub(super) fn providers(&self, choice: usize) -> &[u32] {
        let start = choice.checked_sub(1).map_or(0, |before| self.choices[before].end);
        &self.providers[start as usize..self.choices[choice].end as usize]
    }

    /// Reads once and in order what causes are found from; the bytes, and a sum of all.
    pub(super) fn read_once(&self) -> (usize, u64) {
        let [starts, values] = self.sole.arrays();
        let numbers = [&self.components, starts, values, &self.providers];
        let (mut bytes, mut sum) = (size_of_val(self.choices.as_slice()), 0_u64);
        for array in numbers {
            bytes += size_of_val(array);
            sum = array.iter().fold(sum, |sum, &number| sum.wrapping_add(u64::from(number)));
        }
        for bits in [&self.basic, &self.linked] {
            bytes += size_of_val(bits.words());
            sum = bits.words().iter().fold(sum, |sum, &word| sum.wrapping_add(word));
        }
        let of = |c: &Choice| u64::from(c.owner ^ c.lost ^ c.end);
        (bytes, self.choices.iter().fold(sum, |sum, choice| sum.wrapping_add(of(choice))))
    }

    /// Looks up the record of a component once for every reference to it, in their order: what
    /// following each dependency once costs at least. A sum of all.
    pub(super) fn follow_once(&self) -> u64 {
        let [starts, sole] = self.sole.arrays();
        let sole = sole.iter().map(|number| number >> 1);
        sole.chain(self.providers.iter().copied())
            .fold(0, |sum, place| sum + u64::from(starts[place as usize]))
    }
}

fn places(members: &[u32]) -> Vec<u32> {
    let mut places = vec![0_u32; members.len()];
    for (place, &component) in members.iter().enumerate() {
        places[component as usize] = place as u32;
    }
    places
}
