//! Which addresses are this machine's own. Asked of the kernel at each use, since addresses come and go; nothing is sent.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// A port that a socket is pointed at; any would do.
const ANY_PORT: u16 = 9;
/// How Linux says that there is no socket for now: `ENOMEM`, `ENFILE`, `EMFILE` and `ENOBUFS`.
const NO_SOCKETS: [i32; 4] = [12, 23, 24, 105];

/// The address from which this machine would speak to `address`; an error if it cannot speak to it.
pub(crate) fn source_for(address: IpAddr) -> io::Result<IpAddr> {
    let unbound = match address {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let socket = UdpSocket::bind((unbound, 0))?;
    socket.connect((address, ANY_PORT))?;
    Ok(socket.local_addr()?.ip())
}

/// Whether connections to `address` end on this machine: the kernel speaks to such an address from that very address. Where it
/// could not be asked they may.
pub(super) fn is_own(address: IpAddr) -> bool {
    let address = address.to_canonical();
    match source_for(address) {
        Ok(source) => source == address,
        Err(error) => error.raw_os_error().is_some_and(|code| NO_SOCKETS.contains(&code)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn addresses_of_this_machine_are_told_from_others() {
        for own in ["127.0.0.1", "::ffff:127.0.0.1"] {
            assert!(is_own(own.parse().expect("an address")), "{own}");
        }
        for other in ["192.0.2.1", "1.1.1.1", "2001:db8::1"] {
            assert!(!is_own(other.parse().expect("an address")), "{other}");
        }
    }
}
