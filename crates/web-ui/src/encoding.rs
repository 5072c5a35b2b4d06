//! Chooses between a file and its compressed twins by what the client accepts.

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{AcceptEncoding, Encoding},
};
use rust_embed::RustEmbed;

/// A compressed twin: the suffix of its file name, and its name in `Content-Encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Twin {
    pub(crate) suffix: &'static str,
    pub(crate) coding: &'static str,
}

const BROTLI: Twin = Twin { suffix: ".br", coding: "br" };
const GZIP: Twin = Twin { suffix: ".gz", coding: "gzip" };

/// The best twin of `name` that exists and that the client accepts, or none for the file itself.
///
/// A client that says nothing, or that refuses everything, gets the file itself.
pub(crate) fn choose<Files: RustEmbed>(request: &HttpRequest, name: &str) -> Option<Twin> {
    let accepted = request.get_header::<AcceptEncoding>()?;
    let exists = |twin: Twin| Files::get(&format!("{name}{}", twin.suffix)).is_some();
    let mut offered = vec![Encoding::identity()];
    offered.extend(exists(BROTLI).then(Encoding::brotli));
    offered.extend(exists(GZIP).then(Encoding::gzip));
    match accepted.negotiate(offered.iter())? {
        chosen if chosen == Encoding::brotli() => Some(BROTLI),
        chosen if chosen == Encoding::gzip() => Some(GZIP),
        _ => None,
    }
}
