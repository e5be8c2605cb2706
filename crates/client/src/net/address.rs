//! Where a broker is.

use std::fmt;
use std::sync::Arc;

/// A host and a port, not yet resolved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// A name, or an IP address without brackets.
    pub host: Arc<str>,
    /// Not 0.
    pub port: u16,
}

/// A text that is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no address of a broker: {reason}; give host:port, as in kafka-1.example:9092")]
pub struct AddressError {
    text: String,
    reason: &'static str,
}

impl Address {
    /// A host and a port.
    pub fn new(host: impl Into<Arc<str>>, port: u16) -> Self {
        Self { host: host.into(), port }
    }

    /// Reads `host:port`; an IPv6 address stands in brackets.
    ///
    /// # Errors
    ///
    /// [`AddressError`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let wrong = |reason| AddressError { text: text.to_owned(), reason };
        let text = text.trim();
        let (host, port) = text.rsplit_once(':').ok_or_else(|| wrong("it has no port"))?;
        let host = match host.strip_prefix('[') {
            Some(host) => host.strip_suffix(']').ok_or_else(|| wrong("its bracket is not closed"))?,
            None if host.contains(':') => return Err(wrong("an IPv6 address needs brackets")),
            None => host,
        };
        let plausible =
            |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | ':' | '%');
        match port.parse() {
            _ if host.is_empty() => Err(wrong("it has no host")),
            _ if !host.chars().all(plausible) => Err(wrong("its host has letters that no host has")),
            Ok(port) if port > 0 => Ok(Self::new(host, port)),
            _ => Err(wrong("its port is not a number from 1 to 65535")),
        }
    }

    /// Reads several, with commas between.
    ///
    /// # Errors
    ///
    /// [`AddressError`], also if there is none.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, AddressError> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let all = parts.map(Self::parse).collect::<Result<Vec<_>, _>>()?;
        if all.is_empty() {
            return Err(AddressError { text: text.to_owned(), reason: "it is empty" });
        }
        Ok(all)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let check = |text: &str, expect: &[(&str, u16)]| {
            let found = Address::parse_all(text).unwrap();
            let expect: Vec<_> = expect.iter().map(|&(host, port)| Address::new(host, port)).collect();
            assert_eq!(found, expect, "{text}");
            let again: Vec<String> = found.iter().map(Address::to_string).collect();
            assert_eq!(Address::parse_all(&again.join(",")).unwrap(), expect);
        };
        check("localhost:9092", &[("localhost", 9092)]);
        check(" a:1, b.example:65535 ,", &[("a", 1), ("b.example", 65535)]);
        check("[::1]:9092,10.0.0.1:9", &[("::1", 9092), ("10.0.0.1", 9)]);
    }

    #[test]
    fn what_is_no_address_is_named_with_the_reason() {
        for (text, reason) in [
            ("", "empty"),
            ("host", "no port"),
            (":9092", "no host"),
            ("host:0", "1 to 65535"),
            ("host:70000", "1 to 65535"),
            ("::1:9092", "brackets"),
            ("[::1:9092", "not closed"),
            ("http://host:9092", "brackets"),
            ("ho st:1", "letters"),
        ] {
            let error = Address::parse_all(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
