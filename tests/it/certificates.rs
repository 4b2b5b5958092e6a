//! Certificates: what is proven passes the checker, and nothing else does.

use std::collections::BTreeSet;

use failscope::analysis::{Proofs, Structure, WORK_LIMIT};
use failscope::engine::{Budget, ModuleTree, cut_sets};
use failscope::expand::expand;
use failscope::graph::{ComponentId, DependencyGraph};
use failscope::report::certificate::certificate;
use failscope::verify::{Certificate, Needed, Step, verify};
use proptest::prelude::*;

use crate::brute::Brute;
use crate::program::run;
use crate::quantities::Temporary;
use crate::random_graphs::{runs, spec};
use crate::shipped::{read, root, yaml_files};

type Sets = Vec<Vec<ComponentId>>;

fn graph_of(name: &str) -> DependencyGraph {
    let (topology, _) = read(&root().join("topologies").join(name));
    expand(&topology.expect("a topology")).graph
}

fn sets_of(graph: &DependencyGraph, service: ComponentId, order: u32) -> Sets {
    let structure = Structure::new(graph, &[service], WORK_LIMIT).expect("within the limit");
    let tree = ModuleTree::new(&structure.loss(service).expect("a root"));
    let sets = cut_sets::up_to_order(&tree, order, &Budget::default()).expect("within the budget");
    sets.iter().map(|set| set.into_iter().map(Structure::component).collect()).collect()
}

fn services(graph: &DependencyGraph) -> Vec<ComponentId> {
    graph.ids().filter(|&id| graph.component(id).kind == "service").collect()
}

/// `checkout` of the web shop with all its sets.
fn shop() -> (DependencyGraph, Certificate) {
    let graph = graph_of("web-shop.yaml");
    let checkout = graph.find("checkout").expect("a service");
    let sets = sets_of(&graph, checkout, u32::MAX);
    let claimed = certificate("Web shop", &graph, &[(checkout, sets)]).expect("proven");
    (graph, claimed)
}

#[test]
fn the_sets_of_every_shipped_topology_are_proven() {
    let (mut proven, mut files) = (0, 0);
    for path in yaml_files(&root().join("topologies")) {
        let (Ok(topology), _) = read(&path) else { continue };
        let graph = expand(&topology).graph;
        let claims: Vec<_> =
            services(&graph).into_iter().map(|id| (id, sets_of(&graph, id, 2))).collect();
        let claimed = certificate("", &graph, &claims).expect("every cut set has a proof");
        let all = verify(&graph, &claimed).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for (one, (_, sets)) in all.iter().zip(&claims) {
            assert_eq!(one.cut_sets, sets.len());
            assert!(one.all_single_points, "{} in {}", one.service, path.display());
            proven += one.cut_sets;
        }
        files += 1;
    }
    assert!(files > 15 && proven > 200, "{proven} sets of {files} topologies");
}

/// All sets of at most three basic components, smallest first.
fn small_sets(graph: &DependencyGraph) -> Sets {
    let basic: Vec<_> = graph.ids().filter(|&id| graph.component(id).is_basic()).collect();
    let sets = 0..1_u32 << basic.len().min(10);
    let chosen = |bits: u32| {
        let members = basic.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
        members.map(|(_, &id)| id).collect::<Vec<_>>()
    };
    sets.filter(|bits| bits.count_ones() <= 3).map(chosen).collect()
}

proptest! {
    #![proptest_config(runs(200))]

    /// By definition: it takes the target, and without any one member it does not.
    #[test]
    fn exactly_the_minimal_cut_sets_can_be_proven(spec in spec(12)) {
        let graph = spec.without_switchover().build();
        let brute = Brute::new(&graph);
        let proofs = Proofs::new(&graph);
        for target in graph.ids().take(4) {
            let takes = |set: &[ComponentId]| brute.lost_with(set).members(&graph).contains(&target);
            let mut prover = proofs.of(target);
            let mut minimal = Vec::new();
            for set in small_sets(&graph) {
                let is_needed = |at: usize| {
                    let mut rest = set.clone();
                    rest.remove(at);
                    !takes(&rest)
                };
                let is_minimal = takes(&set) && (0..set.len()).all(is_needed);
                prop_assert_eq!(prover.prove(&set).is_some(), is_minimal, "{:?}", &set);
                if is_minimal {
                    minimal.push(set);
                }
            }
            let claimed = certificate("", &graph, &[(target, minimal)]).expect("proven");
            let all = verify(&graph, &claimed).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert!(all[0].all_single_points || graph.len() > 10);
        }
    }
}

#[test]
fn a_certificate_survives_being_written_down() {
    let (graph, claimed) = shop();
    let text = serde_json::to_string(&claimed).expect("JSON");
    let again: Certificate = serde_json::from_str(&text).expect("a certificate");
    assert_eq!(claimed, again);
    let all = verify(&graph, &again).expect("proven");
    // `cuts topologies/web-shop.yaml --service checkout --count` says 31, 3 of them single.
    assert_eq!((all[0].cut_sets, all[0].single_points, all[0].all_single_points), (31, 3, true));
}

/// A change of the certificate, and what the refusal must say.
type Tampering = (&'static str, fn(&mut Certificate), &'static str);

/// The first set of two members.
fn pair(claimed: &mut Certificate) -> &mut failscope::verify::SetProof {
    claimed.services[0].cut_sets.iter_mut().find(|set| set.fail.len() == 2).expect("a pair")
}

