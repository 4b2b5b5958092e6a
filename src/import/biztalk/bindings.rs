//! Binding files, BizTalk 2004 to 2020: ports, orchestrations and the hosts they use.
//!
//! What an export leaves out is left out here. `Enable` is kept but believed by nobody
//! else: deployment files are exported before anything is started.

use roxmltree::Node;

use super::adapters::{class_id, identify};
use super::details;
use super::inventory::*;
use super::merge::Merge;
use super::xml::{attribute, child, child_flag, child_text, children, tag_span, text as text_of};
use crate::model::HostKind;
use crate::source::{FileId, Span};
use crate::text;

/// Modules that hold an application's own artefacts are called `[Application:NAME]`.
const APPLICATION_PREFIX: &str = "[Application:";

pub(super) fn read(root: Node<'_, '_>, file: FileId, merge: &mut Merge) {
    let mut reader = Reader { file, merge, stopping: Vec::new() };
    reader.say_if_master(root);
    for modules in children(root, "ModuleRefCollection") {
        for module in children(modules, "ModuleRef") {
            reader.module(module);
        }
    }
    for ports in children(root, "SendPortCollection") {
        for port in children(ports, "SendPort") {
            reader.send_port(port);
        }
    }
    reader.say_if_stopping();
    for groups in children(root, "DistributionListCollection") {
        for group in children(groups, "DistributionList") {
            reader.send_port_group(group);
        }
    }
    for ports in children(root, "ReceivePortCollection") {
        for port in children(ports, "ReceivePort") {
            reader.receive_port(port);
        }
    }
}

struct Reader<'m> {
    file: FileId,
    merge: &'m mut Merge,
    stopping: Vec<(String, Span)>,
}

