//! Messages sent to real servers of loopback, over HTTP and SMTP.

mod mail;

use std::sync::Arc;

use bangui_domain::model::Timestamp;
use bangui_domain::model::notify::{
    Answer, Channel, ChannelId, ChannelSpec, Digest, Email, MailSecurity, Preset, SecretText, Way, Webhook,
};
use bangui_domain::ports::{Messenger, Undelivered};
use bangui_gateway::{Outgoing, OutgoingSettings, Postman, SystemNames, TemplateProcess};
use bangui_test_support::mailbox::Mailbox;
use bangui_test_support::receiver::{self, Receiver};
use serde_json::Value;

/// What is shown of the answer of a server that is not public.
const QUIET: &str = "what it says is in BanGUI's log at debug, since it is no public server";

const NOW: Timestamp = Timestamp::from_secs(1_795_458_708);

fn postman(allowed: &[&str], ca_file: Option<&std::path::Path>) -> Postman {
    let settings = OutgoingSettings {
        allow_networks: allowed.iter().map(|net| net.parse().expect("a network")).collect(),
        allow_http: true,
        ca_file: ca_file.map(Into::into),
        mail_ports: (1..=u16::MAX).collect(),
        host_name: Some("bangui.example.org".to_owned()),
    };
    of(&settings)
}

fn of(settings: &OutgoingSettings) -> Postman {
    let outgoing = Outgoing::new(settings, Arc::new(SystemNames)).expect("a client");
    // Templates are tested with the program that renders them, in the tests of the binary.
    Postman::new(outgoing, TemplateProcess::new("/nowhere/bangui", &[]))
}

fn webhook(preset: Preset, url: &str) -> Webhook {
    Webhook { preset, url: SecretText::new(url), token: None, recipient: None, template: None }
}

fn email(mailbox: &Mailbox) -> Email {
    Email {
        host: "localhost".to_owned(),
        port: mailbox.address().port(),
        security: MailSecurity::None,
        user: None,
        password: None,
        from: "BanGUI <bangui@example.net>".to_owned(),
        to: vec!["ops@example.net".to_owned(), "Ärger <b@example.net>".to_owned()],
    }
}

fn channel(way: Way) -> Channel {
    let spec = ChannelSpec { name: "channel".to_owned(), way };
    Channel { id: ChannelId(1), spec, created_at: NOW }
}

async fn sent(postman: &Postman, way: Way) -> Result<Answer, Undelivered> {
    postman.send(&channel(way), "7", &Digest::example(NOW)).await
}

async fn fields(postman: &Postman, way: Way) -> Vec<&'static str> {
    let spec = ChannelSpec { name: "channel".to_owned(), way };
    postman.problems(&spec).await.into_iter().map(|problem| problem.field).collect()
}

