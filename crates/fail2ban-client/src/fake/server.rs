//! The fake server: its life and its doors. What it answers is decided elsewhere.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::{fmt, io, thread};

use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::answers::{Answers, Plan, Script, replay};
use super::directory::Directory;
use super::pipe::Pipe;
use super::recording::{Recording, Tape};
use super::reply::Reply;
use super::request::Request;
use super::work::{Order, Worker};
use crate::client::Connector;

/// A server that answers as it is told, on a Unix socket in a directory of its own and through pipes in memory. It runs
/// on a thread of its own, so that every client may use it, async or blocking, and ends when it is dropped.
///
/// ```
/// use fail2ban_client::{Client, Error, fake::{Reply, Server}};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::answering(|request| match request.words()[..] {
///     ["version"] => Reply::text("1.1.0"),
///     ["get", "sshd", "banip"] => Reply::value(["192.0.2.1"]),
///     ["get", jail, "banip"] => Reply::unknown_jail(jail),
///     _ => Reply::invalid_command(),
/// })?;
/// let client = Client::new(server.socket());
/// assert_eq!(client.banned(&"sshd".parse()?).await?, ["192.0.2.1"]);
/// let error = client.banned(&"nginx".parse()?).await.unwrap_err();
/// assert!(matches!(error, Error::UnknownJail { .. }));
/// assert_eq!(server.recording().commands()[0], ["get", "sshd", "banip"]);
/// # Ok(())
/// # }
/// ```
pub struct Server {
    socket: PathBuf,
    tape: Tape,
    listening: Arc<AtomicBool>,
    orders: UnboundedSender<Order>,
    thread: Option<JoinHandle<()>>,
    /// Removed last.
    _directory: Directory,
}

impl Server {
    /// A server that answers each request by this function, which may keep a state. One request is answered at a
    /// time, as fail2ban does it. What is no pickle it never sees. A panic in it ends the connection, and no other.
    ///
    /// # Errors
    /// The system gives no directory, no socket or no thread.
    pub fn answering(answer: impl FnMut(&Request) -> Reply + Send + 'static) -> io::Result<Self> {
        Self::start(Plan::handler(Box::new(answer)))
    }

    /// A server that has these answers.
    ///
    /// # Errors
    /// As [`Server::answering`].
    pub fn fixed(answers: Answers) -> io::Result<Self> {
        Self::answering(move |request| answers.answer(request))
    }

    /// A server whose connections follow these scripts, one each. Behind the last one, it refuses connections.
    ///
    /// ```
    /// use fail2ban_client::{Client, fake::{Reply, Script, Server}};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::scripted([
    ///     Script::new([Reply::text("pong").cut_after(9)]),
    ///     Script::new([Reply::text("pong")]),
    /// ])?;
    /// let client = Client::new(server.socket());
    /// client.ping().await?;
    /// assert_eq!(client.generation(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Server::answering`].
    pub fn scripted(connections: impl IntoIterator<Item = Script>) -> io::Result<Self> {
        Self::start(Plan::Scripts(connections.into_iter().collect()))
    }

    /// A server that gives recorded replies: to each request the first that was not given yet of those recorded for
    /// the same bytes, over whichever connection. Any other request gets a bare text which says that there is none,
    /// and the client an [`Error::ServerText`](crate::Error::ServerText).
    ///
    /// # Errors
    /// As [`Server::answering`].
    pub fn replaying(recording: &Recording) -> io::Result<Self> {
        Self::start(Plan::handler(replay(recording)))
    }

    fn start(plan: Plan) -> io::Result<Self> {
        let directory = Directory::new()?;
        let socket = directory.path().join("fail2ban.sock");
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (orders, inbox) = unbounded_channel();
        let (tape, listening) = (Tape::default(), Arc::new(AtomicBool::new(false)));
        let worker = Worker::new(socket.clone(), plan, tape.clone(), Arc::clone(&listening), orders.clone());
        let work = move || runtime.block_on(worker.run(inbox));
        let thread = Some(thread::Builder::new().name("fake fail2ban".to_owned()).spawn(work)?);
        let server = Self { socket, tape, listening, orders, thread, _directory: directory };
        server.start_again()?;
        Ok(server)
    }

    /// The path of its socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Reaches it through pipes in memory, without the file system.
    ///
    /// ```
    /// use fail2ban_client::{Client, Options, fake::{Reply, Server}};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::answering(|_| Reply::text("pong"))?;
    /// Client::with_connector(server.connector(), Options::default()).ping().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn connector(&self) -> impl Connector + Clone {
        Pipe::new(self.orders.clone(), Arc::clone(&self.listening))
    }

    /// What came so far, and what was answered. A reply is recorded before it is sent, as far as it is to be sent.
    pub fn recording(&self) -> Recording {
        self.tape.recording()
    }

    /// Cuts every connection, and listens on.
    pub fn cut(&self) {
        self.order(Order::Cut);
    }

    /// Ends as a server that is killed: connections are cut, and further ones refused. The socket stays behind, and
    /// nobody listens on it.
    pub fn kill(&self) {
        self.order(Order::Kill);
    }

    /// Ends as a server that is stopped: as [`Server::kill`], and the socket is gone.
    pub fn stop(&self) {
        self.order(Order::Stop);
    }

    /// Listens again, after [`Server::kill`] or [`Server::stop`], or after the last script, when it closes each
    /// connection at once. What the answers remember, they remember still.
    ///
    /// # Errors
    /// The system gives no socket.
    pub fn start_again(&self) -> io::Result<()> {
        self.order(Order::Start).unwrap_or(Ok(()))
    }

    /// Waits until the thread has done it; `None` where the thread is gone.
    fn order<T>(&self, make: impl FnOnce(mpsc::Sender<T>) -> Order) -> Option<T> {
        let (done, wait) = mpsc::channel();
        self.orders.send(make(done)).ok()?;
        wait.recv().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.order(Order::End);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("the thread of a fake server has panicked");
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("socket", &self.socket).finish_non_exhaustive()
    }
}