const TAMPERED: [Tampering; 12] = [
    ("a member removed", |c| drop(pair(c).fail.pop()), "is not lost by this"),
    (
        "a member and its reason removed",
        |c| {
            let set = pair(c);
            set.fail.pop();
            set.needed.pop();
        },
        "is not lost by this",
    ),
    (
        "a member added",
        |c| pair(c).fail.push("picking-list".to_owned()),
        "nothing shows that `picking-list` is needed",
    ),
    (
        "a member added with a reason",
        |c| {
            let member = "card-payments".to_owned();
            let set = pair(c);
            set.fail.push(member.clone());
            set.needed.push(Needed { member, path_set: 0 });
        },
        "of the set",
    ),
    ("another service", |c| c.services[0].service = "dispatch".to_owned(), "`dispatch`"),
    (
        "an unknown service",
        |c| c.services[0].service = "nobody".to_owned(),
        "no component `nobody`",
    ),
    ("another topology", |c| c.structure = "0".repeat(32), "made for another topology"),
    ("a path set cut short", |c| drop(c.services[0].path_sets[0].pop()), "does not keep"),
    ("a step taken out", |c| drop(pair(c).loss.remove(0)), "is not lost before this"),
    (
        "a step put in",
        |c| {
            let step = Step { lost: "checkout".to_owned(), without: Vec::new() };
            pair(c).loss.insert(0, step);
        },
        "`checkout` is not lost by this",
    ),
    (
        "a set twice",
        |c| {
            let set = pair(c).clone();
            c.services[0].cut_sets.push(set);
        },
        "before",
    ),
    ("a later format", |c| c.failscope_certificate = 2, "only version 1"),
];

#[test]
fn a_tampered_certificate_is_refused_with_its_place() {
    let (graph, claimed) = shop();
    for (what, tamper, reason) in TAMPERED {
        let mut tampered = claimed.clone();
        tamper(&mut tampered);
        let refusal = verify(&graph, &tampered).expect_err(what);
        assert!(refusal.reason.contains(reason), "{what}: {refusal}");
        assert!(!refusal.place.is_empty(), "{what}");
    }
}

#[test]
fn a_single_point_that_is_left_out_is_noticed() {
    let (graph, mut claimed) = shop();
    claimed.services[0].cut_sets.retain(|set| set.fail != ["rack R1"]);
    let all = verify(&graph, &claimed).expect("what is left is still true");
    assert!(!all[0].all_single_points);
}

/// A proof does not rest on the fingerprint: for a topology that has changed it fails by itself.
#[test]
fn a_forged_fingerprint_does_not_help() {
    let (_, mut claimed) = shop();
    let other = graph_of("small.yaml");
    claimed.structure = failscope::graph::digest(&other);
    assert!(verify(&other, &claimed).is_err());
}

/// Every name of the certificate replaced by every other name that occurs in it: either the
/// replacement is refused, or what it claims is a minimal cut set by brute force.
#[test]
fn no_replaced_member_slips_through() {
    let (graph, claimed) = shop();
    let checkout = graph.find("checkout").expect("a service");
    let brute = Brute::new(&graph);
    let service = &claimed.services[0];
    let names: BTreeSet<&String> = service.cut_sets.iter().flat_map(|set| &set.fail).collect();
    for (at, set) in service.cut_sets.iter().enumerate() {
        for (member, name) in (0..set.fail.len()).flat_map(|m| names.iter().map(move |n| (m, *n))) {
            let mut tampered = claimed.clone();
            tampered.services[0].cut_sets[at].fail[member].clone_from(name);
            if verify(&graph, &tampered).is_ok() {
                let fail = &tampered.services[0].cut_sets[at].fail;
                let ids: Vec<_> = fail.iter().filter_map(|name| graph.find(name)).collect();
                assert!(brute.lost_with(&ids).members(&graph).contains(&checkout), "{fail:?}");
                assert_eq!(fail, &set.fail);
            }
        }
    }
}

#[test]
fn the_command_line_proves_and_checks() {
    let files = Temporary::new();
    let shop = root().join("topologies/web-shop.yaml").display().to_string();
    let file = files.file("proof.json", "");
    let cuts = ["cuts", &shop, "--service", "checkout", "--certificate", &file];
    assert_eq!(run(&cuts).code, 0);
    let ran = run(&["verify", &shop, &file]);
    let expected = "checkout: 31 minimal cut sets proven\n  3 of them are single points of \
                    failure; no other single failure stops it\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (0, expected));
    let sweep = ["sweep", &shop, "--order", "2", "--check", "--certificate", &file];
    assert_eq!(run(&sweep).code, 0);
    assert_eq!(run(&["verify", &shop, &file]).stdout.lines().count(), 6, "three services");
    let small = root().join("topologies/small.yaml").display().to_string();
    let ran = run(&["verify", &small, &file]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("structure: it was made for another topology"), "{}", ran.stdout);
    let broken = files.file("broken.json", "{ \"failscope_certificate\": 1 }");
    let ran = run(&["verify", &shop, &broken]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("is no certificate"), "{}", ran.stderr);
}

/// The schema accepts what is written, and refuses what the reader refuses.
#[test]
fn certificates_follow_their_schema() {
    let schema = failscope::verify::schema();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let (_, claimed) = shop();
    let mut value = serde_json::to_value(&claimed).expect("JSON");
    assert!(validator.is_valid(&value));
    value["services"][0]["extra"] = true.into();
    assert!(!validator.is_valid(&value));
    assert!(serde_json::from_value::<Certificate>(value).is_err());
}
