//! Lists in CSV and TSV: the host export of a widely copied script, dumps of the WMI
//! classes, the query of host instances, and token values.
//!
//! Administrators write these with PowerShell, which adds a `#TYPE` line, takes the
//! list separator of the country and puts line breaks into quoted fields. The columns
//! decide what a list is; columns that hold logons and passwords are never read.

use csv::{ReaderBuilder, StringRecord};

use super::adapters::class_id;
use super::inventory::*;
use super::merge::Merge;
use super::settings::host_kind;
use super::xml::flag;
use crate::model::DatabaseRole;
use crate::source::{FileId, Span};
use crate::text;

/// A list and what it is a list of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) kind: TableKind,
    delimiter: u8,
    /// Where the header begins: after a `#TYPE` line.
    start: usize,
}

/// Kinds of lists. Values come first, then what tells more about hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TableKind {
    Values,
    Adapters,
    Hosts,
    /// `MSBTS_HostSetting` and `MSBTS_Host`.
    HostSettings,
    HostInstances,
    /// Hosts and servers from the management database.
    HostQuery,
    ReceiveHandlers,
    SendHandlers,
    GroupSettings,
    MessageBoxes,
}

/// What each kind must have among its columns. The first kind that fits is taken.
const KINDS: [(TableKind, &[&str]); 10] = [
    (TableKind::Values, &["token", "value"]),
    (TableKind::Adapters, &["name", "constraints", "mgmtclsid"]),
    (TableKind::Hosts, &["hostname", "hosttype", "instanceserver"]),
    (TableKind::HostInstances, &["hostname", "runningserver"]),
    (TableKind::HostQuery, &["server", "host", "hosttype"]),
    (TableKind::HostSettings, &["name", "hosttype", "ntgroupname"]),
    (TableKind::SendHandlers, &["adaptername", "hostname", "isdefault"]),
    (TableKind::GroupSettings, &["mgmtdbservername", "mgmtdbname", "subscriptiondbservername"]),
    (TableKind::MessageBoxes, &["msgboxdbservername", "msgboxdbname"]),
    (TableKind::ReceiveHandlers, &["adaptername", "hostname", "customcfg"]),
];

/// Why a text is no list that can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// No header that failscope knows.
    Unknown,
    /// A list, but not a whole one, from this byte on.
    Damaged { at: usize, reason: String },
}

/// What the list is, by its header line, and that it is whole.
pub(super) fn recognise(text: &str) -> Result<Table, Unreadable> {
    let start = match text.starts_with("#TYPE") {
        true => text.find('\n').map_or(text.len(), |at| at + 1),
        false => 0,
    };
    let header = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let count = |wanted: char| header.matches(wanted).count();
    let delimiter = match () {
        () if count('\t') > 0 => b'\t',
        () if count(';') > count(',') => b';',
        () => b',',
    };
    let columns: Vec<String> = header
        .split(char::from(delimiter))
        .map(|column| column.trim().trim_matches('"').to_lowercase())
        .collect();
    let has = |wanted: &&str| columns.iter().any(|column| column == wanted);
    let known = KINDS.iter().find(|(_, wanted)| wanted.iter().all(&has));
    let (kind, wanted) = known.ok_or(Unreadable::Unknown)?;
    let table = Table { kind: *kind, delimiter, start };
    let needed = match kind {
        // People write these by hand, and leave out comments at the end.
        TableKind::Values => columns.iter().rposition(|column| wanted.contains(&column.as_str())),
        _ => columns.len().checked_sub(1),
    };
    table.check(text, needed.map_or(0, |last| last + 1))?;
    Ok(table)
}

