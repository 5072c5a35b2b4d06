//! How many addresses go into the next part: as many as the server works off in a time that others can wait.

use std::time::Duration;

use crate::client::Options;

/// Addresses in the first part.
const FIRST: usize = 10;

pub(super) struct Pace {
    size: usize,
    most: usize,
    time: Duration,
}

impl Pace {
    pub(super) fn new(options: &Options) -> Self {
        let most = options.batch.max(1);
        Self { size: FIRST.min(most), most, time: options.batch_time }
    }

    /// The most addresses in the next part.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Learns how long a part took. A part that was smaller than it might have been says nothing of bigger ones.
    pub(super) fn took(&mut self, sent: usize, took: Duration) {
        if took > self.time {
            self.size = (self.size / 2).max(1);
        } else if took * 2 < self.time && sent >= self.size {
            self.size = (self.size * 2).min(self.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_while_it_is_fast_and_shrinks_when_it_is_slow() {
        let ms = Duration::from_millis;
        let mut pace = Pace::new(&Options::default().with_batch(100).with_batch_times(ms(100), ms(0)));
        let mut sizes = vec![pace.size()];
        for took in [1, 49, 10, 10, 10, 60, 101, 500, 500, 500, 500, 500, 500, 500, 10] {
            pace.took(pace.size(), ms(took));
            sizes.push(pace.size());
        }
        assert_eq!(sizes, [10, 20, 40, 80, 100, 100, 100, 50, 25, 12, 6, 3, 1, 1, 1, 2]);
        pace.took(1, ms(1));
        assert_eq!(pace.size(), 2, "a part of one says nothing of three");
        assert_eq!(Pace::new(&Options::default().with_batch(4)).size(), 4);
    }
}
