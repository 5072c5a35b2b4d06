//! Templates put together by chance: each is rendered or refused, and the server goes on.

use super::{peak_kib, preview, server};

/// Templates made of pieces that mean something, put together by chance.
fn random_template(random: &mut fastrand::Rng) -> String {
    const PIECES: [&str; 64] = [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "{% for x in notes %}",
        "{% endfor %}",
        "{% if title %}",
        "{% elif 1 %}",
        "{% else %}",
        "{% endif %}",
        "{% set a=[a,a] %}",
        "{% set a=[1,2] %}",
        "{% set b=a %}",
        "{{ a",
        "{{ title",
        "{{ notes",
        "|tojson",
        "|string",
        "|length",
        "|list",
        "|sort",
        "|reverse",
        "|replace('x', title)",
        "|batch(3)",
        "|slice(9999999)",
        "|indent(99999999)",
        "|unique",
        "|join(a)",
        "|items",
        "|map('upper')",
        "|select",
        "|sum",
        "|default(a)",
        "|format(a,a)",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "-",
        "not ",
        "+",
        "*",
        "**",
        "~",
        "==",
        "<",
        " in ",
        " is ",
        ".",
        ",",
        ":",
        "'x'",
        "99999999",
        "1e308",
        "a",
        "b",
        "loop",
        "range(99999)",
        "namespace(a=1)",
        "\u{1f980}",
    ];
    let mut template = String::new();
    for _ in 0..random.usize(1..80) {
        let piece = PIECES[random.usize(..PIECES.len())];
        for _ in 0..(if random.u8(..20) == 0 { random.usize(1..60) } else { 1 }) {
            template.push_str(piece);
        }
        if random.u8(..4) == 0 {
            template.push_str(" }}");
        }
    }
    template
}

/// An expression of random parts that parses.
fn random_expression(random: &mut fastrand::Rng, depth: u8) -> String {
    const LEAVES: [&str; 14] = [
        "a",
        "b",
        "n.s",
        "title",
        "notes",
        "jails",
        "1",
        "99999999",
        "1.5e300",
        "'x'",
        "none",
        "range(99999)",
        "[]",
        "{}",
    ];
    const FILTERS: [&str; 30] = [
        "tojson",
        "string",
        "length",
        "list",
        "sort",
        "reverse",
        "unique",
        "items",
        "upper",
        "sum",
        "first",
        "last",
        "min",
        "max",
        "pprint",
        "lines",
        "title",
        "trim",
        "float",
        "abs",
        "dictsort",
        "batch(2)",
        "slice(999999)",
        "join(a)",
        "indent(999999)",
        "replace('x', b)",
        "map('string')",
        "select",
        "default(a)",
        "groupby('kind')",
    ];
    const OPERATORS: [&str; 14] =
        ["+", "-", "*", "/", "//", "%", "**", "~", "==", "<", " in ", " and ", " or ", " is "];
    if depth == 0 || random.u8(..6) == 0 {
        return LEAVES[random.usize(..LEAVES.len())].to_owned();
    }
    let mut part = || random_expression(random, depth - 1);
    let (left, right) = (part(), part());
    match random.u8(..8) {
        0 => format!("[{left},{right},{left}]"),
        1 => format!("{{'x': {left}, 'y': {right}}}"),
        2 => format!("-({left})"),
        3 => format!("({left})[{right}]"),
        4 => format!("({left} if {right} else {left})"),
        5 => format!("({left}{}{right})", OPERATORS[random.usize(..OPERATORS.len())]),
        _ => format!("({left})|{}", FILTERS[random.usize(..FILTERS.len())]),
    }
}

/// Statements that parse, with such expressions.
fn random_program(random: &mut fastrand::Rng) -> String {
    let mut template = "{% set a=[1,2] %}{% set b='xx' %}{% set n=namespace(s=[1]) %}".to_owned();
    for _ in 0..random.usize(1..12) {
        let expression = random_expression(random, 3);
        let statement = match random.u8(..8) {
            0 => format!("{{% for x in {expression} %}}{{% set n.s=[n.s,x] %}}{{% endfor %}}"),
            1 => format!("{{% if {expression} %}}y{{% else %}}n{{% endif %}}"),
            2 => "{% set a=[a,a] %}".repeat(random.usize(1..40)),
            3 => "{% set b=b~b %}".repeat(random.usize(1..40)),
            4 => "{% set n.s=[n.s,n] %}".to_owned(),
            5 => format!("{{% set a={expression} %}}"),
            _ => format!("{{{{ {expression} }}}}"),
        };
        template.push_str(&statement);
    }
    template
}

/// `BANGUI_RANDOM_TEMPLATES` says how many are tried, for whoever wants to try longer.
#[test]
fn random_templates_are_rendered_or_refused() {
    #[expect(clippy::disallowed_methods, reason = "said by whoever runs the test")]
    let tries =
        std::env::var("BANGUI_RANDOM_TEMPLATES").ok().and_then(|tries| tries.parse().ok()).unwrap_or(40);
    let server = server(&[]);
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let (pid, before) = (server.pid(), peak_kib(server.pid()));
    let mut statuses = std::collections::BTreeMap::<String, u32>::new();
    for number in 0..tries {
        let template =
            if number % 3 == 0 { random_template(&mut random) } else { random_program(&mut random) };
        let preset = if number % 2 == 0 { "own_text" } else { "own_json" };
        let (status, answer) = preview(&server, preset, &template);
        let is_refused = status == 400 && answer["fields"][0]["field"] == "template";
        assert!(status == 200 || is_refused, "seed {seed}, {template:?}: {status} {answer}");
        let message = answer["fields"][0]["message"].as_str().unwrap_or("rendered");
        assert!(!message.contains("the process that renders it"), "seed {seed}, {template:?}: {message}");
        let kind = message.split([':', '(']).next().unwrap_or_default().trim().to_owned();
        *statuses.entry(kind).or_default() += 1;
    }
    eprintln!(
        "seed {seed}: {statuses:#?}; the server has grown by {} KiB",
        peak_kib(pid).saturating_sub(before)
    );
    assert_eq!(server.pid(), pid);
}
