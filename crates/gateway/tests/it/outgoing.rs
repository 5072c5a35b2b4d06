//! The guarded client against servers of loopback and a resolver that tells what a test wants.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bangui_domain::chain;
use bangui_gateway::{Names, Outgoing, OutgoingError, OutgoingRequest, OutgoingSettings};
use bangui_test_support::receiver::{Answer, Receiver};

/// Names with the answers to one question after another; the last is repeated.
#[derive(Default)]
struct Told(HashMap<&'static str, Vec<Vec<IpAddr>>>, AtomicUsize, Mutex<Vec<String>>);

impl Told {
    fn named(names: &[(&'static str, &[&[&str]])]) -> Arc<Self> {
        let parse = |answer: &&[&str]| answer.iter().map(|ip| ip.parse().expect("an address")).collect();
        let names =
            names.iter().map(|(name, answers)| (*name, answers.iter().map(parse).collect())).collect();
        Arc::new(Self(names, AtomicUsize::new(0), Mutex::default()))
    }
}

#[async_trait::async_trait]
impl Names for Told {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.2.lock().expect("unpoisoned").push(host.to_owned());
        let asked = self.1.fetch_add(1, Ordering::SeqCst);
        let answers = self.0.get(host).ok_or_else(|| io::Error::other("no such name"))?;
        Ok(answers.get(asked).or(answers.last()).cloned().unwrap_or_default())
    }
}

fn client(allowed: &[&str], names: &Arc<Told>) -> Outgoing {
    let allow_networks = allowed.iter().map(|net| net.parse().expect("a network")).collect();
    let settings = OutgoingSettings {
        allow_networks,
        allow_http: true,
        mail_ports: vec![25],
        ..OutgoingSettings::default()
    };
    Outgoing::new(&settings, Arc::<Told>::clone(names)).expect("a client")
}

async fn get(client: &Outgoing, url: String) -> Result<String, OutgoingError> {
    let answer = client.send(OutgoingRequest::get(url)).await?;
    Ok(String::from_utf8(answer.bytes().await?).expect("text"))
}

#[tokio::test]
async fn what_is_sent_arrives_and_says_who_sends_it() {
    let receiver = Receiver::start().expect("a server");
    let client = client(&["127.0.0.0/8"], &Told::named(&[("hooks.test", &[&["127.0.0.1"]])]));
    let url = format!("http://hooks.test:{}/in?token=t", receiver.address().port());
    let request = OutgoingRequest::post(url, b"{}".to_vec()).header("Content-Type", "application/json");
    let answer = client.send(request).await.expect("an answer");
    assert_eq!((answer.status(), answer.header("content-length")), (200, Some("2")));
    assert_eq!(answer.beginning(1).await.expect("a body"), b"o");
    let came = receiver.received().remove(0);
    assert_eq!((came.method.as_str(), came.path.as_str()), ("POST", "/in?token=t"));
    assert_eq!((came.header("content-type"), came.body.as_str()), (Some("application/json"), "{}"));
    let agent = came.header("user-agent").expect("a name");
    assert!(agent.starts_with("BanGUI/"), "{agent}");
}

#[tokio::test]
async fn an_address_that_is_not_public_is_refused_before_anything_is_sent() {
    let receiver = Receiver::start().expect("a server");
    let port = receiver.address().port();
    let names = Told::named(&[
        ("hooks.test", &[&["127.0.0.1"]]),
        ("mapped.test", &[&["::ffff:127.0.0.1"]]),
        ("meta.test", &[&["169.254.169.254"]]),
    ]);
    let client = client(&["10.0.0.0/8"], &names);
    for (host, place) in [
        ("hooks.test", "127.0.0.1"),
        ("mapped.test", "127.0.0.1"),
        ("meta.test", "169.254.169.254"),
        ("0x7f.1", "127.0.0.1"),
        ("[::1]", "::1"),
    ] {
        let error = get(&client, format!("http://{host}:{port}/s3cret")).await.expect_err(host);
        assert!(
            matches!(&error, OutgoingError::Refused { address, .. } if address.to_string() == place),
            "{host}: {error:?}"
        );
        let text = chain(&error);
        assert!(text.contains("outgoing.allow_networks") && !text.contains("s3cret"), "{text}");
    }
    assert_eq!(receiver.received(), []);
}

#[tokio::test]
async fn a_name_that_means_another_address_when_it_is_used_is_judged_again() {
    let receiver = Receiver::start().expect("a server");
    let names = Told::named(&[("rebind.test", &[&["1.1.1.1"], &["127.0.0.1"]])]);
    let client = client(&[], &names);
    let url = format!("http://rebind.test:{}/", receiver.address().port());
    client.check_now(&url).await.expect("public when it is written down");
    let error = get(&client, url).await.expect_err("not any more");
    assert!(matches!(error, OutgoingError::Refused { .. }), "{error:?}");
    assert_eq!(receiver.received(), []);
    assert_eq!(names.2.lock().expect("unpoisoned").len(), 2, "looked up once to judge and once to connect");
}

#[tokio::test]
async fn of_a_names_addresses_only_those_allowed_are_connected_to() {
    let receiver = Receiver::start().expect("a server");
    let client = client(&["127.0.0.1/32"], &Told::named(&[("mixed.test", &[&["127.0.0.2", "127.0.0.1"]])]));
    let port = receiver.address().port();
    assert_eq!(get(&client, format!("http://mixed.test:{port}/")).await.as_deref(), Ok("ok"));
    let found = client.mail_server("mixed.test", 25).await.expect("one");
    assert_eq!(found, ["127.0.0.1:25".parse().expect("an address")]);
    assert!(client.mail_server("127.0.0.3", 25).await.is_err());
}

#[tokio::test]
async fn a_redirect_is_not_followed_unless_asked_and_then_judged() {
    let receiver = Receiver::answering(|_, request| match request.path.as_str() {
        "/on" => Answer::new(302, "").header("Location", "/end"),
        "/meta" => Answer::new(302, "").header("Location", "http://169.254.169.254/latest"),
        "/name" => Answer::new(307, "").header("Location", "http://inside.test/"),
        "/round" => Answer::new(302, "").header("Location", "/round"),
        "/else" => Answer::new(302, "").header("Location", "http://other.test/"),
        _ => Answer::new(200, "end"),
    });
    let receiver = receiver.expect("a server");
    let names = Told::named(&[("inside.test", &[&["10.0.0.1"]]), ("other.test", &[&["127.0.0.1"]])]);
    let client = client(&["127.0.0.0/8"], &names);
    let follow = async |path: &str, hops| {
        let request = OutgoingRequest::get(receiver.url(path)).header("X-Key", "k").follow(hops);
        client.send(request).await.map(|answer| answer.status())
    };
    assert!(matches!(follow("/on", 0).await, Err(OutgoingError::Redirected { status: 302, .. })));
    assert_eq!(follow("/on", 1).await, Ok(200));
    assert_eq!(
        receiver.received().last().and_then(|last| last.header("x-key").map(str::to_owned)),
        Some("k".to_owned())
    );
    assert!(matches!(follow("/meta", 3).await, Err(OutgoingError::Refused { .. })));
    assert!(matches!(follow("/name", 3).await, Err(OutgoingError::Refused { .. })));
    assert!(matches!(follow("/round", 3).await, Err(OutgoingError::Redirected { .. })));
    let posted = OutgoingRequest::post(receiver.url("/on"), Vec::new()).follow(3);
    assert!(matches!(client.send(posted).await, Err(OutgoingError::Redirected { .. })));
}

#[tokio::test]
async fn what_is_too_slow_too_long_or_not_there_is_told_apart() {
    let receiver = Receiver::answering(|_, request| match request.path.as_str() {
        "/slow" => Answer { delay: Duration::from_secs(20), ..Answer::new(200, "") },
        "/long" => Answer::new(200, "x".repeat(5000)),
        _ => Answer::default(),
    });
    let receiver = receiver.expect("a server");
    let names = Told::named(&[]);
    let client = client(&["127.0.0.0/8"], &names);
    let slow = OutgoingRequest::get(receiver.url("/slow")).timeout(Duration::from_millis(200));
    let slow = client.send(slow).await.expect_err("too slow");
    assert!(matches!(slow, OutgoingError::TimedOut { .. }) && slow.may_pass(), "{slow:?}");
    let long = client.send(OutgoingRequest::get(receiver.url("/long")).limit(4999)).await.expect("an answer");
    assert!(matches!(long.bytes().await, Err(OutgoingError::TooLarge { limit: 4999, .. })));
    let long = client.send(OutgoingRequest::get(receiver.url("/long")).limit(5000)).await.expect("an answer");
    assert_eq!(long.bytes().await.map(|body| body.len()), Ok(5000));
    let cut = get(&client, receiver.url("/")).await.expect_err("no answer");
    assert!(matches!(cut, OutgoingError::Unreachable { .. }), "{cut:?}");
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let closed = get(&client, format!("http://{free}/t0ken")).await.expect_err("nobody").to_string();
    assert!(closed.contains("refused") && !closed.contains("t0ken"), "{closed}");
    let unknown = get(&client, "http://nowhere.test/".to_owned()).await.expect_err("no name").to_string();
    assert!(unknown.contains("nowhere.test") && unknown.contains("no such name"), "{unknown}");
}

#[tokio::test]
async fn a_certificate_is_believed_only_from_an_authority() {
    let key = rcgen::generate_simple_self_signed(["hooks.test".to_owned()]).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let private = rustls::pki_types::PrivateKeyDer::try_from(key.signing_key.serialize_der()).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .expect("a server");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its number").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut tls = rustls::StreamOwned::new(connection, stream);
            let mut head = [0; 1024];
            if tls.read(&mut head).is_ok() {
                drop(tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
                tls.conn.send_close_notify();
                drop(tls.flush());
            }
        }
    });
    let names = Told::named(&[("hooks.test", &[&["127.0.0.1"]]), ("other.test", &[&["127.0.0.1"]])]);
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), key.cert.pem()).expect("written");
    let mut settings = OutgoingSettings {
        allow_networks: vec!["127.0.0.1/32".parse().expect("a network")],
        ..OutgoingSettings::default()
    };
    let build =
        |settings: &OutgoingSettings| Outgoing::new(settings, Arc::<Told>::clone(&names)).expect("a client");
    let stranger = get(&build(&settings), format!("https://hooks.test:{port}/")).await.expect_err("unknown");
    assert!(stranger.to_string().contains("certificate"), "{stranger}");
    settings.ca_file = Some(file.path().to_path_buf());
    let client = build(&settings);
    assert_eq!(get(&client, format!("https://hooks.test:{port}/")).await.as_deref(), Ok("ok"));
    let wrong = get(&client, format!("https://other.test:{port}/")).await.expect_err("another name");
    assert!(wrong.to_string().contains("certificate"), "{wrong}");

    std::fs::write(file.path(), "nothing").expect("written");
    let Err(error) = Outgoing::new(&settings, Arc::<Told>::clone(&names)) else {
        panic!("a file without certificates")
    };
    assert!(error.to_string().contains("holds no certificate"), "{error}");
}

