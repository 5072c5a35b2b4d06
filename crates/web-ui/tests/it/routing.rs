//! Which file, page or refusal a path leads to.

use actix_web::{App, http::Method, http::StatusCode, test, test::TestRequest};

use crate::site::{Fixture, Unbuilt, get, send};

#[actix_web::test]
async fn every_route_of_the_interface_is_the_page() {
    for path in ["/", "/login", "/jails/sshd", "/jails/web.example", "/search?q=203.0.113.7", "/apiary"] {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(answer.text().contains("<title>fixture page</title>"), "{path}");
    }
}

#[actix_web::test]
async fn files_are_served_with_their_types() {
    let script = get("/assets/app-0a1b2c3d.js").await;
    assert_eq!(script.status, StatusCode::OK);
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert!(script.text().contains("export const jails"));
    assert_eq!(get("/assets/plain-11223344.css").await.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(get("/robots.txt").await.header("content-type"), "text/plain; charset=utf-8");
}

#[actix_web::test]
async fn a_missing_asset_is_not_the_page() {
    for path in ["/assets/app-ffffffff.js", "/assets/", "/assets/../index.html", "/assets/%2e%2e/index.html"]
    {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(!answer.text().contains("fixture page"), "{path}");
    }
}

#[actix_web::test]
async fn nothing_outside_the_folder_is_served() {
    for path in
        ["/../it/main.rs", "/%2e%2e/it/main.rs", "/..%2fit%2fmain.rs", "//etc/passwd", "/../../Cargo.toml"]
    {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.text().contains("<title>fixture page</title>"), "{path}");
    }
}

#[actix_web::test]
async fn the_api_keeps_its_paths() {
    for path in ["/api", "/api/", "/api/no-such-route"] {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.text(), "the API: no such route", "{path}");
    }
}

#[actix_web::test]
async fn other_methods_are_left_to_the_application() {
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = TestRequest::with_uri("/jails/sshd").method(method.clone());
        let answer = send::<Fixture>(request, "").await;
        assert_eq!(answer.text(), "the rest: no such method", "{method}");
    }
}

#[actix_web::test]
async fn an_unbuilt_site_says_how_to_build_it() {
    for path in ["/", "/jails/sshd"] {
        let answer = send::<Unbuilt>(TestRequest::with_uri(path), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.text().contains("cargo xtask web"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    let script = send::<Unbuilt>(TestRequest::with_uri("/assets/app-0a1b2c3d.js"), "").await;
    assert_eq!(script.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_pages_of_this_build_are_served_or_explained() {
    let app = test::init_service(App::new().configure(|config| bangui_web_ui::configure(config, ""))).await;
    let page = test::call_and_read_body(&app, TestRequest::with_uri("/").to_request()).await;
    let page = std::str::from_utf8(&page).unwrap();
    assert!(page.contains("BanGUI"), "{page}");
    if page.contains("cargo xtask web") {
        return;
    }
    let asset = page.split('"').find(|part| part.starts_with("/assets/")).unwrap();
    let answer = test::call_service(&app, TestRequest::with_uri(asset).to_request()).await;
    assert_eq!(answer.status(), StatusCode::OK, "{asset}");
}

#[actix_web::test]
async fn under_a_base_path_the_page_names_its_files_there() {
    for path in ["/", "/jails/sshd"] {
        let request = || TestRequest::with_uri(path).insert_header(("accept-encoding", "br, gzip"));
        let answer = send::<Fixture>(request(), "/tools/bangui").await;
        assert_eq!((answer.status, answer.header("content-encoding")), (StatusCode::OK, ""), "{path}");
        let text = answer.text();
        assert!(text.contains("src=\"/tools/bangui/assets/app-0a1b2c3d.js\""), "{text}");
        assert!(text.contains("<title>fixture page</title>"), "{text}");

        let tag = answer.header("etag").to_owned();
        assert_ne!(tag, get(path).await.header("etag"), "another base is another page");
        let known = request().insert_header(("if-none-match", tag));
        assert_eq!(send::<Fixture>(known, "/tools/bangui").await.status, StatusCode::NOT_MODIFIED);
    }
    let script = send::<Fixture>(TestRequest::with_uri("/assets/app-0a1b2c3d.js"), "/tools/bangui").await;
    assert_eq!(script.text(), get("/assets/app-0a1b2c3d.js").await.text());
}
