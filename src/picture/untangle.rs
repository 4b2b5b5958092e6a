//! Leads lines around boxes: what passes a box on its way stays on one side of it for as long
//! as the box lasts, and crosses over before or behind it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::columns::Columns;
use super::layout::{Plan, frame_id, node_id};
use super::wires::{Part, Wire};
use super::{Scene, What};

pub(super) fn untangle(scene: &Scene, columns: &Columns, plan: &mut Plan) {
    let mut order = Order::new(plan);
    let fixed = scene.nodes.iter().enumerate();
    let fixed = fixed.filter(|(_, node)| matches!(node.what, What::Component(_)));
    let fixed: FxHashSet<String> = fixed.map(|(index, _)| node_id(index)).collect();
    let chains = chains(columns, plan);
    let mut outer: Vec<usize> =
        (0..scene.frames.len()).filter(|&frame| scene.frames[frame].outer.is_none()).collect();
    outer.sort_by_key(|&frame| columns.of_frame(scene, frame));
    for frame in outer {
        let Some(obstacle) = Obstacle::new(plan, frame) else { continue };
        for chain in &chains {
            order.keep_to_one_side(plan, chain, &obstacle, &fixed);
        }
    }
    order.write(plan);
}

/// The stops of each line from left to right, by name: branch and trunk in one.
fn chains(columns: &Columns, plan: &Plan) -> Vec<Vec<String>> {
    let wires = wires(columns, plan);
    let trunks: FxHashMap<usize, &Vec<String>> = columns
        .wires
        .iter()
        .zip(&wires)
        .filter(|(wire, _)| wire.part == Part::Trunk)
        .map(|(wire, chain)| (wire.from, chain))
        .collect();
    let with_trunk = |(wire, chain): (&Wire, &Vec<String>)| match trunks.get(&wire.to) {
        Some(trunk) if wire.part == Part::Branch => match trunk.first() == chain.last() {
            true => chain.iter().chain(trunk.iter().skip(1)).cloned().collect(),
            false => trunk.iter().chain(chain.iter().skip(1)).cloned().collect(),
        },
        _ => chain.clone(),
    };
    let joined = columns.wires.iter().zip(&wires).filter(|(wire, _)| wire.part != Part::Trunk);
    joined.map(with_trunk).collect()
}

/// The stops of each wire.
fn wires(columns: &Columns, plan: &Plan) -> Vec<Vec<String>> {
    let mut between: Vec<Vec<(i32, String)>> = vec![Vec::new(); columns.wires.len()];
    plan.for_each_node(|id, node| {
        let name = node.edge_obj.as_ref().and_then(|edge| edge.name.as_deref());
        let wire = name.and_then(|name| name.parse::<usize>().ok());
        if let (Some(wire), Some(rank)) = (wire, node.rank) {
            between[wire].push((rank, id.to_owned()));
        }
    });
    let chain = |(wire, mut between): (&Wire, Vec<(i32, String)>)| {
        between.sort();
        let rightwards = columns.of[wire.from] < columns.of[wire.to];
        let (left, right) = if rightwards { (wire.from, wire.to) } else { (wire.to, wire.from) };
        let mut chain = vec![node_id(left)];
        chain.extend(between.into_iter().map(|(_, id)| id));
        chain.push(node_id(right));
        chain
    };
    columns.wires.iter().zip(between).map(chain).collect()
}

/// A box and its upper and lower border in each column.
struct Obstacle {
    frame: String,
    borders: FxHashMap<i32, (String, String)>,
}

impl Obstacle {
    fn new(plan: &Plan, frame: usize) -> Option<Obstacle> {
        let frame = frame_id(frame);
        let label = plan.node(&frame)?;
        let both = label.border_left.iter().zip(&label.border_right).enumerate();
        let borders = both.filter_map(|(rank, (upper, lower))| {
            let rank = i32::try_from(rank).ok()?;
            Some((rank, (upper.clone()?, lower.clone()?)))
        });
        Some(Obstacle { borders: borders.collect(), frame })
    }
}

/// The names in each column, from above.
struct Order {
    columns: FxHashMap<i32, Vec<String>>,
    places: FxHashMap<String, usize>,
}

impl Order {
    fn new(plan: &Plan) -> Order {
        let mut columns: FxHashMap<i32, Vec<(usize, String)>> = FxHashMap::default();
        plan.for_each_node(|id, node| {
            if let (Some(rank), Some(order)) = (node.rank, node.order) {
                columns.entry(rank).or_default().push((order, id.to_owned()));
            }
        });
        let sorted = columns.into_iter().map(|(rank, mut names)| {
            names.sort();
            (rank, names.into_iter().map(|(_, id)| id).collect())
        });
        let mut order = Order { columns: sorted.collect(), places: FxHashMap::default() };
        let ranks: Vec<i32> = order.columns.keys().copied().collect();
        ranks.into_iter().for_each(|rank| order.number(rank));
        order
    }

    fn number(&mut self, rank: i32) {
        for (place, id) in self.columns.get(&rank).into_iter().flatten().enumerate() {
            self.places.insert(id.clone(), place);
        }
    }

    fn place(&self, id: &str) -> usize {
        self.places.get(id).copied().unwrap_or(0)
    }

    fn keep_to_one_side(
        &mut self,
        plan: &Plan,
        chain: &[String],
        obstacle: &Obstacle,
        fixed: &FxHashSet<String>,
    ) {
        let beside: Vec<(i32, &String)> = chain
            .iter()
            .filter_map(|id| Some((plan.node(id)?.rank?, id)))
            .filter(|(rank, _)| obstacle.borders.contains_key(rank))
            .collect();
        let is_inside = |id: &str| {
            let parent = plan.parent(id);
            parent.is_some_and(|p| p == obstacle.frame || plan.parent(p) == Some(&obstacle.frame))
        };
        let (Some(first), Some(last)) = (beside.first(), beside.last()) else { return };
        if beside.iter().any(|(_, id)| is_inside(id)) {
            return;
        }
        let is_above =
            |(rank, id): &(i32, &String)| self.place(id) < self.place(&obstacle.borders[rank].0);
        let above = match (fixed.contains(first.1), fixed.contains(last.1)) {
            (true, _) => is_above(first),
            (false, true) => is_above(last),
            (false, false) => {
                2 * beside.iter().filter(|stop| is_above(stop)).count() > beside.len()
            }
        };
        let wrong = beside.iter().filter(|stop| {
            is_above(stop) != above && !fixed.contains(stop.1) && plan.parent(stop.1).is_none()
        });
        let wrong: Vec<(i32, String)> = wrong.map(|(rank, id)| (*rank, (*id).clone())).collect();
        for (rank, id) in wrong {
            self.put(rank, id, above, &obstacle.borders[&rank]);
        }
    }

    /// Right above or right below a box.
    fn put(&mut self, rank: i32, id: String, above: bool, borders: &(String, String)) {
        let Some(column) = self.columns.get_mut(&rank) else { return };
        column.retain(|other| *other != id);
        let border = if above { &borders.0 } else { &borders.1 };
        let at = column.iter().position(|other| other == border).unwrap_or(0);
        column.insert(at + usize::from(!above), id);
        self.number(rank);
    }

    fn write(&self, plan: &mut Plan) {
        plan.for_each_node_mut(|id, node| {
            if node.order.is_some() {
                node.order = self.places.get(id).copied();
            }
        });
    }
}
