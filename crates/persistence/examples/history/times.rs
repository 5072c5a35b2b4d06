//! How long something takes, and how much memory.

use std::time::Instant;

/// The 99th of a hundred, and the middle, in milliseconds; and the first.
pub(crate) struct Times(Vec<f64>);

impl Times {
    pub(crate) fn print(mut self, name: &str) {
        let first = self.0[0];
        self.0.sort_by(f64::total_cmp);
        let at = |share: usize| self.0[(self.0.len() * share / 100).min(self.0.len() - 1)];
        println!("{name} {first:.2} {:.2} {:.2} ms", at(50), at(99));
    }
}

pub(crate) async fn times<T>(rounds: usize, mut work: impl AsyncFnMut() -> T) -> Times {
    let mut all = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        std::hint::black_box(work().await);
        all.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    Times(all)
}

/// A line of the process's status.
pub(crate) fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
