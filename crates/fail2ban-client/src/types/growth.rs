//! How bans grow for those who come back. The server evaluates these settings as Python code, so that none of them is a
//! free text here.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The factor by which the formula or the multipliers are stretched: a finite number above zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BantimeFactor(f64);

/// How the length of a ban follows from how often there was one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BantimeFormula {
    /// The jail's bantime × 2ⁿ × factor, where n is the number of earlier bans, 20 at most. What the server does by
    /// itself.
    Doubling,
    /// The jail's bantime × e^(n × factor), where n is the number of earlier bans, 20 at most.
    Exponential,
}

/// What the jail's bantime is multiplied with: for the first ban the first, and the last from then on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BantimeMultipliers(Vec<u32>);

/// Not a setting by which bans grow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is not {expected}")]
pub struct GrowthError {
    text: String,
    expected: &'static str,
}

fn refused(text: &str, expected: &'static str) -> GrowthError {
    GrowthError { text: text.chars().take(80).collect(), expected }
}

impl BantimeFactor {
    /// Checks a factor.
    ///
    /// # Errors
    /// Not finite, or not above zero: such a factor would shorten bans, or make them last for ever.
    pub fn new(factor: f64) -> Result<Self, GrowthError> {
        if factor.is_finite() && factor > 0.0 {
            Ok(Self(factor))
        } else {
            Err(refused(&factor.to_string(), "a finite factor above zero"))
        }
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for BantimeFactor {
    type Err = GrowthError;

    fn from_str(text: &str) -> Result<Self, GrowthError> {
        let number = text.trim().parse().map_err(|_| refused(text, "a finite factor above zero"))?;
        Self::new(number)
    }
}

impl fmt::Display for BantimeFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl BantimeFormula {
    /// Every formula.
    pub const ALL: [Self; 2] = [Self::Doubling, Self::Exponential];

    /// The expression that the server evaluates.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Doubling => "ban.Time * 2 ** min(ban.Count, 20) * banFactor",
            Self::Exponential => "ban.Time * math.exp(min(ban.Count, 20) * banFactor)",
        }
    }
}

impl FromStr for BantimeFormula {
    type Err = GrowthError;

    fn from_str(text: &str) -> Result<Self, GrowthError> {
        let found = Self::ALL.into_iter().find(|formula| formula.as_str() == text.trim());
        found.ok_or_else(|| refused(text, "a formula of this crate"))
    }
}

impl fmt::Display for BantimeFormula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl BantimeMultipliers {
    /// Checks multipliers.
    ///
    /// # Errors
    /// There is none, or one is zero.
    pub fn new(multipliers: impl Into<Vec<u32>>) -> Result<Self, GrowthError> {
        let multipliers = multipliers.into();
        if multipliers.is_empty() || multipliers.contains(&0) {
            return Err(refused(&format!("{multipliers:?}"), "a list of multipliers above zero"));
        }
        Ok(Self(multipliers))
    }

    /// The multipliers.
    pub fn as_slice(&self) -> &[u32] {
        &self.0
    }
}

impl FromStr for BantimeMultipliers {
    type Err = GrowthError;

    fn from_str(text: &str) -> Result<Self, GrowthError> {
        let numbers: Result<Vec<u32>, _> = text.split_whitespace().map(str::parse).collect();
        Self::new(numbers.map_err(|_| refused(text, "a list of multipliers above zero"))?)
    }
}

impl fmt::Display for BantimeMultipliers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.pad(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_and_the_two_formulas() {
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(BantimeFactor::new(factor).is_err(), "{factor}");
        }
        for (factor, text) in [(2.0, "2"), (1e-3, "0.001"), (0.693, "0.693")] {
            assert_eq!(BantimeFactor::new(factor).unwrap().to_string(), text);
            assert_eq!(text.parse(), BantimeFactor::new(factor));
        }
        assert!("__import__('os')".parse::<BantimeFactor>().is_err());
        for formula in BantimeFormula::ALL {
            assert_eq!(formula.to_string().parse(), Ok(formula));
        }
        assert!("ban.Time".parse::<BantimeFormula>().is_err());
        assert_eq!("1 2  4".parse::<BantimeMultipliers>().unwrap().to_string(), "1 2 4");
        assert!("1 x".parse::<BantimeMultipliers>().is_err());
        assert!(BantimeMultipliers::new([1, 0]).is_err());
        assert!(BantimeMultipliers::new([]).is_err());
    }
}
