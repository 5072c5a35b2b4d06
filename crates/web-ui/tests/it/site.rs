//! The application under test: the pages over a fixture, beside an API that answers for itself.

use actix_web::{
    App, HttpResponse,
    http::{StatusCode, header::HeaderMap},
    test::{self, TestRequest},
    web::{self, Bytes},
};
use rust_embed::RustEmbed;

/// A built site: a script with compressed twins, and a style sheet without.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/tests/fixture"]
pub(crate) struct Fixture;

/// A site that nobody has built.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/tests/no-such-folder"]
#[allow_missing = true]
pub(crate) struct Unbuilt;

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The text of a header, or an empty string where it is missing or not text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends `request` to a site over `Files`. The API and the default service answer with their own words.
pub(crate) async fn send<Files: RustEmbed + 'static>(request: TestRequest, base: &str) -> Answer {
    let api_says = || async { HttpResponse::NotFound().body("the API: no such route") };
    let rest_says = || async { HttpResponse::MethodNotAllowed().body("the rest: no such method") };
    let app = App::new()
        .service(web::scope("/api").default_service(web::to(api_says)))
        .configure(|config| bangui_web_ui::configure_with::<Files>(config, base))
        .default_service(web::to(rest_says));
    let app = test::init_service(app).await;
    let response = test::call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: test::read_body(response).await }
}

/// A plain `GET` of `path` from the fixture.
pub(crate) async fn get(path: &str) -> Answer {
    send::<Fixture>(TestRequest::with_uri(path), "").await
}
