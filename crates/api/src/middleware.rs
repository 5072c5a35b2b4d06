//! What happens to every request before and after its route.

mod envelope;
mod gate;
mod requests;
mod spanned;

pub(crate) use envelope::envelope;
pub(crate) use gate::gate;
pub use requests::requests;
