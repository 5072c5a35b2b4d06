//! t
pub mod codec;
pub mod frame;
mod types;
pub use types::*;
