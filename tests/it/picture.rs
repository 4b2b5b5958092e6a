//! Pictures: what is in them, told by hand for small topologies; and what holds for the places
//! in every picture of a topology that is shipped.

use std::collections::BTreeSet;

use failscope::analysis::{Analysis, WORK_LIMIT};
use failscope::expand::expand;
use failscope::graph::{ComponentId, Scope};
use failscope::input::{self, Limits};
use failscope::model::Topology;
use failscope::picture::{
    self, Drawing, Fate, Layer, MOST_LINES, MOST_NODES, Options, Part, Point, Rect, Scene, View,
    What,
};
use failscope::source::SourceMap;

use crate::shipped::{read, root, yaml_files};

fn scene_of(
    topology: &Topology,
    options: impl Fn(&dyn Fn(&str) -> ComponentId) -> Options,
) -> Scene {
    let expansion = expand(topology);
    let analysis = Analysis::new(&expansion.graph, WORK_LIMIT).unwrap();
    let find = |name: &str| expansion.graph.find(name).unwrap_or_else(|| panic!("no {name}"));
    picture::scene(topology, &analysis, &options(&find), "a title".to_owned())
}

fn topology(text: &str) -> Topology {
    let mut sources = SourceMap::new();
    let file = sources.add("test.yaml", text.to_owned());
    let mut no_parts = |_: &std::path::Path, _: &mut SourceMap| Err("none".to_owned());
    let reading = input::read(&mut sources, file, &Limits::default(), &mut no_parts);
    reading.topology.unwrap_or_else(|| panic!("{:?}", reading.diagnostics))
}

fn whole(_: &dyn Fn(&str) -> ComponentId) -> Options {
    Options::default()
}

