//! The recipes of docs/proxies.md, each in the real proxy: under a path, over TLS, with the client's own address, and with
//! live events that nobody holds back.

mod proof;
mod proxy;
mod recipes;