impl Reader<'_> {
    fn at(&self, node: Node<'_, '_>) -> Span {
        tag_span(self.file, node)
    }

    /// Deployment Framework masters hide the lines of the real environments in comments.
    fn say_if_master(&mut self, root: Node<'_, '_>) {
        let condition = root.descendants().find(|node| is_condition(*node));
        if let Some(comment) = condition {
            let at = Span::new(self.file, comment.range().start, comment.range().start);
            self.merge.note(
                "import/btdf-master",
                at,
                "this is a master file of the BizTalk Deployment Framework; addresses are taken from its \
                 conditional comments. The generated PortBindings.xml says more"
                    .to_owned(),
            );
        }
    }

    fn module(&mut self, module: Node<'_, '_>) {
        let name = attribute(module, "Name").unwrap_or("");
        if let Some(application) = name.strip_prefix(APPLICATION_PREFIX) {
            let at = self.at(module);
            let application = application.trim_end_matches(']');
            if let Some(application) = self.merge.words(application, at) {
                self.merge.application(application);
            }
        }
        let version = attribute(module, "Version").unwrap_or("");
        let cleaned = |text: &str| super::secrets::clean(text).text;
        let module_name = format!("{} {}", cleaned(name), cleaned(version));
        for services in children(module, "Services") {
            for service in children(services, "Service") {
                self.orchestration(service, &module_name);
            }
        }
    }

    fn orchestration(&mut self, service: Node<'_, '_>, module: &str) {
        let at = self.at(service);
        let Some(name) = self.named(service) else { return };
        let host = child(service, "Host").and_then(|host| self.processing_host(host));
        self.merge.orchestration(Orchestration {
            name: name.value,
            module: module.to_owned(),
            places: vec![at],
            host,
        });
    }

    /// The host of an orchestration; this is where exports state type and Windows group.
    fn processing_host(&mut self, node: Node<'_, '_>) -> Option<Fact<String>> {
        let host = self.named(node)?;
        let kind = match attribute(node, "Type") {
            Some("1") => Some(HostKind::InProcess),
            Some("2") => Some(HostKind::Isolated),
            _ => None,
        };
        self.merge.host(&host);
        if let Some(kind) = kind {
            self.merge.host_kind(&host, Fact::new(kind, host.at));
        }
        if let Some(group) = attribute(node, "NTGroupName") {
            let group = self.merge.words(group, host.at);
            if let Some(group) = group {
                self.merge.host_group(&host, group);
            }
        }
        Some(host)
    }

    fn send_port(&mut self, port: Node<'_, '_>) {
        let at = self.at(port);
        let Some(name) = self.named(port) else { return };
        let dynamic =
            attribute(port, "IsStatic").is_some_and(|word| word.eq_ignore_ascii_case("false"));
        let primary = child(port, "PrimaryTransport");
        let ordered = [Some(port), primary]
            .into_iter()
            .flatten()
            .filter_map(|node| child_flag(node, "OrderedDelivery"))
            .reduce(|one, other| one || other);
        let primary = primary.filter(|_| !dynamic).map(|node| self.send_transport(node));
        let backup = child(port, "SecondaryTransport")
            .map(|node| self.send_transport(node))
            .filter(|transport| transport.adapter.is_some());
        let application = self.application(port);
        let stops_on_failure =
            ordered == Some(true) && child_flag(port, "StopSendingOnFailure") == Some(true);
        if stops_on_failure {
            self.stopping.push((name.value.clone(), at));
        }
        self.merge.send_port(SendPort {
            name: name.value,
            places: vec![at],
            application,
            dynamic,
            ordered: ordered.map(|ordered| Fact::new(ordered, at)),
            stops_on_failure,
            primary,
            backup,
        });
    }

    /// Ports that one bad message stops: said once for a file, and beside each port.
    fn say_if_stopping(&mut self) {
        let Some((_, at)) = self.stopping.first() else { return };
        let at = *at;
        let names: Vec<String> =
            self.stopping.iter().map(|(name, _)| format!("`{name}`")).collect();
        let message = format!(
            "{} order and {} when a message fails, until somebody acts: {}",
            text::count_of(names.len(), "send port keeps", "send ports keep"),
            if names.len() == 1 { "stops" } else { "stop" },
            text::short_list(&names, 4)
        );
        self.merge.note("import/stops-on-failure", at, message);
    }

    fn send_transport(&mut self, node: Node<'_, '_>) -> Transport {
        let at = self.at(node);
        let handler = child(node, "SendHandler");
        let adapter = self.adapter(child(node, "TransportType"), handler);
        let host = handler.and_then(|handler| self.handler_host(handler));
        self.used_handler(adapter.as_ref(), host.as_ref(), Direction::Send);
        let address = self.address(node);
        let data = child(node, "TransportTypeData");
        let details = self.details(data, adapter.as_ref());
        Transport { adapter, host, address, details, at }
    }

    fn send_port_group(&mut self, group: Node<'_, '_>) {
        if let Some(name) = self.named(group) {
            self.merge.send_port_group(name);
        }
    }

    fn receive_port(&mut self, port: Node<'_, '_>) {
        let at = self.at(port);
        let Some(name) = self.named(port) else { return };
        self.merge.inventory.receive_ports += 1;
        let two_way =
            attribute(port, "IsTwoWay").is_some_and(|word| word.eq_ignore_ascii_case("true"));
        let application = self.application(port);
        let mut locations = 0;
        for list in children(port, "ReceiveLocations") {
            for location in children(list, "ReceiveLocation") {
                self.receive_location(location, &name.value, two_way, application.clone());
                locations += 1;
            }
        }
        if locations == 0 {
            let message = format!("receive port `{}` has no receive location", name.value);
            self.merge.note("import/port-without-location", at, message);
        }
    }

    fn receive_location(
        &mut self,
        node: Node<'_, '_>,
        port: &str,
        two_way: bool,
        application: Option<String>,
    ) {
        let at = self.at(node);
        let Some(name) = self.named(node) else { return };
        let handler = child(node, "ReceiveHandler");
        let adapter = self.adapter(child(node, "ReceiveLocationTransportType"), handler);
        let host = handler.and_then(|handler| self.handler_host(handler));
        self.used_handler(adapter.as_ref(), host.as_ref(), Direction::Receive);
        let address = self.address(node);
        let data = child(node, "ReceiveLocationTransportTypeData");
        let details = self.details(data, adapter.as_ref());
        let public_address = child(node, "PublicAddress").and_then(|public| {
            let at = self.at(public);
            self.merge.words(&text_of(public)?, at)
        });
        self.say_if_windowed(node, &name);
        self.merge.receive_location(ReceiveLocation {
            name: name.value,
            places: vec![at],
            port: port.to_owned(),
            application,
            two_way,
            transport: Transport { adapter, host, address, details, at },
            public_address,
            enabled: child_flag(node, "Enable").map(|enabled| Fact::new(enabled, at)),
        });
    }

    fn say_if_windowed(&mut self, node: Node<'_, '_>, name: &Fact<String>) {
        if child_flag(node, "ReceiveLocationServiceWindowEnabled") != Some(true) {
            return;
        }
        let time =
            |tag| child_text(node, tag).and_then(|text| time_of_day(&text).map(str::to_owned));
        if let (Some(from), Some(to)) =
            (time("ReceiveLocationFromTime"), time("ReceiveLocationToTime"))
        {
            let message = format!(
                "receive location `{}` works from {from} to {to} only, in UTC unless the file is older \
                 than 2006",
                name.value
            );
            self.merge.note("import/service-window", name.at, message);
        }
    }

    fn named(&mut self, node: Node<'_, '_>) -> Option<Fact<String>> {
        let name = attribute(node, "Name")?;
        let at = self.at(node);
        self.merge.words(name, at)
    }

    fn application(&mut self, node: Node<'_, '_>) -> Option<String> {
        let name = child_text(node, "ApplicationName")?;
        let at = self.at(node);
        let name = self.merge.words(&name, at)?;
        self.merge.application(name.clone());
        Some(name.value)
    }

    fn handler_host(&mut self, handler: Node<'_, '_>) -> Option<Fact<String>> {
        let host = self.named(handler)?;
        self.merge.host(&host);
        Some(host)
    }

    /// The adapter of a transport; its handler repeats it, and is asked when the first is missing.
    fn adapter(
        &mut self,
        stated: Option<Node<'_, '_>>,
        handler: Option<Node<'_, '_>>,
    ) -> Option<Fact<AdapterUse>> {
        let repeated = handler.and_then(|handler| child(handler, "TransportType"));
        let node = [stated, repeated]
            .into_iter()
            .flatten()
            .find(|node| attribute(*node, "Name").is_some())?;
        let name = self.named(node)?;
        let adapter = AdapterUse {
            name: name.value,
            class_id: attribute(node, "ConfigurationClsid").and_then(class_id),
            capabilities: attribute(node, "Capabilities").and_then(|bits| bits.parse().ok()),
        };
        Some(Fact::new(adapter, name.at))
    }

    fn used_handler(
        &mut self,
        adapter: Option<&Fact<AdapterUse>>,
        host: Option<&Fact<String>>,
        direction: Direction,
    ) {
        let (Some(adapter), Some(host)) = (adapter, host) else { return };
        self.merge.handler(Handler {
            adapter: adapter.clone(),
            host: host.value.clone(),
            direction,
            default: false,
            at: host.at,
        });
    }

    fn address(&mut self, node: Node<'_, '_>) -> Option<Fact<String>> {
        if let Some((address, at)) = conditional_address(node) {
            let at = Span::new(self.file, at, at);
            return self.merge.words(&address, at);
        }
        let stated = child(node, "Address")?;
        let at = self.at(stated);
        self.merge.words(&text_of(stated)?, at)
    }

    fn details(
        &mut self,
        data: Option<Node<'_, '_>>,
        adapter: Option<&Fact<AdapterUse>>,
    ) -> Details {
        let (Some(data), Some(adapter)) = (data, adapter) else { return Details::default() };
        let at = self.at(data);
        details::read(data, at, &identify(&adapter.value), self.merge)
    }
}

/// `<!-- ifdef ${_xml_preprocess} -->`
fn is_condition(node: Node<'_, '_>) -> bool {
    node.is_comment() && node.text().is_some_and(|text| text.trim_start().starts_with("ifdef"))
}

/// The address that a master file holds for generated files: a comment of the form
/// `<!-- <Address>...</Address> -->` after an `ifdef`.
fn conditional_address(node: Node<'_, '_>) -> Option<(String, usize)> {
    let mut conditional = false;
    for comment in node.children().filter(|child| child.is_comment()) {
        conditional |= is_condition(comment);
        let inner = comment.text()?.trim();
        let address =
            inner.strip_prefix("<Address>").and_then(|rest| rest.strip_suffix("</Address>"));
        if let Some(address) = address.filter(|_| conditional) {
            return Some((address.replace("&amp;", "&"), comment.range().start));
        }
    }
    None
}

/// `05:35` of `2018-03-01T05:35:00`; anything else is not a time and not shown.
fn time_of_day(text: &str) -> Option<&str> {
    let time = text.split_once('T')?.1.get(..5)?;
    let is_time = time.bytes().enumerate().all(|(at, byte)| match at {
        2 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    is_time.then_some(time)
}
