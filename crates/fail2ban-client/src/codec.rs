//! The pickle codec, sans-IO: finds the end of a reply, decodes it within limits, and encodes requests. No name on
//! the wire is ever resolved or called. Knows nothing of sockets, of markers or of what a command means.

mod arena;
mod build;
mod call;
mod decode;
mod encode;
mod error;
mod from_rust;
mod integer;
mod limits;
mod lines;
mod literal;
mod machine;
mod opcode;
mod repr;
mod scan;
mod text;
mod value;

pub use decode::decode;
pub use encode::{Arg, encode};
pub use error::{DecodeError, EncodeError};
pub use limits::{Limit, Limits};
pub(crate) use repr::tuple as tuple_repr;
pub use scan::Scanner;
pub use text::Text;
pub use value::{Class, Object, Value};
