//! What a server is told at its start.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use super::tls::Tls;
use super::users::Users;
use crate::options::Options;
use crate::settings::SettingError;

/// Where and for whom a server answers.
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    /// Addresses to listen on, as `HOST:PORT`. Without a host it is the loopback address; port 0 lets the operating system
    /// choose.
    pub listen: Vec<String>,
    /// What clients are told to connect to, if that is another address than the one that is listened on.
    pub advertise: Option<(String, u16)>,
    /// Listen on any address, also without TLS and SASL.
    pub insecure: bool,
    /// TLS on every address.
    pub tls: Option<Tls>,
    /// Who may connect, by SASL on every address. Without it, anybody may.
    pub users: Option<Arc<Users>>,
    /// Bounds.
    pub limits: Limits,
}

/// The bounds of a server. Those that Kafka has too have its setting's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `max.connections`
    pub connections_max: usize,
    /// `max.connections.per.ip`
    pub connections_per_ip_max: usize,
    /// `max.connections.unauthenticated`: those that have yet to authenticate.
    pub unauthenticated_connections_max: usize,
    /// `socket.request.max.bytes`
    pub frame_bytes_max: usize,
    /// `sasl.server.max.receive.size`: of frames before authentication.
    pub unauthenticated_frame_bytes_max: usize,
    /// `queued.max.request.bytes`: memory for the frames of all connections.
    pub frame_memory_bytes_max: usize,
    /// `max.in.flight.requests.per.connection`: requests of one connection that wait for their answers; further ones are not
    /// read.
    pub in_flight_max: usize,
    /// `connections.max.idle.ms`
    pub idle: Duration,
    /// `request.receive.timeout.ms`: how long a request may take to arrive, and a second more for each MiB.
    pub receive_timeout: Duration,
    /// `response.send.timeout.ms`: how long a peer may take nothing of an answer.
    pub send_timeout: Duration,
    /// `authentication.timeout.ms`: from connecting to being authenticated, TLS included.
    pub authentication_timeout: Duration,
    /// `connection.failed.authentication.delay.ms`: how long the answer to wrong credentials is held back.
    pub failed_authentication_delay: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 10_000,
            connections_per_ip_max: 10_000,
            unauthenticated_connections_max: 500,
            frame_bytes_max: 100 << 20,
            unauthenticated_frame_bytes_max: 512 << 10,
            frame_memory_bytes_max: 256 << 20,
            in_flight_max: 16,
            idle: Duration::from_secs(600),
            receive_timeout: Duration::from_secs(30),
            send_timeout: Duration::from_secs(30),
            authentication_timeout: Duration::from_secs(10),
            failed_authentication_delay: Duration::from_secs(1),
        }
    }
}

/// A value that a limit cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the setting {name} cannot be {value:?}: give {allowed}")]
pub struct LimitError {
    name: &'static str,
    value: String,
    allowed: String,
}