fn names(scene: &Scene) -> BTreeSet<String> {
    scene.nodes.iter().filter(|node| node.facts().is_some()).map(|node| node.name()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// `a -> b` for every line that is drawn.
fn lines(scene: &Scene) -> BTreeSet<String> {
    let words = |line: &picture::Line| {
        format!("{} -> {}", scene.nodes[line.from].name(), scene.nodes[line.to].name())
    };
    scene.drawn().map(|(_, line)| words(line)).collect()
}

/// A shop on two servers with a database on a third.
const SHOP: &str = "failscope: 1
servers:
  A: {}
  B: {}
  D: {}
components:
  shop: { kind: web application, on: [A, B], needs: [orders] }
  orders: { kind: database, on: [D] }
services:
  checkout: { needs: [shop] }
";

#[test]
fn a_small_picture_holds_what_the_file_says() {
    let scene = scene_of(&topology(SHOP), whole);
    let expected = ["A", "B", "D", "shop", "shop@A", "shop@B", "orders", "checkout"];
    assert_eq!(names(&scene), set(&expected));
    let expected = [
        "checkout -> shop",
        "shop -> 1 of 2",
        "1 of 2 -> shop@A",
        "1 of 2 -> shop@B",
        "shop -> orders",
    ];
    assert_eq!(lines(&scene), set(&expected));
    let frames: BTreeSet<String> = scene.frames.iter().map(|frame| frame.title.clone()).collect();
    assert_eq!(frames, set(&["A", "B", "D"]));
    let layer = |name: &str| scene.nodes.iter().find(|node| node.name() == name).unwrap().layer;
    assert_eq!(layer("checkout"), Layer::Functions);
    assert_eq!(layer("shop"), Layer::Hosts);
    assert_eq!(layer("shop@A"), Layer::Instances);
    assert_eq!(layer("A"), Layer::Servers);
}

#[test]
fn what_stands_on_a_server_is_in_its_box_without_a_line() {
    let scene = scene_of(&topology(SHOP), whole);
    let node = |name: &str| scene.nodes.iter().position(|node| node.name() == name).unwrap();
    for (inside, server) in [("shop@A", "A"), ("shop@B", "B"), ("orders", "D")] {
        assert_eq!(scene.nodes[node(inside)].frame, scene.nodes[node(server)].frame);
        let line = scene.lines.iter().find(|l| (l.from, l.to) == (node(inside), node(server)));
        assert!(line.is_some_and(|line| line.framed), "{inside}");
    }
}

#[test]
fn single_points_of_failure_are_marked() {
    let scene = scene_of(&topology(SHOP), whole);
    let marked: BTreeSet<String> = scene
        .nodes
        .iter()
        .filter(|node| node.facts().is_some_and(|facts| facts.is_spof))
        .map(|node| node.name())
        .collect();
    // The only database, and the only server it can stand on.
    assert_eq!(marked, set(&["D", "orders"]));
}

/// Services and cluster processes that nobody wrote into the file are drawn as what carries
/// them, unless they are asked for.
#[test]
fn detail_is_drawn_as_what_carries_it() {
    let text = std::fs::read_to_string(root().join("topologies/small.yaml")).unwrap();
    let folded = scene_of(&topology(&text), whole);
    let with = |name: &str| {
        let node = folded.nodes.iter().find(|node| node.name() == name).unwrap();
        node.facts().unwrap().with.iter().cloned().collect::<BTreeSet<_>>()
    };
    assert_eq!(with("BTS01"), set(&["ENTSSO@BTS01", "MSDTC@BTS01", "IIS@BTS01"]));
    let resources = ["SQLVS1", "msdtc@SQLCLUSTER/SQL", "entsso@SQLCLUSTER/SQL"];
    assert_eq!(with("SQLCLUSTER/SQL"), set(&resources));
    assert!(names(&folded).contains("Web@BTS01"));
    let detail = |_: &dyn Fn(&str) -> ComponentId| Options { detail: true, ..Options::default() };
    let all = scene_of(&topology(&text), detail);
    assert!(names(&all).is_superset(&set(&resources)));
    assert!(all.left_out.is_empty());
    assert_well_placed("small, in detail", &all, &picture::layout(&all));
}

/// A server does not take the mark of what is drawn as it: that has one of its own.
#[test]
fn a_service_that_is_worse_off_than_its_server_has_its_own_mark() {
    let path = root().join("topologies/ra10-clustered-receiving.yaml");
    let scene = scene_of(&read(&path).0.unwrap(), whole);
    let facts = |name: &str| {
        let node = scene.nodes.iter().find(|node| node.name() == name).unwrap();
        node.facts().unwrap()
    };
    for server in ["BTS1", "BTS2"] {
        assert_eq!((facts(server).is_spof, facts(server).scope), (false, Scope::Server));
        let held = facts(server).held.as_ref().unwrap();
        assert_eq!(held.names, [format!("MSMQ@{server}")]);
        assert_eq!((held.label.as_str(), held.facts.is_spof), ("MSMQ", true));
        assert_eq!(held.facts.scope, Scope::Endpoint);
    }
    // Its services are no worse off than it is.
    assert!(facts("SQL1").held.is_none() && facts("SQL1").spofs == 0);
}

/// Whatever is drawn, its mark is the one that the analysis gives to what it is called.
#[test]
fn a_mark_is_that_of_what_bears_the_name() {
    for (name, topology) in shipped() {
        let expansion = expand(&topology);
        let analysis = Analysis::new(&expansion.graph, WORK_LIMIT).unwrap();
        let scene = picture::scene(&topology, &analysis, &Options::default(), String::new());
        for facts in scene.nodes.iter().filter_map(|node| node.facts()) {
            // Names may be given twice; several alike have none.
            let is_head = |id: &&ComponentId| expansion.graph.component(**id).name == facts.name;
            let Some(&head) = facts.components.iter().find(is_head) else { continue };
            assert_eq!(facts.is_spof, analysis.is_spof(head), "{name}: {}", facts.name);
            assert_eq!(facts.scope, analysis.failure(head).scope, "{name}: {}", facts.name);
            let held = facts.held.iter().flat_map(|held| &held.facts.components);
            let held: BTreeSet<ComponentId> = held.copied().collect();
            for &id in &facts.components {
                let is_worse = analysis.failure(id).scope > facts.scope
                    || analysis.is_spof(id) && !facts.is_spof;
                assert_eq!(held.contains(&id), is_worse, "{name}: {id:?} in {}", facts.name);
            }
        }
    }
}

/// A server goes on, and one of its services could not be started again.
#[test]
fn in_a_loss_what_is_hit_harder_than_its_server_has_its_own_mark() {
    let path = root().join("topologies/ra01-two-computers.yaml");
    let scene = scene_of(&read(&path).0.unwrap(), |find| Options {
        view: View::Impact(find("N1")),
        ..Options::default()
    });
    let node = scene.nodes.iter().find(|node| node.name() == "N2").unwrap();
    assert_eq!(node.fate, Some(Fate::Survives));
    let held = node.facts().unwrap().held.as_ref().unwrap();
    assert_eq!(held.fate, Some(Fate::AfterRestart));
    assert_eq!(held.names, ["ENTSSO@N2"]);
}

#[test]
fn what_several_in_a_box_need_starts_at_the_box() {
    let text = "failscope: 1
servers:
  A: {}
components:
  x: { on: [A], needs: [far] }
  y: { on: [A], needs: [far] }
  far: {}
services:
  one: { needs: [x] }
  two: { needs: [y] }
";
    let scene = scene_of(&topology(text), whole);
    let drawing = picture::layout(&scene);
    let boxed: Vec<_> = drawing.routes.iter().filter(|route| route.from_box.is_some()).collect();
    let [route] = boxed.as_slice() else { panic!("{boxed:?}") };
    let from = |&line: &usize| scene.nodes[scene.lines[line].from].name();
    assert_eq!(route.lines.iter().map(from).collect::<BTreeSet<_>>(), set(&["x", "y"]));
    assert!(on_side(&drawing.frames[route.from_box.unwrap()], route.curve[0]));
}

#[test]
fn focus_keeps_what_is_so_many_steps_away() {
    let shop = topology(SHOP);
    let focus = |name: &'static str, depth| {
        scene_of(&shop, |find| Options {
            view: View::Focus { on: find(name), depth },
            ..Options::default()
        })
    };
    assert_eq!(names(&focus("orders", 1)), set(&["orders", "D", "shop"]));
    assert_eq!(names(&focus("orders", 2)), set(&["orders", "D", "shop", "checkout"]));
    assert_eq!(names(&focus("orders", 0)), set(&["orders"]));
    let note = "5 of 8 components are not in the picture";
    assert_eq!(focus("orders", 1).left_out, [note]);
}

#[test]
fn impact_shows_who_stops_and_who_goes_on() {
    let shop = topology(SHOP);
    let impact = |name: &'static str| {
        let options = |find: &dyn Fn(&str) -> ComponentId| Options {
            view: View::Impact(find(name)),
            ..Options::default()
        };
        let scene = scene_of(&shop, options);
        let with_fates = scene.nodes.iter().filter(|node| node.facts().is_some());
        with_fates.map(|node| (node.name(), node.fate.unwrap())).collect::<BTreeSet<_>>()
    };
    let told = |expected: &[(&str, Fate)]| -> BTreeSet<(String, Fate)> {
        expected.iter().map(|(name, fate)| ((*name).to_owned(), *fate)).collect()
    };
    use Fate::{Failed, StopsAtOnce, Survives};
    let all =
        [("D", Failed), ("orders", StopsAtOnce), ("shop", StopsAtOnce), ("checkout", StopsAtOnce)];
    assert_eq!(impact("D"), told(&all));
    let one = [("A", Failed), ("shop@A", StopsAtOnce), ("shop@B", Survives), ("shop", Survives)];
    assert_eq!(impact("A"), told(&one));
}

