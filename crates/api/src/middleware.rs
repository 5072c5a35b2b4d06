//! What happens to every request of the API before and after its route.

mod envelope;
mod gate;

pub(crate) use envelope::envelope;
pub(crate) use gate::gate;
