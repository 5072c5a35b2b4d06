//! The commands, one file each.

pub(crate) mod check_config;
pub(crate) mod doctor;
pub(crate) mod healthcheck;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod serve;
pub(crate) mod user;
