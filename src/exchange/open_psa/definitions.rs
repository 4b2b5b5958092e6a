//! Collects what the documents define, without looking into it.

use super::error::{Error, Problem};
use super::reader::{Place, arguments, attribute};

/// Everything that has a name, in the order of the documents.
#[derive(Default)]
pub(super) struct Definitions<'a, 'input> {
    pub(super) fault_trees: Vec<&'a str>,
    pub(super) gates: Vec<GateDefinition<'a, 'input>>,
    pub(super) basic_events: Vec<(&'a str, Place<'a, 'input>)>,
    pub(super) house_events: Vec<(&'a str, Place<'a, 'input>)>,
    pub(super) parameters: Vec<(&'a str, Place<'a, 'input>)>,
    pub(super) groups: Vec<(&'a str, Place<'a, 'input>)>,
}

pub(super) struct GateDefinition<'a, 'input> {
    pub(super) name: &'a str,
    pub(super) fault_tree: usize,
    pub(super) place: Place<'a, 'input>,
}

impl<'a, 'input> Definitions<'a, 'input> {
    pub(super) fn collect_root(&mut self, root: Place<'a, 'input>) -> Result<(), Error> {
        if root.tag() != "opsa-mef" {
            return Err(root.error(Problem::NotOpenPsa(root.tag().to_owned())));
        }
        for child in arguments(root.node) {
            let place = root.at(child);
            match place.tag() {
                "define-fault-tree" => self.collect_fault_tree(place)?,
                "model-data" => {
                    for datum in arguments(child) {
                        self.collect_datum(root.at(datum))?;
                    }
                }
                "define-CCF-group" => self.groups.push((attribute(place, "name")?, place)),
                other => return Err(place.error(Problem::Unsupported(other.to_owned()))),
            }
        }
        Ok(())
    }

    /// A fault tree with its components, which are only a way to sort gates.
    fn collect_fault_tree(&mut self, tree: Place<'a, 'input>) -> Result<(), Error> {
        let fault_tree = self.fault_trees.len();
        self.fault_trees.push(attribute(tree, "name")?);
        let mut pending = vec![tree.node];
        while let Some(container) = pending.pop() {
            for child in arguments(container) {
                let place = tree.at(child);
                match place.tag() {
                    "define-component" => pending.push(child),
                    "define-gate" => {
                        refuse_private(place)?;
                        let name = attribute(place, "name")?;
                        self.gates.push(GateDefinition { name, fault_tree, place });
                    }
                    "define-CCF-group" => self.groups.push((attribute(place, "name")?, place)),
                    _ => self.collect_datum(place)?,
                }
            }
        }
        Ok(())
    }

    fn collect_datum(&mut self, place: Place<'a, 'input>) -> Result<(), Error> {
        let list = match place.tag() {
            "define-basic-event" => &mut self.basic_events,
            "define-house-event" => &mut self.house_events,
            "define-parameter" => &mut self.parameters,
            other => return Err(place.error(Problem::Unsupported(other.to_owned()))),
        };
        refuse_private(place)?;
        list.push((attribute(place, "name")?, place));
        Ok(())
    }
}

fn refuse_private(place: Place<'_, '_>) -> Result<(), Error> {
    match place.node.attribute("role") {
        None | Some("public") => Ok(()),
        Some(role) => {
            Err(place.error(Problem::BadAttribute { attribute: "role", value: role.to_owned() }))
        }
    }
}
