//! Caches: hashed files for ever, the page asked for again each time, at the price of a tag.

use actix_web::{http::StatusCode, test::TestRequest};

use crate::site::{Fixture, get, send};

#[actix_web::test]
async fn hashed_files_never_change_and_the_page_may() {
    let hashed = get("/assets/app-0a1b2c3d.js").await;
    assert_eq!(hashed.header("cache-control"), "public, max-age=31536000, immutable");
    for path in ["/", "/jails/sshd", "/robots.txt"] {
        assert_eq!(get(path).await.header("cache-control"), "no-cache", "{path}");
    }
}

#[actix_web::test]
async fn a_known_tag_is_answered_without_a_body() {
    for path in ["/", "/jails/sshd", "/assets/app-0a1b2c3d.js"] {
        let tag = get(path).await.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag} is not a strong tag");
        for known in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let request = TestRequest::with_uri(path).insert_header(("if-none-match", known.clone()));
            let answer = send::<Fixture>(request, "").await;
            assert_eq!(answer.status, StatusCode::NOT_MODIFIED, "{path} {known}");
            assert!(answer.body.is_empty(), "{path} {known}");
            assert_eq!(answer.header("etag"), tag, "{path} {known}");
            assert_eq!(answer.header("vary"), "Accept-Encoding", "{path} {known}");
        }
    }
}

#[actix_web::test]
async fn another_tag_is_answered_in_full() {
    let request = TestRequest::with_uri("/").insert_header(("if-none-match", "\"of-the-version-before\""));
    let answer = send::<Fixture>(request, "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.body.is_empty());
}
