//! From the analysis to a [`Scene`]: what is drawn, as what, and which lines join it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::About;
use super::fold::{Fold, Folding, Groups};
use super::layer::Layers;
use super::select::{self, Options, Selection};
use super::*;
use crate::analysis::Analysis;
use crate::graph::{DependencyGraph, Nature, Requirement, Watch};
use crate::model::Topology;
use crate::text;

/// Steps through hidden components that are followed for indirect lines.
const MOST_STEPS: usize = 2_000_000;

pub fn scene(
    topology: &Topology,
    analysis: &Analysis<'_>,
    options: &Options,
    title: String,
) -> Scene {
    let graph = analysis.graph();
    let layers = Layers::new(topology, graph);
    let selection = Selection::new(analysis, options);
    let view = select::words(graph, options);
    let drawing = Drawer { topology, analysis, graph, layers: &layers, selection: &selection };
    let least = if options.detail { Fold::Nothing } else { Fold::Detail };
    let mut scene = Fold::ALL
        .into_iter()
        .filter(|fold| *fold >= least)
        .find_map(|fold| drawing.draft(fold))
        .unwrap_or_else(|| drawing.scene_of(Fold::Layers));
    scene.title = title;
    scene.view = view;
    scene
}

struct Drawer<'a, 'g> {
    topology: &'a Topology,
    analysis: &'a Analysis<'g>,
    graph: &'g DependencyGraph,
    layers: &'a Layers,
    selection: &'a Selection,
}

impl Drawer<'_, '_> {
    /// The scene at that level of folding, unless it is too large to read.
    fn draft(&self, fold: Fold) -> Option<Scene> {
        let groups = self.folding().groups(fold);
        if groups.groups.len() > MOST_NODES {
            return None;
        }
        let scene = self.draw(&groups, fold);
        let fits = scene.nodes.len() <= MOST_NODES && scene.drawn().count() <= MOST_LINES;
        fits.then_some(scene)
    }

    fn scene_of(&self, fold: Fold) -> Scene {
        self.draw(&self.folding().groups(fold), fold)
    }

    fn folding(&self) -> Folding<'_> {
        Folding { graph: self.graph, layers: self.layers, selection: self.selection }
    }

    fn draw(&self, groups: &Groups, fold: Fold) -> Scene {
        let Drawer { analysis, layers, selection, .. } = *self;
        let facts = About { graph: self.graph, analysis, layers, selection };
        let nodes = groups.groups.iter().map(|group| facts.node(group)).collect();
        let mut scene = Scene {
            title: String::new(),
            view: String::new(),
            nodes,
            frames: Vec::new(),
            lines: Vec::new(),
            left_out: Vec::new(),
            shows_loss: self.selection.fates.is_some(),
        };
        self.frames(groups, &mut scene);
        let complete = Lines::new(self, groups, &mut scene).all();
        self.left_out(groups, fold, complete, &mut scene);
        scene
    }

    /// Boxes around servers and clusters that have something in them.
    fn frames(&self, groups: &Groups, scene: &mut Scene) {
        let mut clusters = FxHashMap::default();
        let mut servers = FxHashMap::default();
        for (index, group) in groups.groups.iter().enumerate() {
            // Things of several servers stand in none.
            let Some(head) = group.head else { continue };
            let component = self.graph.component(head);
            let cluster = self.layers.cluster(head).map(|cluster| {
                *clusters.entry(cluster).or_insert_with(|| {
                    let title = self.topology.clusters[cluster].name.value.clone();
                    scene.frames.push(Frame { kind: FrameKind::Cluster, title, outer: None });
                    scene.frames.len() - 1
                })
            });
            let server = component.server.filter(|_| component.function.is_none()).map(|server| {
                *servers.entry(server).or_insert_with(|| {
                    let title = self.graph.component(server).name.clone();
                    scene.frames.push(Frame { kind: FrameKind::Server, title, outer: cluster });
                    scene.frames.len() - 1
                })
            });
            scene.nodes[index].frame = server.or(cluster);
        }
        without_boxes_around_one(scene);
    }

    fn left_out(&self, groups: &Groups, fold: Fold, complete: bool, scene: &mut Scene) {
        let folded = groups.groups.iter().filter(|group| group.members.len() > 1);
        let folded: usize = folded.map(|group| group.members.len()).sum();
        if folded > 0 {
            scene.left_out.push(format!(
                "{folded} of {} are drawn together: {}",
                text::count(self.graph.len(), "component"),
                fold.words()
            ));
        }
        let drawn: usize = groups.groups.iter().map(|group| group.members.len()).sum();
        if drawn < self.graph.len() {
            let hidden = self.graph.len() - drawn;
            scene.left_out.push(format!(
                "{hidden} of {} are not in the picture",
                text::count(self.graph.len(), "component")
            ));
        }
        if !complete {
            scene.left_out.push("some lines through hidden components are missing".to_owned());
        }
    }
}