#[test]
fn what_a_loss_leaves_until_the_next_start_has_a_fate_of_its_own() {
    let text = "failscope: 1
components:
  master: {}
  service: { needs: [{ all: [master], kind: start }] }
services:
  work: { needs: [service] }
";
    let options = |find: &dyn Fn(&str) -> ComponentId| Options {
        view: View::Impact(find("master")),
        ..Options::default()
    };
    let scene = scene_of(&topology(text), options);
    let fate = |name: &str| scene.nodes.iter().find(|node| node.name() == name).unwrap().fate;
    assert_eq!(fate("master"), Some(Fate::Failed));
    assert_eq!(fate("service"), Some(Fate::AfterRestart));
    assert_eq!(fate("work"), Some(Fate::AfterRestart));
}

#[test]
fn only_some_layers_are_joined_by_what_led_through_the_others() {
    let shop = topology(SHOP);
    let scene = scene_of(&shop, |_| Options {
        view: View::Whole,
        only: vec![Layer::Functions, Layer::Servers],
        detail: false,
    });
    assert_eq!(names(&scene), set(&["checkout", "A", "B", "D", "orders"]));
    // D is not needed but by way of what is drawn on it.
    let expected = ["checkout -> A", "checkout -> B", "checkout -> orders"];
    assert_eq!(lines(&scene), set(&expected));
    assert!(scene.drawn().all(|(_, line)| line.stroke.indirect));
}

