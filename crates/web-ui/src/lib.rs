//! BanGUI's pages, embedded in the binary: which file a request gets, in which encoding, with which headers.
//! Knows nothing of the API, of sessions or of fail2ban: the pages ask the API themselves.

mod encoding;
mod headers;
mod reply;
mod site;

use std::future::ready;
use std::sync::Arc;

use actix_web::{
    HttpRequest,
    guard::{self, GuardContext},
    http::Method,
    web::{self, ServiceConfig},
};
use rust_embed::RustEmbed;

/// The files that `cargo xtask web` built. A release build carries them, a debug build reads them from disk.
/// The folder may be empty: then every page says how to build it.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/dist"]
#[allow_missing = true]
struct Built;

/// Adds the pages to an actix application.
///
/// They answer `GET` and `HEAD` everywhere outside `/api`. Other methods, and all of `/api`, go to the
/// application's default service. Call it after the routes of the API: a page matches every path.
///
/// `base` is the path under which browsers find all of it, such as `/bangui`, and empty where there is none. It is taken
/// off a request's path by whoever mounts the pages; here it is put into the page.
pub fn configure(cfg: &mut ServiceConfig, base: &str) {
    configure_with::<Built>(cfg, base);
}

/// As [`configure`], with the files of `Files` in place of BanGUI's own: `index.html` is the page, `assets/`
/// holds files whose names change with their content, and `NAME.br` and `NAME.gz` beside a file are that
/// file, compressed.
pub fn configure_with<Files: RustEmbed + 'static>(cfg: &mut ServiceConfig, base: &str) {
    let base: Arc<str> = Arc::from(base);
    let page = move |request: HttpRequest| ready(reply::to::<Files>(&request, &base));
    cfg.service(web::resource("/{path:.*}").guard(guard::fn_guard(is_for_a_page)).to(page));
}

fn is_for_a_page(context: &GuardContext<'_>) -> bool {
    let head = context.head();
    let path = head.uri.path();
    matches!(head.method, Method::GET | Method::HEAD) && path != "/api" && !path.starts_with("/api/")
}
