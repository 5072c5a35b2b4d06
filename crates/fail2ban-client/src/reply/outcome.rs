//! Success or refusal: the outer shape of every reply.

use super::exception::ServerException;
use crate::codec::Value;

/// A well-formed reply that is not a success.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// The command raised an exception in the server.
    Exception(ServerException),
    /// The server could not read the request or could not write its answer: a bare text that begins with `ERROR:`.
    Text(String),
    /// The server is shutting down.
    Shutdown,
    /// None of the shapes that a reply can have.
    Unexpected(String),
}

/// Takes a decoded reply apart: the value of a success, or why there is none.
///
/// # Errors
/// The server refused, or the reply has no shape that is known.
pub fn outcome(reply: &Value) -> Result<Value, Refusal> {
    let unexpected = || Refusal::Unexpected(reply.describe());
    match reply {
        Value::Tuple(parts) => match &**parts {
            [Value::Int(0), value] => Ok(value.clone()),
            [Value::Int(1), Value::Object(object)] => {
                Err(Refusal::Exception(ServerException::from_object(object)))
            }
            [Value::Int(1), other] => Err(Refusal::Text(other.describe())),
            _ => Err(unexpected()),
        },
        Value::Str(text) if text.as_wtf8().starts_with(b"ERROR:") => Err(Refusal::Text(text.to_string())),
        Value::List(items) if items.first().is_some_and(|item| item.as_str() == Some("SHUTDOWN")) => {
            Err(Refusal::Shutdown)
        }
        _ => Err(unexpected()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn shapes() {
        let tuple = |items: &[Value]| Value::Tuple(Arc::from(items));
        assert_eq!(outcome(&tuple(&[Value::Int(0), Value::None])), Ok(Value::None));
        assert_eq!(
            outcome(&Value::Str("ERROR: Ran out of input".into())),
            Err(Refusal::Text("ERROR: Ran out of input".into()))
        );
        assert_eq!(outcome(&Value::List(Arc::from([Value::Str("SHUTDOWN".into())]))), Err(Refusal::Shutdown));
        for odd in [Value::None, Value::Str("pong".into()), tuple(&[Value::Int(2), Value::None]), tuple(&[])]
        {
            assert!(matches!(outcome(&odd), Err(Refusal::Unexpected(_))), "{odd:?}");
        }
        assert!(matches!(outcome(&tuple(&[Value::Int(1), Value::Int(5)])), Err(Refusal::Text(_))));
    }
}
