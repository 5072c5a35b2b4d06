//! Python's `str` as it comes over the wire: UTF-8, or UTF-8 with lone surrogates, by which Python carries the raw
//! bytes of a path that is not UTF-8.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ffi::OsString;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use super::arena::place;

/// Text from the server. Printing it shows each lone surrogate as U+FFFD; the bytes are kept.
///
/// All texts of a decoded reply share one buffer: cloning one copies nothing, and each keeps the texts of its whole
/// reply in memory. Use [`Text::detached`] for a few texts that outlive a long reply.
#[derive(Clone)]
pub struct Text(Kind);

#[derive(Clone)]
enum Kind {
    /// A part of a text; up to its end where `end` is [`TO_THE_END`].
    Utf8 { whole: Arc<String>, start: u32, end: u32 },
    /// Never valid UTF-8: at least one surrogate.
    Surrogates(Arc<Vec<u8>>),
}

/// Beyond the length of every reply.
const TO_THE_END: u32 = u32::MAX;

impl Text {
    /// Reads UTF-8 in which surrogates may stand as three bytes each. `None` where the bytes are neither.
    pub fn from_wtf8(bytes: &[u8]) -> Option<Self> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Some(Self::from(text));
        }
        pieces(bytes).all(|piece| piece.is_some()).then(|| Self(Kind::Surrogates(Arc::new(bytes.to_vec()))))
    }

    /// A part of the texts of a reply, which is shorter than 4 GiB.
    pub(super) fn part(whole: &Arc<String>, start: u32, end: u32) -> Self {
        Self(Kind::Utf8 { whole: Arc::clone(whole), start, end })
    }

    /// The same text in memory of its own.
    #[must_use]
    pub fn detached(&self) -> Self {
        match &self.0 {
            Kind::Utf8 { .. } => self.utf8().into(),
            Kind::Surrogates(_) => self.clone(),
        }
    }

    fn utf8(&self) -> &str {
        match &self.0 {
            Kind::Utf8 { whole, start, end: TO_THE_END } => whole.get(place(*start)..),
            Kind::Utf8 { whole, start, end } => whole.get(place(*start)..place(*end)),
            Kind::Surrogates(_) => None,
        }
        .unwrap_or_default()
    }

    /// Reads bytes of unknown encoding (Python 2's `str`): what is not UTF-8 becomes lone surrogates, as Python's
    /// `surrogateescape` does it.
    pub fn from_bytes_escaped(bytes: &[u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Self::from(text);
        }
        let mut escaped = Vec::with_capacity(bytes.len() + 16);
        for chunk in bytes.utf8_chunks() {
            escaped.extend_from_slice(chunk.valid().as_bytes());
            for byte in chunk.invalid() {
                // U+DC80..U+DCFF, in three bytes.
                escaped.extend_from_slice(&[0xed, 0xb0 | (byte >> 6), 0x80 | (byte & 0x3f)]);
            }
        }
        Self(Kind::Surrogates(Arc::new(escaped)))
    }

    /// The text, where it has no lone surrogate.
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Kind::Utf8 { .. } => Some(self.utf8()),
            Kind::Surrogates(_) => None,
        }
    }

    /// The bytes as they come over the wire.
    pub fn as_wtf8(&self) -> &[u8] {
        match &self.0 {
            Kind::Utf8 { .. } => self.utf8().as_bytes(),
            Kind::Surrogates(bytes) => bytes,
        }
    }

    /// The text with U+FFFD for each lone surrogate.
    pub fn to_lossy(&self) -> Cow<'_, str> {
        match &self.0 {
            Kind::Utf8 { .. } => Cow::Borrowed(self.utf8()),
            Kind::Surrogates(bytes) => {
                Cow::Owned(pieces(bytes).map(|piece| piece.map_or("\u{fffd}", Piece::shown)).collect())
            }
        }
    }

    /// The path that this text names: lone surrogates U+DC80 to U+DCFF become the raw bytes that they stand for.
    pub fn to_path(&self) -> PathBuf {
        let mut raw = Vec::with_capacity(self.as_wtf8().len());
        for piece in pieces(self.as_wtf8()).flatten() {
            match piece {
                Piece::Plain(text) => raw.extend_from_slice(text.as_bytes()),
                Piece::Surrogate(code) => match code {
                    0xdc80..=0xdcff => raw.extend(u8::try_from(code - 0xdc00)),
                    _ => raw.extend_from_slice("\u{fffd}".as_bytes()),
                },
            }
        }
        PathBuf::from(OsString::from_vec(raw))
    }

    /// Whether each lone surrogate stands for a raw byte, as in a path that is not UTF-8.
    pub fn is_escaped_bytes(&self) -> bool {
        self.scalars().filter_map(Result::err).all(|code| (0xdc80..=0xdcff).contains(&code))
    }

    /// The characters, and the codes of lone surrogates as errors.
    pub(crate) fn scalars(&self) -> impl Iterator<Item = Result<char, u16>> + '_ {
        pieces(self.as_wtf8()).flatten().flat_map(|piece| {
            let (text, code) = match piece {
                Piece::Plain(text) => (text, None),
                Piece::Surrogate(code) => ("", Some(code)),
            };
            text.chars().map(Ok).chain(code.map(Err))
        })
    }
}

