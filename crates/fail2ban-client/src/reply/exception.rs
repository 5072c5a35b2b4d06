//! An exception that a command raised in the server.

use std::fmt;
use std::sync::Arc;

use crate::codec::{Class, Object, Value};

/// An exception of the server: its class by name, and its arguments. Match on [`ServerException::name`] and the
/// arguments; texts change between versions of fail2ban and of Python.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerException {
    class: Arc<Class>,
    args: Vec<Value>,
    attributes: Vec<(Value, Value)>,
}

impl ServerException {
    pub(super) fn from_object(object: &Object) -> Self {
        let args = match &object.args {
            Value::Tuple(items) | Value::List(items) => items.to_vec(),
            other => vec![other.clone()],
        };
        let attributes = object.state.as_ref().and_then(Value::as_dict).unwrap_or_default().to_vec();
        Self { class: Arc::clone(&object.class), args, attributes }
    }

    /// The module of the class: `builtins`, `fail2ban.exceptions`, `sqlite3`.
    pub fn module(&self) -> String {
        self.class.module.to_string()
    }

    /// The name of the class: `ValueError`, `UnknownJailException`.
    pub fn name(&self) -> String {
        self.class.name.to_string()
    }

    /// The arguments of the exception.
    pub fn args(&self) -> &[Value] {
        &self.args
    }

    /// Attributes that Python sends along, such as `sqlite_errorname`.
    pub fn attributes(&self) -> &[(Value, Value)] {
        &self.attributes
    }

    /// The message as Python prints it: the first argument, or for a system error its text and its file.
    pub fn message(&self) -> String {
        match self.args.as_slice() {
            [Value::Int(_), Value::Str(what), Value::Str(file), ..] => format!("{what}: {file}"),
            [Value::Int(_), Value::Str(what)] => what.to_string(),
            [Value::Str(text), ..] => text.to_string(),
            [other, ..] => other.describe(),
            [] => String::new(),
        }
    }

    /// Whether its class has this name.
    pub fn is(&self, name: &str) -> bool {
        self.class.name == name
    }

    /// Whether this is how an older server says that it does not know a command.
    pub fn is_invalid_command(&self) -> bool {
        self.is("Exception") && self.message().starts_with("Invalid command")
    }
}

impl fmt::Display for ServerException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message();
        if message.is_empty() {
            write!(f, "{}", self.class.name)
        } else {
            write!(f, "{}: {message}", self.class.name)
        }
    }
}
