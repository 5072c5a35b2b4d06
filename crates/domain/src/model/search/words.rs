//! Cuts a text into words: blanks end a word, quotes keep them in it.

use super::{Name, SearchError};

/// A character of a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    /// The character, without what the quotes needed around it.
    pub(super) is: char,
    /// Its place in the text; the first one is 1.
    pub(super) at: usize,
    /// Whether it stood in quotes and thus means nothing but itself.
    quoted: bool,
}

/// A word of the text.
#[derive(Debug, Default)]
pub(super) struct Word {
    /// Where it begins; the first character is 1.
    pub(super) at: usize,
    letters: Vec<Letter>,
}

/// A word of the form `name:value,value`.
pub(super) struct Named {
    pub(super) name: Name,
    /// Whether a `-` stood before it.
    pub(super) negated: bool,
    /// The values, each with its place.
    pub(super) values: Vec<(usize, String)>,
}

impl Word {
    /// The word as plain text.
    pub(super) fn text(&self) -> String {
        self.letters.iter().map(|letter| letter.is).collect()
    }

    /// The word as a name with its values, if it is one.
    pub(super) fn named(&self) -> Option<Named> {
        let colon = self.letters.iter().position(|letter| letter.means(':'))?;
        let (head, tail) = self.letters.split_at_checked(colon)?;
        if head.iter().any(|letter| letter.quoted) {
            return None;
        }
        let head: String = head.iter().map(|letter| letter.is).collect();
        let (negated, name) = match head.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, head.as_str()),
        };
        let name = Name::parse(name)?;
        let (colon, values) = tail.split_first()?;
        let mut end = colon.at;
        let values = values
            .split(|letter| letter.means(','))
            .map(|value| {
                let at = value.first().map_or_else(|| end.saturating_add(1), |letter| letter.at);
                end =
                    value.last().map_or_else(|| end.saturating_add(1), |letter| letter.at.saturating_add(1));
                (at, value.iter().map(|letter| letter.is).collect())
            })
            .collect();
        Some(Named { name, negated, values })
    }
}

impl Letter {
    /// Whether it is this sign of the language, and no text in quotes.
    fn means(&self, sign: char) -> bool {
        self.is == sign && !self.quoted
    }
}

/// The words of `text`.
pub(super) fn words(text: &str) -> Result<Vec<Word>, SearchError> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote: Option<usize> = None;
    let mut chars = text.chars().zip(1..).peekable();
    while let Some((is, at)) = chars.next() {
        if quote.is_none() && is.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        if is.is_control() {
            let message = "a control character or line break: write the text without it".to_owned();
            return Err(SearchError { at, message });
        }
        let word = word.get_or_insert_with(|| Word { at, letters: Vec::new() });
        match (is, quote) {
            ('"', None) => quote = Some(at),
            ('"', Some(_)) => quote = None,
            ('\\', Some(_)) => {
                let escaped = chars.next_if(|(next, _)| matches!(next, '"' | '\\'));
                let is = escaped.map_or(is, |(next, _)| next);
                word.letters.push(Letter { is, at, quoted: true });
            }
            _ => word.letters.push(Letter { is, at, quoted: quote.is_some() }),
        }
    }
    if let Some(at) = quote {
        let message = "this quote is not closed: write another \" behind the text".to_owned();
        return Err(SearchError { at, message });
    }
    words.extend(word);
    Ok(words)
}