/// Runs in a network of its own, where it may have any address.
#[test]
#[ignore = "run by the test below, in a network of its own"]
fn in_a_network_of_its_own() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let names = Told::named(&[("hooks.test", &[&["1.1.1.1"]]), ("six.test", &[&["2606:4700::1111"]])]);
        for host in ["1.1.1.1", "hooks.test", "[2606:4700::1111]", "six.test", "[::ffff:1.1.1.1]"] {
            let refused = get(&client(&[], &names), format!("http://{host}/")).await.expect_err(host);
            assert!(refused.to_string().contains("an address of this machine"), "{host}: {refused}");
            let open = client(&["1.1.1.1/32", "2606:4700::1111/128"], &names);
            let unreachable = get(&open, format!("http://{host}:9/")).await.expect_err("nothing listens");
            assert!(matches!(unreachable, OutgoingError::Unreachable { .. }), "{host}: {unreachable}");
        }
    });
}

#[test]
fn public_addresses_of_this_machine_are_its_own() {
    let set_up = "ip link set lo up && ip address add 1.1.1.1/32 dev lo && \
                  ip -6 address add 2606:4700::1111/128 dev lo nodad && exec \"$0\" \"$@\"";
    let own = std::env::current_exe().expect("this program");
    let output = std::process::Command::new("unshare")
        .args(["--net", "sh", "-c", set_up])
        .arg(own)
        .args(["--ignored", "--exact", "outgoing::in_a_network_of_its_own"])
        .output()
        .expect("unshare");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
