//! Passwords: the rule for new ones, and argon2id off the async threads, few at a time, so that a burst of
//! logins neither stalls the server nor eats its memory.

use std::sync::Arc;

use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use bangui_domain::FieldError;
use tokio::sync::Semaphore;

use crate::{PasswordCost, SecretError, SessionSettings, Token};

/// The shortest password that can be set, in characters.
pub const MIN_PASSWORD: usize = 12;
/// The longest password that can be set, in characters.
pub const MAX_PASSWORD: usize = 256;

/// Hashes and verifies passwords.
#[derive(Debug)]
pub struct Passwords {
    argon2: Argon2<'static>,
    slots: Arc<Semaphore>,
    /// The hash of a password that nobody has: what an unknown user's login is verified against.
    decoy: String,
}

impl Passwords {
    /// With the cost and parallelism of `settings`. Computes one hash.
    pub fn new(settings: &SessionSettings) -> Result<Self, SecretError> {
        let PasswordCost { memory_kib, passes, lanes } = settings.password_cost;
        let params = Params::new(memory_kib, passes, lanes, None)
            .map_err(|error| SecretError::Cost(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hash(&argon2, Token::random()?.reveal())?;
        Ok(Self { argon2, slots: Arc::new(Semaphore::new(settings.parallel_hashes.max(1))), decoy })
    }

    /// What is wrong with a new password, if anything.
    pub fn problem(password: &str) -> Option<FieldError> {
        let length = password.chars().count();
        (!(MIN_PASSWORD..=MAX_PASSWORD).contains(&length)).then(|| {
            let message =
                format!("a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters, this one has {length}");
            FieldError::new("password", message)
        })
    }

    /// The argon2id hash of a password as PHC string, with a new salt.
    pub async fn hash(&self, password: &str) -> Result<String, SecretError> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        self.work(move || hash(&argon2, &password)).await
    }

    /// Whether `password` is the one behind `stored`. Without a stored hash the answer is no, after the same work.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, SecretError> {
        let known = stored.is_some();
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        let stored = stored.unwrap_or(&self.decoy).to_owned();
        let same = self.work(move || verify(&argon2, &password, &stored)).await?;
        Ok(same && known)
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let slots = Arc::clone(&self.slots);
        // The slot goes along with the work: a caller that gives up does not free memory that is still in use.
        let slot = slots.acquire_owned().await.map_err(|error| SecretError::Cut(error.to_string()))?;
        let work = tokio::task::spawn_blocking(move || {
            let answer = job();
            drop(slot);
            answer
        });
        work.await.map_err(|error| SecretError::Cut(error.to_string()))?
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String, SecretError> {
    let hash =
        argon2.hash_password(password.as_bytes()).map_err(|error| SecretError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

fn verify(argon2: &Argon2<'_>, password: &str, stored: &str) -> Result<bool, SecretError> {
    match argon2.verify_password(password.as_bytes(), stored) {
        Ok(()) => Ok(true),
        Err(HashError::PasswordInvalid) => Ok(false),
        Err(HashError::OutOfMemory) => Err(SecretError::Hash("out of memory".to_owned())),
        Err(error) => Err(SecretError::Stored(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::Passwords;
    use crate::{PasswordCost, SecretError, SessionSettings};

    fn cheap() -> SessionSettings {
        SessionSettings {
            password_cost: PasswordCost { memory_kib: 8, passes: 1, lanes: 1 },
            ..SessionSettings::default()
        }
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other_is() {
        let passwords = Passwords::new(&cheap()).unwrap();
        let stored = passwords.hash("correct horse battery").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert!(passwords.verify("correct horse battery", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("correct horse batterz", Some(&stored)).await.unwrap());
        assert_ne!(stored, passwords.hash("correct horse battery").await.unwrap(), "salted");
    }

    #[tokio::test]
    async fn hashes_of_another_cost_are_still_read() {
        let dear = SessionSettings {
            password_cost: PasswordCost { memory_kib: 64, passes: 3, lanes: 1 },
            ..SessionSettings::default()
        };
        let stored = Passwords::new(&dear).unwrap().hash("correct horse battery").await.unwrap();
        let passwords = Passwords::new(&cheap()).unwrap();
        assert!(passwords.verify("correct horse battery", Some(&stored)).await.unwrap());
    }

    #[tokio::test]
    async fn the_default_cost_is_the_recommended_one() {
        let passwords = Passwords::new(&SessionSettings::default()).unwrap();
        let stored = passwords.hash("correct horse battery").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    }

    #[tokio::test]
    async fn an_unknown_user_has_no_password() {
        let passwords = Passwords::new(&cheap()).unwrap();
        let decoy = passwords.decoy.clone();
        assert!(decoy.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{decoy}");
        assert!(!passwords.verify("anything at all", None).await.unwrap());
    }

    #[tokio::test]
    async fn a_broken_stored_hash_is_an_error_and_not_a_wrong_password() {
        let passwords = Passwords::new(&cheap()).unwrap();
        let answer = passwords.verify("anything at all", Some("$2b$12$not-argon2")).await;
        assert!(matches!(answer, Err(SecretError::Stored(_))), "{answer:?}");
    }

    #[test]
    fn a_cost_that_argon2_cannot_work_with_is_refused() {
        let none = SessionSettings {
            password_cost: PasswordCost { memory_kib: 0, passes: 1, lanes: 1 },
            ..SessionSettings::default()
        };
        assert!(matches!(Passwords::new(&none), Err(SecretError::Cost(_))));
    }

    #[test]
    fn the_rule_counts_characters_and_says_so() {
        assert_eq!(Passwords::problem("äöüäöüäöüäöü"), None);
        assert_eq!(Passwords::problem(&"x".repeat(256)), None);
        let short = Passwords::problem("elevenchars").unwrap();
        assert_eq!(short.message, "a password has 12 to 256 characters, this one has 11");
        assert!(Passwords::problem(&"x".repeat(257)).is_some());
    }
}
