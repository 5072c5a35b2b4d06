//! Shows replies of the socket: reads one of them a line from standard input, in base64, with or without the end
//! marker, and prints its value as one line of JSON. A line that is no reply gives `{"$error": "…"}`.
//!
//! `cargo run --example decode < replies`

mod notation;
mod python;

use std::io::{BufRead as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fail2ban_client::Limits;
use fail2ban_client::codec::decode;
use fail2ban_client::frame::END;

fn main() -> std::io::Result<()> {
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        writeln!(output, "{}", shown(line.trim_ascii()))?;
        // Whoever writes one line may wait for its answer before the next.
        output.flush()?;
        line.clear();
    }
    Ok(())
}

fn shown(line: &[u8]) -> String {
    if line.is_empty() {
        return notation::error("a blank line");
    }
    let frame = match STANDARD.decode(line) {
        Ok(frame) => frame,
        Err(error) => return notation::error(&format!("not base64: {error}")),
    };
    let pickle = frame.strip_suffix(END).unwrap_or(&frame);
    match decode(pickle, &Limits::default()) {
        Ok(value) => notation::json(&value),
        Err(error) => notation::error(&error.to_string()),
    }
}
