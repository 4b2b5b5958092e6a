//! Analysis Services on a named instance.

use crate::diagnostic::Severity;
use crate::model::{DatabaseRole, Element};
use crate::rules::{Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS623",
    name: "analysis-named-instance",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "the analysis database of BAM or tracking is on a named instance of Analysis Services",
    why: "The set-up and the cubes of BizTalk look for the default instance; a named one is listed as not \
          supported.",
    fix: "put it on a default instance of Analysis Services",
    limits: "judged by the name in `addressed_as`, for an entry that carries analysis databases only: where \
             it carries others too, that is the name of the SQL engine",
    sources: &["I/install-biztalk-server-in-a-multi-computer-environment"],
    bad: r"failscope: 1
servers: [BTS01, BAM01]
sql_instances:
  CUBES:
    on: BAM01
    addressed_as: 'BAM01\OLAP'   # <-
    databases: [BAMAnalysis]
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, BAM01]
sql_instances:
  CUBES:
    on: BAM01
    addressed_as: BAM01
    databases: [BAMAnalysis]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for id in cx.biztalk_instances() {
            let instance = &cx.topology.sql_instances[id];
            let Some(address) = instance.addressed_as.as_ref().filter(|a| a.value.contains('\\'))
            else {
                continue;
            };
            let is_cube =
                |role| matches!(role, DatabaseRole::BamAnalysis | DatabaseRole::TrackingAnalysis);
            let mut databases = instance.databases.iter().map(|&id| &cx.topology.databases[id]);
            if !databases.clone().all(|database| is_cube(database.role)) {
                continue;
            }
            let Some(cube) = databases.next() else { continue };
            let message = format!(
                "{} is on the named Analysis Services instance {}",
                cube.name.value, address.value
            );
            findings.push(
                cx.finding(rule, Element::SqlInstance(id), message)
                    .at(address.span, "not the default instance")
                    .related(cube.name.span, "expected on the default instance"),
            );
        }
    },
};

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    #[test]
    fn the_name_of_an_engine_says_nothing_about_analysis_services() {
        let engine = RULE.bad.replace("[BAMAnalysis]", "[BAMAnalysis, BAMStarSchema]");
        assert!(findings(&RULE, &engine).is_empty());
        let both = RULE.bad.replace("[BAMAnalysis]", "[BAMAnalysis, TrackingAnalysisServer]");
        let both = both.replace(
            "[BAMAnalysis, TrackingAnalysisServer]",
            "{ BAMAnalysis: , T: { holds: tracking-analysis } }",
        );
        assert_eq!(findings(&RULE, &both).len(), 1);
    }
}