enum Piece<'a> {
    Plain(&'a str),
    Surrogate(u16),
}

impl<'a> Piece<'a> {
    fn shown(self) -> &'a str {
        match self {
            Self::Plain(text) => text,
            Self::Surrogate(_) => "\u{fffd}",
        }
    }
}

/// Splits into plain UTF-8 and surrogates; `None` where it is neither, after which it ends.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = Option<Piece<'_>>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let error = match std::str::from_utf8(rest) {
            Ok(text) => {
                rest = &[];
                return Some(Some(Piece::Plain(text)));
            }
            Err(error) => error,
        };
        let (valid, after) = rest.split_at_checked(error.valid_up_to())?;
        if !valid.is_empty() {
            rest = after;
            return Some(std::str::from_utf8(valid).ok().map(Piece::Plain));
        }
        if let [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, ref tail @ ..] = *after {
            rest = tail;
            let code = 0xd000 | (u16::from(second & 0x3f) << 6) | u16::from(third & 0x3f);
            return Some(Some(Piece::Surrogate(code)));
        }
        rest = &[];
        Some(None)
    })
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Kind::Utf8 { whole: Arc::new(text), start: 0, end: TO_THE_END })
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_wtf8() == other.as_wtf8()
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_wtf8().hash(state);
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In the order of the bytes, which for texts without surrogates is the order of the characters.
impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_wtf8().cmp(other.as_wtf8())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_lossy())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.to_lossy(), f)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_wtf8() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt as _;

    use super::Text;

    #[test]
    fn surrogates_are_kept_shown_and_turned_into_path_bytes() {
        let text = Text::from_wtf8(b"/x\xed\xb3\xbf\xed\xb3\xa9.log").unwrap();
        assert_eq!(text.as_str(), None);
        assert_eq!(text.to_string(), "/x\u{fffd}\u{fffd}.log");
        assert_eq!(text.to_path().as_os_str().as_bytes(), b"/x\xff\xe9.log");
        assert_eq!(text.as_wtf8(), b"/x\xed\xb3\xbf\xed\xb3\xa9.log");
        assert_eq!(text, Text::from_bytes_escaped(b"/x\xff\xe9.log"));
        assert_eq!(text.scalars().filter_map(Result::err).collect::<Vec<_>>(), [0xdcff, 0xdce9]);
    }

    #[test]
    fn what_is_neither_utf8_nor_surrogate_is_refused() {
        for bytes in
            [&b"\xff"[..], b"a\xc3", b"\xed\xa0", b"\xed\xb3\x41", b"\xf5\x80\x80\x80", b"\xed\xb3\xbf\xff"]
        {
            assert_eq!(Text::from_wtf8(bytes), None, "{bytes:?}");
        }
        assert_eq!(Text::from_wtf8("né".as_bytes()).unwrap(), "né");
    }
}
