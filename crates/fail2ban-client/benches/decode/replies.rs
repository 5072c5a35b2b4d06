//! Replies of a server with 10,000 bans, and how CPython's unpickler does on them.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fail2ban_client::frame::END;

pub(crate) struct Reply {
    pub(crate) name: &'static str,
    pub(crate) pickle: Vec<u8>,
}

/// The recorded replies that name 10,000 bans.
pub(crate) fn long() -> Vec<Reply> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/1.0.2-large.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let reply = |name, seq: i64| {
        let row = rows.iter().find(|row| row["seq"] == seq).unwrap();
        let frame = STANDARD.decode(row["reply_b64"].as_str().unwrap()).unwrap();
        Reply { name, pickle: frame.strip_suffix(END).unwrap().to_vec() }
    };
    vec![reply("banip", 5), reply("banip with-time", 6), reply("status", 4), reply("banned", 7)]
}

/// Garbage collection stays as it is by default. The result of a call is dropped within its time, as with ours.
const SCRIPT: &str = "
import base64, pickle, sys, time, tracemalloc
for line in sys.stdin:
    data = base64.b64decode(line)
    best = float('inf')
    for _ in range(200):
        start = time.perf_counter()
        for _ in range(5):
            value = pickle.loads(data)
            del value
        best = min(best, (time.perf_counter() - start) / 5)
    tracemalloc.start()
    value = pickle.loads(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(best, peak)
";

/// The same replies in a Python of its own: how long one call of `pickle.loads` takes, and the peak that
/// `tracemalloc` sees in it, the pickle itself not among it.
pub(crate) fn in_python(replies: &[Reply]) -> Vec<(Duration, usize)> {
    let mut child = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = replies.iter().map(|reply| STANDARD.encode(&reply.pickle) + "\n").collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "python3 fails");
    let numbers = String::from_utf8(output.stdout).unwrap();
    let read = |line: &str| {
        let (time, bytes) = line.split_once(' ').unwrap();
        (Duration::from_secs_f64(time.parse().unwrap()), bytes.parse().unwrap())
    };
    let measured: Vec<_> = numbers.lines().map(read).collect();
    assert_eq!(measured.len(), replies.len());
    measured
}