impl Table {
    fn body<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..).unwrap_or("")
    }

    fn reader<'t>(&self, text: &'t str) -> csv::Reader<&'t [u8]> {
        ReaderBuilder::new()
            .delimiter(self.delimiter)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(self.body(text).as_bytes())
    }

    /// Where a row begins in the text.
    fn place(&self, text: &str, record: &StringRecord) -> usize {
        let offset = record.position().map_or(0, |position| position.byte());
        let offset = usize::try_from(offset).unwrap_or(0);
        // Between the two characters of a line break the next row has begun already.
        let rest = self.body(text).get(offset..).unwrap_or("");
        let breaks = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
        self.start + offset + breaks
    }

    /// Half a list is not imported, as half an XML file is not: each row has the fields that
    /// the header names, and each quote is closed.
    fn check(&self, text: &str, needed: usize) -> Result<(), Unreadable> {
        let damaged = |at, reason: &str| Unreadable::Damaged { at, reason: reason.to_owned() };
        if let Some(at) = open_quote(self.body(text), self.delimiter) {
            let reason =
                "a quote is opened here that nothing closes; the list is cut off or damaged";
            return Err(damaged(self.start + at, reason));
        }
        let mut reader = self.reader(text);
        let columns = reader.headers().map_or(0, StringRecord::len);
        for record in reader.records() {
            let record = record.map_err(|_| damaged(self.start, "the list cannot be read"))?;
            let is_blank = record.iter().all(str::is_empty);
            let is_long = record.iter().skip(columns).any(|field| !field.is_empty());
            if !is_blank && (record.len() < needed || is_long) {
                let reason = format!(
                    "this row has {}, the header {columns}; the list is cut off or damaged",
                    text::count(record.len(), "field")
                );
                return Err(damaged(self.place(text, &record), &reason));
            }
        }
        Ok(())
    }
}

/// Where a field begins whose quote nothing closes.
fn open_quote(body: &str, delimiter: u8) -> Option<usize> {
    let (mut opened, mut closed) = (None, None);
    let mut starts = true;
    for (at, byte) in body.bytes().enumerate() {
        // A quote that is doubled is a part of the field, which goes on.
        let goes_on = closed.filter(|(_, end): &(usize, usize)| end + 1 == at);
        match (opened, byte) {
            (None, b'"') if starts => opened = Some(at),
            (None, b'"') => opened = goes_on.map(|(start, _)| start),
            (Some(start), b'"') => {
                opened = None;
                closed = Some((start, at));
            }
            _ => {}
        }
        starts = byte == delimiter || matches!(byte, b'\n' | b'\r');
    }
    opened
}

/// Reads the rows of a list that was recognised.
pub(super) fn read(text: &str, table: Table, file: FileId, merge: &mut Merge) {
    let mut reader = table.reader(text);
    let Ok(header) = reader.headers().map(lowered) else { return };
    let mut rows = 0;
    for record in reader.records().map_while(Result::ok) {
        let start = table.place(text, &record);
        let row = Row { header: &header, record: &record, at: Span::new(file, start, start) };
        row.read(table.kind, merge);
        rows += 1;
    }
    if rows == 0 {
        let at = Span::new(file, table.start, table.start);
        merge.warn("import/no-rows", at, "the list has a header and no rows".to_owned());
    }
}

fn lowered(header: &StringRecord) -> StringRecord {
    header.iter().map(str::to_lowercase).collect()
}

struct Row<'r> {
    header: &'r StringRecord,
    record: &'r StringRecord,
    at: Span,
}

