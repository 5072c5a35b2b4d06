//! Mail: to whom it goes, what the server is told of this machine, and what is told of the server.

use std::sync::Arc;

use bangui_domain::model::notify::{Digest, Email, MailSecurity, SecretText, Way};
use bangui_gateway::OutgoingSettings;
use bangui_test_support::mailbox::{Connection, Mailbox};

use super::{NOW, email, fields, of, postman, sent};

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