#[test]
fn the_same_redundancy_group_is_drawn_once() {
    let text = "failscope: 1
components:
  x: {}
  y: {}
  z: {}
  one: { needs: [{ at_least: 2, of: [x, y, z] }] }
  two: { needs: [{ at_least: 2, of: [x, y, z] }] }
  other: { needs: [{ at_least: 1, of: [x, y, z] }] }
";
    let scene = scene_of(&topology(text), whole);
    let mut bundles: Vec<String> = scene
        .nodes
        .iter()
        .filter(|node| matches!(node.what, What::Bundle(_)))
        .map(|node| node.name())
        .collect();
    bundles.sort();
    assert_eq!(bundles, ["1 of 3", "2 of 3"]);
}

/// Every shipped topology that can be read.
fn shipped() -> Vec<(String, Topology)> {
    let files = yaml_files(&root().join("topologies"));
    let topologies = files.iter().filter_map(|path| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some((name, read(path).0.ok()?))
    });
    let found: Vec<(String, Topology)> = topologies.collect();
    assert!(found.len() > 20, "{} topologies", found.len());
    found
}

#[test]
fn nothing_overlaps_and_everything_is_in_its_box() {
    for (name, topology) in shipped() {
        let scene = scene_of(&topology, whole);
        assert_well_placed(&name, &scene, &picture::layout(&scene));
    }
}

fn assert_well_placed(name: &str, scene: &Scene, drawing: &Drawing) {
    let nodes = &drawing.nodes;
    for (at, node) in nodes.iter().enumerate() {
        let label = scene.nodes[at].name();
        for (other, rect) in nodes.iter().enumerate().skip(at + 1) {
            let other = scene.nodes[other].name();
            assert!(!node.overlaps(rect), "{name}: {label} lies on {other}");
        }
        for (frame, rect) in drawing.frames.iter().enumerate() {
            let title = &scene.frames[frame].title;
            match scene.stands_in(at, frame) {
                true => assert!(rect.holds(node), "{name}: {label} is not in {title}"),
                false => assert!(!rect.overlaps(node), "{name}: {label} lies on box {title}"),
            }
        }
    }
    for (at, frame) in drawing.frames.iter().enumerate() {
        for (other, rect) in drawing.frames.iter().enumerate().skip(at + 1) {
            let nested = scene.is_within(Some(at), other) || scene.is_within(Some(other), at);
            assert!(nested || !frame.overlaps(rect), "{name}: boxes {at} and {other} overlap");
        }
    }
}

