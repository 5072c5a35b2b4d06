//! Where places come from, as the API tells it.

use bangui_domain::model::{BanId, Country, CountryCode, Place, Timestamp};
use bangui_domain::ports::{AddressStore as _, Atlas, PlaceSource};
use serde_json::json;

use crate::fail2ban::START;
use crate::world::World;

/// An atlas on which everything is in the Netherlands.
pub(crate) struct Map;

impl Atlas for Map {
    fn place(&self, _: &BanId) -> Place {
        Place { country: CountryCode::parse("NL").map_or(Country::Unknown, Country::Known), network: None }
    }

    fn sources(&self) -> Vec<PlaceSource> {
        let source = |name: &str| PlaceSource {
            name: name.to_owned(),
            built_at: None,
            countries: false,
            networks: false,
            attribution: None,
            unreadable: 0,
            trouble: Some("it has not been downloaded yet".to_owned()),
        };
        let asked = ("IP Geolocation by DB-IP".to_owned(), "https://db-ip.com".to_owned());
        let built_at = Some(Timestamp::from_secs(START));
        let there = PlaceSource {
            built_at,
            countries: true,
            attribution: Some(asked),
            unreadable: 7,
            trouble: None,
            ..source("A")
        };
        vec![there, source("B")]
    }

    fn edition(&self) -> String {
        "1".to_owned()
    }
}

#[actix_web::test]
async fn sources_are_told_with_what_they_ask_for_and_how_far_looking_up_is() {
    let world = World::ready().await;
    let sources = json!([
        {
            "name": "A", "built_at": "2026-11-23T12:00:00.000Z", "countries": true, "networks": false,
            "attribution": {"text": "IP Geolocation by DB-IP", "url": "https://db-ip.com"},
            "unreadable_records": 7, "trouble": null,
        },
        {
            "name": "B", "built_at": null, "countries": false, "networks": false, "attribution": null,
            "unreadable_records": 0, "trouble": "it has not been downloaded yet",
        },
    ]);
    world.db.execute("INSERT INTO addresses (ip, ip_key) VALUES ('5.0.0.1', 'a'), ('5.0.0.2', 'b')");
    let told = json!({"sources": sources, "located": 0, "to_locate": 2});
    assert_eq!(world.get("/api/places").await.ok(200), told);
    let fence = world.db.lead().await;
    world.db.db().begin_edition(fence, "1").await.unwrap();
    let kept = world.db.db().to_locate(1).await.unwrap();
    world.db.db().locate(fence, &[(kept[0].number, Map.place(&kept[0].id))]).await.unwrap();
    let told = json!({"sources": sources, "located": 1, "to_locate": 1});
    assert_eq!(world.get("/api/places").await.ok(200), told);
}