/// Where a limit is kept, and what it may be.
enum Place<'a> {
    Count(&'a mut usize, RangeInclusive<u64>),
    Milliseconds(&'a mut Duration, RangeInclusive<u64>),
}

/// The most that a request can say it has.
const FRAME_BYTES_MAX: u64 = i32::MAX as u64;

/// The longest time that can be set: ten years.
const TIME_MAX_MS: u64 = 315_360_000_000;

/// So many connections that nobody has them.
const MANY: u64 = i32::MAX as u64;

impl Limits {
    /// The settings, by name.
    pub const NAMES: [&'static str; 12] = [
        "max.connections",
        "max.connections.per.ip",
        "max.connections.unauthenticated",
        "socket.request.max.bytes",
        "sasl.server.max.receive.size",
        "queued.max.request.bytes",
        "max.in.flight.requests.per.connection",
        "connections.max.idle.ms",
        "request.receive.timeout.ms",
        "response.send.timeout.ms",
        "authentication.timeout.ms",
        "connection.failed.authentication.delay.ms",
    ];

    /// Sets the limit of this name; `None` if there is none.
    pub fn set(&mut self, name: &str, value: &str) -> Option<Result<(), LimitError>> {
        let name = Self::NAMES.into_iter().find(|known| *known == name)?;
        let (number, place) = (value.trim().parse::<u64>().ok(), self.place(name)?);
        let (Place::Count(_, allowed) | Place::Milliseconds(_, allowed)) = &place;
        let Some(number) = number.filter(|number| allowed.contains(number)) else {
            let allowed = format!("a number from {} to {}", allowed.start(), allowed.end());
            return Some(Err(LimitError { name, value: value.to_owned(), allowed }));
        };
        match place {
            Place::Count(count, _) => *count = usize::try_from(number).unwrap_or(usize::MAX),
            Place::Milliseconds(time, _) => *time = Duration::from_millis(number),
        }
        Some(Ok(()))
    }

    /// As [`set`](Self::set), or a setting of the broker; a limit is also kept where DescribeConfigs looks for it.
    ///
    /// # Errors
    ///
    /// What is wrong, as the end of `NAME=VALUE: `: what it can be, the option that sets it, or the nearest name.
    pub fn set_either(&mut self, broker: &mut Options, name: &str, value: &str) -> Result<(), String> {
        let limit = self.set(name, value).transpose().map_err(|error| format!("give {}", error.allowed))?;
        match broker.set(name, value) {
            Err(SettingError::Unknown { .. }) if limit.is_some() => Ok(()),
            set => set.map_err(|error| error.reason()),
        }
    }

    fn place(&mut self, name: &str) -> Option<Place<'_>> {
        Some(match name {
            "max.connections" => Place::Count(&mut self.connections_max, 1..=MANY),
            "max.connections.per.ip" => Place::Count(&mut self.connections_per_ip_max, 1..=MANY),
            "max.connections.unauthenticated" => {
                Place::Count(&mut self.unauthenticated_connections_max, 1..=MANY)
            }
            "socket.request.max.bytes" => Place::Count(&mut self.frame_bytes_max, 1024..=FRAME_BYTES_MAX),
            "sasl.server.max.receive.size" => {
                Place::Count(&mut self.unauthenticated_frame_bytes_max, 1024..=FRAME_BYTES_MAX)
            }
            // A semaphore counts it.
            "queued.max.request.bytes" => Place::Count(&mut self.frame_memory_bytes_max, 1 << 20..=1 << 40),
            "max.in.flight.requests.per.connection" => Place::Count(&mut self.in_flight_max, 1..=1_000),
            "connections.max.idle.ms" => Place::Milliseconds(&mut self.idle, 1..=TIME_MAX_MS),
            "request.receive.timeout.ms" => Place::Milliseconds(&mut self.receive_timeout, 1..=TIME_MAX_MS),
            "response.send.timeout.ms" => Place::Milliseconds(&mut self.send_timeout, 1..=TIME_MAX_MS),
            "authentication.timeout.ms" => {
                Place::Milliseconds(&mut self.authentication_timeout, 1..=TIME_MAX_MS)
            }
            "connection.failed.authentication.delay.ms" => {
                Place::Milliseconds(&mut self.failed_authentication_delay, 0..=TIME_MAX_MS)
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_sets_a_limit_of_its_own() {
        let mut seen = vec![Limits::default()];
        for name in Limits::NAMES {
            let mut limits = Limits::default();
            // One or the other is in its range.
            let values = ["999", "1048577"].map(|value| limits.set(name, value).unwrap());
            assert!(values.iter().any(Result::is_ok), "{name} takes nothing");
            assert!(!seen.contains(&limits), "{name} sets what another sets, or nothing");
            seen.push(limits);
        }
        assert_eq!(Limits::default().set("max.connection", "1"), None);
    }

    #[test]
    fn what_describe_configs_says_of_a_limit_is_what_it_is() {
        let described = Options::new("unused").settings;
        for name in Limits::NAMES {
            if let Some(default) = described.value(name) {
                let mut limits = Limits::default();
                limits.set(name, default).unwrap().unwrap();
                assert_eq!(limits, Limits::default(), "{name} is described as {default}");
            }
        }
    }

    #[test]
    fn what_a_limit_cannot_be_is_refused_with_what_it_can() {
        let check = |name, value, expected: &str| {
            let error = Limits::default().set(name, value).unwrap().unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check(
            "max.in.flight.requests.per.connection",
            "0",
            "the setting max.in.flight.requests.per.connection cannot be \"0\": give a number from 1 to 1000",
        );
        check(
            "socket.request.max.bytes",
            "2147483648",
            "the setting socket.request.max.bytes cannot be \"2147483648\": give a number from 1024 to 2147483647",
        );
        check(
            "connections.max.idle.ms",
            "10m",
            "the setting connections.max.idle.ms cannot be \"10m\": give a number from 1 to 315360000000",
        );
    }
}
