//! What is asked about the group as a whole.

use indexmap::IndexMap;

use super::Drafting;
use crate::import::biztalk::inventory::*;
use crate::model::DatabaseRole;
use crate::text;

impl<'i> Drafting<'i> {
    /// What concerns the group as a whole.
    pub(super) fn group(&mut self) {
        if self.inventory.hosts.is_empty() && self.draft.hosts.is_empty() {
            return;
        }
        self.ask_placeholders();
        self.ask_databases();
        self.ask_secret();
        self.ask_externals();
        self.ask_same_machines();
        self.ask_disabled();
    }

    fn ask_placeholders(&mut self) {
        let Some(first) = self.inventory.placeholders.first() else { return };
        let names: Vec<String> =
            self.inventory.placeholders.iter().map(|token| format!("`{}`", token.value)).collect();
        let question = self.questions.ask(
            "the settings of the environment".to_owned(),
            format!("Which values have the placeholders {}?", text::short_list(&names, 8)),
            "until then hosts and addresses that are one may look like two",
            Some(first.at),
        );
        self.draft.group_questions.push(question);
    }

    fn ask_databases(&mut self) {
        let has = |role| self.inventory.databases.iter().any(|database| database.role == role);
        let missing: Vec<&str> = [
            (DatabaseRole::Management, "the management database"),
            (DatabaseRole::Messagebox, "the MessageBox databases"),
            (DatabaseRole::Sso, "the single sign-on database"),
            (DatabaseRole::Tracking, "the tracking database"),
        ]
        .into_iter()
        .filter(|(role, _)| !has(*role))
        .map(|(_, noun)| noun)
        .collect();
        if !missing.is_empty() {
            let question = self.questions.ask(
                "sql_instances".to_owned(),
                format!("Which SQL Server instances carry {}?", text::and_list(&missing)),
                "nothing of the group runs without them; a configuration export names them",
                None,
            );
            self.draft.group_questions.push(question);
        }
    }

    fn ask_secret(&mut self) {
        let stated = self.inventory.secret_server.as_ref();
        if let Some(secret) = stated
            && let Some(server) = self.server_names.get(&secret.value.to_lowercase())
        {
            self.draft.master_secret_server = Some(Fact::new(server.clone(), secret.at));
        }
        let hint = match (stated, &self.inventory.sso_server) {
            (Some(secret), _) => format!(" It is reached as `{}`.", secret.value),
            (None, Some(server)) => {
                format!(
                    " The group uses the single sign-on server `{}`, which need not be it.",
                    server.value
                )
            }
            (None, None) if !self.inventory.created_secret.is_empty() => {
                " A configuration export is of the computer that created it.".to_owned()
            }
            (None, None) => String::new(),
        };
        let at = stated.map(|fact| fact.at).or(self.inventory.created_secret.first().copied());
        let question = self.questions.ask(
            "biztalk.master_secret_server".to_owned(),
            format!(
                "Which server or cluster group is the master secret server, and where is the backup of the \
                 secret?{hint}"
            ),
            "without it no host instance starts again after a restart",
            at,
        );
        self.questions.also(question, "biztalk.sso.secret_backup".to_owned());
        self.draft.group_questions.push(question);
    }

    fn ask_externals(&mut self) {
        if self.draft.externals.is_empty() && self.draft.shares.is_empty() {
            return;
        }
        let question = self.questions.ask(
            "external".to_owned(),
            "Which of the external systems and file shares survive the loss of one computer?"
                .to_owned(),
            "an address tells a name, not what stands behind it",
            None,
        );
        self.questions.also(question, "file_shares".to_owned());
        self.draft.group_questions.push(question);
    }

    /// A short and a full name are often one computer; joining them is for people to do.
    fn ask_same_machines(&mut self) {
        let systems = self.draft.externals.values().map(|external| (external.kind, &external.host));
        let shares = self.draft.shares.values().map(|share| ("file share", &share.server));
        let mut by_short: IndexMap<(&str, String), Vec<String>> = IndexMap::new();
        for (kind, host) in systems.chain(shares).filter(|(_, host)| !is_number_address(host)) {
            let short = host.split('.').next().unwrap_or(host).to_lowercase();
            let spellings = by_short.entry((kind, short)).or_default();
            let lower = host.to_lowercase();
            if !spellings.contains(&lower) && spellings.len() < 10 {
                spellings.push(lower);
            }
        }
        for ((kind, short), mut spellings) in by_short {
            if spellings.len() < 2 || !spellings.contains(&short) {
                continue;
            }
            spellings.sort();
            let quoted: Vec<String> = spellings.iter().map(|host| format!("`{host}`")).collect();
            let question = self.questions.ask(
                if kind == "file share" { "file_shares" } else { "external" }.to_owned(),
                format!("Are {} one computer?", text::and_list(&quoted)),
                "two names for one thing look like two things that can fail apart",
                None,
            );
            self.draft.group_questions.push(question);
        }
    }

    fn ask_disabled(&mut self) {
        let disabled: Vec<&Fact<bool>> = self
            .inventory
            .receive_locations
            .iter()
            .filter_map(|location| location.enabled.as_ref())
            .filter(|enabled| !enabled.value)
            .collect();
        let Some(first) = disabled.first() else { return };
        let question = self.questions.ask(
            "remove.biztalk.receive_locations".to_owned(),
            format!(
                "The files show {} of {} receive locations as disabled. Which are really out of use?",
                disabled.len(),
                self.inventory.receive_locations.len()
            ),
            "deployment files are exported before anything is started, so all are taken as in use; \
             remove those that are not",
            Some(first.at),
        );
        self.draft.group_questions.push(question);
    }
}

fn is_number_address(host: &str) -> bool {
    host.chars().all(|c| c.is_ascii_digit() || c == '.')
}
