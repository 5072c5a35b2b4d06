//! What people notice of a crowd of hostile connections: how long health and a login take while more connections than there is
//! room for keep the server waiting, beside the same without them. Each request has a connection of its own and is sent once.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpSocket;

use super::connection::{Connection, get};
use super::replica::Replica;
use super::table::{Table, millis};
use crate::demo::smoke::Samples;
use crate::stop;

const CROWD: usize = 2_000;
/// Addresses of loopback from which the crowd comes: so many that each keeps below its limit.
const ADDRESSES: u8 = 40;
const SAMPLES: usize = 40;
const PATIENCE: Duration = Duration::from_mins(1);
/// How often each of the crowd sends a byte, and comes again if it was ended.
const DROP: Duration = Duration::from_millis(300);

/// Begun requests that never end.
const BEGUN: [&str; 4] = [
    "",
    "GET /api/health/live HTTP/1.1\r\nX-Long: ",
    "GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/health/live HTTP/1.1\r\nX-Long: ",
    "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
];

/// Measures and prints.
pub(super) fn run(binary: &Path) -> Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
        .context("raise the limit of open files")?;
    let mut server = Replica::start(binary, None, None, Vec::new())?;
    let quiet = measure(&server).context("without a crowd")?;
    let crowded = under_crowd(&server)?;
    server.require_running()?;
    let mut table = Table::new(&["", "samples", "health: median", "longest", "login: median", "longest"]);
    for (name, [health, login]) in [("no crowd", quiet), ("2,000 hostile connections", crowded)] {
        table.row(vec![
            name.to_owned(),
            health.len().to_string(),
            millis(health.percentile(50)),
            millis(health.percentile(100)),
            millis(login.percentile(50)),
            millis(login.percentile(100)),
        ]);
    }
    println!(
        "\n### Health and logins beside connections that keep the server waiting (release build, SQLite)\n\n\
         Of those that the server ends, each comes again at once.\n\n{table}"
    );
    Ok(())
}

/// The times of health and of logins, taken in turns.
fn measure(server: &Replica) -> Result<[Samples; 2]> {
    let (mut health, mut login) = (Vec::new(), Vec::new());
    for _ in 0..SAMPLES {
        stop::check()?;
        let asked = Instant::now();
        let mut connection = Connection::open(server.address(), PATIENCE).map_err(|why| anyhow!("{why}"))?;
        let answer =
            connection.ask(&get("/api/health/live", None)).map_err(|why| anyhow!("health: {why}"))?;
        ensure!(answer.status == 200, "health answers {}", answer.status);
        health.push(asked.elapsed());
        let asked = Instant::now();
        server.sessions(1).context("sign in")?;
        login.push(asked.elapsed());
    }
    Ok([Samples::new(health), Samples::new(login)])
}

/// The same with a crowd.
fn under_crowd(server: &Replica) -> Result<[Samples; 2]> {
    let address = server.address();
    let mut crowd = (0..CROWD).map(|nth| Hostile::come(nth, address)).collect::<Result<Vec<_>>>()?;
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let trickling = scope.spawn(|| -> Result<()> {
            while !over.load(Ordering::Relaxed) {
                for hostile in &mut crowd {
                    if hostile.is_ended() {
                        *hostile = Hostile::come(hostile.nth, address)?;
                    }
                }
                std::thread::sleep(DROP);
            }
            Ok(())
        });
        let measured = measure(server).context("beside a crowd");
        over.store(true, Ordering::Relaxed);
        trickling.join().map_err(|_| anyhow!("the crowd has broken up"))??;
        measured
    })
}

/// One of the crowd.
struct Hostile {
    nth: usize,
    stream: TcpStream,
}

impl Hostile {
    fn come(nth: usize, to: SocketAddr) -> Result<Self> {
        let host = u8::try_from(nth % usize::from(ADDRESSES)).unwrap_or_default() + 1;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut stream = runtime
            .block_on(async {
                let socket = TcpSocket::new_v4()?;
                socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 1, host), 0)))?;
                socket.connect(to).await?.into_std()
            })
            .context("connect as one of the crowd")?;
        // One that cannot send has been ended, which shows when it reads.
        let begun = BEGUN.get(nth % BEGUN.len()).copied().unwrap_or_default();
        drop(stream.write(begun.as_bytes()));
        Ok(Self { nth, stream })
    }

    /// Sends a byte, and says whether the server has ended the connection.
    fn is_ended(&mut self) -> bool {
        if !BEGUN.get(self.nth % BEGUN.len()).is_some_and(|begun| begun.is_empty()) {
            drop(self.stream.write(b"x"));
        }
        loop {
            match self.stream.read(&mut [0; 4096]) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
            }
        }
    }
}
