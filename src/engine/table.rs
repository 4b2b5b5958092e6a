//! The store of decision nodes and the cache of operations, for both kinds of
//! diagram.
//!
//! Nodes are 16 bytes, hash-consed, and numbered so that children have smaller
//! numbers than their parents: a pass over a diagram is a loop over numbers.
//! The cache is direct-mapped and forgets; it grows with the table. There is no
//! garbage collection: one table serves one construction and is then frozen.
//!
//! Whether a node is redundant is a matter of the diagram kind, not of the table.

use super::budget::{Budget, Exhausted};

/// A node of a [`Table`]; 0 and 1 are the terminals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ref(pub(super) u32);

impl Ref {
    pub(super) const ZERO: Ref = Ref(0);
    pub(super) const ONE: Ref = Ref(1);
    /// No node: an unset field.
    pub(super) const NONE: Ref = Ref(u32::MAX);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn is_terminal(self) -> bool {
        self.0 < 2
    }
}

/// The level of the terminals, below every variable.
pub(super) const BOTTOM: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) level: u32,
    pub(super) low: Ref,
    pub(super) high: Ref,
    /// The next node in the same bucket.
    next: Ref,
}

pub(super) struct Table {
    nodes: Vec<Node>,
    buckets: Vec<Ref>,
    max_nodes: usize,
    /// Steps taken so far, those allowed now, and those allowed in all.
    steps: u64,
    steps_allowed: u64,
    max_steps: u64,
}

const FIRST_BUCKETS: usize = 16;

