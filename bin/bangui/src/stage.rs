//! Start-up as a row of types: each stage is made only by consuming the one before, so a wrong order does not
//! compile, and what fails says in which stage.
//!
//! `Loaded → Validated → Migrated → Locked → Wired → Serving`

mod listener;
mod loaded;
mod locked;
mod migrated;
mod scraping;
mod serving;
mod validated;
mod wired;

pub(crate) use loaded::Loaded;
pub(crate) use locked::Locked;
pub(crate) use migrated::{Migrated, code, open_queue, queue_file, queue_pending};
pub(crate) use serving::Serving;
pub(crate) use validated::Validated;
pub(crate) use wired::Wired;
