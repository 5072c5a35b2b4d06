//! What happens to every request before and after its route.

mod envelope;
mod gate;
mod guard;
mod requests;
mod spanned;

pub(crate) use envelope::envelope;
pub(crate) use gate::gate;
pub use guard::{UNDER_ANY_NAME, guard};
pub use requests::requests;