#[test]
fn every_line_ends_at_its_nodes() {
    for (name, topology) in shipped() {
        let scene = scene_of(&topology, whole);
        let drawing = picture::layout(&scene);
        let mut drawn = BTreeSet::new();
        for route in &drawing.routes {
            let (start, end) = (route.curve[0], route.curve[route.curve.len() - 1]);
            let line = &scene.lines[route.lines[0]];
            let at_junction = |point: Point| {
                drawing
                    .junctions
                    .iter()
                    .any(|at| (at.x - point.x).abs() < 4.0 && (at.y - point.y).abs() < 1.0)
            };
            match (route.part, route.from_box) {
                (_, Some(frame)) => assert!(on_side(&drawing.frames[frame], start), "{name}"),
                (Part::Trunk, _) => assert!(at_junction(start), "{name}"),
                _ => assert!(on_side(&drawing.nodes[line.from], start), "{name}: {line:?}"),
            }
            match route.part {
                Part::Branch => assert!(at_junction(end), "{name}"),
                _ => assert!(on_side(&drawing.nodes[line.to], end), "{name}: {line:?}"),
            }
            drawn.extend(route.lines.iter().copied());
        }
        assert_eq!(drawn.len(), scene.drawn().count(), "{name}");
    }
}

fn on_side(rect: &Rect, point: Point) -> bool {
    let beside = (point.x - rect.x).abs() < 0.1 || (point.x - rect.right()).abs() < 0.1;
    beside && point.y >= rect.y && point.y <= rect.bottom()
}

/// Few lines lead over what they have nothing to do with.
#[test]
fn lines_keep_off_nodes_and_mostly_off_boxes() {
    let (mut routes, mut over_nodes, mut over_boxes) = (0, 0, 0);
    for (name, topology) in shipped() {
        let scene = scene_of(&topology, whole);
        let drawing = picture::layout(&scene);
        let (nodes, boxes) = crossed(&scene, &drawing);
        println!(
            "{name}: {} lines, {nodes} over nodes, {boxes} over boxes, {} x {}",
            drawing.routes.len(),
            drawing.width as u32,
            drawing.height as u32
        );
        routes += drawing.routes.len();
        over_nodes += nodes;
        over_boxes += boxes;
    }
    println!("{routes} lines, {over_nodes} over nodes, {over_boxes} over boxes");
    assert!(over_nodes * 200 <= routes, "{over_nodes} of {routes} lead over nodes");
    assert!(over_boxes * 5 <= routes, "{over_boxes} of {routes} lead over boxes");
}

/// How many pieces of line lead over a node, or a box, at neither end of them.
fn crossed(scene: &Scene, drawing: &Drawing) -> (usize, usize) {
    let (mut nodes, mut boxes) = (0, 0);
    for route in &drawing.routes {
        let points = points(&route.curve);
        let ends: Vec<usize> = route
            .lines
            .iter()
            .flat_map(|&line| [scene.lines[line].from, scene.lines[line].to])
            .collect();
        let over = |rect: &Rect| points.iter().any(|point| inside(rect, *point));
        let foreign = |node: &usize| !ends.contains(node);
        nodes +=
            usize::from((0..drawing.nodes.len()).filter(foreign).any(|n| over(&drawing.nodes[n])));
        let foreign = |frame: &usize| !ends.iter().any(|&node| scene.stands_in(node, *frame));
        boxes += usize::from(
            (0..drawing.frames.len()).filter(foreign).any(|f| over(&drawing.frames[f])),
        );
    }
    (nodes, boxes)
}

fn inside(rect: &Rect, point: Point) -> bool {
    let edge = 1.0;
    point.x > rect.x + edge
        && point.x < rect.right() - edge
        && point.y > rect.y + edge
        && point.y < rect.bottom() - edge
}

/// Points of the cubic pieces, by the definition of such a curve.
fn points(curve: &[Point]) -> Vec<Point> {
    let mut found = Vec::new();
    let mut start = curve[0];
    for piece in curve[1..].chunks_exact(3) {
        for step in 0..=24 {
            let t = f64::from(step) / 24.0;
            let u = 1.0 - t;
            let at = |pick: fn(Point) -> f64| {
                u * u * u * pick(start)
                    + 3.0 * u * u * t * pick(piece[0])
                    + 3.0 * u * t * t * pick(piece[1])
                    + t * t * t * pick(piece[2])
            };
            found.push(Point { x: at(|p| p.x), y: at(|p| p.y) });
        }
        start = piece[2];
    }
    found
}

