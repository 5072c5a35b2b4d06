//! Use cases. Each takes the ports it needs and nothing else.

pub mod merge;

pub use merge::merge;