impl Row<'_> {
    fn read(&self, kind: TableKind, merge: &mut Merge) {
        match kind {
            TableKind::Values => self.value(merge),
            TableKind::Adapters => self.adapter(merge),
            TableKind::Hosts => self.exported_host(merge),
            TableKind::HostSettings => self.host_setting(merge),
            TableKind::HostInstances => self.host_instance(merge),
            TableKind::HostQuery => self.host_query(merge),
            TableKind::ReceiveHandlers => self.handler(Direction::Receive, merge),
            TableKind::SendHandlers => self.handler(Direction::Send, merge),
            TableKind::GroupSettings => self.group_setting(merge),
            TableKind::MessageBoxes => {
                let columns = ("msgboxdbservername", "msgboxdbname");
                self.database(DatabaseRole::Messagebox, columns, merge);
            }
        }
    }

    fn get(&self, column: &str) -> Option<&str> {
        let index = self.header.iter().position(|name| name == column)?;
        self.record.get(index).filter(|value| !value.is_empty())
    }

    fn words(&self, column: &str, merge: &mut Merge) -> Option<Fact<String>> {
        merge.words(self.get(column)?, self.at)
    }

    /// The parts of a cell that holds a list.
    fn parts<'c>(&'c self, column: &str) -> impl Iterator<Item = &'c str> + use<'c> {
        let cell = self.get(column).unwrap_or("");
        cell.split('|').map(str::trim).filter(|part| !part.is_empty())
    }

    fn value(&self, merge: &mut Merge) {
        if let (Some(name), Some(value)) = (self.get("token"), self.get("value")) {
            merge.value(name, Fact::new(value.to_owned(), self.at));
        }
    }

    fn adapter(&self, merge: &mut Merge) {
        let Some(name) = self.words("name", merge) else { return };
        let adapter = AdapterUse {
            name: name.value,
            class_id: self.get("mgmtclsid").and_then(class_id),
            capabilities: self.get("constraints").and_then(|bits| bits.parse().ok()),
        };
        merge.adapter(Fact::new(adapter, self.at));
    }

    fn exported_host(&self, merge: &mut Merge) {
        let Some(host) = self.words("hostname", merge) else { return };
        self.host_facts(&host, merge);
        merge.host_flag(&host, self.flag("istrackinghost"), "a tracking host", |host| {
            &mut host.tracking
        });
        merge.host_flag(&host, self.flag("is32bitonly"), "32-bit only", |host| {
            &mut host.only_32_bit
        });
        for server in self.parts("instanceserver") {
            if let Some(server) = merge.words(server, self.at) {
                merge.instance(&host, server, true);
            }
        }
        for (column, direction) in
            [("receivehandler", Direction::Receive), ("sendhandler", Direction::Send)]
        {
            for adapter in self.parts(column) {
                // A star marks the handler that dynamic ports use.
                let default = adapter.starts_with('*');
                self.bind(adapter.trim_start_matches('*'), &host, direction, default, merge);
            }
        }
    }

    fn host_setting(&self, merge: &mut Merge) {
        let Some(host) = self.words("name", merge) else { return };
        self.host_facts(&host, merge);
        merge.host_flag(&host, self.flag("hosttracking"), "a tracking host", |host| {
            &mut host.tracking
        });
        merge.host_flag(&host, self.flag("ishost32bitonly"), "32-bit only", |host| {
            &mut host.only_32_bit
        });
        self.cluster_group(&host, merge);
    }

    /// Type and Windows group, under any of their column names.
    fn host_facts(&self, host: &Fact<String>, merge: &mut Merge) {
        merge.host(host);
        if let Some(kind) = self.get("hosttype").and_then(host_kind) {
            merge.host_kind(host, Fact::new(kind, self.at));
        }
        let group = self.words("ntgroupname", merge).or_else(|| self.words("groupname", merge));
        if let Some(group) = group {
            merge.host_group(host, group);
        }
    }

    /// The column is there and empty: the host is not clustered.
    fn cluster_group(&self, host: &Fact<String>, merge: &mut Merge) {
        const COLUMN: &str = "clusterresourcegroupname";
        if !self.header.iter().any(|name| name == COLUMN) {
            return;
        }
        let group = self.words(COLUMN, merge);
        merge.clustering(&Fact::new(host.value.clone(), self.at), group);
    }

    fn host_instance(&self, merge: &mut Merge) {
        let Some(host) = self.words("hostname", merge) else { return };
        self.host_facts(&host, merge);
        // A clustered one is a 1 or a 2 and does not name its group, which stays a question.
        if self.get("clusterinstancetype") == Some("0") {
            merge.clustering(&host, None);
        }
        let installed = self.get("configurationstate").is_none_or(|state| state != "5");
        let disabled = self.flag("isdisabled") == Some(true);
        if let Some(server) = self.words("runningserver", merge).filter(|_| installed) {
            merge.instance(&host, server, !disabled);
        }
    }

    fn host_query(&self, merge: &mut Merge) {
        let Some(host) = self.words("host", merge) else { return };
        self.host_facts(&host, merge);
        merge.host_flag(&host, self.flag("hosttracking"), "a tracking host", |host| {
            &mut host.tracking
        });
        merge.host_flag(&host, self.flag("ishost32bitonly"), "32-bit only", |host| {
            &mut host.only_32_bit
        });
        self.cluster_group(&host, merge);
        let disabled = self.flag("disablehostinstance") == Some(true);
        if let Some(server) = self.words("server", merge) {
            merge.instance(&host, server, !disabled);
        }
    }

    fn handler(&self, direction: Direction, merge: &mut Merge) {
        let Some(host) = self.words("hostname", merge) else { return };
        let Some(adapter) = self.get("adaptername") else { return };
        let default = self.flag("isdefault") == Some(true);
        self.bind(adapter, &host, direction, default, merge);
    }

    fn bind(
        &self,
        adapter: &str,
        host: &Fact<String>,
        direction: Direction,
        default: bool,
        merge: &mut Merge,
    ) {
        let Some(name) = merge.words(adapter, self.at) else { return };
        let adapter = Fact::new(merge.adapter_named(&name.value), self.at);
        let host = host.value.clone();
        merge.handler(Handler { adapter, host, direction, default, at: self.at });
    }

    fn group_setting(&self, merge: &mut Merge) {
        for (role, server, name) in [
            (DatabaseRole::Management, "mgmtdbservername", "mgmtdbname"),
            (DatabaseRole::Messagebox, "subscriptiondbservername", "subscriptiondbname"),
            (DatabaseRole::Tracking, "trackingdbservername", "trackingdbname"),
            (DatabaseRole::BamPrimaryImport, "bamdbservername", "bamdbname"),
            (DatabaseRole::Rules, "ruleenginedbservername", "ruleenginedbname"),
        ] {
            self.database(role, (server, name), merge);
        }
        if let Some(server) = self.words("ssoservername", merge) {
            let mut slot = merge.inventory.sso_server.take();
            merge.settle(&mut slot, server, "the single sign-on server of the group");
            merge.inventory.sso_server = slot;
        }
    }

    fn database(&self, role: DatabaseRole, columns: (&str, &str), merge: &mut Merge) {
        let (server, name) = (self.words(columns.0, merge), self.words(columns.1, merge));
        if let (Some(server), Some(name)) = (server, name) {
            merge.database(role, &server, &name);
        }
    }

    fn flag(&self, column: &str) -> Option<bool> {
        self.get(column).and_then(flag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(text: &str) -> Inventory {
        let table = recognise(text).unwrap();
        let mut merge = Merge::default();
        read(text, table, FileId::from_index(0), &mut merge);
        merge.inventory
    }

    #[test]
    fn host_instances_of_a_powershell_dump() {
        let found = imported(
            "#TYPE Microsoft.Management.Infrastructure.CimInstance#root/MicrosoftBizTalkServer/MSBTS_HostInstance\r\n\
             \"HostName\";\"HostType\";\"RunningServer\";\"IsDisabled\";\"Logon\"\r\n\
             \"Rx\";\"1\";\"BTS01\";\"False\";\"D\\svc\"\r\n\
             \"rx\";\"1\";\"BTS02\";\"True\";\"D\\svc\"\r\n",
        );
        let host = &found.hosts[0];
        assert_eq!(found.hosts.len(), 1, "upper and lower case do not matter");
        assert_eq!((host.instances.len(), host.disabled_instances.len()), (1, 1));
        assert_eq!(found.servers.len(), 2);
    }

    #[test]
    fn host_instances_tell_what_is_not_clustered() {
        let found = imported(
            "HostName,RunningServer,ClusterInstanceType\n\
             Plain,BTS01,0\nFtp,BTS01,1\nFtp,BTSCL,2\nSilent,BTS01,\n",
        );
        let known: Vec<bool> =
            found.hosts.iter().map(|host| host.not_clustered.is_some()).collect();
        assert_eq!(known, [true, false, false]);
    }

    #[test]
    fn rows_know_their_line() {
        for text in ["Token;Value\r\nA;1\r\n\r\nB;2\r\n", "#TYPE X\r\nToken;Value\nA;1\n"] {
            let table = recognise(text).unwrap();
            let mut merge = Merge::default();
            read(text, table, FileId::from_index(0), &mut merge);
            let second = merge.tokens.add("a", Fact::new("2".to_owned(), at()));
            let start = second.unwrap_err().at.start as usize;
            assert!(text.get(start..).unwrap().starts_with("A;1"), "{text:?}");
        }
    }

    fn at() -> Span {
        Span::new(FileId::from_index(0), 0, 0)
    }

    #[test]
    fn host_settings_tell_the_cluster_group() {
        let found = imported(
            "Name,HostType,NTGroupName,ClusterResourceGroupName,HostTracking\n\
             Ftp,1,Users,BTS-FTP,False\nOther,1,Users,,True\n",
        );
        let group = found.hosts[0].cluster_group.as_ref().map(|fact| fact.value.as_str());
        assert_eq!(group, Some("BTS-FTP"));
        assert!(found.hosts[1].not_clustered.is_some());
    }

    #[test]
    fn group_settings_tell_databases_and_the_sso_server() {
        let found = imported(
            "MgmtDbServerName,MgmtDbName,SubscriptionDBServerName,SubscriptionDBName,SSOServerName\n\
             SQL1,BizTalkMgmtDb,SQL2\\BTS,BizTalkMsgBoxDb,SSO1\n",
        );
        assert_eq!(found.databases.len(), 2);
        assert_eq!(found.databases[1].server, "SQL2\\BTS");
        assert!(found.sso_server.is_some());
    }

    #[test]
    fn a_list_of_something_else_is_refused() {
        assert_eq!(recognise("Name,Phone\nA,1\n"), Err(Unreadable::Unknown));
        assert_eq!(recognise("just words"), Err(Unreadable::Unknown));
    }

    /// The part of the text from where it is said to be damaged.
    fn damaged(text: &str) -> &str {
        match recognise(text) {
            Err(Unreadable::Damaged { at, .. }) => text.get(at..).unwrap(),
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn half_a_row_and_an_open_quote_are_damage() {
        const HEADER: &str = "HostName,HostType,InstanceServer\r\n";
        for (rows, from) in [
            ("Rx,InProcess,BTS01\r\nTx,InPro", "Tx,InPro"),
            ("Rx\r\nTx,InProcess,BTS01\r\n", "Rx\r\nTx,InProcess,BTS01\r\n"),
            ("Rx,InProcess,BTS01,more\r\n", "Rx,InProcess,BTS01,more\r\n"),
            ("Rx,InProcess,\"BTS01", "\"BTS01"),
            (
                "Rx,\"In\"\"Process,BTS01\r\nTx,InProcess,BTS01\r\n",
                "\"In\"\"Process,BTS01\r\nTx,InProcess,BTS01\r\n",
            ),
        ] {
            assert_eq!(damaged(&format!("{HEADER}{rows}")), from);
        }
        let typed = format!("#TYPE X\r\n{HEADER}Rx");
        assert_eq!(damaged(&typed), "Rx");
    }

    #[test]
    fn what_spreadsheets_and_people_write_is_whole() {
        for text in [
            "HostName,HostType,InstanceServer\nRx,InProcess,BTS01",
            "HostName,HostType,InstanceServer\nRx,InProcess,BTS01,,\n,,\n \n",
            "HostName,HostType,InstanceServer\n\"R\"\"x\",\"In\nProcess\",\"\"\nT\"x,InProcess,BTS01\n",
            "Token;Value;Comment\nA;1\nB;2;why\n",
        ] {
            assert!(recognise(text).is_ok(), "{text:?}");
        }
        assert_eq!(damaged("Comment;Token;Value\nwhy;A\n"), "why;A\n");
    }
}
