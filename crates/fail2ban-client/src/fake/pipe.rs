//! The way to a fake server through memory.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::UnboundedSender;

use super::work::Order;
use crate::client::{ByteStream, Connecting, Connector};

/// What a pipe holds before its writer must wait, in each direction: about what a socket does.
const ROOM: usize = 200 << 10;

#[derive(Clone)]
pub(super) struct Pipe {
    orders: UnboundedSender<Order>,
    listening: Arc<AtomicBool>,
}

impl Pipe {
    pub(super) fn new(orders: UnboundedSender<Order>, listening: Arc<AtomicBool>) -> Self {
        Self { orders, listening }
    }

    fn open(&self) -> io::Result<Box<dyn ByteStream>> {
        let refused = || io::Error::new(io::ErrorKind::ConnectionRefused, "the fake server does not listen");
        if !self.listening.load(Ordering::Acquire) {
            return Err(refused());
        }
        let (ours, theirs) = tokio::io::duplex(ROOM);
        self.orders.send(Order::Serve(Box::new(theirs))).map_err(|_| refused())?;
        Ok(Box::new(ours))
    }
}

impl Connector for Pipe {
    fn connect(&self) -> Connecting<'_> {
        let opened = self.open();
        Box::pin(async { opened })
    }

    fn server(&self) -> String {
        "the fake server".to_owned()
    }
}