/// A box around one thing says nothing.
fn without_boxes_around_one(scene: &mut Scene) {
    let mut held = vec![0usize; scene.frames.len()];
    for node in &scene.nodes {
        let mut at = node.frame;
        while let Some(frame) = at {
            held[frame] += 1;
            at = scene.frames[frame].outer;
        }
    }
    let mut numbers = Vec::with_capacity(held.len());
    let mut kept = 0;
    for &count in &held {
        numbers.push((count > 1).then_some(kept));
        kept += usize::from(count > 1);
    }
    let outer: Vec<Option<usize>> = scene.frames.iter().map(|frame| frame.outer).collect();
    for node in &mut scene.nodes {
        node.frame = node.frame.and_then(|frame| {
            numbers[frame].or_else(|| outer[frame].and_then(|outer| numbers[outer]))
        });
    }
    for frame in &mut scene.frames {
        frame.outer = frame.outer.and_then(|outer| numbers[outer]);
    }
    let mut count = held.iter();
    scene.frames.retain(|_| count.next().is_some_and(|&count| count > 1));
}

/// A redundancy group: the same k of the same providers is drawn once.
#[derive(PartialEq, Eq, Hash)]
struct BundleKey {
    providers: Vec<usize>,
    at_least: u32,
    of: usize,
    shares: bool,
    stroke: Stroke,
}

impl BundleKey {
    fn new(bundle: &Bundle, nodes: &[usize], stroke: Stroke) -> BundleKey {
        let mut providers = nodes.to_vec();
        providers.sort_unstable();
        let Bundle { at_least, of, shares, .. } = *bundle;
        BundleKey { providers, at_least, of, shares, stroke }
    }
}

/// Builds the lines and bundles of a scene.
struct Lines<'a, 'd, 'g> {
    drawer: &'a Drawer<'d, 'g>,
    groups: &'a Groups,
    scene: &'a mut Scene,
    bundles: FxHashMap<BundleKey, usize>,
    seen: FxHashSet<(usize, usize, Stroke)>,
    steps: usize,
}

impl<'a, 'd, 'g> Lines<'a, 'd, 'g> {
    fn new(drawer: &'a Drawer<'d, 'g>, groups: &'a Groups, scene: &'a mut Scene) -> Self {
        Lines {
            drawer,
            groups,
            scene,
            bundles: FxHashMap::default(),
            seen: FxHashSet::default(),
            steps: 0,
        }
    }

    /// False if some indirect lines were too many to follow.
    fn all(mut self) -> bool {
        let graph = self.drawer.graph;
        for (_, requirement) in graph.requirements() {
            if let Some(from) = self.groups.of(requirement.dependent) {
                self.requirement(from, requirement);
            }
        }
        for id in graph.ids() {
            if let Some(from) = self.groups.of(id) {
                self.indirect(from, id);
            }
        }
        self.steps < MOST_STEPS
    }

    fn requirement(&mut self, from: usize, requirement: &Requirement) {
        let mut providers = Vec::new();
        for to in requirement.providers.iter().filter_map(|&provider| self.groups.of(provider)) {
            if to != from && !providers.contains(&to) {
                providers.push(to);
            }
        }
        let stroke = Stroke {
            kind: requirement.kind,
            indirect: false,
            disputed: requirement.disputed.is_some(),
        };
        let n = requirement.providers.len();
        let is_choice = n > requirement.at_least as usize || requirement.shares;
        if is_choice && n > 1 && providers.len() > 1 {
            let to = self.bundle(requirement, providers, stroke);
            self.line(from, to, stroke, requirement);
            return;
        }
        for to in providers {
            self.line(from, to, stroke, requirement);
        }
    }

    fn bundle(
        &mut self,
        requirement: &Requirement,
        providers: Vec<usize>,
        stroke: Stroke,
    ) -> usize {
        let bundle = Bundle {
            at_least: requirement.at_least,
            of: requirement.providers.len(),
            shares: requirement.shares,
            providers: requirement.providers.clone(),
        };
        let key = BundleKey::new(&bundle, &providers, stroke);
        if let Some(&known) = self.bundles.get(&key) {
            return known;
        }
        let number = self.scene.nodes.len();
        self.bundles.insert(key, number);
        let first = &self.scene.nodes[providers[0]];
        self.scene.nodes.push(Node {
            layer: first.layer,
            frame: common_frame(self.scene, &providers),
            fate: self.fate_of_bundle(requirement),
            what: What::Bundle(bundle),
        });
        for to in providers {
            self.line(number, to, stroke, requirement);
        }
        number
    }

    /// A bundle is lost when fewer than k of its providers are left.
    fn fate_of_bundle(&self, requirement: &Requirement) -> Option<Fate> {
        let fates = self.drawer.selection.fates.as_ref()?;
        let goes_on =
            |fate: Fate| matches!(fate, Fate::Survives | Fate::AfterRestart | Fate::Interrupted);
        let left = requirement.providers.iter().filter(|id| goes_on(fates[id.index()])).count();
        Some(match left < requirement.at_least as usize {
            true => Fate::StopsAtOnce,
            false => Fate::Survives,
        })
    }

