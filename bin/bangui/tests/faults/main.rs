//! What can break under a running BanGUI, broken: processes killed and stopped, clocks set, disks filled, databases taken
//! away. Real processes, real databases, a real fail2ban; each test prints what it has counted. Run by
//! `cargo xtask test faults`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that fails may panic, in its helpers too"
)]

mod checks;
mod clocks;
mod disks;
mod kills;
#[path = "../harness/lab.rs"]
mod lab;
mod outages;
mod rolling;
#[path = "../harness/server.rs"]
mod server;
mod stopped;
mod storm;
mod together;
