//! The commands, one file each.

mod archive;
pub(crate) mod backup;
pub(crate) mod check_config;
pub(crate) mod completions;
pub(crate) mod copy;
pub(crate) mod doctor;
pub(crate) mod healthcheck;
pub(crate) mod history;
pub(crate) mod man;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod render_template;
pub(crate) mod restore;
pub(crate) mod serve;
pub(crate) mod user;
