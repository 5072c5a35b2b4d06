//! A certificate for the addresses of loopback, and curl, which trusts it and nothing else.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A self-signed certificate and its key, in two PEM files.
pub(crate) struct Pair {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Pair {
    /// Writes a new pair into `dir`, over the one that may be there.
    pub(crate) fn write(dir: &Path) -> Self {
        let pair = Self { certificate: dir.join("host.pem"), key: dir.join("host.key") };
        let names = ["127.0.0.1", "::1", "host.example"].map(str::to_owned);
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        std::fs::write(&pair.certificate, made.cert.pem()).expect("written");
        std::fs::write(&pair.key, made.signing_key.serialize_pem()).expect("written");
        pair
    }
}

/// What curl got.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Got {
    /// The value of a header, the first of its name; an empty text where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let named =
            |line: &&str| line.split(':').next().is_some_and(|found| found.eq_ignore_ascii_case(name));
        self.head
            .lines()
            .find(named)
            .and_then(|line| line.split_once(':'))
            .map_or("", |(_, value)| value.trim())
    }
}

/// A curl that trusts `certificate`, with nothing of this machine's own settings.
pub(crate) fn curl(certificate: &Path) -> Command {
    let mut curl = Command::new("curl");
    curl.env_remove("CURL_CA_BUNDLE").env_remove("SSL_CERT_FILE").stdin(Stdio::null());
    curl.args(["--disable", "--silent", "--show-error", "--noproxy", "*", "--max-time", "60", "--cacert"]);
    curl.arg(certificate);
    curl
}

/// Runs curl to its end; `None` if it got no answer.
pub(crate) fn try_fetch(mut curl: Command) -> Option<Got> {
    let output = curl.arg("--include").output().expect("curl runs");
    if !output.status.success() {
        eprintln!("curl: {}", String::from_utf8_lossy(&output.stderr).trim());
        return None;
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text.as_str(), ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Some(Got { status, head: head.to_owned(), body: body.to_owned() })
}

/// The same, where an answer has to come.
pub(crate) fn fetch(curl: Command) -> Got {
    try_fetch(curl).expect("an answer")
}
