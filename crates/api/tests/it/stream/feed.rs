//! A live stream as a page reads it.

use std::pin::Pin;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::test::TestRequest;
use futures::future::poll_fn;
use serde_json::Value;

use super::PATIENCE;
use crate::world::World;

/// An open stream.
pub(super) struct Feed {
    body: BoxBody,
    text: String,
}

/// One message: a named event, or a comment.
#[derive(Debug, PartialEq)]
pub(super) struct Message {
    pub(super) event: String,
    pub(super) id: Option<i64>,
    pub(super) data: Value,
}

impl Feed {
    pub(super) async fn open(world: &World, query: &str) -> Self {
        Self::send(world, world.request("GET", &format!("/api/events/stream{query}"))).await
    }

    pub(super) async fn send(world: &World, request: TestRequest) -> Self {
        let response = world.open(request).await;
        assert_eq!(response.status(), 200);
        let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/event-stream");
        assert_eq!(header("x-accel-buffering"), "no");
        assert_eq!(header("content-encoding"), "identity");
        assert_eq!(header("cache-control"), "no-store");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The text up to the next empty line; `None` at the end.
    pub(super) async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let bytes = poll_fn(|context| Pin::new(&mut self.body).poll_next(context)).await?.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    pub(super) async fn next(&mut self) -> Option<Message> {
        let block = self.block().await?;
        let mut message = Message { event: String::new(), id: None, data: Value::Null };
        for line in block.lines() {
            match line.split_once(": ").unwrap() {
                ("event", name) => name.clone_into(&mut message.event),
                ("id", id) => message.id = Some(id.parse().unwrap()),
                ("data", data) => message.data = serde_json::from_str(data).unwrap(),
                ("", _) => "comment".clone_into(&mut message.event),
                ("retry", _) => "retry".clone_into(&mut message.event),
                other => panic!("{other:?}"),
            }
        }
        Some(message)
    }

    /// Skips what every stream begins with.
    pub(super) async fn begun(mut self) -> Self {
        assert_eq!(self.next().await.unwrap().event, "retry");
        let state = self.next().await.unwrap();
        assert!(["online", "offline"].contains(&state.event.as_str()), "{state:?}");
        self
    }

    /// The ids of the next `count` bans and unbans; panics if they do not come. Not for a paused clock.
    pub(super) async fn ids(&mut self, count: usize) -> Vec<i64> {
        let mut ids = Vec::new();
        let all = async {
            while ids.len() < count {
                ids.extend(self.next().await.unwrap().id);
            }
        };
        tokio::time::timeout(PATIENCE, all).await.unwrap();
        ids
    }
}

/// Has fail2ban ban an address, and looks.
pub(super) async fn detect(world: &World, id: &str) {
    world.fail2ban.detects("sshd", id, 600);
    world.look().await;
}