#[tokio::test]
async fn each_receiver_gets_its_own_shape() {
    let receiver = Receiver::start().expect("a server");
    let postman = postman(&["127.0.0.0/8"], None);
    for (preset, field) in [
        (Preset::Slack, "/text"),
        (Preset::Discord, "/content"),
        (Preset::Teams, "/attachments/0/content/body/0/text"),
        (Preset::Telegram, "/text"),
        (Preset::Gotify, "/title"),
        (Preset::Json, "/title"),
    ] {
        let mut webhook = webhook(preset, &receiver.url("/hook"));
        webhook.token = Some(SecretText::new("t0ken"));
        webhook.recipient = (preset == Preset::Telegram).then(|| "-100".to_owned());
        assert_eq!(fields(&postman, Way::Webhook(webhook.clone())).await, Vec::<&str>::new(), "{preset:?}");
        let answer = sent(&postman, Way::Webhook(webhook)).await.expect("taken");
        assert_eq!(answer, Answer { status: Some(200), text: QUIET.to_owned() });
        let came = receiver.received().pop().expect("a request");
        let body: Value = serde_json::from_str(&came.body).expect("JSON");
        let text = body.pointer(field).and_then(Value::as_str).unwrap_or_default();
        assert!(text.starts_with("3 bans by sshd"), "{preset:?}: {body}");
        assert_eq!(came.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(came.header("x-bangui-delivery"), Some("7"));
        let is_gotify = preset == Preset::Gotify;
        assert_eq!(came.header("x-gotify-key"), is_gotify.then_some("t0ken"));
        assert_eq!(came.header("authorization"), (!is_gotify).then_some("Bearer t0ken"));
    }
    let ntfy = webhook(Preset::Ntfy, &receiver.url("/topic"));
    sent(&postman, Way::Webhook(ntfy)).await.expect("taken");
    let came = receiver.received().pop().expect("a request");
    assert!(came.body.starts_with("3 bans by sshd\n192.0.2.7 (NL) was banned by sshd"), "{}", came.body);
    assert_eq!(came.header("authorization"), None);
}

#[tokio::test]
async fn what_a_receiver_says_decides_whether_it_is_tried_again() {
    let receiver = Receiver::answering(|_, request| match request.path.as_str() {
        "/busy/s3cret-of-mine" => {
            receiver::Answer::new(429, "slow down, s3cret-of-mine\u{202E}").header("Retry-After", "120")
        }
        "/bot" => receiver::Answer::new(429, r#"{"ok":false,"parameters":{"retry_after":7}}"#),
        "/gone" => receiver::Answer::new(404, "x".repeat(100_000)),
        "/down" => receiver::Answer::new(503, ""),
        "/away" => receiver::Answer::new(302, "").header("Location", "http://127.0.0.1:1/"),
        _ => receiver::Answer::default(),
    });
    let receiver = receiver.expect("a server");
    let postman = postman(&["127.0.0.0/8"], None);
    for (path, status, may_pass, after, text) in [
        ("/busy/s3cret-of-mine", Some(429), true, Some(120), "is no public server"),
        ("/bot", Some(429), true, Some(7), "is no public server"),
        ("/gone", Some(404), false, None, "is no public server"),
        ("/down", Some(503), true, None, ""),
        ("/away", None, false, None, "sends on to another address"),
        ("/cut", None, true, None, "cannot be reached"),
    ] {
        let way = Way::Webhook(webhook(Preset::Json, &receiver.url(path)));
        let failed = sent(&postman, way).await.expect_err(path);
        assert_eq!(
            (failed.answer.status, failed.may_pass, failed.retry_after_secs),
            (status, may_pass, after)
        );
        let said = failed.answer.text;
        assert!(said.contains(text) && said.chars().count() <= 201, "{path}: {said}");
        assert!(
            !said.contains("s3cret") && !said.contains("slow") && !said.contains("xxx"),
            "{path}: {said}"
        );
    }
}

#[tokio::test]
async fn an_address_of_ones_own_network_is_refused_when_saved_and_when_sent() {
    let receiver = Receiver::start().expect("a server");
    let mailbox = Mailbox::start(None).expect("a server");
    let postman = postman(&[], None);
    let hook = Way::Webhook(webhook(Preset::Json, &receiver.url("/hook")));
    let mail = Way::Email(email(&mailbox));
    assert_eq!(fields(&postman, hook.clone()).await, ["url"]);
    assert_eq!(fields(&postman, mail.clone()).await, ["host"]);
    for way in [hook, mail] {
        let failed = sent(&postman, way).await.expect_err("refused");
        assert!(failed.answer.text.contains("outgoing.allow_networks") && !failed.may_pass, "{failed:?}");
    }
    assert_eq!((receiver.received().len(), mailbox.mails().len()), (0, 0));
}

#[tokio::test]
async fn a_channel_that_cannot_work_is_refused_by_its_fields() {
    let receiver = Receiver::start().expect("a server");
    let mailbox = Mailbox::start(None).expect("a server");
    let postman = postman(&["127.0.0.0/8", "::1/128"], None);
    let url = receiver.url("/");
    let good = |preset| webhook(preset, &url);
    let token = Some(SecretText::new("a b"));
    let template = Some("{{ nothing }}".to_owned());
    for (webhook, wanted) in [
        (Webhook { url: SecretText::new("ftp://x"), ..good(Preset::Json) }, "url"),
        (good(Preset::Gotify), "token"),
        (Webhook { token, ..good(Preset::Json) }, "token"),
        (good(Preset::Telegram), "recipient"),
        (good(Preset::OwnText), "template"),
        (Webhook { template: Some("-".repeat(10_001)), ..good(Preset::OwnText) }, "template"),
        (Webhook { template, ..good(Preset::Slack) }, "template"),
    ] {
        assert_eq!(fields(&postman, Way::Webhook(webhook)).await, [wanted]);
    }
    let good = || email(&mailbox);
    assert_eq!(fields(&postman, Way::Email(good())).await, Vec::<&str>::new());
    let user = Some("u".to_owned());
    let password = Some(SecretText::new("p"));
    for (email, wanted) in [
        (Email { host: String::new(), ..good() }, "host"),
        (Email { user: user.clone(), ..good() }, "password"),
        (Email { password: password.clone(), ..good() }, "user"),
        (Email { user, password, ..good() }, "security"),
        (Email { from: "nobody".to_owned(), ..good() }, "from"),
        (Email { to: Vec::new(), ..good() }, "to"),
        (Email { to: vec!["a@b\r\nBcc: c@d".to_owned()], ..good() }, "to"),
    ] {
        assert_eq!(fields(&postman, Way::Email(email)).await, [wanted]);
    }
}

#[tokio::test]
async fn a_template_that_could_not_be_tried_is_tried_again() {
    let receiver = Receiver::start().expect("a server");
    let postman = postman(&["127.0.0.0/8"], None);
    let template = Some("{{ title }}".to_owned());
    let way = Way::Webhook(Webhook { template, ..webhook(Preset::OwnText, &receiver.url("/")) });
    let failed = sent(&postman, way.clone()).await.expect_err("there is no program");
    assert!(failed.may_pass && failed.answer.text.contains("the process that renders it"), "{failed:?}");
    assert_eq!(fields(&postman, way).await, ["template"]);
    let template = Some(format!("{{{{ {}1 }}}}", "-".repeat(9_000)));
    let way = Way::Webhook(Webhook { template, ..webhook(Preset::OwnText, &receiver.url("/")) });
    let failed = sent(&postman, way).await.expect_err("no program is asked");
    assert!(!failed.may_pass && failed.answer.text.contains("operators"), "{failed:?}");
    assert_eq!(receiver.received(), []);
}
