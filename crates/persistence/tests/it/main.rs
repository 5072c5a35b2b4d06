//! The storage through its public door, every test on both databases.

mod users;
