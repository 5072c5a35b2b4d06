//! Values that the API tells as one of a few words: the words are the domain's own, and the document lists them.

use std::borrow::Cow;

use bangui_domain::model::{BanId, ProblemCode, SpecialUse};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema, openapi::RefOr};

/// What an address is for that is not on the Internet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Special(SpecialUse);

impl Special {
    /// What this address, or the first of this network, is for; `None` for one that is on the Internet.
    pub(crate) fn of(id: &BanId) -> Option<Self> {
        SpecialUse::of(id).map(Self)
    }
}

impl Serialize for Special {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl PartialSchema for Special {
    fn schema() -> RefOr<Schema> {
        words(
            "What an address is for that is not on the Internet (its country is `private`). `shared` is an address that a \
             provider shares out.",
            SpecialUse::ALL.map(SpecialUse::as_str),
        )
    }
}

impl ToSchema for Special {
    fn name() -> Cow<'static, str> {
        "Special".into()
    }
}

/// What is wrong, in a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerProblemCode(pub(crate) ProblemCode);

impl Serialize for ServerProblemCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl PartialSchema for ServerProblemCode {
    fn schema() -> RefOr<Schema> {
        words("What is wrong, in a word. More words may come.", ProblemCode::ALL.map(ProblemCode::as_str))
    }
}

impl ToSchema for ServerProblemCode {
    fn name() -> Cow<'static, str> {
        "ServerProblemCode".into()
    }
}

fn words<const N: usize>(description: &str, words: [&'static str; N]) -> RefOr<Schema> {
    let schema = ObjectBuilder::new().schema_type(Type::String);
    schema.description(Some(description)).enum_values(Some(words)).into()
}
