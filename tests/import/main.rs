//! The importer against real exports: what it finds, what it refuses, what it never says.

mod canaries;
mod index;
mod kept;
mod mutations;
mod support;
mod whole_group;
