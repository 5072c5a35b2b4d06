//! Compressed twins: chosen by what the client accepts, and never mixed up by a cache.

use actix_web::{http::StatusCode, test::TestRequest};

use crate::site::{Answer, Fixture, get, send};

const SCRIPT: &str = "/assets/app-0a1b2c3d.js";
const PLAIN: &[u8] = include_bytes!("../fixture/assets/app-0a1b2c3d.js");
const BROTLI: &[u8] = include_bytes!("../fixture/assets/app-0a1b2c3d.js.br");
const GZIP: &[u8] = include_bytes!("../fixture/assets/app-0a1b2c3d.js.gz");

async fn accepting(path: &str, accepted: &str) -> Answer {
    send::<Fixture>(TestRequest::with_uri(path).insert_header(("accept-encoding", accepted)), "").await
}

#[actix_web::test]
async fn the_best_accepted_twin_is_sent() {
    let cases = [
        ("gzip, deflate, br, zstd", "br", BROTLI),
        ("gzip, deflate", "gzip", GZIP),
        ("br;q=0.1, gzip;q=0.9", "gzip", GZIP),
        ("br;q=0, gzip", "gzip", GZIP),
        ("zstd", "", PLAIN),
        ("identity", "", PLAIN),
    ];
    for (accepted, coding, body) in cases {
        let answer = accepting(SCRIPT, accepted).await;
        assert_eq!(answer.status, StatusCode::OK, "{accepted}");
        assert_eq!(answer.header("content-encoding"), coding, "{accepted}");
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8", "{accepted}");
        assert_eq!(answer.header("vary"), "Accept-Encoding", "{accepted}");
        assert!(answer.body == body, "{accepted}: another body than expected");
    }
}

#[actix_web::test]
async fn a_client_that_says_nothing_gets_the_file_itself() {
    let answer = get(SCRIPT).await;
    assert_eq!(answer.header("content-encoding"), "");
    assert!(answer.body == PLAIN);
}

#[actix_web::test]
async fn a_file_without_twins_is_sent_as_it_is() {
    let answer = accepting("/assets/plain-11223344.css", "br, gzip").await;
    assert_eq!(answer.header("content-encoding"), "");
    assert_eq!(answer.text(), "body { margin: 0 }\n");
}

#[actix_web::test]
async fn twins_have_no_address_of_their_own() {
    for path in ["/assets/app-0a1b2c3d.js.br", "/assets/app-0a1b2c3d.js.gz"] {
        assert_eq!(get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[actix_web::test]
async fn each_encoding_has_a_tag_of_its_own() {
    let mut tags = Vec::new();
    for accepted in ["br", "gzip", "identity"] {
        tags.push(accepting(SCRIPT, accepted).await.header("etag").to_owned());
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3, "{tags:?}");
}
