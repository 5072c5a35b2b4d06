//! Pages of rows: how many, and where the next one begins.

/// How many rows a page may hold: 1 to [`Limit::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    /// The most rows that one page holds.
    pub const MAX: u16 = 500;
    /// The rows of a page when nobody asked for a number.
    pub const DEFAULT: Self = Self(50);

    /// A limit, or `None` if `rows` is 0 or more than [`Limit::MAX`].
    pub const fn new(rows: u16) -> Option<Self> {
        if rows == 0 || rows > Self::MAX { None } else { Some(Self(rows)) }
    }

    /// The number of rows.
    pub const fn rows(self) -> u16 {
        self.0
    }
}

/// Where a page begins: behind the row with this sort value and id. The store makes it and reads it; the API
/// only carries it. It holds no offset, so that rows that come and go neither repeat nor vanish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The sort column's value of the last row seen, as text (numbers in decimal).
    pub value: String,
    /// The id of the last row seen, which settles ties.
    pub id: i64,
}

/// Some rows, and the place where the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the order that was asked for.
    pub items: Vec<T>,
    /// The next page's beginning; `None` when these were the last rows.
    pub next: Option<Cursor>,
}
