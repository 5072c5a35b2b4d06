//! Templates of users that ask for more than there is: the server that renders them goes on, and says what is wrong.

mod random;

use std::path::Path;

use bangui_test_support::db::SqliteFile;
use bangui_test_support::receiver::Receiver;
use serde_json::{Value, json};

use crate::server::{Server, Setup, eventually};

/// Templates that took the process with them, or a processor for a minute, and others of their kind.
fn attacks() -> Vec<(&'static str, String)> {
    let double = |name: char| format!("{{% set {name}=[{name},{name}] %}}").repeat(28);
    let shared = |names: &str| -> String {
        let parts = names.chars().map(|name| format!("{{% set {name}=[1,1] %}}{}", double(name)));
        parts.collect::<Vec<_>>().concat()
    };
    let deep = |what: &str| {
        format!(
            "{{% set n=namespace(a=[]) %}}{{% for i in range(5000) %}}{{% set n.a=[n.a] %}}{{% endfor %}}{{{{ {what} }}}}"
        )
    };
    let growing = |step: &str| {
        format!(
            "{{% set n=namespace(s='xxxxxxxxxxxxxxxx') %}}{}{{{{ n.s|length }}}}",
            format!("{{% set n.s={step} %}}").repeat(30)
        )
    };
    vec![
        ("28 nested lists, as JSON", format!("{}{{{{ a|tojson }}}}", shared("a"))),
        ("28 nested lists, as text", format!("{}{{{{ a|string|length }}}}", shared("a"))),
        ("28 nested lists, compared", format!("{}{{{{ a==b }}}}", shared("ab"))),
        ("28 nested lists, one in the other", format!("{}{{{{ [a] in [[b]] }}}}", shared("ab"))),
        ("minus signs", format!("{{{{ {}1 }}}}", "-".repeat(9_000))),
        ("nots", format!("{{{{ {}1 }}}}", "not ".repeat(2_400))),
        ("brackets", format!("{{{{ {}1{} }}}}", "[".repeat(4_900), "]".repeat(4_900))),
        ("brackets that do not end", format!("{{{{ {}", "(".repeat(9_900))),
        ("a sum", format!("{{{{ 1{} }}}}", "+1".repeat(4_900))),
        ("powers", format!("{{{{ 9{} }}}}", "**9".repeat(100))),
        ("filters", format!("{{{{ 1{} }}}}", "|e".repeat(4_900))),
        ("else ifs", format!("{{%if a%}}{}{{%endif%}}", "{%elif a%}".repeat(980))),
        ("statements", "{%if a%}".repeat(1_200)),
        ("a list within itself, as text", deep("n.a|string|length")),
        ("a list within itself, as JSON", deep("n.a|tojson|length")),
        ("a list within itself, compared", deep("n.a==[n.a]")),
        ("a list within itself, forgotten", deep("1")),
        ("a namespace within itself", "{% set n=namespace(a=1) %}{% set n.a=n %}{{ n }}".to_owned()),
        (
            "a namespace within itself, as JSON",
            "{% set n=namespace(a=1) %}{% set n.a=n %}{{ n|tojson }}".to_owned(),
        ),
        (
            "a namespace within itself, compared",
            "{% set n=namespace(a=1) %}{% set n.a=n %}{{ n==n }}".to_owned(),
        ),
        ("a long text", "{{ ('x' * 2000000000)|length }}".to_owned()),
        ("a longer text", "{{ ('x' * 9000000000000000000)|length }}".to_owned()),
        ("texts that double", growing("n.s~n.s")),
        ("texts that are put into themselves", growing("n.s|replace('x', n.s)")),
        ("a long list", "{{ ([1] * 2000000000)|length }}".to_owned()),
        (
            "lists that double",
            "{% set n=namespace(s=[1]) %}".to_owned()
                + &"{% set n.s=n.s+n.s %}".repeat(40)
                + "{{ n.s|list|length }}",
        ),
        ("a wide indentation", "{{ 'a\nb'|indent(2000000000)|length }}".to_owned()),
        ("a wide format", "{{ '%2000000000d'|format(1)|length }}".to_owned()),
        ("many numbers", "{{ range(1000000000)|list|length }}".to_owned()),
        ("many numbers, reversed", "{{ range(1000000000)|reverse|first }}".to_owned()),
        ("groups", "{{ range(99999)|batch(1)|list|tojson|length }}".to_owned()),
        ("slices", "{{ [1]|slice(2000000000)|list|length }}".to_owned()),
        ("a loop of itself", "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}".to_owned()),
        (
            "a loop in a loop",
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}".to_owned(),
        ),
    ]
}

