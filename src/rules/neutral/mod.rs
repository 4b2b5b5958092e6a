//! Rules for any topology, of whatever platform. FS090 to FS099 are kept for findings about
//! suppressions.

mod availability_target_missed;
mod boot_deadlock;
mod choices;
#[cfg(test)]
mod edge_cases;
mod external_without_alternative;
mod quorum;
mod recovery_slower_than_target;
mod single_point_of_failure;
mod unused_definition;

use super::Rule;

/// In the order of their ids.
pub(super) static RULES: &[&Rule] = &[
    &single_point_of_failure::RULE,
    &choices::SHARED_FATE,
    &quorum::WITNESS_ON_NODE,
    &quorum::ONE_SITE,
    &quorum::EVEN_VOTES,
    &choices::NEEDS_WHAT_IT_REPLACES,
    &boot_deadlock::RULE,
    &unused_definition::RULE,
    &recovery_slower_than_target::RULE,
    &external_without_alternative::RULE,
    &availability_target_missed::RULE,
];
