//! A name server on the loopback with the names that a test needs. Answers over UDP, and no more than A, AAAA and PTR.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test harness ends the test that it cannot serve"
)]

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, PTR};
use hickory_proto::rr::{Name, RData, Record, RecordType};

/// What it answers, by the name that is asked for.
type Answers = HashMap<Name, Vec<RData>>;

/// A name server; it runs for as long as the test does.
#[derive(Debug, Clone)]
pub struct Dns {
    address: SocketAddr,
    answers: Arc<Mutex<Answers>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Dns {
    /// A server without any name.
    pub fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let address = socket.local_addr().expect("an address");
        let dns = Self { address, answers: Arc::default(), asked: Arc::default() };
        let own = dns.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                let Ok(question) = Message::from_vec(&buffer[..length]) else { continue };
                let answer = own.answer(&question).to_vec().expect("an answer");
                drop(socket.send_to(&answer, from));
            }
        });
        dns
    }

    /// Where it is asked.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `address` is called `name`, which may be no proper name.
    #[must_use]
    pub fn calls(self, address: &str, name: &[&[u8]]) -> Self {
        let address: IpAddr = address.parse().expect("an address");
        let name = Name::from_labels(name.to_vec()).expect("a name");
        self.add(address.into(), RData::PTR(PTR(name)))
    }

    /// `name` leads to `address`.
    #[must_use]
    pub fn leads(self, name: &str, address: &str) -> Self {
        let data = match address.parse().expect("an address") {
            IpAddr::V4(v4) => RData::A(A(v4)),
            IpAddr::V6(v6) => RData::AAAA(AAAA(v6)),
        };
        self.add(Name::from_ascii(name).expect("a name"), data)
    }

    /// What was asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(self, mut name: Name, data: RData) -> Self {
        name.set_fqdn(true);
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default().push(data);
        self
    }

    fn answer(&self, question: &Message) -> Message {
        let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
        answer.metadata.recursion_available = true;
        for query in &question.queries {
            let (name, kind) = (query.name().clone(), query.query_type());
            answer.add_query(query.clone());
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{kind} {name}"));
            let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            let lower = name.to_lowercase();
            let Some(known) = answers.get(&lower) else {
                answer.metadata.response_code = ResponseCode::NXDomain;
                continue;
            };
            let matching = known.iter().filter(|data| kind == RecordType::ANY || data.record_type() == kind);
            answer.add_answers(matching.map(|data| Record::from_rdata(name.clone(), 60, data.clone())));
        }
        answer
    }
}
