//! Judges a template before it is parsed: parsers call themselves for whatever is nested, and what they build is as deep as
//! the template is. Knows nothing of what a template means.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;

/// The longest template, in characters.
const CHARS: usize = 10_000;
/// The most statements (`{% … %}`): each `elif` is one within the one before it.
const STATEMENTS: usize = 200;
/// The most words and signs within one `{{ … }}` or `{% … %}`: a long sum is as deep as it is long.
const TOKENS: usize = 500;
/// How deep brackets of all kinds may be within one another.
const BRACKETS: usize = 20;
/// How many operators may stand in a row, such as the two minus signs of `a - -b`.
const OPERATORS: usize = 5;

/// What is too much in a template, if anything is.
pub(super) fn problem(template: &str) -> Option<String> {
    let length = template.chars().take(CHARS + 1).count();
    if length > CHARS {
        return Some(format!("at most {CHARS} characters, please"));
    }
    let mut seen = Seen::default();
    for token in tokenize(template, false, SyntaxConfig::default()) {
        // What is no token is told by the parser, which comes to the same place.
        let Ok((token, span)) = token else { return None };
        if let Some(problem) = seen.add(&token) {
            return Some(format!("{problem} (line {})", span.start_line));
        }
    }
    None
}

/// What has been seen so far.
#[derive(Default)]
struct Seen {
    statements: usize,
    tokens: usize,
    brackets: usize,
    operators: usize,
}

impl Seen {
    fn add(&mut self, token: &Token<'_>) -> Option<String> {
        match token {
            Token::VariableStart | Token::BlockStart => {
                let statements = self.statements + usize::from(matches!(token, Token::BlockStart));
                *self = Self { statements, ..Self::default() };
            }
            Token::BracketOpen | Token::ParenOpen | Token::BraceOpen => self.brackets += 1,
            Token::BracketClose | Token::ParenClose | Token::BraceClose => {
                self.brackets = self.brackets.saturating_sub(1);
            }
            _ => {}
        }
        self.tokens += 1;
        self.operators = if is_operator(token) { self.operators + 1 } else { 0 };
        if self.statements > STATEMENTS {
            return Some(format!("it has more than {STATEMENTS} statements"));
        }
        if self.tokens > TOKENS {
            return Some(format!("an expression has more than {TOKENS} words and signs: make several of it"));
        }
        if self.brackets > BRACKETS {
            return Some(format!("brackets are nested more than {BRACKETS} deep"));
        }
        (self.operators > OPERATORS).then(|| format!("more than {OPERATORS} operators stand in a row"))
    }
}

fn is_operator(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::Plus
            | Token::Minus
            | Token::Mul
            | Token::Div
            | Token::FloorDiv
            | Token::Pow
            | Token::Mod
            | Token::Tilde
            | Token::Eq
            | Token::Ne
            | Token::Gt
            | Token::Gte
            | Token::Lt
            | Token::Lte
            | Token::Ident("not" | "if" | "else" | "and" | "or" | "in" | "is")
    )
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn what_parsers_would_call_themselves_for_is_refused() {
        for (template, what) in [
            ("x".repeat(10_001), "10000 characters"),
            (format!("{{{{ {}1 }}}}", "-".repeat(9_000)), "operators stand in a row"),
            (format!("{{{{ {}1 }}}}", "not ".repeat(2_000)), "operators stand in a row"),
            (format!("{{{{ {}1{} }}}}", "[".repeat(4_000), "]".repeat(4_000)), "nested more than 20"),
            (format!("{{{{ {}1{} }}}}", "({".repeat(30), "})".repeat(30)), "nested more than 20"),
            (format!("{{{{ 1{} }}}}", "+1".repeat(4_000)), "words and signs"),
            (format!("{{{{ a{} }}}}", ".b".repeat(4_000)), "words and signs"),
            (format!("{{{{ a{} }}}}", "|e".repeat(4_000)), "words and signs"),
            (format!("{{% if a %}}{}{{% endif %}}", "{%elif a%}".repeat(900)), "200 statements"),
            ("{%if a%}".repeat(1_000), "200 statements"),
        ] {
            let found = problem(&template).unwrap_or_default();
            assert!(found.contains(what), "{what}: {found:?}");
        }
    }

    #[test]
    fn what_people_write_is_let_through() {
        let text = "-".repeat(5_000);
        for template in [
            "{{ title }}",
            "{% for note in notes if note.kind == 'ban' and not note.by %}{{ - -loop.index }}{% endfor %}",
            "{# ((((((((((((((((((((((((((((((( #}{{ '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[' }}",
            "{% raw %}{{ [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ }}{% endraw %}",
            &text,
            "{{ unfinished",
        ] {
            assert_eq!(problem(template), None, "{template}");
        }
    }
}
