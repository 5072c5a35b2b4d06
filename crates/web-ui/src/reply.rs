//! Turns a request for a page or a file into the answer: status, caching, encoding, body.

use std::borrow::Cow;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, ContentType, ETag, EntityTag, IfNoneMatch},
    },
    web::Bytes,
};
use rust_embed::RustEmbed;

use crate::{
    encoding,
    headers::secure,
    site::{self, Content, Found},
};

/// A year, the longest that caches honour, and no question in between.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Keep it, but ask before each use whether it is still the same.
const ASK_FIRST: &str = "no-cache";

const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n<title>BanGUI</title>\n\
    <h1>BanGUI was built without its pages</h1>\n\
    <p>The API works. For the pages, run <code>cargo xtask web</code>, then build BanGUI again.</p>\n</html>\n";

/// Answers a `GET` or `HEAD` from the files of `Files`.
pub(crate) fn to<Files: RustEmbed>(request: &HttpRequest, base: &str) -> HttpResponse {
    match site::find::<Files>(request.path()) {
        Found::Changing(site::INDEX) if !base.is_empty() => page::<Files>(request, base),
        Found::Hashed(name) => file::<Files>(request, name, FOREVER),
        Found::Changing(name) => file::<Files>(request, name, ASK_FIRST),
        Found::Missing => not_found(),
        Found::NotBuilt => secure(&mut HttpResponse::Ok())
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type(ContentType::html())
            .body(NOT_BUILT),
    }
}

/// The page under `base`: the paths of its script, style and icon begin with it. The page is small, and goes out as it is.
fn page<Files: RustEmbed>(request: &HttpRequest, base: &str) -> HttpResponse {
    let Some(original) = site::read::<Files>(site::INDEX) else { return not_found() };
    let text = String::from_utf8_lossy(&original.bytes).replace("=\"/", &format!("=\"{base}/"));
    let content = Content {
        bytes: Cow::Owned(text.into_bytes()),
        tag: format!("{}{base}", original.tag),
        mime: original.mime,
    };
    answer(request, content, None, ASK_FIRST)
}

fn file<Files: RustEmbed>(request: &HttpRequest, name: &str, caching: &'static str) -> HttpResponse {
    let Some(original) = site::read::<Files>(name) else { return not_found() };
    let twin = encoding::choose::<Files>(request, name)
        .and_then(|twin| Some((twin, site::read::<Files>(&format!("{name}{}", twin.suffix))?)));
    match twin {
        // A twin is a file of its own sort; what it stands for is not.
        Some((twin, content)) => {
            answer(request, Content { mime: original.mime, ..content }, Some(twin.coding), caching)
        }
        None => answer(request, original, None, caching),
    }
}

fn answer(
    request: &HttpRequest,
    content: Content,
    coding: Option<&'static str>,
    caching: &'static str,
) -> HttpResponse {
    // Each encoding is a representation of its own, and so has a tag of its own.
    let tag = EntityTag::new_strong(content.tag);
    let unchanged = request.get_header::<IfNoneMatch>().is_some_and(|known| match known {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(tags) => tags.iter().any(|known| known.weak_eq(&tag)),
    });
    let status = if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = HttpResponseBuilder::new(status);
    secure(&mut response)
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header(ETag(tag));
    if unchanged {
        return response.finish();
    }
    if let Some(coding) = coding {
        response.insert_header((header::CONTENT_ENCODING, coding));
    }
    let bytes = match content.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    response.content_type(with_charset(&content.mime)).body(bytes)
}

fn not_found() -> HttpResponse {
    secure(&mut HttpResponse::NotFound())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type(ContentType::plaintext())
        .body("There is no such file. The page that asked for it may be of another version: reload it.\n")
}

/// Text is UTF-8 here; said so, since a browser may guess otherwise.
fn with_charset(mime: &str) -> String {
    if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() }
}
