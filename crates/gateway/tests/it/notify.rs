//! Messages sent to real servers of loopback, over HTTP and SMTP.

use std::sync::Arc;

use bangui_domain::model::Timestamp;
use bangui_domain::model::notify::{
    Answer, Channel, ChannelId, ChannelSpec, Digest, Email, MailSecurity, Preset, SecretText, Way, Webhook,
};
use bangui_domain::ports::{Messenger, Undelivered};
use bangui_gateway::{Outgoing, OutgoingSettings, Postman, SystemNames, TemplateProcess};
use bangui_test_support::mailbox::{Connection, Mailbox};
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
async fn mail_arrives_at_every_recipient_and_a_refusal_is_told() {
    let mailbox = Mailbox::start(None).expect("a server");
    let postman = postman(&["127.0.0.0/8", "::1/128"], None);
    let answer = sent(&postman, Way::Email(email(&mailbox))).await.expect("taken");
    assert_eq!((answer.status, answer.text.as_str()), (Some(250), "taken"));
    let mail = mailbox.mails().remove(0);
    assert_eq!((mail.hello.as_str(), mail.from.as_str()), ("bangui.example.org", "bangui@example.net"));
    let id = format!("Message-ID: <bangui-7-{}@bangui.example.org>", Digest::example(NOW).since.as_millis());
    assert!(mail.text.contains(&id), "{}", mail.text);
    assert_eq!(mail.to, ["ops@example.net", "b@example.net"]);
    for part in ["Subject: [BanGUI] 3 bans by sshd", "X-BanGUI-Delivery: 7", "192.0.2.7 (NL) was banned"] {
        assert!(mail.text.contains(part), "{part}: {}", mail.text);
    }
    for (refusal, status, may_pass) in [
        ("550 5.1.1 no such user on mail7.internal", 550, false),
        ("451 later, says mail7.internal", 451, true),
    ] {
        let mailbox = Mailbox::start(Some(refusal)).expect("a server");
        let failed = sent(&postman, Way::Email(email(&mailbox))).await.expect_err("refused");
        assert_eq!((failed.answer.status, failed.may_pass), (Some(status), may_pass), "{failed:?}");
        let said = failed.answer.text;
        assert!(said.contains(&status.to_string()) && !said.contains("internal"), "{said}");
        assert_eq!(said.contains("5.1.1"), status == 550, "{said}");
        assert_eq!(mailbox.mails(), []);
    }
}

#[tokio::test]
async fn a_password_goes_only_through_tls_that_is_believed() {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let private = rustls::pki_types::PrivateKeyDer::try_from(key.signing_key.serialize_der()).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .expect("a server");
    let config = Arc::new(config);
    let wrap = move |stream| -> Box<dyn Connection> {
        let connection = rustls::ServerConnection::new(Arc::clone(&config)).expect("a connection");
        Box::new(rustls::StreamOwned::new(connection, stream))
    };
    let mailbox = Mailbox::behind(None, wrap.clone()).expect("a server");
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), key.cert.pem()).expect("written");
    let (user, password) = (Some("u".to_owned()), Some(SecretText::new("p4ssword")));
    let email = Email { security: MailSecurity::Tls, user, password, ..email(&mailbox) };
    let networks = ["127.0.0.0/8", "::1/128"];

    let stranger = sent(&postman(&networks, None), Way::Email(email.clone())).await.expect_err("unknown");
    assert!(stranger.answer.text.contains("certificate"), "{stranger:?}");
    assert_eq!(mailbox.mails(), []);

    let postman = postman(&networks, Some(file.path()));
    sent(&postman, Way::Email(email)).await.expect("taken");
    assert_eq!(mailbox.mails().remove(0).auth.as_deref(), Some("AHUAcDRzc3dvcmQ="));

    let upgrading = Mailbox::upgrading(wrap).expect("a server");
    let starttls = Email {
        security: MailSecurity::Starttls,
        user: Some("u".to_owned()),
        password: Some(SecretText::new("p4ssword")),
        ..self::email(&upgrading)
    };
    sent(&postman, Way::Email(starttls)).await.expect("taken");
    assert_eq!(upgrading.mails().remove(0).auth.as_deref(), Some("AHUAcDRzc3dvcmQ="));

    let plain = Mailbox::start(None).expect("a server");
    let starttls = Email { security: MailSecurity::Starttls, ..self::email(&plain) };
    let refused = sent(&postman, Way::Email(starttls)).await.expect_err("it offers no TLS");
    assert!(!refused.answer.text.contains("p4ssword") && plain.mails().is_empty(), "{refused:?}");
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

#[tokio::test]
async fn a_machine_without_a_full_name_tells_its_address() {
    let mailbox = Mailbox::start(None).expect("a server");
    let settings = OutgoingSettings {
        allow_networks: vec![
            "127.0.0.0/8".parse().expect("a network"),
            "::1/128".parse().expect("a network"),
        ],
        mail_ports: vec![mailbox.address().port()],
        ..OutgoingSettings::default()
    };
    sent(&of(&settings), Way::Email(email(&mailbox))).await.expect("taken");
    let mail = mailbox.mails().remove(0);
    assert_eq!(mail.hello, "[127.0.0.1]");
    assert!(
        mail.text.contains("Message-ID: <bangui-7-") && mail.text.contains("@example.net>"),
        "{}",
        mail.text
    );
}

#[tokio::test]
async fn mail_goes_to_ports_of_mail_alone_and_no_greeting_is_told() {
    let greeter = |greeting: &'static [u8]| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                // A client that goes away is what is wanted.
                drop(std::io::Write::write_all(&mut stream, greeting));
            }
        });
        port
    };
    let ssh = greeter(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
    let smtp = greeter(b"554 mail7.internal Postfix 3.7.11 says no\r\n");
    let allow_networks = vec!["127.0.0.1/32".parse().expect("a network")];
    let mailbox = Mailbox::start(None).expect("a server");
    let mail = |port| Email { host: "127.0.0.1".to_owned(), port, ..email(&mailbox) };
    let closed = of(&OutgoingSettings {
        allow_networks: allow_networks.clone(),
        mail_ports: vec![25, 587],
        ..OutgoingSettings::default()
    });
    for port in [0, 22, 6379, ssh] {
        assert_eq!(fields(&closed, Way::Email(mail(port))).await, ["port"]);
        let failed = sent(&closed, Way::Email(mail(port))).await.expect_err("refused");
        assert!(failed.answer.text.contains("outgoing.mail_ports") && !failed.may_pass, "{failed:?}");
    }
    let open =
        of(&OutgoingSettings { allow_networks, mail_ports: vec![ssh, smtp], ..OutgoingSettings::default() });
    for (port, status) in [(ssh, None), (smtp, Some(554))] {
        let failed = sent(&open, Way::Email(mail(port))).await.expect_err("no mail server");
        assert_eq!(failed.answer.status, status, "{failed:?}");
        for word in ["OpenSSH", "Debian", "Postfix", "internal"] {
            assert!(!failed.answer.text.contains(word), "{failed:?}");
        }
    }
}
