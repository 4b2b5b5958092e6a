//! Free components, services, and `needs:` lists.

use super::Build;
use crate::graph::{
    Component, ComponentId, Function, FunctionRole as GraphRole, Nature, Requirement,
    RequirementKind,
};
use crate::model::*;

impl<'t> Build<'t> {
    pub(super) fn components_of_free(&mut self) {
        let t = self.topology;
        for (id, component) in t.components.iter() {
            let node = self.free_component(component);
            self.define(node, Element::Component(id), &component.name);
        }
        for (id, service) in t.services.iter() {
            self.define(service_component(service), Element::Service(id), &service.name);
        }
    }

    fn free_component(&mut self, model: &FreeComponent) -> Component {
        let stands_for_copies = model.on.len() > 1;
        let redundant = model.redundant.is_some_and(|redundant| redundant.value);
        let kind = model.kind.as_ref().map_or("component".to_owned(), |kind| kind.value.clone());
        Component {
            nature: if stands_for_copies || redundant { Nature::Derived } else { Nature::Basic },
            protection: redundant.then_some("declared redundant"),
            function: model.function.map(|role| function(role.value)),
            ..Component::basic(&model.name.value, kind)
        }
    }

    pub(super) fn free(&mut self) {
        let t = self.topology;
        for (id, component) in t.components.iter() {
            let node = self.of(Element::Component(id));
            self.stand(node, &component.placement);
            self.copies(node, component);
            self.needs_of(node, &component.needs);
        }
        for (id, service) in t.services.iter() {
            self.needs_of(self.of(Element::Service(id)), &service.needs);
        }
    }

    /// One server carries the component; several each carry a copy of it.
    fn copies(&mut self, node: ComponentId, model: &'t FreeComponent) {
        let Some(first) = model.on.first() else { return };
        let span = first.span;
        if model.on.len() == 1 {
            let server = self.server(first.value);
            self.graph_server(node, server);
            self.need(Requirement::run(node, server).why("it runs on this server", "").at(span));
            return;
        }
        let label = &model.name.value;
        let copies = model
            .on
            .iter()
            .map(|on| {
                let copy = self.process_on(label, "copy", on.value, on.span);
                self.graph.set_workload(copy);
                copy
            })
            .collect();
        let at_least = model.at_least.map_or(1, |at_least| at_least.value);
        self.need(
            Requirement::some(node, at_least, copies)
                .why("it runs as copies on these servers", "")
                .at(span),
        );
    }

    pub(super) fn needs_of(&mut self, dependent: ComponentId, needs: &'t [Need]) {
        for need in needs {
            let (at_least, providers) = match &need.of {
                NeedOf::One(element) => (1, vec![self.of(*element)]),
                NeedOf::Some { at_least, among } => (*at_least, self.members(among)),
            };
            let why = need.why.clone().unwrap_or_else(|| "the file says so".to_owned());
            self.need(
                Requirement::some(dependent, at_least, providers)
                    .kind(requirement_kind(need.kind))
                    .why(why, "")
                    .at(need.span),
            );
        }
    }

    /// Members of a group; a group inside it becomes a component of its own. The
    /// reader's depth limit bounds the recursion.
    fn members(&mut self, among: &'t [Need]) -> Vec<ComponentId> {
        let mut members = Vec::with_capacity(among.len());
        for need in among {
            members.push(match &need.of {
                NeedOf::One(element) => self.of(*element),
                NeedOf::Some { at_least, among } => {
                    let inner = self.members(among);
                    let names: Vec<&str> =
                        inner.iter().map(|&id| self.graph.component(id).name.as_str()).collect();
                    let name = format!("{at_least} of {}", crate::text::short_list(&names, 4));
                    let group = self.implied(Component::derived(name, "group").detail(), need.span);
                    self.need(
                        Requirement::some(group, *at_least, inner)
                            .why("the file says so", "")
                            .at(need.span),
                    );
                    group
                }
            });
        }
        members
    }
}

fn service_component(service: &Service) -> Component {
    Component {
        function: Some(Function { role: GraphRole::Service, gradual: false }),
        ..Component::derived(&service.name.value, "service")
    }
}

fn function(role: FunctionRole) -> Function {
    let role = match role {
        FunctionRole::Main => GraphRole::Main,
        FunctionRole::Side => GraphRole::Side,
        FunctionRole::Admin => GraphRole::Admin,
    };
    Function { role, gradual: false }
}

fn requirement_kind(kind: NeedKind) -> RequirementKind {
    match kind {
        NeedKind::Run => RequirementKind::Run,
        NeedKind::Transaction => RequirementKind::Transaction,
        NeedKind::Start => RequirementKind::Start,
        NeedKind::Ingress => RequirementKind::Ingress,
        NeedKind::Config => RequirementKind::Config,
        NeedKind::Soft => RequirementKind::Soft,
    }
}