#[test]
fn large_topologies_are_folded_until_they_can_be_read() {
    for size in [300, 3_000] {
        let topology = topology(&generator::generate(size));
        let scene = scene_of(&topology, whole);
        assert!(scene.nodes.len() <= MOST_NODES, "{size}: {} nodes", scene.nodes.len());
        assert!(scene.drawn().count() <= MOST_LINES, "{size}: {} lines", scene.drawn().count());
        let single = |name: &String| name.starts_with("1 ×");
        assert!(!names(&scene).iter().any(single), "{size}: one thing has its own name");
        assert!(!scene.left_out.is_empty(), "{size}: says nothing of what it leaves out");
        let drawn: usize =
            scene.nodes.iter().filter_map(|n| n.facts()).map(|f| f.components.len()).sum();
        let all = expand(&topology).graph.len();
        assert_eq!(drawn, all, "{size}: every component is in some node");
        assert_well_placed(&size.to_string(), &scene, &picture::layout(&scene));
    }
}

/// Wider than high, as a screen is.
#[test]
fn large_pictures_are_not_high() {
    for size in [100, 150, 200, 250, 300, 400] {
        let topology = topology(&generator::generate(size));
        let scene = scene_of(&topology, whole);
        let drawing = picture::layout(&scene);
        let (width, height) = (drawing.width as u32, drawing.height as u32);
        assert!(height < width && width < 2_500, "{size}: {width} x {height}");
        assert_well_placed(&size.to_string(), &scene, &drawing);
    }
}

/// Boxes of servers, some with a cluster around, in more than one column.
#[test]
fn high_columns_are_broken_between_boxes() {
    let mut text = String::from("failscope: 1\nservers:\n");
    for server in 0..18 {
        text.push_str(&format!("  S{server}: {{}}\n"));
    }
    text.push_str("clusters:\n  C:\n    nodes: [S0, S1]\n    groups:\n      G: { ip: 10.0.0.1 }\n");
    text.push_str("components:\n");
    for server in 2..18 {
        text.push_str(&format!("  a{server}: {{ on: [S{server}] }}\n"));
        text.push_str(&format!("  b{server}: {{ on: [S{server}], needs: [far] }}\n"));
    }
    text.push_str("  far: { on: [S17] }\nservices:\n  all: { needs: [a2, b3] }\n");
    let scene = scene_of(&topology(&text), whole);
    let drawing = picture::layout(&scene);
    assert_well_placed("boxes", &scene, &drawing);
    let columns: BTreeSet<i64> = drawing.frames.iter().map(|frame| frame.x as i64).collect();
    assert!(columns.len() > 1 && drawing.frames.len() == 17, "{columns:?}");
    assert!(drawing.height < 1_600.0, "{}", drawing.height);
}

/// Functions that need the same are one where there are too many; what one of them alone is
/// needed by stays by itself.
#[test]
fn functions_that_need_the_same_are_one_where_there_are_many() {
    let mut text = String::from("failscope: 1\ncomponents:\n  base: {}\nservices:\n");
    for number in 0..5 {
        text.push_str(&format!("  order{number}: {{ needs: [base] }}\n"));
    }
    let few = scene_of(&topology(&text), whole);
    assert!(names(&few).contains("order3"));
    for number in 0..MOST_NODES {
        text.push_str(&format!("  x{number}x: {{ needs: [base] }}\n"));
    }
    text.push_str("  last: { needs: [order0] }\n");
    let many = scene_of(&topology(&text), whole);
    let others = format!("{} × service", MOST_NODES + 4);
    assert_eq!(names(&many), set(&["base", "order0", "last", &others]));
    let folded = many.nodes.iter().filter_map(|node| node.facts()).find(|f| f.name == others);
    assert_eq!(folded.unwrap().components.len(), MOST_NODES + 4);
    assert_eq!(folded.unwrap().others(), 0);
    assert_eq!(folded.unwrap().with.len(), MOST_NODES + 4);
}

#[path = "../../benches/topology.rs"]
mod generator;
