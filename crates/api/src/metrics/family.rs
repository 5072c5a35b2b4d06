//! Families of metrics that are made at a scrape from values that are known, and not counted by the library.

use prometheus::proto::{Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType};

/// One family: a name, a type, and a value for each combination of labels.
pub(super) struct Family {
    name: &'static str,
    help: &'static str,
    counts: bool,
    metrics: Vec<Metric>,
}

impl Family {
    /// Values that go up and down.
    pub(super) fn gauge(name: &'static str, help: &'static str) -> Self {
        Self { name, help, counts: false, metrics: Vec::new() }
    }

    /// Values that only grow, until what counts them starts anew.
    pub(super) fn counter(name: &'static str, help: &'static str) -> Self {
        Self { name, help, counts: true, metrics: Vec::new() }
    }

    /// Adds a value.
    pub(super) fn push(&mut self, labels: &[(&str, &str)], value: f64) {
        let mut metric = Metric::from_label(labels.iter().map(|(name, value)| pair(name, value)).collect());
        if self.counts {
            let mut counter = Counter::default();
            counter.set_value(value);
            metric.set_counter(counter);
        } else {
            let mut gauge = Gauge::default();
            gauge.set_value(value);
            metric.set_gauge(gauge);
        }
        self.metrics.push(metric);
    }

    /// The same with a value more.
    pub(super) fn with(mut self, labels: &[(&str, &str)], value: f64) -> Self {
        self.push(labels, value);
        self
    }

    /// Puts the family with the others, unless it has no value: the format has no empty ones.
    pub(super) fn add_to(self, families: &mut Vec<MetricFamily>) {
        if self.metrics.is_empty() {
            return;
        }
        let mut family = MetricFamily::default();
        family.set_name(self.name.to_owned());
        family.set_help(self.help.to_owned());
        family.set_field_type(if self.counts { MetricType::COUNTER } else { MetricType::GAUGE });
        family.set_metric(self.metrics);
        families.push(family);
    }
}

fn pair(name: &str, value: &str) -> LabelPair {
    let mut pair = LabelPair::default();
    pair.set_name(name.to_owned());
    pair.set_value(value.to_owned());
    pair
}

/// A count as the format has it; exact up to 2^53.
pub(super) fn number(count: u64) -> f64 {
    let half = |bits: u64| f64::from(u32::try_from(bits).unwrap_or(u32::MAX));
    half(count >> 32) * 4_294_967_296.0 + half(count & 0xFFFF_FFFF)
}

/// A signed number likewise.
pub(super) fn signed(value: i64) -> f64 {
    let size = number(value.unsigned_abs());
    if value < 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::{number, signed};

    #[test]
    fn numbers_are_what_they_were() {
        for count in [0, 1, 4_294_967_295, 4_294_967_297, 9_007_199_254_740_991] {
            assert_eq!(number(count).to_string(), count.to_string());
        }
        assert_eq!(signed(-600).to_string(), "-600");
        assert!(number(u64::MAX) > number(u64::MAX / 2));
    }
}
