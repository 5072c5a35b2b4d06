//! Text of strangers on its way into a message: nothing in it steers the receiver, calls people, or hides what it is.

/// The longest piece of such text, in characters.
const PIECE_CHARS: usize = 200;

/// What a character is shown as that would move the cursor, turn the direction of writing, or not be seen.
const SHOWN: char = '\u{FFFD}';

/// Between an @ and a name, so that a chat does not take the two for a call to somebody.
const APART: char = '\u{200B}';

/// A piece of text: short, on one line, without anything that is not seen.
pub(super) fn piece(text: &str) -> String {
    let mut shown: String = text.chars().take(PIECE_CHARS).map(visible).collect();
    if text.chars().nth(PIECE_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

fn visible(char: char) -> char {
    let hides = matches!(char,
        '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}');
    if char.is_control() || hides { SHOWN } else { char }
}

/// Slack's marks: with these three escaped, nothing is a link, a mention or a command.
pub(super) fn slack(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    uncalled(&escaped)
}

/// Markdown as Discord and Teams read it: every mark stands for itself.
pub(super) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_ascii_punctuation() && !matches!(char, '.' | ',' | ':' | '/' | '%' | '@' | '\'' | '"') {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    uncalled(&escaped)
}

/// Text in which no @ calls anybody, and no name of a site becomes a link with a picture.
pub(super) fn uncalled(text: &str) -> String {
    text.replace('@', &format!("@{APART}")).replace("://", &format!(":{APART}//"))
}

#[cfg(test)]
mod tests {
    use super::{markdown, piece, slack, uncalled};

    #[test]
    fn what_is_not_seen_is_shown_and_what_is_long_is_cut() {
        assert_eq!(piece("a\nb\u{202E}c\0\u{200B}"), "a\u{FFFD}b\u{FFFD}c\u{FFFD}\u{FFFD}");
        assert_eq!(piece("żółw (NL)"), "żółw (NL)");
        let cut = piece(&"x".repeat(1_000_000));
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (201, true));
    }

    #[test]
    fn nobody_is_called_and_nothing_is_marked() {
        assert_eq!(slack("<!channel> & <@U1>"), "&lt;!channel&gt; &amp; &lt;@\u{200B}U1&gt;");
        assert_eq!(
            markdown("**b** [x](y) `c` ||s|| # _i_"),
            "\\*\\*b\\*\\* \\[x\\]\\(y\\) \\`c\\` \\|\\|s\\|\\| \\# \\_i\\_"
        );
        assert_eq!(markdown("@everyone <@1>"), "@\u{200B}everyone \\<@\u{200B}1\\>");
        assert_eq!(uncalled("@all http://x.test"), "@\u{200B}all http:\u{200B}//x.test");
        assert_eq!(markdown("2001:db8::1 192.0.2.1"), "2001:db8::1 192.0.2.1");
    }
}