    fn line(&mut self, from: usize, to: usize, stroke: Stroke, requirement: &Requirement) {
        if !self.seen.insert((from, to, stroke)) {
            return;
        }
        let framed = (self.says_the_frame(requirement) || self.is_the_server(requirement, to))
            && self.share_a_frame(from, to)
            || self.says_the_place(requirement);
        let why = requirement.why.clone().into_owned();
        self.scene.lines.push(Line { from, to, stroke, why, framed });
    }

    /// That a thing runs on its server, or a group in its cluster, the box around both says.
    fn says_the_frame(&self, requirement: &Requirement) -> bool {
        let &[provider] = requirement.providers.as_slice() else { return false };
        let graph = self.drawer.graph;
        let layers = self.drawer.layers;
        let on_server = graph.component(requirement.dependent).server == Some(provider);
        let in_cluster = matches!(
            graph.component(provider).element,
            Some(crate::model::Element::Cluster(cluster))
                if layers.cluster(requirement.dependent) == Some(cluster)
        );
        let plain = requirement.kind == RequirementKind::Run && requirement.watch == Watch::State;
        plain && (on_server || in_cluster)
    }

    /// What needs a service of its server that is drawn as the server needs the server.
    fn is_the_server(&self, requirement: &Requirement, to: usize) -> bool {
        let server = self.drawer.graph.component(requirement.dependent).server;
        server.is_some() && self.groups.groups.get(to).is_some_and(|group| group.head == server)
    }

    /// That a server stands in a site, its machine or rack there says, if it is drawn.
    fn says_the_place(&self, requirement: &Requirement) -> bool {
        let &[outer] = requirement.providers.as_slice() else { return false };
        let graph = self.drawer.graph;
        let is_place = |id: ComponentId| graph.component(id).nature == Nature::Placement;
        if !is_place(outer) {
            return false;
        }
        let sole = |id: ComponentId| {
            let requirements = graph.requirements_of(id).into_iter();
            requirements.filter_map(|id| match graph.requirement(id).providers.as_slice() {
                &[provider] => Some(provider),
                _ => None,
            })
        };
        sole(requirement.dependent).any(|inner| {
            let drawn = self.groups.of(inner) != self.groups.of(outer);
            let drawn = drawn && self.groups.of(inner).is_some();
            is_place(inner) && drawn && sole(inner).any(|provider| provider == outer)
        })
    }

    fn share_a_frame(&self, from: usize, to: usize) -> bool {
        let frame = self.scene.nodes[to].frame;
        frame.is_some_and(|frame| self.scene.stands_in(from, frame))
    }

    /// What a drawn component needs by way of hidden ones.
    fn indirect(&mut self, from: usize, id: ComponentId) {
        let graph = self.drawer.graph;
        let mut seen = FxHashSet::default();
        let mut ahead = vec![(id, RequirementKind::Run)];
        while let Some((at, so_far)) = ahead.pop() {
            for requirement in graph.requirements_of(at) {
                let requirement = graph.requirement(requirement);
                let kind = weaker(so_far, requirement.kind);
                for &provider in &requirement.providers {
                    self.steps += 1;
                    if self.steps >= MOST_STEPS {
                        return;
                    }
                    let hidden = self.groups.of(provider).is_none();
                    if hidden && self.drawer.selection.is_near(provider) && seen.insert(provider) {
                        ahead.push((provider, kind));
                    }
                    if at != id {
                        self.indirect_line(from, provider, kind, requirement);
                    }
                }
            }
        }
    }

    fn indirect_line(
        &mut self,
        from: usize,
        provider: ComponentId,
        kind: RequirementKind,
        last: &Requirement,
    ) {
        let Some(to) = self.groups.of(provider) else { return };
        let stroke = Stroke { kind, indirect: true, disputed: last.disputed.is_some() };
        if from != to && self.seen.insert((from, to, stroke)) {
            let why = format!("through things that are not in the picture; {}", last.why);
            self.scene.lines.push(Line { from, to, stroke, why, framed: false });
        }
    }
}

/// Of two requirements in a row, the one whose loss is felt less.
fn weaker(a: RequirementKind, b: RequirementKind) -> RequirementKind {
    let rank = |kind: RequirementKind| palette::KINDS.iter().position(|&known| known == kind);
    if rank(b) > rank(a) { b } else { a }
}

/// The innermost frame around all of some nodes.
fn common_frame(scene: &Scene, nodes: &[usize]) -> Option<usize> {
    let mut frame = nodes.first().and_then(|&node| scene.nodes[node].frame);
    while let Some(candidate) = frame {
        if nodes.iter().all(|&node| scene.stands_in(node, candidate)) {
            return frame;
        }
        frame = scene.frames[candidate].outer;
    }
    None
}
