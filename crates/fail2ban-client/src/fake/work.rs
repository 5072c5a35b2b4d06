//! The thread of a fake server: takes connections in, cuts them, listens and ceases to listen, as it is ordered.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::{fs, io};

use tokio::net::UnixListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::{JoinHandle, JoinSet};

use super::answers::Plan;
use super::connection::serve;
use super::recording::Tape;
use crate::client::ByteStream;

/// What the thread is to do. Whoever orders waits until it is done.
pub(super) enum Order {
    Serve(Box<dyn ByteStream>),
    Start(mpsc::Sender<io::Result<()>>),
    Cut(mpsc::Sender<()>),
    Kill(mpsc::Sender<()>),
    Stop(mpsc::Sender<()>),
    End(mpsc::Sender<()>),
}

pub(super) struct Worker {
    socket: PathBuf,
    plan: Plan,
    tape: Tape,
    /// Whether connections are taken, for the pipes.
    listening: Arc<AtomicBool>,
    orders: UnboundedSender<Order>,
    listener: Option<JoinHandle<()>>,
    connections: JoinSet<()>,
    count: u64,
}

impl Worker {
    pub(super) fn new(
        socket: PathBuf,
        plan: Plan,
        tape: Tape,
        listening: Arc<AtomicBool>,
        orders: UnboundedSender<Order>,
    ) -> Self {
        let (listener, connections) = (None, JoinSet::new());
        Self { socket, plan, tape, listening, orders, listener, connections, count: 0 }
    }

    pub(super) async fn run(mut self, mut inbox: UnboundedReceiver<Order>) {
        while let Some(order) = inbox.recv().await {
            let done = match order {
                Order::Serve(stream) => {
                    self.serve(stream).await;
                    continue;
                }
                Order::Start(done) => {
                    tell(&done, self.listen());
                    continue;
                }
                Order::Cut(done) => {
                    self.connections.shutdown().await;
                    done
                }
                Order::Kill(done) => {
                    self.cease().await;
                    self.connections.shutdown().await;
                    done
                }
                Order::Stop(done) => {
                    self.remove_socket();
                    self.cease().await;
                    self.connections.shutdown().await;
                    done
                }
                Order::End(done) => {
                    self.cease().await;
                    self.connections.shutdown().await;
                    tell(&done, ());
                    return;
                }
            };
            tell(&done, ());
        }
    }

    async fn serve(&mut self, stream: Box<dyn ByteStream>) {
        if !self.listening.load(Ordering::Acquire) {
            return;
        }
        let answerer = self.plan.next();
        if self.plan.is_over() {
            // Before the first reply: whoever has it finds that nobody listens.
            self.cease().await;
        }
        self.count += 1;
        let (number, tape) = (self.count, self.tape.clone());
        if let Some(answerer) = answerer {
            self.connections.spawn(async move {
                if let Err(error) = serve(stream, number, answerer, tape).await {
                    tracing::debug!(number, %error, "a client of the fake server has gone");
                }
            });
        }
    }

    fn listen(&mut self) -> io::Result<()> {
        if self.listener.is_some() {
            return Ok(());
        }
        self.remove_socket();
        let listener = UnixListener::bind(&self.socket)?;
        let orders = self.orders.clone();
        self.listener = Some(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if orders.send(Order::Serve(Box::new(stream))).is_err() {
                    return;
                }
            }
        }));
        self.listening.store(true, Ordering::Release);
        Ok(())
    }

    async fn cease(&mut self) {
        self.listening.store(false, Ordering::Release);
        if let Some(listener) = self.listener.take() {
            listener.abort();
            if let Err(error) = listener.await
                && !error.is_cancelled()
            {
                tracing::warn!(%error, "the listener of the fake server has failed");
            }
        }
    }

    fn remove_socket(&self) {
        match fs::remove_file(&self.socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(socket = %self.socket.display(), %error, "the fake server's socket stays");
            }
            _ => {}
        }
    }
}

fn tell<T>(done: &mpsc::Sender<T>, what: T) {
    if done.send(what).is_err() {
        tracing::debug!("nobody waits for the fake server any more");
    }
}
