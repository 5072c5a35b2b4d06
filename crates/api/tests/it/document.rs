//! The OpenAPI document: complete, and the same wherever it is asked for.

use std::collections::BTreeSet;

use bangui_api::openapi;
use serde_json::{Value, json};

use crate::world::World;

fn document() -> Value {
    serde_json::to_value(openapi()).unwrap()
}

fn each_operation(document: &Value, mut check: impl FnMut(&str, &Value)) {
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            check(&format!("{method} {path}"), operation);
        }
    }
}

#[actix_web::test]
async fn it_is_served_with_a_session() {
    let world = World::ready().await;
    let answer = world.get("/api/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.ok(200), document());
}

#[test]
fn every_operation_has_a_name_a_tag_and_a_summary() {
    let document = document();
    let tags: BTreeSet<_> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut names = BTreeSet::new();
    each_operation(&document, |place, operation| {
        assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{place}");
        let tag = operation["tags"][0].as_str().unwrap();
        assert!(tags.contains(tag), "{place}: {tag}");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{place}");
    });
    assert_eq!(names.len(), 50);
}

#[test]
fn every_error_is_a_problem_and_every_answer_is_described() {
    let document = document();
    each_operation(&document, |place, operation| {
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.contains_key("500"), "{place}");
        for (status, response) in responses {
            assert!(!response["description"].as_str().unwrap().is_empty(), "{place} {status}");
            let is_error = status.starts_with('4') || status.starts_with('5');
            if is_error && !place.ends_with("/health") && !place.ends_with("/ready") {
                let schema = &response["content"]["application/problem+json"]["schema"];
                assert_eq!(schema, &json!({"$ref": "#/components/schemas/Problem"}), "{place} {status}");
            }
        }
        let public = operation["security"] == json!([{}]);
        assert_eq!(operation["security"] == json!([{"session": []}]), !public, "{place}");
        assert!(public || responses.contains_key("401"), "{place}");
        assert!(responses.contains_key("503") || place == "get /api/health/live", "{place}");
        let changes = place.starts_with("post") || place.starts_with("put") || place.starts_with("delete");
        assert_eq!(responses.contains_key("403"), changes, "{place}");
        assert_eq!(responses.contains_key("413"), operation.get("requestBody").is_some(), "{place}");
    });
    let scheme = &document["components"]["securitySchemes"]["session"];
    assert_eq!(
        (&scheme["type"], &scheme["in"], &scheme["name"]),
        (&json!("apiKey"), &json!("cookie"), &json!("bangui_session"))
    );
}

#[test]
fn every_reference_leads_somewhere_and_every_field_is_described() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for found in text.split("#/components/schemas/").skip(1) {
        let name = found.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    for (name, schema) in schemas {
        for (field, value) in schema["properties"].as_object().into_iter().flatten() {
            let alternatives = value["oneOf"].as_array().into_iter().flatten();
            let described = alternatives.chain([value]).any(|value| value["description"].is_string());
            assert!(described, "{name}.{field}: {value}");
        }
    }
}

#[test]
fn what_an_answer_always_has_is_required_though_it_may_be_null() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let required = |schema: &Value| -> BTreeSet<String> {
        let names = schema["required"].as_array().into_iter().flatten();
        names.map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let ban: BTreeSet<String> = schemas["Ban"]["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!((ban.len(), required(&schemas["Ban"])), (9, ban));
    assert!(required(&schemas["BanPage"]).contains("next"));
    let detail = schemas["JailDetailResponse"]["allOf"].as_array().unwrap().last().unwrap();
    assert!(required(detail).contains("settings"), "{detail}");
    let asked: BTreeSet<String> = ["ip", "jail"].map(str::to_owned).into();
    assert_eq!(required(&schemas["CreateBanRequest"]), asked);
}

#[test]
fn the_shapes_have_their_names() {
    let schemas: Vec<String> =
        document()["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    insta::assert_json_snapshot!(schemas);
}
