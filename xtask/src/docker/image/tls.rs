//! BanGUI's image against a PostgreSQL that takes nothing but TLS, with a certificate that is verified.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::docker::bases::Bases;
use crate::docker::engine::Engine;
use crate::docker::project::{IMAGE, wait};
use crate::docker::say;
use crate::process;

const NAMES: [&str; 2] = ["bangui-test-tls-server", "bangui-test-tls-client"];
const NETWORK: &str = "bangui-test-tls";
const LIMIT: Duration = Duration::from_mins(1);
/// Connections of BanGUI: all, those that are encrypted, and those of sqlx, by the name that one of them has.
const CONNECTIONS: &str = "select count(*), count(*) filter (where ssl), \
    count(*) filter (where application_name = 'bangui notices') \
    from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'bangui' and pid <> pg_backend_pid()";

/// Runs both, and counts the connections that are encrypted.
pub(super) fn run(engine: &Engine, bases: &Bases) -> Result<()> {
    let _gone = Gone(engine);
    let dir = tempfile::tempdir().context("make a temporary directory")?;
    let server_image = bases.postgres()?;
    certificates(dir.path())?;
    fs::write(dir.path().join("password"), "bangui").context("write a password")?;
    fs::write(dir.path().join("pg_hba.conf"), "local all all trust\nhostssl all all all scram-sha-256\n")
        .context("write the rules of access")?;
    let mount = format!("{}:/tls", dir.path().display());
    // The key must be the server's own, whatever number its user has.
    let chown =
        ["run", "--rm", "--volume", &mount, "--entrypoint=chown", &server_image, "-R", "postgres", "/tls"];
    engine.quiet(chown)?;

    engine.quiet(["network", "create", NETWORK])?;
    let args = ["run", "--detach", "--name", NAMES[0], "--network", NETWORK, "--network-alias=postgres"];
    let mut server = engine.command(args);
    server.args(["--volume", &mount, "--env=POSTGRES_USER=bangui", "--env=POSTGRES_DB=bangui"]);
    server.args(["--env=POSTGRES_PASSWORD_FILE=/tls/password", &server_image]);
    for setting in [
        "ssl=on",
        "ssl_cert_file=/tls/server.crt",
        "ssl_key_file=/tls/server.key",
        "hba_file=/tls/pg_hba.conf",
    ] {
        server.args(["-c", setting]);
    }
    process::run(server.stdout(Stdio::null()))?;
    let ask = |statement: &str| {
        let psql = ["exec", NAMES[0], "psql", "--username=bangui", "--dbname=bangui", "-Atc", statement];
        engine.command(psql).output().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    wait("PostgreSQL", LIMIT, || ask("select 1").is_ok_and(|answer| answer == "1"))?;

    let url = "postgres://bangui:bangui@postgres/bangui?sslmode=verify-full&sslrootcert=/tls/ca.crt";
    let args =
        ["run", "--detach", "--name", NAMES[1], "--network", NETWORK, "--read-only", "--volume", &mount];
    let mut client = engine.command(args);
    client.args(["--env", &format!("BANGUI_DATABASE__URL={url}"), IMAGE]);
    process::run(client.stdout(Stdio::null()))?;
    let counts = || -> Option<(u32, u32, u32)> {
        let answer = ask(CONNECTIONS).ok()?;
        let numbers: Vec<u32> = answer.split('|').filter_map(|number| number.parse().ok()).collect();
        let [all, encrypted, of_sqlx] = numbers[..] else { return None };
        Some((all, encrypted, of_sqlx))
    };
    // libpq opens the pool, and sqlx the connection for notices: more than one, and one of them by that name.
    wait("connections of both libraries", LIMIT, || {
        counts().is_some_and(|(all, _, of_sqlx)| all > 1 && of_sqlx > 0)
    })
    .with_context(|| engine.output(["logs", NAMES[1]]).unwrap_or_default())?;
    let (all, encrypted, _) = counts().context("PostgreSQL does not count its connections")?;
    ensure!(all == encrypted, "of {all} connections {encrypted} are encrypted");
    say(&format!("TLS to PostgreSQL, verified: {encrypted} of {all} connections, by libpq and by sqlx"));
    Ok(())
}

/// An authority, and a certificate of the server's that it has signed: rustls takes none that is both.
fn certificates(dir: &Path) -> Result<()> {
    let make = |name: &str, subject: &str| {
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", subject]);
        command.arg("-keyout").arg(dir.join(format!("{name}.key")));
        command.arg("-out").arg(dir.join(format!("{name}.crt"))).stderr(Stdio::null());
        command
    };
    process::run(&mut make("ca", "/CN=authority of a test")).context("make an authority with openssl")?;
    let mut server = make("server", "/CN=postgres");
    server.args(["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=DNS:postgres"]);
    server.arg("-CA").arg(dir.join("ca.crt")).arg("-CAkey").arg(dir.join("ca.key"));
    process::run(&mut server).context("make a certificate with openssl")
}

/// Removes the containers and their network.
struct Gone<'a>(&'a Engine);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        for args in [&["rm", "--force", "--volumes", NAMES[0], NAMES[1]][..], &["network", "rm", NETWORK]] {
            if let Err(error) = self.0.command(args).output() {
                eprintln!("docker {} could not be run: {error}", args.join(" "));
            }
        }
    }
}
