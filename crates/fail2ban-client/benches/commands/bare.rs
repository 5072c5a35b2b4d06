//! A socket and nothing else: the least that a round trip can cost.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use fail2ban_client::frame::END;

pub(crate) struct Bare {
    stream: UnixStream,
    buffer: Vec<u8>,
}

impl Bare {
    pub(crate) fn connect(socket: &Path) -> Self {
        Self { stream: UnixStream::connect(socket).unwrap(), buffer: vec![0; 64 << 10] }
    }

    /// Sends a sealed request, and reads until the end marker stands last.
    pub(crate) fn ask(&mut self, request: &[u8]) {
        self.stream.write_all(request).unwrap();
        let mut length = 0;
        while !self.buffer.get(..length).unwrap().ends_with(END) {
            let more = self.stream.read(self.buffer.get_mut(length..).unwrap()).unwrap();
            assert_ne!(more, 0, "fail2ban has closed the connection");
            length += more;
        }
    }
}
