//! The headers that keep foreign code, frames and guesses out, on every kind of answer.

use actix_web::test::TestRequest;

use crate::site::{Answer, Unbuilt, get, send};

fn assert_hardened(answer: &Answer, what: &str) {
    let policy = answer.header("content-security-policy");
    let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
    for directive in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"] {
        assert!(directives.contains(&directive), "{what}: {directive} is not in {policy}");
    }
    assert!(
        directives.contains(&"frame-ancestors 'none'") && directives.contains(&"base-uri 'none'"),
        "{what}"
    );
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{what}: {policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
}

#[actix_web::test]
async fn every_answer_is_hardened() {
    for path in ["/", "/jails/sshd", "/assets/app-0a1b2c3d.js", "/assets/missing.js", "/robots.txt"] {
        assert_hardened(&get(path).await, path);
    }
    assert_hardened(&send::<Unbuilt>(TestRequest::with_uri("/"), "").await, "an unbuilt site");
    let tag = get("/").await.header("etag").to_owned();
    let request = TestRequest::with_uri("/").insert_header(("if-none-match", tag));
    assert_hardened(&send::<crate::site::Fixture>(request, "").await, "an unchanged page");
}
