//! The rules of Prometheus' linter (`promtool check metrics`) and those of the format, as far as they can be broken here.

use super::exposition::{Family, Scrape};

/// Names that the well-known exporter has given, and the rule that each breaks.
const AS_OTHERS_NAMED_THEM: [(&str, &str); 2] =
    [("f2b_errors", "a counter ends in _total"), ("f2b_jail_count", "_count is for histograms")];

const UNITS: [&str; 10] =
    ["amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "seconds", "volts"];
const OTHER_UNITS: [&str; 14] = [
    "minutes",
    "hours",
    "days",
    "weeks",
    "kelvins",
    "fahrenheit",
    "rankine",
    "inches",
    "yards",
    "miles",
    "bits",
    "calories",
    "pounds",
    "ounces",
];
const PREFIXES: [&str; 18] = [
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega", "mibi",
    "giga", "gibi", "tera", "tebi", "peta", "pebi",
];
const ABBREVIATIONS: [&str; 14] =
    ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"];
const TYPES: [&str; 5] = ["counter", "gauge", "histogram", "summary", "gaugehistogram"];

/// What is wrong, but for what others have decided.
pub(crate) fn problems(scrape: &Scrape) -> Vec<String> {
    let all = scrape.0.iter().flat_map(|(name, family)| {
        judge(name, family).into_iter().map(move |problem| (name.as_str(), problem))
    });
    all.filter(|known| !AS_OTHERS_NAMED_THEM.contains(known))
        .map(|(name, problem)| format!("{name}: {problem}"))
        .collect()
}

fn judge(name: &str, family: &Family) -> Vec<&'static str> {
    let kind = family.kind.as_str();
    let parts: Vec<&str> = name.split('_').collect();
    let total = name.ends_with("_total");
    let labels = || family.samples.iter().flat_map(|sample| &sample.labels).map(|(label, _)| label.as_str());
    let is_name = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let rules = [
        (family.help.trim().is_empty(), "has no help"),
        (!["counter", "gauge", "histogram"].contains(&kind), "has no type of those in use here"),
        (family.samples.is_empty(), "has no sample"),
        (!is_name(name), "is not in snake_case"),
        (!labels().all(is_name), "has a label that is not in snake_case"),
        (labels().any(|label| label.starts_with("__")), "has a label that Prometheus keeps for itself"),
        (labels().any(|label| ["job", "instance"].contains(&label)), "has a label that a scrape overwrites"),
        (kind == "counter" && !total, "a counter ends in _total"),
        (kind != "counter" && total, "_total is for counters"),
        (kind != "histogram" && name.ends_with("_bucket"), "_bucket is for histograms"),
        (name.ends_with("_count"), "_count is for histograms"),
        (name.ends_with("_sum"), "_sum is for histograms"),
        (kind != "histogram" && labels().any(|label| label == "le"), "le is for histograms"),
        (labels().any(|label| label == "quantile"), "quantile is for summaries"),
        (parts.iter().skip(1).any(|part| TYPES.contains(part)), "has a type in its name"),
        (parts.iter().skip(1).any(|part| ABBREVIATIONS.contains(part)), "has an abbreviated unit"),
        (
            parts.iter().any(|part| OTHER_UNITS.contains(part) || is_prefixed(part)),
            "has another than the base unit",
        ),
        (kind == "histogram" && !is_whole(family), "has a histogram that does not add up"),
        (kind == "counter" && family.samples.iter().any(|sample| sample.value < 0.0), "counts below zero"),
    ];
    rules.into_iter().filter(|(broken, _)| *broken).map(|(_, rule)| rule).collect()
}

fn is_prefixed(part: &str) -> bool {
    let unit = PREFIXES.iter().find_map(|prefix| part.strip_prefix(prefix));
    unit.is_some_and(|unit| UNITS.contains(&unit) || OTHER_UNITS.contains(&unit))
}

/// Whether buckets grow to `+Inf`, which is the count, for each combination of labels.
fn is_whole(family: &Family) -> bool {
    let mut rising = 0.0;
    let mut infinite = None;
    family.samples.iter().all(|sample| match sample.label("le") {
        Some(bound) => {
            let grows = sample.value >= rising;
            (rising, infinite) =
                if bound == "+Inf" { (0.0, Some(sample.value)) } else { (sample.value, None) };
            grows
        }
        None if sample.name.ends_with("_count") => infinite == Some(sample.value),
        None => infinite.is_some(),
    })
}

#[test]
fn the_rules_find_what_breaks_them() {
    let text = "# HELP a_ms x\n# TYPE a_ms gauge\na_ms 1\n# HELP b x\n# TYPE b counter\nb{job=\"x\"} 1\n\
                # HELP c_total x\n# TYPE c_total gauge\nc_total 1\n# HELP d_milliseconds x\n# TYPE d_milliseconds histogram\n\
                d_milliseconds_bucket{le=\"1\"} 2\nd_milliseconds_bucket{le=\"+Inf\"} 1\nd_milliseconds_sum 1\n\
                d_milliseconds_count 1\n# HELP e_gauge  \n# TYPE e_gauge gauge\ne_gauge{le=\"1\",aB=\"\\\"\"} 1\n";
    let expected = [
        "a_ms: has an abbreviated unit",
        "b: has a label that a scrape overwrites",
        "b: a counter ends in _total",
        "c_total: _total is for counters",
        "d_milliseconds: has another than the base unit",
        "d_milliseconds: has a histogram that does not add up",
        "e_gauge: has no help",
        "e_gauge: has a label that is not in snake_case",
        "e_gauge: le is for histograms",
        "e_gauge: has a type in its name",
    ];
    assert_eq!(problems(&Scrape::read(text)), expected);
}