fn server(settings: &[(&'static str, &str)]) -> Server {
    let mut setup = Setup::with_socket(Path::new("/nowhere/fail2ban.sock"));
    setup.settings.push(("BANGUI_OUTGOING__ALLOW_NETWORKS", "127.0.0.1/32".to_owned()));
    setup.settings.push(("BANGUI_OUTGOING__ALLOW_HTTP", "true".to_owned()));
    setup.settings.extend(settings.iter().map(|(key, value)| (*key, (*value).to_owned())));
    Server::start_and_login(&setup)
}

fn settings(url: &str, preset: &str, template: &str) -> Value {
    json!({"kind": "webhook", "preset": preset, "url": url, "template": template})
}

fn preview(server: &Server, preset: &str, template: &str) -> (u16, Value) {
    let settings = settings("http://127.0.0.1:9/", preset, template);
    server.call("POST", "/api/notifications/preview", Some(&json!({"settings": settings})))
}

/// The most memory that a process has had, in KiB.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[test]
fn a_template_makes_what_it_says() {
    let server = server(&[]);
    let (status, made) = preview(&server, "own_json", "{\"text\": {{ title }}, \"n\": {{ count }}}");
    assert_eq!((status, &made["content_type"]), (200, &json!("application/json")), "{made}");
    assert_eq!(made["body"], r#"{"text": "3 bans by sshd", "n": 3}"#);
    let (status, made) = preview(&server, "own_text", "{{ nothing }}");
    assert_eq!((status, &made["fields"][0]["field"]), (400, &json!("template")), "{made}");
}

#[test]
fn no_template_takes_the_server_with_it() {
    let receiver = Receiver::start().expect("a server");
    let server = server(&[]);
    assert_eq!(preview(&server, "own_text", "{{ title }}").0, 200);
    let (pid, before) = (server.pid(), peak_kib(server.pid()));
    for (name, template) in attacks() {
        let (status, answer) = preview(&server, "own_text", &template);
        // What is small after all is rendered; what is not is refused at its field.
        let is_refused = status == 400 && answer["fields"][0]["field"] == "template";
        assert!(status == 200 || is_refused, "{name}: {status} {answer}");
        assert_eq!(server.get("/api/health/live").0, 200, "{name}");
    }
    let (name, template) = attacks().remove(0);
    let body = json!({"name": name, "settings": settings(&receiver.url("/"), "own_text", &template)});
    let (status, answer) = server.call("POST", "/api/notifications/channels", Some(&body));
    assert_eq!((status, &answer["fields"][0]["field"]), (400, &json!("template")), "{answer}");
    assert_eq!(server.pid(), pid);
    let grown = peak_kib(pid).saturating_sub(before);
    assert!(grown < 32 << 10, "the server itself has grown by {grown} KiB");
}

#[test]
fn a_template_that_was_saved_before_it_was_judged_ends_its_message_alone() {
    let receiver = Receiver::start().expect("a server");
    let directory = tempfile::TempDir::new().expect("a directory");
    let database = directory.path().join("bangui.db");
    let url = format!("sqlite://{}", database.display());
    let mut old = server(&[("BANGUI_DATABASE__URL", &url)]);
    for (name, preset) in [("attack", "own_text"), ("good", "json")] {
        let template = (preset == "own_text").then_some("BENIGN");
        let settings =
            json!({"kind": "webhook", "preset": preset, "url": receiver.url("/"), "template": template});
        let body = json!({"name": name, "settings": settings});
        let (status, answer) = old.call("POST", "/api/notifications/channels", Some(&body));
        assert_eq!(status, 201, "{answer}");
    }
    old.signal(rustix::process::Signal::TERM);
    assert_eq!(old.wait(), 0);

    // The stack overflows at once. It needs no escape in JSON or SQL.
    let template = "{% set n=namespace(a=1) %}{% set n.a=n %}{{ n }}";
    let digest = json!({
        "rule": "SSH", "count": 1, "since": 1_700_000_000_000_i64, "until": 1_700_000_000_000_i64,
        "notes": [{"kind": "silent", "jail": "sshd", "hours": 1}], "jails": {}, "countries": {}, "throttled": false,
    });
    let mut file = SqliteFile::open(&database);
    file.execute(&format!("UPDATE channels SET settings = replace(settings, 'BENIGN', '{template}')"));
    file.execute(&format!(
        "INSERT INTO deliveries (rule_id, message, channel_id, rule_name, channel_name, digest, state, tries, created_at, \
         next_at) SELECT 1, 1, id, 'SSH', name, '{digest}', 'waiting', 0, 1, 1 FROM channels"
    ));
    drop(file);

    let server = server(&[("BANGUI_DATABASE__URL", &url)]);
    let delivery = eventually("the message to be given up", || {
        let all = server.items("/api/notifications/deliveries");
        all.into_iter().find(|delivery| delivery["channel"] == "attack" && delivery["state"] == "failed")
    });
    let answer = delivery["answer"].to_string();
    assert!(answer.contains("the template") && answer.contains("was stopped"), "{delivery}");
    assert!(server.log().contains("a message was given up"), "{}", server.log());
    assert_eq!(receiver.wait_for(1, crate::server::PATIENCE).len(), 1, "the other channel is served");
}
