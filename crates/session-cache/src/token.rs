//! Random tokens for sessions and set-up, and the hashes that are stored instead of them.

use std::fmt;

use bangui_domain::model::TokenHash;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::SecretError;

/// Bytes of randomness in a token.
const TOKEN_BYTES: usize = 32;

/// A new token in clear: 256 random bits as 43 characters of base64url. Printed by nothing but
/// [`Token::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Draws a token from the system's randomness.
    pub fn random() -> Result<Self, SecretError> {
        let mut bytes = [0_u8; TOKEN_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| SecretError::Random(error.to_string()))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text to hand to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub fn hash(&self) -> TokenHash {
        digest(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

/// The hash of a text that claims to be a token; `None` if it does not even look like one, which saves the store
/// a question.
pub fn hash_token(text: &str) -> Option<TokenHash> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() == TOKEN_BYTES).then(|| digest(text))
}

/// Whether two hashes are the same, in a time that does not depend on where they differ.
pub fn same_hash(a: &TokenHash, b: &TokenHash) -> bool {
    a.as_str().as_bytes().ct_eq(b.as_str().as_bytes()).into()
}

fn digest(text: &str) -> TokenHash {
    let nibbles = Sha256::digest(text.as_bytes()).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let hex = nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect();
    TokenHash::from_hex(hex)
}

#[cfg(test)]
mod tests {
    use super::{Token, hash_token, same_hash};

    #[test]
    fn tokens_are_long_different_and_found_again_by_their_hash() {
        let (a, b) = (Token::random().unwrap(), Token::random().unwrap());
        assert_eq!(a.reveal().len(), 43);
        assert_ne!(a, b);
        assert!(same_hash(&a.hash(), &hash_token(a.reveal()).unwrap()));
        assert!(!same_hash(&a.hash(), &b.hash()));
        assert!(!a.hash().as_str().contains(a.reveal()));
    }

    #[test]
    fn the_hash_is_sha256_in_hex() {
        let text = "A".repeat(43);
        // printf A%.0s {1..43} | sha256sum
        let expected = "0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a";
        assert_eq!(hash_token(&text).map(|hash| hash.as_str().to_owned()), Some(expected.to_owned()));
    }

    #[test]
    fn other_texts_are_no_tokens() {
        for text in ["", "short", &"A".repeat(44), &"!".repeat(43), &"A".repeat(10_000)] {
            assert_eq!(hash_token(text), None, "{text}");
        }
    }

    #[test]
    fn a_token_does_not_get_into_a_log_by_accident() {
        assert_eq!(format!("{:?}", Token::random().unwrap()), "Token(***)");
    }
}
