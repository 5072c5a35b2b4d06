//! What somebody is about to type: the name or the value around the caret. Never fails, since a question that is being
//! typed is seldom one that can be read.

use super::Name;

/// The part of a question that is being typed. Places count UTF-16 units, as browsers do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typing {
    /// Where it begins.
    pub from: usize,
    /// Where it ends; what is chosen takes the place of everything in between.
    pub to: usize,
    /// What it is.
    pub wanted: Wanted,
}

/// What is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A name, or plain text.
    Name {
        /// Whether a `-` stands before it.
        negated: bool,
        /// What stands before the caret.
        typed: String,
    },
    /// A value of a name.
    Value {
        /// The name.
        name: Name,
        /// What stands before the caret, without quotes.
        typed: String,
    },
}

impl Typing {
    /// What is being typed in `text` when the caret is at `at`.
    pub fn at(text: &str, at: usize) -> Self {
        let mut word = Open::default();
        let mut place = 0;
        let mut chars = text.chars();
        for is in chars.by_ref() {
            let behind = place + is.len_utf16();
            if behind > at {
                return word.close(place, std::iter::once(is).chain(chars));
            }
            word.take(is, behind);
            place = behind;
        }
        word.close(place, std::iter::empty())
    }
}

/// The word before the caret.
#[derive(Default)]
struct Open {
    /// Where its last part, behind the name or a comma, begins.
    from: usize,
    name: Option<Name>,
    typed: String,
    in_quotes: bool,
    /// Whether there were quotes in this part.
    was_quoted: bool,
}

impl Open {
    /// Goes on by a character that ends at `behind`.
    fn take(&mut self, is: char, behind: usize) {
        if is == '"' {
            self.in_quotes = !self.in_quotes;
            self.was_quoted = true;
        } else if self.in_quotes {
            self.typed.push(is);
        } else if is.is_whitespace() {
            *self = Self { from: behind, ..Self::default() };
        } else if is == ',' && self.name.is_some() {
            *self = Self { from: behind, name: self.name, ..Self::default() };
        } else if let (':', None, Some(name)) = (is, self.name, self.name_so_far()) {
            *self = Self { from: behind, name: Some(name), ..Self::default() };
        } else {
            self.typed.push(is);
        }
    }

    fn name_so_far(&self) -> Option<Name> {
        let typed = self.typed.strip_prefix('-').unwrap_or(&self.typed);
        if self.was_quoted { None } else { Name::parse(typed) }
    }

    /// The caret is at `place`, and `rest` stands behind it.
    fn close(self, place: usize, rest: impl Iterator<Item = char>) -> Typing {
        let mut in_quotes = self.in_quotes;
        let mut to = place;
        for is in rest {
            in_quotes ^= is == '"';
            let sign = !in_quotes && if self.name.is_some() { is == ',' } else { is == ':' };
            if !in_quotes && (is.is_whitespace() || (sign && self.name.is_some())) {
                break;
            }
            to += is.len_utf16();
            if sign {
                break;
            }
        }
        let wanted = match (self.name, self.typed.strip_prefix('-')) {
            (Some(name), _) => Wanted::Value { name, typed: self.typed },
            (None, Some(typed)) => Wanted::Name { negated: true, typed: typed.to_owned() },
            (None, None) => Wanted::Name { negated: false, typed: self.typed },
        };
        Typing { from: self.from, to, wanted }
    }
}