impl Table {
    pub(super) fn new(budget: &Budget) -> Table {
        let terminal = Node { level: BOTTOM, low: Ref::ZERO, high: Ref::ZERO, next: Ref::NONE };
        Table {
            nodes: vec![terminal; 2],
            buckets: vec![Ref::NONE; FIRST_BUCKETS],
            max_nodes: budget.max_nodes(),
            steps: 0,
            steps_allowed: budget.max_steps(),
            max_steps: budget.max_steps(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Sets the number of nodes that may be made and of steps that may be taken,
    /// both since the beginning; the budget stays the upper limit of the steps.
    pub(super) fn allow(&mut self, nodes: usize, steps: u64) {
        self.max_nodes = nodes;
        self.steps_allowed = steps.min(self.max_steps);
    }

    #[inline]
    pub(super) fn node(&self, at: Ref) -> Node {
        self.nodes[at.index()]
    }

    #[inline]
    pub(super) fn level(&self, at: Ref) -> u32 {
        self.nodes[at.index()].level
    }

    /// The node with these fields, made if it does not exist.
    #[inline]
    pub(super) fn unique(&mut self, level: u32, low: Ref, high: Ref) -> Result<Ref, Exhausted> {
        let bucket = hash(level, low.0, high.0) as usize & (self.buckets.len() - 1);
        let mut at = self.buckets[bucket];
        while at != Ref::NONE {
            let node = &self.nodes[at.index()];
            if node.low == low && node.high == high && node.level == level {
                return Ok(at);
            }
            at = node.next;
        }
        self.insert(bucket, level, low, high)
    }

    pub(super) fn steps_taken(&self) -> u64 {
        self.steps
    }

    /// What is left of the work allowed.
    pub(super) fn steps_left(&self) -> u64 {
        self.max_steps - self.steps
    }

    /// Spends one elementary step.
    #[inline]
    pub(super) fn step(&mut self) -> Result<(), Exhausted> {
        if self.steps >= self.steps_allowed {
            return Err(Exhausted::Work);
        }
        self.steps += 1;
        Ok(())
    }

    fn insert(&mut self, bucket: usize, level: u32, low: Ref, high: Ref) -> Result<Ref, Exhausted> {
        if self.nodes.len() >= self.max_nodes {
            return Err(Exhausted::Memory);
        }
        if self.nodes.len() == self.nodes.capacity() {
            let more = self.nodes.len().min(self.max_nodes - self.nodes.len());
            self.nodes.try_reserve_exact(more).map_err(|_| Exhausted::Memory)?;
        }
        let at = Ref(self.nodes.len() as u32);
        self.nodes.push(Node { level, low, high, next: self.buckets[bucket] });
        self.buckets[bucket] = at;
        if self.nodes.len() > self.buckets.len() {
            self.grow()?;
        }
        Ok(at)
    }

    fn grow(&mut self) -> Result<(), Exhausted> {
        let size = self.buckets.len() * 2;
        self.buckets.try_reserve_exact(self.buckets.len()).map_err(|_| Exhausted::Memory)?;
        self.buckets.clear();
        self.buckets.resize(size, Ref::NONE);
        for index in 2..self.nodes.len() {
            let Node { level, low, high, .. } = self.nodes[index];
            let bucket = hash(level, low.0, high.0) as usize & (size - 1);
            self.nodes[index].next = self.buckets[bucket];
            self.buckets[bucket] = Ref(index as u32);
        }
        Ok(())
    }
}

/// Multiply and fold: cheap, and good in the low bits that select a bucket.
#[inline]
fn hash(a: u32, b: u32, c: u32) -> u32 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    const L: u64 = 0xD6E8_FEB8_6659_FD93;
    let mixed =
        ((u64::from(b) << 32 | u64::from(c)) ^ u64::from(a).wrapping_mul(L)).wrapping_mul(K);
    let folded = mixed ^ (mixed >> 32);
    (folded ^ (folded >> 15)) as u32
}

#[derive(Clone, Copy)]
struct Entry {
    f: Ref,
    g: Ref,
    operation: u32,
    result: Ref,
}

/// Remembers results of binary operations until their place is taken.
///
/// It grows with the results put in, not with the nodes made: *without* has far
/// more calls than results. The limit on nodes limits the entries as well.
pub(super) struct Cache {
    entries: Vec<Entry>,
    puts_until_growth: usize,
    max_entries: usize,
}

const EMPTY: Entry = Entry { f: Ref::NONE, g: Ref::NONE, operation: 0, result: Ref::NONE };

impl Cache {
    pub(super) fn new(budget: &Budget) -> Cache {
        Cache {
            entries: vec![EMPTY; FIRST_BUCKETS],
            puts_until_growth: FIRST_BUCKETS,
            max_entries: budget.max_nodes(),
        }
    }

    /// Sets the number of entries that it may grow to.
    pub(super) fn allow(&mut self, entries: usize) {
        self.max_entries = entries;
    }

    #[inline]
    pub(super) fn get(&self, operation: u32, f: Ref, g: Ref) -> Option<Ref> {
        let entry = &self.entries[self.place(operation, f, g)];
        (entry.f == f && entry.g == g && entry.operation == operation).then_some(entry.result)
    }

    #[inline]
    pub(super) fn put(&mut self, operation: u32, f: Ref, g: Ref, result: Ref) {
        let place = self.place(operation, f, g);
        self.entries[place] = Entry { f, g, operation, result };
        self.puts_until_growth -= 1;
        if self.puts_until_growth == 0 {
            self.grow();
        }
    }

    /// Doubles, keeping the old entries. At its limit, or without memory for a
    /// larger one, the cache goes on working as it is.
    #[cold]
    fn grow(&mut self) {
        let size = self.entries.len() * 2;
        self.puts_until_growth = size;
        let mut entries = Vec::new();
        if size > self.max_entries || entries.try_reserve_exact(size).is_err() {
            return;
        }
        entries.resize(size, EMPTY);
        let old = std::mem::replace(&mut self.entries, entries);
        for entry in old.into_iter().filter(|entry| entry.f != Ref::NONE) {
            let place = self.place(entry.operation, entry.f, entry.g);
            self.entries[place] = entry;
        }
    }

    #[inline]
    fn place(&self, operation: u32, f: Ref, g: Ref) -> usize {
        hash(operation, f.0, g.0) as usize & (self.entries.len() - 1)
    }
}
