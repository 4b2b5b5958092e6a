//! What the edition allows, and whether there is anything to restore.

use crate::diagnostic::Severity;
use crate::model::{BiztalkEdition, Element, Id, Server};
use crate::rules::{Rule, Tier};

pub(in crate::rules) static EDITION: Rule = Rule {
    id: "BTS901",
    name: "edition-single-server",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a group has several servers in an edition that allows one",
    why: "A group of several servers needs Enterprise edition. In Standard and Branch the licence itself \
          makes the BizTalk tier a single point of failure.",
    fix: "use Enterprise edition",
    limits: "Developer edition has the function for tests; one step milder when the edition is not given",
    sources: &[
        "T/planning-the-environment-for-biztalk-server",
        "I/install-biztalk-server-in-a-multi-computer-environment",
        "C/disaster-recovery-for-computers-running-biztalk-server",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  edition: standard   # <-
  servers: [BTS01, BTS02]
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  edition: enterprise
  servers: [BTS01, BTS02]
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            // Several placeholders may stand in for one computer.
            let named = |server: &Id<Server>| !cx.topology.servers[*server].placeholder;
            let servers = cx.biztalk_servers(id).iter().copied().filter(named);
            let servers: Vec<Id<Server>> = servers.collect();
            if servers.len() < 2 {
                continue;
            }
            let element = Element::BiztalkGroup(id);
            let name = &group.name.value;
            findings.push(match group.edition {
                Some(e)
                    if !matches!(e.value, BiztalkEdition::Standard | BiztalkEdition::Branch) =>
                {
                    continue;
                }
                Some(edition) => {
                    let message = format!(
                        "{} edition allows one server per group; {name} has {}",
                        edition.value.as_str(),
                        cx.server_names(&servers)
                    );
                    cx.finding(rule, element, message)
                        .at(edition.span, "one server in this edition")
                }
                None => {
                    let message = format!(
                        "unknown whether {name} has Enterprise edition, which {} servers need",
                        servers.len()
                    );
                    cx.finding(rule, element, message)
                        .at(group.name.span, "`edition` is not given")
                        .help("write `edition: enterprise` if that is what is licensed")
                        .unknown()
                }
            });
        }
    },
};

pub(in crate::rules) static NOT_FOR_PRODUCTION: Rule = Rule {
    id: "BTS902",
    name: "non-production-edition",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "the edition is Developer or Evaluation",
    why: "Developer edition is licensed for tests only, and Evaluation stops working after 120 days.",
    fix: "use an edition that is licensed for production",
    limits: "the file does not say whether it describes production: for a test system turn the rule off in \
             its project file",
    sources: &["T/planning-the-environment-for-biztalk-server"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  edition: evaluation   # <-
  servers: [BTS01, BTS02]
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  edition: enterprise
  servers: [BTS01, BTS02]
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            let Some(edition) = group.edition else { continue };
            let limit = match edition.value {
                BiztalkEdition::Developer => "licensed for tests only",
                BiztalkEdition::Evaluation => "ends after 120 days",
                BiztalkEdition::Enterprise | BiztalkEdition::Standard | BiztalkEdition::Branch => {
                    continue;
                }
            };
            let message = format!(
                "{} edition of {} is not for production",
                edition.value.as_str(),
                group.name.value
            );
            let finding = cx.finding(rule, Element::BiztalkGroup(id), message);
            findings.push(finding.at(edition.span, limit));
        }
    },
};

pub(in crate::rules) static NO_BACKUP: Rule = Rule {
    id: "BTS903",
    name: "no-backup-job",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the BizTalk backup job is disabled or not configured",
    why: "Only this job backs all databases up to one mark. Without it there is nothing to restore to, and \
          the transaction logs grow until the disks are full.",
    fix: "configure and enable the Backup BizTalk Server job",
    limits: "one step milder when the file does not say whether the job runs",
    sources: &["C/backing-up-and-restoring-biztalk-server-databases", "T/backing-up-databases"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  servers: [BTS01, BTS02]
  backup_job: off   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  servers: [BTS01, BTS02]
  backup_job: on
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            let element = Element::BiztalkGroup(id);
            let name = &group.name.value;
            findings.push(match group.backup_job {
                Some(job) if job.value => continue,
                Some(job) => {
                    let message = format!(
                        "{name} has no BizTalk backup: no restore point, and logs grow until disks are full"
                    );
                    cx.finding(rule, element, message).at(job.span, "switched off")
                }
                None => {
                    let message = format!("unknown whether the BizTalk backup job of {name} runs");
                    cx.finding(rule, element, message)
                        .at(group.name.span, "`backup_job` is not given")
                        .help("write `backup_job: on` if it is configured and enabled")
                        .unknown()
                }
            });
        }
    },
};
