//! Reads an address however it is spelled. For what others wrote, such as ids from a log line; what is sent is spelled
//! as [`Address`] prints it.

use std::net::IpAddr;

use super::address::Address;

/// The address or network in any valid spelling: a netmask for the prefix, brackets around it, blanks at its ends. As
/// [`Address`] itself it takes no network with host bits, since one address or all of it may be meant.
pub(super) fn read(text: &str) -> Option<Address> {
    let text = text.trim();
    let text = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    let Some((base, mask)) = text.split_once('/') else { return text.parse().ok() };
    match mask.parse() {
        Ok(mask) => Address::network(base.parse().ok()?, prefix(base.parse().ok()?, mask)?).ok(),
        Err(_) => text.parse().ok(),
    }
}

/// The length of a prefix that is written as a mask.
fn prefix(base: IpAddr, mask: IpAddr) -> Option<u8> {
    let (ones, zeros, bits) = match (base, mask) {
        (IpAddr::V4(_), IpAddr::V4(mask)) => {
            (mask.to_bits().leading_ones(), mask.to_bits().trailing_zeros(), 32)
        }
        (IpAddr::V6(_), IpAddr::V6(mask)) => {
            (mask.to_bits().leading_ones(), mask.to_bits().trailing_zeros(), 128)
        }
        _ => return None,
    };
    if ones + zeros == bits { u8::try_from(ones).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_one_address() {
        for (text, canonical) in [
            ("192.0.2.1", "192.0.2.1"),
            (" 192.0.2.1\u{a0}", "192.0.2.1"),
            ("::ffff:c000:0201", "192.0.2.1"),
            ("[2001:0DB8:0:0::DEAD:beef]", "2001:db8::dead:beef"),
            ("2001:db8::1/128", "2001:db8::1"),
            ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
            ("0.0.0.0/0.0.0.0", "0.0.0.0/0"),
            ("192.0.2.1/255.255.255.255", "192.0.2.1"),
            ("2001:db8::/ffff:ffff::", "2001:db8::/32"),
            ("::/::", "::/0"),
        ] {
            assert_eq!(read(text).unwrap().to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn what_is_none_stays_none() {
        for text in [
            "",
            "joe",
            "[192.0.2.1",
            "fe80::1%eth0",
            "010.0.0.1",
            "192.0.2.9/24",
            "10.0.0.0/255.0.255.0",
            "10.0.0.0/ffff::",
            "10.1.0.0/255.0.0.0",
            "2001:db8::/129",
            "('192.0.2.1', 'joe')",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
