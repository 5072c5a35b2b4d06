//! Cursors as opaque text. The order they belong to goes with them, so that a cursor of one list is refused by
//! another instead of skipping rows.

use bangui_domain::ServiceError;
use bangui_domain::model::Cursor;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Longer than any cursor that this server makes.
const MAX_CHARS: usize = 2_000;

/// Writes the place behind a row of the list that is in `order`.
pub(crate) fn encode(cursor: &Cursor, order: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{order}\n{}\n{}", cursor.id, cursor.value))
}

/// Reads a place in the list that is in `order`.
pub(crate) fn decode(text: &str, order: &str) -> Result<Cursor, ServiceError> {
    read(text, order).ok_or(ServiceError::CursorInvalid)
}

fn read(text: &str, order: &str) -> Option<Cursor> {
    if text.len() > MAX_CHARS {
        return None;
    }
    let clear = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (made_for, rest) = clear.split_once('\n')?;
    let (id, value) = rest.split_once('\n')?;
    let cursor = Cursor { value: value.to_owned(), id: id.parse().ok()? };
    (made_for == order).then_some(cursor)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use bangui_domain::model::Cursor;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        for value in ["1790000000000", "", "a jail\nwith two lines", "żółw"] {
            let cursor = Cursor { value: value.to_owned(), id: -7 };
            let text = encode(&cursor, "-banned_at");
            assert_eq!(decode(&text, "-banned_at").unwrap(), cursor);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        }
    }

    #[test]
    fn a_cursor_of_another_order_or_no_cursor_at_all_is_refused() {
        let text = encode(&Cursor { value: "1".to_owned(), id: 1 }, "-banned_at");
        for (text, order) in [
            (text.as_str(), "banned_at"),
            (text.as_str(), ""),
            ("", "-banned_at"),
            ("nonsense", "-banned_at"),
            ("LWJhbm5lZF9hdAp4CjE", "-banned_at"),
            (&"A".repeat(100_000), "-banned_at"),
        ] {
            assert_eq!(decode(text, order).unwrap_err().code(), "cursor_invalid", "{text} {order}");
        }
    }
}
